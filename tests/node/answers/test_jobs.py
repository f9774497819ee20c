"""Jobs: a trip from planning to its end, and what a slip may hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.answers.matches import free_due
from node.api.history import Undo
from node.api.matches import (
    JobStep,
    JobView,
    ListJobs,
    ListMatches,
    MakeMatch,
    MoveJob,
    PlanJob,
    ShowJob,
    ShowMatch,
    Step,
)
from node.api.views import Kind
from node.desk.matches import AGREED_MS
from node.refusal import Why
from tests.node.answers.agreed import add, agreed, came, free, need_and_offer, say, stands
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import EVENING, HOUR_MS, OneHall, one_hall

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def two_matches(hall: OneHall) -> tuple[str, str]:
    need, offer = await need_and_offer(hall, "40", "30")
    return await agreed(hall, need, offer, "10"), await agreed(hall, need, offer, "20")


async def states(hall: OneHall) -> list[str]:
    return [each.state for each in await hall.ask(ListMatches(ended=True))]


async def move(hall: OneHall, job: str, step: JobStep) -> JobView:
    return await hall.ask(MoveJob(job, step))


async def test_a_trip_from_planning_to_the_last_door(hall: OneHall) -> None:
    matches = await two_matches(hall)
    planned = await hall.ask(PlanJob(matches, "Sam,  blue van", "20:00", "ring first"))
    assert (planned.ref, planned.state, planned.matches) == ("J-1-H", "planned", matches)
    assert (planned.who, planned.note, planned.initials) == ("Sam, blue van", "ring first", "AK")
    assert planned.at_ms == EVENING + 3 * HOUR_MS // 2
    assert planned.can == (JobStep.STARTED, JobStep.DONE, JobStep.CANCELLED)
    assert (await hall.ask(ShowMatch(matches[0]))).jobs == (planned.ref,)
    started = await move(hall, planned.ref, JobStep.STARTED)
    assert (started.state, started.can) == ("under way", (JobStep.DONE, JobStep.CANCELLED))
    assert await states(hall) == ["under way", "under way"]
    done = await move(hall, planned.ref, JobStep.DONE)
    assert (done.state, done.can) == ("done", ())
    assert await states(hall) == ["done", "done"]
    assert (await stands(hall, "N-1-B")).received == 30
    assert await hall.ask(ListJobs()) == ()
    assert [each.ref for each in await hall.ask(ListJobs(ended=True))] == [planned.ref]


async def test_a_list_of_trips_has_no_people_in_it(hall: OneHall) -> None:
    planned = await hall.ask(PlanJob(await two_matches(hall), "Sam"))
    (listed,) = await hall.ask(ListJobs())
    assert (listed.ref, listed.who, listed.legs) == (planned.ref, "Sam", ())
    assert len(planned.legs) == 2


async def test_a_slip_says_from_whom_to_whom(hall: OneHall) -> None:
    said = {
        "zone": "Mill Lane",
        "contact": "Ana, 555 0100",
        "behalf": "her son",
        "ring": "after five",
        "access": "third floor",
        "languages": "Tigrinya",
    }
    need = await add(hall, NEED, "40", **said, note="a private word", household="two children")
    offer = await add(hall, OFFER, "30", contact="Rosa", limits="no stairs")
    job = await hall.ask(PlanJob((await agreed(hall, need, offer),)))
    (leg,) = (await hall.ask(ShowJob(job.ref))).legs
    assert (leg.qty, leg.left, leg.unit, leg.category) == (30, 30, "meal", "FOD")
    assert {name: getattr(leg.receiver, name) for name in said} == said
    assert (leg.giver.ref, leg.giver.contact, leg.giver.limits) == (offer, "Rosa", "no stairs")
    assert "private" not in str(leg)
    assert "children" not in str(leg)


async def test_of_a_quiet_person_a_slip_has_only_the_safe_ways(hall: OneHall) -> None:
    hidden = {
        "zone": "Mill Lane",
        "contact": "Ana, 555 0100",
        "behalf": "a friend",
        "ring": "never",
        "access": "back door",
        "languages": "Tigrinya",
        "limits": "not on Sundays",
    }
    need = await add(hall, NEED, "40", **hidden, quiet=True, safe="through the school")
    job = await hall.ask(PlanJob((await agreed(hall, need, await add(hall, OFFER)),)))
    (leg,) = (await hall.ask(ShowJob(job.ref))).legs
    assert (leg.receiver.text, leg.receiver.safe) == ("Hot meals", "through the school")
    assert not [text for text in hidden.values() if text in str(leg)]


async def test_only_what_is_agreed_can_be_carried_out(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    asked = (await hall.ask(MakeMatch(need, offer, asked=True))).ref
    async with unchanged(hall.core):
        with refused(Why.WRONG_STATE):
            await hall.ask(PlanJob((asked,)))
        with refused(Why.JOB_EMPTY):
            await hall.ask(PlanJob(()))
        with refused(Why.REFERENCE_NOT_FOUND):
            await hall.ask(PlanJob(("M-7-V",)))
        with refused(Why.REFERENCE_WRONG_KIND):
            await hall.ask(PlanJob((need,)))
        with refused(Why.TIME_PAST):
            await hall.ask(PlanJob((asked,), at="2031-05-30"))


async def test_a_match_is_on_one_trip_at_a_time(hall: OneHall) -> None:
    one, two = await two_matches(hall)
    job = await hall.ask(PlanJob((one, one)))
    assert job.matches == (one,)
    async with unchanged(hall.core):
        with refused(Why.MATCH_ON_A_JOB):
            await hall.ask(PlanJob((two, one)))
    await move(hall, job.ref, JobStep.CANCELLED)
    assert (await hall.ask(PlanJob((two, one)))).state == "planned"
    assert (await hall.ask(ShowMatch(one))).jobs == ("J-2-K",)


async def test_what_is_planned_for_a_day_to_come_is_not_free_before_it(hall: OneHall) -> None:
    matches = await two_matches(hall)
    job = await hall.ask(PlanJob(matches, at="2031-06-03 10:00"))
    assert job.at_ms is not None
    until_ms = {(await hall.ask(ShowMatch(each))).until_ms for each in matches}
    assert until_ms == {job.at_ms + AGREED_MS}
    hall.clock.put(job.at_ms)
    await free_due(hall.core)
    assert await states(hall) == ["agreed", "agreed"]


async def test_cancelled_on_the_way_its_matches_are_agreed_again(hall: OneHall) -> None:
    matches = await two_matches(hall)
    job = (await hall.ask(PlanJob(matches))).ref
    await came(hall, matches[0])
    await move(hall, job, JobStep.STARTED)
    assert (await move(hall, job, JobStep.CANCELLED)).state == "cancelled"
    assert await states(hall) == ["done", "agreed"]
    assert await free(hall, "O-1-C") == ("reserved", 0)
    for step in JobStep:
        async with unchanged(hall.core):
            with refused(Why.WRONG_STATE):
                await move(hall, job, step)


async def test_what_fell_through_is_no_part_of_the_trip_any_more(hall: OneHall) -> None:
    one, two = await two_matches(hall)
    job = (await hall.ask(PlanJob((one, two)))).ref
    await say(hall, one, Step.FELL_THROUGH)
    await move(hall, job, JobStep.STARTED)
    assert await states(hall) == ["fell through", "under way"]
    await say(hall, two, Step.FELL_THROUGH)
    assert (await hall.ask(ShowJob(job))).state == "done"


async def test_starting_a_trip_is_undone_as_one(hall: OneHall) -> None:
    matches = await two_matches(hall)
    job = (await hall.ask(PlanJob(matches, at="2h"))).ref
    before = [await hall.ask(ShowMatch(each)) for each in matches]
    await move(hall, job, JobStep.STARTED)
    await hall.ask(Undo())
    assert [await hall.ask(ShowMatch(each)) for each in matches] == before
    await hall.ask(Undo())
    with refused(Why.REFERENCE_NOT_FOUND):
        await hall.ask(ShowJob(job))
    assert (await hall.ask(ShowMatch(matches[0]))).until_ms == EVENING + AGREED_MS


async def test_cancelled_before_it_began_it_holds_its_matches_up_no_longer(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    match = await agreed(hall, need, offer)
    planned = await hall.ask(PlanJob((match,), at="2031-06-10"))
    assert ((await hall.ask(ShowMatch(match))).until_ms or 0) > EVENING + 9 * AGREED_MS
    await hall.ask(MoveJob(planned.ref, JobStep.CANCELLED))
    assert (await hall.ask(ShowMatch(match))).until_ms == EVENING + AGREED_MS


async def test_a_trip_without_a_time_changes_none_of_theirs(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    match = (await hall.ask(MakeMatch(need, offer, hours="336"))).ref
    planned = await hall.ask(PlanJob((match,)))
    await hall.ask(MoveJob(planned.ref, JobStep.CANCELLED))
    assert (await hall.ask(ShowMatch(match))).until_ms == EVENING + 336 * HOUR_MS

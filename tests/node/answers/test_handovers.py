"""Hand-overs: what came, what did not after all, and what that makes of needs and offers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.answers.matches import free_due
from node.api.history import HappenedView, ShowHistory, Undo
from node.api.matches import (
    Excess,
    HandOver,
    HandOverView,
    JobStep,
    MakeMatch,
    MoveJob,
    PlanJob,
    ShowJob,
    ShowMatch,
    Step,
)
from node.api.requests import CloseEntry, EditEntry, ShowEntry
from node.api.views import Kind
from node.desk.events import Did
from node.desk.matches import AGREED_MS
from node.refusal import Why
from node.upkeep import look_after
from tests.node.answers.agreed import (
    add,
    agreed,
    came,
    free,
    need_and_offer,
    not_came,
    say,
    stands,
)
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import EVENING, HOUR_MS, OneHall, one_hall

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def match_state(hall: OneHall, match: str) -> tuple[str, float]:
    shown = await hall.ask(ShowMatch(match))
    return shown.state, shown.moved


async def test_without_any_match_it_adds_up_until_the_need_is_met(hall: OneHall) -> None:
    need = await add(hall, NEED, "40")
    assert await came(hall, need, "25") == HandOverView(need, "open", 25, 40, "meal")
    more = (Excess(need, 5, "meal"),)
    met = HandOverView(need, "closed", 45, 40, "meal", "met", excess=more)
    assert await came(hall, "n 1 b", "20") == met
    shown = await stands(hall, need)
    assert (shown.received, shown.closed_ms) == (45, EVENING)


@pytest.mark.parametrize(
    ("handed", "qty"), [("N-1-B", "10"), ("O-1-C", "10"), ("M-1-G", "10"), ("J-1-H", "")]
)
async def test_more_than_was_asked_for_is_said_whatever_was_named(
    hall: OneHall, handed: str, qty: str
) -> None:
    need, offer = await need_and_offer(hall, "10", "40")
    match = await agreed(hall, need, offer)
    await hall.ask(PlanJob((match,)))
    await hall.ask(EditEntry(NEED, need, qty="8"))
    assert (await came(hall, handed, qty)).excess == (Excess(need, 2, "meal"),)
    assert (await not_came(hall, need, "1")).excess == (Excess(need, 1, "meal"),)
    assert (await not_came(hall, match, "1")).excess == ()


async def test_an_offer_that_gave_more_than_it_says_was_asked_for_nothing(hall: OneHall) -> None:
    offer = await add(hall, OFFER, "30")
    await came(hall, offer, "20")
    await hall.ask(EditEntry(OFFER, offer, qty="10"))
    assert (await not_came(hall, offer, "5")).excess == ()


async def test_more_of_a_match_than_was_agreed_may_still_be_less_than_was_asked_for(
    hall: OneHall,
) -> None:
    match = await agreed(hall, *await need_and_offer(hall, "40", "30"), "10")
    assert (await came(hall, match, "25")).excess == ()


# With its own time -----------------------------------------------------------------------


async def test_a_receipt_that_is_entered_later_has_its_own_time(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    match = await agreed(hall, need, offer, "10")
    job = (await hall.ask(PlanJob((await agreed(hall, need, offer, "8"),)))).ref
    for ref, qty, at in (
        (match, "4", "2h"),
        (need, "8", "17:00"),
        (offer, "3", "16:00"),
        (job, "", "15:00"),
    ):
        await hall.ask(HandOver(ref, qty, at=at))
    happened = await hall.ask(ShowHistory(need))
    told = [
        (each.ref[0], each.what, _hours_ago(each))
        for each in happened
        if each.did in {Did.HANDED_OVER, Did.RECEIVED}
    ]
    assert told == [
        ("M", "4 meals", 2),
        ("M", "6 meals", 1.5),
        ("M", "2 meals", 1.5),
        ("M", "3 meals", 2.5),
        ("M", "3 meals", 3.5),
    ]


def _hours_ago(happened: HappenedView) -> float | None:
    assert happened.at_ms == EVENING
    return None if happened.said_ms is None else (EVENING - happened.said_ms) / HOUR_MS


async def test_undone_it_is_as_if_it_had_not_been_entered(hall: OneHall) -> None:
    need = await add(hall, NEED, "40")
    before = await stands(hall, need)
    await hall.ask(HandOver(need, "5", at="yesterday 17:00"))
    assert (await stands(hall, need)).received == 5
    await hall.ask(Undo())
    assert await stands(hall, need) == before
    last = (await hall.ask(ShowHistory(need)))[-2]
    assert (last.did, last.undone, last.said_ms is not None) == ("received", True, True)


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("soon", Why.TIME_UNREADABLE),
        ("2031-06-01 10:00", Why.TIME_TO_COME),
        ("2029-05-28 10:00", Why.TIME_TOO_FAR),
    ],
)
async def test_a_time_that_cannot_have_been_is_refused(hall: OneHall, at: str, why: Why) -> None:
    need = await add(hall, NEED, "40")
    async with unchanged(hall.core):
        with refused(why):
            await hall.ask(HandOver(need, "5", at=at))


async def test_an_offer_is_used_up_when_all_of_it_was_given(hall: OneHall) -> None:
    offer = await add(hall, OFFER, "30")
    assert (await came(hall, offer, "12")).state == "available"
    given = await came(hall, offer, "18")
    assert (given.state, given.received, given.because) == ("used up", 30, "used up")


async def test_what_came_counts_for_the_longest_agreed_first(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "10")
    other = await add(hall, OFFER, "20")
    first, second = await agreed(hall, need, offer), await agreed(hall, need, other)
    moved = await came(hall, need, "15")
    assert (moved.received, moved.state, moved.matches) == (15, "open", (first, second))
    assert await match_state(hall, first) == ("done", 10)
    assert await match_state(hall, second) == ("under way", 5)
    assert (await stands(hall, offer)).state == "used up"
    assert (await came(hall, need, "20")).matches == (second,)
    assert (await stands(hall, need)).received == 35
    assert (await stands(hall, other)).received == 20


async def test_what_was_given_counts_for_the_needs_that_it_was_for(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "10", "30")
    match = await agreed(hall, need, offer)
    given = await came(hall, offer, "14")
    assert (given.received, given.state, given.matches) == (14, "available", (match,))
    assert (await stands(hall, need)).because == "met"
    assert await free(hall, offer) == ("available", 16)


async def test_of_one_match_without_a_number_it_is_all_that_is_to_come(hall: OneHall) -> None:
    match = await agreed(hall, *await need_and_offer(hall, "40", "30"))
    await came(hall, match, "12.5")
    moved = await came(hall, match)
    assert (moved.received, moved.state, moved.qty) == (30, "done", 30)
    async with unchanged(hall.core):
        with refused(Why.HANDOVER_HOW_MUCH):
            await came(hall, match)


async def test_more_than_was_agreed_may_come_as_long_as_the_offer_has_it(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    other = await add(hall, NEED, "40")
    match, _other = await agreed(hall, need, offer, "10"), await agreed(hall, other, offer, "12")
    async with unchanged(hall.core):
        with refused(Why.HANDOVER_TOO_MUCH) as told:
            await came(hall, match, "19")
    assert (told.value.facts["given"], told.value.facts["left"]) == ("19 meals", "18 meals")
    assert (await came(hall, match, "18")).received == 18
    assert await free(hall, offer) == ("reserved", 0)
    async with unchanged(hall.core):
        with refused(Why.HANDOVER_TOO_MUCH):
            await came(hall, offer, "13")
    assert (await came(hall, offer, "12")).state == "used up"


async def test_what_fell_through_came_all_the_same(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    match = await agreed(hall, need, offer)
    await say(hall, match, Step.FELL_THROUGH)
    taken = await agreed(hall, need, offer, "25")
    async with unchanged(hall.core):
        with refused(Why.HANDOVER_TOO_MUCH):
            await came(hall, match, "6")
    moved = await came(hall, match, "5")
    assert (moved.state, moved.received) == ("fell through", 5)
    assert await free(hall, offer) == ("reserved", 0)
    assert await match_state(hall, taken) == ("agreed", 0)


async def test_who_was_only_asked_has_handed_over_nothing(hall: OneHall) -> None:
    match = (await hall.ask(MakeMatch(*await need_and_offer(hall), asked=True))).ref
    async with unchanged(hall.core):
        with refused(Why.MATCH_WRONG_STEP):
            await came(hall, match, "3")


async def test_as_soon_as_all_has_come_nothing_that_only_stood_agreed_is_waited_for(
    hall: OneHall,
) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    others = [await add(hall, OFFER, "5") for _ in range(3)]
    brings, waits = await agreed(hall, need, offer), await agreed(hall, need, others[0])
    moving = await agreed(hall, need, others[1], "4")
    asked = (await hall.ask(MakeMatch(need, others[2], "1", asked=True))).ref
    await say(hall, moving, Step.STARTED)
    await came(hall, brings, "30")
    assert (await stands(hall, need)).state == "open"
    # Ten came besides: over the counter.
    moved = await hall.ask(HandOver(need, "19"))
    assert (moved.state, moved.because) == ("closed", "met")
    assert (await match_state(hall, waits), await match_state(hall, moving)) == (
        ("done", 5),
        ("done", 4),
    )
    assert moved.also_changed == (asked,)
    assert await match_state(hall, asked) == ("fell through", 0)


async def test_who_is_on_the_way_is_not_forgotten_when_others_brought_it_all(
    hall: OneHall,
) -> None:
    need, offer = await need_and_offer(hall, "40", "40")
    others = [await add(hall, OFFER, "40") for _ in range(2)]
    moving = await agreed(hall, need, offer, "10")
    waits, brings = [await agreed(hall, need, each, "10") for each in others]
    await say(hall, moving, Step.STARTED)
    moved = await came(hall, brings, "40")
    assert (moved.state, moved.also_changed) == ("done", (waits,))
    assert await match_state(hall, moving) == ("under way", 0)
    assert await free(hall, others[0]) == ("available", 40)
    assert (await came(hall, moving)).state == "done"
    assert (await stands(hall, need)).received == 50


async def test_undone_it_is_as_it_was_before(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "30", "30")
    other = await add(hall, OFFER, "30")
    brings = await agreed(hall, need, offer, "20")
    waits = await agreed(hall, need, other, "10")
    before = [await hall.ask(ShowMatch(each)) for each in (brings, waits)]
    await came(hall, brings, "30")
    assert await match_state(hall, waits) == ("fell through", 0)
    await hall.ask(Undo())
    assert [await hall.ask(ShowMatch(each)) for each in (brings, waits)] == before
    assert (await stands(hall, need)).state == "matched"


async def test_part_of_a_match_came_so_both_are_under_way(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "10", "10")
    match = await agreed(hall, need, offer)
    before = await hall.ask(ShowMatch(match))
    assert (await came(hall, match, "4")).state == "under way"
    shown, lacking = await hall.ask(ShowMatch(match)), await stands(hall, need)
    assert (shown.until_ms, shown.can) == (None, (Step.STARTED, Step.FELL_THROUGH))
    assert (lacking.state, lacking.received, lacking.moving) == ("under way", 4, 6)
    hall.clock.put(EVENING + 30 * 24 * HOUR_MS)
    async with unchanged(hall.core):
        await free_due(hall.core)
    await hall.ask(Undo())
    assert await hall.ask(ShowMatch(match)) == before
    assert (await stands(hall, need)).state == "matched"


async def test_the_rest_that_nobody_set_out_with_is_free_when_all_has_come_otherwise(
    hall: OneHall,
) -> None:
    need, offer = await need_and_offer(hall, "10", "10")
    match = await agreed(hall, need, offer, "8")
    other = await agreed(hall, need, await add(hall, OFFER, "10"), "2")
    await came(hall, match, "4")
    await hall.ask(EditEntry(NEED, need, qty="6"))
    await came(hall, other, "2")
    assert await match_state(hall, match) == ("fell through", 4)
    assert await free(hall, offer) == ("available", 6)


async def test_nothing_of_it_came_after_all_so_it_is_agreed_and_waits_anew(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "10", "10")
    match = await agreed(hall, need, offer)
    await came(hall, match, "4")
    hall.clock.put(EVENING + 2 * AGREED_MS)
    assert (await not_came(hall, match, "4")).state == "agreed"
    assert (await stands(hall, need)).state == "matched"
    await free_due(hall.core)
    shown = await hall.ask(ShowMatch(match))
    assert (shown.state, shown.until_ms) == ("agreed", EVENING + 3 * AGREED_MS)


async def test_the_rest_of_it_goes_on_a_trip_of_its_own(hall: OneHall) -> None:
    match = await agreed(hall, *await need_and_offer(hall, "10", "10"))
    first = (await hall.ask(PlanJob((match,)))).ref
    await came(hall, match, "4")
    shown = await hall.ask(ShowJob(first))
    assert (shown.state, JobStep.STARTED in shown.can) == ("under way", True)
    await hall.ask(MoveJob(first, JobStep.CANCELLED))
    hall.clock.put(EVENING + HOUR_MS)
    second = await hall.ask(PlanJob((match,)))
    assert (second.state, JobStep.STARTED in second.can) == ("planned", True)
    started = await hall.ask(MoveJob(second.ref, JobStep.STARTED))
    assert (started.state, JobStep.STARTED in started.can) == ("under way", False)
    assert (await came(hall, second.ref)).state == "done"


# Not after all ---------------------------------------------------------------------------


async def test_it_is_taken_back_from_what_came_last(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "10")
    match = await agreed(hall, need, offer)
    await came(hall, need, "15")
    back = await not_came(hall, need, "8")
    assert (back.received, back.state, back.matches) == (7, "open", (match,))
    assert await match_state(hall, match) == ("under way", 7)
    assert (await stands(hall, offer)).received == 7


async def test_what_was_met_by_mistake_is_open_again(hall: OneHall) -> None:
    need = await add(hall, NEED, "40")
    await came(hall, need, "40")
    back = await not_came(hall, need, "5")
    assert (back.state, back.received, back.because) == ("open", 35, None)


@pytest.mark.parametrize("of", ["need", "offer", "match"])
async def test_never_more_is_taken_back_than_came(hall: OneHall, of: str) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    match = await agreed(hall, need, offer, "10")
    await came(hall, match, "8")
    ref = {"need": need, "offer": offer, "match": match}[of]
    async with unchanged(hall.core):
        with refused(Why.HANDOVER_BACK_TOO_MUCH) as told:
            await not_came(hall, ref, "9")
    assert told.value.facts["moved"] == "8 meals"
    assert (await not_came(hall, ref, "8")).received == 0
    assert (await stands(hall, need)).received == (await stands(hall, offer)).received == 0


async def test_what_is_taken_back_of_a_closed_need_is_promised_to_nobody(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "10")
    match = await agreed(hall, need, offer)
    await came(hall, match)
    await hall.ask(CloseEntry(NEED, need, "partly met"))
    back = await not_came(hall, match, "4")
    assert (back.state, back.also_changed) == ("fell through", (match,))
    assert await free(hall, offer) == ("available", 4)


async def test_what_others_were_promised_since_is_not_promised_again(hall: OneHall) -> None:
    offer = await add(hall, OFFER, "1", standing=True)
    one, two = await add(hall, NEED, "1"), await add(hall, NEED, "1")
    match = await agreed(hall, one, offer)
    await came(hall, match)
    await agreed(hall, two, offer)
    back = await not_came(hall, match, "1")
    assert (back.state, back.also_changed) == ("fell through", (match,))
    assert await free(hall, offer) == ("reserved", 0)
    assert (await stands(hall, one)).state == "open"


async def test_two_matches_of_one_standing_offer_are_not_both_promised_again(
    hall: OneHall,
) -> None:
    offer = await add(hall, OFFER, "1", standing=True)
    matches = []
    for _ in range(2):
        matches.append(await agreed(hall, await add(hall, NEED, "1"), offer))
        await came(hall, matches[-1])
    back = await not_came(hall, offer, "2")
    assert len(back.also_changed) == 1
    assert await free(hall, offer) == ("reserved", 0)


async def test_the_last_round_of_a_need_that_comes_again_stays_as_it_was(hall: OneHall) -> None:
    weekly = await add(hall, NEED, "10", every="week")
    match = await agreed(hall, weekly, await add(hall, OFFER, "30"))
    await came(hall, match)
    assert (await stands(hall, weekly)).state == "waiting"
    hall.clock.put(EVENING + 7 * 24 * HOUR_MS)
    await look_after(hall.core)
    assert await free(hall, weekly) == ("open", 10)
    await came(hall, weekly, "3")
    for ref in (weekly, match):
        async with unchanged(hall.core):
            with refused(Why.HANDOVER_BACK_TOO_MUCH):
                await not_came(hall, ref, "4")
    assert (await not_came(hall, weekly, "3")).received == 0


# What is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ref", "qty", "why"),
    [
        ("N-1-B", "", Why.HANDOVER_HOW_MUCH),
        ("O-1-C", "", Why.HANDOVER_HOW_MUCH),
        ("N-1-B", "-3", Why.QUANTITY_NOT_POSITIVE),
        ("N-1-B", "3 kg", Why.QUANTITY_OTHER_UNIT),
        ("N-1-B", "999999999", Why.QUANTITY_TOO_LARGE),
        ("N-7-P", "3", Why.REFERENCE_NOT_FOUND),
        ("M-7-V", "3", Why.REFERENCE_NOT_FOUND),
        ("J-7-W", "", Why.REFERENCE_NOT_FOUND),
        ("V-1-E", "3", Why.HANDOVER_BETWEEN_HALLS),
        ("ES P-1-F", "3", Why.HANDOVER_BETWEEN_HALLS),
        ("meals", "3", Why.REFERENCE_UNREADABLE),
    ],
)
async def test_what_is_no_hand_over_is_refused(hall: OneHall, ref: str, qty: str, why: Why) -> None:
    await need_and_offer(hall)
    await came(hall, "N-1-B", "1")
    async with unchanged(hall.core):
        with refused(why):
            await came(hall, ref, qty)


async def test_a_job_is_handed_over_as_a_whole(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    matches = (await agreed(hall, need, offer, "10"), await agreed(hall, need, offer, "20"))
    job = (await hall.ask(PlanJob(matches))).ref
    await came(hall, matches[0], "4")
    async with unchanged(hall.core):
        for request in (HandOver(job, "5"), HandOver(job, back=True)):
            with refused(Why.HANDOVER_WHOLE_JOB):
                await hall.ask(request)
    assert await came(hall, job) == HandOverView(job, "done", 30, 30, "meal", matches=matches)
    async with unchanged(hall.core):
        with refused(Why.WRONG_STATE):
            await came(hall, job)
    assert (await hall.ask(ShowEntry(NEED, need))).received == 30


async def test_a_job_with_meals_and_kilos_has_no_sum(hall: OneHall) -> None:
    pairs = [await need_and_offer(hall, qty, qty) for qty in ("40", "2 kg")]
    job = await hall.ask(PlanJob(tuple([await agreed(hall, *pair) for pair in pairs])))
    moved = await came(hall, job.ref)
    assert (moved.state, moved.received, moved.qty, moved.unit) == ("done", None, None, "")

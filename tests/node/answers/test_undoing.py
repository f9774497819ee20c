"""Undo: the last thing that these initials did, across restarts, and what cannot be taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from node.answers import undoing
from node.answers.matches import free_due
from node.api.history import REFS_TOLD, ShowHistory, Undo
from node.api.matches import (
    JobStep,
    ListMatches,
    MakeMatch,
    MoveJob,
    MoveMatch,
    PlanJob,
    ShowMatch,
    Step,
)
from node.api.requests import (
    AcceptPledge,
    AddEntry,
    CloseEntry,
    DeclinePledge,
    EditEntry,
    LetWait,
    ListEntries,
    MakePledge,
    MarkSent,
    OpenEntry,
    PassOn,
    PreviewPass,
    ReadEntry,
    ReceivePledge,
    ReleasePledge,
    Request,
    ShowEntry,
    ShowOverflow,
    WithdrawOverflow,
)
from node.api.sheets import ImportRows, ReadRow
from node.api.views import EntryView, Kind
from node.desk.events import Did
from node.desk.words import Words
from node.refusal import Why
from node.store.events import last_act
from protocol.ids import Thousandths, from_text
from protocol.limits import DAY_MS
from tests.node.answers.agreed import add, agreed, free, need_and_offer, say, stands
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import (
    EVENING,
    OneHall,
    asked_and_pledged,
    of_one_mind,
    one_hall,
    opened,
    two_halls,
)

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def board(hall: OneHall) -> tuple[EntryView, ...]:
    needs = await hall.ask(ListEntries(NEED, closed=True))
    return needs + await hall.ask(ListEntries(OFFER, closed=True))


def changes(ref: str) -> list[Request[EntryView]]:
    return [
        EditEntry(NEED, ref, text="Soup", qty="3", contact="", quiet=True),
        CloseEntry(NEED, ref, "no longer needed"),
        LetWait(ref, "no answer"),
        LetWait(ref, until="2031-06-02"),
        AddEntry(OFFER, "TRN", "Van"),
    ]


@pytest.mark.parametrize("number", range(5))
async def test_after_undo_the_board_is_what_it_was(hall: OneHall, number: int) -> None:
    ref = await hall.need(contact="Ana")
    before = await board(hall)
    hall.clock.put(hall.clock.now_ms + 60_000)
    await hall.ask(changes(ref)[number])
    assert await board(hall) != before
    undone = await hall.ask(Undo())
    assert await board(hall) == before
    assert (undone.by, undone.withdrawn) == ("AK", False)


async def test_it_goes_back_step_by_step_to_an_empty_board(hall: OneHall) -> None:
    boards = [await board(hall)]
    ref = await hall.need()
    for request in changes(ref):
        boards.append(await board(hall))
        if (await hall.ask(ShowEntry(NEED, ref))).state == "closed":
            await hall.ask(OpenEntry(NEED, ref, "called again"))
            boards.append(await board(hall))
        await hall.ask(request)
    while boards:
        await hall.ask(Undo())
        assert await board(hall) == boards.pop()
    with refused(Why.UNDO_NOTHING):
        await hall.ask(Undo())
    assert await hall.need() != ref, "a reference is never given twice"


async def test_each_undoes_only_what_is_their_own(hall: OneHall) -> None:
    ref = await hall.need()
    await hall.ask(EditEntry(NEED, ref, qty="30"), initials="BL")
    await hall.ask(EditEntry(NEED, ref, note="third floor"))
    await hall.ask(Undo(), initials="BL")
    shown = await hall.ask(ShowEntry(NEED, ref))
    assert (shown.qty, shown.note) == (40, "third floor")
    async with unchanged(hall.core):
        with refused(Why.UNDO_NOTHING):
            await hall.ask(Undo(), initials="BL")


async def test_what_was_built_on_is_not_taken_away_from_under_it(hall: OneHall) -> None:
    ref = await hall.need()
    await hall.ask(EditEntry(NEED, ref, qty="30"), initials="BL")
    async with unchanged(hall.core):
        with refused(Why.UNDO_BUILT_ON):
            await hall.ask(Undo())


async def test_it_is_there_after_a_restart(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        ref = await hall.need()
        before = await board(hall)
        await hall.ask(CloseEntry(NEED, ref, "met"))
    async with opened(tmp_path / "hall") as hall:
        await hall.ask(Undo())
        assert await board(hall) == before
        did = [(each.did, each.undone) for each in await hall.ask(ShowHistory(ref))]
        assert did == [("added", False), ("closed", True), ("undone", False)]


async def test_what_was_passed_on_is_withdrawn(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        ref = await north.need()
        overflow = await north.pass_on(ref)
        await of_one_mind(north, east)
        undone = await north.ask(Undo())
        assert undone.withdrawn
        await of_one_mind(north, east)
        for hall in (north, east):
            shown = await hall.overflow(overflow.id)
            assert (shown.state, shown.because) == ("closed", "withdrawn")
        assert (await north.ask(ShowEntry(NEED, ref))).overflows == ()
        did = [each.did for each in await north.ask(ShowHistory(overflow.ref))]
        assert did == ["passed on", "withdrawn"]
        assert undone.refs == (ref,)
        with refused(Why.UNDO_PASSED_ON):  # something may still come of it
            await north.ask(Undo())


async def test_a_pledge_is_retracted_and_an_answer_released(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        overflow = await north.pass_on(await north.need())
        await of_one_mind(north, east)
        pledge = await east.ask(MakePledge(overflow.id, "25"))
        await of_one_mind(north, east)
        await north.ask(AcceptPledge(pledge.id))
        await of_one_mind(north, east)
        assert (await north.ask(Undo())).refs == ("ES P-1-F",)
        await of_one_mind(north, east)
        assert (await east.only_pledge(overflow.id)).state == "fell through"
        other = await east.ask(MakePledge(overflow.id, "10"), initials="MO")
        await of_one_mind(north, east)
        await east.ask(Undo(), initials="MO")
        await of_one_mind(north, east)
        pledges = (await north.ask(ShowOverflow(overflow.id))).pledges
        assert {each.state for each in pledges if each.id == other.id} == {"withdrawn"}


async def test_what_cannot_be_withdrawn_is_said_and_stays(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        overflow = await north.pass_on(await north.need())
        await of_one_mind(north, east)
        pledge = await east.ask(MakePledge(overflow.id, "25"))
        await of_one_mind(north, east)
        await north.ask(AcceptPledge(pledge.id))
        await of_one_mind(north, east)
        await east.ask(MarkSent(pledge.id))
        await of_one_mind(north, east)
        async with unchanged(east.core):
            with refused(Why.UNDO_LEFT):
                await east.ask(Undo())
        other = await east.ask(MakePledge(overflow.id, "10"))
        await of_one_mind(north, east)
        await north.ask(DeclinePledge(other.id))
        await of_one_mind(north, east)
        async with unchanged(north.core):
            with refused(Why.UNDO_LEFT):
                await north.ask(Undo())


async def test_what_the_node_did_by_itself_is_nobody_s_to_undo(hall: OneHall) -> None:
    with refused(Why.UNDO_NOTHING):
        await hall.ask(Undo(), initials="")


async def test_passing_on_is_one_act_however_many_needs_it_gathers(hall: OneHall) -> None:
    refs = (await hall.need("Soup", "10"), await hall.need("Bread", "5"))
    shown = await hall.ask(PreviewPass(refs))
    await hall.ask(PassOn(refs, shown.approval))
    assert (await hall.ask(Undo())).refs == refs
    assert {each.overflows for each in await hall.ask(ListEntries(NEED))} == {()}


# What others have gone on with ------------------------------------------------------------


async def test_what_is_counted_in_a_unit_keeps_it_under_a_match(hall: OneHall) -> None:
    need = (await hall.ask(AddEntry(NEED, "FOD", "Rice", "10 kg"))).ref
    offer = (await hall.ask(AddEntry(OFFER, "FOD", "Rice", "10 pack"), "KL")).ref
    await hall.ask(EditEntry(NEED, need, unit="pack"))
    match = (await hall.ask(MakeMatch(need, offer), "KL")).ref
    async with unchanged(hall.core):
        with refused(Why.UNDO_BUILT_ON):
            await hall.ask(Undo())
    await hall.ask(MoveMatch(match, Step.DECLINED), "KL")
    await hall.ask(Undo())
    assert (await stands(hall, need)).unit == "kg"


@pytest.mark.parametrize("other", [{"category": "BAB"}, {"unit": "pack"}])
async def test_nor_is_what_was_passed_on_counted_as_something_else(
    hall: OneHall, other: dict[str, str]
) -> None:
    need = (await hall.ask(AddEntry(NEED, "FOD", "Rice", "10 kg"))).ref
    await hall.ask(EditEntry(NEED, need, **other))  # type: ignore[arg-type]
    await hall.pass_on(need)
    await hall.ask(Undo())
    with refused(Why.UNDO_PASSED_AS_IT_IS):
        await hall.ask(Undo())


async def test_what_neighbours_count_on_is_not_promised_once_more(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "50", "50")
    await say(hall, await agreed(hall, need, offer), Step.FELL_THROUGH)
    shown = await hall.ask(PreviewPass((offer,)))
    await hall.ask(PassOn((offer,), shown.approval), "KL")
    async with unchanged(hall.core):
        with refused(Why.UNDO_BUILT_ON):
            await hall.ask(Undo())


async def test_nobody_is_sent_to_a_door_twice(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "10", "10")
    other = await add(hall, OFFER, "10")
    await say(hall, await agreed(hall, need, offer), Step.FELL_THROUGH)
    second = (await hall.ask(MakeMatch(need, other), "KL")).ref
    with refused(Why.UNDO_BUILT_ON):
        await hall.ask(Undo())
    await hall.ask(MoveMatch(second, Step.DECLINED), "KL")
    await hall.ask(Undo())
    assert await free(hall, need) == ("matched", 0)


async def test_what_was_opened_stays_open_while_somebody_is_on_the_way(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "10", "10")
    await hall.ask(CloseEntry(NEED, need, "referred"), "KL")
    await hall.ask(OpenEntry(NEED, need))
    match = (await hall.ask(MakeMatch(need, offer), "KL")).ref
    await hall.ask(MoveMatch(match, Step.STARTED), "KL")
    async with unchanged(hall.core):
        with refused(Why.UNDO_BUILT_ON):
            await hall.ask(Undo())


async def test_the_time_that_the_node_gave_a_match_falls_with_it(hall: OneHall) -> None:
    hall.clock.is_trusted = False
    need, offer = await need_and_offer(hall)
    await agreed(hall, need, offer)
    hall.clock.is_trusted = True
    await free_due(hall.core)
    assert (await hall.ask(Undo())).did == "matched"
    assert await free(hall, need) == ("open", 40)


async def test_agreed_again_without_a_time_it_is_taken_back_with_the_time_that_it_got(
    hall: OneHall,
) -> None:
    match = await agreed(hall, *await need_and_offer(hall))
    await say(hall, match, Step.DECLINED)
    hall.clock.is_trusted = False
    await say(hall, match, Step.AGREED)
    hall.clock.is_trusted = True
    await free_due(hall.core)
    await hall.ask(Undo())
    assert (await hall.ask(ShowMatch(match))).state == "declined"


async def test_a_trip_that_was_cancelled_is_in_nobody_s_way(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    match = await agreed(hall, need, offer)
    job = (await hall.ask(PlanJob((match,)), "KL")).ref
    with refused(Why.UNDO_BUILT_ON):
        await hall.ask(Undo())
    await hall.ask(MoveJob(job, JobStep.CANCELLED), "KL")
    await hall.ask(Undo())
    assert await hall.ask(ListMatches(ended=True)) == ()
    with refused(Why.UNDO_BUILT_ON):  # there is nothing left that it could carry out
        await hall.ask(Undo(), "KL")


async def test_looking_is_not_what_undo_takes_back(hall: OneHall) -> None:
    need = await hall.need()
    slip = (await hall.ask(AddEntry(NEED, "FOD", "Soup", channel="paper"), "KL")).ref
    await hall.ask(CloseEntry(NEED, need, "met"))
    read = await hall.ask(ReadEntry(NEED, slip))
    assert (await hall.ask(Undo())).refs == (need,)
    assert (read.state, (await stands(hall, slip)).state) == ("open", "open")
    who = [(each.did, each.by) for each in await hall.ask(ShowHistory(slip))]
    assert who == [("added", "KL"), ("read", "AK")]
    await hall.ask(Undo(), "KL")
    with refused(Why.REFERENCE_NOT_FOUND):
        await hall.ask(ShowEntry(NEED, slip))


async def test_initials_are_whose_hands_these_are_however_they_are_typed(hall: OneHall) -> None:
    need = (await hall.ask(AddEntry(NEED, "FOD", "Soup"), "ak")).ref
    assert (await hall.ask(ShowEntry(NEED, need))).initials == "AK"
    assert [each.by for each in await hall.ask(ShowHistory(need))] == ["AK"]
    assert (await hall.ask(Undo(), "Ak")).by == "AK"


async def test_what_was_kept_as_typed_once_is_undone_as_well(hall: OneHall) -> None:
    need = await hall.need()
    event = hall.core.event(Did.EDITED, need, "kl", zone="North")
    await hall.core.save(also=lambda conn: hall.core.append(conn, event))
    assert (await hall.ask(Undo(), "KL")).by == "kl"


# A sheet ----------------------------------------------------------------------------------


async def imported(hall: OneHall, count: int) -> tuple[str, ...]:
    rows = tuple(
        ReadRow(NEED, Words("FOD", f"Row {n}", Thousandths(1_000), "meal")) for n in range(count)
    )
    act = 0
    refs: list[str] = []
    for row in rows:
        batch = await hall.ask(ImportRows((row,), act))
        act = batch.act
        refs += [each.ref for each in batch.rows]
    return tuple(refs)


async def test_of_a_sheet_stays_what_others_have_gone_on_with(
    hall: OneHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "ROWS_AT_ONCE", 3)
    first = await hall.need()
    refs = await imported(hall, 8)
    touched = (refs[0], *refs[5:])
    for ref in touched:
        await hall.ask(EditEntry(NEED, ref, note="rang"), "KL")
    await hall.ask(ReadEntry(NEED, refs[1]), "KL")
    undone = await hall.ask(Undo())
    assert (undone.count, undone.left_count, undone.left) == (4, 4, touched)
    assert undone.refs == tuple(ref for ref in refs if ref not in touched)
    assert {each.ref for each in await board(hall)} == {first, *touched}
    assert (await hall.ask(Undo())).refs == (first,)


async def test_of_a_sheet_that_others_have_gone_on_with_altogether_all_stays(
    hall: OneHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "ROWS_AT_ONCE", 2)
    for ref in await imported(hall, 3):
        await hall.ask(EditEntry(NEED, ref, note="rang"), "KL")
    async with unchanged(hall.core):
        with refused(Why.UNDO_BUILT_ON):
            await hall.ask(Undo())


async def test_of_a_long_sheet_a_few_are_told(hall: OneHall) -> None:
    refs = await imported(hall, REFS_TOLD + 3)
    undone = await hall.ask(Undo())
    assert (undone.refs, undone.count) == (refs[:REFS_TOLD], REFS_TOLD + 3)


# What has left the hall -------------------------------------------------------------------


async def test_what_cannot_be_written_down_does_not_leave(hall: OneHall) -> None:
    overflow = await hall.pass_on(await hall.need())
    bar = (
        "CREATE TEMP TRIGGER bar BEFORE UPDATE OF undone ON main.event"
        " WHEN EXISTS (SELECT 1 FROM event WHERE did = 'withdrawn')"
        " BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    await hall.core.database.run(lambda conn: conn.execute(bar).fetchall())
    with pytest.raises(sqlite3.IntegrityError):
        await hall.ask(Undo())
    assert (await hall.overflow(overflow.id)).state == "open"


async def test_an_acceptance_that_was_made_larger_is_what_it_was_before(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        overflow, pledge = await asked_and_pledged(north, east)
        await north.ask(AcceptPledge(pledge, "10", "Back door"))
        await north.ask(AcceptPledge(pledge, "20"))
        undone = await north.ask(Undo())
        assert (undone.accepted, undone.withdrawn, undone.was_over) == (10, False, False)
        await of_one_mind(north, east)
        shown = await east.only_pledge(overflow)
        assert (shown.state, shown.accepted, shown.details) == ("accepted", 10, "Back door")
        await north.ask(Undo())
        assert (await north.only_pledge(overflow)).accepted == 0


async def test_never_less_is_accepted_than_has_come(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        overflow, pledge = await asked_and_pledged(north, east)
        await north.ask(AcceptPledge(pledge, "10"))
        await north.ask(AcceptPledge(pledge, "20"))
        await north.ask(ReceivePledge(pledge, "15"), "KL")
        assert (await north.ask(Undo())).accepted == 15
        shown = await north.only_pledge(overflow)
        assert (shown.state, shown.accepted, shown.received) == ("received", 15, 15)


async def test_nor_more_than_is_left_beside_others(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        overflow, pledge = await asked_and_pledged(north, east, pledged="30")
        other = (await east.ask(MakePledge(overflow, "30"))).id
        await of_one_mind(north, east)
        await north.ask(AcceptPledge(pledge, "30"))
        await north.ask(AcceptPledge(pledge, "10"))
        await north.ask(AcceptPledge(other, "30"), "KL")
        await of_one_mind(north, east)
        async with unchanged(north.core):
            with refused(Why.ACCEPT_TOO_MUCH):
                await north.ask(Undo())


async def passed_twice(north: OneHall, east: OneHall) -> None:
    """As it stands after the upgrade: one event a need, each an act of its own."""
    refs = (await north.need(), await north.need("Soup"))
    overflow = await north.pass_on(*refs)
    id_ = from_text(overflow.id)
    assert id_ is not None
    event = north.core.event(Did.PASSED, refs[0], "AK", overflow=id_.hex(), qty=1)
    await north.core.save(also=lambda conn: north.core.append(conn, event))
    assert (await north.ask(Undo())).withdrawn


async def withdrawn_by_another(north: OneHall, east: OneHall) -> None:
    overflow = await north.pass_on(await north.need())
    await north.ask(WithdrawOverflow(overflow.id), "KL")


async def gone_from_the_shelf(north: OneHall, east: OneHall) -> None:
    await north.pass_on(await north.need())
    north.clock.put(EVENING + 40 * DAY_MS)
    north.core.driver.tick()


async def accepted_and_freed(north: OneHall, east: OneHall) -> None:
    _, pledge = await asked_and_pledged(north, east)
    await north.ask(AcceptPledge(pledge))
    await north.ask(ReleasePledge(pledge), "KL")


async def accepted_and_come(north: OneHall, east: OneHall) -> None:
    _, pledge = await asked_and_pledged(north, east)
    await north.ask(AcceptPledge(pledge))
    await north.ask(ReceivePledge(pledge, "25"), "KL")


@pytest.mark.parametrize(
    "ends",
    [
        passed_twice,
        withdrawn_by_another,
        gone_from_the_shelf,
        accepted_and_freed,
        accepted_and_come,
    ],
)
async def test_undo_goes_on_behind_what_has_ended_outside(
    tmp_path: Path, ends: Callable[[OneHall, OneHall], Awaitable[None]]
) -> None:
    async with two_halls(tmp_path) as (north, east):
        await ends(north, east)
        asked, act = list(north.core.shelf.all_requests()), await next_act(north)
        undone = await north.ask(Undo())
        assert (undone.was_over, undone.withdrawn, undone.accepted) == (True, False, None)
        assert list(north.core.shelf.all_requests()) == asked, "nothing was signed"
        assert await next_act(north) < act


async def next_act(hall: OneHall) -> int:
    """What undo would take back now."""
    rows = await hall.core.read(lambda conn: last_act(conn, hall.core.hall.device_key, "AK"))
    return rows[0].act


async def test_a_pledge_that_was_declined_is_over(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        first = await east.need()
        _, pledge = await asked_and_pledged(north, east)
        await north.ask(DeclinePledge(pledge))
        await of_one_mind(north, east)
        assert (await east.ask(Undo())).was_over
        assert (await east.ask(Undo())).refs == (first,)


async def test_what_is_on_its_way_is_not_called_back(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        _, pledge = await asked_and_pledged(north, east)
        await north.ask(AcceptPledge(pledge))
        await of_one_mind(north, east)
        await east.ask(MarkSent(pledge), "MO")
        await of_one_mind(north, east)
        async with unchanged(east.core):
            with refused(Why.UNDO_LEFT):
                await east.ask(Undo())


async def test_what_closing_has_told_other_halls_stays_and_is_said(hall: OneHall) -> None:
    need, other = await hall.need(), await hall.need("Soup")
    overflow, both = await hall.pass_on(need), await hall.pass_on(need, other, qty="40")
    await hall.ask(CloseEntry(NEED, need, "met"))
    undone = await hall.ask(Undo())
    assert undone.stays == (overflow.ref, both.ref)
    assert (await hall.overflow(overflow.id)).because == "withdrawn"
    assert (await stands(hall, need)).state == "open"

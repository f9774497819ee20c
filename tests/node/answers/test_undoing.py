"""Undo: the last thing that these initials did, across restarts, and what cannot be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.history import ShowHistory, Undo
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
    Request,
    ShowEntry,
    ShowOverflow,
)
from node.api.views import EntryView, Kind
from node.refusal import Why
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import OneHall, of_one_mind, one_hall, opened, two_halls

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
        with refused(Why.UNDO_BUILT_ON):  # something may still come of it
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

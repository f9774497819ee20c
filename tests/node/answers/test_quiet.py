"""The quiet mark goes with the person, says so, and is taken back with what had set it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.finding import Find, Merge
from node.api.history import ShowHistory, Undo
from node.api.paper import PrintSlips
from node.api.requests import AddEntry, CloseEntry, EditEntry, ListEntries, OpenEntry, ShowEntry
from node.api.sheets import ImportedView, ImportRows, ReadRow
from node.api.views import Kind
from node.desk.words import Words
from node.refusal import Why
from node.store.board import rebuild
from protocol.ids import Thousandths
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import OneHall, one_hall

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER
ROSA = AddEntry(NEED, "FOD", "Hot meals", zone="North", contact="Rosa Marques 07700 900123")
QUIET = replace(ROSA, quiet=True)
NUMBER_ALONE = AddEntry(OFFER, "TRN", "Van", contact="+44 7700 900 123")
SOMEBODY_ELSE = replace(ROSA, contact="Tom Baker 07700 900123")


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def add(hall: OneHall, said: AddEntry) -> str:
    return (await hall.ask(said)).ref


async def is_quiet(hall: OneHall, ref: str) -> bool:
    return (await hall.ask(ShowEntry(NEED if ref[0] == "N" else OFFER, ref))).quiet


async def quiet_ones(hall: OneHall) -> set[str]:
    entries = [entry for kind in Kind for entry in await hall.ask(ListEntries(kind, closed=True))]
    return {entry.ref for entry in entries if entry.quiet}


# What is new ------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [ROSA, NUMBER_ALONE, replace(ROSA, channel="paper")])
async def test_what_is_new_of_a_quiet_person_is_quiet_and_says_like_which(
    hall: OneHall, said: AddEntry
) -> None:
    first = await add(hall, QUIET)
    added = await hall.ask(said)
    assert (added.quiet, added.quiet_like, added.also_quiet) == (True, first, ())
    assert await hall.ask(Find("rosa")) == await hall.ask(Find("0123")) == ()
    [listed] = [each for each in await hall.ask(ListEntries(said.kind)) if each.ref == added.ref]
    assert listed.contact == listed.zone == ""
    shown = await hall.ask(ShowEntry(said.kind, added.ref))
    assert (shown.quiet, shown.quiet_like) == (True, "")


async def test_what_is_entered_from_a_slip_is_quiet_too(hall: OneHall) -> None:
    first = await add(hall, QUIET)
    slips = await hall.ask(PrintSlips(NEED, "1"))
    added = await hall.ask(replace(ROSA, slip=slips.refs[0]))
    assert (added.ref, added.quiet_like) == (slips.refs[0], first)


async def test_somebody_else_is_not_hidden(hall: OneHall) -> None:
    await add(hall, QUIET)
    for said in (SOMEBODY_ELSE, replace(ROSA, contact="Rosa Marques"), replace(ROSA, contact="")):
        added = await hall.ask(said)
        assert (added.quiet, added.quiet_like) == (False, "")


async def test_the_mark_of_what_is_closed_counts_and_of_the_forgotten_does_not(
    hall: OneHall,
) -> None:
    first = await add(hall, QUIET)
    await hall.ask(CloseEntry(NEED, first, "met"))
    assert (await hall.ask(ROSA)).quiet_like == first


async def test_of_the_same_person_is_like_the_one_that_was_named(hall: OneHall) -> None:
    first = await add(hall, QUIET)
    named = await add(hall, replace(QUIET, contact="Al"))
    added = await hall.ask(AddEntry(OFFER, "TRN", "Van", same_as=named))
    assert (added.quiet, added.quiet_like, added.contact) == (True, named, "Al")
    assert (await hall.ask(AddEntry(OFFER, "TRN", "Van", same_as=first))).quiet_like == first


# The mark is set, and taken away ----------------------------------------------------------


async def test_a_mark_is_set_on_the_open_others_and_says_on_which(hall: OneHall) -> None:
    first, second = await add(hall, ROSA), await add(hall, NUMBER_ALONE)
    closed, other = await add(hall, ROSA), await add(hall, SOMEBODY_ELSE)
    await hall.ask(CloseEntry(NEED, closed, "met"))
    touched = (await hall.ask(ShowEntry(OFFER, second))).touched_ms
    hall.clock.put(hall.clock() + 1_000)
    edited = await hall.ask(EditEntry(NEED, first, quiet=True))
    assert (edited.also_quiet, edited.quiet_like) == ((second,), "")
    assert await quiet_ones(hall) == {first, second}
    assert other not in edited.also_quiet
    assert (await hall.ask(ShowEntry(OFFER, second))).touched_ms == touched  # nobody asked about it
    told = await hall.ask(ShowHistory(second))
    assert (told[-1].did, told[-1].what) == ("marked quiet", f"like {first}")


async def test_a_mark_that_comes_with_what_is_new_is_set_on_the_others(hall: OneHall) -> None:
    first = await add(hall, ROSA)
    added = await hall.ask(QUIET)
    assert (added.also_quiet, added.quiet_like) == ((first,), "")
    assert await is_quiet(hall, first)


async def test_what_nobody_has_read_stays_new(hall: OneHall) -> None:
    first = await add(hall, replace(ROSA, channel="paper"))
    await add(hall, QUIET)
    shown = await hall.ask(ShowEntry(NEED, first))
    assert (shown.quiet, shown.state) == (True, "new")


async def test_a_mark_is_taken_away_from_one_alone_and_says_who_keeps_it(hall: OneHall) -> None:
    first, second = await add(hall, QUIET), await add(hall, ROSA)
    edited = await hall.ask(EditEntry(NEED, second, quiet=False))
    assert (edited.quiet, edited.still_quiet) == (False, (first,))
    assert await quiet_ones(hall) == {first}
    # And it stays away, whatever else is said of it.
    edited = await hall.ask(EditEntry(NEED, second, text="Soup", zone="South"))
    assert (edited.quiet, edited.quiet_like, edited.still_quiet) == (False, "", ())
    third = await hall.ask(ROSA)
    assert (third.quiet_like, third.also_quiet) == (first, ())
    assert not await is_quiet(hall, second)


async def test_another_contact_takes_over_the_mark_of_its_person(hall: OneHall) -> None:
    first, second = await add(hall, QUIET), await hall.need()
    edited = await hall.ask(EditEntry(NEED, second, contact="rosa, 07700 900123"))
    assert (edited.quiet, edited.quiet_like) == (True, first)
    third = await hall.need()
    edited = await hall.ask(EditEntry(NEED, third, contact=ROSA.contact, quiet=False))
    assert (edited.quiet, edited.quiet_like) == (False, "")


async def test_a_quiet_one_whose_contact_is_put_right_marks_the_others(hall: OneHall) -> None:
    first = await add(hall, ROSA)
    second = await add(hall, replace(QUIET, contact="Rosa"))
    assert not await is_quiet(hall, first)
    edited = await hall.ask(EditEntry(NEED, second, contact=ROSA.contact))
    assert edited.also_quiet == (first,)


async def test_what_was_closed_meanwhile_is_quiet_when_it_is_opened_again(hall: OneHall) -> None:
    first = await add(hall, ROSA)
    await hall.ask(CloseEntry(NEED, first, "no longer needed"))
    second = await add(hall, QUIET)
    opened = await hall.ask(OpenEntry(NEED, first))
    assert (opened.quiet, opened.quiet_like) == (True, second)
    await hall.ask(Undo())
    shown = await hall.ask(ShowEntry(NEED, first))
    assert (shown.quiet, shown.state) == (False, "closed")


async def test_a_merge_gives_the_mark_to_the_person_that_stays(hall: OneHall) -> None:
    first = await add(hall, ROSA)
    duplicate = await add(hall, replace(QUIET, contact=""))
    other = await add(hall, ROSA)
    merged = await hall.ask(Merge(NEED, duplicate, first))
    assert (merged.quiet, merged.also_quiet) == (True, (other,))
    await hall.ask(Undo())
    assert await quiet_ones(hall) == {duplicate}


# Undo -------------------------------------------------------------------------------------


async def test_undo_takes_away_what_the_mark_has_set_and_no_more(hall: OneHall) -> None:
    first, second, third = [await add(hall, ROSA) for _ in range(3)]
    await hall.ask(EditEntry(NEED, third, quiet=True))
    assert await quiet_ones(hall) == {first, second, third}
    undone = await hall.ask(Undo())
    assert (undone.did, undone.refs, undone.count) == ("edited", (third,), 1)
    assert set(undone.unmarked) == {first, second}
    assert await quiet_ones(hall) == set()
    found = await hall.ask(Find("rosa"))
    assert len(found) == 3
    added = await hall.ask(QUIET)
    undone = await hall.ask(Undo())
    assert (undone.refs, len(undone.unmarked)) == ((added.ref,), 3)
    assert await quiet_ones(hall) == set()


async def test_what_was_marked_before_stays_marked(hall: OneHall) -> None:
    first = await add(hall, QUIET)
    second = await add(hall, QUIET)
    third = await add(hall, ROSA)
    await hall.ask(Undo())
    await hall.ask(Undo())
    assert third not in await quiet_ones(hall)
    assert await quiet_ones(hall) == {first}
    assert second != third


async def test_an_entry_that_was_marked_since_can_be_taken_back(hall: OneHall) -> None:
    """As if somebody had read it: the mark falls with what it was set on."""
    first = (await hall.ask(ROSA, initials="BO")).ref
    second = await add(hall, QUIET)
    await hall.ask(Undo(), initials="BO")
    with refused(Why.REFERENCE_NOT_FOUND):
        await hall.ask(ShowEntry(NEED, first))
    await hall.ask(Undo())
    with refused(Why.REFERENCE_NOT_FOUND):
        await hall.ask(ShowEntry(NEED, second))


async def test_the_board_folded_anew_is_the_same(hall: OneHall) -> None:
    await add(hall, ROSA)
    await add(hall, QUIET)
    await add(hall, NUMBER_ALONE)
    before = [await hall.ask(ListEntries(kind)) for kind in Kind]
    await hall.core.save(also=rebuild)
    assert [await hall.ask(ListEntries(kind)) for kind in Kind] == before
    assert len(await quiet_ones(hall)) == 3


async def test_what_is_refused_marks_nobody(hall: OneHall) -> None:
    await add(hall, ROSA)
    async with unchanged(hall.core):
        with refused(Why.TEXT_EMPTY):
            await hall.ask(replace(QUIET, text=" "))


# A sheet ----------------------------------------------------------------------------------


def row(text: str, contact: str = ROSA.contact, *, quiet: bool = False) -> ReadRow:
    return ReadRow(
        NEED, Words("FOD", text, Thousandths(1_000), "meal", contact=contact, quiet=quiet)
    )


async def imported(hall: OneHall, *rows: ReadRow, act: int = 0) -> ImportedView:
    return await hall.ask(ImportRows(rows, act))


async def test_rows_take_over_the_mark(hall: OneHall) -> None:
    first = await add(hall, QUIET)
    view = await imported(hall, row("Soup"), row("Bread", SOMEBODY_ELSE.contact))
    soup, bread = view.rows
    assert (soup.quiet_like, bread.quiet_like) == (first, "")
    assert await quiet_ones(hall) == {first, soup.ref}
    assert (await hall.ask(ShowEntry(NEED, soup.ref))).state == "new"


async def test_a_marked_row_marks_those_beside_it_and_those_before(hall: OneHall) -> None:
    first, other = await add(hall, ROSA), await add(hall, SOMEBODY_ELSE)
    before = await imported(hall, row("Tea"))
    view = await imported(hall, row("Soup"), row("Bread", quiet=True), row("Rice"), act=before.act)
    soup, bread, rice = view.rows
    assert (soup.quiet_like, bread.quiet_like, rice.quiet_like) == (bread.ref, "", bread.ref)
    assert set(view.also_quiet) == {first, before.rows[0].ref}
    assert other not in await quiet_ones(hall)
    assert len(await quiet_ones(hall)) == 5
    undone = await hall.ask(Undo())
    assert (undone.count, set(undone.refs)) == (
        4,
        {before.rows[0].ref, soup.ref, bread.ref, rice.ref},
    )
    assert await quiet_ones(hall) == set()
    left = await hall.ask(ListEntries(NEED))
    assert {entry.ref for entry in left} == {first, other}


async def test_what_is_left_of_a_sheet_stays_quiet(hall: OneHall) -> None:
    before = await imported(hall, row("Tea"))
    await imported(hall, row("Bread", quiet=True), act=before.act)
    left = before.rows[0].ref
    await hall.ask(EditEntry(NEED, left, text="Black tea"), initials="BO")
    undone = await hall.ask(Undo())
    assert (undone.count, undone.left) == (1, (left,))
    assert await quiet_ones(hall) == {left}
    with refused(Why.UNDO_NOTHING):
        await hall.ask(Undo())

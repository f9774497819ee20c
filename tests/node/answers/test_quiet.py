"""The quiet mark goes with the person, says so, and is taken back with what had set it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from node.answers.undoing import ROWS_AT_ONCE
from node.api.finding import Find, Merge
from node.api.history import Forget, ShowHistory, Undo
from node.api.matches import HandOver
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


async def test_a_mark_is_set_on_all_others_and_says_on_which(hall: OneHall) -> None:
    first, second = await add(hall, ROSA), await add(hall, NUMBER_ALONE)
    closed, other = await add(hall, ROSA), await add(hall, SOMEBODY_ELSE)
    await hall.ask(CloseEntry(NEED, closed, "met"))
    touched = (await hall.ask(ShowEntry(OFFER, second))).touched_ms
    hall.clock.put(hall.clock() + 1_000)
    edited = await hall.ask(EditEntry(NEED, first, quiet=True))
    assert (edited.also_quiet, edited.quiet_like) == ((closed, second), "")
    assert await quiet_ones(hall) == {first, second, closed}
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


async def open_again(hall: OneHall, ref: str) -> None:
    await hall.ask(OpenEntry(NEED, ref))


async def undo_the_close(hall: OneHall, ref: str) -> None:
    await hall.ask(Undo(), initials="AK")


@pytest.mark.parametrize("opens", [open_again, undo_the_close])
async def test_what_is_closed_is_marked_and_stays_so_when_it_is_open_again(
    hall: OneHall, opens: Callable[[OneHall, str], Awaitable[None]]
) -> None:
    first = await add(hall, ROSA)
    await hall.ask(CloseEntry(NEED, first, "no longer needed"), initials="AK")
    second = await hall.ask(QUIET, initials="BO")
    assert second.also_quiet == (first,)
    assert await hall.ask(Find("rosa")) == ()
    listed = await hall.ask(ListEntries(NEED, closed=True))
    assert {entry.contact for entry in listed} == {""}
    await opens(hall, first)
    shown = await hall.ask(ShowEntry(NEED, first))
    assert (shown.quiet, shown.state) == (True, "open")


async def test_what_goods_bring_back_open_is_quiet(hall: OneHall) -> None:
    first = await add(hall, ROSA)
    await hall.ask(HandOver(first, "1"))
    await hall.ask(QUIET)
    await hall.ask(HandOver(first, "1", back=True))
    assert await is_quiet(hall, first)


async def test_from_which_it_was_taken_away_is_opened_without(hall: OneHall) -> None:
    first = await add(hall, ROSA)
    await add(hall, QUIET)
    await hall.ask(EditEntry(NEED, first, quiet=False))
    await hall.ask(CloseEntry(NEED, first, "no longer needed"))
    opened = await hall.ask(OpenEntry(NEED, first))
    assert (opened.quiet, opened.quiet_like) == (False, "")


async def test_who_is_said_to_be_the_same_is_marked(hall: OneHall) -> None:
    first = await add(hall, replace(ROSA, contact="Rosa"))
    added = await hall.ask(replace(QUIET, contact="", same_as=first))
    assert added.also_quiet == (first,)
    assert await is_quiet(hall, first)
    second = await add(hall, ROSA)
    added = await hall.ask(replace(QUIET, contact="", same_as=second))
    assert added.also_quiet == (second,)  # once, though it is found by its telephone too


async def test_a_contact_put_right_marks_nobody_else(hall: OneHall) -> None:
    first, other = await add(hall, QUIET), await add(hall, replace(ROSA, contact="0770 155 5999"))
    edited = await hall.ask(EditEntry(NEED, first, contact="Tom Baker 0770 155 5999"))
    assert (edited.quiet, edited.also_quiet) == (True, ())
    assert not await is_quiet(hall, other)


async def test_a_merge_gives_the_mark_to_the_person_that_stays(hall: OneHall) -> None:
    first = await add(hall, ROSA)
    duplicate = await add(hall, replace(QUIET, contact=""))
    other = await add(hall, ROSA)
    merged = await hall.ask(Merge(NEED, duplicate, first))
    assert (merged.quiet, merged.also_quiet) == (True, (other,))
    await hall.ask(Undo())
    assert await quiet_ones(hall) == {duplicate}


async def test_a_duplicate_is_marked_with_what_it_was_merged_into(hall: OneHall) -> None:
    first, duplicate = await add(hall, ROSA), await add(hall, ROSA)
    await hall.ask(Merge(NEED, duplicate, first), initials="AK")
    second = await hall.ask(replace(QUIET, text="Soap"), initials="BO")
    await hall.ask(Undo(), initials="AK")
    assert await quiet_ones(hall) == {first, duplicate, second.ref}


async def test_a_merge_marks_the_duplicate_that_says_whose_the_mark_is(hall: OneHall) -> None:
    first, duplicate = await add(hall, replace(QUIET, contact="")), await add(hall, ROSA)
    merged = await hall.ask(Merge(NEED, duplicate, first))
    assert (merged.contact, merged.also_quiet) == (ROSA.contact, (duplicate,))
    assert await hall.ask(Find("rosa")) == ()


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


async def test_a_mark_stays_while_another_of_the_person_is_quiet(hall: OneHall) -> None:
    first = (await hall.ask(ROSA, initials="CK")).ref
    await hall.ask(QUIET, initials="AK")
    second = await hall.ask(replace(QUIET, text="Soap"), initials="BO")
    undone = await hall.ask(Undo(), initials="AK")
    assert (undone.unmarked, undone.kept_quiet) == ((), (first,))
    assert await quiet_ones(hall) == {first, second.ref}
    told = await hall.ask(ShowHistory(first))
    assert (told[-1].did, told[-1].what) == ("marked quiet", f"like {second.ref}")
    # It hangs on that one now, and is no act of anybody's.
    with refused(Why.UNDO_NOTHING):
        await hall.ask(Undo(), initials="AK")
    undone = await hall.ask(Undo(), initials="BO")
    assert (undone.refs, undone.unmarked) == ((second.ref,), (first,))
    assert await quiet_ones(hall) == set()


async def test_a_mark_that_somebody_says_as_well_does_not_fall_with_the_other(
    hall: OneHall,
) -> None:
    first = await add(hall, ROSA)
    await hall.ask(QUIET, initials="AK")
    await hall.ask(EditEntry(NEED, first, quiet=True), initials="BO")
    async with unchanged(hall.core):
        await hall.ask(EditEntry(NEED, first, quiet=True), initials="BO")
    undone = await hall.ask(Undo(), initials="AK")
    assert (undone.unmarked, undone.kept_quiet) == ((), ())
    assert await quiet_ones(hall) == {first}


async def test_a_contact_that_undo_brings_back_takes_over_the_mark(hall: OneHall) -> None:
    first = await add(hall, ROSA)
    await hall.ask(EditEntry(NEED, first, contact="Tom Baker 0770 155 5999"), initials="AK")
    second = await hall.ask(QUIET, initials="BO")
    assert second.also_quiet == ()
    assert (await hall.ask(Undo(), initials="AK")).kept_quiet == (first,)
    assert await is_quiet(hall, first)


async def test_undo_marks_nothing_that_it_is_not_about(hall: OneHall) -> None:
    first, second = await add(hall, QUIET), await add(hall, ROSA)
    other = await add(hall, replace(ROSA, contact="0770 155 5999"))
    await hall.ask(EditEntry(NEED, first, contact="Rosa Marques 0770 155 5999"), initials="BO")
    await hall.ask(EditEntry(NEED, other, text="Soup"), initials="AK")
    assert (await hall.ask(Undo(), initials="AK")).kept_quiet == ()
    await hall.ask(Undo(), initials="BO")
    await hall.ask(EditEntry(NEED, second, quiet=False), initials="BO")
    await hall.ask(EditEntry(NEED, second, text="Soup"), initials="AK")
    assert (await hall.ask(Undo(), initials="AK")).kept_quiet == ()
    # Nor where it is about the mark, and somebody took it away before.
    await hall.ask(EditEntry(NEED, second, quiet=True), initials="AK")
    assert (await hall.ask(Undo(), initials="AK")).kept_quiet == ()
    assert await quiet_ones(hall) == {first}


async def test_what_was_forgotten_since_does_not_stand_in_the_way(hall: OneHall) -> None:
    first = await add(hall, NUMBER_ALONE)
    second = await hall.ask(QUIET, initials="BO")
    assert second.also_quiet == (first,)
    await hall.ask(Forget(first, (first,)))
    undone = await hall.ask(Undo(), initials="BO")
    assert (undone.refs, undone.unmarked) == ((second.ref,), ())
    assert (await hall.ask(ShowEntry(OFFER, first))).contact == ""
    before = [await hall.ask(ListEntries(kind, closed=True)) for kind in Kind]
    await hall.core.save(also=rebuild)
    assert [await hall.ask(ListEntries(kind, closed=True)) for kind in Kind] == before


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


async def test_a_row_that_is_there_already_still_brings_its_mark(hall: OneHall) -> None:
    first, other = await add(hall, ROSA), await add(hall, SOMEBODY_ELSE)
    [there] = (await imported(hall, row("Bread"))).rows
    view = await imported(hall, row("Soup"), row("Bread", quiet=True))
    soup, bread = view.rows
    assert (bread.ref, bread.saved, soup.quiet_like) == (there.ref, False, there.ref)
    assert set(view.also_quiet) == {first, there.ref}
    assert await quiet_ones(hall) == {first, there.ref, soup.ref}
    assert other not in view.also_quiet
    again = await imported(hall, row("Bread", quiet=True), row("Soup", quiet=True))
    assert (again.also_quiet, again.act) == ((), 0)


async def test_a_mark_alone_is_an_act_and_undone_as_one(hall: OneHall) -> None:
    first = await add(hall, ROSA)
    [there] = (await imported(hall, row("Bread"))).rows
    assert set((await imported(hall, row("Bread", quiet=True))).also_quiet) == {first, there.ref}
    undone = await hall.ask(Undo())
    assert (undone.did, undone.refs, undone.count) == ("marked quiet", (there.ref,), 1)
    assert set(undone.unmarked) == {first, there.ref}
    assert await quiet_ones(hall) == set()
    assert (await hall.ask(ShowEntry(NEED, there.ref))).text == "Bread"


async def test_marks_of_what_was_there_are_taken_back_with_their_sheet(hall: OneHall) -> None:
    first = await add(hall, ROSA)
    [there] = (await imported(hall, row("Bread"))).rows
    new = [row(f"Tea {n}", f"Person {n}") for n in range(2)]
    await imported(hall, *new, row("Bread", quiet=True))
    assert await quiet_ones(hall) == {first, there.ref}
    undone = await hall.ask(Undo())
    assert (undone.count, set(undone.unmarked)) == (2, {first, there.ref})
    assert await quiet_ones(hall) == set()
    left = await hall.ask(ListEntries(NEED))
    assert {entry.ref for entry in left} == {first, there.ref}


async def test_the_mark_of_a_row_that_stands_there_twice_counts(hall: OneHall) -> None:
    first = await add(hall, ROSA)
    view = await imported(hall, row("Bread"), row("Tea"), row("Bread", quiet=True), row("Bread"))
    bread, tea, twin, last = view.rows
    assert bread.ref == twin.ref == last.ref
    assert (bread.quiet_like, tea.quiet_like) == ("", bread.ref)
    assert view.also_quiet == (bread.ref, first)
    assert await quiet_ones(hall) == {first, bread.ref, tea.ref}
    await hall.ask(Undo())
    assert await quiet_ones(hall) == set()


async def test_a_mark_falls_with_the_row_that_it_came_from(hall: OneHall) -> None:
    before = await imported(hall, row("Tea"))
    await imported(hall, row("Bread", quiet=True), act=before.act)
    left = before.rows[0].ref
    await hall.ask(EditEntry(NEED, left, text="Black tea"), initials="BO")
    undone = await hall.ask(Undo())
    assert (undone.count, undone.left, undone.unmarked) == (1, (left,), (left,))
    assert await quiet_ones(hall) == set()
    with refused(Why.UNDO_NOTHING):
        await hall.ask(Undo())


async def test_a_mark_stays_with_the_row_that_it_came_from(hall: OneHall) -> None:
    """In whatever part of a long sheet each of the two stands."""
    first = await hall.ask(ROSA, initials="BO")
    others = [row(f"Rice {n}", f"Person{n}") for n in range(ROWS_AT_ONCE + 20)]
    view = await imported(hall, row("Bread", quiet=True), *others)
    kept = view.rows[0].ref
    await hall.ask(EditEntry(NEED, kept, note="rang the door"), initials="BO")
    undone = await hall.ask(Undo())
    assert (undone.count, undone.left) == (len(others), (kept,))
    assert (undone.unmarked, undone.kept_quiet) == ((), ())
    assert await quiet_ones(hall) == {first.ref, kept}
    with refused(Why.UNDO_NOTHING):
        await hall.ask(Undo())


async def test_a_sheet_gone_part_by_part_takes_its_marks_along(hall: OneHall) -> None:
    first = await hall.ask(ROSA, initials="BO")
    others = [row(f"Rice {n}", f"Person{n}") for n in range(ROWS_AT_ONCE + 20)]
    view = await imported(hall, row("Bread", quiet=True), *others)
    touched = view.rows[-1].ref  # so that each part is taken back row by row
    await hall.ask(EditEntry(NEED, touched, note="rang the door"), initials="BO")
    undone = await hall.ask(Undo())
    assert (undone.count, undone.left, undone.unmarked) == (len(others), (touched,), (first.ref,))
    assert await quiet_ones(hall) == set()


async def test_a_mark_of_a_sheet_stays_while_another_is_quiet(hall: OneHall) -> None:
    first = await hall.ask(ROSA, initials="BO")
    await imported(hall, row("Bread", quiet=True), row("Rice", "Person"))
    second = await hall.ask(replace(QUIET, text="Soap"), initials="BO")
    undone = await hall.ask(Undo())
    assert (undone.count, undone.unmarked, undone.kept_quiet) == (2, (), (first.ref,))
    assert await quiet_ones(hall) == {first.ref, second.ref}


async def test_a_sheet_with_more_marks_than_a_part_has_rows_is_one(hall: OneHall) -> None:
    before = [row(f"Rice {n}") for n in range(ROWS_AT_ONCE + 10)]
    await hall.ask(ImportRows(tuple(before)), initials="BO")
    view = await imported(hall, row("Beans", "Person"), row("Bread", quiet=True))
    assert len(view.also_quiet) == len(before)
    touched = view.rows[0].ref
    await hall.ask(EditEntry(NEED, touched, note="rang the door"), initials="BO")
    undone = await hall.ask(Undo())
    assert (undone.count, undone.left) == (1, (touched,))
    assert await quiet_ones(hall) == set()

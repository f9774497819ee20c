"""Rows of a spreadsheet onto the board, as the command sends them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.answers.sheets import ROWS_MAX
from node.api.history import Undo
from node.api.requests import AddEntry, CloseEntry, ListEntries, ShowEntry
from node.api.sheets import ImportedView, ImportRows, ReadRow
from node.api.views import Kind
from node.desk.words import Words
from node.refusal import Why
from protocol.ids import Thousandths
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import EVENING, HOUR_MS, OneHall, one_hall, opened

pytestmark = pytest.mark.asyncio
WORDS = Words("FOD", "Rice", Thousandths(2_000), "kg", contact="Ana, 077 123 4567", zone="North")
NOBODY = replace(WORDS, contact="")


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


def rows(*texts: str, kind: Kind = Kind.NEED) -> tuple[ReadRow, ...]:
    return tuple(ReadRow(kind, replace(WORDS, text=text)) for text in texts)


async def imported(hall: OneHall, *words: Words, **said: Any) -> list[tuple[str, bool]]:
    view = await hall.ask(ImportRows(tuple(ReadRow(Kind.NEED, each, **said) for each in words)))
    return [(row.ref, row.saved) for row in view.rows]


async def board(hall: OneHall) -> list[str]:
    kinds = [await hall.ask(ListEntries(kind)) for kind in Kind]
    return sorted(entry.ref for entries in kinds for entry in entries)


async def test_what_is_imported_is_new_until_somebody_reads_it(hall: OneHall) -> None:
    said = ReadRow(Kind.OFFER, WORDS, EVENING - HOUR_MS)
    view = await hall.ask(ImportRows((said, *rows("Soup"))))
    assert [(row.ref, row.saved) for row in view.rows] == [("O-1-C", True), ("N-1-B", True)]
    offer = await hall.ask(ShowEntry(Kind.OFFER, "O-1-C"))
    assert (offer.state, offer.created_ms, offer.written_ms) == ("new", EVENING - HOUR_MS, EVENING)
    assert (offer.text, offer.qty, offer.unit, offer.contact) == ("Rice", 2, "kg", WORDS.contact)
    assert (offer.initials, offer.channel) == ("AK", "desk")


async def test_several_batches_are_one_act_and_undone_as_one(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        mine = await hall.need()
        act = 0
        for batch in range(10):
            texts = [f"{batch} and {n}" for n in range(100)]
            act = (await hall.ask(ImportRows(rows(*texts), act))).act
        await hall.ask(AddEntry(Kind.NEED, "FOD", "Bread"), initials="BO")
        assert len(await board(hall)) == 1_002
    async with opened(tmp_path / "hall") as hall:
        undone = await hall.ask(Undo())
        assert undone.count == 1_000
        assert len(await board(hall)) == 2
        await hall.ask(Undo())
        assert mine not in await board(hall)
        with refused(Why.UNDO_NOTHING):
            await hall.ask(Undo())


async def test_an_act_of_others_is_not_gone_on_with(hall: OneHall) -> None:
    first: ImportedView = await hall.ask(ImportRows(rows("Soup")))
    second = await hall.ask(ImportRows(rows("Bread"), first.act), initials="BO")
    assert second.act != first.act
    await hall.ask(Undo(), initials="BO")
    assert await board(hall) == ["N-1-B"]
    need = await hall.need()
    await hall.ask(CloseEntry(Kind.NEED, need, "met"))
    third = await hall.ask(ImportRows(rows("Milk"), act=first.act + 1))
    assert third.act > first.act + 1


async def test_what_is_there_already_is_named_and_not_saved_again(hall: OneHall) -> None:
    other = replace(WORDS, contact="A. Costa (+44 77 123 4567)", text="RICE")
    assert await imported(hall, WORDS, other) == [("N-1-B", True), ("N-1-B", False)]
    assert await imported(hall, other, WORDS, NOBODY) == [
        ("N-1-B", False),
        ("N-1-B", False),
        ("N-2-D", True),
    ]
    assert await imported(hall, NOBODY) == [("N-2-D", False)]


@pytest.mark.parametrize(
    "words",
    [
        replace(WORDS, category="WAT"),
        replace(WORDS, text="Brown rice"),
        replace(WORDS, qty=Thousandths(3_000)),
        replace(WORDS, unit="pack"),
        replace(WORDS, contact="Bo, 12 Mill Lane"),
        replace(WORDS, by_ms=EVENING + 48 * HOUR_MS),
        replace(NOBODY, zone="South"),
        NOBODY,
    ],
)
async def test_what_differs_is_another(hall: OneHall, words: Words) -> None:
    there = replace(WORDS, by_ms=EVENING + 24 * HOUR_MS)
    assert await imported(hall, there, words) == [("N-1-B", True), ("N-2-D", True)]


async def test_a_house_of_many_flats_is_not_one_person(hall: OneHall) -> None:
    flats = [replace(WORDS, contact=f"{name}, 12 Mill Lane") for name in ("Ana", "Bo")]
    assert [saved for _, saved in await imported(hall, *flats)] == [True, True]


async def test_said_again_another_day_it_is_another(hall: OneHall) -> None:
    day = 24 * HOUR_MS
    assert await imported(hall, WORDS, said_ms=EVENING - 3 * day) == [("N-1-B", True)]
    assert await imported(hall, WORDS, said_ms=EVENING - 3 * day) == [("N-1-B", False)]
    assert await imported(hall, WORDS, said_ms=EVENING - day) == [("N-2-D", True)]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (replace(WORDS, category="HAT"), Why.UNKNOWN_CATEGORY),
        (replace(WORDS, unit="barrel"), Why.UNKNOWN_UNIT),
        (replace(WORDS, channel="pigeon"), Why.UNKNOWN_CHANNEL),
        (replace(WORDS, qty=Thousandths(0)), Why.QUANTITY_NOT_POSITIVE),
        (replace(WORDS, qty=Thousandths(10**15)), Why.QUANTITY_NOT_POSITIVE),
        (replace(WORDS, every="never"), Why.EVERY_UNREADABLE),
        (replace(WORDS, text=""), Why.TEXT_EMPTY),
        (replace(WORDS, note="\x1b[31m"), Why.TEXT_CONTROL),
        (replace(WORDS, contact="x" * 2_001), Why.TEXT_TOO_LONG),
    ],
)
async def test_what_no_sheet_is_read_into_is_refused(hall: OneHall, words: Words, why: Why) -> None:
    async with unchanged(hall.core):
        with refused(why):
            await imported(hall, NOBODY, words)


async def test_too_many_at_once_would_keep_the_desk_waiting(hall: OneHall) -> None:
    with refused(Why.NODE_OTHER_VERSION):
        await imported(hall, *[WORDS] * (ROWS_MAX + 1))

"""The board and its history for a file: all of it, and nothing personal unless asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.api.history import Undo
from node.api.matches import MakeMatch, PlanJob
from node.api.requests import AddEntry, CloseEntry, EditEntry, OpenEntry
from node.api.sheets import Exported, ExportRows, ImportRows, ReadRow
from node.api.views import Kind
from node.desk.words import PERSONAL, Words
from node.store.exporting import STRETCH
from protocol.ids import Thousandths
from tests.node.answers.agreed import agreed, came, need_and_offer
from tests.node.two_halls import OneHall, one_hall

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER
SECRETS: dict[str, Any] = {name: f"secret-{name}" for name in PERSONAL if name != "text"}


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def exported(hall: OneHall, what: Exported, **more: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = await hall.ask(ExportRows(what, after, **more))
        rows += page.rows
        after = page.next
    return rows


async def everything(hall: OneHall, *, private: bool) -> str:
    rows = [await exported(hall, each, closed=True, private=private) for each in Exported]
    return json.dumps(rows)


async def carried_out(hall: OneHall, need: AddEntry) -> None:
    """A need met by an offer, with a job; what names persons has a mark."""
    ref = (await hall.ask(need, initials="ZZTOP")).ref
    offer = await hall.ask(AddEntry(OFFER, "FOD", "Rice", "9", "kg", contact="secret-giver"))
    match = await hall.ask(MakeMatch(ref, offer.ref))
    await hall.ask(PlanJob((match.ref,), who="secret-who", note="secret-note"))


async def test_nothing_personal_unless_asked(hall: OneHall) -> None:
    await carried_out(hall, AddEntry(NEED, "FOD", "Rice", "9", "kg", **SECRETS))
    public, private = [await everything(hall, private=each) for each in (False, True)]
    assert "secret" not in public
    assert "ZZTOP" not in public
    assert all(secret in private for secret in SECRETS.values())
    assert all(each in private for each in ("secret-giver", "secret-who", "secret-note", "ZZTOP"))


async def test_of_who_must_not_be_listed_never_more_than_that(hall: OneHall) -> None:
    await carried_out(hall, AddEntry(NEED, "FOD", "Rice", "9", "kg", quiet=True, **SECRETS))
    said_later = await hall.ask(AddEntry(NEED, "FOD", "Milk", **SECRETS))
    await hall.ask(EditEntry(NEED, said_later.ref, quiet=True))
    undone = await hall.ask(AddEntry(NEED, "FOD", "Bread", quiet=True, **SECRETS))
    await hall.ask(Undo())
    private = await everything(hall, private=True)
    assert undone.ref in private
    found = private.replace("secret-giver", "")
    assert "secret" not in found
    assert '"quiet": true' not in found


async def test_nor_with_what_words_it_was_opened_again(hall: OneHall) -> None:
    need = await hall.need()
    await hall.ask(CloseEntry(NEED, need, "referred"))
    await hall.ask(OpenEntry(NEED, need, because="secret-because"))
    public = await everything(hall, private=False)
    assert "secret" not in public
    assert "referred" in public
    assert "secret-because" in await everything(hall, private=True)


async def test_a_need_is_told_as_the_spreadsheet_names_it(hall: OneHall) -> None:
    need = await hall.ask(AddEntry(NEED, "FOD", "Rice", "2.5", "kg", by="20:00", danger=True))
    (row,) = await exported(hall, Exported.NEEDS)
    assert row == {
        "ref": need.ref,
        "kind": "need",
        "state": "open",
        "because": None,
        "category": "FOD",
        "text": "Rice",
        "qty": 2.5,
        "unit": "kg",
        "received": 0,
        "promised": 0,
        "by": "2031-05-31T20:00:00Z",
        "at": "2031-05-31T18:30:00Z",
        "written": "2031-05-31T18:30:00Z",
        "danger": True,
        "standing": False,
        "every": "",
        "channel": "desk",
        "closed": None,
        "overflows": [],
        "forgotten": False,
    }


async def test_a_match_of_which_part_came_frees_itself_at_no_time(hall: OneHall) -> None:
    match = await agreed(hall, *await need_and_offer(hall))
    (before,) = await exported(hall, Exported.MATCHES)
    await came(hall, match, "4")
    (after,) = await exported(hall, Exported.MATCHES)
    assert (before["state"], before["until"]) == ("agreed", "2031-06-01T18:30:00Z")
    assert (after["state"], after["until"], after["moved"]) == ("under way", None, 4)


async def test_closed_ones_only_if_asked(hall: OneHall) -> None:
    open_one, closed_one = await hall.need(), await hall.need()
    await hall.ask(CloseEntry(NEED, closed_one, "met"))
    assert [row["ref"] for row in await exported(hall, Exported.NEEDS)] == [open_one]
    rows = await exported(hall, Exported.NEEDS, closed=True)
    assert [(row["ref"], row["state"]) for row in rows] == [
        (open_one, "open"),
        (closed_one, "closed"),
    ]
    assert await exported(hall, Exported.OFFERS) == []


async def test_none_is_missed_or_told_twice_while_the_desk_goes_on(hall: OneHall) -> None:
    words = [Words("FOD", f"Rice {n}", Thousandths(1), "kg") for n in range(STRETCH + 10)]
    await hall.ask(ImportRows(tuple(ReadRow(NEED, each) for each in words)))
    first = await hall.ask(ExportRows(Exported.NEEDS))
    await hall.ask(CloseEntry(NEED, first.rows[3]["ref"], "met"))
    last = await hall.need()
    assert first.next is not None
    second = await hall.ask(ExportRows(Exported.NEEDS, first.next))
    texts = [row["text"] for row in (*first.rows, *second.rows)]
    assert texts == [*(each.text for each in words), "Hot meals"]
    assert (second.rows[-1]["ref"], second.next) == (last, None)


async def test_history_says_what_was_taken_back(hall: OneHall) -> None:
    need = await hall.ask(AddEntry(NEED, "FOD", "Rice", "2", "kg", by="20:00"))
    await hall.ask(Undo())
    added, undone = await exported(hall, Exported.EVENTS)
    assert (added["did"], added["about"], added["undone"]) == ("added", need.ref, True)
    assert (added["with"]["qty"], added["with"]["by"]) == (2, "2031-05-31T20:00:00Z")
    assert (undone["did"], undone["with"]) == ("undone", {"what": "added"})

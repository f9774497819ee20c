"""The card rots while the node runs: it is mended, or named."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.requests import CloseEntry, ListEntries, Status
from node.api.views import Kind
from node.services import scrub as service
from node.services.scrub import run_scrub, scrub
from node.store.folder import FILE_NAME
from node.store.macs import all_unsound
from node.store.neighbours import Neighbour, add_neighbour
from protocol.ids import GroupId
from tests.eventually import eventually
from tests.node.refusals import unchanged
from tests.node.two_halls import EVENING, OneHall, one_hall

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OneHall]:
    monkeypatch.setattr(service, "STEP_PAUSE_S", 0)
    monkeypatch.setattr(service, "STEP_ROWS", 2)
    async with one_hall(tmp_path / "hall") as hall:
        for text in ("Hot meals", "Hot soup", "Hot tea"):
            await hall.need(text, contact="Ana, 555 0100")
        yield hall


def rot(hall: OneHall, sql: str) -> None:
    """Change the file as a card does: without a word to the node."""
    with closing(sqlite3.connect(hall.folder / FILE_NAME, isolation_level=None)) as conn:
        assert conn.execute(sql).rowcount > 0


async def told(hall: OneHall) -> list[str]:
    """What is said of it."""
    return [each for each in (await hall.ask(Status())).warnings if "has changed" in each]


async def unsound(hall: OneHall) -> list[object]:
    return await hall.core.read(lambda conn: list(all_unsound(conn)))


async def test_where_nothing_has_rotted_nothing_is_written_or_said(hall: OneHall) -> None:
    async with unchanged(hall.core):
        await scrub(hall.core)
    assert await told(hall) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entry SET contact = 'Anb' WHERE ref = 'N-1-B'",
        "UPDATE entry SET qty = qty + 1, free = 0",
        "UPDATE entry SET text = CAST(x'ff' AS TEXT) WHERE ref = 'N-2-D'",
        "UPDATE entry SET ref = 'N-9-W' WHERE ref = 'N-2-D'",
        "UPDATE entry SET n = 99 WHERE ref = 'N-1-B'",
        "UPDATE entry SET category = 'WAT'",
        "UPDATE entry SET decided = 'opem' WHERE ref = 'N-3-F'",
    ],
)
async def test_a_board_that_has_rotted_is_folded_anew(hall: OneHall, sql: str) -> None:
    before = await hall.ask(ListEntries(Kind.NEED, closed=True))
    rot(hall, sql)
    await scrub(hall.core)
    assert await hall.ask(ListEntries(Kind.NEED, closed=True)) == before
    assert await unsound(hall) == []
    assert await told(hall) == []
    assert await hall.ask(CloseEntry(Kind.NEED, "N-1-B", "met"))


async def test_what_happened_is_named_when_it_has_rotted_and_nothing_is_folded_from_it(
    hall: OneHall,
) -> None:
    rot(hall, "UPDATE event SET data = replace(data, 'Hot soup', 'Hot soap')")
    rot(hall, "UPDATE entry SET note = 'x' WHERE ref = 'N-2-D'")
    await scrub(hall.core)
    (said,) = await told(hall)
    assert "N-2-D" in said
    needs = await hall.ask(ListEntries(Kind.NEED))
    assert {each.text for each in needs} == {"Hot meals", "Hot soup", "Hot tea"}


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("UPDATE hall SET place = 'elsewhere'", "this hall itself"),
        ("UPDATE seal_key SET private = zeroblob(32)", "the keys that hand-over details"),
        ("UPDATE neighbour SET paired_ms = 3", "the neighbour Eastside Centre"),
        ("UPDATE event SET about = CAST(x'1b5b324a' AS TEXT) WHERE n = 1", "the board"),
        ("UPDATE event SET at_ms = 5", "N-1-B, N-2-D, N-3-F"),
    ],
)
async def test_what_cannot_be_mended_is_named_and_left_as_it_is(
    hall: OneHall, sql: str, name: str
) -> None:
    east = Neighbour(GroupId(b"e" * 32), "Eastside Centre", EVENING)
    await hall.core.database.run(lambda conn: add_neighbour(conn, east))
    rot(hall, sql)
    async with unchanged(hall.core):
        await scrub(hall.core)
    (said,) = await told(hall)
    assert name in said
    assert "\x1b" not in said


async def test_many_are_counted(hall: OneHall) -> None:
    for number in range(9):
        await hall.need(f"Soup {number}")
    rot(hall, "UPDATE event SET at_ms = 5")
    await scrub(hall.core)
    (said,) = await told(hall)
    assert "4 more" in said


async def test_what_was_put_right_is_said_no_more(hall: OneHall) -> None:
    rot(hall, "UPDATE hall SET place = 'elsewhere'")
    await scrub(hall.core)
    assert await told(hall)
    rot(hall, "UPDATE hall SET place = ''")
    await scrub(hall.core)
    assert await told(hall) == []


async def test_a_row_that_is_gone_with_its_page_is_noticed(hall: OneHall) -> None:
    """No MAC tells of a row that is not there."""
    page_bytes, root, count = await hall.core.read(cells_of_events)
    assert await hall.core.database.sweep()
    with (hall.folder / FILE_NAME).open("r+b") as file:
        file.seek((root - 1) * page_bytes + 3)
        assert int.from_bytes(file.read(2), "big") == count
        file.seek((root - 1) * page_bytes + 3)
        file.write((count - 1).to_bytes(2, "big"))
    await scrub(hall.core)
    assert "the board" in (await told(hall))[0]


def cells_of_events(conn: sqlite3.Connection) -> tuple[int, int, int]:
    """Bytes of a page, the number of the page that the events stand on, how many they are."""
    root = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'event'").fetchone()[0]
    (size,) = conn.execute("PRAGMA page_size").fetchone()
    return size, root, conn.execute("SELECT count(*) FROM event").fetchone()[0]


async def test_it_goes_round_until_the_node_ends(
    hall: OneHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = 0

    async def count(core: object) -> None:
        nonlocal rounds
        rounds += 1

    monkeypatch.setattr(service, "scrub", count)
    monkeypatch.setattr(service, "ROUND_S", 0)
    going = asyncio.ensure_future(run_scrub(hall.core))
    await eventually(lambda: rounds > 2)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going


async def test_the_desk_works_on_between_two_steps(
    hall: OneHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "STEP_PAUSE_S", 60)
    looking = asyncio.ensure_future(scrub(hall.core))
    assert await hall.need("Bread")
    assert not looking.done()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking

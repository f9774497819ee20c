"""What is due to be shredded, by times that somebody vouches for, and what was taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node.desk.events import Did, Event
from node.store.board import append
from node.store.connection import create
from node.store.events import mark_undone
from node.store.forgetting import (
    TAKEN_BACK,
    all_kept_since,
    is_taken_back_due,
    is_time_said,
    persons_entries,
    shred_taken_back,
)
from protocol.ids import DeviceKey, UnixMs

DEVICE = DeviceKey(bytes(32))
NEED: dict[str, Any] = {
    "category": "FOD",
    "text": "Soup",
    "qty": 10_000,
    "unit": "meal",
    "contact": "Ana 555 0100",
}
NOW = UnixMs(1_000)


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    conn = create(tmp_path)
    yield conn
    conn.close()


def happens(
    conn: sqlite3.Connection,
    did: Did,
    about: str,
    at_ms: int,
    *,
    trusted: bool = True,
    **data: object,
) -> None:
    append(conn, DEVICE, Event(did, about, at_ms, "AK", data, trusted))


def needs(conn: sqlite3.Connection, *refs: str, **said: Any) -> None:
    for ref in refs:
        happens(conn, Did.ADDED, ref, 1, **{**NEED, **said})


def kept(conn: sqlite3.Connection, before_ms: int) -> list[str]:
    return [each.ref for each in all_kept_since(conn, UnixMs(before_ms), NOW, 10)]


def test_the_first_closed_is_the_first_that_is_due(conn: sqlite3.Connection) -> None:
    needs(conn, "N-1-B", "N-2-D", "N-3-F")
    happens(conn, Did.CLOSED, "N-2-D", 100, because="met")
    happens(conn, Did.CLOSED, "N-1-B", 200, because="met")
    assert kept(conn, 101) == ["N-2-D"]
    assert kept(conn, 201) == ["N-2-D", "N-1-B"]
    assert [each.ref for each in all_kept_since(conn, UnixMs(201), NOW, 1)] == ["N-2-D"]


@pytest.mark.parametrize("closed_ms", [100, 5_000])
def test_closed_at_no_time_that_we_know_counts_from_the_next_one(
    conn: sqlite3.Connection, closed_ms: int
) -> None:
    """A clock that nobody vouched for may be slow, or years ahead."""
    needs(conn, "N-1-B")
    happens(conn, Did.CLOSED, "N-1-B", closed_ms, trusted=False, because="met")
    assert kept(conn, 900) == []
    assert not is_time_said(conn, NOW)
    happens(conn, Did.TIMED, "", 800)
    assert is_time_said(conn, NOW)
    assert kept(conn, 800) == []
    assert kept(conn, 801) == ["N-1-B"]


def test_so_does_what_a_match_has_closed(conn: sqlite3.Connection) -> None:
    needs(conn, "N-1-B")
    happens(conn, Did.ADDED, "O-1-C", 1, **{**NEED, "contact": ""})
    match: dict[str, Any] = {
        "need": "N-1-B",
        "offer": "O-1-C",
        "qty": 10_000,
        "state": "agreed",
        "until_ms": None,
    }
    happens(conn, Did.MATCHED, "M-1-G", 2, **match)
    happens(conn, Did.HANDED_OVER, "M-1-G", 3, trusted=False, qty=10_000)
    happens(conn, Did.TIMED, "", 800)
    assert kept(conn, 800) == []
    assert set(kept(conn, 801)) == {"N-1-B", "O-1-C"}


def test_a_time_still_to_come_that_somebody_vouched_for_counts_as_little(
    conn: sqlite3.Connection,
) -> None:
    needs(conn, "N-1-B")
    happens(conn, Did.CLOSED, "N-1-B", 5_000, because="met")
    assert not is_time_said(conn, NOW)
    happens(conn, Did.TIMED, "", 800)
    assert kept(conn, 801) == ["N-1-B"]


def test_of_what_was_taken_back_no_word_is_kept_and_nothing_else_is_lost(
    conn: sqlite3.Connection,
) -> None:
    needs(conn, "N-1-B", "N-2-D")
    happens(conn, Did.EDITED, "N-2-D", 500, note="ill")
    mark_undone(conn, DEVICE, [1, 3], 4)
    assert is_taken_back_due(conn, UnixMs(2), NOW)
    assert not is_taken_back_due(conn, UnixMs(1), NOW)
    assert is_taken_back_due(conn, UnixMs(1), UnixMs(499))
    assert [shred_taken_back(conn, 1) for _ in range(3)] == [1, 1, 0]
    assert [row[0] for row in conn.execute("SELECT data = '{}' FROM event ORDER BY n")] == [1, 0, 1]
    assert not is_taken_back_due(conn, NOW, NOW)


def test_what_was_taken_back_is_found_without_looking_at_all_that_was(
    conn: sqlite3.Connection,
) -> None:
    plan = conn.execute(
        f"EXPLAIN QUERY PLAN SELECT 1 FROM event WHERE {TAKEN_BACK} AND (at_ms < 1 OR at_ms > 2)"
    ).fetchall()
    assert all("event_undone" in row["detail"] for row in plan)


def test_one_person_s_entries_are_found_by_their_contact_and_others_are_told(
    conn: sqlite3.Connection,
) -> None:
    needs(conn, "N-1-B", contact="Ana Silva, 07700 900123")
    needs(conn, "N-2-D", contact="Ana, 3 Mill Lane, 07700 900123")
    needs(conn, "N-3-F", contact="Rui Silva, 07700 900123")
    needs(conn, "N-4-H", contact="Ana Silva")
    needs(conn, "N-5-K", contact="Zoe Pryce")
    needs(conn, "N-6-M", contact="")
    found, perhaps = persons_entries(conn, "N-2-D")
    assert [each.ref for each in found] == ["N-2-D", "N-1-B"]
    assert perhaps == ["N-3-F", "N-4-H"]
    assert persons_entries(conn, "N-7-P") == ([], [])

"""Rows that are due: whom to ask, and what something follows for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from node.desk.entries import Entry
from node.desk.events import Did, Event
from node.desk.references import Kind
from node.desk.words import Words
from node.store.board import append
from node.store.due import all_to_ask, count_quiet, count_to_ask, due_refs
from node.store.entries import find_entry
from node.store.migrations import migrate
from node.store.references import next_reference
from protocol.ids import DeviceKey, Thousandths
from protocol.limits import DAY_MS

DEVICE = DeviceKey(b"a" * 32)
NOW = 1_938_018_600_000


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrate(conn)
        yield conn


def add(
    conn: sqlite3.Connection,
    at_ms: int = NOW,
    kind: Kind = Kind.NEED,
    said_ms: int | None = None,
    trusted: bool = True,
    **said: Any,
) -> str:
    words = Words("FOD", "Hot meals", Thousandths(40_000), "meal", **said)
    ref = next_reference(conn, kind)
    data = {**words.to_data(), "said_ms": said_ms}
    append(conn, DEVICE, Event(Did.ADDED, ref, at_ms, "AK", data, trusted=trusted))
    return ref


def refs(entries: list[Entry]) -> list[str]:
    return [each.ref for each in entries]


def test_who_waits_longest_is_asked_first_and_nobody_before_their_time(
    conn: sqlite3.Connection,
) -> None:
    second = add(conn, NOW + 2)
    first = add(conn, NOW + 1)
    slip = add(conn, NOW + 9, said_ms=NOW)
    assert all_to_ask(conn, NOW + 3 * DAY_MS - 1) == []
    assert refs(all_to_ask(conn, NOW + 3 * DAY_MS)) == [slip]
    assert refs(all_to_ask(conn, NOW + 3 * DAY_MS + 2)) == [slip, first, second]
    assert count_to_ask(conn, NOW + 3 * DAY_MS + 2) == 3


def test_whom_it_is_unsafe_to_ring_is_counted_alone(conn: sqlite3.Connection) -> None:
    add(conn, quiet=True)
    later_ms = NOW + 9 * DAY_MS
    assert all_to_ask(conn, later_ms) == []
    assert (count_to_ask(conn, later_ms), count_quiet(conn, later_ms)) == (0, 1)


def test_what_a_clock_wrote_that_was_years_ahead_is_asked_about_now(
    conn: sqlite3.Connection,
) -> None:
    ahead = add(conn, NOW + 4_000 * DAY_MS)
    waits = add(conn)
    data = {"because": "until a date", "until_ms": NOW + 300 * DAY_MS}
    append(conn, DEVICE, Event(Did.WAITS, waits, NOW, "AK", data))
    assert refs(all_to_ask(conn, NOW + DAY_MS)) == [ahead]


def test_what_is_due_first_comes_first(conn: sqlite3.Connection) -> None:
    need = add(conn)
    offer = add(conn, kind=Kind.OFFER, by_ms=NOW + DAY_MS)
    assert due_refs(conn, NOW + DAY_MS - 1) == []
    assert due_refs(conn, NOW + 24 * DAY_MS) == [offer, need]


def test_what_nobody_vouched_for_ends_by_no_clock_until_somebody_says_a_word(
    conn: sqlite3.Connection,
) -> None:
    """As after two years in a drawer: the clock stood at the last time that was on disk."""
    need = add(conn, trusted=False)
    now_ms = NOW + 730 * DAY_MS
    assert due_refs(conn, now_ms) == []
    assert refs(all_to_ask(conn, now_ms)) == [need]
    append(conn, DEVICE, Event(Did.PASSED, need, now_ms, "AK", {"overflow": "00" * 16}))
    assert due_refs(conn, now_ms) == []
    append(conn, DEVICE, Event(Did.STILL, need, now_ms, "AK", {}))
    assert all_to_ask(conn, now_ms + 2 * DAY_MS) == []
    assert due_refs(conn, now_ms + 24 * DAY_MS) == [need]


def test_a_date_that_has_come_opens_whoever_vouched_for_the_clock(
    conn: sqlite3.Connection,
) -> None:
    need = add(conn, trusted=False)
    data = {"because": "until a date", "until_ms": NOW + DAY_MS}
    append(conn, DEVICE, Event(Did.WAITS, need, NOW, "AK", data, trusted=False))
    assert due_refs(conn, NOW + DAY_MS) == [need]
    assert find_entry(conn, need) is not None


def test_both_are_found_by_an_index(conn: sqlite3.Connection) -> None:
    """Whatever the number of needs on the board: a stopped node looks before every command."""
    told: list[str] = []
    conn.set_trace_callback(told.append)
    all_to_ask(conn, NOW)
    count_to_ask(conn, NOW)
    due_refs(conn, NOW)
    conn.set_trace_callback(None)
    for statement in told:
        plan = [row["detail"] for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [step for step in plan if step.startswith("SCAN entry")], plan


def test_what_comes_again_ends_by_no_such_clock_either_but_begins_again(
    conn: sqlite3.Connection,
) -> None:
    """Nobody is turned away because it begins too early or too late."""
    unmet, met = (add(conn, trusted=False, every="day") for _ in range(2))
    append(conn, DEVICE, Event(Did.RECEIVED, met, NOW, "AK", {"qty": 40_000}, trusted=False))
    assert due_refs(conn, NOW + 300 * DAY_MS) == [met]
    append(conn, DEVICE, Event(Did.STILL, unmet, NOW, "AK", {}))
    assert due_refs(conn, NOW + 300 * DAY_MS) == [met, unmet]

"""Rows of the board: appended events, and their fold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.entries import NEED_REASONS, Did, Entry, Event, Words, apply
from node.desk.references import Kind, parse
from node.store.entries import (
    all_entries,
    all_open,
    all_passed,
    append,
    count_open,
    entries_in,
    find_entry,
    next_reference,
)
from node.store.migrations import migrate
from protocol.ids import DeviceKey, ObjectId, Thousandths

DEVICE, OTHER_DEVICE = DeviceKey(b"a" * 32), DeviceKey(b"b" * 32)


def board() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    conn.row_factory = sqlite3.Row
    migrate(conn)
    return conn


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(board()) as conn:
        yield conn


def add(
    conn: sqlite3.Connection,
    kind: Kind = Kind.NEED,
    at_ms: int = 1,
    by_ms: int | None = None,
    danger: bool = False,
) -> Entry:
    words = Words("FOD", "Hot meals", Thousandths(40_000), "meal", by_ms=by_ms, danger=danger)
    ref = next_reference(conn, kind)
    return append(conn, DEVICE, Event(Did.ADDED, ref, at_ms, "AK", words.to_data()))


def close(conn: sqlite3.Connection, entry: Entry) -> None:
    because = "met" if entry.kind is Kind.NEED else "used up"
    append(conn, DEVICE, Event(Did.CLOSED, entry.ref, 9, "AK", {"because": because}))


def test_references_count_each_letter_from_one(conn: sqlite3.Connection) -> None:
    needs = [parse(next_reference(conn, Kind.NEED))[1].number for _ in range(3)]
    offers = [parse(next_reference(conn, Kind.OFFER))[1].number for _ in range(2)]
    assert (needs, offers) == ([1, 2, 3], [1, 2])


def test_counters_of_a_device_have_no_gaps(conn: sqlite3.Connection) -> None:
    need = add(conn)
    for device in (OTHER_DEVICE, DEVICE, OTHER_DEVICE):
        append(conn, device, Event(Did.EDITED, need.ref, 2, "", {"note": "x"}))
    rows = conn.execute("SELECT device, counter FROM event ORDER BY device, counter").fetchall()
    assert [tuple(row) for row in rows] == [
        (DEVICE, 1),
        (DEVICE, 2),
        (OTHER_DEVICE, 1),
        (OTHER_DEVICE, 2),
    ]


def test_danger_then_soonest_then_newest(conn: sqlite3.Connection) -> None:
    old = add(conn, at_ms=1)
    new = add(conn, at_ms=2)
    later = add(conn, at_ms=3, by_ms=900)
    soon = add(conn, at_ms=1, by_ms=800)
    danger = add(conn, at_ms=1, danger=True)
    assert all_open(conn, Kind.NEED) == [danger, soon, later, new, old]
    close(conn, danger)
    assert [each.ref for each in all_entries(conn, Kind.NEED)][-1] == danger.ref


def test_kinds_and_closed_ones_are_kept_apart(conn: sqlite3.Connection) -> None:
    need, offer = add(conn), add(conn, Kind.OFFER)
    closed = add(conn, Kind.OFFER)
    close(conn, closed)
    assert all_open(conn, Kind.NEED) == [need]
    assert all_open(conn, Kind.OFFER) == [offer]
    assert (count_open(conn, Kind.NEED), count_open(conn, Kind.OFFER)) == (1, 1)
    assert len(all_entries(conn, Kind.OFFER)) == 2


def test_which_needs_were_passed_on_in_which_overflow(conn: sqlite3.Connection) -> None:
    first, second, third = add(conn), add(conn), add(conn)
    one, two = bytes(16), b"\xff" * 16
    for overflow, need in ((one, first), (one, second), (two, first), (one, first)):
        data = {"overflow": overflow.hex(), "qty": 1}
        append(conn, DEVICE, Event(Did.PASSED, need.ref, 5, "AK", data))
    passed = {(each.overflow, each.ref, each.qty) for each in all_passed(conn)}
    assert passed == {
        (one, first.ref, first.words.qty),
        (one, second.ref, second.words.qty),
        (two, first.ref, first.words.qty),
    }
    assert entries_in(conn, ObjectId(one)) == [first, second]
    assert third not in entries_in(conn, ObjectId(two))


def test_what_never_was_cannot_be_changed(conn: sqlite3.Connection) -> None:
    with pytest.raises(ValueError, match="before it was added"):
        append(conn, DEVICE, Event(Did.EDITED, "N-417-K", 1, "", {"text": "x"}))
    assert find_entry(conn, "N-417-K") is None


texts = st.text(max_size=20)
CHANGES = st.one_of(
    st.tuples(st.just(Did.EDITED), texts.map(lambda text: {"text": text, "contact": text})),
    st.tuples(st.just(Did.EDITED), st.none().map(lambda none: {"by_ms": none})),
    st.tuples(st.just(Did.RECEIVED), st.integers(1, 10**12).map(lambda qty: {"qty": qty})),
    st.tuples(st.just(Did.CLOSED), st.sampled_from(NEED_REASONS).map(lambda why: {"because": why})),
)


@given(st.lists(CHANGES, max_size=8))
def test_the_board_is_the_fold_of_the_events_on_disk(
    changes: list[tuple[Did, dict[str, object]]],
) -> None:
    with closing(board()) as conn:
        need = add(conn)
        for did, data in changes:
            append(conn, DEVICE, Event(did, need.ref, 2, "BL", data))
        folded: Entry | None = None
        for row in conn.execute("SELECT * FROM event ORDER BY n"):
            event = Event(
                Did(row["did"]),
                row["about"],
                row["at_ms"],
                row["initials"],
                json.loads(row["data"]),
            )
            folded = apply(folded, event)
        assert find_entry(conn, need.ref) == folded

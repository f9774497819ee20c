"""Rows of needs and offers as they stand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from node.desk.entries import Entry
from node.desk.events import Did, Event
from node.desk.references import Kind
from node.desk.words import Words
from node.store.board import append
from node.store.entries import (
    LAST_CLOSED_FIRST,
    MOST_URGENT_FIRST,
    all_closed,
    all_entries,
    all_open,
    all_passed,
    count_open,
    entries_in,
    find_entry,
    is_passed,
)
from node.store.migrations import migrate
from node.store.references import next_reference
from protocol.ids import DeviceKey, ObjectId, Thousandths

DEVICE = DeviceKey(b"a" * 32)
PLAIN = Words("FOD", "Hot meals", Thousandths(40_000), "meal")


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrate(conn)
        conn.execute(
            "INSERT INTO hall (n, group_id, backup_public, device_seed, discovery_key, name,"
            " call_sign, place, area, boot) VALUES (1, x'', x'', x'', x'', '', '', '', '', 0)"
        )
        yield conn


def add(
    conn: sqlite3.Connection,
    kind: Kind = Kind.NEED,
    at_ms: int = 1,
    by_ms: int | None = None,
    danger: bool = False,
) -> Entry:
    words = replace(PLAIN, by_ms=by_ms, danger=danger)
    ref = next_reference(conn, kind)
    append(conn, DEVICE, Event(Did.ADDED, ref, at_ms, "AK", words.to_data()))
    return found(conn, ref)


def found(conn: sqlite3.Connection, ref: str) -> Entry:
    entry = find_entry(conn, ref)
    assert entry is not None
    return entry


def close(conn: sqlite3.Connection, entry: Entry, at_ms: int = 9) -> None:
    because = "met" if entry.kind is Kind.NEED else "used up"
    append(conn, DEVICE, Event(Did.CLOSED, entry.ref, at_ms, "AK", {"because": because}))


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


def test_a_need_is_passed_on_once_it_was(conn: sqlite3.Connection) -> None:
    need = add(conn)
    assert not is_passed(conn, need.ref)
    append(conn, DEVICE, Event(Did.PASSED, need.ref, 5, "AK", {"overflow": "00" * 16, "qty": 1}))
    assert is_passed(conn, need.ref)


def test_closed_ones_come_after_all_that_is_open_the_last_closed_first(
    conn: sqlite3.Connection,
) -> None:
    first, second, third, fourth = (add(conn, at_ms=n) for n in range(1, 5))
    close(conn, second, at_ms=20)
    close(conn, third, at_ms=10)
    assert [each.ref for each in all_closed(conn, Kind.NEED)] == [second.ref, third.ref]
    assert [each.ref for each in all_entries(conn, Kind.NEED)] == [
        fourth.ref,
        first.ref,
        second.ref,
        third.ref,
    ]


@pytest.mark.parametrize("count", range(1, 8))
def test_pages_of_a_list_put_together_are_the_list(conn: sqlite3.Connection, count: int) -> None:
    for entry in [add(conn, at_ms=n) for n in range(7)][::2]:
        close(conn, entry)
    for query in (all_open, all_closed, all_entries):
        whole = query(conn, Kind.NEED)
        pages = [query(conn, Kind.NEED, first, count) for first in range(0, 9, count)]
        assert [each for page in pages for each in page] == whole
        assert all(len(page) <= count for page in pages)


def test_every_word_comes_back_from_its_row(conn: sqlite3.Connection) -> None:
    texts = {name: name for name, said in PLAIN.to_data().items() if said == ""}
    flags = {name: True for name, said in PLAIN.to_data().items() if said is False}
    words = replace(PLAIN, by_ms=9, channel="phone", **texts, **flags)  # type: ignore[arg-type]
    ref = next_reference(conn, Kind.OFFER)
    append(conn, DEVICE, Event(Did.ADDED, ref, 3, "AK", words.to_data()))
    assert found(conn, ref).words == words


def test_when_a_match_moved_last_is_known_also_when_all_of_it_came_back(
    conn: sqlite3.Connection,
) -> None:
    need, offer = add(conn), add(conn, Kind.OFFER)
    match = next_reference(conn, Kind.MATCH)
    agreed = {"need": need.ref, "offer": offer.ref, "qty": 5, "state": "agreed", "until_ms": 9}
    for did, data in (
        (Did.MATCHED, agreed),
        (Did.HANDED_OVER, {"qty": 5}),
        (Did.HANDED_OVER, {"qty": -5}),
        (Did.FELL_THROUGH, {}),
    ):
        append(conn, DEVICE, Event(did, match, 7, "AK", data))
    assert found(conn, need.ref).sums.last_ms == 7


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT * FROM entry WHERE kind = 'NEED' AND closed = 0"
         f" ORDER BY {MOST_URGENT_FIRST} LIMIT 60", "entry_open"),
        ("SELECT * FROM entry WHERE kind = 'NEED' AND closed = 1"
         f" ORDER BY {LAST_CLOSED_FIRST} LIMIT 60", "entry_closed"),
        ("SELECT count(*) FROM entry WHERE kind = 'NEED' AND closed = 0", "entry_"),
        ("SELECT * FROM event WHERE about = 'N-1-B' AND undone IS NULL ORDER BY n",
         "event_by_about"),
        ("SELECT * FROM matching WHERE need = 'N-1-B' OR offer = 'N-1-B' ORDER BY n",
         "matching_by_offer"),
    ],
)  # fmt: skip
def test_no_list_sorts_the_whole_board(conn: sqlite3.Connection, query: str, index: str) -> None:
    plan = [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert any(index in step for step in plan), plan
    assert not [step for step in plan if step.startswith("SCAN") and "INDEX" not in step], plan

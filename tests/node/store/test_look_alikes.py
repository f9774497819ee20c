"""What is compared with what is said, on a real board."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from node.desk.events import Did, Event
from node.desk.references import Kind
from node.desk.words import Words
from node.store.board import append
from node.store.look_alikes import CLOSED_MS, COMPARED_MAX, known_like
from node.store.migrations import migrate
from node.store.references import next_reference
from protocol.ids import DeviceKey, Thousandths, UnixMs

DEVICE = DeviceKey(b"a" * 32)
NOW = UnixMs(10 * CLOSED_MS)
ROSA = Words(
    "FOD", "Hot meals", Thousandths(2_000), "meal", contact="Rosa, 07700 900123, 12 Mill Lane"
)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrate(conn)
        yield conn


def add(conn: sqlite3.Connection, words: Words, kind: Kind = Kind.NEED) -> str:
    ref = next_reference(conn, kind)
    append(conn, DEVICE, Event(Did.ADDED, ref, NOW, "AK", words.to_data()))
    return ref


def close(conn: sqlite3.Connection, ref: str, at_ms: int) -> str:
    append(conn, DEVICE, Event(Did.CLOSED, ref, at_ms, "AK", {"because": "met"}))
    return ref


def compared(conn: sqlite3.Connection, said: Words, kind: Kind = Kind.NEED) -> set[str]:
    return {each.ref for each in known_like(conn, kind, said, NOW)}


def test_one_phone_one_address_or_one_category_is_compared(conn: sqlite3.Connection) -> None:
    phone = add(conn, replace(ROSA, category="MED", contact="R +44 7700 900123"))
    street = add(conn, replace(ROSA, category="MED", contact="12 mill ln"))
    category = add(conn, replace(ROSA, contact="Bo"))
    add(conn, replace(ROSA, category="MED", contact="Bo"))
    add(conn, ROSA, Kind.OFFER)
    assert compared(conn, ROSA) == {phone, street, category}
    assert compared(conn, replace(ROSA, category="", contact="")) == set()


def test_closed_ones_count_for_a_few_days_where_the_person_is_the_same(
    conn: sqlite3.Connection,
) -> None:
    lately = close(conn, add(conn, ROSA), NOW - CLOSED_MS)
    close(conn, add(conn, ROSA), NOW - CLOSED_MS - 1)
    close(conn, add(conn, replace(ROSA, contact="Bo")), NOW)
    assert compared(conn, ROSA) == {lately}


def test_who_is_forgotten_is_compared_with_nobody(conn: sqlite3.Connection) -> None:
    ref = close(conn, add(conn, ROSA), NOW)
    append(conn, DEVICE, Event(Did.FORGOTTEN, ref, NOW, "AK", {}))
    assert compared(conn, ROSA) == set()


def test_of_a_large_category_the_newest_are_compared(conn: sqlite3.Connection) -> None:
    refs = [add(conn, replace(ROSA, contact="Bo")) for _ in range(3)]
    conn.execute(
        "WITH RECURSIVE later (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM later"
        f" WHERE n < {COMPARED_MAX} + 8)"
        " INSERT INTO entry SELECT later.n, 'x' || later.n, kind, state, because, closed,"
        f" {', '.join(_columns_after_closed(conn))} FROM entry, later WHERE entry.n = 1"
    )
    found = compared(conn, ROSA)
    assert len(found) == COMPARED_MAX
    assert refs[2] in found
    assert not {*refs[:2]} & found


def _columns_after_closed(conn: sqlite3.Connection) -> list[str]:
    columns = [row[0] for row in conn.execute("SELECT name FROM pragma_table_info('entry')")]
    return columns[columns.index("closed") + 1 :]

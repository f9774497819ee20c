"""Rows of signed records, and who else has them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from node.store.migrations import migrate
from node.store.records import (
    Rotten,
    add_holders,
    add_records,
    all_hearings,
    all_holders,
    all_naming,
    all_records,
    all_rows,
    keep_placed,
    replace_record,
)
from protocol.ids import UnixMs
from protocol.record import verify
from protocol.shelf import Placed
from tests.protocol.halls import NOW, Hall

NORTH, EAST = Hall("Northgate"), Hall("Eastside")


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        conn.execute("PRAGMA foreign_keys = ON")
        migrate(conn)
        yield conn


def test_records_come_back_as_they_came_and_in_order(conn: sqlite3.Connection) -> None:
    records = [*NORTH.directory(EAST), NORTH.request(), EAST.roster()]
    add_records(conn, records, NOW)
    assert all_records(conn) == records
    for record in all_records(conn):
        verify(record)


def test_what_is_replaced_is_deleted_with_it(conn: sqlite3.Connection) -> None:
    old, new = NORTH.request(), NORTH.request(version=2)
    replace_record(conn, None, old, NOW)
    replace_record(conn, old, new, NOW)
    assert all_records(conn) == [new]


def test_a_record_is_kept_once(conn: sqlite3.Connection) -> None:
    """What was put aside and counts again is there already, first heard of when it was."""
    add_records(conn, [NORTH.request()], NOW)
    add_records(conn, [NORTH.request()], UnixMs(NOW + 60_000))
    assert all_hearings(conn) == {NORTH.request().id: NOW}


def test_within_one_batch_a_version_may_come_and_go(conn: sqlite3.Connection) -> None:
    first, second, third = (NORTH.request(version=version) for version in (1, 2, 3))
    heard = UnixMs(NOW + 60_000)
    keep_placed(conn, [Placed(first, None, NOW)])
    batch = [Placed(second, first, NOW), Placed(EAST.roster(), None, NOW)]
    keep_placed(conn, [*batch, Placed(third, second, heard)])
    assert all_records(conn) == [EAST.roster(), third]
    assert all_hearings(conn) == {EAST.roster().id: NOW, third.id: heard}


def test_holders_go_with_the_record(conn: sqlite3.Connection) -> None:
    old, new = NORTH.request(), NORTH.request(version=2)
    replace_record(conn, None, old, NOW)
    add_holders(conn, EAST.group, [old.id, old.id, new.id])
    assert all_holders(conn) == [(old.id, EAST.group)]
    replace_record(conn, old, new, NOW)
    assert all_holders(conn) == []


def test_records_are_found_by_bytes_in_them(conn: sqlite3.Connection) -> None:
    records = [NORTH.roster(), NORTH.request(), EAST.roster()]
    add_records(conn, records, NOW)
    assert all_naming(conn, NORTH.group) == records[:2]
    assert all_naming(conn, records[0].signature) == []


@pytest.mark.parametrize(
    "change", ["body = x'81'", "signature = zeroblob(64)", "signature = x'00'"]
)
def test_what_has_rotted_is_told_apart_and_mended_when_it_comes_again(
    conn: sqlite3.Connection, change: str
) -> None:
    records = [NORTH.roster(), NORTH.request(), EAST.roster()]
    add_records(conn, records, NOW)
    add_holders(conn, EAST.group, [records[1].id])
    conn.execute(f"UPDATE record SET {change} WHERE id = ?", [records[1].id])
    rotten = [each for each in all_rows(conn) if isinstance(each, Rotten)]
    if "zeroblob" not in change:  # a signature is not verified anew at every start
        assert [each.id for each in rotten] == [records[1].id]
        assert all_records(conn) == [records[0], records[2]]
        assert all_naming(conn, NORTH.group) == [records[0]]
    add_records(conn, records, UnixMs(NOW + 60_000))
    assert list(all_rows(conn)) == records
    assert all_hearings(conn)[records[1].id] == NOW
    assert all_holders(conn) == [(records[1].id, EAST.group)]

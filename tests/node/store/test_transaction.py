"""A transaction: all or nothing, and the disk's own words where it refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from node.store.transaction import transaction


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.execute("CREATE TABLE word (text TEXT) STRICT")
        yield conn


def words(conn: sqlite3.Connection) -> list[str]:
    return [row[0] for row in conn.execute("SELECT text FROM word")]


def end(conn: sqlite3.Connection, statement: str, by: BaseException) -> None:
    with transaction(conn):
        conn.execute(statement)
        raise by


def test_what_was_done_stays(conn: sqlite3.Connection) -> None:
    with transaction(conn):
        conn.execute("INSERT INTO word VALUES ('soup')")
    assert (words(conn), conn.in_transaction) == (["soup"], False)


@pytest.mark.parametrize("ended", [ValueError("no"), KeyboardInterrupt()])
def test_what_broke_off_leaves_nothing(conn: sqlite3.Connection, ended: BaseException) -> None:
    with pytest.raises(type(ended)):
        end(conn, "INSERT INTO word VALUES ('soup')", ended)
    assert (words(conn), conn.in_transaction) == ([], False)


def test_a_full_disk_is_what_is_told_though_sqlite_has_rolled_back_itself(
    conn: sqlite3.Connection,
) -> None:
    with pytest.raises(sqlite3.OperationalError, match="full"):
        end(conn, "ROLLBACK", sqlite3.OperationalError("database or disk is full"))
    assert not conn.in_transaction

"""A MAC on every private row, so that what rots on a card is found.

A table with a column `mac` is guarded: whatever writes a row through our connection renews it.
The triggers that do so last as long as the connection, so that any other program can still read
the file; what such a program writes does not match, and is found as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import msgpack

from node.store.transaction import transaction

FIRST_ROWID: Final = -(2**63)
"""Nothing stands before it: a rowid that has rotted may be less than zero."""
MAC_BYTES: Final = 8
"""One flipped bit in 2^64 goes unnoticed; nobody is kept out by it."""


def guard(conn: sqlite3.Connection) -> None:
    """Renew the MAC of each row that this connection writes, in every table that has one."""
    key: list[bytes] = []

    def row_mac(*values: str | bytes | int | float | None) -> bytes:
        if not key:
            key.append(conn.execute("SELECT key FROM mac_key").fetchone()[0])
        return blake2b(msgpack.packb(values), key=key[0], digest_size=MAC_BYTES).digest()

    conn.create_function("row_mac", -1, row_mac, deterministic=True)
    for table in guarded(conn):
        columns = _columns(conn, table)
        for event in ("INSERT", f"UPDATE OF {', '.join(columns)}"):
            name = f"guard_{table}_{event.partition(' ')[0].lower()}"
            conn.execute(
                f"CREATE TEMP TRIGGER IF NOT EXISTS {name} AFTER {event} ON main.{table} BEGIN"
                f" UPDATE {table} SET mac = {_mac_of(table, columns, 'NEW.')}"
                " WHERE rowid = NEW.rowid; END"
            )


def guarded(conn: sqlite3.Connection) -> list[str]:
    """The tables whose rows have a MAC."""
    rows = conn.execute(
        "SELECT owner.name FROM sqlite_master AS owner"
        " JOIN pragma_table_info(owner.name) AS info"
        " WHERE owner.type = 'table' AND info.name = 'mac' ORDER BY owner.name"
    )
    return [row[0] for row in rows]


def renew_after(conn: sqlite3.Connection, newest: str) -> None:
    """Give a MAC to every row that has none, once after each migration: nothing has vouched for
    them yet. `newest` names the last one. Broken off, it is done at the next start.

    A schema file that adds a column to a guarded table takes the MACs of its rows away.
    """
    if conn.execute("SELECT since FROM mac_key").fetchone()[0] == newest:
        return
    with transaction(conn):
        for table in guarded(conn):
            columns = _columns(conn, table)
            conn.execute(f"UPDATE {table} SET mac = {_mac_of(table, columns)} WHERE mac IS NULL")
        conn.execute("UPDATE mac_key SET since = ?", [newest])


@dataclass(frozen=True, slots=True)
class Unsound:
    """A row that is not what was written."""

    table: str
    rowid: int


@dataclass(frozen=True, slots=True)
class Looked:
    """Part of a table that was looked through; `last` is None at its end."""

    unsound: tuple[Unsound, ...]
    last: int | None


def look_through(conn: sqlite3.Connection, table: str, after: int, count: int) -> Looked:
    """Check the next `count` rows of `table` behind the rowid `after`.

    Raises sqlite3.DatabaseError where the file is so damaged that its rows cannot be told apart.
    """
    rows = conn.execute(
        f"SELECT rowid FROM {table} NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT ?",
        [after, count],
    ).fetchall()
    if not rows:
        return Looked((), None)
    first, last = rows[0][0], rows[-1][0]
    try:
        unsound = _unsound(conn, table, first, last)
    except sqlite3.DatabaseError:
        # One text that is none any more stops the whole question: ask of each row by itself.
        unsound = tuple(row for (rowid,) in rows for row in _unsound_row(conn, table, rowid))
    goes_on = len(rows) == count and last > after  # a rowid that has rotted leads nowhere
    return Looked(unsound, last if goes_on else None)


def all_unsound(conn: sqlite3.Connection) -> Iterator[Unsound]:
    """Every row of the file that is not what was written."""
    for table in guarded(conn):
        yield from look_through(conn, table, FIRST_ROWID, -1).unsound


def _unsound(conn: sqlite3.Connection, table: str, first: int, last: int) -> tuple[Unsound, ...]:
    mac = _mac_of(table, _columns(conn, table))
    rows = conn.execute(
        f"SELECT rowid FROM {table} NOT INDEXED"
        f" WHERE rowid BETWEEN ? AND ? AND mac IS NOT {mac} ORDER BY rowid",
        [first, last],
    )
    return tuple(Unsound(table, rowid) for (rowid,) in rows)


def _unsound_row(conn: sqlite3.Connection, table: str, rowid: int) -> tuple[Unsound, ...]:
    try:
        return _unsound(conn, table, rowid, rowid)
    except sqlite3.DatabaseError:
        return (Unsound(table, rowid),)


def _columns(conn: sqlite3.Connection, table: str) -> list[str]:
    rows = conn.execute("SELECT name FROM pragma_table_info(?)", [table])
    return [row[0] for row in rows if row[0] != "mac"]


def _mac_of(table: str, columns: list[str], of: str = "") -> str:
    """SQL: the MAC of a row. The table's name is in it: no row counts in another's place."""
    return f"row_mac('{table}', {', '.join(of + each for each in columns)})"

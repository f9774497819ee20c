"""Rows of signed records. What a newer version replaces is deleted with it, in one transaction.

Cards rot. A row whose body does not hash to its id any more, or does not parse, is no record: it is
told apart here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from protocol.errors import MalformedRecord
from protocol.ids import GroupId, RecordId, UnixMs, record_id
from protocol.record import Record, parse
from protocol.shelf import Placed


def add_records(conn: sqlite3.Connection, records: Iterable[Record], heard_ms: UnixMs) -> None:
    """A record that is on disk stays: it may have been put aside and counts again. What has rotted
    of it is mended."""
    conn.executemany(
        "INSERT INTO record (id, body, signature, heard_ms) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET body = excluded.body, signature = excluded.signature"
        " WHERE body <> excluded.body OR signature <> excluded.signature",
        [(record.id, record.body_bytes, record.signature, heard_ms) for record in records],
    )


def replace_record(
    conn: sqlite3.Connection, old: Record | None, new: Record, heard_ms: UnixMs
) -> None:
    """Save a version of our own in place of `old`; heard of when it was made, by our own clock."""
    if old is not None:
        conn.execute("DELETE FROM record WHERE id = ?", [old.id])
    add_records(conn, [new], heard_ms)


def keep_placed(conn: sqlite3.Connection, placed: Iterable[Placed]) -> None:
    """Save what was placed. Within one batch a record may be placed, gone and placed again: what
    was last counts."""
    kept: dict[RecordId, Placed | None] = {}
    for each in placed:
        kept.update((gone.id, None) for gone in each.gone)
        kept[each.record.id] = each
    conn.executemany(
        "DELETE FROM record WHERE id = ?", [(gone,) for gone, each in kept.items() if each is None]
    )
    for one in kept.values():
        if one is not None:
            add_records(conn, [one.record], one.heard_ms)


def delete_records(conn: sqlite3.Connection, ids: Iterable[RecordId]) -> None:
    conn.executemany("DELETE FROM record WHERE id = ?", [(each,) for each in ids])


@dataclass(frozen=True, slots=True)
class Rotten:
    """A row that is no record any more: id or body is not what it was."""

    id: RecordId
    body: bytes


def all_rows(conn: sqlite3.Connection) -> Iterator[Record | Rotten]:
    """Every row, in the order in which it came."""
    for row in conn.execute("SELECT id, body, signature FROM record ORDER BY n"):
        yield _read(row)


def all_records(conn: sqlite3.Connection) -> list[Record]:
    """Every record, in the order in which it came. They were verified before they were saved."""
    return [row for row in all_rows(conn) if isinstance(row, Record)]


def all_naming(conn: sqlite3.Connection, part: bytes) -> list[Record]:
    """Every record with these bytes in it, those that are put aside as well."""
    rows = conn.execute("SELECT id, body, signature FROM record WHERE instr(body, ?)", [part])
    return [record for row in rows if isinstance(record := _read(row), Record)]


def _read(row: sqlite3.Row) -> Record | Rotten:
    """The hash costs a microsecond; a signature would cost two hundred on a Raspberry Pi."""
    if record_id(row["body"]) == row["id"]:
        with suppress(MalformedRecord):
            return parse(row["body"], row["signature"])
    return Rotten(RecordId(row["id"]), row["body"])


def all_hearings(conn: sqlite3.Connection) -> dict[RecordId, UnixMs]:
    """When each record came, or was signed here."""
    rows = conn.execute("SELECT id, heard_ms FROM record")
    return {RecordId(row["id"]): UnixMs(row["heard_ms"]) for row in rows}


def add_holders(conn: sqlite3.Connection, group: GroupId, ids: Iterable[RecordId]) -> None:
    """`group` holds these; a record that was replaced meanwhile is passed over."""
    conn.executemany(
        "INSERT OR IGNORE INTO holder SELECT id, ? FROM record WHERE id = ?",
        [(group, each) for each in ids],
    )


def all_holders(conn: sqlite3.Connection) -> list[tuple[RecordId, GroupId]]:
    rows = conn.execute("SELECT record, group_id FROM holder")
    return [(RecordId(row["record"]), GroupId(row["group_id"])) for row in rows]

"""Rows of the halls that we have paired with, where they are, and the codes that we gave out."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from protocol.ids import DeviceKey, GroupId, UnixMs

ADDRESSES_KEPT: Final = 16
"""Of one neighbour: more than a laptop that moves between networks has in a month."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """`last_heard_ms` None: never linked yet. `discovery_key` None: it has not told us."""

    group: GroupId
    name: str
    paired_ms: UnixMs
    discovery_key: bytes | None = None
    last_heard_ms: UnixMs | None = None


@dataclass(frozen=True, slots=True)
class InviteRow:
    """`spent_by` None: nobody has used the code yet."""

    secret: bytes
    until_ms: UnixMs
    spent_by: DeviceKey | None = None
    spent_group: GroupId | None = None
    spent_name: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int


def add_neighbour(conn: sqlite3.Connection, neighbour: Neighbour) -> None:
    """Pairing again with the same hall keeps its row and takes the new name."""
    conn.execute(
        "INSERT INTO neighbour (group_id, name, paired_ms) VALUES (?, ?, ?)"
        " ON CONFLICT (group_id) DO UPDATE SET name = excluded.name",
        [neighbour.group, neighbour.name, neighbour.paired_ms],
    )


def all_neighbours(conn: sqlite3.Connection) -> list[Neighbour]:
    rows = conn.execute("SELECT * FROM neighbour ORDER BY paired_ms, rowid")
    return [
        Neighbour(
            GroupId(row["group_id"]),
            row["name"],
            UnixMs(row["paired_ms"]),
            row["discovery_key"],
            row["last_heard_ms"],
        )
        for row in rows
    ]


def delete_neighbour(conn: sqlite3.Connection, group: GroupId) -> None:
    """With its addresses, and with the codes that it used: none of them lets it in again."""
    conn.execute("DELETE FROM neighbour WHERE group_id = ?", [group])
    conn.execute("DELETE FROM address WHERE group_id = ?", [group])
    conn.execute("DELETE FROM invite WHERE spent_group = ?", [group])


def set_discovery_key(conn: sqlite3.Connection, group: GroupId, key: bytes) -> None:
    conn.execute("UPDATE neighbour SET discovery_key = ? WHERE group_id = ?", [key, group])


def set_last_heard(conn: sqlite3.Connection, group: GroupId, now_ms: UnixMs) -> None:
    conn.execute("UPDATE neighbour SET last_heard_ms = ? WHERE group_id = ?", [now_ms, group])


def not_heard_later(conn: sqlite3.Connection, now_ms: UnixMs) -> None:
    """Nobody was heard after now: a clock that was ahead has written that."""
    conn.execute("UPDATE neighbour SET last_heard_ms = ?1 WHERE last_heard_ms > ?1", [now_ms])


def note_address(
    conn: sqlite3.Connection, group: GroupId, address: Address, now_ms: UnixMs
) -> None:
    """This address worked just now; of each neighbour the latest few are kept.

    Nothing is kept of a hall that is no neighbour: it may have been removed meanwhile.
    """
    conn.execute(
        "INSERT INTO address (group_id, host, port, worked_ms)"
        " SELECT group_id, ?, ?, ? FROM neighbour WHERE group_id = ?"
        " ON CONFLICT DO UPDATE SET worked_ms = excluded.worked_ms",
        [address.host, address.port, now_ms, group],
    )
    conn.execute(
        "DELETE FROM address WHERE group_id = ?1 AND rowid NOT IN"
        " (SELECT rowid FROM address WHERE group_id = ?1"
        " ORDER BY worked_ms DESC, rowid DESC LIMIT ?2)",
        [group, ADDRESSES_KEPT],
    )


def addresses_of(conn: sqlite3.Connection, group: GroupId, most: int) -> list[Address]:
    """Where it was reached, the latest first."""
    rows = conn.execute(
        "SELECT host, port FROM address WHERE group_id = ? ORDER BY worked_ms DESC LIMIT ?",
        [group, most],
    )
    return [Address(row["host"], row["port"]) for row in rows]


def add_invite(conn: sqlite3.Connection, invite: InviteRow) -> None:
    conn.execute(
        "INSERT INTO invite (secret, until_ms) VALUES (?, ?)", [invite.secret, invite.until_ms]
    )


def all_invites(conn: sqlite3.Connection) -> list[InviteRow]:
    """The newest first; spent and expired ones among them."""
    rows = conn.execute("SELECT * FROM invite ORDER BY rowid DESC")
    return [
        InviteRow(
            row["secret"],
            UnixMs(row["until_ms"]),
            None if row["spent_by"] is None else DeviceKey(row["spent_by"]),
            None if row["spent_group"] is None else GroupId(row["spent_group"]),
            row["spent_name"],
        )
        for row in rows
    ]


def spend_invite(
    conn: sqlite3.Connection, secret: bytes, device: DeviceKey, group: GroupId, name: str
) -> None:
    conn.execute(
        "UPDATE invite SET spent_by = ?, spent_group = ?, spent_name = ? WHERE secret = ?",
        [device, group, name, secret],
    )


def delete_old_invites(conn: sqlite3.Connection, most: int) -> None:
    """Keep the newest `most`: each one costs a stranger's handshake one more try."""
    conn.execute(
        "DELETE FROM invite WHERE rowid NOT IN"
        " (SELECT rowid FROM invite ORDER BY rowid DESC LIMIT ?)",
        [most],
    )

"""Rows of our own hall: its keys, its name, its seal keys."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from protocol.ids import GroupId, UnixMs
from protocol.seal_keys import SealKey


@dataclass(frozen=True, slots=True)
class HallRow:
    """The one row of `hall`; the seed is secret."""

    group: GroupId
    backup_public: bytes
    device_seed: bytes
    discovery_key: bytes
    name: str
    call_sign: str
    place: str
    area: str
    boot: int = 0
    listen: str | None = None
    port: int | None = None


def add_hall(conn: sqlite3.Connection, hall: HallRow) -> None:
    conn.execute(
        "INSERT INTO hall (n, group_id, backup_public, device_seed, discovery_key, name, call_sign,"
        " place, area, boot, listen, port) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            hall.group,
            hall.backup_public,
            hall.device_seed,
            hall.discovery_key,
            hall.name,
            hall.call_sign,
            hall.place,
            hall.area,
            hall.boot,
            hall.listen,
            hall.port,
        ],
    )


def find_hall(conn: sqlite3.Connection) -> HallRow | None:
    row = conn.execute("SELECT * FROM hall").fetchone()
    if row is None:
        return None
    return HallRow(
        group=GroupId(row["group_id"]),
        backup_public=row["backup_public"],
        device_seed=row["device_seed"],
        discovery_key=row["discovery_key"],
        name=row["name"],
        call_sign=row["call_sign"],
        place=row["place"],
        area=row["area"],
        boot=row["boot"],
        listen=row["listen"],
        port=row["port"],
    )


def next_boot(conn: sqlite3.Connection) -> int:
    """The number of this start; on disk before it is shown to anybody."""
    row = conn.execute("UPDATE hall SET boot = boot + 1 RETURNING boot").fetchone()
    number: int = row[0]
    return number


def set_listen(conn: sqlite3.Connection, listen: str | None, port: int) -> None:
    conn.execute("UPDATE hall SET listen = ?, port = ?", [listen, port])


def set_own_discovery_key(conn: sqlite3.Connection, key: bytes) -> None:
    conn.execute("UPDATE hall SET discovery_key = ?", [key])


def add_seal_key(conn: sqlite3.Connection, public: bytes, private: bytes, now_ms: UnixMs) -> None:
    """A key that stands first on the card from now on."""
    conn.execute(
        "INSERT INTO seal_key (public, private, created_ms) VALUES (?, ?, ?)",
        [public, private, now_ms],
    )


def keep_seal_keys(conn: sqlite3.Connection, keys: Iterable[SealKey]) -> None:
    """Write down until when each of these is kept."""
    conn.executemany(
        "UPDATE seal_key SET keep_until_ms = ? WHERE public = ?",
        [(key.keep_until_ms, key.public) for key in keys],
    )


def all_seal_keys(conn: sqlite3.Connection) -> list[bytes]:
    """Private halves, the newest first."""
    rows = conn.execute("SELECT private FROM seal_key ORDER BY rowid DESC")
    return [row["private"] for row in rows]


def all_shown_seal_keys(conn: sqlite3.Connection) -> list[SealKey]:
    """What may be shown of the same keys, in the same order."""
    rows = conn.execute(
        "SELECT public, created_ms, keep_until_ms FROM seal_key ORDER BY rowid DESC"
    )
    return [
        SealKey(
            row["public"],
            UnixMs(row["created_ms"]),
            None if row["keep_until_ms"] is None else UnixMs(row["keep_until_ms"]),
        )
        for row in rows
    ]


def delete_seal_key(conn: sqlite3.Connection, public: bytes) -> None:
    """Its bytes are overwritten here, and gone from the log with `Database.sweep`."""
    conn.execute("DELETE FROM seal_key WHERE public = ?", [public])

"""Rows of what time has done to what is held, and the latest time that this hall knows of."""

from __future__ import annotations

import sqlite3

from protocol.aging import Buried, Passing
from protocol.ids import RecordId, UnixMs


def keep_passing(conn: sqlite3.Connection, passing: Passing, purged_ms: UnixMs) -> None:
    """Delete what is gone, and remember how far that went and what must not come back."""
    conn.execute("UPDATE hall SET purged_ms = max(purged_ms, ?)", [purged_ms])
    conn.executemany("DELETE FROM record WHERE id = ?", [(each.id,) for each in passing.gone])
    conn.executemany(
        "INSERT OR REPLACE INTO buried VALUES (?, ?)",
        [(each.id, each.until_ms) for each in passing.buried],
    )
    conn.execute("DELETE FROM buried WHERE until_ms <= ?", [purged_ms])
    conn.executemany(
        "UPDATE record SET heard_ms = ? WHERE id = ?",
        [(heard_ms, each) for each, heard_ms in passing.reheard],
    )


def find_mark(conn: sqlite3.Connection) -> UnixMs:
    """The purge mark; 0 where nothing was purged yet."""
    row = conn.execute("SELECT purged_ms FROM hall").fetchone()
    return UnixMs(row[0])


def all_buried(conn: sqlite3.Connection) -> list[Buried]:
    rows = conn.execute("SELECT id, until_ms FROM buried ORDER BY until_ms")
    return [Buried(RecordId(row["id"]), UnixMs(row["until_ms"])) for row in rows]


def latest_time(conn: sqlite3.Connection) -> UnixMs:
    """The latest time that was put on disk here: it cannot be earlier now."""
    row = conn.execute(
        "SELECT max(coalesce((SELECT max(heard_ms) FROM record), 0),"
        " coalesce((SELECT max(at_ms) FROM event), 0),"
        " coalesce((SELECT max(last_heard_ms) FROM neighbour), 0),"
        " (SELECT purged_ms FROM hall))"
    ).fetchone()
    return UnixMs(row[0])

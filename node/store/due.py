"""Rows of needs and offers that somebody is to be asked about, or that something follows for."""

from __future__ import annotations

import sqlite3
from typing import Final

from node.desk.decay import WAIT_MS_MAX
from node.desk.entries import FOLLOWS, Entry
from node.desk.events import Did
from node.store.entries import entry_of

TO_ASK: Final = "(ask_ms <= ?1 OR ask_ms > ?2 AND until_ms IS NULL)"
"""Nothing waits longer than `WAIT_MS_MAX` for the question: what seems to was written by a clock
that was ahead."""
HEARD: Final = "CASE touched_ms WHEN written_ms THEN created_ms ELSE touched_ms END"
"""`node.desk.decay.heard_ms`."""
TOUCHING: Final = ", ".join(f"'{did}'" for did in (Did.ADDED, *FOLLOWS))
IS_SURE: Final = (
    "(SELECT trusted FROM event WHERE about = entry.ref AND undone IS NULL"
    f" AND did IN ({TOUCHING}) ORDER BY n DESC LIMIT 1)"
)
"""Whether somebody vouched for the clock by which it was touched last."""


def all_to_ask(conn: sqlite3.Connection, now_ms: int) -> list[Entry]:
    """Whom to ask whether it is still needed, or there, who waits longest first; nobody quiet."""
    rows = conn.execute(
        f"SELECT * FROM entry WHERE {TO_ASK} AND quiet = 0 ORDER BY {HEARD}, n",
        [now_ms, now_ms + WAIT_MS_MAX],
    )
    return [entry_of(row) for row in rows]


def count_to_ask(conn: sqlite3.Connection, now_ms: int) -> int:
    return _count(conn, now_ms, quiet=0)


def count_quiet(conn: sqlite3.Connection, now_ms: int) -> int:
    """How many more there are whom it is unsafe to ring."""
    return _count(conn, now_ms, quiet=1)


def due_refs(conn: sqlite3.Connection, now_ms: int) -> list[str]:
    """What something follows for by itself, what was due first first.

    What was written by a clock that nobody vouched for ends by no clock: a person is asked. But
    what waits for its time, or has all moved and comes again, goes on.
    """
    rows = conn.execute(
        "SELECT ref FROM entry WHERE pass_ms <= ?"
        f" AND (until_ms IS NOT NULL OR every <> '' AND free = 0 OR {IS_SURE}) ORDER BY pass_ms, n",
        [now_ms],
    )
    return [row[0] for row in rows]


def _count(conn: sqlite3.Connection, now_ms: int, quiet: int) -> int:
    row = conn.execute(
        f"SELECT count(*) FROM entry WHERE {TO_ASK} AND quiet = ?3",
        [now_ms, now_ms + WAIT_MS_MAX, quiet],
    ).fetchone()
    count: int = row[0]
    return count

"""Whole tables, a stretch of row numbers at a time: none is missed or told twice meanwhile."""

from __future__ import annotations

import sqlite3
from typing import Final

from node.desk.entries import Entry
from node.desk.matches import Job, Match
from node.desk.references import Kind
from node.store.entries import entry_of
from node.store.events import EventRow, event_row
from node.store.matches import job_of, match_of

STRETCH: Final = 500
"""Row numbers in one page: 15 ms on a small machine."""


def end_of(conn: sqlite3.Connection, table: str) -> int:
    row = conn.execute(f"SELECT coalesce(max(n), 0) FROM {table}").fetchone()
    return int(row[0])


def entries_from(conn: sqlite3.Connection, kind: Kind, after: int, *, closed: bool) -> list[Entry]:
    """The needs, or the offers, of one stretch; `closed`: closed ones too."""
    rows = conn.execute(
        "SELECT * FROM entry WHERE n > ? AND n <= ? AND +kind = ? AND closed <= ? ORDER BY n",
        [after, after + STRETCH, kind.name, int(closed)],
    )
    return [entry_of(row) for row in rows]


def matches_from(conn: sqlite3.Connection, after: int) -> list[tuple[Match, str]]:
    """Matches of one stretch, with the unit that they are counted in."""
    rows = conn.execute(
        "SELECT matching.*, entry.unit FROM matching LEFT JOIN entry ON entry.ref = matching.need"
        " WHERE matching.n > ? AND matching.n <= ? ORDER BY matching.n",
        [after, after + STRETCH],
    )
    return [(match_of(row), row["unit"] or "") for row in rows]


def jobs_from(conn: sqlite3.Connection, after: int) -> list[Job]:
    rows = conn.execute(
        "SELECT * FROM job WHERE n > ? AND n <= ? ORDER BY n", [after, after + STRETCH]
    )
    return [job_of(row) for row in rows]


def events_from(conn: sqlite3.Connection, after: int) -> list[EventRow]:
    rows = conn.execute(
        "SELECT * FROM event WHERE n > ? AND n <= ? ORDER BY n", [after, after + STRETCH]
    )
    return [event_row(row) for row in rows]


def unlisted(conn: sqlite3.Connection) -> frozenset[str]:
    """References of who must not be listed, of their matches and the jobs that carry these out."""
    rows = conn.execute(
        "WITH hidden (ref) AS (SELECT ref FROM entry WHERE quiet = 1),"
        " met (ref) AS (SELECT ref FROM matching WHERE need IN hidden OR offer IN hidden)"
        " SELECT ref FROM hidden UNION SELECT ref FROM met UNION"
        " SELECT job.ref FROM job, json_each(job.matches) AS each WHERE each.value IN met"
    )
    return frozenset(row[0] for row in rows)

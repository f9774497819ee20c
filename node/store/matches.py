"""Rows of matches and jobs as they stand: projections of the events about them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from node.desk.matches import FREED_BY_TIME, RUNNING, Job, Match, MatchState
from protocol.ids import Thousandths, UnixMs

RUNNING_STATES = "({})".format(", ".join(f"'{state}'" for state in sorted(RUNNING)))

IS_TIMELESS = (
    "(until_ms IS NULL OR 0 = (SELECT trusted AND at_ms <= :now_ms FROM event"
    " WHERE about = matching.ref AND undone IS NULL AND data ->> 'until_ms' IS NOT NULL"
    " ORDER BY n DESC LIMIT 1))"
)
"""Nobody vouched for the clock by which its time was said, or that moment is still to come."""


def find_match(conn: sqlite3.Connection, ref: str) -> Match | None:
    row = conn.execute("SELECT * FROM matching WHERE ref = ?", [ref]).fetchone()
    return match_of(row) if row else None


def matches_of(conn: sqlite3.Connection, entry: str) -> list[Match]:
    """All that the need or offer with this reference was ever in, in order."""
    rows = conn.execute("SELECT * FROM matching WHERE need = ?1 OR offer = ?1 ORDER BY n", [entry])
    return [match_of(row) for row in rows]


def all_running(conn: sqlite3.Connection) -> list[Match]:
    """Matches that something is still to come of, in order."""
    rows = conn.execute(f"SELECT * FROM matching WHERE state IN {RUNNING_STATES} ORDER BY n")
    return [match_of(row) for row in rows]


def all_matches(conn: sqlite3.Connection) -> list[Match]:
    return [match_of(row) for row in conn.execute("SELECT * FROM matching ORDER BY n")]


def all_due(conn: sqlite3.Connection, now_ms: UnixMs) -> list[Match]:
    """Matches that were asked for or agreed, whose time is over, and that nobody has moved."""
    rows = conn.execute(
        f"SELECT * FROM matching WHERE state IN {RUNNING_STATES} AND until_ms <= ? ORDER BY n",
        [now_ms],
    )
    return [match for match in map(match_of, rows) if match.state in FREED_BY_TIME]


def all_timeless(conn: sqlite3.Connection, now_ms: UnixMs) -> list[Match]:
    """The same that have no time, or one that was said when nobody knew what time it was."""
    rows = conn.execute(
        f"SELECT * FROM matching WHERE state IN {RUNNING_STATES} AND {IS_TIMELESS} ORDER BY n",
        {"now_ms": now_ms},
    )
    return [match for match in map(match_of, rows) if match.state in FREED_BY_TIME]


def is_timeless(conn: sqlite3.Connection, ref: str, now_ms: UnixMs) -> bool:
    """Whether this match has no time, or one that was said when nobody knew what time it was."""
    row = conn.execute(
        f"SELECT 1 FROM matching WHERE ref = :ref AND {IS_TIMELESS}", {"ref": ref, "now_ms": now_ms}
    )
    return row.fetchone() is not None


def all_idle(conn: sqlite3.Connection) -> list[Match]:
    """Matches whose need, or whose offer, is closed, and with which nobody has set out: nobody
    waits for them any more."""
    rows = conn.execute(
        f"SELECT * FROM matching WHERE state IN {RUNNING_STATES} AND EXISTS"
        " (SELECT 1 FROM entry WHERE ref IN (need, offer) AND closed = 1) ORDER BY n"
    )
    return [match for match in map(match_of, rows) if match.step in FREED_BY_TIME]


def save_match(conn: sqlite3.Connection, match: Match) -> None:
    conn.execute(
        "INSERT INTO matching (ref, need, offer, qty, state, decided, created_ms, initials,"
        " until_ms, moved, moved_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        " ON CONFLICT (ref) DO UPDATE SET qty = ?4, state = ?5, decided = ?6, until_ms = ?9,"
        " moved = ?10, moved_ms = ?11",
        [
            match.ref,
            match.need,
            match.offer,
            match.qty,
            match.state,
            match.decided,
            match.created_ms,
            match.initials,
            match.until_ms,
            match.moved,
            match.moved_ms,
        ],
    )


def delete_match(conn: sqlite3.Connection, ref: str) -> None:
    conn.execute("DELETE FROM matching WHERE ref = ?", [ref])


def find_job(conn: sqlite3.Connection, ref: str) -> Job | None:
    row = conn.execute("SELECT * FROM job WHERE ref = ?", [ref]).fetchone()
    return job_of(row) if row else None


def all_jobs(conn: sqlite3.Connection) -> list[Job]:
    return [job_of(row) for row in conn.execute("SELECT * FROM job ORDER BY n")]


def all_unfinished_jobs(conn: sqlite3.Connection) -> list[Job]:
    """Those that something is still to come of, in order."""
    rows = conn.execute(
        "SELECT * FROM job WHERE cancelled = 0 AND EXISTS (SELECT 1 FROM json_each(job.matches)"
        f" JOIN matching ON matching.ref = value WHERE matching.state IN {RUNNING_STATES})"
        " ORDER BY n"
    )
    return [job_of(row) for row in rows]


def jobs_with(conn: sqlite3.Connection, match: str) -> list[Job]:
    """The jobs that carry out this match."""
    rows = conn.execute(
        "SELECT job.* FROM job, json_each(job.matches) WHERE json_each.value = ? ORDER BY n",
        [match],
    )
    return [job_of(row) for row in rows]


def save_job(conn: sqlite3.Connection, job: Job) -> None:
    conn.execute(
        "INSERT INTO job (ref, matches, who, at_ms, note, created_ms, initials, cancelled)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
        " ON CONFLICT (ref) DO UPDATE SET who = ?3, note = ?5, cancelled = ?8",
        [
            job.ref,
            json.dumps(job.matches),
            job.who,
            job.at_ms,
            job.note,
            job.created_ms,
            job.initials,
            int(job.cancelled),
        ],
    )


def delete_job(conn: sqlite3.Connection, ref: str) -> None:
    conn.execute("DELETE FROM job WHERE ref = ?", [ref])


def found_matches(conn: sqlite3.Connection, refs: Iterable[str]) -> list[Match]:
    """Those of these matches that there are, in the order of `refs`."""
    found = (find_match(conn, ref) for ref in refs)
    return [match for match in found if match is not None]


def match_of(row: sqlite3.Row) -> Match:
    return Match(
        ref=row["ref"],
        need=row["need"],
        offer=row["offer"],
        qty=Thousandths(row["qty"]),
        decided=MatchState(row["decided"]),
        created_ms=row["created_ms"],
        initials=row["initials"],
        until_ms=row["until_ms"],
        moved=Thousandths(row["moved"]),
        moved_ms=row["moved_ms"],
    )


def job_of(row: sqlite3.Row) -> Job:
    return Job(
        ref=row["ref"],
        matches=tuple(json.loads(row["matches"])),
        who=row["who"],
        at_ms=row["at_ms"],
        note=row["note"],
        created_ms=row["created_ms"],
        initials=row["initials"],
        cancelled=bool(row["cancelled"]),
    )

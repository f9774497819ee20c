"""Rows of needs and offers that somebody is to be asked about, or that something follows for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import islice
from typing import Final

from node.desk.decay import LASTS_MS_MAX, WAIT_MS_MAX, counts_from_ms, pass_ms, said_at
from node.desk.entries import FOLLOWS, Entry
from node.desk.events import Did
from node.desk.rounds import next_ms
from node.store.entries import entry_of
from node.store.time import KnownTimes

TO_ASK: Final = "(ask_ms <= ?1 OR ask_ms > ?2 AND until_ms IS NULL)"
"""Nothing waits longer than `WAIT_MS_MAX` for the question: what seems to was written by a clock
that was ahead."""
HEARD: Final = "CASE touched_ms WHEN written_ms THEN created_ms ELSE touched_ms END"
"""`node.desk.decay.heard_ms`."""
TOUCHING: Final = ", ".join(f"'{did}'" for did in (Did.ADDED, *FOLLOWS) if did is not Did.QUIETED)
"""What somebody says of an entry: a quiet mark that comes with another's says nothing of it."""
LAST_WORD: Final = (
    "SELECT n, trusted AND at_ms <= ?2 AS is_sure FROM event WHERE about = ?1 AND undone IS NULL"
    f" AND did IN ({TOUCHING}) AND at_ms = ?3 ORDER BY n DESC LIMIT 1"
)
"""What was said of ?1 last, at ?3, and whether that is a time that we know, now that it is ?2."""


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


def due_refs(conn: sqlite3.Connection, now_ms: int, most: int | None = None) -> list[str]:
    """What something follows for by itself, what was due first first: `most` of it, None: all."""
    known = KnownTimes(conn, now_ms)
    due = (each.ref for each in _perhaps_due(known) if as_due(known, each) is not None)
    return list(islice(due, most))


def _perhaps_due(known: KnownTimes) -> Iterator[Entry]:
    """What is due by its own time; and what a clock wrote that was far ahead, which may count from
    long before."""
    for which, ms in (("<=", known.now_ms), (">", known.now_ms + LASTS_MS_MAX)):
        query = f"SELECT * FROM entry WHERE pass_ms {which} ? ORDER BY pass_ms, n"
        yield from map(entry_of, known.conn.execute(query, [ms]))


def as_due(known: KnownTimes, entry: Entry) -> Entry | None:
    """The entry as it counts, if something follows for it by now."""
    counted = as_it_counts(known, entry)
    due_ms = None if counted is None else pass_ms(counted)
    return counted if due_ms is not None and due_ms <= known.now_ms else None


def as_it_counts(known: KnownTimes, entry: Entry) -> Entry | None:
    """The entry with the time from which it counts: `node.desk.decay.counts_from_ms`. None: nobody
    can know yet.

    What waits for its date, or has all moved and comes again, goes on by any clock: nobody is
    turned away because it begins too early or too late.
    """
    if next_ms(entry) is not None:
        return entry
    told = [entry.ref, known.now_ms, entry.touched_ms]
    word = known.conn.execute(LAST_WORD, told).fetchone()
    is_sure = bool(word["is_sure"])
    known_ms = None if is_sure else known.first_ms(word["n"])
    from_ms = counts_from_ms(entry.touched_ms, is_sure=is_sure, known_ms=known_ms)
    return None if from_ms is None else said_at(entry, from_ms)


def _count(conn: sqlite3.Connection, now_ms: int, quiet: int) -> int:
    row = conn.execute(
        f"SELECT count(*) FROM entry WHERE {TO_ASK} AND quiet = ?3",
        [now_ms, now_ms + WAIT_MS_MAX, quiet],
    ).fetchone()
    count: int = row[0]
    return count

"""Forgetting a person: their words leave the events, the board, the index, and the file's pages.

What was taken back counts for nothing any more, so whenever somebody is forgotten, the words of all
that was taken back go as well: nobody has to know whose they were.

SQLite overwrites what it deletes (`secure_delete`), but not what it moves: between the rows of a
page, and in parts of the index that wait to be merged, old words stay behind. So the index is
merged into one, the whole file is written anew, and the log is emptied; until that is done a row
of `trace` says that it is still to do.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from node.desk.entries import Entry
from node.desk.events import Did
from node.desk.matches import Job
from node.desk.persons import Contact, goes_by
from node.desk.words import PERSONAL
from node.store.board import refold
from node.store.entries import entry_of, find_entry
from node.store.matches import all_unfinished_jobs, job_of
from node.store.time import KnownTimes
from protocol.ids import UnixMs

SHREDDED: Final = frozenset({*PERSONAL, "because"})
"""What an event about an entry may say of a person."""
OUR_REASONS: Final = frozenset({Did.CLOSED, Did.MERGED, Did.WAITS, Did.FORGOTTEN})
"""Say why in one of a few words of our own: that stays."""
WORDED: Final = (Did.ADDED, Did.EDITED, Did.FILLED, Did.OPENED, Did.PLANNED)
"""Events that hold words of people."""
_WORDED: Final = ", ".join(f"'{did}'" for did in WORDED)
TAKEN_BACK: Final = f"undone IS NOT NULL AND data <> '{{}}' AND did IN ({_WORDED})"
"""They were taken back, and still have them."""


def shred(conn: sqlite3.Connection, entry: Entry, now_ms: UnixMs) -> None:
    """Take the person's words out of everything that happened to `entry`; how much, when, and how
    it ended stay."""
    rows = conn.execute("SELECT n, did, data FROM event WHERE about = ?", [entry.ref]).fetchall()
    conn.executemany(
        "UPDATE event SET data = ? WHERE n = ?",
        [(_anonymous(row["did"], json.loads(row["data"])), row["n"]) for row in rows],
    )
    _shred_jobs(conn, entry)
    refold(conn, [entry.ref])
    keep_trace(conn, now_ms)


def _shred_jobs(conn: sqlite3.Connection, entry: Entry) -> None:
    """What was noted for a trip is about the people at its doors; and one of them may have gone."""
    words = entry.words
    for job in _jobs_of(conn, entry.ref):
        is_theirs = goes_by(job.who, (words.contact, words.behalf, words.safe))
        gone = ("$.note", "$.who" if is_theirs else "$.note")
        conn.execute(
            "UPDATE event SET data = json_remove(data, ?, ?) WHERE about = ?", [*gone, job.ref]
        )
        refold(conn, [job.ref])


def _jobs_of(conn: sqlite3.Connection, ref: str) -> list[Job]:
    """All that was ever planned with it, also with a match that was taken back since."""
    matches = conn.execute(
        "SELECT ref FROM matching WHERE need = ?1 OR offer = ?1 UNION SELECT about FROM event"
        " WHERE did = ?2 AND undone IS NOT NULL AND data <> '{}'"
        " AND ?1 IN (data ->> 'need', data ->> 'offer')",
        [ref, Did.MATCHED],
    ).fetchall()
    if not matches:
        return []
    rows = conn.execute(
        "SELECT * FROM job WHERE EXISTS (SELECT 1 FROM json_each(job.matches) AS own"
        " JOIN json_each(?) AS wanted USING (value)) ORDER BY n",
        [json.dumps([row[0] for row in matches])],
    )
    return [job_of(row) for row in rows]


def noted_jobs(conn: sqlite3.Connection, refs: Iterable[str]) -> list[str]:
    """Trips still to come that something was noted for: it goes with any of these."""
    with_them = {job.ref for ref in refs for job in _jobs_of(conn, ref)}
    unfinished = all_unfinished_jobs(conn) if with_them else []
    return [job.ref for job in unfinished if job.note and job.ref in with_them]


def _anonymous(did: str, data: dict[str, Any]) -> str:
    shredded = PERSONAL if did in OUR_REASONS else SHREDDED
    return json.dumps({name: value for name, value in data.items() if name not in shredded})


def shred_taken_back(conn: sqlite3.Connection, most: int) -> int:
    """Take all words out of what was taken back, of `most` events; returns of how many."""
    return conn.execute(
        "UPDATE event SET data = '{}' WHERE n IN"
        f" (SELECT n FROM event WHERE {TAKEN_BACK} LIMIT ?)",
        [most],
    ).rowcount


def is_taken_back_due(conn: sqlite3.Connection, before_ms: UnixMs, now_ms: UnixMs) -> bool:
    """Whether something was written before this time, and taken back, and still has its words; or
    at a time that is still to come, which says nothing."""
    row = conn.execute(
        f"SELECT 1 FROM event WHERE {TAKEN_BACK} AND (at_ms < ? OR at_ms > ?)", [before_ms, now_ms]
    ).fetchone()
    return row is not None


def was_taken_back(conn: sqlite3.Connection, ref: str) -> bool:
    """Whether there was such an entry, and is no more."""
    row = conn.execute("SELECT 1 FROM event WHERE about = ? AND did = ?", [ref, Did.ADDED])
    return row.fetchone() is not None and find_entry(conn, ref) is None


def persons_entries(conn: sqlite3.Connection, ref: str) -> tuple[list[Entry], list[str]]:
    """All of one person, `ref` first: what was merged with it, or has their contact. And the
    references of what may be theirs, and people have to decide. Both empty: there is no `ref`.

    Reads every contact: a second for 100,000.
    """
    known = {
        row["ref"]: Contact.of(row["contact"])
        for row in conn.execute("SELECT ref, contact FROM entry WHERE contact <> '' ORDER BY n")
    }
    found: dict[str, Entry] = {}
    waiting = [ref]
    while waiting:
        entry = find_entry(conn, waiting.pop())
        if entry is None or entry.ref in found:
            continue
        found[entry.ref] = entry
        own = known.get(entry.ref)
        if own is not None:
            waiting += [each for each, contact in known.items() if own.is_of(contact)]
        waiting += _merged_with(conn, entry.ref)
    own_contacts = [known[each] for each in found if each in known]
    perhaps = [
        each
        for each, contact in known.items()
        if each not in found and any(contact.may_be_of(own) for own in own_contacts)
    ]
    return list(found.values()), perhaps


def _merged_with(conn: sqlite3.Connection, ref: str) -> list[str]:
    rows = conn.execute(
        "SELECT data ->> 'into' FROM event WHERE about = ?1 AND did = ?2 AND undone IS NULL"
        " UNION SELECT data ->> 'from' FROM event WHERE about = ?1 AND did = ?3 AND undone IS NULL",
        [ref, Did.MERGED, Did.FILLED],
    )
    return [row[0] for row in rows if row[0]]


def all_kept_since(
    conn: sqlite3.Connection, closed_ms: UnixMs, now_ms: UnixMs, count: int
) -> list[Entry]:
    """Entries that were closed before this time and still have the person's words; at most `count`,
    the first closed first.

    What was closed by a clock that nobody vouched for, or at a time that is still to come, counts
    from the first thing after it that was written down at a time we know.
    """
    rows = conn.execute(
        "SELECT * FROM entry WHERE closed = 1 AND forgotten = 0 AND (closed_ms < ?1"
        " OR closed_ms > ?2) ORDER BY closed_ms",
        [closed_ms, now_ms],
    )
    entries = map(entry_of, rows)
    return list(islice(_closed_before(conn, entries, closed_ms, now_ms), count))


def _closed_before(
    conn: sqlite3.Connection, entries: Iterable[Entry], closed_ms: UnixMs, now_ms: UnixMs
) -> Iterator[Entry]:
    known = KnownTimes(conn, now_ms)
    for entry in entries:
        known_ms = _known_ms(known, entry)
        if known_ms is not None and known_ms < closed_ms:
            yield entry


def _known_ms(known: KnownTimes, entry: Entry) -> int | None:
    """Since when, at the latest, it is closed, by a clock that somebody vouched for."""
    closing = known.conn.execute(
        # What came earlier than it was written down has closed it only since then.
        "SELECT coalesce(max(n) FILTER"
        " (WHERE at_ms = ?2 OR did <> ?3 AND data ->> 'said_ms' IS NOT NULL), max(n)) AS n"
        " FROM event WHERE undone IS NULL AND about IN"
        " (SELECT ?1 UNION ALL SELECT ref FROM matching WHERE need = ?1 OR offer = ?1)",
        [entry.ref, entry.closed_ms, Did.ADDED],
    ).fetchone()
    return known.first_ms(closing["n"])


def is_time_said(conn: sqlite3.Connection, now_ms: UnixMs) -> bool:
    """Whether what was written down last was written at a time that we know."""
    row = conn.execute("SELECT trusted, at_ms FROM event ORDER BY n DESC LIMIT 1").fetchone()
    return row is None or (bool(row["trusted"]) and row["at_ms"] <= now_ms)


def keep_trace(conn: sqlite3.Connection, now_ms: UnixMs) -> None:
    """Say that words of somebody who is forgotten may still stand in the file."""
    conn.execute("INSERT OR IGNORE INTO trace VALUES (1, ?)", [now_ms])


def has_trace(conn: sqlite3.Connection) -> bool:
    return conn.execute("SELECT 1 FROM trace").fetchone() is not None


def delete_trace(conn: sqlite3.Connection) -> None:
    conn.execute("DELETE FROM trace")


def merge_index(conn: sqlite3.Connection) -> None:
    """What was taken out of the index leaves its parts as well."""
    conn.execute("INSERT INTO finding (finding) VALUES ('optimize')")

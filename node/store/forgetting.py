"""Forgetting a person: their words leave the events, the board, the index, and the file's pages.

SQLite overwrites what it deletes (`secure_delete`), but not what it moves: between the rows of a
page, and in parts of the index that wait to be merged, old words stay behind. So the index is
merged into one, the whole file is written anew, and the log is emptied; until that is done a row
of `trace` says that it is still to do.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Final

from node.desk.consent import names_contact
from node.desk.entries import Entry
from node.desk.events import Did
from node.desk.words import PERSONAL
from node.store.board import refold
from node.store.entries import entry_of, find_entry
from protocol.ids import UnixMs

SHREDDED: Final = frozenset({*PERSONAL, "because"})
"""What an event about an entry may say of a person. Why it was closed stays: that is one of a few
words of our own."""


def shred(conn: sqlite3.Connection, ref: str, who: str, now_ms: UnixMs) -> None:
    """Take the person's words out of everything that happened to `ref`; how much, when, and how it
    ended stay. What was undone is shredded as well. `who` is what named them there."""
    rows = conn.execute("SELECT n, did, data FROM event WHERE about = ?", [ref]).fetchall()
    conn.executemany(
        "UPDATE event SET data = ? WHERE n = ?",
        [(_anonymous(row["did"], json.loads(row["data"])), row["n"]) for row in rows],
    )
    for match in conn.execute(
        "SELECT ref FROM matching WHERE need = ?1 OR offer = ?1", [ref]
    ).fetchall():
        _shred_jobs(conn, match["ref"], who)
    refold(conn, [ref])
    conn.execute("INSERT OR IGNORE INTO trace VALUES (1, ?)", [now_ms])


def _shred_jobs(conn: sqlite3.Connection, match: str, who: str) -> None:
    """What was noted for a trip is about the people at its doors; and one of them may have gone."""
    jobs = conn.execute(
        "SELECT job.ref, job.who FROM job, json_each(job.matches) WHERE json_each.value = ?",
        [match],
    ).fetchall()
    for job in jobs:
        gone = ("$.note", "$.who" if names_contact(job["who"], who) else "$.note")
        conn.execute(
            "UPDATE event SET data = json_remove(data, ?, ?) WHERE about = ?", [*gone, job["ref"]]
        )
        refold(conn, [job["ref"]])


def _anonymous(did: str, data: dict[str, Any]) -> str:
    shredded = SHREDDED if did not in {Did.CLOSED, Did.MERGED, Did.WAITS} else set(PERSONAL)
    return json.dumps({name: value for name, value in data.items() if name not in shredded})


def same_person(conn: sqlite3.Connection, ref: str) -> list[Entry]:
    """All of one person: what was merged with it, or has the very same contact; `ref` first."""
    found: dict[str, Entry] = {}
    waiting = [ref]
    while waiting:
        entry = find_entry(conn, waiting.pop())
        if entry is None or entry.ref in found:
            continue
        found[entry.ref] = entry
        waiting += _merged_with(conn, entry.ref) + _with_contact(conn, entry.words.contact)
    return [found[ref], *(each for each in found.values() if each.ref != ref)] if found else []


def _merged_with(conn: sqlite3.Connection, ref: str) -> list[str]:
    rows = conn.execute(
        "SELECT data ->> 'into' FROM event WHERE about = ?1 AND did = ?2 AND undone IS NULL"
        " UNION SELECT data ->> 'from' FROM event WHERE about = ?1 AND did = ?3 AND undone IS NULL",
        [ref, Did.MERGED, Did.FILLED],
    )
    return [row[0] for row in rows if row[0]]


def _with_contact(conn: sqlite3.Connection, contact: str) -> list[str]:
    if not contact:
        return []
    return [row[0] for row in conn.execute("SELECT ref FROM entry WHERE contact = ?", [contact])]


def all_kept_since(conn: sqlite3.Connection, closed_ms: UnixMs, count: int) -> list[Entry]:
    """Entries that were closed before this time and still have the person's words; at most `count`,
    the first closed first."""
    rows = conn.execute(
        "SELECT * FROM entry WHERE closed = 1 AND forgotten = 0 AND closed_ms < ?"
        " ORDER BY closed_ms LIMIT ?",
        [closed_ms, count],
    )
    return [entry_of(row) for row in rows]


def all_taken_back_since(conn: sqlite3.Connection, before_ms: UnixMs, count: int) -> list[str]:
    """References of what was written down, and taken back, before this time: nothing but its events
    is left, and they still have the person's words."""
    rows = conn.execute(
        "SELECT about FROM event WHERE did = ? AND undone IS NOT NULL AND at_ms < ?"
        " AND data ->> 'contact' IS NOT NULL LIMIT ?",
        [Did.ADDED, before_ms, count],
    )
    return [row[0] for row in rows]


def has_trace(conn: sqlite3.Connection) -> bool:
    return conn.execute("SELECT 1 FROM trace").fetchone() is not None


def delete_trace(conn: sqlite3.Connection) -> None:
    conn.execute("DELETE FROM trace")


def merge_index(conn: sqlite3.Connection) -> None:
    """What was taken out of the index leaves its parts as well."""
    conn.execute("INSERT INTO finding (finding) VALUES ('optimize')")

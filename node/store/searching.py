"""Rows of the board that are found by words: what the index names, read from the board itself."""

from __future__ import annotations

import sqlite3

from node.desk.entries import Entry
from node.store.entries import ALL, entry_of
from node.store.finding import OPEN


def find_entries(
    conn: sqlite3.Connection, query: str, first: int = 0, count: int = ALL, *, closed: bool = True
) -> list[Entry]:
    """What `query`, as `node.desk.finding.query_of` makes it, finds: open ones first, the newest
    first. `count` of them from the one in place `first`, from 0. `closed`: closed ones too."""
    if not query:
        return []
    rows = conn.execute(
        "SELECT rowid FROM finding WHERE finding MATCH ? AND rowid >= ?"
        " ORDER BY rowid DESC LIMIT ? OFFSET ?",
        [query, 0 if closed else OPEN, count, first],
    )
    numbers = [row[0] % OPEN for row in rows.fetchall()]
    found = (conn.execute("SELECT * FROM entry WHERE n = ?", [each]).fetchone() for each in numbers)
    return [entry_of(row) for row in found if row]

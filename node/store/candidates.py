"""What the other board may have for a need, or for an offer."""

from __future__ import annotations

import sqlite3
from typing import Final

from node.desk.entries import Entry
from node.desk.references import Kind
from node.store.entries import entry_of

CANDIDATES_MAX: Final = 120
"""Rows that are looked at closely: many more than anybody reads, and scored in some 10 ms."""


def all_candidates(
    conn: sqlite3.Connection, entry: Entry, now_ms: int, count: int = CANDIDATES_MAX
) -> list[Entry]:
    """Open ones of the other kind and the same category, with something that no match has promised:
    those of the same unit and zone first, then what is over soonest. Offers that are over are none.
    """
    words = entry.words
    other = Kind.OFFER if entry.kind is Kind.NEED else Kind.NEED
    ends_after_ms = now_ms if other is Kind.OFFER else 0
    # A quiet person's zone must not choose for them.
    zone = "" if words.quiet else words.zone
    rows = conn.execute(
        "SELECT * FROM entry WHERE n IN (SELECT n FROM entry INDEXED BY entry_category"
        " WHERE kind = ? AND closed = 0 AND category = ? AND free > 0"
        " AND (by_ms IS NULL OR by_ms > ?)"
        " ORDER BY unit <> ?, zone = '' OR zone <> ?, by_ms IS NULL, by_ms, n DESC LIMIT ?)",
        [other.name, words.category, ends_after_ms, words.unit, zone, count],
    )
    return [entry_of(row) for row in rows]

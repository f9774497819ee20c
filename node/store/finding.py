"""The index of what may be found: kept up to date with every row of the board.

What is open stands behind what is closed, so that read from its end the index has open ones first,
and the newest of either.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from node.desk.entries import Entry
from node.desk.finding import index_of
from node.desk.look_alikes import kin_of

OPEN: Final = 1 << 40
"""Added to the number of a row that is open: no hall has as many."""


def reindex(conn: sqlite3.Connection, before: Entry | None, after: Entry | None) -> None:
    """Follow a row of `entry` from `before` to `after`, while its number is known.

    A row that was there is taken out of the index by the very words that it was put in with.
    """
    old = None if before is None else (before.is_closed, _indexed(before))
    new = None if after is None else (after.is_closed, _indexed(after))
    entry = after or before
    if old == new or entry is None:
        return
    number = conn.execute("SELECT n FROM entry WHERE ref = ?", [entry.ref]).fetchone()[0]
    if old is not None:
        conn.execute(
            "INSERT INTO finding (finding, rowid, words) VALUES ('delete', ?, ?)",
            [_place(number, is_closed=old[0]), old[1]],
        )
    if new is not None:
        conn.execute(
            "INSERT INTO finding (rowid, words) VALUES (?, ?)",
            [_place(number, is_closed=new[0]), new[1]],
        )


def index_new(conn: sqlite3.Connection, entries: Iterable[tuple[int, Entry]]) -> None:
    """What `reindex` does of each that is new, by its number."""
    conn.executemany(
        "INSERT INTO finding (rowid, words) VALUES (?, ?)",
        [(_place(n, is_closed=entry.is_closed), _indexed(entry)) for n, entry in entries],
    )


def numbers_of(conn: sqlite3.Connection, query: str, count: int) -> list[int]:
    """Numbers of what `query` (FTS5 3) finds, `count` at most: open ones first, then the newest.

    Of words of `node.desk.look_alikes.kin_of` as well: an index of their own for telephones and
    addresses would have each row of a long import change some page far away.
    """
    rows = conn.execute(
        "SELECT rowid FROM finding WHERE finding MATCH ? ORDER BY rowid DESC LIMIT ?",
        [query, count],
    )
    return [row[0] % OPEN for row in rows]


def _indexed(entry: Entry) -> str:
    return " ".join((index_of(entry), *kin_of(entry.words)))


def _place(number: int, *, is_closed: bool) -> int:
    return number if is_closed else number + OPEN


def empty_index(conn: sqlite3.Connection) -> None:
    conn.execute("INSERT INTO finding (finding) VALUES ('delete-all')")

"""What has rotted in this hall's file: rows that are not what was written, tables whose pages do
not hang together any more. The board can be folded anew as long as what happened is sound.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from node.desk.references import looks_like_reference
from node.desk.text import inert
from node.store.board import rebuild
from node.store.macs import Unsound, all_unsound, guarded

EVENTS: Final = "event"
BOARD: Final = frozenset({"entry", "matching", "job", "passed"})
"""Projections of the events; with them goes the index of words."""
INDEX_OF_WORDS: Final = "finding"
NAMES: Final = {
    EVENTS: "about",
    "entry": "ref",
    "matching": "ref",
    "job": "ref",
    "neighbour": "name",
}
"""Which column says what a row is about."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What cannot be relied on any more. `about`: its reference or name; empty: nobody can tell."""

    table: str
    about: str = ""


def tables_in_order(conn: sqlite3.Connection) -> tuple[str, ...]:
    """The tables whose rows have a MAC; first that from which the others are folded."""
    return tuple(sorted(guarded(conn), key=lambda table: table != EVENTS))


def is_of_board(table: str) -> bool:
    return table in BOARD or table.partition("_")[0] == INDEX_OF_WORDS


def can_be_mended(found: Iterable[Spoilt]) -> bool:
    """Whether all of it is the board, and what it is folded from is sound."""
    return all(is_of_board(each.table) for each in found)


def mend(conn: sqlite3.Connection) -> bool:
    """Fold the board anew; whether it is sound now. Raises sqlite3.DatabaseError, ValueError."""
    rebuild(conn)
    return not any(is_of_board(row.table) for row in all_unsound(conn))


def described(conn: sqlite3.Connection, row: Unsound) -> Spoilt:
    """What this row was about, as far as it can still be read."""
    column = NAMES.get(row.table)
    if column is None:
        return Spoilt(row.table)
    found = conn.execute(
        f"SELECT CAST({column} AS BLOB) FROM {row.table} NOT INDEXED WHERE rowid = ?", [row.rowid]
    ).fetchone()
    about = inert(((found and found[0]) or b"").decode("utf-8", "replace"))[:80]
    is_readable = column == "name" or looks_like_reference(about)
    return Spoilt(row.table, about if is_readable else "")


def damaged_tables(file: Path) -> tuple[str, ...]:
    """Tables whose pages or indexes do not hang together: rows may be missing, or not be found.

    Read on a connection of its own, so that nobody waits for it. Raises sqlite3.DatabaseError,
    UnicodeDecodeError where not even the tables' names can be read.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as conn:
        names = [
            row[0]
            for row in conn.execute(
                "SELECT name FROM sqlite_master WHERE rootpage > 0 AND type = 'table' ORDER BY name"
            )
        ]
        return tuple(name for name in names if not _hangs_together(conn, name))


def _hangs_together(conn: sqlite3.Connection, table: str) -> bool:
    quoted = table.replace("'", "''")
    try:
        said = conn.execute(f"PRAGMA integrity_check('{quoted}')").fetchone()[0]
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return False
    return bool(said == "ok")

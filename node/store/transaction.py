"""All of a piece of work is on disk afterwards, or none of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction(conn: sqlite3.Connection) -> Iterator[None]:
    """Raises what the work raises, and what SQLite does where it could not be saved."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        conn.execute("COMMIT")
    except BaseException:
        # A disk that is full may have ended it already: rolled back once more, that would be said.
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise

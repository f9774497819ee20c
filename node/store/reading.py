"""A hall that can only be read: its disk is full, or it may not be written to.

SQLite needs to write beside a database in WAL mode even to read it, an index to the log; here that
index is in memory. The caller holds the folder's lock, so nobody else writes while this reads.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeVar

from node.refusal import Refused, Why
from node.store.board import is_stale
from node.store.connection import Database, refuse_foreign, why_not_opened
from node.store.folder import FILE_NAME
from node.store.migrations import NewerSchemaError, is_newest

Result = TypeVar("Result")


class ReadDatabase(Database):
    """Reads what is there; whatever is to be written is refused with `why`."""

    def __init__(self, data: Path, why: Why) -> None:
        super().__init__(open_to_read(data, why), data)
        self._why = why

    async def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        raise await self.hindrance()

    async def sweep(self) -> bool:
        raise await self.hindrance()

    async def rewrite(self) -> bool:
        raise await self.hindrance()

    async def hindrance(self) -> Refused:
        return Refused(self._why, folder=str(self._data))


def open_to_read(data: Path, why: Why) -> sqlite3.Connection:
    """The database in `data`, with all that a killed node has left in its log; no row is changed.

    What cannot be read so: a hall of an older version, which would first have to be brought up to
    date, is refused with `why`, as is one whose log may not be read. Nor is anything of it seen
    that the log holds after a place where it has rotted, as ever; a log of which nothing can be
    read SQLite removes where it may, as when it opens the hall to write. Raises Refused.
    """
    try:
        with ExitStack() as undo:
            conn = undo.enter_context(closing(_connect(data)))
            refuse_foreign(conn, data)
            if not is_newest(conn) or is_stale(conn):
                raise Refused(why, folder=str(data))
            undo.pop_all()
    except (sqlite3.Error, OSError, NewerSchemaError, ValueError) as error:
        raise Refused(why_not_opened(error, data), folder=str(data)) from error
    return conn


def _connect(data: Path) -> sqlite3.Connection:
    """Where there is a log it is read, with its index in memory and no locks but the folder's.
    Where there is none the file is whole by itself, and SQLite is not to look for one."""
    file = data / FILE_NAME
    how = "vfs=unix-none" if _has_log(data) else "immutable=1"
    uri = f"{file.absolute().as_uri()}?mode=ro&{how}"
    conn = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    conn.row_factory = sqlite3.Row
    conn.execute("PRAGMA locking_mode = EXCLUSIVE")  # before the first look: no index on the disk
    conn.execute("PRAGMA temp_store = MEMORY")  # a long list is sorted there
    return conn


def _has_log(data: Path) -> bool:
    """Empty, it is what an attempt to open the file on a full disk leaves."""
    try:
        return (data / f"{FILE_NAME}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False

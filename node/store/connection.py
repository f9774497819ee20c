"""The hall's database: one SQLite file, one connection, one thread.

WAL with `synchronous=FULL`: what a command says is saved survives a power cut. Measured by others
and believed: with NORMAL most power cuts lose rows, though every `kill -9` leaves them.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final, TypeVar

from node.refusal import Refused, Why
from node.store.board import rebuild_if_stale
from node.store.folder import FILE_NAME
from node.store.hindrance import hindrance, read_only, tried_hindrance
from node.store.macs import guard, renew_after
from node.store.migrations import NewerSchemaError, migrate
from node.store.scrub import damaged_tables
from node.store.transaction import transaction

Result = TypeVar("Result")

APPLICATION_ID: Final = 0x48414C4C
"""`HALL` in ASCII: what tells our file from any other SQLite database."""
SQLITE_MAGIC: Final = b"SQLite format 3\x00"
MARK_AT: Final = 68
"""Offset of the application id in a database file (SQLite file format, section 1.3)."""
MARK: Final = APPLICATION_ID.to_bytes(4, "big")
CACHE_KIB: Final = 2_048
"""Page cache; SQLite's own default."""
BUGS: Final = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.NotSupportedError)
"""What SQLite raises when it is our doing, and not the disk's."""


def create(data: Path) -> sqlite3.Connection:
    """A new, empty database in `data`, with the newest schema."""
    file = os.open(data / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    os.close(file)
    with ExitStack() as undo:
        conn = undo.enter_context(closing(_connect(data)))
        _prepare(conn, data)
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _bring_up_to_date(conn)
        undo.pop_all()
    return conn


def open_existing(data: Path) -> sqlite3.Connection:
    """The database in `data`, at the newest schema. Raises Refused when it is not ours to open, and
    when it cannot be written to with what hinders that."""
    if why := read_only(data):
        raise Refused(why, folder=str(data))
    try:
        with ExitStack() as undo:
            conn = undo.enter_context(closing(_connect(data)))
            refuse_foreign(conn, data)  # before anything is changed
            _prepare(conn, data)
            _bring_up_to_date(conn)
            undo.pop_all()
    except (sqlite3.Error, OSError, NewerSchemaError, ValueError) as error:
        raise Refused(why_not_opened(error, data), folder=str(data)) from error
    return conn


def _bring_up_to_date(conn: sqlite3.Connection) -> None:
    newest = migrate(conn)
    guard(conn)
    renew_after(conn, newest)
    rebuild_if_stale(conn)


def why_not_opened(error: Exception, data: Path) -> Why:
    """A ValueError is a text, or a history, that has rotted."""
    match error:
        case NewerSchemaError():
            return Why.FOLDER_NEWER
        case OSError() | sqlite3.OperationalError():
            return tried_hindrance(data) or Why.FOLDER_NOT_WRITABLE
        case _:
            return Why.FOLDER_DAMAGED if _bears_our_mark(data) else Why.FOLDER_NOT_A_HALL


def _bears_our_mark(data: Path) -> bool:
    """Whether the file begins as ours do, whatever became of the rest of it."""
    try:
        with (data / FILE_NAME).open("rb") as file:
            header = file.read(MARK_AT + len(MARK))
    except OSError:
        return False
    return header.startswith(SQLITE_MAGIC) and header[MARK_AT:] == MARK


def _connect(data: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(data / FILE_NAME, isolation_level=None, check_same_thread=False)
    conn.row_factory = sqlite3.Row
    return conn


def refuse_foreign(conn: sqlite3.Connection, data: Path) -> None:
    if conn.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise Refused(Why.FOLDER_NOT_A_HALL, folder=str(data))


def _prepare(conn: sqlite3.Connection, data: Path) -> None:
    """Private, and safe against power cuts. Raises sqlite3.OperationalError when it cannot be."""
    path = data / FILE_NAME
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o600)
    conn.execute("PRAGMA secure_delete = ON")
    conn.execute("PRAGMA foreign_keys = ON")
    conn.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    mode = conn.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    conn.execute("PRAGMA synchronous = FULL")
    full = conn.execute("PRAGMA synchronous").fetchone()[0]
    if (mode, full) != ("wal", 2):
        raise sqlite3.OperationalError(f"journal_mode {mode}, synchronous {full}")


class Database:
    """The connection and its thread. Every piece of work is one transaction, or reads only."""

    def __init__(self, conn: sqlite3.Connection, data: Path) -> None:
        self._conn = conn
        self._data = data
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._has_failed = False

    async def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """What `work` returns, once everything it wrote is on disk.

        Raises Refused(DISK_FAILED) when it could not be saved, and what `work` raises; then nothing
        was written.
        """
        loop = asyncio.get_running_loop()
        # Shielded: a cancelled command must not learn less than the disk knows.
        return await asyncio.shield(loop.run_in_executor(self._thread, self._transact, work))

    async def read(self, query: Callable[[sqlite3.Connection], Result]) -> Result:
        """What `query` finds. It works on a full disk too, and may not write."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._query, query)

    async def hindrance(self) -> Refused | None:
        """What keeps us from saving anything now, as the refusal of it; None: nothing does.

        After a command that the disk refused one is tried: as soon as it is saved, that is over.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._hindrance)

    async def sweep(self) -> bool:
        """Leave no trace of what was deleted: all goes to the main file, and the log is emptied.

        Until then the log, and the main file beneath it, have it as it was. Of a table that fits
        into one page of the file: where SQLite moves rows between pages it overwrites only what it
        deletes, not what it moves. False while another connection reads the file. Raises
        Refused(DISK_FAILED).
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._checkpoint)

    async def rewrite(self) -> bool:
        """The same, of tables of any size: the whole file is written anew, without what stood
        between its rows. It takes as much room again while it lasts, and a second for each 50 MB
        here. False while another connection reads the file: then nothing is written, for the log
        would grow by the whole file each time. Raises Refused(DISK_FAILED)."""
        if not await self.sweep():
            return False
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._vacuum)
        return await self.sweep()

    async def damaged(self) -> tuple[str, ...]:
        """Tables that do not hang together any more; looked for beside all other work.

        Raises Refused(DISK_FAILED) where not even their names can be read.
        """
        try:
            return await asyncio.to_thread(damaged_tables, self._data / FILE_NAME)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise Refused(Why.DISK_FAILED, folder=str(self._data), problem=str(error)) from error

    def close(self) -> None:
        self._thread.shutdown()
        self._conn.close()

    def _hindrance(self) -> Refused | None:
        look = tried_hindrance if self._has_failed else hindrance
        if why := look(self._data):
            return Refused(why, folder=str(self._data))
        try:
            if self._has_failed:
                self._transact(_write_as_it_is)
        except Refused as refused:
            return refused
        return None

    def _query(self, query: Callable[[sqlite3.Connection], Result]) -> Result:
        self._conn.execute("PRAGMA query_only = ON")
        try:
            return query(self._conn)
        except sqlite3.DatabaseError as error:
            if isinstance(error, BUGS):
                raise
            raise Refused(Why.DISK_FAILED, folder=str(self._data), problem=str(error)) from error
        finally:
            self._conn.execute("PRAGMA query_only = OFF")

    def _vacuum(self) -> None:
        try:
            self._conn.execute("VACUUM")
        except sqlite3.DatabaseError as error:
            raise Refused(Why.DISK_FAILED, folder=str(self._data), problem=str(error)) from error

    def _checkpoint(self) -> bool:
        waits_ms: int = self._conn.execute("PRAGMA busy_timeout").fetchone()[0]
        try:
            self._conn.execute("PRAGMA busy_timeout = 0")  # the desk does not wait for a reader
            busy: int = self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise Refused(Why.DISK_FAILED, folder=str(self._data), problem=str(error)) from error
        finally:
            self._conn.execute(f"PRAGMA busy_timeout = {waits_ms}")
        return not busy

    def _transact(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        try:
            with transaction(self._conn):
                result = work(self._conn)
        except sqlite3.DatabaseError as error:
            if isinstance(error, BUGS):
                raise
            self._has_failed = True
            raise Refused(Why.DISK_FAILED, folder=str(self._data), problem=str(error)) from error
        self._has_failed = False
        return result


def _write_as_it_is(conn: sqlite3.Connection) -> None:
    """A page of the file is written without any change: SQLite leaves out a row that is the same,
    and this number, which we do not use, it does not."""
    conn.execute("PRAGMA user_version = 0")

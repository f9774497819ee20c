"""The database: safe against power cuts or not opened, ours or not touched, all or nothing."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from node.refusal import Why
from node.store import connection
from node.store.connection import (
    Database,
    create,
    open_existing,
)
from node.store.folder import FILE_NAME
from tests.node.disks import no_room, small_card, to_be_read_only
from tests.node.refusals import refused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with our database in it, closed."""
    create(tmp_path).close()
    return tmp_path


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    database = Database(open_existing(folder), folder)
    yield database
    database.close()


def pragma(conn: sqlite3.Connection, name: str) -> object:
    value: object = conn.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_saved_survives_a_power_cut(folder: Path) -> None:
    with closing(open_existing(folder)) as conn:
        assert (pragma(conn, "journal_mode"), pragma(conn, "synchronous")) == ("wal", 2)
        assert pragma(conn, "secure_delete") == 1
        assert pragma(conn, "foreign_keys") == 1


class Careless(sqlite3.Connection):
    """A connection that does not do as it is told about one setting."""

    ignored = ""

    def execute(self, sql: str, given: Sequence[str] = ()) -> sqlite3.Cursor:  # type: ignore[override]
        if sql == f"PRAGMA {self.ignored} = FULL":
            return super().execute("PRAGMA synchronous = NORMAL")
        return super().execute(sql.replace(f"PRAGMA {self.ignored} = WAL", "PRAGMA journal_mode"))


@pytest.mark.parametrize("setting", ["synchronous", "journal_mode"])
def test_a_database_that_would_lose_rows_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    def careless(*given: object, **more: object) -> sqlite3.Connection:
        return connect(*given, factory=Careless, **more)  # type: ignore[call-overload,no-any-return]

    create(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as conn:
        conn.execute("PRAGMA journal_mode = DELETE")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", careless)
    monkeypatch.setattr(Careless, "ignored", setting)
    with refused(Why.FOLDER_NOT_WRITABLE):
        open_existing(tmp_path)


def test_the_file_is_the_hall_s_own_and_is_made_so_again(folder: Path) -> None:
    path = folder / FILE_NAME
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    open_existing(folder).close()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.asyncio
async def test_a_transaction_that_fails_writes_nothing(database: Database) -> None:
    def write(conn: sqlite3.Connection) -> None:
        conn.execute("INSERT INTO buried VALUES (x'4e', 2, 0)")
        raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed"):
        await database.run(write)
    assert await database.run(how_many) == 0


@pytest.mark.asyncio
async def test_a_bug_of_ours_is_not_called_the_disk_s(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await database.run(lambda conn: conn.execute("INSERT INTO buried VALUES (x'4e', NULL, 0)"))
    with pytest.raises(sqlite3.ProgrammingError):
        await database.run(lambda conn: conn.execute("SELECT ?", []))


@pytest.mark.asyncio
async def test_a_full_disk_is_a_sentence_and_nothing_is_written(database: Database) -> None:
    pages = await database.run(lambda conn: pragma(conn, "page_count"))
    await database.run(lambda conn: conn.execute(f"PRAGMA max_page_count = {pages}"))
    with refused(Why.DISK_FAILED):
        await database.run(fill)
    assert await database.run(how_many) == 0
    await database.run(lambda conn: conn.execute("PRAGMA max_page_count = 100000"))
    await database.run(fill)
    assert await database.run(how_many) == 200


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, 4 MB large."""
    with small_card(tmp_path / "card") as card:
        yield card


@pytest.mark.asyncio
async def test_a_card_that_is_really_full(card: Path) -> None:
    create(card).close()
    with closing(Database(open_existing(card), card)) as database:
        (card / "photos").write_bytes(bytes(os.statvfs(card).f_bavail * 4096))
        with refused(Why.DISK_FAILED):
            await database.run(fill)
        assert await database.run(how_many) == 0
        (card / "photos").unlink()
        await database.run(fill)
    with closing(open_existing(card)) as conn:
        assert how_many(conn) == 200


@pytest.mark.asyncio
async def test_a_card_that_rots_is_a_sentence(database: Database, folder: Path) -> None:
    await database.run(fill)
    database.close()
    with (folder / FILE_NAME).open("r+b") as file:
        half = os.stat(folder / FILE_NAME).st_size // 8192 * 4096
        file.seek(half)
        file.write(b"\xff" * half)
    damaged = Database(open_existing(folder), folder)
    with closing(damaged), refused(Why.DISK_FAILED):
        await damaged.run(lambda conn: conn.execute("SELECT * FROM buried").fetchall())


def fill(conn: sqlite3.Connection) -> None:
    conn.executemany("INSERT INTO buried VALUES (?, 2, 0)", [(b"%02000d" % n,) for n in range(200)])


def how_many(conn: sqlite3.Connection) -> int:
    count: int = conn.execute("SELECT count(*) FROM buried").fetchone()[0]
    return count


@pytest.mark.asyncio
async def test_pieces_of_work_never_overlap(database: Database) -> None:
    def add(conn: sqlite3.Connection) -> None:
        (most,) = conn.execute("SELECT coalesce(max(version), 0) FROM buried").fetchone()
        conn.execute("INSERT INTO buried VALUES (?, ?, 0)", [b"%d" % most, most + 1])

    async with asyncio.TaskGroup() as tasks:
        for _ in range(50):
            tasks.create_task(database.run(add))
    assert await database.run(how_many) == 50


# Folders that are not ours ------------------------------------------------------------------


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"Dear Ana, " * 1_000)
    before = contents(tmp_path)
    with refused(Why.FOLDER_NOT_A_HALL):
        open_existing(tmp_path)
    assert contents(tmp_path) == before


def test_somebody_else_s_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE recipes (name TEXT)")
    path.chmod(0o644)
    before = contents(tmp_path)
    with refused(Why.FOLDER_NOT_A_HALL):
        open_existing(tmp_path)
    assert contents(tmp_path) == before
    assert path.stat().st_mode & 0o777 == 0o644


def test_an_empty_file_is_no_hall(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    with refused(Why.FOLDER_NOT_A_HALL):
        open_existing(tmp_path)
    assert contents(tmp_path) == {FILE_NAME: b""}


def test_a_folder_in_the_file_s_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with refused(Why.FOLDER_NOT_WRITABLE):
        open_existing(tmp_path)


def test_a_newer_version_s_database_is_refused_and_kept(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('hallway', '999_later', '')"
        )
        before = list(conn.iterdump())
    with refused(Why.FOLDER_NEWER):
        open_existing(folder)
    with closing(sqlite3.connect(folder / FILE_NAME)) as conn:
        assert list(conn.iterdump()) == before


def test_a_file_that_we_may_not_make_private_is_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_permitted(path: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    (folder / FILE_NAME).chmod(0o644)
    monkeypatch.setattr(Path, "chmod", not_permitted)
    with refused(Why.FOLDER_NOT_WRITABLE):
        open_existing(folder)


def test_a_disk_that_is_read_only_is_a_sentence(folder: Path) -> None:
    with to_be_read_only(folder), refused(Why.DISK_READ_ONLY):
        open_existing(folder)


def test_a_disk_that_is_full_is_a_sentence(folder: Path) -> None:
    with no_room(), refused(Why.DISK_FULL):
        open_existing(folder)
    open_existing(folder).close()


def test_the_right_file_is_ours() -> None:
    assert connection.APPLICATION_ID.to_bytes(4, "big") == b"HALL"


@pytest.mark.parametrize("kept_bytes", [100, 20_000])
def test_a_damaged_hall_is_called_damaged_and_left_as_it_is(folder: Path, kept_bytes: int) -> None:
    file = folder / FILE_NAME
    whole = file.read_bytes()
    damaged = whole[:kept_bytes] + b"\xff" * (len(whole) - kept_bytes)
    file.write_bytes(damaged)
    with refused(Why.FOLDER_DAMAGED), closing(open_existing(folder)) as conn:
        conn.execute("PRAGMA integrity_check").fetchall()
        conn.execute("SELECT * FROM record").fetchall()
    assert file.read_bytes() == damaged


# What was deleted ---------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_what_was_deleted_and_swept_leaves_no_trace(folder: Path, database: Database) -> None:
    """Of a table that fits into one page of the file, as a hall's keys do, in any order."""
    secrets = [os.urandom(32) for _ in range(16)]
    gone, kept = secrets[::2], secrets[1::2]
    await keep_secrets(database, secrets)
    assert await database.sweep()
    await database.run(partial(delete_secrets, secrets=gone))
    assert traces(folder, gone) == len(gone), "the main file has them until it is swept"
    assert await database.sweep()
    assert traces(folder, gone) == 0
    assert traces(folder, kept) == len(kept)


MARK = b"wombat"


@pytest.mark.asyncio
async def test_what_was_moved_and_swept_leaves_traces_until_the_file_is_written_anew(
    folder: Path, database: Database
) -> None:
    for seed in range(40):
        await database.run(partial(crowd, chance=random.Random(seed)))
        assert await database.sweep()
        if has_mark(folder):
            break
        await database.run(lambda conn: conn.execute("DROP TABLE crowd"))
    assert has_mark(folder), "SQLite clears what it moves: then nothing has to be written anew"
    assert await database.rewrite()
    assert not has_mark(folder)


def crowd(conn: sqlite3.Connection, chance: random.Random) -> None:
    """Rows that come in anywhere, so that pages are parted; then those with the mark lose it."""
    conn.execute("CREATE TABLE crowd (n INTEGER PRIMARY KEY, key TEXT, words TEXT) STRICT")
    conn.execute("CREATE INDEX crowd_by_key ON crowd (key)")
    for number in range(400):
        words = (MARK.decode() if number % 9 == 4 else "x") * chance.randint(1, 200)
        key = chance.randbytes(chance.randint(2, 40)).hex()
        conn.execute(
            "INSERT OR IGNORE INTO crowd VALUES (?, ?, ?)", [chance.randrange(10**9), key, words]
        )
    conn.execute("DELETE FROM crowd WHERE words NOT LIKE 'wombat%' AND n % 2")
    conn.execute("UPDATE crowd SET key = hex(n), words = '' WHERE words LIKE 'wombat%'")


def has_mark(folder: Path) -> bool:
    return any(MARK in path.read_bytes() for path in folder.iterdir() if path.is_file())


@pytest.mark.asyncio
async def test_a_reader_puts_sweeping_off_and_nobody_waits(
    folder: Path, database: Database
) -> None:
    secrets = [os.urandom(32)]
    await keep_secrets(database, secrets)
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM secret").fetchone()
        await database.run(partial(delete_secrets, secrets=secrets))
        assert not await database.sweep()
        assert traces(folder, secrets) == 1
    assert await database.sweep()
    assert traces(folder, secrets) == 0
    assert await database.read(lambda conn: pragma(conn, "busy_timeout")) == 5_000


@pytest.mark.asyncio
async def test_a_card_that_is_too_full_to_be_swept(card: Path) -> None:
    create(card).close()
    with closing(Database(open_existing(card), card)) as database:
        await database.run(fill)
        (card / "photos").write_bytes(bytes(os.statvfs(card).f_bavail * 4096))
        with refused(Why.DISK_FAILED):
            await database.sweep()
        assert await database.run(how_many) == 200
        (card / "photos").unlink()
        assert await database.sweep()


async def keep_secrets(database: Database, secrets: Sequence[bytes]) -> None:
    def keep(conn: sqlite3.Connection) -> None:
        conn.execute("CREATE TABLE secret (secret BLOB PRIMARY KEY) STRICT")
        conn.executemany("INSERT INTO secret VALUES (?)", [(each,) for each in secrets])

    await database.run(keep)


def delete_secrets(conn: sqlite3.Connection, secrets: Sequence[bytes]) -> None:
    conn.executemany("DELETE FROM secret WHERE secret = ?", [(each,) for each in secrets])


def traces(folder: Path, secrets: Sequence[bytes]) -> int:
    """How many of `secrets` are found in the bytes of the files."""
    left = b"".join(contents(folder).values())
    return sum(secret in left for secret in secrets)

"""A hall that can only be read: all that is on the disk is seen, and nothing is changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from node.refusal import Why
from node.store.connection import create, open_existing
from node.store.folder import FILE_NAME
from node.store.reading import ReadDatabase, open_to_read
from tests.node.disks import no_room, to_be_read_only
from tests.node.refusals import refused

LOG, INDEX = f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ended in order: 1 is in the file."""
    there = tmp_path / "hall"
    there.mkdir()
    with closing(create(there)) as conn:
        keep(conn, 1)
    return there


@pytest.fixture
def killed(tmp_path: Path, folder: Path) -> Path:
    """What a killed node leaves: 1 is in the file, 2 only in the log."""
    left = tmp_path / "killed"
    with closing(open_existing(folder)) as conn:
        keep(conn, 2)
        shutil.copytree(folder, left)
    assert (left / LOG).stat().st_size > 0
    return left


def keep(conn: sqlite3.Connection, version: int) -> None:
    conn.execute("INSERT INTO buried VALUES (?, ?, 0)", [os.urandom(8), version])


def kept(folder: Path) -> list[int]:
    with closing(open_to_read(folder, Why.DISK_FULL)) as conn:
        return [row["version"] for row in conn.execute("SELECT version FROM buried ORDER BY 1")]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(params=[lambda folder: no_room(), to_be_read_only], ids=["full", "read-only"])
def disk(request: pytest.FixtureRequest) -> Callable[[Path], AbstractContextManager[None]]:
    how: Callable[[Path], AbstractContextManager[None]] = request.param
    return how


Disk = Callable[[Path], AbstractContextManager[None]]


def test_what_ended_in_order_is_read(folder: Path, disk: Disk) -> None:
    before = contents(folder)
    with disk(folder):
        assert kept(folder) == [1]
    assert contents(folder) == before


@pytest.mark.parametrize("missing", ["", INDEX])
def test_what_a_killed_node_has_left_in_its_log_is_read(
    killed: Path, disk: Disk, missing: str
) -> None:
    if missing:
        (killed / missing).unlink()
    before = contents(killed)
    with disk(killed):
        assert kept(killed) == [1, 2]
    assert contents(killed) == before
    with closing(open_existing(killed)) as conn:
        assert conn.execute("SELECT count(*) FROM buried").fetchone()[0] == 2


def test_the_log_is_left_alone_where_it_could_be_written(killed: Path) -> None:
    before = contents(killed)
    assert kept(killed) == [1, 2]
    assert contents(killed) == before


def test_a_log_that_is_cut_off_is_read_as_far_as_it_is_whole(killed: Path, disk: Disk) -> None:
    log = killed / LOG
    log.write_bytes(log.read_bytes()[:-1])
    with disk(killed):
        assert kept(killed) == [1]


def test_the_empty_log_that_an_attempt_on_a_full_disk_leaves(folder: Path, disk: Disk) -> None:
    (folder / LOG).touch()
    with disk(folder):
        assert kept(folder) == [1]


def test_a_folder_with_an_odd_name_is_read(folder: Path) -> None:
    odd = folder.rename(folder.with_name("a hall?mode=rw#%41 ü\udcff"))
    assert kept(odd) == [1]


def test_what_is_not_up_to_date_is_not_read(folder: Path, disk: Disk) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as conn:
        conn.execute("UPDATE folded SET rules = 'older'")
    with disk(folder), refused(Why.DISK_READ_ONLY):
        open_to_read(folder, Why.DISK_READ_ONLY)


def test_what_is_no_hall_is_called_so(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"Dear Ana, " * 1_000)
    with refused(Why.FOLDER_NOT_A_HALL):
        open_to_read(tmp_path, Why.DISK_FULL)
    (tmp_path / FILE_NAME).unlink()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as conn:
        conn.execute("CREATE TABLE recipes (name TEXT)")
    with refused(Why.FOLDER_NOT_A_HALL):
        open_to_read(tmp_path, Why.DISK_FULL)


def test_what_a_newer_version_has_made_is_called_so(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('hallway', '999_later', '')"
        )
    with refused(Why.FOLDER_NEWER):
        open_to_read(folder, Why.DISK_FULL)


@pytest.fixture
def database(folder: Path) -> Iterator[ReadDatabase]:
    with closing(ReadDatabase(folder, Why.DISK_READ_ONLY)) as database:
        yield database


@pytest.mark.asyncio
async def test_whatever_is_to_be_written_is_refused_with_the_reason(
    database: ReadDatabase, folder: Path
) -> None:
    before = contents(folder)
    with refused(Why.DISK_READ_ONLY):
        await database.run(lambda conn: keep(conn, 3))
    with refused(Why.DISK_READ_ONLY):
        await database.sweep()
    with refused(Why.DISK_READ_ONLY):
        await database.rewrite()
    assert (await database.hindrance()).why is Why.DISK_READ_ONLY
    counted = await database.read(
        lambda conn: conn.execute("SELECT count(*) FROM buried").fetchone()
    )
    assert counted[0] == 1
    assert contents(folder) == before

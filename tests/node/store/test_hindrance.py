"""Why nothing can be written: as the system says, or as it shows when a little is written."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from node.refusal import Why
from node.store.connection import Database, create
from node.store.folder import FILE_NAME
from node.store.hindrance import ROOM_BYTES, hindrance, read_only, tried_hindrance
from tests.node.disks import NOBODY, as_somebody_else, filled, no_room, small_card, to_be_read_only
from tests.node.refusals import refused

LOOKS = (read_only, hindrance, tried_hindrance)


def seen(folder: Path) -> list[Why | None]:
    return [look(folder) for look in LOOKS]


def test_a_disk_with_room_hinders_nothing_and_keeps_nothing(tmp_path: Path) -> None:
    assert seen(tmp_path) == [None, None, None]
    assert list(tmp_path.iterdir()) == []


def test_a_quota_shows_when_something_is_written(tmp_path: Path) -> None:
    with no_room(ROOM_BYTES - 1):
        assert seen(tmp_path) == [None, None, Why.DISK_FULL]
    with no_room(ROOM_BYTES):
        assert seen(tmp_path) == [None, None, None]
    assert list(tmp_path.iterdir()) == []


def test_a_full_card_says_so(tmp_path: Path) -> None:
    with small_card(tmp_path / "card") as card:
        with filled(card):
            assert seen(card) == [None, Why.DISK_FULL, Why.DISK_FULL]
        assert seen(card) == [None, None, None]


def test_a_disk_that_can_only_be_read(tmp_path: Path) -> None:
    with to_be_read_only(tmp_path):
        assert seen(tmp_path) == [Why.DISK_READ_ONLY] * 3


def test_where_nothing_is_nothing_is_said(tmp_path: Path) -> None:
    assert read_only(tmp_path / "none") is None
    assert hindrance(tmp_path / "none") is None


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of somebody who is not root, which others can reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / FILE_NAME).touch()
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            os.chown(folder / FILE_NAME, NOBODY, NOBODY)
        yield folder
        folder.chmod(0o700)


@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o500, 0o600), (0o700, 0o400)])
def test_a_folder_of_ours_that_can_only_be_read(
    own: Path, folder_mode: int, file_mode: int
) -> None:
    with as_somebody_else():
        assert seen(own) == [None, None, None]
    (own / FILE_NAME).chmod(file_mode)
    own.chmod(folder_mode)
    with as_somebody_else():
        assert seen(own) == [Why.FOLDER_READ_ONLY] * 3


def test_a_folder_of_somebody_else_is_not_ours_to_read(own: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives a folder away")
    os.chown(own, 0, 0)
    own.chmod(0o755)
    with as_somebody_else():
        assert seen(own) == [Why.FOLDER_NOT_WRITABLE] * 3


# What the database knows of it --------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(create(tmp_path), tmp_path)) as database:
        yield database


async def why_not_saved(database: Database) -> Why | None:
    found = await database.hindrance()
    return found.why if found else None


@pytest.mark.asyncio
async def test_a_disk_that_has_filled_up_is_known_until_it_takes_something_again(
    database: Database,
) -> None:
    assert await why_not_saved(database) is None
    with no_room():
        with refused(Why.DISK_FAILED):
            await database.run(fill)
        assert await why_not_saved(database) is Why.DISK_FULL
    assert await why_not_saved(database) is None
    with no_room():
        assert await why_not_saved(database) is None, "nothing was to be written"
    await database.run(fill)
    assert await why_not_saved(database) is None


@pytest.mark.asyncio
async def test_a_disk_that_refuses_without_a_reason_is_asked_by_writing(
    database: Database, tmp_path: Path
) -> None:
    await database.run(fill)  # the log is longer now than the disk takes below
    assert (tmp_path / f"{FILE_NAME}-wal").stat().st_size > ROOM_BYTES
    with no_room(ROOM_BYTES):
        with refused(Why.DISK_FAILED):
            await database.run(lambda conn: conn.execute("DELETE FROM buried"))
        assert await why_not_saved(database) is Why.DISK_FAILED
    assert await why_not_saved(database) is None
    assert await database.run(how_many) == 200


@pytest.mark.asyncio
async def test_a_card_that_is_full_or_to_be_read_only_is_known_before_anything_is_written(
    tmp_path: Path,
) -> None:
    with small_card(tmp_path / "card") as card, closing(Database(create(card), card)) as database:
        with filled(card):
            assert await why_not_saved(database) is Why.DISK_FULL
        with to_be_read_only(card):
            assert await why_not_saved(database) is Why.DISK_READ_ONLY
        assert await why_not_saved(database) is None


def fill(conn: sqlite3.Connection) -> None:
    conn.executemany("INSERT INTO buried VALUES (?, 2, 0)", [(b"%02000d" % n,) for n in range(200)])


def how_many(conn: sqlite3.Connection) -> int:
    count: int = conn.execute("SELECT count(*) FROM buried").fetchone()[0]
    return count

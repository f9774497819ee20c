"""The hall's folder: ours, empty or refused; and one process at a time in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.refusal import Why
from node.store.folder import LOCK_NAME, UNFINISHED, FolderLock, folder_is_hall
from tests.node.refusals import refused

SYSTEM_FOLDER = Path("/proc/self/fdinfo")
"""Nobody can make anything in here, root neither."""


def test_nothing_there_yet_is_no_hall(tmp_path: Path) -> None:
    assert not folder_is_hall(tmp_path / "new")
    assert not folder_is_hall(tmp_path)
    (tmp_path / LOCK_NAME).touch()
    (tmp_path / f"{UNFINISHED}-1234").mkdir()
    assert not folder_is_hall(tmp_path)


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    with refused(Why.FOLDER_NOT_A_HALL):
        folder_is_hall(tmp_path)


def test_a_file_instead_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hall").touch()
    with refused(Why.FOLDER_NOT_A_HALL):
        folder_is_hall(tmp_path / "hall")


def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with refused(Why.FOLDER_NOT_READABLE):
        folder_is_hall(tmp_path / ("x" * 5_000))


def test_only_one_at_a_time_has_the_lock(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    assert first.take()
    assert not second.take()
    first.release()
    first.release()
    assert second.take()
    second.release()


def test_a_lock_nobody_could_write_is_an_error() -> None:
    with pytest.raises(OSError, match="lock"):
        FolderLock(SYSTEM_FOLDER).take()

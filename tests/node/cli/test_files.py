"""New files: whole or not at all, and never over another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from node.cli.files import new_file, write_new
from node.cli.output import NotDone


def test_a_new_file_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = new_file(str(tmp_path / "slips.txt"))
    write_new(path, b"whole")
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda path: path.symlink_to("nowhere")])
def test_what_is_there_is_left_as_it_is(tmp_path: Path, make: object) -> None:
    path = tmp_path / "slips.txt"
    make(path)  # type: ignore[operator]
    with pytest.raises(NotDone, match="there already"):
        new_file(str(path))


def test_what_came_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    path = new_file(str(tmp_path / "slips.txt"))
    path.write_bytes(b"theirs")
    with pytest.raises(NotDone, match="there already"):
        write_new(path, b"ours")
    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_a_stick_that_knows_no_second_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_names: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "slips.txt"
    write_new(path, b"whole")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"whole", [path])
    with pytest.raises(NotDone, match="there already"):
        write_new(path, b"other")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"whole", [path])


def test_a_disk_that_fails_in_the_middle_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_file: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(NotDone, match="cannot be written"):
        write_new(tmp_path / "slips.txt", b"whole")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("typed", ["", "  ", "a\0b", "nowhere/at/all.txt", "x" * 5_000])
def test_a_place_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotDone):
        new_file(typed)

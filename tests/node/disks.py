"""Disks that take nothing: full, or to be read only."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def no_room(most_bytes: int = 0) -> Iterator[None]:
    """What this process writes is refused beyond so many bytes of each file, as by a quota; the
    system still says that there is room. Python heeds no SIGXFSZ."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))


@contextmanager
def small_card(folder: Path) -> Iterator[Path]:
    """A disk of its own in `folder`, 4 MB large."""
    folder.mkdir(exist_ok=True)
    _mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def filled(card: Path) -> Iterator[None]:
    """Nothing more fits on the card, to the last byte."""
    photos = card / "photos"
    photos.write_bytes(bytes(os.statvfs(card).f_bfree * 4096))
    try:
        yield
    finally:
        photos.unlink()


@contextmanager
def to_be_read_only(folder: Path) -> Iterator[None]:
    """The folder as on a disk that is mounted to be read only."""
    _mount("--bind", str(folder), str(folder))
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _mount(*arguments: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root mounts")
    if subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount")


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Without root's rights, in this process; whoever has none stays who they are."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


NOBODY = 65_534
"""Who owns nothing, on every Linux."""

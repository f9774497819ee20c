"""The hall's folder: whether it is one, and who works on it. Needs no database, so loads fast."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import Final

from node.refusal import Refused, Why

FILE_NAME: Final = "hallway.db"
LOCK_NAME: Final = "lock"
UNFINISHED: Final = ".making"
"""How folders begin in which a hall is being made."""

UNWRITABLE: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT})
"""What keeps a file from being made or written to, and not from being read."""


def folder_is_hall(data: Path) -> bool:
    """Whether `data` holds a hall; False where there is nothing yet.

    Raises Refused for a folder that holds anything else or cannot be read.
    """
    try:
        if not data.exists():
            return False
        if not data.is_dir():
            raise Refused(Why.FOLDER_NOT_A_HALL, folder=str(data))
        if (data / FILE_NAME).exists():
            return True
        if not all(_is_left_over(path) for path in data.iterdir()):
            raise Refused(Why.FOLDER_NOT_A_HALL, folder=str(data))
    except OSError as error:
        raise Refused(Why.FOLDER_NOT_READABLE, folder=str(data)) from error
    return False


def _is_left_over(path: Path) -> bool:
    """What a hall leaves behind whose making was cut short."""
    return path.name == LOCK_NAME or path.name.startswith(UNFINISHED)


class FolderLock:
    """Only one process at a time works on a hall's folder; the lock ends with the process."""

    def __init__(self, data: Path) -> None:
        self._path = data / LOCK_NAME
        self._file: int | None = None

    def take(self) -> bool:
        """Whether it is ours now, also where we may only read. Raises OSError."""
        file = self._opened()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def _opened(self) -> int:
        """The file that is locked; where there is none and none can be made, the folder itself."""
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if error.errno not in UNWRITABLE:
                raise
        path = self._path if self._path.exists() else self._path.parent
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

"""What keeps a hall's folder from being written to. Needs no database, so loads fast.

SQLite says “unable to open database file” of a full disk as of a folder of somebody else. The
system is asked instead, and where it does not say, a little is written.
"""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path
from typing import Final

from node.refusal import Why
from node.store.folder import FILE_NAME

ROOM_BYTES: Final = 64 * 1024
"""What opening the file and one short command write: 32 KiB of index to the log (SQLite, WAL-mode
file format, section 2), and a few pages of 4 KiB."""
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The disk is full, or what this person, or this process, may put on it is."""
ROOT: Final = 0


def read_only(data: Path) -> Why | None:
    """Why nothing can be written in `data` by its rights alone; None: they allow it.

    FOLDER_NOT_WRITABLE of a folder that is somebody else's, else one that may be read all the same.
    """
    try:
        owner, flags = data.stat().st_uid, os.statvfs(data).f_flag
    except OSError:
        return None
    is_disk = bool(flags & os.ST_RDONLY)
    if not is_disk and _may_write(data) and _may_write(data / FILE_NAME):
        return None
    if os.geteuid() not in {ROOT, owner}:
        return Why.FOLDER_NOT_WRITABLE
    return Why.DISK_READ_ONLY if is_disk else Why.FOLDER_READ_ONLY


def hindrance(data: Path) -> Why | None:
    """The same, and whether the disk says that it is full: asked in microseconds."""
    return read_only(data) or (Why.DISK_FULL if _says_full(data) else None)


def tried_hindrance(data: Path) -> Why | None:
    """The same, and whether it takes as much as a command writes: a quota shows only then.

    `data` exists. Nothing is left of what is written.
    """
    return hindrance(data) or (None if _has_room(data) else Why.DISK_FULL)


def _may_write(path: Path) -> bool:
    return not path.exists() or os.access(path, os.W_OK, effective_ids=True)


def _says_full(data: Path) -> bool:
    """A disk without a size, or one that does not tell it, counts as one with room."""
    try:
        disk = os.statvfs(data)
    except OSError:
        return False
    free = disk.f_bfree if os.geteuid() == ROOT else disk.f_bavail
    return disk.f_blocks > 0 and free * disk.f_frsize < ROOM_BYTES


def _has_room(data: Path) -> bool:
    """Nobody ever sees the file: it has no name any more when it is written."""
    path = data / f"room-{secrets.token_hex(4)}"
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            path.unlink()
            written = os.write(file, bytes(ROOM_BYTES))
            os.fsync(file)  # some file systems count only then
        finally:
            os.close(file)
    except OSError as error:
        return error.errno not in NO_ROOM
    return written == ROOM_BYTES

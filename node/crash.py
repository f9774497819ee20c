"""Where the details of a bug go: a file, for whoever can mend it."""

from __future__ import annotations

import os
import tempfile
import traceback
from pathlib import Path

from node.refusal import Refused

CRASH_FILE = "crash.log"
OWNER_ONLY = 0o600
"""A message in a traceback may quote what someone typed."""


def save_crash(bug: BaseException, data: Path | None) -> Path | None:
    """Write the traceback into the hall's folder, or where that is no hall, a temporary file.

    Replaces an older one. None when it cannot be written anywhere.
    """
    told = "".join(traceback.format_exception(bug))
    try:
        if data and _is_hall(data):
            return _write(os.open(data / CRASH_FILE, _FRESH, OWNER_ONLY), data / CRASH_FILE, told)
        handle, name = tempfile.mkstemp(prefix="hallway-", suffix=".log")
        return _write(handle, Path(name), told)
    except OSError:
        return None


_FRESH = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def _is_hall(data: Path) -> bool:
    try:
        # Late, and its failure allowed for: what is broken may be what is asked here.
        from node.store.folder import folder_is_hall  # noqa: PLC0415

        return folder_is_hall(data)
    except (Refused, OSError, ImportError):
        return False


def _write(handle: int, file: Path, told: str) -> Path:
    with open(handle, "w", encoding="utf-8", errors="backslashreplace") as log:
        log.write(told)
    return file

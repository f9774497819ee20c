"""Files that a command writes: whole or not at all, and never over another unasked."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from node.cli import wording
from node.cli.output import NotDone
from node.desk.text import inert

SHOWN_CHARACTERS_MAX: Final = 300
"""A path in a sentence; a longer one is no path anywhere."""

FOR_ALL: Final = 0o666
"""A file's mode, less what the person's umask takes away."""
FOR_US: Final = 0o600


def new_file(typed: str) -> Path:
    """Where a new file is to stand. Raises NotDone where it cannot, before anything is done."""
    path = Path(typed)
    if not typed.strip() or "\0" in typed:
        raise NotDone(wording.NO_FILE)
    try:
        path.lstat()
    except FileNotFoundError:
        if os.access(path.parent, os.W_OK | os.X_OK):
            return path
    except OSError as error:
        raise NotDone(_told(wording.FILE_UNWRITABLE, path)) from error
    else:
        raise NotDone(_told(wording.FILE_EXISTS, path))
    raise NotDone(_told(wording.FILE_UNWRITABLE, path))


def any_file(typed: str) -> Path:
    """The same, where an ordinary file that stands there already is to make way."""
    path = Path(os.path.realpath(typed)) if typed.strip() and "\0" not in typed else Path(typed)
    try:
        if stat.S_ISREG(path.lstat().st_mode) and os.access(path.parent, os.W_OK | os.X_OK):
            return path
    except (OSError, ValueError):
        return new_file(typed)
    raise NotDone(_told(wording.FILE_UNWRITABLE, path))


def write_new(path: Path, content: bytes) -> None:
    """Raises NotDone, and nothing stands there, or what did before."""
    write_pieces(path, [content], FOR_ALL, name_new)


def write_pieces(
    path: Path, pieces: Iterable[bytes], mode: int, name: Callable[[Path, Path], None]
) -> None:
    """The same, piece by piece into a file of `mode`, which `name` (`name_new` or `name_over`) puts
    there when it is whole. Raises what `pieces` raises as well."""
    part = path.with_name(f".{secrets.token_hex(4)}.part")
    try:
        _write(part, pieces, mode)
        name(part, path)
    except FileExistsError as error:
        raise NotDone(_told(wording.FILE_EXISTS, path)) from error
    except OSError as error:
        raise NotDone(_told(wording.FILE_UNWRITABLE, path)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _write(part: Path, pieces: Iterable[bytes], mode: int) -> None:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def name_over(part: Path, path: Path) -> None:
    """In the place of what stands there."""
    part.replace(path)


def name_new(part: Path, path: Path) -> None:
    """Raises FileExistsError where another has come meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a stick that knows no second name of a file
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        part.rename(path)


def _told(text: str, path: Path) -> str:
    return text.format(file=inert(str(path))[:SHOWN_CHARACTERS_MAX])

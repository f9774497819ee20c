"""Where atheris is: it has a lock and a folder of its own, for only this search wants it."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.mirrored import HOME

LOCK: Final = HOME / "requirements-fuzz.lock"
PLACE: Final = HOME / ".venv" / "fuzz"
PYTHON_LATEST: Final = (3, 14)
"""Newer ones may have no wheel yet; older than ours have none."""


class NoAtheris(Exception):
    """It cannot be had here. The text is one sentence for whoever sits there."""


def make_ready() -> Path:
    """The folder to put on PYTHONPATH, filled the first time and whenever the lock changed.

    Raises NoAtheris.
    """
    _check_machine()
    stamp = PLACE / LOCK.name
    if stamp.is_file() and stamp.read_bytes() == LOCK.read_bytes():
        return PLACE
    fresh = PLACE.with_name("fuzz.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _install(fresh)
    shutil.copyfile(LOCK, fresh / LOCK.name)
    shutil.rmtree(PLACE, ignore_errors=True)
    fresh.rename(PLACE)
    return PLACE


def _check_machine() -> None:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise NoAtheris(
            "The long search needs atheris, which there is for Linux on x86-64 only;"
            " `./check tests tests/fuzz` runs the same targets for a moment anywhere."
        )
    if sys.version_info[:2] > PYTHON_LATEST:
        raise NoAtheris(
            f"The long search needs atheris, which there is not yet for Python"
            f" {platform.python_version()}; `./check tests tests/fuzz` runs the same targets."
        )


def _install(folder: Path) -> None:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    rules = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run(
        [
            *(sys.executable, "-I", "-m", "pip", "install", *quiet, *rules),
            *("--target", str(folder), "--requirement", str(LOCK)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NoAtheris(f"atheris could not be fetched: is there a network?\n{done.stdout.strip()}")

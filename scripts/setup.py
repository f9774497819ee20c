"""Makes .venv out of a lock: `hallway` and `check` run this when .venv does not match it.

No build step and no build tool: the locked wheels are installed with their hashes, a .pth file puts
the checkout on the path, and a launcher is written. Everything that can fail for reasons outside of
this machine (no network, an incomplete stick) fails while wheels are fetched, before anything that
worked is touched. The lock's copy in .venv is written last, so an interrupted setup is done again.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RUNTIME_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"

RULES = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
"""Nothing but wheels that were locked: no code runs here to build what a hall runs."""

HASH_MISMATCH = b"DO NOT MATCH THE HASHES"
"""pip's words for it (pip 22 to 26); without them the failure is told as any other."""

LAUNCHER = """\
#!/bin/sh
''':'
self=$0
[ -L "$self" ] && self=$(readlink -f -- "$self")
exec "${self%/*}/python" -P "$self" "$@"
'''
import sys

from node.__main__ import main

sys.exit(main())
"""
"""Read first by sh, then by Python. It finds Python beside itself, so that a checkout can be moved;
a first line that names Python could hold neither a relative path nor a space."""


class SetupFailed(Exception):
    """Setup cannot go on. The text is one sentence for whoever sits there."""


@dataclass(frozen=True, slots=True)
class House:
    """The places that setup reads and writes, and the lock that it holds on them."""

    home: Path
    held_fd: int
    """Children inherit it: a pip that outlives us keeps the next setup waiting until it is done."""

    @property
    def venv(self) -> Path:
        return self.home / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def work(self) -> Path:
        """What is being fetched, and the log; gone after a setup that succeeded."""
        return self.home / ".venv.new"

    @property
    def log(self) -> Path:
        return self.work / "setup.log"

    @property
    def stick(self) -> Path:
        return self.home / "wheels"

    def is_ready(self, lock: str) -> bool:
        stamp = self.venv / lock
        return (
            os.access(self.python, os.X_OK)
            and stamp.is_file()
            and stamp.read_bytes() == (self.home / lock).read_bytes()
        )

    def is_whole(self) -> bool:
        """Was .venv finished once, by whichever lock, and is its Python still there?"""
        stamped = any((self.venv / lock).is_file() for lock in (RUNTIME_LOCK, DEV_LOCK))
        return stamped and os.access(self.python, os.X_OK)


def main(lock: str) -> int:
    """Bring .venv to `lock`. Returns the exit status; says on stderr what a person should know."""
    home = Path(__file__).resolve().parent.parent
    try:
        with hold(home) as house:
            if not house.is_ready(lock):
                set_up(house, lock)
    except SetupFailed as failure:
        say(str(failure))
        return 1
    except OSError as error:
        say(f"Hallway could not be set up in {home}: {error.strerror or error}.")
        return 1
    except KeyboardInterrupt:
        say("Stopped before Hallway was set up; the next start does it again.")
        return 130
    return 0


@contextlib.contextmanager
def hold(home: Path) -> Iterator[House]:
    """Be the only setup in this checkout. The kernel lets go when the last holder ends, however."""
    fd = os.open(home, os.O_RDONLY)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Hallway is being set up by another start; waiting for it.")
            fcntl.flock(fd, fcntl.LOCK_EX)
        yield House(home, fd)
    finally:
        os.close(fd)


def set_up(house: House, lock: str) -> None:
    shutil.rmtree(house.work, ignore_errors=True)
    house.work.mkdir()
    if house.is_whole():
        say("Bringing Hallway's libraries up to date.")
    else:
        say("Setting Hallway up; this happens once and takes a minute or two.")
        make_venv(house)
    try:
        fetch(house, lock)
    except SetupFailed as failure:
        if lock != RUNTIME_LOCK or not house.is_whole():
            raise
        # A hall whose network went away after an update still has its board.
        say(f"{failure} Going on with the libraries of before.")
        return
    for stamp in (RUNTIME_LOCK, DEV_LOCK):
        (house.venv / stamp).unlink(missing_ok=True)
    install(house, lock)
    link(house)
    stamp_as(house, lock)
    shutil.rmtree(house.work, ignore_errors=True)


def make_venv(house: House) -> None:
    if house.venv.is_symlink():
        house.venv.unlink()
    elif house.venv.exists():
        shutil.rmtree(house.venv)
    # By its full name, python3.11: when the system moves on, the link dangles and setup runs.
    python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    run(
        house,
        [python, "-I", "-m", "venv", str(house.venv)],
        f"Python could not make its own folder {house.venv}; what it said is in {house.log}.",
    )


def fetch(house: House, lock: str) -> None:
    """Bring every wheel of `lock` to the work folder, checked against its hash."""
    source = ["--timeout", "10", "--retries", "1"] if house.is_whole() else []
    failure = (
        "Hallway's libraries could not be fetched: is there a network, and room on the disk?"
        f" What pip said is in {house.log}."
    )
    if house.stick.is_dir():
        source += ["--find-links", str(house.stick)]
        if lock == RUNTIME_LOCK:
            source.append("--no-index")
            failure = (
                "The folder wheels does not hold all that this machine needs: fill it with"
                " scripts/wheels, or move it away to use the network."
                f" What pip said is in {house.log}."
            )
    pip(house, "download", [*source, *RULES, "--dest", str(house.work), *of(house, lock)], failure)


def install(house: House, lock: str) -> None:
    pip(
        house,
        "install",
        ["--no-index", "--find-links", str(house.work), *RULES, *of(house, lock)],
        f"Hallway's libraries could not be installed; what pip said is in {house.log}.",
    )


def of(house: House, lock: str) -> list[str]:
    return ["--requirement", str(house.home / lock)]


def link(house: House) -> None:
    """Let .venv find the checkout, by a path that stays true when both are moved."""
    (packages,) = house.venv.glob("lib/python3*/site-packages")
    path = os.path.relpath(house.home, packages)
    (packages / "hallway.pth").write_text(path + "\n", encoding="utf-8")
    launcher = house.venv / "bin" / "hallway"
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)


def stamp_as(house: House, lock: str) -> None:
    """Say that .venv is finished, once all of it is on disk: a power cut must not leave half."""
    os.sync()
    for name in {RUNTIME_LOCK, lock}:
        stamp = house.venv / f"{name}.new"
        shutil.copyfile(house.home / name, stamp)
        stamp.replace(house.venv / name)


def pip(house: House, verb: str, arguments: list[str], failure: str) -> None:
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    run(house, [str(house.python), "-I", "-m", "pip", verb, *quiet, *arguments], failure)


def run(house: House, command: list[str], failure: str) -> None:
    """Run `command` with its output in the log. Raises SetupFailed with `failure` as its text."""
    with house.log.open("ab") as log:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(house.held_fd,),
            check=False,
        )
    if done.returncode == 0:
        return
    if HASH_MISMATCH in house.log.read_bytes():
        failure = (
            "What was fetched is not what Hallway was tested with, so nothing of it was installed:"
            f" it was damaged or tampered with. Which package it was is in {house.log}."
        )
    raise SetupFailed(failure)


def say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

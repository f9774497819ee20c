"""A real terminal of 80 by 24, driven by keys alone and read as it stands: a tmux of its own."""

from __future__ import annotations

import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.halls import Late, until

COLUMNS: Final = 80
ROWS: Final = 24
SHOWN_S: Final = 20.0
"""Seconds until a screen shows what is waited for; a busy machine takes a few to open it."""

TMUX_S: Final = 20.0

ENDED: Final = "ended with {code}"
LINGER: Final = f'"$@"; echo "{ENDED.format(code="$?")}"; read -r _'
"""Shell: run a program, say how it ended, and keep what stands on the screen readable."""


class Terminal:
    """One window with one program in it."""

    def __init__(self, tmux: Sequence[str], name: str) -> None:
        self._tmux = tmux
        self.name = name

    def screen(self) -> str:
        """What stands on it now, a line for each row."""
        return _run(*self._tmux, "capture-pane", "-p", "-t", self.name)

    def press(self, *names: str) -> None:
        """Keys by tmux's names for them: `Enter`, `C-s`, `n`."""
        _run(*self._tmux, "send-keys", "-t", self.name, *names)

    def type(self, text: str) -> None:
        """Letters as they are; `\r` is the Enter key."""
        _run(*self._tmux, "send-keys", "-t", self.name, "-l", "--", text)

    def ended(self) -> int:
        """Wait until the program has ended; its exit code."""
        return int(self.shows(ENDED.format(code=r"(\d+)"))[1])

    def shows(self, pattern: str, within_s: float = SHOWN_S) -> re.Match[str]:
        """Wait until the screen matches, over lines too. Raises Late with the screen."""
        wanted = re.compile(pattern, re.DOTALL)
        try:
            return until(lambda: wanted.search(self.screen()), pattern, within_s)
        except Late as late:
            raise Late(f"{self.name}: {late}\n{self.screen()}") from None


@contextmanager
def terminals(
    folder: Path, environment: Mapping[str, str], **commands: Sequence[str]
) -> Iterator[list[Terminal]]:
    """A terminal for each command, by its name. They end here, and their tmux with them."""
    if shutil.which("tmux") is None:
        pytest.skip("needs tmux")
    tmux = ("tmux", "-L", f"hallway-{secrets.token_hex(4)}", "-f", "/dev/null")
    clean = [f"{name}={value}" for name, value in environment.items()]
    size = ("-x", str(COLUMNS), "-y", str(ROWS))
    try:
        for name, command in commands.items():
            lingering = ("env", "-i", *clean, "TERM=tmux-256color", "sh", "-c", LINGER, "sh")
            within = ("new-session", "-d", "-s", name, *size, "-c", str(folder))
            _run(*tmux, *within, *lingering, *command)
        yield [Terminal(tmux, name) for name in commands]
    finally:
        subprocess.run([*tmux, "kill-server"], capture_output=True, timeout=TMUX_S, check=False)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=TMUX_S, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout

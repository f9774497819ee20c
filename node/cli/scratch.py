"""A hall made for a demonstration: a real node in a folder that is deleted afterwards."""

from __future__ import annotations

import json
import selectors
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from node.cli import story
from node.cli.output import NotDone
from node.desk.text import inert
from node.interpreter import own_environment, python_module

START_S = 30
"""A node that says nothing for so long does not start; a Pi with a slow card takes five."""

COMMAND_S = 60
"""`neighbour join` may take 30 s by itself."""

STOP_S = 10
"""After SIGTERM; a node that is not gone by then is killed."""


@dataclass(slots=True)
class ScratchHall:
    """A hall by its name, in its folder; `run` plays the person at its desk."""

    name: str
    folder: Path
    _node: subprocess.Popen[str] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        """Beside the hall's folder, where nothing but the hall's own is."""
        return self.folder.parent / f"{self.folder.name}.log"

    def run(self, *arguments: str) -> dict[str, Any]:
        """One command as a person types it, its document back. Raises NotDone when it fails."""
        ran = self._ran("--json", *arguments)
        if ran.returncode:
            told = story.COMMAND_FAILED.format(command=_name(arguments), told=_told(ran))
            raise failed(told)
        answer: dict[str, Any] = json.loads(ran.stdout)
        return answer

    def refusal(self, *arguments: str) -> str:
        """The sentence that a command is refused with. Raises NotDone when it is not refused."""
        ran = self._ran("--json", *arguments)
        if not ran.returncode:
            raise failed(story.COMMAND_NOT_REFUSED.format(command=_name(arguments)))
        return _told(ran)

    def plan(self, *arguments: str) -> list[str]:
        """What a command shows before it asks: it is run where nobody can answer."""
        lines = self._ran(*arguments).stderr.splitlines()
        return lines[:-1]  # the last says how to go on

    def start(self) -> None:
        """Start the node. The halls meet by code alone: they do not announce themselves."""
        node = ("node", "--listen", "127.0.0.1:0", "--no-mdns")
        with self.log.open("a") as log:
            self._node = subprocess.Popen(
                [*_HALLWAY, "--data", str(self.folder), *node],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=_environment(),
            )

    def await_ready(self) -> None:
        """Return when the node has printed its line. Raises NotDone where it ends or is silent."""
        node = self._node
        assert node is not None
        assert node.stdout is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(node.stdout, selectors.EVENT_READ)
            line = node.stdout.readline() if waiting.select(START_S) else ""
        if not line:
            told = inert(self.log.read_text(errors="backslashreplace").strip())
            raise failed(story.NODE_FAILED.format(hall=self.name, told=told))

    def cut_power(self) -> None:
        """End the node as a power cut does: it gets no chance to put anything in order."""
        if self._node is not None:
            self._node.kill()
        self.await_end()

    def tell_to_end(self) -> None:
        if self._node is not None:
            self._node.terminate()

    def await_end(self) -> None:
        """Return when the node is gone, by force where it stays."""
        node, self._node = self._node, None
        if node is None:
            return
        try:
            node.wait(STOP_S)
        except subprocess.TimeoutExpired:
            node.kill()
            node.wait()
        if node.stdout is not None:
            node.stdout.close()

    def _ran(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Raises NotDone when it does not end."""
        try:
            return subprocess.run(
                [*_HALLWAY, "--data", str(self.folder), *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="backslashreplace",
                env=_environment(),
                timeout=COMMAND_S,
                check=False,
            )
        except subprocess.TimeoutExpired as silent:
            command = _name(arguments)
            told = story.COMMAND_SILENT.format(command=command, seconds=COMMAND_S)
            raise failed(told) from silent


_HALLWAY = python_module("node")


def failed(what: str) -> NotDone:
    return NotDone(story.FAILED.format(what=what.removesuffix(".")))


@contextmanager
def scratch_halls(*wanted: tuple[str, str, str]) -> Iterator[tuple[ScratchHall, ...]]:
    """Halls by name, place and area, with nodes on loopback. They end here, whatever happens."""
    with _ends_by_signal(), tempfile.TemporaryDirectory(prefix="hallway-demo-") as folder:
        halls: list[ScratchHall] = []
        try:
            for name, place, area in wanted:
                hall = ScratchHall(name, Path(folder, str(len(halls))))
                halls.append(hall)
                hall.run("init", "--name", name, "--place", place, "--area", area)
                hall.start()
            for hall in halls:
                hall.await_ready()
            yield tuple(halls)
        finally:
            _end(halls)


def _end(halls: Sequence[ScratchHall]) -> None:
    """All are told first: they take their time together."""
    for hall in halls:
        hall.tell_to_end()
    for hall in halls:
        hall.await_end()


def _name(arguments: tuple[str, ...]) -> str:
    """The command's own words, without what it was given."""
    return " ".join(arguments[:2])


def _told(ran: subprocess.CompletedProcess[str]) -> str:
    return inert(ran.stderr.strip())


def _environment() -> dict[str, str]:
    """UTF-8 in both directions, and never the hall of the person who watches."""
    kept = {name: value for name, value in own_environment().items() if name != "HALLWAY_DATA"}
    return kept | {"PYTHONIOENCODING": "utf-8"}


@contextmanager
def _ends_by_signal() -> Iterator[None]:
    """A closed terminal ends the demo like Ctrl-C, so that its nodes end with it."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

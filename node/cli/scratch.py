"""A hall made for a demonstration: a real node in a folder that is deleted afterwards."""

from __future__ import annotations

import json
import selectors
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class ScratchHall:
    """A hall by its name, in its folder; `run` plays the person at its desk."""

    name: str
    folder: Path

    def run(self, *arguments: str) -> dict[str, Any]:
        """One command as a person types it, its document back. Raises NotDone when it fails."""
        command = " ".join(arguments[:2])
        try:
            ran = self._ran("--json", *arguments)
        except subprocess.TimeoutExpired as silent:
            told = story.COMMAND_SILENT.format(command=command, seconds=COMMAND_S)
            raise failed(told) from silent
        if ran.returncode:
            told = inert(ran.stderr.strip())
            raise failed(story.COMMAND_FAILED.format(command=command, told=told))
        answer: dict[str, Any] = json.loads(ran.stdout)
        return answer

    def plan(self, *arguments: str) -> list[str]:
        """What a command shows before it asks: it is run where nobody can answer."""
        lines = self._ran(*arguments).stderr.splitlines()
        return lines[:-1]  # the last says how to go on

    def _ran(self, *arguments: str) -> subprocess.CompletedProcess[str]:
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


_HALLWAY = python_module("node")


def failed(what: str) -> NotDone:
    return NotDone(story.FAILED.format(what=what.removesuffix(".")))


@contextmanager
def scratch_halls(*wanted: tuple[str, str, str]) -> Iterator[tuple[ScratchHall, ...]]:
    """Halls by name, place and area, with nodes on loopback. They end here, whatever happens."""
    with _ends_by_signal(), tempfile.TemporaryDirectory(prefix="hallway-demo-") as folder:
        nodes: list[subprocess.Popen[str]] = []
        halls: list[ScratchHall] = []
        try:
            for name, place, area in wanted:
                hall = ScratchHall(name, Path(folder, str(len(halls))))
                halls.append(hall)
                hall.run("init", "--name", name, "--place", place, "--area", area)
                nodes.append(_started(hall))
                _await_address(hall, nodes[-1])
            yield tuple(halls)
        finally:
            _stop(nodes)


def _started(hall: ScratchHall) -> subprocess.Popen[str]:
    """The halls meet by code alone: a demonstration does not announce itself to the street."""
    node = ("node", "--listen", "127.0.0.1:0", "--no-mdns")
    with _log(hall).open("w") as log:
        return subprocess.Popen(
            [*_HALLWAY, "--data", str(hall.folder), *node],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=_environment(),
        )


def _log(hall: ScratchHall) -> Path:
    """Beside the hall's folder, where nothing but the hall's own is."""
    return hall.folder.parent / f"{hall.folder.name}.log"


def _await_address(hall: ScratchHall, node: subprocess.Popen[str]) -> None:
    """Return when the node has printed its line. Raises NotDone when it ends or stays silent."""
    assert node.stdout is not None
    with selectors.DefaultSelector() as waiting:
        waiting.register(node.stdout, selectors.EVENT_READ)
        line = node.stdout.readline() if waiting.select(START_S) else ""
    if not line:
        told = inert(_log(hall).read_text(errors="backslashreplace").strip())
        raise failed(story.NODE_FAILED.format(hall=hall.name, told=told))


def _stop(nodes: list[subprocess.Popen[str]]) -> None:
    for node in nodes:
        node.terminate()
    for node in nodes:
        try:
            node.wait(STOP_S)
        except subprocess.TimeoutExpired:
            node.kill()
            node.wait()
        if node.stdout is not None:
            node.stdout.close()


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

"""Real halls as real processes: a folder, the command line as people type it, a node that runs."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import selectors
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from node.api.requests import Answer, ListNeighbours, Request
from node.api.views import NeighbourView
from node.remote import RemoteNode
from tests.e2e.warm import Warm, WarmProcess, Warmth

HOME: Final = Path(__file__).resolve().parents[2]

COMMAND_S: Final = 60.0
"""Seconds for one command: `neighbour join` may take 30 by itself."""

START_S: Final = 30.0
"""Seconds until a node says where it listens; a busy machine takes a few."""

STOP_S: Final = 15.0
"""Seconds after SIGTERM; a node that is not gone by then is killed, and its test fails."""

ARRIVES_S: Final = 20.0
"""Seconds for a record to reach the hall next door; on loopback it takes milliseconds."""

LOOK_EVERY_S: Final = 0.02
"""Seconds between two looks at what is waited for, at first; a look is work for the node too."""

LOOK_SLOWER: Final = 0.05
"""Of the time that has been waited: by so much at most is anything seen later than it came."""

LOOPBACK: Final = ("--listen", "127.0.0.1:0", "--no-mdns")
"""A node that only this machine reaches, and that announces itself to nobody."""

Found = TypeVar("Found")
Ran = subprocess.CompletedProcess[str]
Process = subprocess.Popen[str] | WarmProcess


class Late(AssertionError):
    """What was waited for did not come."""


@dataclass(slots=True)
class Hall:
    """`prefix` goes before every command: what enters a network namespace, for example."""

    name: str
    folder: Path
    prefix: tuple[str, ...] = ()
    listen: tuple[str, ...] = LOOPBACK
    address: str = ""
    """Where the node said that it listens."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Of the environment, for its node and for its commands: a wrong clock, for example."""
    warmth: ClassVar[Warmth | None] = None
    """What begins commands and nodes with the program loaded, where `conftest.py` has set it."""
    _node: Process | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        """What the node writes on its error stream; beside the folder, not in it."""
        return self.folder.with_name(f"{self.folder.name}.log")

    @property
    def pid(self) -> int:
        assert self._node is not None
        return self._node.pid

    @property
    def is_running(self) -> bool:
        """Whether `start` was the last that was done to its node."""
        return self._node is not None

    @property
    def words(self) -> tuple[str, ...]:
        """What comes before every command."""
        return ("--data", str(self.folder))

    def command(self, *arguments: str) -> list[str]:
        module = (sys.executable, "-P", "-m", "node")
        return [*self.prefix, *module, *self.words, *arguments]

    def environment(self) -> dict[str, str]:
        return {**environment(self.folder.parent), **self.settings}

    def run(self, *arguments: str) -> Ran:
        """One command as a person types it, whatever comes of it."""
        process = self.begin(*arguments)
        try:
            out, told = process.communicate(timeout=COMMAND_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate(timeout=STOP_S)
            raise
        assert process.returncode is not None
        return subprocess.CompletedProcess(process.args, process.returncode, out, told)

    def begin(self, *arguments: str) -> Process:
        """The same, not waited for: `communicate` waits."""
        if warm := self._warm:
            return warm.begin([*self.words, *arguments], self.environment())
        return subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=self.environment(),
        )

    @property
    def _warm(self) -> Warm | None:
        """A clock of its own begins with each process: those read the program themselves."""
        if Hall.warmth is None or "LD_PRELOAD" in self.settings:
            return None
        return Hall.warmth.of(self.prefix, self.settings)

    def json(self, *arguments: str) -> Any:
        """The document of a command that must succeed, and say nothing on the error stream."""
        ran = self.run(*arguments, "--json")
        assert ran.returncode == 0, f"{self.name}: {arguments}: {ran.stderr}"
        assert ran.stderr == "", f"{self.name}: {arguments}"
        return json.loads(ran.stdout)

    def init(self, place: str = "") -> Any:
        return self.json("init", "--name", self.name, "--place", place)

    def start(self, *arguments: str) -> None:
        """Start the node; returns when it has said where it listens."""
        assert self._node is None, f"{self.name}: its node runs already"
        typed = ("node", *(arguments or self.listen))
        with self.log.open("a") as log:
            if warm := self._warm:
                self._node = warm.start([*self.words, *typed], self.environment(), log)
            else:
                self._node = subprocess.Popen(
                    self.command(*typed),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    env=self.environment(),
                )
        self.address = self._first_line(self._node)

    def _first_line(self, node: Process) -> str:
        assert node.stdout is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(node.stdout, selectors.EVENT_READ)
            line = node.stdout.readline() if waiting.select(START_S) else ""
        if not line:
            raise Late(f"{self.name}: no node: {self.log.read_text(encoding='utf-8')}")
        return line.strip()

    def stop(self) -> None:
        """End the node as the system does. It must go by itself, and without an error."""
        node = self._take_node()
        node.terminate()
        try:
            code = node.wait(STOP_S)
        except subprocess.TimeoutExpired:
            node.kill()
            node.wait(STOP_S)
            raise Late(f"{self.name}: the node did not end") from None
        assert code == 0, f"{self.name}: {self.log.read_text(encoding='utf-8')}"

    def kill(self) -> None:
        """End the node without a word, as a power cut does to a process."""
        node = self._take_node()
        node.kill()
        node.wait(STOP_S)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _take_node(self) -> Process:
        node, self._node = self._node, None
        assert node is not None, f"{self.name}: no node runs"
        assert node.stdout is not None
        node.stdout.close()
        return node

    def ask(self, request: Request[Answer]) -> Answer:
        """The running node's answer, as a screen asks for it: quicker than a process a look."""

        async def call() -> Answer:
            async with RemoteNode.connect(self.folder) as node:
                return await node.call(request)

        return asyncio.run(call())

    def until(
        self,
        request: Request[Answer],
        fits: Callable[[Answer], bool],
        within_s: float = ARRIVES_S,
    ) -> Answer:
        """The running node's answer once it fits."""

        def look() -> Answer | None:
            answer = self.ask(request)
            return answer if fits(answer) else None

        return until(look, f"{self.name}: {request}", within_s)

    def end(self) -> None:
        """Leave nothing running, whatever happened before."""
        if self._node is not None:
            self.kill()
        pid = answering_pid(self.folder)
        if pid is not None:
            os.kill(pid, 9)


@contextmanager
def halls(folder: Path, *names: str) -> Iterator[list[Hall]]:
    """Halls made and not yet started; their nodes end here."""
    made = [Hall(name, folder / name.split()[0].lower()) for name in names]
    try:
        for hall in made:
            hall.init()
        yield made
    finally:
        for hall in made:
            hall.end()


@contextmanager
def street(folder: Path, *names: str, listen: tuple[str, ...] = LOOPBACK) -> Iterator[list[Hall]]:
    """Halls whose nodes run on loopback, each paired with the one before it."""
    with halls(folder, *names) as made:
        for hall in made:
            hall.listen = listen
            hall.start()
        for inviter, joiner in itertools.pairwise(made):
            pair(inviter, joiner)
        yield made


def pair(inviter: Hall, joiner: Hall) -> None:
    """Pair them by a code, and wait until each says that they are linked."""
    joiner.json("neighbour", "join", inviter.json("neighbour", "invite")["code"])
    for hall, other in ((inviter, joiner), (joiner, inviter)):
        until_linked(hall, other)


def until_linked(hall: Hall, other: Hall, within_s: float = ARRIVES_S) -> None:
    def is_linked(neighbours: tuple[NeighbourView, ...]) -> bool:
        return any(each.name == other.name and each.state == "linked" for each in neighbours)

    hall.until(ListNeighbours(), is_linked, within_s)


def until(look: Callable[[], Found | None], what: str, within_s: float = ARRIVES_S) -> Found:
    """What `look` finds in the end. Raises Late."""
    start_s = time.monotonic()
    while (found := look()) is None:
        waited_s = time.monotonic() - start_s
        if waited_s > within_s:
            raise Late(f"not within {within_s:g} s: {what}")
        time.sleep(max(LOOK_EVERY_S, LOOK_SLOWER * waited_s))
    return found


def environment(home: Path) -> Mapping[str, str]:
    """Nobody's own hall, nobody's own language: only what a fresh account has."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(HOME),
    }


def answering_pid(folder: Path) -> int | None:
    """The process behind the control socket in `folder`, also one that a command has started."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            asking.connect(str(folder / "control.sock"))
        except OSError:
            return None
        size = struct.calcsize("3i")
        peer = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    pid: int = struct.unpack("3i", peer)[0]
    return pid

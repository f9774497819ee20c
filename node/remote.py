"""The control socket: how a terminal or a command reaches the running node.

A Unix socket of mode 0600 in the hall's folder; no port. Requests and answers are lines of JSON,
typed by the door's dataclasses. `{"do": "AddNeed", "with": {…}, "as": "AK"}` is answered by
`{"done": …}` or `{"refused": code, "facts": {…}}`; `{"follow": true}` by a line for each change.
Here is the end of who asks, which needs little and so starts fast; `node.control` answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket as sockets
import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import msgspec

from node.api.door import UNSEEN, NodeGone, NodeSilent
from node.api.requests import Answer, Request, answer_type
from node.api.views import Changed
from node.refusal import Refused, Why

SOCKET_NAME: Final = "control.sock"
LINE_BYTES_MAX: Final = 64 * 1024 * 1024
"""One answer; a board of 100,000 entries fits."""
QUIET_S: Final = 5.0
"""Seconds without an answer after which we ask whether anybody is there, and again after that."""
SILENT_S: Final = 5.0
"""Seconds for the answer to that, which needs no disk: a loop that has not turned for so long does
not turn. A long answer, a file written anew on a slow card, is waited for."""
JUST_IN_S: Final = 0.1
"""To read what has come just now."""
CREDENTIALS: Final = struct.Struct("3i")
"""`struct ucred`: process, user, group (unix(7))."""


class Asked(msgspec.Struct, rename={"what": "with", "initials": "as"}):
    """One request, or the wish to follow changes."""

    do: str = ""
    what: msgspec.Raw = msgspec.Raw(b"{}")
    initials: str = ""
    follow: bool = False


class Answered(msgspec.Struct, omit_defaults=True):
    """`done` when `refused` is empty."""

    done: msgspec.Raw = msgspec.Raw(b"null")
    refused: str = ""
    facts: dict[str, str | int | float] = {}
    now_ms: int = 0


NOTHING: Final = msgspec.json.encode(Asked()) + b"\n"
"""Asks for nothing: the loop refuses it at once, without the disk."""


class RemoteNode:
    """`NodeApi` over the control socket: one connection for requests, one for changes."""

    def __init__(self, data: Path, wire: _Wire) -> None:
        self._data = data
        self._wire = wire
        self._turn = asyncio.Lock()
        self._beside: _Wire | None = None
        self._now_ms = 0

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(cls, data: Path) -> AsyncIterator[RemoteNode]:
        """Raises NodeGone when no node runs."""
        node = cls(data, await _Wire.to(data))
        try:
            yield node
        finally:
            node.close()

    @property
    def pid(self) -> int:
        """The node's process; UNSEEN where it is not seen from here, as from inside a container."""
        return self._wire.pid

    def close(self) -> None:
        self._wire.close()
        self._close_beside()

    async def call(self, request: Request[Answer], *, initials: str = "") -> Answer:
        """Raises Refused, NodeGone where the node ends, NodeSilent where it does not answer."""
        asked = Asked(
            do=type(request).__name__,
            what=msgspec.Raw(msgspec.json.encode(request)),
            initials=initials,
        )
        line = msgspec.json.encode(asked) + b"\n"
        # Shielded: whoever no longer waits for an answer must not leave it to the next one to read.
        answered = _read(await asyncio.shield(self._in_turn(line)))
        self._now_ms = answered.now_ms
        return _done(answered, answer_type(type(request)))

    def now_ms(self) -> int:
        return self._now_ms

    async def changes(self) -> AsyncIterator[Changed]:
        reader, writer = await _open(self._data)
        try:
            writer.write(msgspec.json.encode(Asked(follow=True)) + b"\n")
            while await _line(reader):
                yield Changed()
        finally:
            writer.close()

    async def _in_turn(self, line: bytes) -> bytes:
        """The answer, however long it takes as long as the node's loop turns."""
        async with self._turn:
            asking = asyncio.ensure_future(self._wire.ask(line))
            try:
                await self._until_done(asking)
            finally:
                asking.cancel()
            return asking.result()

    async def _until_done(self, asking: asyncio.Future[bytes]) -> None:
        """Raises NodeSilent. What came while this process was suspended itself is looked at first,
        before the node is called so."""
        wait_s = QUIET_S
        while not (await asyncio.wait([asking], timeout=wait_s))[0]:
            if wait_s == JUST_IN_S:
                raise NodeSilent(self.pid)
            wait_s = QUIET_S if await self._is_there() else JUST_IN_S

    async def _is_there(self) -> bool:
        """Whether the node's loop turns: asked beside what it is at, and of nothing that it has."""
        try:
            async with asyncio.timeout(SILENT_S):
                self._beside = self._beside or await _Wire.to(self._data)
                await self._beside.ask(NOTHING)
        except TimeoutError:
            return False
        except OSError:
            self._close_beside()
            return False
        return True

    def _close_beside(self) -> None:
        beside, self._beside = self._beside, None
        if beside is not None:
            beside.close()


class _Wire:
    """One connection. Answers come in the order of what was asked; those that nobody waits for any
    more are passed over. One asks at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._owed = 0

    @classmethod
    async def to(cls, data: Path) -> _Wire:
        return cls(*await _open(data))

    @property
    def pid(self) -> int:
        """Of the process that listens at its other end."""
        socket: sockets.socket = self._writer.get_extra_info("socket")
        told = socket.getsockopt(sockets.SOL_SOCKET, sockets.SO_PEERCRED, CREDENTIALS.size)
        pid: int = CREDENTIALS.unpack(told)[0]
        return pid

    async def ask(self, line: bytes) -> bytes:
        """Raises NodeGone when the node ends."""
        self._owed += 1
        try:
            self._writer.write(line)
            await self._writer.drain()
        except OSError as error:
            raise NodeGone("the node ended") from error
        while True:
            answer = await _line(self._reader)
            self._owed -= 1
            if not self._owed:
                return answer

    def close(self) -> None:
        self._writer.close()


def _read(line: bytes) -> Answered:
    """Raises Refused where a node of another version answers in other words."""
    try:
        return msgspec.json.decode(line, type=Answered)
    except msgspec.MsgspecError as error:
        raise Refused(Why.NODE_OTHER_VERSION) from error


def _done(answered: Answered, kind: type[Answer]) -> Answer:
    """Raises Refused as the node did, or as `_read` does."""
    if answered.refused:
        raise Refused(_why(answered.refused), **answered.facts)
    try:
        return msgspec.json.decode(answered.done, type=kind)
    except msgspec.MsgspecError as error:
        raise Refused(Why.NODE_OTHER_VERSION) from error


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        line = await reader.readline()
    except OSError as error:
        raise NodeGone("the node ended") from error
    if not line.endswith(b"\n"):
        raise NodeGone("the node ended")
    return line


async def _open(data: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Raises NodeGone, and NodeSilent where so many wait to be let in that no more fit."""
    try:
        with short_path(data) as path:
            reader, writer = await asyncio.open_unix_connection(path, limit=LINE_BYTES_MAX)
    except OSError as error:
        raise NodeGone("no node runs") from error
    # The kernel says at once that a Unix socket's queue is full, and asyncio takes that for a yes.
    if writer.get_extra_info("peername") is None:
        writer.close()
        raise NodeSilent(UNSEEN)
    return reader, writer


@contextlib.contextmanager
def short_path(data: Path) -> Iterator[Path]:
    """The socket's path, at most as long as the kernel takes, however long the folder's is."""
    folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield Path(f"/proc/self/fd/{folder}") / SOCKET_NAME
    finally:
        os.close(folder)


def _why(code: str) -> Why:
    try:
        return Why(code)
    except ValueError:
        return Why.NODE_OTHER_VERSION

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
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import msgspec

from node.api.door import NodeGone
from node.api.requests import Answer, Request, answer_type
from node.api.views import Changed
from node.refusal import Refused, Why

SOCKET_NAME: Final = "control.sock"
LINE_BYTES_MAX: Final = 64 * 1024 * 1024
"""One answer; a board of 100,000 entries fits."""


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


class RemoteNode:
    """`NodeApi` over the control socket: one connection for requests, one for changes."""

    def __init__(
        self, data: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._data = data
        self._reader = reader
        self._writer = writer
        self._turn = asyncio.Lock()

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(cls, data: Path) -> AsyncIterator[RemoteNode]:
        """Raises NodeGone when no node answers."""
        reader, writer = await _open(data)
        try:
            yield cls(data, reader, writer)
        finally:
            writer.close()

    async def call(self, request: Request[Answer], *, initials: str = "") -> Answer:
        asked = Asked(
            do=type(request).__name__,
            what=msgspec.Raw(msgspec.json.encode(request)),
            initials=initials,
        )
        line = msgspec.json.encode(asked) + b"\n"
        # Shielded: whoever no longer waits for an answer must not leave it to the next one to read.
        return _read(await asyncio.shield(self._in_turn(line)), answer_type(type(request)))

    async def changes(self) -> AsyncIterator[Changed]:
        reader, writer = await _open(self._data)
        try:
            writer.write(msgspec.json.encode(Asked(follow=True)) + b"\n")
            while await _line(reader):
                yield Changed()
        finally:
            writer.close()

    async def _in_turn(self, line: bytes) -> bytes:
        async with self._turn:
            return await self._exchange(line)

    async def _exchange(self, line: bytes) -> bytes:
        try:
            self._writer.write(line)
            await self._writer.drain()
        except ConnectionError as error:
            raise NodeGone("the node ended") from error
        return await _line(self._reader)


def _read(line: bytes, kind: type[Answer]) -> Answer:
    """Raises Refused, also where a node of another version answers in other words."""
    try:
        answered = msgspec.json.decode(line, type=Answered)
        if not answered.refused:
            return msgspec.json.decode(answered.done, type=kind)
    except msgspec.MsgspecError as error:
        raise Refused(Why.NODE_OTHER_VERSION) from error
    raise Refused(_why(answered.refused), **answered.facts)


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        line = await reader.readline()
    except ConnectionError as error:
        raise NodeGone("the node ended") from error
    if not line.endswith(b"\n"):
        raise NodeGone("the node ended")
    return line


async def _open(data: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        with short_path(data) as path:
            return await asyncio.open_unix_connection(path, limit=LINE_BYTES_MAX)
    except OSError as error:
        raise NodeGone("no node runs") from error


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

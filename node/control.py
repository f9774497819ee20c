"""The control socket: how a terminal or a command reaches the running node.

A Unix socket of mode 0600 in the hall's folder; no port. Requests and answers are lines of JSON,
typed by the door's dataclasses. `{"do": "AddNeed", "with": {…}, "as": "AK"}` is answered by
`{"done": …}` or `{"refused": code, "facts": {…}}`; `{"follow": true}` by a line for each change.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket as sockets
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from node.api import decay, finding, history, matches, paper, requests, sheets
from node.api.door import NodeApi, NodeGone
from node.api.requests import Answer, Request, Stop, answer_type
from node.api.views import Changed, Done
from node.refusal import Refused, Why
from node.services.supervise import stop_taking

log = logging.getLogger(__name__)

SOCKET_NAME: Final = "control.sock"
LINE_BYTES_MAX: Final = 64 * 1024 * 1024
"""One answer; a board of 100,000 entries fits."""
REQUEST_BYTES_MAX: Final = 32 * 1024 * 1024
"""One request: a text of ten megabytes is refused in a sentence, not by a broken line."""

REQUESTS: Final[dict[str, type[Request[Any]]]] = {
    kind.__name__: kind
    for module in (decay, finding, history, matches, paper, requests, sheets)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Request) and kind is not Request
}


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


class ControlServer:
    """`stop` is called when somebody asks the node to end."""

    def __init__(self, node: NodeApi, stop: Callable[[], None]) -> None:
        self._node = node
        self._stop = stop

    async def run(self, socket: sockets.socket) -> None:
        """Serve on what `bind` made until cancelled; then close every connection.

        The library's own `serve_forever` would wait for all who follow changes to leave first,
        from Python 3.12 on.
        """
        async with asyncio.TaskGroup() as tasks:

            def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                tasks.create_task(self._serve(reader, writer))

            server = await asyncio.start_unix_server(take, sock=socket, limit=REQUEST_BYTES_MAX)
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                await stop_taking(socket)
                server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (asked := await _next_asked(reader)) is not None:
                if asked.follow:
                    await self._follow(reader, writer)
                    return
                writer.write(await self._answer(asked) + b"\n")
                await writer.drain()
        except OSError:
            return  # a terminal that closed
        finally:
            writer.close()

    async def _follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Tell of changes until the terminal is gone: it says no more, so its next byte is the end.

        Nobody waits for the next change with the socket of a terminal that closed.
        """
        async with asyncio.TaskGroup() as tasks:
            telling = tasks.create_task(self._tell(writer))
            with contextlib.suppress(OSError):
                await reader.read(1)
            telling.cancel()

    async def _tell(self, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            async for change in self._node.changes():
                writer.write(msgspec.json.encode(change) + b"\n")
                await writer.drain()

    async def _answer(self, asked: Asked) -> bytes:
        try:
            request = msgspec.json.decode(asked.what, type=REQUESTS[asked.do])
        except (KeyError, msgspec.MsgspecError, RecursionError):
            return msgspec.json.encode(Answered(refused=Why.NODE_OTHER_VERSION))
        try:
            done = await self._carry_out(request, asked.initials)
            return msgspec.json.encode(Answered(done=msgspec.Raw(msgspec.json.encode(done))))
        except Refused as refused:
            return msgspec.json.encode(Answered(refused=refused.why, facts=refused.facts))
        except Exception as bug:  # noqa: BLE001 - one bad answer is not to stop the hall
            log.error("a bug in answering %s: %s", asked.do, _where(bug))  # noqa: TRY400
            return msgspec.json.encode(Answered(refused=Why.NODE_BUG))

    async def _carry_out(self, request: Request[Any], initials: str) -> object:
        if isinstance(request, Stop):
            self._stop()
            return Done()
        return await self._node.call(request, initials=initials)


async def _next_asked(reader: asyncio.StreamReader) -> Asked | None:
    """None at the end, and for a program that does not speak this: its connection ends."""
    try:
        line = await reader.readline()
    except ValueError:  # longer than a request may be
        return None
    try:
        return msgspec.json.decode(line, type=Asked) if line else None
    except (msgspec.MsgspecError, RecursionError):
        return None


def _where(bug: Exception) -> str:
    """Its kind and the lines of code. Its words stay out: they may quote what somebody typed."""
    return f"{type(bug).__name__}\n{''.join(traceback.format_tb(bug.__traceback__))}"


def bind(data: Path) -> sockets.socket:
    """The listening socket in the hall's folder; what a killed node left there makes way."""
    socket = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
    with _short_path(data) as path:
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            socket.bind(str(path))
        finally:
            os.umask(before)
    socket.listen()
    return socket


def unbind(data: Path) -> None:
    (data / SOCKET_NAME).unlink(missing_ok=True)


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
        with _short_path(data) as path:
            return await asyncio.open_unix_connection(path, limit=LINE_BYTES_MAX)
    except OSError as error:
        raise NodeGone("no node runs") from error


@contextlib.contextmanager
def _short_path(data: Path) -> Iterator[Path]:
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

"""The control socket as the running node serves it; `node.remote` is its other end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket as sockets
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from node.api import decay, finding, history, matches, paper, requests, sheets
from node.api.door import NodeApi
from node.api.requests import Request, Stop
from node.api.views import Done
from node.refusal import Refused, Why
from node.remote import SOCKET_NAME, Answered, Asked, short_path
from node.services.supervise import stop_taking

log = logging.getLogger(__name__)

REQUEST_BYTES_MAX: Final = 32 * 1024 * 1024
"""One request: a text of ten megabytes is refused in a sentence, not by a broken line."""
AT_ONCE: Final = 1_000
"""Of a list, written in one go: 10 ms on a small machine."""

REQUESTS: Final[dict[str, type[Request[Any]]]] = {
    kind.__name__: kind
    for module in (decay, finding, history, matches, paper, requests, sheets)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Request) and kind is not Request
}


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
            told = msgspec.Raw(await encoded(done))
            return msgspec.json.encode(Answered(done=told, now_ms=self._node.now_ms()))
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


async def encoded(answer: object) -> bytes:
    """As JSON; of a long list a part at a time, so that all else has its turn in between."""
    if not isinstance(answer, tuple):
        return msgspec.json.encode(answer)
    parts: list[bytes] = []
    for start in range(0, len(answer), AT_ONCE):
        parts.append(msgspec.json.encode(answer[start : start + AT_ONCE])[1:-1])
        await asyncio.sleep(0)
    return b"[" + b",".join(parts) + b"]"


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
    with short_path(data) as path:
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

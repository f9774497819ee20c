"""Who comes in the moment a server ends is turned out, and not left at an open socket."""

from __future__ import annotations

import asyncio
import socket as sockets
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from node.control import ControlServer, bind
from node.remote import short_path
from node.services import listener
from node.services.links import Links
from node.services.listener import ListenAddress, Listener, open_socket
from node.services.wire import LINK, PATH, fresh_static_key
from tests.node.two_halls import one_hall

pytestmark = pytest.mark.asyncio
Service = Callable[[sockets.socket], Coroutine[Any, Any, None]]

TURNS = range(8)
"""Turns of the loop between someone's coming and the server's end; an acceptance takes three."""
OPENING = "\r\n".join(
    [
        f"GET {PATH} HTTP/1.1",
        "Host: hall",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        f"Sec-WebSocket-Protocol: {LINK}",
        "\r\n",
    ]
).encode()


@pytest.mark.parametrize("turns", TURNS)
@pytest.mark.parametrize("said", [b"", OPENING], ids=["silent", "a link's opening"])
async def test_a_neighbour_that_comes_as_the_node_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes, turns: int
) -> None:
    monkeypatch.setattr(listener, "SHUTDOWN_S", 0.05)
    async with one_hall(tmp_path, "Northgate Hall") as hall:
        taking = Listener(hall.core, Links(hall.core, 0), fresh_static_key())
        socket = open_socket(ListenAddress("127.0.0.1", 0))
        with sockets.socket(sockets.AF_INET) as late:
            await _come_as_it_ends(taking.run, socket, late, socket.getsockname(), said, turns)


@pytest.mark.parametrize("turns", TURNS)
async def test_a_terminal_that_comes_as_the_node_ends(tmp_path: Path, turns: int) -> None:
    async with one_hall(tmp_path / "hall", "Northgate Hall") as hall:
        server = ControlServer(hall.node, stop=lambda: None)
        with sockets.socket(sockets.AF_UNIX) as late, short_path(tmp_path) as path:
            await _come_as_it_ends(server.run, bind(tmp_path), late, str(path), b'{"fol', turns)


async def _come_as_it_ends(
    run: Service, socket: sockets.socket, late: sockets.socket, at: Any, said: bytes, turns: int
) -> None:
    """Connect, say something, let `turns` turns go by, end the server; then there is an end."""
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(run(socket))
        await _until_serving(late.family, at)
        late.connect(at)  # the kernel takes it; the loop has not seen it yet
        late.sendall(said)
        late.setblocking(False)
        for _ in range(turns):
            await asyncio.sleep(0)
        serving.cancel()
    assert serving.cancelled()
    async with asyncio.timeout(5):
        await _end_of(late)


async def _until_serving(family: int, at: Any) -> None:
    with sockets.socket(family) as early:
        early.connect(at)
        early.sendall(b"?\n\n")  # no request of any kind
        early.setblocking(False)
        await _end_of(early)


async def _end_of(late: sockets.socket) -> None:
    try:
        while await asyncio.get_running_loop().sock_recv(late, 4_096):
            pass
    except ConnectionResetError:
        return

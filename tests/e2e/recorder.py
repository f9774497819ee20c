"""A stretch of wire between two halls that keeps every byte that passes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final

from protocol.invite import from_text, to_text
from tests.e2e.halls import Hall, until_linked

CHUNK_BYTES: Final = 65_536


class Recorder:
    """Listens on a port of its own and hands on to the hall at `target`, both ways."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._heard: list[bytes] = []
        self._sockets: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._take)]
        self.port: int = self._listening.getsockname()[1]

    @property
    def heard(self) -> bytes:
        """All that passed so far, in both directions."""
        return b"".join(self._heard)

    def begin(self) -> None:
        self._threads[0].start()

    def end(self) -> None:
        """First nobody new is taken, then those who are there are hung up on."""
        _hang_up(self._listening)
        self._threads[0].join()
        for each in self._sockets:
            _hang_up(each)
        for thread in self._threads:
            thread.join()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                self._sockets.append(near)
                self._reach_for(near)

    def _reach_for(self, near: socket.socket) -> None:
        """Hand on to the target; whoever calls while it is away is hung up on."""
        try:
            far = socket.create_connection(self._target)
        except OSError:
            near.close()
            return
        self._sockets.append(far)
        self._hand_on(near, far)
        self._hand_on(far, near)

    def _hand_on(self, source: socket.socket, target: socket.socket) -> None:
        thread = threading.Thread(target=self._pump, args=(source, target))
        self._threads.append(thread)
        thread.start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK_BYTES):
                self._heard.append(data)
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()


@contextmanager
def recording(host: str, port: int) -> Iterator[Recorder]:
    recorder = Recorder((host, port))
    recorder.begin()
    try:
        yield recorder
    finally:
        recorder.end()


def pair_over(wire: Recorder, inviter: Hall, joiner: Hall) -> None:
    """Pair them by the inviter's code, but with the recorder's port in it."""
    code = from_text(inviter.json("neighbour", "invite")["code"])
    joiner.json("neighbour", "join", to_text(replace(code, host="127.0.0.1", port=wire.port)))
    for hall, other in ((inviter, joiner), (joiner, inviter)):
        until_linked(hall, other)

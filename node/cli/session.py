"""What a command works with: the hall's folder, the person's initials, and the node's door."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from node.api.requests import Answer, Request
from node.cli.plain import go_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from node.api.door import NodeApi
    from node.api.views import HallMade


class House(Protocol):
    """What the command line asks of the rest of the node. All may raise Refused."""

    def open_node(self, data: Path) -> AbstractAsyncContextManager[NodeApi]:
        """The running node, else the stopped one in this process."""
        ...

    def make_hall(self, data: Path, name: str, place: str, area: str) -> HallMade: ...

    def start_node(self, data: Path) -> None:
        """Start a node as a process of its own unless one runs; returns when it answers."""
        ...

    def stop_node(self, data: Path, silent: Callable[[int], None]) -> bool:
        """End the node that runs, and wait for its end; whether one ran. `silent` is told the
        process number of one that does not answer, before it is ended by that."""
        ...

    def run_node(
        self, data: Path, listen: str | None, *, mdns: bool, ready: Callable[[str], None]
    ) -> None:
        """Run the node until SIGTERM; `ready` is told its address."""
        ...

    def open_board(self, data: Path, initials: str) -> None:
        """Replace this process by the terminal board."""
        ...


class RealHouse:
    """The house itself. Imports are late: a command waits only for what it uses."""

    def open_node(self, data: Path) -> AbstractAsyncContextManager[NodeApi]:
        from node.opening import open_node  # noqa: PLC0415

        return open_node(data)

    def make_hall(self, data: Path, name: str, place: str, area: str) -> HallMade:
        from node.hall import make_hall  # noqa: PLC0415

        return make_hall(data, name, place, area)

    def start_node(self, data: Path) -> None:
        from node.background import start  # noqa: PLC0415

        start(data)

    def stop_node(self, data: Path, silent: Callable[[int], None]) -> bool:
        from node.background import stop  # noqa: PLC0415

        return stop(data, silent)

    def run_node(
        self, data: Path, listen: str | None, *, mdns: bool, ready: Callable[[str], None]
    ) -> None:
        from node.app import run_node  # noqa: PLC0415

        asyncio.run(run_node(data, listen=listen, mdns=mdns, ready=ready))

    def open_board(self, data: Path, initials: str) -> None:
        from node.interpreter import become  # noqa: PLC0415

        become("tui", f"--data={data}", f"--as={initials}")


@dataclass(frozen=True, slots=True)
class Session:
    """One command's surroundings. `yes` answers questions before they are asked."""

    house: House
    data: Path
    initials: str
    yes: bool

    def ask(self, request: Request[Answer]) -> Answer:
        """The node's answer. Raises Refused, or NodeGone when it ends or falls silent meanwhile.

        Each request opens the door anew, so that nothing is held while a person thinks.
        """
        answers: list[tuple[Answer, int]] = []
        asyncio.run(self._ask(request, answers))
        ((answer, now_ms),) = answers
        go_by(now_ms)
        return answer

    async def _ask(self, request: Request[Answer], answers: list[tuple[Answer, int]]) -> None:
        """The answer and the hall's time into `answers`: what a coroutine returns to `asyncio.run`,
        that writes out in full to compare signal handlers (CPython 3.11), and a page is long."""
        async with self.house.open_node(self.data) as node:
            answer = await node.call(request, initials=self.initials)
            answers.append((answer, node.now_ms()))

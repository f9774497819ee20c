"""The desk: the one connection to the node, what was last seen of it, and who sits here.

Screens ask the node through `Desk.ask`. The connection comes and goes by itself: a node that ends
costs a line at the bottom, never what is being typed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from node.api.door import NodeApi, NodeGone
from node.api.requests import (
    Answer,
    ListNeighbours,
    ListOverflows,
    Request,
    Status,
)
from node.api.views import HallMade, NeighbourView, OverflowView, StatusView
from tui.clock import Clock

RETRY_S: Final = 0.5
"""Between two tries to reach a node that went away: soon enough that nobody looks for a key."""


@dataclass(frozen=True, slots=True)
class Door:
    """How the board gets at its hall. `exists`, `make` and `start` may block and raise Refused.

    `make` takes the hall's name, its place and its area. `save_bug` keeps a bug in a file.
    """

    exists: Callable[[], bool]
    make: Callable[[str, str, str], HallMade]
    start: Callable[[], None]
    connect: Callable[[], AbstractAsyncContextManager[NodeApi]]
    save_bug: Callable[[BaseException], Path | None]


@dataclass(frozen=True, slots=True)
class Seen:
    """What every screen draws from, as of one moment."""

    status: StatusView
    overflows: tuple[OverflowView, ...]
    neighbours: tuple[NeighbourView, ...]


class Desk:
    def __init__(self, door: Door, clock: Clock, initials: str = "") -> None:
        self.door = door
        self.clock = clock
        self._machine_clock = clock
        self.initials = initials
        self.seen: Seen | None = None
        self.stale = asyncio.Event()
        self._node: NodeApi | None = None

    @property
    def initials(self) -> str:
        """Of who sits here: in capitals, as the node keeps them."""
        return self._initials

    @initials.setter
    def initials(self, typed: str) -> None:
        self._initials = typed.strip().upper()

    @property
    def connected(self) -> bool:
        return self._node is not None

    def look_again(self) -> None:
        """Something that is shown may be different now."""
        self.stale.set()

    async def ask(self, request: Request[Answer]) -> Answer:
        """Raises Refused with the node's reason, NodeGone when there is no node."""
        if self._node is None:
            raise NodeGone("there is no connection to the node")
        return await self._node.call(request, initials=self.initials)

    async def look(self) -> Seen:
        """Ask for what every screen draws from."""
        self.seen = Seen(
            status=await self.ask(Status()),
            overflows=await self.ask(ListOverflows()),
            neighbours=await self.ask(ListNeighbours()),
        )
        self.clock = self._machine_clock.set_by(self.seen.status.now_ms)
        return self.seen

    async def follow(self) -> None:
        """Keep the connection until cancelled; each change, each loss and each return is a look."""
        while True:
            try:
                async with self.door.connect() as node:
                    self._node = node
                    async for _change in node.changes():
                        self.look_again()
            except OSError:
                # NodeGone is one: the node ended or is not there yet. The line at the bottom
                # says so; the next try is the remedy.
                pass
            finally:
                self._node = None
            self.look_again()
            await asyncio.sleep(RETRY_S)

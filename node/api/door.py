"""How a front end gets to a node, and what it holds then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from node.api.requests import Answer, Request
from node.api.views import Changed, HallMade


class NodeGone(ConnectionError):
    """The node ended, or its connection broke; what was asked may or may not have been done."""


class NodeApi(Protocol):
    """A node, near or far. `initials` are those of the person at the keyboard."""

    async def call(self, request: Request[Answer], *, initials: str = "") -> Answer: ...

    def changes(self) -> AsyncIterator[Changed]:
        """Once at the start, then after each change. Raises NodeGone when the node ends."""
        ...


def hall_exists(data: Path) -> bool:
    """Whether `data` holds a hall; raises Refused when it holds something else."""
    from node.hall import hall_exists as exists  # noqa: PLC0415 - the board opens faster without

    return exists(data)


def make_hall(data: Path, name: str, place: str = "", area: str = "") -> HallMade:
    """Make the group in `data`: keys, database, recovery words.

    `place` is where things are brought, and is sealed; `area` is what every neighbour may read.
    """
    from node.hall import make_hall as make  # noqa: PLC0415

    return make(data, name, place, area)


def start_node(data: Path) -> None:
    """Start a node as a process of its own unless one runs; returns when it answers."""
    from node.background import start  # noqa: PLC0415

    start(data)


def connect(data: Path) -> AbstractAsyncContextManager[NodeApi]:
    """A running node. Raises NodeGone when none runs."""
    from node.control import RemoteNode  # noqa: PLC0415

    return RemoteNode.connect(data)

"""What a front end holds of a node, near or far."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final, Protocol

from node.api.requests import Answer, Request
from node.api.views import Changed


class NodeGone(ConnectionError):
    """The node ended, or its connection broke; what was asked may or may not have been done."""


UNSEEN: Final = 0
"""In the place of the number of a process that cannot be seen from here."""


class NodeSilent(NodeGone):
    """The node is there and answers nothing at all; what was asked may be done when it goes on.

    `pid` is its process number, or UNSEEN.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(f"the node, process {pid}, does not answer")
        self.pid = pid


class NodeApi(Protocol):
    """A node, near or far. `initials` are those of the person at the keyboard."""

    async def call(self, request: Request[Answer], *, initials: str = "") -> Answer: ...

    def now_ms(self) -> int:
        """The hall's time as the last answer told it, Unix milliseconds: times are put into words
        by it, and this machine's clock may show another day."""
        ...

    def changes(self) -> AsyncIterator[Changed]:
        """Once at the start, then after each change. Raises NodeGone when the node ends."""
        ...

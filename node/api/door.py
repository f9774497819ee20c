"""What a front end holds of a node, near or far."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from node.api.requests import Answer, Request
from node.api.views import Changed


class NodeGone(ConnectionError):
    """The node ended, or its connection broke; what was asked may or may not have been done."""


class NodeApi(Protocol):
    """A node, near or far. `initials` are those of the person at the keyboard."""

    async def call(self, request: Request[Answer], *, initials: str = "") -> Answer: ...

    def changes(self) -> AsyncIterator[Changed]:
        """Once at the start, then after each change. Raises NodeGone when the node ends."""
        ...

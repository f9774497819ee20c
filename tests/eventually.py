"""Waiting for what another task does: look again, with an end, never sleep and hope."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LOOK_AGAIN_S = 0.01


async def eventually(condition: Callable[[], object], within_s: float = 5) -> None:
    """Return as soon as `condition` holds. Raises AssertionError when it does not in time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while not condition():
        assert loop.time() < deadline, f"not within {within_s} s"
        await asyncio.sleep(LOOK_AGAIN_S)

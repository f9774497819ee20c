"""From a command at one hall to the record at the next: two linked nodes, both on disk with FULL.

The asking program speaks to both nodes over their control sockets, as a screen does; its own share
of the machine is in the figures.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter
from typing import Final

from node.api.requests import ResizeOverflow, ShowOverflow
from node.api.views import Changed, OverflowView
from node.remote import RemoteNode
from tests.e2e.halls import ARRIVES_S, Hall

ROUNDS: Final = 200
WARM_UP: Final = 20
"""Rounds before those that count: the first ones import and fill caches."""


@dataclass(slots=True)
class Times:
    """Seconds from the command, one of each a round.

    `saved`: to its answer, which comes after the commit at our own hall.
    `there`: to the neighbour's notice of the change, which its node gives after its own commit, and
    after which everyone who asks it is shown the new quantity.
    `read`: to the neighbour's answer with the new quantity, asked for upon the notice.
    """

    saved: list[float] = field(default_factory=list)
    there: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)


def measure_crossing(north: Hall, east: Hall, overflow_id: str) -> Times:
    """From a command at north until it stands at east. Both are linked, the overflow is north's."""
    return asyncio.run(_measure(north, east, overflow_id, _asks_for))


def measure_receipt(north: Hall, overflow_id: str) -> Times:
    """From a command at north until north knows that a neighbour has it on its disk."""
    return asyncio.run(_measure(north, north, overflow_id, _is_held))


async def _measure(
    hall: Hall, watched: Hall, overflow_id: str, fitting: Callable[[float], Callable[..., bool]]
) -> Times:
    times = Times()
    async with (
        RemoteNode.connect(hall.folder) as node,
        RemoteNode.connect(watched.folder) as window,
    ):
        changes = window.changes()
        first = (await node.call(ShowOverflow(overflow_id))).qty
        for number, qty in zip(range(WARM_UP + ROUNDS), count(first + 1), strict=False):
            began = perf_counter()
            async with asyncio.timeout(ARRIVES_S), asyncio.TaskGroup() as tasks:
                seen = tasks.create_task(_when(window, changes, overflow_id, fitting(qty)))
                await node.call(ResizeOverflow(overflow_id, f"{qty:g}"))
                saved = perf_counter()
            if number >= WARM_UP:
                there, read = seen.result()
                times.saved.append(saved - began)
                times.there.append(there - began)
                times.read.append(read - began)
    return times


async def _when(
    node: RemoteNode,
    changes: AsyncIterator[Changed],
    overflow_id: str,
    fits: Callable[[OverflowView], bool],
) -> tuple[float, float]:
    """When `node` told of the change after which the overflow fits, and when it answered so."""
    async for _ in changes:
        told = perf_counter()
        if fits(await node.call(ShowOverflow(overflow_id))):
            return told, perf_counter()
    raise ConnectionError("the node ended")


def _asks_for(qty: float) -> Callable[[OverflowView], bool]:
    return lambda overflow: overflow.qty == qty


def _is_held(qty: float) -> Callable[[OverflowView], bool]:
    return lambda overflow: overflow.qty == qty and overflow.held_by > 0

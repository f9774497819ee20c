"""The clocks of a machine: what its wall shows, since when it runs, whether it is kept right."""

from __future__ import annotations

from random import Random
from typing import Final

from node.clock import HallClock
from protocol.clock import Reading
from protocol.ids import UnixMs
from protocol.limits import DAY_MS
from tests.sim.events import Heap

YEAR_MS: Final = 365 * DAY_MS
SKEW_MS: Final = 2_000
"""Milliseconds by which clocks that are kept right may still differ from true time."""


class Board:
    """A computer's clocks. While it is not synchronised, its wall may show anything."""

    def __init__(self, heap: Heap, rng: Random) -> None:
        self._heap = heap
        self._started_ms = heap.now_ms
        self._off_by_ms = self._skew_ms = rng.randint(-SKEW_MS, SKEW_MS)
        self.is_synchronised = True

    def read(self) -> Reading:
        now_ms = self._heap.now_ms
        wall_ms = UnixMs(max(0, now_ms + self._off_by_ms))
        return Reading(wall_ms, now_ms - self._started_ms, self.is_synchronised)

    def switch_on(self) -> None:
        """A new run; what the wall shows is whatever it was set to."""
        self._started_ms = self._heap.now_ms

    def set_wall(self, wall_ms: int) -> None:
        """Nobody keeps it right from now on, and it shows this."""
        self.is_synchronised = False
        self._off_by_ms = wall_ms - self._heap.now_ms

    def synchronise(self) -> None:
        self.is_synchronised = True
        self._off_by_ms = self._skew_ms

    def unsynchronise(self) -> None:
        """The network is gone: the wall goes on from where it is."""
        self.is_synchronised = False


def hall_clock(floor_ms: UnixMs, board: Board) -> HallClock:
    """The clock of one run of a node; `floor_ms`: the latest time on its disk."""
    return HallClock(floor_ms, board)

"""One heap of what is to happen, in virtual time; every draw of chance comes from the seed."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from hashlib import sha256
from itertools import count
from random import Random
from typing import Final

from protocol.ids import UnixMs

START_MS: Final = UnixMs(1_800_000_000_000)
"""Unix milliseconds at which every town begins: after `node.clock` was written."""

Deed = Callable[[], None]


def chance(seed: int, component: str) -> Random:
    """A generator for one component, so that a draw of one does not shift those of the others.

    Seeded with a text, `Random` takes its SHA-512: the same in every process.
    """
    return Random(f"hallway {seed} {component}")


class Trace:
    """What happened, as one hash; the lines themselves only when somebody wants to read them."""

    def __init__(self, write: Callable[[str], None] | None = None) -> None:
        self._hash = sha256()
        self._write = write

    @property
    def is_read(self) -> bool:
        return self._write is not None

    def note(self, line: str) -> None:
        """One line of what happened."""
        self._hash.update(line.encode())
        self.explain(line)

    def mix(self, data: bytes) -> None:
        """Bytes that nobody reads and that are to be the same in every replay."""
        self._hash.update(data)

    def explain(self, line: str) -> None:
        """A line for a reader alone."""
        if self._write is not None:
            self._write(line + "\n")

    def digest(self) -> str:
        return self._hash.hexdigest()


class Heap:
    """Events by (virtual time, tie-break from the seed). `now_ms` is the town's true time."""

    def __init__(self, seed: int, trace: Trace) -> None:
        self.now_ms = START_MS
        self.trace = trace
        self.done = 0
        self._ties = chance(seed, "ties")
        self._numbers = count()
        self._heap: list[tuple[int, float, int, str, Deed]] = []

    def at(self, when_ms: int, what: str, deed: Deed) -> None:
        """Have `deed` done then. Two deeds of one moment come in an order that the seed draws."""
        when_ms = max(when_ms, self.now_ms)
        entry = (when_ms, self._ties.random(), next(self._numbers), what, deed)
        heapq.heappush(self._heap, entry)

    def after(self, wait_ms: int, what: str, deed: Deed) -> None:
        self.at(self.now_ms + wait_ms, what, deed)

    def run_until(self, end_ms: int) -> None:
        """Do everything up to then; time is `end_ms` afterwards."""
        while self._heap and self._heap[0][0] <= end_ms:
            when_ms, _, _, what, deed = heapq.heappop(self._heap)
            self.now_ms = UnixMs(when_ms)
            self.done += 1
            self.trace.note(f"{when_ms - START_MS:>12} {what}")
            deed()
        self.now_ms = UnixMs(end_ms)

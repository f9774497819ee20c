"""The time at the desk, as an argument: a picture of the board must not change by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

LATEST_MS: Final = 253_402_214_400_000
"""9999-12-31 in UTC, a day before the calendar ends: other halls may send any time they like."""


@dataclass(frozen=True, slots=True)
class Clock:
    """`now_ms` reads Unix milliseconds; `zone` None stands for the machine's own time zone."""

    now_ms: Callable[[], int]
    zone: tzinfo | None = None

    def local(self, at_ms: int) -> datetime:
        """`at_ms` (Unix milliseconds) as the clock on the wall shows it."""
        shown_ms = min(max(at_ms, 0), LATEST_MS)
        return datetime.fromtimestamp(shown_ms / 1000, tz=UTC).astimezone(self.zone)

    def set_by(self, node_ms: int) -> Clock:
        """This clock set by what a node's shows now: a small machine's own may be years off."""
        ahead_ms, now_ms = node_ms - self.now_ms(), self.now_ms
        return Clock(lambda: now_ms() + ahead_ms, self.zone)


def machine_clock() -> Clock:
    """The clock of this machine, in its own time zone."""
    return Clock(now_ms=lambda: time.time_ns() // 1_000_000)

"""The time at a hall, also at one whose machine has no clock of its own, and the machine's zone.

A Raspberry Pi that was switched off does not know for how long. Until its kernel says that the
time is synchronised, nobody vouches for its wall clock: the time is then reckoned from what the
hall has put on disk, by a clock that only ever goes on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from protocol.ids import UnixMs
from protocol.limits import DAY_MS

LOCALTIME: Final = Path("/etc/localtime")
WRITTEN_MS: Final = UnixMs(1_793_491_200_000)
"""2026-11-01 00:00 in UTC, the month in which this was written: no earlier time can be right."""
NS_IN_MS: Final = 1_000_000
RECKONED_MS: Final = 7 * DAY_MS
"""Milliseconds for which a time is trusted that was reckoned from one that was vouched for. A
machine's own clock is some seconds a day off: within a minute in a week."""
TIMEX_BYTES: Final = 512
"""More than `struct timex` takes anywhere: 208 bytes on 64 bits (adjtimex(2))."""
TIME_ERROR: Final = 5
"""What adjtimex(2) says while STA_UNSYNC or STA_CLOCKERR is set; -1 is a failure, 0 to 4 are
synchronised."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a machine's clocks show at one moment.

    `boot_ms`: milliseconds since it was started, asleep or awake; nobody can set this one.
    `is_synchronised`: whether its kernel says that the wall clock follows a better one.
    """

    wall_ms: UnixMs
    boot_ms: int
    is_synchronised: bool

    @property
    def is_vouched_for(self) -> bool:
        """Whether the wall clock is to be believed."""
        return self.is_synchronised and self.wall_ms >= WRITTEN_MS


class Machine(Protocol):
    def read(self) -> Reading: ...


class Clock(Protocol):
    """Called, it gives the time."""

    @property
    def is_trusted(self) -> bool:
        """Whether somebody vouches for that time."""
        ...

    def __call__(self) -> UnixMs: ...


class HallClock:
    """The wall clock's time while it is vouched for; in between, reckoned from where it was.

    `floor_ms` is the latest time that this hall has put on disk: as long as nobody has vouched for
    the wall clock, it is no earlier than that. What was reckoned from a time that was vouched for
    is trusted for `RECKONED_MS`: the kernel stops saying so some hours after the internet is gone.
    """

    def __init__(self, floor_ms: UnixMs, machine: Machine) -> None:
        self._machine = machine
        first = machine.read()
        self._vouched_at_boot_ms: int | None = None
        self._started_ms = max(floor_ms, first.wall_ms) - first.boot_ms
        """When the machine was started, as far as we know: time goes on by its boot-time clock."""

    @property
    def is_trusted(self) -> bool:
        reading = self._look()
        since_ms = self._vouched_at_boot_ms
        return since_ms is not None and reading.boot_ms - since_ms <= RECKONED_MS

    def __call__(self) -> UnixMs:
        reading = self._look()
        return UnixMs(self._started_ms + reading.boot_ms)

    def _look(self) -> Reading:
        """Read the machine; while its wall clock is vouched for, that is where time is."""
        reading = self._machine.read()
        if reading.is_vouched_for:
            self._started_ms = reading.wall_ms - reading.boot_ms
            self._vouched_at_boot_ms = reading.boot_ms
        return reading


class ThisMachine:
    """The machine that we run on."""

    def __init__(self) -> None:
        self._state_of_clock = _find_adjtimex()

    def read(self) -> Reading:
        """The kernel is asked before and after: the clock may be set in between.

        Who sets it by hand ends the synchronisation; who synchronises it sets it first.
        """
        before = self._is_synchronised()
        wall_ms, boot_ms = system_clock(), boot_clock_ms()
        return Reading(wall_ms, boot_ms, before and self._is_synchronised())

    def _is_synchronised(self) -> bool:
        return 0 <= self._state_of_clock() < TIME_ERROR


def _find_adjtimex() -> Callable[[], int]:
    """adjtimex(2), given zeros: it tells and changes nothing, which is allowed to everybody.

    A system without it, or that forbids it, answers as one whose clock nobody keeps.
    """
    import ctypes  # noqa: PLC0415 - a command that only asks a running node needs none

    try:
        adjtimex = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return lambda: TIME_ERROR
    return lambda: adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))


def system_clock() -> UnixMs:
    """What the wall clock shows, right or wrong."""
    return UnixMs(time.time_ns() // NS_IN_MS)


def boot_clock_ms() -> int:
    """Milliseconds since the machine was started; outside Linux without those that it slept."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // NS_IN_MS
    return time.monotonic_ns() // NS_IN_MS


def local_zone() -> tzinfo:
    """The zone of this machine with its summer times; UTC where none is set."""
    name = os.environ.get("TZ", "").lstrip(":")
    try:
        if name:
            return ZoneInfo(name)
        with LOCALTIME.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return UTC

"""This machine's clocks and its zone, and the hall's time by them.

A Raspberry Pi that was switched off does not know for how long. What time it is then, and who
vouches for it, is decided in `protocol.clock`; here is what it is decided from.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from protocol.clock import Reading, Timekeeper, TimeNow, Word
from protocol.ids import GroupId, UnixMs

LOCALTIME: Final = Path("/etc/localtime")
BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
"""Another one each time that the machine is started (random(4))."""
NS_IN_MS: Final = 1_000_000
TIMEX_BYTES: Final = 512
"""More than `struct timex` takes anywhere: 208 bytes on 64 bits (adjtimex(2))."""
TIME_ERROR: Final = 5
"""What adjtimex(2) says while STA_UNSYNC or STA_CLOCKERR is set; -1 is a failure, 0 to 4 are
synchronised."""


class Machine(Protocol):
    def read(self) -> Reading: ...


class Clock(Protocol):
    """Called, it gives the time."""

    @property
    def is_trusted(self) -> bool:
        """Whether somebody vouches for that time."""
        ...

    def __call__(self) -> UnixMs: ...

    def read(self) -> Reading:
        """What the machine shows now."""
        ...

    def standing(self) -> TimeNow:
        """The time, by whom it is vouched for, and what neighbours say beside it."""
        ...

    def tell(self, word: Word) -> None:
        """A person here says, or has said since the machine was started, what time it is."""
        ...

    def pair(self, neighbours: Collection[GroupId]) -> None:
        """Whom we are paired with from now on: only their times count."""
        ...

    def hear(self, group: GroupId, time_ms: UnixMs) -> None:
        """A neighbour whose own clock is trusted says that it is `time_ms` now."""
        ...


class HallClock:
    """Shows the machine's clocks to the keeper of the time, before each question to it.

    `floor_ms` is the latest time that this hall has put on disk; `word` is what a person has said
    since the machine was started, in an earlier run of the node.
    """

    def __init__(self, floor_ms: UnixMs, machine: Machine, word: Word | None = None) -> None:
        self._machine = machine
        self._keeper = Timekeeper(floor_ms, machine.read())
        if word is not None:
            self._keeper.tell(word)

    @property
    def is_trusted(self) -> bool:
        return self.standing().is_trusted

    def __call__(self) -> UnixMs:
        return self.standing().now_ms

    def read(self) -> Reading:
        reading = self._machine.read()
        self._keeper.see(reading)
        return reading

    def standing(self) -> TimeNow:
        self.read()
        return self._keeper.standing()

    def tell(self, word: Word) -> None:
        self.read()
        self._keeper.tell(word)

    def pair(self, neighbours: Collection[GroupId]) -> None:
        self.read()
        self._keeper.pair(neighbours)

    def hear(self, group: GroupId, time_ms: UnixMs) -> None:
        self._keeper.hear(group, time_ms, self.read().boot_ms)


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


def boot_id() -> str:
    """By what to know that the boot-time clock has gone on; empty where no system says so."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


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

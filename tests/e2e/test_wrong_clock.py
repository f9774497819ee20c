"""Halls that come back after 400 days, on machines without a clock: the desk notices nothing.

The clock that a hall's processes see is set with libfaketime; time goes on at its usual pace, and
what counts the time since the machine was started is left as it is.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

from node.api.views import OverflowView
from node.desk.when import rfc3339_utc
from node.store.folder import FILE_NAME
from protocol.ids import as_text
from protocol.record import parse
from tests.e2e.halls import HOME, Hall, pair, until_linked
from tests.e2e.job import DETAILS, act, play, until_pledge, until_shown

pytestmark = pytest.mark.e2e

WORKS_AGAIN_S: Final = 60.0
"""Seconds from the start of both nodes until a need has been passed on and promised."""

VERSIONS_MAX: Final = 10
"""Of one object: a few steps of an evening, and a renewal for each time that a node was started."""

DAY_MS: Final = 24 * 3_600_000
OFF_MS: Final = 400 * DAY_MS
"""Longer than anything that halls say of themselves lasts without being said again: 30 days."""

LIBRARY: Final = next(
    (
        path
        for pattern in ("lib/*/faketime", "lib*/faketime", "local/lib/faketime")
        for path in sorted(Path("/usr").glob(f"{pattern}/libfaketime.so.1"))
    ),
    None,
)
needs_faketime = pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed")

NO_CLOCK: Final = "@1970-01-02 00:00:17"
"""What a Pi shows shortly after it was switched on; each process begins there."""

VOUCHED_FOR: Final = """
import ctypes

class Kernel(ctypes.CDLL):
    def adjtimex(self, buffer):
        return 0

ctypes.CDLL = Kernel
"""
"""Comes before everything else in a process: its kernel says that the time is synchronised. What
the kernel of the machine that tests run on says is not ours to change."""

IS_VOUCHED_FOR: Final = """
from node.clock import ThisMachine
raise SystemExit(not ThisMachine().read().is_synchronised)
"""


def clock(shows: str) -> dict[str, str]:
    """`shows` is libfaketime's: `+10d` from now, or `@` and the time when a process starts.

    Files keep their times, or Python would compile again what seems to have changed.
    """
    return {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME": shows,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def vouched_for(folder: Path) -> dict[str, str]:
    """Settings of a machine that time synchronisation reaches."""
    beside = folder / "vouched_for"
    beside.mkdir()
    (beside / "sitecustomize.py").write_text(VOUCHED_FOR, encoding="utf-8")
    settings = {"PYTHONPATH": f"{beside}:{HOME}"}
    # The node may ask its kernel in another way one day: no test is to go on unnoticed without.
    subprocess.run([sys.executable, "-c", IS_VOUCHED_FOR], env=os.environ | settings, check=True)
    return settings


@contextmanager
def two_halls(folder: Path, settings: Mapping[str, str]) -> Iterator[tuple[Hall, Hall]]:
    """Northgate and Eastside, paired one evening and off ever since."""
    north = Hall("Northgate Hall", folder / "northgate", settings=settings)
    east = Hall("Eastside Centre", folder / "eastside", settings=settings)
    try:
        for hall in (north, east):
            hall.init()
            hall.start()
        pair(north, east)
        for hall in (north, east):
            hall.stop()
        yield north, east
        for hall in (north, east):
            hall.stop()
            assert newest_version(hall) <= VERSIONS_MAX, "something is signed over and over"
    finally:
        for hall in (north, east):
            hall.end()


def newest_version(hall: Hall) -> int:
    """The highest version of any object that a stopped hall holds."""
    with closing(sqlite3.connect(hall.folder / FILE_NAME)) as conn:
        rows = conn.execute("SELECT body, signature FROM record").fetchall()
    return max(parse(body, signature).header.version for body, signature in rows)


def come_back(hall: Hall, settings: Mapping[str, str]) -> None:
    hall.settings = settings
    hall.start()


def promise(asks: Hall, gives: Hall) -> OverflowView:
    """Linked, and a need passed on, pledged and accepted, as two desks do it: how `gives` has it.

    Each command must succeed with nobody at the keyboard: nobody is asked for a code or for words.
    """
    ends_s = time.monotonic() + WORKS_AGAIN_S
    until_linked(asks, gives, WORKS_AGAIN_S)
    until_linked(gives, asks, WORKS_AGAIN_S)
    for step in play(asks, gives, act):
        if step.did == "pass":
            asked = step.said["id"]
        if step.did == "accept":
            break
    until_pledge(gives, asked, "accepted", details=DETAILS)
    assert time.monotonic() < ends_s, f"a promise took longer than {WORKS_AGAIN_S} s"
    return until_shown(gives, asked, lambda overflow: overflow.state == "open")


@needs_faketime
def test_a_hall_that_is_told_the_time_before_its_node_starts_goes_by_it(tmp_path: Path) -> None:
    """And a running one at once: then what it signs is of that time, and sure."""
    right_ms = now_ms() + OFF_MS
    told = rfc3339_utc(right_ms)
    with two_halls(tmp_path, vouched_for(tmp_path)) as (north, east):
        for hall in (north, east):
            hall.settings = clock(NO_CLOCK)
        assert north.json("clock")["by"] == "nobody"
        assert north.json("clock", told)["by"] == "operator"
        north.start()
        east.start()
        assert east.json("clock", told)["by"] == "operator"
        seen = promise(north, east)
        for hall in (north, east):
            standing = hall.json("clock")
            assert (standing["trusted"], standing["by"]) == (True, "operator")
            assert not is_unsure_of(hall, seen.id)
    assert 0 <= seen.changed_ms - right_ms < DAY_MS


def is_unsure_of(hall: Hall, overflow: str) -> bool:
    """Whether a hall holds this overflow as signed by a clock that nobody vouched for."""
    with closing(sqlite3.connect(hall.folder / FILE_NAME)) as conn:
        rows = conn.execute("SELECT body, signature FROM record").fetchall()
    headers = [parse(body, signature).header for body, signature in rows]
    (header,) = [each for each in headers if as_text(each.object) == overflow]
    return header.clock_unsure


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@needs_faketime
def test_after_400_days_without_a_clock_a_need_is_promised_within_a_minute(tmp_path: Path) -> None:
    before_ms = now_ms()
    with two_halls(tmp_path, vouched_for(tmp_path)) as (north, east):
        come_back(north, clock(NO_CLOCK))
        come_back(east, clock(NO_CLOCK))
        seen = promise(north, east)
    assert before_ms < seen.changed_ms < now_ms(), "time went back, or days were made up"


@needs_faketime
@pytest.mark.parametrize("asks_is_ahead", [True, False], ids=["asks", "gives"])
def test_a_hall_that_ran_ten_days_longer_agrees_with_its_neighbour(
    tmp_path: Path, *, asks_is_ahead: bool
) -> None:
    settings = vouched_for(tmp_path)
    with two_halls(tmp_path, settings) as (north, east):
        longer = north if asks_is_ahead else east
        come_back(longer, settings | clock("+10d"))
        longer.json("need", "add", "FOD", "bread for the morning", "--qty", "10")
        longer.stop()
        come_back(north, clock(NO_CLOCK))
        come_back(east, clock(NO_CLOCK))
        seen = promise(north, east)
    ahead_ms = 10 * DAY_MS if asks_is_ahead else 0
    assert abs(seen.changed_ms - ahead_ms - now_ms()) < DAY_MS


@needs_faketime
@pytest.mark.parametrize("synchronised", [True, False], ids=["synchronised", "set by hand"])
def test_after_400_days_by_the_calendar_nothing_has_to_be_paired_again(
    tmp_path: Path, *, synchronised: bool
) -> None:
    settings = vouched_for(tmp_path) if synchronised else {}
    with two_halls(tmp_path, settings) as (north, east):
        come_back(north, settings | clock("+400d"))
        come_back(east, settings | clock("+400d"))
        seen = promise(north, east)
    assert abs(seen.changed_ms - OFF_MS - now_ms()) < DAY_MS


@needs_faketime
def test_a_right_clock_and_one_400_days_behind_agree_on_what_is_open(tmp_path: Path) -> None:
    """One hall has got the internet back, and the other has not."""
    settings = vouched_for(tmp_path)
    with two_halls(tmp_path, settings) as (north, east):
        come_back(north, settings | clock("+400d"))
        come_back(east, clock(NO_CLOCK))
        promise(north, east)
        promise(east, north)

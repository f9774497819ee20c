"""Halls that come back where nobody vouches for the clock, lose power again, and are then told the
right time: what was passed on meanwhile lives its time, on both disks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from node.refusal import Refused
from node.services.upkeep import look_once
from protocol.limits import DAY_MS, HOUR_MS, LIFETIME_MS_MAX, PURGE_STEP_MS
from tests.node.two_halls import (
    EVENING,
    OneHall,
    Pipe,
    SetClock,
    all_of_one_mind,
    of_one_mind,
    opened,
    two_halls,
)

pytestmark = pytest.mark.asyncio

OFF_MS = 400 * DAY_MS
"""Longer than anything that halls say of themselves lasts."""
AHEAD_MS = -10 * DAY_MS
"""How far a clock jumps that was ten days ahead, set by hand, say."""
CUTS = 3
"""How often the power goes and comes again: not at all, once, twice."""


def guessing(ms: int) -> SetClock:
    """A clock that nobody vouches for; a node goes on from the latest time that is on its disk."""
    clock = SetClock()
    clock.put(ms)
    clock.is_trusted = False
    return clock


def vouched_for(ms: int) -> SetClock:
    clock = SetClock()
    clock.put(ms)
    return clock


@asynccontextmanager
async def both(folder: Path, *clocks: SetClock) -> AsyncIterator[tuple[OneHall, OneHall]]:
    """Both halls are started, upkeep has looked at them, and they find each other."""
    async with AsyncExitStack() as stack:
        north, east = [
            await stack.enter_async_context(opened(folder / name, clock))
            for name, clock in zip(("north", "east"), clocks, strict=True)
        ]
        for hall in (north, east):
            await look_once(hall.core)
        pipe = Pipe(north, east)
        await of_one_mind(north, east)
        yield north, east
        pipe.cut()
        for hall in (north, east):
            await hall.core.driver.kept()


async def pass_time(to_ms: int, *halls: OneHall) -> None:
    for hall in halls:
        hall.clock.put(to_ms)
        hall.core.driver.tick()
        await look_once(hall.core)


async def synchronise(to_ms: int, *halls: OneHall) -> None:
    """From now on somebody vouches for the clock."""
    for hall in halls:
        hall.clock.is_trusted = True
    await pass_time(to_ms, *halls)


async def passed_on(north: OneHall, east: OneHall) -> str:
    """The id of an overflow of Northgate's, which Eastside has."""
    overflow = await north.pass_on(await north.need())
    await of_one_mind(north, east)
    return overflow.id


async def is_open(overflow: str, *halls: OneHall) -> bool:
    """Whether every desk sees it as it was passed on. Refused: not held any more."""
    await all_of_one_mind(list(halls))
    try:
        return all([(await hall.overflow(overflow)).state == "open" for hall in halls])
    except Refused:
        return False


async def paired(folder: Path) -> None:
    """Two neighbours that were of one mind, and are off ever since."""
    async with two_halls(folder):
        pass


@pytest.mark.parametrize("jump_ms", [OFF_MS, AHEAD_MS])
@pytest.mark.parametrize("cuts", range(CUTS))
async def test_what_an_unsure_clock_s_hall_passed_on_is_open_when_it_is_told_the_time(
    tmp_path: Path, cuts: int, jump_ms: int
) -> None:
    """The power goes so often before somebody vouches for the clock, at both halls."""
    await paired(tmp_path)
    now_ms, asked = EVENING + HOUR_MS, ""
    for run in range(cuts + 1):
        async with both(tmp_path, guessing(now_ms), guessing(now_ms)) as (north, east):
            if not asked:
                asked = await passed_on(north, east)
            assert await is_open(asked, north, east)
            now_ms += HOUR_MS
            await pass_time(now_ms, north, east)
            if run == cuts:
                await synchronise(now_ms + jump_ms, north, east)
                assert await is_open(asked, north, east)
                assert (await north.overflow(asked)).held_by == 1


@pytest.mark.parametrize("jump_ms", [OFF_MS, AHEAD_MS])
async def test_it_is_open_where_the_neighbour_knew_the_time_all_along(
    tmp_path: Path, jump_ms: int
) -> None:
    await paired(tmp_path)
    behind_ms = EVENING + HOUR_MS
    right_ms = behind_ms + jump_ms
    async with both(tmp_path, guessing(behind_ms), vouched_for(right_ms)) as (north, east):
        asked = await passed_on(north, east)
    async with both(tmp_path, guessing(behind_ms), vouched_for(right_ms)) as (north, east):
        await synchronise(right_ms + HOUR_MS, north)
        await pass_time(right_ms + HOUR_MS, north, east)
        assert await is_open(asked, north, east)


@pytest.mark.parametrize("jump_ms", [OFF_MS, AHEAD_MS])
async def test_told_the_time_it_is_over_when_its_time_has_passed(
    tmp_path: Path, jump_ms: int
) -> None:
    """What was heard by a wrong clock does not live for ever."""
    await paired(tmp_path)
    now_ms = EVENING + HOUR_MS
    async with both(tmp_path, guessing(now_ms), guessing(now_ms)) as (north, east):
        asked = await passed_on(north, east)
    async with both(tmp_path, guessing(now_ms), guessing(now_ms)) as (north, east):
        await synchronise(now_ms + jump_ms, north, east)
        over_ms = now_ms + jump_ms + LIFETIME_MS_MAX + PURGE_STEP_MS
        await pass_time(over_ms, north, east)
        assert not await is_open(asked, north)
        assert not await is_open(asked, east)


async def test_told_the_time_before_anything_else_a_new_run_lets_go_of_nothing(
    tmp_path: Path,
) -> None:
    """The clock was set while the hall was off: its first look is at the right time already."""
    await paired(tmp_path)
    now_ms = EVENING + HOUR_MS
    async with both(tmp_path, guessing(now_ms), guessing(now_ms)) as (north, east):
        asked = await passed_on(north, east)
        await pass_time(now_ms + HOUR_MS, north, east)
    right_ms = now_ms + HOUR_MS + OFF_MS
    async with both(tmp_path, vouched_for(right_ms), vouched_for(right_ms)) as (north, east):
        assert await is_open(asked, north, east)

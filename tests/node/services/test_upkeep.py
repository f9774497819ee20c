"""Time passes and what follows by itself is looked after: now and then, and after every change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from node.core import Core
from node.refusal import Refused, Why
from node.services import upkeep
from node.services.upkeep import run_upkeep
from node.upkeep import look_after
from protocol.limits import DAY_MS
from tests.eventually import eventually
from tests.node.two_halls import EVENING, OneHall, of_one_mind, one_hall, two_halls

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def looked_after(hall: OneHall) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        service = tasks.create_task(run_upkeep(hall.core))
        yield
        service.cancel()


class Looks:
    """Counts how often it is looked after; refuses as long as it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.is_refusing = False
        self._real = look_after
        monkeypatch.setattr(upkeep, "look_after", self)

    async def __call__(self, core: Core) -> None:
        self.count += 1
        if self.is_refusing:
            raise Refused(Why.DISK_FAILED)
        await self._real(core)

    async def rest(self) -> None:
        """Wait until one look is over that led to no other."""
        seen = -1
        while seen != self.count:
            seen = self.count
            for _ in range(20):
                await asyncio.sleep(0.005)


async def test_it_is_looked_after_at_the_start_and_after_every_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looks(monkeypatch)
    async with one_hall(tmp_path) as hall, looked_after(hall):
        await eventually(lambda: looks.count)
        for _ in range(3):
            await looks.rest()
            before = looks.count
            hall.core.changed()
            await eventually(lambda before=before: looks.count > before)  # type: ignore[misc]


async def test_looking_after_is_no_end_in_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it changes makes it look once more, and then it rests."""
    looks = Looks(monkeypatch)
    async with two_halls(tmp_path) as (north, east), looked_after(north):
        await north.pass_on(await north.need())
        await of_one_mind(north, east)
        await looks.rest()
        assert looks.count < 100


async def test_a_disk_that_refuses_is_survived_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upkeep, "TICK_S", 0.005)
    looks = Looks(monkeypatch)
    looks.is_refusing = True
    async with one_hall(tmp_path) as hall, looked_after(hall):
        await eventually(lambda: looks.count >= 3)
        assert "the disk refuses" in caplog.text
        looks.is_refusing = False
        caplog.clear()
        before = looks.count
        await eventually(lambda: looks.count > before + 1)
        assert "the disk refuses" not in caplog.text


async def test_time_goes_on_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "TICK_S", 0.005)
    async with two_halls(tmp_path) as (north, east):
        await north.pass_on(await north.need())
        await of_one_mind(north, east)
        (record,) = east.core.shelf.all_requests()
        async with looked_after(east):
            east.clock.put(EVENING + 20 * DAY_MS)
            await eventually(lambda: record.id not in east.core.shelf)


async def test_it_is_looked_after_once_in_several_ticks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing changes, so that only time makes it look."""
    monkeypatch.setattr(upkeep, "TICK_S", 0.005)
    ticks = 0
    async with one_hall(tmp_path) as hall:
        looks = Looks(monkeypatch)
        real = hall.core.driver.tick

        def tick() -> None:
            nonlocal ticks
            ticks += 1
            real()

        monkeypatch.setattr(hall.core.driver, "tick", tick)
        async with looked_after(hall):
            await eventually(lambda: ticks >= 10 * upkeep.TICKS_A_LOOK)
        assert 2 <= looks.count < ticks

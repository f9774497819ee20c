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

LOOKS_MAX = 30
"""Looks after which an evening as short as these is not going to come to rest."""


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
        self._ended = 0
        self._changes = 0
        self._changes_before = 0
        self._real = look_after
        monkeypatch.setattr(upkeep, "look_after", self)

    async def __call__(self, core: Core) -> None:
        self.count += 1
        self._changes_before = self._changes
        if self.is_refusing:
            raise Refused(Why.DISK_FAILED)
        await self._real(core)
        self._ended += 1

    def watch(self, core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
        """Count the changes as well, to tell when there is nothing left to look at."""
        changed = core.changed

        def count_and_tell() -> None:
            self._changes += 1
            changed()

        monkeypatch.setattr(core, "changed", count_and_tell)
        monkeypatch.setattr(core.driver, "_changed", count_and_tell)

    @property
    def is_at_rest(self) -> bool:
        """Whether the last look began after the last change, and is over."""
        is_over = self.count == self._ended > 0
        return is_over and self._changes_before == self._changes

    async def rest(self) -> None:
        """Wait until all changes are looked at, for at most `LOOKS_MAX` looks more."""
        most = self.count + LOOKS_MAX
        await eventually(lambda: self.is_at_rest or self.count > most)
        assert self.count <= most, "each look leads to the next one"


async def test_it_is_looked_after_at_the_start_and_after_every_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looks(monkeypatch)
    async with one_hall(tmp_path) as hall:
        looks.watch(hall.core, monkeypatch)
        async with looked_after(hall):
            await looks.rest()
            for _ in range(3):
                before = looks.count
                hall.core.changed()
                await looks.rest()
                assert looks.count > before


async def test_looking_after_is_no_end_in_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it changes makes it look once more, and then it rests."""
    looks = Looks(monkeypatch)
    async with two_halls(tmp_path) as (north, east):
        looks.watch(north.core, monkeypatch)
        async with looked_after(north):
            await north.pass_on(await north.need())
            await of_one_mind(north, east)
            await looks.rest()


async def test_a_disk_that_refuses_is_survived_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upkeep, "TICK_S", 0.005)
    looks = Looks(monkeypatch)
    looks.is_refusing = True
    async with one_hall(tmp_path) as hall, looked_after(hall):
        await eventually(lambda: looks.count >= 3)
        assert "not saved yet: disk-failed" in caplog.text
        looks.is_refusing = False
        caplog.clear()
        before = looks.count
        await eventually(lambda: looks.count > before + 1)
        assert "not saved yet" not in caplog.text


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

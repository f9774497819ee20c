"""A hall that does not know the time is linked to halls that do, one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from node.clock import HallClock
from node.standing import peering_without
from node.store.neighbours import delete_neighbour
from protocol.clock import Reading, TimeNow, Voucher
from protocol.events import TimeTold
from protocol.ids import UnixMs
from protocol.limits import DAY_MS, TELLERS_LEAST
from tests.node.two_halls import EVENING, OneHall, Pipe, of_one_mind, one_hall, pair

pytestmark = pytest.mark.asyncio

DAY_BEFORE = UnixMs(EVENING - DAY_MS)


class Stopped:
    """A machine whose clocks stand still, a day before that evening."""

    def read(self) -> Reading:
        return Reading(DAY_BEFORE, 17_000, is_synchronised=False)


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[tuple[OneHall, list[OneHall]]]:
    """A hall on that machine, paired with three others that know the time; nobody is linked."""
    async with AsyncExitStack() as stack:
        hall, *others = [
            await stack.enter_async_context(one_hall(folder / str(number), f"Hall {number}"))
            for number in range(TELLERS_LEAST + 1)
        ]
        hall.core.clock = hall.core.driver._clock = HallClock(DAY_BEFORE, Stopped())
        for other in others:
            await pair(hall, other)
        for each in (hall, *others):
            each.core.driver.tick()
        yield hall, others


async def link(hall: OneHall, other: OneHall) -> TimeNow:
    """What the hall's clock says when the link has settled."""
    Pipe(other, hall)
    await of_one_mind(hall, other)
    return hall.core.clock.standing()


async def test_the_third_that_is_linked_gives_trust(tmp_path: Path) -> None:
    async with town(tmp_path) as (hall, others):
        for tellers, other in enumerate(others[:-1], start=1):
            standing = await link(hall, other)
            assert standing == TimeNow(DAY_BEFORE, Voucher.NOBODY, tellers, DAY_MS)
        standing = await link(hall, others[-1])
        assert standing == TimeNow(EVENING, Voucher.NEIGHBOURS, TELLERS_LEAST, 0)


async def test_who_watches_is_told_once_when_trust_begins(tmp_path: Path) -> None:
    async with town(tmp_path) as (hall, others):
        trusted = []
        driver, clock = hall.core.driver, hall.core.clock
        driver._changed = lambda: trusted.append(clock.is_trusted)
        for other in [*others, *others]:
            driver._carry_out(TimeTold(other.core.hall.group, EVENING))
        assert trusted == [True]


async def test_one_that_does_not_know_the_time_itself_says_none(tmp_path: Path) -> None:
    async with town(tmp_path) as (hall, others):
        others[0].clock.is_trusted = False
        others[0].core.driver.tick()
        for other in others:
            standing = await link(hall, other)
        assert standing == TimeNow(DAY_BEFORE, Voucher.NOBODY, TELLERS_LEAST - 1, DAY_MS)


async def test_one_that_is_no_neighbour_any_more_counts_no_more(tmp_path: Path) -> None:
    async with town(tmp_path) as (hall, others):
        for other in others[:-1]:
            await link(hall, other)
        gone = others[0].core.hall.group
        also = partial(delete_neighbour, group=gone)
        await hall.core.save(peering_without(hall.core, gone), also=also)
        standing = await link(hall, others[-1])
        assert (standing.by, standing.tellers) == (Voucher.NOBODY, 2)

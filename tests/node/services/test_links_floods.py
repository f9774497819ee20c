"""A neighbour that sends without end: its own link is read more slowly, nobody else notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from node.api.requests import RemoveNeighbour
from node.services import links
from node.services.links import Link
from node.services.wire import Wire
from protocol import pace
from protocol.bodies import Request, Urgency
from protocol.channel import Role
from protocol.events import LinkId
from protocol.forwarding import Lane, Rank
from protocol.frames import Held, pack_records
from protocol.ids import GroupId, RecordId, Thousandths
from protocol.limits import DAY_MS
from protocol.record import Record
from tests.eventually import eventually
from tests.node.services.running import RunningHall, introduced, paired, socket_to, street
from tests.node.two_halls import EVENING, OneHall, of_one_mind, one_hall, pair

pytestmark = pytest.mark.asyncio

NOISE = Held((RecordId(bytes(32)),))
"""A frame that says nothing, and takes a turn."""


def wishes(hall: OneHall, what: str) -> Record:
    request = Request("V-1", "FOD", what, Thousandths(1_000), "meal", Urgency.SOON)
    return hall.core.signer.new(request, EVENING, DAY_MS, reach=1)


@asynccontextmanager
async def flooded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[RunningHall, RunningHall, OneHall]]:
    """Northgate and Eastside are linked; West Quay, a neighbour as well, may send 20 frames."""
    async with street(folder) as (north, east), one_hall(folder / "west", "West Quay") as west:
        await paired(north, east)
        await of_one_mind(north.hall, east.hall)
        await pair(north.hall, west)
        monkeypatch.setattr(pace, "PACE_RECORDS_BURST", 20)
        monkeypatch.setattr(pace, "PACE_RECORDS_PER_S", 1)
        yield north, east, west


async def say(wire: Wire, *records: Record) -> None:
    for frame in pack_records(records):
        await wire.send_frame(frame)


async def cut(here: RunningHall, neighbour: OneHall) -> None:
    """A link that is not read does not notice that its other end has gone."""
    group = neighbour.core.hall.group
    here.links._by_group[group].end("cut")
    await eventually(lambda: group not in here.links.linked())


async def test_a_flood_is_read_no_faster_than_its_pace_and_holds_up_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with flooded(tmp_path, monkeypatch) as (north, east, west), socket_to(north) as socket:
        shelf = north.hall.core.shelf
        before, behind = wishes(west, "Soup"), wishes(west, "Bread")
        wire = await introduced(socket, west)
        await say(wire, *west.core.shelf.own_directory(), before)
        for _ in range(200):
            await wire.send_frame(NOISE)
        await say(wire, behind)
        await eventually(lambda: before.id in shelf)
        made = await east.hall.pass_on(await east.hall.need())
        async with asyncio.timeout(5):
            await north.hall.need("Blankets")
        await of_one_mind(north.hall, east.hall)
        assert (await north.hall.overflow(made.id)).state == "open"
        assert behind.id not in shelf
        assert west.core.hall.group in north.links.linked()
        await cut(north, west)


async def test_a_new_link_is_no_new_burst(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with flooded(tmp_path, monkeypatch) as (north, east, west):
        shelf, group = north.hall.core.shelf, west.core.hall.group
        before, behind = wishes(west, "Soup"), wishes(west, "Bread")
        async with socket_to(north) as socket:
            wire = await introduced(socket, west)
            await say(wire, *west.core.shelf.own_directory(), *[before] * 200)
            await eventually(lambda: before.id in shelf)
            await cut(north, west)
        async with socket_to(north) as socket:
            wire = await introduced(socket, west)
            await eventually(lambda: group in north.links.linked())
            await say(wire, behind)
            made = await east.hall.pass_on(await east.hall.need())
            await of_one_mind(north.hall, east.hall)
            assert (await north.hall.overflow(made.id)).state == "open"
            assert behind.id not in shelf
            await cut(north, west)


async def test_who_was_removed_leaves_no_account_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with flooded(tmp_path, monkeypatch) as (north, east, _):
        assert set(north.links._paces) == {east.group}
        await north.hall.ask(RemoveNeighbour("Eastside Centre"))
        await eventually(lambda: not north.links.linked())
        assert not north.links._paces


class SlowWire:
    """Takes a frame whenever it is let."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.room = asyncio.Semaphore(0)

    async def send(self, data: bytes) -> None:
        await self.room.acquire()
        self.sent.append(data)


async def test_on_a_slow_link_a_flood_delays_nobody_and_ends_nothing() -> None:
    wire = SlowWire()
    link = Link(LinkId(1), wire, None, Role.INITIATOR)  # type: ignore[arg-type]
    flood, honest = (Lane(GroupId(bytes([each]) * 32), Rank(is_message=True)) for each in (1, 2))
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(link.run_sender())
        for _ in range(links.OUTBOX_BYTES_MAX // 50_000 + 10):
            link.put(bytes(50_000), flood)
        link.put(b"honest", honest)
        link.put(b"answer")
        link.put(b"mine", Lane(None, Rank(is_message=True)))
        for _ in range(6):
            wire.room.release()
        await eventually(lambda: len(wire.sent) == 6)
        sending.cancel()
    assert {b"honest", b"answer", b"mine"} <= set(wire.sent)
    assert wire.sent[0] == b"mine"
    assert not link._ending.done()

"""A card that rots: the hall starts without what it cannot read, says so, and gets it again."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from node.api.requests import (
    ListEntries,
    ListNeighbours,
    ListOverflows,
    Status,
    Stop,
)
from node.api.views import Kind
from node.app import run_node
from node.core import Rot
from node.refusal import Why
from node.remote import RemoteNode
from node.standing import own_roster
from node.store.folder import FILE_NAME
from node.store.records import all_records
from node.upkeep import look_after
from protocol.bodies import Request
from protocol.record import Record
from protocol.roster import Roster
from tests.eventually import eventually
from tests.node.refusals import refused
from tests.node.services.running import HOST, running_hall
from tests.node.two_halls import OneHall, Pipe, of_one_mind, one_hall, opened, pair

pytestmark = pytest.mark.asyncio

AGAIN = "could not be read and was set aside; neighbours send it again."
ALL_AGAIN = "could not be read and were set aside; neighbours send them again."


async def settled(folder: Path) -> list[Record]:
    """Two halls that each ask the other for something; what lies on Northgate's disk afterwards."""
    async with (
        one_hall(folder / "north", "Northgate Hall") as north,
        one_hall(folder / "east", "Eastside Centre") as east,
    ):
        await pair(north, east)
        Pipe(north, east)
        for hall in (north, east):
            await hall.pass_on(await hall.need())
        await of_one_mind(north, east)
        return await north.core.read(all_records)


def rot(folder: Path, record: Record, sql: str) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as conn:
        assert conn.execute(f"UPDATE record SET {sql} WHERE id = ?", [record.id]).rowcount == 1


def flip(folder: Path, record: Record, at: int) -> None:
    """One bit of a body is another."""
    body = bytearray(record.body_bytes)
    body[at] ^= 4
    rot(folder, record, f"body = x'{body.hex()}'")


def rows_of(folder: Path) -> dict[bytes, bytes]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as conn:
        return dict(conn.execute("SELECT id, body FROM record"))


async def told(hall: OneHall) -> list[str]:
    """What is said of the disk."""
    said = (await hall.ask(Status())).warnings
    return [each for each in said if "could not be read" in each]


def of_group(records: list[Record], hall: OneHall) -> list[Record]:
    return [each for each in records if each.header.group == hall.core.hall.group]


def request_of(records: list[Record], hall: OneHall) -> Record:
    (asked,) = [r for r in of_group(records, hall) if isinstance(r.body, Request)]
    return asked


@pytest.mark.parametrize("change", ["body = x'00'", "id = zeroblob(32)", "signature = x'00'"])
async def test_what_a_neighbour_signed_goes_and_comes_again(
    tmp_path: Path, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    records = await settled(tmp_path)
    async with opened(tmp_path / "east") as east:
        asked = request_of(records, east)
    rot(tmp_path / "north", asked, change)
    async with opened(tmp_path / "north") as north:
        assert await told(north) == [f"1 record on this disk {AGAIN}"]
        assert north.core.shelf.find(asked.header.object) is None
    async with opened(tmp_path / "north") as north, opened(tmp_path / "east") as east:
        assert await told(north), "what a command has found is still there for the node"
        with caplog.at_level(logging.WARNING):
            await north.core.set_aside_rot()
        assert ("00000000" if "id =" in change else asked.id.hex()[:8]) in caplog.text
        assert len(rows_of(tmp_path / "north")) == len(records) - 1
        Pipe(north, east)
        await of_one_mind(north, east)
        assert north.core.shelf.find(asked.header.object) == asked
        assert await told(north)
    async with opened(tmp_path / "north") as north:
        assert await told(north) == []
        assert set(await north.core.read(all_records)) == set(records)


async def test_the_node_takes_it_off_the_disk_and_says_so_as_long_as_it_runs(
    tmp_path: Path,
) -> None:
    records = await settled(tmp_path)
    async with opened(tmp_path / "east") as east:
        asked = request_of(records, east)
    flip(tmp_path / "north", asked, 5)
    addresses: list[str] = []
    running = asyncio.ensure_future(
        run_node(tmp_path / "north", f"{HOST}:0", mdns=False, ready=addresses.append)
    )
    await eventually(lambda: addresses)
    async with RemoteNode.connect(tmp_path / "north") as node:
        assert f"1 record on this disk {AGAIN}" in (await node.call(Status())).warnings
        await node.call(Stop())
    await asyncio.wait_for(running, 10)
    assert asked.id not in rows_of(tmp_path / "north")


async def test_a_bit_that_flipped_in_any_record_of_a_neighbour_is_found(tmp_path: Path) -> None:
    records = await settled(tmp_path)
    async with opened(tmp_path / "east") as east:
        theirs = of_group(records, east)
    for record in theirs:
        flip(tmp_path / "north", record, len(record.body_bytes) - 1)
    async with opened(tmp_path / "north") as north, opened(tmp_path / "east") as east:
        assert await told(north) == [f"{len(theirs)} records on this disk {ALL_AGAIN}"]
        await all_answers(north)
        await north.core.set_aside_rot()
        await pair_again(north, east)
        assert set(theirs) <= set(await north.core.read(all_records))


async def test_what_we_have_signed_stays_on_the_disk_as_it_is(tmp_path: Path) -> None:
    records = await settled(tmp_path)
    async with opened(tmp_path / "north") as north:
        ours = of_group(records, north)
    for record in ours:
        folder = tmp_path / record.id.hex()
        shutil.copytree(tmp_path / "north", folder)
        flip(folder, record, len(record.body_bytes) // 2)
        before = rows_of(folder)
        async with opened(folder) as north:
            await north.core.set_aside_rot()
            (said,) = await told(north)
            assert said.startswith("1 record of this hall's own could not be read")
            assert rows_of(folder) == before
            await all_answers(north)
            assert rows_of(folder)[record.id] == before[record.id]


@pytest.mark.parametrize("at", [0, 1, 2, 3, 60, 70, 80, -1])
async def test_a_record_of_ours_is_known_by_what_is_left_of_it(tmp_path: Path, at: int) -> None:
    records = await settled(tmp_path)
    async with opened(tmp_path / "north") as north:
        asked = request_of(records, north)
    flip(tmp_path / "north", asked, at)
    async with opened(tmp_path / "north") as north:
        assert north.core.rot == Rot(ours=(asked.id,))


async def test_without_its_roster_a_hall_is_linked_with_nobody_and_says_why(
    tmp_path: Path,
) -> None:
    records = await settled(tmp_path)
    async with opened(tmp_path / "north") as north:
        (roster,) = [r for r in of_group(records, north) if isinstance(r.body, Roster)]
    flip(tmp_path / "north", roster, -1)
    async with (
        running_hall(tmp_path / "north", "Northgate Hall") as north_runs,
        running_hall(tmp_path / "east", "Eastside Centre") as east_runs,
    ):
        with refused(Why.PEERING_NOT_COUNTED):
            own_roster(north_runs.hall.core)
        for one, other in ((north_runs, east_runs), (east_runs, north_runs)):
            await one.learn_address_of(other)
            assert await one.dialer._dial(other.group) == 0
        with refused(Why.PEERING_NOT_COUNTED):
            await north_runs.join(await east_runs.invite())
        assert len((await north_runs.hall.ask(Status())).warnings) == 2
        assert await north_runs.hall.need()


async def all_answers(hall: OneHall) -> None:
    """Whatever a screen asks for, and what follows by itself."""
    await hall.ask(Status())
    await hall.ask(ListOverflows())
    await hall.ask(ListNeighbours())
    await hall.ask(ListEntries(Kind.NEED))
    await look_after(hall.core)


async def pair_again(north: OneHall, east: OneHall) -> None:
    """Link them; the other hall's roster comes with its introduction."""
    Pipe(north, east)
    await of_one_mind(north, east)

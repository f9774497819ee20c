"""Neighbours in the list, and parting with one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from node.api.requests import Invite, Join, ListNeighbours, RemoveNeighbour, ShowOverflow, Status
from node.api.views import InviteView
from node.refusal import Why
from node.store.neighbours import Address, addresses_of, note_address
from protocol.ids import GroupId, UnixMs, as_text
from tests.eventually import eventually
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import EVENING, HOUR_MS, of_one_mind, one_hall, pair, two_halls

pytestmark = pytest.mark.asyncio


class Heard:
    """A network that hears everybody it is told of, and remembers what it was asked."""

    address = "127.0.0.1:7425"

    def __init__(self, *groups: GroupId) -> None:
        self.groups = frozenset(groups)
        self.until_ms: list[int] = []
        self.parted: list[GroupId] = []

    def linked(self) -> frozenset[GroupId]:
        return self.groups

    async def invite(self, until_ms: UnixMs) -> InviteView:
        self.until_ms.append(until_ms)
        return InviteView("CODE", until_ms)

    async def join(self, code: str) -> GroupId:
        raise NotImplementedError

    async def part(self, group: GroupId) -> None:
        self.parted.append(group)


async def test_a_neighbour_is_away_or_linked(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        (away,) = await north.ask(ListNeighbours())
        assert (away.name, away.state, away.path) == ("Eastside Centre", "away", None)
        north.core.network = Heard(east.core.hall.group)
        (linked,) = await north.ask(ListNeighbours())
        assert (linked.state, linked.path, linked.last_heard_ms) == ("linked", "lan", EVENING)
        status = await north.ask(Status())
        assert (status.running, status.neighbours, status.linked) == (True, 1, 1)


@pytest.mark.parametrize("typed", ["Eastside Centre", "  eastside   CENTRE ", "id"])
async def test_parting_is_on_disk_and_the_last_thing_the_other_hears(
    tmp_path: Path, typed: str
) -> None:
    async with two_halls(tmp_path) as (north, east):
        group = east.core.hall.group
        await north.core.database.run(
            lambda conn: note_address(conn, group, Address("192.0.2.1", 1), north.clock())
        )
        network = Heard(group)
        north.core.network = network
        await north.ask(RemoveNeighbour(as_text(group) if typed == "id" else typed))
        assert await north.ask(ListNeighbours()) == ()
        assert network.parted == [group]
        assert await north.core.read(lambda conn: addresses_of(conn, group, 9)) == []
        us = north.core.hall.group
        await eventually(lambda: east.core.shelf.graph.neighbours(east.core.hall.group) == set())
        assert east.core.shelf.graph.named_by(us) == frozenset()
        assert [each.state for each in await east.ask(ListNeighbours())] == ["removed"]


async def test_a_removed_neighbour_hears_nothing_new(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        before = await north.pass_on(await north.need())
        await of_one_mind(north, east)
        await north.ask(RemoveNeighbour("Eastside Centre"))
        await eventually(lambda: east.is_quiet and north.is_quiet)
        later = await north.pass_on(await north.need("Secret soup"))
        await eventually(lambda: east.is_quiet and north.is_quiet)
        assert (await east.ask(ShowOverflow(before.id))).id == before.id
        with refused(Why.REFERENCE_NOT_FOUND):
            await east.ask(ShowOverflow(later.id))


async def test_who_is_no_neighbour_cannot_be_removed(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "north") as north, unchanged(north.core):
        for typed in ("", "Eastside", "x" * 10_000_000):
            with refused(Why.NOT_A_NEIGHBOUR):
                await north.ask(RemoveNeighbour(typed))


async def test_two_of_one_name_are_told_apart_by_id(tmp_path: Path) -> None:
    async with (
        one_hall(tmp_path / "north") as north,
        one_hall(tmp_path / "a", "Eastside") as first,
        one_hall(tmp_path / "b", "Eastside") as second,
    ):
        await pair(north, first)
        await pair(north, second)
        async with unchanged(north.core):
            with refused(Why.NAME_AMBIGUOUS):
                await north.ask(RemoveNeighbour("eastside"))
        await north.ask(RemoveNeighbour(as_text(first.core.hall.group)[:8]))
        (left,) = await north.ask(ListNeighbours())
        assert left.group_id == as_text(second.core.hall.group)


async def test_a_stopped_node_neither_invites_nor_joins(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "north") as north, asyncio.timeout(5), unchanged(north.core):
        with refused(Why.NODE_NEEDED):
            await north.ask(Invite())
        with refused(Why.NODE_NEEDED):
            await north.ask(Join("anything"))


async def test_a_code_lives_an_hour_or_as_long_as_is_said(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "north") as north:
        network = Heard()
        north.core.network = network
        await north.ask(Invite())
        await north.ask(Invite("72"))
        assert network.until_ms == [EVENING + HOUR_MS, EVENING + 72 * HOUR_MS]
        for hours in ("0", "72.5", "forty", "-1"):
            with refused(Why.HOURS_OUT_OF_RANGE):
                await north.ask(Invite(hours))

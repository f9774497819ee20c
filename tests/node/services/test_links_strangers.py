"""Who does not get in, and learns nothing by trying."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError

from node.services import dialer, listener
from node.services.dialer import make_session
from node.services.wire import (
    LINK,
    PAIRING,
    LinkEndedError,
    TurnedAwayError,
    fresh_static_key,
    initiate,
)
from node.standing import own_roster
from protocol.channel import Role
from protocol.frames import TurnAway, TurnedAway, from_bytes
from protocol.introduction import introduce
from tests.node.services.running import (
    RunningHall,
    introduced,
    is_closed,
    linked,
    paired,
    running_hall,
    socket_to,
    street,
)
from tests.node.two_halls import of_one_mind, one_hall

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts of a test's length."""
    monkeypatch.setattr(dialer, "PAUSE_FIRST_S", 0.02)
    monkeypatch.setattr(dialer, "PAUSE_MAX_S", 0.1)


async def test_a_stranger_is_turned_away_and_learns_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        street(tmp_path) as (north, east),
        one_hall(tmp_path / "west", "West Quay") as west,
    ):
        await paired(north, east)
        await of_one_mind(north.hall, east.hall)
        async with unchanged_but_nothing(north), socket_to(north) as socket:
            wire = await initiate(socket, "127.0.0.1", fresh_static_key(), LINK)
            hall = west.core.hall
            us = introduce(
                Role.INITIATOR, own_roster(west.core), hall.device, hall.boot, wire.handshake_hash
            )
            await wire.send_frame(us)
            assert from_bytes(await wire.receive()) == TurnAway(TurnedAway.NOT_A_NEIGHBOUR)
            with pytest.raises(LinkEndedError):
                await wire.receive()
        assert north.links.linked() == {east.group}


@asynccontextmanager
async def unchanged_but_nothing(hall: RunningHall) -> AsyncIterator[None]:
    """The shelf holds the same before and afterwards."""
    before = len(hall.hall.core.shelf)
    yield
    assert len(hall.hall.core.shelf) == before


async def test_a_stranger_without_the_code_learns_nothing(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, _):
        await north.invite()
        async with socket_to(north, PAIRING) as socket:
            wire = await initiate(socket, "127.0.0.1", fresh_static_key(), PAIRING, bytes(32))
            with pytest.raises(LinkEndedError):
                await wire.receive()


async def test_where_no_code_was_given_out_nobody_pairs(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, _), socket_to(north, PAIRING) as socket:
        await is_closed(socket)


async def test_an_introduction_is_good_for_its_own_channel_only(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        await paired(north, east)
        before = north.links._by_group[east.group]
        async with socket_to(north) as socket:
            wire = await initiate(socket, "127.0.0.1", fresh_static_key(), LINK)
            core = east.hall.core
            replayed = introduce(
                Role.INITIATOR, own_roster(core), core.hall.device, core.hall.boot, bytes(32)
            )
            await wire.send_frame(replayed)
            with pytest.raises(LinkEndedError):
                await wire.receive()
        assert north.links._by_group[east.group] is before


async def test_a_second_link_of_the_same_start_is_turned_away(tmp_path: Path) -> None:
    async with street(tmp_path) as (north, east):
        await paired(north, east)
        async with socket_to(north) as socket:
            with pytest.raises(TurnedAwayError) as raised:
                await introduced(socket, east.hall)
            assert raised.value.reason == TurnedAway.ALREADY_LINKED
        await linked(north, east)


@pytest.mark.parametrize("path", ["/", "/hallway/../etc/passwd", "/hallway/x"])
async def test_whoever_speaks_something_else_is_shown_nothing(tmp_path: Path, path: str) -> None:
    async with running_hall(tmp_path / "north", "Northgate Hall") as north:
        url = north.url.removesuffix("/hallway") + path
        async with make_session() as session, session.get(url) as answer:
            assert answer.status in {400, 404}
            assert "Northgate" not in await answer.text()


async def test_without_our_subprotocol_there_is_no_link(tmp_path: Path) -> None:
    async with (
        running_hall(tmp_path / "north", "Northgate Hall") as north,
        socket_to(north, "chat") as socket,
    ):
        await is_closed(socket)


async def test_too_many_connections_are_sent_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "CONNECTIONS_MAX", 1)
    async with running_hall(tmp_path / "north", "Northgate Hall") as north, socket_to(north):
        with pytest.raises(WSServerHandshakeError) as raised:
            async with socket_to(north):
                pass
        assert raised.value.status == 503

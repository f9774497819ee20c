"""Where the node listens, and what becomes of who is met there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from node.api.requests import RemoveNeighbour
from node.refusal import Why
from node.services import listener
from node.services.links import Link, Links
from node.services.listener import ListenAddress, parse_listen
from node.services.wire import Wire, introduce_to_initiator
from protocol.channel import Role
from tests.eventually import eventually
from tests.node.refusals import refused
from tests.node.services.running import introduced, running_hall, socket_to, street
from tests.node.two_halls import one_hall, pair


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("192.0.2.7:7425", ListenAddress("192.0.2.7", 7425)),
        ("[2001:db8::7]:65535", ListenAddress("2001:db8::7", 65_535)),
        ("localhost:0", ListenAddress("127.0.0.1", 0)),
        (":7425", ListenAddress("", 7425)),
    ],
)
def test_an_address_with_a_port(typed: str, read: ListenAddress) -> None:
    assert parse_listen(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "0.0.0.0:" + "1" * 5_000,
        "0.0.0.0:65536",
        "0.0.0.0:-1",
        "0.0.0.0:\u0661",
        "0.0.0.0",
        "hall.example:7425",
        "[fe80::1%eth0]:7425",
        "fe80::1%1:7425",
        "",
    ],
    ids=lambda typed: typed[:20],
)
def test_what_is_no_address_is_refused_in_a_sentence(typed: str) -> None:
    with refused(Why.ADDRESS_UNREADABLE):
        parse_listen(typed)


@pytest.mark.asyncio
@pytest.mark.parametrize("end", ["dialled", "taken"])
async def test_a_bug_in_a_link_ends_the_node_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    async def bug(self: Links, link: Link) -> None:
        if (link.role is Role.INITIATOR) == (end == "dialled"):
            raise ZeroDivisionError
        await real(self, link)

    real = Links._pump
    monkeypatch.setattr(Links, "_pump", bug)
    closed: list[Wire] = []
    real_close = Wire.close

    async def close(wire: Wire) -> None:
        closed.append(wire)
        await real_close(wire)

    monkeypatch.setattr(Wire, "close", close)

    async def run() -> None:
        async with street(tmp_path) as (north, east):
            await pair(north.hall, east.hall)
            await east.learn_address_of(north)
            east.dialer.wake_all()
            await asyncio.sleep(5)

    with pytest.raises(ExceptionGroup) as raised:
        await run()
    assert raised.group_contains(ZeroDivisionError)
    assert closed


@pytest.mark.asyncio
async def test_a_hall_that_is_removed_while_it_is_met_is_not_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        running_hall(tmp_path / "north", "Northgate Hall") as north,
        one_hall(tmp_path / "west", "West Quay") as west,
    ):
        await pair(north.hall, west)
        met, go_on = asyncio.Event(), asyncio.Event()

        async def slowly(*introduced: Any) -> None:
            met.set()
            await go_on.wait()
            await introduce_to_initiator(*introduced)

        monkeypatch.setattr(listener, "introduce_to_initiator", slowly)
        async with socket_to(north) as socket, asyncio.TaskGroup() as tasks:
            tasks.create_task(introduced(socket, west))
            await met.wait()
            await north.hall.ask(RemoveNeighbour("West Quay"))
            go_on.set()
            await eventually(lambda: north.listener._connections == 0)
            assert not north.links.linked()
            assert north.links_up == 0


@pytest.mark.asyncio
async def test_of_two_links_that_are_met_at_once_one_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        running_hall(tmp_path / "north", "Northgate Hall") as north,
        one_hall(tmp_path / "west", "West Quay") as west,
    ):
        await pair(north.hall, west)
        met = asyncio.Barrier(2)

        async def together(*introduced: Any) -> None:
            await met.wait()
            await introduce_to_initiator(*introduced)

        monkeypatch.setattr(listener, "introduce_to_initiator", together)
        async with socket_to(north) as one, socket_to(north) as other:
            async with asyncio.TaskGroup() as tasks:
                for socket in (one, other):
                    tasks.create_task(introduced(socket, west))
            await eventually(lambda: north.links_up == 1 and north.listener._connections == 1)
            (kept,) = north.links._by_group.values()
            assert kept.number == 1

"""Halls whose nodes run in this process, on loopback, with everything but mDNS."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from node.api.requests import Invite, Join
from node.hall import hall_exists, make_hall
from node.services.dialer import Dialer, make_session
from node.services.links import Links
from node.services.listener import ListenAddress, Listener, open_socket
from node.services.network import RunningNetwork
from node.services.wire import (
    LINK,
    PATH,
    Wire,
    fresh_static_key,
    initiate,
    introduce_to_responder,
)
from node.standing import own_roster
from node.store.neighbours import Address, note_address
from protocol.ids import GroupId
from tests.eventually import eventually
from tests.node.two_halls import OneHall, WatchedDatabase, opened, pair

Result = TypeVar("Result")
HOST = "127.0.0.1"


@dataclass
class RunningHall:
    """A hall and what its node runs. `strangers` is what mDNS would see."""

    hall: OneHall
    links: Links
    dialer: Dialer
    listener: Listener
    session: ClientSession
    port: int
    strangers: list[Address]

    @property
    def group(self) -> GroupId:
        return self.hall.core.hall.group

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}{PATH}"

    @property
    def links_up(self) -> int:
        return len(self.hall.core.driver._outboxes)

    async def invite(self, hours: str = "") -> str:
        return (await self.hall.ask(Invite(hours))).code

    async def join(self, code: str) -> None:
        await self.hall.ask(Join(code))

    async def learn_address_of(self, other: RunningHall) -> None:
        now_ms = self.hall.clock()
        address = Address(HOST, other.port)
        await self.hall.core.database.run(
            lambda conn: note_address(conn, other.group, address, now_ms)
        )


@asynccontextmanager
async def running_hall(folder: Path, name: str, port: int = 0) -> AsyncIterator[RunningHall]:
    if not hall_exists(folder):
        make_hall(folder, name)
    async with opened(folder) as hall, make_session() as session, asyncio.TaskGroup() as tasks:
        core = hall.core
        await core.boot()
        socket = open_socket(ListenAddress(HOST, port))
        listening = ListenAddress(HOST, socket.getsockname()[1])
        static_key = fresh_static_key()
        links = Links(core, listening.port)
        dialer = Dialer(core, links, static_key, lambda discovery_key: [], session)
        links.watch(dialer.wake)
        strangers: list[Address] = []
        listener = Listener(core, links, static_key)
        services = [tasks.create_task(listener.run(socket)), tasks.create_task(dialer.run())]
        core.network = RunningNetwork(core, listening, links, dialer, lambda: strangers, tasks)
        yield RunningHall(hall, links, dialer, listener, session, listening.port, strangers)
        for service in services:
            service.cancel()
        for link in list(links._by_group.values()):
            link.end("the test is over")


def full_disk(monkeypatch: pytest.MonkeyPatch, hall: RunningHall) -> None:
    """From now on nothing that changes anything can be saved there."""
    real = WatchedDatabase.run

    async def run(
        database: WatchedDatabase, work: Callable[[sqlite3.Connection], Result]
    ) -> Result:
        def and_fail(conn: sqlite3.Connection) -> Result:
            before = conn.total_changes
            result = work(conn)
            if conn.total_changes != before:
                raise sqlite3.OperationalError("database or disk is full")
            return result

        return await real(database, and_fail if database is hall.hall.core.database else work)

    monkeypatch.setattr(WatchedDatabase, "run", run)


@asynccontextmanager
async def street(folder: Path) -> AsyncIterator[tuple[RunningHall, RunningHall]]:
    """Northgate and Eastside, both running, strangers to each other."""
    async with (
        running_hall(folder / "north", "Northgate Hall") as north,
        running_hall(folder / "east", "Eastside Centre") as east,
    ):
        yield north, east


async def linked(one: RunningHall, other: RunningHall) -> None:
    """Wait until each hears the other, over one link."""
    await eventually(
        lambda: (
            other.group in one.links.linked()
            and one.group in other.links.linked()
            and one.links_up == len(one.links.linked())
            and other.links_up == len(other.links.linked())
        )
    )


async def paired(north: RunningHall, east: RunningHall) -> None:
    """Pair them, and have the second dial the first."""
    await pair(north.hall, east.hall)
    await east.learn_address_of(north)
    east.dialer.wake_all()
    await linked(north, east)


@asynccontextmanager
async def socket_to(
    hall: RunningHall, subprotocol: str = LINK
) -> AsyncIterator[ClientWebSocketResponse]:
    async with (
        make_session() as session,
        session.ws_connect(hall.url, protocols=(subprotocol,), compress=0) as socket,
    ):
        yield socket


async def introduced(socket: ClientWebSocketResponse, us: OneHall) -> Wire:
    """A link of our own making to a neighbour, up to where frames go."""
    wire = await initiate(socket, "127.0.0.1", fresh_static_key(), LINK)
    await introduce_to_responder(wire, us.core.hall, own_roster(us.core))
    return wire


async def is_closed(socket: ClientWebSocketResponse) -> None:
    """Read what comes until the other end has closed."""
    async with asyncio.timeout(5):
        while (await socket.receive()).type is WSMsgType.BINARY:
            pass
    assert socket.closed

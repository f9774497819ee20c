"""What the dialer says to whoever answers at an address, and what it does not do for them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientError, web

from node import driver
from node.services import dialer
from node.services.dialer import make_session
from node.services.links import Link, Links
from node.services.wire import PATH
from node.store.neighbours import Address, addresses_of, all_neighbours
from protocol.channel import Role
from protocol.errors import MalformedFrame
from tests.eventually import eventually
from tests.node.services.running import HOST, full_disk, linked, running_hall, street
from tests.node.two_halls import EVENING, of_one_mind, one_hall, pair

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts of a test's length."""
    monkeypatch.setattr(dialer, "PAUSE_FIRST_S", 0.02)
    monkeypatch.setattr(dialer, "PAUSE_MAX_S", 0.1)


class Answering:
    """A web server on loopback that gives one answer to everything, and counts who comes."""

    def __init__(self, status: int, **headers: str) -> None:
        self.asked: list[str] = []
        self.cookies: list[str] = []
        self._status = status
        self._headers = headers
        self._runner = web.ServerRunner(web.Server(self._answer), access_log=None)
        self.port = 0

    async def __aenter__(self) -> Answering:
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        self.asked.append(request.path)
        self.cookies.append(request.headers.get("Cookie", ""))
        return web.Response(status=self._status, headers=self._headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_nobody_is_sent_on_to_another_address(status: int) -> None:
    async with Answering(200) as elsewhere:
        target = f"http://{HOST}:{elsewhere.port}/door/open"
        async with Answering(status, Location=target) as liar, make_session() as session:
            with pytest.raises(ClientError):
                await session.ws_connect(f"http://{HOST}:{liar.port}{PATH}")
        assert liar.asked == [PATH]
        assert elsewhere.asked == []


async def test_a_hall_that_is_seen_where_somebody_redirects_is_dialled_no_further(
    tmp_path: Path,
) -> None:
    async with (
        Answering(200) as elsewhere,
        Answering(302, Location=f"http://{HOST}:{elsewhere.port}/") as liar,
        running_hall(tmp_path / "north", "Northgate Hall") as north,
        one_hall(tmp_path / "west", "West Quay") as west,
    ):
        await pair(north.hall, west)
        group = west.core.hall.group
        note = Address(HOST, liar.port)
        north.hall.core.driver.note_dialled(group, note)
        await north.hall.core.driver.kept()
        north.dialer.wake_all()
        await eventually(lambda: liar.asked)
        north.dialer.wake_all()
        await eventually(lambda: len(liar.asked) > 1)
        assert elsewhere.asked == []
        assert not north.links.linked()


async def test_no_cookie_and_no_proxy_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Answering(200, **{"Set-Cookie": "seen=1; Path=/"}) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://{HOST}:9")
        async with make_session() as session, asyncio.timeout(5):
            for _ in range(2):
                # A name: cookies of bare addresses are dropped by the library in any case.
                async with session.get(f"http://localhost:{server.port}/") as answer:
                    assert answer.status == 200
        assert server.cookies == ["", ""]


async def test_links_that_end_at_once_are_dialled_ever_more_seldom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialer, "PAUSE_FIRST_S", 0.01)
    monkeypatch.setattr(dialer, "PAUSE_MAX_S", 3_600.0)
    began_s: list[float] = []

    async def refuse(self: Links, link: Link) -> None:
        if link.role is Role.RESPONDER:
            raise MalformedFrame("one bad record")
        began_s.append(asyncio.get_running_loop().time())
        await real(self, link)

    real = Links._pump
    monkeypatch.setattr(Links, "_pump", refuse)
    async with street(tmp_path) as (north, east):
        await pair(north.hall, east.hall)
        await east.learn_address_of(north)
        east.dialer.wake_all()
        await eventually(lambda: len(began_s) >= 7)
    # Six pauses, each at least half of 1, 2, 4, … times the first one.
    assert began_s[6] - began_s[0] >= 0.01 / 2 * 0b111111


@pytest.mark.parametrize("full", ["north", "east"])
async def test_a_full_disk_neither_ends_a_link_nor_the_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    monkeypatch.setattr(driver, "DISK_PAUSE_S", 0.02)
    async with street(tmp_path) as (north, east):
        await pair(north.hall, east.hall)
        await east.learn_address_of(north)
        hall = north if full == "north" else east
        with monkeypatch.context() as during:
            full_disk(during, hall)
            east.dialer.wake_all()
            await linked(north, east)
            (link,) = hall.links._by_group.values()
            link.end("cut")
            await eventually(lambda: link not in hall.links._by_group.values())
            await linked(north, east)
        await of_one_mind(north.hall, east.hall)
        await hall.hall.core.driver.kept()
        (row,) = await hall.hall.core.read(all_neighbours)
        assert row.last_heard_ms == EVENING
        found = await hall.hall.core.read(lambda conn: addresses_of(conn, row.group, 9))
        other = east if hall is north else north
        assert [each.port for each in found] == [other.port]

"""Reaching neighbours: one coroutine a neighbour, over every address that may work.

Where mDNS sees it now comes first, then where it was reached before. Between attempts the pauses
grow, with jitter, so that a street whose power comes back does not dial in step. A link that lasted
makes the next pause a short one; a sighting on the network ends any pause at once.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from functools import partial
from typing import Final

from aiohttp import (
    ClientError,
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    DummyCookieJar,
)

from node.core import Core
from node.refusal import Refused, Why
from node.services import pairing
from node.services.links import Links
from node.services.wire import (
    HANDSHAKE_S,
    HEARTBEAT_S,
    LINK,
    PAIRING,
    PATH,
    Wire,
    initiate,
    introduce_to_responder,
)
from node.standing import is_neighbour, neighbour_groups, own_roster
from node.store.neighbours import Address, addresses_of, all_neighbours
from protocol.channel import MESSAGE_BYTES_MAX, Role
from protocol.errors import PeerError, RuleBroken
from protocol.ids import GroupId
from protocol.introduction import Introduction
from protocol.invite import InviteCode, psk

log = logging.getLogger(__name__)

PAUSE_FIRST_S: Final = 0.5
PAUSE_MAX_S: Final = 30.0
"""A neighbour that comes back is linked within this, also where nothing announces it."""
LASTED_S: Final = 10.0
"""Seconds after which a link has proved that it works. Where one record of a neighbour's ends every
link at once, its next attempts come at growing pauses, as where nobody answers."""
CONNECT_S: Final = 4.0
"""Seconds for one address to take the connection; the next one may be the right one."""
ADDRESSES_MAX: Final = 8
"""Addresses tried of one neighbour: older ones than these are hardly its own any more."""

Sightings = Callable[[bytes], list[Address]]
"""Where mDNS sees the owner of a discovery key now."""


class Dialer:
    def __init__(
        self,
        core: Core,
        links: Links,
        static_key: bytes,
        seen_at: Sightings,
        session: ClientSession,
    ) -> None:
        self._core = core
        self._links = links
        self._static_key = static_key
        self._seen_at = seen_at
        self._session = session
        self._wakers: dict[GroupId, asyncio.Event] = {}
        self._neighbours_changed = asyncio.Event()

    def wake_all(self) -> None:
        """Something about addresses changed: try again now."""
        self._neighbours_changed.set()
        for waker in self._wakers.values():
            waker.set()

    def wake(self, group: GroupId) -> None:
        """A link was made or lost: perhaps with a new neighbour."""
        self._neighbours_changed.set()

    async def run(self) -> None:
        """Keep dialling every neighbour until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            running: dict[GroupId, asyncio.Task[None]] = {}
            while True:
                self._neighbours_changed.clear()
                groups = neighbour_groups(self._core)
                for group in groups - running.keys():
                    self._wakers[group] = asyncio.Event()
                    running[group] = tasks.create_task(self._keep_dialling(group))
                for group in running.keys() - groups:
                    running.pop(group).cancel()
                    del self._wakers[group]
                await self._neighbours_changed.wait()

    async def _keep_dialling(self, group: GroupId) -> None:
        pause_s = PAUSE_FIRST_S
        waker = self._wakers[group]
        while True:
            waker.clear()
            if await self._be_linked(group) >= LASTED_S:
                pause_s = PAUSE_FIRST_S
            try:
                async with asyncio.timeout(pause_s * random.uniform(0.5, 1)):
                    await waker.wait()
                # Tried again at once, but not in a tight loop.
                await asyncio.sleep(PAUSE_FIRST_S * random.uniform(0.1, 0.5))
                pause_s = PAUSE_FIRST_S
            except TimeoutError:
                pause_s = min(pause_s * 2, PAUSE_MAX_S)

    async def _be_linked(self, group: GroupId) -> float:
        """Dial unless linked, and wait until the link ends; the seconds that there was one."""
        dialled_s = 0.0 if group in self._links.linked() else await self._dial(group)
        return dialled_s + await self._links.stay(group)

    async def _dial(self, group: GroupId) -> float:
        """Try each address until one is the neighbour; the seconds that we were linked there."""
        for address in await self._addresses(group):
            try:
                wire, peer = await self._connect(group, address)
            except (PeerError, ClientError, OSError, TimeoutError, Refused) as error:
                log.debug("no link to %s: %s", group.hex()[:8], type(error).__name__)
                continue
            self._core.driver.note_dialled(group, address)
            since_s = asyncio.get_running_loop().time()
            await self._links.run(wire, peer, Role.INITIATOR)
            return asyncio.get_running_loop().time() - since_s
        return 0.0

    async def _addresses(self, group: GroupId) -> list[Address]:
        try:
            neighbours = await self._core.read(all_neighbours)
            used = await self._core.read(partial(addresses_of, group=group, most=ADDRESSES_MAX))
        except Refused:
            log.warning("where neighbours are cannot be read: the disk refuses")
            return []
        keys = [each.discovery_key for each in neighbours if each.group == group]
        seen = [address for key in keys if key for address in self._seen_at(key)]
        return list(dict.fromkeys([*seen, *used]))[:ADDRESSES_MAX]

    async def _connect(self, group: GroupId, address: Address) -> tuple[Wire, Introduction]:
        socket = await self._open(address, LINK)
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                wire = await initiate(socket, address.host, self._static_key, LINK)
                roster = own_roster(self._core)
                peer = await introduce_to_responder(wire, self._core.hall, roster)
                self._refuse_unwanted(group, peer)
        except BaseException:
            await socket.close()
            raise
        return wire, peer

    def _refuse_unwanted(self, group: GroupId, peer: Introduction) -> None:
        if peer.group != group or not is_neighbour(self._core, peer):
            raise RuleBroken("another hall answers at this address")
        if not self._links.may_hold(peer, Role.INITIATOR):
            raise ConnectionError("linked meanwhile")

    async def pair(self, code: InviteCode, elsewhere: list[Address]) -> tuple[Wire, Introduction]:
        """Pair with the hall that gave the code, at its address or `elsewhere`. Raises Refused."""
        why = Why.CODE_UNANSWERED
        named = Address(code.host, code.port)
        for address in dict.fromkeys([named, *elsewhere]):
            try:
                socket = await self._open(address, PAIRING)
            except (ClientError, OSError, TimeoutError) as error:
                log.debug("no pairing there: %s", type(error).__name__)
                continue
            try:
                return await self._pair_over(socket, address, psk(code.secret))
            except (PeerError, OSError, TimeoutError) as error:
                log.debug("pairing broke off: %s", type(error).__name__)
                # Whoever does not know the code ends the handshake at its last message. Elsewhere
                # that says nothing: any hall nearby does so to another hall's code.
                if address == named:
                    why = Why.CODE_UNKNOWN
        raise Refused(why)

    async def _pair_over(
        self, socket: ClientWebSocketResponse, address: Address, secret: bytes
    ) -> tuple[Wire, Introduction]:
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                wire = await initiate(socket, address.host, self._static_key, PAIRING, secret)
                inviter = await pairing.join(self._core, wire)
        except BaseException:
            await socket.close()
            raise
        self._core.driver.note_dialled(inviter.group, address)
        return wire, inviter

    async def _open(self, address: Address, subprotocol: str) -> ClientWebSocketResponse:
        host = f"[{address.host}]" if ":" in address.host else address.host
        async with asyncio.timeout(CONNECT_S):
            return await self._session.ws_connect(
                f"http://{host}:{address.port}{PATH}",
                protocols=(subprotocol,),
                compress=0,
                heartbeat=HEARTBEAT_S,
                max_msg_size=MESSAGE_BYTES_MAX + 1,
            )


def make_session() -> ClientSession:
    """For links only: no cookies, no redirects, no proxies of the environment, no end after a time.

    Anyone may announce an address on the network: it is to be dialled, and nothing else with it.
    """
    return ClientSession(
        timeout=ClientTimeout(total=None),
        trust_env=False,
        cookie_jar=DummyCookieJar(),
        middlewares=(_refuse_redirect,),
    )


async def _refuse_redirect(request: ClientRequest, send: ClientHandlerType) -> ClientResponse:
    """The library follows redirects before the opening of a WebSocket, to wherever they point."""
    response = await send(request)
    if 300 <= response.status < 400:
        response.close()
        raise ClientResponseError(
            response.request_info, (), status=response.status, message="a redirect"
        )
    return response

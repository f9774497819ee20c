"""Reaching neighbours: one coroutine a neighbour, over every address that may work.

Where mDNS sees it now comes first, then where it was reached before. Between attempts the pauses
grow, with jitter, so that a street whose power comes back does not dial in step; a sighting on the
network, or a link that was lost, ends the pause at once.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from functools import partial
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, ClientWebSocketResponse

from node.core import Core
from node.refusal import Refused, Why
from node.services import pairing
from node.services.links import Links
from node.services.listener import is_neighbour
from node.services.pairing import own_roster
from node.services.wire import (
    HANDSHAKE_S,
    HEARTBEAT_S,
    LINK,
    PAIRING,
    PATH,
    Secrets,
    Wire,
    initiate,
    introduce_to_responder,
)
from node.store.neighbours import Address, addresses_of, all_neighbours, note_address
from protocol.channel import MESSAGE_BYTES_MAX, Role
from protocol.errors import PeerError, RuleBroken
from protocol.ids import GroupId
from protocol.introduction import Introduction
from protocol.invite import InviteCode, psk

log = logging.getLogger(__name__)

PAUSE_FIRST_S: Final = 0.5
PAUSE_MAX_S: Final = 30.0
"""A neighbour that comes back is linked within this, also where nothing announces it."""
CONNECT_S: Final = 4.0
"""Seconds for one address to take the connection; the next one may be the right one."""
ADDRESSES_MAX: Final = 8
"""Addresses tried of one neighbour: older ones than these are hardly its own any more."""

Sightings = Callable[[bytes], list[Address]]
"""Where mDNS sees the owner of a discovery key now."""


class Dialer:
    def __init__(
        self, core: Core, links: Links, keys: Secrets, seen_at: Sightings, session: ClientSession
    ) -> None:
        self._core = core
        self._links = links
        self._keys = keys
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
        """A link was made or lost."""
        self._neighbours_changed.set()
        if group in self._wakers:
            self._wakers[group].set()

    async def run(self) -> None:
        """Keep dialling every neighbour until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            running: dict[GroupId, asyncio.Task[None]] = {}
            while True:
                self._neighbours_changed.clear()
                groups = {each.group for each in await self._core.read(all_neighbours)}
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
            if group not in self._links.linked() and await self._dial(group):
                pause_s = PAUSE_FIRST_S
            linked = group in self._links.linked()
            try:
                async with asyncio.timeout(None if linked else pause_s * random.uniform(0.5, 1)):
                    await waker.wait()
                # A lost link is tried again at once, but not in a tight loop.
                await asyncio.sleep(PAUSE_FIRST_S * random.uniform(0.1, 0.5))
                pause_s = PAUSE_FIRST_S
            except TimeoutError:
                pause_s = min(pause_s * 2, PAUSE_MAX_S)

    async def _dial(self, group: GroupId) -> bool:
        """Try each address until one is the neighbour; then be linked until the link ends."""
        for address in await self._addresses(group):
            try:
                wire, peer = await self._connect(group, address)
            except (PeerError, ClientError, OSError, TimeoutError) as error:
                log.debug("no link to %s: %s", group.hex()[:8], type(error).__name__)
                continue
            now_ms = self._core.clock()
            note = partial(note_address, group=group, address=address, now_ms=now_ms)
            await self._core.database.run(note)
            await self._links.run(wire, peer, Role.INITIATOR)
            return True
        return False

    async def _addresses(self, group: GroupId) -> list[Address]:
        neighbours = await self._core.read(all_neighbours)
        keys = [each.discovery_key for each in neighbours if each.group == group]
        seen = [address for key in keys if key for address in self._seen_at(key)]
        used = await self._core.read(partial(addresses_of, group=group, most=ADDRESSES_MAX))
        return list(dict.fromkeys([*seen, *used]))[:ADDRESSES_MAX]

    async def _connect(self, group: GroupId, address: Address) -> tuple[Wire, Introduction]:
        socket = await self._open(address, LINK)
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                wire = await initiate(socket, address.host, self._keys, LINK)
                roster = own_roster(self._core)
                peer = await introduce_to_responder(wire, self._core.hall, roster)
                await self._refuse_unwanted(group, peer)
        except BaseException:
            await socket.close()
            raise
        return wire, peer

    async def _refuse_unwanted(self, group: GroupId, peer: Introduction) -> None:
        if peer.group != group or not await is_neighbour(self._core, peer):
            raise RuleBroken("another hall answers at this address")
        if not self._links.may_hold(peer, Role.INITIATOR):
            raise ConnectionError("linked meanwhile")

    async def pair(self, code: InviteCode, elsewhere: list[Address]) -> tuple[Wire, Introduction]:
        """Pair with the hall that gave the code, at its address or `elsewhere`. Raises Refused."""
        why = Why.CODE_UNANSWERED
        for address in dict.fromkeys([Address(code.host, code.port), *elsewhere]):
            try:
                socket = await self._open(address, PAIRING)
            except (ClientError, OSError, TimeoutError) as error:
                log.debug("no pairing there: %s", type(error).__name__)
                continue
            try:
                return await self._pair_over(socket, address, psk(code.secret))
            except (PeerError, OSError, TimeoutError) as error:
                # Whoever does not know the code ends the handshake at its last message.
                log.debug("pairing broke off: %s", type(error).__name__)
                why = Why.CODE_UNKNOWN
        raise Refused(why)

    async def _pair_over(
        self, socket: ClientWebSocketResponse, address: Address, secret: bytes
    ) -> tuple[Wire, Introduction]:
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                wire = await initiate(socket, address.host, self._keys, PAIRING, secret)
                inviter = await pairing.join(self._core, wire)
        except BaseException:
            await socket.close()
            raise
        now_ms = self._core.clock()
        note = partial(note_address, group=inviter.group, address=address, now_ms=now_ms)
        await self._core.database.run(note)
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
    """For links only: no cookies, no proxies of the environment, no end after five minutes."""
    return ClientSession(timeout=ClientTimeout(total=None), trust_env=False)

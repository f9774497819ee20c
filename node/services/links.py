"""The links that are up: who is at the other end, what waits to be sent, and when one ends.

One link a neighbour. Both ends may dial at once; then the link that the smaller device key dialled
stays, and both ends come to that by themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from itertools import count
from typing import Final

from node.core import Core
from node.services.supervise import heed_cancellation
from node.services.wire import Wire
from node.standing import is_neighbour, neighbour_groups
from protocol.channel import Role
from protocol.errors import PeerError
from protocol.events import AskAgain, FrameArrived, LinkDown, LinkId, LinkUp
from protocol.forwarding import Forwarding, Lane
from protocol.frames import Whereabouts, to_bytes
from protocol.ids import DeviceKey, GroupId, LinkEnd
from protocol.introduction import Introduction
from protocol.pace import NOTHING, Cost, Pace, cost_of

log = logging.getLogger(__name__)

OUTBOX_BYTES_MAX: Final = 8 * 1024 * 1024
"""Frames that may wait for a slow link. Beyond it what is passed on for others is left out, and the
next look finds it; where that is not enough the link ends, and the next one reconciles."""
DRAIN_S: Final = 2.0
"""Seconds for the last frames to a neighbour that is removed, and for the ends of links."""
ASK_AGAIN_S: Final = 600.0
"""Seconds between two looks at whether both ends of a link hold the same, a quarter more or less:
a street that was switched on at once does not ask at once. Two small frames where all is well."""
SAME_TIME_S: Final = 5.0
"""Two links to one neighbour within this were dialled at the same time from both ends."""


class Link:
    """One link: its frames wait here until the socket takes them."""

    def __init__(self, number: LinkId, wire: Wire, peer: Introduction, role: Role) -> None:
        self.number = number
        self.host = wire.host
        self.peer = peer
        self.role = role
        self.since_s = asyncio.get_running_loop().time()
        self._wire = wire
        self._waiting = Forwarding(OUTBOX_BYTES_MAX)
        self._something_to_send = asyncio.Event()
        self._ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._all_sent = asyncio.Event()
        self._all_sent.set()
        self._gone = asyncio.Event()

    def put(self, frame: bytes, lane: Lane | None = None) -> None:
        if self._ending.done():
            return
        if not self._waiting.put(frame, lane):
            self.end("too slow: more is waiting than may wait")
            return
        self._all_sent.clear()
        self._something_to_send.set()

    def end(self, why: str) -> None:
        """Have this link end, whatever it waits for. `why` goes to the log."""
        if not self._ending.done():
            self._ending.set_exception(ConnectionError(why))
            self._ending.exception()  # a link that ended by itself has nobody to tell

    async def run_to_end(self) -> None:
        """Raises ConnectionError as soon as `end` says so."""
        await self._ending

    async def run_sender(self) -> None:
        """Send what is put until cancelled. Raises OSError when the link is down."""
        while True:
            await self._something_to_send.wait()
            self._something_to_send.clear()
            while (frame := self._waiting.take()) is not None:
                await self._wire.send(frame)
            self._all_sent.set()

    async def receive(self) -> bytes:
        return await self._wire.receive()

    async def drain(self) -> None:
        """Wait until all that was put is sent, but not for long: the network may be gone."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await self._all_sent.wait()

    def mark_gone(self) -> None:
        """Nobody is to count on this link any more."""
        self._gone.set()

    async def wait_until_gone(self) -> None:
        await self._gone.wait()


class Links:
    """`port` is where we listen: each neighbour is told it."""

    def __init__(self, core: Core, port: int) -> None:
        self._core = core
        self._port = port
        self._watchers: list[Callable[[GroupId], None]] = []
        self._by_group: dict[GroupId, Link] = {}
        self._numbers = count(1)
        self._paces: dict[GroupId, Pace] = {}
        """Of every neighbour that was linked in this run: it outlasts the link."""
        self._nobody_linked = asyncio.Event()
        self._nobody_linked.set()

    def watch(self, linked_or_lost: Callable[[GroupId], None]) -> None:
        """Have `linked_or_lost` called when a neighbour is linked, and when it is lost."""
        self._watchers.append(linked_or_lost)

    def linked(self) -> frozenset[GroupId]:
        return frozenset(self._by_group)

    def may_hold(self, peer: Introduction, role: Role) -> bool:
        """Whether a link that `role` says we dialled or took may take the place of what is up."""
        old = self._by_group.get(peer.group)
        if old is None or old.peer.boot != peer.boot:
            return True
        age_s = asyncio.get_running_loop().time() - old.since_s
        if age_s > SAME_TIME_S:
            return True
        dialler = self._dialler(peer.device, role)
        return dialler < self._dialler(old.peer.device, old.role)

    async def run(self, wire: Wire, peer: Introduction, role: Role) -> None:
        """Keep this link until it ends, for whatever reason of its peer's or the network's.

        It is not begun where it is not wanted any more: much may happen between the introduction
        and now, a removal too.
        """
        try:
            if is_neighbour(self._core, peer) and self.may_hold(peer, role):
                await self._keep(wire, peer, role)
        finally:
            await wire.close()
        heed_cancellation()

    async def stay(self, group: GroupId) -> float:
        """Wait until the neighbour is not linked; the seconds that it was, 0 when it is not."""
        link = self._by_group.get(group)
        if link is None:
            return 0.0
        since_s = link.since_s
        while link is not None:
            await link.wait_until_gone()
            link = self._by_group.get(group)
        return asyncio.get_running_loop().time() - since_s

    def tell_whereabouts(self) -> None:
        """Tell every neighbour how to recognise us from now on; not one that was just removed."""
        told = to_bytes(self._whereabouts())
        for group in self._by_group.keys() & neighbour_groups(self._core):
            self._by_group[group].put(told)

    async def _keep(self, wire: Wire, peer: Introduction, role: Role) -> None:
        link = Link(LinkId(next(self._numbers)), wire, peer, role)
        old = self._by_group.get(peer.group)
        self._by_group[peer.group] = link
        self._nobody_linked.clear()
        if old is not None:
            old.end("another link took its place")
        self._core.driver.attach(link.number, link)
        try:
            told = self._whereabouts()
            end = LinkEnd(peer.group, peer.device)
            up = LinkUp(link.number, end, role, peer.roster, told, peer.vouch)
            self._core.driver.feed(up)
            self._core.driver.note_heard(peer.group)
            self._tell(peer.group)
            await self._pump(link)
        except* OSError as errors:
            log.info("link %d ended: %s", link.number, errors.exceptions[0])
        except* PeerError as errors:
            log.warning("link %d broken off: %s", link.number, errors.exceptions[0])
        finally:
            self._take_down(link)

    async def part(self, group: GroupId) -> None:
        """End the link to a neighbour that was removed, after what is waiting for it is sent."""
        link = self._by_group.get(group)
        if link is not None:
            await link.drain()
            link.end("no neighbour any more")

    async def end_all(self) -> None:
        """End every link because the node ends; returns when nobody is linked, or soon after."""
        for link in self._by_group.values():
            link.end("the node ends")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await self._nobody_linked.wait()

    async def _pump(self, link: Link) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(link.run_sender())
            tasks.create_task(link.run_to_end())
            tasks.create_task(self._ask_now_and_then(link))
            cost = NOTHING
            while True:
                # At least one turn for all others: what a socket has ready is read without a pause.
                await asyncio.sleep(self._pause_s(link, cost))
                data = await link.receive()
                self._core.driver.feed(FrameArrived(link.number, data))
                await self._core.driver.room()
                cost = cost_of(data)

    def _pause_s(self, link: Link, cost: Cost) -> float:
        """Seconds until this link is read on, after what it has just sent."""
        now_ms = int(asyncio.get_running_loop().time() * 1_000)
        pace = self._paces.setdefault(link.peer.group, Pace(now_ms))
        return pace.wait_ms(cost, now_ms) / 1_000

    async def _ask_now_and_then(self, link: Link) -> None:
        """Until cancelled, see from time to time whether both ends still hold the same."""
        while True:
            await asyncio.sleep(ASK_AGAIN_S * random.uniform(0.75, 1.25))
            self._core.driver.feed(AskAgain(link.number))

    def _take_down(self, link: Link) -> None:
        self._core.driver.detach(link.number)
        self._core.driver.feed(LinkDown(link.number))
        if self._by_group.get(link.peer.group) is link:
            del self._by_group[link.peer.group]
            if not self._by_group:
                self._nobody_linked.set()
            self._core.driver.note_heard(link.peer.group)
            self._tell(link.peer.group)
        if link.peer.group not in neighbour_groups(self._core):
            self._paces.pop(link.peer.group, None)
        link.mark_gone()

    def _whereabouts(self) -> Whereabouts:
        return Whereabouts(self._core.hall.discovery_key, self._port)

    def _tell(self, group: GroupId) -> None:
        for linked_or_lost in self._watchers:
            linked_or_lost(group)
        self._core.changed()

    def _dialler(self, peer: DeviceKey, role: Role) -> DeviceKey:
        return self._core.hall.device_key if role is Role.INITIATOR else peer

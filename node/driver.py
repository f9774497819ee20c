"""Feeds the protocol's machine and carries out what it says: the only caller of `handle`.

What arrives is kept in groups, one commit for many records; a hall that sends fast waits for our
disk, never the desk. Sending never waits: each link has a bounded outbox, and one that is full ends
its link, because reconciliation finds what was not sent.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from node.clock import Clock
from node.refusal import Refused
from node.store.connection import Database
from node.store.neighbours import (
    Address,
    not_heard_later,
    note_address,
    set_discovery_key,
    set_last_heard,
)
from node.store.records import add_holders, keep_placed
from node.store.time import keep_passing
from protocol.aging import Passing
from protocol.events import (
    EndLink,
    Input,
    KeepRecords,
    KeepWhereabouts,
    LeaveOut,
    LetGo,
    LinkId,
    LinkSettled,
    Output,
    Reached,
    SendFrame,
    Stored,
    Tick,
    TimeTold,
)
from protocol.exchange import Exchange
from protocol.forwarding import Lane
from protocol.frames import Whereabouts
from protocol.ids import GroupId, RecordId, UnixMs
from protocol.record import Proof
from protocol.shelf import Placed

log = logging.getLogger(__name__)

UNSAVED_MAX: Final = 4_000
"""Records, and ids to acknowledge, that may wait for the disk, 16 MB at most: beyond it links are
not read any more."""
DISK_PAUSE_S: Final = 5.0
"""Seconds until a disk that refused is tried again: time to make room, or for a card to recover."""


class Outbox(Protocol):
    """One link's way out."""

    host: str
    """The address that the link comes from."""

    def put(self, frame: bytes, lane: Lane | None = None) -> None:
        """Send when there is time and its lane has its turn; ends the link when too much waits."""
        ...

    def end(self, why: str) -> None:
        """End the link; `why` goes to the log."""
        ...


class Driver:
    """`changed` is called after everything that a screen may show."""

    def __init__(
        self, exchange: Exchange, database: Database, clock: Clock, changed: Callable[[], None]
    ) -> None:
        self.exchange = exchange
        self._database = database
        self._clock = clock
        self._changed = changed
        self._outboxes: dict[LinkId, Outbox] = {}
        self._batch = _Batch()
        self._something_to_keep = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._all_kept = asyncio.Event()
        self._all_kept.set()

    def attach(self, link: LinkId, outbox: Outbox) -> None:
        self._outboxes[link] = outbox

    def detach(self, link: LinkId) -> None:
        self._outboxes.pop(link, None)

    def feed(self, event: Input) -> None:
        """Raises PeerError when the peer of the event's link broke the protocol."""
        for output in self.exchange.handle(event):
            self._carry_out(output)

    def tick(self) -> None:
        """Tell the machine what time it is, and the clock whose times count."""
        self._clock.pair(self._paired())
        # Asked for first: reading a clock may be what makes it trusted.
        is_trusted = self._clock.is_trusted
        self.feed(Tick(self._clock(), is_trusted, self._clock.read().boot_ms))

    def _paired(self) -> frozenset[GroupId]:
        shelf = self.exchange.shelf
        return shelf.graph.named_by(shelf.us)

    def _hear_time(self, peer: GroupId, time_ms: UnixMs) -> None:
        """A neighbour's time; who is a neighbour may have changed since the last tick."""
        was_trusted = self._clock.is_trusted
        self._clock.pair(self._paired())
        self._clock.hear(peer, time_ms)
        if self._clock.is_trusted is not was_trusted:
            self._changed()

    def note_heard(self, group: GroupId) -> None:
        """A neighbour is heard now: keep that when the disk has time."""
        self._batch.heard[group] = self._clock()
        self._wake_keeper()

    def note_dialled(self, group: GroupId, address: Address) -> None:
        """A neighbour was reached at this address now: keep that when the disk has time."""
        self._batch.dialled[group] = (address, self._clock())
        self._wake_keeper()

    async def kept(self) -> None:
        """Wait until nothing waits for the disk."""
        await self._all_kept.wait()

    async def room(self) -> None:
        """Wait until the disk has caught up: whoever feeds what arrives waits here in between."""
        await self._room.wait()

    async def keep_first(self) -> None:
        """Save what starting found out, before the keeper runs and anything else is signed.

        A disk that refuses is the keeper's to try again.
        """
        batch, self._batch = self._batch, _Batch()
        if not await self._keep(batch):
            self._batch = batch

    async def run_keeper(self) -> None:
        """Save what arrives until cancelled. What a lost run had not saved, neighbours send again.

        While the disk refuses, what arrived waits in memory and nobody is told that it is safe.
        """
        while True:
            await self._something_to_keep.wait()
            self._something_to_keep.clear()
            batch, self._batch = self._batch, _Batch()
            while not await self._keep(batch):
                log.warning("what neighbours sent is not saved yet: the disk refuses")
                await asyncio.sleep(DISK_PAUSE_S)
            if self._batch.size < UNSAVED_MAX:
                self._room.set()
            if not self._something_to_keep.is_set():
                self._all_kept.set()

    def _wake_keeper(self) -> None:
        self._all_kept.clear()
        self._something_to_keep.set()
        if self._batch.size >= UNSAVED_MAX:
            self._room.clear()

    async def _keep(self, batch: _Batch) -> bool:
        try:
            await self._database.run(partial(_write, batch, self._clock()))
        except Refused:
            return False
        for link, ids in batch.arrived.items():
            self.feed(Stored(link, tuple(ids)))
        self._changed()
        return True

    def _carry_out(self, output: Output) -> None:
        match output:
            case SendFrame(link, data, lane):
                self._send(link, data, lane)
            case KeepRecords(link, placed, known):
                _warn_of_proofs(placed)
                self._batch.placed += placed
                arrived = self._batch.arrived.setdefault(link, set())
                arrived.update(each.record.id for each in placed)
                arrived.update(known)
                self._wake_keeper()
            case KeepWhereabouts(link, peer, whereabouts):
                self._keep_whereabouts(link, peer, whereabouts)
            case Reached(peer, ids):
                self._batch.reached.setdefault(peer, set()).update(ids)
                self._wake_keeper()
            case LeaveOut(link, record, reason):
                log.warning("link %d: record %s left out: %s", link, record.hex()[:8], reason)
            case TimeTold(peer, time_ms):
                self._hear_time(peer, time_ms)
            case EndLink(link, reason):
                self._end(link, reason)
            case LinkSettled():
                self._changed()
            case LetGo(passing, purged_ms):
                self._batch.passings.append((passing, purged_ms))
                self._wake_keeper()

    def _end(self, link: LinkId, reason: str) -> None:
        outbox = self._outboxes.get(link)
        if outbox is not None:
            outbox.end(reason)

    def _send(self, link: LinkId, frame: bytes, lane: Lane | None) -> None:
        outbox = self._outboxes.get(link)
        if outbox is not None:
            outbox.put(frame, lane)

    def _keep_whereabouts(self, link: LinkId, peer: GroupId, whereabouts: Whereabouts) -> None:
        outbox = self._outboxes.get(link)
        if outbox is not None:
            self._batch.told[peer] = (outbox.host, whereabouts)
            self._wake_keeper()


def _warn_of_proofs(placed: Iterable[Placed]) -> None:
    for each in placed:
        if isinstance(each.record.body, Proof):
            proof, about = each.record.id.hex()[:8], each.record.header.object.hex()[:8]
            log.warning("proof %s: two contents of %s as one version", proof, about)


@dataclass(slots=True)
class _Batch:
    """What one commit keeps. `arrived` is what each link is told of afterwards.

    Of a neighbour's whereabouts, which it may send as often as it likes, the last word counts.
    """

    placed: list[Placed] = field(default_factory=list)
    arrived: dict[LinkId | None, set[RecordId]] = field(default_factory=dict)
    reached: dict[GroupId, set[RecordId]] = field(default_factory=dict)
    told: dict[GroupId, tuple[str, Whereabouts]] = field(default_factory=dict)
    dialled: dict[GroupId, tuple[Address, UnixMs]] = field(default_factory=dict)
    heard: dict[GroupId, UnixMs] = field(default_factory=dict)
    passings: list[tuple[Passing, UnixMs]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """All in it that grows with what neighbours send."""
        ids = [*self.arrived.values(), *self.reached.values()]
        return len(self.placed) + sum(len(each) for each in ids)


def _write(batch: _Batch, now_ms: UnixMs, conn: sqlite3.Connection) -> None:
    keep_placed(conn, batch.placed)
    for group, (host, told) in batch.told.items():
        set_discovery_key(conn, group, told.discovery_key)
        if told.port:
            note_address(conn, group, Address(host, told.port), now_ms)
    for group, (address, at_ms) in batch.dialled.items():
        note_address(conn, group, address, at_ms)
    for group, at_ms in batch.heard.items():
        set_last_heard(conn, group, at_ms)
    for group, ids in batch.reached.items():
        add_holders(conn, group, ids)
    for passing, purged_ms in batch.passings:
        keep_passing(conn, passing, purged_ms)
        if passing.unsure_since_ms is None:  # else the next start would go on from that time
            not_heard_later(conn, now_ms)

"""Feeds the protocol's machine and carries out what it says: the only caller of `handle`.

What arrives is kept in groups, one commit for many records; a hall that sends fast waits for our
disk, never the desk. Sending never waits: each link has a bounded outbox, and one that is full ends
its link, because reconciliation finds what was not sent.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Protocol

from node.clock import Clock
from node.store.connection import Database
from node.store.neighbours import Address, note_address, set_discovery_key
from node.store.records import keep_placed
from protocol.exchange import (
    Exchange,
    Input,
    KeepRecords,
    KeepWhereabouts,
    LeaveOut,
    LinkId,
    LinkSettled,
    Output,
    Reached,
    SendFrame,
    Stored,
)
from protocol.frames import Whereabouts
from protocol.ids import GroupId, RecordId, UnixMs
from protocol.shelf import Placed

log = logging.getLogger(__name__)


class Outbox(Protocol):
    """One link's way out."""

    host: str
    """The address that the link comes from."""

    def put(self, frame: bytes) -> None:
        """Send when there is time; ends the link when too much is waiting already."""
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
        self._unsaved: list[tuple[LinkId, Placed]] = []
        self._sightings: list[tuple[GroupId, str, Whereabouts]] = []
        self._something_to_keep = asyncio.Event()

    def attach(self, link: LinkId, outbox: Outbox) -> None:
        self._outboxes[link] = outbox

    def detach(self, link: LinkId) -> None:
        self._outboxes.pop(link, None)

    def feed(self, event: Input) -> None:
        """Raises PeerError when the peer of the event's link broke the protocol."""
        for output in self.exchange.handle(event):
            self._carry_out(output)

    async def run_keeper(self) -> None:
        """Save what arrives until cancelled. What a lost run had not saved, neighbours send again.

        Raises Refused when the disk fails: a node that cannot keep what it passes on must end.
        """
        while True:
            await self._something_to_keep.wait()
            self._something_to_keep.clear()
            await self._keep_all()

    async def _keep_all(self) -> None:
        batch, self._unsaved = self._unsaved, []
        sightings, self._sightings = self._sightings, []
        placed = [each for _, each in batch]
        now_ms = self._clock()
        if placed:
            await self._database.run(partial(keep_placed, placed=placed, now_ms=now_ms))
        for group, host, told in sightings:
            await self._database.run(partial(_note, group, host, told, now_ms))
        saved: dict[LinkId, list[RecordId]] = {}
        for link, each in batch:
            saved.setdefault(link, []).append(each.record.id)
        for link, ids in saved.items():
            self.feed(Stored(link, tuple(ids)))
        self._changed()

    def _carry_out(self, output: Output) -> None:
        match output:
            case SendFrame(link, data):
                outbox = self._outboxes.get(link)
                if outbox is not None:
                    outbox.put(data)
            case KeepRecords(link, placed):
                self._unsaved += [(link, each) for each in placed]
                self._something_to_keep.set()
            case KeepWhereabouts(link, peer, whereabouts):
                outbox = self._outboxes.get(link)
                if outbox is not None:
                    self._sightings.append((peer, outbox.host, whereabouts))
                    self._something_to_keep.set()
            case LeaveOut(link, record, reason):
                log.warning("link %d: record %s left out: %s", link, record.hex()[:8], reason)
            case LinkSettled() | Reached():
                self._changed()


def _note(
    group: GroupId, host: str, told: Whereabouts, now_ms: UnixMs, conn: sqlite3.Connection
) -> None:
    set_discovery_key(conn, group, told.discovery_key)
    if told.port:
        note_address(conn, group, Address(host, told.port), now_ms)

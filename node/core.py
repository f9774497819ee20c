"""What every answer works with: the hall, its store, what it holds, and who wants to know.

One command of a person is carried out at a time; what neighbours send goes on beside it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import partial
from typing import Protocol, TypeVar

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from node.api.views import Changed, InviteView
from node.clock import Clock
from node.desk.events import Did, Event
from node.driver import Driver
from node.frozen import refusal, spoken_of
from node.hall import Hall
from node.refusal import Refused, Why
from node.signing import Signer
from node.store.board import append, append_new
from node.store.connection import Database
from node.store.hall import HallRow, all_seal_keys, find_hall, next_boot
from node.store.records import (
    Rotten,
    all_hearings,
    all_holders,
    all_rows,
    delete_records,
    replace_record,
)
from node.store.scrub import Spoilt
from node.store.time import find_past
from protocol.aging import Past
from protocol.bodies import Body, Kind
from protocol.codec import encode
from protocol.events import Published
from protocol.exchange import Exchange
from protocol.ids import GroupId, RecordId, UnixMs
from protocol.introduction import Boot
from protocol.limits import DAY_MS
from protocol.record import Proof, Record
from protocol.shelf import Shelf

log = logging.getLogger(__name__)

Result = TypeVar("Result")
BOOT_NONCE_BYTES = 16
AFTERWORD_MS = 3 * DAY_MS
"""Milliseconds that a version lives which closes something: neighbours who are away for a night or
two still hear that it came, or that nobody is to come."""


class Network(Protocol):
    """What only a running node has: links. None of it may be asked of a stopped one."""

    address: str

    def linked(self) -> frozenset[GroupId]:
        """The groups that we hear right now."""
        ...

    async def invite(self, until_ms: UnixMs) -> InviteView: ...

    async def join(self, code: str) -> GroupId:
        """The group that we are paired with now."""
        ...

    async def part(self, group: GroupId) -> None:
        """End the links to a neighbour that was removed; tell the others our new discovery key."""
        ...


@dataclass(frozen=True, slots=True)
class Rot:
    """Rows on this disk that are no records any more, and so are not on the shelf."""

    ours: tuple[RecordId, ...] = ()
    """Of our own hall: what this device has signed is taken from nobody else, so it stays on the
    disk as it is."""
    others: tuple[RecordId, ...] = ()
    """Any neighbour sends these again."""


class Core:
    """`network` is None on a stopped node. `is_swept`: nothing deleted is left in the disk's log;
    nobody knows that of what the run before has left. `rot` is what this run could not read,
    `spoilt` what its last look at the disk found that it could not mend."""

    def __init__(self, hall: Hall, database: Database, clock: Clock, zone: tzinfo) -> None:
        self.hall = hall
        self.database = database
        self.clock = clock
        self.zone = zone
        self.shelf = Shelf(hall.group, hall.device_key)
        self.driver = Driver(Exchange(self.shelf), database, clock, self.changed)
        self.signer = Signer(
            hall.group,
            hall.device,
            secrets.token_bytes,
            clock_is_trusted=lambda: clock.is_trusted,
        )
        self.network: Network | None = None
        self.cards_are_fresh = False
        self.cards_are_sure = False
        self.is_swept = False
        self.rot = Rot()
        self.spoilt: tuple[Spoilt, ...] = ()
        self.writing = asyncio.Lock()
        self._watchers: set[asyncio.Event] = set()

    async def boot(self) -> None:
        """Take the next boot number, before anybody is told of it."""
        number = await self.database.run(next_boot)
        self.hall = replace(self.hall, boot=_boot(number))

    async def set_aside_rot(self) -> None:
        """Off the disk with what cannot be read and is not ours: it is to come again. Done by the
        node, which has a log; what a command finds is still there for the next look."""
        for each in self.rot.others:
            log.warning("record %s could not be read from the disk: set aside", each.hex()[:8])
        for each in self.rot.ours:
            log.warning("record %s of our own could not be read from the disk", each.hex()[:8])
        if self.rot.others:
            await self.database.run(partial(delete_records, ids=self.rot.others))

    def changed(self) -> None:
        """Tell everyone who watches that what they show may be different now."""
        for watcher in self._watchers:
            watcher.set()

    async def changes(self) -> AsyncIterator[Changed]:
        """Once now, then after each change; several at once count as one."""
        new = asyncio.Event()
        new.set()
        self._watchers.add(new)
        try:
            while True:
                await new.wait()
                new.clear()
                yield Changed()
        finally:
            self._watchers.discard(new)

    async def read(self, query: Callable[[sqlite3.Connection], Result]) -> Result:
        return await self.database.read(query)

    async def save(
        self,
        *revisions: tuple[Record | None, Record],
        also: Callable[[sqlite3.Connection], Result],
        then: Callable[[], None] = lambda: None,
    ) -> Result:
        """Save records of our own, each with the version it replaces, and what `also` writes.

        All of it or nothing is on disk afterwards; only then is `then` called, to change the same
        in memory, and a record leaves. Cancelled, it still does all of that before it ends: what
        is on disk and not on the shelf would be signed twice.

        Raises Refused, and nothing has changed, where this device has signed two contents of one of
        these before: what stands in its place takes no next version.
        """
        work = partial(_save, revisions=revisions, also=also, heard_ms=self.shelf.now_ms)
        return await _to_the_end(self._save(work, tuple(new for _, new in revisions), then))

    async def _save(
        self,
        work: Callable[[sqlite3.Connection], Result],
        records: tuple[Record, ...],
        then: Callable[[], None],
    ) -> Result:
        self._refuse_frozen(records)
        result = await self.database.run(work)
        then()
        counting = tuple(each for each in records if self._proof_against(each) is None)
        if counting:
            self.driver.feed(Published(counting))
        self.changed()
        if counting != records:
            await self._take_back(records)
        return result

    async def _take_back(self, records: tuple[Record, ...]) -> None:
        """A proof came while these were saved: off the disk, where the next start would find them.

        Raises Refused; the others of them, and what was written beside, stay.
        """
        frozen = [each.id for each in records if self._proof_against(each) is not None]
        await self.database.run(partial(delete_records, ids=frozen))
        self._refuse_frozen(records)

    def _refuse_frozen(self, records: tuple[Record, ...]) -> None:
        for record in records:
            proof = self._proof_against(record)
            if proof is not None:
                raise refusal(self.shelf, proof)

    def _proof_against(self, record: Record) -> Record | None:
        """The proof that stands where `record` is to stand; the next roster ends its own."""
        held = self.shelf.find(record.header.object)
        is_frozen = held is not None and isinstance(held.body, Proof)
        return held if is_frozen and record.header.kind != Kind.ROSTER else None

    def next_version(self, record: Record, body: Body, lifetime_ms: int = 1) -> Record:
        """Of a record of ours, signed now, to live as long as the last one or for `lifetime_ms`.

        Raises Refused(OTHER_DEVICE): no other device of this hall can go on with it.
        """
        if record.header.device != self.hall.device_key:
            raise Refused(Why.OTHER_DEVICE, what=spoken_of(self.shelf, record))
        return self.signer.next(record, body, self.clock(), lifetime_ms)

    def last_word(self, record: Record, body: Body) -> Record:
        """The same, of what is over: it lives long enough to be heard."""
        return self.next_version(record, body, AFTERWORD_MS)

    def append(self, conn: sqlite3.Connection, *events: Event, act: int | None = None) -> None:
        """Write what happened at the desk, as one act or as more of `act`, within a transaction."""
        append(conn, self.hall.device_key, *events, act=act)

    def append_new(self, conn: sqlite3.Connection, events: Sequence[Event], act: int | None) -> int:
        """Write many needs and offers that are new, as one act or as more of `act`; returns it."""
        return append_new(conn, self.hall.device_key, events, act)

    def event(self, did: Did, about: str, initials: str, **data: object) -> Event:
        """What happens now. Raises nothing; `data` is JSON."""
        return Event(did, about, self.clock(), initials, data, trusted=self.clock.is_trusted)


async def _to_the_end(work: Coroutine[object, object, Result]) -> Result:
    """Await `work`; whoever cancels this waits until it has ended."""
    working = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not working.done():
        try:
            await asyncio.wait([working])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        working.exception()  # looked at, so that nobody is told of it twice
        raise cancelled
    return working.result()


def _save(
    conn: sqlite3.Connection,
    revisions: tuple[tuple[Record | None, Record], ...],
    also: Callable[[sqlite3.Connection], Result],
    heard_ms: UnixMs,
) -> Result:
    for old, new in revisions:
        replace_record(conn, old, new, heard_ms)
    return also(conn)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a hall has on disk of what it keeps in memory."""

    row: HallRow
    seal_keys: list[bytes]
    records: list[Record]
    rotten: list[Rotten]
    hearings: dict[RecordId, UnixMs]
    holders: list[tuple[RecordId, GroupId]]
    past: Past


async def open_core(
    database: Database, clock_from: Callable[[UnixMs], Clock], zone: tzinfo
) -> Core:
    """The hall in `database`, what it holds put back on the shelf.

    `clock_from` gets the latest time that this hall knows of.
    """
    loaded = await database.read(_load)
    clock = clock_from(loaded.past.latest_ms)
    core = Core(_hall(loaded.row, loaded.seal_keys), database, clock, zone)
    core.rot = _rot(core.hall, loaded.rotten)
    core.shelf.restore_past(loaded.past)
    for record in loaded.records:
        core.shelf.restore(record, loaded.hearings[record.id])
    for record_id, group in loaded.holders:
        core.driver.exchange.restore_holder(record_id, group)
    core.driver.tick()
    return core


def _load(conn: sqlite3.Connection) -> _Loaded:
    row = find_hall(conn)
    assert row is not None, "a hall's file is given its name only when it is complete"
    rows = list(all_rows(conn))
    return _Loaded(
        row,
        all_seal_keys(conn),
        [each for each in rows if isinstance(each, Record)],
        [each for each in rows if isinstance(each, Rotten)],
        all_hearings(conn),
        all_holders(conn),
        find_past(conn),
    )


def _rot(hall: Hall, rows: list[Rotten]) -> Rot:
    """A body names its group and its device: where either is still there, it is taken for ours."""
    marks = [encode({1: hall.group})[1:], encode({2: hall.device_key})[1:]]
    is_ours = {each.id: any(mark in each.body for mark in marks) for each in rows}
    return Rot(
        tuple(each for each, ours in is_ours.items() if ours),
        tuple(each for each, ours in is_ours.items() if not ours),
    )


def _hall(row: HallRow, seal_keys: list[bytes]) -> Hall:
    return Hall(
        group=row.group,
        device=SigningKey(row.device_seed),
        boot=_boot(row.boot),
        discovery_key=row.discovery_key,
        name=row.name,
        call_sign=row.call_sign,
        place=row.place,
        area=row.area,
        seal_keys=tuple(PrivateKey(key) for key in seal_keys),
    )


def _boot(number: int) -> Boot:
    return Boot(number, secrets.token_bytes(BOOT_NONCE_BYTES))

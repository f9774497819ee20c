"""Halls on real disks, joined by a pipe between their drivers: everything of a node but sockets."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC
from functools import partial
from itertools import count, pairwise
from pathlib import Path
from typing import TypeVar

from node.answers.table import LocalNode
from node.api.requests import (
    AddEntry,
    Answer,
    ListOverflows,
    MakePledge,
    PassOn,
    PreviewPass,
    Request,
    ShowOverflow,
)
from node.api.views import Kind, OverflowView, PledgeView
from node.core import Core, open_core
from node.hall import make_hall
from node.standing import peering_with
from node.store.connection import Database, open_existing
from node.store.neighbours import Neighbour, add_neighbour
from protocol.channel import Role
from protocol.clock import Reading, TimeNow, Voucher, Word
from protocol.events import FrameArrived, LinkDown, LinkId, LinkUp
from protocol.forwarding import Lane
from protocol.frames import Whereabouts
from protocol.ids import GroupId, LinkEnd, UnixMs
from tests.eventually import eventually

Result = TypeVar("Result")
EVENING = UnixMs(1_938_018_600_000)
"""2031-05-31 18:30 in UTC, where these halls are."""
HOUR_MS = 3_600_000
LINKS = count(1)


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now_ms = EVENING
        self.is_trusted = True

    def __call__(self) -> UnixMs:
        return self.now_ms

    def read(self) -> Reading:
        return Reading(self.now_ms, 0, self.is_trusted)

    def standing(self) -> TimeNow:
        by = Voucher.SYNCHRONISED if self.is_trusted else Voucher.NOBODY
        return TimeNow(self.now_ms, by, tellers=0, ahead_ms=None)

    def tell(self, word: Word) -> None:
        """Nobody else puts it anywhere; nor do neighbours."""

    def pair(self, neighbours: Collection[GroupId]) -> None: ...

    def hear(self, group: GroupId, time_ms: UnixMs) -> None: ...

    def put(self, ms: int) -> None:
        self.now_ms = UnixMs(ms)


class WatchedDatabase(Database):
    """A database that knows whether it is at work."""

    busy = 0

    async def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        self.busy += 1
        try:
            return await super().run(work)
        finally:
            self.busy -= 1


class OneHall:
    """A hall as a front end meets it. `coming` counts frames that are under way to it."""

    def __init__(self, core: Core, clock: SetClock, folder: Path) -> None:
        self.coming = 0
        self.pipes: list[Pipe] = []
        self.core = core
        self.clock = clock
        self.is_ticking = True
        """Whether it looks at its clock whenever halls are to come to one mind."""
        self.folder = folder
        self.node = LocalNode(core)

    async def ask(self, request: Request[Answer], initials: str = "AK") -> Answer:
        return await self.node.call(request, initials=initials)

    async def need(
        self, text: str = "Hot meals", qty: str = "40", contact: str = "", consent: str = ""
    ) -> str:
        """The reference of a new need of food."""
        need = AddEntry(Kind.NEED, "FOD", text, qty, contact=contact, consent=consent)
        return (await self.ask(need)).ref

    async def pass_on(self, *refs: str, qty: str = "", hours: str = "") -> OverflowView:
        """Pass on what the preview shows."""
        shown = await self.ask(PreviewPass(refs, qty=qty, hours=hours))
        return await self.ask(PassOn(refs, shown.approval, qty=qty, hours=hours))

    @property
    def is_quiet(self) -> bool:
        """Whether all that came is on disk, and nothing is under way."""
        database, driver = self.core.database, self.core.driver
        assert isinstance(database, WatchedDatabase)
        return not (self.coming or database.busy or driver._something_to_keep.is_set())

    async def overflow(self, id_: str) -> OverflowView:
        return await self.ask(ShowOverflow(id_))

    async def only_pledge(self, overflow: str) -> PledgeView:
        (pledge,) = (await self.overflow(overflow)).pledges
        return pledge


@asynccontextmanager
async def one_hall(
    folder: Path, name: str = "Northgate Hall", place: str = ""
) -> AsyncIterator[OneHall]:
    """A new hall, alone."""
    make_hall(folder, name, place)
    async with opened(folder) as hall:
        yield hall


@asynccontextmanager
async def opened(folder: Path, clock: SetClock | None = None) -> AsyncIterator[OneHall]:
    """A hall that exists, its keeper at work until the end."""
    clock = clock or SetClock()
    database = WatchedDatabase(open_existing(folder), folder)
    try:
        core = await open_core(database, lambda _latest_ms: clock, UTC)
        async with asyncio.TaskGroup() as tasks:
            keeper = tasks.create_task(core.driver.run_keeper())
            await core.driver.kept()
            yield OneHall(core, clock, folder)
            keeper.cancel()
    finally:
        database.close()


@asynccontextmanager
async def two_halls(folder: Path) -> AsyncIterator[tuple[OneHall, OneHall]]:
    """Northgate and Eastside, neighbours, linked and of one mind."""
    async with (
        one_hall(folder / "north", "Northgate Hall", "12 Mill Lane") as north,
        one_hall(folder / "east", "Eastside Centre") as east,
    ):
        await pair(north, east)
        Pipe(north, east)
        await of_one_mind(north, east)
        yield north, east


@asynccontextmanager
async def line_of_halls(folder: Path, *names: str) -> AsyncIterator[list[OneHall]]:
    """Halls in a row, each a neighbour of the next alone; linked and of one mind."""
    async with AsyncExitStack() as stack:
        halls = [
            await stack.enter_async_context(one_hall(folder / str(number), name))
            for number, name in enumerate(names)
        ]
        for one, other in pairwise(halls):
            await pair(one, other)
            Pipe(one, other)
        await all_of_one_mind(halls)
        yield halls


async def pair(one: OneHall, other: OneHall) -> None:
    """What pairing leaves in both stores."""
    for ours, theirs in ((one, other), (other, one)):
        group = theirs.core.hall.group
        neighbour = Neighbour(group, theirs.core.hall.name, ours.clock())
        revision = peering_with(ours.core, group)
        await ours.core.save(revision, also=partial(add_neighbour, neighbour=neighbour))


class Pipe:
    """A link: what one end sends, the other is fed on the loop's next turn."""

    def __init__(self, dialler: OneHall, listener: OneHall) -> None:
        self._ends = (dialler, listener)
        self.link = LinkId(next(LINKS))
        self.frames: list[bytes] = []
        self.is_up = True
        roles = (Role.INITIATOR, Role.RESPONDER)
        for end, other in ((dialler, listener), (listener, dialler)):
            end.core.driver.attach(self.link, _End(self, other))
            end.pipes.append(self)
        for end, other, role in zip(self._ends, reversed(self._ends), roles, strict=True):
            roster = other.core.shelf.roster_of(other.core.hall.group)
            assert roster is not None
            told = Whereabouts(end.core.hall.discovery_key, 7425)
            up = LinkUp(self.link, _end_of(other), role, roster, told)
            end.core.driver.feed(up)

    def cut(self) -> None:
        """Nothing arrives any more, and both ends notice."""
        if not self.is_up:
            return
        self.is_up = False
        for end in self._ends:
            end.core.driver.detach(self.link)
            end.core.driver.feed(LinkDown(self.link))

    def deliver(self, to: OneHall, frame: bytes) -> None:
        to.coming -= 1
        if self.is_up:
            self.frames.append(frame)
            to.core.driver.feed(FrameArrived(self.link, frame))


class _End:
    """An outbox that never fills."""

    host = "192.0.2.7"

    def __init__(self, pipe: Pipe, other: OneHall) -> None:
        self._pipe = pipe
        self._other = other

    def put(self, frame: bytes, lane: Lane | None = None) -> None:
        self._other.coming += 1
        asyncio.get_running_loop().call_soon(self._pipe.deliver, self._other, frame)

    def end(self, why: str) -> None:
        """As on a socket, the driver hears of it a turn later."""
        asyncio.get_running_loop().call_soon(self._pipe.cut)


async def of_one_mind(one: OneHall, other: OneHall) -> None:
    """Wait until both hold the same of what both are to hold, on disk too."""
    await all_of_one_mind([one, other])


def _end_of(other: OneHall) -> LinkEnd:
    return LinkEnd(other.core.hall.group, other.core.hall.device_key)


async def all_of_one_mind(line: list[OneHall]) -> None:
    """The same of each hall in a line and the next; each looks at its clock first."""
    for hall in line:
        if hall.is_ticking:
            hall.core.driver.tick()

    def agree(one: OneHall, other: OneHall) -> bool:
        ours = one.core.shelf.shared_with(_end_of(other))
        theirs = other.core.shelf.shared_with(_end_of(one))
        return (ours.directory.summary(), ours.others.summary()) == (
            theirs.directory.summary(),
            theirs.others.summary(),
        )

    await eventually(
        lambda: (
            all(hall.is_quiet for hall in line)
            and all(agree(one, other) for one, other in pairwise(line))
        )
    )


async def asked_and_pledged(
    north: OneHall, east: OneHall, asked: str = "40", pledged: str = "25", **need: str
) -> tuple[str, str]:
    """The ids of an overflow of Northgate's and of Eastside's pledge to it."""
    overflow = await north.pass_on(await north.need(qty=asked, **need))
    await of_one_mind(north, east)
    pledge = await east.ask(MakePledge(overflow.id, pledged))
    await of_one_mind(north, east)
    return overflow.id, pledge.id


async def all_overflows(hall: OneHall) -> tuple[OverflowView, ...]:
    return await hall.ask(ListOverflows())

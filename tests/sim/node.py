"""One node: an exchange, a disk that keeps what was saved, and what carries the one to the other.

It does in virtual time what `node/driver.py`, `node/core.py` and `node/upkeep.py` do: what arrives
is saved in groups and acknowledged afterwards, what is signed here leaves only when it is saved,
and a node that starts puts back what is on its disk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Final, Protocol

from node.signing import Signer
from protocol.bodies import Peering
from protocol.errors import PeerError
from protocol.events import (
    AskAgain,
    EndLink,
    FrameArrived,
    Input,
    KeepRecords,
    LetGo,
    LinkDown,
    LinkUp,
    Output,
    Published,
    Reached,
    SendFrame,
    Stored,
    Tick,
    TimeTold,
)
from protocol.exchange import Exchange
from protocol.frames import Whereabouts
from protocol.ids import DeviceKey, GroupId, LinkEnd, RecordId, UnixMs, adoption_number, object_id
from protocol.record import Proof, Record
from protocol.roster import Roster
from protocol.shelf import Placed, Shelf
from tests.sim.clocks import Board, hall_clock
from tests.sim.disk import Batch, Disk
from tests.sim.events import Heap
from tests.sim.faults import Fault, Faults
from tests.sim.halls import Hall
from tests.sim.people import Revision

if TYPE_CHECKING:
    from tests.sim.network import End, Network

TICK_MS: Final = 10_000
"""How often a node looks at its clock (`node/services/upkeep.py`)."""


class Watch(Protocol):
    """Who looks on at every step, and raises where something is not as it must be."""

    def started(self, node: Node) -> None: ...
    def published(self, node: Node, records: tuple[Record, ...]) -> None: ...
    def linked(self, node: Node, end: End) -> None: ...
    def broke_off(self, node: Node, end: End, error: PeerError) -> None: ...
    def held(self, node: Node, record: Record) -> None: ...
    def handled(self, node: Node, event: Input, outputs: list[Output]) -> None: ...


class WatchedShelf(Shelf):
    """Shows each record that comes in, at the moment from which it is held."""

    def __init__(self, us: GroupId, device: DeviceKey, on_held: Callable[[Record], None]) -> None:
        super().__init__(us, device)
        self._on_held = on_held
        self._is_restoring = False

    def restore(self, record: Record, heard_ms: UnixMs) -> None:
        self._is_restoring = True
        super().restore(record, heard_ms)
        self._is_restoring = False

    def _put(self, record: Record, heard_ms: UnixMs) -> Placed:
        placed = super()._put(record, heard_ms)
        if not self._is_restoring:
            self._on_held(record)
        return placed


@dataclass(frozen=True, slots=True)
class Write:
    """One commit, and what follows when the node hears that it is done."""

    commit: Callable[[], None]
    then: Callable[[], None]


class Node:
    """`run` counts the starts of this machine; what a run had under way ends with it."""

    def __init__(
        self, hall: Hall, heap: Heap, network: Network, faults: Faults, rng: Random, watch: Watch
    ) -> None:
        self.hall = hall
        self.name = hall.name
        self.disk = Disk()
        self.board = Board(heap, rng)
        self.run = 0
        self.is_on = False
        self.is_writing = False
        self.at_next_write: Callable[[], None] | None = None
        self._heap = heap
        self._network = network
        self._faults = faults
        self._rng = rng
        self._watch = watch
        self._writes: deque[Write] = deque()
        self._batch = Batch()
        self._is_keeping = False
        self._ticked_ms = 0
        self._cards_are_fresh = self._cards_are_sure = False
        for record in hall.directory(self.board.read().wall_ms):
            self.disk.replace(None, record, heap.now_ms, heap.now_ms)

    # Starting and stopping ------------------------------------------------------------------

    def switch_on(self) -> None:
        """Put back what is on the disk, as `node.core.open_core` does."""
        self.run += 1
        self.is_on = True
        self.is_writing = self._is_keeping = False
        self._cards_are_fresh = self._cards_are_sure = False
        self._batch = Batch()
        self.board.switch_on()
        past = self.disk.past()
        self.clock = hall_clock(past.latest_ms, self.board)
        self.shelf = WatchedShelf(
            self.hall.group, self.hall.device_key, lambda record: self._watch.held(self, record)
        )
        self.exchange = Exchange(self.shelf)
        self.signer = Signer(
            self.hall.group,
            self.hall.device,
            self._rng.randbytes,
            clock_is_trusted=lambda: self.clock.is_trusted,
        )
        self.shelf.restore_past(past)
        for record in self.disk.records.values():
            self.shelf.restore(record, self.disk.heard[record.id])
        for record_id in self.disk.records:
            for peer in self.disk.holders_of(record_id):
                self.exchange.restore_holder(record_id, peer)
        self._watch.started(self)
        self.tick()
        self.look_after()

    def lose_power(self) -> None:
        """All that is not on the disk is gone; what was being written may have got there."""
        is_there = self._rng.random() < 0.5
        if self._writes and is_there and Fault.LOST_WORD in self._faults:
            self._faults.fire(Fault.LOST_WORD)
            self._writes[0].commit()
        self._writes.clear()
        self.is_on = False
        self.run += 1
        self._network.lose_power(self)

    # What comes in --------------------------------------------------------------------------

    def link_up(self, end: End) -> None:
        peer = end.other.node
        told = Whereabouts(self.hall.discovery_key, 4747)
        roster = peer.own_roster()
        vouch = peer.hall.vouch
        them = LinkEnd(peer.hall.group, peer.hall.device_key)
        self.feed(LinkUp(end.link, them, end.role, roster, told, vouch))
        self._note_heard()
        self._watch.linked(self, end)

    def link_down(self, end: End) -> None:
        self.feed(LinkDown(end.link))
        self._note_heard()

    def receive(self, end: End, data: bytes) -> None:
        """One frame; the link of a peer that broke the protocol ends, and nothing else happens."""
        try:
            self.feed(FrameArrived(end.link, data))
        except PeerError as error:
            self._watch.broke_off(self, end, error)
            self._network.close(end)

    def ask_again(self, end: End) -> None:
        self.feed(AskAgain(end.link))

    def tick(self) -> None:
        self._ticked_ms = self._heap.now_ms
        self.clock.pair(self.shelf.graph.named_by(self.hall.group))
        standing = self.clock.standing()
        self._feed(Tick(standing.now_ms, standing.is_trusted, self.board.read().boot_ms))

    def feed(self, event: Input) -> None:
        """Whatever happens, the node has looked at its clock not long before."""
        self.notice_time()
        self._feed(event)

    def notice_time(self) -> None:
        if self._heap.now_ms - self._ticked_ms >= TICK_MS:
            self.tick()

    def _feed(self, event: Input) -> None:
        outputs = self.exchange.handle(event)
        self._watch.handled(self, event, outputs)
        for output in outputs:
            self._carry_out(output)

    def _carry_out(self, output: Output) -> None:
        match output:
            case SendFrame(link, data):
                self._network.send(link, data)
                return
            case KeepRecords(link, placed, known):
                self._batch.placed += placed
                arrived = self._batch.arrived.setdefault(link, {})
                arrived.update((each.record.id, None) for each in placed)
                arrived.update(dict.fromkeys(known))
            case Reached(peer, ids):
                self._batch.reached.append((peer, ids))
            case LetGo(passing, purged_ms):
                self._batch.passings.append((passing, purged_ms))
            case TimeTold(peer, time_ms):
                self.clock.hear(peer, time_ms)
                return
            case EndLink(link):
                self._network.end(link)
                return
            case _:
                return
        self._keep()

    # The disk -------------------------------------------------------------------------------

    def _note_heard(self) -> None:
        self._batch.heard_ms = self.clock()
        self._keep()

    def _keep(self) -> None:
        """Begin to save what arrived, unless that is under way: then afterwards."""
        if self._is_keeping or self._batch.is_empty:
            return
        self._is_keeping = True
        batch, self._batch = self._batch, Batch()

        def kept() -> None:
            self._is_keeping = False
            for link, ids in batch.arrived.items():
                self.feed(Stored(link, tuple(ids)))  # type: ignore[arg-type]
            self._keep()

        self._write(Write(lambda: self.disk.keep(batch), kept))

    def _write(self, write: Write) -> None:
        """One thread owns the disk: what was asked for first is written first."""
        self._writes.append(write)
        if len(self._writes) == 1:
            self._begin_write()

    def _begin_write(self) -> None:
        wait_ms = self._rng.randint(1, 40)
        if Fault.SLOW_DISK in self._faults and self._rng.random() < 0.2:
            self._faults.fire(Fault.SLOW_DISK)
            wait_ms += self._rng.randint(500, 8_000)
        run = self.run

        def done() -> None:
            if self.run != run:
                return
            write = self._writes[0]
            write.commit()
            self._writes.popleft()
            if self._writes:
                self._begin_write()
            write.then()

        self._heap.after(wait_ms, f"{self.name} has written", done)
        if self.at_next_write is not None:
            self._heap.after(wait_ms // 2, f"{self.name} loses its word", self.at_next_write)
            self.at_next_write = None

    # What is signed here --------------------------------------------------------------------

    def save(self, revisions: list[Revision], then: Callable[[], None] = lambda: None) -> None:
        """Save records of our own; only then are they on the shelf, and leave."""
        if not revisions or self.is_writing:
            return
        self.is_writing = True
        heard_ms, at_ms = self.shelf.now_ms, self.clock()
        records = tuple(new for _, new in revisions)

        def commit() -> None:
            for old, new in revisions:
                self.disk.replace(old, new, heard_ms, at_ms)
            self._watch.published(self, records)

        def saved() -> None:
            self.is_writing = False
            self.feed(Published(records))
            then()

        self._write(Write(commit, saved))

    def look_after(self) -> None:
        """This device's cards, renewed at half of their time, when nobody knows the time, and when
        somebody does again."""
        if self.is_writing:
            return
        now_ms, is_trusted, due = self.clock(), self.clock.is_trusted, list[Revision]()
        may_be_gone = not is_trusted and not self._cards_are_fresh
        for record in self.shelf.own_directory():
            ends_ms = self.shelf.ends_ms(record)
            is_ours = record.header.device == self.hall.device_key
            if not is_ours or ends_ms is None or isinstance(record.body, Proof):
                continue
            is_unsure = is_trusted and not self._cards_are_sure and record.header.clock_unsure
            is_due = now_ms >= ends_ms - record.header.lifetime_ms // 2
            if may_be_gone or is_unsure or is_due:
                due.append((record, self.signer.next_in_directory(record, record.body, now_ms)))
        self._cards_are_fresh = True
        self._cards_are_sure = is_trusted
        self.save(due)

    # Whom it knows --------------------------------------------------------------------------

    def knows(self, peer: Node) -> bool:
        """Whether our peering names its group, or it is ours, and its group has not let it go.

        A guest is as good as who vouches for it, for as long as that says.
        """
        group, device, vouch = peer.hall.group, peer.hall.device_key, peer.hall.vouch
        if vouch is not None:
            device = vouch.header.device
            if self.shelf.is_past(vouch):
                return False
        held = self.shelf.roster_of(group)
        shown = peer.own_roster().header.version
        is_known = held is not None and held.header.version >= shown
        if is_known and not self.shelf.is_listed(group, device):
            return False
        return group in self.named()

    def named(self) -> set[GroupId]:
        """The groups whose devices are no strangers: those that we are paired with, and our own."""
        return {self.hall.group, *self.shelf.graph.named_by(self.hall.group)}

    def held_roster(self) -> Record:
        roster = self.shelf.roster_of(self.hall.group)
        assert roster is not None
        return roster

    def own_roster(self) -> Record:
        """The one that we show; while two of one version are about, one that lists us.

        A guest shows whichever of them its hall has.
        """
        roster = self.held_roster()
        if not isinstance(roster.body, Proof):
            return roster
        both = (roster.body.first, roster.body.second)
        return next((each for each in both if self._lists_us(each)), roster.body.first)

    def _lists_us(self, roster: Record) -> bool:
        return isinstance(roster.body, Roster) and self.hall.device_key in roster.body.devices

    def _own_peering(self) -> tuple[Record, Peering]:
        return next(
            (each, each.body)
            for each in self.shelf.own_directory()
            if isinstance(each.body, Peering) and each.header.device == self.hall.device_key
        )

    def own_adoption(self, device: DeviceKey) -> Record | None:
        """What we stand for of a device that was removed."""
        number = adoption_number(device, 0)
        return self.shelf.find(object_id(self.hall.group, self.hall.device_key, number))

    def all_named(self) -> Revision:
        """Our peering with all whom any of our devices names."""
        old, body = self._own_peering()
        named = sorted(self.shelf.graph.named_by(self.hall.group))
        now_ms = self.clock()
        return old, self.signer.next_in_directory(
            old, replace(body, neighbours=tuple(named)), now_ms
        )

    def pair_with(self, group: GroupId) -> None:
        """Sign that it is our neighbour from now on."""
        old, body = self._own_peering()
        named = {*body.neighbours, group}
        self._say_neighbours(old, named, set(body.removed) - {group}, lambda: None)

    def part_from(self, group: GroupId, then: Callable[[], None]) -> None:
        """Sign that it is none any more, whatever our other devices say."""
        old, body = self._own_peering()
        self._say_neighbours(old, set(body.neighbours) - {group}, {*body.removed, group}, then)

    def _say_neighbours(
        self, old: Record, named: set[GroupId], removed: set[GroupId], then: Callable[[], None]
    ) -> None:
        body = Peering(tuple(sorted(named)), tuple(sorted(removed)))
        self.save([(old, self.signer.next_in_directory(old, body, self.clock()))], then)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing waits for the disk."""
        return not self._writes and self._batch.is_empty

    def holds(self, record_id: RecordId) -> bool:
        return record_id in self.disk.records and record_id in self.shelf

"""What holds at every step, on the node that the step touched. Whatever does not is `Broken`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgpack

from protocol.aging import Passing
from protocol.bodies import Request
from protocol.errors import PeerError
from protocol.events import (
    CarryRead,
    FrameArrived,
    Input,
    KeepRecords,
    LeaveOut,
    LetGo,
    Output,
    Reached,
    SendFrame,
)
from protocol.frames import from_bytes
from protocol.ids import DeviceKey, GroupId, ObjectId, RecordId
from protocol.limits import CLAIMS_MAX, MINUTE_MS, PURGE_STEP_MS, WAITING_ROOM_MAX
from protocol.overflow import fold
from protocol.record import Proof, Record, about, is_pledge, parse
from protocol.roster import Roster
from protocol.shelf import Placed
from tests.sim.clocks import SKEW_MS
from tests.sim.events import Heap
from tests.sim.faults import Fault, Faults
from tests.sim.network import RECORDS_CODE, End
from tests.sim.node import TICK_MS, Node

EARLY_MS = 3 * MINUTE_MS
"""By how much the record of an unsure clock may seem to go early: what is heard within a minute of
when it says it was made counts by its own word, on a clock that may move by a minute unnoticed."""


class Broken(AssertionError):
    """Something that must always hold does not."""


@dataclass(slots=True)
class Memory:
    """What one node held, as the town knows it: by true time, across its runs."""

    newest: dict[ObjectId, int] = field(default_factory=dict)
    heard_ms: dict[RecordId, int] = field(default_factory=dict)
    heard_before_ms: dict[RecordId, int] = field(default_factory=dict)
    """What was let go: a crash may come before the disk knows, and then it is here once more."""
    over: dict[ObjectId, int] = field(default_factory=dict)


class Checks:
    """`said`: all that honest desks signed and saved. `wild`: what hostile halls signed besides."""

    def __init__(
        self,
        heap: Heap,
        faults: Faults,
        on_link: Callable[[End], None],
        on_removed: Callable[[DeviceKey], None],
    ) -> None:
        self.on_link = on_link
        self.on_removed = on_removed
        self.said: dict[RecordId, Record] = {}
        self.wild: dict[RecordId, Record] = {}
        self.newest: dict[ObjectId, Record] = {}
        self.contested: dict[ObjectId, None] = {}
        """Objects of which a hostile hall signed two contents under one version."""
        self.memories: dict[str, Memory] = {}
        self.errors: list[str] = []
        self.gone: dict[DeviceKey, None] = {}
        """Devices that were removed: what they sign from then on is nobody's word."""
        self.guests: dict[DeviceKey, Record] = {}
        """Guests, and the one vouch that each stands on."""
        self.never: dict[RecordId, str] = {}
        """What nobody may take, whatever else is known, and why not."""
        self._nodes: dict[GroupId, list[Node]] = {}
        self._hostile: set[str] = set()
        self._contents: dict[tuple[DeviceKey, ObjectId, int], RecordId] = {}
        self._by_body: dict[bytes, Record] = {}
        self._heap = heap
        self._faults = faults

    def add_node(self, node: Node) -> None:
        self._nodes.setdefault(node.hall.group, []).append(node)
        self.memories[node.name] = Memory()
        if node.hall.vouch is not None:
            self.guests[node.hall.device_key] = node.hall.vouch
        self.published(node, tuple(node.disk.records.values()))

    def mark_hostile(self, node: Node) -> None:
        self._hostile.add(node.name)

    def add_wild(self, records: Iterable[Record]) -> None:
        for record in records:
            self.wild[record.id] = record
            self._by_body[record.body_bytes] = record

    def add_lie(self, records: list[Record], why: str) -> None:
        """Well signed, and against a rule that no later word mends."""
        self.add_wild(records)
        self.never |= {record.id: why for record in records}

    def is_contested(self, record: Record) -> bool:
        """Whether it is, or answers, what says two things at once, or is no honest hall's word."""
        is_left = record.header.device in self.gone or record.header.author in self.gone
        return is_left or record.header.object in self.contested or about(record) in self.contested

    # What the nodes report ------------------------------------------------------------------

    def started(self, node: Node) -> None:
        memory = self.memories[node.name]
        memory.newest.clear()
        for record in node.disk.records.values():
            if record.id in memory.heard_before_ms:
                memory.heard_ms.setdefault(record.id, memory.heard_before_ms[record.id])
            if node.shelf.find_by_id(record.id) is not None:
                memory.newest[record.header.object] = record.header.version
        if not all(each in node.shelf for each in node.disk.records):
            raise Broken(f"{node.name} starts with another shelf than its disk")

    def published(self, node: Node, records: tuple[Record, ...]) -> None:
        """They are on the disk now, and on no wire before."""
        for record in records:
            header = record.header
            key = (header.device, header.object, header.version)
            is_second = self._contents.setdefault(key, record.id) != record.id
            is_free = header.object in self.contested or header.device in self.gone
            if is_second and not is_free:
                raise Broken(f"{node.name} signs two contents under one version")
            self.said[record.id] = record
            self._by_body[record.body_bytes] = record
            if isinstance(record.body, Roster):
                for removal in record.body.removed:
                    self.on_removed(removal.device)
            if header.device not in self.gone:
                self.newest[header.object] = record
            memory = self.memories[node.name]
            memory.heard_ms.setdefault(record.id, self._heap.now_ms)
            memory.newest[header.object] = max(memory.newest.get(header.object, 0), header.version)

    def linked(self, node: Node, end: End) -> None:
        """A link is up at this end."""
        self.on_link(end)

    def broke_off(self, node: Node, end: End, error: PeerError) -> None:
        self.errors.append(f"{node.name} of {end.other.node.name}: {error}")
        self._heap.trace.note(f"             {node.name} breaks off: {error}")
        peer = end.other.node
        is_honest = peer.name not in self._hostile and peer.hall.device_key not in self.gone
        if is_honest and not (end.is_garbled or end.other.is_garbled):
            raise Broken(f"{node.name} charges {peer.name}, which is honest: {error}")

    def handled(self, node: Node, event: Input, outputs: list[Output]) -> None:
        for output in outputs:
            match output:
                case SendFrame(_, data):
                    self._sent(node, data)
                case KeepRecords(_, placed, _):
                    self._placed(node, placed)
                case Reached(peer, ids):
                    self._reached(node, peer, ids)
                case LetGo(passing, _):
                    self._let_go(node, passing)
                case LeaveOut(_, record, reason):
                    self._left_out(node, record, reason)
                case _:
                    pass
        if isinstance(event, FrameArrived | CarryRead):
            self._check_caps(node)
        if isinstance(event, FrameArrived):
            self._count_overtaken(node, event.data)

    def _left_out(self, node: Node, record_id: RecordId, reason: str) -> None:
        """A device that speaks no more for its hall may hear again what it said before."""
        record = self.said.get(record_id)
        if record is None or self.is_contested(record):
            return
        if not (record.header.device == node.hall.device_key and node.shelf.is_removed):
            raise Broken(f"{node.name} refuses an honest {described(record)}: {reason}")

    # The rules ------------------------------------------------------------------------------

    def _sent(self, node: Node, data: bytes) -> None:
        trace = self._heap.trace
        trace.mix(data)
        if trace.is_read:
            trace.explain(f"             {node.name} says {from_bytes(data)!r:.150}")
        if not data.startswith(RECORDS_CODE):
            return
        now_ms, shelf = self._heap.now_ms, node.shelf
        for body, signature in msgpack.unpackb(data, strict_map_key=False)[1]:
            record = self._by_body.get(body) or self._found_out(node, body, signature)
            trace.explain(f"                 {described(record)}")
            is_ours = record.header.device == node.hall.device_key
            is_ours = is_ours and not isinstance(record.body, Proof)
            if is_ours and record.id not in node.disk.records:
                raise Broken(f"{node.name} sends its own {described(record)} before it is saved")
            if record.header.in_directory:
                continue
            ends_ms = shelf.ends_ms(record)
            if ends_ms is not None and ends_ms <= shelf.purged_ms:
                raise Broken(f"{node.name} sends {described(record)}, which is over for it")
            expires_ms, late_ms = record.header.expires_ms, PURGE_STEP_MS + TICK_MS + SKEW_MS
            is_sure = node.clock.is_trusted and not record.header.clock_unsure
            if is_sure and expires_ms is not None and expires_ms + late_ms < now_ms:
                raise Broken(f"{node.name} sends {described(record)} after it expired")

    def _count_overtaken(self, node: Node, data: bytes) -> None:
        """A version that comes after a newer one was overtaken on another way."""
        if data.startswith(RECORDS_CODE):
            newest = self.memories[node.name].newest
            for body, _ in msgpack.unpackb(data, strict_map_key=False)[1]:
                record = self._by_body.get(body)
                if record and record.header.version < newest.get(record.header.object, 0):
                    self._faults.fire(Fault.REORDER)

    def _found_out(self, node: Node, body: bytes, signature: bytes) -> Record:
        """A proof that a node has made of two contents, each of which somebody signed."""
        record = parse(body, signature)
        self._check_known(node, record)
        self._by_body[body] = record
        return record

    def _check_known(self, node: Node, record: Record) -> None:
        contents = [record]
        if isinstance(record.body, Proof):
            contents = [record.body.first, record.body.second]
        lies = [self.never[each.id] for each in contents if each.id in self.never]
        if lies:
            raise Broken(f"{node.name} takes {lies[0]}: {described(record)}")
        if not all(each.id in self.said or each.id in self.wild for each in contents):
            raise Broken(f"{node.name} has what nobody said: {described(record)}")

    def _placed(self, node: Node, placed: tuple[Placed, ...]) -> None:
        memory, shelf = self.memories[node.name], node.shelf
        for each in placed:
            record, header = each.record, each.record.header
            self._check_known(node, record)
            # A proof ends its object, and takes one version's place; what an heir adopts, or a
            # guest said, may come back after it was hidden.
            author = header.author or header.device
            is_free = header.object in self.contested or self._may_be_hidden(author)
            if header.version <= memory.newest.get(header.object, 0) and not is_free:
                raise Broken(f"{node.name} goes back to {described(record)}")
            if header.clock_unsure and not header.in_directory and self._was_over(node, record):
                raise Broken(f"{node.name} takes again what is over: {described(record)}")
            memory.newest[header.object] = header.version
            memory.heard_ms.setdefault(record.id, self._heap.now_ms)
            request = shelf.find(about(record) or header.object)
            if request is not None and isinstance(request.body, Request):
                self._check_sums(node, request)

    def _may_be_hidden(self, device: DeviceKey) -> bool:
        return device in self.gone or device in self.guests

    def _was_over(self, node: Node, record: Record) -> bool:
        """Whether time has taken it here, and its disk knows."""
        return node.disk.over.get(record.header.object, 0) >= record.header.version

    def _check_sums(self, node: Node, request: Record) -> None:
        assert isinstance(request.body, Request)
        shelf = node.shelf
        pledges = shelf.pledges_of(request.header.object)
        folded = fold(request, pledges, node.clock(), shelf.ends_ms)
        accepted = sum(each.accepted for each in folded.pledges)
        if max(accepted, request.body.accepted) > request.body.qty:
            raise Broken(f"{node.name} shows more accepted than asked: {described(request)}")

    def held(self, node: Node, record: Record) -> None:
        """In this moment it is held; at the end of the step the graph may be another."""
        request = node.shelf.find(about(record) or record.header.object)
        is_new = record.id not in self.memories[node.name].heard_ms
        is_asked = request is not None and isinstance(request.body, Request)
        if request is not None and is_asked and is_new and record.header.group != node.shelf.us:
            self._check_reach(node, request)

    def _check_reach(self, node: Node, request: Record) -> None:
        """What is held now is in reach, as the graph is that this node knows now, or its hall has
        pledged."""
        header, shelf = request.header, node.shelf
        distance = shelf.distance(header.group)
        if header.group == shelf.us or (distance is not None and distance <= header.reach):
            return
        said = (each for each in self.said.values() if about(each) == header.object)
        if not any(is_pledge(each) and each.header.group == shelf.us for each in said):
            raise Broken(f"{node.name} takes {described(request)} from beyond its reach")

    def _reached(self, node: Node, peer: GroupId, ids: tuple[RecordId, ...]) -> None:
        """What a neighbour said to hold, or agreed on, it holds: on its disk, or a newer version,
        or it is over."""
        there = [each for each in self._nodes[peer] if each.is_on or each.run]
        for each in ids:
            if each not in self.said:
                continue  # a proof against this hall: nobody's own word
            if not any(self.is_kept(one, self.said[each]) for one in there):
                what, names = described(self.said[each]), [one.name for one in there]
                raise Broken(f"{node.name} believes {what} to be on the disk of {names}")

    def is_kept(self, node: Node, record: Record) -> bool:
        header = record.header
        for held in node.disk.versions_of(header.object):
            # A proof has taken the place of all versions.
            if held.header.version >= header.version or isinstance(held.body, Proof):
                return True
        return self.memories[node.name].over.get(header.object, 0) >= header.version

    def _let_go(self, node: Node, passing: Passing) -> None:
        """Time takes nothing that is not over, whatever any clock has shown meanwhile."""
        memory, now_ms = self.memories[node.name], self._heap.now_ms
        for record in dict.fromkeys((*passing.over, *passing.gone)):
            header = record.header
            if header.clock_unsure:
                self._check_unsure(node, record)
            elif header.expires_ms is not None and header.expires_ms > now_ms + SKEW_MS:
                raise Broken(f"{node.name} takes {described(record)} for over, too early")
            memory.over[header.object] = max(header.version, memory.over.get(header.object, 0))
        for record in passing.gone:
            memory.newest.pop(record.header.object, None)
            heard_ms = memory.heard_ms.pop(record.id, None)
            if heard_ms is not None:
                memory.heard_before_ms[record.id] = heard_ms

    def _check_unsure(self, node: Node, record: Record) -> None:
        """It lives its time from when it was first heard here."""
        lived_ms = self._heap.now_ms - self.memories[node.name].heard_ms[record.id]
        if lived_ms < record.header.lifetime_ms - EARLY_MS:
            what = f"{described(record)} after {lived_ms} ms, too early"
            raise Broken(f"{node.name} lets go of {what}")

    def _check_caps(self, node: Node) -> None:
        """The one place that looks inside: rooms and claims are nobody else's business."""
        shelf = node.shelf
        for room in shelf._waiting._rooms.values():
            if len(room) > WAITING_ROOM_MAX:
                raise Broken(f"{node.name} has {len(room)} records waiting for one neighbour")
        for shared in shelf.sharing._shared.values():
            if len(shared.claims._by_id) > CLAIMS_MAX:
                raise Broken(f"{node.name} counts too many records as held elsewhere")


def described(record: Record) -> str:
    header = record.header
    unsure = " unsure" if header.clock_unsure else ""
    kind = type(record.body).__name__.lower()
    ends = header.expires_ms
    return f"{kind} {header.object.hex()[:8]} v{header.version}{unsure} until {ends}"

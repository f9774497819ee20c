"""Evenings of a town: links, power and disks come and go, and every machine is watched meanwhile.

A step names what it is about by number, taken modulo what there is: any list of steps is an evening,
and every shorter one is an evening too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random

from protocol.bodies import Request
from protocol.exchange import (
    AskAgain,
    Exchange,
    FrameArrived,
    KeepRecords,
    LinkDown,
    LinkId,
    Output,
    Published,
    Reached,
    SendFrame,
    Stored,
)
from protocol.frames import Agree, Frame, Records, Summary, from_bytes, unpack_records
from protocol.holdings import about
from protocol.ids import GroupId, ObjectId, RecordId
from protocol.overflow import fold
from protocol.record import Record
from tests.protocol.desks import Deed, deed_of
from tests.protocol.halls import NOW, Hall
from tests.protocol.towns import Machine, Town

Edge = tuple[int, int]
"""Two halls by number, the one that begins the link first."""
ROUNDS_MAX = 12
"""How often every link is asked again before a town that is not quiet never will be."""


class Happening(Enum):
    """What happens to a town that nobody decides."""

    DELIVER = "frames arrive"
    REPEAT = "a frame arrives that arrives again later"
    LINK = "two paired halls find each other"
    CUT = "a link ends, and all that was under way on it is lost"
    BREAK = "a link ends at one end; the other has not noticed yet"
    SAVE = "a disk catches up"
    RESTART = "a machine loses power, and all that is not on its disk"
    ASK = "the two ends of a link see whether they still hold the same"


@dataclass(frozen=True, slots=True)
class Step:
    """`who` does it or whom it befalls, `which` thing or link it is about, and how `much`."""

    what: Happening | Deed
    who: int
    which: int
    much: int


class Node(Machine):
    """A machine whose disk is written when a step says so, in order."""

    def __init__(self, hall: Hall, *neighbours: Hall) -> None:
        super().__init__(hall, *neighbours)
        self.unsaved: deque[KeepRecords | Reached] = deque()
        self.holders: set[tuple[RecordId, GroupId]] = set()
        self.on_disk = {each.header.object: each.header.version for each in self.disk.values()}
        self.newest = dict(self.on_disk)

    def write(self, record: Record) -> None:
        """Put it on the disk, where versions rise, in place of the version before."""
        version = self.on_disk.get(record.header.object, 0)
        assert record.header.version > version, "a version went back on disk"
        self.on_disk[record.header.object] = record.header.version
        for old in [each for each in self.disk.values() if _are_one_object(each, record)]:
            del self.disk[old.id]
        self.disk[record.id] = record

    def restart(self, rng: Random) -> None:
        """Begin again with what is on the disk, in whatever order the disk gives it."""
        self.unsaved.clear()
        self.exchange = Exchange(self.hall.shelf())
        for record in rng.sample(list(self.disk.values()), len(self.disk)):
            self.exchange.shelf.restore(record, NOW)
        for record_id, peer in self.holders:
            self.exchange.restore_holder(record_id, peer)
        self.newest = dict(self.on_disk)


class Evening(Town):
    """A town of halls that are paired by `edges`; `seed` chooses which frame arrives next."""

    def __init__(self, halls: Sequence[Hall], edges: Iterable[Edge], seed: int) -> None:
        self.edges = list(edges)
        self.nodes = [
            Node(hall, *(halls[other] for other in self.paired_with(number)))
            for number, hall in enumerate(halls)
        ]
        super().__init__(*self.nodes)
        self.said: list[Record] = [each for node in self.nodes for each in node.disk.values()]
        self._rng = Random(seed)

    def paired_with(self, number: int) -> list[int]:
        return [b if a == number else a for a, b in self.edges if number in (a, b)]

    # What happens ---------------------------------------------------------------------------

    def take(self, step: Step) -> None:
        node = self.nodes[step.who % len(self.nodes)]
        match step.what:
            case Deed():
                shelf = node.exchange.shelf
                self.publish(node, *deed_of(node.hall, shelf, step.what, step.which, step.much))
            case Happening.DELIVER:
                self._deliver(step.much)
            case Happening.REPEAT:
                self._deliver(step.much, is_repeating=True)
            case Happening.LINK:
                self._link_up(self.edges[step.which % len(self.edges)])
            case Happening.CUT:
                self._cut(self.edges[step.which % len(self.edges)])
            case Happening.BREAK:
                self._break(node, step.which)
            case Happening.SAVE:
                self._save(node, step.much)
            case Happening.RESTART:
                self._restart(node)
            case Happening.ASK:
                self._ask(node)

    def publish(self, machine: Machine, *records: Record) -> None:
        """On disk first: what leaves is there, and what it replaces is not any more."""
        if not records:
            return
        node = self._node(machine)
        for record in records:
            node.write(record)
            self._note(node, record)
        self.said += records
        self._carry_out(node, node.exchange.handle(Published(records)))

    def _deliver(self, count: int, *, is_repeating: bool = False) -> None:
        """Let frames arrive: any link's next one, but within a link in the order they were sent."""
        for _ in range(count):
            if not self._under_way:
                return
            links = list(dict.fromkeys(event.link for _, event in self._under_way))
            link = self._rng.choice(links)
            machine, event = next(each for each in self._under_way if each[1].link == link)
            self._under_way.remove((machine, event))
            if is_repeating and isinstance(from_bytes(event.data), Records):
                self._under_way.append((machine, event))
                is_repeating = False
            if event.link in machine.ends:
                self._carry_out(machine, machine.exchange.handle(event))

    def _link_up(self, edge: Edge) -> None:
        self._notice()
        one, other = (self.nodes[number] for number in edge)
        if not any(end is other for end, _ in one.ends.values()):
            self.link(one, other)

    def _cut(self, edge: Edge) -> None:
        self._notice()
        self.unlink(*(self.nodes[number] for number in edge))

    def _break(self, node: Node, which: int) -> None:
        """Only this end knows: what the other one sends is lost, what it was sent still arrives."""
        if node.ends:
            link = list(node.ends)[which % len(node.ends)]
            del node.ends[link]
            self._carry_out(node, node.exchange.handle(LinkDown(link)))

    def _notice(self) -> None:
        """Every end notices that its other end is gone."""
        for node in self.nodes:
            for link, (end, back) in list(node.ends.items()):
                if back not in end.ends:
                    del node.ends[link]
                    self._carry_out(node, node.exchange.handle(LinkDown(link)))

    def _restart(self, node: Node) -> None:
        node.ends.clear()
        node.restart(self._rng)

    def _ask(self, node: Node) -> None:
        for link in list(node.ends):
            self._carry_out(node, node.exchange.handle(AskAgain(link)))

    # The disk -------------------------------------------------------------------------------

    def _save(self, node: Node, count: int) -> None:
        for _ in range(min(count, len(node.unsaved))):
            output = node.unsaved.popleft()
            if isinstance(output, Reached):
                node.holders |= {(each, output.peer) for each in output.ids}
                continue
            for each in output.placed:
                node.write(each.record)
            if output.link is not None:
                ids = (*(each.record.id for each in output.placed), *output.known)
                self._carry_out(node, node.exchange.handle(Stored(output.link, ids)))

    def _carry_out(self, machine: Machine, outputs: list[Output]) -> None:
        node = self._node(machine)
        node.outputs += outputs
        for output in outputs:
            match output:
                case SendFrame():
                    _check_saved(node, output)
                    self._send(node, output)
                case KeepRecords():
                    for each in output.placed:
                        self._note(node, each.record)
                    node.unsaved.append(output)
                case Reached():
                    node.unsaved.append(output)

    def _node(self, machine: Machine) -> Node:
        assert isinstance(machine, Node)
        return machine

    # What is true at every moment -----------------------------------------------------------

    def _note(self, node: Node, record: Record) -> None:
        """`record` is held now, or will be as soon as it has been said to be on disk."""
        header, shelf = record.header, node.exchange.shelf
        assert header.version > node.newest.get(header.object, 0), "a version went back"
        node.newest[header.object] = header.version
        asked = about(record) or header.object
        request = shelf.find(asked)
        if request is None or not isinstance(request.body, Request):
            return
        assert request.body.accepted <= request.body.qty
        folded = fold(request, shelf.pledges_of(asked), NOW, shelf.ends_ms)
        assert sum(each.accepted for each in folded.pledges) <= request.body.qty
        if header.group != shelf.us:
            distance = shelf.distance(request.header.group)
            assert distance is not None, "held from beyond the graph"
            assert distance <= request.header.reach, "held from beyond its reach"

    # When all is well again -----------------------------------------------------------------

    def heal(self) -> None:
        """All links up, all delivered and saved; then ask again until nobody has news."""
        self._notice()
        for edge in self.edges:
            self._link_up(edge)
        self.settle()
        for _ in range(ROUNDS_MAX):
            before = len(self.sent)
            for node in self.nodes:
                self._ask(node)
            self.settle()
            if all(_is_agreement(data) for data in self.sent[before:]):
                return
        raise AssertionError("the town never comes to rest")

    def settle(self) -> None:
        """Until nothing is under way and all is on disk."""
        start = len(self.sent)
        while self._under_way or any(node.unsaved for node in self.nodes):
            self._deliver(1)
            for node in self.nodes:
                if not self._under_way or self._rng.random() < 0.2:
                    self._save(node, len(node.unsaved))
            assert len(self.sent) - start < 20_000, "no end of talking"


def _are_one_object(one: Record, other: Record) -> bool:
    return one.header.object == other.header.object


def _check_saved(node: Node, output: SendFrame) -> None:
    frame = from_bytes(output.data)
    if isinstance(frame, Records):
        for record in unpack_records(frame):
            if record.header.group == node.hall.group:
                assert record.id in node.disk, "sent before it was on disk"


def _is_agreement(data: bytes) -> bool:
    frame: Frame | None = from_bytes(data)
    return isinstance(frame, Summary | Agree)

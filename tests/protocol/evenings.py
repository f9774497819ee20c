"""Evenings of a town: links, power and disks come and go, and every machine is watched meanwhile.

A step names what it is about by number, taken modulo what there is: any list of steps is an
evening, and every shorter one is an evening too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from random import Random
from typing import assert_never

from protocol.bodies import Request
from protocol.channel import Role
from protocol.events import (
    FrameArrived,
    KeepRecords,
    LetGo,
    LinkDown,
    LinkId,
    LinkUp,
    Output,
    Published,
    Reached,
    SendFrame,
    Stored,
)
from protocol.frames import Agree, Frame, Records, Summary, from_bytes, unpack_records
from protocol.ids import UnixMs
from protocol.limits import HOUR_MS, KEEP_MS
from protocol.overflow import fold
from protocol.record import Record, about
from tests.protocol.desks import Deed, deed_of
from tests.protocol.disks import Node
from tests.protocol.halls import NOW, Hall
from tests.protocol.towns import Machine, Town, told_by

Edge = tuple[int, int]
"""Two halls by number, the one that begins the link first."""
THINGS = 4
"""Of how many requests one is looked for that a deed fits."""
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
    HOURS = "hours pass at one hall, whoever vouches for its clock"


@dataclass(frozen=True, slots=True)
class Step:
    """`who` does it or whom it befalls, `which` thing or link it is about, and how `much`."""

    what: Happening | Deed
    who: int
    which: int
    much: int


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
        if isinstance(step.what, Deed):
            self._do(step.what, step)
        else:
            self._befall(step.what, step)

    def _befall(self, what: Happening, step: Step) -> None:
        node = self.nodes[step.who % len(self.nodes)]
        edge = self.edges[step.which % len(self.edges)]
        match what:
            case Happening.DELIVER:
                self.deliver(step.much)
            case Happening.REPEAT:
                self.deliver(step.much, is_repeating=True)
            case Happening.LINK:
                self.link_up(edge)
            case Happening.CUT:
                self.cut(edge)
            case Happening.BREAK:
                self.break_off(node, step.which)
            case Happening.SAVE:
                self.save(node, step.much)
            case Happening.RESTART:
                self.restart(node)
            case Happening.ASK:
                self.ask(node)
            case Happening.HOURS:
                self.pass_hours(node, step.much, is_trusted=step.which > 0)
            case _:
                assert_never(what)

    def _do(self, deed: Deed, step: Step) -> None:
        """The first hall from `who` on does it that can, with the first thing from `which` on.

        An evening on which nobody has asked for anything begins with that.
        """
        if not any(isinstance(record.body, Request) for record in self.said):
            deed = Deed.REQUEST
        for which, who in product(range(step.which, step.which + THINGS), self._from(step.who)):
            records = deed_of(who.hall, who.exchange.shelf, deed, which, step.much)
            records = [self.dated(who, record) for record in records]
            if records and all(self._is_new(record) for record in records):
                self.publish(who, *records)
                return

    def time_of(self, node: Node) -> UnixMs:
        """As the hall's own clock has it."""
        return node.now_ms

    def dated(self, node: Node, record: Record) -> Record:
        """As the hall's own clock has it; here all of them are right."""
        return record

    def _is_new(self, record: Record) -> bool:
        """Nobody says a thing anew under a number of which he has forgotten the versions."""
        header = record.header
        said = [each.header for each in self.said if each.header.object == header.object]
        return all(header.version > each.version for each in said)

    def _from(self, who: int) -> list[Node]:
        start = who % len(self.nodes)
        return self.nodes[start:] + self.nodes[:start]

    def publish(self, machine: Machine, *records: Record) -> None:
        """On disk first: what leaves is there, and what it replaces is not any more."""
        if not records:
            return
        node = self._node(machine)
        for record in records:
            node.write(record, self.time_of(node))
            self._note(node, record)
        self.said += records
        self._carry_out(node, node.exchange.handle(Published(records)))

    def deliver(self, count: int, *, is_repeating: bool = False) -> None:
        """Let frames arrive: any link's next one, but within a link in the order they were sent."""
        for _ in range(count):
            if not self._under_way:
                return
            links = list(dict.fromkeys(event.link for _, event in self._under_way))
            machine, event = self._next_of(self._rng.choice(links))
            if is_repeating and isinstance(from_bytes(event.data), Records):
                self._under_way.append((machine, event))
                is_repeating = False
            self._arrive(machine, event)

    def deliver_to(self, node: Node) -> None:
        """Let everything arrive that is under way to this hall, and nothing that it causes."""
        for machine, event in list(self._under_way):
            if machine is node:
                self._arrive(*self._next_of(event.link))

    def _next_of(self, link: LinkId) -> tuple[Machine, FrameArrived]:
        machine, event = next(each for each in self._under_way if each[1].link == link)
        self._under_way.remove((machine, event))
        return machine, event

    def _arrive(self, machine: Machine, event: FrameArrived) -> None:
        if event.link in machine.ends:
            self._carry_out(machine, machine.exchange.handle(event))

    def link_up(self, edge: Edge) -> None:
        self.notice()
        one, other = (self.nodes[number] for number in edge)
        if not any(end is other for end, _ in one.ends.values()):
            self.link(one, other)

    def _up(self, machine: Machine, link: LinkId, other: Machine, role: Role) -> None:
        """Each is introduced by the roster that the other has by now."""
        roster = other.exchange.shelf.roster_of(other.hall.group)
        assert roster is not None
        event = LinkUp(link, other.hall.end, role, roster, told_by(machine.hall))
        self._carry_out(machine, machine.exchange.handle(event))

    def cut(self, edge: Edge) -> None:
        self.notice()
        self.unlink(*(self.nodes[number] for number in edge))

    def break_off(self, node: Node, which: int) -> None:
        """Only this end knows: what the other one sends is lost, what it was sent still arrives."""
        if node.ends:
            link = list(node.ends)[which % len(node.ends)]
            del node.ends[link]
            self._carry_out(node, node.exchange.handle(LinkDown(link)))

    def notice(self) -> None:
        """Every end notices that its other end is gone."""
        for node in self.nodes:
            for link, (end, back) in list(node.ends.items()):
                if back not in end.ends:
                    del node.ends[link]
                    self._carry_out(node, node.exchange.handle(LinkDown(link)))

    def restart(self, node: Node) -> None:
        node.ends.clear()
        node.restart(self._rng)

    def pass_hours(self, node: Node, hours: int, *, is_trusted: bool) -> None:
        """Not so many that nobody is party any more to what is over."""
        node.now_ms = UnixMs(min(node.now_ms + hours * HOUR_MS, NOW + KEEP_MS // 2))
        self.tick(node, node.now_ms, is_trusted=is_trusted)

    # The disk -------------------------------------------------------------------------------

    def save(self, node: Node, count: int) -> None:
        for _ in range(min(count, len(node.unsaved))):
            output = node.unsaved.popleft()
            match output:
                case Reached(peer, ids):
                    node.holders |= {(each, peer) for each in ids}
                case LetGo():
                    node.let_go(output)
                case KeepRecords():
                    self._keep(node, output)

    def _keep(self, node: Node, output: KeepRecords) -> None:
        for each in output.placed:
            node.write(each.record, each.heard_ms)
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
                case Reached() | LetGo():
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
        is_party = any(each.by == shelf.us for each in folded.pledges)
        if header.group != shelf.us and not is_party:
            distance = shelf.distance(request.header.group)
            assert distance is not None, "held from beyond the graph"
            assert distance <= request.header.reach, "held from beyond its reach"

    # When all is well again -----------------------------------------------------------------

    def heal(self) -> None:
        """All links up, all delivered and saved; then ask again until nobody has news."""
        self.notice()
        for edge in self.edges:
            self.link_up(edge)
        self.settle()
        for _ in range(ROUNDS_MAX):
            before = len(self.sent)
            for node in self.nodes:
                self.ask(node)
            self.settle()
            if all(_is_agreement(data) for data in self.sent[before:]):
                return
        raise AssertionError("the town never comes to rest")

    def settle(self) -> None:
        """Until nothing is under way and all is on disk."""
        start = len(self.sent)
        while self._under_way or any(node.unsaved for node in self.nodes):
            self.deliver(1)
            for node in self.nodes:
                if not self._under_way or self._rng.random() < 0.2:
                    self.save(node, len(node.unsaved))
            assert len(self.sent) - start < 20_000, "no end of talking"


def _check_saved(node: Node, output: SendFrame) -> None:
    frame = from_bytes(output.data)
    if isinstance(frame, Records):
        for record in unpack_records(frame):
            if record.header.group == node.hall.group:
                assert record.id in node.disk, "sent before it was on disk"


def _is_agreement(data: bytes) -> bool:
    frame: Frame | None = from_bytes(data)
    return isinstance(frame, Summary | Agree)

"""A town in memory: halls with the real machines, links that carry frames until all is quiet."""

from __future__ import annotations

from collections import deque
from itertools import count

from protocol.channel import Role
from protocol.events import (
    AskAgain,
    FrameArrived,
    KeepRecords,
    KeepWhereabouts,
    LeaveOut,
    LetGo,
    LinkDown,
    LinkId,
    LinkSettled,
    LinkUp,
    Output,
    Published,
    Reached,
    SendFrame,
    Stored,
    Tick,
)
from protocol.exchange import Exchange
from protocol.frames import Frame, Whereabouts, from_bytes
from protocol.ids import GroupId, RecordId, UnixMs
from protocol.record import Record
from protocol.shared import SharedSets
from tests.protocol.halls import Hall, seed_of

FRAMES_MAX = 1_000
"""More than any of these towns has to say at once."""


class Machine:
    """One hall's node: its exchange, its disk, and all that came out."""

    def __init__(self, hall: Hall, *neighbours: Hall) -> None:
        self.hall = hall
        self.exchange = Exchange(hall.shelf())
        self.disk: dict[RecordId, Record] = {}
        self.outputs: list[Output] = []
        self.ends: dict[LinkId, tuple[Machine, LinkId]] = {}
        for record in hall.directory(*neighbours):
            self.exchange.shelf.place_own(record)
            self.disk[record.id] = record

    @property
    def settled(self) -> set[GroupId]:
        """Neighbours over whose link all was gone through."""
        links = [each.link for each in self.outputs if isinstance(each, LinkSettled)]
        return {self.ends[link][0].hall.group for link in links if link in self.ends}

    @property
    def left_out(self) -> list[LeaveOut]:
        return [each for each in self.outputs if isinstance(each, LeaveOut)]

    @property
    def reached(self) -> list[Reached]:
        return [each for each in self.outputs if isinstance(each, Reached)]

    @property
    def whereabouts(self) -> dict[GroupId, Whereabouts]:
        """What each neighbour told about itself."""
        kept = [each for each in self.outputs if isinstance(each, KeepWhereabouts)]
        return {each.peer: each.whereabouts for each in kept}

    def holds(self, *records: Record) -> bool:
        """On its shelf and on its disk."""
        shelf = self.exchange.shelf
        return all(record.id in shelf and record.id in self.disk for record in records)


class Town:
    """`sent` is every frame in order; what is sent while `is_losing` never arrives."""

    def __init__(self, *machines: Machine) -> None:
        self.machines = machines
        self.sent: list[bytes] = []
        self.is_losing = False
        self._links = count(1)
        self._under_way: deque[tuple[Machine, FrameArrived]] = deque()

    def link(self, initiator: Machine, responder: Machine) -> None:
        """Both are introduced; nothing has been said yet."""
        here, there = LinkId(next(self._links)), LinkId(next(self._links))
        initiator.ends[here] = (responder, there)
        responder.ends[there] = (initiator, here)
        self._up(responder, there, initiator, Role.RESPONDER)
        self._up(initiator, here, responder, Role.INITIATOR)

    def unlink(self, one: Machine, other: Machine) -> None:
        for link, (end, back) in list(one.ends.items()):
            if end is other:
                del one.ends[link], other.ends[back]
                one.outputs += one.exchange.handle(LinkDown(link))
                other.outputs += other.exchange.handle(LinkDown(back))

    def publish(self, machine: Machine, *records: Record) -> None:
        machine.disk.update({record.id: record for record in records})
        self._carry_out(machine, machine.exchange.handle(Published(records)))

    def tick(self, machine: Machine, now_ms: int, *, is_trusted: bool = True) -> None:
        self._carry_out(machine, machine.exchange.handle(Tick(UnixMs(now_ms), is_trusted)))

    def ask(self, machine: Machine) -> None:
        """It is time for this end of every link to see whether both ends hold the same."""
        for link in machine.ends:
            self._carry_out(machine, machine.exchange.handle(AskAgain(link)))

    def lose(self, machine: Machine, *records: Record) -> None:
        """Publish what no neighbour hears of."""
        self.is_losing = True
        self.publish(machine, *records)
        self.is_losing = False

    def run(self) -> None:
        """Until nothing is under way any more. Halls that go on talking never end: a failure."""
        start = len(self.sent)
        while self._under_way:
            self.step()
            assert len(self.sent) - start < FRAMES_MAX, "no end of talking"

    def step(self) -> None:
        """Let one frame arrive, the one that is longest under way."""
        machine, event = self._under_way.popleft()
        if event.link in machine.ends:
            self._carry_out(machine, machine.exchange.handle(event))

    def frames_sent(self) -> list[Frame | None]:
        return [from_bytes(data) for data in self.sent]

    def _up(self, machine: Machine, link: LinkId, other: Machine, role: Role) -> None:
        event = LinkUp(link, other.hall.end, role, other.hall.roster(), told_by(machine.hall))
        self._carry_out(machine, machine.exchange.handle(event))

    def _carry_out(self, machine: Machine, outputs: list[Output]) -> None:
        machine.outputs += outputs
        for output in outputs:
            if isinstance(output, SendFrame):
                self._send(machine, output)
            elif isinstance(output, KeepRecords):
                for each in output.placed:
                    machine.disk[each.record.id] = each.record
                    for gone in each.gone:
                        machine.disk.pop(gone.id, None)
                ids = (*(each.record.id for each in output.placed), *output.known)
                self._carry_out(machine, machine.exchange.handle(Stored(output.link, ids)))
            elif isinstance(output, LetGo):
                for record in output.passing.gone:
                    del machine.disk[record.id]

    def _send(self, machine: Machine, output: SendFrame) -> None:
        self.sent.append(output.data)
        if not self.is_losing and output.link in machine.ends:
            other, link = machine.ends[output.link]
            self._under_way.append((other, FrameArrived(link, output.data)))


def told_by(hall: Hall) -> Whereabouts:
    return Whereabouts(seed_of(f"discovery {hall.name}")[:16], 4747)


def line_of(*halls: Hall) -> Town:
    """Each paired with the next; no links yet."""
    machines = []
    for at, hall in enumerate(halls):
        machines.append(Machine(hall, *halls[max(at - 1, 0) : at], *halls[at + 1 : at + 2]))
    return Town(*machines)


def ring_of(*halls: Hall) -> Town:
    """Each paired with the next and the last with the first, all linked and quiet."""
    others = {hall: (halls[at - 1], halls[(at + 1) % len(halls)]) for at, hall in enumerate(halls)}
    town = Town(*(Machine(hall, *others[hall]) for hall in halls))
    for at, machine in enumerate(town.machines):
        town.link(town.machines[at - 1], machine)
    town.run()
    return town


def linked(*halls: Hall) -> Town:
    """A line that has said all there is to say."""
    town = line_of(*halls)
    for one, other in zip(town.machines, town.machines[1:], strict=False):
        town.link(one, other)
    town.run()
    return town


def shared_over_link(machine: Machine, other: Machine) -> SharedSets:
    """What this end of a link to `other` counts as shared."""
    return machine.exchange.shelf.shared_with(other.hall.end)


def summaries_agree(one: Machine, other: Machine) -> bool:
    """Whether both ends of a link hold the same of what they share."""
    ours, theirs = shared_over_link(one, other), shared_over_link(other, one)
    return (ours.directory.summary(), ours.others.summary()) == (
        theirs.directory.summary(),
        theirs.others.summary(),
    )

"""Houses for tests: groups with several devices or a guest, their machines in a town.

A device shows the newest roster on its own shelf, and a guest its vouch as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from protocol.channel import Role
from protocol.events import EndLink, KeepRecords, LinkId, LinkUp, Tick, TimeTold
from protocol.exchange import Exchange
from protocol.frames import Differ
from protocol.ids import RecordId, UnixMs
from protocol.overflow import fold
from protocol.record import Proof, Record
from protocol.roster import Roster
from protocol.shelf import Shelf
from tests.protocol.halls import NOW, Hall
from tests.protocol.shelves import gather_anew
from tests.protocol.towns import Machine, Town, summaries_agree, told_by

LOOKS_MAX = 3
"""More than any of these towns needs until nothing differs."""


class Device(Machine):
    """One device's machine; it begins with what is given, as if put back from its disk."""

    def __init__(self, hall: Hall, *records: Record, vouch: Record | None = None) -> None:
        self.hall = hall
        self.vouch = vouch
        self.disk: dict[RecordId, Record] = {}
        self.outputs = []
        self.ends = {}
        self.exchange = Exchange(hall.shelf())
        self.put_back([*records, *([vouch] if vouch else [])])

    def put_back(self, records: Iterable[Record]) -> None:
        for record in records:
            self.exchange.shelf.restore(record, NOW)
            self.disk[record.id] = record

    def restart(self, order: Iterable[Record]) -> None:
        """Begin again with what is on the disk, read in this order. Its links are to be down."""
        assert not self.ends
        self.exchange = Exchange(self.hall.shelf())
        self.put_back(order)

    @property
    def roster(self) -> Record:
        """What this device shows of its group; of two rosters it knows of, either."""
        record = self.exchange.shelf.roster_of(self.hall.group)
        assert record is not None
        return record.body.first if isinstance(record.body, Proof) else record

    @property
    def shown(self) -> set[RecordId]:
        """All that it holds and that counts."""
        return {each for each in self.disk if self.exchange.shelf.find_by_id(each) is not None}

    @property
    def hidden(self) -> set[RecordId]:
        """What is on its disk and shown to nobody."""
        return set(self.disk) - self.shown

    @property
    def times_told(self) -> list[TimeTold]:
        return [each for each in self.outputs if isinstance(each, TimeTold)]

    @property
    def links_ended(self) -> list[EndLink]:
        return [each for each in self.outputs if isinstance(each, EndLink)]

    @property
    def placed(self) -> set[RecordId]:
        """All that it was ever told to keep."""
        kept = [each for each in self.outputs if isinstance(each, KeepRecords)]
        return {one.record.id for each in kept for one in each.placed}


class Houses(Town):
    """A town of devices. `boot_ms` is what the clocks show that nobody sets, the same for all."""

    def __init__(self, *devices: Device) -> None:
        super().__init__(*devices)
        self.devices = devices
        self.boot_ms = 0

    def pair_up(self) -> None:
        """Link each with the next, until all is quiet."""
        for one, other in pairwise(self.devices):
            self.link(one, other)
        self.run()

    def publish(self, machine: Machine, *records: Record) -> None:
        """Its disk keeps what is newest of what it signs."""
        for record in records:
            before = machine.exchange.shelf.find(record.header.object)
            if before is not None:
                machine.disk.pop(before.id, None)
        super().publish(machine, *records)

    def publish_and_run(self, device: Device, *records: Record) -> None:
        self.publish(device, *records)
        self.run()

    def look_again(self) -> None:
        """Every link is asked, until all is quiet."""
        for device in self.devices:
            self.ask(device)
        self.run()

    def pass_time(self, device: Device, now_ms: int, *, is_trusted: bool = True) -> None:
        """What its clock shows now; the boot-time clock stands still."""
        event = Tick(UnixMs(now_ms), is_trusted, self.boot_ms)
        self._carry_out(device, device.exchange.handle(event))

    def wait(self, ms: int) -> None:
        """The boot-time clocks go on; nobody vouches for any other clock."""
        self.boot_ms += ms
        for device in self.devices:
            self.pass_time(device, NOW, is_trusted=False)

    def _up(self, machine: Machine, link: LinkId, other: Machine, role: Role) -> None:
        assert isinstance(other, Device)
        told = told_by(machine.hall)
        event = LinkUp(link, other.hall.end, role, other.roster, told, other.vouch)
        self._carry_out(machine, machine.exchange.handle(event))

    def come_to_rest(self) -> None:
        """What was put aside at one end first is counted at the other for a look or two more."""
        for _ in range(LOOKS_MAX):
            self.sent.clear()
            self.look_again()
            if looks_that_differed(self) == 0:
                return
        raise AssertionError("some link never rests")

    def check_links(self) -> None:
        """At rest both ends of each link hold the same, also when that is gathered anew."""
        self.come_to_rest()
        for one in self.devices:
            for other, _ in one.ends.values():
                assert summaries_agree(one, other)
        for device in self.devices:
            gather_anew(device.exchange.shelf)
        for one in self.devices:
            for other, _ in one.ends.values():
                assert summaries_agree(one, other), "kept up to date is not gathered anew"


def with_directory(hall: Hall, *neighbours: Hall, roster: Record | None = None) -> Device:
    """A device with the cards that it has signed itself; `roster` where it is not alone on it."""
    first, *cards = hall.directory(*neighbours)
    return Device(hall, roster or first, *cards)


def street(*halls: Hall) -> list[Device]:
    """Halls of one device each, paired with the next; no links yet."""
    return [
        with_directory(hall, *halls[max(at - 1, 0) : at], *halls[at + 1 : at + 2])
        for at, hall in enumerate(halls)
    ]


def roster_said(device: Device, hall: Hall) -> Roster:
    """What this device takes for the roster of that hall's group."""
    return device.exchange.shelf._standing.roster(hall.group)


def looks_that_differed(town: Town) -> int:
    """How many questions about all were answered with a difference, of what was sent."""
    return sum(isinstance(each, Differ) for each in town.frames_sent())


def accepted_of(shelf: Shelf, request: Record) -> int:
    """The sum over all pledges, as this hall folds them."""
    held = shelf.find(request.header.object)
    assert held is not None
    overflow = fold(held, shelf.pledges_of(held.header.object), NOW, shelf.ends_ms)
    return sum(pledge.accepted for pledge in overflow.pledges)

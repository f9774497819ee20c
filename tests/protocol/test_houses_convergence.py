"""Whatever becomes of a hall's devices, once all links are up every hall shows the same of it."""

from __future__ import annotations

from random import Random
from typing import Final

import pytest

from protocol.ids import RecordId, adoption_number, object_id
from protocol.record import Proof, Record
from protocol.roster import Adoption, Roster
from tests.protocol.halls import Hall
from tests.protocol.houses import Device, Houses, with_directory

DESK = Hall("ada")
PHONE, LAPTOP, GUEST = (DESK.with_device(name) for name in ("phone", "laptop", "guest"))
BEA, CLEO, DORA = (Hall(name) for name in ("bea", "cleo", "dora"))
MEMBERS: Final = (DESK, PHONE, LAPTOP)
OURS: Final = (*MEMBERS, GUEST)
EDGES: Final = [(0, 1), (0, 2), (0, 3), (0, 4), (1, 4), (2, 5), (3, 4), (4, 5), (5, 6)]
"""Of the devices below: Ada's four, then Bea, Cleo and Dora in a line."""
STEPS: Final = 40


class Year:
    """A house to which much happens, told by a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.version = 1
        roster = DESK.roster(PHONE, LAPTOP)
        vouch = DESK.vouch(GUEST)
        self.said: dict[RecordId, Record] = {roster.id: roster, vouch.id: vouch}
        self.ours = [
            *(Device(each, roster, each.profile(), each.peering(BEA, CLEO)) for each in MEMBERS),
            Device(GUEST, roster, GUEST.profile(), vouch=vouch),
        ]
        near = {BEA: (DESK, CLEO), CLEO: (DESK, BEA, DORA), DORA: (CLEO,)}
        self.halls = [with_directory(each, *others) for each, others in near.items()]
        self.town = Houses(*self.ours, *self.halls)
        for edge in EDGES:
            self.link(edge)
        self.town.run()

    # What happens -----------------------------------------------------------------------------

    def link(self, edge: tuple[int, int]) -> None:
        one, other = (self.town.devices[at] for at in edge)
        if not any(end is other for end, _ in one.ends.values()):
            self.town.link(one, other)

    def cut(self, edge: tuple[int, int]) -> None:
        self.town.unlink(*(self.town.devices[at] for at in edge))

    def publish(self, device: Device, record: Record) -> None:
        """If it is the device's to say, as far as it knows."""
        self.said[record.id] = record
        shelf = device.exchange.shelf
        held = shelf.find(record.header.object)
        is_frozen = held is not None and isinstance(held.body, Proof)
        is_next = held is None or held.header.version < record.header.version
        is_new = is_next and not is_frozen and record.id not in shelf
        if is_new and shelf.speaks(shelf.us, device.hall.device_key):
            self.town.publish(device, record)

    def step(self) -> None:
        deeds = [
            self.some_link,
            self.some_cut,
            self.some_frames,
            self.some_request,
            self.some_request,
            self.some_vouch,
            self.some_roster,
            self.some_adoption,
            self.some_going_on,
            self.some_pledge,
            self.some_restart,
            self.some_lie,
        ]
        self.rng.choice(deeds)()

    def some_link(self) -> None:
        self.link(self.rng.choice(EDGES))

    def some_cut(self) -> None:
        self.cut(self.rng.choice(EDGES))

    def some_frames(self) -> None:
        for _ in range(self.rng.randrange(40)):
            if self.town._under_way:
                self.town.step()

    def some_request(self) -> None:
        device, what = self.rng.choice(self.ours), f"need {self.rng.randrange(3)}"
        held = device.exchange.shelf.find(device.hall.request(what).header.object)
        version = held.header.version + 1 if held else 1
        if version > 1 and held is not None and held.header.device != device.hall.device_key:
            return
        self.publish(device, device.hall.request(what, version, reach=3, qty=self.some_qty()))

    def some_qty(self) -> int:
        return 1_000 * self.rng.randint(1, 60)

    def some_vouch(self) -> None:
        device = self.rng.choice(self.ours[:3])
        held = device.exchange.shelf.find(device.hall.vouch(GUEST).header.object)
        version = held.header.version + 1 if held else 1
        if device.hall.vouch(GUEST, version).id not in self.said:
            self.publish(device, device.hall.vouch(GUEST, version))

    def some_roster(self) -> None:
        """Its group key says who is in: at least one, each other one is in, gone or inherited."""
        first, *others = self.rng.sample(MEMBERS, 3)
        listed = [first, *(each for each in others if self.rng.random() < 0.5)]
        gone = [each for each in MEMBERS if each not in listed and self.rng.random() < 0.9]
        removed = {each: self.rng.choice(listed) for each in gone}
        self.version += self.rng.random() < 0.85
        roster = first.roster(*listed[1:], version=self.version, removed=removed)
        device = self.ours[OURS.index(first)]
        held = device.exchange.shelf.roster_of(DESK.group)
        assert held is not None
        if held.header.version < self.version:
            self.said[roster.id] = roster
            self.town.publish(device, roster)

    def some_adoption(self) -> None:
        """An heir adopts what it has of whom it follows, and what it had adopted before."""
        device, of = self.rng.choice(self.ours[:3]), self.rng.choice(MEMBERS)
        shelf = device.exchange.shelf
        number = adoption_number(of.device_key, 0)
        held = shelf.find(object_id(shelf.us, device.hall.device_key, number))
        before = held.body.ids if held and isinstance(held.body, Adoption) else ()
        roster = shelf.roster_of(DESK.group)
        if roster is None or not isinstance(roster.body, Roster):
            return
        if roster.body.heir_of(of.device_key) != device.hall.device_key:
            return
        hidden = shelf.aside_of(DESK.group, of.device_key)
        records = [*hidden, *(self.said[each] for each in before if each in self.said)]
        version = held.header.version + 1 if held else 1
        if records:
            adopted = {each.id: each for each in records}.values()
            self.publish(device, device.hall.adoption(of, adopted, 0, version))

    def some_going_on(self) -> None:
        device, of = self.rng.choice(self.ours[:3]), self.rng.choice(MEMBERS)
        shelf, what = device.exchange.shelf, f"need {self.rng.randrange(3)}"
        held = shelf.find(of.request(what).header.object)
        roster = shelf.roster_of(DESK.group)
        if held is None or roster is None or not isinstance(roster.body, Roster):
            return
        if roster.body.heir_of(of.device_key) == device.hall.device_key:
            version = held.header.version + 1
            went_on = device.hall.request(what, version, reach=3, qty=self.some_qty(), author=of)
            self.publish(device, went_on)

    def some_pledge(self) -> None:
        device = self.rng.choice(self.halls)
        for request in device.exchange.shelf.all_requests()[:1]:
            pledge = device.hall.pledge(request)
            if pledge.id not in device.exchange.shelf:
                self.said[pledge.id] = pledge
                self.town.publish(device, pledge)

    def some_restart(self) -> None:
        device = self.rng.choice(self.town.devices)
        for other in self.town.devices:
            self.town.unlink(device, other)
        on_disk = list(device.disk.values())
        device.restart(self.rng.sample(on_disk, len(on_disk)))

    def some_lie(self) -> None:
        """Somewhere a second content of what a device has signed turns up."""
        if self.rng.random() < 0.3:
            author, what = self.rng.choice(OURS), f"need {self.rng.randrange(3)}"
            lie = author.request(what, self.rng.randint(1, 3), reach=3, qty=500)
            hall = self.rng.choice(self.halls)
            self.said[lie.id] = lie
            for placed in hall.exchange.shelf.place_verified(lie, DESK.group):
                self.said[placed.record.id] = placed.record
                hall.disk[placed.record.id] = placed.record
                if placed.replaced is not None:
                    hall.disk.pop(placed.replaced.id, None)

    # In the end ---------------------------------------------------------------------------------

    def heal(self) -> None:
        for edge in EDGES:
            self.cut(edge)
        for edge in EDGES:
            self.link(edge)
        self.town.run()
        for _ in range(3):
            self.town.look_again()

    def check(self) -> None:
        shown = [self.of_the_house(hall) for hall in self.halls]
        assert shown[0] == shown[1] == shown[2]
        for device in self.town.devices:
            on_shelf = {each for each in device.disk if each in device.exchange.shelf}
            assert on_shelf == set(device.disk), "on the disk and not on the shelf"
        self.town.check_links()

    def of_the_house(self, device: Device) -> set[RecordId]:
        return {each for each in device.shown if device.disk[each].header.group == DESK.group}


@pytest.mark.parametrize("seed", range(40))
def test_whatever_becomes_of_its_devices_every_hall_shows_the_same(seed: int) -> None:
    year = Year(seed)
    for _ in range(STEPS):
        year.step()
    year.heal()
    year.check()

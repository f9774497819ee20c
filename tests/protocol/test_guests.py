"""A guest speaks for a hall while a device on its roster vouches for it, and for no longer."""

from __future__ import annotations

from itertools import permutations

import pytest

from protocol.bodies import Kind
from protocol.ids import directory_number
from protocol.limits import DAY_MS, PURGE_STEP_MS
from protocol.record import Record
from tests.protocol.halls import NOW, Hall, accepts, resigned
from tests.protocol.houses import Device, Houses, looks_that_differed, street
from tests.protocol.shelves import come_to, mark_that_takes

DESK = Hall("ada")
PHONE = DESK.with_device("phone")
GUEST = DESK.with_device("guest")
FRIEND = DESK.with_device("a friend of the guest")
BEA, CLEO, DORA, EDNA = (Hall(name) for name in ("bea", "cleo", "dora", "edna"))
ROSTER = DESK.roster(PHONE)
VOUCH = PHONE.vouch(GUEST)
SHORT = PHONE.vouch(GUEST, lifetime_ms=2 * DAY_MS)
BEDS = GUEST.request("beds", reach=3)


class Place:
    """The guest hangs on Ada's desk; behind that Bea and Cleo. The phone's word came before."""

    def __init__(self, vouch: Record = VOUCH) -> None:
        self.desk = Device(DESK, ROSTER, DESK.profile(), DESK.peering(BEA), vouch)
        self.guest = Device(GUEST, ROSTER, GUEST.profile(), vouch=vouch)
        self.bea = Device(BEA, *BEA.directory(DESK, CLEO))
        self.cleo = Device(CLEO, *CLEO.directory(BEA))
        self.town = Houses(self.guest, self.desk, self.bea, self.cleo)
        self.town.pair_up()
        self.halls = (self.desk, self.bea, self.cleo)


# While the vouch lives ------------------------------------------------------------------------


def test_what_a_guest_says_is_heard_like_the_halls_own_word() -> None:
    place = Place()
    place.town.publish_and_run(place.guest, BEDS)
    pledge = CLEO.pledge(BEDS)
    place.town.publish_and_run(place.cleo, pledge)
    taken = GUEST.request("beds", version=2, reach=3, decisions=(accepts(pledge),))
    place.town.publish_and_run(place.guest, taken)
    for device in place.town.devices:
        assert device.holds(VOUCH, taken, pledge)
        assert device.left_out == []
    place.town.check_links()


def test_a_guest_is_told_what_the_hall_knows() -> None:
    place = Place()
    place.town.publish_and_run(place.cleo, CLEO.request())
    assert place.guest.holds(CLEO.request())
    assert place.guest.exchange.shelf.distance(CLEO.group) == 2


def test_a_guest_that_links_to_a_neighbour_shows_its_vouch() -> None:
    """Bea has never heard of it; the hall's own devices are off."""
    bea = Device(BEA, *BEA.directory(DESK), ROSTER, DESK.peering(BEA))
    guest = Device(GUEST, ROSTER, GUEST.profile(), vouch=VOUCH)
    town = Houses(bea, guest)
    town.link(guest, bea)
    town.publish(guest, BEDS)
    town.run()
    assert bea.holds(VOUCH)
    assert bea.exchange.shelf.speaks(DESK.group, GUEST.device_key)
    assert not bea.exchange.shelf.is_listed(DESK.group, GUEST.device_key)
    town.look_again()
    assert bea.holds(BEDS)
    town.check_links()


def test_a_guest_neither_vouches_nor_names_neighbours() -> None:
    place = Place()
    said = [GUEST.vouch(FRIEND), GUEST.peering(DORA), FRIEND.request("a bed", reach=3)]
    place.town.publish_and_run(place.guest, *said[:2])
    place.guest.put_back(said[2:])
    place.town.check_links()
    for device in place.halls:
        assert {each.id for each in said}.isdisjoint(device.placed)
        assert device.exchange.shelf.distance(DORA.group) is None


@pytest.mark.parametrize("order", list(permutations([ROSTER, VOUCH, BEDS, GUEST.profile()])))
def test_in_whatever_order_it_comes_a_guests_word_is_taken(order: tuple[Record, ...]) -> None:
    shelf = BEA.shelf()
    for record in BEA.directory(DESK):
        shelf.place_own(record)
    shelf.place_verified(DESK.peering(BEA), DESK.group)
    for record in order:
        shelf.place_verified(record, DESK.group)
    assert all(shelf.find_by_id(each.id) is not None for each in order)


def test_far_away_a_guests_pledge_comes_with_the_vouch_that_it_stands_on() -> None:
    """Edna is four halls away and hears of Ada's house by this alone."""
    desk = Device(DESK, ROSTER, DESK.profile(), DESK.peering(BEA), VOUCH)
    guest = Device(GUEST, ROSTER, GUEST.profile(), vouch=VOUCH)
    bea = Device(BEA, *BEA.directory(DESK, CLEO))
    others = street(BEA, CLEO, DORA, EDNA)[1:]
    town = Houses(guest, desk, bea, *others)
    town.pair_up()
    asked = CLEO.request(reach=2)
    town.publish_and_run(others[0], asked)
    pledge = GUEST.pledge(asked)
    town.publish_and_run(guest, pledge)
    assert {pledge.id, VOUCH.id, ROSTER.id, GUEST.profile().id} <= others[2].shown
    town.check_links()


# When it ends ---------------------------------------------------------------------------------


def test_when_who_vouched_is_removed_the_guest_is_gone_as_well() -> None:
    place = Place()
    place.town.publish_and_run(place.guest, BEDS)
    place.town.publish_and_run(place.desk, DESK.roster(version=2, removed={PHONE: DESK}))
    for device in place.town.devices:
        assert {VOUCH.id, BEDS.id} <= device.hidden
        assert not device.exchange.shelf.speaks(DESK.group, GUEST.device_key)
    place.town.check_links()
    place.town.publish_and_run(place.desk, DESK.vouch(GUEST))
    for device in place.town.devices:
        assert BEDS.id in device.shown
    place.town.check_links()


def test_two_who_vouch_hold_longer_than_one() -> None:
    place = Place()
    place.town.publish_and_run(place.desk, DESK.vouch(GUEST))
    place.town.publish_and_run(place.guest, BEDS)
    place.town.publish_and_run(place.desk, DESK.roster(version=2, removed={PHONE: DESK}))
    for device in place.town.devices:
        assert BEDS.id in device.shown
        assert VOUCH.id in device.hidden
    place.town.check_links()


def test_a_guest_that_is_listed_needs_no_vouch_any_more() -> None:
    place = Place(SHORT)
    place.town.publish_and_run(place.guest, BEDS)
    place.town.publish_and_run(place.desk, DESK.roster(PHONE, GUEST, version=2))
    for device in place.town.devices:
        place.town.pass_time(device, mark_that_takes(SHORT))
        assert SHORT.id not in device.exchange.shelf
        assert BEDS.id in device.shown
    place.town.check_links()


def test_what_a_guest_said_is_hidden_when_its_vouch_is_over_and_back_when_it_is_renewed() -> None:
    place = Place(SHORT)
    place.town.publish_and_run(place.guest, BEDS)
    for device in place.town.devices:
        place.town.pass_time(device, mark_that_takes(SHORT))
    place.town.run()
    for device in place.town.devices:
        assert SHORT.id not in device.disk
        assert BEDS.id in device.hidden
    place.town.check_links()
    renewed = resigned(SHORT, {4: 2, 5: mark_that_takes(SHORT)}, PHONE.device)
    place.desk.exchange.shelf.place_verified(renewed, DESK.group)
    place.desk.disk[renewed.id] = renewed
    place.town.look_again()
    for device in place.town.devices:
        assert {BEDS.id, renewed.id} <= device.shown
    place.town.check_links()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_marks_that_move_one_after_the_other_keep_no_link_from_settling(
    order: tuple[int, ...],
) -> None:
    """One end has purged the vouch and hidden what stood on it, the other has not yet.

    Who has answered it goes on saying so to whom it can be said.
    """
    place = Place(SHORT)
    place.town.publish_and_run(place.guest, BEDS)
    place.town.publish_and_run(place.cleo, CLEO.pledge(BEDS))
    place.town.unlink(place.guest, place.desk)
    for at in order:
        place.town.pass_time(place.halls[at], mark_that_takes(SHORT))
        place.town.run()
        place.town.check_links()
        assert BEDS.id in place.halls[at].hidden
    place.town.sent.clear()
    place.town.look_again()
    assert looks_that_differed(place.town) == 0


def test_what_stands_on_a_vouch_that_one_end_has_purged_costs_no_dialogue() -> None:
    place = Place(SHORT)
    place.town.publish_and_run(place.guest, BEDS)
    place.town.unlink(place.guest, place.desk)
    place.town.pass_time(place.cleo, mark_that_takes(SHORT))
    place.town.look_again()
    place.town.sent.clear()
    place.town.pass_time(place.cleo, mark_that_takes(SHORT) + PURGE_STEP_MS)
    place.town.look_again()
    assert looks_that_differed(place.town) == 0


def test_what_was_hidden_with_its_vouch_goes_when_its_own_time_is_over() -> None:
    shelf = BEA.shelf()
    for record in BEA.directory(DESK):
        shelf.place_own(record)
    for record in (ROSTER, DESK.peering(BEA), SHORT, BEDS):
        shelf.place_verified(record, DESK.group)
    come_to(shelf, NOW)
    come_to(shelf, mark_that_takes(SHORT))
    assert shelf.find_by_id(BEDS.id) is None
    assert BEDS.id in shelf
    hidden_until = mark_that_takes(SHORT) + BEDS.header.lifetime_ms + PURGE_STEP_MS
    assert BEDS in come_to(shelf, hidden_until).gone
    assert BEDS.id not in shelf


def test_a_vouch_stands_under_its_guests_number() -> None:
    """Were it free, a device could vouch twice, and which one counts would depend on the order."""
    assert VOUCH.header.number != directory_number(Kind.VOUCH, PHONE.device_key)
    assert PHONE.vouch(FRIEND).header.object != VOUCH.header.object
    assert PHONE.vouch(GUEST, version=2).header.object == VOUCH.header.object

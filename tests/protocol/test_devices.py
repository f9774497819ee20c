"""A hall with several devices: one joins, one is removed, and its heir goes on where it stopped."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from protocol.bodies import PledgeStep
from protocol.events import FrameArrived
from protocol.frames import Records, to_bytes
from protocol.limits import ADOPTED_MAX
from protocol.record import Record
from tests.protocol.halls import Hall, accepts
from tests.protocol.houses import Device, Houses, accepted_of, roster_said, street

DESK = Hall("ada")
PHONE = DESK.with_device("phone")
LAPTOP = DESK.with_device("laptop")
BEA, CLEO, DORA, EDNA = (Hall(name) for name in ("bea", "cleo", "dora", "edna"))
ROSTER = DESK.roster(PHONE)
REMOVED = DESK.roster(version=2, removed={PHONE: DESK})
BEDS = PHONE.request("beds", reach=3)
SOUP = PHONE.request("soup", reach=3)
CARDS = [PHONE.profile(), PHONE.peering(BEA)]


def house() -> tuple[Device, Device]:
    """Ada's two devices, which have not met yet."""
    desk = Device(DESK, ROSTER, DESK.profile(), DESK.peering(BEA))
    return desk, Device(PHONE, ROSTER, *CARDS)


@dataclass(frozen=True, slots=True)
class Place:
    town: Houses
    desk: Device
    phone: Device
    others: tuple[Device, ...]

    def remove(self, *adopted: Record) -> None:
        """The desk says that the phone is gone, and goes on with what it adopts."""
        self.town.publish_and_run(self.desk, REMOVED)
        if adopted:
            self.town.publish_and_run(self.desk, DESK.adoption(PHONE, adopted))


def whole_street() -> Place:
    """The phone hangs on the desk alone; from there to Dora it is three halls. All is quiet."""
    desk, phone = house()
    others = street(BEA, CLEO, DORA)
    bea = Device(BEA, *BEA.directory(DESK, CLEO))
    town = Houses(phone, desk, bea, *others[1:])
    town.pair_up()
    return Place(town, desk, phone, (bea, *others[1:]))


# One joins ------------------------------------------------------------------------------------


@pytest.mark.parametrize("leads", [True, False])
def test_a_second_device_holds_all_that_the_first_does(leads: bool) -> None:
    """It knows of no neighbour; who they are it hears from the first."""
    desk, _ = house()
    bea, cleo = (
        Device(hall, *hall.directory(*near)) for hall, near in ((BEA, [DESK, CLEO]), (CLEO, [BEA]))
    )
    laptop = Device(LAPTOP, ROSTER, LAPTOP.profile())
    town = Houses(desk, bea, cleo, laptop)
    town.link(desk, bea)
    town.link(bea, cleo)
    town.run()
    request, pledge = DESK.request(), CLEO.pledge(DESK.request())
    town.publish_and_run(desk, request)
    town.publish_and_run(cleo, pledge)
    roster = DESK.roster(PHONE, LAPTOP, version=2)
    town.publish_and_run(desk, roster)
    town.link(*((desk, laptop) if leads else (laptop, desk)))
    town.run()
    assert laptop.shown >= {*desk.shown, roster.id, request.id, pledge.id}
    assert laptop.exchange.shelf.distance(CLEO.group) == 2
    assert laptop.left_out == desk.left_out == []
    town.check_links()


def test_what_either_device_says_is_heard_by_the_other_and_by_all_around() -> None:
    place = whole_street()
    place.town.publish_and_run(place.phone, BEDS)
    place.town.publish_and_run(place.desk, DESK.request(reach=3))
    for device in place.town.devices:
        assert device.holds(BEDS, DESK.request(reach=3))
    place.town.check_links()


def test_what_the_other_device_has_on_its_disk_has_reached_it() -> None:
    place = whole_street()
    place.town.publish_and_run(place.phone, BEDS)
    assert DESK.group in place.phone.exchange.holders_of(BEDS.id)


def test_neighbours_of_either_device_are_the_halls_unless_one_removed_them() -> None:
    place = whole_street()
    bea = place.others[0].exchange.shelf
    place.town.publish_and_run(place.phone, PHONE.peering(version=2, removed=[BEA]))
    assert bea.distance(DESK.group) is None
    place.town.publish_and_run(place.phone, PHONE.peering(version=3))
    assert bea.distance(DESK.group) == 1


# One is removed -------------------------------------------------------------------------------


def test_what_a_removed_device_had_signed_is_kept_and_shown_to_nobody() -> None:
    place = whole_street()
    place.town.publish_and_run(place.phone, BEDS)
    place.remove()
    for device in place.town.devices:
        assert BEDS.id in device.hidden
        assert device.holds(BEDS)
        assert device.exchange.shelf.all_requests() == []
        assert BEDS in device.exchange.shelf.aside_of(DESK.group, PHONE.device_key)
    place.town.sent.clear()
    place.town.look_again()
    assert not any(BEDS.body_bytes in data for data in place.town.sent)
    place.town.check_links()


def test_what_a_removed_device_signs_later_is_placed_nowhere() -> None:
    place = whole_street()
    place.remove()
    bea = place.others[0]
    link = next(iter(bea.ends))
    frame = to_bytes(Records([SOUP.envelope]))
    bea.outputs += bea.exchange.handle(FrameArrived(link, frame))
    place.town.look_again()
    for device in (place.desk, *place.others):
        assert SOUP.id not in device.placed
        assert SOUP.id not in device.exchange.shelf
    place.town.check_links()


def test_a_stolen_phone_that_never_hears_of_it_convinces_nobody_and_every_link_rests() -> None:
    place = whole_street()
    place.town.unlink(place.phone, place.desk)
    place.remove()
    place.town.publish_and_run(place.phone, SOUP, PHONE.peering(BEA, DORA, version=2))
    place.town.link(place.phone, place.others[0])
    place.town.run()
    for device in (place.desk, *place.others):
        assert SOUP.id not in device.placed
        assert device.exchange.shelf.find(SOUP.header.object) is None
    assert roster_said(place.phone, DESK) == REMOVED.body, "the phone hears it from Bea"
    place.town.look_again()
    place.town.check_links()


def test_neighbours_that_only_a_removed_device_had_named_are_none() -> None:
    desk = Device(DESK, ROSTER, DESK.profile(), DESK.peering())
    phone = Device(PHONE, ROSTER, *CARDS)
    bea = Device(BEA, *BEA.directory(DESK))
    town = Houses(desk, phone, bea)
    town.link(desk, phone)
    town.link(desk, bea)
    town.run()
    assert bea.exchange.shelf.distance(DESK.group) == 1
    town.publish_and_run(desk, REMOVED)
    assert bea.exchange.shelf.distance(DESK.group) is None
    town.check_links()


def test_who_is_listed_again_is_heard_again_with_all_that_it_had_said() -> None:
    """It had vouched for somebody as well, whose word is back with its own."""
    place, guest = whole_street(), DESK.with_device("guest")
    vouch = PHONE.vouch(guest)
    place.town.publish_and_run(place.phone, vouch, BEDS)
    town, asked = place.town, guest.request("blankets", reach=3)
    for device in town.devices:
        device.exchange.shelf.place_verified(asked, DESK.group)
        device.disk[asked.id] = asked
    place.remove()
    assert all({BEDS.id, vouch.id, asked.id} <= each.hidden for each in town.devices)
    back = DESK.roster(PHONE, version=3)
    town.publish_and_run(place.desk, back)
    for device in town.devices:
        assert device.hidden == set()
        assert {BEDS.id, vouch.id, asked.id} <= device.shown
    town.check_links()


# Its heir goes on -----------------------------------------------------------------------------


def test_what_the_heir_adopts_is_shown_again_three_halls_away() -> None:
    place = whole_street()
    place.town.publish_and_run(place.phone, BEDS, SOUP)
    place.remove(BEDS)
    for device in place.town.devices:
        assert BEDS.id in device.shown
        assert SOUP.id in device.hidden
    place.town.check_links()


def test_many_are_adopted_page_by_page() -> None:
    place = whole_street()
    asked = [PHONE.request(f"{number} beds") for number in range(ADOPTED_MAX + 20)]
    place.town.publish_and_run(place.phone, *asked)
    place.remove()
    pages = [asked[:ADOPTED_MAX], asked[ADOPTED_MAX:]]
    for page, records in enumerate(pages):
        place.town.publish_and_run(place.desk, DESK.adoption(PHONE, records, page))
        shown = {each.id for records in pages[: page + 1] for each in records}
        for device in place.others[:2]:
            assert {each.id for each in device.exchange.shelf.all_requests()} == shown
    place.town.check_links()


def test_a_hall_that_was_off_meanwhile_is_brought_what_is_adopted_and_no_more() -> None:
    desk, phone = house()
    bea, cleo = Device(BEA, *BEA.directory(DESK, CLEO)), Device(CLEO, *CLEO.directory(BEA))
    town = Houses(phone, desk, bea, cleo)
    town.link(phone, desk)
    town.link(desk, bea)
    town.publish_and_run(phone, BEDS, SOUP)
    adoption = DESK.adoption(PHONE, [BEDS])
    town.publish_and_run(desk, REMOVED, adoption)
    town.link(bea, cleo)
    town.run()
    assert cleo.holds(REMOVED, adoption, BEDS)
    assert SOUP.id not in cleo.exchange.shelf
    town.check_links()


def test_the_heir_goes_on_with_an_adopted_request_and_the_sums_are_right() -> None:
    place = whole_street()
    town, (bea, cleo, dora) = place.town, place.others
    theirs = [BEA.pledge(BEDS), DORA.pledge(BEDS, qty=20_000)]
    town.publish_and_run(place.phone, BEDS)
    for device, pledge in zip((bea, dora), theirs, strict=True):
        town.publish_and_run(device, pledge)
    taken = PHONE.request("beds", version=2, reach=3, decisions=(accepts(theirs[0]),))
    town.publish_and_run(place.phone, taken)
    place.remove(taken)
    both = (accepts(theirs[0]), accepts(theirs[1], 20_000))
    went_on = DESK.request("beds", version=3, reach=3, decisions=both, author=PHONE)
    assert went_on.header.object == BEDS.header.object
    town.publish_and_run(place.desk, went_on)
    for device in town.devices:
        assert device.holds(went_on)
        assert len(device.exchange.shelf.all_requests()) == 1
        assert accepted_of(device.exchange.shelf, BEDS) == 45_000
    assert cleo.left_out == []
    town.check_links()


def test_the_heir_goes_on_with_a_pledge_and_seals_details_to_nobody_else() -> None:
    place = whole_street()
    town, cleo = place.town, place.others[1]
    asked = CLEO.request("soup", reach=3)
    town.publish_and_run(cleo, asked)
    pledge = PHONE.pledge(asked)
    town.publish_and_run(place.phone, pledge)
    taken = CLEO.request("soup", version=2, reach=3, decisions=(accepts(pledge),))
    details = CLEO.details(asked, pledge, PHONE)
    town.publish_and_run(cleo, taken, details)
    place.remove(pledge)
    sent = DESK.pledge(asked, version=2, step=PledgeStep.SENT, author=PHONE)
    town.publish_and_run(place.desk, sent)
    for device in town.devices:
        assert device.holds(taken, details, sent)
        assert device.exchange.shelf.details_of(pledge.header.object) == details
    town.check_links()


def test_a_version_that_the_heir_never_saw_stays_hidden() -> None:
    """Bea had it from the phone before she heard that it is gone; the heir goes on below it."""
    place = whole_street()
    town, bea = place.town, place.others[0]
    town.publish_and_run(place.phone, BEDS)
    town.unlink(place.phone, place.desk)
    town.unlink(place.desk, bea)
    town.link(place.phone, bea)
    town.run()
    unseen = PHONE.request("beds", version=3, reach=3)
    town.publish_and_run(place.phone, unseen)
    assert place.others[2].holds(unseen)
    went_on = DESK.request("beds", version=2, reach=3, author=PHONE)
    town.publish_and_run(place.desk, REMOVED, DESK.adoption(PHONE, [BEDS]), went_on)
    town.link(place.desk, bea)
    town.run()
    for device in place.others:
        assert device.exchange.shelf.find(BEDS.header.object) == went_on
        assert unseen.id in device.hidden
    town.look_again()
    town.check_links()


def test_who_inherits_from_an_heir_goes_on_with_what_both_had_written() -> None:
    """The phone goes, the desk follows; the desk goes, the laptop follows both."""
    desk, phone = house()
    roster = DESK.roster(PHONE, LAPTOP)
    laptop = Device(LAPTOP, roster, LAPTOP.profile(), LAPTOP.peering(BEA))
    bea = Device(BEA, *BEA.directory(DESK))
    desk.put_back([DESK.roster(PHONE, LAPTOP, version=2)])
    town = Houses(phone, desk, laptop, bea)
    for one, other in ((phone, desk), (desk, laptop), (laptop, bea)):
        town.link(one, other)
    town.run()
    town.publish_and_run(phone, BEDS, SOUP)
    desk_follows = DESK.roster(LAPTOP, version=3, removed={PHONE: DESK})
    went_on = DESK.request("beds", version=2, reach=3, author=PHONE)
    town.publish_and_run(desk, desk_follows, DESK.adoption(PHONE, [BEDS, SOUP]), went_on)
    assert {went_on.id, SOUP.id} <= bea.shown
    both_gone = LAPTOP.roster(version=4, removed={PHONE: LAPTOP, DESK: LAPTOP})
    town.publish_and_run(laptop, both_gone)
    assert {went_on.id, SOUP.id} <= bea.hidden
    town.publish_and_run(laptop, LAPTOP.adoption(DESK, [went_on]), LAPTOP.adoption(PHONE, [SOUP]))
    assert {went_on.id, SOUP.id} <= bea.shown
    last = [
        LAPTOP.request("beds", version=3, reach=3, author=PHONE),
        LAPTOP.request("soup", version=2, reach=3, author=PHONE),
    ]
    town.publish_and_run(laptop, *last)
    assert bea.holds(*last)
    assert len(bea.exchange.shelf.all_requests()) == 2
    town.check_links()


def test_who_hears_of_the_hall_by_its_pledge_alone_follows_the_heir() -> None:
    """Edna, four away, never hears of Ada's roster; it comes along with what the heir signs."""
    desk, phone = house()
    others = [
        Device(h, *h.directory(*near))
        for h, near in (
            (BEA, [DESK, CLEO]),
            (CLEO, [BEA, DORA]),
            (DORA, [CLEO, EDNA]),
            (EDNA, [DORA]),
        )
    ]
    town = Houses(phone, desk, *others)
    town.pair_up()
    asked = CLEO.request("soup", reach=2)
    pledge = PHONE.pledge(asked)
    cleo, dora, edna = others[1:]
    town.publish_and_run(cleo, asked)
    town.publish_and_run(phone, pledge)
    assert edna.holds(pledge, ROSTER)
    town.publish_and_run(desk, REMOVED)
    town.look_again()
    assert pledge.id in dora.hidden
    adoption = DESK.adoption(PHONE, [pledge])
    town.publish_and_run(desk, adoption)
    assert {pledge.id, adoption.id} <= dora.shown
    assert pledge.id in edna.shown
    sent = DESK.pledge(asked, version=2, step=PledgeStep.SENT, author=PHONE)
    town.publish_and_run(desk, sent)
    assert {sent.id, REMOVED.id, adoption.id} <= edna.shown
    assert edna.exchange.shelf.pledges_of(asked.header.object) == [sent]
    town.look_again()
    town.check_links()


def test_a_far_neighbour_that_comes_later_is_shown_whose_word_an_adopted_pledge_is() -> None:
    desk, phone = house()
    others = [
        Device(h, *h.directory(*near))
        for h, near in (
            (BEA, [DESK, CLEO]),
            (CLEO, [BEA, DORA]),
            (DORA, [CLEO, EDNA]),
            (EDNA, [DORA]),
        )
    ]
    town = Houses(phone, desk, *others)
    for one, other in zip(town.devices[:4], town.devices[1:5], strict=True):
        town.link(one, other)
    town.run()
    asked = CLEO.request("soup", reach=2)
    pledge = PHONE.pledge(asked)
    town.publish_and_run(others[1], asked)
    town.publish_and_run(phone, pledge)
    adoption = DESK.adoption(PHONE, [pledge])
    town.publish_and_run(desk, REMOVED, adoption)
    town.link(others[2], others[3])
    town.run()
    assert {pledge.id, REMOVED.id, adoption.id} <= others[3].shown
    town.check_links()

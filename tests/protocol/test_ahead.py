"""Messages from the future: held aside by whoever knows the time, and taken when that has come."""

from __future__ import annotations

import pytest

from protocol.frames import Agree, Records, Summary, unpack_records
from protocol.limits import AHEAD_MAX, AHEAD_MS, DAY_MS, HOUR_MS
from protocol.record import Record
from tests.protocol.halls import NOW, Hall, resigned
from tests.protocol.houses import Device, Houses, looks_that_differed, street

ADA, BEA, CLEO = (Hall(name) for name in ("ada", "bea", "cleo"))


def made(at_ms: int, what: str = "beds", *, clock_unsure: bool = False) -> Record:
    """Ada's request, signed when her clock showed that."""
    request = ADA.request(what, clock_unsure=clock_unsure)
    return resigned(request, {5: at_ms}, ADA.device)


EARLY = made(NOW + 3 * HOUR_MS)
"""Her clock is three hours fast."""


def line(*, is_trusted: bool = True) -> tuple[Houses, list[Device]]:
    """Ada, Bea and Cleo; the last two know what time it is, or do not."""
    devices = street(ADA, BEA, CLEO)
    town = Houses(*devices)
    for device in devices[1:]:
        town.pass_time(device, NOW, is_trusted=is_trusted)
    town.pair_up()
    return town, devices


def carried(town: Houses, record: Record) -> int:
    frames = [each for each in town.frames_sent() if isinstance(each, Records)]
    return sum(record in unpack_records(each) for each in frames)


# While it is ahead ----------------------------------------------------------------------------


def test_what_is_made_in_the_future_is_not_shown_nor_passed_on() -> None:
    town, (ada, bea, cleo) = line()
    town.publish_and_run(ada, EARLY)
    for device in (bea, cleo):
        assert EARLY.id not in device.exchange.shelf
        assert EARLY.id not in device.disk
        assert device.left_out == []
    assert carried(town, EARLY) == 1
    assert ada.exchange.holders_of(EARLY.id) == frozenset()
    assert ada.exchange.waiting_records(BEA.group) == [EARLY]


def test_a_link_over_which_it_came_settles_and_asks_for_nothing() -> None:
    town, (ada, bea, _) = line()
    town.publish_and_run(ada, EARLY)
    town.sent.clear()
    town.look_again()
    assert {type(each) for each in town.frames_sent()} == {Summary, Agree}
    assert carried(town, EARLY) == 0
    town.unlink(ada, bea)
    town.link(ada, bea)
    town.run()
    town.sent.clear()
    town.look_again()
    assert looks_that_differed(town) == 0


@pytest.mark.parametrize("leads", [True, False])
def test_what_was_there_before_the_link_is_held_aside_as_well(leads: bool) -> None:
    ada, bea = street(ADA, BEA)
    town = Houses(ada, bea)
    town.pass_time(bea, NOW)
    town.publish(ada, EARLY)
    town.link(*((ada, bea) if leads else (bea, ada)))
    town.run()
    assert EARLY.id not in bea.exchange.shelf
    town.sent.clear()
    town.look_again()
    assert looks_that_differed(town) == 0


def test_ten_minutes_are_no_future_and_a_card_never_is() -> None:
    town, (ada, bea, _) = line()
    soon, later = made(NOW + AHEAD_MS, "soup"), made(NOW + AHEAD_MS + 1, "bread")
    card = resigned(ADA.profile(), {4: 2, 5: NOW + DAY_MS}, ADA.device)
    town.publish_and_run(ada, soon, later, card)
    assert bea.holds(soon, card)
    assert later.id not in bea.exchange.shelf


def test_what_an_unsure_clock_has_signed_is_taken_whatever_it_says() -> None:
    town, (ada, bea, _) = line()
    unsure = made(NOW + 3 * HOUR_MS, clock_unsure=True)
    town.publish_and_run(ada, unsure)
    assert bea.holds(unsure)


def test_who_does_not_know_the_time_takes_it() -> None:
    town, (ada, bea, cleo) = line(is_trusted=False)
    town.publish_and_run(ada, EARLY)
    assert bea.holds(EARLY)
    assert cleo.holds(EARLY)
    assert BEA.group in ada.exchange.holders_of(EARLY.id)


# When its time has come -----------------------------------------------------------------------


def test_when_its_time_comes_it_is_taken_and_passed_on() -> None:
    town, (ada, bea, cleo) = line()
    town.publish_and_run(ada, EARLY)
    almost = NOW + 3 * HOUR_MS - AHEAD_MS
    for device in (cleo, bea):
        town.pass_time(device, almost - 1)
        town.run()
        assert EARLY.id not in device.exchange.shelf
    for device in (cleo, bea):
        town.pass_time(device, almost)
    town.run()
    assert bea.holds(EARLY)
    assert cleo.holds(EARLY)
    assert ada.exchange.holders_of(EARLY.id) == {BEA.group}
    town.check_links()


def test_what_came_from_two_sides_is_taken_once() -> None:
    ada, bea, cleo = street(ADA, BEA, CLEO)
    town = Houses(ada, bea, cleo)
    for device in town.devices[1:]:
        town.pass_time(device, NOW, is_trusted=device is bea)
    town.pair_up()
    town.publish_and_run(ada, EARLY)
    cleo.exchange.shelf.place_verified(EARLY, BEA.group)
    cleo.disk[EARLY.id] = EARLY
    town.look_again()
    assert EARLY.id not in bea.exchange.shelf
    town.pass_time(bea, NOW + 3 * HOUR_MS)
    town.run()
    assert bea.holds(EARLY)
    assert bea.left_out == []
    town.check_links()


def test_what_answers_it_waits_for_it() -> None:
    """Cleo, whose clock nobody vouches for, has pledged already."""
    ada, bea, cleo = street(ADA, BEA, CLEO)
    town = Houses(ada, bea, cleo)
    town.pass_time(bea, NOW)
    town.pair_up()
    cleo.exchange.shelf.place_verified(EARLY, BEA.group)
    cleo.disk[EARLY.id] = EARLY
    pledge = CLEO.pledge(EARLY)
    town.publish_and_run(ada, EARLY)
    town.publish_and_run(cleo, pledge)
    assert pledge.id not in bea.exchange.shelf
    town.pass_time(bea, NOW + 3 * HOUR_MS)
    town.run()
    assert bea.holds(EARLY, pledge)
    assert ada.holds(pledge)
    town.check_links()


def test_when_the_author_has_set_its_clock_right_the_next_version_is_taken_at_once() -> None:
    """What it signs then still expires no earlier."""
    town, (ada, bea, cleo) = line()
    town.publish_and_run(ada, EARLY)
    right = resigned(EARLY, {4: 2, 5: NOW, 6: EARLY.header.lifetime_ms + 3 * HOUR_MS}, ADA.device)
    town.publish_and_run(ada, right)
    assert bea.holds(right)
    assert cleo.holds(right)
    for device in (bea, cleo):
        town.pass_time(device, NOW + 3 * HOUR_MS)
    town.run()
    for device in (bea, cleo):
        assert device.exchange.shelf.find(EARLY.header.object) == right
        assert EARLY.id not in device.disk
        assert device.left_out == []
    town.check_links()


# The room -------------------------------------------------------------------------------------


def test_what_one_neighbour_brings_from_the_future_is_bounded_and_nothing_is_lost_by_that() -> None:
    """What found no room is offered again, at the latest when the link is new."""
    town, (ada, bea, _) = line()
    many = [made(NOW + 3 * HOUR_MS, f"beds {number}") for number in range(AHEAD_MAX + 20)]
    town.publish_and_run(ada, *many)
    town.pass_time(bea, NOW + 3 * HOUR_MS)
    town.run()
    assert 0 < len(bea.exchange.shelf.all_requests()) <= AHEAD_MAX
    town.look_again()
    town.unlink(ada, bea)
    town.link(ada, bea)
    town.run()
    assert bea.holds(*many)
    town.check_links()


def test_what_found_no_room_is_brought_over_the_same_link_when_its_time_has_come() -> None:
    town, (ada, bea, _) = line()
    many = [made(NOW + 3 * HOUR_MS, f"beds {number}") for number in range(AHEAD_MAX + 20)]
    town.publish_and_run(ada, *many)
    town.look_again()
    town.pass_time(bea, NOW + 3 * HOUR_MS)
    town.run()
    town.look_again()
    assert bea.holds(*many)
    town.check_links()


def test_who_floods_its_room_does_not_push_out_what_another_brought() -> None:
    devices = street(ADA, BEA, CLEO)
    ada, bea, cleo = devices
    town = Houses(*devices)
    town.pass_time(bea, NOW)
    town.pair_up()
    of_cleo = resigned(CLEO.request(), {5: NOW + 2 * HOUR_MS}, CLEO.device)
    town.publish_and_run(cleo, of_cleo)
    many = [made(NOW + 2 * HOUR_MS, f"beds {number}") for number in range(AHEAD_MAX + 1)]
    town.publish_and_run(ada, *many)
    town.pass_time(bea, NOW + 2 * HOUR_MS)
    town.run()
    assert bea.holds(of_cleo)

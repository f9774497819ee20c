"""Who may write what: what no honest hall passes on is refused, what is not known yet waits."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.bodies import Details
from protocol.codec import Map
from protocol.errors import LocalError, RuleBroken
from protocol.record import Record, sign
from protocol.shelf import Placed
from tests.protocol.halls import Hall, resigned
from tests.protocol.shelves import (
    ACCEPTED,
    ADA,
    BEA,
    CLEO,
    DETAILS,
    DORA,
    FAR_PLEDGE,
    PLEDGE,
    REQUEST,
    arrive,
    settled,
    successor,
)


def test_a_device_that_is_not_on_the_roster_waits_for_it() -> None:
    shelf = settled(CLEO)
    phone = ADA.with_device("phone")
    request = phone.request()
    assert shelf.place_verified(request, BEA.group) == []
    assert request.id not in shelf
    placed = shelf.place_verified(ADA.roster(phone, version=2), BEA.group)
    assert [each.record.id for each in placed] == [ADA.roster(phone, version=2).id, request.id]


def test_a_record_of_our_own_that_we_do_not_have_is_refused() -> None:
    shelf = settled(ADA)
    shelf.place_own(REQUEST)
    assert shelf.place_verified(REQUEST, BEA.group) == []
    with pytest.raises(RuleBroken):
        shelf.place_verified(ACCEPTED, BEA.group)
    with pytest.raises(RuleBroken):
        shelf.place_verified(ADA.request("blankets"), BEA.group)


@pytest.mark.parametrize(
    "record",
    [ADA.with_device("phone").request(), BEA.request(), BEA.roster()],
    ids=["our phone's", "another hall's", "another hall's roster"],
)
def test_what_this_device_has_not_signed_is_not_its_own(record: Record) -> None:
    shelf = settled(ADA)
    before = len(shelf)
    with pytest.raises(LocalError):
        shelf.place_own(record)
    assert len(shelf) == before


def test_another_device_of_ours_is_heard() -> None:
    shelf, phone = settled(ADA), ADA.with_device("phone")
    shelf.place_own(ADA.roster(phone, version=2))
    request = phone.request()
    assert shelf.place_verified(request, BEA.group) == [Placed(request, None)]
    assert request in shelf.own_messages()


def test_only_the_origin_seals_details() -> None:
    shelf = settled(CLEO)
    shelf.place_verified(REQUEST, BEA.group)
    with pytest.raises(RuleBroken):
        shelf.place_verified(BEA.details(REQUEST, PLEDGE, CLEO), BEA.group)


def test_nobody_shows_details_under_a_pledge_to_somebody_else() -> None:
    """Dora is the origin of the request that she names; the pledge that she names is to Ada."""
    lure = DORA.request("lure")
    foreign = DORA.details(lure, PLEDGE, CLEO)
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST, PLEDGE, DETAILS, lure])
    with pytest.raises(RuleBroken):
        shelf.place_verified(foreign, BEA.group)
    assert shelf.details_of(PLEDGE.header.object) == DETAILS


@given(st.permutations([REQUEST, PLEDGE, DETAILS, DORA.request("lure")]), st.integers(0, 4))
def test_whenever_foreign_details_come_the_origin_s_stand(order: list[Record], at: int) -> None:
    shelf = settled(CLEO)
    foreign = DORA.details(DORA.request("lure"), PLEDGE, CLEO)
    for record in [*order[:at], foreign, *order[at:]]:
        with suppress(RuleBroken):
            shelf.place_verified(record, BEA.group)
    assert shelf.details_of(PLEDGE.header.object) == DETAILS
    assert foreign.id not in shelf


def test_details_are_for_a_pledge_and_nothing_else() -> None:
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST, ADA.request("beds")])
    with pytest.raises(RuleBroken):
        shelf.place_verified(ADA.details(REQUEST, ADA.request("beds"), BEA), BEA.group)


def test_details_that_move_to_another_pledge_leave_those_of_others_alone() -> None:
    shelf = settled(CLEO)
    shelf.place_own(FAR_PLEDGE)
    first = resigned(DETAILS, {3: b"another number.."}, ADA.device)
    moved = resigned(first, {4: 2, 11: FAR_PLEDGE.header.object}, ADA.device)
    arrive(shelf, [REQUEST, PLEDGE, first, DETAILS, moved])
    assert shelf.details_of(PLEDGE.header.object) == DETAILS
    assert shelf.details_of(FAR_PLEDGE.header.object) == moved


def test_details_that_are_closed_take_the_place_of_the_sealed_ones() -> None:
    shelf = settled(BEA)
    shelf.place_own(PLEDGE)
    arrive(shelf, [REQUEST, DETAILS])
    closed = ADA.sign(Details(REQUEST.header.object, PLEDGE.header.object), "closed")
    number: Map = {3: DETAILS.header.number, 4: 2}
    ends = resigned(closed, number, ADA.device)
    assert shelf.place_verified(ends, BEA.group) == [Placed(ends, DETAILS)]
    assert shelf.details_of(PLEDGE.header.object) == ends


def test_nobody_pledges_to_themselves() -> None:
    shelf = settled(CLEO)
    shelf.place_verified(REQUEST, BEA.group)
    with pytest.raises(RuleBroken):
        shelf.place_verified(ADA.pledge(REQUEST), BEA.group)


def test_an_object_keeps_its_kind() -> None:
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST])
    with pytest.raises(RuleBroken):
        shelf.place_verified(successor({0: 77}), BEA.group)


def test_an_object_keeps_its_writer() -> None:
    """What another device of the group signs under its number is another object."""
    shelf, phone = settled(CLEO), ADA.with_device("phone")
    arrive(shelf, [ADA.roster(phone, version=2), REQUEST])
    other = sign(replace(REQUEST.header, device=phone.device_key), REQUEST.body, phone.device)
    shelf.place_verified(other, BEA.group)
    assert shelf.find(REQUEST.header.object) == REQUEST
    assert other.header.object != REQUEST.header.object


def test_a_later_version_does_not_expire_earlier() -> None:
    shelf = settled(CLEO)
    shelf.place_verified(REQUEST, BEA.group)
    expiry = REQUEST.header.lifetime_ms
    with pytest.raises(RuleBroken):
        shelf.place_verified(successor({6: expiry - 1}), BEA.group)
    assert shelf.place_verified(successor({6: expiry}), BEA.group) != []


def test_a_pledge_stays_with_its_request() -> None:
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST, PLEDGE])
    with pytest.raises(RuleBroken):
        shelf.place_verified(successor({10: bytes(16)}, PLEDGE, BEA), BEA.group)


def test_a_roster_of_a_stranger_waits() -> None:
    shelf, stranger = settled(BEA), Hall("stranger")
    assert arrive(shelf, [*stranger.directory(BEA), stranger.request()]) == []
    assert shelf.roster_of(stranger.group) is None

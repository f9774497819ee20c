"""Whatever the order of arrival, the same is held; what no honest hall passes on is refused."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.bodies import Closed, Details, Kind, Peering, PledgeStep, Profile, Unknown
from protocol.codec import Map
from protocol.errors import LocalError, RuleBroken
from protocol.ids import GroupId, RecordId
from protocol.limits import DAY_MS, WAITING_ROOM_MAX
from protocol.record import Record, parse, sign
from protocol.shelf import Placed, Shelf
from tests.protocol.halls import NOW, Hall, accepts, as_map, resigned, signed_map

ADA, BEA, CLEO, DORA = (Hall(name) for name in ("ada", "bea", "cleo", "dora"))
"""Paired in a line: each with the next."""
LINE: dict[GroupId, list[Hall]] = {
    ADA.group: [BEA],
    BEA.group: [ADA, CLEO],
    CLEO.group: [BEA, DORA],
    DORA.group: [CLEO],
}
HALLS = [ADA, BEA, CLEO, DORA]
DIRECTORY = [record for hall in HALLS for record in hall.directory(*LINE[hall.group])]

REQUEST = ADA.request()
PLEDGE = BEA.pledge(REQUEST)
FAR_PLEDGE = CLEO.pledge(REQUEST)
ACCEPTED = ADA.request(version=2, decisions=(accepts(PLEDGE),))
DETAILS = ADA.details(REQUEST, PLEDGE, BEA)
SENT = BEA.pledge(REQUEST, version=2, step=PledgeStep.SENT)
RECEIVED = ADA.request(
    version=3, decisions=(accepts(PLEDGE, moved=25_000),), closed=Closed.RECEIVED
)
STORY = [REQUEST, PLEDGE, FAR_PLEDGE, ACCEPTED, DETAILS, SENT, RECEIVED]
NEWEST = {FAR_PLEDGE.id, DETAILS.id, SENT.id, RECEIVED.id}


def shelf_of(hall: Hall) -> Shelf:
    """With the hall's own directory on it, and nothing else."""
    shelf = hall.shelf()
    for record in hall.directory(*LINE[hall.group]):
        shelf.place_own(record)
    return shelf


def settled(hall: Hall) -> Shelf:
    """With everybody's directory, as far as the hall hears of them."""
    shelf = shelf_of(hall)
    arrive(shelf, DIRECTORY)
    return shelf


def arrive(shelf: Shelf, records: list[Record]) -> list[Placed]:
    """From a neighbour, less what is the hall's own."""
    others = [record for record in records if record.header.group != shelf.us]
    return [placed for record in others for placed in shelf.place_verified(record, BEA.group)]


def held(shelf: Shelf) -> set[RecordId]:
    everything = [*DIRECTORY, *STORY]
    found = {record.id for record in everything if record.id in shelf}
    assert len(shelf) == len(found)
    return found


# Order ----------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.permutations([*DIRECTORY, *STORY]), st.sampled_from([BEA, CLEO]))
def test_any_order_of_arrival_ends_the_same(order: list[Record], hall: Hall) -> None:
    shelf = shelf_of(hall)
    own = [record for record in STORY if record.header.group == hall.group]
    arrive(shelf, order)
    for record in own:
        shelf.place_own(record)
    assert held(shelf) == {record.id for record in DIRECTORY} | NEWEST
    assert shelf.find(REQUEST.header.object) == RECEIVED
    assert {each.id for each in shelf.pledges_of(REQUEST.header.object)} == {SENT.id, FAR_PLEDGE.id}
    assert shelf.details_of(PLEDGE.header.object) == DETAILS


@settings(max_examples=60)
@given(st.permutations([*DIRECTORY, *STORY]), st.data())
def test_shared_sets_follow_what_comes(order: list[Record], data: st.DataObject) -> None:
    """Kept up to date one record at a time, they are what gathering them anew would give."""
    shelf = shelf_of(CLEO)
    shelf.place_own(FAR_PLEDGE)
    looks = data.draw(st.sets(st.integers(0, len(order))))
    for number, record in enumerate(order):
        arrive(shelf, [record])
        if number in looks:
            summaries(shelf)
    kept = summaries(shelf)
    shelf.forget_links()
    assert summaries(shelf) == kept


def summaries(shelf: Shelf) -> list[tuple[int, bytes]]:
    shared = [shelf.shared_with(hall.group) for hall in HALLS]
    return [each.summary() for both in shared for each in (both.directory, both.others)]


@settings(max_examples=40)
@given(st.permutations([*DIRECTORY, *STORY]))
def test_what_was_placed_is_put_back_in_any_order(order: list[Record]) -> None:
    shelf = settled(BEA)
    arrive(shelf, STORY)
    for record in (PLEDGE, SENT):
        shelf.place_own(record)
    again = BEA.shelf()
    for record in order:
        if record.id in shelf:
            again.restore(record, NOW)
    assert held(again) == held(shelf)
    assert summaries(again) == summaries(shelf)
    assert again.pledges_of(REQUEST.header.object) != []


def test_both_ends_of_a_link_hold_the_same() -> None:
    bea, cleo = settled(BEA), settled(CLEO)
    for shelf in (bea, cleo):
        arrive(shelf, STORY)
    bea.place_own(SENT)
    cleo.place_own(FAR_PLEDGE)
    ours, theirs = bea.shared_with(CLEO.group), cleo.shared_with(BEA.group)
    assert ours.directory.summary() == theirs.directory.summary()
    assert ours.others.summary() == theirs.others.summary()
    assert len(ours.directory) == len(DIRECTORY)
    assert len(ours.others) == len(NEWEST)


def test_placing_says_what_is_held_and_what_it_replaced() -> None:
    shelf = settled(CLEO)
    assert shelf.place_verified(REQUEST, BEA.group) == [Placed(REQUEST, None)]
    assert shelf.place_verified(ACCEPTED, BEA.group) == [Placed(ACCEPTED, REQUEST)]
    assert REQUEST.id not in shelf
    assert shelf.find_by_id(REQUEST.id) is None
    assert shelf.find_by_id(ACCEPTED.id) == ACCEPTED
    assert shelf.place_verified(ACCEPTED, BEA.group) == []
    assert shelf.place_verified(REQUEST, BEA.group) == []


def test_who_waited_is_placed_with_what_was_waited_for() -> None:
    shelf = shelf_of(BEA)
    shelf.place_own(PLEDGE)
    assert arrive(shelf, [ACCEPTED, DETAILS, ADA.peering(BEA), ADA.profile()]) == []
    placed = [each.record.id for each in shelf.place_verified(ADA.roster(), BEA.group)]
    assert placed[0] == ADA.roster().id
    assert set(placed[1:]) == {ADA.peering(BEA).id, ADA.profile().id, ACCEPTED.id, DETAILS.id}


def test_who_waited_for_a_request_is_placed_with_it() -> None:
    shelf = settled(CLEO)
    assert arrive(shelf, [DETAILS, PLEDGE]) == []
    placed = [each.record.id for each in shelf.place_verified(REQUEST, BEA.group)]
    assert placed == [REQUEST.id, PLEDGE.id, DETAILS.id]


def test_who_waited_for_a_pledge_is_placed_with_it() -> None:
    shelf = settled(CLEO)
    assert arrive(shelf, [REQUEST, DETAILS]) == [Placed(REQUEST, None)]
    assert shelf.details_of(PLEDGE.header.object) is None
    assert shelf.place_verified(PLEDGE, BEA.group) == [Placed(PLEDGE, None), Placed(DETAILS, None)]
    ours = settled(BEA)
    arrive(ours, [REQUEST, DETAILS])
    assert ours.place_own(PLEDGE) == [Placed(PLEDGE, None), Placed(DETAILS, None)]


# The waiting room -----------------------------------------------------------------------------


def test_the_waiting_room_is_bounded_and_the_oldest_leaves_first() -> None:
    shelf = shelf_of(BEA)
    requests = [ADA.request(f"meals {number}") for number in range(WAITING_ROOM_MAX + 2)]
    arrive(shelf, requests)
    arrive(shelf, ADA.directory(BEA))
    assert [record.id in shelf for record in requests] == [False] * 2 + [True] * WAITING_ROOM_MAX


def test_waiting_once_is_enough() -> None:
    shelf = shelf_of(BEA)
    arrive(shelf, [REQUEST] * 3)
    placed = arrive(shelf, ADA.directory(BEA))
    assert [each.record.id for each in placed].count(REQUEST.id) == 1


def test_what_waited_too_long_is_not_placed() -> None:
    """A newer version came meanwhile; then the older one has nothing to wait for."""
    for order in permutations([REQUEST, ACCEPTED, RECEIVED]):
        shelf = shelf_of(BEA)
        arrive(shelf, list(order))
        arrive(shelf, ADA.directory(BEA))
        assert shelf.find(REQUEST.header.object) == RECEIVED
        assert REQUEST.id not in shelf
        assert ACCEPTED.id not in shelf


def test_a_rule_broken_in_the_waiting_room_harms_nobody_else() -> None:
    shelf = shelf_of(CLEO)
    foreign = BEA.details(REQUEST, FAR_PLEDGE, CLEO)
    arrive(shelf, [foreign, PLEDGE, REQUEST])
    arrive(shelf, DIRECTORY)
    assert foreign.id not in shelf
    assert REQUEST.id in shelf
    assert PLEDGE.id in shelf
    with pytest.raises(RuleBroken):
        shelf.place_verified(foreign, BEA.group)


# Who may write what ---------------------------------------------------------------------------


def test_two_contents_under_one_version_are_refused() -> None:
    shelf = settled(CLEO)
    shelf.place_verified(ACCEPTED, BEA.group)
    with pytest.raises(RuleBroken):
        shelf.place_verified(ADA.request(version=2, decisions=(accepts(PLEDGE, 1_000),)), BEA.group)
    assert shelf.find(REQUEST.header.object) == ACCEPTED


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


def successor(changes: Map, of: Record = REQUEST, hall: Hall = ADA) -> Record:
    return resigned(of, {4: 2, **changes}, hall.device)


def test_an_object_keeps_its_writer_and_its_kind() -> None:
    shelf, phone = settled(CLEO), ADA.with_device("phone")
    arrive(shelf, [ADA.roster(phone, version=2), REQUEST])
    taken = replace(REQUEST.header, version=2, device=phone.device_key)
    with pytest.raises(RuleBroken):
        shelf.place_verified(sign(taken, ACCEPTED.body, phone.device), BEA.group)
    with pytest.raises(RuleBroken):
        shelf.place_verified(successor({0: 77}), BEA.group)


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


# Reach ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach", [1, 2, 3])
def test_a_request_goes_as_far_as_its_reach(reach: int) -> None:
    request, pledge = ADA.request(reach=reach), BEA.pledge(REQUEST)
    for distance, hall in enumerate(HALLS):
        if hall is ADA:
            continue
        shelf = settled(hall)
        arrive(shelf, [request, pledge])
        assert shelf.distance(ADA.group) == distance
        assert (request.id in shelf) is (distance <= reach)
        if hall is not BEA:
            assert (pledge.id in shelf) is (distance <= reach)


def test_what_belongs_to_a_link_is_in_reach_of_both_ends() -> None:
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST, PLEDGE])
    for record in (REQUEST, PLEDGE):
        assert shelf.belongs(record, BEA.group)
        assert not shelf.belongs(record, DORA.group)
    assert shelf.belongs(ADA.profile(), DORA.group)
    assert len(shelf.shared_with(DORA.group).others) == 0


def test_who_is_too_far_away_is_not_in_the_directory() -> None:
    edna = Hall("edna")
    shelf = settled(ADA)
    arrive(shelf, [DORA.peering(CLEO, edna, version=2), *edna.directory(DORA)])
    assert shelf.roster_of(DORA.group) is not None
    assert shelf.roster_of(edna.group) is None
    assert shelf.distance(edna.group) is None


def test_the_directory_goes_as_far_as_both_ends_hear() -> None:
    edna = Hall("edna")
    shelf = settled(BEA)
    arrive(shelf, [DORA.peering(CLEO, edna, version=2), *edna.directory(DORA)])
    assert shelf.roster_of(edna.group) is not None
    assert shelf.belongs(edna.roster(), CLEO.group)
    assert not shelf.belongs(edna.roster(), ADA.group)


def test_what_answers_a_request_goes_as_far_as_its_newest_version() -> None:
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST, PLEDGE])
    assert len(shelf.shared_with(DORA.group).others) == 0
    wider = ADA.request(version=2, reach=3)
    shelf.place_verified(wider, BEA.group)
    assert shelf.belongs(PLEDGE, DORA.group)
    assert len(shelf.shared_with(DORA.group).others) == 2


def test_a_pairing_that_ends_stops_the_offering_and_deletes_nothing() -> None:
    shelf = settled(BEA)
    shelf.place_verified(REQUEST, BEA.group)
    assert shelf.belongs(REQUEST, CLEO.group)
    shelf.place_own(BEA.peering(ADA, version=2))
    assert not shelf.belongs(REQUEST, CLEO.group)
    assert len(shelf.shared_with(CLEO.group).others) == 0
    assert REQUEST.id in shelf


# The directory --------------------------------------------------------------------------------


def test_a_device_off_the_roster_speaks_for_nobody() -> None:
    shelf, phone = settled(CLEO), ADA.with_device("phone")
    stranger = Hall("stranger")
    arrive(shelf, [ADA.roster(phone, version=2), phone.profile(), phone.peering(BEA, stranger)])
    assert len(shelf.seal_keys_of(ADA.group)) == 2
    assert stranger.group in shelf.graph.named_by(ADA.group)
    shelf.place_verified(ADA.roster(version=3), BEA.group)
    assert shelf.seal_keys_of(ADA.group) == [bytes(ADA.seal_key.public_key)]
    assert shelf.graph.named_by(ADA.group) == {BEA.group}
    assert shelf.distance(ADA.group) == 2


def test_the_newest_card_is_shown() -> None:
    shelf = settled(CLEO)
    card = shelf.profile_of(ADA.group)
    assert card is not None
    assert card.name == "ada"
    renamed = ADA.sign(replace(card, name="Ada's"), "profile", 2, 3)
    shelf.place_verified(renamed, BEA.group)
    assert shelf.profile_of(ADA.group) == renamed.body
    assert shelf.profile_of(Hall("stranger").group) is None
    assert shelf.seal_keys_of(Hall("stranger").group) == []


def test_our_own_directory_is_what_a_link_begins_with() -> None:
    own = settled(BEA).own_directory()
    assert {type(record.body) for record in own} == {Profile, Peering}
    assert all(record.header.group == BEA.group for record in own)


def test_our_own_messages_are_told_from_others() -> None:
    shelf = settled(BEA)
    own = BEA.request("blankets")
    shelf.place_own(own)
    shelf.place_verified(REQUEST, BEA.group)
    assert shelf.own_messages() == [own]
    assert {record.id for record in shelf.all_requests()} == {own.id, REQUEST.id}


# Later versions -------------------------------------------------------------------------------


def test_a_kind_of_a_later_version_is_held_and_passed_on() -> None:
    shelf = settled(CLEO)
    later = parse(*signed_map({**as_map(REQUEST), 0: 77, 3: b"L" * 16}, ADA.device))
    assert shelf.place_verified(later, BEA.group) == [Placed(later, None)]
    assert shelf.belongs(later, BEA.group)
    assert shelf.all_requests() == []


def test_a_step_of_a_later_version_travels_with_its_request() -> None:
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST, PLEDGE])
    later = successor({13: 9}, PLEDGE, BEA)
    assert later.body == Unknown(Kind.PLEDGE, REQUEST.header.object)
    assert shelf.place_verified(later, BEA.group) == [Placed(later, PLEDGE)]
    assert shelf.pledges_of(REQUEST.header.object) == []
    assert shelf.belongs(later, BEA.group)
    assert not shelf.belongs(later, DORA.group)
    newest = resigned(PLEDGE, {4: 3}, BEA.device)
    assert shelf.place_verified(newest, BEA.group) == [Placed(newest, later)]
    assert shelf.pledges_of(REQUEST.header.object) == [newest]


def test_an_answer_reaches_as_far_as_a_request_of_a_later_version() -> None:
    shelf = settled(CLEO)
    later = successor({15: 9})
    assert isinstance(later.body, Unknown)
    arrive(shelf, [later, PLEDGE])
    assert PLEDGE.id in shelf


def test_expiry_is_no_business_of_the_shelf() -> None:
    """It has no clock: what has expired is left out by who has one."""
    shelf = settled(CLEO)
    old = resigned(REQUEST, {5: NOW - 400 * DAY_MS}, ADA.device)
    assert shelf.place_verified(old, BEA.group) == [Placed(old, None)]

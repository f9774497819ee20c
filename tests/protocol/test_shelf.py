"""Whatever the order of arrival, the same is held."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.bodies import Kind, Peering, Profile, Unknown
from protocol.ids import RecordId
from protocol.limits import DAY_MS
from protocol.record import Record, parse
from protocol.shelf import Placed, Shelf
from tests.protocol.halls import NOW, Hall, as_map, resigned, signed_map
from tests.protocol.shelves import (
    ACCEPTED,
    ADA,
    BEA,
    CLEO,
    DETAILS,
    DIRECTORY,
    DORA,
    FAR_PLEDGE,
    NEWEST,
    PLEDGE,
    RECEIVED,
    REQUEST,
    SENT,
    STORY,
    arrive,
    gather_anew,
    settled,
    shelf_of,
    successor,
    summaries,
)


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
    gather_anew(shelf)
    assert summaries(shelf) == kept


def test_what_answers_a_request_is_shared_with_it_whichever_is_held_first() -> None:
    """Our own pledge is held in any case: here the request comes back later."""
    shelf = settled(CLEO)
    shelf.place_own(FAR_PLEDGE)
    assert len(shelf.shared_with(BEA.end).others) == 0
    arrive(shelf, [REQUEST])
    assert FAR_PLEDGE in shelf.shared_with(BEA.end)
    assert len(shelf.shared_with(BEA.end).others) == 2


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
    ours, theirs = bea.shared_with(CLEO.end), cleo.shared_with(BEA.end)
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
    assert shelf.belongs(later, BEA.end)
    assert shelf.all_requests() == []


def test_a_step_of_a_later_version_travels_with_its_request() -> None:
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST, PLEDGE])
    later = successor({13: 9}, PLEDGE, BEA)
    assert later.body == Unknown(Kind.PLEDGE, REQUEST.header.object)
    assert shelf.place_verified(later, BEA.group) == [Placed(later, PLEDGE)]
    assert shelf.pledges_of(REQUEST.header.object) == []
    assert shelf.belongs(later, BEA.end)
    assert not shelf.belongs(later, DORA.end)
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

"""What comes of a removed device and its heir, in whatever order a hall hears or reads it."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.ids import RecordId
from protocol.limits import PURGE_STEP_MS
from protocol.record import Record
from protocol.shelf import Shelf
from tests.protocol.halls import NOW, Hall, accepts
from tests.protocol.houses import Device, accepted_of
from tests.protocol.shelves import come_to, mark_that_takes, summaries

DESK = Hall("ada")
PHONE = DESK.with_device("phone")
BEA, CLEO = Hall("bea"), Hall("cleo")
ROSTER = DESK.roster(PHONE)
REMOVED = DESK.roster(version=2, removed={PHONE: DESK})
BEDS = PHONE.request("beds", reach=3)
SOUP = PHONE.request("soup", reach=3)
CARDS = [PHONE.profile(), PHONE.peering(BEA)]
PLEDGE = BEA.pledge(BEDS)
TAKEN = PHONE.request("beds", version=2, reach=3, decisions=(accepts(PLEDGE),))
UNSEEN = PHONE.request("beds", version=4, reach=3)
ADOPTION = DESK.adoption(PHONE, [TAKEN])
WENT_ON = DESK.request("beds", version=3, reach=3, decisions=(accepts(PLEDGE),), author=PHONE)
OF_DESK = [DESK.profile(), DESK.peering(BEA)]
STORY = {
    "roster": ROSTER,
    "roster without the phone": REMOVED,
    "card of the desk": OF_DESK[0],
    "neighbours of the desk": OF_DESK[1],
    "card of the phone": CARDS[0],
    "neighbours of the phone": CARDS[1],
    "beds": BEDS,
    "beds taken": TAKEN,
    "beds as nobody else saw them": UNSEEN,
    "beds as the heir went on": WENT_ON,
    "pledge": PLEDGE,
    "adoption": ADOPTION,
    "soup": SOUP,
}
NAMES = list(STORY)
COUNTING = {each.id for each in (REMOVED, *OF_DESK, PLEDGE, ADOPTION, WENT_ON)}


def fresh(hall: Hall, *neighbours: Hall) -> Shelf:
    shelf = hall.shelf()
    for record in hall.directory(*neighbours):
        shelf.place_own(record)
    return shelf


def counting(shelf: Shelf) -> set[RecordId]:
    return {each.id for each in STORY.values() if shelf.find_by_id(each.id) is not None}


def named(names: list[str]) -> list[Record]:
    return [STORY[each] for each in names]


def arrive(shelf: Shelf, order: list[Record]) -> None:
    for record in order:
        if record.header.group != shelf.us:
            shelf.place_verified(record, DESK.group)


@settings(max_examples=200)
@given(st.permutations(NAMES), st.lists(st.sampled_from(NAMES), max_size=8))
def test_in_any_order_and_as_often_as_it_comes_every_hall_shows_the_same(
    order: list[str], again: list[str]
) -> None:
    bea, cleo = fresh(BEA, DESK, CLEO), fresh(CLEO, BEA)
    bea.place_own(PLEDGE)
    arrive(bea, CLEO.directory(BEA))
    arrive(cleo, BEA.directory(DESK, CLEO))
    for shelf in (bea, cleo):
        arrive(shelf, named([*order, *again]))
        assert counting(shelf) == COUNTING
        assert accepted_of(shelf, BEDS) == 25_000
    assert bea.shared_with(CLEO.end).others.summary() == cleo.shared_with(BEA.end).others.summary()


@settings(max_examples=200)
@given(st.permutations(NAMES), st.permutations(range(30)))
def test_what_a_hall_had_on_its_disk_is_shown_as_before_in_whatever_order_it_is_read(
    order: list[str], reading: list[int]
) -> None:
    cleo = Device(CLEO, *CLEO.directory(BEA), *BEA.directory(DESK, CLEO))
    shelf = cleo.exchange.shelf
    for record in named(order):
        for placed in shelf.place_verified(record, BEA.group):
            cleo.disk[placed.record.id] = placed.record
            if placed.replaced is not None:
                cleo.disk.pop(placed.replaced.id, None)
    shown = cleo.shown
    assert counting(shelf) == COUNTING
    before = summaries(shelf)
    on_disk = list(cleo.disk.values())
    cleo.restart(on_disk[at] for at in reading if at < len(on_disk))
    assert counting(cleo.exchange.shelf) == COUNTING
    assert cleo.shown == shown
    assert summaries(cleo.exchange.shelf) == before


@pytest.mark.parametrize("order", list(permutations([REMOVED, ADOPTION, TAKEN, WENT_ON])))
def test_a_disk_with_what_was_adopted_and_what_came_of_it_is_read_in_any_order(
    order: tuple[Record, ...],
) -> None:
    """Both are there where the heir's came before its adoption did."""
    cleo = Device(CLEO, *CLEO.directory(BEA), *BEA.directory(DESK, CLEO), *OF_DESK, *order)
    assert cleo.exchange.shelf.find(BEDS.header.object) == WENT_ON


@pytest.mark.parametrize("order", list(permutations([0, 1, 2])))
def test_of_two_that_go_on_under_one_version_every_hall_takes_the_same(
    order: tuple[int, ...],
) -> None:
    """An heir is to go on above what it adopted; this one did not."""
    hasty = DESK.request("beds", version=2, reach=3, author=PHONE)
    shelf = fresh(CLEO, BEA)
    arrive(shelf, [*BEA.directory(DESK, CLEO), ROSTER, REMOVED, *OF_DESK])
    arrive(shelf, [[ADOPTION, TAKEN, hasty][at] for at in order])
    assert shelf.find(BEDS.header.object) == min(TAKEN, hasty, key=lambda each: each.id)


@pytest.mark.parametrize("is_first", [True, False])
def test_which_details_are_shown_does_not_depend_on_which_came_first(is_first: bool) -> None:
    """Both of the house's devices sealed some for one pledge: the newer ones are shown."""
    shelf = fresh(CLEO, BEA)
    arrive(shelf, [*BEA.directory(DESK, CLEO), ROSTER, *OF_DESK, BEDS, PLEDGE])
    old, new = PHONE.details(BEDS, PLEDGE, BEA), DESK.details(BEDS, PLEDGE, BEA, version=2)
    arrive(shelf, [old, new] if is_first else [new, old])
    assert shelf.details_of(PLEDGE.header.object) == new


# Its time -------------------------------------------------------------------------------------


def test_what_is_hidden_goes_when_its_time_is_over() -> None:
    shelf = fresh(BEA, DESK)
    come_to(shelf, NOW)
    arrive(shelf, [ROSTER, *OF_DESK, SOUP, REMOVED])
    assert SOUP.id in shelf
    gone = come_to(shelf, mark_that_takes(SOUP)).gone
    assert SOUP in gone
    assert SOUP.id not in shelf


def test_what_was_adopted_only_after_its_time_is_not_brought_back() -> None:
    shelf = fresh(BEA, DESK)
    arrive(shelf, [ROSTER, *OF_DESK, SOUP])
    come_to(shelf, mark_that_takes(SOUP) - PURGE_STEP_MS)
    arrive(shelf, [REMOVED])
    come_to(shelf, mark_that_takes(SOUP))
    late = DESK.adoption(PHONE, [SOUP])
    arrive(shelf, [late])
    assert late.id in shelf
    assert shelf.all_requests() == []

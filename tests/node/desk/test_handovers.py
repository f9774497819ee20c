"""Which match a hand-over counts for, and what it leaves over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.entries import FIRST_STATE, Entry, State, Sums
from node.desk.handovers import (
    Spread,
    is_free_again,
    not_needed,
    promised_anew,
    spread,
    spread_back,
)
from node.desk.matches import Match, MatchState, sums
from node.desk.references import Kind, make
from node.desk.words import Words
from protocol.ids import Thousandths

NOW = 1_938_018_600_000
NEED, OFFER = make(Kind.NEED, 1), make(Kind.OFFER, 1)
ASKED, AGREED, UNDER_WAY = MatchState.ASKED, MatchState.AGREED, MatchState.UNDER_WAY
GONE = MatchState.FELL_THROUGH


def match(
    number: int, qty: int, state: MatchState = AGREED, moved: int = 0, need: str = NEED
) -> Match:
    """One of a row: the higher its number, the later it was agreed and moved."""
    ref = make(Kind.MATCH, number)
    moved_ms = NOW + number if moved else 0
    amounts = Thousandths(qty), Thousandths(moved)
    return Match(ref, need, OFFER, amounts[0], state, NOW, "AK", None, amounts[1], moved_ms)


def entry(kind: Kind, qty: int, *matches: Match, direct: int = 0) -> Entry:
    words = Words("FOD", "hot meals", Thousandths(qty), "meal")
    ref, first = make(kind, 1), FIRST_STATE[kind]
    made = Entry(ref, kind, words, NOW, "AK", first, direct=Thousandths(direct))
    return replace(made, sums=sums(matches))


def counted(matches: dict[int, int], direct: int) -> Spread:
    refs = {make(Kind.MATCH, number): Thousandths(qty) for number, qty in matches.items()}
    return Spread(refs, Thousandths(direct))


@pytest.mark.parametrize(
    ("qty", "expected"),
    [
        (5, counted({1: 5}, 0)),
        (10, counted({1: 10}, 0)),
        (12, counted({1: 10, 4: 2}, 0)),
        (30, counted({1: 10, 4: 4}, 16)),
    ],
)
def test_what_came_goes_to_the_longest_agreed_first(qty: int, expected: Spread) -> None:
    """What was only asked for, or fell through, counts for nothing."""
    row = [match(1, 10), match(2, 9, ASKED), match(3, 9, GONE), match(4, 8, UNDER_WAY, moved=4)]
    assert spread(Thousandths(qty), row) == expected


@pytest.mark.parametrize(
    ("qty", "expected"),
    [
        (2, counted({}, -2)),
        (5, counted({2: -2}, -3)),
        (9, counted({2: -4, 1: -2}, -3)),
        # Not so much has come: the total says how much can be taken back.
        (99, counted({2: -4, 1: -6}, -3)),
    ],
)
def test_it_is_taken_back_the_other_way_round(qty: int, expected: Spread) -> None:
    row = [match(1, 10, moved=6), match(2, 4, moved=4)]
    need = entry(Kind.NEED, 40, *row, direct=3)
    received = {NEED: need.received, OFFER: need.received}
    assert spread_back(Thousandths(qty), need, row, received) == expected


def test_no_more_is_taken_back_of_a_need_than_came_this_time() -> None:
    other = make(Kind.NEED, 2)
    row = [match(1, 10, moved=6), match(2, 10, moved=6, need=other), match(3, 9, moved=6)]
    offer = entry(Kind.OFFER, 40, *row)
    received = {NEED: Thousandths(7), other: Thousandths(2), OFFER: offer.received}
    back = spread_back(Thousandths(99), offer, row, received)
    assert back == counted({3: -6, 2: -2, 1: -1}, 0)


def test_no_more_is_taken_back_of_an_offer_than_was_given_this_time() -> None:
    row = [match(1, 10, moved=6), match(2, 10, moved=6)]
    need = entry(Kind.NEED, 40, *row)
    received = {NEED: need.received, OFFER: Thousandths(8)}
    assert spread_back(Thousandths(99), need, row, received) == counted({2: -6, 1: -2}, 0)


@given(
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from(MatchState), st.integers(0, 9))),
    st.integers(1, 99),
)
def test_everything_that_came_is_counted_once_and_can_be_taken_back(
    row: list[tuple[int, MatchState, int]], came: int
) -> None:
    matches = [match(number, *told) for number, told in enumerate(row, 1)]
    qty = Thousandths(came)
    told = spread(qty, matches)
    assert told.total == qty
    assert all(told.matches.values())
    assert all(told.matches.get(each.ref, 0) <= each.reserved for each in matches)
    moved = [
        replace(each, moved=Thousandths(each.moved + told.matches.get(each.ref, 0)))
        for each in matches
    ]
    need = entry(Kind.NEED, 500, *moved, direct=told.direct)
    back = spread_back(need.received, need, moved, {NEED: need.received, OFFER: need.received})
    assert back.total == -need.received
    assert all(-back.matches.get(each.ref, 0) <= each.moved for each in moved)


ROW = [match(1, 10), match(2, 10, UNDER_WAY), match(3, 9, ASKED), match(4, 9, GONE)]


@pytest.mark.parametrize(
    ("qty", "came", "moved", "free"),
    [
        (40, 39, {}, []),
        (40, 40, {}, [1, 3]),
        (40, 60, {}, [1, 3]),
        # All of it is there: what is left of the match that brought it comes no more either.
        (40, 40, {2: 5}, [1, 2, 3]),
        (40, 40, {1: 10, 2: 10}, [3]),
        # It was met before: what goes on now was left to go on then.
        (0, 5, {}, []),
    ],
)
def test_what_only_stood_agreed_is_free_when_all_has_come(
    qty: int, came: int, moved: dict[int, int], free: list[int]
) -> None:
    need = entry(Kind.NEED, qty)
    shares = {make(Kind.MATCH, number): Thousandths(share) for number, share in moved.items()}
    told = not_needed(need, ROW, Thousandths(came), shares)
    assert told == tuple(make(Kind.MATCH, number) for number in free)


@pytest.mark.parametrize(
    ("state", "moved", "back", "anew"),
    [
        (AGREED, 10, 3, 3),
        (AGREED, 4, 3, 3),
        # More than was matched had come.
        (UNDER_WAY, 12, 3, 1),
        (UNDER_WAY, 15, 3, 0),
        (GONE, 10, 3, 0),
        (MatchState.CONFIRMED, 10, 3, 3),
        (MatchState.CONFIRMED, 14, 3, 0),
    ],
)
def test_what_is_taken_back_is_promised_again(
    state: MatchState, moved: int, back: int, anew: int
) -> None:
    assert promised_anew(match(1, 10, state, moved), Thousandths(back)) == anew


@pytest.mark.parametrize(
    ("need", "offer", "reserved", "standing", "is_free"),
    [
        (State.OPEN, State.AVAILABLE, 0, False, False),
        (State.CLOSED, State.AVAILABLE, 0, False, True),
        (State.OPEN, State.WITHDRAWN, 0, False, True),
        (State.OPEN, State.AVAILABLE, 30, False, False),
        (State.OPEN, State.AVAILABLE, 31, False, True),
        (State.OPEN, State.AVAILABLE, 37, True, False),
        (State.OPEN, State.AVAILABLE, 38, True, True),
    ],
)
def test_it_is_not_promised_again_where_it_cannot_be(
    need: State, offer: State, reserved: int, standing: bool, is_free: bool
) -> None:
    """Of forty ten have moved, and three of these did not after all."""
    done = match(1, 10, moved=10)
    lacking = replace(entry(Kind.NEED, 40), decided=need)
    having = entry(Kind.OFFER, 40)
    having = replace(
        having,
        words=replace(having.words, standing=standing),
        decided=offer,
        sums=Sums(reserved=Thousandths(reserved), moved=Thousandths(10)),
    )
    assert is_free_again(done, lacking, having, Thousandths(3)) is is_free


def test_nor_where_neighbours_were_shown_the_rest_of_it() -> None:
    done = match(1, 10, moved=10)
    lacking, having = entry(Kind.NEED, 40), entry(Kind.OFFER, 40, done)
    back = Thousandths(3)
    assert not is_free_again(done, lacking, having, back, elsewhere=Thousandths(30))
    assert is_free_again(done, lacking, having, back, elsewhere=Thousandths(31))

"""Matches and jobs: what can happen to them in which state, and what they reserve."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from node.desk.entries import FIRST_STATE, NO_MATCHES, Entry, State, Sums
from node.desk.events import Did, Event, ImpossibleError
from node.desk.matches import (
    RESERVING,
    TRANSITIONS,
    Job,
    JobState,
    Match,
    MatchState,
    agreed_qty,
    apply,
    apply_to_job,
    can,
    is_overpromised,
    job_state,
    sums,
    to_let_go,
)
from node.desk.references import Kind, make
from node.desk.words import Words
from node.refusal import Why
from protocol.ids import Thousandths
from tests.node.refusals import refused

NOW = 1_938_018_600_000
REF = make(Kind.MATCH, 1)
NEED, OFFER = make(Kind.NEED, 1), make(Kind.OFFER, 1)
TEN = Thousandths(10_000)


def event(did: Did, about: str = REF, **data: Any) -> Event:
    if did in {Did.AGREED, Did.ASKED}:
        data = {"until_ms": NOW + 5, **data}
    if did is Did.HANDED_OVER:
        data = {"qty": 1_000, **data}
    return Event(did, about, NOW, "AK", data)


def match(state: MatchState = MatchState.AGREED, moved: int = 0, **fields: Any) -> Match:
    """A match over ten of something, as the desk has decided."""
    said: dict[str, Any] = {"need": NEED, "offer": OFFER, "qty": TEN, "state": MatchState.ASKED}
    made = apply(None, event(Did.MATCHED, until_ms=NOW, **said))
    return replace(made, decided=state, moved=Thousandths(moved), **fields)


def entry(kind: Kind, qty: int = 40_000, **fields: Any) -> Entry:
    said = Words("FOD", "hot meals", Thousandths(qty), "meal")
    first = FIRST_STATE[kind]
    made = Entry(make(kind, 1), kind, said, NOW, "AK", first, sums=NO_MATCHES)
    return replace(made, **fields)


# What happens to one ---------------------------------------------------------------------

DECIDED = [each for each in MatchState if each is not MatchState.DONE]
"""States that are the desk's word; done is arithmetic, and suggested was never written down."""

HAPPENS = [
    Did.ASKED, Did.AGREED, Did.DECLINED, Did.STARTED, Did.HANDED_OVER, Did.CONFIRMED,
    Did.FELL_THROUGH, Did.LAPSED, Did.EDITED,
]  # fmt: skip


@pytest.mark.parametrize("state", DECIDED)
@pytest.mark.parametrize("did", HAPPENS)
def test_the_table_is_the_rule(state: MatchState, did: Did) -> None:
    before = match(state)
    after = TRANSITIONS.get(state, {}).get(did)
    assert can(before, did) == (after is not None)
    if after is None:
        with pytest.raises(ImpossibleError):
            apply(before, event(did))
    else:
        assert apply(before, event(did)).decided is after


def test_an_evening_of_one_match() -> None:
    told: list[tuple[Did, dict[str, Any], MatchState, int]] = [
        (Did.AGREED, {}, MatchState.AGREED, 10_000),
        (Did.STARTED, {}, MatchState.UNDER_WAY, 10_000),
        (Did.HANDED_OVER, {"qty": 4_000}, MatchState.UNDER_WAY, 6_000),
        (Did.HANDED_OVER, {"qty": 6_000}, MatchState.DONE, 0),
        (Did.HANDED_OVER, {"qty": -1_000}, MatchState.UNDER_WAY, 1_000),
        (Did.HANDED_OVER, {"qty": 3_000}, MatchState.DONE, 0),
        (Did.CONFIRMED, {}, MatchState.CONFIRMED, 0),
        (Did.HANDED_OVER, {"qty": -2_000}, MatchState.CONFIRMED, 0),
        # Some of it is still to come, so nothing was to be confirmed yet.
        (Did.HANDED_OVER, {"qty": -1_000}, MatchState.UNDER_WAY, 1_000),
        (Did.HANDED_OVER, {"qty": 3_000}, MatchState.DONE, 0),
    ]
    stands = match(MatchState.ASKED)
    assert stands.reserved == 0
    for did, data, state, reserved in told:
        stands = apply(stands, event(did, **data))
        assert (stands.state, stands.reserved) == (state, reserved)
    assert stands.moved == 12_000


@pytest.mark.parametrize("state", [each for each in DECIDED if each not in RESERVING])
def test_what_is_not_agreed_reserves_nothing(state: MatchState) -> None:
    assert match(state).reserved == match(state).moving == 0


@pytest.mark.parametrize("did", [Did.STARTED, Did.FELL_THROUGH, Did.DECLINED])
def test_what_has_moved_or_ended_does_not_free_itself(did: Did) -> None:
    assert apply(match(until_ms=NOW + 5), event(did)).until_ms is None


def test_what_is_agreed_anew_has_its_time_anew() -> None:
    assert apply(match(until_ms=NOW + 5), event(Did.AGREED, until_ms=NOW + 9)).until_ms == NOW + 9


def test_who_was_asked_may_agree_to_less_or_more() -> None:
    asked = match(MatchState.ASKED)
    assert apply(asked, event(Did.AGREED)).qty == TEN
    assert apply(asked, event(Did.AGREED, qty=4_000)).reserved == 4_000


def test_what_is_entered_from_paper_moved_when_it_moved() -> None:
    earlier = event(Did.HANDED_OVER, said_ms=NOW - 60)
    moved = apply(match(), earlier)
    assert (moved.moved, moved.moved_ms) == (1_000, NOW - 60)
    later = apply(moved, event(Did.HANDED_OVER))
    assert apply(later, earlier).moved_ms == NOW, "the last of it came later"


def test_only_what_was_all_handed_over_waits_no_more() -> None:
    agreed = match(until_ms=NOW + 5)
    assert apply(agreed, event(Did.HANDED_OVER, qty=9_000)).until_ms == NOW + 5
    assert apply(agreed, event(Did.HANDED_OVER, qty=10_000)).until_ms is None


def test_part_of_it_came_so_it_is_under_way_until_nothing_of_it_has() -> None:
    agreed = match(until_ms=NOW + 5)
    partly = apply(agreed, event(Did.HANDED_OVER, qty=4_000))
    assert (partly.state, partly.reserved, partly.moving) == (MatchState.UNDER_WAY, 6_000, 6_000)
    less = apply(partly, event(Did.HANDED_OVER, qty=-1_000))
    assert (less.state, less.moving) == (MatchState.UNDER_WAY, 7_000)
    back = apply(less, event(Did.HANDED_OVER, qty=-3_000))
    assert back == replace(agreed, moved_ms=NOW, until_ms=None), "its time begins anew"
    started = apply(partly, event(Did.STARTED))
    assert apply(started, event(Did.HANDED_OVER, qty=-4_000)).state is MatchState.UNDER_WAY


def test_of_the_rest_somebody_sets_out_or_nobody_brings_it() -> None:
    partly = match(moved=4_000)
    can_be_said = {did for did in Did if can(partly, did)}
    assert can_be_said == {Did.STARTED, Did.HANDED_OVER, Did.FELL_THROUGH}
    assert {did for did in Did if can(apply(partly, event(Did.STARTED)), did)} == {
        Did.HANDED_OVER, Did.FELL_THROUGH, Did.AGREED,
    }  # fmt: skip


@pytest.mark.parametrize("did", [Did.LAPSED, Did.DECLINED, Did.AGREED])
def test_what_was_written_before_of_what_had_partly_come_still_folds(did: Did) -> None:
    assert apply(match(moved=4_000), event(did)).decided is TRANSITIONS[MatchState.AGREED][did]


def test_less_than_nothing_is_never_handed_over() -> None:
    with pytest.raises(ImpossibleError):
        apply(match(moved=2_000), event(Did.HANDED_OVER, qty=-2_001))


def test_nothing_happens_to_what_was_never_matched() -> None:
    with pytest.raises(ImpossibleError):
        apply(None, event(Did.AGREED))


def test_sums_count_what_is_promised_and_what_has_moved() -> None:
    added = sums(
        [
            match(),
            match(MatchState.UNDER_WAY, moved=4_000, moved_ms=NOW + 1),
            match(MatchState.FELL_THROUGH, moved=2_000, moved_ms=NOW + 3),
            match(MatchState.ASKED),
        ]
    )
    assert added == Sums(
        reserved=Thousandths(16_000),
        moving=Thousandths(6_000),
        moved=Thousandths(6_000),
        last_ms=NOW + 3,
    )
    assert sums([]) == NO_MATCHES


# How much a new one is about -------------------------------------------------------------


@pytest.mark.parametrize(
    ("need", "offer", "wanted", "elsewhere", "agreed"),
    [
        (40, 30, None, (0, 0), 30),
        (30, 40, None, (0, 0), 30),
        (40, 30, 12, (0, 0), 12),
        (40, 30, None, (25, 0), 15),
        # What was said in so many words counts: neighbours may bring less than they promise.
        (40, 30, 30, (25, 0), 30),
        (40, 30, None, (0, 25), 5),
    ],
)
def test_as_much_as_both_have_left_or_what_was_said(
    need: int, offer: int, wanted: int | None, elsewhere: tuple[int, int], agreed: int
) -> None:
    lacking, having = entry(Kind.NEED, need * 1000), entry(Kind.OFFER, offer * 1000)
    said = None if wanted is None else Thousandths(wanted * 1000)
    there = (elsewhere[0] * 1000, elsewhere[1] * 1000)
    assert agreed_qty(lacking, having, said, there) == agreed * 1000


RESERVED = Sums(reserved=Thousandths(40_000))


@pytest.mark.parametrize(
    ("need", "offer", "wanted", "elsewhere", "why"),
    [
        ({"decided": State.CLOSED}, {}, None, (0, 0), Why.NOT_OPEN),
        ({}, {"decided": State.WITHDRAWN}, None, (0, 0), Why.NOT_OPEN),
        ({"sums": RESERVED}, {}, None, (0, 0), Why.MATCH_NOTHING_LEFT),
        ({}, {"sums": RESERVED}, 1_000, (0, 0), Why.MATCH_NOTHING_LEFT),
        ({}, {}, None, (40_000, 0), Why.MATCH_NOTHING_LEFT),
        ({}, {}, 1_000, (0, 40_000), Why.MATCH_NOTHING_LEFT),
        ({}, {}, 40_001, (0, 0), Why.MATCH_TOO_MUCH),
        ({"qty": 90_000}, {}, 40_001, (0, 0), Why.MATCH_TOO_MUCH),
        ({}, {}, 30_001, (0, 10_000), Why.MATCH_TOO_MUCH),
    ],
)
def test_nobody_is_promised_what_is_not_there(
    need: dict[str, Any],
    offer: dict[str, Any],
    wanted: int | None,
    elsewhere: tuple[int, int],
    why: Why,
) -> None:
    said = None if wanted is None else Thousandths(wanted)
    with refused(why):
        agreed_qty(entry(Kind.NEED, **need), entry(Kind.OFFER, **offer), said, elsewhere)


def test_meals_are_not_matched_with_kilos() -> None:
    kilos = replace(entry(Kind.OFFER).words, unit="kg")
    with refused(Why.MATCH_OTHER_UNIT):
        agreed_qty(entry(Kind.NEED), entry(Kind.OFFER, words=kilos), None)


@pytest.mark.parametrize(
    ("standing", "direct", "reserved", "is_too_much"),
    [(False, 0, 40, False), (False, 10, 31, True), (True, 90, 40, False), (True, 0, 41, True)],
)
def test_more_is_promised_than_there_is(
    standing: bool, direct: int, reserved: int, is_too_much: bool
) -> None:
    offer = entry(Kind.OFFER)
    offer = replace(
        offer,
        words=replace(offer.words, standing=standing),
        direct=Thousandths(direct * 1000),
        sums=Sums(reserved=Thousandths(reserved * 1000)),
    )
    assert is_overpromised(offer) is is_too_much


def bringing(number: int, qty: int, state: MatchState = MatchState.AGREED) -> Match:
    return match(state, ref=make(Kind.MATCH, number), qty=Thousandths(qty))


@pytest.mark.parametrize(
    ("direct", "wanted", "refs"),
    [
        (0, 40_000, []),
        (0, 39_999, [3, 1, 2]),
        (5_000, 45_000, []),
        (5_000, 44_999, [3, 1, 2]),
        # All has come: who only stands agreed is free by itself.
        (40_000, 40_000, [2]),
    ],
)
def test_who_was_agreed_on_last_is_let_go_of_first_and_who_is_on_the_way_last(
    direct: int, wanted: int, refs: list[int]
) -> None:
    matches = [
        bringing(1, 20_000),
        bringing(2, 10_000, MatchState.UNDER_WAY),
        bringing(3, 10_000),
        bringing(4, 90_000, MatchState.ASKED),
        replace(bringing(5, 5_000), moved=Thousandths(5_000)),
    ]
    need = entry(Kind.NEED, wanted, direct=Thousandths(direct), sums=sums(matches[:4]))
    assert [each.ref for each in to_let_go(need, matches)] == [
        make(Kind.MATCH, number) for number in refs
    ]


# Jobs ------------------------------------------------------------------------------------


def test_of_a_closed_need_nobody_is_let_go_of_who_has_not_set_out() -> None:
    met = entry(Kind.NEED, 4_000, sums=Sums(moved=Thousandths(4_000)))
    assert met.is_closed
    partly = match(moved=4_000)
    assert to_let_go(met, [partly]) == ()
    started = apply(partly, event(Did.STARTED))
    assert to_let_go(met, [partly, started]) == (started,)


JOB = make(Kind.JOB, 1)


def job() -> Job:
    data = {"matches": [REF], "at_ms": None, "who": "Sam", "note": ""}
    return apply_to_job(None, event(Did.PLANNED, JOB, **data))


@pytest.mark.parametrize(
    ("states", "stands"),
    [
        ([MatchState.AGREED, MatchState.AGREED], JobState.PLANNED),
        ([MatchState.AGREED, MatchState.UNDER_WAY], JobState.UNDER_WAY),
        ([MatchState.CONFIRMED, MatchState.AGREED], JobState.PLANNED),
        ([MatchState.CONFIRMED, MatchState.FELL_THROUGH], JobState.DONE),
    ],
)
def test_how_far_a_job_is_follows_from_its_matches(
    states: list[MatchState], stands: JobState
) -> None:
    matches = [match(state) for state in states]
    assert job_state(job(), matches) is stands
    cancelled = apply_to_job(job(), event(Did.CANCELLED, JOB))
    assert job_state(cancelled, matches) is JobState.CANCELLED


@pytest.mark.parametrize(
    ("moved", "stands"),
    [
        ([(4_000, NOW), (0, 0)], JobState.UNDER_WAY),
        ([(10_000, NOW), (0, 0)], JobState.UNDER_WAY),
        ([(4_000, NOW - 1), (0, 0)], JobState.PLANNED),
        ([(0, NOW), (0, 0)], JobState.PLANNED),
        ([(10_000, NOW), (10_000, NOW)], JobState.DONE),
    ],
)
def test_a_job_is_under_way_when_something_came_since_it_was_planned(
    moved: list[tuple[int, int]], stands: JobState
) -> None:
    matches = [match(moved=qty, moved_ms=moved_ms) for qty, moved_ms in moved]
    assert job_state(job(), matches) is stands


def test_a_job_holds_what_was_planned() -> None:
    assert (job().matches, job().who, job().initials) == ((REF,), "Sam", "AK")


@pytest.mark.parametrize("did", [Did.STARTED, Did.CANCELLED])
def test_nothing_happens_to_a_job_that_was_never_planned(did: Did) -> None:
    with pytest.raises(ImpossibleError):
        apply_to_job(None, event(did, JOB))


def test_a_job_is_only_planned_and_cancelled() -> None:
    with pytest.raises(ImpossibleError):
        apply_to_job(job(), event(Did.STARTED, JOB))

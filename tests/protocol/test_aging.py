"""What time takes, and when: never by a clock that nobody vouches for, and never to come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.aging import Passing, Past
from protocol.ids import UnixMs
from protocol.limits import DAY_MS, DIRECTORY_LIFETIME_MS_MAX, KEEP_MS, PURGE_STEP_MS
from protocol.record import Record
from protocol.shelf import Placed
from tests.protocol.halls import NOW, resigned
from tests.protocol.shelves import (
    ACCEPTED,
    ADA,
    BEA,
    CLEO,
    DETAILS,
    DORA,
    FAR_PLEDGE,
    HALLS,
    PLEDGE,
    REQUEST,
    arrive,
    come_to,
    gather_anew,
    guess,
    mark_that_takes,
    settled,
    shared_ids,
    summaries,
    taken_again,
)

UNSURE = ADA.request("of an unsure clock", clock_unsure=True)


# The mark -------------------------------------------------------------------------------------

TIMES = st.sampled_from([0, *(NOW + days * DAY_MS for days in (-400, -1, 0, 14, 400))])


@given(st.lists(TIMES | st.integers(0, NOW * 2), max_size=6))
def test_nothing_goes_while_nobody_vouches_for_the_clock(times: list[int]) -> None:
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST, PLEDGE, UNSURE])
    before, count = summaries(shelf), len(shelf)
    for at, now_ms in enumerate(times, 1):
        assert guess(shelf, now_ms) == Passing(unsure_since_ms=UnixMs(min(times[:at])))
    assert (shelf.purged_ms, summaries(shelf), len(shelf)) == (0, before, count)
    assert shelf.place_verified(ACCEPTED, BEA.group) == [Placed(ACCEPTED, REQUEST)]


@given(st.lists(st.tuples(st.integers(NOW, NOW + 5 * PURGE_STEP_MS), st.booleans()), max_size=12))
def test_the_mark_moves_in_steps_and_never_back(times: list[tuple[int, bool]]) -> None:
    shelf = settled(CLEO)
    expected = 0
    for now_ms, is_trusted in times:
        shelf.advance(UnixMs(now_ms), is_trusted=is_trusted)
        if is_trusted:
            expected = max(expected, now_ms // PURGE_STEP_MS * PURGE_STEP_MS)
        assert shelf.purged_ms == expected


@pytest.mark.parametrize("after_ms", [-1, 0, 1])
def test_what_has_expired_goes_when_the_mark_has_come_to_it(after_ms: int) -> None:
    """`after_ms`: how much later than a mark it expires."""
    shelf = settled(CLEO)
    mark_ms = mark_that_takes(REQUEST)
    created_ms = mark_ms - REQUEST.header.lifetime_ms + after_ms
    record = resigned(REQUEST, {5: created_ms}, ADA.device)
    arrive(shelf, [record])
    assert come_to(shelf, mark_ms - 1).gone == ()
    assert record.id in shared_ids(shelf)
    gone = (record,) if after_ms <= 0 else ()
    assert come_to(shelf, mark_ms + PURGE_STEP_MS - 1).gone == gone
    assert (record.id in shelf, record.id in shared_ids(shelf)) == (gone == (), gone == ())
    assert shelf.find(record.header.object) == (None if gone else record)


def test_what_has_gone_leaves_no_trace_in_what_is_looked_up() -> None:
    shelf = settled(CLEO)
    seen = BEA.seen(REQUEST)
    arrive(shelf, [REQUEST, PLEDGE, DETAILS, seen])
    assert shelf.readers_of(REQUEST.header.object) == {BEA.group}
    gone = come_to(shelf, NOW + 60 * DAY_MS).gone
    assert {REQUEST, PLEDGE, DETAILS, seen} <= set(gone)
    assert shelf.all_requests() == []
    assert shelf.pledges_of(REQUEST.header.object) == []
    assert shelf.details_of(PLEDGE.header.object) is None
    assert shelf.readers_of(REQUEST.header.object) == frozenset()


def test_sets_that_time_took_from_are_what_gathering_them_anew_would_give() -> None:
    shelf = settled(BEA)
    late = resigned(ADA.request("late"), {5: NOW + DAY_MS}, ADA.device)
    arrive(shelf, [REQUEST, late, UNSURE])
    summaries(shelf)
    come_to(shelf, mark_that_takes(REQUEST))
    kept = summaries(shelf)
    assert shared_ids(shelf) & {REQUEST.id, late.id} == {late.id}
    gather_anew(shelf)
    assert summaries(shelf) == kept


# What is kept ---------------------------------------------------------------------------------

BEDS = BEA.request("beds")
TO_BEDS = ADA.pledge(BEDS)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(BEDS, id="our request"),
        pytest.param(TO_BEDS, id="a pledge to it"),
        pytest.param(BEA.details(BEDS, TO_BEDS, ADA), id="our details"),
        pytest.param(ADA.seen(BEDS), id="who read it"),
        pytest.param(REQUEST, id="a request"),
        pytest.param(PLEDGE, id="our pledge to it"),
        pytest.param(FAR_PLEDGE, id="another pledge to it"),
        pytest.param(DETAILS, id="details for us"),
        pytest.param(BEA.seen(REQUEST), id="that we read it"),
    ],
)
def test_what_our_desk_is_party_to_is_kept_for_a_week_and_shared_no_more(record: Record) -> None:
    shelf = settled(BEA)
    for each in (BEDS, BEA.seen(REQUEST), PLEDGE, BEA.details(BEDS, TO_BEDS, ADA)):
        shelf.place_own(each)
    arrive(shelf, [REQUEST, FAR_PLEDGE, DETAILS, TO_BEDS, ADA.seen(BEDS)])
    assert record.id in shared_ids(shelf)
    mark_ms = mark_that_takes(record)
    come_to(shelf, mark_ms)
    assert record.id in shelf
    assert record.id not in shared_ids(shelf)
    assert not shelf.belongs(record, ADA.end)
    come_to(shelf, mark_ms + KEEP_MS - PURGE_STEP_MS)
    assert record.id in shelf
    assert record in come_to(shelf, mark_ms + KEEP_MS).gone
    assert record.id not in shelf


def test_what_is_between_others_is_not_kept() -> None:
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST, PLEDGE, DETAILS, BEA.seen(REQUEST)])
    gone = come_to(shelf, mark_that_takes(REQUEST)).gone
    assert {REQUEST, PLEDGE, DETAILS, BEA.seen(REQUEST)} <= set(gone)


def test_a_request_of_ours_that_is_kept_can_be_renewed() -> None:
    shelf = settled(BEA)
    shelf.place_own(BEDS)
    come_to(shelf, mark_ms := mark_that_takes(BEDS))
    renewed = resigned(BEDS, {4: 2, 5: mark_ms}, BEA.device)
    assert shelf.place_own(renewed) == [Placed(renewed, BEDS)]
    assert renewed.id in shared_ids(shelf)
    assert come_to(shelf, mark_ms + KEEP_MS).gone == ()


def test_our_own_card_and_peering_never_go() -> None:
    shelf = settled(BEA)
    gone = come_to(shelf, NOW + 4_000 * DAY_MS).gone
    assert shelf.profile_of(BEA.group) == BEA.profile().body
    assert shelf.graph.named_by(BEA.group) == {ADA.group, CLEO.group}
    assert BEA.group not in {record.header.group for record in gone}
    assert len(shelf.own_directory()) == 2


def test_others_peerings_go_and_with_them_their_place_on_the_graph() -> None:
    shelf = settled(BEA)
    renewed = resigned(CLEO.peering(BEA, DORA), {4: 2, 5: NOW + 20 * DAY_MS}, CLEO.device)
    arrive(shelf, [renewed])
    assert [shelf.distance(hall.group) for hall in HALLS] == [1, 0, 1, 2]
    gone = come_to(shelf, NOW + DIRECTORY_LIFETIME_MS_MAX + DAY_MS).gone
    assert {ADA.peering(BEA), DORA.peering(CLEO), ADA.profile(), DORA.profile()} <= set(gone)
    assert [shelf.distance(hall.group) for hall in HALLS] == [None, 0, 1, None]
    assert shelf.profile_of(ADA.group) is None


def test_what_our_neighbours_peering_opened_is_shared_no_more_when_it_goes() -> None:
    """Gathered anew: the sets are those of the graph that is left."""
    shelf = settled(BEA)
    arrive(shelf, [resigned(REQUEST, {5: NOW + 20 * DAY_MS}, ADA.device)])
    assert len(shelf.shared_with(ADA.end).others) == 1
    come_to(shelf, NOW + DIRECTORY_LIFETIME_MS_MAX + DAY_MS)
    assert len(shelf) > len(HALLS)
    assert len(shelf.shared_with(ADA.end).others) == 0


def test_rosters_never_go() -> None:
    shelf = settled(BEA)
    come_to(shelf, NOW + 4_000 * DAY_MS)
    assert [shelf.roster_of(hall.group) for hall in HALLS] == [hall.roster() for hall in HALLS]


# What does not come back ----------------------------------------------------------------------


@pytest.mark.parametrize("is_restarted", [False, True])
def test_what_has_expired_does_not_come_in_again(is_restarted: bool) -> None:
    shelf = settled(CLEO)
    come_to(shelf, mark_that_takes(REQUEST))
    if is_restarted:
        past = Past(UnixMs(0), shelf.purged_ms, None, ())
        shelf = settled(CLEO)
        shelf.restore_past(past)
        guess(shelf, 0)
    assert not taken_again(shelf, REQUEST)
    assert taken_again(shelf, resigned(REQUEST, {5: shelf.purged_ms}, ADA.device))


def test_what_waited_until_it_was_over_is_not_taken() -> None:
    shelf = settled(CLEO)
    seen = resigned(BEA.seen(REQUEST), {6: DAY_MS}, BEA.device)
    assert arrive(shelf, [seen]) == []
    come_to(shelf, NOW + 2 * DAY_MS)
    assert arrive(shelf, [REQUEST]) == [Placed(REQUEST, None)]


def test_what_expired_long_ago_is_taken_where_nothing_was_purged_yet() -> None:
    """A shelf that time has not come to has no say in it."""
    old = resigned(REQUEST, {5: NOW - 400 * DAY_MS}, ADA.device)
    assert settled(CLEO).place_verified(old, BEA.group) == [Placed(old, None)]

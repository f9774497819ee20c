"""The records that a node has: found in every way while they are held, and in none afterwards."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from protocol.holdings import Holdings
from protocol.ids import UnixMs
from protocol.limits import HOUR_MS, LIFETIME_MS_MAX, PURGE_STEP_MS
from protocol.record import Record, about
from tests.protocol.halls import NOW, resigned
from tests.protocol.shelves import (
    ACCEPTED,
    ADA,
    BEA,
    CLEO,
    DETAILS,
    DIRECTORY,
    FAR_PLEDGE,
    PLEDGE,
    REQUEST,
    SENT,
    successor,
)

SEEN = BEA.seen(REQUEST)
UNSURE = ADA.request("of an unsure clock", clock_unsure=True)
ALL = [*DIRECTORY, REQUEST, PLEDGE, FAR_PLEDGE, DETAILS, SEEN, UNSURE]
NEXT = [ACCEPTED, SENT, successor({}, UNSURE), successor({}, DETAILS)]


def holding(*records: Record, heard_ms: int = NOW) -> Holdings:
    held = Holdings()
    for record in records:
        held.put(record, UnixMs(heard_ms))
    return held


def found_in(held: Holdings) -> set[Record | None]:
    """Whatever any way of looking up finds of Ada's request and her hall."""
    return {
        *held.by_id.values(),
        *held.by_object.values(),
        held.roster_of(ADA.group),
        *held.profiles_of(ADA.group),
        *held.peerings_of(ADA.group),
        *held.pledges_of(REQUEST.header.object),
        held.details_of(PLEDGE.header.object),
        *held.seen_of(REQUEST.header.object),
        *held.ended_by(UnixMs(NOW * 2)),
    } - {None}


def test_each_kind_is_found_where_it_is_looked_for() -> None:
    held = holding(*ALL)
    assert held.by_id == {record.id: record for record in ALL}
    assert held.roster_of(ADA.group) == ADA.roster()
    assert held.profiles_of(ADA.group) == [ADA.profile()]
    assert held.peerings_of(ADA.group) == [ADA.peering(BEA)]
    assert held.pledges_of(REQUEST.header.object) == [PLEDGE, FAR_PLEDGE]
    assert held.details_of(PLEDGE.header.object) == DETAILS
    assert held.seen_of(REQUEST.header.object) == [SEEN]
    assert held.has_author(ADA.group)


@given(st.permutations(ALL), st.permutations([*ALL, *NEXT]))
def test_what_is_removed_is_found_nowhere(order: list[Record], leaving: list[Record]) -> None:
    """In whatever order it came and goes, and whichever versions took the place of others."""
    held = holding(*order)
    for record in NEXT:
        held.put(record, NOW)
    gone: set[Record] = set()
    for record in leaving:
        if record.id in held.by_id:
            held.remove(record)
        gone.add(record)
        assert not found_in(held) & gone
    assert found_in(held) == set()
    assert held._ending == {}
    assert not held.has_author(ADA.group)


def test_a_newer_version_takes_the_place_of_the_one_before() -> None:
    held = holding(*ALL)
    assert held.put(ACCEPTED, NOW) == REQUEST
    assert held.put(SENT, NOW) == PLEDGE
    assert held.put(ADA.request(version=3), NOW) == ACCEPTED
    assert held.pledges_of(REQUEST.header.object) == [FAR_PLEDGE, SENT]
    assert found_in(held) & {REQUEST, ACCEPTED, PLEDGE} == set()
    held.remove(SENT)
    assert held.put(CLEO.pledge(REQUEST, version=2), NOW) == FAR_PLEDGE


def test_who_has_only_a_card_is_no_author() -> None:
    held = holding(*ADA.directory(BEA), REQUEST, ACCEPTED)
    assert held.has_author(ADA.group)
    held.remove(ACCEPTED)
    assert not held.has_author(ADA.group)
    assert not held.has_author(BEA.group)


def test_what_answers_a_request_says_which() -> None:
    assert {about(record) for record in (PLEDGE, DETAILS, SEEN)} == {REQUEST.header.object}
    assert {about(record) for record in (REQUEST, *DIRECTORY)} == {None}
    later = successor({13: 9}, PLEDGE, BEA)
    assert about(later) == REQUEST.header.object


# When each expires ----------------------------------------------------------------------------

ENDINGS = st.integers(-3 * PURGE_STEP_MS, 3 * PURGE_STEP_MS)
BASE = NOW // PURGE_STEP_MS * PURGE_STEP_MS


@given(st.lists(st.tuples(ENDINGS, st.booleans()), max_size=8), st.integers(-3, 3))
def test_what_has_ended_by_a_mark_is_exactly_that(
    endings: list[tuple[int, bool]], step: int
) -> None:
    """Each by what it says itself or, of an unsure clock, by when it was heard."""
    held, mark_ms = Holdings(), UnixMs(BASE + step * PURGE_STEP_MS)
    expected = set()
    for number, (after_ms, is_unsure) in enumerate(endings):
        first = ADA.request(f"meals {number}", clock_unsure=is_unsure)
        begins_ms = UnixMs(BASE + after_ms - first.header.lifetime_ms)
        record = first if is_unsure else resigned(first, {5: begins_ms}, ADA.device)
        held.put(record, begins_ms)
        assert held.ends_ms(record) == BASE + after_ms
        if BASE + after_ms <= mark_ms:
            expected.add(record)
    ended = held.ended_by(mark_ms)
    assert (set(ended), len(ended)) == (expected, len(expected))


def test_a_roster_has_no_end() -> None:
    held = holding(ADA.roster())
    assert held.ends_ms(ADA.roster()) is None
    assert held.ended_by(UnixMs(NOW * 2)) == []


def test_what_is_not_held_ends_as_it_says_itself() -> None:
    held = holding(UNSURE, heard_ms=NOW + LIFETIME_MS_MAX)
    assert held.ends_ms(UNSURE) == NOW + LIFETIME_MS_MAX + UNSURE.header.lifetime_ms
    held.remove(UNSURE)
    assert held.ends_ms(UNSURE) == UNSURE.header.expires_ms


def test_what_counts_as_heard_at_another_time_ends_at_another_time() -> None:
    early, late = (ADA.request(what, clock_unsure=True) for what in ("early", "late"))
    held = holding(REQUEST)
    held.put(early, UnixMs(NOW - HOUR_MS))
    held.put(late, NOW)
    anew = held.hear_anew(lambda heard: UnixMs(heard + HOUR_MS) if heard == NOW else heard)
    assert anew == [(late.id, NOW + HOUR_MS)]
    lifetime_ms = late.header.lifetime_ms
    assert held.ends_ms(early) == NOW - HOUR_MS + lifetime_ms
    assert held.ends_ms(late) == NOW + HOUR_MS + lifetime_ms
    assert held.ends_ms(REQUEST) == REQUEST.header.expires_ms
    step_ms = (NOW + lifetime_ms) // PURGE_STEP_MS * PURGE_STEP_MS + PURGE_STEP_MS
    assert set(held.ended_by(UnixMs(step_ms))) == {early, REQUEST}
    assert late in held.ended_by(UnixMs(step_ms + HOUR_MS))

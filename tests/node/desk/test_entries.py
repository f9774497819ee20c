"""The board as the fold of what happened."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.entries import (
    DUPLICATE_OF,
    MET,
    NEED_REASONS,
    OFFER_REASONS,
    Did,
    Entry,
    Event,
    State,
    Words,
    apply,
    closing_reason,
    refuse_closed,
    share_out,
    take_back,
    written,
)
from node.desk.references import Kind, make
from node.refusal import Why
from protocol.ids import Thousandths
from tests.node.refusals import refused

NEED = make(Kind.NEED, 417)
OFFER = make(Kind.OFFER, 12)
MEALS = Words("FOD", "Hot meals", Thousandths(40_000), "meal")


def added(ref: str = NEED, words: Words = MEALS, at_ms: int = 1_000) -> Event:
    return Event(Did.ADDED, ref, at_ms, "AK", words.to_data())


def event(did: Did, ref: str = NEED, **data: object) -> Event:
    return Event(did, ref, 2_000, "BL", data)


def after(*events: Event) -> Entry:
    entry: Entry | None = None
    for each in events:
        entry = apply(entry, each)
    assert entry is not None
    return entry


def need(number: int, qty: int, received: int = 0, created_ms: int = 0) -> Entry:
    ref = make(Kind.NEED, number)
    return replace(
        after(added(ref, replace(MEALS, qty=Thousandths(qty)), created_ms)),
        received=Thousandths(received),
    )


def test_a_need_begins_open_and_an_offer_available() -> None:
    assert after(added()).state is State.OPEN
    assert after(added(OFFER)).state is State.AVAILABLE


def test_who_added_it_and_when_stays() -> None:
    entry = after(added(), event(Did.EDITED, text="Soup"), event(Did.RECEIVED, qty=1_000))
    assert (entry.initials, entry.created_ms) == ("AK", 1_000)


def test_an_edit_changes_only_what_it_names() -> None:
    entry = after(added(), event(Did.EDITED, text="Soup", by_ms=9))
    assert entry.words == replace(MEALS, text="Soup", by_ms=9)


def test_receiving_everything_closes_a_need_as_met() -> None:
    partly = after(added(), event(Did.RECEIVED, qty=25_000))
    assert (partly.state, partly.received, partly.outstanding) == (State.OPEN, 25_000, 15_000)
    met = apply(partly, event(Did.RECEIVED, qty=16_000))
    assert (met.state, met.because, met.received, met.outstanding) == (
        State.CLOSED,
        MET,
        41_000,
        0,
    )


def test_what_comes_after_closing_is_counted_and_keeps_the_reason() -> None:
    entry = after(
        added(), event(Did.CLOSED, because="no longer needed"), event(Did.RECEIVED, qty=40_000)
    )
    assert (entry.because, entry.received) == ("no longer needed", 40_000)


def test_giving_everything_uses_an_offer_up() -> None:
    partly = after(added(OFFER), event(Did.GIVEN, OFFER, qty=25_000))
    assert (partly.state, partly.received, partly.outstanding) == (State.AVAILABLE, 25_000, 15_000)
    gone = apply(partly, event(Did.GIVEN, OFFER, qty=15_000))
    assert (gone.state, gone.because, gone.received) == (State.USED_UP, "used up", 40_000)


def test_what_was_not_given_after_all_is_available_again() -> None:
    gone = after(added(OFFER), event(Did.GIVEN, OFFER, qty=40_000))
    back = apply(gone, event(Did.GIVEN, OFFER, qty=-15_000))
    assert (back.state, back.because, back.received) == (State.AVAILABLE, None, 25_000)


@pytest.mark.parametrize("reason", OFFER_REASONS)
def test_an_offer_that_a_person_closed_stays_closed(reason: str) -> None:
    entry = after(
        added(OFFER),
        event(Did.GIVEN, OFFER, qty=25_000),
        event(Did.CLOSED, OFFER, because=reason),
        event(Did.GIVEN, OFFER, qty=-5_000),
    )
    assert (entry.state, entry.received) == (reason, 20_000)


def test_passing_on_leaves_a_need_open() -> None:
    assert after(added(), event(Did.PASSED, overflow="00", qty=1)) == after(added())


@pytest.mark.parametrize("reason", OFFER_REASONS)
def test_an_offer_is_closed_into_the_state_of_its_reason(reason: str) -> None:
    entry = after(added(OFFER), event(Did.CLOSED, OFFER, because=reason))
    assert entry.state == reason
    assert entry.is_closed


def test_nothing_happens_to_what_was_never_added() -> None:
    with pytest.raises(ValueError, match="before it was added"):
        apply(None, event(Did.EDITED, text="Soup"))


@pytest.mark.parametrize("reason", [each for each in NEED_REASONS if each != DUPLICATE_OF])
def test_every_reason_of_a_need_is_taken_however_it_is_typed(reason: str) -> None:
    assert closing_reason(Kind.NEED, f"  {reason.upper()} ") == reason


def test_a_duplicate_names_its_original_or_nothing() -> None:
    assert closing_reason(Kind.NEED, "duplicate of") == DUPLICATE_OF
    assert closing_reason(Kind.NEED, f"Duplicate  of {NEED.lower()}") == f"{DUPLICATE_OF} {NEED}"
    with refused(Why.REFERENCE_CHECK):
        closing_reason(Kind.NEED, "duplicate of N-418-K")


@pytest.mark.parametrize("typed", ["", "because", "duplicated", "closed"])
def test_other_reasons_are_refused(typed: str) -> None:
    with refused(Why.UNKNOWN_NEED_REASON):
        closing_reason(Kind.NEED, typed)


def test_a_need_s_reason_is_none_of_an_offer_s() -> None:
    with refused(Why.UNKNOWN_OFFER_REASON):
        closing_reason(Kind.OFFER, MET)
    with refused(Why.UNKNOWN_NEED_REASON):
        closing_reason(Kind.NEED, "used up")


def test_a_closed_entry_is_refused() -> None:
    refuse_closed(after(added()))
    with refused(Why.IS_CLOSED):
        refuse_closed(after(added(), event(Did.CLOSED, because=MET)))


def test_a_reference_is_written_one_way_and_of_the_wanted_kind() -> None:
    assert written("n 417 k", Kind.NEED) == NEED
    with refused(Why.REFERENCE_WRONG_KIND):
        written(OFFER, Kind.NEED)
    with refused(Why.REFERENCE_CHECK):
        written("N-417-L", Kind.NEED)
    with refused(Why.REFERENCE_UNREADABLE):
        written("the third one", Kind.NEED)


def test_who_waited_longest_gets_first() -> None:
    needs = [need(3, 10_000, created_ms=5), need(2, 10_000, created_ms=9), need(1, 10_000)]
    assert share_out(Thousandths(15_000), needs) == [
        (make(Kind.NEED, 1), 10_000),
        (make(Kind.NEED, 3), 5_000),
    ]


def test_what_is_more_than_asked_goes_to_who_came_last() -> None:
    needs = [need(1, 10_000), need(2, 10_000, created_ms=1)]
    assert share_out(Thousandths(25_000), needs) == [
        (make(Kind.NEED, 1), 10_000),
        (make(Kind.NEED, 2), 15_000),
    ]


def test_a_closed_need_waits_no_longer() -> None:
    gone = apply(need(1, 10_000), event(Did.CLOSED, because="no longer needed"))
    assert share_out(Thousandths(5_000), [gone, need(2, 10_000, created_ms=1)]) == [
        (make(Kind.NEED, 2), 5_000)
    ]
    assert share_out(Thousandths(5_000), [gone]) == [(gone.ref, 5_000)]


quantities = st.integers(1, 10**9)
NEEDS = st.lists(
    st.tuples(quantities, st.integers(0, 10**9), st.integers(0, 3), st.booleans()),
    min_size=1,
    max_size=8,
)


@given(NEEDS, quantities)
def test_shares_sum_up_and_none_is_zero_and_the_oldest_come_first(
    rows: list[tuple[int, int, int, bool]], qty: int
) -> None:
    needs = [
        need(number, asked, received, created_ms)
        for number, (asked, received, created_ms, _) in enumerate(rows, start=1)
    ]
    needs = [
        replace(each, state=State.CLOSED, because=MET) if row[3] else each
        for each, row in zip(needs, rows, strict=True)
    ]
    shares = share_out(Thousandths(qty), needs)
    assert sum(share for _, share in shares) == qty
    assert all(share > 0 for _, share in shares)
    assert len({ref for ref, _ in shares}) == len(shares)
    by_ref = {each.ref: each for each in needs}
    ages = [by_ref[ref].created_ms for ref, _ in shares]
    assert ages == sorted(ages)
    given_to = dict(shares)
    still_open = [each for each in needs if not each.is_closed]
    for young in still_open:
        if given_to.get(young.ref):
            for old in still_open:
                if old.created_ms < young.created_ms:
                    assert given_to.get(old.ref, 0) >= old.outstanding


texts = st.text(max_size=10)
WORDS = st.builds(
    Words,
    st.sampled_from(["FOD", "MED"]),
    texts,
    quantities.map(Thousandths),
    st.sampled_from(["meal", "each"]),
    zone=texts,
    by_ms=st.none() | st.integers(0, 2**53),
    contact=texts,
    note=texts,
    consent=texts,
    danger=st.booleans(),
)
LATER = st.one_of(
    texts.map(lambda text: event(Did.EDITED, text=text)),
    quantities.map(lambda qty: event(Did.EDITED, qty=qty)),
    quantities.map(lambda qty: event(Did.RECEIVED, qty=qty)),
    st.sampled_from(NEED_REASONS).map(lambda because: event(Did.CLOSED, because=because)),
    st.just(event(Did.PASSED, overflow="00", qty=1)),
)


@given(WORDS, st.lists(LATER, max_size=12))
def test_replaying_any_history_gives_the_same_entry(words: Words, later: list[Event]) -> None:
    history = [added(words=words), *later]
    entry = after(*history)
    assert after(*history) == entry
    came = sum(each.data["qty"] for each in later if each.did is Did.RECEIVED)
    assert entry.received == came
    assert entry.outstanding == max(0, entry.words.qty - came)
    assert entry.is_closed == (entry.because is not None)


def test_an_unknown_field_of_a_later_version_is_no_silent_loss() -> None:
    with pytest.raises(TypeError):
        apply(None, Event(Did.ADDED, NEED, 1, "", {**MEALS.to_data(), "colour": "red"}))


def test_what_comes_back_comes_back_to_who_gave_last() -> None:
    offers = [need(1, 10_000, received=10_000), need(2, 30_000, received=15_000, created_ms=1)]
    first, second = offers
    assert take_back(Thousandths(20_000), offers) == [(second.ref, -15_000), (first.ref, -5_000)]
    assert take_back(Thousandths(5_000), offers) == [(second.ref, -5_000)]
    assert sum(share for _, share in take_back(Thousandths(99_000), offers)) == -25_000

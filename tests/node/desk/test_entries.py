"""The board as the fold of what happened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.entries import MET, Entry, State, Sums, apply, refuse_closed, written
from node.desk.events import Did, Event, ImpossibleError
from node.desk.reasons import NEED_REASONS, OFFER_REASONS, WAITING_REASONS
from node.desk.references import Kind, make
from node.desk.words import PERSONAL, Words
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


def promised(qty: int, moving: int = 0, moved: int = 0) -> Sums:
    return Sums(Thousandths(qty), Thousandths(moving), Thousandths(moved), 9_000 if moved else 0)


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


def test_what_came_beyond_what_was_asked_for() -> None:
    came = [after(added(), event(Did.RECEIVED, qty=qty)).excess for qty in (39_000, 40_000, 41_000)]
    assert came == [0, 0, 1_000]
    standing = replace(MEALS, standing=True)
    assert after(added(OFFER, standing), event(Did.GIVEN, OFFER, qty=90_000)).excess == 0


def test_what_is_entered_from_paper_came_when_it_came() -> None:
    earlier = event(Did.RECEIVED, qty=1_000, said_ms=1_500)
    came = after(added(), earlier)
    assert (came.direct_ms, came.touched_ms) == (1_500, 2_000)
    assert apply(apply(came, event(Did.RECEIVED, qty=1_000)), earlier).direct_ms == 2_000


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


def test_matched_is_all_of_it_promised_and_under_way_as_soon_as_some_of_it_moves() -> None:
    entry = after(added())
    for sums, state, free in (
        (promised(15_000), State.OPEN, 25_000),
        (promised(15_000, moving=15_000), State.OPEN, 25_000),
        (promised(40_000), State.MATCHED, 0),
        (promised(40_000, moving=1_000), State.UNDER_WAY, 0),
        (promised(25_000, moved=15_000), State.MATCHED, 0),
        (promised(0, moved=39_999), State.OPEN, 1),
        (promised(0, moved=40_000), State.CLOSED, 0),
    ):
        stands = replace(entry, sums=sums)
        assert (stands.state, stands.free) == (state, free), sums


def test_an_offer_is_reserved_when_nothing_of_it_is_free() -> None:
    entry = after(added(OFFER))
    for sums, state in (
        (promised(15_000), State.AVAILABLE),
        (promised(40_000), State.RESERVED),
        (promised(40_000, moving=40_000), State.RESERVED),
        (promised(0, moved=40_000), State.USED_UP),
    ):
        assert replace(entry, sums=sums).state is state, sums


def test_a_standing_offer_is_there_again_after_every_hand_over() -> None:
    standing = after(added(OFFER, replace(MEALS, standing=True)))
    busy = replace(standing, sums=promised(40_000))
    assert (busy.state, busy.free) == (State.RESERVED, 0)
    back = replace(standing, sums=promised(0, moved=120_000))
    assert (back.state, back.received, back.free) == (State.AVAILABLE, 120_000, 40_000)


def test_a_need_that_comes_again_waits_in_between_and_counts_each_time_anew() -> None:
    daily = after(added(words=replace(MEALS, every="day")), event(Did.RECEIVED, qty=41_000))
    assert (daily.state, daily.because, daily.closed_ms) == (State.WAITING, None, None)
    again = apply(daily, event(Did.ROUND, by_ms=9, before=41_000, because=None))
    assert (again.state, again.received, again.outstanding) == (State.OPEN, 0, 40_000)
    assert again.words.by_ms == 9
    late = apply(again, event(Did.RECEIVED, qty=-41_000))
    assert (late.received, late.outstanding) == (0, 40_000)


def test_what_nobody_has_read_is_new_until_somebody_looks() -> None:
    data = {**MEALS.to_data(), "unread": True, "said_ms": 500}
    unread = apply(None, Event(Did.ADDED, NEED, 1_000, "AK", data))
    assert (unread.state, unread.created_ms, unread.written_ms) == (State.NEW, 500, 1_000)
    for seen in (
        event(Did.OPENED, because=None),
        event(Did.EDITED, text="Soup"),
        event(Did.STILL),
        event(Did.RECEIVED, qty=1_000),
    ):
        assert apply(unread, seen).state is State.OPEN
    assert apply(unread, event(Did.PASSED, overflow="00", qty=1)).state is State.NEW


@pytest.mark.parametrize("reason", WAITING_REASONS)
def test_it_waits_for_a_reason_and_until_a_time_and_is_open_again(reason: str) -> None:
    waits = after(added(), event(Did.WAITS, because=reason, until_ms=9_000))
    assert (waits.state, waits.because, waits.until_ms) == (State.WAITING, reason, 9_000)
    opened = apply(waits, event(Did.OPENED, because=None))
    assert (opened.state, opened.because, opened.until_ms) == (State.OPEN, None, None)


def test_opened_again_it_says_why() -> None:
    closed = after(added(), event(Did.CLOSED, because="cannot help"))
    assert (closed.closed_ms, closed.because) == (2_000, "cannot help")
    opened = apply(closed, event(Did.OPENED, because="a van came free"))
    assert (opened.state, opened.because, opened.closed_ms) == (
        State.OPEN,
        "a van came free",
        None,
    )


def test_closed_with_the_last_of_what_came_it_was_closed_then() -> None:
    met = after(added(), event(Did.RECEIVED, qty=40_000))
    assert met.closed_ms == 2_000
    assert replace(met, sums=promised(0, moved=1_000)).closed_ms == 9_000


def test_an_offer_that_is_a_duplicate_is_withdrawn_and_says_of_what() -> None:
    same = f"duplicate of {OFFER}"
    merged = after(added(OFFER), event(Did.MERGED, OFFER, because=same))
    assert (merged.state, merged.because) == (State.WITHDRAWN, same)
    need = after(added(), event(Did.MERGED, because="duplicate of"))
    assert (need.state, need.because) == (State.CLOSED, "duplicate of")


def test_of_who_is_forgotten_only_the_totals_stay() -> None:
    personal: dict[str, Any] = dict.fromkeys(PERSONAL, "Ana")
    told = replace(MEALS, **personal)
    entry = after(added(words=told), event(Did.RECEIVED, qty=40_000), event(Did.FORGOTTEN))
    assert "Ana" not in str(entry)
    assert (entry.forgotten, entry.received, entry.words.qty) == (True, 40_000, 40_000)


def test_what_was_shredded_in_its_events_folds_all_the_same() -> None:
    data = {name: said for name, said in MEALS.to_data().items() if name not in PERSONAL}
    entry = apply(None, Event(Did.ADDED, NEED, 1, "AK", data))
    assert (entry.words.text, entry.words.qty) == ("", 40_000)


def test_nothing_happens_to_what_was_never_added() -> None:
    with pytest.raises(ImpossibleError, match="before it was added"):
        apply(None, event(Did.EDITED, text="Soup"))


def test_what_an_edit_has_closed_is_closed_since_then() -> None:
    came = Event(Did.RECEIVED, NEED, 1_500, "AK", {"qty": 30_000})
    assert after(added(), came).closed_ms is None
    assert after(added(), came, event(Did.EDITED, qty=30_000)).closed_ms == 2_000


@pytest.mark.parametrize(
    ("ref", "because", "state"),
    [
        (NEED, MET, State.CLOSED),
        (OFFER, "used up", State.USED_UP),
        (OFFER, "withdrawn", State.WITHDRAWN),
        (OFFER, None, State.WITHDRAWN),
    ],
)
def test_forgotten_is_closed_as_it_was_whatever_was_taken_back(
    ref: str, because: str | None, state: State
) -> None:
    entry = after(added(ref), event(Did.FORGOTTEN, ref, because=because, closed_ms=1_700))
    assert (entry.state, entry.because, entry.closed_ms) == (state, because, 1_700)
    assert replace(entry, sums=promised(10_000)).state is state


def test_lists_have_only_words_of_our_own_for_why() -> None:
    opened = after(added(), event(Did.CLOSED, because=MET), event(Did.OPENED, because="Ana rang"))
    assert (opened.because, opened.listed_because) == ("Ana rang", None)
    waits = after(added(), event(Did.WAITS, because="no answer", until_ms=None))
    assert waits.listed_because == "no answer"
    assert after(added(), event(Did.CLOSED, because=MET)).listed_because == MET


def test_a_closed_entry_is_refused() -> None:
    refuse_closed(after(added()))
    with refused(Why.NOT_OPEN):
        refuse_closed(after(added(), event(Did.CLOSED, because=MET)))


def test_a_reference_is_written_one_way_and_of_the_wanted_kind() -> None:
    assert written("n 417 k", Kind.NEED) == NEED
    with refused(Why.REFERENCE_WRONG_KIND):
        written(OFFER, Kind.NEED)
    with refused(Why.REFERENCE_CHECK):
        written("N-417-L", Kind.NEED)
    with refused(Why.REFERENCE_UNREADABLE):
        written("the third one", Kind.NEED)


quantities = st.integers(1, 10**9)
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

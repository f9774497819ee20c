"""Who is asked "still needed?", when, and what lapses where nobody answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from node.desk.decay import (
    Follows,
    ask_ms,
    counts_from_ms,
    follows,
    heard_ms,
    lapse_reason,
    lapses_ms,
    pass_ms,
    said_at,
)
from node.desk.entries import Entry, State, Sums, apply
from node.desk.events import Did, Event
from node.desk.references import Kind, make
from node.desk.rounds import begin_again
from node.desk.words import Words
from protocol.ids import Thousandths
from protocol.limits import DAY_MS, HOUR_MS

NOW = 1_938_018_600_000
FORTY = Thousandths(40_000)


def entry(kind: Kind = Kind.NEED, **said: Any) -> Entry:
    """Written down now."""
    words = Words("FOD", "Hot meals", FORTY, "meal", **said).to_data()
    return apply(None, Event(Did.ADDED, make(kind, 417), NOW, "AK", words))


def after(before: Entry, did: Did, days: float = 0, **data: Any) -> Entry:
    at_ms = NOW + round(days * DAY_MS)
    return apply(before, Event(did, before.ref, at_ms, "AK", data))


def offer(**said: Any) -> Entry:
    return entry(Kind.OFFER, **said)


@pytest.mark.parametrize(
    ("written", "asked", "lapses"),
    [
        (entry(), 3, 24),
        (entry(by_ms=NOW + DAY_MS), 1, 24 - 2),
        (entry(by_ms=NOW + 10 * DAY_MS), 3, 31),
        (entry(danger=True), 4 / 24, None),
        (entry(danger=True, by_ms=NOW + HOUR_MS), 1 / 24, None),
        (entry(quiet=True), 3, None),
        (entry(every="day"), 14, 35),
        (offer(), 14, 28),
        (offer(standing=True), 60, 74),
        (offer(by_ms=NOW + DAY_MS), 14, 1),
        (offer(by_ms=NOW + 90 * DAY_MS), 14, 90),
        (offer(every="day"), 14, 28),
        (offer(quiet=True), 14, None),
        (offer(quiet=True, by_ms=NOW + DAY_MS), 14, 1),
    ],
)
def test_the_waits(written: Entry, asked: float, lapses: float | None) -> None:
    assert ask_ms(written) == NOW + round(asked * DAY_MS)
    assert pass_ms(written) == (None if lapses is None else NOW + round(lapses * DAY_MS))
    assert follows(written) is (None if lapses is None else Follows.LAPSES)


def test_what_was_said_earlier_is_asked_about_from_then_and_lapses_as_if_it_were_new() -> None:
    said_ms = NOW - 10 * DAY_MS
    slip = replace(entry(), created_ms=said_ms)
    assert heard_ms(slip) == said_ms
    assert ask_ms(slip) == said_ms + 3 * DAY_MS
    assert pass_ms(slip) == NOW + 21 * DAY_MS


def test_who_says_that_it_is_still_needed_is_asked_three_days_later() -> None:
    still = after(replace(entry(), created_ms=NOW - 9 * DAY_MS), Did.STILL, 2)
    assert heard_ms(still) == NOW + 2 * DAY_MS
    assert ask_ms(still) == NOW + 5 * DAY_MS


@pytest.mark.parametrize(
    ("written", "is_sure", "known", "counts"),
    [
        (0, True, None, 0),
        (0, True, 5, 0),
        (0, False, None, None),
        (0, False, 5, 5),
        (-730, False, 5, 5),
        (30, False, 5, 30),
        (5 + 162, False, 5, 5 + 162),
        (5 + 163, False, 5, 5),
    ],
)
def test_what_nobody_vouched_for_counts_from_when_somebody_did(
    written: int, is_sure: bool, known: int | None, counts: int | None
) -> None:
    known_ms = None if known is None else NOW + known * DAY_MS
    from_ms = counts_from_ms(NOW + written * DAY_MS, is_sure=is_sure, known_ms=known_ms)
    assert from_ms == (None if counts is None else NOW + counts * DAY_MS)


@pytest.mark.parametrize(
    ("by", "asked", "lapses"), [(3, 114, 128), (100, 114, 128), (101, 114, 101)]
)
def test_a_date_that_is_over_when_the_time_is_known_is_none(
    by: int, asked: int, lapses: int
) -> None:
    """It may have been said in words that the wrong clock made a date of."""
    counted = said_at(offer(by_ms=NOW + by * DAY_MS), NOW + 100 * DAY_MS)
    assert ask_ms(counted) == NOW + asked * DAY_MS
    assert lapses_ms(counted, NOW) == NOW + lapses * DAY_MS


def test_only_what_is_still_to_come_is_told() -> None:
    assert lapses_ms(entry(), NOW + 24 * DAY_MS - 1) == NOW + 24 * DAY_MS
    assert lapses_ms(entry(), NOW + 24 * DAY_MS) is None
    assert lapses_ms(entry(danger=True), NOW) is None
    waits = after(entry(), Did.WAITS, because="until a date", until_ms=NOW + DAY_MS)
    assert lapses_ms(waits, NOW) is None, "it opens then"


def test_a_time_that_somebody_has_outwaited_counts_no_more() -> None:
    late = after(entry(by_ms=NOW + DAY_MS), Did.STILL, 2)
    assert ask_ms(late) == NOW + 5 * DAY_MS
    kept = after(offer(by_ms=NOW + DAY_MS), Did.STILL, 2)
    assert pass_ms(kept) == NOW + 30 * DAY_MS


@pytest.mark.parametrize("kind", [Kind.NEED, Kind.OFFER])
def test_what_is_agreed_with_somebody_is_left_alone(kind: Kind) -> None:
    for reserved in (1_000, 40_000):
        agreed = replace(entry(kind, by_ms=NOW + DAY_MS), sums=Sums(reserved=Thousandths(reserved)))
        assert (ask_ms(agreed), pass_ms(agreed), follows(agreed)) == (None, None, None)


def test_what_nobody_has_read_is_asked_about_and_does_not_lapse() -> None:
    for kind in (Kind.NEED, Kind.OFFER):
        slip = replace(entry(kind), decided=State.NEW)
        assert ask_ms(slip) is not None
        assert pass_ms(slip) is None


def test_what_waits_until_a_date_is_not_asked_about_before_and_opens_then() -> None:
    until_ms = NOW + 9 * DAY_MS
    waits = after(entry(), Did.WAITS, because="until a date", until_ms=until_ms)
    assert ask_ms(waits) == until_ms
    assert (pass_ms(waits), follows(waits)) == (until_ms, Follows.OPENS)
    assert pass_ms(after(waits, Did.OPENED, 9)) == until_ms + 24 * DAY_MS


def test_what_waits_for_an_answer_is_asked_about_as_ever() -> None:
    waits = after(entry(), Did.WAITS, 1, because="no answer", until_ms=None)
    assert ask_ms(waits) == NOW + 4 * DAY_MS
    assert follows(waits) is Follows.LAPSES


def test_a_need_that_comes_again_is_not_asked_about_between_two() -> None:
    by_ms = NOW + DAY_MS
    met = after(entry(every="day", by_ms=by_ms), Did.RECEIVED, qty=40_000)
    assert ask_ms(met) is None
    assert (pass_ms(met), follows(met)) == (by_ms, Follows.BEGINS_AGAIN)


def test_an_offer_that_comes_again_does_so_after_its_time_used_up_or_not() -> None:
    by_ms = NOW + DAY_MS
    there = offer(every="day", by_ms=by_ms)
    given = [after(there, Did.GIVEN, qty=qty) for qty in (40_000, 4_000)]
    for each in (there, *given):
        assert (pass_ms(each), follows(each)) == (by_ms, Follows.BEGINS_AGAIN)
    unread = replace(there, decided=State.NEW)
    assert follows(unread) is None


def test_that_its_time_was_over_says_nothing_of_whether_it_is_still_there() -> None:
    there = offer(every="day", by_ms=NOW + DAY_MS)
    used = after(there, Did.GIVEN, 0.5, qty=40_000)
    for each, heard in ((there, NOW), (used, NOW + DAY_MS)):
        began = Event(Did.ROUND, each.ref, NOW + DAY_MS, "*", begin_again(each, NOW + DAY_MS, UTC))
        assert heard_ms(apply(each, began)) == heard


@pytest.mark.parametrize("kind", [Kind.NEED, Kind.OFFER])
def test_what_is_closed_is_over(kind: Kind) -> None:
    because = "met" if kind is Kind.NEED else "used up"
    closed = after(entry(kind, by_ms=NOW + DAY_MS), Did.CLOSED, because=because)
    assert (ask_ms(closed), pass_ms(closed), follows(closed)) == (None, None, None)


@pytest.mark.parametrize(
    ("kind", "state", "because"),
    [(Kind.NEED, State.CLOSED, "lapsed"), (Kind.OFFER, State.EXPIRED, "expired")],
)
def test_how_it_is_closed_then(kind: Kind, state: State, because: str) -> None:
    lapsed = after(entry(kind), Did.CLOSED, 90, because=lapse_reason(kind))
    assert (lapsed.state, lapsed.because) == (state, because)

"""Needs that come again, in a town with summer time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from node.desk.entries import Entry, State, apply
from node.desk.events import Did, Event
from node.desk.references import Kind, make
from node.desk.rounds import begin_again, every_of, next_ms
from node.desk.words import Words
from node.refusal import Why
from protocol.ids import Thousandths
from protocol.limits import DAY_MS, HOUR_MS
from tests.node.refusals import refused

ZONE = ZoneInfo("Europe/London")
NEED = make(Kind.NEED, 417)


def ms(told: str) -> int:
    return round(datetime.fromisoformat(told).replace(tzinfo=ZONE).timestamp() * 1000)


def daily(by: str | None, every: str = "day") -> Entry:
    by_ms = None if by is None else ms(by)
    words = Words("FOD", "Hot meals", Thousandths(40_000), "meal", by_ms=by_ms, every=every)
    return apply(None, Event(Did.ADDED, NEED, 1, "AK", words.to_data()))


def met(need: Entry, at: str) -> Entry:
    return apply(need, Event(Did.RECEIVED, NEED, ms(at), "AK", {"qty": need.outstanding}))


def again(need: Entry, at: str) -> Entry:
    data = begin_again(need, ms(at), ZONE)
    return apply(need, Event(Did.ROUND, NEED, ms(at), "*", data))


@pytest.mark.parametrize(
    ("typed", "every"),
    [
        ("day", "day"),
        ("Every day", "day"),
        ("daily", "day"),
        ("week", "week"),
        ("WEEKLY", "week"),
        ("every 1 week", "week"),
        ("3 days", "3 days"),
        ("every  3 day", "3 days"),
        ("52 weeks", "52 weeks"),
        ("366 days", "366 days"),
    ],
)
def test_how_often_is_read(typed: str, every: str) -> None:
    assert every_of(typed) == every
    assert every_of(every) == every


@pytest.mark.parametrize(
    "typed",
    ["", "often", "hour", "0 days", "367 days", "53 weeks", "-1 days", "1.5 days", "٣ days",
     "3 daily", "day " * 1_000_000],
)  # fmt: skip
def test_what_is_no_how_often_is_refused(typed: str) -> None:
    with refused(Why.EVERY_UNREADABLE):
        every_of(typed)


def test_it_waits_until_its_time_is_over_so_that_there_is_a_day_for_the_next() -> None:
    need = met(daily("2031-03-29T18:00"), "2031-03-29T17:00")
    assert need.state is State.WAITING
    assert next_ms(need) == ms("2031-03-29T18:00")


def test_it_is_needed_by_the_same_time_on_the_clock_also_where_summer_time_begins() -> None:
    need = again(met(daily("2031-03-29T18:00"), "2031-03-29T17:00"), "2031-03-29T18:00")
    assert need.words.by_ms == ms("2031-03-30T18:00")


def test_what_was_met_too_late_begins_again_at_once() -> None:
    need = met(daily("2031-05-28T18:00"), "2031-05-28T21:00")
    assert next_ms(need) == ms("2031-05-28T18:00")
    assert again(need, "2031-05-28T21:01").words.by_ms == ms("2031-05-29T18:00")


def test_without_a_time_it_counts_from_when_it_was_met() -> None:
    need = met(daily(None, "3 days"), "2031-05-28T17:00")
    assert next_ms(need) == ms("2031-05-31T17:00")
    assert again(need, "2031-05-31T17:00").words.by_ms is None


def test_what_does_not_come_again_waits_until_its_date_or_nobody_knows() -> None:
    plain = daily("2031-05-28T18:00", every="")
    assert next_ms(plain) is None
    for until_ms in (None, ms("2031-06-01T12:00")):
        data = {"because": "no answer", "until_ms": until_ms}
        waits = apply(plain, Event(Did.WAITS, NEED, 2, "AK", data))
        assert next_ms(waits) == until_ms


def test_a_need_that_comes_again_and_was_put_off_waits_until_that_date() -> None:
    data = {"because": "no answer", "until_ms": 77}
    waits = apply(daily("2031-05-28T18:00"), Event(Did.WAITS, NEED, 2, "AK", data))
    assert next_ms(waits) == 77


def test_all_of_it_is_needed_anew() -> None:
    need = again(met(daily("2031-05-28T18:00"), "2031-05-28T17:00"), "2031-05-28T18:00")
    assert (need.state, need.received, need.outstanding) == (State.OPEN, 0, 40_000)
    assert need.words.by_ms == ms("2031-05-29T18:00")


def test_a_node_that_was_off_for_days_begins_once() -> None:
    need = again(met(daily("2031-05-28T18:00"), "2031-05-28T17:00"), "2031-06-02T09:00")
    assert need.words.by_ms == ms("2031-06-02T18:00")


@given(st.integers(0, 60 * 24 * 400), st.sampled_from(["day", "week", "3 days", "366 days"]))
@example(60 * 24, "day")
def test_the_next_time_is_always_to_come_and_never_one_further(late: int, every: str) -> None:
    need = met(daily("2031-05-28T18:00", every), "2031-05-28T17:00")
    began_ms = next_ms(need)
    assert began_ms is not None
    now_ms = began_ms + late * 60_000
    by_ms = begin_again(need, now_ms, ZONE)["by_ms"]
    days = {"day": 1, "week": 7, "3 days": 3, "366 days": 366}[every]
    assert now_ms < by_ms <= now_ms + days * DAY_MS + HOUR_MS

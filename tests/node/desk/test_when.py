"""Times as people say them, in a town with summer time. Now is Wednesday 28 May 2031, 18:00."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.rounds import DAYS_MAX
from node.desk.when import (
    days_on,
    in_full,
    in_words,
    parse_clock,
    parse_past,
    parse_when,
    rfc3339_utc,
)
from node.refusal import Refused, Why

ZONE = ZoneInfo("Europe/London")


def ms(told: str, zone: ZoneInfo = ZONE) -> int:
    return round(datetime.fromisoformat(told).replace(tzinfo=zone).timestamp() * 1000)


NOW_MS = ms("2031-05-28T18:00")
LATEST_MS = ms("9998-01-01T00:00") - 1


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("2031-05-28T19:30:00+01:00", "2031-05-28T19:30"),
        ("2031-05-28T18:30:00Z", "2031-05-28T19:30"),
        ("2031-05-28t18:30:00.250z", "2031-05-28T19:30:00.250"),
        ("2031-05-28T19:30", "2031-05-28T19:30"),
        ("2031-05-28 19:30", "2031-05-28T19:30"),
        ("2031-05-28", "2031-05-28T23:59:59"),
        ("2031-12-01", "2031-12-01T23:59:59"),
        ("2031-12-01 noon", "2031-12-01T12:00"),
        ("19:30", "2031-05-28T19:30"),
        ("19.30", "2031-05-28T19:30"),
        ("by 19:30", "2031-05-28T19:30"),
        ("9:15", "2031-05-29T09:15"),
        ("18:00", "2031-05-29T18:00"),
        ("00:00", "2031-05-29T00:00"),
        ("24:00", "2031-05-29T00:00"),
        ("18:30Z", "2031-05-28T19:30"),
        ("19:30+02:00", "2031-05-28T18:30"),
        ("tonight", "2031-05-28T23:59:59"),
        ("Today", "2031-05-28T23:59:59"),
        ("tomorrow", "2031-05-29T23:59:59"),
        ("tomorrow 9:00", "2031-05-29T09:00"),
        ("5 pm tomorrow", "2031-05-29T17:00"),
        ("tonight at 9pm", "2031-05-28T21:00"),
        ("2h", "2031-05-28T20:00"),
        ("30m", "2031-05-28T18:30"),
        ("90 minutes", "2031-05-28T19:30"),
        ("in 2 hours", "2031-05-28T20:00"),
        ("3d", "2031-05-31T18:00"),
        ("2 weeks", "2031-06-11T18:00"),
        ("in 500 days", "2032-10-09T18:00"),
        ("99999 weeks", "3947-12-03T18:00"),
        ("2041-05-28", "2041-05-28T23:59:59"),
        ("9997-12-31", "9997-12-31T23:59:59"),
        ("tue 5pm", "2031-06-03T17:00"),
        ("mon 17:00", "2031-06-02T17:00"),
        ("sat 9:00", "2031-05-31T09:00"),
        ("Tuesday 17:00", "2031-06-03T17:00"),
        ("friday", "2031-05-30T23:59:59"),
        ("on friday", "2031-05-30T23:59:59"),
        ("friday midnight", "2031-05-31T00:00"),
        ("wed", "2031-05-28T23:59:59"),
        ("wed 21:00", "2031-05-28T21:00"),
        ("wed 17:00", "2031-06-04T17:00"),
        ("7pm", "2031-05-28T19:00"),
        ("7:30 p.m.", "2031-05-28T19:30"),
        ("12am", "2031-05-29T00:00"),
        ("12pm", "2031-05-29T12:00"),
        ("noon", "2031-05-29T12:00"),
        ("midnight", "2031-05-29T00:00"),
    ],
)
def test_a_time_is_read_on_the_halls_clock(typed: str, local: str) -> None:
    assert parse_when(typed, NOW_MS, ZONE) == ms(local)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", Why.TIME_UNREADABLE),
        ("soon", Why.TIME_UNREADABLE),
        ("25:00", Why.TIME_UNREADABLE),
        ("19:60", Why.TIME_UNREADABLE),
        ("24:30", Why.TIME_UNREADABLE),
        ("13pm", Why.TIME_UNREADABLE),
        ("0am", Why.TIME_UNREADABLE),
        ("2031-02-30", Why.TIME_UNREADABLE),
        ("2031-13-01", Why.TIME_UNREADABLE),
        ("0000-01-01", Why.TIME_UNREADABLE),
        ("28.5.2031", Why.TIME_UNREADABLE),
        ("١٩:٣٠", Why.TIME_UNREADABLE),
        ("2 fortnights", Why.TIME_UNREADABLE),
        ("tonight " * 1_000_000, Why.TIME_UNREADABLE),
        ("now", Why.TIME_PAST),
        ("0h", Why.TIME_PAST),
        ("1999-12-31", Why.TIME_PAST),
        ("2031-05-27", Why.TIME_PAST),
        ("2031-05-28T18:00:00+01:00", Why.TIME_PAST),
        ("today 17:00", Why.TIME_PAST),
        ("0001-01-01T00:00:00+14:00", Why.TIME_PAST),
        ("9998-01-01T00:00:00Z", Why.TIME_BEYOND_CALENDAR),
        ("9999-12-31", Why.TIME_BEYOND_CALENDAR),
        ("9999-12-31T23:59:59-23:59", Why.TIME_BEYOND_CALENDAR),
    ],
)
def test_what_is_no_time_to_come_is_refused(typed: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        parse_when(typed, NOW_MS, ZONE)
    assert refused.value.why is why


@pytest.mark.parametrize("zone", ["America/St_Johns", "Pacific/Apia"])
def test_the_last_day_of_the_calendar_is_too_far_in_every_zone(zone: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_when("9999-12-31", NOW_MS, ZoneInfo(zone))
    assert refused.value.why is Why.TIME_BEYOND_CALENDAR


def test_the_latest_time_can_come_again_after_a_year() -> None:
    again_ms = days_on(LATEST_MS, DAYS_MAX, ZONE)
    assert in_full(again_ms, ZONE) == "Fri 1 Jan 9999 23:59"


def test_days_keep_the_clock_time_when_summer_time_begins() -> None:
    eve_ms = ms("2031-03-29T18:00")
    assert parse_when("1d", eve_ms, ZONE) == ms("2031-03-30T18:00") == eve_ms + 23 * 3_600_000
    assert parse_when("sun 17:00", eve_ms, ZONE) == ms("2031-03-30T17:00")
    assert parse_when("24h", eve_ms, ZONE) == eve_ms + 24 * 3_600_000


def test_an_hour_that_summer_time_skips_moves_on() -> None:
    told_ms = parse_when("01:30", ms("2031-03-30T00:30"), ZONE)
    assert rfc3339_utc(told_ms) == "2031-03-30T01:30:00Z"


def test_in_the_hour_that_comes_twice_the_next_one_is_meant() -> None:
    first = datetime(2031, 10, 26, 0, 45, tzinfo=UTC)  # 01:45 summer time
    told_ms = parse_when("01:30", round(first.timestamp() * 1000), ZONE)
    assert rfc3339_utc(told_ms) == "2031-10-26T01:30:00Z"


@given(st.text(max_size=70))
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        when_ms = parse_when(typed, NOW_MS, ZONE)
    except Refused:
        return
    assert NOW_MS < when_ms <= LATEST_MS


@given(
    st.integers(1, LATEST_MS - NOW_MS),
    st.sampled_from(["Europe/London", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"]),
)
def test_what_json_says_reads_back(ahead_ms: int, zone: str) -> None:
    told = rfc3339_utc(NOW_MS + ahead_ms)
    assert parse_when(told, NOW_MS, ZoneInfo(zone)) == NOW_MS + ahead_ms


@pytest.mark.parametrize(
    ("local", "words"),
    [
        ("2031-05-28T21:00", "today 21:00"),
        ("2031-05-28T00:00", "today 00:00"),
        ("2031-05-29T09:00", "tomorrow 09:00"),
        ("2031-05-27T09:05", "yesterday 09:05"),
        ("2031-05-30T17:00", "Fri 17:00"),
        ("2031-06-03T17:00", "Tue 17:00"),
        ("2031-06-04T17:00", "4 Jun 17:00"),
        ("2031-05-26T17:00", "26 May 17:00"),
        ("2032-06-04T17:00", "4 Jun 2032"),
    ],
)
def test_a_time_is_said_back(local: str, words: str) -> None:
    assert in_words(ms(local), NOW_MS, ZONE) == words


@given(st.integers(-(2**63), 2**64))
def test_any_number_from_a_neighbour_can_be_shown(when_ms: int) -> None:
    assert in_words(when_ms, NOW_MS, timezone(timedelta(hours=14)))
    assert rfc3339_utc(when_ms).endswith("Z")


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("18:05", "2031-05-28T18:05"),
        ("17:55", "2031-05-28T17:55:59.999"),
        ("17.55", "2031-05-28T17:55:59.999"),
        ("18:00", "2031-05-28T18:00"),
        ("5:55", "2031-05-29T05:55"),
        ("6:05", "2031-05-28T06:05:59.999"),
        ("00:00", "2031-05-29T00:00"),
        ("24:00", "2031-05-29T00:00"),
        ("6:10 pm", "2031-05-28T18:10"),
        ("noon", "2031-05-28T12:00:59.999"),
        ("17:05Z", "2031-05-28T18:05"),
        ("19:05+02:00", "2031-05-28T18:05"),
        ("2031-05-28 18:05", "2031-05-28T18:05"),
        ("  2031-05-28t18:05:00  ", "2031-05-28T18:05"),
        ("2031-05-28T17:00:00Z", "2031-05-28T18:00"),
        ("2031-05-28T17:00:10.250Z", "2031-05-28T18:00:10.250"),
        ("2029-02-03 04:05", "2029-02-03T04:05:59.999"),
    ],
)
def test_what_a_watch_shows_is_the_nearest_such_moment(typed: str, local: str) -> None:
    assert parse_clock(typed, NOW_MS, ZONE) == ms(local)


def test_a_clock_that_shows_the_same_minute_is_not_moved() -> None:
    """But one that is told its seconds is."""
    now_ms = ms("2031-05-28T18:00:42")
    assert parse_clock("18:00", now_ms, ZONE) == now_ms
    assert parse_clock("2031-05-28 18:00", now_ms, ZONE) == now_ms
    assert parse_clock("2031-05-28 18:00:00", now_ms, ZONE) == NOW_MS


def test_around_midnight_it_may_be_of_yesterday_or_tomorrow() -> None:
    late_ms, early_ms = ms("2031-05-28T23:58"), ms("2031-05-29T00:02")
    assert parse_clock("00:01", late_ms, ZONE) == ms("2031-05-29T00:01")
    assert parse_clock("23:59", early_ms, ZONE) == ms("2031-05-28T23:59:59.999")


@pytest.mark.parametrize("stamp", ["01:30", "2031-10-26 01:30"])
def test_of_an_hour_that_comes_twice_the_nearer_one_is_meant(stamp: str) -> None:
    for hour in (0, 1):  # 01:45 twice: in summer time, and an hour later
        now_ms = round(datetime(2031, 10, 26, hour, 45, tzinfo=UTC).timestamp() * 1000)
        told_ms = parse_clock(stamp, now_ms, ZONE)
        assert rfc3339_utc(told_ms) == f"2031-10-26T0{hour}:30:59.999Z"


@pytest.mark.parametrize(
    "typed",
    [
        *("", "soon", "now", "tonight", "2h", "friday", "2031-05-28", "25:00", "19:60", "24:30"),
        *("2031-02-30 10:00", "25:00Z", "13pm", "19:3", "١٩:٣٠", "10:42 " * 1_000_000),
    ],
)
def test_what_no_watch_shows_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_clock(typed, NOW_MS, ZONE)
    assert refused.value.why is Why.CLOCK_UNREADABLE


@given(st.text(max_size=70), st.integers(0, 4_000_000_000_000))
def test_any_text_is_what_a_watch_shows_or_refused(typed: str, now_ms: int) -> None:
    with suppress(Refused):
        assert parse_clock(typed, now_ms, ZONE) >= ms("0001-01-03T00:00")


@given(st.integers(0, 4_000_000_000_000), st.integers(0, 1_439))
def test_a_time_of_day_alone_is_within_half_a_day(now_ms: int, minutes: int) -> None:
    told_ms = parse_clock(f"{minutes // 60:02}:{minutes % 60:02}", now_ms, ZONE)
    assert abs(told_ms - now_ms) <= 13 * 3_600_000


def test_a_time_in_full_has_its_day_and_year() -> None:
    assert in_full(NOW_MS, ZONE) == "Wed 28 May 2031 18:00"


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("now", "2031-05-28T18:00"),
        ("2031-05-28T17:30", "2031-05-28T17:30"),
        ("2031-05-28 17:30", "2031-05-28T17:30"),
        ("2031-05-28T16:30:00Z", "2031-05-28T17:30"),
        ("17:30", "2031-05-28T17:30"),
        ("at 17.30", "2031-05-28T17:30"),
        ("5 pm", "2031-05-28T17:00"),
        ("18:00", "2031-05-28T18:00"),
        ("18:01", "2031-05-27T18:01"),
        ("midnight", "2031-05-28T00:00"),
        ("today 9:00", "2031-05-28T09:00"),
        ("yesterday", "2031-05-27T12:00"),
        ("yesterday 17:00", "2031-05-27T17:00"),
        ("5 pm yesterday", "2031-05-27T17:00"),
        ("tue 17:00", "2031-05-27T17:00"),
        ("thursday 9:00", "2031-05-22T09:00"),
        ("wed 17:00", "2031-05-28T17:00"),
        ("wed 19:00", "2031-05-21T19:00"),
        ("2031-05-20", "2031-05-20T12:00"),
        ("2031-01-20 noon", "2031-01-20T12:00"),
        ("2h", "2031-05-28T16:00"),
        ("2h ago", "2031-05-28T16:00"),
        ("30 minutes ago", "2031-05-28T17:30"),
        ("3 days ago", "2031-05-25T18:00"),
    ],
)
def test_when_it_was_said_lies_as_short_a_time_back_as_can_be(typed: str, local: str) -> None:
    assert parse_past(typed, NOW_MS, ZONE) == ms(local)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2031-05-29", Why.TIME_TO_COME),
        ("2031-05-28T18:01", Why.TIME_TO_COME),
        ("today 19:00", Why.TIME_TO_COME),
        ("tomorrow", Why.TIME_TO_COME),
        ("2030-01-01", Why.TIME_TOO_FAR),
        ("58 weeks ago", Why.TIME_TOO_FAR),
        ("9999 weeks ago", Why.TIME_TOO_FAR),
        ("", Why.TIME_UNREADABLE),
        ("when they came", Why.TIME_UNREADABLE),
        ("25:00", Why.TIME_UNREADABLE),
        ("2031-02-30", Why.TIME_UNREADABLE),
        ("2h " * 1_000_000, Why.TIME_UNREADABLE),
    ],
)
def test_what_has_not_been_yet_was_not_said_then(typed: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        parse_past(typed, NOW_MS, ZONE)
    assert refused.value.why is why


def test_hours_ago_are_hours_also_over_summer_time() -> None:
    for now, ago, then in (
        ("2031-03-30T03:00", "2h ago", "2031-03-30T00:00"),
        ("2031-10-26T03:00", "2h", "2031-10-26T01:00:00+00:00"),
        ("2031-03-30T12:00", "1 day ago", "2031-03-29T12:00"),
    ):
        stamp = datetime.fromisoformat(then)
        wanted = ms(then) if stamp.tzinfo is None else round(stamp.timestamp() * 1000)
        assert parse_past(ago, ms(now), ZONE) == wanted


def test_of_an_hour_that_came_twice_the_last_one_that_is_over_is_meant() -> None:
    first, second = "2031-10-26T00:30:00Z", "2031-10-26T01:30:00Z"
    for now, meant in (("00:50", first), ("01:20", first), ("01:50", second), ("12:00", second)):
        now_ms = round(datetime.fromisoformat(f"2031-10-26T{now}+00:00").timestamp() * 1000)
        assert rfc3339_utc(parse_past("01:30", now_ms, ZONE)) == meant


@given(st.text(max_size=70), st.integers(0, 4_000_000_000_000))
def test_any_text_is_a_time_that_was_or_refused(typed: str, now_ms: int) -> None:
    with suppress(Refused):
        assert parse_past(typed, now_ms, ZONE) <= now_ms


@given(st.integers(0, 4_000_000_000_000), st.integers(0, 1_439))
def test_a_clock_time_that_was_is_within_the_last_day(now_ms: int, minutes: int) -> None:
    said_ms = parse_past(f"{minutes // 60:02}:{minutes % 60:02}", now_ms, ZONE)
    assert now_ms - 25 * 3_600_000 <= said_ms <= now_ms


def test_days_on_the_clock_shows_the_same() -> None:
    assert days_on(ms("2031-03-29T12:00"), 1, ZONE) == ms("2031-03-30T12:00")
    assert days_on(ms("2031-10-25T12:00"), 7, ZONE) == ms("2031-11-01T12:00")
    assert days_on(ms("2031-03-29T01:30"), 1, ZONE) == ms("2031-03-30T02:30")

"""Times as people say them, in a town with summer time. Now is Wednesday 28 May 2031, 18:00."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.when import DAYS_AHEAD_MAX, in_words, parse_when, rfc3339_utc
from node.refusal import Refused, Why

ZONE = ZoneInfo("Europe/London")


def ms(told: str, zone: ZoneInfo = ZONE) -> int:
    return round(datetime.fromisoformat(told).replace(tzinfo=zone).timestamp() * 1000)


NOW_MS = ms("2031-05-28T18:00")


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
        ("9999-12-31T23:59:59-23:59", Why.TIME_UNREADABLE),
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
        ("0001-01-01T00:00:00+14:00", Why.TIME_UNREADABLE),
        ("2033-01-01", Why.TIME_TOO_FAR),
        ("9999-12-31", Why.TIME_TOO_FAR),
        ("401d", Why.TIME_TOO_FAR),
        ("99999 weeks", Why.TIME_TOO_FAR),
    ],
)
def test_what_is_no_time_to_come_is_refused(typed: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        parse_when(typed, NOW_MS, ZONE)
    assert refused.value.why is why


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
    assert NOW_MS < when_ms <= NOW_MS + DAYS_AHEAD_MAX * 86_400_000


@given(
    st.integers(1, DAYS_AHEAD_MAX * 86_400_000),
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

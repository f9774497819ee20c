"""Times as people say them, and said back to them.

Nothing here knows the time: the present and the hall's zone come in as arguments. Times are Unix
milliseconds. Days and clock times are read on the hall's own clock, so that "friday 17:00" stays
17:00 when summer time begins in between.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from node.refusal import Refused, Why
from node.wording import N_, _

YEAR_MAX: Final = 9997
"""Latest year: the calendar ends with 9999, and what comes again takes up to 366 days more."""

DAYS_OFF_MAX: Final = 400
"""How long ago something was said: a year and a month, so that a slip in the year's digits is
noticed. In a spreadsheet, where nobody looks at each date, also how far ahead a time may lie."""

TYPED_CHARACTERS_MAX: Final = 60
"""Longer texts are not looked at: the longest time has fewer characters."""

DAYS: Final = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
MONTHS: Final = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip

_BEYOND_MS: Final = round(datetime(YEAR_MAX + 1, 1, 1, tzinfo=UTC).timestamp() * 1000)
_MIDNIGHT: Final = 24 * 60
"""Midnight ends the day that it is said of: "friday midnight" is the night to Saturday."""

_WEEKDAY_NAMES: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
_WEEKDAYS: Final = {
    name[:length]: number
    for number, name in enumerate(_WEEKDAY_NAMES)
    for length in range(3, len(name) + 1)
}
_DAY_WORDS: Final = {"today": 0, "tonight": 0, "tomorrow": 1}
_CLOCK_WORDS: Final = {"noon": 12 * 60, "midday": 12 * 60, "midnight": _MIDNIGHT}
_LENGTHS: Final = {
    "m": "minutes", "min": "minutes", "mins": "minutes", "minute": "minutes", "minutes": "minutes",
    "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "hours": "hours",
    "d": "days", "day": "days", "days": "days", "w": "weeks", "week": "weeks", "weeks": "weeks",
}  # fmt: skip

_STAMP: Final = re.compile(
    r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(z|[+-]\d\d:\d\d)?", re.ASCII
)
_SECONDS: Final = re.compile(r":\d\d:\d\d", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CLOCK_24: Final = re.compile(r"(\d{1,2})[:.](\d\d)", re.ASCII)
_CLOCK_12: Final = re.compile(r"(\d{1,2})(?:[:.](\d\d))? ?([ap])\.?m\.?", re.ASCII)
_CLOCK_WITH_OFFSET: Final = re.compile(r"\d\d:\d\d(?:z|[+-]\d\d:\d\d)", re.ASCII)
_LENGTH: Final = re.compile(r"(\d{1,5}) ?([a-z]+)", re.ASCII)
_LEAD: Final = re.compile(r"^(?:by|until|till|before|at|on) ")

Reader = Callable[[str, datetime], datetime | None]
"""Reads one way of saying a time, given the present on the hall's clock; None: another way."""


def parse_when(typed: str, now_ms: int, zone: tzinfo) -> int:
    """The time that someone typed, in Unix milliseconds.

    RFC 3339; `YYYY-MM-DD` (the end of that day); `HH:MM` (the next time that the clock shows it);
    `tonight`, `tomorrow`, `friday` (the end of that day); `tue 17:00`, `5pm`, `noon`, `2h`,
    `in 3 days`. Without an offset all of them are on the hall's clock, in `zone`.
    Raises Refused with TIME_UNREADABLE, TIME_PAST or TIME_BEYOND_CALENDAR.
    """
    text = " ".join(typed[: TYPED_CHARACTERS_MAX + 1].split())
    when_ms = _read(text, _at(now_ms, zone)) if len(text) <= TYPED_CHARACTERS_MAX else None
    if when_ms is None:
        raise Refused(Why.TIME_UNREADABLE, given=text)
    if when_ms <= now_ms:
        raise Refused(Why.TIME_PAST, given=text)
    if when_ms >= _BEYOND_MS:
        raise Refused(Why.TIME_BEYOND_CALENDAR, given=text, year=YEAR_MAX + 1)
    return when_ms


def parse_past(typed: str, now_ms: int, zone: tzinfo) -> int:
    """When something was said, as someone typed it later, in Unix milliseconds.

    RFC 3339; `HH:MM` (the last time that the clock showed it); `yesterday 17:00`, `tue 17:00` (the
    last one), `2031-05-28 17:00`, `2h` or `2h ago`. Without an offset on the hall's own clock.
    Raises Refused with TIME_UNREADABLE, TIME_TO_COME or TIME_TOO_FAR.
    """
    text = " ".join(typed[: TYPED_CHARACTERS_MAX + 1].split())
    when_ms = _read_past(text, _at(now_ms, zone)) if len(text) <= TYPED_CHARACTERS_MAX else None
    if when_ms is None:
        raise Refused(Why.TIME_UNREADABLE, given=text)
    if when_ms > now_ms:
        raise Refused(Why.TIME_TO_COME, given=text)
    if when_ms < now_ms - DAYS_OFF_MAX * 86_400_000:
        raise Refused(Why.TIME_TOO_FAR, given=text, days=DAYS_OFF_MAX)
    return when_ms


def parse_clock(typed: str, now_ms: int, zone: tzinfo) -> int:
    """What somebody's watch shows, in Unix milliseconds; our own clock shows `now_ms`.

    RFC 3339, with or without its seconds and its offset, or `10:42`, `10:42+02:00`, `10.42 pm`: on
    the day on which that is nearest to ours. What is said to the minute is any moment of it, again
    the one nearest to ours: a clock that shows this minute already is right.
    Raises Refused with CLOCK_UNREADABLE.
    """
    text = " ".join(typed[: TYPED_CHARACTERS_MAX + 1].split())
    try:
        shown = _read_watch(text.casefold(), _at(now_ms, zone))
        moments = [_unix_ms(each) for each in shown if len(text) <= TYPED_CHARACTERS_MAX]
    except (ValueError, OverflowError):
        moments = []
    if not moments:
        raise Refused(Why.CLOCK_UNREADABLE, given=text)
    within_ms = 0 if _SECONDS.search(text) else 59_999
    nearest = (min(max(now_ms, moment), moment + within_ms) for moment in moments)
    return min(nearest, key=lambda moment: abs(moment - now_ms))


def rfc3339_utc(when_ms: int) -> str:
    """`2031-05-28T19:30:00Z`, with milliseconds only where there are some."""
    precision = "milliseconds" if when_ms % 1000 else "seconds"
    told = _at(when_ms, UTC).replace(tzinfo=None).isoformat(timespec=precision)
    return told + "Z"


def in_words(when_ms: int, now_ms: int, zone: tzinfo) -> str:
    """`today 21:00`, `Tue 17:00` in the week to come, else `28 May 17:00`, `28 May 2032`."""
    when, now = _at(when_ms, zone), _at(now_ms, zone)
    clock = f"{when:%H:%M}"
    days = (when.date() - now.date()).days
    if days in {-1, 0, 1}:
        return {-1: _("yesterday {clock}"), 0: _("today {clock}"), 1: _("tomorrow {clock}")}[
            days
        ].format(clock=clock)
    if 1 < days < 7:
        return f"{_(DAYS[when.weekday()])} {clock}"
    day = f"{when.day} {_(MONTHS[when.month - 1])}"
    return f"{day} {clock}" if when.year == now.year else f"{day} {when.year}"


def in_full(when_ms: int, zone: tzinfo) -> str:
    """`Wed 28 May 2031 19:30`, for whoever compares it with a watch and a calendar."""
    when = _at(when_ms, zone)
    day = f"{_(DAYS[when.weekday()])} {when.day} {_(MONTHS[when.month - 1])} {when.year}"
    return f"{day} {when:%H:%M}"


def _read_watch(text: str, now: datetime) -> list[datetime]:
    """Each moment that may be meant: a time of day comes every day, and twice when clocks go back.

    None where it is no such text; ValueError or OverflowError where the digits are no time.
    """
    stamp = _read_stamp(text, now)
    if stamp is not None:
        return [stamp, stamp.replace(fold=1)]
    if _CLOCK_WITH_OFFSET.fullmatch(text):
        clock = time.fromisoformat(text.upper())
        now, minutes = now.astimezone(clock.tzinfo), _minutes(clock)
    else:
        said = _clock(text)
        if said is None:
            return []
        minutes = said
    days = (now.date() + timedelta(days=number) for number in (-1, 0, 1))
    shown = [_on_day(day, minutes, now) for day in days]
    return shown + [each.replace(fold=1) for each in shown]


def _read(text: str, now: datetime) -> int | None:
    """The first way of saying a time that fits, or None where none does or the date is none."""
    plain = _LEAD.sub("", text.casefold(), count=1)
    try:
        readings = (read(plain, now) for read in _READERS)
        return next((_unix_ms(reading) for reading in readings if reading is not None), None)
    except (ValueError, OverflowError):  # 30 February, 25:61, a year after 9999
        return None


def _read_now(text: str, now: datetime) -> datetime | None:
    return now if text == "now" else None


def _read_stamp(text: str, now: datetime) -> datetime | None:
    if not _STAMP.fullmatch(text):
        return None
    stamp = datetime.fromisoformat(text.upper())
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=now.tzinfo)


def _read_clock_with_offset(text: str, now: datetime) -> datetime | None:
    """`19:30+02:00`: the next time that clocks at this offset show it."""
    if not _CLOCK_WITH_OFFSET.fullmatch(text):
        return None
    clock = time.fromisoformat(text.upper())
    return _next_clock(_minutes(clock), now.astimezone(clock.tzinfo))


def _read_length(text: str, now: datetime) -> datetime | None:
    """`2h`, `in 30 minutes` from now."""
    return _away(text.removeprefix("in "), now, 1)


def _away(text: str, now: datetime, sign: int) -> datetime | None:
    """So long after now, before it where `sign` is -1; days and weeks keep the clock time over
    summer time."""
    found = _LENGTH.fullmatch(text)
    unit = _LENGTHS.get(found[2]) if found else None
    if not found or not unit:
        return None
    length = sign * timedelta(**{unit: int(found[1])})
    if unit in {"days", "weeks"}:
        return now + length
    return (now.astimezone(UTC) + length).astimezone(now.tzinfo)


def _read_clock(text: str, now: datetime) -> datetime | None:
    minutes = _clock(text)
    return None if minutes is None else _next_clock(minutes, now)


def _read_day(text: str, now: datetime) -> datetime | None:
    """A day by itself: its end, one second before the next begins."""
    day = _day(text, now)
    return None if day is None else datetime.combine(day, time(23, 59, 59), now.tzinfo)


def _read_day_and_clock(text: str, now: datetime) -> datetime | None:
    """`tue 17:00`, `5 pm tomorrow`, `2031-05-28 noon`."""
    first, _space, rest = text.partition(" ")
    most, _space, last = text.rpartition(" ")
    for day_text, clock_text in ((first, rest), (last, most)):
        day, minutes = _day(day_text, now), _clock(_LEAD.sub("", clock_text, count=1))
        if day is not None and minutes is not None:
            return _weekday_ahead(day_text, _on_day(day, minutes, now), now)
    return None


_READERS: Final[tuple[Reader, ...]] = (
    _read_now,
    _read_stamp,
    _read_clock_with_offset,
    _read_clock,
    _read_day,
    _read_day_and_clock,
    _read_length,
)


def _read_past(text: str, now: datetime) -> int | None:
    """What has no day of its own lies as short a time back as can be."""
    plain = _LEAD.sub("", text.casefold(), count=1)
    try:
        for read in (_read_now, _read_stamp, _read_ago, _read_last_clock, _read_past_day):
            reading = read(plain, now)
            if reading is not None:
                return _unix_ms(reading)
    except (ValueError, OverflowError):
        return None
    return None


def _read_ago(text: str, now: datetime) -> datetime | None:
    return _away(text.removesuffix(" ago"), now, -1)


def _read_last_clock(text: str, now: datetime) -> datetime | None:
    """Of an hour that comes twice, the second where that is over."""
    minutes = _clock(text)
    if minutes is None:
        return None
    days = (now.date(), _before(now))
    shown = [_on_day(day, minutes, now).replace(fold=fold) for day in days for fold in (0, 1)]
    return max((each for each in shown if _unix_ms(each) <= _unix_ms(now)), key=_unix_ms)


def _read_past_day(text: str, now: datetime) -> datetime | None:
    """`yesterday 17:00`, `5 pm on tue`, `2031-05-28 noon`; a day by itself is its noon."""
    first, _space, rest = text.partition(" ")
    most, _space, last = text.rpartition(" ")
    for day_text, clock_text in ((first, rest or "noon"), (last, most or "noon")):
        day, minutes = _day_back(day_text, now), _clock(_LEAD.sub("", clock_text, count=1))
        if day is not None and minutes is not None:
            then = _on_day(day, minutes, now)
            is_ahead = day_text in _WEEKDAYS and _unix_ms(then) > _unix_ms(now)
            return then - timedelta(days=7) if is_ahead else then
    return None


def _day_back(text: str, now: datetime) -> date | None:
    if text == "yesterday":
        return _before(now)
    if text in _WEEKDAYS:
        return now.date() - timedelta(days=(now.weekday() - _WEEKDAYS[text]) % 7)
    return _day(text, now)


def _before(now: datetime) -> date:
    return now.date() - timedelta(days=1)


def days_on(when_ms: int, days: int, zone: tzinfo) -> int:
    """So many days later, at the same time by the hall's clock, in Unix milliseconds."""
    return _unix_ms(_at(when_ms, zone) + timedelta(days=days))


def _day(text: str, now: datetime) -> date | None:
    if text in _DAY_WORDS:
        return now.date() + timedelta(days=_DAY_WORDS[text])
    if text in _WEEKDAYS:
        return now.date() + timedelta(days=(_WEEKDAYS[text] - now.weekday()) % 7)
    return date.fromisoformat(text) if _DATE.fullmatch(text) else None


def _clock(text: str) -> int | None:
    """Minutes after the day's start; ValueError where the digits are no time of day."""
    if text in _CLOCK_WORDS:
        return _CLOCK_WORDS[text]
    if found := _CLOCK_24.fullmatch(text):
        hour, minute = int(found[1]), int(found[2])
        return _MIDNIGHT if (hour, minute) == (24, 0) else _minutes(time(hour, minute))
    if found := _CLOCK_12.fullmatch(text):
        hour = int(found[1])
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        return _minutes(time(hour % 12 + (12 if found[3] == "p" else 0), int(found[2] or 0)))
    return None


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _on_day(day: date, minutes: int, now: datetime) -> datetime:
    """The clock time on that day, in the zone of `now`. An hour that summer time skips moves on."""
    days, rest = divmod(minutes, _MIDNIGHT)
    clock = time(*divmod(rest, 60))
    return datetime.combine(day + timedelta(days=days), clock, now.tzinfo)


def _next_clock(minutes: int, now: datetime) -> datetime:
    """Today where that is still ahead (also in the hour that comes twice), else tomorrow."""
    today = _on_day(now.date(), minutes, now)
    for candidate in (today, today.replace(fold=1)):
        if _unix_ms(candidate) > _unix_ms(now):
            return candidate
    return _on_day(now.date() + timedelta(days=1), minutes, now)


def _weekday_ahead(day_text: str, when: datetime, now: datetime) -> datetime:
    """On a Friday evening, "friday noon" is next week's; "today noon" stays what it says."""
    if day_text in _WEEKDAYS and _unix_ms(when) <= _unix_ms(now):
        return when + timedelta(days=7)
    return when


def _unix_ms(when: datetime) -> int:
    """Exact, without a float's rounding, at the ends of the calendar too: a time of the year 9999
    may lie in 10000 by UTC, which a datetime cannot hold."""
    local = when.replace(tzinfo=None) - datetime(1970, 1, 1)  # noqa: DTZ001 - less its offset
    return (local - (when.utcoffset() or timedelta())) // timedelta(milliseconds=1)


def _at(when_ms: int, zone: tzinfo) -> datetime:
    """The time in `zone`. A neighbour's record may hold any number: kept within the calendar."""
    inside_ms = min(max(when_ms, 0), 253_402_000_000_000)  # 1970 to 9999
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=inside_ms)).astimezone(zone)

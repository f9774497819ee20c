"""Dates as spreadsheets hold them, which say them in every way there is.

`3/4/26` is a day in April to some and in March to others. Another cell of the column may settle it
(`25/4/26`); where none does, nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Final

from node.desk.sheet_cells import is_formula
from node.desk.when import MONTHS, TYPED_CHARACTERS_MAX, parse_when
from node.refusal import Refused, Why


class DateOrder(StrEnum):
    """How `3/4/26` is meant."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


@dataclass(frozen=True, slots=True)
class Moment:
    """What a cell says. Without a `clock` it is a whole day; `offset` is None on our own clock."""

    day: date
    clock: time | None = None
    offset: tzinfo | None = None


YEARS: Final = range(1970, 2100)
SERIAL_DAYS: Final = range(25_569, 73_051)
"""Days since 30 December 1899, as spreadsheets count them: 1970 to 2099."""

_END_OF_DAY: Final = time(23, 59, 59)
_NUMERIC: Final = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)(?:[ ,T]+(.+))?", re.ASCII | re.IGNORECASE
)
_YEAR_FIRST: Final = re.compile(
    r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})(?:[ ,T]+(.+))?", re.ASCII | re.IGNORECASE
)
_NAMED_DAY_FIRST: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[ .-]{0,2}([a-z]{3,9})\.?[ ,-]{0,2}(\d{4}|\d\d)(?:[ ,]+(.+))?"
)
_NAMED_MONTH_FIRST: Final = re.compile(
    r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?:[ ,]+(.+))?"
)
_WEEKDAY: Final = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +(?=[\da-z])")
_CLOCK: Final = re.compile(
    r"(?:at )?(\d{1,2})(?:[:.](\d\d))?(?::(\d\d)(?:\.(\d{1,6})\d*)?)? ?(?:([ap])\.?m\.?)?"
    r"(z|utc|[+-]\d\d:?\d\d)?"
)
_SERIAL: Final = re.compile(r"(\d{5})(?:[.,](\d{1,12}))?", re.ASCII)
_MONTHS: Final = {month.casefold(): number for number, month in enumerate(MONTHS, 1)}
_MONTH_NAMES: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december", "sept", *_MONTHS),
)


class ColumnOrder:
    """Looks at every cell of a column for one that settles how its dates are meant.

    `unclear`: the first cell that can be read in two ways; empty where there is none.
    """

    def __init__(self) -> None:
        self.unclear = ""
        self._clear: dict[DateOrder, str] = {}

    def look_at(self, cell: str) -> None:
        found = _NUMERIC.fullmatch(cell.strip()) if len(cell) <= TYPED_CHARACTERS_MAX else None
        if found is None or (len(self._clear) == len(DateOrder) and self.unclear):
            return
        first, second = int(found[1]), int(found[3])
        if max(first, second) in range(13, 32):
            if second <= 12:
                self._clear.setdefault(DateOrder.DAY_FIRST, cell.strip())
            elif first <= 12:
                self._clear.setdefault(DateOrder.MONTH_FIRST, cell.strip())
        elif max(first, second) <= 12 and first != second and not self.unclear:
            self.unclear = cell.strip()

    @property
    def order(self) -> DateOrder | None:
        """None where no cell settles it, or cells contradict one another."""
        return next(iter(self._clear)) if len(self._clear) == 1 else None

    @property
    def settled_by(self) -> str:
        """The first cell that settles it; empty where `order` is None."""
        return next(iter(self._clear.values())) if self.order else ""

    def taken(self, said: DateOrder | None) -> DateOrder | None:
        """How an unclear cell is read: as was said by hand, as the others tell, or with points as
        wherever points are used; None: not at all."""
        with_points = DateOrder.DAY_FIRST if "." in self.unclear else None
        return said or self.order or with_points


class Dates:
    """Reads the cells of one column. `order`: how its unclear dates are meant, if that is known."""

    def __init__(self, order: DateOrder | None, now_ms: int, zone: tzinfo) -> None:
        self._order = order
        self._now_ms = now_ms
        self._zone = zone
        self._moment = lru_cache(maxsize=4_096)(self._read)

    def until(self, typed: str, said_ms: int) -> int:
        """The end of the time that the cell says, in Unix ms; people's words count from `said_ms`.

        It may be past. Raises Refused with SHEET_DATE_UNCLEAR, SHEET_FORMULA or TIME_UNREADABLE.
        """
        moment = self._moment(typed)
        return parse_said(typed, said_ms, self._zone) if moment is None else self._ms(moment)

    def since(self, typed: str) -> int:
        """The beginning of the time that the cell says, in Unix ms. Raises like `until`."""
        moment = self._moment(typed)
        if moment is None:
            raise _unreadable(typed)
        return self._ms(moment, day_at=time())

    def _read(self, typed: str) -> Moment | None:
        if len(typed) > TYPED_CHARACTERS_MAX:
            raise _unreadable(typed)
        try:
            return read_moment(typed, self._order)
        except ValueError:  # 30 February, 25:61
            raise _unreadable(typed) from None

    def _ms(self, moment: Moment, day_at: time = _END_OF_DAY) -> int:
        clock = day_at if moment.clock is None else moment.clock
        when = datetime.combine(moment.day, clock, moment.offset or self._zone)
        return (when - _EPOCH) // timedelta(milliseconds=1)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def parse_said(typed: str, said_ms: int, zone: tzinfo) -> int:
    """`tonight`, `fri 17:00`, `2h`, as from when it was said."""
    if is_formula(typed):
        raise Refused(Why.SHEET_FORMULA, given=typed[:80])
    return parse_when(typed, said_ms, zone)


def read_moment(typed: str, order: DateOrder | None) -> Moment | None:
    """The date that the cell says; None where it is none of a spreadsheet's.

    Raises Refused(SHEET_DATE_UNCLEAR), and ValueError where the digits are no date.
    """
    if serial := _SERIAL.fullmatch(typed):
        return _serial(serial)
    plain = _WEEKDAY.sub("", typed.casefold(), count=1)
    if found := _YEAR_FIRST.fullmatch(plain):
        return _moment(found[1], found[3], found[4], found[5])
    if found := _NUMERIC.fullmatch(plain):
        day, month = _day_and_month(found, order, typed)
        return _moment(found[4], month, day, found[5])
    if (found := _NAMED_DAY_FIRST.fullmatch(plain)) and found[2] in _MONTH_NAMES:
        return _moment(found[3], str(_MONTHS[found[2][:3]]), found[1], found[4])
    if (found := _NAMED_MONTH_FIRST.fullmatch(plain)) and found[1] in _MONTH_NAMES:
        return _moment(found[3], str(_MONTHS[found[1][:3]]), found[2], found[4])
    return None


def _day_and_month(found: re.Match[str], order: DateOrder | None, typed: str) -> tuple[str, str]:
    first, second = found[1], found[3]
    if int(first) > 12 or first == second:
        return first, second
    if int(second) > 12 or order is DateOrder.MONTH_FIRST:
        return second, first
    # With points, the day is first wherever points are used.
    if order is DateOrder.DAY_FIRST or found[2] == ".":
        return first, second
    raise Refused(Why.SHEET_DATE_UNCLEAR, given=typed)


def _moment(year: str, month: str, day: str, clock: str | None) -> Moment:
    number = int(year) + (2000 if len(year) == 2 else 0)
    if number not in YEARS:
        raise ValueError(year)
    if not clock:
        return Moment(date(number, int(month), int(day)))
    return Moment(date(number, int(month), int(day)), *_clock(clock))


def _clock(text: str) -> tuple[time, tzinfo | None]:
    found = _CLOCK.fullmatch(text.strip())
    if found is None or not (found[2] or found[5]):
        raise ValueError(text)
    hour, half = int(found[1]), found[5]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if half == "p" else 0)
    microseconds = int((found[4] or "").ljust(6, "0"))
    clock = time(hour, int(found[2] or 0), int(found[3] or 0), microseconds)
    return clock, _offset(found[6])


def _offset(said: str | None) -> tzinfo | None:
    if said is None:
        return None
    if said in {"z", "utc"}:
        return UTC
    return datetime.strptime(said, "%z").tzinfo


def _serial(found: re.Match[str]) -> Moment:
    days = int(found[1])
    if days not in SERIAL_DAYS:
        raise ValueError(days)
    day = date(1899, 12, 30) + timedelta(days=days)
    if not found[2]:
        return Moment(day)
    seconds = min(round(float(f"0.{found[2]}") * 86_400), 86_399)
    return Moment(day, (_EPOCH + timedelta(seconds=seconds)).time())


def _unreadable(typed: str) -> Refused:
    why = Why.SHEET_FORMULA if is_formula(typed) else Why.TIME_UNREADABLE
    return Refused(why, given=typed[:80])

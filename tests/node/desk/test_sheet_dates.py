"""Dates in all the ways in which spreadsheets say them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.sheet_dates import ColumnOrder, DateOrder, Dates
from node.refusal import Refused, Why

BERLIN = ZoneInfo("Europe/Berlin")
NOW_MS = 1_774_000_000_000  # 20 March 2026, 09:46:40 UTC


def until(typed: str, order: DateOrder | None = None) -> str:
    when_ms = Dates(order, NOW_MS, BERLIN).until(typed, NOW_MS)
    return f"{datetime.fromtimestamp(when_ms / 1000, BERLIN):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        ("2026-04-03", "2026-04-03 23:59:59"),
        ("2026/4/3", "2026-04-03 23:59:59"),
        ("2026-04-03 17:00", "2026-04-03 17:00:00"),
        ("2026-04-03T17:00:30Z", "2026-04-03 19:00:30"),
        ("2026-04-03T17:00+05:30", "2026-04-03 13:30:00"),
        ("25/4/26", "2026-04-25 23:59:59"),
        ("4/25/2026", "2026-04-25 23:59:59"),
        ("3.4.26", "2026-04-03 23:59:59"),
        ("4/4/26", "2026-04-04 23:59:59"),
        ("25/4/2026 5:30 pm", "2026-04-25 17:30:00"),
        ("3 Apr 2026", "2026-04-03 23:59:59"),
        ("3rd April 2026", "2026-04-03 23:59:59"),
        ("03-Apr-26", "2026-04-03 23:59:59"),
        ("Apr 3, 2026", "2026-04-03 23:59:59"),
        ("Friday, 3 April 2026 17:00", "2026-04-03 17:00:00"),
        ("46115", "2026-04-03 23:59:59"),
        ("46115.75", "2026-04-03 18:00:00"),
        ("tomorrow", "2026-03-21 23:59:59"),
        ("1/2/1999", "1999-02-01 23:59:59"),
    ],
)
def test_a_date_is_read(typed: str, when: str) -> None:
    assert until(typed, DateOrder.DAY_FIRST) == when


def told(*cells: str) -> ColumnOrder:
    column = ColumnOrder()
    for cell in cells:
        column.look_at(cell)
    return column


def test_a_column_tells_which_order_was_taken_and_why() -> None:
    column = told("2026-04-03", "45/99/26", "4/4/26", " 3/4/26 ", "5/4/26", "25/4/26", "26/4/26")
    assert (column.unclear, column.settled_by) == ("3/4/26", "25/4/26")
    assert column.taken(None) is DateOrder.DAY_FIRST
    assert column.taken(DateOrder.MONTH_FIRST) is DateOrder.MONTH_FIRST


def test_a_column_that_nothing_settles_is_taken_in_no_order() -> None:
    assert told("3/4/26").taken(None) is None
    assert told("3.4.26").taken(None) is DateOrder.DAY_FIRST
    both = told("25/4/26", "4/25/26", "3/4/26")
    assert (both.order, both.settled_by, both.unclear) == (None, "", "3/4/26")


def test_what_is_unclear_goes_by_its_column_or_not_at_all() -> None:
    assert until("3/4/26", DateOrder.DAY_FIRST) == "2026-04-03 23:59:59"
    assert until("3/4/26", DateOrder.MONTH_FIRST) == "2026-03-04 23:59:59"
    with pytest.raises(Refused) as refused:
        until("3/4/26")
    assert refused.value.why is Why.SHEET_DATE_UNCLEAR


def test_what_is_clear_goes_by_itself() -> None:
    assert until("25/4/26", DateOrder.MONTH_FIRST) == "2026-04-25 23:59:59"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("30/2/26", Why.TIME_UNREADABLE),
        ("2026-04-03 25:00", Why.TIME_UNREADABLE),
        ("3 Foo 2026", Why.TIME_UNREADABLE),
        ("99999", Why.TIME_UNREADABLE),
        ("soon", Why.TIME_UNREADABLE),
        ("1" * 1_000_000, Why.TIME_UNREADABLE),
        ("3/4/1066", Why.TIME_UNREADABLE),
        ("=TODAY()", Why.SHEET_FORMULA),
        ("-2+3", Why.SHEET_FORMULA),
    ],
)
def test_what_is_no_date_is_refused(typed: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        until(typed, DateOrder.DAY_FIRST)
    assert refused.value.why is why


def test_a_day_begins_where_something_was_said() -> None:
    since_ms = Dates(None, NOW_MS, UTC).since("2026-03-20")
    assert datetime.fromtimestamp(since_ms / 1000, UTC) == datetime(2026, 3, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["3/4/26", "25/4/26"], DateOrder.DAY_FIRST),
        (["3/4/26", "4/25/26 10:00"], DateOrder.MONTH_FIRST),
        (["3/4/26", "4/4/26"], None),
        (["25/4/26", "4/25/26"], None),
        (["45/4/26", "text", "", "2026-04-25", "9" * 1000], None),
    ],
)
def test_one_cell_settles_a_column(cells: list[str], order: DateOrder | None) -> None:
    column = ColumnOrder()
    for cell in cells:
        column.look_at(cell)
    assert column.order is order


@given(st.text("0123456789/.-: apmtz+=", max_size=24), st.sampled_from([None, *DateOrder]))
def test_any_text_is_read_or_refused(typed: str, order: DateOrder | None) -> None:
    dates = Dates(order, NOW_MS, BERLIN)
    for read in (dates.since, lambda text: dates.until(text, NOW_MS)):
        try:
            read(typed)
        except Refused:
            continue

"""A row is read whole, refused by name, or left out."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from node.desk.categories import category_of
from node.desk.references import Kind
from node.desk.sheet_fields import field_of
from node.desk.sheet_header import Column, Header
from node.desk.sheet_records import Record
from node.desk.sheet_report import LeftOut, Row
from node.desk.sheet_rows import SUGGESTIONS_MAX, Layout, RowReader
from node.desk.words import FREE_TEXTS
from node.refusal import Why

NOW_MS = 1_774_000_000_000  # 20 March 2026, 09:46:40 UTC


def reader_of(names: str, category: str = "") -> RowReader:
    columns = tuple(Column(n, name, field_of(name)) for n, name in enumerate(names.split(",")))
    layout = Layout(
        header=Header(columns, last_line=1),
        width=len(columns),
        orders={},
        date_order=None,
        kind=Kind.NEED,
        category=category_of(category) if category else None,
    )
    return RowReader(layout, NOW_MS, UTC)


def read(names: str, *cells: str, category: str = "") -> Row:
    return reader_of(names, category).read(Record(2, 2, list(cells)))


def words_of(names: str, *cells: str, category: str = "") -> dict[str, Any]:
    row = read(names, *cells, category=category)
    assert row.said is not None, row
    return row.said.words.to_data()


def why_of(names: str, *cells: str) -> tuple[Why, str]:
    row = read(names, *cells)
    assert row.refused is not None, row
    return row.refused.why, row.refused.column


def test_a_row_fills_every_field() -> None:
    words = words_of(
        "category,text,qty,unit,zone,by,name,phone,email,street,contact,note,consent,danger,"
        "channel,behalf,household,diet,access,languages,ring,safe,quiet,standing,every,limits",
        *("food", "rice", "2,5", "kg", "North", "2026-04-03", "Anna", "077", "a@b.c", "1 High St"),
        *("door", "n", "yes", "y", "Phone", "Bo", "2 adults", "none", "stairs", "fr", "at 5"),
        *("text", "x", "no", "daily", "no stairs"),
    )
    assert words == {
        "category": "FOD",
        "text": "rice",
        "qty": 2_500,
        "unit": "kg",
        "zone": "North",
        "by_ms": 1_775_260_799_000,
        "contact": "Anna, 077, a@b.c, 1 High St, door",
        "note": "n",
        "consent": "yes",
        "danger": True,
        "channel": "phone",
        "behalf": "Bo",
        "household": "2 adults",
        "diet": "none",
        "access": "stairs",
        "languages": "fr",
        "ring": "at 5",
        "safe": "text",
        "quiet": True,
        "standing": False,
        "every": "day",
        "limits": "no stairs",
    }


def test_what_nobody_says_follows_from_the_category() -> None:
    words = words_of("category,text", "water", "for two")
    assert (words["qty"], words["unit"]) == (1_000, "litre")
    assert words_of("category,text,qty", "food", "rice", "2 kg")["unit"] == "kg"


@pytest.mark.parametrize("name", FREE_TEXTS)
def test_a_cell_may_be_as_long_as_what_is_typed(name: str) -> None:
    names = f"category,text,{name}"
    assert words_of(names, "food", "x", "y" * FREE_TEXTS[name])[name]
    assert why_of(names, "food", "x", "y" * (FREE_TEXTS[name] + 1))[0] is Why.TEXT_TOO_LONG


def test_a_category_for_all_serves_rows_without() -> None:
    assert words_of("text", "rice", category="food")["category"] == "FOD"
    assert words_of("category,text", "", "rice", category="food")["category"] == "FOD"
    assert words_of("category,text", "wat", "tea", category="food")["category"] == "WAT"


def test_without_a_column_for_it_the_category_is_the_text() -> None:
    assert words_of("category,qty", "Baby", "2")["text"] == "Baby"


def test_several_columns_are_one_contact() -> None:
    words = words_of(
        "category,text,surname,first name,phone,mobile", "food", "x", "B", "A", "1", "2"
    )
    assert words["contact"] == "B, A, 1, 2"


def test_breaks_and_guards_are_taken_out_of_texts() -> None:
    assert words_of("category,text", "food", " rice\n\tand\r\ntea ")["text"] == "rice and tea"
    assert words_of("category,text", "food", "'=1+1")["text"] == "=1+1"
    assert words_of("category,text", "food", "=1+1")["text"] == "=1+1"


@pytest.mark.parametrize(
    ("names", "cells", "why", "column"),
    [
        ("category,text", "hats;x", Why.UNKNOWN_CATEGORY, "category"),
        ("category,text", ";x", Why.SHEET_CATEGORY_EMPTY, "category"),
        ("category,text", "food;", Why.TEXT_EMPTY, "text"),
        ("category,text", "food;[red]x", Why.TEXT_MARKUP, "text"),
        ("category,text", "food;a\0b", Why.TEXT_CONTROL, "text"),
        ("category,text", "food;" + "x" * 1_000_000, Why.TEXT_TOO_LONG, "text"),
        ("category,text,zone", "food;x;" + "z" * 81, Why.TEXT_TOO_LONG, "zone"),
        ("category,text,phone", "food;x;" + "9" * 2_001, Why.TEXT_TOO_LONG, "phone"),
        ("category,text,qty", "food;x;many", Why.QUANTITY_NOT_A_NUMBER, "qty"),
        ("category,text,qty", "food;x;-5", Why.QUANTITY_NOT_POSITIVE, "qty"),
        ("category,text,qty", "food;x;1,000", Why.QUANTITY_UNCLEAR, "qty"),
        ("category,text,qty", "food;x;=A1*2", Why.SHEET_FORMULA, "qty"),
        ("category,text,qty", "food;x;-2+3", Why.SHEET_FORMULA, "qty"),
        ("category,text,qty,unit", "food;x;2 kg;litre", Why.QUANTITY_OTHER_UNIT, "qty"),
        ("category,text,unit", "food;x;hats", Why.UNKNOWN_UNIT, "unit"),
        ("category,text,by", "food;x;3/4/26", Why.SHEET_DATE_UNCLEAR, "by"),
        ("category,text,by", "food;x;2036-04-03", Why.TIME_TOO_FAR, "by"),
        ("category,text,by", "food;x;=NOW()", Why.SHEET_FORMULA, "by"),
        ("category,text,at", "food;x;soon", Why.TIME_UNREADABLE, "at"),
        ("category,text,danger", "food;x;maybe", Why.SHEET_FLAG_UNCLEAR, "danger"),
        ("category,text,kind", "food;x;hat", Why.SHEET_KIND_UNKNOWN, "kind"),
        ("category,text,every", "food;x;often", Why.EVERY_UNREADABLE, "every"),
        ("category,text", "food;x;y;z", Why.SHEET_ROW_TOO_LONG, ""),
    ],
)
def test_a_row_is_refused_by_its_cell(names: str, cells: str, why: Why, column: str) -> None:
    assert why_of(names, *cells.split(";")) == (why, column)


@pytest.mark.parametrize(
    ("names", "cells", "left_out"),
    [
        ("category,text", ";  ;\t;\xa0", LeftOut.BLANK),
        ("category,text", "\0\0\0\0", LeftOut.BLANK),
        ("category,text", "category;text;", LeftOut.HEADER),
        ("category,text,qty", "Total;;40", LeftOut.TOTAL),
        ("zone,category,text,qty", ";;Grand total:;40", LeftOut.TOTAL),
        ("category,text,state", "food;x;closed", LeftOut.OVER),
        ("category,text,done", "food;x;yes", LeftOut.OVER),
        ("category,text,qty,note", ";;37,5;", LeftOut.TOTAL),
        ("number,category,text", "16;;", LeftOut.TOTAL),
    ],
)
def test_a_row_that_nobody_misses_is_left_out(names: str, cells: str, left_out: LeftOut) -> None:
    assert read(names, *cells.split(";")).left_out is left_out


def test_a_need_for_a_total_is_none_of_sums() -> None:
    assert words_of("text,category", "Total clean-up of 2 rooms", "LAB")["category"] == "LAB"


@pytest.mark.parametrize(
    ("names", "cells", "why"),
    [
        ("category,text,by", "food;x;2026-03-19", Why.SHEET_TIME_DROPPED),
        ("category,text,at", "food;x;2026-03-21", Why.SHEET_SAID_DROPPED),
        ("category,text,channel", "food;x;website", Why.SHEET_CHANNEL_DROPPED),
        ("category,text", "food;gr\ufffdn", Why.SHEET_LETTERS_LOST),
        ("category,text,qty", "food;x;ca. 30", Why.SHEET_QUANTITY_ABOUT),
        ("category,text,phone", "food;x;7.7E+09", Why.SHEET_PHONE_CUT),
        ("category,text,note", "food;x;do not call", Why.SHEET_MADE_QUIET),
        ("category,text", "food;bread - do not call", Why.SHEET_MADE_QUIET),
        ("category,text,safe", "food;bread;No.", Why.SHEET_MADE_QUIET),
        ("category,text,ring", "food;bread;never", Why.SHEET_MADE_QUIET),
        ("category,text,safe", "food;x;never call at home", Why.SHEET_MADE_QUIET),
        ("category,text,ring", "food;x;do not ring at all", Why.SHEET_MADE_QUIET),
    ],
)
def test_what_a_row_can_do_without_is_dropped_and_said(names: str, cells: str, why: Why) -> None:
    row = read(names, *cells.split(";"))
    assert row.said is not None
    assert [told.why for told in row.remarks] == [why]
    assert row.said.words.by_ms is None
    assert row.said.at_ms is None


def test_a_number_that_was_cut_short_is_no_way_to_reach_anybody() -> None:
    names = "category,text,name,phone,mobile"
    assert words_of(names, "food", "x", "Ann", "1.2E+10", "077")["contact"] == "Ann, 077"
    assert words_of(names, "food", "x", "", "7700900123.0", "")["contact"] == "7700900123"
    assert words_of(names, "food", "x", "", "1.2E+10", "")["contact"] == ""


def test_a_remark_makes_quiet_but_where_the_sheet_says_otherwise() -> None:
    names = "category,text,name,note,quiet"
    assert words_of(names, "food", "x", "Ellie (QUIET)", "", "")["quiet"]
    assert words_of(names, "food", "x", "Sam", "don't ring", "")["quiet"]
    assert not words_of(names, "food", "x", "Sam", "don't ring", "no")["quiet"]
    assert not words_of(names, "food", "x", "Sam", "do not call before 9", "")["quiet"]


def test_words_in_other_languages_sort_a_row() -> None:
    row = read("Art,Kategorie,Was,Menge,Einheit", "Biete", "Wasser", "Kanister", "12", "Stück")
    assert row.said is not None
    assert (row.said.kind, row.said.words.category, row.said.words.unit) == (
        *(Kind.OFFER, "WAT", "each"),
    )
    assert why_of("Tipo,Categoría,Descripción", "ambos", "agua", "x")[0] is Why.SHEET_KIND_UNKNOWN


def test_numbers_without_a_category_we_know_are_refused_and_not_a_sum() -> None:
    assert why_of("category,qty", "7", "3")[0] is Why.UNKNOWN_CATEGORY


def test_a_telephone_and_a_quantity_are_somebody_and_not_a_sum() -> None:
    row = read("phone,qty", "07712345678", "3", category="food")
    assert row.refused is not None
    assert row.refused.why is Why.TEXT_EMPTY
    assert read("zone,qty", "12", "3", category="food").left_out is LeftOut.TOTAL
    assert read("phone,qty", "", "40", category="food").left_out is LeftOut.TOTAL


def test_words_for_a_time_count_from_when_they_were_said() -> None:
    row = read("category,text,by,at", "food", "x", "in 2 days", "2026-03-19 08:00")
    assert row.said is not None
    assert (row.said.words.by_ms or 0) - (row.said.at_ms or 0) == 2 * 86_400_000


def test_unknown_words_are_not_compared_without_end() -> None:
    reader = reader_of("category,text")
    whys = [
        row.refused.why
        for n in range(SUGGESTIONS_MAX + 5)
        if (row := reader.read(Record(n + 2, n + 2, [f"hats {n}", "x"]))).refused
    ]
    assert whys[:SUGGESTIONS_MAX] == [Why.UNKNOWN_CATEGORY] * SUGGESTIONS_MAX
    assert whys[SUGGESTIONS_MAX:] == [Why.SHEET_CATEGORY_UNKNOWN] * 5

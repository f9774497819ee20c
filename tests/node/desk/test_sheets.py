"""A spreadsheet that someone else made, from its bytes to a report of every row."""

from __future__ import annotations

from datetime import UTC
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.desk.categories import CATEGORIES, UNITS
from node.desk.quantity import ONE, WHOLE_MAX
from node.desk.references import Kind
from node.desk.sheet_dates import DateOrder
from node.desk.sheet_fields import TAGS
from node.desk.sheet_report import LeftOut, Outcome, Row
from node.desk.sheet_writing import MARK, WRITTEN, csv_lines, words_cells
from node.desk.sheets import Choices, cells_of, read_rows, survey
from node.desk.words import Channel, Words
from node.refusal import Refused, Why
from protocol.ids import Thousandths

NOW_MS = 1_774_000_000_000  # 20 March 2026, 09:46:40 UTC
ANY = Choices()


def rows_of(data: bytes, choices: Choices = ANY) -> list[Row]:
    chunks = [data[n : n + 1_000] for n in range(0, len(data), 1_000)]
    sheet = survey(chunks, choices)
    rows = list(read_rows(chunks, sheet, choices, NOW_MS, UTC))
    assert len(rows) == sheet.records
    return rows


def texts_of(data: bytes, choices: Choices = ANY) -> list[str]:
    return [row.said.words.text for row in rows_of(data, choices) if row.said]


NASTY = b"\r\n".join(
    [
        b"Needs of the week;;;;;;",
        b"",
        b"Category;What do you need?;How many;Needed by;Name;Phone;Status",
        "food;grüne Bohnen;40;3/4/26;Anna;+49 170 1;open".encode("cp1252"),
        "water;für größere ☕;2 litres;25/4/26;Bo;;".encode(),
        b'food;"two\r\nlines";1;;;;',
        b'food;"never closed;1;;;;',
        b'food;=HYPERLINK("http://x","y");1;;;;',
        b"food;sum;=1+1;;;;",
        b"food;" + b"x" * 1_000_000 + b";1;;;;",
        b"hats;x;1;;;;",
        b"food;a;b;c;d;e;f;g",
        b"food;short",
        b"food;over already;1;;;;done",
        b"Category;What do you need?;How many;Needed by;Name;Phone;Status",
        b"Total;;44;;;;",
        b";;;;;;",
        b"\0\0\0\0",
        b"food;the last has no end",
    ]
)


def test_everything_readable_is_read_and_all_else_is_named() -> None:
    rows = rows_of(NASTY)
    assert [row.line for row in rows] == [*range(1, 7), *range(8, 21)]
    assert [row.number for row in rows] == list(range(1, 20))
    assert texts_of(NASTY) == [
        "grüne Bohnen",
        "für größere ☕",
        "two lines",
        '=HYPERLINK("http://x","y")',
        "short",
        "the last has no end",
    ]
    assert {row.line: row.refused.why for row in rows if row.refused} == {
        8: Why.SHEET_QUOTE_OPEN,
        10: Why.SHEET_FORMULA,
        11: Why.TEXT_TOO_LONG,
        12: Why.UNKNOWN_CATEGORY,
        13: Why.SHEET_ROW_TOO_LONG,
    }
    assert {row.line: row.left_out for row in rows if row.left_out} == {
        1: LeftOut.HEADER,
        2: LeftOut.BLANK,
        3: LeftOut.HEADER,
        15: LeftOut.OVER,
        16: LeftOut.HEADER,
        17: LeftOut.TOTAL,
        18: LeftOut.BLANK,
        19: LeftOut.BLANK,
    }


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_any_separator_in_any_encoding(separator: str, encoding: str) -> None:
    lines = ["Category;Need;Notes", "food;Brötchen;a, b | c", "water;Tee für zwei;"]
    data = "\n".join(line.replace(";", separator) for line in lines if separator != ",")
    data = data or 'Category,Need,Notes\nfood,Brötchen,"a, b | c"\nwater,Tee für zwei,'
    if separator == "|":
        data = data.replace("a, b | c", '"a, b | c"')
    assert texts_of(data.encode(encoding)) == ["Brötchen", "Tee für zwei"]


@pytest.mark.parametrize(
    ("text", "page"),
    [("źródło wody", "cp1250"), ("молоко для детей", "cp1251"), ("blåbær", "cp1252")],
)
def test_the_code_page_is_told_by_the_whole_file(text: str, page: str) -> None:
    data = b"category,text\n" + b"food,rice\n" * 300 + f"food,{text}\n".encode(page)
    assert texts_of(data)[-1] == text


def test_the_separator_may_be_said_in_the_file() -> None:
    data = b"text,category;zone\nfood,x;y\n"
    assert survey([data], ANY).separator == ","
    assert survey([b"sep=;\n" + data], ANY).separator == ";"


def test_one_cell_settles_the_dates_of_its_column() -> None:
    told = b"category,text,by\nfood,a,3/4/26\n"
    assert [row.outcome for row in rows_of(told)][1:] == [Outcome.REFUSED]
    assert [row.outcome for row in rows_of(told + b"food,b,25/4/26\n")][1:] == [Outcome.READ] * 2
    day_first = Choices(date_order=DateOrder.DAY_FIRST)
    assert [row.outcome for row in rows_of(told, day_first)][1:] == [Outcome.READ]


def test_the_columns_are_named_in_the_code_page_of_the_first_lines() -> None:
    data = "Категорія;Потреба;Кількість\nwater;вода;20\n".encode("cp1251") + b"food;x;1\n" * 300
    (row, *_more) = (row for row in rows_of(data) if row.said)
    assert row.said is not None
    assert (row.said.words.text, row.said.words.qty) == ("вода", 20_000)
    assert survey([data], ANY).columns[1].header == "Потреба"


def kinds_of(data: bytes, choices: Choices = ANY) -> list[Kind]:
    return [row.said.kind for row in rows_of(data, choices) if row.said]


def test_what_a_sheet_says_of_its_rows_counts_most() -> None:
    mixed = b"Type,Item,Category\nRequest,a,food\nDonation,b,food\n,c,food\nboth,d,food\n"
    offers = Choices(usual=Kind.OFFER)
    assert kinds_of(mixed) == [Kind.NEED, Kind.OFFER, Kind.NEED]
    assert kinds_of(mixed, offers) == [Kind.NEED, Kind.OFFER, Kind.OFFER]
    assert kinds_of(b"Category,Offers\nfood,a\n") == [Kind.OFFER]
    assert kinds_of(b"Category,What do you need?\nfood,a\n", offers) == [Kind.NEED]
    assert kinds_of(b"Category,Offers\nfood,a\n", Choices(Kind.NEED)) == [Kind.NEED]
    assert kinds_of(b"Category,Item\nfood,a\n", offers) == [Kind.OFFER]


def test_what_a_row_is_may_be_told_by_where_its_words_stand() -> None:
    lines = "Name,I need,I can offer,Category;A,bread,,food;B,,a van,transport;C,x,y,food;D,,,food"
    rows = rows_of(lines.replace(";", "\n").encode())
    read = [(row.said.kind, row.said.words.text) for row in rows if row.said]
    assert read == [(Kind.NEED, "bread"), (Kind.OFFER, "a van")]
    whys = [row.refused.why for row in rows if row.refused]
    assert whys == [Why.SHEET_BOTH_KINDS, Why.TEXT_EMPTY]
    assert kinds_of(b"type,need,offer,category\nneed,a,,food\noffer,b,c,food\n") == [
        Kind.NEED,
        Kind.OFFER,
    ]


SEMICOLONS = """\
Nachbarschaftshilfe Süd;;;;;
Stand: 20. März;;;;;
;;;;;
Art;Kategorie;Was;Menge;Benötigt bis;Bemerkung
Bedarf;Wasser;Trinkwasser;1,5 Liter;03.04.26;nicht anrufen
Biete;Essen;Suppe;ca. 30;46115;
beides;Essen;Brot;1;;
Suche;Essen;Reis;1.000;;
;;;32,5;;
Gesamt;;;32,5;;
"""


def test_a_sheet_from_a_german_office_is_read_as_it_was_meant() -> None:
    rows = rows_of(SEMICOLONS.encode("cp1252"))
    read = [row.said for row in rows if row.said]
    assert [(said.kind, said.words.category, said.words.qty) for said in read] == [
        (Kind.NEED, "WAT", 1_500),
        (Kind.OFFER, "FOD", 30_000),
    ]
    assert read[0].words.quiet
    assert read[0].words.by_ms == read[1].words.by_ms == 1_775_260_799_000
    assert [row.refused.why for row in rows if row.refused] == [
        Why.SHEET_KIND_UNKNOWN,
        Why.QUANTITY_UNCLEAR,
    ]
    assert [row.number for row in rows if row.left_out is LeftOut.TOTAL] == [9, 10]


def test_the_cells_of_some_rows_are_shown_as_they_stand() -> None:
    data = b'category,text\nfood," a "\nfood,"b\nc"\nfood,d\n'
    sheet = survey([data], ANY)
    assert cells_of([data], sheet, {2, 3}) == {2: ["food", " a "], 3: ["food", "b\nc"]}
    assert cells_of([data], sheet, {9}) == {}


def test_what_is_said_by_hand_counts() -> None:
    data = "colour,what\nfood,жук\n".encode("cp1251")
    choices = Choices(Kind.OFFER, "food", {"what": "text", "colour": ""}, encoding="cp1251")
    (row,) = rows_of(data, choices)[1:]
    assert row.said is not None
    assert (row.said.kind, row.said.words.text) == (Kind.OFFER, "жук")


@pytest.mark.parametrize(
    ("data", "choices", "why"),
    [
        (b"", ANY, Why.SHEET_EMPTY),
        (b"PK\x03\x04x", ANY, Why.SHEET_NOT_TEXT),
        (b"\n\n", ANY, Why.SHEET_NO_HEADER),
        (b"text,zone\nx,y\n", ANY, Why.SHEET_NO_CATEGORY),
        (b"zone,qty\nx,1\n", Choices(category="food"), Why.SHEET_NO_TEXT),
        (b"text\nx\n", Choices(category="hats"), Why.UNKNOWN_CATEGORY),
        (b"category,text\n", Choices(encoding="rot13"), Why.SHEET_ENCODING_UNKNOWN),
    ],
)
def test_a_sheet_that_cannot_be_read_is_refused(data: bytes, choices: Choices, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        rows_of(data, choices)
    assert refused.value.why is why


PIECES = st.sampled_from(
    [
        *(b",", b";", b"\t", b'"', b'""', b"\n", b"\r\n", b"\r", b"\0", b"food", b"3/4/26"),
        *(b"\xff", b"\xfe", b"\xe9", "ж".encode(), b"=1+1", b"#item", b"Total", b"x" * 50, b"'"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([b"", b"category,text,by\n", b"\xff\xfe", b"category;text;qty;at\r\n"]),
    st.lists(PIECES | st.binary(max_size=4), max_size=40),
)
def test_any_bytes_become_a_report_of_every_line(start: bytes, pieces: list[bytes]) -> None:
    try:
        rows = rows_of(start + b"".join(pieces))
    except Refused:
        return
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert all(one.line < other.line for one, other in pairwise(rows))
    for row in rows:
        assert (row.said is not None) == (row.outcome is Outcome.READ)
        assert (row.refused is not None) == (row.outcome is Outcome.REFUSED)
        assert (row.left_out is not None) == (row.outcome is Outcome.LEFT_OUT)


TEXTS = st.text("ab =+-@',;\"|é\uff1dж5", min_size=1, max_size=12).map(
    lambda text: " ".join(text.split()) or "x"
)
WORDS = st.builds(
    Words,
    category=st.sampled_from(sorted(CATEGORIES)),
    text=TEXTS,
    qty=st.integers(1, WHOLE_MAX * ONE).map(Thousandths),
    unit=st.sampled_from(sorted(UNITS)),
    zone=st.just("") | TEXTS,
    by_ms=st.none() | st.integers(NOW_MS + 1, NOW_MS + 10**10),
    contact=st.just("") | TEXTS,
    note=st.just("") | TEXTS,
    danger=st.booleans(),
    quiet=st.booleans(),
    channel=st.sampled_from(sorted(Channel)),
    every=st.sampled_from(["", "day", "3 days", "week"]),
    limits=st.just("") | TEXTS,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([Kind.NEED, Kind.OFFER]), WORDS), min_size=1, max_size=4),
    st.booleans(),
)
def test_what_is_written_is_read_as_it_was(said: list[tuple[Kind, Words]], has_tags: bool) -> None:
    rows = [
        [words_cells(kind, words, NOW_MS - 5).get(field) for field in WRITTEN]
        for kind, words in said
    ]
    names = [field.value for field in WRITTEN]
    lines = csv_lines(names, [[TAGS[field] for field in WRITTEN], *rows] if has_tags else rows)
    read = rows_of((MARK + "".join(lines)).encode())
    assert [(row.said.kind, row.said.words) for row in read if row.said] == said
    assert all(row.said.at_ms == NOW_MS - 5 for row in read if row.said)
    assert all(row.said or row.left_out is LeftOut.HEADER for row in read)

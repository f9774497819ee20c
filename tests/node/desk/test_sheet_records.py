"""Lines become records, whatever became of their quotes."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.desk.sheet_records import CELLS_MAX, LINES_IN_RECORD_MAX, Record, split_records
from node.refusal import Why


def cells_of(text: str, separator: str = ",", columns: int = 0) -> list[list[str] | Why]:
    return [each.why or each.cells for each in split_records(text.split("\n"), separator, columns)]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("a,b", ["a", "b"]),
        ("", [""]),
        ("a,,", ["a", "", ""]),
        ('"a,b",c', ["a,b", "c"]),
        ('a, "b, c" ,d', ["a", "b, c", "d"]),
        ('"say ""hello""",b', ['say "hello"', "b"]),
        ('6" pipe,b', ['6" pipe', "b"]),
        ('"6" pipe",b', ['6" pipe', "b"]),
        ('"",b', ["", "b"]),
    ],
)
def test_a_line_is_taken_apart(line: str, cells: list[str]) -> None:
    assert cells_of(line) == [cells]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_separator(separator: str) -> None:
    assert cells_of(f'a{separator}"b{separator}c"', separator) == [["a", f"b{separator}c"]]


def test_a_cell_of_several_lines_counts_as_one_record() -> None:
    records = list(split_records(["a,b", '1,"x', "", 'y"', "2,z"], ","))
    assert records == [
        Record(1, 1, ["a", "b"]),
        Record(2, 2, ["1", "x\n\ny"]),
        Record(3, 5, ["2", "z"]),
    ]


@pytest.mark.parametrize(
    "rest",
    [
        ["2,z", "3,y"],
        ['2,"z, w"', '3,"y"'],
        ['"2","z"', '"3","y"'],
        ["2,z"] * (2 * LINES_IN_RECORD_MAX),
    ],
)
def test_an_open_quote_costs_its_own_line(rest: list[str]) -> None:
    records = list(split_records(['1,"x', *rest], ",", 2))
    assert records[0] == Record(1, 1, [], Why.SHEET_QUOTE_OPEN)
    assert [record.line for record in records[1:]] == list(range(2, len(rest) + 2))
    assert not any(record.why for record in records[1:])


def test_two_open_quotes_make_no_row_together() -> None:
    assert cells_of('1,x,"\n2,y",z\n3,z,w', columns=3) == [
        Why.SHEET_QUOTE_OPEN,
        ["2", 'y"', "z"],
        ["3", "z", "w"],
    ]


def test_nothing_but_an_end_and_a_beginning_is_no_cell() -> None:
    assert cells_of('1,"\n2,"', columns=3) == [Why.SHEET_QUOTE_OPEN] * 2


@pytest.mark.parametrize("line", ['x","y', '1,"', '1,"x'])
def test_a_file_full_of_open_quotes_loses_no_line(line: str) -> None:
    records = list(split_records([line] * 1_000 + ["1,2"], ",", 2))
    assert [record.line for record in records] == list(range(1, 1_002))
    assert records[-1].cells == ["1", "2"]


@pytest.mark.parametrize("cell", ["", '""', '"a" b"', '","'])
def test_a_line_has_no_cells_without_end(cell: str) -> None:
    (record,) = split_records([f"{cell}," * (2 * CELLS_MAX)], ",")
    assert len(record.cells) == CELLS_MAX + 1 or record.why is Why.SHEET_QUOTE_OPEN


def test_a_line_that_was_too_long_is_named() -> None:
    assert list(split_records([None, "a"], ",")) == [
        Record(1, 1, [], Why.SHEET_LINE_TOO_LONG),
        Record(2, 2, ["a"]),
    ]


def test_a_million_characters_in_a_cell() -> None:
    long = 'x""' * 400_000
    assert cells_of(f'"{long}",b') == [['x"' * 400_000, "b"]]


CELLS = st.lists(st.lists(st.text('ab ",;\n', max_size=6), min_size=2, max_size=4), max_size=6)


@settings(max_examples=100, deadline=None)
@given(CELLS)
def test_what_is_written_rightly_is_read_as_it_was(rows: list[list[str]]) -> None:
    lines: list[str] = []
    for row in rows:
        lines += ",".join('"' + cell.replace('"', '""') + '"' for cell in row).split("\n")
    assert [record.cells for record in split_records(lines, ",")] == rows


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text('a",x ', max_size=8), max_size=12), st.integers(0, 3))
def test_every_line_is_in_a_record(lines: list[str], columns: int) -> None:
    records = list(split_records(lines, ",", columns))
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    starts = [record.line for record in records]
    assert starts == sorted(set(starts))
    whole = sum(sum(cell.count("\n") for cell in record.cells) + 1 for record in records)
    assert whole == len(lines)


def test_our_reading_is_the_usual_one() -> None:
    text = 'a,"b\nc",d\n"e ""f""",,g\n'
    usual = list(csv.reader(text.splitlines(keepends=True)))
    assert cells_of(text.rstrip("\n")) == usual

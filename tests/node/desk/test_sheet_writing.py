"""Lists that leave for a spreadsheet: nothing in them runs, and numbers stay numbers."""

from __future__ import annotations

import csv
import json

import pytest

from node.desk.sheet_fields import TAGS, Field
from node.desk.sheet_writing import PRIVATE, WRITTEN, csv_lines, json_lines
from node.desk.words import PERSONAL

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_runs(formula: str) -> None:
    text = "".join(csv_lines(["text", formula], [[formula, f"{formula},x"]]))
    for row in csv.reader(text.splitlines(keepends=True)):
        assert not any(cell.strip().startswith(tuple("=+-@\uff1d")) for cell in row)


def test_numbers_stay_numbers() -> None:
    lines = list(csv_lines(["a"], [[2.5, -3, 40, None, True, False, "-3"]]))
    assert lines == ["a\r\n", "2.5,-3,40,,yes,,'-3\r\n"]


def test_quotes_and_separators_are_quoted() -> None:
    rows = [['say "hi"', "a,b", "a\nb", ""]]
    text = "".join(csv_lines(["a", "b", "c", "d"], rows))
    assert list(csv.reader(text.splitlines(keepends=True)))[1:] == rows


def test_every_column_has_its_tag() -> None:
    assert set(WRITTEN) <= set(TAGS)
    assert TAGS[Field.QTY] == "#item+num"


def test_who_a_person_is_stays_private() -> None:
    assert set(PERSONAL) - {field.value for field in PRIVATE} == {"text"}
    assert set(WRITTEN) >= PRIVATE


def test_json_lines_are_one_object_each() -> None:
    things: list[dict[str, object]] = [{"text": "a\nb"}, {"qty": 2.5, "by": None}]
    lines = list(json_lines(things))
    assert [json.loads(line) for line in lines] == things
    assert all(line.count("\n") == 1 and line.endswith("\n") for line in lines)

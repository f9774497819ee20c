"""A cell that would run is kept from it, and comes back as it was."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.sheet_cells import guarded, is_formula, one_line, read_flag, unguarded
from node.refusal import Refused, Why

LIVE = [
    '=HYPERLINK("http://x","y")',
    "=1+1",
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "  =1",
    "\t=1",
    "\r=1",
    "\tplain",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    "\x00=1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM",
]


@pytest.mark.parametrize("text", LIVE)
def test_what_would_run_is_text(text: str) -> None:
    assert guarded(text) == "'" + text
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "meals", "2 = 2", "it's", "'quoted'", "a@b.c", "3-4", "№ 5"])
def test_what_would_not_stays(text: str) -> None:
    assert guarded(text) == text == unguarded(text)


@given(st.text("'=+-@ \t\r\nab\u200b\uff1d"))
def test_a_guard_comes_off_as_it_went_on(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    seen = "".join(each for each in cell if unicodedata.category(each) not in {"Cf", "Cc"})
    assert unicodedata.normalize("NFKC", seen.strip())[:1] not in set("=+-@")


def test_a_formula_is_known() -> None:
    assert all(is_formula(text) for text in LIVE if text != "\tplain")
    assert not any(map(is_formula, ["12", "", "it's"]))


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("  a\nb\tc ", "a b c"),
        ("'=1+1", "=1+1"),
        ("'tis", "'tis"),
        ("a\r\nb", "a b"),
        (" ", ""),
        ("a\0\0", "a"),
    ],
)
def test_a_cell_is_one_line(cell: str, line: str) -> None:
    assert one_line(cell) == line


@pytest.mark.parametrize(
    ("typed", "flag"), [("Yes", True), ("x", True), ("no", False), ("0", False)]
)
def test_a_flag_is_read(typed: str, flag: bool) -> None:
    assert read_flag(typed) is flag


def test_a_flag_is_never_guessed() -> None:
    with pytest.raises(Refused) as refused:
        read_flag("maybe")
    assert refused.value.why is Why.SHEET_FLAG_UNCLEAR

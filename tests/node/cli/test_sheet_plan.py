"""What `hallway import` shows before it asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from node.cli import wording
from node.cli.sheet_plan import SHOWN_DATED, SHOWN_REMARKED
from tests.node.cli.real_hall import RealHallway, real_hallway


@pytest.fixture
def shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., list[str]]:
    """The plan for a sheet of these lines, which nobody agreed to."""
    hallway: RealHallway = real_hallway(tmp_path / "hall", capsys, monkeypatch)

    def show(text: str, *options: str) -> list[str]:
        file = tmp_path / "needs.csv"
        file.write_text(text, encoding="utf-8")
        ran = hallway("import", str(file), *options)
        assert (ran.code, ran.out) == (1, "")
        return ran.err.splitlines()

    return show


def test_needs_and_offers_are_counted_apart(shown: Callable[..., list[str]]) -> None:
    plan = shown("What,Item,Category\nneed,a,food\noffer,b,food\noffer,c,food\n")
    counts = {"read": 3, "needs": 1, "offers": 2, "refused": 0, "left_out": 1}
    assert wording.IMPORT_COUNTS.format(**counts) in plan
    assert f"  What      kind      {wording.KNOWN_BY['settled']}" in plan


DATED = """\
category,text,date,needed by
food,none,,
food,x,3/4/25,
food,y,25/4/25,
food,z, 2025-05-06T10:30 ,
food,w,45780.75,
"""


def test_dates_are_shown_as_they_were_understood(shown: Callable[..., list[str]]) -> None:
    plan = shown(DATED)
    first = plan.index(wording.IMPORT_DATES)
    assert plan[first + 1 : first + 1 + SHOWN_DATED] == [
        "  row 3, date: “3/4/25” is Thu 3 Apr 2025 00:00",
        "  row 4, date: “25/4/25” is Fri 25 Apr 2025 00:00",
        "  row 5, date: “2025-05-06T10:30” is Tue 6 May 2025 10:30",
    ]
    assert sum(line.startswith("  row ") for line in plan) == SHOWN_DATED
    why = wording.IMPORT_ORDER_SETTLED.format(given="25/4/25")
    assert wording.IMPORT_ORDERS["day-first"].format(column="date", given="3/4/25", why=why) in plan


def test_both_times_of_a_row_are_shown(shown: Callable[..., list[str]]) -> None:
    plan = shown("category,text,date,needed by\nfood,v,4/4/25 9:00,tomorrow\nfood,u,,tomorrow\n")
    assert "  row 2, date: “4/4/25 9:00” is Fri 4 Apr 2025 09:00" in plan
    (by,) = (line for line in plan if line.startswith("  row 3, needed by: “tomorrow” is "))
    assert by.endswith(" 23:59")


@pytest.mark.parametrize(
    ("cell", "options", "order", "why"),
    [
        ("3/4/25", ["--day-first"], "day-first", wording.IMPORT_ORDER_SAID),
        ("3/4/25", ["--month-first"], "month-first", wording.IMPORT_ORDER_SAID),
        ("3.4.25", [], "day-first", wording.IMPORT_ORDER_POINTS),
    ],
)
def test_the_order_that_was_taken_is_said_with_why(
    shown: Callable[..., list[str]], cell: str, options: list[str], order: str, why: str
) -> None:
    plan = shown(f"category,text,date\nfood,x,{cell}\n", *options)
    assert wording.IMPORT_ORDERS[order].format(column="date", given=cell, why=why) in plan


def test_an_order_that_nothing_settles_is_asked_for(shown: Callable[..., list[str]]) -> None:
    plan = shown("category,text,by\nfood,x,3/4/25\nfood,y,\n")
    assert wording.IMPORT_ORDER_OPEN.format(column="by", given="3/4/25") in plan
    assert wording.IMPORT_DATES not in plan


def test_dates_that_are_clear_need_no_word(shown: Callable[..., list[str]]) -> None:
    plan = shown("category,text,date\nfood,x,25/4/25\nfood,y,2025-04-03\n")
    assert not any("first" in line for line in plan)


def test_what_could_not_be_kept_of_a_row_is_shown_before(shown: Callable[..., list[str]]) -> None:
    plan = shown("category,text,qty\n" + "food,x,ca. 30\n" * (SHOWN_REMARKED + 2))
    told = [line for line in plan if line.endswith("qty: “ca. 30” is not exact: taken as 30.")]
    assert [line.split(":")[0] for line in told] == [f"row {n + 2}" for n in range(SHOWN_REMARKED)]

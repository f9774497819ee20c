from datetime import UTC

import pytest
from rich.cells import cell_len

from node.api.views import NeighbourView, StatusView
from tests.tui.fake_node import HOUR_MS, NOW_MS
from tui import telling
from tui.clock import Clock

CLOCK = Clock(now_ms=lambda: NOW_MS, zone=UTC)
"""Thursday, 28 May 2026, 20:26."""


@pytest.mark.parametrize(
    ("quantity", "unit", "said"),
    [
        (40, "meal", "40 meals"),
        (1, "night", "1 night"),
        (2.5, "kg", "2.5 kg"),
        (3, "each", "3"),
        (12, "EUR", "12 EUR"),
        (0.125, "litre", "0.125 litres"),
        (1_000_000, "each", "1000000"),
        (100, "\x1b[31m", "100 "),
    ],
)
def test_amounts(quantity: float, unit: str, said: str) -> None:
    assert telling.amount(quantity, unit) == said


@pytest.mark.parametrize(
    ("after_ms", "said"),
    [
        (HOUR_MS, "by 21:26, in 1 h"),
        (10 * 60_000, "by 20:36, in 10 min"),
        (3 * HOUR_MS, "by 23:26"),
        (15 * HOUR_MS, "by Fri 11:26"),
        (12 * 24 * HOUR_MS, "by 9 Jun"),
        (365 * 24 * HOUR_MS, "by 28 May 2027"),
        (-HOUR_MS, "was due 19:26"),
        (-48 * HOUR_MS, "was due Tue 20:26"),
    ],
)
def test_times(after_ms: int, said: str) -> None:
    assert telling.by_when(NOW_MS + after_ms, CLOCK) == said


@pytest.mark.parametrize(
    ("age_ms", "said"),
    [
        (0, "heard just now"),
        (5 * 60_000, "heard 5 min ago"),
        (3 * HOUR_MS, "heard 3 h ago"),
        (30 * HOUR_MS, "heard 1 day ago"),
        (60 * HOUR_MS, "heard 2 days ago"),
    ],
)
def test_ages(age_ms: int, said: str) -> None:
    assert telling.heard(NOW_MS - age_ms, CLOCK) == said


def test_never_heard_is_said() -> None:
    assert telling.heard(None, CLOCK) == "not heard yet"


def test_what_has_come_counts_before_what_is_promised() -> None:
    assert telling.so_far(0, 0, 40) == ""
    assert telling.so_far(0, 25, 40) == "25 of 40 promised"
    assert telling.so_far(10, 25, 40) == "10 of 40 received"


def test_text_from_elsewhere_is_one_harmless_line_of_bounded_length() -> None:
    assert telling.told("a\x1b[2Jb\nc\u202ed") == "ab cd"
    assert telling.told("x" * 10_000_000, 10) == "x" * 9 + "…"
    assert telling.told("[@click=app.quit]x[/]") == "[@click=app.quit]x[/]"


@pytest.mark.parametrize("text", ["abc", "漢字漢字", "e\u0301e\u0301", "a" * 50, ""])
def test_padding_fills_exactly_its_cells(text: str) -> None:
    assert cell_len(telling.padded(text, 7)) == 7


def test_the_last_line_says_how_the_hall_stands() -> None:
    status = StatusView(
        group_id="n",
        name="Northgate [b]Hall",
        running=True,
        neighbours=2,
        linked=1,
        needs_open=0,
        offers_open=0,
        warnings=("one", "two"),
        now_ms=NOW_MS,
        time_by="synchronised",
    )
    heard = NeighbourView("e", "East", "linked", "lan", NOW_MS - HOUR_MS)
    said = telling.standing(status, (heard,), CLOCK)
    assert said == "Northgate [b]Hall · 1 of 2 neighbours linked · heard 1 h ago · 2 warnings (?)"


@pytest.mark.parametrize(
    ("by", "end"),
    [
        ("synchronised", "no neighbour yet"),
        ("nobody", "no neighbour yet · time unsure"),
        ("neighbours", "no neighbour yet · time by neighbours"),
        ("operator", "no neighbour yet · time by your word"),
        ("what a later node says", "no neighbour yet"),
    ],
)
def test_the_last_line_says_whose_time_it_is_unless_the_machine_knows(by: str, end: str) -> None:
    status = StatusView("n", "Northgate", True, 0, 0, 0, 0, (), NOW_MS, by)
    assert telling.standing(status, (), CLOCK) == f"Northgate · {end}"


def test_a_hall_further_away_is_named_with_the_neighbour_that_leads_there() -> None:
    assert telling.hall("Eastside") == "Eastside"
    assert telling.hall("Mill Lane", "Eastside") == "Mill Lane, through Eastside"
    assert (
        telling.who("Mill Lane", "Eastside") + " pledges" == "Mill Lane, through Eastside, pledges"
    )
    assert telling.who("Eastside") + " pledges" == "Eastside pledges"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (28, "NG V-1-A, NG V-2-B, NG V-3-C"),
        (27, "NG V-1-A and 2 more"),
        (5, "NG V-1-A and 2 more"),
    ],
)
def test_references_that_do_not_fit_are_counted(cells: int, said: str) -> None:
    shown = telling.some(("NG V-1-A", "NG V-2-B", "NG V-3-C"), cells)
    assert shown == said


def test_three_of_five_references_fit_with_the_count_of_the_rest() -> None:
    refs = tuple(f"NG V-{number}-A" for number in range(1, 6))
    assert telling.some(refs, 40) == "NG V-1-A, NG V-2-A, NG V-3-A and 2 more"
    assert telling.some((), 40) == ""

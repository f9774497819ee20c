from dataclasses import replace
from datetime import UTC

from rich.cells import cell_len

from node.api.views import OverflowView
from tests.tui.fake_node import NOW_MS, pledge_of
from tests.tui.halls import overflow, street
from tui.clock import Clock
from tui.overflow_rows import overflow_rows, pledge_standing
from tui.widgets.ledger import EDGE, Row

CLOCK = Clock(now_ms=lambda: NOW_MS, zone=UTC)


def text(row: Row) -> str:
    return "\n".join(
        "".join(piece.text for piece in line.left)
        + "  "
        + "".join(piece.text for piece in line.right)
        for line in row.lines
    )


def row_of(one: OverflowView, key: str) -> str:
    return next(text(row) for row in overflow_rows((one,), CLOCK) if row.key == key)


def test_a_surplus_is_told_from_an_overflow_and_its_pledges_ask() -> None:
    pledges = (replace(pledge_of("o", "Mill Lane", 20), through="Eastside"),)
    asked = overflow("o", "NG V-1-A", "Rice", ours=True, unit="kg", pledges=pledges)
    given = replace(asked, surplus=True)
    assert "needs 40 kg" in row_of(asked, "o")
    assert "Mill Lane, through Eastside, pledges 20 kg  unanswered" in row_of(asked, "pledge-1")
    assert "gives away 40 kg" in row_of(given, "o")
    assert "Mill Lane, through Eastside, asks for 20 kg  unanswered" in row_of(given, "pledge-1")


def test_our_own_pledge_says_where_it_has_got_to_until_it_is_answered() -> None:
    mine = pledge_of("t", "Northgate", 10, ours=True)
    asked = overflow("t", "ES V-3-M", "Torches", unit="each", pledges=(mine,))
    assert "we pledged 10 · saved here only  unanswered" in row_of(asked, "pledge-1")
    taken = replace(asked, pledges=(replace(mine, state="accepted", accepted=10),))
    assert "we pledged 10  accepted" in row_of(taken, "pledge-1")
    asking = replace(asked, surplus=True, pledges=(replace(mine, reached=("Eastside",)),))
    assert "we ask for 10 · reached Eastside" in row_of(asking, "pledge-1")


def test_an_exercise_is_marked_on_the_overflow_and_on_each_pledge() -> None:
    drill = overflow("t", "ES V-3-M", "x", exercise=True, pledges=(pledge_of("t", "Mill Lane", 3),))
    assert "EXERCISE" in row_of(drill, "t")
    assert "EXERCISE" in row_of(drill, "pledge-1")


def test_what_is_closed_says_why_instead_of_by_when() -> None:
    closed = overflow("t", "ES V-3-M", "Torches", state="closed", because="received")
    assert "received · from Eastside Centre" in row_of(closed, "t")
    assert "by 22:26" not in row_of(closed, "t")


def test_a_standing_says_each_number_once() -> None:
    asked = overflow("o", "NG V-1-A", "Rice", ours=True)
    pledge = replace(pledge_of("o", "Eastside", 20), state="accepted", accepted=15)
    assert pledge_standing(pledge, asked) == "15 accepted"
    assert pledge_standing(replace(pledge, accepted=20), asked) == "accepted"
    sent = replace(pledge, state="sent")
    assert pledge_standing(sent, asked) == "on its way · 15 accepted"
    some = replace(sent, received=5)
    assert pledge_standing(some, asked) == "on its way · 15 accepted · 5 received"


def test_no_hall_and_no_time_is_cut_off_on_80_columns() -> None:
    long = {"origin": "The Hall at Far Chapel", "through": "Mill Lane School", "accepted": 15}
    night = overflow("t", "FC V-7-A", "Beds", distance=2, **long)
    for one in (night, *street().overflows.values()):
        for row in overflow_rows((one,), CLOCK):
            if row.key is None:
                continue
            for line in row.lines[1:]:
                cells = sum(cell_len(piece.text) for piece in (*line.left, *line.right))
                assert cells + EDGE + 1 + (2 if line.right else 0) <= 80

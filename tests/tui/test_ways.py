"""How far a thing has got; what a node holds is never said to be read."""

from dataclasses import replace

import pytest

from tests.tui.fake_node import pledge_of
from tests.tui.halls import overflow
from tui import ways

OURS = overflow("o", "NG V-12-K", "Meals", ours=True, distance=0)
TWO = ("Eastside", "Mill Lane")
LONG = ("The Community Hall of Upper Eastside", "Mill Lane Primary School")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "saved here only"),
        ({"held_by": 2, "reached": TWO}, "reached Eastside and Mill Lane"),
        ({"held_by": 1, "reached": ("Eastside",)}, "reached Eastside"),
        ({"held_by": 2, "reached": LONG}, "reached 2 halls"),
        ({"held_by": 1}, "reached 1 hall"),
        ({"held_by": 2, "reached": TWO, "read_by": 3}, "read at 3 halls"),
        ({"held_by": 1, "read_by": 1}, "read at 1 hall"),
        ({"held_by": 0, "read_by": 2}, "read at 2 halls, last change saved here only"),
        ({"held_by": 0, "read_by": 2, "state": "closed"}, "read at 2 halls"),
    ],
)
def test_where_ours_has_got_to(changes: dict[str, object], said: str) -> None:
    assert ways.got_to(replace(OURS, **changes)) == said  # type: ignore[arg-type]


def test_held_by_every_neighbour_is_not_read_by_anyone() -> None:
    held = replace(OURS, held_by=9, reached=TWO)
    said = (ways.got_to(held), *ways.steps(held))
    assert not any("read" in step for step in said)


def test_the_whole_way_step_by_step() -> None:
    assert ways.steps(OURS) == ("saved here only",)
    far = replace(OURS, held_by=2, reached=TWO, read_by=3, pledged=55, accepted=40, received=25)
    assert ways.steps(far) == (
        "saved here",
        "reached Eastside and Mill Lane",
        "read at 3 halls",
        "pledged 55 of 40",
        "40 of 40 accepted",
        "25 of 40 received",
    )
    surplus = replace(far, surplus=True, pledged=20, accepted=15, sent=15, received=0)
    assert ways.steps(surplus)[3:] == (
        "asked for 20 of 40",
        "15 of 40 accepted",
        "15 of 40 on its way",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pledged": 25}, "pledged 25 of 40"),
        ({"pledged": 25, "surplus": True}, "asked for 25 of 40"),
        ({"pledged": 25, "accepted": 15}, "15 of 40 accepted"),
        ({"pledged": 25, "accepted": 15, "received": 5}, "5 of 40 received"),
        ({"accepted": 15, "sent": 10, "surplus": True}, "10 of 40 on its way"),
        ({}, ""),
    ],
)
def test_the_furthest_number_stands_beside_it(changes: dict[str, object], said: str) -> None:
    assert ways.so_far(replace(OURS, **changes)) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "reached", "said"),
    [
        ("offered", (), "saved here only"),
        ("offered", TWO, "reached Eastside and Mill Lane"),
        ("accepted", (), ""),
        ("accepted", TWO, ""),
        ("sent", (), "last change saved here only"),
        ("sent", TWO, ""),
    ],
)
def test_where_our_pledge_has_got_to(state: str, reached: tuple[str, ...], said: str) -> None:
    mine = replace(pledge_of("o", "Northgate", 5, ours=True), state=state, reached=reached)
    assert ways.pledge_got_to(mine) == said
    assert ways.pledge_got_to(replace(mine, ours=False)) == ""


def test_a_hall_further_away_is_named_with_the_way_to_it() -> None:
    far = overflow("t", "ML V-1-A", "Beds", origin="Mill Lane", through="Eastside", distance=2)
    assert ways.whence(far) == "from Mill Lane, through Eastside"
    assert ways.origin(far) == "Mill Lane, through Eastside, 2 halls away"
    assert ways.origin(replace(far, through="", distance=1)) == "Mill Lane"


def test_a_hall_to_which_no_way_is_known_is_not_said_to_be_next_door() -> None:
    lost = overflow("t", "ML V-1-A", "Beds", origin="Mill Lane", distance=None)
    assert ways.whence(lost) == "from Mill Lane, no way to it is known now"
    assert ways.origin(lost) == "Mill Lane, no way to it is known now"

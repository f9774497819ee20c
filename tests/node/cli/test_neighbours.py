"""The list of neighbours says what waits for whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.answers.neighbours import INVITE_HOURS, INVITE_HOURS_MAX
from node.api.requests import ListNeighbours
from node.api.views import WaitingView
from node.desk.passing import HOURS_MAX
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import EASTSIDE, FakeHouse


@pytest.mark.parametrize(
    ("waiting", "refs", "told"),
    [
        (
            3,
            (WaitingView("NG V-12-K"), WaitingView("ES P-3-K", details=True)),
            "3: NG V-12-K, details for ES P-3-K",
        ),
        (2, (), "2"),
        (9, tuple(map(WaitingView, "ABCD")), "9: A, B, C …"),
    ],
)
def test_what_waits_is_named(
    hallway: Hallway, house: FakeHouse, waiting: int, refs: tuple[WaitingView, ...], told: str
) -> None:
    away = replace(EASTSIDE, state="away", path=None, waiting=waiting, waiting_for=refs)
    house.answers[ListNeighbours] = (away,)
    assert hallway("neighbour", "list").out.splitlines()[1].endswith(told)
    document = hallway("neighbour", "list", "--json").document
    assert isinstance(document, list)
    told_apart = [{"ref": each.ref, "details": each.details} for each in refs]
    assert document[0]["waiting_for"] == told_apart


def test_help_says_how_long_a_code_may_be_good(hallway: Hallway) -> None:
    told = " ".join(hallway("neighbour", "invite", "--help").out.split())
    assert f"at most {INVITE_HOURS_MAX}, else {INVITE_HOURS:g}" in told
    assert f"at most {HOURS_MAX}" in " ".join(hallway("pass", "--help").out.split())


def test_a_hall_that_contradicts_itself_is_marked_in_words(
    hallway: Hallway, house: FakeHouse
) -> None:
    house.answers[ListNeighbours] = (
        EASTSIDE,
        replace(EASTSIDE, name="Mill Lane", group_id="mill-id", contradicts=True),
    )
    _head, east, mill = hallway("neighbour", "list").out.splitlines()
    assert "contradicts" not in east
    assert "linked, contradicts itself" in mill
    document = hallway("neighbour", "list", "--json").document
    assert isinstance(document, list)
    assert [(each["state"], each["contradicts"]) for each in document] == [
        ("linked", False),
        ("linked", True),
    ]

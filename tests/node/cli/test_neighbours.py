"""The list of neighbours says what waits for whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.answers.neighbours import INVITE_HOURS, INVITE_HOURS_MAX
from node.api.requests import ListNeighbours, RemoveNeighbour
from node.api.views import WaitingView
from node.desk.passing import HOURS_MAX
from node.refusal import Why
from node.wording import sentence
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import CODE, EASTSIDE, FakeHouse


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


MISTYPED = ("0" if CODE[0] != "0" else "1") + CODE[1:]
HOURS = "“{}” is not a number of hours here: give more than 0 and at most 72.\n"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["invite", "--for", "73"], HOURS.format("73")),
        (["invite", "--for", "nan"], HOURS.format("nan")),
        (["join", "ABCDE-FGHJK"], sentence(Why.CODE_UNREADABLE, {}) + "\n"),
        (["join", *CODE.split("-")[:-1]], sentence(Why.CODE_UNREADABLE, {}) + "\n"),
        (["join", MISTYPED], sentence(Why.CODE_MISTYPED, {"group": 1}) + "\n"),
    ],
)
def test_what_cannot_be_starts_no_node(
    hallway: Hallway, house: FakeHouse, typed: list[str], told: str
) -> None:
    ran = hallway("neighbour", *typed)
    assert (ran.code, ran.out, ran.err) == (1, "", told)
    assert (house.done, house.asked) == ([], [])


def test_an_id_stands_beside_names_that_collide_and_there_alone(
    hallway: Hallway, house: FakeHouse
) -> None:
    other = replace(EASTSIDE, group_id="k3f9wxyz", name="EastSide")
    mill = replace(EASTSIDE, group_id="k3f9mmmm", name="Mill Lane")
    house.answers[ListNeighbours] = (EASTSIDE, other, mill)
    _head, *rows = hallway("neighbour", "list").out.splitlines()
    assert [row.split("  ")[0] for row in rows] == [
        "Eastside (east)",
        "EastSide (k3f9w)",
        "Mill Lane",
    ]
    document = hallway("neighbour", "list", "--json").document
    assert isinstance(document, list)
    assert [each["name"] for each in document] == ["Eastside", "EastSide", "Mill Lane"]


def test_the_id_beside_a_name_says_which_is_meant(hallway: Hallway, house: FakeHouse) -> None:
    other = replace(EASTSIDE, group_id="k3f9wxyz")
    house.answers[ListNeighbours] = (EASTSIDE, other)
    refused = hallway("neighbour", "remove", "Eastside", "--yes")
    assert (refused.code, refused.out) == (1, "")
    assert "the id that “hallway neighbour list” shows beside the name" in refused.err
    for typed in (["k3f9"], ["K3F9W"], ["Eastside", "(k3f9)"], ["eastside", "k3f9"]):
        house.asked.clear()
        ran = hallway("neighbour", "remove", *typed, "--yes")
        assert house.asked == [ListNeighbours(), RemoveNeighbour("k3f9wxyz")]
        assert "Eastside (k3f9)" in ran.out

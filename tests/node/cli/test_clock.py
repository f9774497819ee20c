"""`hallway clock` shows the time with who vouches for it, and tells the node a watch's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.api.requests import ShowClock, Status, TellTime
from node.api.views import Number
from node.refusal import Refused, Why
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import CLOCK, STATUS, FakeHouse


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


def test_without_words_it_shows(hallway: Hallway, house: FakeHouse) -> None:
    ran = hallway("clock")
    assert ran.out.splitlines() == [
        "time            Sat 31 May 2031 18:30",
        "vouched for by  this machine's time synchronisation",
    ]
    assert house.asked == [ShowClock()]


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        (["19:42"], "19:42"),
        (["2031-05-31", "19:42"], "2031-05-31 19:42"),
        (["7:42", "pm"], "7:42 pm"),
        ([""], ""),
    ],
)
def test_with_words_it_tells(
    hallway: Hallway, house: FakeHouse, words: list[str], typed: str
) -> None:
    ran = hallway("clock", *words)
    assert ran.out.splitlines()[1] == "vouched for by  a person here"
    assert house.asked == [TellTime(typed)]


def test_where_nobody_vouches_it_says_what_to_do(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[ShowClock] = replace(CLOCK, trusted=False, by="nobody")
    out = hallway("clock").out
    assert "vouched for by  nobody" in out
    assert out.endswith("type: hallway clock HH:MM\n")


@pytest.mark.parametrize(
    ("count", "ahead_s", "told"),
    [
        (1, 720, "12 minutes later, says 1 neighbour"),
        (2, -3600.5, "1 hour earlier, by the middle one of 2 neighbours"),
        (3, 59.4, "the same, by the middle one of 3 neighbours"),
        (3, -60, "1 minute earlier, by the middle one of 3 neighbours"),
        (3, 400 * 86_400, "400 days later, by the middle one of 3 neighbours"),
    ],
)
def test_what_neighbours_say_is_shown_beside_it(
    hallway: Hallway, house: FakeHouse, count: int, ahead_s: Number, told: str
) -> None:
    house.answers[ShowClock] = replace(CLOCK, neighbours=count, ahead_s=ahead_s)
    assert hallway("clock").out.splitlines()[2] == f"neighbours say  {told}"


def test_as_json(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[ShowClock] = replace(CLOCK, neighbours=3, ahead_s=1.5)
    assert hallway("clock", "--json").document == {
        "now": "2031-05-31T18:30:00Z",
        "trusted": True,
        "by": "synchronised",
        "neighbours": 3,
        "ahead_s": 1.5,
    }


def test_a_refusal_is_one_sentence(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[TellTime] = Refused(Why.CLOCK_UNREADABLE, given="soon")
    ran = hallway("clock", "soon", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("“soon” is not what a watch shows")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("by", "told"),
    [("synchronised", "this machine's time synchronisation"), ("nobody", "nobody")],
)
def test_status_says_it_as_well(hallway: Hallway, house: FakeHouse, by: str, told: str) -> None:
    house.answers[Status] = replace(STATUS, time_by=by)
    assert f"Sat 31 May 2031 18:30, vouched for by {told}\n" in hallway("status").out

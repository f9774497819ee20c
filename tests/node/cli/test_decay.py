"""`hallway round`: whom to ask, and what they said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.api.decay import CallView, ListRound, RoundView, SayGone, SayStill
from node.api.requests import Status
from node.api.views import Kind
from node.refusal import Refused, Why
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import EVENING_MS, STATUS, FakeHouse

CALL = CallView(
    kind=Kind.NEED,
    ref="N-417-K",
    state="open",
    waiting_since_ms=EVENING_MS,
    category="FOD",
    text="Hot meals",
    qty=40,
    unit="meal",
    contact="Ana, 555 0100",
    ring="after 5pm",
)


@pytest.fixture(autouse=True)
def answers(house: FakeHouse) -> None:
    house.answers[ListRound] = RoundView((CALL,), 0)
    house.answers[SayStill] = CALL
    house.answers[SayGone] = replace(CALL, state="closed", because="no longer needed")


def test_whom_to_ask(hallway: Hallway) -> None:
    ran = hallway("round")
    assert ran.code == 0
    for told in ("N-417-K", "40 meals, Hot meals", "Ana, 555 0100", "after 5pm", "--still"):
        assert told in ran.out
    call = hallway("round", "--json").document[0]  # type: ignore[index]
    assert (call["ref"], call["waiting_since"]) == ("N-417-K", "2031-05-31T18:30:00Z")


def test_nobody_to_ask(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[ListRound] = RoundView((), 0)
    assert hallway("round").out == "There is nobody to ask now.\n"
    assert hallway("round", "--json").document == []


def test_quiet_people_are_counted(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[ListRound] = RoundView((), 2)
    assert "2 more are of quiet people" in hallway("round").out
    assert hallway("round", "--json").document == []


@pytest.mark.parametrize("typed", ["round N 417 K --still", "round --still n-417-k"])
def test_still_needed(hallway: Hallway, house: FakeHouse, typed: str) -> None:
    ran = hallway(*typed.split(), "--json")
    assert ran.document["waiting_since"] == "2031-05-31T18:30:00Z"  # type: ignore[index]
    assert isinstance(house.asked[-1], SayStill)
    assert "still needed" in hallway(*typed.split()).out


def test_gone(hallway: Hallway, house: FakeHouse) -> None:
    assert hallway("round", "N-417-K", "--gone").out == "Closed N-417-K: no longer needed.\n"
    house.answers[SayGone] = replace(CALL, because="withdrawn", also_changed=("NG V-12-K",))
    assert "NG V-12-K" in hallway("round", "N-417-K", "--gone").out


@pytest.mark.parametrize(
    "typed", ["round N-417-K", "round N-417-K --still --gone", "round --still", "round --gone"]
)
def test_what_says_too_little_or_too_much_is_misuse(
    hallway: Hallway, house: FakeHouse, typed: str
) -> None:
    ran = hallway(*typed.split())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert house.asked == []


def test_a_refusal_is_a_sentence(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[SayStill] = Refused(Why.IS_CLOSED, ref="N-417-K")
    ran = hallway("round", "N-417-K", "--still")
    assert (ran.code, ran.out) == (1, "")
    assert "N-417-K is closed" in ran.err


def test_what_a_person_said_stays_in_its_cell(hallway: Hallway, house: FakeHouse) -> None:
    odd = replace(CALL, text="meals\x1b[2J\nN-1-B", contact="\u202ex")
    house.answers[ListRound] = RoundView((odd,), 0)
    out = hallway("round").out
    assert len(out.splitlines()) == 3
    assert not {"\x1b", "\u202e"} & set(out)


def test_the_status_says_that_there_is_somebody_to_ask(hallway: Hallway, house: FakeHouse) -> None:
    assert "hallway round" not in hallway("status").out
    house.answers[Status] = replace(STATUS, to_ask=3)
    assert "to ask" in hallway("status").out
    assert hallway("status", "--json").document["to_ask"] == 3  # type: ignore[index]

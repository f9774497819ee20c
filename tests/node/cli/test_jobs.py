"""`hallway job`: what is asked of the node, and what is told of a trip."""

from __future__ import annotations

import pytest

from node.api.matches import (
    JobStep,
    JobView,
    Leg,
    ListJobs,
    MoveJob,
    Place,
    PlanJob,
    ShowJob,
)
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import EVENING_MS, FakeHouse

GIVER = Place(
    "O-210-M", "Soup\x1b[2J", "South", "Rosa", "", "", "", "", "", "no stairs", quiet=False
)
RECEIVER = Place(
    "N-417-K", "Hot meals", "", "", "", "through the school", "", "", "", "", quiet=True
)
LEG = Leg("M-1-G", "agreed", 25, 25, "meal", "FOD", GIVER, RECEIVER)
JOB = JobView(
    "J-1-H", "planned", ("M-1-G",), "Sam\x07", EVENING_MS, "ring first", EVENING_MS, "AK", (LEG,)
)


@pytest.fixture(autouse=True)
def answers(house: FakeHouse) -> None:
    house.answers |= {PlanJob: JOB, ListJobs: (JOB,), ShowJob: JOB, MoveJob: JOB}


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("job", ListJobs()),
        ("job --all", ListJobs(ended=True)),
        ("job J-1-H", ShowJob("J-1-H")),
        ("job j 1 h --started", MoveJob("j 1 h", JobStep.STARTED)),
        ("job J-1-H --done", MoveJob("J-1-H", JobStep.DONE)),
        ("job J-1-H --cancelled", MoveJob("J-1-H", JobStep.CANCELLED)),
        ("job J-1-X --done", MoveJob("J-1-X", JobStep.DONE)),
        ("job M-1-G m 2 j", PlanJob(("M-1-G", "m 2 j"))),
        (
            "job M-1-G --who Sam --at 20:00 --note ring",
            PlanJob(("M-1-G",), "Sam", "20:00", "ring"),
        ),
    ],
)
def test_what_is_typed_is_asked(
    hallway: Hallway, house: FakeHouse, typed: str, asked: object
) -> None:
    ran = hallway(*typed.split())
    assert (ran.code, ran.err) == (0, "")
    assert house.asked == [asked]


@pytest.mark.parametrize(
    "typed",
    [
        "job --started",
        "job J-1-H J-2-K",
        "job J-1-H --started --done",
        "job J-1-H --who Sam",
        "job --note ring",
        "job M-1-G --started",
        "job M-1-G --all",
    ],
)
def test_what_does_not_go_together_is_one_sentence(
    hallway: Hallway, house: FakeHouse, typed: str
) -> None:
    ran = hallway(*typed.split())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert "{" not in ran.err
    assert house.asked == []


def test_a_trip_is_told_from_door_to_door(hallway: Hallway) -> None:
    out = hallway("job", "J-1-H").out
    for told in ("Sam", "ring first", "M-1-G: 25 meals, FOD, agreed", "Rosa", "no stairs"):
        assert told in out
    assert "only in these ways: through the school" in out
    assert out.index("O-210-M") < out.index("N-417-K")
    assert not set("\x1b\x07") & set(out)


def test_without_a_safe_way_the_slip_says_to_ask_the_desk(
    hallway: Hallway, house: FakeHouse
) -> None:
    bare = Place("N-417-K", "Hot meals", "", "", "", "", "", "", "", "", quiet=True)
    leg = Leg("M-1-G", "agreed", 25, 25, "meal", "FOD", GIVER, bare)
    house.answers[ShowJob] = JobView("J-1-H", "planned", (), "", None, "", 0, "", (leg,))
    assert "ask the desk" in hallway("job", "J-1-H").out


def test_documents_are_a_list_or_one_trip(hallway: Hallway) -> None:
    listed_all = hallway("job", "--json").document
    assert isinstance(listed_all, list)
    listed = listed_all[0]
    assert (listed["ref"], listed["state"], listed["at"]) == (
        "J-1-H",
        "planned",
        "2031-05-31T18:30:00Z",
    )
    shown = hallway("job", "J-1-H", "--json").document
    assert isinstance(shown, dict)
    assert shown["legs"][0]["giver"]["contact"] == "Rosa"


def test_what_is_empty_says_what_to_do_next(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[ListJobs] = ()
    assert "hallway job MATCH" in hallway("job").out

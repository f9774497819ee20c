"""`hallway match`, `suggest` and `handover`: what is asked of the node, and what is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.answers import matches as node_side
from node.api.matches import (
    Excess,
    HandOver,
    HandOverView,
    ListMatches,
    MakeMatch,
    MatchView,
    MoveMatch,
    ShowMatch,
    Step,
    Suggest,
)
from node.api.requests import AddEntry
from node.api.views import Candidate
from node.cli import matches
from node.cli.matches import kind_of, references_in
from node.desk.references import Kind
from node.refusal import Refused, Why
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import EVENING_MS, NEED, FakeHouse

MATCH = MatchView(
    ref="M-1-G",
    state="agreed",
    need="N-417-K",
    offer="O-210-M",
    qty=25.0,
    unit="meal",
    moved=10,
    until_ms=EVENING_MS,
    category="FOD",
    need_text="Hot meals",
    offer_text="Soup\x1b[2J",
    created_ms=EVENING_MS,
    initials="AK",
    jobs=("J-1-H",),
)
CANDIDATE = Candidate(
    "O-210-M", "Soup\x1b[2J", ("limits: no stairs\x1b[2J", "same zone"), 87, 25, "meal", "North"
)
MOVED = HandOverView("N-417-K", "closed", 40, 40, "meal", "met", ("M-1-G",), ("M-2-J",))


@pytest.fixture(autouse=True)
def answers(house: FakeHouse) -> None:
    house.answers |= {
        Suggest: (CANDIDATE,),
        MakeMatch: MATCH,
        MoveMatch: replace(MATCH, state="under way", until_ms=None),
        ShowMatch: MATCH,
        ListMatches: (MATCH,),
        HandOver: MOVED,
    }


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("match", ListMatches()),
        ("match --all", ListMatches(ended=True)),
        ("match N-417-K", ListMatches("N-417-K")),
        ("match o 210 m --all", ListMatches("o 210 m", ended=True)),
        ("match M-1-G", ShowMatch("M-1-G")),
        ("match N-417-K O-210-M", MakeMatch("N-417-K", "O-210-M")),
        ("match n 417 k o210m --qty 25", MakeMatch("n 417 k", "o210m", "25")),
        (
            "match O-210-M N-417-K --asked --for 2",
            MakeMatch("O-210-M", "N-417-K", asked=True, hours="2"),
        ),
        ("match M-1-G --agreed --for 48", MoveMatch("M-1-G", Step.AGREED, "48")),
        ("match M-1-G --started", MoveMatch("M-1-G", Step.STARTED)),
        ("match M-1-G --declined", MoveMatch("M-1-G", Step.DECLINED)),
        ("match M-1-G --confirmed", MoveMatch("M-1-G", Step.CONFIRMED)),
        ("match m 1 g --fell-through", MoveMatch("m 1 g", Step.FELL_THROUGH)),
        ("suggest n 417 k", Suggest("n 417 k")),
        ("handover N-417-K --qty 25", HandOver("N-417-K", "25")),
        ("handover m 1 g --qty 2 --back", HandOver("m 1 g", "2", back=True)),
        ("handover M-1-G", HandOver("M-1-G")),
        ("handover J-1-H", HandOver("J-1-H")),
        ("handover M-1-G --at 14:30", HandOver("M-1-G", at="14:30")),
        # What is no reference, or has a wrong character in it, is for the node to say.
        ("match meals", ShowMatch("meals")),
        ("match M-1-X --started", MoveMatch("M-1-X", Step.STARTED)),
        ("handover J-1-X", HandOver("J-1-X")),
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
        "match --started",
        "match N-417-K O-210-M M-1-G",
        "match N-417-K O-210-M --started",
        "match N-417-K O-210-M --all",
        "match M-1-G --started --declined",
        "match M-1-G --qty 2",
        "match M-1-G --started --qty 2",
        "match M-1-G --agreed --asked",
        "match --for 2",
        "handover N-417-K",
        "handover o210m --back",
        "suggest",
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


def test_an_empty_value_never_means_that_nothing_was_said(
    hallway: Hallway, house: FakeHouse
) -> None:
    for typed in (["--qty", ""], ["--for", " "]):
        assert hallway("match", "N-417-K", "O-210-M", *typed).code == 1
    assert hallway("handover", "M-1-G", "--at", "").code == 1
    assert house.asked == []


def test_documents_have_what_the_page_promises(hallway: Hallway) -> None:
    told = hallway("match", "N-417-K", "O-210-M", "--json").document
    assert isinstance(told, dict)
    assert {name: told[name] for name in ("ref", "state", "qty", "moved", "until")} == {
        "ref": "M-1-G",
        "state": "agreed",
        "qty": 25,
        "moved": 10,
        "until": "2031-05-31T18:30:00Z",
    }
    suggested = hallway("suggest", "N-417-K", "--json").document
    assert isinstance(suggested, list)
    candidate = suggested[0]
    assert (candidate["ref"], candidate["score"]) == ("O-210-M", 87)
    assert candidate["because"][1] == "same zone"
    moved = hallway("handover", "N-417-K", "--qty", "1", "--json").document
    assert isinstance(moved, dict)
    assert (moved["ref"], moved["state"], moved["received"], moved["because"]) == (
        "N-417-K",
        "closed",
        40,
        "met",
    )


@pytest.mark.parametrize(
    "typed", ["match", "match M-1-G", "match N-417-K O-210-M", "suggest N-417-K"]
)
def test_what_others_wrote_is_shown_as_text(hallway: Hallway, typed: str) -> None:
    out = hallway(*typed.split()).out
    assert not set("\x1b\x07") & set(out)


def test_people_are_told_until_when_it_waits_and_what_is_free(
    hallway: Hallway, house: FakeHouse
) -> None:
    made = hallway("match", "N-417-K", "O-210-M").out
    assert "M-1-G: 25 meals of O-210-M for N-417-K, agreed." in made
    assert "Free again" in made
    assert "Free again" not in hallway("match", "M-1-G", "--started").out
    house.answers[MakeMatch] = replace(MATCH, state="asked")
    assert "nothing is reserved" in hallway("match", "N-417-K", "O-210-M", "--asked").out
    moved = hallway("handover", "N-417-K", "--qty", "40").out
    assert "40 of 40 meals" in moved
    assert "closed (met)" in moved
    assert "M-2-J" in moved
    house.answers[HandOver] = HandOverView("J-1-H", "done", None, None, "")
    assert hallway("handover", "J-1-H").out == "J-1-H: all of it handed over, done.\n"


def test_more_than_was_asked_for_is_said_in_one_clause(hallway: Hallway, house: FakeHouse) -> None:
    typed = ("handover", "N-417-K", "--qty", "1000")
    assert "more than" not in hallway(*typed).out
    more = (Excess("N-417-K\x1b[2J", 960, "meal"),)
    house.answers[HandOver] = replace(MOVED, received=1000, excess=more, also_changed=())
    first, second = hallway(*typed).out.splitlines()
    assert first == "N-417-K: 1000 of 40 meals handed over, closed (met)."
    assert second.endswith("got 960 meals more than was asked for.")
    assert "\x1b" not in second


def test_what_is_empty_says_what_to_do_next(hallway: Hallway, house: FakeHouse) -> None:
    house.answers |= {ListMatches: (), Suggest: ()}
    assert "hallway match NEED OFFER" in hallway("match").out
    assert "hallway pass" in hallway("suggest", "N-417-K").out


def test_what_is_saved_is_followed_by_what_may_serve_it(hallway: Hallway, house: FakeHouse) -> None:
    typed = ("need", "add", "FOD", "Hot meals")
    assert "match" not in hallway(*typed).out
    house.answers[AddEntry] = replace(NEED, candidates=(CANDIDATE,))
    out = hallway(*typed).out
    assert "hallway match N-417-K" in out
    assert "O-210-M, 25 meals: Soup (limits: no stairs, same zone)" in out
    assert not set("\x1b\x07") & set(out)


def test_a_refusal_is_one_sentence(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[MoveMatch] = Refused(
        Why.MATCH_WRONG_STEP, ref="M-1-G", state="asked", choices="agreed, declined, fell through"
    )
    ran = hallway("match", "M-1-G", "--confirmed")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "M-1-G stands at “asked”: what can be said of it now is agreed, declined, fell through.\n"
    )


def test_the_longest_wait_is_the_node_s() -> None:
    assert matches.HOURS_MAX == node_side.HOURS_MAX


@pytest.mark.parametrize(
    ("words", "refs"),
    [
        ([], []),
        (["N-1-B", "O-1-C"], ["N-1-B", "O-1-C"]),
        (["n", "1", "b", "O-1-C"], ["n 1 b", "O-1-C"]),
        (["NG", "V-12-K", "m1g"], ["NG V-12-K", "m1g"]),
        (["N-1-B", "meals"], ["N-1-B", "meals"]),
        (["meals", "N-1-B"], ["meals N-1-B"]),
    ],
)
def test_references_are_found_however_they_were_typed(words: list[str], refs: list[str]) -> None:
    assert references_in(words) == refs


@pytest.mark.parametrize(
    ("ref", "kind"),
    [
        ("n1b", Kind.NEED),
        ("N-1-X", Kind.NEED),
        ("ES P-1-F", Kind.PLEDGE),
        ("J 1 H", Kind.JOB),
        ("Q-1-B", None),
        ("meals", None),
        ("", None),
    ],
)
def test_a_letter_says_the_kind_of_thing(ref: str, kind: Kind | None) -> None:
    assert kind_of(ref) is kind

"""`hallway find`, merging, and what is said of a likely duplicate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.api.finding import FOUND_MAX, Find, FoundView, Merge
from node.api.requests import AddEntry
from node.api.views import Kind, LookAlike
from node.cli.finding import PAGE
from node.refusal import Refused, Why
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import NEED, FakeHouse

ROSA = FoundView(
    "N-417-K", "need", "Hot meals", "open", "FOD", 40, "meal", "North", "Rosa 0770", danger=True
)


@pytest.fixture(autouse=True)
def answers(house: FakeHouse) -> None:
    house.answers[Find] = (ROSA,)
    house.answers[Merge] = replace(NEED, also_changed=("N-418-M",))


def test_what_is_found_is_told(hallway: Hallway, house: FakeHouse) -> None:
    ran = hallway("find", "rosa", "hot  meals")
    assert ran.code == 0
    for told in ("N-417-K !", "open", "FOD", "40 meals", "Hot meals", "North", "Rosa 0770"):
        assert told in ran.out
    assert house.asked == [Find("rosa hot  meals", count=FOUND_MAX + 1)]


def test_it_is_one_document(hallway: Hallway, house: FakeHouse) -> None:
    document = hallway("find", "rosa", "--open", "--json").document
    assert isinstance(document, list)
    [found] = document
    assert (found["ref"], found["kind"], found["text"]) == ("N-417-K", "need", "Hot meals")
    assert house.asked == [Find("rosa", closed=False, count=FOUND_MAX + 1)]
    house.answers[Find] = ()
    assert hallway("find", "nobody", "--json").document == []


def test_nothing_found_says_so_and_names_a_wrong_character(
    hallway: Hallway, house: FakeHouse
) -> None:
    house.answers[Find] = ()
    assert hallway("find", "no", "body").out == "Nothing here has “no body”.\n"
    assert "wrong character" in hallway("find", "n417l").out
    assert "wrong character" not in hallway("find", "n417k").out


def test_more_than_fits_says_so(hallway: Hallway, house: FakeHouse) -> None:
    many = tuple(replace(ROSA, ref=f"N-{n}-K") for n in range(FOUND_MAX))
    house.answers[Find] = many
    assert "--all" not in hallway("find", "hot").out
    house.answers[Find] = (*many, ROSA)
    ran = hallway("find", "hot")
    assert "--all" in ran.out
    assert "N-417-K" not in ran.out


def test_all_of_it_is_asked_for_in_parts(hallway: Hallway, house: FakeHouse) -> None:
    assert hallway("find", "rosa", "--all").code == 0
    assert house.asked == [Find("rosa", count=PAGE)]


def test_what_cannot_be_looked_for_is_one_sentence(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[Find] = Refused(Why.FIND_EMPTY)
    ran = hallway("find", "")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)


def test_two_are_made_one(hallway: Hallway, house: FakeHouse) -> None:
    ran = hallway("need", "merge", "N-418-M", "N-417-K")
    assert ran.code == 0
    assert "N-418-M as a duplicate of N-417-K" in ran.out
    hallway("offer", "merge", "O-2-E", "O-1-C")
    assert house.asked == [
        Merge(Kind.NEED, "N-418-M", "N-417-K"),
        Merge(Kind.OFFER, "O-2-E", "O-1-C"),
    ]


def test_a_likely_duplicate_is_told_with_what_to_do(hallway: Hallway, house: FakeHouse) -> None:
    alike = LookAlike("N-12-D", "Hot \x1b[31mmeals", ("same phone", "same words"), 85)
    house.answers[AddEntry] = replace(NEED, looks_like=(alike,))
    lines = hallway("need", "add", "FOD", "meals").out.splitlines()
    assert lines[1:] == [
        "It looks like N-12-D (same phone, same words): Hot meals",
        "If they are the same: hallway need merge N-417-K N-12-D",
    ]

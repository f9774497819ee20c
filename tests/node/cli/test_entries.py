"""Needs and offers by command: what is said besides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.api.finding import Merge
from node.api.requests import (
    AddEntry,
    CloseEntry,
    EditEntry,
    ListEntries,
    OpenEntry,
    ReadEntry,
)
from node.api.views import Kind, Promise
from node.clock import system_clock
from protocol.limits import DAY_MS
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import NEED, FakeHouse


@pytest.mark.parametrize(
    "typed",
    ["need close N-417-K --because met", "offer close O-210-M --because withdrawn"],
)
def test_what_changed_along_with_it_is_named(
    hallway: Hallway, house: FakeHouse, typed: str
) -> None:
    assert "Changed with it" not in hallway(*typed.split()).out
    house.answers[CloseEntry] = replace(NEED, also_changed=("NG V-12-K", "NG V-13-L"))
    assert "NG V-12-K, NG V-13-L" in hallway(*typed.split()).out


def test_a_consent_that_ends_is_said(hallway: Hallway, house: FakeHouse) -> None:
    edit = ("need", "edit", "N-417-K", "--contact", "Ana")
    assert "ask again" not in hallway(*edit).out
    house.answers[EditEntry] = replace(NEED, consent_ended=True, also_changed=("NG V-12-K",))
    told = hallway(*edit).out
    assert "hallway need edit N-417-K --consent TEXT" in told
    assert "sealed for NG V-12-K is erased" in told


def test_an_edit_that_closes_says_so(hallway: Hallway, house: FakeHouse) -> None:
    edit = ("need", "edit", "N-417-K", "--qty", "5")
    assert "Closed" not in hallway(*edit).out
    house.answers[EditEntry] = replace(NEED, qty=5, state="closed", because="met")
    assert "Closed N-417-K: met." in hallway(*edit).out


def test_what_is_matched_beyond_an_edit_is_said_with_how_to_let_go(
    hallway: Hallway, house: FakeHouse
) -> None:
    edit = ("need", "edit", "N-417-K", "--qty", "20")
    assert "hallway match" not in hallway(*edit).out
    promises = (Promise("M-2-J", "agreed", 10), Promise("M-1-G", "under way", 15.5))
    house.answers[EditEntry] = replace(NEED, qty=20, to_let_go=promises, overmatched=5.5)
    assert hallway(*edit).out.splitlines()[1:] == [
        "Still to come by its matches: 25.5 meals, and that is 5.5 meals more than is asked for"
        " now. To let one go: hallway match M-2-J --fell-through",
        "  M-2-J, 10 meals, agreed",
        "  M-1-G, 15.5 meals, under way",
    ]


@pytest.mark.parametrize("days", [-1, 1, 7_000])
def test_today_is_what_the_hall_goes_by(hallway: Hallway, house: FakeHouse, days: int) -> None:
    house.ahead_ms = days * DAY_MS
    house.answers[ListEntries] = (replace(NEED, by_ms=system_clock() + house.ahead_ms),)
    assert "today" in hallway("need", "list").out
    house.ahead_ms = 0
    assert "today" not in hallway("need", "list").out


@pytest.mark.parametrize(
    ("typed", "request_type"),
    [
        ("need add FOD meals", AddEntry),
        ("need edit N-417-K --contact Ana", EditEntry),
        ("need open N-417-K", OpenEntry),
        ("need merge N-12-D N-417-K", Merge),
    ],
)
def test_what_became_of_a_quiet_mark_is_said(
    hallway: Hallway, house: FakeHouse, typed: str, request_type: type
) -> None:
    assert "quiet" not in hallway(*typed.split()).out
    house.answers[request_type] = replace(NEED, quiet_like="N-12-D", also_quiet=("N-1-B", "O-1-C"))
    told = hallway(*typed.split()).out
    assert "N-417-K is quiet, like N-12-D" in told
    assert "hallway need edit N-417-K --no-quiet" in told
    assert "quiet now as well: N-1-B, O-1-C. If that is wrong: edit each with --no-quiet" in told
    house.answers[request_type] = replace(NEED, still_quiet=("N-1-B",))
    assert "still quiet: N-1-B." in hallway(*typed.split()).out


def test_what_was_not_said_is_asked_for(hallway: Hallway, house: FakeHouse) -> None:
    assert "Not said" not in hallway("need", "add", "FOD", "meals").out
    house.answers[AddEntry] = replace(NEED, missing=("zone", "contact"))
    told = hallway("need", "add", "FOD", "meals").out
    assert "Not said: zone and contact." in told
    assert "hallway need edit N-417-K --zone … --contact …" in told


def test_an_offer_gives_and_says_its_end_once(hallway: Hallway, house: FakeHouse) -> None:
    offer = replace(NEED, kind=Kind.OFFER, ref="O-12-D", state="used up", because="used up")
    house.answers |= {ListEntries: (offer,), ReadEntry: offer}
    listed, shown = hallway("offer", "list", "--all").out, hallway("offer", "show", "O-12-D").out
    assert "GIVEN" in listed
    assert "given     25 of 40" in shown
    assert "used up (" not in listed + shown

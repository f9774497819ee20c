"""Needs and offers by command: what is said besides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.api.requests import AddEntry, CloseEntry, EditEntry, ListEntries, ReadEntry
from node.api.views import Kind
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

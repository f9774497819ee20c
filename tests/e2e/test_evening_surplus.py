"""The other way round: Northgate gives away, Eastside and Mill Lane ask for it and receive it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pytest

from tests.e2e.evening import (
    EAST,
    MILL,
    NORTH,
    Town,
    pledges_of,
    town,
    until_closed,
    until_pledge,
)
from tests.e2e.job import until_shown

pytestmark = pytest.mark.e2e

GIVEN: Final = 12
TAKEN: Final = {EAST: 8, MILL: 4}
WORDS: Final = "camp beds with blankets"
DETAILS: Final = {EAST: "yard gate until 20:00", MILL: "ramp behind the stage, 20:30"}


class Given(NamedTuple):
    """`said` by what was done; then the surplus at each of the three, half-way and at the end."""

    four: Town
    said: dict[str, Any]
    moving: dict[str, Any]
    over: dict[str, Any]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
    with town(tmp_path_factory.mktemp("town")) as four:
        said = offer(four)
        surplus = said["pass"]["id"]
        for name in TAKEN:
            for hall in four[:3]:
                until_pledge(hall, surplus, name, "accepted")
        moving = shown(four, surplus)
        said |= move(four, said)
        until_closed(four, surplus)
        yield Given(four, said, moving, shown(four, surplus))


def offer(four: Town) -> dict[str, Any]:
    """Up to where both halls know that they get what they asked for."""
    north = four.north
    added = north.json("offer", "add", "CLO", WORDS, "--qty", str(GIVEN), "--unit", "each")
    said = {"offer add": added, "pass": north.json("pass", added["ref"], "--yes")}
    surplus = said["pass"]["id"]
    for hall in (four.east, four.mill):
        until_shown(hall, surplus, lambda each: each.surplus and each.qty == GIVEN)
        taken = ("--qty", str(TAKEN[hall.name]))
        said[f"{hall.name} pledges"] = hall.json("pledge", surplus, *taken)
    for name in TAKEN:
        until_pledge(north, surplus, name, "offered")
        pledge = said[f"{name} pledges"]["id"]
        sealed = ("--details", DETAILS[name], "--yes")
        said[f"{name} accepted"] = north.json("accept", pledge, *sealed)
    return said


def move(four: Town, said: dict[str, Any]) -> dict[str, Any]:
    """The origin sends, and each of the two says what it received."""
    surplus, moved = said["pass"]["id"], {}
    for hall in (four.east, four.mill):
        pledge = said[f"{hall.name} pledges"]["id"]
        moved[f"sent to {hall.name}"] = four.north.json("sent", pledge)
        until_pledge(hall, surplus, hall.name, "sent")
        came = ("--qty", str(TAKEN[hall.name]), "--condition", "dry")
        moved[f"{hall.name} received"] = hall.json("receive", pledge, *came)
    return moved


def shown(four: Town, surplus: str) -> dict[str, Any]:
    return {hall.name: hall.json("overflow", "show", surplus) for hall in four[:3]}


def test_each_step_says_how_far_it_came(given: Given) -> None:
    said = given.said
    assert (said["offer add"]["state"], said["pass"]["state"]) == ("available", "open")
    for name, qty in TAKEN.items():
        assert said[f"{name} pledges"]["state"] == "offered"
        accepted = said[f"{name} accepted"]
        assert (accepted["state"], accepted["accepted"]) == ("accepted", qty)
        sent = said[f"sent to {name}"]
        assert (sent["state"], sent["received"]) == ("sent", 0)
        received = said[f"{name} received"]
        assert (received["state"], received["received"]) == ("received", qty)


def test_details_say_where_to_fetch_it_to_the_one_hall_each(given: Given) -> None:
    details = {
        (hall, pledge["by"]): pledge["details"]
        for hall, surplus in given.moving.items()
        for pledge in surplus["pledges"]
    }
    opened = {each: text for each, text in details.items() if text is not None}
    assert opened == {(name, name): DETAILS[name] for name in TAKEN}


def test_the_surplus_is_closed_because_received_at_all_three(given: Given) -> None:
    for name in (NORTH, EAST, MILL):
        surplus = given.over[name]
        assert surplus["surplus"]
        assert (surplus["state"], surplus["because"]) == ("closed", "received")
        assert (surplus["qty"], surplus["accepted"], surplus["received"]) == (GIVEN, GIVEN, GIVEN)
        assert pledges_of(surplus) == {
            name: ("received", qty, qty, qty) for name, qty in TAKEN.items()
        }
        assert {each["condition"] for each in surplus["pledges"]} == {"dry"}


def test_the_offer_is_used_up(given: Given) -> None:
    (offered,) = given.four.north.json("offer", "list", "--all")
    assert offered["state"] == "used up"
    assert given.four.north.json("offer", "list") == []


def test_far_chapel_saw_nothing_of_it(given: Given) -> None:
    assert given.four.chapel.json("overflow", "list") == []

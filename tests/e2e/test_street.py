"""Halls in houses of their own on one street: IPv4 and multicast, no gateway, no name service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tests.e2e.halls import Hall, until_linked
from tests.e2e.job import ASKED, DETAILS, PLEDGED, WORDS, until_pledge, until_shown
from tests.e2e.marks import found_in, found_under
from tests.e2e.namespaces import House, Street, ip

pytestmark = pytest.mark.e2e

NORTH, EAST = "Northgate Hall", "Eastside Centre"

SEEN_S: Final = 5.0
"""Seconds from passing a need on to its standing on the neighbour's list: asked of the product."""

FOUND_S: Final = 40.0
"""Seconds until neighbours have found each other where they did not expect it. A link whose
address went away is noticed by its heartbeat, after 22 s at the latest."""

PRIVATE: Final = {
    "name": "Zuleika",
    "phone": "07700 900417",
    "note": "Vexilblum",
    "zone": "Thornwhistle",
    "initials": "Quoxwimbley",
}
"""Words that are nowhere by chance."""

NAMES: Final = {"north": NORTH, "east": EAST}


class Neighbours(NamedTuple):
    """Two halls, each in its house."""

    north: Hall
    east: Hall
    houses: tuple[House, House]


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with Street(tmp_path) as street:
        yield street


def build(street: Street) -> Neighbours:
    """Two halls whose nodes do not run yet and that know nothing of each other."""
    houses = (street.house("north"), street.house("east"))
    north, east = (
        Hall(name, house.data, prefix=("ip", "netns", "exec", house.namespace))
        for name, house in zip((NORTH, EAST), houses, strict=True)
    )
    for hall in (north, east):
        hall.init()
    return Neighbours(north, east, houses)


def move_in(street: Street) -> Neighbours:
    """Two paired halls whose nodes run."""
    north, east, houses = build(street)
    for house in houses:
        house.start_node()
    code = north.json("neighbour", "invite")["code"]
    assert east.json("neighbour", "join", code)["name"] == NORTH
    until_linked(north, east)
    until_linked(east, north)
    return Neighbours(north, east, houses)


def pass_on(north: Hall, east: Hall) -> Any:
    """A need with private words, on the neighbour's list in time."""
    private = (
        *("--contact", f"{PRIVATE['name']}, {PRIVATE['phone']}", "--note", PRIVATE["note"]),
        *("--zone", PRIVATE["zone"], "--as", PRIVATE["initials"]),
    )
    need = north.json("need", "add", "FOD", WORDS, "--qty", str(ASKED), *private)["ref"]
    passed = north.json("pass", need, "--yes")
    until_shown(east, passed["id"], lambda overflow: overflow.text == WORDS, SEEN_S)
    return passed["id"]


def move(house: House, number: int) -> None:
    """The house has another address, and the one before is gone."""
    house.address = f"10.77.0.{number}"
    new = (f"{house.address}/24", "broadcast", "+")
    ip("-n", house.namespace, "address", "flush", "dev", "eth0", "scope", "global")
    ip("-n", house.namespace, "address", "add", *new, "dev", "eth0")


def test_a_need_is_next_door_in_time_and_what_is_private_is_not_on_the_wire(
    street: Street, tmp_path: Path
) -> None:
    with street.capture(tmp_path / "street.pcap") as frames:
        north, east, _ = move_in(street)
        asked = pass_on(north, east)
        pledged = east.json("pledge", asked, "--qty", str(PLEDGED))["id"]
        until_pledge(north, asked, "offered")
        north.json("accept", pledged, "--details", DETAILS)
        until_pledge(east, asked, "accepted", details=DETAILS)
        east.json("sent", pledged)
        until_pledge(north, asked, "sent")
        assert north.json("receive", pledged, "--qty", str(PLEDGED))["received"] == PLEDGED
        until_pledge(east, asked, "received")
    heard = b"\n".join(frames())
    spoken = {"subprotocol": "hallway.1", "service": "_hallway"}
    assert set(found_in(heard, spoken)) == spoken.keys()
    assert found_in(heard, PRIVATE | NAMES | {"words": WORDS, "details": "Mill Lane"}) == []
    assert found_under(east.folder, PRIVATE) == []
    assert found_under(street.house("east").folder, PRIVATE) == []


def test_inviting_and_joining_start_a_node_where_none_runs(street: Street) -> None:
    north, east, _ = build(street)
    code = north.json("neighbour", "invite")["code"]
    assert [each.json("status")["neighbours"] for each in (north, east)] == [0, 0]
    assert east.json("neighbour", "join", code)["name"] == NORTH
    until_linked(north, east)
    for hall in (north, east):
        assert hall.json("status")["running"] is True
        hall.json("stop")
        assert hall.json("status")["running"] is False


def test_neighbours_whose_addresses_changed_find_each_other_again(street: Street) -> None:
    """Both had another address when they came back: only announcements can tell."""
    north, east, houses = move_in(street)
    for house in houses:
        assert house.stop_node() == 0
    for house, number in zip(houses, (101, 102), strict=True):
        move(house, number)
        house.start_node()
    until_linked(north, east)
    pass_on(north, east)


def test_an_address_that_changes_while_they_are_linked(street: Street) -> None:
    north, east, houses = move_in(street)
    move(houses[1], 103)
    need = north.json("need", "add", "FOD", WORDS, "--qty", str(ASKED))["ref"]
    passed = north.json("pass", need, "--yes")
    until_shown(east, passed["id"], lambda overflow: True, FOUND_S)


def test_what_was_passed_on_while_the_cable_was_out_arrives_when_it_is_back(
    street: Street,
) -> None:
    north, east, houses = move_in(street)
    houses[1].cut()
    need = north.json("need", "add", "FOD", WORDS, "--qty", str(ASKED))["ref"]
    passed = north.json("pass", need, "--yes")
    assert east.json("overflow", "list") == []
    houses[1].mend()
    until_shown(east, passed["id"], lambda overflow: True, FOUND_S)

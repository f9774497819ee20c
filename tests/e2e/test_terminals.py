"""The job typed into two real terminals, each in a house of its own, by keys alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from protocol.invite import ALPHABET
from tests.e2e.halls import Hall, environment
from tests.e2e.job import ASKED, DETAILS, PLEDGED, WORDS
from tests.e2e.namespaces import House, Street
from tests.e2e.terminals import COLUMNS, ROWS, Terminal, terminals

pytestmark = pytest.mark.e2e

NORTH, EAST = "Northgate Hall", "Eastside Centre"
CONTACT: Final = "Zuleika Quomarsh, 07700 900417"
GROUPS: Final = 9
"""Groups of a code that holds an IPv4 address."""


class Desks(NamedTuple):
    """A terminal at each hall, and the hall's folder as its house has it."""

    north: Terminal
    east: Terminal
    north_hall: Hall
    east_hall: Hall


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    """`hallway` has just been typed in both; neither is a hall yet."""
    with Street(tmp_path) as street:
        houses = [street.house("north"), street.house("east")]
        made = [Hall(name, house.data) for name, house in zip((NORTH, EAST), houses, strict=True)]
        commands = {house.data.parent.name: board_of(house) for house in houses}
        with terminals(tmp_path, environment(tmp_path), **commands) as (north, east):
            yield Desks(north, east, *made)


def board_of(house: House) -> list[str]:
    """What `hallway` without a word is; a board leaves its node running, the street ends it."""
    module = (sys.executable, "-P", "-m", "node", "--data", str(house.data))
    return ["ip", "netns", "exec", house.namespace, *module]


def test_the_job_by_key_alone(desks: Desks) -> None:
    first_start(desks.north, NORTH)
    first_start(desks.east, EAST)
    pair(desks.north, desks.east)
    take_need(desks.north)
    pass_on(desks.north)
    pledge(desks.east)
    accept(desks.north)
    send(desks.east)
    receive(desks.north)
    assert_shown(desks.north, desks.east)
    assert_saved(desks)
    for desk in (desks.north, desks.east):
        desk.press("q")
        assert desk.ended() == 0
    # Leaving the board leaves the node running.
    assert desks.north_hall.json("status")["running"] is True


def first_start(desk: Terminal, name: str) -> None:
    desk.shows("The hall's name")
    desk.type(name)
    desk.press("C-s")
    desk.shows("recovery words")
    assert set(re.findall(r"\b(\d+)  [a-z]{3,8}\b", desk.screen())) == set(map(str, range(1, 13)))
    desk.shows("y They are written down")
    desk.press("y")
    desk.shows(f"{name} · no neighbour yet")


def pair(inviting: Terminal, joining: Terminal) -> None:
    """The code goes from one screen to the other through a person's eyes and fingers."""
    for desk in (inviting, joining):
        desk.press("3")
        desk.shows("No neighbour yet")
        desk.press("+")
        desk.shows("Give a code")
    inviting.press("Enter")
    inviting.shows("Waiting for them")
    groups = re.findall(rf"(?<!\S)[{ALPHABET}]{{5}}(?!\S)", inviting.screen())
    assert len(groups) == GROUPS
    joining.press("Down", "Enter")
    joining.shows("The other hall's code")
    joining.type(" ".join(groups).lower())
    joining.press("Enter")
    inviting.shows(f"{EAST} .*over the local network")
    joining.shows(f"{NORTH} .*over the local network")


def take_need(desk: Terminal) -> None:
    desk.press("1")
    desk.shows("No needs on the board")
    desk.press("n")
    desk.shows("Find them by")
    # All at once, as keys come out of a link that was stuck for a moment.
    desk.type("\r".join(("food", WORDS, "", CONTACT, str(ASKED))))
    desk.press("C-s")
    desk.shows(r"N-\d+-[A-Z] saved")


def pass_on(desk: Terminal) -> None:
    """What leaves stands there before it leaves, and nothing of the person with it."""
    desk.press("p")
    desk.shows(f"These words leave the hall.*{WORDS}.*Seen first by *{EAST}")
    assert "Zuleika" not in desk.screen()
    desk.press("y")
    desk.shows(r"N-\d+-[A-Z] passed on as NG V-\d+-[A-Z]")


def pledge(desk: Terminal) -> None:
    desk.press("2")
    desk.shows(f"▌ NG V-.*{WORDS}.*from {NORTH}")
    desk.press("g")
    desk.shows("Pledge for NG V-")
    desk.type(str(PLEDGED))
    desk.press("C-s")
    desk.shows("25 meals pledged to|we pledged 25 meals")


def accept(desk: Terminal) -> None:
    desk.press("2")
    desk.shows(f"{EAST} pledges 25 meals")
    to_pledge(desk, "a", f"Answer to {EAST}")
    desk.type(f"\r{DETAILS}")
    desk.press("C-s")
    desk.shows(f"25 accepted from {EAST}")


def send(desk: Terminal) -> None:
    desk.shows("accepted")
    to_pledge(desk, "t", "on its way\\?")
    desk.press("y")
    desk.shows(f"on its way to {NORTH}")


def receive(desk: Terminal) -> None:
    desk.shows("on its way")
    to_pledge(desk, "h", f"Received from {EAST}")
    desk.press("C-s")
    desk.shows(f"25 received from {EAST}")


def to_pledge(desk: Terminal, key: str, opens: str) -> None:
    """The pledge is the line under the overflow; `key` is for that line."""
    if "▌   └" not in desk.screen():
        desk.shows("▌ NG V-")
        desk.press("Down")
    desk.shows("▌   └")
    desk.press(key)
    desk.shows(opens)


def assert_shown(north: Terminal, east: Terminal) -> None:
    for desk in (north, east):
        desk.press("2")
        desk.shows("25 of 40 received")
        lines = desk.screen().rstrip("\n").split("\n")
        assert len(lines) <= ROWS
        assert all(len(line) <= COLUMNS for line in lines)
    north.press("1")
    north.shows(r"25 of 40")


def assert_saved(desks: Desks) -> None:
    """What was typed is what the command line lists, and the details opened at Eastside alone."""
    (need,) = desks.north_hall.json("need", "list")
    assert (need["text"], need["contact"]) == (WORDS, CONTACT)
    assert (need["qty"], need["received"]) == (ASKED, PLEDGED)
    (overflow,) = desks.east_hall.json("overflow", "list")
    assert (overflow["accepted"], overflow["received"]) == (PLEDGED, PLEDGED)
    shown: dict[str, Any] = overflow["pledges"][0]
    assert (shown["by"], shown["state"]) == (EAST, "received")

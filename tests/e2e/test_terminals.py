"""The job typed into two real terminals, each in a house of its own, by keys alone."""

from __future__ import annotations

import re
import string
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
from tui import wording

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


def said(text: str, **facts: object) -> str:
    """A pattern for a text of the catalogue; facts that are not given are anything."""
    pieces = string.Formatter().parse(text)
    return "".join(
        re.escape(words) + (re.escape(str(facts[name])) if name in facts else ".*?" if name else "")
        for words, name, *_ in pieces
    )


def first_start(desk: Terminal, name: str) -> None:
    desk.shows(said(wording.HALL_NAME))
    desk.type(name)
    desk.press("C-s")
    desk.shows(said(wording.WORDS_TITLE, hall=name))
    assert set(re.findall(r"\b(\d+)  [a-z]{3,8}\b", desk.screen())) == set(map(str, range(1, 13)))
    desk.shows(f"y {said(wording.WRITTEN_DOWN)}")
    desk.press("y")
    desk.shows(f"{name} · {said(wording.NOT_LINKED)}")


def pair(inviting: Terminal, joining: Terminal) -> None:
    """The code goes from one screen to the other through a person's eyes and fingers."""
    for desk in (inviting, joining):
        desk.press("3")
        desk.shows(said(wording.NO_NEIGHBOURS))
        desk.press("+")
        desk.shows(said(wording.GIVE_CODE))
    inviting.press("Enter")
    inviting.shows(said(wording.CODE_WAITING))
    groups = re.findall(rf"(?<!\S)[{ALPHABET}]{{5}}(?!\S)", inviting.screen())
    assert len(groups) == GROUPS
    joining.press("Down", "Enter")
    joining.shows(said(wording.JOIN_TITLE))
    joining.type(" ".join(groups).lower())
    joining.press("Enter")
    inviting.shows(f"{EAST} .*{said(wording.PATHS['lan'])}")
    joining.shows(f"{NORTH} .*{said(wording.PATHS['lan'])}")


def take_need(desk: Terminal) -> None:
    desk.press("1")
    desk.shows(said(wording.NO_NEEDS))
    desk.press("n")
    desk.shows(said(wording.CONTACT))
    # All at once, as keys come out of a link that was stuck for a moment.
    desk.type("\r".join(("food", WORDS, "", CONTACT, str(ASKED))))
    desk.press("C-s")
    desk.shows(said(wording.SAVED))


def pass_on(desk: Terminal) -> None:
    """What leaves stands there before it leaves, and nothing of the person with it."""
    desk.press("p")
    desk.shows(f"{said(wording.THESE_LEAVE)}.*{WORDS}.*{said(wording.SEEN_FIRST_BY)} *{EAST}")
    assert "Zuleika" not in desk.screen()
    desk.press("y")
    desk.shows(said(wording.PASSED_AS))


def pledge(desk: Terminal) -> None:
    desk.press("2")
    desk.shows(f"▌ NG V-.*{WORDS}.*{said(wording.FROM_HALL, hall=NORTH)}")
    desk.press("g")
    desk.shows(said(wording.PLEDGE_TITLE))
    desk.type(str(PLEDGED))
    desk.press("C-s")
    desk.shows(said(wording.WE_PLEDGED, amount="25 meals"))


def accept(desk: Terminal) -> None:
    desk.press("2")
    desk.shows(said(wording.THEY_PLEDGED, hall=EAST, amount="25 meals"))
    to_pledge(desk, "a", said(wording.ANSWER_TITLE, hall=EAST))
    desk.type(f"\r{DETAILS}")
    desk.press("C-s")
    desk.shows(said(wording.ACCEPTED, n=PLEDGED, hall=EAST))


def send(desk: Terminal) -> None:
    desk.shows(said(wording.STATES["accepted"]))
    to_pledge(desk, "t", said(wording.SEND_ASK, hall=NORTH))
    desk.press("y")
    desk.shows(said(wording.SENT, hall=NORTH))


def receive(desk: Terminal) -> None:
    desk.shows(said(wording.STATES["sent"]))
    to_pledge(desk, "h", said(wording.RECEIVE_TITLE, hall=EAST))
    desk.press("C-s")
    desk.shows(said(wording.RECEIVED_SAID, n=PLEDGED, hall=EAST))


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
        desk.shows(said(wording.SO_FAR_RECEIVED, n=PLEDGED, all=ASKED))
        lines = desk.screen().rstrip("\n").split("\n")
        assert len(lines) <= ROWS
        assert all(len(line) <= COLUMNS for line in lines)
    north.press("1")
    north.shows(f"{PLEDGED} of {ASKED}")


def assert_saved(desks: Desks) -> None:
    """What was typed is what the command line lists, and the details opened at Eastside alone."""
    (need,) = desks.north_hall.json("need", "list")
    assert (need["text"], need["contact"]) == (WORDS, CONTACT)
    assert (need["qty"], need["received"]) == (ASKED, PLEDGED)
    (overflow,) = desks.east_hall.json("overflow", "list")
    assert (overflow["accepted"], overflow["received"]) == (PLEDGED, PLEDGED)
    shown: dict[str, Any] = overflow["pledges"][0]
    assert (shown["by"], shown["state"]) == (EAST, "received")

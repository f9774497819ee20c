"""25 + 30 of 40: never is more accepted than was asked, and the sentence names the numbers."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import Any, Final

import pytest

from node.api.requests import AddEntry, MakePledge, PassOn, PreviewPass
from node.api.views import Kind, OverflowView
from node.refusal import Why
from protocol.ids import from_text
from tests.e2e.evening import (
    ASKED,
    DETAILS,
    EAST,
    MILL,
    PLEDGED,
    WORDS,
    Town,
    held_by,
    town,
    until_pledge,
)
from tests.e2e.halls import COMMAND_S, Hall, Process, Ran
from tests.e2e.job import until_shown
from tests.e2e.refusals import assert_refused

pytestmark = pytest.mark.e2e

ROUNDS: Final = 12
"""Races of each kind: which of two processes comes first is the system's choice."""


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("town")) as four:
        yield four


def pledged(four: Town) -> tuple[str, dict[str, str]]:
    """A new overflow of forty that both have pledged to; ids, the pledges' by name."""
    need = four.north.ask(AddEntry(Kind.NEED, "FOD", WORDS, str(ASKED))).ref
    approval = four.north.ask(PreviewPass((need,))).approval
    overflow = four.north.ask(PassOn((need,), approval)).id
    pledges = {}
    for hall in (four.east, four.mill):
        until_shown(hall, overflow, lambda _: True)
        pledges[hall.name] = hall.ask(MakePledge(overflow, str(PLEDGED[hall.name]))).id
    for name in pledges:
        until_pledge(four.north, overflow, name, "offered")
    return overflow, pledges


def written_by(hall: Hall) -> Any:
    """What it has signed and what its board holds; what neighbours send meanwhile is theirs."""
    us = from_text(hall.json("status")["group_id"])
    signed = {each.id for each in held_by(hall).values() if each.header.group == us}
    return signed, hall.json("need", "list", "--all")


def whole(pledge: str, name: str) -> tuple[str, ...]:
    return ("accept", pledge, "--details", DETAILS[name], "--yes", "--json")


@pytest.mark.parametrize(("first", "second"), [(EAST, MILL), (MILL, EAST)])
def test_both_whole_are_more_than_was_asked(four: Town, first: str, second: str) -> None:
    overflow, pledges = pledged(four)
    assert four.north.json("accept", pledges[first], "--yes")["accepted"] == PLEDGED[first]
    before = written_by(four.north)
    refused = four.north.run(*whole(pledges[second], second))
    assert_refused(refused, Why.ACCEPT_TOO_MUCH)
    left = ASKED - PLEDGED[first]
    numbers = [PLEDGED[second], ASKED, PLEDGED[first], left]
    assert re.findall(r"\d+", refused.stderr) == [str(each) for each in numbers]
    assert written_by(four.north) == before
    # What is left of the forty can still be accepted, and not a crumb more.
    crumb = four.north.run("accept", pledges[second], "--qty", f"{left}.001", "--yes")
    assert_refused(crumb, Why.ACCEPT_TOO_MUCH)
    taken = four.north.json("accept", pledges[second], "--qty", str(left), "--yes")
    assert taken["accepted"] == left
    for hall in (four.north, four.east, four.mill):
        shown = until_shown(hall, overflow, lambda each: each.accepted == ASKED)
        assert shown.state == "covered"


def test_sealing_to_a_hall_that_is_no_neighbour_asks(four: Town) -> None:
    _, pledges = pledged(four)
    before = written_by(four.north)
    asked = four.north.run(
        "accept", pledges[MILL], "--qty", "15", "--details", DETAILS[MILL], "--json"
    )
    assert (asked.returncode, asked.stdout) == (1, "")
    assert MILL in asked.stderr
    assert DETAILS[MILL] in asked.stderr
    assert written_by(four.north) == before
    # Our neighbour is sealed to without being asked about.
    assert four.north.json("accept", pledges[EAST], "--details", DETAILS[EAST])["accepted"] == 25


def test_of_two_commands_that_race_one_wins(four: Town) -> None:
    for _ in range(ROUNDS):
        overflow, pledges = pledged(four)
        assert_one_accepted(four, overflow, decided(at_once(four.north, pledges)))


def test_of_two_commands_that_race_on_a_stopped_node_one_wins(four: Town) -> None:
    for _ in range(ROUNDS // 4):
        overflow, pledges = pledged(four)
        four.north.stop()
        try:
            winner = decided(at_once(four.north, pledges))
        finally:
            four.north.start()
        assert_one_accepted(four, overflow, winner)


def at_once(hall: Hall, pledges: dict[str, str]) -> dict[str, Ran]:
    """Both accepted whole by two processes that are started together; what came of each."""
    racing = {name: hall.begin(*whole(pledge, name)) for name, pledge in pledges.items()}
    return {name: ended(process) for name, process in racing.items()}


def ended(process: Process) -> Ran:
    out, told = process.communicate(timeout=COMMAND_S)
    assert process.returncode is not None
    return subprocess.CompletedProcess(process.args, process.returncode, out, told)


def decided(ran: dict[str, Ran]) -> str:
    """The name of the one that won; the other was refused with the numbers."""
    won = [name for name, each in ran.items() if each.returncode == 0]
    assert len(won) == 1, ran
    (lost,) = ran.keys() - set(won)
    assert_refused(ran[lost], Why.ACCEPT_TOO_MUCH)
    for number in (PLEDGED[lost], ASKED, PLEDGED[won[0]], ASKED - PLEDGED[won[0]]):
        assert str(number) in ran[lost].stderr
    return won[0]


def assert_one_accepted(four: Town, overflow: str, winner: str) -> None:
    for hall in (four.north, four.east, four.mill):
        shown = until_shown(hall, overflow, is_accepted)
        accepted = {each.by: each.accepted for each in shown.pledges if each.accepted}
        assert accepted == {winner: PLEDGED[winner]}


def is_accepted(overflow: OverflowView) -> bool:
    """Never is it too much, whenever one looks."""
    assert overflow.accepted <= overflow.qty
    return overflow.accepted > 0

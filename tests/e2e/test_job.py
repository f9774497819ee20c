"""The job of the house through the real command line: forty meals asked, twenty-five received."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.halls import Hall, halls, pair, street, until_linked
from tests.e2e.job import ASKED, DETAILS, PLEDGED, WORDS, Step, act_stopped, play, until_shown

pytestmark = pytest.mark.e2e

NORTH, EAST = "Northgate Hall", "Eastside Centre"

ENTRY: Final = {"ref", "state", "category", "text", "qty", "unit", "zone", "received"}
PLEDGE: Final = {"id", "by", "state", "qty", "accepted", "received"}
KEYS: Final = {
    "init": {"group_id", "device_id", "name", "recovery_words"},
    "status": {
        *("group_id", "name", "running", "neighbours", "needs_open", "offers_open", "warnings"),
    },
    "entry": ENTRY,
    "pass": {"id", "ref", "state", "qty", "accepted", "received"},
    "overflow": {
        *("id", "ref", "origin", "state", "category", "text", "qty", "unit", "accepted"),
        *("received", "distance", "pledges"),
    },
    "pledge": {"id", "ref", "overflow", "state", "qty"},
    "accept": {"id", "state", "accepted"},
    "sent": {"id", "state", "received"},
    "receive": {"id", "state", "received"},
    "neighbour": {"group_id", "name", "state", "path", "last_heard"},
}
"""What scripts may rely on in the document of each command."""

LINKS_MATTER: Final = ("held_by", "reached", "read_by")
"""How far something has come, and not what is saved here."""


def assert_finished(north: Hall, east: Hall) -> None:
    """Twenty-five of forty have come, and every list at both halls says so."""
    (need,) = north.json("need", "list")
    assert (need["state"], need["qty"], need["received"]) == ("open", ASKED, PLEDGED)
    for hall, mine, distance in ((north, "--ours", 0), (east, "--theirs", 1)):
        (overflow,) = hall.json("overflow", "list", mine)
        assert overflow["origin"] == NORTH
        assert overflow["state"] == "open"
        assert (overflow["qty"], overflow["accepted"], overflow["received"]) == (40, 25, 25)
        assert overflow["distance"] == distance
        (pledge,) = overflow["pledges"]
        assert (pledge["by"], pledge["state"]) == (EAST, "received")
        assert (pledge["qty"], pledge["accepted"], pledge["received"]) == (25, 25, 25)


@pytest.mark.usefixtures("cold")
def test_the_job_with_every_key_that_scripts_rely_on(tmp_path: Path) -> None:
    with halls(tmp_path, NORTH, EAST) as (north, east):
        again = Hall("Another", tmp_path / "another")
        made = again.init("Mill Lane 3")
        assert made.keys() >= KEYS["init"]
        assert len(made["recovery_words"].split()) == 12
        for hall in (north, east):
            status = hall.json("status")
            assert status.keys() >= KEYS["status"]
            assert status["running"] is False
            hall.start()
        pair(north, east)
        status = north.json("status")
        assert (status["running"], status["neighbours"]) == (True, 1)
        assert status["warnings"] == []
        (neighbour,) = east.json("neighbour", "list")
        assert neighbour.keys() >= KEYS["neighbour"]
        assert (neighbour["name"], neighbour["path"]) == (NORTH, "lan")
        assert neighbour["group_id"] == status["group_id"]

        said: dict[str, Any] = {step.did: step.said for step in play(north, east)}

        assert said["need add"].keys() >= {"ref", "state"}
        assert said["need add"]["state"] == "open"
        for command in ("pass", "pledge", "accept", "sent", "receive"):
            assert said[command].keys() >= KEYS[command], command
        assert [said[command]["state"] for command in ("pass", "pledge", "accept")] == [
            *("open", "offered", "accepted"),
        ]
        assert said["pledge"]["overflow"] == said["pass"]["id"]
        assert said["accept"]["accepted"] == PLEDGED
        assert (said["sent"]["state"], said["sent"]["received"]) == ("sent", 0)
        assert (said["receive"]["state"], said["receive"]["received"]) == ("received", PLEDGED)

        assert_finished(north, east)
        assert_documents(north, east, said)


def assert_documents(north: Hall, east: Hall, said: dict[str, Any]) -> None:
    """Lists and `show` have their keys; ids are the same at both halls; references serve too."""
    (need,) = north.json("need", "list")
    assert need.keys() >= KEYS["entry"]
    assert (need["category"], need["text"], need["unit"]) == ("FOD", WORDS, "meal")
    assert north.json("need", "show", need["ref"]) == need
    assert north.json("status")["needs_open"] == 1
    for hall in (north, east):
        overflow = hall.json("overflow", "show", said["pass"]["id"])
        assert overflow.keys() >= KEYS["overflow"]
        assert (overflow["text"], overflow["unit"]) == (WORDS, "meal")
        assert overflow["ref"] == said["pass"]["ref"]
        assert hall.json("overflow", "show", *overflow["ref"].split()) == overflow
        (pledge,) = overflow["pledges"]
        assert pledge.keys() >= PLEDGE
        assert (pledge["id"], pledge["ref"]) == (said["pledge"]["id"], said["pledge"]["ref"])


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_needs_and_offers_are_taken_edited_and_closed(tmp_path: Path, running: bool) -> None:
    with halls(tmp_path, NORTH) as (hall,):
        if running:
            hall.start()
        for kind, first, because, closed in (
            ("need", "open", "no longer needed", "closed"),
            ("offer", "available", "withdrawn", "withdrawn"),
        ):
            added = hall.json(kind, "add", "WAT", "still water", "--qty", "2.5", "--unit", "litre")
            assert added.keys() >= {"ref", "state"}
            assert added["state"] == first
            edited = hall.json(kind, "edit", added["ref"], "--qty", "12", "--zone", "Mill Lane")
            assert edited.keys() >= KEYS["entry"]
            assert (edited["qty"], edited["zone"]) == (12, "Mill Lane")
            assert hall.json(kind, "list") == [edited]
            gone = hall.json(kind, "close", added["ref"], "--because", because)
            assert gone.keys() >= KEYS["entry"] | {"because"}
            assert gone["state"] == closed
            assert hall.json(kind, "list") == []
            assert hall.json(kind, "list", "--all") == [gone]


def test_a_pledge_is_declined_and_another_released(tmp_path: Path) -> None:
    with street(tmp_path, NORTH, EAST) as (north, east):
        story = play(north, east)
        said = {step.did: step.said for step, _ in zip(story, range(4), strict=False)}
        more = east.json("pledge", said["pass"]["id"], "--qty", "30")
        until_shown(north, said["pass"]["id"], lambda overflow: len(overflow.pledges) == 2)
        declined = north.json("decline", more["id"])
        assert declined.keys() >= KEYS["accept"]
        assert (declined["state"], declined["accepted"]) == ("not needed", 0)
        released = north.json("release", said["pledge"]["id"])
        assert released.keys() >= KEYS["accept"]
        assert (released["state"], released["accepted"]) == ("fell through", 0)


def both_stop_and_start(step: Step, north: Hall, east: Hall) -> None:
    """Both are down at once; each comes back alone before the other does."""
    for hall in (north, east):
        hall.stop()
    for hall in (east, north):
        hall.start()
    until_linked(step.by, east if step.by is north else north)


def acting_is_killed(step: Step, north: Hall, east: Hall) -> None:
    """The hall that has just been told that it is saved loses its node without a word."""
    step.by.kill()
    step.by.start()


def other_is_killed(step: Step, north: Hall, east: Hall) -> None:
    """The hall that is just about to hear of it loses its node."""
    other = east if step.by is north else north
    other.kill()
    other.start()


@pytest.mark.parametrize("between", [both_stop_and_start, acting_is_killed, other_is_killed])
def test_nothing_is_lost_when_nodes_end_between_the_steps(
    tmp_path: Path, between: Callable[[Step, Hall, Hall], None]
) -> None:
    with street(tmp_path, NORTH, EAST) as (north, east):
        for step in play(north, east):
            before = seen_at(step.by)
            between(step, north, east)
            assert seen_at(step.by) == before
        assert_finished(north, east)
        # Nobody was asked for the code, for the details or for a yes a second time: each command
        # ran once, and the halls are the neighbours that they were.
        for hall, other in ((north, east), (east, north)):
            (neighbour,) = hall.json("neighbour", "list")
            assert neighbour["name"] == other.name
        (overflow,) = east.json("overflow", "list")
        assert len(overflow["pledges"]) == 1


def seen_at(hall: Hall) -> Any:
    """All that this hall has saved, as its desk sees it."""
    overflows = hall.json("overflow", "list")
    for overflow in overflows:
        for each in (overflow, *overflow["pledges"]):
            for key in LINKS_MATTER:
                each.pop(key, None)
    return [hall.json("need", "list", "--all"), overflows]


def test_every_step_may_be_taken_while_the_own_node_is_stopped(tmp_path: Path) -> None:
    with street(tmp_path, NORTH, EAST) as (north, east):
        for step in play(north, east, act_stopped):
            assert step.said
        assert_finished(north, east)


def test_details_are_read_by_the_accepted_hall_and_by_nobody_else(tmp_path: Path) -> None:
    with street(tmp_path, NORTH, EAST, "West End") as (north, east, west):
        story = play(north, east)
        while (step := next(story)).did != "sent":
            pass
        (pledge,) = east.json("overflow", "show", step.said["overflow"])["pledges"]
        assert pledge["details"] == DETAILS
        until_shown(west, step.said["overflow"], lambda overflow: overflow.accepted == PLEDGED)
        far = west.json("overflow", "show", step.said["overflow"])
        assert far["distance"] == 2
        assert far["pledges"][0]["details"] is None

"""Four halls: what is private stays at its desk, what is sealed opens at one hall and nowhere else.

The wire is recorded between Northgate and Eastside and between Eastside and Mill Lane, so that what
is sealed to Mill Lane is looked for where it passes through another hall.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final, NamedTuple

import pytest

from protocol.bodies import Details
from tests.e2e.evening import (
    ASKED,
    BRINGS,
    EAST,
    MILL,
    NAMES,
    NORTH,
    PLEDGED,
    Town,
    assert_far_chapel_hears,
    held_by,
    until_closed,
    until_pledge,
)
from tests.e2e.halls import Hall, halls, pair
from tests.e2e.job import until_shown
from tests.e2e.marks import found_in, found_in_files, found_under
from tests.e2e.recorder import Recorder, pair_over, recording

pytestmark = pytest.mark.e2e

NEED: Final = {
    "name": "Zuleika",
    "phone": "07700 900417",
    "phone without spaces": "07700900417",
    "note": "Vexilblum",
    "consent": "Plimsorrel",
    "zone": "Thornwhistle",
    "initials": "Quoxwimbley",
}
"""Typed with the need at Northgate: it stays there."""

DETAILS: Final = {EAST: "Marmadukery", MILL: "Frobisherine"}
NOTES: Final = {EAST: "Hobsbawmian", MILL: "Gallowglasse"}
"""In what is sealed to a hall, and in what it seals to Northgate with its pledge."""

SEALED: Final = {f"{each}'s details": mark for each, mark in DETAILS.items()} | {
    f"{each}'s note": mark for each, mark in NOTES.items()
}

LEAVES: Final = {"text": "Wexcombe", "condition": "Lukewarmish"}
"""What halls within reach may read, or the search would be blind. On the wire it is not either."""

WORDS: Final = f"hot meals for tonight in {LEAVES['text']} portions"


class Evening(NamedTuple):
    """`wires` are before and behind Eastside. `moving` is what each hall showed when both pledges
    were accepted.
    """

    four: Town
    wires: tuple[Recorder, Recorder]
    overflow: str
    moving: dict[str, Any]
    sealed: list[bytes]
    """Details on Eastside's disk then."""


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    folder = tmp_path_factory.mktemp("evening")
    with halls(folder, *NAMES) as made, ExitStack() as recorders:
        for hall in made:
            hall.start()
        four = Town(*made)
        wires = []
        for inviter, joiner in ((four.north, four.east), (four.east, four.mill)):
            host, _, port = inviter.address.rpartition(":")
            wires.append(recorders.enter_context(recording(host, int(port))))
            pair_over(wires[-1], inviter, joiner)
        pair(four.mill, four.chapel)
        yield Evening(four, (wires[0], wires[1]), *play(four))


def play(four: Town) -> tuple[str, dict[str, Any], list[bytes]]:
    """The whole evening, with something in every field."""
    north = four.north
    overflow = north.json("pass", take_need(north), "--yes", "--as", NEED["initials"])["id"]
    pledges = {}
    for hall in (four.east, four.mill):
        until_shown(hall, overflow, lambda _: True)
        note = f"two {NOTES[hall.name]} crates come back"
        pledged = hall.json("pledge", overflow, "--qty", str(PLEDGED[hall.name]), "--note", note)
        pledges[hall.name] = pledged["id"]
    for name, pledge in pledges.items():
        until_pledge(north, overflow, name, "offered")
        sealed = ("--qty", str(BRINGS[name]), "--details", details_for(name))
        north.json("accept", pledge, *sealed, "--yes")
    for hall in (four.east, four.mill):
        for name in pledges:
            until_pledge(hall, overflow, name, "accepted")
        until_pledge(hall, overflow, hall.name, "accepted", details=details_for(hall.name))
    moving = {hall.name: hall.json("overflow", "show", overflow) for hall in four[:3]}
    on_disk = list(sealed_at(four.east))
    for hall in (four.east, four.mill):
        hall.json("sent", pledges[hall.name])
    for name, pledge in pledges.items():
        until_pledge(north, overflow, name, "sent")
        came = ("--qty", str(BRINGS[name]), "--condition", LEAVES["condition"])
        north.json("receive", pledge, *came)
    until_closed(four, overflow)
    return overflow, moving, on_disk


def sealed_at(hall: Hall) -> Iterator[bytes]:
    """Details that are on its disk, to whomever they were sealed."""
    for record in held_by(hall).values():
        if isinstance(record.body, Details) and record.body.sealed:
            yield record.body.sealed


def take_need(hall: Hall) -> str:
    """A need with something in every private field."""
    added = hall.json(
        *("need", "add", "FOD", WORDS, "--qty", str(ASKED), "--as", NEED["initials"]),
        *("--contact", f"{NEED['name']}, {NEED['phone']}"),
        *("--note", f"insulin behind the {NEED['note']}"),
        *("--consent", f"{NEED['consent']} said yes on the phone"),
        *("--zone", f"{NEED['zone']} Yard"),
    )
    return str(added["ref"])


def details_for(name: str) -> str:
    return f"side door of the {DETAILS[name]}, 18:00"


def test_private_words_are_in_no_file_of_another_hall(evening: Evening) -> None:
    for hall in evening.four[1:]:
        assert found_under(hall.folder, NEED) == []
    held = {mark for _, mark in found_under(evening.four.north.folder, NEED)}
    assert held == NEED.keys() - {"phone without spaces"}


def test_sealed_words_stand_on_no_disk(evening: Evening) -> None:
    for hall in evening.four:
        assert found_under(hall.folder, SEALED) == []


def test_what_leaves_goes_as_far_as_its_reach(evening: Evening) -> None:
    for hall in evening.four[:3]:
        assert {mark for _, mark in found_under(hall.folder, LEAVES)} == LEAVES.keys()
    assert_far_chapel_hears(evening.four, evening.overflow)
    assert found_under(evening.four.chapel.folder, LEAVES) == []


def test_no_log_holds_any_of_it(evening: Evening) -> None:
    logs = [hall.log for hall in evening.four]
    assert all(log.exists() for log in logs)
    assert found_in_files(logs, NEED | SEALED | LEAVES) == []


def test_nothing_is_on_the_wire_in_the_clear(evening: Evening) -> None:
    for wire in evening.wires:
        assert found_in(wire.heard, {"subprotocol": "hallway.1"}) == ["subprotocol"]
        assert found_in(wire.heard, NEED | SEALED | LEAVES) == []


def test_details_pass_through_eastside_unread(evening: Evening) -> None:
    """Each of the two sees its own; neither sees the other's, and Northgate only the notes."""
    details, notes = {}, {}
    for hall, shown in evening.moving.items():
        for pledge in shown["pledges"]:
            details[hall, pledge["by"]] = pledge["details"]
            notes[hall, pledge["by"]] = pledge["note"]
    opened = {each: text for each, text in details.items() if text is not None}
    assert opened == {(name, name): details_for(name) for name in (EAST, MILL)}
    for name in (EAST, MILL):
        assert NOTES[name] in notes[NORTH, name]
    assert not any(notes[reader, by] for reader, by in notes if reader not in {NORTH, by})


def test_eastside_held_what_was_sealed_to_mill_lane(evening: Evening) -> None:
    """It came through there, on disk too; when it was over it was erased."""
    assert len(evening.sealed) == 2
    for each in evening.sealed:
        assert found_in(each, SEALED) == []
    assert list(sealed_at(evening.four.east)) == []


def test_after_the_nodes_have_ended_it_is_still_nowhere(evening: Evening) -> None:
    """Last in this file: ending a node writes what it kept in memory, and its last log lines."""
    for hall in evening.four:
        hall.stop()
    for hall in evening.four[1:]:
        assert found_under(hall.folder, NEED | SEALED) == []
    assert found_in_files([hall.log for hall in evening.four], NEED | SEALED | LEAVES) == []

"""What is typed for the desk alone is at no other hall, in no log, and not on the wire."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.e2e.halls import Hall, halls
from tests.e2e.job import until_pledge, until_shown
from tests.e2e.marks import found_in, found_in_files, found_under
from tests.e2e.recorder import Recorder, pair_over, recording

pytestmark = pytest.mark.e2e

PRIVATE: Final = {
    "name": "Zuleika",
    "surname": "Quomarsh",
    "phone": "07700 900417",
    "phone without spaces": "07700900417",
    "note": "Vexilblum",
    "consent": "Plimsorrel",
    "zone": "Thornwhistle",
    "initials": "Quoxwimbley",
    "edited contact": "Ottokarine",
    "edited note": "Grumboltish",
}
"""Words that are nowhere by chance, typed with the need at Northgate: they stay there."""

SEALED: Final = {"details": "Marmadukery", "returning": "Hobsbawmian"}
"""In what is sealed to one hall: opened for its desk, in the clear on no disk and no wire."""

DETAILS: Final = f"side door of the {SEALED['details']}, 18:00"
NOTE: Final = f"two {SEALED['returning']} crates come back"

WORDS: Final = "hot meals for tonight in Wexcombe portions"
"""What leaves: found at the other hall, or the search would be blind."""


class Evening(NamedTuple):
    """Both halls after the job; `sizes` is how much had passed on the wire after each step."""

    north: Hall
    east: Hall
    wire: Recorder
    sizes: list[int]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    folder = tmp_path_factory.mktemp("evening")
    with halls(folder, "Northgate", "Eastside") as (north, east):
        for hall in (north, east):
            hall.start()
        host, _, port = north.address.rpartition(":")
        with recording(host, int(port)) as wire:
            pair_over(wire, north, east)
            yield Evening(north, east, wire, play(wire, north, east))


def play(wire: Recorder, north: Hall, east: Hall) -> list[int]:
    sizes = [len(wire.heard)]

    def passed_on_the_wire() -> None:
        sizes.append(len(wire.heard))

    need = take_need(north)
    asked = north.json("pass", need, "--yes", "--as", PRIVATE["initials"])["id"]
    until_shown(east, asked, lambda overflow: True)
    passed_on_the_wire()
    edited = ("--contact", PRIVATE["edited contact"], "--note", PRIVATE["edited note"])
    north.json("need", "edit", need, *edited)
    pledged = east.json("pledge", asked, "--qty", "25", "--note", NOTE)["id"]
    until_pledge(north, asked, "offered", note=NOTE)
    passed_on_the_wire()
    north.json("accept", pledged, "--details", DETAILS)
    until_pledge(east, asked, "accepted", details=DETAILS)
    passed_on_the_wire()
    east.json("sent", pledged)
    until_pledge(north, asked, "sent")
    passed_on_the_wire()
    return sizes


def take_need(hall: Hall) -> str:
    """A need with something in every private field."""
    added = hall.json(
        *("need", "add", "FOD", WORDS, "--qty", "40", "--as", PRIVATE["initials"]),
        *("--contact", f"{PRIVATE['name']} {PRIVATE['surname']}, {PRIVATE['phone']}"),
        *("--note", f"insulin behind the {PRIVATE['note']}"),
        *("--consent", f"{PRIVATE['consent']} said yes on the phone"),
        *("--zone", f"{PRIVATE['zone']} Yard"),
    )
    return str(added["ref"])


@pytest.mark.parametrize("name", PRIVATE)
def test_a_mark_is_found_in_every_form(name: str) -> None:
    mark = PRIVATE[name]
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        held = b"\x81something " + mark.upper().encode(encoding) + b" else"
        assert found_in(held, {name: mark}) == [name]
        assert found_in(mark.encode(encoding).hex().upper().encode(), {name: mark}) == [name]
    for lead in range(3):
        coded = base64.b64encode(b"." * lead + mark.encode() + b" and more")
        assert found_in(coded, {name: mark}) == [name]


def test_private_words_are_in_no_file_of_the_other_hall(evening: Evening) -> None:
    assert found_under(evening.east.folder, PRIVATE) == []


def test_the_search_sees_what_is_there(evening: Evening) -> None:
    """Northgate has every private word, except what stands in two pieces; Eastside what left."""
    held = {mark for _, mark in found_under(evening.north.folder, PRIVATE)}
    assert held == PRIVATE.keys() - {"phone without spaces"}
    assert {mark for _, mark in found_under(evening.east.folder, {"words": WORDS})} == {"words"}


def test_no_log_holds_private_or_sealed_words(evening: Evening) -> None:
    logs = [evening.north.log, evening.east.log]
    assert all(log.exists() for log in logs)
    assert found_in_files(logs, PRIVATE | SEALED | {"words": WORDS}) == []
    for hall in (evening.north, evening.east):
        assert list(hall.folder.glob("*.log")) == []


def test_nothing_is_on_the_wire_in_the_clear(evening: Evening) -> None:
    """All of the job went over the recorded wire: it grew with each step."""
    assert evening.sizes == sorted(set(evening.sizes))
    heard = evening.wire.heard
    assert found_in(heard, {"subprotocol": "hallway.1"}) == ["subprotocol"]
    assert found_in(heard, PRIVATE | SEALED | {"words": WORDS}) == []


def test_sealed_words_stand_on_no_disk(evening: Evening) -> None:
    for hall in (evening.north, evening.east):
        assert found_under(hall.folder, SEALED) == []


def test_only_the_hall_that_they_are_sealed_to_is_shown_them(evening: Evening) -> None:
    shown = {
        hall.name: hall.json("overflow", "list")[0]["pledges"][0]
        for hall in (evening.north, evening.east)
    }
    assert shown["Eastside"]["details"] == DETAILS
    assert shown["Northgate"]["note"] == NOTE


def test_private_words_are_still_nowhere_after_both_nodes_ended(
    evening: Evening, tmp_path: Path
) -> None:
    """Last in this file: ending a node writes what it kept in memory, and its last log lines."""
    for hall in (evening.north, evening.east):
        hall.stop()
    assert found_under(evening.east.folder, PRIVATE | SEALED) == []
    assert found_in_files([evening.north.log, evening.east.log], PRIVATE | SEALED) == []

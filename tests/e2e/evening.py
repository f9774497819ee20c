"""One evening of four halls in a line, as a story that stops after each step.

Northgate passes on forty meals with a reach of two. Eastside and Mill Lane pledge 25 and 30; 25 and
15 are accepted, with details sealed to each; both send, and Northgate receives. Far Chapel is three
away. As in `job`, every step looks up what it needs at the hall that acts and nowhere else, so that
the others may have been stopped, killed or cut off in between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from node.api.views import OverflowView, PledgeView
from protocol.ids import RecordId
from protocol.record import Record, parse
from tests.e2e.halls import LOOPBACK, Hall, street
from tests.e2e.job import Act, Step, act, until_shown

NORTH: Final = "Northgate Hall"
EAST: Final = "Eastside Centre"
MILL: Final = "Mill Lane"
CHAPEL: Final = "Far Chapel"
NAMES: Final = (NORTH, EAST, MILL, CHAPEL)
"""Each is paired with the next, and with nobody else."""

ASKED: Final = 40
PLEDGED: Final = {EAST: 25, MILL: 30}
BRINGS: Final = {EAST: 25, MILL: 15}
"""What is accepted of each pledge, and comes: of Mill Lane's, what is left of the forty."""

WORDS: Final = "hot meals for tonight"
DETAILS: Final = {
    EAST: "side door, ask for Rosa at 18:00",
    MILL: "yard gate, ask for Tomas at 18:30",
}

CATCHES_UP_S: Final = 60.0
"""Seconds after the return of a hall by which it has caught up: asked of the product."""


class Town(NamedTuple):
    north: Hall
    east: Hall
    mill: Hall
    chapel: Hall


@contextmanager
def town(folder: Path, listen: tuple[str, ...] = LOOPBACK) -> Iterator[Town]:
    """The four halls on loopback, their nodes running, each linked to the next."""
    with street(folder, *NAMES, listen=listen) as halls:
        yield Town(*halls)


# The story ----------------------------------------------------------------------------------


def play(four: Town, act: Act = act) -> Iterator[Step]:
    """`did` is need add, pass, and then, after a hall's name: pledges, accepted, sends, came.

    What the last step said is everywhere when it has ended.
    """
    passed = yield from ask(four.north, act)
    pledges = {}
    for hall in (four.east, four.mill):
        pledges[hall.name] = yield from pledge(hall, passed["id"], act)
    for name, pledged in pledges.items():
        yield from accept(four.north, passed["id"], name, pledged, act)
    for hall in (four.east, four.mill):
        yield from send(hall, passed["id"], pledges[hall.name], act)
    for name, pledged in pledges.items():
        yield from receive(four.north, passed["id"], name, pledged, act)
    until_closed(four, passed["id"])


def ask(north: Hall, act: Act = act) -> Generator[Step, None, Any]:
    """Returns the document of what was passed on."""
    need = act(north, "need", "add", "FOD", WORDS, "--qty", str(ASKED), "--by", "5h")
    yield Step("need add", north, need)
    passed = act(north, "pass", need["ref"], "--yes")
    yield Step("pass", north, passed)
    return passed


def pledge(hall: Hall, overflow: str, act: Act = act) -> Generator[Step, None, str]:
    """Returns the pledge's id."""
    until_shown(hall, overflow, lambda shown: shown.qty == ASKED, CATCHES_UP_S)
    pledged = act(hall, "pledge", overflow, "--qty", str(PLEDGED[hall.name]))
    yield Step(f"{hall.name} pledges", hall, pledged)
    return str(pledged["id"])


def accept(
    north: Hall, overflow: str, name: str, pledge_id: str, act: Act = act
) -> Generator[Step, None, None]:
    """Mill Lane is not our neighbour: sealing to it asks, and `--yes` says yes."""
    until_pledge(north, overflow, name, "offered")
    sealed = ("--qty", str(BRINGS[name]), "--details", DETAILS[name], "--yes")
    yield Step(f"{name} accepted", north, act(north, "accept", pledge_id, *sealed))


def send(hall: Hall, overflow: str, pledge_id: str, act: Act = act) -> Generator[Step, None, None]:
    until_pledge(hall, overflow, hall.name, "accepted", details=DETAILS[hall.name])
    yield Step(f"{hall.name} sends", hall, act(hall, "sent", pledge_id))


def receive(
    north: Hall, overflow: str, name: str, pledge_id: str, act: Act = act
) -> Generator[Step, None, None]:
    until_pledge(north, overflow, name, "sent")
    came = act(north, "receive", pledge_id, "--qty", str(BRINGS[name]))
    yield Step(f"{name} came", north, came)


# What is shown ------------------------------------------------------------------------------


def until_pledge(
    hall: Hall, overflow: str, by: str, state: str, within_s: float = CATCHES_UP_S, **facts: object
) -> PledgeView:
    """The pledge of the hall called `by`, once it is in `state` and says `facts` at `hall`."""

    def fitting(shown: OverflowView) -> list[PledgeView]:
        return [
            each
            for each in shown.pledges
            if (each.by, each.state) == (by, state)
            and all(getattr(each, name) == value for name, value in facts.items())
        ]

    (found,) = fitting(until_shown(hall, overflow, lambda each: bool(fitting(each)), within_s))
    return found


def until_closed(four: Town, overflow: str, within_s: float = CATCHES_UP_S) -> None:
    """Closed at each of the three that saw it."""
    for hall in (four.north, four.east, four.mill):
        until_shown(hall, overflow, lambda shown: shown.state == "closed", within_s)


def assert_over(four: Town) -> None:
    """Forty have come, and every list says so; nothing of it is at Far Chapel."""
    (need,) = four.north.json("need", "list", "--all")
    assert (need["state"], need["because"], need["received"]) == ("closed", "met", ASKED)
    assert need["ref"] not in [each["ref"] for each in four.north.json("need", "list")]
    for distance, hall in enumerate((four.north, four.east, four.mill)):
        (overflow,) = hall.json("overflow", "list")
        assert (overflow["origin"], overflow["distance"]) == (NORTH, distance)
        assert (overflow["state"], overflow["because"]) == ("closed", "received")
        assert (overflow["qty"], overflow["accepted"], overflow["received"]) == (40, 40, 40)
        assert pledges_of(overflow) == {
            name: ("received", PLEDGED[name], BRINGS[name], BRINGS[name]) for name in (EAST, MILL)
        }
    assert four.chapel.json("overflow", "list") == []


def assert_far_chapel_hears(four: Town, overflow: str) -> None:
    """An overflow of Mill Lane's own arrives there, and so would all that went before it."""
    need = four.mill.json("need", "add", "CLO", "blankets for the night", "--qty", "12")["ref"]
    near = four.mill.json("pass", need, "--hops", "1", "--yes")["id"]
    shown = until_shown(four.chapel, near, lambda _: True, CATCHES_UP_S)
    assert (shown.origin, shown.distance) == (MILL, 1)
    until_shown(four.east, near, lambda _: True, CATCHES_UP_S)
    assert [each["id"] for each in four.chapel.json("overflow", "list")] == [near]
    assert [each["id"] for each in four.north.json("overflow", "list")] == [overflow]


def pledges_of(overflow: Any) -> dict[str, tuple[object, ...]]:
    """By the name of the pledging hall: state, pledged, accepted, received."""
    return {
        each["by"]: (each["state"], each["qty"], each["accepted"], each["received"])
        for each in overflow["pledges"]
    }


def saved_at(hall: Hall) -> Any:
    """What this hall has saved, as its desk sees it; how many hold it is the links' matter."""
    overflows = hall.json("overflow", "list")
    return [
        hall.json("need", "list", "--all"),
        [(each["state"], each["accepted"], pledges_of(each)) for each in overflows],
    ]


def assert_paired_as_before(four: Town) -> None:
    """The halls are the neighbours that they were: nobody had to be asked for a code."""
    for at, hall in enumerate(four):
        known = {each["name"] for each in hall.json("neighbour", "list")}
        assert known == {NAMES[next_to] for next_to in (at - 1, at + 1) if 0 <= next_to < 4}


def held_by(hall: Hall) -> dict[RecordId, Record]:
    """Every record on the hall's disk, its node running or not."""
    with closing(sqlite3.connect(f"file:{hall.folder}/hallway.db?mode=ro", uri=True)) as conn:
        records = [parse(*row) for row in conn.execute("SELECT body, signature FROM record")]
    return {record.id: record for record in records}

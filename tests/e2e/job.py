"""The job that the house is built for, as a story that stops after each step.

Northgate takes a need that it cannot meet and passes it on; Eastside pledges part of it, is told
where to come, and sends; Northgate receives. Every step looks up what it needs at the hall that
acts, as a person would, so that a node may have been stopped, killed or started in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from node.api.requests import ListOverflows
from node.api.views import OverflowView, PledgeView
from tests.e2e.halls import ARRIVES_S, Hall

ASKED: Final = 40
PLEDGED: Final = 25
WORDS: Final = "hot meals for tonight"
DETAILS: Final = "side door on Mill Lane, ask for Rosa at 18:00"

Act = Callable[..., Any]


class Step(NamedTuple):
    """`did` is the command, `by` the hall that gave it, `said` the document it printed."""

    did: str
    by: Hall
    said: Any


def act(hall: Hall, *arguments: str) -> Any:
    """On a running node."""
    return hall.json(*arguments)


def act_stopped(hall: Hall, *arguments: str) -> Any:
    """With the node stopped, which is started again afterwards."""
    hall.stop()
    said = hall.json(*arguments)
    hall.start()
    return said


def play(north: Hall, east: Hall, act: Act = act) -> Iterator[Step]:
    """Both nodes run and are paired. What the last step said is at both halls at the end."""
    added = act(north, "need", "add", "FOD", WORDS, "--qty", str(ASKED), "--by", "5h")
    yield Step("need add", north, added)

    passed = act(north, "pass", added["ref"], "--yes")
    yield Step("pass", north, passed)

    asked = passed["id"]
    until_shown(east, asked, lambda overflow: overflow.qty == ASKED)
    pledged = act(east, "pledge", asked, "--qty", str(PLEDGED))
    yield Step("pledge", east, pledged)

    until_pledge(north, asked, "offered")
    accepted = act(north, "accept", pledged["id"], "--details", DETAILS)
    yield Step("accept", north, accepted)

    until_pledge(east, asked, "accepted", details=DETAILS)
    sent = act(east, "sent", pledged["id"])
    yield Step("sent", east, sent)

    until_pledge(north, asked, "sent")
    received = act(north, "receive", pledged["id"], "--qty", str(PLEDGED))
    yield Step("receive", north, received)

    until_pledge(east, asked, "received", received=PLEDGED)


def until_shown(
    hall: Hall,
    overflow_id: str,
    fits: Callable[[OverflowView], bool],
    within_s: float = ARRIVES_S,
) -> OverflowView:
    """The overflow as `hall` lists it, once it is there and fits."""

    def found(listed: tuple[OverflowView, ...]) -> list[OverflowView]:
        return [each for each in listed if each.id == overflow_id and fits(each)]

    return found(hall.until(ListOverflows(), lambda listed: bool(found(listed)), within_s))[0]


def until_pledge(hall: Hall, overflow_id: str, state: str, **facts: object) -> PledgeView:
    """The one pledge of this overflow, once it is in `state` and says `facts`."""

    def fits(overflow: OverflowView) -> bool:
        return any(
            pledge.state == state
            and all(getattr(pledge, name) == value for name, value in facts.items())
            for pledge in overflow.pledges
        )

    (pledge,) = until_shown(hall, overflow_id, fits).pledges
    return pledge

"""The evening in four houses on one street: IPv4 and multicast, no gateway, no name service.

All hear each other's announcements; each hall is paired with the next only. That a link in step
settles in one exchange is counted in `test_evening`: on this street all is encrypted.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from node.api.requests import ListNeighbours
from node.api.views import NeighbourView
from tests.e2e.evening import (
    ASKED,
    MILL,
    NAMES,
    WORDS,
    Town,
    assert_far_chapel_hears,
    assert_over,
    play,
)
from tests.e2e.halls import Hall, pair
from tests.e2e.job import act, until_shown
from tests.e2e.namespaces import House, Street

pytestmark = pytest.mark.e2e

NEXT_DOOR_S: Final = 5.0
TWO_AWAY_S: Final = 10.0
"""Seconds from passing a need on to its standing on a list, next door and two links away: asked of
the product."""

AWAY_S: Final = 40.0
"""Seconds until a link without a cable is given up: its heartbeat takes 22 at the latest."""


class OnStreet(NamedTuple):
    four: Town
    mill_house: House


@pytest.fixture
def street(tmp_path: Path) -> Iterator[OnStreet]:
    """Four halls whose nodes run, each linked to the next."""
    with Street(tmp_path) as street, ExitStack() as ending:
        houses = [street.house(name.split()[0].lower()) for name in NAMES]
        halls = [
            Hall(name, house.data, prefix=("ip", "netns", "exec", house.namespace), listen=())
            for name, house in zip(NAMES, houses, strict=True)
        ]
        for hall in halls:
            hall.init()
            ending.callback(hall.end)
            hall.start()
        for inviter, joiner in itertools.pairwise(halls):
            pair(inviter, joiner)
        yield OnStreet(Town(*halls), houses[NAMES.index(MILL)])


def test_first_sight_next_door_and_two_links_away(street: OnStreet) -> None:
    four = street.four
    need = four.north.json("need", "add", "FOD", WORDS, "--qty", str(ASKED))["ref"]
    overflow = four.north.json("pass", need, "--yes")["id"]
    since_s = time.monotonic()
    near = until_shown(four.east, overflow, lambda each: each.text == WORDS, NEXT_DOOR_S)
    left_s = TWO_AWAY_S - (time.monotonic() - since_s)
    far = until_shown(four.mill, overflow, lambda each: each.text == WORDS, left_s)
    assert (near.distance, far.distance) == (1, 2)
    assert_far_chapel_hears(four, overflow)
    assert four.chapel.json("status")["neighbours"] == 1


def test_power_goes_at_northgate_while_mill_lane_has_no_cable(street: OnStreet) -> None:
    """Halfway through: Mill Lane pledges meanwhile, and hears that it was accepted afterwards."""
    four = street.four

    def act_cut_off(hall: Hall, *arguments: str) -> Any:
        if hall is four.mill and arguments[0] == "pledge":
            street.mill_house.cut()
        return act(hall, *arguments)

    for step in play(four, act_cut_off):
        if step.did == f"{MILL} pledges":
            four.east.until(ListNeighbours(), is_away(MILL), AWAY_S)
            four.north.kill()
            four.north.start()
            street.mill_house.mend()
        if step.did == f"{MILL} accepted":
            four.north.kill()
            street.mill_house.cut()
            four.north.start()
            street.mill_house.mend()
    assert_over(four)
    (overflow,) = four.north.json("overflow", "list")
    assert_far_chapel_hears(four, overflow["id"])


def is_away(name: str) -> Callable[[tuple[NeighbourView, ...]], bool]:
    return lambda listed: any((each.name, each.state) == (name, "away") for each in listed)

"""A hall that is off for parts of the evening catches up, also with what it did meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tests.e2e.evening import EAST, MILL, NAMES, NORTH, Town, assert_over, play, town, until_pledge
from tests.e2e.halls import Hall
from tests.e2e.job import Act, act

pytestmark = pytest.mark.e2e


class Back(NamedTuple):
    """It is started; `seen` is waited for: at which hall, whose pledge, in what state."""

    seen: tuple[tuple[str, str, str], ...] = ()
    stays: bool = True


EAST_IS_BACK: Final = {
    "pass": Back(),
    f"{EAST} pledges": Back(((MILL, EAST, "offered"),), stays=False),
    f"{MILL} pledges": Back(((NORTH, EAST, "offered"), (NORTH, MILL, "offered")), stays=False),
    f"{MILL} accepted": Back(((MILL, MILL, "accepted"),)),
    f"{MILL} sends": Back(),
    f"{EAST} came": Back(((NORTH, MILL, "sent"),), stays=False),
    f"{MILL} came": Back(),
}
"""Off while Northgate asks, while Mill Lane, behind it, pledges, while both are accepted, while
Mill Lane sends, and while the last of it comes."""

MILL_IS_BACK: Final = {
    f"{EAST} pledges": Back(),
    f"{MILL} pledges": Back(((NORTH, MILL, "offered"),), stays=False),
    f"{EAST} sends": Back(),
    f"{EAST} came": Back(((NORTH, MILL, "sent"),), stays=False),
    f"{MILL} came": Back(),
}
"""Off while Northgate asks and Eastside pledges, while both are accepted and Eastside sends, while
what Eastside sent comes, and while its own does."""


@pytest.mark.parametrize(
    ("name", "back"), [(EAST, EAST_IS_BACK), (MILL, MILL_IS_BACK)], ids=["Eastside", "Mill Lane"]
)
def test_a_hall_that_is_off_between_its_steps(
    tmp_path: Path, name: str, back: Mapping[str, Back]
) -> None:
    with town(tmp_path) as four:
        away = four[NAMES.index(name)]
        away.stop()
        for step in play(four, act_while_off(away)):
            if step.did in back:
                be_back(four, away, back[step.did])
        assert_over(four)


def act_while_off(away: Hall) -> Act:
    """`away` gives its own commands with its node stopped, and stays off."""

    def act_then(hall: Hall, *arguments: str) -> Any:
        if hall is away and away.is_running:
            away.stop()
        return act(hall, *arguments)

    return act_then


def be_back(four: Town, away: Hall, back: Back) -> None:
    overflow = four.north.json("overflow", "list")[0]["id"]
    if not away.is_running:
        away.start()
    for at, by, state in back.seen:
        until_pledge(four[NAMES.index(at)], overflow, by, state)
    if not back.stays:
        away.stop()


def test_northgate_loses_power_while_mill_lane_is_off(tmp_path: Path) -> None:
    """Twice: when both have pledged, and between the two answers."""
    with town(tmp_path) as four:
        for step in play(four):
            if step.did == f"{MILL} pledges":
                four.mill.stop()
                four.north.kill()
                four.mill.start()
                four.north.start()
            if step.did == f"{EAST} accepted":
                four.mill.stop()
            if step.did == f"{MILL} accepted":
                four.north.kill()
                four.north.start()
                four.mill.start()
        assert_over(four)

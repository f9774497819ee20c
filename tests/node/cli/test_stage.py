"""Looking until something has arrived ends, and says what did not arrive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from node.api.requests import ShowOverflow
from node.cli import stage as stages
from node.cli.output import NotDone
from node.cli.scratch import ScratchHall
from node.cli.stage import Promise, Stage
from tests.node.cli.fake_house import OVERFLOW, PLEDGE, FakeHouse


@pytest.fixture
def house() -> FakeHouse:
    return FakeHouse()


@pytest.fixture
def stage(house: FakeHouse, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Without patience: what is not there at the second look never comes."""
    monkeypatch.setattr(stages, "ARRIVES_S", 0)
    names = ("North", "East", "Mill", "Far")
    north, east, mill, far = (ScratchHall(name, Path("none", name)) for name in names)
    return Stage(house, north, east, mill, far, lambda _text: None)


def test_what_does_not_arrive_is_named(stage: Stage) -> None:
    with pytest.raises(NotDone, match=r"this did not arrive: the need, at Mill\.$"):
        stage.until_listed(stage.mill, "another-id", "the need, at {mill}")


def test_what_is_there_is_found(stage: Stage) -> None:
    assert stage.until_listed(stage.mill, OVERFLOW.id, "") == OVERFLOW


def test_a_pledge_arrives_when_it_fits(stage: Stage, house: FakeHouse) -> None:
    promise = Promise(stage.east, PLEDGE.id, OVERFLOW.id, 25, "")
    assert stage.until_pledge(stage.north, promise, "") == PLEDGE
    with pytest.raises(NotDone, match="that it is moving, at North"):
        stage.until_pledge(
            stage.north, promise, "that it is moving, at {north}", lambda seen: seen.state == "sent"
        )
    moving = replace(PLEDGE, state="sent")
    house.answers[ShowOverflow] = replace(OVERFLOW, pledges=(moving,))
    found = stage.until_pledge(stage.north, promise, "", lambda seen: seen.state == "sent")
    assert found == moving

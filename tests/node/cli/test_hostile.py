"""Words from elsewhere are printed as text: on every command, from every field that holds text."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from node.api.requests import (
    CloseEntry,
    EditEntry,
    Join,
    ListNeighbours,
    ListOverflows,
    RemoveNeighbour,
    ShowOverflow,
    Status,
)
from node.api.views import Promise, WaitingView
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import (
    ANSWERS,
    EASTSIDE,
    FAR_PLEDGE,
    NEED,
    OVERFLOW,
    PLEDGE,
    STATUS,
    SURPLUS,
    FakeHouse,
)

HOSTILE = {
    "escape": "\x1b[2J\x1b[31mred\x1bcx",
    "title": "\x1b]0;owned\x07x",
    "open title": "\x1b]0;x",
    "c1": "\x9b31mx\x9d0;owned\x9cx",
    "line": "x\nN-1-B  open\r\x0b\x85\u2028x",
    "override": "\u202excba\u2066\u200f",
    "bell": "x\x00\x07\x08\x7f",
    "half": "x\udc9b31m",
}
"""Each leaves an x behind: no field is empty afterwards."""

COMMANDS = (
    "status",
    "need list --all",
    "need show N-417-K",
    "need add FOD x --qty 40",
    "need edit N-417-K --text x",
    "need close N-417-K --because met",
    "offer list",
    "pass N-417-K",
    "pass N-417-K --yes",
    "overflow list",
    "overflow show X",
    "overflow renew X",
    "overflow edit X --qty 5",
    "overflow withdraw X",
    "overflow withdraw X --yes",
    "pledge X --qty 5",
    "retract X",
    "accept X",
    "accept X --yes",
    "decline X",
    "release X",
    "sent X",
    "receive X --qty 5",
    "neighbour list",
    "neighbour join CODE",
    "neighbour remove east-id",
    "neighbour remove east-id --yes",
)
"""All that print something from elsewhere; a code and the time are our own node's."""
OURS_TO_COMPARE = frozenset({"id", "group_id", "approval", "time_by", "overflow"})
"""Fields that the command line compares or looks up, and never prints."""

View = TypeVar("View")


def poisoned(view: View, text: str, *, in_states: bool) -> View:
    """The view with `text` in every field that holds text, in views within it too."""

    def other(name: str, value: Any) -> Any:
        if name in OURS_TO_COMPARE or (name == "state" and not in_states):
            return value
        match value:
            case str():
                return text
            case tuple():
                return tuple(other("", each) for each in value)
            case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
                return changed(value)
        return value

    def changed(one: Any) -> Any:
        fields = (field for field in dataclasses.fields(one) if field.init)
        return dataclasses.replace(
            one, **{each.name: other(each.name, getattr(one, each.name)) for each in fields}
        )

    result: View = other("", view)
    return result


FULL_PLEDGES = tuple(
    dataclasses.replace(each, note="n", details="d", condition="c", reached=("r",), would_fall=1)
    for each in (PLEDGE, FAR_PLEDGE, dataclasses.replace(PLEDGE, ours=True))
)
FULL = dataclasses.replace(
    OVERFLOW, pledges=FULL_PLEDGES, needs=("r",), reached=("r",), area="a", because="b", read_by=1
)
FULL_NEED = dataclasses.replace(
    NEED, because="b", contact="c", note="n", consent="c", initials="i", overflows=("r",),
    also_changed=("r",), danger=True, to_let_go=(Promise("r", "agreed", 1),), overmatched=1,
)  # fmt: skip
VIEWS: dict[type, object] = {
    **{kind: FULL for kind, view in ANSWERS.items() if view is OVERFLOW},
    **{kind: FULL_PLEDGES[1] for kind, view in ANSWERS.items() if isinstance(view, type(PLEDGE))},
    **{kind: FULL_NEED for kind, view in ANSWERS.items() if view is NEED},
    CloseEntry: FULL_NEED,
    EditEntry: FULL_NEED,
    ShowOverflow: FULL,
    ListOverflows: (
        FULL,
        dataclasses.replace(FULL, id="theirs", ours=False, distance=2, through="t", surplus=True),
        dataclasses.replace(SURPLUS, distance=None),
    ),
    ListNeighbours: (
        dataclasses.replace(
            EASTSIDE, area="a", waiting=2, waiting_for=(WaitingView("r"), WaitingView("r", True))
        ),
    ),
    Join: EASTSIDE,
    RemoveNeighbour: EASTSIDE,
    Status: dataclasses.replace(STATUS, area="a", address="a", warnings=("w",)),
}


def is_plain(line: str) -> bool:
    """Nothing in it moves a cursor, ends a line, turns text round or cannot be seen."""
    return not any(unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for each in line)


@pytest.fixture
def lines_of(hallway: Hallway, house: FakeHouse) -> Callable[[str, str, bool], list[str]]:
    def ask(typed: str, text: str, in_states: bool) -> list[str]:
        for kind, view in {**ANSWERS, **VIEWS}.items():
            house.answers[kind] = poisoned(view, text, in_states=in_states)
        ran = hallway(*typed.split())
        assert "wrong inside Hallway" not in ran.err
        return [*ran.out.split("\n"), *ran.err.split("\n")]

    return ask


@pytest.mark.parametrize("in_states", [False, True])
@pytest.mark.parametrize("typed", COMMANDS)
def test_nothing_that_is_printed_acts(
    lines_of: Callable[[str, str, bool], list[str]], typed: str, *, in_states: bool
) -> None:
    harmless = lines_of(typed, "x", in_states)
    for name, text in HOSTILE.items():
        printed = lines_of(typed, text, in_states)
        assert all(is_plain(line) for line in printed), name
        assert len(printed) == len(harmless), name
        # What stands behind it is still there: nothing in it has swallowed the rest of the line.
        for line, plain in zip(printed, harmless, strict=True):
            assert line.count("x") >= plain.count("x"), name

"""The power goes everywhere at once, or in the middle of a command: the evening goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from tests.e2e.evening import assert_over, assert_paired_as_before, play, saved_at, town
from tests.e2e.halls import COMMAND_S, Hall
from tests.e2e.job import Act, act
from tests.e2e.refusals import assert_plain

pytestmark = pytest.mark.e2e

LEADS_TO: Final = {"accept": "accepted", "sent": "sent", "receive": "received"}
"""The state of a pledge when the command was carried out."""


def test_all_nodes_are_killed_at_once(tmp_path: Path) -> None:
    """As the power of a whole street goes; they come back one after the other, in either order."""
    with town(tmp_path) as four:
        for number, step in enumerate(play(four)):
            if number % 2:
                before = saved_at(step.by)
                for hall in four:
                    hall.kill()
                for hall in four if number % 4 == 1 else reversed(four):
                    hall.start()
                assert saved_at(step.by) == before
        assert_over(four)


def test_nodes_are_killed_while_they_carry_out_commands(tmp_path: Path) -> None:
    """Sooner after each command, later after the next: before it is asked, or when it is done."""
    with town(tmp_path) as four:
        for _ in play(four, act_under_fire(count(0.003, 0.003))):
            pass
        assert_over(four)
        assert_paired_as_before(four)


def act_under_fire(moments: Iterator[float]) -> Act:
    """The node is killed so many seconds after the command was started, each time at another."""

    def act_then(hall: Hall, *arguments: str) -> Any:
        command = hall.begin(*arguments, "--json")
        time.sleep(next(moments))
        hall.kill()
        out, told = command.communicate(timeout=COMMAND_S)
        hall.start()
        if command.returncode == 0:
            return json.loads(out)
        assert (command.returncode, out) == (1, "")
        assert_plain(told)
        # Whoever reads that it is not known looks, and does it again if it was not done.
        return done_before(hall, *arguments) or act(hall, *arguments)

    return act_then


def done_before(hall: Hall, command: str, *arguments: str) -> Any:
    """What the command would have printed, if it was carried out; None if it was not."""
    if command == "need":
        return next(iter(hall.json("need", "list", "--all")), None)
    overflow: Any = next(iter(hall.json("overflow", "list")), None)
    if command == "pass":
        return overflow
    if command == "pledge":
        return next((each for each in overflow["pledges"] if each["by"] == hall.name), None)
    (pledge,) = (each for each in overflow["pledges"] if each["id"] == arguments[0])
    return pledge if pledge["state"] == LEADS_TO[command] else None

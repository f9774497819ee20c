"""`kill -9` of any node at any point of the evening: started again, the story goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from node.refusal import Why
from node.wording import SENTENCES
from tests.e2e.evening import (
    CATCHES_UP_S,
    NAMES,
    assert_far_chapel_hears,
    assert_over,
    assert_paired_as_before,
    play,
    saved_at,
    town,
)
from tests.e2e.halls import Hall, until
from tests.e2e.job import Act, Step, act

pytestmark = pytest.mark.e2e
UNKNOWN = SENTENCES[Why.REFERENCE_NOT_FOUND].partition("{")[0]


def act_around_kills(victim: Hall) -> Act:
    """`victim` acts just after it was killed; what others do, they do while it is gone."""

    def act_then(hall: Hall, *arguments: str) -> Any:
        victim.kill()
        if hall is victim:
            victim.start()
            return act_when_known(hall, *arguments)
        said = act(hall, *arguments)
        victim.start()
        return said

    return act_then


def act_when_known(hall: Hall, *arguments: str) -> Any:
    """What had come in the moment of the cut and was on no disk yet comes again with the link."""

    def tried() -> Any:
        ran = hall.run(*arguments, "--json")
        if ran.stderr.startswith(UNKNOWN):
            return None
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return until(tried, f"{hall.name}: {arguments}", CATCHES_UP_S)


def kill_after(step: Step, victim: Hall) -> None:
    """The power goes as soon as it was said that it is saved, or when the news is just coming."""
    before = saved_at(victim) if step.by is victim else None
    victim.kill()
    victim.start()
    if before is not None:
        assert saved_at(victim) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_node_is_killed_before_and_after_every_step(tmp_path: Path, name: str) -> None:
    with town(tmp_path) as four:
        victim = four[NAMES.index(name)]
        for step in play(four, act_around_kills(victim)):
            kill_after(step, victim)
        assert_over(four)
        assert_paired_as_before(four)
        (overflow,) = four.north.json("overflow", "list")
        assert_far_chapel_hears(four, overflow["id"])

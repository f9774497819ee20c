"""A code that is used, expired, mistyped, unknown, our own or none at all pairs nobody."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from node.refusal import Why
from protocol.invite import from_text, to_text
from tests.e2e.halls import Hall, halls, until
from tests.e2e.refusals import LONG, assert_refused, contents

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Hall]]:
    folder = tmp_path_factory.mktemp("three")
    with halls(folder, "Northgate", "Eastside", "West End") as made:
        for hall in made:
            hall.start()
        yield made


def assert_code_refused(inviter: Hall, joiner: Hall, code: str, why: Why) -> None:
    """Neither side has a neighbour more, nor anything else."""
    before = [contents(hall) for hall in (inviter, joiner)]
    assert_refused(joiner.run("neighbour", "join", code), why)
    assert [contents(hall) for hall in (inviter, joiner)] == before


def test_a_used_code_names_who_used_it(three: list[Hall]) -> None:
    north, east, west = three
    code = north.json("neighbour", "invite")["code"]
    east.json("neighbour", "join", code)
    quiet_pair(north, east)
    before = contents(west)
    ran = west.run("neighbour", "join", code)
    assert_refused(ran, Why.CODE_USED)
    assert "Eastside" in ran.stderr
    assert contents(west) == before
    assert [each["name"] for each in north.json("neighbour", "list")] == ["Eastside"]


def quiet_pair(*pair: Hall) -> None:
    """Both have told each other where they are: nothing more is written."""
    for hall in pair:
        until(lambda hall=hall: settled(hall) or None, f"{hall.name} is settled")  # type: ignore[misc]


def settled(hall: Hall) -> bool:
    with closing(sqlite3.connect(f"file:{hall.folder}/hallway.db?mode=ro", uri=True)) as conn:
        row = conn.execute("SELECT discovery_key, last_heard_ms FROM neighbour").fetchone()
    return row is not None and None not in tuple(row)


def test_an_expired_code(three: list[Hall]) -> None:
    north, _, west = three
    invited = north.json("neighbour", "invite", "--for", "0.001")
    until(lambda: is_past(invited["until"]) or None, "the code has expired")
    assert_code_refused(north, west, invited["code"], Why.CODE_EXPIRED)


def is_past(time: str) -> bool:
    """Over by more than the second that the time may be rounded to."""
    return (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds() > 1


def test_a_code_of_which_the_other_hall_knows_nothing(three: list[Hall]) -> None:
    north, _, west = three
    code = from_text(north.json("neighbour", "invite")["code"])
    unknown = to_text(replace(code, secret=bytes(16)))
    assert_code_refused(north, west, unknown, Why.CODE_UNKNOWN)


@pytest.mark.parametrize("place", [0, 4, 22, 44])
def test_a_mistyped_code_names_the_group(three: list[Hall], place: int) -> None:
    north, _, west = three
    chars = list(north.json("neighbour", "invite")["code"].replace("-", ""))
    chars[place] = "7" if chars[place] != "7" else "8"
    before = contents(west)
    ran = west.run("neighbour", "join", "".join(chars))
    assert_refused(ran, Why.CODE_MISTYPED)
    assert f"group {place // 5 + 1}:" in ran.stderr
    assert contents(west) == before


@pytest.mark.parametrize("code", ["hello", "", "0" * 45, "Z" * 70, LONG[:5_000]], ids=len)
def test_what_is_no_code(three: list[Hall], code: str) -> None:
    before = contents(three[2])
    assert_refused(three[2].run("neighbour", "join", code), None)
    assert contents(three[2]) == before


def test_the_own_code(three: list[Hall]) -> None:
    north = three[0]
    code = north.json("neighbour", "invite")["code"]
    assert_code_refused(north, north, code, Why.CODE_OWN)


@pytest.mark.parametrize("hours", ["0", "-1", "73", "forty", ""])
def test_a_code_lives_no_odd_number_of_hours(three: list[Hall], hours: str) -> None:
    before = contents(three[0])
    ran = three[0].run("neighbour", "invite", "--for", hours)
    assert_refused(ran, Why.HOURS_OUT_OF_RANGE)
    assert contents(three[0]) == before

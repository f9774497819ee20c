"""The command line and a real running node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from node.cli.scratch import ScratchHall, scratch_halls
from node.interpreter import own_environment, python_module
from tests.node.cli.test_run import HEAVY, WAIT_S

pytestmark = pytest.mark.e2e

IMPORTED = """
import json, sys
from node.__main__ import main
code = main(["--data", sys.argv[1], "status", "--json"])
print(json.dumps(sorted(sys.modules)))
sys.exit(code)
"""

OFF_LIMITS = HEAVY - {"sqlite3"}
"""The standard library's own SQLite loads in milliseconds, and knows the stopped hall's folder."""


@pytest.fixture(scope="module")
def north() -> Iterator[ScratchHall]:
    with scratch_halls(("North", "1 Street", "north")) as (hall,):
        yield hall


def typed(hall: ScratchHall, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*python_module("node"), "--data", str(hall.folder), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=own_environment(),
        timeout=WAIT_S,
        check=False,
    )


def test_a_command_on_a_running_node_loads_nothing_heavy(north: ScratchHall) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTED, str(north.folder)],
        capture_output=True,
        env=os.environ | own_environment(),
        timeout=WAIT_S,
        check=True,
    )
    status, modules = map(json.loads, ran.stdout.splitlines())
    assert status["running"] is True
    assert {name.split(".")[0] for name in modules} & OFF_LIMITS == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["node", "--listen", "127.0.0.1:0"],
        ["init", "--name", "Second"],
        ["need", "add", "FOD", "meals", "--qty", "-1e99"],
        ["need", "add", "FOD", "meals", "--qty", "forty"],
        ["need", "add", "FOD", "meals\x1b[2J"],
        ["need", "add", "FOD", "meals", "--by", "2001-01-01"],
        ["clock", "soon"],
        ["clock", "1970-01-01 00:00"],
        ["need", "show", "N-1-Z"],
        ["pledge", "NG V-12-K", "--qty", "1"],
        ["overflow", "show", "no reference"],
        ["neighbour", "join", "ABCDE-FGHJK"],
        ["neighbour", "invite", "--for", "73"],
        ["neighbour", "remove", "Nobody", "--yes"],
    ],
)
def test_what_a_running_node_refuses(north: ScratchHall, arguments: list[str]) -> None:
    before = typed(north, "need", "list", "--all", "--json").stdout
    ran = typed(north, *arguments, "--json")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.count("\n") == 1
    assert "inside Hallway" not in ran.stderr
    assert typed(north, "need", "list", "--all", "--json").stdout == before


def test_stop_ends_it_and_a_second_stop_is_no_error(north: ScratchHall) -> None:
    assert "ended" in typed(north, "stop").stdout
    assert json.loads(typed(north, "status", "--json").stdout)["running"] is False
    assert typed(north, "stop").returncode == 0

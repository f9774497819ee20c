"""`hallway demo` with real nodes, as a newcomer runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

DEADLINE_S = 120
"""Some forty commands and four nodes on a machine with other work."""

LINES_MAX = 48
"""A tall terminal shows the whole evening at once."""

TOO_FAR = """
import sys
from node.__main__ import main
from node.cli.scratch import ScratchHall
run = ScratchHall.run
def run_farther(hall, *arguments):
    return run(hall, *arguments, *(["--hops", "3"] if arguments[0] == "pass" else []))
ScratchHall.run = run_farther
sys.exit(main(["demo", "--json"]))
"""


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
        env=os.environ | {"TMPDIR": str(folder), "HALLWAY_DATA": str(folder / "own")},
    )


def test_the_evening_arrives(tmp_path: Path) -> None:
    ran = demo(tmp_path, "-m", "node", "demo", "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["received"] == 40
    assert list(tmp_path.iterdir()) == []


def test_it_is_told_as_a_story(tmp_path: Path) -> None:
    ran = demo(tmp_path, "-m", "node", "demo")
    assert (ran.returncode, ran.stderr) == (0, "")
    for told in (
        "These words would leave the hall",
        "Northgate, through Eastside",
        "25 of 40",
        "so 15 meals are left",
        "ask for Sam",
        "ask for Ines",
        "40 of 40",
        "Warm blankets",
        "All of it arrived",
    ):
        assert told in ran.stdout
    lines = ran.stdout.splitlines()
    assert max(map(len, lines)) <= 90
    assert len(lines) <= LINES_MAX


def test_what_travels_too_far_ends_it_in_one_sentence(tmp_path: Path) -> None:
    ran = demo(tmp_path, "-c", TOO_FAR)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "The demo stopped: Far Chapel got what was not to travel so far.\n"
    assert list(tmp_path.iterdir()) == []

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
"""A dozen commands and two nodes on a machine with other work."""


def demo(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "node", "demo", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
        env=os.environ | {"TMPDIR": str(folder), "HALLWAY_DATA": str(folder / "own")},
    )


def test_the_evening_arrives(tmp_path: Path) -> None:
    ran = demo("--json", folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["received"] == 25
    assert list(tmp_path.iterdir()) == []


def test_it_is_told_as_a_story(tmp_path: Path) -> None:
    ran = demo(folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    for told in (
        "These words would leave the hall",
        "25 of 40",
        "ask for Sam",
        "All of it arrived",
    ):
        assert told in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 90

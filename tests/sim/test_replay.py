"""A seed replays exactly, and a run that proves nothing says so."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.sim.counting import Outcome, Run, played
from tests.sim.faults import Fault

HOME = Path(__file__).parents[2]


@pytest.mark.parametrize("seed", [1, 7, 12])
def test_a_seed_replays_to_the_last_byte(seed: int) -> None:
    assert played(seed).digest == played(seed).digest


def test_who_reads_along_changes_nothing() -> None:
    lines: list[str] = []
    assert played(7, lines.append).digest == played(7).digest
    assert lines


def test_two_seeds_are_two_towns() -> None:
    assert played(1).digest != played(2).digest


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_seed_replays_in_another_process(hash_seed: str) -> None:
    """Sets of bytes are gone through in another order there."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.sim", "--only", "12"],
        cwd=HOME,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert played(12).digest in ended.stdout.splitlines()
    assert ended.returncode == 0


def test_a_run_in_which_a_fault_never_happened_fails_and_names_it() -> None:
    run = Run()
    run.add(Outcome(0, "", Counter({each: 1 for each in Fault if each is not Fault.CRASH}), None))
    assert [each for each in run.complaints if "CRASH" in each] == run.complaints
    assert run.never_fired == [Fault.CRASH]


def test_a_seed_that_fails_says_how_to_see_it_again() -> None:
    run = Run()
    run.add(Outcome(4711, "", Counter({each: 1 for each in Fault}), "Broken: lost"))
    assert len(run.complaints) == 1
    assert "seed 4711: Broken: lost" in run.complaints[0]
    assert "python -m tests.sim --only 4711" in run.complaints[0]

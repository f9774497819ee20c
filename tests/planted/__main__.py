"""`python -m tests.planted [NN…]`: does the simulator catch mistakes that were made on purpose?

Each patch in this folder is one mistake. It is applied to a copy of the house, never to the
checkout. There a seed among the first 500 must fail, and that seed must hold without the mistake.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mirrored import HOME

PATCHES: Final = Path(__file__).parent
ROOMS: Final = ("protocol", "node", "tests")
"""What the simulator runs on."""
SEEDS: Final = 500
BATCH: Final = 20
"""Seeds that are played before anybody looks: most mistakes show in the first few."""
FAILED: Final = re.compile(r"^seed (\d+): (.+)$", re.MULTILINE)
"""How the simulator says that a town went wrong, and by which rule."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one patch, in a sentence."""

    name: str
    is_caught: bool
    told: str


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./check planted", description=__doc__)
    parser.add_argument("numbers", nargs="*", metavar="NN", help="of patches (default: all)")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"how many each ({SEEDS})")
    wanted = parser.parse_args(arguments)
    patches = find_patches(wanted.numbers)
    if not patches:
        parser.error(f"no patch begins with {' or '.join(wanted.numbers)}")
    with tempfile.TemporaryDirectory(prefix="hallway-planted-") as folder:
        sound = copy_house(Path(folder, "sound"))
        tried = (_plant(patch, sound, wanted.seeds) for patch in patches)
        failed = [outcome for outcome in map(_report, tried) if not outcome.is_caught]
    return 1 if failed else 0


def find_patches(numbers: Iterable[str]) -> list[Path]:
    wanted = tuple(numbers)
    return [path for path in sorted(PATCHES.glob("*.patch")) if path.name.startswith(wanted or "")]


def copy_house(place: Path, home: Path = HOME) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "__snapshots__", "e2e", "tui")
    for room in ROOMS:
        shutil.copytree(home / room, place / room, ignore=ignored)
    return place


def apply(patch: Path, place: Path) -> str:
    """Apply it to the copy at `place`; what git said when that was impossible, else nothing.

    Lines may have moved, and one line of context is enough.
    """
    done = subprocess.run(
        ["git", "apply", "-C1", "--recount", str(patch)],
        cwd=place,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(place.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode else ""


def _plant(patch: Path, sound: Path, seeds: int) -> Outcome:
    place = copy_house(sound.with_name(patch.stem), sound)
    objection = apply(patch, place)
    if objection:
        told = f"does not apply any more: make it anew against the code of today.\n{objection}"
        return Outcome(patch.stem, False, told)
    for first in range(0, seeds, BATCH):
        batch = ("--first", str(first), "--seeds", str(min(BATCH, seeds - first)))
        for seed, rule in FAILED.findall(_simulate(place, *batch).stdout):
            if _simulate(sound, "--only", seed).returncode == 0:
                shutil.rmtree(place)
                return Outcome(patch.stem, True, f"caught by seed {seed}: {rule}")
            print(f"{patch.stem}: seed {seed} fails without the mistake as well", flush=True)
    return Outcome(patch.stem, False, f"was not caught in {seeds} seeds")


def _simulate(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.sim", *arguments],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _report(outcome: Outcome) -> Outcome:
    print(f"{outcome.name}: {outcome.told}", flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m tests.fuzz`: searches for input that does harm, guided by what each input reaches.

Without arguments at least ten minutes of processor time over all targets, in two processes. What a
run finds worth keeping stays in `.fuzz`, where the next one begins.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import Final

from tests.fuzz.atheris_place import NoAtheris, make_ready
from tests.fuzz.oracle import Target, try_one
from tests.fuzz.targets import TARGETS, find_target
from tests.mirrored import HOME

PROCESSES: Final = 2
FOLDER: Final = HOME / ".fuzz"
SHARES: Final = {"link": 5, "dialogue": 2, "record": 2, "frame": 2}
"""How much of the time a target gets where that is more than one share."""
SECONDS_LEAST: Final = 2
TOLD_BYTES_MAX: Final = 3_000
"""Of what atheris said before an input did harm: its end, where the traceback stands."""


@dataclass(frozen=True, slots=True)
class Search:
    """`seconds` of processor time went into it; `harm` is what did harm, and what was said."""

    target: str
    seconds: float
    inputs: int
    harm: tuple[bytes, ...]
    told: str


def main(arguments: list[str]) -> int:
    wanted = _read(arguments)
    if wanted.replay:
        return _replay(*wanted.replay)
    try:
        place = make_ready()
    except NoAtheris as reason:
        print(reason, file=sys.stderr)
        return 1
    targets = [target for target in TARGETS if wanted.only in {None, target.name}]
    shares = [SHARES.get(target.name, 1) for target in targets]
    seconds = [60 * wanted.minutes * share / sum(shares) for share in shares]
    with ThreadPoolExecutor(PROCESSES) as pool:
        searches = [_told(each) for each in pool.map(_search, targets, seconds, repeat(place))]
    total_s = sum(search.seconds for search in searches)
    print(f"{total_s / 60:.1f} minutes of processor time over {len(targets)} targets")
    return 1 if any(search.harm or search.told for search in searches) else 0


def _read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./check fuzz", description=__doc__)
    names = [target.name for target in TARGETS]
    parser.add_argument("--minutes", type=float, default=10.0, help="of processor time (10)")
    parser.add_argument("--only", choices=names, metavar="TARGET", help=", ".join(names))
    parser.add_argument("--replay", nargs=2, metavar=("TARGET", "HEX"), help="feed one input again")
    return parser.parse_args(arguments)


def _replay(name: str, hexed: str) -> int:
    try:
        target, data = find_target(name), bytes.fromhex(hexed)
    except (KeyError, ValueError):
        print(f"{name} is no target, or what follows is no hex.", file=sys.stderr)
        return 2
    try_one(target, data)
    print(f"{name} does with it what it should.")
    return 0


def _search(target: Target, seconds: float, place: Path) -> Search:
    """Starts atheris as often as it takes: its own clock is the wall's, and machines are busy."""
    folder = FOLDER / target.name
    _lay_out(folder, target)
    used_s, inputs = 0.0, 0
    while used_s < seconds:
        log = folder / "log"
        used_s += _run(target, folder, max(SECONDS_LEAST, round(seconds - used_s)), place)
        told = log.read_text(encoding="utf-8", errors="replace")
        inputs += _inputs_in(told)
        harm = tuple(path.read_bytes() for path in sorted((folder / "harm").iterdir()))
        if harm or "stat::number_of_executed_units" not in told:
            return Search(target.name, used_s, inputs, harm, told[-TOLD_BYTES_MAX:])
    return Search(target.name, used_s, inputs, (), "")


def _lay_out(folder: Path, target: Target) -> None:
    for name in ("corpus", "harm"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for path in (folder / "harm").iterdir():
        path.unlink()
    for seed in target.seeds():
        if len(seed) <= target.bytes_max:
            (folder / "corpus" / sha256(seed).hexdigest()[:40]).write_bytes(seed)


def _run(target: Target, folder: Path, seconds: int, place: Path) -> float:
    """Seconds of processor time that it took."""
    paths = filter(None, (str(place), os.environ.get("PYTHONPATH")))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.driver", target.name, str(folder), str(seconds)],
            cwd=HOME,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def _inputs_in(told: str) -> int:
    counts = (line.split()[-1] for line in told.splitlines() if "executed_units" in line)
    return sum(int(count) for count in counts)


def _told(search: Search) -> Search:
    print("\n".join(_lines(search)), flush=True)
    return search


def _lines(search: Search) -> Iterator[str]:
    found = f"{len(search.harm)} did harm" if search.harm else "none did harm"
    if search.told and not search.harm:
        found = "atheris ended before its time"
    yield f"{search.target}: {search.inputs:,} inputs in {search.seconds:.0f} s, {found}"
    if search.told:
        yield search.told
    for data in search.harm:
        yield f"The input: {data.hex()}"
        yield f"Again: ./check fuzz --replay {search.target} {data.hex()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m tests.sim --seeds N`: towns by the thousand; `--only SEED` shows one, line by line."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from tests.sim.counting import Outcome, Run, played
from tests.sim.faults import Fault

LINE_S: Final = 5.0
"""Seconds between two lines that say how far it is."""
FAILURES_MAX: Final = 10
"""Failing seeds after which nobody needs more."""
FEW: Final = 100
"""Seeds below which a kind of fault may well never happen."""


def main() -> int:
    """The exit code: 0 where everything held and every kind of fault happened."""
    arguments = _parsed()
    if arguments.only is not None:
        return _show(arguments.only)
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    run = _run(seeds, arguments.jobs)
    for fault in Fault:
        print(f"{run.fired[fault]:>8}  {fault.name.lower()}: {fault.value}")
    if run.seeds < FEW:
        return 1 if run.failed else 0
    for fault in run.never_fired:
        print(f"never happened: {fault.name.lower()}, {fault.value}")
    return 1 if run.complaints else 0


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser("sim", description="Play towns and check what must hold.")
    parser.add_argument("--seeds", type=int, default=500, help="how many towns")
    parser.add_argument("--first", type=int, default=0, help="the first one's number")
    parser.add_argument("--only", type=int, help="one town, everything that happens in it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    return parser.parse_args()


def _show(seed: int) -> int:
    outcome = played(seed, lambda line: print(line, end=""))
    for fault, times in sorted(outcome.fired.items()):
        print(f"{times:>8}  {fault.name.lower()}")
    print(outcome.digest)
    if outcome.failure is None:
        print(f"seed {seed}: everything held")
        return 0
    print(outcome.report)
    return 1


def _run(seeds: range, jobs: int) -> Run:
    run, start_s = Run(), time.monotonic()
    said_s = start_s
    for outcome in _outcomes(seeds, jobs):
        run.add(outcome)
        if outcome.failure is not None:
            print(outcome.report)
        now_s = time.monotonic()
        if now_s - said_s >= LINE_S or run.seeds == len(seeds):
            said_s = now_s
            a_minute = 60 * run.seeds / (now_s - start_s)
            print(f"{run.seeds} of {len(seeds)}, {len(run.failed)} failed, {a_minute:.0f} a minute")
        if len(run.failed) >= FAILURES_MAX:
            break
    return run


def _outcomes(seeds: range, jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        yield from map(played, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        try:
            yield from pool.map(played, seeds, chunksize=4)
        finally:
            pool.shutdown(cancel_futures=True)


if __name__ == "__main__":
    sys.exit(main())

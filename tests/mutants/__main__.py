"""`python -m tests.mutants [PART…]`: does a part's own tests notice that it was changed?

mutmut makes every small change it knows to a part in a scratch copy, one at a time, and runs the
part's own tests. At least 90 in 100 must be noticed, and each change that isn't must stand in
`survivors.toml` with the reason why that is all right.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.mirrored import Part, find_parts
from tests.mutants.survivors import Change, read_excused
from tests.mutants.workshop import Verdicts, mutate

KILLED_LEAST: Final = 0.9
"""Of the changes to a part, how many its own tests must notice."""
MEMORY_BYTES_MAX: Final = 2**31
"""Address space of one process; a test run without a change takes 300 MiB."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./check mutants", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="codec, graph, … (default: all)")
    wanted = parser.parse_args(arguments)
    try:
        parts = find_parts(wanted.parts)
    except KeyError as unknown:
        parser.error(f"there is no part named {unknown}")
    _limit_memory()
    excused = read_excused()
    with tempfile.TemporaryDirectory(prefix="hallway-mutants-") as folder:
        held = [_judge(part, mutate(part, Path(folder, part.name)), excused) for part in parts]
    return 0 if all(held) else 1


def _limit_memory() -> None:
    """A change can make a loop that gathers for ever: it ends at a MemoryError, and is noticed."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, hard))


def _judge(part: Part, verdicts: Verdicts, excused: dict[Change, str]) -> bool:
    """Say how it went; whether enough was noticed and everything else is excused."""
    if verdicts.failure:
        print(f"{part.name}: mutmut did not get through.\n{verdicts.failure}", flush=True)
        return False
    unexcused = [each for each in verdicts.survived if each not in excused]
    made = verdicts.killed + len(verdicts.survived)
    share = verdicts.killed / made
    print(
        f"{part.name}: {verdicts.killed} of {made} changes noticed ({share:.1%}),"
        f" {len(unexcused)} of the others without a reason",
        flush=True,
    )
    for each in unexcused:
        print(each.as_toml(), flush=True)
    if share < KILLED_LEAST:
        print(f"{part.name}: at least {KILLED_LEAST:.0%} must be noticed.", flush=True)
    return share >= KILLED_LEAST and not unexcused


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m tests.branches [PART…]`: every branch of what all else stands on, by its own tests.

Each part runs alone under coverage.py, so that a branch which only a neighbour's test goes through
counts as missed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mirrored import HOME, Part, find_parts


def main(names: list[str]) -> int:
    try:
        parts = find_parts(names)
    except KeyError as unknown:
        print(f"There is no part named {unknown}.", file=sys.stderr)
        return 2
    with (
        tempfile.TemporaryDirectory(prefix="hallway-coverage-") as folder,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        done = list(pool.map(lambda part: _measure(part, Path(folder, part.name)), parts))
    return 0 if all(done) else 1


def _measure(part: Part, data: Path) -> bool:
    """Whether nothing of `part` is missed; says what is."""
    coverage = [sys.executable, "-m", "coverage"]
    ran = _run(
        [
            *(*coverage, "run", "--branch", f"--data-file={data}"),
            f"--include={','.join(part.sources)}",
            *("-m", "pytest", "--quiet", "-p", "no:cacheprovider", *part.test_files),
        ]
    )
    if ran.returncode != 0:
        print(f"{part.name}: its tests fail.\n{ran.stdout}", flush=True)
        return False
    told = _run(
        [
            *(*coverage, "report", f"--data-file={data}", "--fail-under=100"),
            *("--precision=2", "--show-missing", "--skip-covered"),
        ]
    )
    if told.returncode != 0:
        tests = ", ".join(part.test_files)
        print(f"{part.name}: not every branch by {tests}.\n{told.stdout}", flush=True)
        return False
    print(f"{part.name}: every branch of {', '.join(part.sources)}", flush=True)
    return True


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m tests.bench`: measures the house here and prints a table, in some three minutes.

Medians, beside what is asked of the machine that the project is built on. Nothing is asserted:
another machine, or a busy one, is not a fault.
"""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final

from tests.bench import desk, reconciling, records, shelves
from tests.bench.figures import Figure, median, percentile_99, table
from tests.bench.latency import measure_crossing, measure_receipt
from tests.e2e.halls import Hall, street
from tests.e2e.job import until_shown

STARTS: Final = 5
COMMANDS: Final = 7

START_S: Final = 1.5
"""Seconds until a node says its address: asked of the product."""
STATUS_S: Final = 0.7
"""Seconds for `status`: asked of the product."""
RESIDENT_MIB: Final = 64.0
"""Memory of a running node: asked of the product; a small machine has 512."""
LATENCY_MS: Final = 3.0
"""Milliseconds from a command to the neighbour's disk: aimed at."""

WITH_DISCOVERY: Final = ("--listen", "127.0.0.1:0")
"""As halls run, mDNS and all, but on loopback alone."""


def main() -> None:
    print(_machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="hallway-bench-") as folder:
        print(table(_figures(Path(folder))))


def _machine() -> str:
    load = os.getloadavg()[0]
    python = platform.python_version()
    return f"Python {python}, {os.cpu_count()} cores, load {load:.1f} before the start\n"


def _figures(folder: Path) -> list[Figure]:
    names = ("Northgate", "Eastside", "Mill Lane")
    with street(folder, *names, listen=WITH_DISCOVERY) as (north, east, mill):
        return [
            *_live(north, east, mill),
            *_alone(north),
            *records.figures(),
            *reconciling.figures(),
            *shelves.figures(),
            *desk.figures(),
        ]


def _live(north: Hall, east: Hall, mill: Hall) -> list[Figure]:
    need = north.json("need", "add", "FOD", "hot meals for tonight", "--qty", "40")["ref"]
    asked = north.json("pass", need, "--yes")["id"]
    until_shown(east, asked, lambda overflow: True)
    resting_mib = _resident_mib(north)
    crossing = measure_crossing(north, east, asked)
    far = measure_crossing(north, mill, asked)
    receipt = measure_receipt(north, asked)
    beyond = [there - saved for there, saved in zip(crossing.there, crossing.saved, strict=True)]
    return [
        Figure("memory of a node, a neighbour linked", resting_mib, "MiB", RESIDENT_MIB),
        Figure("the same after what follows", _resident_mib(north), "MiB", RESIDENT_MIB),
        Figure("status, node running", _status_s(north), "s", STATUS_S),
        _latency("command to our own disk, and its answer", crossing.saved),
        _latency("command to the neighbour's disk, told by its node", crossing.there, LATENCY_MS),
        _latency("of that, after our own answer", beyond),
        _latency("command to the neighbour's board, read back", crossing.read),
        _latency("command to the disk two links away", far.there),
        _latency("command to “held by a neighbour” at home", receipt.there),
    ]


def _latency(what: str, seconds: list[float], target_ms: float | None = None) -> Figure:
    ms = [1_000 * each for each in seconds]
    note = f"99 in 100 within {percentile_99(ms):.3g} ms, of {len(ms)}"
    return Figure(what, median(ms), "ms", target_ms, note)


def _alone(hall: Hall) -> list[Figure]:
    hall.stop()
    stopped_s = _status_s(hall)
    starts_s: list[float] = []
    for _ in range(STARTS):
        starts_s.append(_timed(hall.start))
        hall.stop()
    return [
        Figure("status, node stopped", stopped_s, "s", STATUS_S),
        Figure("start of a node until it is ready", median(starts_s), "s", START_S),
    ]


def _status_s(hall: Hall) -> float:
    return median([_timed(lambda: hall.json("status")) for _ in range(COMMANDS)])


def _timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _resident_mib(hall: Hall) -> float:
    status = Path("/proc", str(hall.pid), "status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1_024


if __name__ == "__main__":
    main()

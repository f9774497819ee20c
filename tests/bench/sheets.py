"""Spreadsheets: a large one into a running node, and one of horrors through the reader alone."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

from node.api.requests import Request, ShowClock, ShowEntry
from node.api.views import Kind
from node.desk.sheet_report import Outcome
from node.desk.sheets import Choices, read_rows, survey
from node.remote import RemoteNode
from tests.bench.figures import Figure, median, percentile_99
from tests.e2e.halls import Hall
from tests.e2e.horrors import BLOCK, MILLION, head, lines

ROWS: Final = 100_000
HORRORS: Final = 120_000
IMPORT_S: Final = 25.0
"""Seconds for ROWS rows, read, saved and reported: asked of the product."""
BLOCKED_MS: Final = 50.0
"""Milliseconds for which the node may be blocked meanwhile: asked of the product."""
RESIDENT_MIB: Final = 96.0
"""Memory of the node meanwhile: asked of the product."""
BETWEEN_S: Final = 0.01
READS: Final = 4
"""Pieces of work for the disk in one answer that shows an entry; a batch may come before each."""
WORDS: Final = (
    "meals", "rice", "soup", "blankets", "nappies", "lift", "van", "batteries", "candles", "water",
    "insulin", "milk", "bread", "beans", "formula", "ramp", "shovel", "boots", "tent", "tarpaulin",
)  # fmt: skip


def measure_import(hall: Hall, folder: Path) -> list[Figure]:
    """`hall` is running. Somebody at its desk asks for one entry after the other meanwhile."""
    file = folder / "needs.csv"
    with file.open("w", encoding="utf-8", newline="") as sheet:
        sheet.writelines(_rows(ROWS))
    began = perf_counter()
    report, waits = asyncio.run(_imported(hall, file))
    took_s = perf_counter() - began
    assert report["saved"] == ROWS, report
    rows = f"{ROWS:,} rows of a spreadsheet"
    reading = (
        f"an entry read back: median {median(waits.read_ms):.3g} ms, with {READS} reads of disk"
    )
    return [
        Figure(f"{rows} onto the board", took_s, "s", IMPORT_S, "the command in all"),
        Figure(
            "the node's loop blocked meanwhile, the longest of "
            f"{len(waits.loop_ms):,} looks", max(waits.loop_ms), "ms", BLOCKED_MS,
        ),
        Figure(
            "what the desk asks meanwhile: 99 in 100 within",
            percentile_99(waits.read_ms), "ms", None, reading,
        ),
        Figure("memory of the node meanwhile, the most", peak_mib(hall.pid), "MiB", RESIDENT_MIB),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds of answers: those that ask the node's loop alone, and those the disk."""

    loop_ms: list[float] = field(default_factory=list)
    read_ms: list[float] = field(default_factory=list)


async def _imported(hall: Hall, file: Path) -> tuple[dict[str, Any], Waits]:
    """The report, and how long the node took to answer meanwhile."""
    waits = Waits()
    async with RemoteNode.connect(hall.folder) as node, asyncio.TaskGroup() as tasks:
        command = asyncio.to_thread(hall.json, "import", str(file), "--yes")
        importing = tasks.create_task(command)
        while not importing.done():
            waits.loop_ms.append(await _took_ms(node, ShowClock()))
            waits.read_ms.append(await _took_ms(node, ShowEntry(Kind.NEED, "N-1-B")))
            await asyncio.sleep(BETWEEN_S)
    return importing.result(), waits


async def _took_ms(node: RemoteNode, request: Request[Any]) -> float:
    began = perf_counter()
    await node.call(request)
    return 1_000 * (perf_counter() - began)


def peak_mib(pid: int) -> float:
    """The most memory that a process has had."""
    status = Path("/proc", str(pid), "status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1_024


def measure_horrors() -> list[Figure]:
    """The reader alone, without a disk; seconds of one core."""
    data = b"\n".join([*head(), *lines(HORRORS // BLOCK, date(2031, 5, 31)), MILLION])
    chunks = [data[n : n + 65_536] for n in range(0, len(data), 65_536)]
    now_ms = int(datetime(2031, 5, 31, tzinfo=UTC).timestamp() * 1_000)
    began = process_time()
    sheet = survey(chunks, Choices())
    outcomes = Counter(row.outcome for row in read_rows(chunks, sheet, Choices(), now_ms, UTC))
    took_s = process_time() - began
    note = f"{outcomes[Outcome.READ]:,} read, {outcomes[Outcome.REFUSED]:,} named with why"
    return [Figure(f"{HORRORS:,} rows of a spreadsheet of horrors, read", took_s, "s", 5.0, note)]


def _rows(count: int) -> Iterator[str]:
    choose = random.Random(1)
    yield "Category,What do you need?,How many,Area,Name,Phone,Address,Notes\n"
    for n in range(count):
        text = " ".join(choose.choices(WORDS, k=4))
        phone = f"07{choose.randrange(10**9):09}"
        street = f"{choose.randrange(1, 200)} {choose.choice(WORDS).title()} Street"
        zone = choose.choice(("North", "South", "Mill Lane", "Harbour"))
        yield f"food,{text} {n},{n % 90 + 1},{zone},Person {n},{phone},{street},third floor\n"

"""Spreadsheets: a large one into a running node, and one of horrors through the reader alone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from node.desk.sheet_report import Outcome
from node.desk.sheets import Choices, read_rows, survey
from tests.bench.figures import Figure
from tests.e2e.halls import Hall
from tests.e2e.horrors import BLOCK, MILLION, head, lines

ROWS: Final = 100_000
HORRORS: Final = 120_000
IMPORT_S: Final = 25.0
"""Seconds for ROWS rows, read, saved and reported: asked of the product."""
WORDS: Final = (
    "meals", "rice", "soup", "blankets", "nappies", "lift", "van", "batteries", "candles", "water",
    "insulin", "milk", "bread", "beans", "formula", "ramp", "shovel", "boots", "tent", "tarpaulin",
)  # fmt: skip


def measure_import(hall: Hall, folder: Path) -> list[Figure]:
    """`hall` is running."""
    file = folder / "needs.csv"
    with file.open("w", encoding="utf-8", newline="") as sheet:
        sheet.writelines(_rows(ROWS))
    began = perf_counter()
    report = hall.json("import", str(file), "--yes")
    took_s = perf_counter() - began
    assert report["saved"] == ROWS, report
    return [Figure(f"{ROWS:,} rows of a spreadsheet onto the board", took_s, "s", IMPORT_S)]


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

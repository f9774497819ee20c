"""What holding records costs: placing one that came, and letting go of what expired."""

from __future__ import annotations

from time import perf_counter
from typing import Final

from protocol.ids import UnixMs
from protocol.limits import DAY_MS
from protocol.record import Record
from protocol.shelf import Shelf
from tests.bench.figures import Figure, median
from tests.protocol.halls import NOW, Hall

NEIGHBOURS: Final = 4
RECORDS: Final = 5_000
REPEATS: Final = 5


def figures() -> list[Figure]:
    us = Hall("us")
    neighbours = [Hall(f"neighbour {number}") for number in range(NEIGHBOURS)]
    records = [neighbours[0].request(f"meals {number}") for number in range(RECORDS)]
    placing_us: list[float] = []
    letting_go_ms: list[float] = []
    for _ in range(REPEATS):
        shelf = _settled(us, neighbours)
        placing_us.append(1e6 * _place(shelf, records, neighbours[0]) / RECORDS)
        letting_go_ms.append(1_000 * _let_go(shelf))
    links = f"{NEIGHBOURS} links"
    return [
        Figure(f"place a verified record, {links}", median(placing_us), "µs"),
        Figure(f"let go of {RECORDS:,} that expired, {links}", median(letting_go_ms), "ms"),
    ]


def _settled(us: Hall, neighbours: list[Hall]) -> Shelf:
    """A shelf that knows its neighbours, and what it shares with each of them."""
    shelf = us.shelf()
    shelf.advance(NOW, is_trusted=True)
    for record in us.directory(*neighbours):
        shelf.place_own(record)
    for hall in neighbours:
        for record in hall.directory(us):
            shelf.place_verified(record, hall.group)
    for hall in neighbours:
        shelf.shared_with(hall.end)
    return shelf


def _place(shelf: Shelf, records: list[Record], brought_by: Hall) -> float:
    began = perf_counter()
    for record in records:
        shelf.place_verified(record, brought_by.group)
    return perf_counter() - began


def _let_go(shelf: Shelf) -> float:
    began = perf_counter()
    passing = shelf.advance(UnixMs(NOW + 14 * DAY_MS), is_trusted=True)
    took_s = perf_counter() - began
    assert len(passing.gone) == RECORDS
    return took_s

"""How fast one neighbour is read: what it sends costs tokens, and its socket waits for new ones.

A token bucket each for bytes, records and rounds of reconciliation (SPEC 17). A first look of two
halls at each other and a normal evening never empty one; a flood is read as slowly as it comes in
again. Nothing is dropped: who has to wait is the other end's sender. There is no clock in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protocol.limits import (
    PACE_BYTES_BURST,
    PACE_BYTES_PER_S,
    PACE_RECORDS_BURST,
    PACE_RECORDS_PER_S,
    PACE_ROUNDS_BURST,
    PACE_ROUNDS_PER_S,
)

RECORDS_CODE: Final = 10
ROUND_CODES: Final = frozenset({12, 15, 16, 18})
"""Frames that have to be answered with work: Summary, Reconcile, Want and Fetch."""
FEW_LIST: Final = 0x90
"""First byte of a list of up to 15 items, in its low four bits; behind `MANY_LIST` two bytes say
how many there are."""
MANY_LIST: Final = 0xDC


@dataclass(frozen=True, slots=True)
class Cost:
    """What one frame costs. `records`: at least one, for a frame of any kind takes a turn."""

    size_bytes: int
    records: int
    rounds: int


NOTHING: Final = Cost(0, 0, 0)


def cost_of(data: bytes) -> Cost:
    """By its first bytes alone: key 0 and its code, key 1 and how long its list is.

    What is no frame costs its bytes; it ends the link.
    """
    has_code = len(data) > 2 and data[1] == 0
    code = data[2] if has_code else None
    records = _list_length(data[3:7]) if code == RECORDS_CODE else 1
    return Cost(len(data), max(1, records), int(code in ROUND_CODES))


def _list_length(data: bytes) -> int:
    """How many items the list under key 1 has; 0 and less where there is none."""
    if len(data) < 4 or data[0] != 1:
        return 0
    if data[1] == MANY_LIST:
        return int.from_bytes(data[2:4], "big")
    return data[1] - FEW_LIST


class _Bucket:
    """`level`: tokens in thousandths, below 0 where more was taken than there was."""

    def __init__(self, per_s: int, burst: int, now_ms: int) -> None:
        self._per_s = per_s
        self._full = burst * 1_000
        self._level = self._full
        self._at_ms = now_ms

    def wait_ms(self, tokens: int, now_ms: int) -> int:
        """Take these; milliseconds until nothing is owed, rounded up."""
        come = self._per_s * max(0, now_ms - self._at_ms)  # a thousandth a millisecond each
        self._at_ms = now_ms
        self._level = min(self._full, self._level + come) - tokens * 1_000
        return max(0, -(self._level // self._per_s))


class Pace:
    """Of one neighbour: it goes on from link to link, or a new link would be a new burst."""

    def __init__(self, now_ms: int) -> None:
        self._bytes = _Bucket(PACE_BYTES_PER_S, PACE_BYTES_BURST, now_ms)
        self._records = _Bucket(PACE_RECORDS_PER_S, PACE_RECORDS_BURST, now_ms)
        self._rounds = _Bucket(PACE_ROUNDS_PER_S, PACE_ROUNDS_BURST, now_ms)

    def wait_ms(self, cost: Cost, now_ms: int) -> int:
        """A frame of this cost has come; milliseconds until the next one is to be read."""
        return max(
            self._bytes.wait_ms(cost.size_bytes, now_ms),
            self._records.wait_ms(cost.records, now_ms),
            self._rounds.wait_ms(cost.rounds, now_ms),
        )

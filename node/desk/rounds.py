"""Needs and offers that come again: every day, every week, every three days."""

from __future__ import annotations

import re
from datetime import tzinfo
from typing import Any, Final

from node.desk.entries import Entry, State
from node.desk.when import days_on
from node.refusal import Refused, Why
from protocol.limits import DAY_MS

DAYS_MAX: Final = 366
"""Longest time between two of one need: a year."""
TYPED_CHARACTERS_MAX: Final = 40

_DAYS: Final = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_EVERY: Final = re.compile(
    r"(?:every )?(?:(?P<count>\d{1,3}) )?(?P<unit>days?|weeks?)|(?P<word>daily|weekly)", re.ASCII
)
_WORDS: Final = {"daily": "day", "weekly": "week"}


def every_of(typed: str) -> str:
    """How often, as it is kept: `day`, `week`, `3 days`. Raises Refused(EVERY_UNREADABLE)."""
    said = " ".join(typed[:TYPED_CHARACTERS_MAX].casefold().split())
    found = _EVERY.fullmatch(said)
    if not found:
        raise Refused(Why.EVERY_UNREADABLE, given=typed.strip()[:80])
    if found["word"]:
        return _WORDS[found["word"]]
    count = int(found["count"] or 1)
    unit = found["unit"].removesuffix("s")
    if not 1 <= count * _DAYS[unit] <= DAYS_MAX:
        raise Refused(Why.EVERY_UNREADABLE, given=typed.strip()[:80])
    return unit if count == 1 else f"{count} {unit}s"


def is_between(entry: Entry) -> bool:
    """Whether all of what comes again has moved this time, and it has not begun again."""
    return bool(entry.words.every) and entry.outstanding == 0 and not entry.is_closed


def next_ms(entry: Entry) -> int | None:
    """Until when it waits: a date that was set, or when it comes again. None: neither.

    What is needed, or there, by a time begins again when that is over, so that there is all the
    time between for it; else so many days after the last of it moved.
    """
    if not is_between(entry):
        return entry.until_ms if entry.state is State.WAITING else None
    if entry.words.by_ms is not None:
        return entry.words.by_ms
    return max(entry.direct_ms, entry.sums.last_ms) + _days(entry.words.every) * DAY_MS


def begin_again(entry: Entry, now_ms: int, zone: tzinfo) -> dict[str, Any]:
    """What an event says with which it begins again: all of it is needed, or there, anew.

    By the first of its times that is still to come: where the node was off for several, it begins
    once.
    """
    by_ms, days = entry.words.by_ms, _days(entry.words.every)
    if by_ms is not None:
        times = max(1, (now_ms - by_ms) // (days * DAY_MS))
        while days_on(by_ms, times * days, zone) <= now_ms:
            times += 1
        by_ms = days_on(by_ms, times * days, zone)
    return {
        "by_ms": by_ms,
        "before": entry.direct + entry.sums.moved,
        "moved": entry.outstanding == 0,
        "because": None,
    }


def _days(every: str) -> int:
    """Days between two; `every` is as `every_of` gives it."""
    count, _space, unit = every.rpartition(" ")
    return int(count or 1) * _DAYS[unit]

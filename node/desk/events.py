"""What happened at the desk: events are appended, never edited, and the board is their fold.

What was wrong is taken back by another event. What one command appends belongs together: an act,
undone as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

BY_ITSELF: Final = "*"
"""Initials of what the node wrote down without a person: it is nobody's to undo."""


class Did(StrEnum):
    """What an event says happened."""

    # To a need or an offer.
    ADDED = "added"
    EDITED = "edited"
    CLOSED = "closed"
    OPENED = "opened"
    READ = "read"
    WAITS = "waits"
    STILL = "still needed"
    ROUND = "began again"
    PASSED = "passed on"
    RECEIVED = "received"
    GIVEN = "given"
    MERGED = "merged"
    FILLED = "filled in"
    QUIETED = "marked quiet"
    FORGOTTEN = "forgotten"
    # To a match.
    MATCHED = "matched"
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    STARTED = "started"
    HANDED_OVER = "handed over"
    CONFIRMED = "confirmed"
    FELL_THROUGH = "fell through"
    LAPSED = "lapsed"
    # To a job.
    PLANNED = "planned"
    CANCELLED = "cancelled"
    # To an overflow or a pledge: its records say how it stands, this says who did it.
    WITHDRAWN = "withdrawn"
    RENEWED = "renewed"
    RESIZED = "resized"
    PLEDGED = "pledged"
    RETRACTED = "retracted"
    ACCEPTED = "accepted"
    NOT_NEEDED = "not needed"
    RELEASED = "released"
    SENT = "sent"
    CAME = "came"
    # To an act.
    UNDONE = "undone"
    # To nothing: from here on somebody vouches for the clock, or for another time.
    TIMED = "time known"


NO_ACTS: Final = frozenset({Did.UNDONE, Did.READ})
"""Nothing that undo takes back: who only looked would undo the looking, and not what went wrong."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at this hall.

    `about` is the reference of what it happened to, `data` is JSON: texts, numbers, lists of them,
    None. `at_ms` is when it was written down, `trusted` whether anybody vouched for that clock.
    """

    did: Did
    about: str
    at_ms: int
    initials: str
    data: Mapping[str, Any]
    trusted: bool = True

    @property
    def happened_ms(self) -> int:
        """When it happened: what was taken down on paper has its own time."""
        said_ms: int | None = self.data.get("said_ms")
        return self.at_ms if said_ms is None else said_ms

    def last_ms(self, before_ms: int) -> int:
        """When the last of such things happened, the one before it at `before_ms`: what is entered
        from paper may be older than that."""
        return max(before_ms, self.happened_ms) if "said_ms" in self.data else self.at_ms


class ImpossibleError(ValueError):
    """This cannot have happened after what happened before: a bug, or an undo that must not be."""


class ForgottenError(ImpossibleError):
    """The same, because its person was forgotten: it stays as it ended."""


class StillPassedOnError(ImpossibleError):
    """The same, because other halls were asked for it as it is: something may still come of it."""

"""What nobody renews decays: it is asked about, and where nobody answers, it lapses.

Asked is whoever has not said for a while that it is still needed, or still there. What is agreed
with somebody is left alone until that has come to something. By itself lapses only what a person
has read and what may be asked about: not a danger to life, and not what a quiet person needs.

What was written by a clock that nobody vouched for counts from when somebody did: see
`counts_from_ms`. Its date may have been wrong with that clock: "Friday", or "in three days", said
while it stood two years back, is a day long past, and nothing tells that from a date said in full.
So the plain rule: a date that is still to come when the time is known is a date; one that is over
by then is none.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import Final

from node.desk.entries import Entry, State
from node.desk.reasons import LAPSED
from node.desk.references import Kind
from node.desk.rounds import is_between, next_ms
from protocol.limits import DAY_MS, HOUR_MS

NEED_MS: Final = 3 * DAY_MS
"""Milliseconds after which a need is asked about: most are met, or over, within a weekend."""
DANGER_MS: Final = 4 * HOUR_MS
"""The same where life is in danger: a shift at the desk, so that each one asks."""
COMES_AGAIN_MS: Final = 14 * DAY_MS
"""The same of a need that comes again by itself: it was said that it would."""
OFFER_MS: Final = 14 * DAY_MS
"""The same of an offer: who gives is not to be rung up as often as who waits."""
STANDING_MS: Final = 60 * DAY_MS
"""The same of a standing offer, which was meant to last."""
WAIT_MS_MAX: Final = STANDING_MS
"""The longest of these."""

NEED_LAPSES_MS: Final = 21 * DAY_MS
"""Milliseconds from the question to the lapse of a need: three weekly call-rounds."""
OFFER_LAPSES_MS: Final = 14 * DAY_MS
"""The same of an offer: sent for in vain, it costs somebody a way."""

LASTS_MS_MAX: Final = WAIT_MS_MAX + max(NEED_LAPSES_MS, OFFER_LAPSES_MS)
"""Milliseconds from the last word to the lapse, the longest of these, where no date was said."""
AHEAD_MS_MAX: Final = 2 * LASTS_MS_MAX
"""How far a clock that nobody vouched for may have been ahead and still be gone by: so far that
what it wrote stands apart, until it lapses, from all that lasts `LASTS_MS_MAX`."""


class Follows(Enum):
    """What follows without a person."""

    OPENS = auto()
    BEGINS_AGAIN = auto()
    LAPSES = auto()


def counts_from_ms(at_ms: int, *, is_sure: bool, known_ms: int | None) -> int | None:
    """From when on what was written at `at_ms` counts; None: nobody can know yet.

    `is_sure`: somebody vouched for that time, and it is not still to come. Else it counts from
    `known_ms`, the first time after it that somebody vouched for (None: nobody has), or from its
    own if that is later: too late does less harm than too early. A time that is later by more than
    `AHEAD_MS_MAX` is none: what a clock wrote that was years ahead would stay for years.
    """
    if is_sure or known_ms is None:
        return at_ms if is_sure else None
    return known_ms if at_ms - known_ms > AHEAD_MS_MAX else max(at_ms, known_ms)


def said_at(entry: Entry, at_ms: int) -> Entry:
    """The same entry, with the last word about it said at `at_ms`."""
    return entry if entry.touched_ms == at_ms else replace(entry, touched_ms=at_ms)


def lapses_ms(entry: Entry, now_ms: int) -> int | None:
    """When it lapses if nobody says a word; None: it does not, or what holds it up still may."""
    next_ = _next(entry)
    is_to_come = next_ is not None and next_[0] is Follows.LAPSES and next_[1] > now_ms
    return next_[1] if next_ is not None and is_to_come else None


def heard_ms(entry: Entry) -> int:
    """When somebody said last that it is needed, or there: on paper, before it came here."""
    is_new = entry.touched_ms == entry.written_ms
    return entry.created_ms if is_new else entry.touched_ms


def ask_ms(entry: Entry) -> int | None:
    """From when on to ask whether it is still needed, or there; None: there is nothing to ask."""
    if entry.is_closed or entry.forgotten or entry.sums.reserved or is_between(entry):
        return None
    due_ms = heard_ms(entry) + _wait_ms(entry)
    if entry.kind is Kind.NEED and _still_counts(entry):
        due_ms = min(due_ms, entry.words.by_ms or due_ms)
    return due_ms if entry.until_ms is None else max(due_ms, entry.until_ms)


def follows(entry: Entry) -> Follows | None:
    """What follows at `pass_ms`; None: nothing does."""
    next_ = _next(entry)
    return None if next_ is None else next_[0]


def pass_ms(entry: Entry) -> int | None:
    """When something follows by itself; None: nothing does."""
    next_ = _next(entry)
    return None if next_ is None else next_[1]


def _next(entry: Entry) -> tuple[Follows, int] | None:
    """What follows, and when."""
    waits_until_ms = next_ms(entry)
    if waits_until_ms is not None:
        return Follows.BEGINS_AGAIN if is_between(entry) else Follows.OPENS, waits_until_ms
    lapse_ms = _lapse_ms(entry)
    if lapse_ms is None:
        return None
    over_ms = entry.words.by_ms if _is_there_again(entry) else None
    if over_ms is not None and over_ms < lapse_ms:
        return Follows.BEGINS_AGAIN, over_ms
    return Follows.LAPSES, lapse_ms


def lapse_reason(kind: Kind) -> str:
    """Why it is closed then."""
    return LAPSED if kind is Kind.NEED else State.EXPIRED.value


def _lapse_ms(entry: Entry) -> int | None:
    """An offer that is there until a time is not there any more, unless it comes again; nothing
    lapses before its time."""
    asked_ms = ask_ms(entry)
    if asked_ms is None:
        return None
    is_last = _still_counts(entry) and not _is_there_again(entry)
    by_ms = entry.words.by_ms if is_last else None
    if entry.kind is Kind.OFFER and by_ms is not None:
        return by_ms
    if entry.words.danger or entry.words.quiet or entry.decided is State.NEW:
        return None
    patience_ms = NEED_LAPSES_MS if entry.kind is Kind.NEED else OFFER_LAPSES_MS
    return max(asked_ms, entry.touched_ms, by_ms or 0) + patience_ms


def _is_there_again(entry: Entry) -> bool:
    """Whether an offer is there anew after its time, also where not all of it was taken."""
    return entry.kind is Kind.OFFER and bool(entry.words.every)


def _still_counts(entry: Entry) -> bool:
    """Whether its time was said after all else: who wants it later still does not mean that one."""
    return entry.words.by_ms is not None and entry.words.by_ms > heard_ms(entry)


def _wait_ms(entry: Entry) -> int:
    words = entry.words
    if entry.kind is Kind.OFFER:
        return STANDING_MS if words.standing else OFFER_MS
    if words.danger:
        return DANGER_MS
    return COMES_AGAIN_MS if words.every else NEED_MS

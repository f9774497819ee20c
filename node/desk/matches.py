"""Matches: a need and an offer, agreed; and jobs, the trips that carry them out.

A match reserves what is agreed, on both sides, until it is handed over or comes to nothing. One
that nobody moves frees both again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from node.desk.entries import NOTHING, Entry, Sums, refuse_closed
from node.desk.events import Did, Event, ImpossibleError
from node.desk.quantity import as_words
from node.refusal import Refused, Why
from protocol.ids import Thousandths
from protocol.limits import HOUR_MS

AGREED_MS: Final = 24 * HOUR_MS
"""Milliseconds that a match waits while nobody moves, whether the giver was asked or has agreed: a
day, so that who drops out at night is noticed the next."""


class MatchState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    UNDER_WAY = "under way"
    DONE = "done"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    FELL_THROUGH = "fell through"
    LAPSED = "lapsed"


TRANSITIONS: Final[dict[MatchState, dict[Did, MatchState]]] = {
    MatchState.ASKED: {
        Did.ASKED: MatchState.ASKED,
        Did.AGREED: MatchState.AGREED,
        Did.DECLINED: MatchState.DECLINED,
        Did.FELL_THROUGH: MatchState.FELL_THROUGH,
        Did.LAPSED: MatchState.LAPSED,
    },
    MatchState.AGREED: {
        # It still holds: its time begins anew.
        Did.AGREED: MatchState.AGREED,
        Did.STARTED: MatchState.UNDER_WAY,
        Did.DECLINED: MatchState.DECLINED,
        Did.FELL_THROUGH: MatchState.FELL_THROUGH,
        Did.LAPSED: MatchState.LAPSED,
        Did.HANDED_OVER: MatchState.AGREED,
    },
    MatchState.UNDER_WAY: {
        Did.FELL_THROUGH: MatchState.FELL_THROUGH,
        Did.HANDED_OVER: MatchState.UNDER_WAY,
        # It came back: somebody sets out once more.
        Did.AGREED: MatchState.AGREED,
    },
    MatchState.DONE: {
        Did.CONFIRMED: MatchState.CONFIRMED,
        Did.HANDED_OVER: MatchState.DONE,
    },
    # Unless so much is taken back that some is still to come: it is agreed, as before.
    MatchState.CONFIRMED: {Did.HANDED_OVER: MatchState.CONFIRMED},
    # Goods outrun what is written down: what fell through came all the same.
    MatchState.FELL_THROUGH: {
        Did.HANDED_OVER: MatchState.FELL_THROUGH,
        Did.AGREED: MatchState.AGREED,
    },
    MatchState.LAPSED: {Did.HANDED_OVER: MatchState.LAPSED, Did.AGREED: MatchState.AGREED},
    MatchState.DECLINED: {Did.AGREED: MatchState.AGREED},
}
"""What can happen in which state. Done is arithmetic: all of it was handed over."""

RESERVING: Final = frozenset({MatchState.AGREED, MatchState.UNDER_WAY})
RUNNING: Final = RESERVING | {MatchState.ASKED}
FREED_BY_TIME: Final = frozenset({MatchState.ASKED, MatchState.AGREED})
"""States that end by themselves where nobody moves."""


@dataclass(frozen=True, slots=True)
class Match:
    """`qty` of an offer for a need. `decided` is the desk's word, `state` how it stands."""

    ref: str
    need: str
    offer: str
    qty: Thousandths
    decided: MatchState
    created_ms: int
    initials: str
    until_ms: int | None = None
    """When it frees itself if nobody moves; None: it does not."""
    moved: Thousandths = NOTHING
    moved_ms: int = 0
    """When something was handed over last."""

    @property
    def state(self) -> MatchState:
        if self.decided in RESERVING and self.moved >= self.qty:
            return MatchState.DONE
        return self.decided

    @property
    def reserved(self) -> Thousandths:
        """What is promised and has not moved."""
        is_reserving = self.decided in RESERVING
        return Thousandths(max(0, self.qty - self.moved)) if is_reserving else NOTHING

    @property
    def moving(self) -> Thousandths:
        return self.reserved if self.decided is MatchState.UNDER_WAY else NOTHING


def apply(match: Match | None, event: Event) -> Match:
    """The match after `event`. Raises ImpossibleError where the history cannot be so."""
    if event.did is Did.MATCHED:
        return _matched(event)
    if match is None:
        raise ImpossibleError(f"{event.did} before it was matched: {event.about}")
    after = TRANSITIONS.get(match.state, {}).get(event.did)
    if after is None:
        raise ImpossibleError(f"{event.did} of a match that is {match.state}: {event.about}")
    match event.did:
        case Did.HANDED_OVER:
            moved = Thousandths(match.moved + event.data["qty"])
            if moved < 0:
                raise ImpossibleError(f"less than nothing handed over: {event.about}")
            until_ms = match.until_ms if moved < match.qty else None
            decided = _unless_taken_back(match, event.data["qty"])
            return replace(
                match, decided=decided, moved=moved, moved_ms=event.at_ms, until_ms=until_ms
            )
        case Did.AGREED | Did.ASKED:
            return replace(match, decided=after, until_ms=event.data["until_ms"])
        case _:
            return replace(match, decided=after, until_ms=None)


def _unless_taken_back(match: Match, qty: int) -> MatchState:
    """What was confirmed and did not all come, after all, is agreed and still to come."""
    is_lacking = qty < 0 and match.moved + qty < match.qty
    is_confirmed = match.decided is MatchState.CONFIRMED
    return MatchState.AGREED if is_confirmed and is_lacking else match.decided


def _matched(event: Event) -> Match:
    return Match(
        ref=event.about,
        need=event.data["need"],
        offer=event.data["offer"],
        qty=Thousandths(event.data["qty"]),
        decided=MatchState(event.data["state"]),
        created_ms=event.at_ms,
        initials=event.initials,
        until_ms=event.data["until_ms"],
    )


def can(match: Match, did: Did) -> bool:
    return did in TRANSITIONS.get(match.state, {})


def sums(matches: Iterable[Match]) -> Sums:
    """What the matches of one entry add up to."""
    all_ = list(matches)
    return Sums(
        reserved=Thousandths(sum(each.reserved for each in all_)),
        moving=Thousandths(sum(each.moving for each in all_)),
        moved=Thousandths(sum(each.moved for each in all_)),
        last_ms=max((each.moved_ms for each in all_), default=0),
    )


def is_overpromised(offer: Entry) -> bool:
    """Whether more is promised of an offer than it has. What is closed promises nothing new, and
    what it had promised stands."""
    return offer.sums.reserved > offer.outstanding


def agreed_qty(
    need: Entry, offer: Entry, wanted: Thousandths | None, elsewhere: tuple[int, int] = (0, 0)
) -> Thousandths:
    """How much a new match is about: what was said, else as much as both sides have left.

    `elsewhere` is what neighbours have promised for the need, and what of the offer they were
    shown. Raises Refused with NOT_OPEN, MATCH_OTHER_UNIT, MATCH_NOTHING_LEFT, MATCH_TOO_MUCH.
    """
    refuse_closed(need)
    refuse_closed(offer)
    refuse_other_unit(need, offer)
    lacks = max(0, need.free - elsewhere[0])
    has = max(0, offer.free - elsewhere[1])
    for entry, left in ((need, lacks if wanted is None else need.free), (offer, has)):
        if not left:
            raise Refused(Why.MATCH_NOTHING_LEFT, ref=entry.ref)
    if wanted is None:
        return Thousandths(min(lacks, has))
    for entry, left in ((need, need.free), (offer, has)):
        if wanted > left:
            told = as_words(Thousandths(left), entry.words.unit)
            raise Refused(Why.MATCH_TOO_MUCH, ref=entry.ref, left=told)
    return wanted


def refuse_other_unit(need: Entry, offer: Entry) -> None:
    """Raises Refused(MATCH_OTHER_UNIT) where one quantity cannot be said of both."""
    if need.words.unit != offer.words.unit:
        raise Refused(
            Why.MATCH_OTHER_UNIT,
            need=need.ref,
            unit=need.words.unit,
            offer=offer.ref,
            other=offer.words.unit,
        )


@dataclass(frozen=True, slots=True)
class Job:
    """One trip. How far it is follows from its matches."""

    ref: str
    matches: tuple[str, ...]
    who: str
    """Who goes; empty: nobody yet."""
    at_ms: int | None
    note: str
    created_ms: int
    initials: str
    cancelled: bool = False


class JobState(StrEnum):
    PLANNED = "planned"
    UNDER_WAY = "under way"
    DONE = "done"
    CANCELLED = "cancelled"


def apply_to_job(job: Job | None, event: Event) -> Job:
    """The job after `event`. Raises ImpossibleError where the history cannot be so."""
    if event.did is Did.PLANNED:
        return Job(
            ref=event.about,
            matches=tuple(event.data["matches"]),
            who=event.data.get("who", ""),
            at_ms=event.data["at_ms"],
            note=event.data.get("note", ""),
            created_ms=event.at_ms,
            initials=event.initials,
        )
    if job is None:
        raise ImpossibleError(f"{event.did} before it was planned: {event.about}")
    if event.did is Did.CANCELLED:
        return replace(job, cancelled=True)
    raise ImpossibleError(f"{event.did} of a job: {event.about}")


def job_state(job: Job, matches: Iterable[Match]) -> JobState:
    """Under way as soon as one of its matches is; done when none is still to come."""
    if job.cancelled:
        return JobState.CANCELLED
    states = {match.state for match in matches}
    if MatchState.UNDER_WAY in states:
        return JobState.UNDER_WAY
    return JobState.PLANNED if states & RUNNING else JobState.DONE

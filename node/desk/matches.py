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
"""States that end by themselves where nobody moves. Where part of it came somebody has moved: it
ends by itself only with its need, or its offer."""
OF_THE_REST: Final = frozenset({Did.STARTED, Did.HANDED_OVER, Did.FELL_THROUGH})
"""What people can say of what is still to come, where part of it came though nobody had set out."""


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
        """Under way as well when part of it came, though nobody has said that they set out."""
        return MatchState.UNDER_WAY if self.is_partly_here else self.step

    @property
    def step(self) -> MatchState:
        """What the desk has said of it last, or that all of it was handed over: what can happen to
        it goes by this."""
        if self.decided in RESERVING and self.moved >= self.qty:
            return MatchState.DONE
        return self.decided

    @property
    def is_partly_here(self) -> bool:
        """Whether part of what is agreed came, though nobody has said that they set out."""
        return self.decided is MatchState.AGREED and 0 < self.moved < self.qty

    @property
    def frees_ms(self) -> int | None:
        """When it frees both sides if nobody moves; None: it does not, by any time."""
        return self.until_ms if self.state in FREED_BY_TIME else None

    @property
    def reserved(self) -> Thousandths:
        """What is promised and has not moved."""
        is_reserving = self.decided in RESERVING
        return Thousandths(max(0, self.qty - self.moved)) if is_reserving else NOTHING

    @property
    def moving(self) -> Thousandths:
        return self.reserved if self.state is MatchState.UNDER_WAY else NOTHING


def apply(match: Match | None, event: Event) -> Match:
    """The match after `event`. Raises ImpossibleError where the history cannot be so."""
    if event.did is Did.MATCHED:
        return _matched(event)
    if match is None:
        raise ImpossibleError(f"{event.did} before it was matched: {event.about}")
    after = TRANSITIONS.get(match.step, {}).get(event.did)
    if after is None:
        raise ImpossibleError(f"{event.did} of a match that is {match.state}: {event.about}")
    match event.did:
        case Did.HANDED_OVER:
            moved = Thousandths(match.moved + event.data["qty"])
            if moved < 0:
                raise ImpossibleError(f"less than nothing handed over: {event.about}")
            until_ms = match.until_ms if _goes_on(match, moved) else None
            decided = _unless_taken_back(match, event.data["qty"])
            last_ms = event.last_ms(match.moved_ms)
            return replace(match, decided=decided, moved=moved, moved_ms=last_ms, until_ms=until_ms)
        case Did.AGREED | Did.ASKED:
            qty = Thousandths(event.data.get("qty", match.qty))
            return replace(match, decided=after, qty=qty, until_ms=event.data["until_ms"])
        case _:
            return replace(match, decided=after, until_ms=None)


def _goes_on(match: Match, moved: int) -> bool:
    """Whether its time stays as it is: what is all here has none any more, and what did not come
    after all has it anew."""
    return moved < match.qty and not match.moved > moved == 0


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
    """Whether it can be said of it now."""
    is_possible = did in TRANSITIONS.get(match.step, {})
    return is_possible and (did in OF_THE_REST or not match.is_partly_here)


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


def to_let_go(need: Entry, matches: Iterable[Match]) -> tuple[Match, ...]:
    """Those of its matches that are still to bring something, where together that is more than the
    need asks for: first who was agreed on last, and who is under way after all others.

    Of a need that is closed only who has set out: the others end by themselves.
    """
    bringing = [
        each
        for each in matches
        if each.reserved and not (need.is_closed and each.step in FREED_BY_TIME)
    ]
    if sum(each.reserved for each in bringing) <= need.outstanding:
        return ()
    return tuple(sorted(reversed(bringing), key=lambda each: each.moving > 0))


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
    """Under way as soon as somebody has set out with one of its matches, or something of one came
    since it was planned: what came before that was another trip. Done when none is still to come.
    """
    if job.cancelled:
        return JobState.CANCELLED
    all_ = list(matches)
    if not any(match.state in RUNNING for match in all_):
        return JobState.DONE
    is_moving = any(_is_moved_by(job, match) for match in all_)
    return JobState.UNDER_WAY if is_moving else JobState.PLANNED


def _is_moved_by(job: Job, match: Match) -> bool:
    is_started = match.step is MatchState.UNDER_WAY
    return is_started or (match.moved > 0 and match.moved_ms >= job.created_ms)

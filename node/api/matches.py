"""Matches, jobs and hand-overs: requests and their answers.

Quantities are plain numbers in `unit`, times Unix milliseconds, states those of the product page.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from node.api.requests import Request
from node.api.views import Candidate, Number


class Step(StrEnum):
    """What a desk can say of a match."""

    AGREED = "agreed"
    DECLINED = "declined"
    STARTED = "started"
    CONFIRMED = "confirmed"
    FELL_THROUGH = "fell through"


class JobStep(StrEnum):
    """What a desk can say of a job."""

    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Suggest(Request[tuple[Candidate, ...]]):
    """What the other board has for a need, or for an offer, best first; nothing for what is closed
    or all promised."""

    ref: str


@dataclass(frozen=True, slots=True)
class MatchView:
    """`until_ms`: when it frees both sides again if nobody moves; None: it does not, or nobody can
    know yet."""

    ref: str
    state: str
    need: str
    offer: str
    qty: Number
    unit: str
    moved: Number
    """What was handed over."""
    until_ms: int | None
    category: str
    need_text: str
    offer_text: str
    created_ms: int
    initials: str
    can: tuple[Step, ...] = ()
    """What can be said of it as it stands."""
    jobs: tuple[str, ...] = ()
    """References of the jobs that carry it out."""


@dataclass(frozen=True, slots=True)
class MakeMatch(Request[MatchView]):
    """Match a need and an offer, in either order.

    Without `qty` as much as both have left; without `hours` it waits a day for somebody to move.
    `asked`: the giver was asked and has not answered, so nothing is reserved yet. Agreed after
    that, it is the same match, without `qty` over as much as was asked.
    """

    first: str
    second: str
    qty: str = ""
    asked: bool = False
    hours: str = ""


@dataclass(frozen=True, slots=True)
class ListMatches(Request[tuple[MatchView, ...]]):
    """Those that something is still to come of, the first agreed first; `ended` also the others.

    `of`: only those of this need or offer.
    """

    of: str = ""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class ShowMatch(Request[MatchView]):
    ref: str


@dataclass(frozen=True, slots=True)
class MoveMatch(Request[MatchView]):
    """`hours` is for AGREED: how long it waits for somebody to move. Said again it begins anew."""

    ref: str
    step: Step
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Excess:
    """`qty` more has come of `need` than was asked for."""

    need: str
    qty: Number
    unit: str


@dataclass(frozen=True, slots=True)
class HandOverView:
    """How what `ref` names stands now. `received`: what came, or was given, of all of it.

    Of a job `received` is None where its matches are counted in different units.
    """

    ref: str
    state: str
    received: Number | None
    qty: Number | None
    unit: str
    because: str | None = None
    matches: tuple[str, ...] = ()
    """References of the matches that it counts for."""
    also_changed: tuple[str, ...] = ()
    """References of the matches that are free now, because all has come."""
    excess: tuple[Excess, ...] = ()
    """Where more has come by now than was asked for."""


@dataclass(frozen=True, slots=True)
class HandOver(Request[HandOverView]):
    """`qty` of a match, a need or an offer was handed over; adds to what was before.

    For a need or an offer it counts for its matches first, the longest agreed first. Without `qty`
    all that is to come of a match, or of all matches of a job. `back`: it was not, after all.
    """

    ref: str
    qty: str = ""
    back: bool = False
    at: str = ""
    """When it happened, where that was earlier."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a trip goes from, or to: what a slip may hold. Of a quiet person only the safe ways."""

    ref: str
    text: str
    zone: str
    contact: str
    behalf: str
    safe: str
    ring: str
    access: str
    languages: str
    limits: str
    quiet: bool


@dataclass(frozen=True, slots=True)
class Leg:
    """One match that a trip carries out; `left` is what is still to be handed over."""

    match: str
    state: str
    qty: Number
    left: Number
    unit: str
    category: str
    giver: Place
    receiver: Place


@dataclass(frozen=True, slots=True)
class JobView:
    """`legs` are empty in a list, where nothing of the people is shown."""

    ref: str
    state: str
    matches: tuple[str, ...]
    who: str
    at_ms: int | None
    note: str
    created_ms: int
    initials: str
    legs: tuple[Leg, ...] = ()
    can: tuple[JobStep, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanJob(Request[JobView]):
    """One trip that carries out these matches."""

    matches: tuple[str, ...]
    who: str = ""
    at: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ListJobs(Request[tuple[JobView, ...]]):
    """Those that something is still to come of, in their order; `ended` also the others."""

    ended: bool = False


@dataclass(frozen=True, slots=True)
class ShowJob(Request[JobView]):
    ref: str


@dataclass(frozen=True, slots=True)
class MoveJob(Request[JobView]):
    ref: str
    step: JobStep

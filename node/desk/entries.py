"""Needs and offers: what can happen to one, and the board as the fold of what did.

Every change is an event that is appended and never edited. `apply` folds one event into the entry
that it is about; replaying all of them gives the same board again. Progress is arithmetic over
what came, never typed in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from node.desk.references import Kind, Reference, parse
from node.refusal import Refused, Why
from protocol.ids import Thousandths


class Did(StrEnum):
    """What an event says happened."""

    ADDED = "added"
    EDITED = "edited"
    CLOSED = "closed"
    PASSED = "passed on"
    RECEIVED = "received"
    GIVEN = "given"


class State(StrEnum):
    OPEN = "open"
    AVAILABLE = "available"
    USED_UP = "used up"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


FIRST_STATE: Final = {Kind.NEED: State.OPEN, Kind.OFFER: State.AVAILABLE}
CLOSED_STATES: Final = frozenset({State.CLOSED, State.USED_UP, State.WITHDRAWN})
MET: Final = "met"
DUPLICATE_OF: Final = "duplicate of"
NEED_REASONS: Final = (
    MET,
    "partly met",
    "done by others",
    "no longer needed",
    "referred",
    "cannot help",
    DUPLICATE_OF,
    "lapsed",
)
OFFER_REASONS: Final = (State.USED_UP.value, State.WITHDRAWN.value)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at this hall. `data` is JSON: texts, numbers, None."""

    did: Did
    about: str
    at_ms: int
    initials: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """What a person said of a need or an offer; quantities in thousandths, times Unix ms."""

    category: str
    text: str
    qty: Thousandths
    unit: str
    zone: str = ""
    by_ms: int | None = None
    contact: str = ""
    note: str = ""
    consent: str = ""
    danger: bool = False

    def to_data(self) -> dict[str, Any]:
        return {
            "category": self.category,
            "text": self.text,
            "qty": self.qty,
            "unit": self.unit,
            "zone": self.zone,
            "by_ms": self.by_ms,
            "contact": self.contact,
            "note": self.note,
            "consent": self.consent,
            "danger": self.danger,
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """A need or an offer as it stands. `received`: what came of a need, was given of an offer."""

    ref: str
    kind: Kind
    words: Words
    created_ms: int
    initials: str
    state: State
    because: str | None = None
    received: Thousandths = Thousandths(0)  # noqa: RUF009 - a NewType costs nothing

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED_STATES

    @property
    def outstanding(self) -> Thousandths:
        return Thousandths(max(0, self.words.qty - self.received))


def apply(entry: Entry | None, event: Event) -> Entry:
    """The entry after `event`. Raises ValueError where the history cannot be so."""
    if event.did is Did.ADDED:
        kind = parse(event.about)[1].kind
        return Entry(
            ref=event.about,
            kind=kind,
            words=Words(**event.data),
            created_ms=event.at_ms,
            initials=event.initials,
            state=FIRST_STATE[kind],
        )
    if entry is None:
        raise ValueError(f"{event.did} before it was added: {event.about}")
    match event.did:
        case Did.EDITED:
            return replace(entry, words=replace(entry.words, **event.data))
        case Did.CLOSED:
            return _closed(entry, event.data["because"])
        case Did.RECEIVED:
            return _received(entry, Thousandths(event.data["qty"]))
        case Did.GIVEN:
            return _given(entry, Thousandths(event.data["qty"]))
        case Did.PASSED:
            return entry


def _closed(entry: Entry, because: str) -> Entry:
    if entry.kind is Kind.OFFER:
        return replace(entry, state=State(because), because=because)
    return replace(entry, state=State.CLOSED, because=because)


def _received(entry: Entry, qty: Thousandths) -> Entry:
    """Receiving everything closes a need as met."""
    after = replace(entry, received=Thousandths(entry.received + qty))
    if entry.kind is Kind.NEED and not entry.is_closed and after.outstanding == 0:
        return _closed(after, MET)
    return after


def _given(entry: Entry, qty: Thousandths) -> Entry:
    """Giving everything uses an offer up. Less than zero was not given after all: it is back."""
    after = replace(entry, received=Thousandths(max(0, entry.received + qty)))
    if not entry.is_closed and after.outstanding == 0:
        return _closed(after, State.USED_UP)
    if entry.state is State.USED_UP and entry.outstanding == 0 < after.outstanding:
        return replace(after, state=State.AVAILABLE, because=None)
    return after


def closing_reason(kind: Kind, typed: str) -> str:
    """The reason that someone gave, as it is kept.

    Raises Refused with UNKNOWN_NEED_REASON or UNKNOWN_OFFER_REASON.
    """
    reason = " ".join(typed.casefold().split())
    known = OFFER_REASONS if kind is Kind.OFFER else NEED_REASONS
    if reason in known and reason != DUPLICATE_OF:
        return reason
    if kind is Kind.NEED and reason.startswith(DUPLICATE_OF):
        return _duplicate_reason(reason.removeprefix(DUPLICATE_OF))
    why = Why.UNKNOWN_OFFER_REASON if kind is Kind.OFFER else Why.UNKNOWN_NEED_REASON
    raise Refused(why, given=typed)


def _duplicate_reason(of: str) -> str:
    if not of.strip():
        return DUPLICATE_OF
    _, reference = parse(of)
    return f"{DUPLICATE_OF} {reference}"


def refuse_closed(entry: Entry) -> None:
    """Raises Refused(IS_CLOSED)."""
    if entry.is_closed:
        raise Refused(Why.IS_CLOSED, ref=entry.ref)


def share_out(qty: Thousandths, entries: list[Entry]) -> list[tuple[str, Thousandths]]:
    """Who gets how much of what came, or which offer gave it: those who waited longest first.

    `entries` is not empty; those that are closed wait no longer, unless all are. What is more than
    all of it goes to the last. The shares sum up to `qty`, and none is zero.
    """
    waiting = by_waiting([each for each in entries if not each.is_closed] or entries)
    shared = shares(qty, [each.outstanding for each in waiting])
    return [(each.ref, share) for each, share in zip(waiting, shared, strict=True) if share]


def take_back(qty: Thousandths, offers: list[Entry]) -> list[tuple[str, Thousandths]]:
    """Which offer has how much back, of `qty` that was not given after all: those who gave last.

    The shares are less than zero; together they are `qty`, or all that was given.
    """
    givers = by_waiting(offers)[::-1]
    left, back = qty, []
    for offer in givers:
        share = Thousandths(min(left, offer.received))
        back.append((offer.ref, Thousandths(-share)))
        left = Thousandths(left - share)
    return [(ref, share) for ref, share in back if share]


def by_waiting(entries: list[Entry]) -> list[Entry]:
    """Who waited longest first."""
    return sorted(entries, key=lambda each: (each.created_ms, parse(each.ref)[1].number))


def shares(qty: Thousandths, wanted: list[Thousandths]) -> list[Thousandths]:
    """`qty` in order: to each what it wants while there is some, to the last all that is left."""
    shared: list[Thousandths] = []
    left: int = qty
    for each in wanted:
        shared.append(Thousandths(min(left, each)))
        left -= shared[-1]
    return [*shared[:-1], Thousandths(shared[-1] + left)] if shared else []


def written(typed: str, kind: Kind) -> str:
    """The reference of one of our own needs or offers, as it is kept, from how it was typed.

    Raises Refused with REFERENCE_UNREADABLE, REFERENCE_CHECK or REFERENCE_WRONG_KIND.
    """
    _, reference = parse(typed)
    if reference.kind is not kind:
        wanted = "N-…" if kind is Kind.NEED else "O-…"
        raise Refused(Why.REFERENCE_WRONG_KIND, given=str(reference), wanted=wanted)
    return str(Reference(reference.kind, reference.number))

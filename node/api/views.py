"""What a node answers with, ready to show.

Quantities are plain numbers (`40`, `2.5`) in the named unit; times are Unix milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Number = int | float


class Kind(StrEnum):
    NEED = "need"
    OFFER = "offer"


class Act(StrEnum):
    """What can be done with an overflow or a pledge; what cannot now is not offered."""

    PLEDGE = "pledge"
    RENEW = "renew"
    RESIZE = "edit"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    DECLINE = "decline"
    RELEASE = "release"
    RETRACT = "retract"
    SEND = "sent"
    RECEIVE = "receive"


@dataclass(frozen=True, slots=True)
class HallMade:
    """`recovery_words` is shown this once: the node does not keep it."""

    group_id: str
    device_id: str
    name: str
    recovery_words: str


@dataclass(frozen=True, slots=True)
class StatusView:
    """`neighbours` counts those we are paired with, `linked` those we hear right now."""

    group_id: str
    name: str
    running: bool
    neighbours: int
    linked: int
    needs_open: int
    offers_open: int
    warnings: tuple[str, ...]
    now_ms: int
    """The time as the node reckons it; its machine's wall clock may show any other."""
    time_by: str
    """Who vouches for that time, as in ClockView."""
    place: str = ""
    area: str = ""
    address: str | None = None
    to_ask: int = 0
    """Needs and offers that nobody has renewed: to ask about in the next call-round."""


@dataclass(frozen=True, slots=True)
class ClockView:
    """The time that the hall goes by.

    `by`: who vouches for it: nobody, neighbours, operator (a person here), or synchronised.
    `neighbours` counts those that have told their time lately, and `ahead_s` is how many seconds
    the middle one of these is ahead of ours; None where none has told any.
    """

    now_ms: int
    trusted: bool
    by: str
    neighbours: int
    ahead_s: Number | None


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A need or an offer that may be the same one. `because`: in what, in words."""

    ref: str
    text: str
    because: tuple[str, ...]
    score: int
    """0 to 100: how much of it is alike."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the other board has for a need, or for an offer. `because`: what fits, what does not."""

    ref: str
    text: str
    because: tuple[str, ...]
    score: int
    """0 to 100."""
    qty: Number = 0
    """How much of it is free, in `unit`."""
    unit: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """A match that is still to bring `qty` of an entry, counted as that is."""

    ref: str
    state: str
    qty: Number


@dataclass(frozen=True, slots=True)
class EntryView:
    """A need or an offer on our own board. `received` and `promised` are in `unit`, like `qty`."""

    kind: Kind
    ref: str
    state: str
    category: str
    text: str
    qty: Number
    unit: str
    zone: str
    received: Number
    promised: Number
    danger: bool
    created_ms: int
    because: str | None = None
    by_ms: int | None = None
    contact: str = ""
    note: str = ""
    consent: str = ""
    initials: str = ""
    overflows: tuple[str, ...] = ()
    """References of the overflows, or surpluses, that it was passed on with."""
    also_changed: tuple[str, ...] = ()
    """References of what was changed with it just now: asked for less, withdrawn, or freed."""
    consent_ended: bool = False
    """The consent went just now, with the contact that it was given with: it is asked anew."""
    channel: str = "desk"
    behalf: str = ""
    household: str = ""
    diet: str = ""
    access: str = ""
    languages: str = ""
    ring: str = ""
    safe: str = ""
    quiet: bool = False
    """Unsafe to ring, unsafe to list: a list has nothing of who it is."""
    standing: bool = False
    every: str = ""
    limits: str = ""
    moving: Number = 0
    """What of it is under way by our own matches."""
    free: Number = 0
    """What no match of ours has promised yet."""
    written_ms: int = 0
    """When it was written down; `created_ms` is when it was said."""
    touched_ms: int = 0
    """When somebody last said that it is still wanted, or there."""
    until_ms: int | None = None
    """Until when it waits; of a need that comes again, when it does."""
    closed_ms: int | None = None
    forgotten: bool = False
    missing: tuple[str, ...] = ()
    """What was asked for and not said: `zone`, `contact`."""
    matches: tuple[str, ...] = ()
    """References of its matches, where one entry is shown."""
    looks_like: tuple[LookAlike, ...] = ()
    """Those that it may be a duplicate of, where it was added just now."""
    candidates: tuple[Candidate, ...] = ()
    """What the other board has for it, best first, where it was added just now."""
    quiet_like: str = ""
    """Of what was saved just now: the reference of another of the same person whose quiet mark it
    has taken over."""
    also_quiet: tuple[str, ...] = ()
    """References of the same person's others that were marked quiet with it just now."""
    still_quiet: tuple[str, ...] = ()
    """References of those that keep the mark, where it was taken away here just now."""
    to_let_go: tuple[Promise, ...] = ()
    """Its matches, where it was said just now how much is needed, and they are to bring more than
    that: the first to let go of first."""
    overmatched: Number = 0
    """How much more."""


@dataclass(frozen=True, slots=True)
class PassPreview:
    """Exactly what would leave the hall. `approval` stands for these words and no others."""

    refs: tuple[str, ...]
    category: str
    text: str
    qty: Number
    unit: str
    area: str
    urgency: str
    by_ms: int | None
    hops: int
    until_ms: int
    exercise: bool
    neighbours: tuple[str, ...]
    """Names of the halls next door that will see it first."""
    personal: tuple[str, ...]
    """Pieces of the text that look personal: they bar it until other words are given."""
    one_person: bool
    """A quantity of 1 in MED, CAR or SHL: this is one person, and the desk says yes to that."""
    approval: str
    surplus: bool = False
    """Offers, to give away: `by_ms` is until when they are there."""


@dataclass(frozen=True, slots=True)
class PledgeView:
    """`by` is a hall's name. `details` are there only where they were sealed to us.

    `received` and `condition` are the word of the hall that it came to: the overflow's origin, or
    of a surplus the pledging hall.
    """

    id: str
    ref: str
    overflow: str
    by: str
    ours: bool
    state: str
    qty: Number
    accepted: Number
    received: Number
    note: str = ""
    details: str | None = None
    condition: str = ""
    neighbour: bool = False
    """The pledging hall is one that we have paired with."""
    through: str = ""
    """The neighbour that leads to the pledging hall; empty where that is our neighbour itself."""
    reached: tuple[str, ...] = ()
    """Names of neighbours whose node holds the newest version; of our own pledges only."""
    can: tuple[Act, ...] = ()
    """What our desk can do with it as it stands."""
    would_fall: Number = 0
    """How much of it falls through if its overflow is withdrawn now."""


@dataclass(frozen=True, slots=True)
class AcceptPreview:
    """What accepting a pledge would do. `sealed` is what its hall alone could read; empty: nothing.

    `stands` says that this was sealed before, and that these words are not known here any more.
    """

    id: str
    by: str
    through: str
    neighbour: bool
    qty: Number
    sealed: str = ""
    stands: bool = False


@dataclass(frozen=True, slots=True)
class OverflowView:
    """An overflow, or a surplus: then `qty` is given away, and `sent` of it has left the origin."""

    id: str
    ref: str
    """As spoken: with the hall's call sign, `NG V-12-K`."""
    origin: str
    ours: bool
    state: str
    category: str
    text: str
    qty: Number
    unit: str
    accepted: Number
    received: Number
    pledged: Number
    distance: int | None
    """Links from us to its origin, 0 for ours; None where no way to it is known now."""
    area: str
    urgency: str
    hops: int
    changed_ms: int
    """When its newest version was signed."""
    until_ms: int
    surplus: bool
    exercise: bool
    pledges: tuple[PledgeView, ...]
    because: str | None = None
    by_ms: int | None = None
    needs: tuple[str, ...] = ()
    """References of our own needs in it; empty for a neighbour's."""
    held_by: int = 0
    """Neighbours whose node holds the newest version; 0 says: saved here only."""
    reached: tuple[str, ...] = ()
    """The names of those neighbours."""
    read_by: int = 0
    """Halls where a person has opened it or answered it; held by a node is not read."""
    sent: Number = 0
    through: str = ""
    """The neighbour that leads to its origin; empty where that is our neighbour, or we, and where
    no way is known."""
    can: tuple[Act, ...] = ()
    """What our desk can do with it as it stands."""


@dataclass(frozen=True, slots=True)
class WaitingView:
    """An overflow or a pledge of this reference waits; with `details` what is sealed to it."""

    ref: str
    details: bool = False


@dataclass(frozen=True, slots=True)
class NeighbourView:
    """`path` is lan, relay, carry or None while away; `waiting` counts records to hand over."""

    group_id: str
    name: str
    state: str
    path: str | None
    last_heard_ms: int | None
    waiting: int = 0
    area: str = ""
    waiting_for: tuple[WaitingView, ...] = ()
    """What waits for it, each thing once: overflows, pledges, and details to a pledge."""
    contradicts: bool = False
    """It has signed two contents as one version; the node's warnings say of what."""


@dataclass(frozen=True, slots=True)
class InviteView:
    """`qr` is the code as lines of half blocks, light on dark."""

    code: str
    until_ms: int
    qr: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """There is nothing to say but that it is done, and on disk."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that a screen may show is different now: ask again for what you show."""

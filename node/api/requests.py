"""What can be asked of a node: one request is one dataclass, and its type says what the answer is.

The same requests go to a running node over the control socket and to a stopped one in-process.
What a person typed (`qty`, `by`) travels as typed and is read by the node, so that every front end
understands the same words. A request that cannot be carried out raises `node.refusal.Refused` and
has changed nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar, get_args

from node.api.views import (
    AcceptPreview,
    ClockView,
    Done,
    EntryView,
    InviteView,
    Kind,
    NeighbourView,
    OverflowView,
    PassPreview,
    PledgeView,
    StatusView,
)

Answer = TypeVar("Answer")


class Whose(StrEnum):
    ALL = "all"
    OURS = "ours"
    THEIRS = "theirs"


class Request(Generic[Answer]):
    """Base of every request; the type parameter is the type of its answer."""

    __slots__ = ()


def answer_type(request: type[Request[Answer]]) -> type[Answer]:
    """The type that `request` is answered with."""
    bases: tuple[type, ...] = request.__orig_bases__  # type: ignore[attr-defined]
    answer: type[Answer] = get_args(bases[0])[0]
    return answer


@dataclass(frozen=True, slots=True)
class Status(Request[StatusView]):
    pass


@dataclass(frozen=True, slots=True)
class ShowClock(Request[ClockView]):
    pass


@dataclass(frozen=True, slots=True)
class TellTime(Request[ClockView]):
    """What time it is now, from somebody's watch; good until this machine is started anew."""

    time: str


@dataclass(frozen=True, slots=True)
class AddEntry(Request[EntryView]):
    """A new need or offer. Without `qty` it is 1, without `unit` the category's own."""

    kind: Kind
    category: str
    text: str
    qty: str = ""
    unit: str = ""
    zone: str = ""
    by: str = ""
    contact: str = ""
    note: str = ""
    consent: str = ""
    danger: bool = False
    channel: str = ""
    """How it came: desk, phone, paper, radio or runner; empty: desk."""
    at: str = ""
    """When it was said, where that was earlier."""
    behalf: str = ""
    household: str = ""
    diet: str = ""
    access: str = ""
    languages: str = ""
    ring: str = ""
    safe: str = ""
    quiet: bool = False
    standing: bool = False
    every: str = ""
    limits: str = ""
    slip: str = ""
    """The reference on the paper slip that it was taken down on."""
    same_as: str = ""
    """The reference of another need or offer of the same person: who and where, not said anew."""


@dataclass(frozen=True, slots=True)
class EditEntry(Request[EntryView]):
    """Other words for what is named; None leaves a field as it is."""

    kind: Kind
    ref: str
    category: str | None = None
    text: str | None = None
    qty: str | None = None
    unit: str | None = None
    zone: str | None = None
    by: str | None = None
    contact: str | None = None
    note: str | None = None
    consent: str | None = None
    danger: bool | None = None
    channel: str | None = None
    behalf: str | None = None
    household: str | None = None
    diet: str | None = None
    access: str | None = None
    languages: str | None = None
    ring: str | None = None
    safe: str | None = None
    quiet: bool | None = None
    standing: bool | None = None
    every: str | None = None
    limits: str | None = None


@dataclass(frozen=True, slots=True)
class CloseEntry(Request[EntryView]):
    kind: Kind
    ref: str
    because: str


@dataclass(frozen=True, slots=True)
class OpenEntry(Request[EntryView]):
    """Open again what is closed or waits, or what nobody had read; `qty` is how much it is now."""

    kind: Kind
    ref: str
    because: str = ""
    qty: str = ""


@dataclass(frozen=True, slots=True)
class LetWait(Request[EntryView]):
    """A need waits: for an answer, for information, or until a time."""

    ref: str
    because: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class ReadEntry(Request[EntryView]):
    """Show it to a person: what was new is read now."""

    kind: Kind
    ref: str


@dataclass(frozen=True, slots=True)
class ListEntries(Request[tuple[EntryView, ...]]):
    """Most urgent first, then newest; `closed` also lists what is closed, the last closed first.

    `count` of them from the one in place `first`, counted from 0; None: all that there are.
    """

    kind: Kind
    closed: bool = False
    first: int = 0
    count: int | None = None


@dataclass(frozen=True, slots=True)
class ShowEntry(Request[EntryView]):
    kind: Kind
    ref: str


@dataclass(frozen=True, slots=True)
class PreviewPass(Request[PassPreview]):
    """What would leave if these needs (or this one offer) were passed on. Changes nothing."""

    refs: tuple[str, ...]
    qty: str = ""
    hops: int | None = None
    hours: str = ""
    text: str = ""
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class PassOn(Request[OverflowView]):
    """Pass on what `approval` of the preview stands for; refused when that has changed."""

    refs: tuple[str, ...]
    approval: str
    qty: str = ""
    hops: int | None = None
    hours: str = ""
    text: str = ""
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class ListOverflows(Request[tuple[OverflowView, ...]]):
    whose: Whose = Whose.ALL


@dataclass(frozen=True, slots=True)
class ShowOverflow(Request[OverflowView]):
    id: str


@dataclass(frozen=True, slots=True)
class ReadOverflow(Request[OverflowView]):
    """The same, by a person: from now on its origin can tell that it was read here."""

    id: str


@dataclass(frozen=True, slots=True)
class WithdrawOverflow(Request[OverflowView]):
    id: str


@dataclass(frozen=True, slots=True)
class ResizeOverflow(Request[OverflowView]):
    id: str
    qty: str


@dataclass(frozen=True, slots=True)
class RenewOverflow(Request[OverflowView]):
    id: str


@dataclass(frozen=True, slots=True)
class MakePledge(Request[PledgeView]):
    """Promise part of a neighbour's overflow, or ask for part of a surplus.

    The note is sealed to its origin.
    """

    id: str
    qty: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class RetractPledge(Request[PledgeView]):
    id: str


@dataclass(frozen=True, slots=True)
class AcceptPledge(Request[PledgeView]):
    """Without `qty` the whole pledge; repeated, it sets.

    Without `details` the hall's own place is sealed.
    """

    id: str
    qty: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class PreviewAccept(Request[AcceptPreview]):
    """What `AcceptPledge` with the same words would do; refused where that would be."""

    id: str
    qty: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class DeclinePledge(Request[PledgeView]):
    id: str


@dataclass(frozen=True, slots=True)
class ReleasePledge(Request[PledgeView]):
    """Free what was accepted and never came."""

    id: str


@dataclass(frozen=True, slots=True)
class MarkSent(Request[PledgeView]):
    """It is on its way: said by the pledging hall, of a surplus by its origin."""

    id: str


@dataclass(frozen=True, slots=True)
class ReceivePledge(Request[PledgeView]):
    """`qty` came of this pledge; adds to what came before.

    Said by the origin, of a surplus by the pledging hall.
    """

    id: str
    qty: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class ListNeighbours(Request[tuple[NeighbourView, ...]]):
    pass


@dataclass(frozen=True, slots=True)
class Invite(Request[InviteView]):
    """A one-time code for the hall down the road. Asks a running node."""

    hours: str = ""


@dataclass(frozen=True, slots=True)
class Join(Request[NeighbourView]):
    """Pair with the hall that gave us `code`. Asks a running node; answers once paired."""

    code: str


@dataclass(frozen=True, slots=True)
class RemoveNeighbour(Request[NeighbourView]):
    name: str


@dataclass(frozen=True, slots=True)
class Stop(Request[Done]):
    """End the running node; answers before it ends."""

"""A node that keeps a small hall in memory: enough of the rules for the screens to be driven.

It refuses what the desk must see refused, remembers every request, and tells of its changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from node.answers.acts import Role, acts_with_overflow, acts_with_pledge
from node.api.categories import CATEGORIES, CategoryCode
from node.api.door import NodeApi, NodeGone, NodeSilent
from node.api.requests import (
    AcceptPledge,
    AddEntry,
    Answer,
    CloseEntry,
    DeclinePledge,
    EditEntry,
    Invite,
    Join,
    ListEntries,
    ListNeighbours,
    ListOverflows,
    MakePledge,
    MarkSent,
    PassOn,
    PreviewAccept,
    PreviewPass,
    ReadOverflow,
    ReceivePledge,
    ReleasePledge,
    RemoveNeighbour,
    RenewOverflow,
    Request,
    ResizeOverflow,
    RetractPledge,
    ShowEntry,
    ShowOverflow,
    Status,
    WithdrawOverflow,
)
from node.api.views import (
    AcceptPreview,
    Act,
    Changed,
    EntryView,
    HallMade,
    InviteView,
    Kind,
    NeighbourView,
    OverflowView,
    PassPreview,
    PledgeView,
    StatusView,
)
from node.refusal import Refused, Why
from protocol.bodies import Direction

NOW_MS = 1_780_000_000_000
"""28 May 2026, 20:26:40 UTC: the time at which every test and picture takes place."""

HOUR_MS = 3_600_000

PLEDGE_STATES = {
    DeclinePledge: "not needed",
    ReleasePledge: "fell through",
    RetractPledge: "withdrawn",
    MarkSent: "sent",
}
"""The state after the requests that say nothing but which pledge."""


class FakeNode:
    def __init__(self) -> None:
        self.name = "Northgate Hall"
        self.place = "12 North Street"
        self.entries: dict[tuple[Kind, str], EntryView] = {}
        self.overflows: dict[str, OverflowView] = {}
        self.neighbours: dict[str, NeighbourView] = {}
        self.warnings: tuple[str, ...] = ()
        self.time_by = "synchronised"
        self.ahead_ms = 0
        self.asked: list[Request[Any]] = []
        self.initials: list[str] = []
        self.personal: tuple[str, ...] = ()
        self.also_changed: tuple[OverflowView, ...] = ()
        self.refuse_reading: dict[type, Refused] = {}
        self._numbers = iter(range(417, 1_000_000))
        self._listeners: set[asyncio.Queue[bool]] = set()
        self.running = True
        self.silent_pid = 0
        """Of a node that does not answer; 0: it does."""
        self.awake = asyncio.Event()
        """While it is not set, answers take their time."""
        self.awake.set()

    # Telling of changes.

    def changed(self) -> None:
        for listener in self._listeners:
            listener.put_nowait(True)

    def end(self) -> None:
        """The node's process ends."""
        self.running = False
        for listener in self._listeners:
            listener.put_nowait(False)

    async def changes(self) -> AsyncIterator[Changed]:
        news: asyncio.Queue[bool] = asyncio.Queue()
        self._listeners.add(news)
        try:
            yield Changed()
            while await news.get():
                yield Changed()
        finally:
            self._listeners.discard(news)
        raise NodeGone

    def now_ms(self) -> int:
        return NOW_MS + self.ahead_ms

    async def call(self, request: Request[Answer], *, initials: str = "") -> Answer:
        if not self.running:
            raise NodeGone
        if self.silent_pid:
            raise NodeSilent(self.silent_pid)
        self.asked.append(request)
        self.initials.append(initials)
        await self.awake.wait()
        if type(request) in self.refuse_reading:
            raise self.refuse_reading[type(request)]
        answer = self._answer(request)
        if not _reads(request):
            self.changed()
        return cast(Answer, answer)

    def sent(self, kind: type[Request[Answer]]) -> list[Any]:
        """The requests of one kind, oldest first."""
        return [request for request in self.asked if isinstance(request, kind)]

    # Answers.

    def _answer(self, request: Request[Any]) -> object:
        if _reads(request) and not isinstance(request, PreviewPass):
            return self._read(request)
        match request:
            case AddEntry() | EditEntry() | CloseEntry():
                return self._entry(request)
            case PreviewPass() | PassOn():
                return self._pass(request)
            case Invite() | Join() | RemoveNeighbour():
                return self._pair(request)
            case _:
                return self._between_halls(request)

    def _read(self, request: Request[Any]) -> object:
        shown: object = None
        match request:
            case Status():
                shown = self._status()
            case ListOverflows():
                shown = tuple(map(able, self.overflows.values()))
            case ListNeighbours():
                shown = tuple(self.neighbours.values())
            case ListEntries(kind=kind):
                entries = [e for e in self.entries.values() if e.kind is kind]
                live = [e for e in entries if e.state != "closed"]
                shown = tuple(sorted(live, key=lambda e: (e.by_ms or NOW_MS * 2, -e.created_ms)))
            case ShowEntry(kind=kind, ref=ref):
                if (kind, ref) not in self.entries:
                    raise Refused(Why.REFERENCE_NOT_FOUND, given=ref)
                shown = self.entries[kind, ref]
            case PreviewAccept():
                shown = self._preview_accept(request)
            case ShowOverflow(id=id_) | ReadOverflow(id=id_):
                shown = able(self.overflows[id_])
        return shown

    def _pair(self, request: Invite | Join | RemoveNeighbour) -> object:
        match request:
            case Invite():
                return InviteView("HW7K2-9QXPA-M4TCD-83RJE-VN6YB", NOW_MS + HOUR_MS, self.qr)
            case Join(code=code):
                return self._join(code)
            case RemoveNeighbour(name=name):
                (gone,) = (each for each in self.neighbours.values() if each.group_id == name)
                self.neighbours = {
                    key: each for key, each in self.neighbours.items() if each is not gone
                }
                return replace(gone, state="removed")

    qr: tuple[str, ...] = ()

    def _status(self) -> StatusView:
        kinds = [entry.kind for entry in self.entries.values()]
        return StatusView(
            group_id="north",
            name=self.name,
            running=True,
            neighbours=len(self.neighbours),
            linked=sum(each.path is not None for each in self.neighbours.values()),
            needs_open=kinds.count(Kind.NEED),
            offers_open=kinds.count(Kind.OFFER),
            warnings=self.warnings,
            now_ms=NOW_MS + self.ahead_ms,
            time_by=self.time_by,
            place=self.place,
        )

    def _entry(self, request: AddEntry | EditEntry | CloseEntry) -> EntryView:
        match request:
            case CloseEntry(kind=kind, ref=ref, because=because):
                entry = replace(self.entries[kind, ref], state="closed", because=because)
                self.overflows |= {each.id: each for each in self.also_changed}
                also = tuple(each.ref for each in self.also_changed)
                entry = replace(entry, also_changed=also)
            case EditEntry(kind=kind, ref=ref):
                fields = ("category", "text", "zone", "contact", "unit", "note")
                given = {f: getattr(request, f) for f in fields if getattr(request, f) is not None}
                if request.qty is not None:
                    given["qty"] = _quantity(request.qty)
                entry = replace(self.entries[kind, ref], **given)
            case AddEntry():
                entry = self._new_entry(request)
        self.entries[entry.kind, entry.ref] = entry
        return entry

    def _new_entry(self, typed: AddEntry) -> EntryView:
        row = CATEGORIES.get(CategoryCode(typed.category))
        if row is None:
            raise Refused(Why.UNKNOWN_CATEGORY, given=typed.category, near="FOD")
        if not typed.text.strip():
            raise Refused(Why.TEXT_EMPTY)
        quantity = _quantity(typed.qty or "1")
        letter = "N" if typed.kind is Kind.NEED else "O"
        return EntryView(
            kind=typed.kind,
            ref=f"{letter}-{next(self._numbers)}-K",
            state="open" if typed.kind is Kind.NEED else "available",
            category=typed.category,
            text=typed.text,
            qty=quantity,
            unit=typed.unit or str(row.unit),
            zone=typed.zone,
            received=0,
            promised=0,
            danger=typed.danger,
            created_ms=NOW_MS,
            by_ms=NOW_MS + 3 * HOUR_MS if typed.by else None,
            contact=typed.contact,
            note=typed.note,
            initials="",
        )

    def _pass(self, request: PreviewPass | PassOn) -> PassPreview | OverflowView:
        surplus = request.refs[0].startswith("O")
        kind = Kind.OFFER if surplus else Kind.NEED
        entries = [self.entries[kind, ref] for ref in request.refs]
        need = entries[0]
        if any(each.unit != need.unit for each in entries):
            raise Refused(Why.PASS_MIXED, first=need.ref, second=entries[1].ref)
        words = request.text or "; ".join(each.text for each in entries)
        together = sum(each.qty for each in entries)
        shown = PassPreview(
            refs=request.refs,
            category=need.category,
            text=words,
            qty=_quantity(request.qty) if request.qty else together,
            unit=need.unit,
            area="Northgate",
            urgency="today",
            by_ms=need.by_ms,
            hops=request.hops or 2,
            until_ms=NOW_MS + 24 * HOUR_MS,
            exercise=request.exercise,
            neighbours=tuple(each.name for each in self.neighbours.values()),
            personal=tuple(p for p in self.personal if p in words),
            one_person=need.category in ("MED", "CAR", "SHL") and need.qty == 1,
            approval="",
            surplus=surplus,
        )
        approval = f"{shown.text}|{shown.qty}|{shown.hops}"
        if isinstance(request, PreviewPass):
            return replace(shown, approval=approval)
        if request.approval != approval:
            raise Refused(Why.PASS_CHANGED)
        overflow = replace(overflow_of(shown), surplus=surplus)
        self.overflows[overflow.id] = overflow
        for each in entries:
            self.entries[kind, each.ref] = replace(each, overflows=(overflow.ref,))
        return overflow

    def _join(self, code: str) -> NeighbourView:
        if code.startswith("BAD"):
            raise Refused(Why.CODE_MISTYPED, group=2)
        joined = NeighbourView("east", "Eastside Centre", "linked", "lan", NOW_MS)
        self.neighbours[joined.group_id] = joined
        return joined

    def _between_halls(self, request: Any) -> object:
        match request:
            case WithdrawOverflow() | RenewOverflow() | ResizeOverflow():
                return self._revise(request)
            case MakePledge(id=id_, qty=qty, note=note):
                self._refuse_personal(note)
                made = pledge_of(id_, "Northgate Hall", _quantity(qty), ours=True, note=note)
                return self._keep(made)
            case AcceptPledge():
                return self._accept(request)
            case ReceivePledge(id=id_, qty=qty, condition=condition):
                self._refuse_personal(condition)
                pledge = self._pledge(id_)
                came = pledge.received + _quantity(qty)
                fresh = replace(pledge, state="received", received=came, condition=condition)
                return self._keep(fresh)
            case _:
                state = PLEDGE_STATES[type(request)]
                return self._keep(replace(self._pledge(request.id), state=state))

    def _revise(self, request: WithdrawOverflow | RenewOverflow | ResizeOverflow) -> OverflowView:
        overflow = self.overflows[request.id]
        match request:
            case WithdrawOverflow():
                overflow = replace(overflow, state="closed", because="withdrawn")
            case RenewOverflow():
                until_ms = NOW_MS + 72 * HOUR_MS
                overflow = replace(overflow, state="open", because=None, until_ms=until_ms)
            case ResizeOverflow(qty=typed):
                qty = _quantity(typed)
                if qty < overflow.accepted:
                    accepted = overflow.accepted
                    raise Refused(Why.ASKED_BELOW_ACCEPTED, given=typed, accepted=accepted)
                overflow = replace(overflow, qty=qty)
        self.overflows[overflow.id] = overflow
        return overflow

    def _refuse_personal(self, text: str) -> None:
        for piece in self.personal:
            if piece and piece in text:
                raise Refused(Why.TEXT_PERSONAL, found=piece, kind="a name")

    def _preview_accept(self, request: AcceptPledge | PreviewAccept) -> AcceptPreview:
        for piece in self.personal:
            if piece and piece in request.details:
                raise Refused(Why.DETAILS_WITHOUT_CONSENT, found=piece, ref="N-417-K")
        pledge = self._pledge(request.id)
        wanted = _quantity(request.qty) if request.qty else pledge.qty
        asked = self.overflows[pledge.overflow].qty
        if wanted > asked:
            raise Refused(Why.ACCEPT_TOO_MUCH, left=asked, asked=asked, elsewhere=0)
        told = pledge.details is not None
        sealed = request.details.strip() or ("" if told else self.place)
        if pledge.received >= wanted:
            told, sealed = False, ""
        stands = told and not sealed
        by, through, near = pledge.by, pledge.through, pledge.neighbour
        return AcceptPreview(pledge.id, by, through, near, wanted, sealed, stands)

    def _accept(self, request: AcceptPledge) -> PledgeView:
        shown = self._preview_accept(request)
        pledge = self._pledge(request.id)
        details = shown.sealed or pledge.details
        return self._keep(replace(pledge, state="accepted", accepted=shown.qty, details=details))

    def _pledge(self, id_: str) -> PledgeView:
        pledges = [p for overflow in self.overflows.values() for p in overflow.pledges]
        return next(pledge for pledge in pledges if pledge.id == id_)

    def _keep(self, pledge: PledgeView) -> PledgeView:
        """Put a pledge into its overflow and add the overflow up again."""
        overflow = self.overflows[pledge.overflow]
        others = tuple(each for each in overflow.pledges if each.id != pledge.id)
        pledges = (*others, pledge)
        self.overflows[overflow.id] = replace(
            overflow,
            pledges=pledges,
            accepted=sum(each.accepted for each in pledges),
            received=sum(each.received for each in pledges),
            pledged=sum(each.qty for each in pledges),
        )
        return pledge

    # What happens elsewhere.

    def arrive(self, overflow: OverflowView) -> None:
        """A neighbour's overflow arrives, or a newer version of one of ours."""
        self.overflows[overflow.id] = overflow
        self.changed()

    def arrive_pledge(self, pledge: PledgeView) -> None:
        self._keep(pledge)
        self.changed()


class FakeHall:
    """A data folder with a node beside it: what `tui.desk.Door` needs."""

    def __init__(self, node: FakeNode, *, exists: bool = True) -> None:
        self.node = node
        self.there = exists
        self.made: list[tuple[str, str, str]] = []
        self.started = 0
        self.bugs: list[BaseException] = []

    def save_bug(self, bug: BaseException) -> Path:
        self.bugs.append(bug)
        return Path("crash.log")

    def exists(self) -> bool:
        return self.there

    def make(self, name: str, place: str, area: str) -> HallMade:
        if not name:
            raise Refused(Why.TEXT_EMPTY)
        self.made.append((name, place, area))
        self.node.name = name
        words = "acid bread cabin dwarf eagle fabric gadget hamster icon jacket kiwi ladder"
        return HallMade("north", "device", name, words)

    def start(self) -> None:
        self.started += 1
        self.node.running = True

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[NodeApi]:
        if not self.node.running:
            raise NodeGone
        yield self.node


def _reads(request: Request[Any]) -> bool:
    return type(request).__name__.startswith(("List", "Show", "Read", "Status", "Preview"))


def able(overflow: OverflowView) -> OverflowView:
    """The overflow with what our desk can do with it and with each of its pledges.

    By the tables of the real node, so that no screen is driven by another rule.
    """
    role = Role.ORIGIN if overflow.ours else Role.PLEDGER
    stands = overflow.because if overflow.state == "closed" else overflow.state
    return replace(
        overflow,
        can=acts_with_overflow(role, stands or ""),
        pledges=tuple(
            replace(pledge, can=_acts_on(pledge, overflow)) for pledge in overflow.pledges
        ),
    )


def _acts_on(pledge: PledgeView, overflow: OverflowView) -> tuple[Act, ...]:
    if not (overflow.ours or pledge.ours):
        return ()
    return acts_with_pledge(
        Role.ORIGIN if overflow.ours else Role.PLEDGER,
        Direction.SURPLUS if overflow.surplus else Direction.REQUEST,
        pledge.state,
        is_closed=overflow.state == "closed",
        has_come=pledge.received >= pledge.accepted,
    )


def _quantity(typed: str) -> int:
    if not typed.isdecimal():
        raise Refused(Why.QUANTITY_NOT_A_NUMBER, given=typed)
    return int(typed)


def overflow_of(shown: PassPreview) -> OverflowView:
    return OverflowView(
        id="overflow-1",
        ref="NG V-12-K",
        origin="Northgate Hall",
        ours=True,
        state="open",
        category=shown.category,
        text=shown.text,
        qty=shown.qty,
        unit=shown.unit,
        accepted=0,
        received=0,
        pledged=0,
        distance=0,
        area=shown.area,
        urgency=shown.urgency,
        hops=shown.hops,
        changed_ms=NOW_MS,
        until_ms=shown.until_ms,
        surplus=False,
        exercise=shown.exercise,
        pledges=(),
        by_ms=shown.by_ms,
        needs=shown.refs,
    )


def pledge_of(
    overflow: str,
    by: str,
    qty: int,
    *,
    ours: bool = False,
    note: str = "",
    id_: str = "pledge-1",
    ref: str = "ES P-3-M",
) -> PledgeView:
    return PledgeView(
        id=id_,
        ref=ref,
        overflow=overflow,
        by=by,
        ours=ours,
        state="offered",
        qty=qty,
        accepted=0,
        received=0,
        note=note,
        neighbour=True,
    )

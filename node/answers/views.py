"""From what is kept to what is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from node.answers.acts import overflow_acts, pledge_acts
from node.answers.between_halls import has_ended, would_fall
from node.api.views import EntryView, Kind, OverflowView, PledgeView
from node.core import Core
from node.desk import references
from node.desk.entries import Entry
from node.desk.quantity import as_number
from node.desk.rounds import next_ms
from node.desk.words import PERSONAL
from protocol.bodies import NONE, Details, Pledge, Request, Urgency
from protocol.ids import GroupId, ObjectId, Thousandths, as_text
from protocol.overflow import OverflowFold, PledgeFold, PledgeState, fold
from protocol.record import Record
from protocol.sealing import open_sealed

HIDDEN: Final = tuple(name for name in PERSONAL if name != "text")
"""Of a quiet person a list has what is needed, and nothing of who it is."""
KINDS = {references.Kind.NEED: Kind.NEED, references.Kind.OFFER: Kind.OFFER}
URGENCIES = {Urgency.ROUTINE: "routine", Urgency.SOON: "soon", Urgency.DANGER: "danger"}
PROMISED = frozenset(
    {PledgeState.OFFERED, PledgeState.ACCEPTED, PledgeState.SENT, PledgeState.RECEIVED}
)
"""Pledges that count as promised."""


def entry_view(
    core: Core, entry: Entry, overflows: tuple[Record, ...], promised: Thousandths
) -> EntryView:
    """`overflows` are those that it was passed on with, `promised` its share of what they got."""
    return _view(core, entry, overflows, promised, entry.because)


def listed_view(
    core: Core, entry: Entry, overflows: tuple[Record, ...], promised: Thousandths
) -> EntryView:
    """The same as a list may show it: nothing of who it is where that is unsafe."""
    if entry.words.quiet:
        entry = replace(entry, words=entry.words.without(HIDDEN))
    return _view(core, entry, overflows, promised, entry.listed_because)


def _view(
    core: Core,
    entry: Entry,
    overflows: tuple[Record, ...],
    promised: Thousandths,
    because: str | None,
) -> EntryView:
    words = entry.words
    return EntryView(
        kind=KINDS[entry.kind],
        ref=entry.ref,
        state=entry.state,
        category=words.category,
        text=words.text,
        qty=as_number(words.qty),
        unit=words.unit,
        zone=words.zone,
        received=as_number(entry.received),
        promised=as_number(Thousandths(entry.sums.reserved + entry.sums.moved + promised)),
        danger=words.danger,
        created_ms=entry.created_ms,
        because=because,
        by_ms=words.by_ms,
        contact=words.contact,
        note=words.note,
        consent=words.consent,
        initials=entry.initials,
        overflows=tuple(spoken(core, record) for record in overflows),
        channel=words.channel,
        behalf=words.behalf,
        household=words.household,
        diet=words.diet,
        access=words.access,
        languages=words.languages,
        ring=words.ring,
        safe=words.safe,
        quiet=words.quiet,
        standing=words.standing,
        every=words.every,
        limits=words.limits,
        moving=as_number(entry.sums.moving),
        free=as_number(entry.free),
        written_ms=entry.written_ms,
        touched_ms=entry.touched_ms,
        until_ms=next_ms(entry),
        closed_ms=entry.closed_ms,
        forgotten=entry.forgotten,
        missing=_missing(entry),
    )


def _missing(entry: Entry) -> tuple[str, ...]:
    """What the desk asks for and a tired person may pass over."""
    if entry.forgotten or entry.is_closed:
        return ()
    can_be_found = bool(entry.words.who) or entry.words.quiet
    is_missing = {"zone": not entry.words.zone, "contact": not can_be_found}
    return tuple(name for name, missing in is_missing.items() if missing)


def fold_of(core: Core, record: Record) -> OverflowFold:
    """An overflow as it stands. To one of ours only halls within its reach pledge.

    Nobody else can tell: what lies around its origin may be beyond their own horizon.
    """
    pledges = core.shelf.pledges_of(record.header.object)
    if record.header.group == core.hall.group:
        pledges = [each for each in pledges if _may_pledge(core, record, each)]
    return fold(record, pledges, core.clock(), core.shelf.ends_ms)


def _may_pledge(core: Core, request: Record, pledge: Record) -> bool:
    assert isinstance(request.body, Request)
    distance = core.shelf.distance(pledge.header.group)
    is_near = distance is not None and distance <= request.header.reach
    return is_near or any(each.pledge == pledge.header.object for each in request.body.decisions)


def overflow_view(core: Core, record: Record, needs: tuple[str, ...] = ()) -> OverflowView:
    """`needs` are the references of our own needs in it, or of our offers."""
    folded = fold_of(core, record)
    request, header = folded.request, record.header
    reached = _reached(core, record)
    pledges = tuple(pledge_view(core, folded, pledge) for pledge in folded.pledges)
    pledged = sum(each.pledge.qty for each in folded.pledges if each.state in PROMISED)
    return OverflowView(
        id=as_text(folded.id),
        ref=spoken(core, record),
        origin=name_of(core, header.group),
        ours=header.group == core.hall.group,
        state=folded.state,
        category=request.category,
        text=request.text,
        qty=as_number(request.qty),
        unit=request.unit,
        accepted=as_number(request.accepted),
        received=as_number(folded.received),
        pledged=as_number(Thousandths(pledged)),
        distance=core.shelf.distance(header.group),
        area=request.area,
        urgency=URGENCIES[request.urgency],
        hops=header.reach,
        changed_ms=header.created_ms,
        until_ms=core.shelf.ends_ms(record) or header.created_ms,
        surplus=folded.is_surplus,
        exercise=request.exercise,
        pledges=pledges,
        because=folded.because,
        by_ms=request.needed_by_ms,
        needs=needs,
        held_by=len(reached),
        reached=reached,
        read_by=len(_readers(core, folded)),
        sent=as_number(request.moved if folded.is_surplus else NONE),
        through=_through(core, header.group),
        can=overflow_acts(core.hall.group, folded),
    )


def pledge_view(core: Core, overflow: OverflowFold, folded: PledgeFold) -> PledgeView:
    record = core.shelf.find(folded.id)
    assert record is not None, "a fold is of pledges that are held"
    return PledgeView(
        id=as_text(folded.id),
        ref=spoken_pledge(core, folded),
        overflow=as_text(folded.pledge.request),
        by=name_of(core, folded.by),
        ours=folded.by == core.hall.group,
        state=folded.state,
        qty=as_number(folded.pledge.qty),
        accepted=as_number(folded.accepted),
        received=as_number(folded.received),
        note=_note(core, overflow, folded),
        details=_details(core, folded),
        condition=folded.condition,
        neighbour=core.shelf.distance(folded.by) == 1,
        through=_through(core, folded.by),
        reached=_reached(core, record),
        can=pledge_acts(core.hall.group, overflow, folded),
        would_fall=as_number(_would_fall(core, overflow, folded)),
    )


def spoken(core: Core, record: Record) -> str:
    """The reference of an overflow or a pledge with the call sign of its hall: `NG V-12-K`."""
    assert isinstance(record.body, Request | Pledge)
    return f"{sign_of(core, record.header.group)} {record.body.ref}"


def spoken_about(core: Core, about: str) -> str:
    """What an event is about, as it is spoken of: an overflow or a pledge is written down by its id
    in hex digits, and stays that where its record has gone."""
    if about[1:2] == "-":
        return about
    record = core.shelf.find(ObjectId(bytes.fromhex(about)))
    return spoken(core, record) if record is not None else about


def spoken_pledge(core: Core, folded: PledgeFold) -> str:
    """A pledge's reference with the call sign of its hall."""
    return f"{sign_of(core, folded.by)} {folded.pledge.ref}"


def name_of(core: Core, group: GroupId) -> str:
    """A hall's name from its card; before that has come, the beginning of its id."""
    card = core.shelf.profile_of(group)
    return card.name if card else as_text(group)[:8]


def sign_of(core: Core, group: GroupId) -> str:
    card = core.shelf.profile_of(group)
    return card.call_sign if card else "?"


def _through(core: Core, group: GroupId) -> str:
    """The name of the neighbour that leads to a hall further away."""
    neighbour = core.shelf.through(group)
    return name_of(core, neighbour) if neighbour is not None else ""


def _reached(core: Core, record: Record) -> tuple[str, ...]:
    """The names of neighbours that hold this version of a record of ours."""
    if record.header.group != core.hall.group:
        return ()
    holders = core.driver.exchange.holders_of(record.id)
    return tuple(sorted(name_of(core, group) for group in holders))


def _readers(core: Core, folded: OverflowFold) -> frozenset[GroupId]:
    """The other halls where a person has opened it; whoever pledges has read it."""
    pledging = {pledge.by for pledge in folded.pledges}
    return (core.shelf.readers_of(folded.id) | pledging) - {folded.origin}


def _would_fall(core: Core, overflow: OverflowFold, folded: PledgeFold) -> Thousandths:
    """Nothing of a pledge that was taken back, nor where there is nothing left to withdraw."""
    is_gone = has_ended(overflow.request) or folded.state is PledgeState.WITHDRAWN
    if is_gone or folded.decision is None:
        return NONE
    return would_fall(core, overflow.request, folded.decision)


def _note(core: Core, overflow: OverflowFold, folded: PledgeFold) -> str:
    """The note is sealed to the origin: only there it opens."""
    if overflow.origin != core.hall.group or not folded.pledge.note:
        return ""
    keys = list(core.hall.seal_keys)
    return open_sealed(folded.pledge.note, core.hall.group, folded.pledge.request, keys) or ""


def _details(core: Core, folded: PledgeFold) -> str | None:
    record = core.shelf.details_of(folded.id)
    if record is None or not isinstance(record.body, Details) or not record.body.sealed:
        return None
    if folded.by != core.hall.group:
        return None
    return open_sealed(record.body.sealed, core.hall.group, folded.id, list(core.hall.seal_keys))

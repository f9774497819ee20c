"""Pledges: what the hall that pledges does with them, what the origin, and what either may.

The origin's decisions stand in its request: one new version of it is one consistent state. With a
surplus the origin sends and the pledging hall receives.
"""

from __future__ import annotations

from dataclasses import replace

from node.answers.acts import Role, refuse_overflow
from node.answers.lookup import find_overflow
from node.answers.pledged import Pledged, pledge_for, view_of
from node.answers.revisions import booked, decided, released, revision, written_down
from node.answers.sealed import (
    Revision,
    closed_details,
    details_for,
    has_sealed,
    refuse_found,
    sealed_note,
    words_for,
)
from node.answers.views import fold_of, pledge_view, spoken
from node.api.requests import (
    AcceptPledge,
    DeclinePledge,
    MakePledge,
    MarkSent,
    PreviewAccept,
    ReceivePledge,
    ReleasePledge,
    RetractPledge,
)
from node.api.views import AcceptPreview, Act, PledgeView
from node.core import Core
from node.desk import references
from node.desk.entries import Entry
from node.desk.events import Did, Event
from node.desk.passing import LIFETIME_MS, personal_in
from node.desk.quantity import as_number, as_words, quantity_in
from node.desk.text import clean_text
from node.refusal import Refused, Why
from node.store.entries import entries_in
from node.store.references import next_reference
from protocol.bodies import Decision, Direction, Pledge, PledgeStep, Request, Verdict
from protocol.ids import Thousandths
from protocol.limits import CONDITION_BYTES_MAX, PLEDGES_PER_GROUP_MAX, QUANTITY_MAX
from protocol.overflow import PledgeFold
from protocol.record import Record

# The hall that pledges --------------------------------------------------------------------


async def make_pledge(core: Core, request: MakePledge, initials: str) -> PledgeView:
    overflow = find_overflow(core, request.id, lambda each: each.header.group != core.hall.group)
    folded = fold_of(core, overflow)
    if folded.origin == core.hall.group:
        raise Refused(Why.PLEDGE_OWN, ref=spoken(core, overflow))
    refuse_overflow(Act.PLEDGE, core.hall.group, folded, spoken(core, overflow))
    _refuse_more(core, overflow)
    qty = quantity_in(folded.request.unit, request.qty)
    note = sealed_note(core, folded, request.note)
    ref = await core.database.run(lambda conn: next_reference(conn, references.Kind.PLEDGE))
    now_ms = core.clock()
    lifetime_ms = max(LIFETIME_MS, (core.shelf.ends_ms(overflow) or now_ms) - now_ms)
    body = Pledge(folded.id, ref, qty, note=note)
    record = core.signer.new(body, now_ms, lifetime_ms, overflow.header.reach)
    done = written_down(core, Did.PLEDGED, record.header.object, initials, qty=qty)
    await core.save((None, record), also=done)
    return view_of(core, record.header.object)


async def retract_pledge(core: Core, request: RetractPledge, initials: str) -> PledgeView:
    pledged = pledge_for(core, request.id, Act.RETRACT)
    done = _done(core, Did.RETRACTED, pledged, initials)
    after = replace(pledged.fold.pledge, step=PledgeStep.WITHDRAWN)
    return await _step(core, pledged, after, done)


# The hall that asked, or gives away -------------------------------------------------------


async def preview_accept(core: Core, request: PreviewAccept, initials: str) -> AcceptPreview:
    """Raises Refused where accepting would be."""
    pledged, entries, qty = await _acceptable(core, request)
    pledge = pledged.fold
    view = pledge_view(core, pledged.overflow, pledge)
    needs_details = pledge.received < qty
    words = words_for(core, pledge, request.details, entries) if needs_details else ""
    stands = needs_details and not words and has_sealed(core, pledge.id)
    decided(core, pledged.asked, replace(pledged.decision, verdict=Verdict.ACCEPTED, accepted=qty))
    return AcceptPreview(
        view.id, view.by, view.through, view.neighbour, as_number(qty), words, stands
    )


async def accept_pledge(core: Core, request: AcceptPledge, initials: str) -> PledgeView:
    # Nothing waits from here on until it is saved: what was looked at is what is answered.
    pledged, entries, qty = await _acceptable(core, request)
    pledge = pledged.fold
    decision = replace(pledged.decision, verdict=Verdict.ACCEPTED, accepted=qty)
    if pledge.received >= qty:
        details = closed_details(core, pledge.id)
    else:
        details = details_for(core, pledged.request, pledge, request.details, entries)
    done = _done(core, Did.ACCEPTED, pledged, initials, qty=qty, before=pledge.accepted)
    return await _answer(core, pledged, decision, done, *details)


async def _acceptable(
    core: Core, request: AcceptPledge | PreviewAccept
) -> tuple[Pledged, list[Entry], Thousandths]:
    """The pledge, our entries that it is for, and how much would be accepted. Raises Refused."""
    found = pledge_for(core, request.id, Act.ACCEPT)
    entries = await core.read(lambda conn: entries_in(conn, found.overflow.id))
    pledged = pledge_for(core, request.id, Act.ACCEPT)
    asked, pledge = pledged.asked, pledged.fold
    qty = quantity_in(asked.unit, request.qty) if request.qty else pledge.pledge.qty
    refuse_too_much(asked, pledge, qty)
    return pledged, entries, qty


async def decline_pledge(core: Core, request: DeclinePledge, initials: str) -> PledgeView:
    pledged = pledge_for(core, request.id, Act.DECLINE)
    decision = replace(pledged.decision, verdict=Verdict.NOT_NEEDED)
    done = _done(core, Did.NOT_NEEDED, pledged, initials)
    return await _answer(core, pledged, decision, done)


async def release_pledge(core: Core, request: ReleasePledge, initials: str) -> PledgeView:
    """What came stays accepted, the rest is free for another hall."""
    pledged = pledge_for(core, request.id, Act.RELEASE)
    decision = released(core, pledged.asked, pledged.decision)
    closing = closed_details(core, pledged.fold.id)
    done = _done(core, Did.RELEASED, pledged, initials)
    return await _answer(core, pledged, decision, done, *closing)


# Whoever has the goods, and whoever they come to ------------------------------------------


async def mark_sent(core: Core, request: MarkSent, initials: str) -> PledgeView:
    """All of it goes at once."""
    pledged = pledge_for(core, request.id, Act.SEND)
    done = _done(core, Did.SENT, pledged, initials)
    if pledged.role is Role.PLEDGER:
        after = replace(pledged.fold.pledge, step=PledgeStep.SENT)
        return await _step(core, pledged, after, done)
    decision = replace(pledged.decision, moved=pledged.fold.accepted)
    return await _answer(core, pledged, decision, done)


async def receive_pledge(core: Core, request: ReceivePledge, initials: str) -> PledgeView:
    """Goods outrun records: receiving never waits for "sent", and more may come than promised."""
    found = pledge_for(core, request.id, Act.RECEIVE)
    entries = await core.read(lambda conn: entries_in(conn, found.overflow.id))
    condition = _condition(request.condition, entries)
    # As when accepting, nothing waits from here on.
    pledged = pledge_for(core, request.id, Act.RECEIVE)
    qty = quantity_in(pledged.asked.unit, request.qty)
    condition = condition or pledged.fold.condition
    moved = Thousandths(pledged.fold.received + qty)
    if moved > QUANTITY_MAX:
        raise Refused(Why.QUANTITY_TOO_LARGE, given=request.qty, limit=QUANTITY_MAX // 1000)
    done = _done(core, Did.CAME, pledged, initials, qty=qty)
    if pledged.role is Role.PLEDGER:
        came = replace(pledged.fold.pledge, moved=moved, condition=condition)
        return await _step(core, pledged, came, done)
    decision = replace(pledged.decision, moved=moved, condition=condition)
    if (
        decision.verdict is not Verdict.ACCEPTED
    ):  # freed or declined too early: it came all the same
        left = pledged.overflow.outstanding + decision.accepted
        accepted = Thousandths(min(moved, left))
        decision = replace(decision, verdict=Verdict.RELEASED, accepted=accepted)
    closing = closed_details(core, pledged.fold.id) if moved >= decision.accepted else []
    return await _answer(core, pledged, decision, done, *closing)


# What all need ----------------------------------------------------------------------------


def _done(core: Core, did: Did, pledged: Pledged, initials: str, **data: object) -> Event:
    """What somebody here does to a pledge."""
    return core.event(did, pledged.fold.id.hex(), initials, **data)


async def _step(core: Core, pledged: Pledged, body: Pledge, done: Event) -> PledgeView:
    """Save a new version of a pledge of ours."""
    after = core.last_word(pledged.record, body)
    await core.save((pledged.record, after), also=lambda conn: core.append(conn, done))
    return view_of(core, pledged.fold.id)


async def _answer(
    core: Core, pledged: Pledged, decision: Decision, done: Event, *also_revised: Revision
) -> PledgeView:
    """Save a new version of our request, with this decision."""
    body = decided(core, pledged.asked, decision)
    book = booked(core, pledged.request, body, done.initials, done)
    await core.save(revision(core, pledged.request, body), *also_revised, also=book)
    return view_of(core, pledged.fold.id)


def refuse_too_much(request: Request, pledge: PledgeFold, qty: Thousandths) -> None:
    """Raises Refused where so much of the pledge cannot be accepted beside the others."""
    unit = request.unit
    if qty > pledge.pledge.qty:
        promised = as_words(pledge.pledge.qty, unit)
        raise Refused(Why.ACCEPT_MORE_THAN_PLEDGED, given=as_words(qty, unit), promised=promised)
    elsewhere = Thousandths(request.accepted - pledge.accepted)
    left = Thousandths(request.qty - elsewhere)
    if qty > left:
        is_surplus = request.direction is Direction.SURPLUS
        raise Refused(
            Why.GIVE_TOO_MUCH if is_surplus else Why.ACCEPT_TOO_MUCH,
            given=as_words(qty, unit),
            asked=as_words(request.qty, unit),
            elsewhere=as_words(elsewhere, unit),
            left=as_words(left, unit),
        )


def _refuse_more(core: Core, overflow: Record) -> None:
    """What is taken back counts as long as it lives: other halls hold it as long."""
    pledges = core.shelf.pledges_of(overflow.header.object)
    if sum(each.header.group == core.hall.group for each in pledges) >= PLEDGES_PER_GROUP_MAX:
        ref = spoken(core, overflow)
        raise Refused(Why.PLEDGED_OFTEN, ref=ref, limit=PLEDGES_PER_GROUP_MAX)


def _condition(typed: str, entries: list[Entry]) -> str:
    """`entries` are those that it came for: what is known of their people is not to leave."""
    if not typed.strip():
        return ""
    condition = clean_text(typed, CONDITION_BYTES_MAX, "condition")
    refuse_found(personal_in(condition, entries))
    return condition

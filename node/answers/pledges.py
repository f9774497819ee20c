"""Pledges: the neighbour's side makes, retracts and sends; the origin's answers and receives.

The origin's decisions stand in its request: one new version of it is one consistent state.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from node.answers.lookup import find_overflow, find_pledge
from node.answers.sealed import (
    Revision,
    closed_details,
    details_for,
    refuse_personal,
    sealed_note,
)
from node.answers.views import fold_of, name_of, pledge_view
from node.api.requests import (
    AcceptPledge,
    DeclinePledge,
    MakePledge,
    MarkSent,
    ReceivePledge,
    ReleasePledge,
    RetractPledge,
)
from node.api.views import PledgeView
from node.core import Core
from node.desk import references
from node.desk.entries import Did, Entry, Event, share_out
from node.desk.passing import LIFETIME_MS
from node.desk.quantity import as_words, quantity_in
from node.desk.text import clean_text
from node.refusal import Refused, Why
from node.store.entries import entries_in, next_reference
from protocol.bodies import (
    Closed,
    Decision,
    Pledge,
    PledgeStep,
    Request,
    Verdict,
)
from protocol.codec import encode
from protocol.ids import ObjectId, Thousandths
from protocol.limits import (
    CONDITION_BYTES_MAX,
    DECISIONS_MAX,
    QUANTITY_MAX,
)
from protocol.overflow import OverflowState, PledgeFold, PledgeState
from protocol.record import BODY_BYTES_MAX, Record

RECEIVABLE = frozenset(
    {
        PledgeState.ACCEPTED,
        PledgeState.SENT,
        PledgeState.RECEIVED,
        PledgeState.FELL_THROUGH,  # freed too early: it came all the same
    }
)
REQUEST_BYTES_MAX = BODY_BYTES_MAX - 128
"""A request's own fields: a body less its header, 34 + 34 + 18 bytes of keys and some numbers."""

# The hall that pledges --------------------------------------------------------------------


async def make_pledge(core: Core, request: MakePledge, initials: str) -> PledgeView:
    overflow = find_overflow(core, request.id, lambda each: each.header.group != core.hall.group)
    folded = fold_of(core, overflow)
    if folded.origin == core.hall.group:
        raise Refused(Why.PLEDGE_OWN, ref=folded.request.ref)
    if folded.state is OverflowState.CLOSED:
        raise Refused(Why.IS_CLOSED, ref=folded.request.ref)
    qty = quantity_in(folded.request.unit, request.qty)
    note = sealed_note(core, folded, request.note)
    ref = await core.database.run(lambda conn: next_reference(conn, references.Kind.PLEDGE))
    now_ms = core.clock()
    left_ms = (overflow.header.expires_ms or now_ms) - now_ms
    lifetime_ms = max(LIFETIME_MS, left_ms)
    body = Pledge(folded.id, ref, qty, note=note)
    record = core.signer.new(body, now_ms, lifetime_ms, overflow.header.reach)
    await core.save((None, record), also=_nothing)
    return _view(core, record.header.object)


async def retract_pledge(core: Core, request: RetractPledge, initials: str) -> PledgeView:
    record, pledge, folded = _ours(core, request.id)
    _refuse_unless(folded, {PledgeState.OFFERED, PledgeState.ACCEPTED})
    after = core.signer.next(record, replace(pledge, step=PledgeStep.WITHDRAWN), core.clock())
    await core.save((record, after), also=_nothing)
    return _view(core, folded.id)


async def mark_sent(core: Core, request: MarkSent, initials: str) -> PledgeView:
    record, pledge, folded = _ours(core, request.id)
    _refuse_unless(folded, {PledgeState.ACCEPTED})
    after = core.signer.next(record, replace(pledge, step=PledgeStep.SENT), core.clock())
    await core.save((record, after), also=_nothing)
    return _view(core, folded.id)


# The hall that asked ----------------------------------------------------------------------


async def accept_pledge(core: Core, request: AcceptPledge, initials: str) -> PledgeView:
    needs = await _needs(core, request.id)
    # Nothing waits from here on until it is saved: what was looked at is what is answered.
    asked, pledge = _answerable(core, request.id)
    _refuse_unless(pledge, {PledgeState.OFFERED, PledgeState.ACCEPTED, PledgeState.SENT})
    if fold_of(core, asked.record).state is OverflowState.CLOSED:
        raise Refused(Why.IS_CLOSED, ref=asked.body.ref)
    qty = quantity_in(asked.body.unit, request.qty) if request.qty else pledge.pledge.qty
    _refuse_too_much(asked.body, pledge, qty)
    decision = replace(_decision(pledge), verdict=Verdict.ACCEPTED, accepted=qty)
    if decision.moved >= qty:
        details = closed_details(core, pledge.id)
    else:
        details = details_for(core, asked.record, pledge, request.details, needs)
    revised = _decide(core, asked, decision)
    await core.save(revised, *details, also=_nothing)
    return _view(core, pledge.id)


async def decline_pledge(core: Core, request: DeclinePledge, initials: str) -> PledgeView:
    asked, pledge = _answerable(core, request.id)
    _refuse_unless(pledge, {PledgeState.OFFERED})
    decision = replace(_decision(pledge), verdict=Verdict.NOT_NEEDED)
    await core.save(_decide(core, asked, decision), also=_nothing)
    return _view(core, pledge.id)


async def release_pledge(core: Core, request: ReleasePledge, initials: str) -> PledgeView:
    """What came stays accepted, the rest is free for another hall."""
    asked, pledge = _answerable(core, request.id)
    _refuse_unless(pledge, {PledgeState.ACCEPTED, PledgeState.SENT, PledgeState.WITHDRAWN})
    decision = _decision(pledge)
    decision = replace(decision, verdict=Verdict.RELEASED, accepted=decision.moved)
    closing = closed_details(core, pledge.id)
    await core.save(_decide(core, asked, decision), *closing, also=_nothing)
    return _view(core, pledge.id)


async def receive_pledge(core: Core, request: ReceivePledge, initials: str) -> PledgeView:
    """Goods outrun records: receiving never waits for "sent", and more may come than promised."""
    asked, pledge = _answerable(core, request.id)
    _refuse_unless(pledge, RECEIVABLE)
    qty = quantity_in(asked.body.unit, request.qty)
    condition = _condition(request.condition)
    before = _decision(pledge)
    moved = Thousandths(before.moved + qty)
    if moved > QUANTITY_MAX:
        raise Refused(Why.QUANTITY_TOO_LARGE, given=request.qty, limit=QUANTITY_MAX // 1000)
    decision = replace(before, moved=moved, condition=condition or before.condition)
    if before.verdict is Verdict.RELEASED:
        left = asked.body.qty - asked.body.accepted + before.accepted
        decision = replace(decision, accepted=Thousandths(min(moved, left)))
    revised = _decide(core, asked, decision)
    closing = closed_details(core, pledge.id) if moved >= decision.accepted else []
    receive = _receiver(core, pledge.pledge.request, qty, initials)
    await core.save(revised, *closing, also=receive)
    return _view(core, pledge.id)


def _receiver(
    core: Core, overflow: ObjectId, qty: Thousandths, initials: str
) -> Callable[[sqlite3.Connection], None]:
    now_ms = core.clock()

    def write(conn: sqlite3.Connection) -> None:
        needs = entries_in(conn, overflow)
        for ref, share in share_out(qty, needs) if needs else []:
            core.append(conn, Event(Did.RECEIVED, ref, now_ms, initials, {"qty": share}))

    return write


# What both need ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request of ours, as record and as what it says."""

    record: Record
    body: Request


def _ours(core: Core, typed: str) -> tuple[Record, Pledge, PledgeFold]:
    """A pledge that we made."""
    record, pledge = find_pledge(core, typed, lambda each: each.header.group == core.hall.group)
    if record.header.group != core.hall.group:
        raise Refused(Why.NOT_OURS, ref=pledge.ref, owner=name_of(core, record.header.group))
    return record, pledge, _folded(core, pledge.request, record.header.object)


def _is_to_us(core: Core, pledge: Record) -> bool:
    request = core.shelf.find(pledge.body.request) if isinstance(pledge.body, Pledge) else None
    return request is not None and request.header.group == core.hall.group


async def _needs(core: Core, typed: str) -> list[Entry]:
    """Our needs in the overflow that a pledge is for."""
    _, pledge = find_pledge(core, typed, lambda each: _is_to_us(core, each))
    return await core.read(lambda conn: entries_in(conn, pledge.request))


def _answerable(core: Core, typed: str) -> tuple[_Asked, PledgeFold]:
    """A pledge to an overflow of ours."""
    record, pledge = find_pledge(core, typed, lambda each: _is_to_us(core, each))
    overflow = core.shelf.find(pledge.request)
    assert overflow is not None
    assert isinstance(overflow.body, Request)
    if overflow.header.group != core.hall.group:
        owner = name_of(core, overflow.header.group)
        raise Refused(Why.NOT_OURS, ref=overflow.body.ref, owner=owner)
    folded = _folded(core, pledge.request, record.header.object)
    return _Asked(overflow, overflow.body), folded


def _folded(core: Core, overflow: ObjectId, pledge: ObjectId) -> PledgeFold:
    request = core.shelf.find(overflow)
    assert request is not None
    return next(each for each in fold_of(core, request).pledges if each.id == pledge)


def _view(core: Core, pledge: ObjectId) -> PledgeView:
    record = core.shelf.find(pledge)
    assert record is not None
    assert isinstance(record.body, Pledge)
    request = core.shelf.find(record.body.request)
    assert request is not None
    return pledge_view(core, request, _folded(core, record.body.request, pledge))


def _refuse_unless(folded: PledgeFold, states: Iterable[PledgeState]) -> None:
    if folded.state not in states:
        raise Refused(Why.WRONG_STATE, ref=folded.pledge.ref, state=folded.state)


def _refuse_too_much(request: Request, pledge: PledgeFold, qty: Thousandths) -> None:
    unit = request.unit
    if qty > pledge.pledge.qty:
        promised = as_words(pledge.pledge.qty, unit)
        raise Refused(Why.ACCEPT_MORE_THAN_PLEDGED, given=as_words(qty, unit), promised=promised)
    elsewhere = Thousandths(request.accepted - pledge.accepted)
    left = Thousandths(request.qty - elsewhere)
    if qty > left:
        raise Refused(
            Why.ACCEPT_TOO_MUCH,
            given=as_words(qty, unit),
            asked=as_words(request.qty, unit),
            elsewhere=as_words(elsewhere, unit),
            left=as_words(left, unit),
        )


def _decision(pledge: PledgeFold) -> Decision:
    """What stands about this pledge, or the beginning of it."""
    return pledge.decision or Decision(pledge.id, 1, Verdict.NOT_NEEDED)


def _decide(core: Core, asked: _Asked, decision: Decision) -> Revision:
    """The request with this decision; closed when all that was asked has come."""
    record = core.shelf.find(decision.pledge)
    assert record is not None
    decision = replace(decision, pledge_version=record.header.version)
    others = [each for each in asked.body.decisions if each.pledge != decision.pledge]
    if len(others) == DECISIONS_MAX:
        raise Refused(Why.PLEDGES_FULL, ref=asked.body.ref)
    body = replace(asked.body, decisions=(*others, decision))
    if body.closed is None and body.moved >= body.qty:
        body = replace(body, closed=Closed.RECEIVED)
    if len(encode(body.write())) > REQUEST_BYTES_MAX:
        why = Why.CONDITION_NO_ROOM if decision.condition else Why.PLEDGES_FULL
        raise Refused(why, ref=asked.body.ref)
    return asked.record, core.signer.next(asked.record, body, core.clock())


def _condition(typed: str) -> str:
    if not typed.strip():
        return ""
    condition = clean_text(typed, CONDITION_BYTES_MAX)
    refuse_personal(condition)
    return condition


def _nothing(conn: sqlite3.Connection) -> None:
    """Only the records are saved."""

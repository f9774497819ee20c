"""Overflows, ours and our neighbours': list, show, and what their origin can do with them."""

from __future__ import annotations

from dataclasses import replace

from node.answers.lookup import find_overflow, our_overflow
from node.answers.passed import needs_by_overflow
from node.answers.sealed import Revision, closed_details
from node.answers.views import fold_of, overflow_view
from node.api.requests import (
    ListOverflows,
    RenewOverflow,
    ResizeOverflow,
    ShowOverflow,
    Whose,
    WithdrawOverflow,
)
from node.api.views import OverflowView
from node.core import Core
from node.desk.passing import LIFETIME_MS
from node.desk.quantity import as_words, quantity_in
from node.refusal import Refused, Why
from node.store.entries import PassedNeed
from protocol.bodies import Closed, Request
from protocol.ids import ObjectId
from protocol.overflow import OverflowState
from protocol.record import Record


async def list_overflows(
    core: Core, request: ListOverflows, initials: str
) -> tuple[OverflowView, ...]:
    """Open ones first, the newest first; ours before others'."""
    needs = await core.read(needs_by_overflow)
    records = [r for r in core.shelf.all_requests() if _is_wanted(core, r, request.whose)]
    views = [overflow_view(core, r, _refs(needs, r)) for r in records]
    views.sort(key=lambda view: (not view.ours, view.state == "closed", -view.changed_ms))
    return tuple(views)


async def show_overflow(core: Core, request: ShowOverflow, initials: str) -> OverflowView:
    return await _view(core, find_overflow(core, request.id))


async def withdraw_overflow(core: Core, request: WithdrawOverflow, initials: str) -> OverflowView:
    record, body = our_overflow(core, request.id)
    _refuse_closed(core, record)
    # Nobody comes any more: what was sealed is erased everywhere honest.
    sealed = [each for one in body.decisions for each in closed_details(core, one.pledge)]
    return await _revise(core, record, replace(body, closed=Closed.WITHDRAWN), *sealed)


async def resize_overflow(core: Core, request: ResizeOverflow, initials: str) -> OverflowView:
    """Ask for more or less, never for less than is accepted."""
    record, body = our_overflow(core, request.id)
    _refuse_closed(core, record)
    qty = quantity_in(body.unit, request.qty)
    if qty < body.accepted:
        accepted = as_words(body.accepted, body.unit)
        raise Refused(Why.ASKED_BELOW_ACCEPTED, given=request.qty, accepted=accepted)
    return await _revise(core, record, replace(body, qty=qty))


async def renew_overflow(core: Core, request: RenewOverflow, initials: str) -> OverflowView:
    """Still needed: it lives its usual time from now on, also when it had expired."""
    record, body = our_overflow(core, request.id)
    if body.closed is not None:
        _refuse_closed(core, record)
    return await _revise(core, record, body, lifetime_ms=LIFETIME_MS)


async def _revise(
    core: Core, record: Record, body: Request, *also_revised: Revision, lifetime_ms: int = 1
) -> OverflowView:
    after = core.signer.next(record, body, core.clock(), lifetime_ms)
    needs = await core.save((record, after), *also_revised, also=needs_by_overflow)
    return overflow_view(core, after, _refs(needs, after))


async def _view(core: Core, record: Record) -> OverflowView:
    needs = await core.read(needs_by_overflow)
    return overflow_view(core, record, _refs(needs, record))


def _refs(needs: dict[ObjectId, tuple[PassedNeed, ...]], record: Record) -> tuple[str, ...]:
    return tuple(need.ref for need in needs.get(record.header.object, ()))


def _refuse_closed(core: Core, record: Record) -> None:
    folded = fold_of(core, record)
    if folded.state is OverflowState.CLOSED:
        raise Refused(Why.IS_CLOSED, ref=folded.request.ref)


def _is_wanted(core: Core, record: Record, whose: Whose) -> bool:
    ours = record.header.group == core.hall.group
    return whose is Whose.ALL or ours == (whose is Whose.OURS)

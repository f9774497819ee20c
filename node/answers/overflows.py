"""Overflows, ours and our neighbours': list, show, and what their origin can do with them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from node.answers.acts import refuse_overflow
from node.answers.lookup import find_overflow, our_overflow
from node.answers.passed import asked_of, left_of, passed_by_ref, refs_by_overflow
from node.answers.revisions import (
    all_come,
    booked,
    nothing,
    renewal,
    revision,
    withdrawn,
    written_down,
)
from node.answers.sealed import closed_with
from node.answers.views import fold_of, overflow_view, spoken
from node.api.requests import (
    ListOverflows,
    ReadOverflow,
    RenewOverflow,
    ResizeOverflow,
    ShowOverflow,
    Whose,
    WithdrawOverflow,
)
from node.api.views import Act, OverflowView
from node.core import Core
from node.desk.events import Did, Event
from node.desk.passing import refuse_more_than_left
from node.desk.quantity import as_words, quantity_in
from node.refusal import Refused, Why
from node.store.entries import entries_in
from protocol.bodies import Direction, Request
from protocol.ids import Thousandths
from protocol.overflow import OverflowState
from protocol.record import Record


async def list_overflows(
    core: Core, request: ListOverflows, initials: str
) -> tuple[OverflowView, ...]:
    """Open ones first, the newest first; ours before others'."""
    refs = await core.read(refs_by_overflow)
    records = [r for r in core.shelf.all_requests() if _is_wanted(core, r, request.whose)]
    views = [overflow_view(core, r, refs.get(r.header.object, ())) for r in records]
    views.sort(key=lambda view: (not view.ours, view.state == "closed", -view.changed_ms))
    return tuple(views)


async def show_overflow(core: Core, request: ShowOverflow, initials: str) -> OverflowView:
    return await _view(core, find_overflow(core, request.id))


async def read_overflow(core: Core, request: ReadOverflow, initials: str) -> OverflowView:
    """The same to a person: the origin hears, once, that somebody here has opened it."""
    record = find_overflow(core, request.id)
    is_open = fold_of(core, record).state is not OverflowState.CLOSED
    readers = {record.header.group, *core.shelf.readers_of(record.header.object)}
    if is_open and core.hall.group not in readers:
        seen = core.signer.new_seen(record.header.object, core.clock(), record.header.reach)
        with suppress(Refused):  # a full disk keeps nobody from reading
            await core.save((None, seen), also=nothing)
    return await _view(core, record)


async def withdraw_overflow(core: Core, request: WithdrawOverflow, initials: str) -> OverflowView:
    """What was accepted and has not come falls through."""
    record, body = _ours_to(core, request.id, Act.WITHDRAW)
    done = core.event(Did.WITHDRAWN, record.header.object.hex(), initials)
    return await _revise(core, record, withdrawn(core, body), done)


async def resize_overflow(core: Core, request: ResizeOverflow, initials: str) -> OverflowView:
    """Ask for more or less, never for less than is accepted; for what has come: it is received."""
    record, body = _ours_to(core, request.id, Act.RESIZE)
    qty = quantity_in(body.unit, request.qty)
    if qty < body.accepted:
        accepted = as_words(body.accepted, body.unit)
        is_surplus = body.direction is Direction.SURPLUS
        why = Why.GIVEN_BELOW_ACCEPTED if is_surplus else Why.ASKED_BELOW_ACCEPTED
        raise Refused(why, given=request.qty, accepted=accepted)
    await _refuse_more_than_there_is(core, record, replace(body, qty=qty))
    after = all_come(core, replace(body, qty=qty))
    done = core.event(Did.RESIZED, record.header.object.hex(), initials, qty=qty)
    return await _revise(core, record, after, done)


async def renew_overflow(core: Core, request: RenewOverflow, initials: str) -> OverflowView:
    """Still needed: it lives its usual time from now on, also when it had expired."""
    record, body = _ours_to(core, request.id, Act.RENEW)
    await _refuse_more_than_there_is(core, record, body)
    old, new = renewal(core, record, body)
    done = written_down(core, Did.RENEWED, record.header.object, initials)
    await core.save((old, new), also=done)
    return await _view(core, new)


async def _refuse_more_than_there_is(core: Core, record: Record, body: Request) -> None:
    """Raises Refused(SURPLUS_TOO_MUCH) where `record`, as it is to be, gives away what its offers
    do not have any more, or have promised meanwhile."""
    if body.direction is not Direction.SURPLUS:
        return
    passed = await passed_by_ref(core)
    offers = await core.read(lambda conn: entries_in(conn, record.header.object))
    counted = sum(asked_of(core, record, offers).values())
    more = body.qty - body.moved - counted
    left = sum(left_of(offer, passed) for offer in offers if not offer.is_closed)
    if offers and more > 0:
        refuse_more_than_left(
            Thousandths(body.qty), Thousandths(body.moved + counted + left), offers
        )


async def _revise(core: Core, record: Record, body: Request, done: Event) -> OverflowView:
    old, new = revision(core, record, body)
    book = booked(core, record, body, done.initials, done)
    await core.save((old, new), *closed_with(core, body), also=book)
    return await _view(core, new)


def _ours_to(core: Core, typed: str, act: Act) -> tuple[Record, Request]:
    """An overflow of ours. Raises Refused unless this can be done with it now."""
    record, body = our_overflow(core, typed)
    refuse_overflow(act, core.hall.group, fold_of(core, record), spoken(core, record))
    return record, body


async def _view(core: Core, record: Record) -> OverflowView:
    refs = await core.read(refs_by_overflow)
    return overflow_view(core, record, refs.get(record.header.object, ()))


def _is_wanted(core: Core, record: Record, whose: Whose) -> bool:
    ours = record.header.group == core.hall.group
    return whose is Whose.ALL or ours == (whose is Whose.OURS)

"""What follows without a person: signed by the running node when it is due, and only then.

Nothing here decides anything. A card is renewed before it expires, and its seal key weekly; what a
hall has taken back is free for another, what has come is received, and what was sealed is erased
when nobody needs it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

from node.answers.between_halls import came
from node.answers.decay import let_pass
from node.answers.forgetting import forget_due
from node.answers.matches import free_due
from node.answers.revisions import all_come, booked, nothing, released, revision
from node.answers.sealed import Revision, closed_details
from node.answers.shrinking import left_behind
from node.answers.views import fold_of
from node.core import Core
from node.desk.events import BY_ITSELF
from node.refusal import Refused, Why
from node.seal_keys import delete_seal_keys, rotate_seal_key
from protocol.bodies import Decision, Details, Direction, Request, Verdict
from protocol.ids import UnixMs, object_id, seen_number
from protocol.limits import LIFETIME_MS_MAX
from protocol.overflow import EXPIRED, OverflowFold, OverflowState, PledgeFold, PledgeState
from protocol.record import Proof, Record

log = logging.getLogger(__name__)

COUNTED: Final = frozenset({PledgeState.ACCEPTED, PledgeState.SENT, PledgeState.RECEIVED})
"""Pledges that an open overflow counts: they are not to expire before it."""
PASSED_AT_ONCE: Final = 200
"""What lapses, opens or begins again before one command on a stopped node: a second on a Pi."""
OVER: Final = frozenset({PledgeState.RECEIVED, PledgeState.WITHDRAWN, PledgeState.FELL_THROUGH})
"""Pledges whose hand-over has ended."""


async def catch_up(core: Core) -> None:
    """What time has done to the board of a stopped node, before a command looks at it.

    What a disk refuses, or is too much for one command, is left to the next one.
    """
    with suppress(Refused):
        await let_pass(core, PASSED_AT_ONCE)
        await free_due(core)
        async with core.writing:
            await forget_due(core, PASSED_AT_ONCE)


async def look_after(core: Core) -> None:
    """Do and sign what is due; nothing when nothing is. Raises Refused(DISK_FAILED).

    What is refused for another reason holds up nothing of another sort. A run that breaks off is
    harmless: the next one finds what is left.
    """
    for look in (let_pass, free_due):
        await _look(core, look)
    async with core.writing:
        for look in (
            _ask_for_less,
            rotate_seal_key,
            _renew_cards,
            _settle,
            _erase,
            _keep_alive,
            delete_seal_keys,
            forget_due,
        ):
            await _look(core, look)


async def _look(core: Core, look: Callable[[Core], Awaitable[object]]) -> None:
    try:
        await look(core)
    except Refused as refused:
        if refused.why is Why.DISK_FAILED:
            raise
        log.warning("what is due is left to the next look: %s", refused.why.value)


async def _ask_for_less(core: Core) -> None:
    for shrunk in await left_behind(core):
        await core.save(*shrunk.revisions, also=nothing)


async def _renew_cards(core: Core) -> None:
    for card in _half_over(core):
        await core.save(card, also=nothing)


async def _settle(core: Core) -> None:
    for record in _own_requests(core):
        body = _settled(core, fold_of(core, record))
        if body != record.body or _ends_unsaid(core, record):
            book = booked(core, record, body, BY_ITSELF)
            await core.save(revision(core, record, body), also=book)


async def _erase(core: Core) -> None:
    for erased in _erased(core):
        await core.save(erased, also=nothing)


async def _keep_alive(core: Core) -> None:
    for extended in _kept_alive(core):
        await core.save(extended, also=nothing)


def _half_over(core: Core) -> Iterator[Revision]:
    """This device's profile, peering and adoptions, when half of their time is over.

    Also when nobody knows how long this machine was off: a neighbour whose clock went on may have
    let go of them meanwhile, and without them no need passes between the two. And when somebody
    vouches for the time at last: signed by a clock that was ahead, they may lie buried two or three
    halls away, where one was ahead as well, and only a newer version gets in there.
    """
    now_ms, is_trusted = core.clock(), core.clock.is_trusted
    for record in core.shelf.own_directory():
        ends_ms = core.shelf.ends_ms(record)
        if not _is_of_this_device(core, record) or ends_ms is None:
            continue
        is_due = now_ms >= ends_ms - record.header.lifetime_ms // 2
        may_be_gone = not is_trusted and not core.cards_are_fresh
        is_unsure = is_trusted and not core.cards_are_sure and record.header.clock_unsure
        if (is_due or may_be_gone or is_unsure) and not isinstance(record.body, Proof):
            yield record, core.signer.next_in_directory(record, record.body, now_ms)
    core.cards_are_fresh = True
    core.cards_are_sure = is_trusted


def _settled(core: Core, overflow: OverflowFold) -> Request:
    """Our request as it is to be after what the pledging halls have said of themselves."""
    body = overflow.request
    pledges = {pledge.id: pledge for pledge in overflow.pledges}
    decisions = tuple(
        _followed(core, overflow, pledges[decision.pledge], decision)
        if decision.pledge in pledges
        else decision
        for decision in body.decisions
    )
    return all_come(core, replace(body, decisions=decisions))


def _ends_unsaid(core: Core, record: Record) -> bool:
    """Whether it has expired with answers in it that a neighbour who was away may have missed."""
    overflow = fold_of(core, record)
    is_said = overflow.request.closed is not None
    return overflow.because == EXPIRED and not is_said and bool(overflow.request.decisions)


def _followed(
    core: Core, overflow: OverflowFold, pledge: PledgeFold, decision: Decision
) -> Decision:
    """Taken back, a pledge is free; of a surplus, what has come must have left."""
    body = overflow.request
    has_come = came(core, body, decision)
    is_surplus = body.direction is Direction.SURPLUS
    has_left = is_surplus and decision.moved  # on its way: it may come after all
    is_open = overflow.state is not OverflowState.CLOSED
    if pledge.state is PledgeState.WITHDRAWN and is_open and not has_left:
        return released(core, body, decision) if has_come < decision.accepted else decision
    if is_surplus and decision.verdict is Verdict.ACCEPTED and has_come > decision.moved:
        return replace(decision, moved=has_come)
    return decision


def _kept_alive(core: Core) -> Iterator[Revision]:
    """What we said of an overflow lasts as long as it does: that we have read it, our pledges that
    count, and what we sealed for one."""
    for request in core.shelf.all_requests():
        overflow = fold_of(core, request)
        until_ms = core.shelf.ends_ms(request)
        if overflow.state is OverflowState.CLOSED or until_ms is None:
            continue
        yield from _extended(core, _own_seen(core, request), until_ms)
        for pledge in overflow.pledges:
            if pledge.state in COUNTED:
                for record in (core.shelf.find(pledge.id), core.shelf.details_of(pledge.id)):
                    yield from _extended(core, record, until_ms)


def _own_seen(core: Core, request: Record) -> Record | None:
    number = seen_number(request.header.object, core.hall.device_key)
    return core.shelf.find(object_id(core.hall.group, core.hall.device_key, number))


def _extended(core: Core, record: Record | None, until_ms: UnixMs) -> Iterator[Revision]:
    if record is None or not _is_of_this_device(core, record) or _is_erased(record):
        return
    if isinstance(record.body, Proof):
        return  # nothing that we say of it counts any more
    now_ms, ends_ms = core.clock(), core.shelf.ends_ms(record)
    # Where the overflow lasts longer than anything may: now and then, not at every look.
    due_before_ms = min(until_ms, now_ms + LIFETIME_MS_MAX // 2)
    if ends_ms is not None and ends_ms < due_before_ms:
        lifetime_ms = min(until_ms - now_ms, LIFETIME_MS_MAX)
        yield record, core.signer.next(record, record.body, now_ms, lifetime_ms)


def _erased(core: Core) -> Iterator[Revision]:
    """What we sealed for a hand-over that is over."""
    for request in _own_requests(core):
        overflow = fold_of(core, request)
        for pledge in overflow.pledges:
            if pledge.state in OVER:
                yield from closed_details(core, pledge.id)


def _is_erased(record: Record) -> bool:
    return isinstance(record.body, Details) and not record.body.sealed


def _own_requests(core: Core) -> Iterator[Record]:
    for record in core.shelf.own_messages():
        if isinstance(record.body, Request) and _is_of_this_device(core, record):
            yield record


def _is_of_this_device(core: Core, record: Record) -> bool:
    """Nobody continues what another device has written, its own group neither."""
    return record.header.device == core.hall.device_key

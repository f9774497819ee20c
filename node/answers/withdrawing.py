"""How undo takes back what has left the hall: withdrawn, retracted, released, or set as before.

What is worked out here is only written: `core.save` lets it leave together with the board, or
neither.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from node.answers.acts import overflow_acts, pledge_acts
from node.answers.between_halls import is_over
from node.answers.pledged import Pledged, pledged_at
from node.answers.pledges import refuse_too_much
from node.answers.revisions import booked, decided, released, revision, withdrawn
from node.answers.sealed import Revision, closed_details, closed_with
from node.answers.views import fold_of, spoken_pledge
from node.api.views import Act, Number
from node.core import Core
from node.desk.events import BY_ITSELF, Did, Event
from node.desk.quantity import as_number
from node.refusal import Refused, Why
from protocol.bodies import Decision, PledgeStep, Request, Verdict
from protocol.ids import ObjectId, Thousandths
from protocol.overflow import PledgeState

OVER: Final = frozenset(
    {
        PledgeState.NOT_NEEDED,
        PledgeState.RECEIVED,
        PledgeState.WITHDRAWN,
        PledgeState.LAPSED,
        PledgeState.FELL_THROUGH,
    }
)
"""Of such a pledge there is nothing to take back any more."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """`revisions` are to be saved with what `book` writes; `accepted`: how much of a pledge is
    accepted again, None: it was nothing."""

    revisions: tuple[Revision, ...]
    book: Callable[[sqlite3.Connection], None]
    accepted: Number | None = None


def withdrawal_of(core: Core, event: Event) -> Withdrawal | None:
    """Of what was passed on, pledged or accepted; None: that was over already.

    What withdraws it is no act of its own: the next undo goes on with what was done before. Raises
    Refused where it cannot be taken back.
    """
    return WAYS[event.did](core, event)


def _overflow(core: Core, event: Event) -> Withdrawal | None:
    id_ = _id(event.data["overflow"])
    record = core.shelf.find(id_)
    if record is None or not isinstance(record.body, Request):
        return None
    if Act.WITHDRAW not in overflow_acts(core.hall.group, fold_of(core, record)):
        return None
    body = withdrawn(core, record.body)
    done = core.event(Did.WITHDRAWN, id_.hex(), BY_ITSELF)
    revisions = (revision(core, record, body), *closed_with(core, body))
    return Withdrawal(revisions, booked(core, record, body, BY_ITSELF, done))


def _pledge(core: Core, event: Event) -> Withdrawal | None:
    pledged = pledged_at(core, _id(event.about))
    if pledged is None or pledged.fold.state in OVER:
        return None
    if Act.RETRACT not in _can(core, pledged):
        raise _left(core, pledged, event)
    after = core.last_word(pledged.record, replace(pledged.fold.pledge, step=PledgeStep.WITHDRAWN))
    done = core.event(Did.RETRACTED, event.about, BY_ITSELF)
    return Withdrawal(((pledged.record, after),), lambda conn: core.append(conn, done))


def _acceptance(core: Core, event: Event) -> Withdrawal | None:
    """Accepted once more, it is what it was before; accepted once, it is free."""
    pledged = pledged_at(core, _id(event.about))
    if pledged is None or pledged.fold.state in OVER:
        return None
    was = event.data.get("before", 0)
    if (Act.ACCEPT if was else Act.RELEASE) not in _can(core, pledged):
        raise _left(core, pledged, event)
    return _accepted(core, pledged, was) if was else _released(core, pledged)


def _released(core: Core, pledged: Pledged) -> Withdrawal:
    done = core.event(Did.RELEASED, pledged.fold.id.hex(), BY_ITSELF)
    return _decided(core, pledged, released(core, pledged.asked, pledged.decision), done)


def _accepted(core: Core, pledged: Pledged, was: int) -> Withdrawal:
    """As much as before, and never less than what came."""
    qty = Thousandths(max(was, pledged.fold.received))
    refuse_too_much(pledged.asked, pledged.fold, qty)
    decision = replace(pledged.decision, verdict=Verdict.ACCEPTED, accepted=qty)
    done = core.event(Did.ACCEPTED, pledged.fold.id.hex(), BY_ITSELF, qty=qty)
    return replace(_decided(core, pledged, decision, done), accepted=as_number(qty))


def _decided(core: Core, pledged: Pledged, decision: Decision, done: Event) -> Withdrawal:
    body = decided(core, pledged.asked, decision)
    ends = is_over(core, pledged.asked, decision)
    closing = closed_details(core, pledged.fold.id) if ends else []
    revisions = (revision(core, pledged.request, body), *closing)
    return Withdrawal(revisions, booked(core, pledged.request, body, BY_ITSELF, done))


def _can(core: Core, pledged: Pledged) -> tuple[Act, ...]:
    return pledge_acts(core.hall.group, pledged.overflow, pledged.fold)


def _left(core: Core, pledged: Pledged, event: Event) -> Refused:
    """It is on its way: no word of ours calls it back."""
    return Refused(Why.UNDO_LEFT, ref=spoken_pledge(core, pledged.fold), did=event.did)


def _id(hexed: str) -> ObjectId:
    return ObjectId(bytes.fromhex(hexed))


WAYS: Final[dict[Did, Callable[[Core, Event], Withdrawal | None]]] = {
    Did.PASSED: _overflow,
    Did.PLEDGED: _pledge,
    Did.ACCEPTED: _acceptance,
}
"""How each is withdrawn, once it has left."""

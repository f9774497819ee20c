"""The state of an overflow and its pledges: a pure fold, the same on every hall.

The origin's decisions stand inside the request; the pledging hall's steps stand in the pledge. The
tables are the rule, the code only reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from protocol.bodies import (
    NONE,
    Closed,
    Decision,
    Pledge,
    PledgeStep,
    Request,
    Verdict,
)
from protocol.ids import GroupId, ObjectId, Thousandths, UnixMs
from protocol.record import Record


class OverflowState(StrEnum):
    OPEN = "open"
    COVERED = "covered"
    CLOSED = "closed"


class PledgeState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    NOT_NEEDED = "not needed"
    SENT = "sent"
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    FELL_THROUGH = "fell through"


PLEDGE_STATES: dict[tuple[Verdict | None, PledgeStep], PledgeState] = {
    (None, PledgeStep.OFFERED): PledgeState.OFFERED,
    (None, PledgeStep.SENT): PledgeState.OFFERED,  # nobody sends unasked: the answer is awaited
    (None, PledgeStep.WITHDRAWN): PledgeState.WITHDRAWN,
    (Verdict.ACCEPTED, PledgeStep.OFFERED): PledgeState.ACCEPTED,
    (Verdict.ACCEPTED, PledgeStep.SENT): PledgeState.SENT,
    (Verdict.ACCEPTED, PledgeStep.WITHDRAWN): PledgeState.WITHDRAWN,
    (Verdict.NOT_NEEDED, PledgeStep.OFFERED): PledgeState.NOT_NEEDED,
    (Verdict.NOT_NEEDED, PledgeStep.SENT): PledgeState.NOT_NEEDED,
    (Verdict.NOT_NEEDED, PledgeStep.WITHDRAWN): PledgeState.WITHDRAWN,
    (Verdict.RELEASED, PledgeStep.OFFERED): PledgeState.FELL_THROUGH,
    (Verdict.RELEASED, PledgeStep.SENT): PledgeState.FELL_THROUGH,
    (Verdict.RELEASED, PledgeStep.WITHDRAWN): PledgeState.WITHDRAWN,
}
"""What the origin said, what the pledging hall did: where the pledge stands, before goods moved."""


@dataclass(frozen=True, slots=True)
class PledgeFold:
    id: ObjectId
    by: GroupId
    pledge: Pledge
    state: PledgeState
    decision: Decision | None

    @property
    def accepted(self) -> Thousandths:
        return self.decision.accepted if self.decision else NONE

    @property
    def moved(self) -> Thousandths:
        return self.decision.moved if self.decision else NONE


@dataclass(frozen=True, slots=True)
class OverflowFold:
    """`because` is set when `state` is closed."""

    id: ObjectId
    origin: GroupId
    request: Request
    state: OverflowState
    because: str | None
    pledges: tuple[PledgeFold, ...]

    @property
    def outstanding(self) -> Thousandths:
        return Thousandths(self.request.qty - self.request.accepted)


def fold(record: Record, pledges: list[Record], now_ms: UnixMs) -> OverflowFold:
    """The overflow that `record` and the newest versions of its pledges stand for."""
    request = record.body
    assert isinstance(request, Request)
    state, because = _overflow_state(request, record.header.expires_ms, now_ms)
    decisions = {decision.pledge: decision for decision in request.decisions}
    folded = [
        _fold_pledge(pledge, decisions.get(pledge.header.object), now_ms) for pledge in pledges
    ]
    folded.sort(key=lambda pledge: (pledge.pledge.ref, pledge.id))
    return OverflowFold(
        record.header.object, record.header.group, request, state, because, tuple(folded)
    )


def _overflow_state(
    request: Request, expires_ms: UnixMs | None, now_ms: UnixMs
) -> tuple[OverflowState, str | None]:
    if request.closed is not None:
        return OverflowState.CLOSED, CLOSED_BECAUSE[request.closed]
    if expires_ms is not None and now_ms >= expires_ms:
        return OverflowState.CLOSED, EXPIRED
    if request.accepted >= request.qty:
        return OverflowState.COVERED, None
    return OverflowState.OPEN, None


EXPIRED = "expired"
CLOSED_BECAUSE = {Closed.RECEIVED: "received", Closed.WITHDRAWN: "withdrawn"}


def _fold_pledge(record: Record, decision: Decision | None, now_ms: UnixMs) -> PledgeFold:
    pledge = record.body
    assert isinstance(pledge, Pledge)
    verdict = decision.verdict if decision else None
    state = PLEDGE_STATES[verdict, pledge.step]
    expires_ms = record.header.expires_ms
    if state is PledgeState.OFFERED and expires_ms is not None and now_ms >= expires_ms:
        state = PledgeState.LAPSED
    if decision and decision.accepted and decision.moved >= decision.accepted:
        state = PledgeState.RECEIVED
    return PledgeFold(record.header.object, record.header.group, pledge, state, decision)

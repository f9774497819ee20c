"""The state of an overflow and its pledges: a pure fold, the same on every hall (SPEC 8).

The origin's decisions stand inside the request; the pledging hall's steps stand in the pledge. The
tables are the rule, the code only reads them. A surplus is the same the other way round: a pledge
asks for part of it, the origin sends, and the pledging hall says what it received.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from protocol.bodies import (
    NONE,
    Closed,
    Decision,
    Direction,
    Pledge,
    PledgeStep,
    Request,
    Verdict,
)
from protocol.ids import GroupId, ObjectId, Thousandths, UnixMs
from protocol.record import Record

Ends = Callable[[Record], UnixMs | None]
"""When a record expires, None: never. Each hall reckons it for records of an unsure clock."""


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

EXPIRED = "expired"
CLOSED_BECAUSE = {
    Closed.RECEIVED: "received",
    Closed.WITHDRAWN: "withdrawn",
    Closed.EXPIRED: EXPIRED,
}

UNANSWERED: dict[str | None, PledgeState] = {
    None: PledgeState.OFFERED,
    CLOSED_BECAUSE[Closed.RECEIVED]: PledgeState.NOT_NEEDED,
    CLOSED_BECAUSE[Closed.WITHDRAWN]: PledgeState.NOT_NEEDED,
    EXPIRED: PledgeState.LAPSED,
}
"""What becomes of an offer that nobody answered, by why its overflow is closed."""


@dataclass(frozen=True, slots=True)
class PledgeFold:
    """`sent` and `received` are what left one hall and came to the other, as each side says."""

    id: ObjectId
    by: GroupId
    pledge: Pledge
    state: PledgeState
    decision: Decision | None
    direction: Direction

    @property
    def accepted(self) -> Thousandths:
        return self.decision.accepted if self.decision else NONE

    @property
    def received(self) -> Thousandths:
        """As the hall says that it came to: the origin, or of a surplus the pledging one."""
        return _received(self.direction, self.pledge, self.decision)

    @property
    def condition(self) -> str:
        """How it came, in the words of the hall that it came to."""
        if self.direction is Direction.SURPLUS:
            return self.pledge.condition
        return self.decision.condition if self.decision else ""


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

    @property
    def is_surplus(self) -> bool:
        return self.request.direction is Direction.SURPLUS

    @property
    def received(self) -> Thousandths:
        """All that came: to us as the origin says, or of a surplus as its takers say."""
        if self.is_surplus:
            return Thousandths(sum(pledge.received for pledge in self.pledges))
        return self.request.moved


def fold(
    record: Record,
    pledges: list[Record],
    now_ms: UnixMs,
    ends: Ends = lambda record: record.header.expires_ms,
) -> OverflowFold:
    """The overflow that `record` and the newest versions of its pledges stand for."""
    request = record.body
    assert isinstance(request, Request)
    state, because = _overflow_state(request, ends(record), now_ms)
    decisions = {decision.pledge: decision for decision in request.decisions}
    folded = [
        _fold_pledge(request.direction, pledge, decisions.get(pledge.header.object))
        for pledge in pledges
    ]
    lapsing = {pledge.header.object for pledge in pledges if _is_over(ends(pledge), now_ms)}
    settled = [_unanswered(each, because, has_lapsed=each.id in lapsing) for each in folded]
    # A longer reference of one hall was given out later: `P-6-R`, then `P-10-T`.
    settled.sort(key=lambda each: (len(each.pledge.ref), each.pledge.ref, each.id))
    return OverflowFold(
        record.header.object, record.header.group, request, state, because, tuple(settled)
    )


def _overflow_state(
    request: Request, ends_ms: UnixMs | None, now_ms: UnixMs
) -> tuple[OverflowState, str | None]:
    if request.closed is not None:
        return OverflowState.CLOSED, CLOSED_BECAUSE[request.closed]
    if _is_over(ends_ms, now_ms):
        return OverflowState.CLOSED, EXPIRED
    if request.accepted >= request.qty:
        return OverflowState.COVERED, None
    return OverflowState.OPEN, None


def _is_over(ends_ms: UnixMs | None, now_ms: UnixMs) -> bool:
    return ends_ms is not None and now_ms >= ends_ms


def _fold_pledge(direction: Direction, record: Record, decision: Decision | None) -> PledgeFold:
    pledge = record.body
    assert isinstance(pledge, Pledge)
    state = PLEDGE_STATES[decision.verdict if decision else None, pledge.step]
    if direction is Direction.SURPLUS and state is PledgeState.ACCEPTED:
        assert decision is not None
        state = PledgeState.SENT if decision.moved else state
    received = _received(direction, pledge, decision)
    if decision and received and received >= decision.accepted:
        state = PledgeState.RECEIVED
    return PledgeFold(record.header.object, record.header.group, pledge, state, decision, direction)


def _received(direction: Direction, pledge: Pledge, decision: Decision | None) -> Thousandths:
    """Nothing comes of a pledge that was never accepted, whatever its hall says of a surplus."""
    if decision is None or decision.verdict is Verdict.NOT_NEEDED:
        return NONE
    return pledge.moved if direction is Direction.SURPLUS else decision.moved


def _unanswered(pledge: PledgeFold, because: str | None, *, has_lapsed: bool) -> PledgeFold:
    """An offer ends with its overflow, or when nobody answered it in its time."""
    if pledge.state is not PledgeState.OFFERED:
        return pledge
    state = PledgeState.LAPSED if has_lapsed and because is None else UNANSWERED[because]
    return replace(pledge, state=state)

"""What a desk can do with an overflow and with a pledge as they stand: the tables are the rule.

What is shown as possible and what is refused come from here alike.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from node.api.views import Act
from node.refusal import Refused, Why
from protocol.bodies import Direction
from protocol.ids import GroupId
from protocol.overflow import EXPIRED, OverflowFold, OverflowState, PledgeFold, PledgeState


class Role(Enum):
    """Whose desk it is: of the hall that asks or gives away, or of the hall that pledges."""

    ORIGIN = auto()
    PLEDGER = auto()


OVERFLOW_ACTS: Final[dict[Role, dict[str, tuple[Act, ...]]]] = {
    Role.ORIGIN: {
        OverflowState.OPEN: (Act.RENEW, Act.RESIZE, Act.WITHDRAW),
        OverflowState.COVERED: (Act.RENEW, Act.RESIZE, Act.WITHDRAW),
        EXPIRED: (Act.RENEW,),
    },
    Role.PLEDGER: {
        OverflowState.OPEN: (Act.PLEDGE,),
        OverflowState.COVERED: (Act.PLEDGE,),
    },
}
"""By an overflow's state, or the reason where it is closed; what is not here allows nothing."""

OFFERED, ACCEPTED, SENT = PledgeState.OFFERED, PledgeState.ACCEPTED, PledgeState.SENT
RECEIVABLE: Final = frozenset(
    {
        ACCEPTED,
        SENT,
        PledgeState.RECEIVED,
        PledgeState.FELL_THROUGH,  # freed too early: it came all the same
    }
)
"""Goods outrun records: receiving never waits for "sent", and more may come than promised."""
RELEASABLE: Final = frozenset({ACCEPTED, SENT, PledgeState.WITHDRAWN})

PLEDGE_ACTS: Final[dict[tuple[Role, Direction], dict[Act, frozenset[PledgeState]]]] = {
    (Role.ORIGIN, Direction.REQUEST): {
        Act.ACCEPT: frozenset({OFFERED, ACCEPTED, SENT}),
        Act.DECLINE: frozenset({OFFERED}),
        Act.RECEIVE: RECEIVABLE,
        Act.RELEASE: RELEASABLE,
    },
    (Role.PLEDGER, Direction.REQUEST): {
        Act.SEND: frozenset({ACCEPTED}),
        Act.RETRACT: frozenset({OFFERED, ACCEPTED}),
    },
    (Role.ORIGIN, Direction.SURPLUS): {
        Act.ACCEPT: frozenset({OFFERED, ACCEPTED}),  # what has left is no more to be answered
        Act.DECLINE: frozenset({OFFERED}),
        Act.SEND: frozenset({ACCEPTED}),
        Act.RELEASE: RELEASABLE,
    },
    (Role.PLEDGER, Direction.SURPLUS): {
        Act.RECEIVE: RECEIVABLE,
        Act.RETRACT: frozenset({OFFERED, ACCEPTED}),
    },
}
"""Which states of a pledge allow what."""


def overflow_acts(us: GroupId, overflow: OverflowFold) -> tuple[Act, ...]:
    role = Role.ORIGIN if overflow.origin == us else Role.PLEDGER
    return OVERFLOW_ACTS[role].get(overflow.because or overflow.state, ())


def pledge_acts(us: GroupId, overflow: OverflowFold, pledge: PledgeFold) -> tuple[Act, ...]:
    """Empty for a hall that neither asks nor pledges."""
    role = role_of(us, overflow.origin, pledge.by)
    if role is None:
        return ()
    table = PLEDGE_ACTS[role, overflow.request.direction]
    return tuple(
        act
        for act, states in table.items()
        if pledge.state in states and not _is_idle(act, overflow, pledge)
    )


def role_of(us: GroupId, origin: GroupId, by: GroupId) -> Role | None:
    """Our part in a pledge of `by` to an overflow of `origin`."""
    if us == origin:
        return Role.ORIGIN
    return Role.PLEDGER if us == by else None


def part_of(act: Act, direction: Direction) -> Role:
    """Whose desk does this with a pledge."""
    return next(role for role in Role if act in PLEDGE_ACTS[role, direction])


def _is_idle(act: Act, overflow: OverflowFold, pledge: PledgeFold) -> bool:
    """Whether the state allows what nevertheless has nothing to change."""
    if act is Act.ACCEPT:
        return overflow.state is OverflowState.CLOSED
    return act is Act.RELEASE and pledge.accepted <= pledge.received


def refuse_overflow(act: Act, us: GroupId, overflow: OverflowFold) -> None:
    """Raises Refused with IS_CLOSED, or HAS_EXPIRED where renewing it would help."""
    if act not in overflow_acts(us, overflow):
        raise _closed(us, overflow)


def refuse_pledge(act: Act, us: GroupId, overflow: OverflowFold, pledge: PledgeFold) -> None:
    """Raises Refused with WRONG_STATE, or like `refuse_overflow` where nothing is accepted now."""
    if act in pledge_acts(us, overflow, pledge):
        return
    if act is Act.ACCEPT and overflow.state is OverflowState.CLOSED:
        raise _closed(us, overflow)
    raise Refused(Why.WRONG_STATE, ref=pledge.pledge.ref, state=pledge.state)


def _closed(us: GroupId, overflow: OverflowFold) -> Refused:
    can_renew = Act.RENEW in overflow_acts(us, overflow)
    why = Why.HAS_EXPIRED if can_renew else Why.IS_CLOSED
    return Refused(why, ref=overflow.request.ref)

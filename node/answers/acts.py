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
        EXPIRED: (Act.RENEW, Act.WITHDRAW),
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
        # Freed, declined or taken back too early: it came all the same.
        PledgeState.FELL_THROUGH,
        PledgeState.NOT_NEEDED,
        PledgeState.WITHDRAWN,
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
        Act.RECEIVE: RECEIVABLE - {PledgeState.NOT_NEEDED},
        Act.RETRACT: frozenset({OFFERED, ACCEPTED}),
    },
}
"""Which states of a pledge allow what."""


def overflow_acts(us: GroupId, overflow: OverflowFold) -> tuple[Act, ...]:
    role = Role.ORIGIN if overflow.origin == us else Role.PLEDGER
    return acts_with_overflow(role, overflow.because or overflow.state)


def acts_with_overflow(role: Role, stands: str) -> tuple[Act, ...]:
    """`stands` is its state, or the reason where it is closed."""
    return OVERFLOW_ACTS[role].get(stands, ())


def pledge_acts(us: GroupId, overflow: OverflowFold, pledge: PledgeFold) -> tuple[Act, ...]:
    """Empty for a hall that neither asks nor pledges."""
    role = role_of(us, overflow.origin, pledge.by)
    if role is None:
        return ()
    return acts_with_pledge(
        role,
        overflow.request.direction,
        pledge.state,
        is_closed=overflow.state is OverflowState.CLOSED,
        has_come=pledge.received >= pledge.accepted,
    )


def acts_with_pledge(
    role: Role, direction: Direction, state: str, *, is_closed: bool, has_come: bool
) -> tuple[Act, ...]:
    """Without what the state allows and what nevertheless has nothing to change.

    `is_closed` is its overflow's, `has_come` says that all that was accepted of it has come.
    """
    idle = {Act.ACCEPT} if is_closed else set()
    idle |= {Act.RELEASE} if has_come else set()
    if has_come and state == PledgeState.WITHDRAWN and direction is Direction.SURPLUS:
        idle |= {Act.RECEIVE}  # nothing of it was ever accepted
    table = PLEDGE_ACTS[role, direction]
    return tuple(act for act, states in table.items() if state in states and act not in idle)


def role_of(us: GroupId, origin: GroupId, by: GroupId) -> Role | None:
    """Our part in a pledge of `by` to an overflow of `origin`."""
    if us == origin:
        return Role.ORIGIN
    return Role.PLEDGER if us == by else None


def part_of(act: Act, direction: Direction) -> Role:
    """Whose desk does this with a pledge."""
    return next(role for role in Role if act in PLEDGE_ACTS[role, direction])


def refuse_overflow(act: Act, us: GroupId, overflow: OverflowFold, ref: str) -> None:
    """Raises Refused with IS_CLOSED, or HAS_EXPIRED where renewing it would help.

    `ref` is how the overflow is spoken of.
    """
    if act not in overflow_acts(us, overflow):
        can_renew = Act.RENEW in overflow_acts(us, overflow)
        raise Refused(Why.HAS_EXPIRED if can_renew else Why.IS_CLOSED, ref=ref)


def refuse_pledge(
    act: Act, us: GroupId, overflow: OverflowFold, pledge: PledgeFold, ref: str
) -> None:
    """Raises Refused with WRONG_STATE; `ref` is how the pledge is spoken of.

    Where its overflow accepts nothing now, that is for `refuse_overflow` to say first.
    """
    if act not in pledge_acts(us, overflow, pledge):
        raise Refused(Why.WRONG_STATE, ref=ref, state=pledge.state)


def is_too_late(act: Act, overflow: OverflowFold) -> bool:
    """Whether it is not the pledge's state that bars this, but its overflow's."""
    return act is Act.ACCEPT and overflow.state is OverflowState.CLOSED

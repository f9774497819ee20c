"""How far a hand-over between halls has got: what came of a pledge, what can still fall through.

Upkeep, the answers and what is shown all ask here, so that they never say different things.
"""

from __future__ import annotations

from node.core import Core
from protocol.bodies import NONE, Closed, Decision, Direction, Pledge, Request, Verdict
from protocol.ids import Thousandths


def has_ended(body: Request) -> bool:
    """Whether the request is closed for good. One that has only expired may still be received."""
    return body.closed in {Closed.RECEIVED, Closed.WITHDRAWN}


def is_over(core: Core, body: Request, decision: Decision) -> bool:
    """Whether nobody comes for this pledge any more, or it was never to come.

    Where others brought all that was asked for, who is on the way still has to find the door.
    """
    is_awaited = decision.verdict is Verdict.ACCEPTED
    return not is_awaited or came(core, body, decision) >= decision.accepted


def came(core: Core, body: Request, decision: Decision) -> Thousandths:
    """What came of one pledge. Of a surplus the pledging hall says it, up to what is accepted.

    More than that it cannot make us count: it would close what others still wait for.
    """
    if body.direction is Direction.REQUEST:
        return decision.moved
    pledge = core.shelf.find(decision.pledge)
    if pledge is None or not isinstance(pledge.body, Pledge):
        return decision.moved  # it has expired: what left is all that is known
    return min(pledge.body.moved, decision.accepted)


def would_fall(core: Core, body: Request, decision: Decision) -> Thousandths:
    """How much of what was accepted falls through when the request is withdrawn now.

    What came stays. What has left with a surplus is on its way: it cannot be withdrawn.
    """
    if body.direction is Direction.SURPLUS and decision.moved:
        return NONE
    return Thousandths(max(NONE, decision.accepted - came(core, body, decision)))

"""What the origin of a request says to a pledge: by what stands there, and by how much comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from protocol.bodies import NONE, Decision, Pledge, Request, Verdict
from protocol.ids import ObjectId, Thousandths
from protocol.record import Record

Thing = TypeVar("Thing")
Answer = Callable[[Request, Record, Decision | None], Decision | None]
"""From a request, one of its pledges and what was said to that before; None: nothing to say."""


def body_of(record: Record, kind: type[Thing]) -> Thing:
    assert isinstance(record.body, kind)
    return record.body


def decision(pledge: Record, verdict: Verdict, accepted: int) -> Decision:
    header = pledge.header
    return Decision(header.object, header.version, verdict, Thousandths(accepted), NONE)


def accepting(much: int) -> Answer:
    """As much of it as is needed, promised and worth `much`."""

    def answer(request: Request, pledge: Record, said: Decision | None) -> Decision | None:
        left = request.qty - request.accepted
        accepted = min(left, body_of(pledge, Pledge).qty, much)
        return decision(pledge, Verdict.ACCEPTED, accepted) if not said and left else None

    return answer


def declined(_: Request, pledge: Record, said: Decision | None) -> Decision | None:
    return None if said else decision(pledge, Verdict.NOT_NEEDED, 0)


def released(_: Request, pledge: Record, said: Decision | None) -> Decision | None:
    if said is None or said.verdict is not Verdict.ACCEPTED:
        return None
    return replace(decision(pledge, Verdict.RELEASED, 0), moved=said.moved)


def marking(more: int) -> Answer:
    """That so much `more` has come, or of a surplus has left."""

    def answer(_: Request, __: Record, said: Decision | None) -> Decision | None:
        if said is None or said.verdict is not Verdict.ACCEPTED:
            return None
        return replace(said, moved=Thousandths(said.moved + more), condition="as it came")

    return answer


def moved_over(
    request: Request, giver: Record, taker: Record, much: int
) -> Sequence[Decision] | None:
    """All that is accepted stays accepted; only who brings it changes."""
    said: dict[ObjectId, Decision] = {each.pledge: each for each in request.decisions}
    given = said.get(giver.header.object)
    if given is None or given.verdict is not Verdict.ACCEPTED:
        return None
    part = min(given.accepted, much)
    taken = said.get(taker.header.object)
    before = taken.accepted if taken else 0
    rest = decision(giver, Verdict.ACCEPTED, given.accepted - part)
    said[giver.header.object] = replace(rest, moved=given.moved)
    said[taker.header.object] = decision(taker, Verdict.ACCEPTED, before + part)
    return tuple(said.values())


def answered(request: Request, pledge: Record, answer: Answer) -> Sequence[Decision] | None:
    """All that is said to pledges of `request`, with this answer to one of them."""
    said = {each.pledge: each for each in request.decisions}
    new = answer(request, pledge, said.get(pledge.header.object))
    return None if new is None else tuple({**said, new.pledge: new}.values())

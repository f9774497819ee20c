"""What has become of the needs that were passed on: what is asked for each, and what promised."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from node.answers.views import fold_of
from node.core import Core
from node.desk.entries import shares
from node.store.entries import PassedNeed, all_passed
from protocol.bodies import NONE, Request
from protocol.ids import ObjectId, Thousandths
from protocol.overflow import OverflowState
from protocol.record import Record


@dataclass(frozen=True, slots=True)
class Passed:
    """Of one need: `asked` is still awaited of neighbours, `promised` is what we accepted."""

    overflows: tuple[Record, ...] = ()
    asked: Thousandths = NONE
    promised: Thousandths = NONE


NOT_PASSED = Passed()


async def passed_by_ref(core: Core) -> dict[str, Passed]:
    """Every need that was passed on, by its reference."""
    by_overflow = await core.read(needs_by_overflow)
    passed: dict[str, Passed] = {}
    for overflow, needs in by_overflow.items():
        record = core.shelf.find(overflow)
        if record is None or not isinstance(record.body, Request):
            continue
        asked, promised = _shared(core, record, record.body, needs)
        for need, its_asked, its_promised in zip(needs, asked, promised, strict=True):
            before = passed.get(need.ref, NOT_PASSED)
            passed[need.ref] = Passed(
                (*before.overflows, record),
                Thousandths(before.asked + its_asked),
                Thousandths(before.promised + its_promised),
            )
    return passed


def needs_by_overflow(conn: sqlite3.Connection) -> dict[ObjectId, tuple[PassedNeed, ...]]:
    """The needs of each overflow of ours, who waited longest first."""
    needs: dict[ObjectId, tuple[PassedNeed, ...]] = {}
    for need in all_passed(conn):
        needs[need.overflow] = (*needs.get(need.overflow, ()), need)
    return needs


def _shared(
    core: Core, record: Record, request: Request, needs: Sequence[PassedNeed]
) -> tuple[list[Thousandths], list[Thousandths]]:
    """What is asked and what is promised, shared out over the needs in it."""
    wanted = [need.qty for need in needs]
    is_open = fold_of(core, record).state is not OverflowState.CLOSED
    awaited = max(0, request.qty - request.moved) if is_open else 0
    return shares(Thousandths(awaited), wanted), shares(request.accepted, wanted)

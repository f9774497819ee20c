"""What has become of what was passed on: what is asked for each need, and what is promised.

Of an offer the same: what of it stands in a surplus, and what of that is accepted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from node.answers.views import fold_of
from node.core import Core
from node.desk.entries import Entry
from node.desk.shares import shares
from node.store.entries import all_passed, find_entry
from protocol.bodies import NONE, Closed, Request
from protocol.ids import ObjectId, Thousandths
from protocol.overflow import EXPIRED, OverflowState
from protocol.record import Record


@dataclass(frozen=True, slots=True)
class Passed:
    """Of one entry: `asked` is still awaited of neighbours, `promised` is what we accepted, and
    `coming` the part of that which has not come.

    Of an offer: `asked` has not left yet, `promised` is accepted. `overflows` are those that it is
    passed on with: not those that were withdrawn or have expired.
    """

    overflows: tuple[Record, ...] = ()
    asked: Thousandths = NONE
    promised: Thousandths = NONE
    coming: Thousandths = NONE


NOT_PASSED = Passed()


async def passed_by_ref(core: Core) -> dict[str, Passed]:
    """Every entry that was passed on, by its reference."""
    passed: dict[str, Passed] = {}
    for record, entries in await our_overflows(core):
        assert isinstance(record.body, Request)
        asked = asked_of(core, record, entries)
        promised = shares(record.body.accepted, [entry.words.qty for entry in entries])
        coming = _coming(core, record, entries)
        for entry, its_promised in zip(entries, promised, strict=True):
            before = passed.get(entry.ref, NOT_PASSED)
            passed[entry.ref] = Passed(
                (*before.overflows, *([] if _is_ended(core, record) else [record])),
                Thousandths(before.asked + asked.get(entry.ref, 0)),
                Thousandths(before.promised + its_promised),
                Thousandths(before.coming + coming.get(entry.ref, 0)),
            )
    return passed


def _coming(core: Core, record: Record, entries: Sequence[Entry]) -> dict[str, Thousandths]:
    """What was accepted for each entry that is open, and has not moved."""
    assert isinstance(record.body, Request)
    waiting = [entry for entry in entries if not entry.is_closed]
    if _is_ended(core, record):
        return {}
    awaited = Thousandths(max(0, record.body.accepted - record.body.moved))
    shared = shares(awaited, [entry.outstanding for entry in waiting])
    return {entry.ref: share for entry, share in zip(waiting, shared, strict=True)}


def _is_ended(core: Core, record: Record) -> bool:
    """Whether nobody is asked any more, though not all has come: who looks must not count on it."""
    folded = fold_of(core, record)
    return folded.state is OverflowState.CLOSED and folded.request.closed is not Closed.RECEIVED


async def our_overflows(core: Core) -> list[tuple[Record, list[Entry]]]:
    """Our overflows, each with our needs in it, or offers: who waited longest first."""
    refs = await core.read(refs_by_overflow)
    ours = [each for each in core.shelf.all_requests() if each.header.object in refs]

    def entries_of(conn: sqlite3.Connection) -> list[list[Entry]]:
        return [_entries(conn, refs[each.header.object]) for each in ours]

    return list(zip(ours, await core.read(entries_of), strict=True))


def _entries(conn: sqlite3.Connection, refs: Sequence[str]) -> list[Entry]:
    found = (find_entry(conn, ref) for ref in refs)
    return [entry for entry in found if entry is not None]


def refs_by_overflow(conn: sqlite3.Connection) -> dict[ObjectId, tuple[str, ...]]:
    """The references of our needs in each overflow of ours, of our offers in each surplus."""
    found: dict[ObjectId, tuple[str, ...]] = {}
    for each in all_passed(conn):
        found[each.overflow] = (*found.get(each.overflow, ()), each.ref)
    return found


def asked_of(core: Core, record: Record, entries: Sequence[Entry]) -> dict[str, Thousandths]:
    """What an overflow still asks for each entry that is open: expired, what was accepted only."""
    assert isinstance(record.body, Request)
    waiting = [entry for entry in entries if not entry.is_closed]
    folded = fold_of(core, record)
    is_closed = folded.state is OverflowState.CLOSED
    if not waiting or (is_closed and folded.because != EXPIRED):
        return {}
    wanted = record.body.accepted if is_closed else record.body.qty
    awaited = Thousandths(max(0, wanted - record.body.moved))
    shared = shares(awaited, [entry.outstanding for entry in waiting])
    return {entry.ref: share for entry, share in zip(waiting, shared, strict=True)}

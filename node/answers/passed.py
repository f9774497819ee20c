"""What has become of what was passed on: what is asked for each need, and what is promised.

Of an offer the same: what of it stands in a surplus, and what of that is accepted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from node.answers.views import fold_of
from node.core import Core
from node.desk.entries import CLOSED_STATES, Entry
from node.desk.quantity import as_words
from node.desk.references import Kind
from node.desk.shares import shares, wanted_of
from node.refusal import Refused, Why
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
NOTHING_PASSED: Final[Mapping[str, Passed]] = {}


async def passed_by_ref(core: Core) -> dict[str, Passed]:
    """Every entry that was passed on, by its reference."""
    return _passed_in(core, await our_overflows(core))


def _passed_in(core: Core, ours: list[tuple[Record, list[Entry]]]) -> dict[str, Passed]:
    passed: dict[str, Passed] = {}
    # What is asked for one alone is for no other: those with the fewest in them come first.
    for record, entries in sorted(ours, key=lambda each: len(each[1])):
        assert isinstance(record.body, Request)
        asked = asked_of(core, record, entries, passed)
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
    shared = shares(awaited, [wanted_of(entry) for entry in waiting])
    return {entry.ref: share for entry, share in zip(waiting, shared, strict=True)}


def _is_ended(core: Core, record: Record) -> bool:
    """Whether nobody is asked any more, though not all has come: who looks must not count on it."""
    folded = fold_of(core, record)
    return folded.state is OverflowState.CLOSED and folded.request.closed is not Closed.RECEIVED


async def our_overflows(core: Core) -> list[tuple[Record, list[Entry]]]:
    """Our overflows, each with our needs in it, or offers: who waited longest first."""
    refs = await core.read(refs_by_overflow)
    ours = [each for each in core.shelf.all_requests() if each.header.object in refs]
    if not ours:
        return []

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


def asked_of(
    core: Core,
    record: Record,
    entries: Sequence[Entry],
    elsewhere: Mapping[str, Passed] = NOTHING_PASSED,
) -> dict[str, Thousandths]:
    """What an overflow still asks for each entry that is open: expired, what was accepted only.

    What is asked for one of them `elsewhere`, by reference, is not asked for once more.
    """
    assert isinstance(record.body, Request)
    waiting = [entry for entry in entries if _is_asked_for(entry)]
    folded = fold_of(core, record)
    is_closed = folded.state is OverflowState.CLOSED
    if not waiting or (is_closed and folded.because != EXPIRED):
        return {}
    wanted = record.body.accepted if is_closed else record.body.qty
    awaited = Thousandths(max(0, wanted - record.body.moved))
    others = [elsewhere.get(entry.ref, NOT_PASSED).asked for entry in waiting]
    left = [
        Thousandths(max(0, wanted_of(entry) - other))
        for entry, other in zip(waiting, others, strict=True)
    ]
    shared = shares(awaited, left)
    return {entry.ref: share for entry, share in zip(waiting, shared, strict=True)}


def _is_asked_for(entry: Entry) -> bool:
    """Whether neighbours are asked for it, or shown it: also an offer that is used up, where more
    of it was shown than there was."""
    return entry.decided not in CLOSED_STATES if entry.kind is Kind.OFFER else not entry.is_closed


def elsewhere_of(entry: Entry, passed: Mapping[str, Passed]) -> Thousandths:
    """What no match of ours says of it: how much neighbours are to bring of a need, and of an offer
    how much they were shown, accepted or not, that has not left yet."""
    of_it = passed.get(entry.ref, NOT_PASSED)
    return of_it.asked if entry.kind is Kind.OFFER else of_it.coming


def left_of(entry: Entry, passed: Mapping[str, Passed]) -> Thousandths:
    """What a need still lacks, or an offer still has, besides what our own matches promise of it
    and what lies with neighbours."""
    return Thousandths(max(0, entry.free - elsewhere_of(entry, passed)))


async def refuse_overpromised(core: Core, offer: Entry) -> None:
    """Raises Refused(PROMISED_ALREADY) where an offer, as it is to be, has less than what our own
    matches promise of it and what lies with neighbours; what lies there together with others of
    ours may be taken from those."""
    ours = [
        (record, [offer if each.ref == offer.ref else each for each in entries])
        for record, entries in await our_overflows(core)
    ]
    passed = _passed_in(core, ours)
    beside = {each.ref: each for _, entries in ours if offer in entries for each in entries}
    lacks = sum(_lacking(each, passed) for each in {**beside, offer.ref: offer}.values())
    if lacks and offer.kind is Kind.OFFER:
        given = 0 if offer.words.standing else offer.received
        least = Thousandths(given + offer.outstanding + lacks)
        raise Refused(
            Why.PROMISED_ALREADY,
            given=as_words(offer.words.qty, offer.words.unit),
            promised=as_words(least, offer.words.unit),
            ref=offer.ref,
        )


def _lacking(offer: Entry, passed: Mapping[str, Passed]) -> int:
    """How much more an offer has promised than it has; nothing where the desk has closed it."""
    if offer.decided in CLOSED_STATES:
        return 0
    return max(0, offer.sums.reserved + elsewhere_of(offer, passed) - offer.outstanding)

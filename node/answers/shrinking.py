"""What closing a need or an offer does to the overflows that it was passed on with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from node.answers.passed import asked_of, our_overflows
from node.answers.revisions import all_come, revision, withdrawn
from node.answers.sealed import Revision, closed_with
from node.answers.views import fold_of, spoken
from node.core import Core
from node.desk.entries import Entry
from node.refusal import Refused, Why
from protocol.bodies import Request
from protocol.ids import Thousandths
from protocol.overflow import OverflowState
from protocol.record import Record


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Overflows of ours, with other halls waiting for less of them; `refs` as they are spoken."""

    refs: tuple[str, ...]
    revisions: tuple[Revision, ...]

    @property
    def overflows(self) -> tuple[str, ...]:
        """Their ids, in hex: what is written down of them."""
        news = (new for _, new in self.revisions if isinstance(new.body, Request))
        return tuple(new.header.object.hex() for new in news)


async def without(core: Core, entry: Entry) -> Shrunk:
    """The open overflows that `entry` is in, asking for it no more.

    Each is reduced by what it asks for this one, never below what is accepted; where nothing is
    left to ask for, it is withdrawn, and where all that is left has come, received.
    """
    refs: list[str] = []
    revisions: list[Revision] = []
    for record, entries in await _open_overflows(core, entry):
        before = _request(record)
        after = _reduced(core, record, entries, entry)
        if after != before:
            refs.append(spoken(core, record))
            revisions += [revision(core, record, after), *closed_with(core, after)]
    return Shrunk(tuple(refs), tuple(revisions))


async def left_behind(core: Core) -> list[Shrunk]:
    """Our open overflows in which nobody waits any more, because all got it some other way.

    Each asks for no more than what is accepted; where nothing is, it is withdrawn. What another
    device of this hall has written is left to that one.
    """
    found: list[Shrunk] = []
    for record, entries in await our_overflows(core):
        is_open = fold_of(core, record).state is not OverflowState.CLOSED
        is_for_us = is_open and record.header.device == core.hall.device_key
        if is_for_us and entries and all(entry.is_closed for entry in entries):
            body = _request(record)
            after = _for(core, body, body.accepted)
            if after != body:
                revisions = (revision(core, record, after), *closed_with(core, after))
                found.append(Shrunk((spoken(core, record),), revisions))
    return found


async def is_elsewhere(core: Core, entry: Entry) -> bool:
    """Whether another device of this hall asks for it: only that one can ask for it no more."""
    return any(
        record.header.device != core.hall.device_key
        for record, _ in await _open_overflows(core, entry)
    )


async def refuse_passed_on(core: Core, entry: Entry) -> None:
    """Raises Refused where others see `entry` as it is counted now."""
    for record, _ in await _open_overflows(core, entry):
        raise Refused(Why.PASSED_ON_AS_IT_WAS, ref=entry.ref, overflow=spoken(core, record))


async def _open_overflows(core: Core, entry: Entry) -> list[tuple[Record, list[Entry]]]:
    return [
        (record, entries)
        for record, entries in await our_overflows(core)
        if entry.ref in {each.ref for each in entries}
        and fold_of(core, record).state is not OverflowState.CLOSED
    ]


def _reduced(core: Core, record: Record, entries: Sequence[Entry], entry: Entry) -> Request:
    body = _request(record)
    share = asked_of(core, record, entries)[entry.ref]
    return _for(core, body, Thousandths(max(body.accepted, body.qty - share)))


def _for(core: Core, body: Request, qty: Thousandths) -> Request:
    """The request for `qty`; withdrawn where that is nothing."""
    return all_come(core, replace(body, qty=qty)) if qty else withdrawn(core, body)


def _request(record: Record) -> Request:
    assert isinstance(record.body, Request)
    return record.body

"""A new version of an overflow of ours, and what follows from it on our own board."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace

from node.answers.between_halls import came, has_ended, would_fall
from node.answers.sealed import Revision
from node.core import Core
from node.desk.events import Did, Event
from node.desk.passing import LIFETIME_MS
from node.desk.shares import share_out, take_back
from node.refusal import Refused, Why
from node.store.entries import entries_in
from protocol.bodies import Closed, Decision, Direction, Request, Verdict
from protocol.codec import encode
from protocol.ids import ObjectId, Thousandths
from protocol.limits import DECISIONS_MAX
from protocol.record import BODY_BYTES_MAX, Record

REQUEST_BYTES_MAX = BODY_BYTES_MAX - 128
"""A request's own fields: a body less its header, 34 + 34 + 18 bytes of keys and some numbers."""


def decided(core: Core, body: Request, decision: Decision) -> Request:
    """The request with this decision on the pledge as it stands; closed when all has come.

    Raises Refused with PLEDGES_FULL, or CONDITION_NO_ROOM.
    """
    pledge = core.shelf.find(decision.pledge)
    assert pledge is not None
    decision = replace(decision, pledge_version=pledge.header.version)
    others = [each for each in body.decisions if each.pledge != decision.pledge]
    if len(others) == DECISIONS_MAX:
        raise Refused(Why.PLEDGES_FULL, ref=body.ref)
    body = all_come(core, replace(body, decisions=(*others, decision)))
    if len(encode(body.write())) > REQUEST_BYTES_MAX:
        why = Why.CONDITION_NO_ROOM if decision.condition else Why.PLEDGES_FULL
        raise Refused(why, ref=body.ref)
    return body


def all_come(core: Core, body: Request) -> Request:
    """The request, closed as received when all of it has come."""
    total = sum(came(core, body, decision) for decision in body.decisions)
    if not has_ended(body) and total >= body.qty:
        return replace(body, closed=Closed.RECEIVED)
    return body


def withdrawn(core: Core, body: Request) -> Request:
    """The request, withdrawn; what would fall through does."""
    decisions = tuple(
        released(core, body, each) if would_fall(core, body, each) else each
        for each in body.decisions
    )
    return replace(body, closed=Closed.WITHDRAWN, decisions=decisions)


def released(core: Core, body: Request, decision: Decision) -> Decision:
    """What came stays accepted, the rest is free for another hall."""
    kept = came(core, body, decision)
    return replace(decision, verdict=Verdict.RELEASED, accepted=kept, moved=kept)


def revision(core: Core, record: Record, body: Request) -> Revision:
    """What `core.save` takes to make `body` the newest version of `record`.

    What has expired stays so: a late receipt must not ask for more.
    """
    ends_ms = core.shelf.ends_ms(record)
    if body.closed is None and ends_ms is not None and ends_ms <= core.clock():
        body = replace(body, closed=Closed.EXPIRED)
    after = core.last_word(record, body) if body.closed else core.next_version(record, body)
    return record, after


def renewal(core: Core, record: Record, body: Request) -> Revision:
    """The same, to live its usual time from now on, also when it had expired."""
    return record, core.next_version(record, replace(body, closed=None), LIFETIME_MS)


def booked(
    core: Core, record: Record, body: Request, initials: str, *done: Event
) -> Callable[[sqlite3.Connection], None]:
    """Writes on our board what `body` says has moved since `record`: received, or given away.

    `done` is what a person did to it: one act with what follows from it.
    """
    assert isinstance(record.body, Request)
    moved = Thousandths(body.moved - record.body.moved)
    did = Did.GIVEN if body.direction is Direction.SURPLUS else Did.RECEIVED

    def write(conn: sqlite3.Connection) -> None:
        entries = entries_in(conn, record.header.object) if moved else []
        shared: list[tuple[str, Thousandths]] = []
        if entries:
            back = Thousandths(-moved)
            shared = share_out(moved, entries) if moved > 0 else take_back(back, entries)
        follows = (core.event(did, ref, initials, qty=share) for ref, share in shared)
        core.append(conn, *done, *follows)

    return write


def written_down(
    core: Core, did: Did, about: ObjectId, initials: str, **data: object
) -> Callable[[sqlite3.Connection], None]:
    """Writes down who did what to an overflow or a pledge."""
    event = core.event(did, about.hex(), initials, **data)
    return lambda conn: core.append(conn, event)


def nothing(conn: sqlite3.Connection) -> None:
    """For `core.save`, where only the records are saved."""

"""Passing needs or offers on: what would leave, and the approval that lets it."""

from __future__ import annotations

import sqlite3

from node.answers.passed import Passed, passed_by_ref
from node.answers.sealed import refuse_found
from node.answers.views import URGENCIES, name_of, overflow_view
from node.api.requests import PassOn, PreviewPass
from node.api.views import OverflowView, PassPreview
from node.core import Core
from node.desk import references
from node.desk.entries import Entry, written
from node.desk.events import Did
from node.desk.passing import Draft, Wish, draft
from node.desk.quantity import as_number
from node.refusal import Refused, Why
from node.store.entries import find_entry
from node.store.references import next_reference
from protocol.bodies import Direction
from protocol.ids import UnixMs

LETTERS = {
    Direction.REQUEST: references.Kind.OVERFLOW,
    Direction.SURPLUS: references.Kind.SURPLUS,
}


async def preview_pass(core: Core, request: PreviewPass, initials: str) -> PassPreview:
    refs = _refs(request.refs)
    entries = await core.read(lambda conn: _entries(conn, refs))
    now_ms = core.clock()
    made = _draft(core, entries, await passed_by_ref(core), request, now_ms)
    return PassPreview(
        refs=tuple(entry.ref for entry in entries),
        category=made.category,
        text=made.text,
        qty=as_number(made.qty),
        unit=made.unit,
        area=made.area,
        urgency=URGENCIES[made.urgency],
        by_ms=made.needed_by_ms,
        hops=made.hops,
        until_ms=now_ms + made.lifetime_ms,
        exercise=made.exercise,
        neighbours=_first_to_see(core),
        personal=tuple(finding.found for finding in made.personal),
        one_person=made.is_one_person,
        approval=made.approval,
        surplus=made.direction is Direction.SURPLUS,
    )


async def pass_on(core: Core, request: PassOn, initials: str) -> OverflowView:
    """Raises Refused(PASS_CHANGED) when something else would leave than was approved."""
    refs = _refs(request.refs)
    entries = await core.read(lambda conn: _entries(conn, refs))
    now_ms = core.clock()
    made = _draft(core, entries, await passed_by_ref(core), request, now_ms)
    refuse_found(made.personal)
    if made.approval != request.approval:
        raise Refused(Why.PASS_CHANGED)
    letter = LETTERS[made.direction]
    ref = await core.database.run(lambda conn: next_reference(conn, letter))
    record = core.signer.new(made.request(ref), now_ms, made.lifetime_ms, made.hops)
    overflow = record.header.object.hex()
    events = [
        core.event(Did.PASSED, entry.ref, initials, overflow=overflow, qty=made.qty)
        for entry in entries
    ]
    await core.save((None, record), also=lambda conn: core.append(conn, *events))
    return overflow_view(core, record, needs=tuple(entry.ref for entry in entries))


def _draft(
    core: Core,
    entries: list[Entry],
    passed: dict[str, Passed],
    request: PreviewPass | PassOn,
    now_ms: UnixMs,
) -> Draft:
    wish = Wish(request.qty, request.hops, request.hours, request.text, request.exercise)
    asked = {ref: each.asked for ref, each in passed.items()}
    return draft(entries, asked, wish, core.hall.area, now_ms)


def _refs(typed: tuple[str, ...]) -> list[str]:
    """The references as they are kept, each once. Raises Refused."""
    refs: dict[str, None] = {}
    for each in typed:
        _, reference = references.parse(each)
        is_offer = reference.kind is references.Kind.OFFER
        refs[written(each, references.Kind.OFFER if is_offer else references.Kind.NEED)] = None
    if not refs:
        references.parse("")  # raises with the sentence for what is no reference
    return list(refs)


def _entries(conn: sqlite3.Connection, refs: list[str]) -> list[Entry]:
    found = []
    for ref in refs:
        entry = find_entry(conn, ref)
        if entry is None:
            raise Refused(Why.REFERENCE_NOT_FOUND, given=ref)
        found.append(entry)
    return found


def _first_to_see(core: Core) -> tuple[str, ...]:
    groups = core.shelf.graph.neighbours(core.hall.group)
    return tuple(sorted(name_of(core, group) for group in groups))

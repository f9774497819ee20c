"""What happened to something, and by whom."""

from __future__ import annotations

import sqlite3
from typing import Final

from node.answers.lookup import (
    OVERFLOW_KINDS,
    PLEDGE_KINDS,
    find_either,
    find_overflow,
    find_pledge,
)
from node.answers.views import spoken_about
from node.api.history import HappenedView, ShowHistory
from node.core import Core
from node.desk import references
from node.desk.events import BY_ITSELF, Did, Event
from node.desk.quantity import as_words
from node.desk.references import Kind
from node.refusal import Refused, Why
from node.store.entries import entries_in, find_entry
from node.store.events import EventRow, all_events_of
from node.store.matches import find_job, find_match, jobs_with, matches_of
from node.wording import N_, _
from protocol.bodies import Pledge, Request
from protocol.ids import ObjectId, Thousandths
from protocol.record import Record

EDITS: Final = frozenset({Did.EDITED, Did.FILLED})
"""What names the fields that changed, where nothing else is said."""
UNSAID: Final = "each"
"""The unit of what is counted in none that we know: nothing is said of it."""
INTO: Final = N_("into {ref}")
LIKE: Final = N_("like {ref}")
OF: Final = N_("{need} and {offer}")


async def show_history(core: Core, request: ShowHistory, initials: str) -> tuple[HappenedView, ...]:
    """Raises Refused where nothing is named so."""
    record = _record(core, request.ref)
    if record is not None:
        rows = await core.read(lambda conn: _of_record(conn, record))
        return _views(core, rows, dict.fromkeys(_abouts(rows), _unit_of(core, record)))
    _sign, reference = references.parse(request.ref)
    rows = await core.read(lambda conn: _of_board(conn, str(reference), reference.kind))
    if not rows:
        raise Refused(Why.REFERENCE_NOT_FOUND, given=request.ref)
    return _views(core, rows, await core.read(lambda conn: _units(conn, rows)))


def _record(core: Core, typed: str) -> Record | None:
    """The overflow or the pledge that is named; None: it is something of our own board."""
    try:
        _sign, reference = references.parse(typed)
    except Refused:
        return find_either(core, typed)  # an id, or a sentence for what is neither
    if reference.kind in OVERFLOW_KINDS:
        return find_overflow(core, typed)
    if reference.kind in PLEDGE_KINDS:
        return find_pledge(core, typed)[0]
    return None


def _of_record(conn: sqlite3.Connection, record: Record) -> list[EventRow]:
    """What was done to it here, and how it began: the needs that were passed on."""
    about = record.header.object.hex()
    needs = [entry.ref for entry in entries_in(conn, ObjectId(record.header.object))]
    rows = all_events_of(conn, [about, *needs])
    return [
        row for row in rows if row.event.about == about or row.event.data.get("overflow") == about
    ]


def _of_board(conn: sqlite3.Connection, ref: str, kind: Kind) -> list[EventRow]:
    match kind:
        case Kind.MATCH:
            found = find_match(conn, ref)
            matches = [] if found is None else [ref]
        case Kind.JOB:
            job = find_job(conn, ref)
            return all_events_of(conn, [ref, *(job.matches if job else ())])
        case _:
            matches = [match.ref for match in matches_of(conn, ref)]
            if find_entry(conn, ref) is None and not all_events_of(conn, [ref]):
                return []
    jobs = [job.ref for match in matches for job in jobs_with(conn, match)]
    return all_events_of(conn, dict.fromkeys([ref, *matches, *jobs]))


def _unit_of(core: Core, record: Record) -> str:
    """What an overflow, or a pledge to it, is counted in; empty where we hold only the pledge."""
    asked = core.shelf.find(record.body.request) if isinstance(record.body, Pledge) else record
    return asked.body.unit if asked is not None and isinstance(asked.body, Request) else ""


def _units(conn: sqlite3.Connection, rows: list[EventRow]) -> dict[str, str]:
    """What each thing that these events are about is counted in now."""
    units: dict[str, str] = {}
    for about in _abouts(rows):
        match = find_match(conn, about)
        entry = find_entry(conn, match.need if match else about)
        units[about] = entry.words.unit if entry else ""
    return units


def _abouts(rows: list[EventRow]) -> set[str]:
    return {row.event.about for row in rows}


def _views(core: Core, rows: list[EventRow], units: dict[str, str]) -> tuple[HappenedView, ...]:
    """`units` as they are now; what an event says of one counts from then on."""
    views: list[HappenedView] = []
    for row in rows:
        event = row.event
        unit = event.data.get("unit") or units.get(event.about, "")
        if "unit" in event.data and row.undone is None:
            units[event.about] = unit
        views.append(_view(core, row, unit))
    return tuple(views)


def _view(core: Core, row: EventRow, unit: str) -> HappenedView:
    event = row.event
    by_itself = event.initials == BY_ITSELF
    return HappenedView(
        ref=spoken_about(core, event.about),
        at_ms=event.at_ms,
        by="" if by_itself else event.initials,
        did=event.did,
        what=_what(event, unit),
        by_itself=by_itself,
        undone=row.undone is not None,
        unsure=not event.trusted,
        said_ms=event.data.get("said_ms"),
    )


def _what(event: Event, unit: str) -> str:
    """How much, why, or which fields: never the words of a person, but for those in which somebody
    has said why it was opened again."""
    data, told = event.data, []
    if isinstance(data.get("because"), str):
        told.append(data["because"])
    if isinstance(data.get("into"), str):
        told.append(_(INTO).format(ref=data["into"]))
    if isinstance(data.get("like"), str):
        told.append(_(LIKE).format(ref=data["like"]))
    if "need" in data:
        told.append(_(OF).format(need=data["need"], offer=data["offer"]))
    if isinstance(data.get("qty"), int):
        told.append(as_words(Thousandths(data["qty"]), unit or UNSAID))
    if event.did in EDITS:
        told += [name.removesuffix("_ms") for name in data if name not in {"qty", "from"}]
    return ", ".join(told)

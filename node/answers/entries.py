"""Needs and offers: add, edit, close, list, show."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from node.answers.passed import NOT_PASSED, Passed, passed_by_ref
from node.answers.shrinking import refuse_passed_on, without
from node.answers.views import entry_view
from node.api.requests import AddEntry, CloseEntry, EditEntry, ListEntries, ShowEntry
from node.api.views import EntryView, Kind
from node.core import Core
from node.desk import references
from node.desk.categories import category_of, unit_of
from node.desk.entries import (
    Did,
    Entry,
    Event,
    Words,
    closing_reason,
    refuse_closed,
    written,
)
from node.desk.quantity import ONE, parse_quantity
from node.desk.text import clean_text
from node.desk.when import parse_when
from node.refusal import Refused, Why
from node.store.entries import all_entries, all_open, append, find_entry, next_reference
from protocol.limits import TEXT_BYTES_MAX

ZONE_BYTES_MAX = 80
PRIVATE_BYTES_MAX = 2_000
"""A contact, a note, the words of a consent: they stay in the hall, and on one screen."""
FREE_TEXTS = {
    "zone": ZONE_BYTES_MAX,
    "contact": PRIVATE_BYTES_MAX,
    "note": PRIVATE_BYTES_MAX,
    "consent": PRIVATE_BYTES_MAX,
}
COUNTED_AS = frozenset({"category", "unit"})
"""What other halls count in: it stays as long as they see it."""
LETTERS = {Kind.NEED: references.Kind.NEED, Kind.OFFER: references.Kind.OFFER}


async def add_entry(core: Core, request: AddEntry, initials: str) -> EntryView:
    words = _words(core, request)
    now_ms = core.clock()

    def write(conn: sqlite3.Connection) -> Entry:
        ref = next_reference(conn, LETTERS[request.kind])
        event = Event(Did.ADDED, ref, now_ms, initials, words.to_data())
        return append(conn, core.hall.device_key, event)

    return _view(core, await core.save(also=write), NOT_PASSED)


async def edit_entry(core: Core, request: EditEntry, initials: str) -> EntryView:
    ref = written(request.ref, LETTERS[request.kind])
    entry = await core.read(lambda conn: _found(conn, ref))
    refuse_closed(entry)
    different = _different(entry, _changes(core, request))
    if COUNTED_AS & different.keys():
        await refuse_passed_on(core, entry)
    if not different:
        return await _with_overflows(core, entry)
    event = Event(Did.EDITED, ref, core.clock(), initials, different)
    edited = await core.save(also=lambda conn: append(conn, core.hall.device_key, event))
    return await _with_overflows(core, edited)


async def close_entry(core: Core, request: CloseEntry, initials: str) -> EntryView:
    """Nobody waits for it any more: what was passed on with it asks for so much less."""
    kind = LETTERS[request.kind]
    ref = written(request.ref, kind)
    because = closing_reason(kind, request.because)
    entry = await core.read(lambda conn: _found(conn, ref))
    refuse_closed(entry)
    shrunk = await without(core, entry)
    event = Event(Did.CLOSED, ref, core.clock(), initials, {"because": because})
    closed = await core.save(
        *shrunk.revisions, also=lambda conn: append(conn, core.hall.device_key, event)
    )
    return replace(await _with_overflows(core, closed), also_changed=shrunk.refs)


async def list_entries(core: Core, request: ListEntries, initials: str) -> tuple[EntryView, ...]:
    kind = LETTERS[request.kind]
    query = all_entries if request.closed else all_open
    entries = await core.read(lambda conn: query(conn, kind))
    passed = await passed_by_ref(core)
    return tuple(_view(core, entry, passed.get(entry.ref, NOT_PASSED)) for entry in entries)


async def show_entry(core: Core, request: ShowEntry, initials: str) -> EntryView:
    ref = written(request.ref, LETTERS[request.kind])
    return await _with_overflows(core, await core.read(lambda conn: _found(conn, ref)))


async def _with_overflows(core: Core, entry: Entry) -> EntryView:
    return _view(core, entry, (await passed_by_ref(core)).get(entry.ref, NOT_PASSED))


def _view(core: Core, entry: Entry, passed: Passed) -> EntryView:
    return entry_view(core, entry, passed.overflows, passed.promised)


def _found(conn: sqlite3.Connection, ref: str) -> Entry:
    entry = find_entry(conn, ref)
    if entry is None:
        raise Refused(Why.REFERENCE_NOT_FOUND, given=ref)
    return entry


def _words(core: Core, request: AddEntry) -> Words:
    category = category_of(request.category)
    text = clean_text(request.text, TEXT_BYTES_MAX)
    qty, said_unit = parse_quantity(request.qty) if request.qty else (ONE, None)
    unit = unit_of(request.unit) if request.unit else said_unit or category.unit
    return Words(
        category=category.code,
        text=text,
        qty=qty,
        unit=unit,
        zone=_short(request.zone, ZONE_BYTES_MAX),
        by_ms=_time(core, request.by),
        contact=_short(request.contact, PRIVATE_BYTES_MAX),
        note=_short(request.note, PRIVATE_BYTES_MAX),
        consent=_short(request.consent, PRIVATE_BYTES_MAX),
        danger=request.danger,
    )


def _changes(core: Core, request: EditEntry) -> dict[str, Any]:
    """The fields that were given, read; an empty text takes a field away where it may be empty."""
    changes: dict[str, Any] = {}
    if request.category is not None:
        changes["category"] = category_of(request.category).code
    if request.text is not None:
        changes["text"] = clean_text(request.text, TEXT_BYTES_MAX)
    if request.qty is not None:
        changes["qty"], said_unit = parse_quantity(request.qty)
        changes |= {"unit": said_unit} if said_unit else {}
    if request.unit is not None:
        changes["unit"] = unit_of(request.unit)
    if request.by is not None:
        changes["by_ms"] = _time(core, request.by)
    for name, limit in FREE_TEXTS.items():
        typed: str | None = getattr(request, name)
        if typed is not None:
            changes[name] = _short(typed, limit)
    if request.danger is not None:
        changes["danger"] = request.danger
    return changes


def _different(entry: Entry, changes: dict[str, Any]) -> dict[str, Any]:
    """Only what is different, so that history says what changed."""
    after = replace(entry.words, **changes).to_data()
    before = entry.words.to_data()
    return {name: after[name] for name in after if after[name] != before[name]}


def _time(core: Core, typed: str) -> int | None:
    return parse_when(typed, core.clock(), core.zone) if typed.strip() else None


def _short(typed: str, limit_bytes: int) -> str:
    return clean_text(typed, limit_bytes) if typed.strip() else ""

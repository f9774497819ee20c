"""Needs and offers: add, edit, close, open again, let wait, list, show."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from typing import Final

from node.answers.board import found
from node.answers.closing import closing
from node.answers.freeing import freed
from node.answers.look_alikes import alike
from node.answers.passed import NOT_PASSED, Passed, passed_by_ref, refuse_overpromised
from node.answers.quiet import (
    hangs_on_another,
    quiet_told,
    spread_by_edit,
    spreading,
    still_quiet,
    taken_by,
    taken_by_edit,
)
from node.answers.shrinking import refuse_passed_on, without
from node.answers.spoken import changes_in, short, words_in
from node.answers.suggestions import best_for
from node.answers.views import entry_view, listed_view
from node.api.requests import (
    AddEntry,
    CloseEntry,
    EditEntry,
    LetWait,
    ListEntries,
    OpenEntry,
    ReadEntry,
    ShowEntry,
)
from node.api.views import EntryView, Kind, Promise
from node.core import Core
from node.desk import references
from node.desk.entries import Entry, State, refuse_closed, written
from node.desk.events import Did, Event
from node.desk.matches import RUNNING, to_let_go
from node.desk.persons import is_still_of
from node.desk.quantity import as_number, as_words, quantity_in
from node.desk.reasons import closing_reason, duplicate_of, waiting_reason
from node.desk.when import parse_past, parse_when
from node.desk.words import Channel, Words
from node.refusal import Refused, Why
from node.store.entries import ALL, all_entries, all_open
from node.store.matches import matches_of
from node.store.references import next_reference, take_reference
from protocol.ids import Thousandths
from protocol.limits import TEXT_BYTES_MAX

COUNTED_AS = frozenset({"category", "unit"})
"""What other halls count in: it stays as long as they see it."""
AT_ONCE: Final = 100
"""Entries that a list makes ready before all else has its turn: some 10 ms on a small machine."""
LETTERS = {Kind.NEED: references.Kind.NEED, Kind.OFFER: references.Kind.OFFER}


async def add_entry(core: Core, request: AddEntry, initials: str) -> EntryView:
    """Raises Refused, and nothing is saved."""
    same = await _same_person(core, request.same_as)
    words = words_in(core, request, same.words if same else None)
    like = "" if words.quiet else await taken_by(core, words, same)
    data = replace(words, quiet=words.quiet or bool(like)).to_data()
    if request.at.strip():
        data["said_ms"] = parse_past(request.at, core.clock(), core.zone)
    if words.channel == Channel.PAPER:
        data["unread"] = True

    def write(conn: sqlite3.Connection) -> tuple[Entry, list[Event]]:
        ref = _new_reference(conn, request)
        spread = spreading(core, conn, ref, words, initials, same) if words.quiet else []
        core.append(conn, core.event(Did.ADDED, ref, initials, **data), *spread)
        return found(conn, ref), spread

    added, spread = await core.save(also=write)
    looks_like = await alike(core, added.kind, added.words, added.ref)
    candidates = await best_for(core, added)
    view = quiet_told(_view(core, added, NOT_PASSED), like, spread)
    return replace(view, looks_like=looks_like, candidates=candidates)


def _new_reference(conn: sqlite3.Connection, request: AddEntry) -> str:
    """The one on its slip, or the next. Raises Refused, as `take_reference` does."""
    letter = LETTERS[request.kind]
    if request.slip.strip():
        return take_reference(conn, letter, request.slip)
    return next_reference(conn, letter)


async def _same_person(core: Core, typed: str) -> Entry | None:
    if not typed.strip():
        return None
    _, reference = references.parse(typed)
    return await core.read(lambda conn: found(conn, str(reference)))


async def edit_entry(core: Core, request: EditEntry, initials: str) -> EntryView:
    ref = written(request.ref, LETTERS[request.kind])
    entry = await core.read(lambda conn: found(conn, ref))
    refuse_closed(entry)
    words = _edited(core, request, entry.words)
    like = ""
    if request.quiet is None:
        like = await taken_by_edit(core, ref, entry.words, words)
        words = replace(words, quiet=words.quiet or bool(like))
    before, after = entry.words.to_data(), words.to_data()
    different = {name: after[name] for name in after if after[name] != before[name]}
    if request.quiet and await hangs_on_another(core, ref):
        different["quiet"] = True
    if COUNTED_AS & different.keys():
        await refuse_passed_on(core, entry)
    if "unit" in different:
        await core.read(lambda conn: _refuse_matched(conn, entry))
    if not different:
        return await _shown(core, entry)
    changed = replace(entry, words=Words(**after))
    if changed.outstanding < entry.outstanding:
        await refuse_overpromised(core, changed)
    event = core.event(Did.EDITED, ref, initials, **different)
    withdrawn = await freed(core, entry, different)
    spread = [] if like else await spread_by_edit(core, ref, entry.words, words, initials)
    events = (event, *spread)
    edited = await core.save(*withdrawn.revisions, also=lambda conn: _append(core, conn, *events))
    shown = replace(
        quiet_told(await _shown(core, edited), like, spread),
        still_quiet=await still_quiet(core, ref, entry.words, words),
        also_changed=withdrawn.refs,
        consent_ended=different.get("consent") == "" and request.consent is None,
    )
    return await _overmatched(core, edited, shown) if "qty" in different else shown


async def _overmatched(core: Core, entry: Entry, shown: EntryView) -> EntryView:
    """The same, with what its matches are to bring where that is more than it asks for now."""
    matches = await core.read(lambda conn: matches_of(conn, entry.ref))
    bringing = to_let_go(entry, matches)
    if not bringing:
        return shown
    promises = [Promise(each.ref, each.state, as_number(each.reserved)) for each in bringing]
    over = Thousandths(sum(each.reserved for each in bringing) - entry.outstanding)
    return replace(shown, to_let_go=tuple(promises), overmatched=as_number(over))


def _edited(core: Core, request: EditEntry, words: Words) -> Words:
    """A consent was given with a contact, and goes with it where that is somebody else's now."""
    after = replace(words, **changes_in(core, request))
    is_theirs = request.consent is not None or is_still_of(words.contact, after.contact)
    return after if is_theirs else replace(after, consent="")


def _refuse_matched(conn: sqlite3.Connection, entry: Entry) -> None:
    """Raises Refused(MATCHED_AS_IT_WAS) where a match counts it as it is counted now."""
    for match in matches_of(conn, entry.ref):
        if match.state in RUNNING or match.moved:
            raise Refused(Why.MATCHED_AS_IT_WAS, ref=entry.ref, match=match.ref)


async def close_entry(core: Core, request: CloseEntry, initials: str) -> EntryView:
    """Nobody waits for it any more: what was passed on with it asks for so much less, and what was
    matched with it is free."""
    kind = LETTERS[request.kind]
    ref = written(request.ref, kind)
    because = closing_reason(kind, request.because)
    entry = await core.read(lambda conn: found(conn, ref))
    refuse_closed(entry)
    other = duplicate_of(because)
    if other == ref:
        raise Refused(Why.DUPLICATE_OF_ITSELF, ref=ref)
    if other is not None:
        await core.read(lambda conn: found(conn, other))
    shrunk = await without(core, entry)
    told = {"asks_less": list(shrunk.overflows)} if shrunk.overflows else {}
    events = await core.read(lambda conn: closing(core, conn, ref, initials, because, **told))
    closed = await core.save(*shrunk.revisions, also=lambda conn: _append(core, conn, *events))
    ended = tuple(event.about for event in events[1:])
    return replace(await _shown(core, closed), also_changed=(*shrunk.refs, *ended))


async def open_entry(core: Core, request: OpenEntry, initials: str) -> EntryView:
    """Closed for any reason, it is open again; what has all come only for more than that."""
    ref = written(request.ref, LETTERS[request.kind])
    entry = await core.read(lambda conn: found(conn, ref))
    if entry.forgotten:
        raise Refused(Why.IS_FORGOTTEN, ref=ref)
    because = short(request.because, TEXT_BYTES_MAX, "because") or None
    qty = quantity_in(entry.words.unit, request.qty) if request.qty else entry.words.qty
    after = replace(entry, words=replace(entry.words, qty=qty), decided=State.OPEN)
    await refuse_overpromised(core, after)
    if after.outstanding == 0:
        received = as_words(entry.received, entry.words.unit)
        raise Refused(Why.ALL_HAS_COME, ref=ref, received=received)
    events = [core.event(Did.OPENED, ref, initials, because=because)]
    if qty != entry.words.qty:
        events.append(core.event(Did.EDITED, ref, initials, qty=qty))
    return await _shown(core, await core.save(also=lambda conn: _append(core, conn, *events)))


async def let_wait(core: Core, request: LetWait, initials: str) -> EntryView:
    ref = written(request.ref, references.Kind.NEED)
    until_ms = None
    if request.until.strip():
        until_ms = parse_when(request.until, core.clock(), core.zone)
    because = waiting_reason(request.because, until_ms)
    entry = await core.read(lambda conn: found(conn, ref))
    refuse_closed(entry)
    event = core.event(Did.WAITS, ref, initials, because=because, until_ms=until_ms)
    return await _shown(core, await core.save(also=lambda conn: _append(core, conn, event)))


async def read_entry(core: Core, request: ReadEntry, initials: str) -> EntryView:
    """What nobody had read is read now."""
    ref = written(request.ref, LETTERS[request.kind])
    entry = await core.read(lambda conn: found(conn, ref))
    if entry.state is State.NEW:
        event = core.event(Did.READ, ref, initials)
        entry = await core.save(also=lambda conn: _append(core, conn, event))
    return await _shown(core, entry)


async def list_entries(core: Core, request: ListEntries, initials: str) -> tuple[EntryView, ...]:
    kind = LETTERS[request.kind]
    query = all_entries if request.closed else all_open
    first = max(0, request.first)
    count = ALL if request.count is None else max(0, request.count)
    entries = await core.read(lambda conn: query(conn, kind, first, count))
    passed = await passed_by_ref(core)
    views: list[EntryView] = []
    for start in range(0, len(entries), AT_ONCE):
        some = entries[start : start + AT_ONCE]
        views += (_listed(core, entry, passed.get(entry.ref, NOT_PASSED)) for entry in some)
        await asyncio.sleep(0)
    return tuple(views)


async def show_entry(core: Core, request: ShowEntry, initials: str) -> EntryView:
    ref = written(request.ref, LETTERS[request.kind])
    return await _shown(core, await core.read(lambda conn: found(conn, ref)))


async def _shown(core: Core, entry: Entry) -> EntryView:
    """One entry, with all that hangs on it."""
    passed = (await passed_by_ref(core)).get(entry.ref, NOT_PASSED)
    matches = await core.read(lambda conn: matches_of(conn, entry.ref))
    refs = tuple(each.ref for each in matches if each.state in RUNNING)
    return replace(_view(core, entry, passed), matches=refs)


def _view(core: Core, entry: Entry, passed: Passed) -> EntryView:
    return entry_view(core, entry, passed.overflows, passed.promised)


def _listed(core: Core, entry: Entry, passed: Passed) -> EntryView:
    return listed_view(core, entry, passed.overflows, passed.promised)


def _append(core: Core, conn: sqlite3.Connection, *events: Event) -> Entry:
    """Write the events; returns what the first of them is about."""
    core.append(conn, *events)
    return found(conn, events[0].about)

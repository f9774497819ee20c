"""Finding what stands on the board, by words or by reference."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from node.answers.lookup import OVERFLOW_KINDS, PLEDGE_KINDS, find_overflow, find_pledge
from node.answers.views import HIDDEN, KINDS, fold_of, spoken, spoken_pledge
from node.api.finding import Find, FoundView
from node.core import Core
from node.desk import references
from node.desk.entries import Entry
from node.desk.finding import query_of
from node.desk.matches import RUNNING, JobState, Match, job_state
from node.desk.quantity import as_number
from node.desk.references import Kind
from node.refusal import Refused
from node.store.entries import ALL, find_entry
from node.store.matches import find_job, find_match, found_matches
from node.store.searching import find_entries
from protocol.ids import as_text
from protocol.overflow import OverflowFold, OverflowState, PledgeFold

NAMES = {Kind.OVERFLOW: "overflow", Kind.SURPLUS: "surplus", Kind.PLEDGE: "pledge"}
ENDED = frozenset({JobState.DONE, JobState.CANCELLED})


async def find(core: Core, request: Find, initials: str) -> tuple[FoundView, ...]:
    """Raises Refused with FIND_EMPTY or TEXT_TOO_LONG."""
    query = query_of(request.words)
    first = max(0, request.first)
    count = ALL if request.count is None else max(0, request.count)

    def search(conn: sqlite3.Connection) -> list[Entry]:
        return find_entries(conn, query, first, count, closed=request.closed)

    found = tuple(_entry_found(entry) for entry in await core.read(search))
    if first:
        return found
    named = await _named(core, request.words)
    return (*named, *(each for each in found if each not in named))


async def _named(core: Core, typed: str) -> list[FoundView]:
    """What has this very reference, open or closed; nothing where it is none."""
    try:
        sign, reference = references.parse(typed)
    except Refused:
        return []
    if reference.kind in OVERFLOW_KINDS | PLEDGE_KINDS:
        return _between_halls(core, typed, reference.kind)
    if sign not in {None, core.hall.call_sign}:
        return []
    return await core.read(lambda conn: _on_the_board(conn, reference.kind, str(reference)))


def _on_the_board(conn: sqlite3.Connection, kind: Kind, ref: str) -> list[FoundView]:
    match kind:
        case Kind.MATCH:
            match = find_match(conn, ref)
            return [_match_found(conn, match)] if match else []
        case Kind.JOB:
            return _job_found(conn, ref)
        case _:
            entry = find_entry(conn, ref)
            return [_entry_found(entry)] if entry else []


def _entry_found(entry: Entry) -> FoundView:
    """Nothing of who it is where that is unsafe to list."""
    words = entry.words.without(HIDDEN) if entry.words.quiet else entry.words
    return FoundView(
        ref=entry.ref,
        kind=KINDS[entry.kind],
        text=words.text,
        state=entry.state,
        category=words.category,
        qty=as_number(words.qty),
        unit=words.unit,
        zone=words.zone,
        contact=words.contact,
        danger=words.danger,
        closed=entry.is_closed,
    )


def _match_found(conn: sqlite3.Connection, match: Match) -> FoundView:
    """What it is about is the need's; who it is for stays with that."""
    need = find_entry(conn, match.need)
    assert need is not None, "a match is of a need that is there"
    return replace(
        _entry_found(need),
        ref=match.ref,
        kind="match",
        state=match.state,
        qty=as_number(match.qty),
        contact="",
        closed=match.state not in RUNNING,
    )


def _job_found(conn: sqlite3.Connection, ref: str) -> list[FoundView]:
    job = find_job(conn, ref)
    if job is None:
        return []
    matches = found_matches(conn, job.matches)
    state = job_state(job, matches)
    text = ", ".join(_match_found(conn, match).text for match in matches)
    return [FoundView(ref, "job", text, state, closed=state in ENDED)]


def _between_halls(core: Core, typed: str, kind: Kind) -> list[FoundView]:
    """An overflow, a surplus or a pledge, ours or another hall's."""
    try:
        if kind is not Kind.PLEDGE:
            record = find_overflow(core, typed)
            folded = fold_of(core, record)
            return [_overflow_found(folded, spoken(core, record), NAMES[kind])]
        record, pledge = find_pledge(core, typed)
        folded = fold_of(core, find_overflow(core, as_text(pledge.request)))
    except Refused:
        return []
    found = [each for each in folded.pledges if each.id == record.header.object]
    return [_pledge_found(core, folded, each) for each in found]


def _pledge_found(core: Core, overflow: OverflowFold, pledge: PledgeFold) -> FoundView:
    """In the words of what it was pledged to."""
    found = _overflow_found(overflow, spoken_pledge(core, pledge), NAMES[Kind.PLEDGE])
    qty = as_number(pledge.pledge.qty)
    return replace(found, state=pledge.state, qty=qty)


def _overflow_found(folded: OverflowFold, ref: str, name: str) -> FoundView:
    return FoundView(
        ref=ref,
        kind=name,
        text=folded.request.text,
        state=folded.state,
        category=folded.request.category,
        qty=as_number(folded.request.qty),
        unit=folded.request.unit,
        closed=folded.state is OverflowState.CLOSED,
    )

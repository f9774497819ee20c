"""The board: events appended, and what they fold into; an act taken back, and the same again.

An entry is the fold of the events about itself; what its matches add up to is counted from their
rows. So each can be folded anew by itself, and taking an act back is to fold what it was about
without it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final
from unicodedata import unidata_version

from node.desk import entries, matches
from node.desk.entries import Entry
from node.desk.events import Did, Event, ImpossibleError
from node.desk.matches import Job, Match, is_overpromised, sums
from node.desk.references import Kind
from node.store.entries import (
    add_entries,
    add_passed,
    delete_entry,
    find_entry,
    is_passed,
    save_entry,
)
from node.store.events import EventRow, add_events, counting_events, last_counter, mark_undone
from node.store.finding import empty_index
from node.store.matches import (
    delete_job,
    delete_match,
    find_job,
    find_match,
    jobs_with,
    matches_of,
    save_job,
    save_match,
)
from protocol.ids import DeviceKey, ObjectId

RULES: Final = f"1, Unicode {unidata_version}"
"""Another one whenever the same events are to fold into another board, or the index is to be
another: its words are folded by the tables of Python's Unicode, and leave it as they came."""

ENTRY_LETTERS: Final = frozenset("NO")
DIRECT: Final = frozenset({Did.RECEIVED, Did.GIVEN})
"""Moves something without a match."""
MOVES: Final = DIRECT | {Did.HANDED_OVER}


def append(conn: sqlite3.Connection, device: DeviceKey, *events: Event) -> None:
    """Save what happened in one act, and the board as it stands after it.

    Raises ImpossibleError where the history cannot be so.
    """
    add_events(conn, device, events)
    for event in events:
        _fold_in(conn, event)


def append_new(
    conn: sqlite3.Connection, device: DeviceKey, events: Sequence[Event], act: int | None
) -> int:
    """What `append` does of needs and offers that are ADDED, for many at once; returns the act.

    `act`: the one that they belong to; None: it begins with them. Raises ImpossibleError.
    """
    added = [entries.apply(None, event) for event in events]
    act = add_events(conn, device, events, act)
    add_entries(conn, added)
    return act


def undo(
    conn: sqlite3.Connection, device: DeviceKey, act: Sequence[EventRow], event: Event
) -> tuple[str, ...]:
    """Take these events back by `event`; returns what they were about.

    Raises ImpossibleError where something else has been built on them since.
    """
    add_events(conn, device, [event])
    mark_undone(conn, device, [row.counter for row in act], last_counter(conn, device))
    refs = dict.fromkeys(row.event.about for row in act)
    touched = refold(conn, refs)
    if any(row.event.did in MOVES for row in act):
        for ref in touched:
            _refuse_less_than_nothing(conn, ref)
    return tuple(refs)


def refold(conn: sqlite3.Connection, refs: Iterable[str]) -> tuple[str, ...]:
    """Fold these anew from what counts; returns the needs and offers among them and beside them.

    Raises ImpossibleError where that cannot be.
    """
    touched: dict[str, None] = {}
    for ref in refs:
        match _letter(ref):
            case "M":
                touched.update(dict.fromkeys(_refold_match(conn, ref)))
            case "J":
                _refold_job(conn, ref)
            case letter if letter in ENTRY_LETTERS:
                touched[ref] = None
    for ref in touched:
        _refold_entry(conn, ref)
    return tuple(touched)


def rebuild_if_stale(conn: sqlite3.Connection) -> None:
    """Fold everything anew where other rules made what stands there."""
    if conn.execute("SELECT rules FROM folded").fetchone()[0] == RULES:
        return
    conn.execute("BEGIN IMMEDIATE")
    try:
        rebuild(conn)
        conn.execute("UPDATE folded SET rules = ?", [RULES])
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise


def rebuild(conn: sqlite3.Connection) -> None:
    """Everything anew from the events, in the order in which it was added."""
    for table in ("entry", "matching", "job", "passed"):
        conn.execute(f"DELETE FROM {table}")
    empty_index(conn)
    refs = [
        row[0] for row in conn.execute("SELECT about FROM event GROUP BY about ORDER BY min(n)")
    ]
    for ref in refs:
        match = folded_match(conn, ref)
        if match is not None:
            save_match(conn, match)
        job = folded_job(conn, ref)
        if job is not None:
            save_job(conn, job)
    for ref in refs:  # when all that their sums are made of is there
        entry = folded_entry(conn, ref)
        if entry is not None:
            save_entry(conn, None, entry)
    rows = conn.execute("SELECT about, data ->> 'overflow' FROM event WHERE did = ?", [Did.PASSED])
    for ref, overflow in rows.fetchall():
        add_passed(conn, ObjectId(bytes.fromhex(overflow)), ref)


def folded_entry(conn: sqlite3.Connection, ref: str) -> Entry | None:
    """How it stands by its events and its matches, whatever its own row says."""
    entry = None
    if _letter(ref) in ENTRY_LETTERS:
        for event in counting_events(conn, ref):
            entry = entries.apply(entry, event)
    return None if entry is None else _counted(conn, entry)


def folded_match(conn: sqlite3.Connection, ref: str) -> Match | None:
    """The same of a match."""
    match = None
    if _letter(ref) == "M":
        for event in counting_events(conn, ref):
            match = matches.apply(match, event)
    return match


def folded_job(conn: sqlite3.Connection, ref: str) -> Job | None:
    """The same of a job."""
    job = None
    if _letter(ref) == "J":
        for event in counting_events(conn, ref):
            job = matches.apply_to_job(job, event)
    return job


def _fold_in(conn: sqlite3.Connection, event: Event) -> None:
    match _letter(event.about):
        case "M":
            _fold_into_match(conn, event)
        case "J":
            save_job(conn, matches.apply_to_job(find_job(conn, event.about), event))
        case letter if letter in ENTRY_LETTERS:
            before = None if event.did is Did.ADDED else find_entry(conn, event.about)
            save_entry(conn, before, entries.apply(before, event))
            if event.did is Did.PASSED:
                add_passed(conn, ObjectId(bytes.fromhex(event.data["overflow"])), event.about)


def _fold_into_match(conn: sqlite3.Connection, event: Event) -> None:
    after = matches.apply(find_match(conn, event.about), event)
    save_match(conn, after)
    for ref in (after.need, after.offer):
        before = find_entry(conn, ref)
        if before is None:
            raise ImpossibleError(f"a match of what is not there: {ref}")
        save_entry(conn, before, _counted(conn, before))


def _counted(conn: sqlite3.Connection, entry: Entry) -> Entry:
    return replace(entry, sums=sums(matches_of(conn, entry.ref)))


def _refold_match(conn: sqlite3.Connection, ref: str) -> tuple[str, ...]:
    """Returns the need and the offer that it is, or was, about."""
    before, after = find_match(conn, ref), folded_match(conn, ref)
    if after is not None:
        save_match(conn, after)
    elif jobs_with(conn, ref):
        raise ImpossibleError(f"a job carries it out: {ref}")
    else:
        delete_match(conn, ref)
    return tuple(
        entry for each in (before, after) if each is not None for entry in (each.need, each.offer)
    )


def _refold_job(conn: sqlite3.Connection, ref: str) -> None:
    job = folded_job(conn, ref)
    if job is None:
        delete_job(conn, ref)
    else:
        save_job(conn, job)


def _refold_entry(conn: sqlite3.Connection, ref: str) -> None:
    before, after = find_entry(conn, ref), folded_entry(conn, ref)
    if after is not None:
        # What goods have outrun may have been so before: that is no reason to keep the act. A need
        # may be promised more than it is said to lack: an edit does that as well.
        was_so = before is not None and is_overpromised(before)
        if after.kind is Kind.OFFER and is_overpromised(after) and not was_so:
            raise ImpossibleError(f"more is promised than there is: {ref}")
        save_entry(conn, before, after)
    elif before is not None:
        if matches_of(conn, ref) or is_passed(conn, ref):
            raise ImpossibleError(f"a match or an overflow is about it: {ref}")
        delete_entry(conn, before)


def _refuse_less_than_nothing(conn: sqlite3.Connection, ref: str) -> None:
    """Raises ImpossibleError where more was taken back of it than had come, or it has begun again
    when less had come."""
    entry = find_entry(conn, ref)
    events = counting_events(conn, ref)
    come = accumulate(each.data["qty"] for each in events if each.did in DIRECT)
    if min(come, default=0) < 0 or (entry and entry.before > entry.direct + entry.sums.moved):
        raise ImpossibleError(f"less than nothing came: {ref}")


def _letter(ref: str) -> str:
    """What a reference of ours is about; empty for another hall's, said with its call sign."""
    return ref[0] if ref[1:2] == "-" else ""

"""The board: events appended, and what they fold into; and the same folded anew.

An entry is the fold of the events about itself; what its matches add up to is counted from their
rows. So each can be folded anew by itself, and taking an act back is to fold what it was about
without it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from unicodedata import unidata_version

from node.desk import entries, matches
from node.desk.entries import Entry
from node.desk.events import Did, Event, ImpossibleError, StillPassedOnError
from node.desk.matches import Job, Match, sums
from node.store.entries import (
    add_entries,
    add_passed,
    delete_entry,
    find_entry,
    is_passed,
    save_entry,
)
from node.store.events import add_events, counting_events
from node.store.finding import empty_index
from node.store.matches import (
    delete_job,
    delete_match,
    find_job,
    find_match,
    found_matches,
    jobs_with,
    matches_of,
    save_job,
    save_match,
)
from node.store.transaction import transaction
from protocol.ids import DeviceKey, ObjectId

RULES: Final = f"5, Unicode {unidata_version}"
"""Another one whenever the same events are to fold into another board, or the index is to be
another: its words are folded by the tables of Python's Unicode, and leave it as they came."""

ENTRY_LETTERS: Final = frozenset("NO")


def append(
    conn: sqlite3.Connection, device: DeviceKey, *events: Event, act: int | None = None
) -> None:
    """Save what happened in one act, and the board as it stands after it.

    `act`: the one that they belong to; None: it begins with them. Raises ImpossibleError where the
    history cannot be so.
    """
    add_events(conn, device, events, act)
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


@dataclass(frozen=True, slots=True)
class Refolded:
    """A need or an offer as it stood, and stands now; None: there is no such one."""

    ref: str
    before: Entry | None
    after: Entry | None


def refold(conn: sqlite3.Connection, refs: Iterable[str]) -> list[Refolded]:
    """Fold these anew from what counts; returns the needs and offers among them and beside them.

    Raises ImpossibleError where something hangs on what is not there any more.
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
    return [_refold_entry(conn, ref) for ref in touched]


def is_stale(conn: sqlite3.Connection) -> bool:
    """Whether other rules than ours made what stands there."""
    rules: str = conn.execute("SELECT rules FROM folded").fetchone()[0]
    return rules != RULES


def rebuild_if_stale(conn: sqlite3.Connection) -> None:
    """Fold everything anew where other rules made what stands there."""
    if not is_stale(conn):
        return
    with transaction(conn):
        rebuild(conn)
        conn.execute("UPDATE folded SET rules = ?", [RULES])


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
    elif any(not job.cancelled for job in jobs_with(conn, ref)):
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
    elif job.cancelled or len(found_matches(conn, job.matches)) == len(job.matches):
        save_job(conn, job)
    else:
        raise ImpossibleError(f"a match that it carries out is no more: {ref}")


def _refold_entry(conn: sqlite3.Connection, ref: str) -> Refolded:
    before, after = find_entry(conn, ref), folded_entry(conn, ref)
    if after is not None:
        save_entry(conn, before, after)
    elif before is not None:
        if matches_of(conn, ref):
            raise ImpossibleError(f"a match is about it: {ref}")
        if is_passed(conn, ref):
            raise StillPassedOnError(f"an overflow is about it: {ref}")
        delete_entry(conn, before)
    return Refolded(ref, before, after)


def _letter(ref: str) -> str:
    """What a reference of ours is about; empty for another hall's, said with its call sign."""
    return ref[0] if ref[1:2] == "-" else ""

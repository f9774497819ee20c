"""Forgetting a person: now, because they ask for it, and by itself some time after all is over."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from node.answers.closing import closing
from node.answers.freeing import without_details
from node.answers.sealed import Revision
from node.answers.shrinking import without
from node.api.history import REFS_TOLD, Forget, ForgetView, PreviewForget
from node.core import Core
from node.desk import references
from node.desk.entries import Entry, State
from node.desk.events import BY_ITSELF, Did, Event
from node.desk.reasons import GONE
from node.desk.references import Kind
from node.refusal import Refused, Why
from node.store.forgetting import (
    all_kept_since,
    delete_trace,
    has_trace,
    is_taken_back_due,
    is_time_said,
    keep_trace,
    merge_index,
    noted_jobs,
    persons_entries,
    shred,
    shred_taken_back,
    was_taken_back,
)
from protocol.ids import RecordId, UnixMs
from protocol.limits import DAY_MS

KEPT_MS: Final = 30 * DAY_MS
"""Milliseconds that a person's words are kept after closing: a month, for whoever calls about it
once more."""
TOGETHER_MS: Final = DAY_MS
"""Milliseconds that what is due may wait for more of it: the file is written anew once a day."""
AT_ONCE: Final = 50
"""Entries in one transaction: the desk does not wait for more."""
EVENTS_AT_ONCE: Final = 1_000
"""Events that were taken back, in one transaction: what was imported by mistake has many."""
ENDS: Final = {Kind.NEED: GONE, Kind.OFFER: State.WITHDRAWN.value}
"""As what an open one is closed when its person is forgotten."""


@dataclass(frozen=True, slots=True)
class _Person:
    """What is known of one. `ref` is how they were named; what was taken back has no entry."""

    ref: str
    entries: tuple[Entry, ...]
    perhaps: tuple[str, ...]
    jobs: tuple[str, ...]

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.ref, *(entry.ref for entry in self.entries))))


async def preview_forget(core: Core, request: PreviewForget, initials: str) -> ForgetView:
    return _view(await core.read(partial(_person, typed=request.ref)))


async def forget(core: Core, request: Forget, initials: str) -> ForgetView:
    """Says whether no page of the file has a word of them any more, or what is still to do.

    Raises Refused, and nothing has changed, also where it would be others than the preview showed.
    """
    person = await core.read(partial(_person, typed=request.ref))
    if set(person.refs) != set(request.refs):
        raise Refused(Why.FORGET_CHANGED)
    for entry in person.entries:
        await _forget(core, entry, initials)
    await core.database.run(lambda conn: keep_trace(conn, core.clock()))
    try:
        is_clear = await clear_traces(core)
    except Refused:  # of a full disk: what has no room to be written anew is forgotten all the same
        is_clear = False
    return replace(_view(person), forgotten=is_clear, traces_left=not is_clear)


def _person(conn: sqlite3.Connection, typed: str) -> _Person:
    """All that is the same person's, what was named first. Raises Refused."""
    _sign, reference = references.parse(typed)
    ref = str(reference)
    if reference.kind not in ENDS:
        raise Refused(Why.REFERENCE_WRONG_KIND, given=ref, wanted="N-…, O-…")
    entries, perhaps = persons_entries(conn, ref)
    if not entries and not was_taken_back(conn, ref):
        raise Refused(Why.REFERENCE_NOT_FOUND, given=typed)
    jobs = noted_jobs(conn, [entry.ref for entry in entries])
    return _Person(ref, tuple(entries), tuple(perhaps), tuple(jobs))


def _view(person: _Person) -> ForgetView:
    _, *also = person.refs
    closes = tuple(entry.ref for entry in person.entries if not entry.is_closed)
    return ForgetView(
        person.ref,
        forgotten=False,
        also=tuple(also),
        closes=closes,
        jobs=person.jobs,
        perhaps=person.perhaps[::-1][:REFS_TOLD],
        perhaps_count=len(person.perhaps),
    )


async def _forget(core: Core, entry: Entry, initials: str) -> None:
    """Close it where it is open, withdraw what was sealed about it, and shred the words."""
    events: list[Event] = []
    revisions: list[Revision] = []
    if not entry.is_closed:
        revisions += (await without(core, entry)).revisions
        because = ENDS[entry.kind]
        events += await core.read(lambda conn: closing(core, conn, entry.ref, initials, because))
    revisions += (await without_details(core, entry)).revisions
    if not entry.forgotten:
        events.append(_forgotten(core, entry, initials))
    await core.save(*_each_once(revisions), also=partial(_shred, core, entry, events))


def _forgotten(core: Core, entry: Entry, initials: str) -> Event:
    """It says how it ended: what has brought that about may be taken back, and this may not."""
    ended = {"because": entry.because, "closed_ms": entry.closed_ms} if entry.is_closed else {}
    return core.event(Did.FORGOTTEN, entry.ref, initials, **ended)


def _shred(core: Core, entry: Entry, events: list[Event], conn: sqlite3.Connection) -> None:
    core.append(conn, *events)
    shred(conn, entry, core.clock())


def _each_once(revisions: list[Revision]) -> list[Revision]:
    """Two reasons to erase the same record are one new version of it."""
    by_old: dict[RecordId | None, Revision] = {}
    for old, new in revisions:
        by_old.setdefault(None if old is None else old.id, (old, new))
    return list(by_old.values())


async def forget_due(core: Core, most: int | None = None) -> None:
    """Shred what was closed a month ago, or taken back: `most` of it, None: all.

    Only while somebody vouches for the clock. Raises Refused(DISK_FAILED). A run that breaks off is
    harmless: the next one goes on.
    """
    if core.clock.is_trusted:
        now_ms = core.clock()
        if not await core.read(lambda conn: is_time_said(conn, now_ms)):
            timed = core.event(Did.TIMED, "", BY_ITSELF)
            await core.save(also=lambda conn: core.append(conn, timed))
        oldest_ms = UnixMs(now_ms - KEPT_MS - TOGETHER_MS)
        if await core.read(lambda conn: _is_any_due(conn, oldest_ms, now_ms)):
            await _shred_all(core, now_ms, most)
    await clear_left(core)


async def clear_left(core: Core) -> None:
    """Where words of somebody who is forgotten may still stand in the file, try once more.

    Raises Refused(DISK_FAILED).
    """
    if await core.read(has_trace):
        await clear_traces(core)


def _is_any_due(conn: sqlite3.Connection, before_ms: UnixMs, now_ms: UnixMs) -> bool:
    kept = all_kept_since(conn, before_ms, now_ms, 1)
    return bool(kept) or is_taken_back_due(conn, before_ms, now_ms)


async def _shred_all(core: Core, now_ms: UnixMs, most: int | None) -> None:
    before_ms, done = UnixMs(now_ms - KEPT_MS), 0
    await core.database.run(lambda conn: keep_trace(conn, now_ms))
    while most is None or done < most:
        entries = await core.read(lambda conn: all_kept_since(conn, before_ms, now_ms, AT_ONCE))
        if not entries:
            return
        await core.save(also=partial(_shred_each, core, entries))
        done += len(entries)


def _shred_each(core: Core, entries: list[Entry], conn: sqlite3.Connection) -> None:
    for entry in entries:
        _shred(core, entry, [_forgotten(core, entry, BY_ITSELF)], conn)


async def clear_traces(core: Core) -> bool:
    """Take all words out of what was taken back, and write the file anew without what lies between
    its rows. Raises Refused(DISK_FAILED).

    False where another program reads the file: the next look tries again.
    """
    while await core.database.run(lambda conn: shred_taken_back(conn, EVENTS_AT_ONCE)):
        pass
    await core.database.run(merge_index)
    if not await core.database.rewrite():
        return False
    await core.database.run(delete_trace)
    return True

"""Forgetting a person: now, because they ask for it, and by itself some time after all is over."""

from __future__ import annotations

import logging
import sqlite3
from functools import partial
from typing import Final

from node.answers.freeing import without_details
from node.answers.sealed import Revision
from node.answers.shrinking import without
from node.api.history import Forget, ForgetView, PreviewForget
from node.core import Core
from node.desk import references
from node.desk.entries import Entry, State
from node.desk.events import BY_ITSELF, Did, Event
from node.desk.matches import RUNNING
from node.desk.reasons import GONE
from node.desk.references import Kind
from node.refusal import Refused, Why
from node.store.forgetting import (
    all_kept_since,
    all_taken_back_since,
    delete_trace,
    has_trace,
    merge_index,
    same_person,
    shred,
)
from node.store.matches import matches_of
from protocol.ids import RecordId, UnixMs
from protocol.limits import DAY_MS

log = logging.getLogger(__name__)

KEPT_MS: Final = 30 * DAY_MS
"""Milliseconds that a person's words are kept after closing: a month, for whoever calls about it
once more."""
TOGETHER_MS: Final = DAY_MS
"""Milliseconds that what is due may wait for more of it: the file is written anew once a day."""
AT_ONCE: Final = 50
"""Entries in one transaction: the desk does not wait for more."""
ENDS: Final = {Kind.NEED: GONE, Kind.OFFER: State.WITHDRAWN.value}
"""As what an open one is closed when its person is forgotten."""


async def preview_forget(core: Core, request: PreviewForget, initials: str) -> ForgetView:
    return _view(await _person(core, request.ref), forgotten=False)


async def forget(core: Core, request: Forget, initials: str) -> ForgetView:
    """Answers when no page of the file has a word of them any more. Raises Refused."""
    entries = await _person(core, request.ref)
    for entry in entries:
        await _forget(core, entry, initials)
    await clear_traces(core)
    return _view(entries, forgotten=True)


async def _person(core: Core, typed: str) -> list[Entry]:
    """All that is the same person's, what was named first."""
    _sign, reference = references.parse(typed)
    if reference.kind not in ENDS:
        raise Refused(Why.REFERENCE_WRONG_KIND, given=str(reference), wanted="N-…, O-…")
    entries = await core.read(lambda conn: same_person(conn, str(reference)))
    if not entries:
        raise Refused(Why.REFERENCE_NOT_FOUND, given=typed)
    return entries


def _view(entries: list[Entry], *, forgotten: bool) -> ForgetView:
    first, *others = entries
    closes = tuple(entry.ref for entry in entries if not entry.is_closed)
    return ForgetView(first.ref, forgotten, tuple(entry.ref for entry in others), closes)


async def _forget(core: Core, entry: Entry, initials: str) -> None:
    """Close it where it is open, withdraw what was sealed about it, and shred the words."""
    events = [core.event(Did.FORGOTTEN, entry.ref, initials)]
    revisions: list[Revision] = []
    if not entry.is_closed:
        shrunk = await without(core, entry)
        revisions += shrunk.revisions
        matches = await core.read(lambda conn: matches_of(conn, entry.ref))
        ended = [match.ref for match in matches if match.state in RUNNING]
        events = [
            core.event(Did.CLOSED, entry.ref, initials, because=ENDS[entry.kind]),
            *(core.event(Did.FELL_THROUGH, match, initials) for match in ended),
            *events,
        ]
    revisions += (await without_details(core, entry)).revisions
    await core.save(*_each_once(revisions), also=partial(_shred, core, entry, events))


def _shred(core: Core, entry: Entry, events: list[Event], conn: sqlite3.Connection) -> None:
    core.append(conn, *events)
    shred(conn, entry.ref, entry.words.who, core.clock())


def _each_once(revisions: list[Revision]) -> list[Revision]:
    """Two reasons to erase the same record are one new version of it."""
    by_old: dict[RecordId | None, Revision] = {}
    for old, new in revisions:
        by_old.setdefault(None if old is None else old.id, (old, new))
    return list(by_old.values())


async def forget_due(core: Core) -> None:
    """Shred what was closed a month ago, or taken back; only while somebody vouches for the clock.

    Raises Refused(DISK_FAILED). A run that breaks off is harmless: the next one goes on.
    """
    if core.clock.is_trusted:
        now_ms = core.clock()
        oldest_ms = UnixMs(now_ms - KEPT_MS - TOGETHER_MS)
        if await core.read(lambda conn: _is_any_due(conn, oldest_ms)):
            await _shred_all(core, UnixMs(now_ms - KEPT_MS))
    if await core.read(has_trace):
        await clear_traces(core)


def _is_any_due(conn: sqlite3.Connection, before_ms: UnixMs) -> bool:
    return bool(all_kept_since(conn, before_ms, 1) or all_taken_back_since(conn, before_ms, 1))


async def _shred_all(core: Core, before_ms: UnixMs) -> None:
    while entries := await core.read(lambda conn: all_kept_since(conn, before_ms, AT_ONCE)):
        await core.save(also=partial(_shred_each, core, entries))
    while refs := await core.read(lambda conn: all_taken_back_since(conn, before_ms, AT_ONCE)):
        await core.save(also=partial(_shred_taken_back, core, refs))


def _shred_each(core: Core, entries: list[Entry], conn: sqlite3.Connection) -> None:
    for entry in entries:
        _shred(core, entry, [core.event(Did.FORGOTTEN, entry.ref, BY_ITSELF)], conn)


def _shred_taken_back(core: Core, refs: list[str], conn: sqlite3.Connection) -> None:
    for ref in refs:
        shred(conn, ref, "", core.clock())


async def clear_traces(core: Core) -> None:
    """Write the file anew without what lies between its rows. Raises Refused(DISK_FAILED).

    Where another program reads the file, the next look tries again.
    """
    await core.database.run(merge_index)
    if await core.database.rewrite():
        await core.database.run(delete_trace)

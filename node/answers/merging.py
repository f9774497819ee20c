"""Two of the same are made one: the duplicate is closed, and what only it said is kept."""

from __future__ import annotations

import sqlite3
from dataclasses import fields, replace
from typing import Any, Final

from node.answers.board import found
from node.answers.entries import LETTERS, show_entry
from node.answers.passed import NOT_PASSED, passed_by_ref
from node.answers.quiet import quiet_told, spread_by_edit, taken_by_edit
from node.answers.views import fold_of
from node.api.finding import Merge
from node.api.requests import ShowEntry
from node.api.views import EntryView
from node.core import Core
from node.desk.entries import Entry, refuse_closed, written
from node.desk.events import Did
from node.desk.matches import RUNNING
from node.desk.reasons import DUPLICATE_OF
from node.desk.words import Words
from node.refusal import Refused, Why
from node.store.matches import matches_of
from protocol.overflow import OverflowState

TEXTS: Final = tuple(
    each.name for each in fields(Words) if each.default == "" and each.name != "every"
)
"""What may be empty, and is then taken from the other one: but what is needed, or there, once does
not come again because a duplicate does."""
KEPT_MARKS: Final = ("danger", "quiet")
"""True of the person, or of what they are in, if either says so."""


async def merge(core: Core, request: Merge, initials: str) -> EntryView:
    """Raises Refused where anybody counts on the duplicate: then the other one is to be it."""
    kind = LETTERS[request.kind]
    ref, into = written(request.ref, kind), written(request.into, kind)
    if ref == into:
        raise Refused(Why.MERGE_ITSELF, ref=ref)
    duplicate = await core.read(lambda conn: found(conn, ref))
    kept = await core.read(lambda conn: found(conn, into))
    refuse_closed(duplicate)
    refuse_closed(kept)
    await _refuse_counted_on(core, duplicate, kept)
    filled = _missing_in(kept.words, duplicate.words)
    words = replace(kept.words, **filled)
    like = await taken_by_edit(core, into, kept.words, words)
    filled |= {"quiet": True} if like else {}
    spread = [] if like else await spread_by_edit(core, into, kept.words, words, initials)
    events = (
        core.event(Did.MERGED, ref, initials, because=f"{DUPLICATE_OF} {into}", into=into),
        core.event(Did.FILLED, into, initials, **{"from": ref}, **filled),
        *spread,
    )
    await core.save(also=lambda conn: core.append(conn, *events))
    view = await show_entry(core, ShowEntry(request.kind, into), initials)
    return replace(quiet_told(view, like, events[2:]), also_changed=(ref,))


async def _refuse_counted_on(core: Core, duplicate: Entry, kept: Entry) -> None:
    if await _is_counted_on(core, duplicate):
        both = await _is_counted_on(core, kept)
        why = Why.MERGE_BOTH_COUNTED_ON if both else Why.MERGE_OTHER_WAY
        raise Refused(why, ref=duplicate.ref, into=kept.ref)


async def _is_counted_on(core: Core, entry: Entry) -> bool:
    """Whether something came of it or is to come: a match runs, or other halls still see it."""
    passed = (await passed_by_ref(core)).get(entry.ref, NOT_PASSED)
    is_seen = any(
        fold_of(core, record).state is not OverflowState.CLOSED for record in passed.overflows
    )
    has_moved = entry.received > 0 or entry.sums.moved > 0
    return is_seen or has_moved or await core.read(lambda conn: _is_matched(conn, entry))


def _is_matched(conn: sqlite3.Connection, entry: Entry) -> bool:
    return any(each.state in RUNNING for each in matches_of(conn, entry.ref))


def _missing_in(kept: Words, other: Words) -> dict[str, Any]:
    """What `kept` does not say and `other` does.

    A consent is about the contact that it was given with: it goes with that, or not at all.
    """
    filled: dict[str, Any] = {
        name: getattr(other, name)
        for name in TEXTS
        if getattr(other, name) and not getattr(kept, name)
    }
    if kept.contact and kept.contact != other.contact:
        filled.pop("consent", None)
    if kept.by_ms is None and other.by_ms is not None:
        filled["by_ms"] = other.by_ms
    marks = {name for name in KEPT_MARKS if getattr(other, name) and not getattr(kept, name)}
    return filled | dict.fromkeys(marks, True)

"""The quiet mark goes with the person: taken over by what is new of theirs, and set on the others.

What takes it over says whose it is by a reference, never by a name; and only once it is saved, when
that stands in the history: nobody learns by typing alone who is quiet.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from node.api.history import REFS_TOLD
from node.api.views import EntryView
from node.core import Core
from node.desk.entries import Entry
from node.desk.events import BY_ITSELF, Did, Event
from node.desk.quiet import person_of
from node.desk.words import Words
from node.store.board import Refolded
from node.store.entries import find_entry
from node.store.quiet import last_said, quiet_of, unmarked_of


def taken_over(conn: sqlite3.Connection, words: Words, ref: str = "") -> str:
    """The reference of one of the same person that is quiet, other than `ref`; empty: none is."""
    person = person_of(words)
    return next(quiet_of(conn, person, ref), "") if person.is_known else ""


def spreading(
    core: Core,
    conn: sqlite3.Connection,
    ref: str,
    words: Words,
    initials: str,
    same: Entry | None = None,
) -> list[Event]:
    """That the mark of `ref` is set on all of the same person, and on `same`, of which somebody
    said that it is."""
    person = person_of(words)
    others = dict.fromkeys(unmarked_of(conn, person, ref) if person.is_known else ())
    if same is not None and _takes_a_mark(find_entry(conn, same.ref)):
        others.setdefault(same.ref)
    return [core.event(Did.QUIETED, other, initials, like=ref) for other in others]


def _takes_a_mark(entry: Entry | None) -> bool:
    return entry is not None and not entry.forgotten and not entry.words.quiet


async def taken_by(core: Core, words: Words, same: Entry | None) -> str:
    """Whose mark something new takes over, that is said to be of the same person as `same`."""
    if same is not None and same.words.quiet:
        return same.ref
    return await core.read(lambda conn: taken_over(conn, words))


async def taken_by_edit(core: Core, ref: str, before: Words, after: Words) -> str:
    """Whose mark an entry takes over that another person stands in now; empty: nobody's."""
    if after.quiet or person_of(before) == person_of(after):
        return ""
    return await core.read(lambda conn: taken_over(conn, after, ref))


async def hangs_on_another(core: Core, ref: str) -> bool:
    """Whether it would lose its mark with another's: not once somebody says it of this one too."""
    said = await core.read(partial(last_said, device=core.hall.device_key, ref=ref))
    return said is not None and said.is_marked


async def spread_by_edit(
    core: Core, ref: str, before: Words, after: Words, initials: str
) -> list[Event]:
    """What follows where an entry is marked now, or it is said only now whose the mark is.

    Whoever puts a wrong contact right has said nothing of the other one: nobody else is marked.
    """
    is_as_before = before.quiet and (
        person_of(before).is_known or person_of(before) == person_of(after)
    )
    if not after.quiet or is_as_before:
        return []
    return await core.read(partial(_spreading, core, ref, after, initials))


def _spreading(
    core: Core, ref: str, words: Words, initials: str, conn: sqlite3.Connection
) -> list[Event]:
    return spreading(core, conn, ref, words, initials)


def is_unmarked(changed: Refolded) -> bool:
    """Whether an undo took its mark from it."""
    return _stands_without(changed) and changed.before is not None and changed.before.words.quiet


def keep_quiet(
    core: Core, conn: sqlite3.Connection, refolded: Iterable[Refolded]
) -> dict[str, None]:
    """Mark again what an undo has taken the mark from, or given back the contact of a person,
    where another of the same person is quiet; returns those.

    Undo is exact but for that: the safety of the person goes before it. What somebody took the mark
    away from since stays without. The mark hangs on the other one now, and falls with its act; the
    node sets it by itself, for it is nobody's last act.
    """
    exposed = [each.after for each in refolded if each.after and _is_exposed(each)]
    marks = {entry.ref: mark for entry in exposed if (mark := _mark_for(core, conn, entry))}
    for ref, (like, act) in marks.items():
        core.append(conn, core.event(Did.QUIETED, ref, BY_ITSELF, like=like), act=act)
    return dict.fromkeys(marks)


def _stands_without(changed: Refolded) -> bool:
    after = changed.after
    return after is not None and not after.forgotten and not after.words.quiet


def _is_exposed(changed: Refolded) -> bool:
    before, after = changed.before, changed.after
    if before is None or after is None or not _stands_without(changed):
        return False
    return before.words.quiet or person_of(before.words) != person_of(after.words)


def _mark_for(core: Core, conn: sqlite3.Connection, entry: Entry) -> tuple[str, int] | None:
    """Whose mark it has, and the act that this is taken back with; None: nobody's."""
    person, device = person_of(entry.words), core.hall.device_key
    said = last_said(conn, device, entry.ref)
    from_n = said.n if said is not None and said.is_taken_away else 0
    for ref in quiet_of(conn, person, entry.ref) if person.is_known else ():
        mark = last_said(conn, device, ref)
        if mark is not None and mark.n > from_n:
            return mark.like or ref, mark.act
    return None


async def still_quiet(core: Core, ref: str, before: Words, after: Words) -> tuple[str, ...]:
    """The person's others that keep the mark where it was taken away from `ref`."""
    if after.quiet or not before.quiet:
        return ()
    others = await core.read(lambda conn: list(quiet_of(conn, person_of(after), ref)))
    return tuple(others[:REFS_TOLD])


def quiet_told(view: EntryView, like: str, spread: Iterable[Event]) -> EntryView:
    """The view, with whose mark it has taken over, and what has got its own."""
    return replace(view, quiet_like=like, also_quiet=tuple(each.about for each in spread))

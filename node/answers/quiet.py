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
from node.desk.events import Did, Event
from node.desk.quiet import person_of
from node.desk.words import Words
from node.store.quiet import quiet_of, unmarked_of


def taken_over(conn: sqlite3.Connection, words: Words, ref: str = "") -> str:
    """The reference of one of the same person that is quiet, other than `ref`; empty: none is."""
    person = person_of(words)
    return next(quiet_of(conn, person, ref), "") if person.is_known else ""


def spreading(
    core: Core, conn: sqlite3.Connection, ref: str, words: Words, initials: str
) -> list[Event]:
    """That the mark of `ref` is set on all that is open of the same person."""
    person = person_of(words)
    others = unmarked_of(conn, person, ref) if person.is_known else ()
    return [core.event(Did.QUIETED, other, initials, like=ref) for other in others]


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


async def spread_by_edit(
    core: Core, ref: str, before: Words, after: Words, initials: str
) -> list[Event]:
    """What follows where an entry is marked now, or the person of one that is marked is another."""
    is_as_before = before.quiet and person_of(before) == person_of(after)
    if not after.quiet or is_as_before:
        return []
    return await core.read(partial(_spreading, core, ref, after, initials))


def _spreading(
    core: Core, ref: str, words: Words, initials: str, conn: sqlite3.Connection
) -> list[Event]:
    return spreading(core, conn, ref, words, initials)


async def still_quiet(core: Core, ref: str, before: Words, after: Words) -> tuple[str, ...]:
    """The person's others that keep the mark where it was taken away from `ref`."""
    if after.quiet or not before.quiet:
        return ()
    others = await core.read(lambda conn: list(quiet_of(conn, person_of(after), ref)))
    return tuple(others[:REFS_TOLD])


def quiet_told(view: EntryView, like: str, spread: Iterable[Event]) -> EntryView:
    """The view, with whose mark it has taken over, and what has got its own."""
    return replace(view, quiet_like=like, also_quiet=tuple(each.about for each in spread))

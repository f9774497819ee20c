"""Rows of a spreadsheet onto the board; the board and what happened, page by page, for a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from node.answers.entries import LETTERS
from node.answers.quiet import spreading, taken_over
from node.api.sheets import ImportedRow, ImportedView, ImportRows
from node.core import Core
from node.desk.categories import CATEGORIES, UNITS, category_of, unit_of
from node.desk.entries import Entry
from node.desk.events import Did, Event
from node.desk.look_alikes import street_of
from node.desk.quantity import ONE, WHOLE_MAX
from node.desk.quiet import person_of
from node.desk.references import Kind
from node.desk.rounds import every_of
from node.desk.text import clean_text
from node.desk.words import TEXTS, Channel, Words, channel_of
from node.refusal import Refused, Why
from node.store.entries import find_entry
from node.store.quiet import quiet_places
from node.store.references import next_references
from node.store.sheets import Likeness, act_of, find_same
from protocol.ids import UnixMs

ROWS_MAX: Final = 1_000
"""Rows in one request: more would keep the desk waiting. The command sends fewer."""
CHANNELS: Final = frozenset(map(str, Channel))


async def import_rows(core: Core, request: ImportRows, initials: str) -> ImportedView:
    """Raises Refused, and nothing is saved, where a row is none that a sheet is read into."""
    if len(request.rows) > ROWS_MAX:
        raise Refused(Why.NODE_OTHER_VERSION)
    for row in request.rows:
        refuse_impossible(row.words)
    rows = [Likeness.of(LETTERS[each.kind], each.words, each.said_ms) for each in request.rows]
    now_ms = core.clock()

    def write(conn: sqlite3.Connection) -> ImportedView:
        sorted_out = _sort_out(conn, rows, now_ms)
        new, found = sorted_out.new, _found_unmarked(conn, sorted_out)
        likes = _likes(conn, rows, sorted_out, found)
        now = core.event(Did.ADDED, "", initials)
        marks = {n: {"quiet": True} for n in (*likes, *sorted_out.quiet)}
        events = [_added(now, ref, rows[n], marks.get(n, {})) for n, ref in new.items()]
        act = act_of(conn, core.hall.device_key, request.act, initials)
        if events:
            act = core.append_new(conn, events, act)
        spread = _spreading(core, conn, rows, sorted_out, found, initials)
        core.append(conn, *spread, act=act)
        told = [replace(row, quiet_like=likes.get(n, "")) for n, row in enumerate(sorted_out.rows)]
        by_others = [new[n] for n in sorted(sorted_out.quiet) if not rows[n].words.quiet]
        also = (*by_others, *(each.about for each in spread))
        return ImportedView(act or 0, tuple(told), also)

    return await core.save(also=write)


def _found_unmarked(conn: sqlite3.Connection, sorted_out: _SortedOut) -> list[Entry]:
    """Those on the board that a row, which is not saved again, says are quiet, and that are not."""
    entries = [find_entry(conn, ref) for ref in sorted_out.found_quiet]
    return [entry for entry in entries if entry and not entry.words.quiet]


def _likes(
    conn: sqlite3.Connection,
    rows: Sequence[Likeness],
    sorted_out: _SortedOut,
    found: Sequence[Entry],
) -> dict[int, str]:
    """Whose quiet mark each new row takes over, by its place: of the same sheet's, or of one that
    was there before."""
    new, quiet = sorted_out.new, sorted_out.quiet
    marked = [(person_of(rows[n].words), new[n]) for n in new if n in quiet]
    marked += [(person_of(entry.words), entry.ref) for entry in found]
    places = quiet_places(conn)
    places |= {place for person, _ in marked for place in (person.phone, person.street) if place}
    likes: dict[int, str] = {}
    for n in new:
        words, phone = rows[n].words, rows[n].phone
        is_near = phone in places or street_of(words.contact, words.zone) in places
        if is_near and n not in quiet:
            person = person_of(words)
            beside = next((ref for other, ref in marked if person.is_same(other)), "")
            if like := beside or taken_over(conn, words):
                likes[n] = like
    return likes


def _spreading(
    core: Core,
    conn: sqlite3.Connection,
    rows: Sequence[Likeness],
    sorted_out: _SortedOut,
    found: Sequence[Entry],
    initials: str,
) -> list[Event]:
    """That what was found is marked, and the others of all who are marked in the sheet, each
    once."""
    spread = {entry.ref: core.event(Did.QUIETED, entry.ref, initials) for entry in found}
    marked = [(ref, rows[n].words) for n, ref in sorted_out.new.items() if n in sorted_out.quiet]
    for ref, words in (*marked, *((entry.ref, entry.words) for entry in found)):
        for event in spreading(core, conn, ref, words, initials):
            spread.setdefault(event.about, event)
    return list(spread.values())


def refuse_impossible(words: Words) -> None:
    """Raises Refused for what reading a sheet does not leave: it comes from no command of ours."""
    if words.category not in CATEGORIES:
        category_of(words.category)
    if words.unit not in UNITS:
        unit_of(words.unit)
    if words.channel not in CHANNELS:
        channel_of(words.channel)
    if not 0 < words.qty <= WHOLE_MAX * ONE:
        raise Refused(Why.QUANTITY_NOT_POSITIVE, given=words.qty / ONE)
    if words.every:
        every_of(words.every)
    for name, limit in TEXTS.items():
        text = getattr(words, name)
        if text or name == "text":
            clean_text(text, limit, name)


@dataclass(frozen=True, slots=True)
class _SortedOut:
    """`new`: references for those rows that are, by their place; `rows`: what becomes of each.

    A row that is not saved again may say more than the one before it, that somebody is quiet:
    `quiet` are the places of those new rows that are, by their own words or by such a row's, and
    `found_quiet` the references on the board of which such a row says it.
    """

    new: dict[int, str]
    rows: tuple[ImportedRow, ...]
    quiet: frozenset[int]
    found_quiet: tuple[str, ...]


def _sort_out(conn: sqlite3.Connection, rows: Sequence[Likeness], now_ms: UnixMs) -> _SortedOut:
    there: dict[int, str] = {}
    twice: dict[int, int] = {}
    first: dict[Hashable, int] = {}
    for n, row in enumerate(rows):
        keys = tuple(row.keys())
        before = next((first[key] for key in keys if key in first), None)
        if before is not None:
            twice[n] = before
        elif ref := find_same(conn, row, now_ms):
            there[n] = ref
        for key in keys:
            first.setdefault(key, n)
    new: dict[int, str] = {}
    for kind in (Kind.NEED, Kind.OFFER):
        places = [n for n, row in enumerate(rows) if row.kind is kind and n not in there | twice]
        new.update(zip(places, next_references(conn, kind, len(places)), strict=True))
    refs = new | there
    for n, before in twice.items():
        refs[n] = refs[before]
    said_quiet = dict.fromkeys(refs[n] for n, row in enumerate(rows) if row.words.quiet)
    saved = set(new.values())
    return _SortedOut(
        dict(sorted(new.items())),
        tuple(ImportedRow(refs[n], n in new) for n in range(len(rows))),
        frozenset(n for n, ref in new.items() if ref in said_quiet),
        tuple(ref for ref in said_quiet if ref not in saved),
    )


def _added(now: Event, ref: str, row: Likeness, marks: Mapping[str, bool]) -> Event:
    """Nobody of the desk has read it yet."""
    data = {**row.words.to_short_data(), **marks, "unread": True}
    if row.said_ms is not None:
        data["said_ms"] = row.said_ms
    return Event(Did.ADDED, ref, now.at_ms, now.initials, data, now.trusted)

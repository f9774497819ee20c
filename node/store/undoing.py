"""An act taken back: its events count no more, and what they were about is folded without them.

What the node wrote by itself, that somebody looked at it, and a quiet mark that came with another
of the same person fall with what it was about. What a person has built on it since stands in the
way.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from node.desk.entries import Entry
from node.desk.events import (
    BY_ITSELF,
    Did,
    Event,
    ForgottenError,
    ImpossibleError,
    StillPassedOnError,
)
from node.desk.matches import RUNNING, is_overpromised
from node.desk.references import Kind
from node.store.board import Refolded, refold
from node.store.entries import find_entry, is_passed
from node.store.events import (
    EventRow,
    add_events,
    all_events_of,
    counting_events,
    event_row,
    last_counter,
    mark_undone,
)
from node.store.matches import matches_of
from protocol.ids import DeviceKey

FIRST: Final = frozenset({Did.ADDED, Did.MATCHED, Did.PLANNED})
"""Before it there is nothing."""
DIRECT: Final = frozenset({Did.RECEIVED, Did.GIVEN})
"""Moves something without a match."""
MOVES: Final = DIRECT | {Did.HANDED_OVER}
GIVES_TIME: Final = frozenset({Did.ASKED, Did.AGREED})
"""By itself, it only says until when: of what was said while nobody knew the time."""
AGREEING: Final = frozenset({Did.MATCHED, Did.AGREED})


def undo(
    conn: sqlite3.Connection, device: DeviceKey, act: Sequence[EventRow], event: Event
) -> list[Refolded]:
    """Take these events back by `event`; returns the needs and offers that are different now.

    Raises ImpossibleError where something else has been built on them since.
    """
    add_events(conn, device, [event])
    gone = [row.counter for row in (*act, *_falling(conn, device, act))]
    mark_undone(conn, device, gone, last_counter(conn, device))
    refolded = refold(conn, refs_of(act))
    has_moved = any(row.event.did in MOVES for row in act)
    for each in refolded:
        _refuse_built_on(conn, act, each)
        if has_moved:
            _refuse_less_than_nothing(conn, each.ref)
    return refolded


def tried(
    conn: sqlite3.Connection, device: DeviceKey, act: Sequence[EventRow], event: Event
) -> list[Refolded]:
    """What `undo` would return. Changes nothing; raises what that would."""
    conn.execute("SAVEPOINT trying")
    try:
        return undo(conn, device, act, event)
    finally:
        conn.execute("ROLLBACK TO trying")
        conn.execute("RELEASE trying")


def undo_untouched(
    conn: sqlite3.Connection, device: DeviceKey, act: Sequence[EventRow], event: Event
) -> tuple[list[EventRow], list[Refolded]]:
    """Take back those of these events that nobody has built on, each for itself, and a quiet mark
    with the one that it came from; returns them, and what is different now."""
    conn.execute("SAVEPOINT together")
    try:
        refolded = undo(conn, device, act, event)
    except ImpossibleError:
        conn.execute("ROLLBACK TO together")
    else:
        return list(act), refolded
    finally:
        conn.execute("RELEASE together")
    done = [row for row in act if row.event.did is not Did.QUIETED]
    gone = [row for row in done if _can_be_undone(conn, device, row, event)]
    refs = refs_of(gone)
    marks = (row for row in act if row.event.did is Did.QUIETED)
    gone += [mark for mark in marks if mark.event.data.get("like") in refs]
    return gone, undo(conn, device, gone, event) if gone else []


def _can_be_undone(
    conn: sqlite3.Connection, device: DeviceKey, row: EventRow, event: Event
) -> bool:
    try:
        tried(conn, device, [row], event)
    except ImpossibleError:
        return False
    return True


def _falling(
    conn: sqlite3.Connection, device: DeviceKey, act: Sequence[EventRow]
) -> list[EventRow]:
    """What falls with these events, though it is not of their act."""
    first: dict[str, EventRow] = {}
    for row in act:
        first.setdefault(row.event.about, row)
    counters = {row.counter for row in act}
    later = conn.execute(
        # By what they are about: by counter, all that happened since would be read.
        "SELECT * FROM event WHERE about IN (SELECT value FROM json_each(?)) AND +device = ?"
        " AND +counter > ? AND undone IS NULL ORDER BY n",
        [json.dumps(list(first)), device, min(counters)],
    )
    return [
        row
        for row in map(event_row, later)
        if row.counter not in counters and _falls_with(first[row.event.about], row)
    ]


def _falls_with(first: EventRow, later: EventRow) -> bool:
    event = later.event
    if later.counter < first.counter:
        return False
    if first.event.did in FIRST:
        is_by_itself = event.initials == BY_ITSELF and event.did not in MOVES
        return is_by_itself or event.did in {Did.READ, Did.QUIETED}
    return event.initials == BY_ITSELF and event.did in GIVES_TIME


def _refuse_built_on(conn: sqlite3.Connection, act: Sequence[EventRow], refolded: Refolded) -> None:
    """Raises ImpossibleError where it would stand as nobody could have brought it about."""
    before, after, ref = refolded.before, refolded.after, refolded.ref
    if before is not None and before.forgotten and ref not in _marked_alone(act):
        raise ForgottenError(f"its person was forgotten: {ref}")
    if before is None or after is None:
        return
    # What goods have outrun may have been so before: that is no reason to keep the act.
    is_more = is_overpromised(after) and not is_overpromised(before)
    if is_more and (after.kind is Kind.OFFER or _is_matched_since(conn, act, ref)):
        raise ImpossibleError(f"more is promised than there is: {ref}")
    if after.is_closed and not before.is_closed and _is_matched(conn, ref):
        raise ImpossibleError(f"a match of what is closed: {ref}")
    _refuse_counted_otherwise(conn, before, after)


def _marked_alone(act: Iterable[EventRow]) -> set[str]:
    """What got its quiet mark with the act, and no more: there is nobody any more who loses it."""
    marks, done = set[str](), set[str]()
    for row in act:
        (marks if row.event.did is Did.QUIETED else done).add(row.event.about)
    return marks - done


def _is_matched_since(conn: sqlite3.Connection, act: Sequence[EventRow], ref: str) -> bool:
    """Whether somebody has agreed on another match of it since. A need may have been promised more
    than it is said to lack before that: an edit does that as well."""
    running = [each.ref for each in matches_of(conn, ref) if each.state in RUNNING]
    others = set(running) - refs_of(act).keys()
    rows = all_events_of(conn, others)
    # A quiet mark may come to an act long after it.
    last = max((row.counter for row in act if row.event.did is not Did.QUIETED), default=0)
    return any(
        row.counter > last
        and row.undone is None
        and row.event.did in AGREEING
        and row.event.initials != BY_ITSELF
        for row in rows
    )


def _refuse_counted_otherwise(conn: sqlite3.Connection, before: Entry, after: Entry) -> None:
    """Raises ImpossibleError where others count it as it was counted until now."""
    is_other_unit = before.words.unit != after.words.unit
    if is_other_unit and _is_matched(conn, after.ref, ended=True):
        raise ImpossibleError(f"matched in another unit: {after.ref}")
    is_other = is_other_unit or before.words.category != after.words.category
    if is_other and is_passed(conn, after.ref):
        raise StillPassedOnError(f"passed on as it was: {after.ref}")


def _is_matched(conn: sqlite3.Connection, ref: str, *, ended: bool = False) -> bool:
    """Whether a match of it runs; `ended`: or something of one has moved."""
    matches = matches_of(conn, ref)
    return any(each.state in RUNNING or (ended and each.moved) for each in matches)


def _refuse_less_than_nothing(conn: sqlite3.Connection, ref: str) -> None:
    """Raises ImpossibleError where more was taken back of it than had come, or it has begun again
    when less had come."""
    entry = find_entry(conn, ref)
    events = counting_events(conn, ref)
    come = accumulate(each.data["qty"] for each in events if each.did in DIRECT)
    if min(come, default=0) < 0 or (entry and entry.before > entry.direct + entry.sums.moved):
        raise ImpossibleError(f"less than nothing came: {ref}")


def refs_of(rows: Iterable[EventRow]) -> dict[str, None]:
    """What these events are about, each once, in order."""
    return dict.fromkeys(row.event.about for row in rows)

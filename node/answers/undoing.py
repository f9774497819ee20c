"""Undo: the last thing that these initials did, taken back.

What has left the hall cannot be taken back, only withdrawn: that is what undo does with it, where
it can be done at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from node.answers.freeing import freed_by_undo
from node.answers.passed import refuse_overpromised
from node.answers.revisions import nothing
from node.answers.views import spoken_about
from node.answers.withdrawing import WAYS, Withdrawal, withdrawal_of
from node.api.history import REFS_TOLD, Undo, UndoneView
from node.core import Core
from node.desk.events import Did, Event, ForgottenError, ImpossibleError, StillPassedOnError
from node.refusal import Refused, Why
from node.store.board import Refolded
from node.store.events import EventRow, events_of_act, last_act, mark_left
from node.store.undoing import refs_of, tried, undo_untouched
from node.store.undoing import undo as take_back

ROWS_AT_ONCE: Final = 100
"""Rows of a sheet in one transaction: what was imported in thousands does not hold up the desk."""

BEYOND: Final = frozenset(
    {
        Did.WITHDRAWN,
        Did.RENEWED,
        Did.RESIZED,
        Did.RETRACTED,
        Did.NOT_NEEDED,
        Did.RELEASED,
        Did.SENT,
        Did.CAME,
    }
)
"""Has left the hall, and there is nothing that takes it back."""

NO_WITHDRAWAL: Final = Withdrawal((), nothing)


async def undo(core: Core, request: Undo, initials: str) -> UndoneView:
    """Raises Refused, and nothing has changed, where there is nothing to undo, where it has left
    the hall for good, or where something was built on it since."""
    device = core.hall.device_key
    rows = await core.read(lambda conn: last_act(conn, device, initials, ROWS_AT_ONCE))
    if not rows:
        raise Refused(Why.UNDO_NOTHING, initials=initials)
    if _is_of_sheet(rows):
        return await _undo_sheet(core, rows, initials)
    act = rows[0].act
    return await _undo_act(core, await core.read(partial(_whole, core, act)), initials)


def _is_of_sheet(rows: Sequence[EventRow]) -> bool:
    """Several that are new, and the marks that came with them."""
    done, _marks = _split(rows)
    return len(done) > 1 and all(row.event.did is Did.ADDED for row in done)


def _split(rows: Iterable[EventRow]) -> tuple[list[EventRow], list[EventRow]]:
    """What was done, and the quiet marks that came with it."""
    done: list[EventRow] = []
    marks: list[EventRow] = []
    for row in rows:
        (marks if row.event.did is Did.QUIETED else done).append(row)
    return done, marks


def _whole(core: Core, act: int, conn: sqlite3.Connection) -> list[EventRow]:
    return events_of_act(conn, core.hall.device_key, act)


# What one command did ---------------------------------------------------------------------


async def _undo_act(core: Core, rows: list[EventRow], initials: str) -> UndoneView:
    """In one go, and it leaves the hall with that or not at all."""
    first = rows[0].event
    _refuse_gone(core, rows)
    event = _undone(core, rows, initials)
    refolded = await core.database.run(partial(_try, core, rows, event))
    await _refuse_overpromised(core, rows, refolded)
    withdrawal = withdrawal_of(core, first) if first.did in WAYS else NO_WITHDRAWAL
    done = withdrawal or NO_WITHDRAWAL
    erased = await freed_by_undo(core, refolded)
    revisions = (*done.revisions, *erased.revisions)
    await core.save(*revisions, also=partial(_take_back, core, rows, event, done))
    deeds, marks = _split(rows)
    return UndoneView(
        first.at_ms,
        first.initials,
        first.did,
        _told(core, refs_of(deeds)),
        withdrawn=bool(done.revisions) and done.accepted is None,
        count=len(refs_of(deeds)),
        was_over=withdrawal is None,
        accepted=done.accepted,
        stays=_told(core, (each for row in rows for each in row.event.data.get("asks_less", ()))),
        erased=erased.refs,
        unmarked=_told(core, refs_of(marks)),
    )


def _undone(core: Core, rows: Sequence[EventRow], initials: str) -> Event:
    first = rows[0].event
    return core.event(Did.UNDONE, first.about, initials, what=first.did)


def _refuse_gone(core: Core, rows: Sequence[EventRow]) -> None:
    first = rows[0].event
    if any(row.event.did is Did.FORGOTTEN for row in rows):
        raise Refused(Why.UNDO_FORGOTTEN, ref=first.about)
    if any(row.event.did in BEYOND for row in rows):
        raise Refused(Why.UNDO_LEFT, ref=spoken_about(core, first.about), did=first.did)


def _try(
    core: Core, rows: Sequence[EventRow], event: Event, conn: sqlite3.Connection
) -> list[Refolded]:
    """What the board would be. Raises Refused."""
    try:
        return tried(conn, core.hall.device_key, rows, event)
    except ForgottenError as impossible:
        about = spoken_about(core, rows[0].event.about)
        raise Refused(Why.IS_FORGOTTEN, ref=about) from impossible
    except StillPassedOnError as impossible:
        raise _still_passed_on(rows) from impossible
    except ImpossibleError as impossible:
        raise _built_on(core, rows) from impossible


def _take_back(
    core: Core,
    rows: Sequence[EventRow],
    event: Event,
    withdrawal: Withdrawal,
    conn: sqlite3.Connection,
) -> None:
    """What it did beyond the hall is booked first: that is a change of its own."""
    withdrawal.book(conn)
    take_back(conn, core.hall.device_key, rows, event)


async def _refuse_overpromised(
    core: Core, rows: Sequence[EventRow], refolded: Iterable[Refolded]
) -> None:
    """Raises Refused where an offer would have less than neighbours count on by now."""
    for each in refolded:
        if each.before and each.after and each.after.free < each.before.free:
            try:
                await refuse_overpromised(core, each.after)
            except Refused as refused:
                raise _built_on(core, rows) from refused


def _built_on(core: Core, rows: Sequence[EventRow]) -> Refused:
    about = rows[0].event
    return Refused(Why.UNDO_BUILT_ON, ref=spoken_about(core, about.about), did=about.did)


def _still_passed_on(rows: Sequence[EventRow]) -> Refused:
    """It stays, for something may come of it yet; closing it has the same end."""
    about = rows[0].event
    if about.did is not Did.ADDED:
        return Refused(Why.UNDO_PASSED_AS_IT_IS, ref=about.about, did=about.did)
    return Refused(Why.UNDO_PASSED_ON, ref=about.about)


# A sheet ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sheet:
    """How far a sheet is taken back. `left` is what others have gone on with; `unmarked` are the
    rows of that for which undo would still come back."""

    refs: list[str] = field(default_factory=list)
    count: int = 0
    left: list[str] = field(default_factory=list)
    left_count: int = 0
    unmarked: list[EventRow] = field(default_factory=list)

    def add(self, part: Sequence[EventRow], gone: Sequence[EventRow]) -> None:
        """`gone` are those of `part` that were taken back."""
        unmarked = _without(part, gone)
        (gone, _), (left, _) = _split(gone), _split(unmarked)
        self.refs = [*refs_of(gone), *self.refs][:REFS_TOLD]
        self.left = [*refs_of(left), *self.left][:REFS_TOLD]
        self.count += len(gone)
        self.left_count += len(left)
        self.unmarked = [] if self.count else [*self.unmarked, *unmarked]


async def _undo_sheet(core: Core, rows: list[EventRow], initials: str) -> UndoneView:
    """What nobody has touched is taken back, part by part; the next undo passes over the rest.

    Broken off, the next one goes on with it. Raises Refused where others have gone on with all.
    """
    device, act, last = core.hall.device_key, rows[0].act, rows
    sheet = _Sheet()
    while rows:
        event = _undone(core, rows, initials)
        sheet.add(rows, await core.save(also=partial(_take_back_rows, core, sheet, rows, event)))
        last = rows
        before = partial(
            events_of_act, device=device, act=act, most=ROWS_AT_ONCE, before=rows[0].counter
        )
        rows = await core.read(before)
    if not sheet.count:
        raise _built_on(core, last)
    first = last[0].event
    return UndoneView(
        first.at_ms,
        first.initials,
        first.did,
        tuple(sheet.refs),
        count=sheet.count,
        left=tuple(sheet.left),
        left_count=sheet.left_count,
    )


def _take_back_rows(
    core: Core, sheet: _Sheet, rows: list[EventRow], event: Event, conn: sqlite3.Connection
) -> list[EventRow]:
    """Those of them that nobody has touched, in order."""
    device = core.hall.device_key
    gone = undo_untouched(conn, device, rows, event)
    if gone or sheet.count:
        left = [*sheet.unmarked, *_without(rows, gone)]
        mark_left(conn, device, [row.counter for row in left])
    return gone


def _without(rows: Iterable[EventRow], gone: Iterable[EventRow]) -> list[EventRow]:
    counters = {row.counter for row in gone}
    return [row for row in rows if row.counter not in counters]


# What all need ----------------------------------------------------------------------------


def _told(core: Core, abouts: Iterable[str]) -> tuple[str, ...]:
    return tuple(spoken_about(core, each) for each in dict.fromkeys(abouts))[:REFS_TOLD]

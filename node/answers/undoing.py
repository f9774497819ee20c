"""Undo: the last thing that these initials did, taken back.

What has left the hall cannot be taken back, only withdrawn: that is what undo does with it, where
it can be done at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from node.answers.freeing import freed_by_undo
from node.answers.passed import refuse_overpromised
from node.answers.quiet import is_unmarked, keep_quiet
from node.answers.revisions import nothing
from node.answers.views import spoken_about
from node.answers.withdrawing import WAYS, Withdrawal, withdrawal_of
from node.api.history import REFS_TOLD, Undo, UndoneView
from node.core import Core
from node.desk.events import Did, Event, ForgottenError, ImpossibleError, StillPassedOnError
from node.refusal import Refused, Why
from node.store.board import Refolded
from node.store.events import EventRow, events_of_act, is_sheet, last_act, mark_left
from node.store.quiet import marks_like
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
    act = rows[0].act
    if await core.read(partial(is_sheet, device=device, act=act)):
        return await _undo_sheet(core, rows, initials)
    return await _undo_act(core, await core.read(partial(_whole, core, act)), initials)


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
    kept = await core.save(*revisions, also=partial(_take_back, core, rows, event, done))
    deeds, marks = _split(rows)
    # A sheet may have brought nothing new but marks: those that hang on no other are what it did.
    deeds = deeds or [row for row in marks if "like" not in row.event.data]
    lost = _unmarked(refolded, marks)
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
        unmarked=_told(core, (ref for ref in lost if ref not in kept)),
        kept_quiet=_told(core, kept),
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
) -> dict[str, None]:
    """What it did beyond the hall is booked first: that is a change of its own. Returns what keeps
    its quiet mark."""
    withdrawal.book(conn)
    return keep_quiet(core, conn, take_back(conn, core.hall.device_key, rows, event))


def _unmarked(refolded: Iterable[Refolded], marks: Iterable[EventRow]) -> list[str]:
    refs = refs_of(marks)
    return [each.ref for each in refolded if each.ref in refs and is_unmarked(each)]


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
    """How far a sheet is taken back. `left` is what others have gone on with; `to_leave` are the
    rows of that for which undo would still come back; `unmarked` has lost the quiet mark with it,
    and `kept` has it still."""

    refs: list[str] = field(default_factory=list)
    count: int = 0
    left: list[str] = field(default_factory=list)
    left_count: int = 0
    to_leave: list[EventRow] = field(default_factory=list)
    unmarked: dict[str, None] = field(default_factory=dict)
    kept: dict[str, None] = field(default_factory=dict)

    def add(self, part: _Part) -> None:
        left_rows = _without(part.rows, part.gone)
        (gone, marks), (left, _) = _split(part.gone), _split(left_rows)
        self.refs = [*refs_of(gone), *self.refs][:REFS_TOLD]
        self.left = [*refs_of(left), *self.left][:REFS_TOLD]
        self.count += len(gone)
        self.left_count += len(left)
        self.to_leave = [] if self.count else [*self.to_leave, *left_rows]
        lost = dict.fromkeys(_unmarked(part.refolded, marks))
        self.kept = _but(self.kept, lost) | part.kept
        self.unmarked = _but(self.unmarked | lost, part.kept)


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows that are new, and the marks that others have from them; of these what is `gone`, what
    that has changed, and what of it has kept its mark."""

    rows: Sequence[EventRow]
    gone: Sequence[EventRow]
    refolded: Sequence[Refolded]
    kept: dict[str, None]


async def _undo_sheet(core: Core, rows: list[EventRow], initials: str) -> UndoneView:
    """What nobody has touched is taken back, part by part; the next undo passes over the rest.

    Broken off, the next one goes on with it. Raises Refused where others have gone on with all.
    """
    device, act, last = core.hall.device_key, rows[0].act, rows
    sheet = _Sheet()
    while rows:
        done, _marks = _split(rows)
        if done:
            event = _undone(core, done, initials)
            sheet.add(await core.save(also=partial(_take_back_rows, core, sheet, done, event)))
            last = done
        before = partial(
            events_of_act, device=device, act=act, most=ROWS_AT_ONCE, before=rows[0].counter
        )
        rows = await core.read(before)
    if not sheet.count:
        raise _built_on(core, last)
    _done, marks = _split(await core.read(partial(_whole, core, act)))
    if marks:
        event = _undone(core, last, initials)
        sheet.add(await core.save(also=partial(_take_back_marks, core, marks, event)))
    first = last[0].event
    return UndoneView(
        first.at_ms,
        first.initials,
        first.did,
        tuple(sheet.refs),
        count=sheet.count,
        left=tuple(sheet.left),
        left_count=sheet.left_count,
        unmarked=_told(core, sheet.unmarked),
        kept_quiet=_told(core, sheet.kept),
    )


def _take_back_rows(
    core: Core, sheet: _Sheet, rows: list[EventRow], event: Event, conn: sqlite3.Connection
) -> _Part:
    """Those of them that nobody has touched, in order; a mark goes, or stays, with the row that
    others have it from, in whatever part of the sheet it was written."""
    device = core.hall.device_key
    quiet = [row.event.about for row in rows if row.event.data.get("quiet")]
    marks = marks_like(conn, device, rows[0].act, quiet) if quiet else []
    part = [*rows, *marks]
    gone, refolded = undo_untouched(conn, device, part, event)
    if gone or sheet.count:
        left = [*sheet.to_leave, *_without(part, gone)]
        mark_left(conn, device, [row.counter for row in left])
    return _Part(part, gone, refolded, keep_quiet(core, conn, refolded))


def _take_back_marks(
    core: Core, marks: list[EventRow], event: Event, conn: sqlite3.Connection
) -> _Part:
    """Those that hang on no row of the sheet: it said them of what was on the board already."""
    refolded = take_back(conn, core.hall.device_key, marks, event)
    return _Part(marks, marks, refolded, keep_quiet(core, conn, refolded))


def _without(rows: Iterable[EventRow], gone: Iterable[EventRow]) -> list[EventRow]:
    counters = {row.counter for row in gone}
    return [row for row in rows if row.counter not in counters]


def _but(refs: Iterable[str], others: Container[str]) -> dict[str, None]:
    return dict.fromkeys(ref for ref in refs if ref not in others)


# What all need ----------------------------------------------------------------------------


def _told(core: Core, abouts: Iterable[str]) -> tuple[str, ...]:
    return tuple(spoken_about(core, each) for each in dict.fromkeys(abouts))[:REFS_TOLD]

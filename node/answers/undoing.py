"""Undo: the last thing that these initials did, taken back.

What has left the hall cannot be taken back, only withdrawn: that is what undo does with it, where
it can be done at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from node.answers.overflows import withdraw_overflow
from node.answers.pledges import release_pledge, retract_pledge
from node.answers.views import spoken
from node.api.history import Undo, UndoneView
from node.api.requests import ReleasePledge, RetractPledge, WithdrawOverflow
from node.core import Core
from node.desk.events import BY_ITSELF, Did, Event, ImpossibleError
from node.refusal import Refused, Why
from node.store.board import undo as take_back
from node.store.events import EventRow, events_of_act, last_act
from protocol.ids import ObjectId, as_text

ROWS_AT_ONCE: Final = 100
"""Events in one transaction: what was imported in thousands does not hold up the desk."""

ROWS_READ: Final = 1_000
"""Events of an act that are looked at together. Only what was imported has more, and all that is
of one sort."""

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


async def undo(core: Core, request: Undo, initials: str) -> UndoneView:
    """Raises Refused, and nothing has changed, where there is nothing to undo, where it has left
    the hall for good, or where something was built on it since."""
    device = core.hall.device_key
    rows = await core.read(lambda conn: last_act(conn, device, initials, ROWS_READ))
    if not rows:
        raise Refused(Why.UNDO_NOTHING, initials=initials)
    act, first = rows[0].act, rows[0].event
    has_left = await _withdraw(core, rows)
    refs: dict[str, None] = {}
    while rows:
        for start in range(len(rows), 0, -ROWS_AT_ONCE):
            part = rows[max(0, start - ROWS_AT_ONCE) : start]
            event = core.event(Did.UNDONE, part[0].event.about, initials, what=part[0].event.did)
            await core.save(also=partial(_undo, core, part, event))
        first = rows[0].event
        refs = dict.fromkeys(_spoken(core, row.event.about) for row in rows) | refs
        rows = await core.read(lambda conn: events_of_act(conn, device, act, ROWS_READ))
    return UndoneView(first.at_ms, first.initials, first.did, tuple(refs), withdrawn=has_left)


def _undo(core: Core, rows: list[EventRow], event: Event, conn: sqlite3.Connection) -> None:
    try:
        take_back(conn, core.hall.device_key, rows, event)
    except ImpossibleError as impossible:
        about = rows[0].event
        raise Refused(Why.UNDO_BUILT_ON, ref=about.about, did=about.did) from impossible


async def _withdraw(core: Core, rows: list[EventRow]) -> bool:
    """Whether it had left the hall, and is withdrawn now. Raises Refused where it cannot be.

    What withdraws it is no act of its own: the next undo goes on with what was done before.
    """
    first = rows[0].event
    if any(row.event.did is Did.FORGOTTEN for row in rows):
        raise Refused(Why.UNDO_FORGOTTEN, ref=first.about)
    if any(row.event.did in BEYOND for row in rows):
        raise Refused(Why.UNDO_LEFT, ref=_spoken(core, first.about), did=first.did)
    way = _WAYS.get(first.did)
    if way is None:
        return False
    about = first.data.get("overflow", first.about)
    await way(core, as_text(bytes.fromhex(about)))
    return True


async def _withdraw_overflow(core: Core, id_: str) -> object:
    return await withdraw_overflow(core, WithdrawOverflow(id_), BY_ITSELF)


async def _retract(core: Core, id_: str) -> object:
    return await retract_pledge(core, RetractPledge(id_), BY_ITSELF)


async def _release(core: Core, id_: str) -> object:
    return await release_pledge(core, ReleasePledge(id_), BY_ITSELF)


_WAYS: Final[dict[Did, Callable[[Core, str], Awaitable[object]]]] = {
    Did.PASSED: _withdraw_overflow,
    Did.PLEDGED: _retract,
    Did.ACCEPTED: _release,
}
"""How each is withdrawn, once it has left."""


def _spoken(core: Core, about: str) -> str:
    if about[1:2] == "-":
        return about
    record = core.shelf.find(ObjectId(bytes.fromhex(about)))
    return spoken(core, record) if record is not None else about

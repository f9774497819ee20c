"""The call-round, what was said in it, and what follows by itself where nobody says anything."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial
from typing import Final

from node.answers.board import found
from node.answers.closing import closing
from node.answers.entries import close_entry
from node.answers.passed import NOT_PASSED, Passed, passed_by_ref
from node.answers.shrinking import is_elsewhere, without
from node.answers.views import HIDDEN, KINDS
from node.api.decay import CallView, ListRound, RoundView, SayGone, SayStill
from node.api.requests import CloseEntry
from node.core import Core
from node.desk import decay, references
from node.desk.decay import Follows
from node.desk.entries import Entry, State, refuse_closed, written
from node.desk.events import BY_ITSELF, Did, Event
from node.desk.quantity import as_number
from node.desk.reasons import GONE, NO_ANSWER
from node.desk.references import Kind
from node.desk.rounds import begin_again
from node.refusal import Refused, Why
from node.store.due import all_to_ask, as_due, as_it_counts, count_quiet, due_refs
from node.store.entries import find_entry
from node.store.time import KnownTimes

NEEDS_AND_OFFERS: Final = "N-… / O-…"
AT_ONCE: Final = 50
"""What follows for so many is written in one go: a desk that types meanwhile waits for no more."""


async def list_round(core: Core, request: ListRound, initials: str) -> RoundView:
    now_ms = core.clock()
    calls = await core.read(partial(_calls, now_ms=now_ms))
    quiet = await core.read(partial(count_quiet, now_ms=now_ms))
    return RoundView(calls, quiet)


def _calls(conn: sqlite3.Connection, now_ms: int) -> tuple[CallView, ...]:
    known = KnownTimes(conn, now_ms)
    return tuple(_call(known, entry) for entry in all_to_ask(conn, now_ms))


async def say_still(core: Core, request: SayStill, initials: str) -> CallView:
    """Who did not answer, and does now, waits for that no longer."""
    ref, _ = _named(request.ref)
    entry = await core.read(lambda conn: found(conn, ref))
    refuse_closed(entry)
    events = [core.event(Did.STILL, ref, initials)]
    if entry.state is State.WAITING and entry.because == NO_ANSWER:
        events.append(core.event(Did.OPENED, ref, initials, because=None))

    def write(conn: sqlite3.Connection) -> CallView:
        core.append(conn, *events)
        return _call(KnownTimes(conn, core.clock()), found(conn, ref))

    return await core.save(also=write)


async def say_gone(core: Core, request: SayGone, initials: str) -> CallView:
    ref, kind = _named(request.ref)
    now_ms = core.clock()
    before = await core.read(lambda conn: _call(KnownTimes(conn, now_ms), found(conn, ref)))
    because = GONE if kind is Kind.NEED else State.WITHDRAWN.value
    closed = await close_entry(core, CloseEntry(KINDS[kind], ref, because), initials)
    return replace(
        before,
        state=closed.state,
        because=closed.because,
        also_changed=closed.also_changed,
        lapses_ms=None,
    )


def _named(typed: str) -> tuple[str, Kind]:
    """Raises Refused for what is no reference of a need or an offer."""
    _, reference = references.parse(typed)
    if reference.kind not in KINDS:
        raise Refused(Why.REFERENCE_WRONG_KIND, given=str(reference), wanted=NEEDS_AND_OFFERS)
    return written(typed, reference.kind), reference.kind


def _call(known: KnownTimes, entry: Entry) -> CallView:
    words = entry.words.without(HIDDEN) if entry.words.quiet else entry.words
    counted = as_it_counts(known, entry)
    return CallView(
        kind=KINDS[entry.kind],
        ref=entry.ref,
        state=entry.state,
        waiting_since_ms=decay.heard_ms(entry),
        category=words.category,
        text=words.text,
        qty=as_number(words.qty),
        unit=words.unit,
        zone=words.zone,
        contact=words.contact,
        behalf=words.behalf,
        languages=words.languages,
        ring=words.ring,
        safe=words.safe,
        danger=words.danger,
        by_ms=words.by_ms,
        lapses_ms=None if counted is None else decay.lapses_ms(counted, known.now_ms),
        because=entry.listed_because,
    )


async def let_pass(core: Core, most: int | None = None) -> None:
    """Let lapse, open and begin again what is due: `most` of it, None: all.

    Only while somebody vouches for the clock. Each is an act of its own. The caller does not hold
    `core.writing`: commands come in between. Raises Refused(DISK_FAILED).
    """
    if not core.clock.is_trusted:
        return
    refs = await core.read(partial(due_refs, now_ms=core.clock(), most=most))
    for first in range(0, len(refs), AT_ONCE):
        async with core.writing:
            await _pass(core, refs[first : first + AT_ONCE])


async def _pass(core: Core, refs: list[str]) -> None:
    """What was passed on goes by itself, with what neighbours hear of it; the others together.

    What another device of this hall has passed on stays until neighbours are asked no more.
    """
    due = await core.read(lambda conn: _still_due(conn, refs, core.clock()))
    passed = await passed_by_ref(core) if due else {}
    alone = [entry for entry in due if _ends(entry) and entry.ref in passed]
    together = [entry for entry in due if entry not in alone]
    if together:
        await core.save(also=lambda conn: _append_acts(core, conn, together))
    for entry in alone:
        is_promised = _is_promised(entry, passed.get(entry.ref, NOT_PASSED))
        if not is_promised and not await is_elsewhere(core, entry):
            shrunk = await without(core, entry)
            write = partial(_append_acts, core, entries=[entry])
            await core.save(*shrunk.revisions, also=write)


def _still_due(conn: sqlite3.Connection, refs: list[str], now_ms: int) -> list[Entry]:
    """Those of them for which nothing has changed that meanwhile, as they count."""
    found_now = [entry for ref in refs if (entry := find_entry(conn, ref)) is not None]
    known = KnownTimes(conn, now_ms)
    due = (as_due(known, entry) for entry in found_now)
    return [entry for entry in due if entry is not None]


def _ends(entry: Entry) -> bool:
    return decay.follows(entry) is Follows.LAPSES


def _is_promised(entry: Entry, passed: Passed) -> bool:
    """Whether something of it is between us and a neighbour: somebody may be on the way."""
    return passed.promised > entry.received


def _append_acts(core: Core, conn: sqlite3.Connection, entries: list[Entry]) -> None:
    for entry in entries:
        core.append(conn, *_act(core, conn, entry))


def _act(core: Core, conn: sqlite3.Connection, entry: Entry) -> list[Event]:
    """What is written down of it. What somebody was asked to give, or to take, is free again."""
    match decay.follows(entry):
        case Follows.OPENS:
            return [core.event(Did.OPENED, entry.ref, BY_ITSELF, because=None)]
        case Follows.BEGINS_AGAIN:
            data = begin_again(entry, core.clock(), core.zone)
            return [core.event(Did.ROUND, entry.ref, BY_ITSELF, **data)]
        case _:
            because = decay.lapse_reason(entry.kind)
            return closing(core, conn, entry.ref, BY_ITSELF, because)

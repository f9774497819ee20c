"""Matches: a need and an offer agreed, and what becomes of it; those that nobody moves freed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from node.answers.board import entry_ref, found, found_match, our_ref
from node.answers.passed import Passed, elsewhere_of, left_of, passed_by_ref
from node.api.matches import ListMatches, MakeMatch, MatchView, MoveMatch, ShowMatch, Step
from node.core import Core
from node.desk.entries import Entry, refuse_closed
from node.desk.events import BY_ITSELF, Did, Event
from node.desk.matches import (
    AGREED_MS,
    RUNNING,
    Job,
    Match,
    MatchState,
    agreed_qty,
    can,
    refuse_other_unit,
)
from node.desk.passing import parse_hours
from node.desk.quantity import as_number, as_words, quantity_in
from node.desk.references import Kind
from node.refusal import Refused, Why
from node.store.matches import (
    all_due,
    all_idle,
    all_matches,
    all_running,
    all_timeless,
    all_unfinished_jobs,
    is_timeless,
    jobs_with,
    matches_of,
)
from node.store.references import next_reference
from protocol.ids import Thousandths
from protocol.limits import HOUR_MS

HOURS_MAX: Final = 336
"""Longest time that a match waits for somebody to move: two weeks."""
FREED_AT_ONCE: Final = 200
"""Matches freed in one transaction, so that a long time off does not hold up the desk."""

STEPS: Final = {
    Step.AGREED: Did.AGREED,
    Step.STARTED: Did.STARTED,
    Step.CONFIRMED: Did.CONFIRMED,
    Step.DECLINED: Did.DECLINED,
    Step.FELL_THROUGH: Did.FELL_THROUGH,
}
BY_PERSONS: Final = (*STEPS.values(), Did.HANDED_OVER)
"""What a person can do with a match; that its time is over nobody says."""


async def make_match(core: Core, request: MakeMatch, initials: str) -> MatchView:
    """A new one, or the one whose giver was only asked until now. Raises Refused, and nothing is
    reserved."""
    need_ref, offer_ref = _pair(request)
    state = MatchState.ASKED if request.asked else MatchState.AGREED
    until_ms = until(core, request.hours)
    passed = await passed_by_ref(core)

    def write(conn: sqlite3.Connection) -> MatchView:
        need, offer = found(conn, need_ref), found(conn, offer_ref)
        asked = None if request.asked else _asked(conn, need.ref, offer.ref)
        wanted = _wanted(request, need.words.unit, asked)
        elsewhere = (elsewhere_of(need, passed), elsewhere_of(offer, passed))
        data = {"qty": agreed_qty(need, offer, wanted, elsewhere), "until_ms": until_ms}
        if asked is not None:
            event = core.event(Did.AGREED, asked.ref, initials, **data)
        else:
            ref, both = next_reference(conn, Kind.MATCH), {"need": need.ref, "offer": offer.ref}
            event = core.event(Did.MATCHED, ref, initials, state=state, **both, **data)
        core.append(conn, event)
        return _shown(core, conn, event.about)

    return await core.save(also=write)


def _asked(conn: sqlite3.Connection, need: str, offer: str) -> Match | None:
    """The match of the two that waits for the giver's answer, the first asked first."""
    waiting = (each for each in matches_of(conn, need) if each.state is MatchState.ASKED)
    return next((each for each in waiting if each.offer == offer), None)


def _wanted(request: MakeMatch, unit: str, asked: Match | None) -> Thousandths | None:
    """How much was said, else how much was asked for; None: neither."""
    if request.qty:
        return quantity_in(unit, request.qty)
    return None if asked is None else asked.qty


def _pair(request: MakeMatch) -> tuple[str, str]:
    """The need and the offer, in whichever order they were named."""
    kind, first = our_ref(request.first, Kind.NEED, Kind.OFFER)
    other = Kind.OFFER if kind is Kind.NEED else Kind.NEED
    _, second = our_ref(request.second, other)
    return (first, second) if kind is Kind.NEED else (second, first)


def until(core: Core, hours: str = "", at_ms: int | None = None) -> int:
    """When a match frees itself that is agreed now, or is to be moved `at_ms`. Where nobody vouches
    for the clock it gets another time as soon as somebody does."""
    length_ms = int(parse_hours(hours, HOURS_MAX) * HOUR_MS) if hours.strip() else AGREED_MS
    return max(core.clock(), at_ms or 0) + length_ms


async def move_match(core: Core, request: MoveMatch, initials: str) -> MatchView:
    """Raises Refused where it cannot be said of it as it stands, or nothing is left to agree on."""
    _, ref = our_ref(request.ref, Kind.MATCH)
    did = STEPS[request.step]
    data = {"until_ms": until(core, request.hours)} if did is Did.AGREED else {}
    passed = await passed_by_ref(core)

    def write(conn: sqlite3.Connection) -> MatchView:
        match = found_match(conn, ref)
        refuse_step(match, did)
        if did is Did.AGREED:
            _refuse_taken(conn, match, passed)
        core.append(conn, core.event(did, ref, initials, **data))
        return _shown(core, conn, ref)

    return await core.save(also=write)


def refuse_step(match: Match, did: Did) -> None:
    """Raises Refused(MATCH_WRONG_STEP), with what can be done instead."""
    if not can(match, did):
        choices = ", ".join(each for each in BY_PERSONS if can(match, each))
        raise Refused(Why.MATCH_WRONG_STEP, ref=match.ref, state=match.state, choices=choices)


def _refuse_taken(conn: sqlite3.Connection, match: Match, passed: Mapping[str, Passed]) -> None:
    """Raises Refused where what it is to reserve again is promised or given to others by now."""
    if match.reserved:
        return
    wanted = Thousandths(max(0, match.qty - match.moved))
    need, offer = found(conn, match.need), found(conn, match.offer)
    refuse_other_unit(need, offer)
    for entry, left in ((need, need.free), (offer, left_of(offer, passed))):
        refuse_closed(entry)
        if wanted > left:
            told = as_words(left, entry.words.unit)
            raise Refused(Why.MATCH_TOO_MUCH, ref=entry.ref, left=told)


async def list_matches(core: Core, request: ListMatches, initials: str) -> tuple[MatchView, ...]:
    ref = entry_ref(request.of) if request.of.strip() else ""
    return await core.read(lambda conn: _listed(core, conn, ref, ended=request.ended))


def _listed(
    core: Core, conn: sqlite3.Connection, ref: str, *, ended: bool
) -> tuple[MatchView, ...]:
    if ref:
        of_it = matches_of(conn, found(conn, ref).ref)
        matches = [each for each in of_it if ended or each.state in RUNNING]
    else:
        matches = all_matches(conn) if ended else all_running(conn)
    jobs = all_unfinished_jobs(conn)
    return tuple(_view(core, conn, each, jobs) for each in matches)


async def show_match(core: Core, request: ShowMatch, initials: str) -> MatchView:
    _, ref = our_ref(request.ref, Kind.MATCH)
    return await core.read(lambda conn: _shown(core, conn, ref))


def _shown(core: Core, conn: sqlite3.Connection, ref: str) -> MatchView:
    return _view(core, conn, found_match(conn, ref), jobs_with(conn, ref))


def _view(core: Core, conn: sqlite3.Connection, match: Match, jobs: Iterable[Job]) -> MatchView:
    """Nothing of who it is: that is shown with the need, with the offer, and with a job."""
    need, offer = found(conn, match.need), found(conn, match.offer)
    return MatchView(
        ref=match.ref,
        state=match.state,
        need=match.need,
        offer=match.offer,
        qty=as_number(match.qty),
        unit=need.words.unit,
        moved=as_number(match.moved),
        until_ms=_frees_ms(core, conn, match),
        category=need.words.category,
        need_text=need.words.text,
        offer_text=offer.words.text,
        created_ms=match.created_ms,
        initials=match.initials,
        can=_can(match, need, offer),
        jobs=tuple(job.ref for job in jobs if match.ref in job.matches and not job.cancelled),
    )


def _frees_ms(core: Core, conn: sqlite3.Connection, match: Match) -> int | None:
    """What was agreed while nobody knew the time has none yet; and what is over by a clock that
    nobody vouches for is free when somebody does."""
    now_ms = core.clock()
    if match.frees_ms is None or is_timeless(conn, match.ref, now_ms):
        return None
    return match.frees_ms if core.clock.is_trusted or match.frees_ms > now_ms else None


def _can(match: Match, need: Entry, offer: Entry) -> tuple[Step, ...]:
    """Nothing can be agreed on again with what is closed."""
    is_over = need.is_closed or offer.is_closed
    steps = (step for step, did in STEPS.items() if can(match, did))
    return tuple(step for step in steps if not (is_over and step is Step.AGREED))


# What nobody has moved --------------------------------------------------------------------


async def free_due(core: Core) -> None:
    """What nobody has moved is free: where either side is closed, and where its time is over. What
    was agreed while nobody knew the time gets its time.

    Time counts only while somebody vouches for the clock. Raises Refused(DISK_FAILED). A run that
    breaks off is harmless: the next one finds what is left.
    """
    async with core.writing:
        events = await core.read(partial(_due, core))
        for first in range(0, len(events), FREED_AT_ONCE):
            some = events[first : first + FREED_AT_ONCE]
            await core.save(also=partial(_append_each, core, events=some))


def _due(core: Core, conn: sqlite3.Connection) -> list[Event]:
    idle = [each.ref for each in all_idle(conn)]
    freed = [core.event(Did.FELL_THROUGH, ref, BY_ITSELF) for ref in idle]
    if core.clock.is_trusted:
        freed += [each for each in _by_time(core, conn) if each.about not in idle]
    return freed


def _by_time(core: Core, conn: sqlite3.Connection) -> Iterator[Event]:
    timeless = {match.ref: match for match in all_timeless(conn, core.clock())}
    for match in all_due(conn, core.clock()):
        if match.ref not in timeless:
            yield core.event(Did.LAPSED, match.ref, BY_ITSELF)
    for match in timeless.values():
        yield core.event(_SAYING[match.state], match.ref, BY_ITSELF, until_ms=until(core))


_SAYING: Final = {MatchState.ASKED: Did.ASKED, MatchState.AGREED: Did.AGREED}


def _append_each(core: Core, conn: sqlite3.Connection, events: list[Event]) -> None:
    """Each is an act of its own: nothing holds them together."""
    for event in events:
        core.append(conn, event)

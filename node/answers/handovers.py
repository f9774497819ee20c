"""Hand-overs: what came of a match, a need, an offer or a job; and what did not, after all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from node.answers.board import BETWEEN_HALLS, found, found_job, found_match, our_ref
from node.answers.matches import refuse_step
from node.answers.passed import Passed, elsewhere_of, left_of, passed_by_ref
from node.api.matches import Excess, HandOver, HandOverView
from node.core import Core
from node.desk.entries import NOTHING, Entry
from node.desk.events import Did, Event
from node.desk.handovers import (
    Spread,
    is_free_again,
    not_needed,
    promised_anew,
    spread,
    spread_back,
)
from node.desk.matches import Match, job_state, refuse_other_unit
from node.desk.quantity import ONE, WHOLE_MAX, as_number, as_words, quantity_in
from node.desk.references import Kind, parse
from node.desk.when import parse_past
from node.refusal import Refused, Why
from node.store.matches import found_matches, matches_of
from protocol.ids import Thousandths

MOVED = {Kind.NEED: Did.RECEIVED, Kind.OFFER: Did.GIVEN}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a command works with besides the rows."""

    core: Core
    request: HandOver
    initials: str
    passed: Mapping[str, Passed]
    said_ms: int | None
    """When it happened; None: now."""

    def event(self, did: Did, about: str, **data: object) -> Event:
        return self.core.event(did, about, self.initials, **data)

    def moved(self, did: Did, about: str, qty: Thousandths) -> Event:
        said = {} if self.said_ms is None else {"said_ms": self.said_ms}
        return self.event(did, about, qty=qty, **said)


async def hand_over(core: Core, request: HandOver, initials: str) -> HandOverView:
    """Raises Refused, and nothing has changed."""
    _refuse_between_halls(request.ref)
    kind, ref = our_ref(request.ref, Kind.MATCH, Kind.NEED, Kind.OFFER, Kind.JOB)
    at = request.at.strip()
    said_ms = parse_past(at, core.clock(), core.zone) if at else None
    asked = _Asked(core, request, initials, await passed_by_ref(core), said_ms)

    def write(conn: sqlite3.Connection) -> HandOverView:
        match kind:
            case Kind.MATCH:
                return _of_match(asked, conn, ref)
            case Kind.JOB:
                return _of_job(asked, conn, ref)
            case _:
                return _of_entry(asked, conn, ref)

    return await core.save(also=write)


async def hand_over_all(core: Core, job: str, initials: str) -> HandOverView:
    """All that is still to come of a job was handed over."""
    return await hand_over(core, HandOver(job), initials)


def _refuse_between_halls(typed: str) -> None:
    _, reference = parse(typed)
    if reference.kind in BETWEEN_HALLS:
        raise Refused(Why.HANDOVER_BETWEEN_HALLS, ref=str(reference))


# One match -------------------------------------------------------------------------------


def _of_match(asked: _Asked, conn: sqlite3.Connection, ref: str) -> HandOverView:
    match = found_match(conn, ref)
    refuse_step(match, Did.HANDED_OVER)
    need, offer = found(conn, match.need), found(conn, match.offer)
    qty = _quantity(asked, need.words.unit, match)
    if asked.request.back:
        _refuse_forgotten(need, offer)
        most = Thousandths(min(match.moved, need.received, offer.received))
        _refuse_back(qty, most, match.ref, need)
        qty = Thousandths(-qty)
    else:
        refuse_other_unit(need, offer)
        _refuse_more(qty, match.reserved, offer, asked)
        _refuse_endless(qty, need, offer)
    freed = _append(asked, conn, Spread({ref: qty}), [match])
    after = found_match(conn, ref)
    return HandOverView(
        ref=ref,
        state=after.state,
        received=as_number(after.moved),
        qty=as_number(after.qty),
        unit=need.words.unit,
        matches=(ref,),
        also_changed=freed,
        excess=_excess(conn, [match.need]),
    )


def _quantity(asked: _Asked, unit: str, match: Match) -> Thousandths:
    """What was said, else all that is still to come."""
    if asked.request.qty.strip():
        return quantity_in(unit, asked.request.qty)
    if asked.request.back or not match.reserved:
        raise Refused(Why.HANDOVER_HOW_MUCH, ref=match.ref)
    return match.reserved


# A need, or an offer ----------------------------------------------------------------------


def _of_entry(asked: _Asked, conn: sqlite3.Connection, ref: str) -> HandOverView:
    entry, matches = found(conn, ref), matches_of(conn, ref)
    if not asked.request.qty.strip():
        raise Refused(Why.HANDOVER_HOW_MUCH, ref=ref)
    qty = quantity_in(entry.words.unit, asked.request.qty)
    counted = _back(conn, entry, matches, qty) if asked.request.back else spread(qty, matches)
    if not asked.request.back:
        if entry.kind is Kind.OFFER:
            _refuse_more(qty, entry.sums.reserved, entry, asked)
        _refuse_endless(qty, entry)
    moved = [match for match in matches if match.ref in counted.matches]
    freed = _append(asked, conn, counted, moved, entry)
    after = found(conn, ref)
    return HandOverView(
        ref=ref,
        state=after.state,
        received=as_number(after.received),
        qty=as_number(after.words.qty),
        unit=after.words.unit,
        because=after.because,
        matches=tuple(counted.matches),
        also_changed=freed,
        excess=_excess(conn, [ref, *(match.need for match in moved)]),
    )


def _back(
    conn: sqlite3.Connection, entry: Entry, matches: Sequence[Match], qty: Thousandths
) -> Spread:
    _refuse_forgotten(entry)
    sides = {ref for match in matches for ref in (match.need, match.offer)}
    received = {ref: found(conn, ref).received for ref in sides}
    _refuse_back(qty, entry.received, entry.ref, entry)
    counted = spread_back(qty, entry, matches, received)
    _refuse_back(qty, Thousandths(-counted.total), entry.ref, entry)
    return counted


# A job -----------------------------------------------------------------------------------


def _of_job(asked: _Asked, conn: sqlite3.Connection, ref: str) -> HandOverView:
    """All that is still to come of it."""
    if asked.request.qty.strip() or asked.request.back:
        raise Refused(Why.HANDOVER_WHOLE_JOB, ref=ref)
    job = found_job(conn, ref)
    matches = found_matches(conn, job.matches)
    counted = Spread({each.ref: each.reserved for each in matches if each.reserved})
    if job.cancelled or not counted.matches:
        raise Refused(Why.WRONG_STATE, ref=ref, state=job_state(job, matches))
    freed = _append(asked, conn, counted, matches)
    return _job_view(conn, ref, tuple(counted.matches), freed)


def _job_view(
    conn: sqlite3.Connection, ref: str, counted: tuple[str, ...], freed: tuple[str, ...]
) -> HandOverView:
    job = found_job(conn, ref)
    matches = found_matches(conn, job.matches)
    units = {found(conn, each.need).words.unit for each in matches}
    is_one_unit = len(units) == 1
    moved, qty = (sum(each.moved for each in matches), sum(each.qty for each in matches))
    return HandOverView(
        ref=ref,
        state=job_state(job, matches),
        received=as_number(Thousandths(moved)) if is_one_unit else None,
        qty=as_number(Thousandths(qty)) if is_one_unit else None,
        unit=units.pop() if is_one_unit else "",
        matches=counted,
        also_changed=freed,
        excess=_excess(conn, [each.need for each in matches]),
    )


# What all need ---------------------------------------------------------------------------


def _append(
    asked: _Asked,
    conn: sqlite3.Connection,
    counted: Spread,
    matches: Iterable[Match],
    entry: Entry | None = None,
) -> tuple[str, ...]:
    """Write down what moved, of `matches` and of `entry` itself; returns the references of the
    matches that are free now."""
    events = [asked.moved(Did.HANDED_OVER, ref, qty) for ref, qty in counted.matches.items()]
    if entry is not None and counted.direct:
        events.append(asked.moved(MOVED[entry.kind], entry.ref, counted.direct))
    freed = (*_met(conn, counted, matches, entry), *_free_again(asked, conn, counted, matches))
    events += [asked.event(Did.FELL_THROUGH, ref) for ref in freed]
    asked.core.append(conn, *events)
    return freed


def _met(
    conn: sqlite3.Connection, counted: Spread, matches: Iterable[Match], entry: Entry | None
) -> list[str]:
    """What is waited for no more, because all has come of a need: see `not_needed`."""
    came: dict[str, int] = {}
    for match in matches:
        came[match.need] = came.get(match.need, 0) + counted.matches.get(match.ref, 0)
    if entry is not None and entry.kind is Kind.NEED:
        came[entry.ref] = counted.total
    freed: list[str] = []
    for need, qty in came.items():
        running = matches_of(conn, need)
        freed += not_needed(found(conn, need), running, Thousandths(qty), counted.matches)
    return freed


def _free_again(
    asked: _Asked, conn: sqlite3.Connection, counted: Spread, matches: Iterable[Match]
) -> list[str]:
    """What is taken back of a match, and cannot be promised by it again."""
    freed: list[str] = []
    offers: dict[str, Entry] = {}
    for match in matches:
        back = Thousandths(-counted.matches.get(match.ref, NOTHING))
        if back <= 0:
            continue
        offer = offers.setdefault(match.offer, found(conn, match.offer))
        elsewhere = elsewhere_of(offer, asked.passed)
        if is_free_again(match, found(conn, match.need), offer, back, elsewhere):
            freed.append(match.ref)
            continue
        reserved = Thousandths(offer.sums.reserved + promised_anew(match, back))
        offers[match.offer] = replace(offer, sums=replace(offer.sums, reserved=reserved))
    return freed


def _excess(conn: sqlite3.Connection, refs: Iterable[str]) -> tuple[Excess, ...]:
    """Of which needs among these more has come than was asked for."""
    entries = [found(conn, ref) for ref in dict.fromkeys(refs)]
    return tuple(
        Excess(entry.ref, as_number(entry.excess), entry.words.unit)
        for entry in entries
        if entry.kind is Kind.NEED and entry.excess
    )


def _refuse_more(qty: Thousandths, reserved: Thousandths, offer: Entry, asked: _Asked) -> None:
    """Raises Refused where an offer has not so much besides what is promised to others."""
    most = Thousandths(reserved + left_of(offer, asked.passed))
    if qty > most:
        given, left = (as_words(each, offer.words.unit) for each in (qty, most))
        raise Refused(Why.HANDOVER_TOO_MUCH, given=given, left=left, offer=offer.ref)


def _refuse_forgotten(*entries: Entry) -> None:
    """Raises Refused: what it came to stays a total."""
    for entry in entries:
        if entry.forgotten:
            raise Refused(Why.IS_FORGOTTEN, ref=entry.ref)


def _refuse_back(qty: Thousandths, most: Thousandths, ref: str, entry: Entry) -> None:
    """Raises Refused where not so much has come of `ref`, which is counted as `entry` is."""
    if qty > most:
        given, moved = (as_words(each, entry.words.unit) for each in (qty, most))
        raise Refused(Why.HANDOVER_BACK_TOO_MUCH, given=given, moved=moved, ref=ref)


def _refuse_endless(qty: Thousandths, *entries: Entry) -> None:
    """Raises Refused where the sum would be no quantity any more."""
    for entry in entries:
        if entry.direct + entry.sums.moved + qty > WHOLE_MAX * ONE:
            given = as_words(qty, entry.words.unit)
            raise Refused(Why.QUANTITY_TOO_LARGE, given=given, limit=WHOLE_MAX)

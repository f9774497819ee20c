"""Jobs: one trip that carries out matches, from planning it to all that is handed over."""

from __future__ import annotations

import sqlite3
from typing import Final

from node.answers.board import found, found_job, found_match, our_ref
from node.answers.handovers import hand_over_all
from node.answers.matches import until
from node.answers.spoken import short
from node.answers.views import HIDDEN
from node.api.matches import JobStep, JobView, Leg, ListJobs, MoveJob, Place, PlanJob, ShowJob
from node.core import Core
from node.desk.entries import Entry
from node.desk.events import Did, Event
from node.desk.matches import RESERVING, Job, JobState, Match, MatchState, can, job_state
from node.desk.quantity import as_number
from node.desk.references import Kind, make
from node.desk.when import parse_when
from node.desk.words import PRIVATE_BYTES_MAX, SHORT_BYTES_MAX
from node.refusal import Refused, Why
from node.store.matches import all_jobs, all_unfinished_jobs, found_matches, jobs_with
from node.store.references import next_reference

UNFINISHED: Final = frozenset({JobState.PLANNED, JobState.UNDER_WAY})


async def plan_job(core: Core, request: PlanJob, initials: str) -> JobView:
    """Its matches wait until after the trip. Raises Refused where one of them is not agreed, or is
    on another trip."""
    refs = list(dict.fromkeys(our_ref(each, Kind.MATCH)[1] for each in request.matches))
    if not refs:
        raise Refused(Why.JOB_EMPTY, example=make(Kind.MATCH, 12))
    at_ms = parse_when(request.at, core.clock(), core.zone) if request.at.strip() else None
    said = {
        "who": short(request.who, SHORT_BYTES_MAX, "who"),
        "note": short(request.note, PRIVATE_BYTES_MAX, "note"),
    }

    def write(conn: sqlite3.Connection) -> JobView:
        matches = [found_match(conn, ref) for ref in refs]
        for match in matches:
            _refuse_unready(conn, match)
        ref = next_reference(conn, Kind.JOB)
        events = [core.event(Did.PLANNED, ref, initials, matches=refs, at_ms=at_ms, **said)]
        if at_ms is not None:
            events += _waiting(core, matches, initials, at_ms)
        core.append(conn, *events)
        return _shown(conn, found_job(conn, ref))

    return await core.save(also=write)


def _refuse_unready(conn: sqlite3.Connection, match: Match) -> None:
    if match.state not in RESERVING:
        raise Refused(Why.WRONG_STATE, ref=match.ref, state=match.state)
    for job in jobs_with(conn, match.ref):
        if job_state(job, found_matches(conn, job.matches)) in UNFINISHED:
            raise Refused(Why.MATCH_ON_A_JOB, ref=match.ref, job=job.ref)


def _waiting(core: Core, matches: list[Match], initials: str, at_ms: int) -> list[Event]:
    """What is planned for a time is not free before it."""
    until_ms = until(core, at_ms=at_ms)
    return [
        core.event(Did.AGREED, each.ref, initials, until_ms=until_ms)
        for each in matches
        if each.state is MatchState.AGREED
    ]


async def move_job(core: Core, request: MoveJob, initials: str) -> JobView:
    """Started, all that is agreed is under way; done, all that is to come was handed over;
    cancelled, what is still to come is agreed anew. Raises Refused."""
    _, ref = our_ref(request.ref, Kind.JOB)
    if request.step is JobStep.DONE:
        await hand_over_all(core, ref, initials)
        return await core.read(lambda conn: _shown(conn, found_job(conn, ref)))
    steps = {JobStep.STARTED: _started, JobStep.CANCELLED: _cancelled}

    def write(conn: sqlite3.Connection) -> JobView:
        job = found_job(conn, ref)
        matches = found_matches(conn, job.matches)
        if request.step not in _can(job, matches):
            raise Refused(Why.WRONG_STATE, ref=ref, state=job_state(job, matches))
        core.append(conn, *steps[request.step](core, job, matches, initials))
        return _shown(conn, found_job(conn, ref))

    return await core.save(also=write)


def _started(core: Core, job: Job, matches: list[Match], initials: str) -> list[Event]:
    agreed = [each.ref for each in matches if can(each, Did.STARTED)]
    return [core.event(Did.STARTED, ref, initials) for ref in agreed]


def _cancelled(core: Core, job: Job, matches: list[Match], initials: str) -> list[Event]:
    """What waited for the trip, or was on it, waits no longer than what was agreed just now."""
    until_ms = until(core)
    waited = {MatchState.UNDER_WAY} if job.at_ms is None else RESERVING
    held = [each.ref for each in matches if each.state in waited]
    back = [core.event(Did.AGREED, ref, initials, until_ms=until_ms) for ref in held]
    return [core.event(Did.CANCELLED, job.ref, initials), *back]


def _can(job: Job, matches: list[Match]) -> tuple[JobStep, ...]:
    if job_state(job, matches) not in UNFINISHED:
        return ()
    states = {each.state for each in matches}
    steps = {
        JobStep.STARTED: any(can(each, Did.STARTED) for each in matches),
        JobStep.DONE: bool(states & RESERVING),
        JobStep.CANCELLED: True,
    }
    return tuple(step for step, is_possible in steps.items() if is_possible)


async def list_jobs(core: Core, request: ListJobs, initials: str) -> tuple[JobView, ...]:
    query = all_jobs if request.ended else all_unfinished_jobs
    return tuple(await core.read(lambda conn: [_view(conn, job) for job in query(conn)]))


async def show_job(core: Core, request: ShowJob, initials: str) -> JobView:
    """With all that a slip holds."""
    _, ref = our_ref(request.ref, Kind.JOB)
    return await core.read(lambda conn: _shown(conn, found_job(conn, ref)))


def _shown(conn: sqlite3.Connection, job: Job) -> JobView:
    legs = [_leg(conn, match) for match in found_matches(conn, job.matches)]
    return _view(conn, job, tuple(legs))


def _view(conn: sqlite3.Connection, job: Job, legs: tuple[Leg, ...] = ()) -> JobView:
    matches = found_matches(conn, job.matches)
    return JobView(
        ref=job.ref,
        state=job_state(job, matches),
        matches=job.matches,
        who=job.who,
        at_ms=job.at_ms,
        note=job.note,
        created_ms=job.created_ms,
        initials=job.initials,
        legs=legs,
        can=_can(job, matches),
    )


def _leg(conn: sqlite3.Connection, match: Match) -> Leg:
    need, offer = found(conn, match.need), found(conn, match.offer)
    return Leg(
        match=match.ref,
        state=match.state,
        qty=as_number(match.qty),
        left=as_number(match.reserved),
        unit=need.words.unit,
        category=need.words.category,
        giver=_place(offer),
        receiver=_place(need),
    )


def _place(entry: Entry) -> Place:
    words, safe = entry.words, entry.words.safe
    if words.quiet:
        words = words.without(HIDDEN)
    return Place(
        ref=entry.ref,
        text=words.text,
        zone=words.zone,
        contact=words.contact,
        behalf=words.behalf,
        safe=safe,
        ring=words.ring,
        access=words.access,
        languages=words.languages,
        limits=words.limits,
        quiet=words.quiet,
    )

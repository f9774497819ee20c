"""What the other board has for a need, or for an offer: candidates, best first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from functools import partial
from typing import Final

from node.answers.board import entry_ref, found
from node.answers.passed import Passed, left_of, passed_by_ref
from node.api.matches import Suggest
from node.api.views import Candidate
from node.core import Core
from node.desk.entries import Entry
from node.desk.matching import WORTH_SHOWING, Fit, Side, fit, side_of
from node.desk.quantity import as_number
from node.desk.references import Kind
from node.store.candidates import CANDIDATES_MAX, all_candidates

SHOWN_UNASKED: Final = 3
"""Candidates that are shown when something was saved: they fit below it on any screen."""


LOOKED_AT_UNASKED: Final = 20
"""Rows that are looked at for these: a desk that saves waits for them."""


async def suggest(core: Core, request: Suggest, initials: str) -> tuple[Candidate, ...]:
    ref = entry_ref(request.ref)
    entry = await core.read(lambda conn: found(conn, ref))
    return await candidates_for(core, entry)


async def best_for(core: Core, entry: Entry) -> tuple[Candidate, ...]:
    """The few that are worth showing unasked."""
    best = (await candidates_for(core, entry, LOOKED_AT_UNASKED))[:SHOWN_UNASKED]
    return tuple(each for each in best if each.score >= WORTH_SHOWING)


async def candidates_for(
    core: Core, entry: Entry, count: int = CANDIDATES_MAX
) -> tuple[Candidate, ...]:
    """Nothing for what is closed, or of which all is promised, by our own matches or neighbours."""
    passed = await passed_by_ref(core)
    wanted = left_of(entry, passed)
    if entry.is_closed or not wanted:
        return ()
    now_ms = core.clock()
    others = await core.read(partial(all_candidates, entry=entry, now_ms=now_ms, count=count))
    ours = side_of(entry, wanted)
    weighed: list[tuple[Fit, Entry]] = []
    for other in others:
        left = left_of(other, passed)
        if left:
            weighed.append((_fit(entry, ours, side_of(other, left), now_ms, core.zone), other))
    weighed.sort(key=lambda each: (-each[0].score, each[1].created_ms))
    return tuple(_candidate(fitting, other, passed) for fitting, other in weighed)


def _fit(entry: Entry, ours: Side, theirs: Side, now_ms: int, zone: tzinfo) -> Fit:
    need, offer = (ours, theirs) if entry.kind is Kind.NEED else (theirs, ours)
    return fit(need, offer, now_ms, zone)


def _candidate(fitting: Fit, other: Entry, passed: Mapping[str, Passed]) -> Candidate:
    words = other.words
    return Candidate(
        ref=other.ref,
        text=words.text,
        because=fitting.because,
        score=fitting.score,
        qty=as_number(left_of(other, passed)),
        unit=words.unit,
        zone="" if words.quiet else words.zone,
    )

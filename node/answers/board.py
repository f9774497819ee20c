"""What a person means by a reference of ours, and what stands there."""

from __future__ import annotations

import sqlite3
from typing import Final

from node.desk.entries import Entry
from node.desk.matches import Job, Match
from node.desk.references import Kind, Reference, parse
from node.refusal import Refused, Why
from node.store.entries import find_entry
from node.store.matches import find_job, find_match

ENTRIES: Final = (Kind.NEED, Kind.OFFER)
BETWEEN_HALLS: Final = frozenset({Kind.OVERFLOW, Kind.SURPLUS, Kind.PLEDGE})


def our_ref(typed: str, *kinds: Kind) -> tuple[Kind, str]:
    """Its kind, one of `kinds`, and the reference as it is kept.

    Raises Refused with REFERENCE_UNREADABLE, REFERENCE_CHECK or REFERENCE_WRONG_KIND.
    """
    _, reference = parse(typed)
    if reference.kind not in kinds:
        wanted = " / ".join(f"{kind}-…" for kind in kinds)
        raise Refused(Why.REFERENCE_WRONG_KIND, given=str(reference), wanted=wanted)
    return reference.kind, str(Reference(reference.kind, reference.number))


def entry_ref(typed: str) -> str:
    return our_ref(typed, *ENTRIES)[1]


def found(conn: sqlite3.Connection, ref: str) -> Entry:
    """Raises Refused(REFERENCE_NOT_FOUND), as all of these."""
    entry = find_entry(conn, ref)
    if entry is None:
        raise Refused(Why.REFERENCE_NOT_FOUND, given=ref)
    return entry


def found_match(conn: sqlite3.Connection, ref: str) -> Match:
    match = find_match(conn, ref)
    if match is None:
        raise Refused(Why.REFERENCE_NOT_FOUND, given=ref)
    return match


def found_job(conn: sqlite3.Connection, ref: str) -> Job:
    job = find_job(conn, ref)
    if job is None:
        raise Refused(Why.REFERENCE_NOT_FOUND, given=ref)
    return job

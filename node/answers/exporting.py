"""The board and its history as rows for a file: what anybody may read, or all that is known."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from node.answers.passed import NOT_PASSED, Passed, passed_by_ref
from node.answers.views import HIDDEN, spoken
from node.api.sheets import Exported, ExportPage, ExportRows
from node.core import Core
from node.desk.entries import Entry
from node.desk.events import BY_ITSELF, Did
from node.desk.matches import Job, Match, job_state
from node.desk.quantity import as_number
from node.desk.references import Kind
from node.desk.sheet_writing import PRIVATE, words_cells
from node.desk.when import rfc3339_utc
from node.store.events import EventRow
from node.store.exporting import (
    STRETCH,
    end_of,
    entries_from,
    events_from,
    jobs_from,
    matches_from,
    unlisted,
)
from node.store.matches import found_matches
from protocol.ids import ObjectId, Thousandths, as_text

TABLES: Final = {
    Exported.NEEDS: "entry",
    Exported.OFFERS: "entry",
    Exported.MATCHES: "matching",
    Exported.JOBS: "job",
    Exported.EVENTS: "event",
}
PUBLIC_DATA: Final = frozenset({
    "category", "text", "qty", "unit", "by_ms", "danger", "channel", "standing", "every",
    "said_ms", "until_ms", "unread", "before", "need", "offer", "matches", "because", "into",
    "from", "what", "cancelled",
})  # fmt: skip
"""Of what an event says, all that names nobody. What a later event says is private until it stands
here."""

Row = dict[str, Any]


async def export_rows(core: Core, request: ExportRows, initials: str) -> ExportPage:
    after = max(0, request.after)
    passed = await passed_by_ref(core) if TABLES[request.what] == "entry" else {}
    rows, end = await core.read(lambda conn: _page(conn, core, request, after, passed))
    return ExportPage(tuple(rows), after + STRETCH if after + STRETCH < end else None)


def _page(
    conn: sqlite3.Connection,
    core: Core,
    request: ExportRows,
    after: int,
    passed: Mapping[str, Passed],
) -> tuple[list[Row], int]:
    """The rows of one stretch, and the last row number that there is."""
    end = end_of(conn, TABLES[request.what])
    if request.what in {Exported.NEEDS, Exported.OFFERS}:
        kind = Kind.NEED if request.what is Exported.NEEDS else Kind.OFFER
        entries = entries_from(conn, kind, after, closed=request.closed)
        return [
            entry_row(core, entry, passed.get(entry.ref, NOT_PASSED), private=request.private)
            for entry in entries
        ], end
    hidden = unlisted(conn)
    may_tell = _told_in_private(hidden) if request.private else _told_of_none
    match request.what:
        case Exported.MATCHES:
            matches = matches_from(conn, after)
            return [
                _match_row(each, unit, private=may_tell(each.ref)) for each, unit in matches
            ], end
        case Exported.JOBS:
            jobs = jobs_from(conn, after)
            return [_job_row(conn, each, private=may_tell(each.ref)) for each in jobs], end
        case _:
            return [_event_row(core, each, may_tell) for each in events_from(conn, after)], end


def _told_in_private(hidden: frozenset[str]) -> Callable[[str], bool]:
    return lambda ref: ref not in hidden


def _told_of_none(ref: str) -> bool:
    return False


def entry_row(core: Core, entry: Entry, passed: Passed, *, private: bool) -> Row:
    """By the names of `sheet_fields`, and a little more than fits a spreadsheet."""
    is_hidden = entry.words.quiet
    words = entry.words.without(HIDDEN) if is_hidden else entry.words
    cells = words_cells(entry.kind, words, entry.created_ms)
    row: Row = {
        field.value: cell
        for field, cell in cells.items()
        if field not in PRIVATE or (private and not is_hidden)
    }
    promised = entry.sums.reserved + entry.sums.moved + passed.promised
    row |= {
        "ref": entry.ref,
        "state": entry.state.value,
        "because": entry.listed_because,
        "received": as_number(entry.received),
        "promised": as_number(Thousandths(promised)),
        "written": rfc3339_utc(entry.written_ms),
        "closed": _time(entry.closed_ms),
        "overflows": [spoken(core, record) for record in passed.overflows],
        "forgotten": entry.forgotten,
    }
    return row | ({"initials": entry.initials} if private else {})


def _match_row(match: Match, unit: str, *, private: bool) -> Row:
    row: Row = {
        "ref": match.ref,
        "state": match.state.value,
        "need": match.need,
        "offer": match.offer,
        "qty": as_number(match.qty),
        "unit": unit,
        "moved": as_number(match.moved),
        "at": rfc3339_utc(match.created_ms),
        "until": _time(match.frees_ms),
    }
    return row | ({"initials": match.initials} if private else {})


def _job_row(conn: sqlite3.Connection, job: Job, *, private: bool) -> Row:
    row: Row = {
        "ref": job.ref,
        "state": job_state(job, found_matches(conn, job.matches)).value,
        "matches": list(job.matches),
        "at": _time(job.at_ms),
        "planned": rfc3339_utc(job.created_ms),
    }
    return row | ({"who": job.who, "note": job.note, "initials": job.initials} if private else {})


def _event_row(core: Core, row: EventRow, may_tell: Callable[[str], bool]) -> Row:
    """`about` as it is spoken. What was taken back says so."""
    event = row.event
    # What was taken back stands on no board that could say whether they must not be listed.
    is_private = may_tell(event.about) and row.undone is None
    told = dict(_told(event.data.items(), everything=is_private))
    if event.did is Did.OPENED and not is_private:
        told.pop("because", None)  # why it was opened again, somebody has typed
    by = "" if event.initials == BY_ITSELF else event.initials
    return {
        "at": rfc3339_utc(event.at_ms),
        "did": event.did.value,
        "about": _spoken(core, event.about),
        "with": told,
        "undone": row.undone is not None,
        "sure": event.trusted,
    } | ({"by": by} if is_private else {})


def _told(data: Iterable[tuple[str, Any]], *, everything: bool) -> Iterable[tuple[str, Any]]:
    """Quantities as numbers and times in RFC 3339, as in all else."""
    for name, value in data:
        if not everything and name not in PUBLIC_DATA:
            continue
        if name.endswith("_ms"):
            yield name.removesuffix("_ms"), _time(value) if isinstance(value, int) else None
        elif name in {"qty", "before"} and isinstance(value, int):
            yield name, as_number(Thousandths(value))
        else:
            yield name, value


def _spoken(core: Core, about: str) -> str:
    if about[1:2] == "-":
        return about
    record = core.shelf.find(ObjectId(bytes.fromhex(about)))
    return spoken(core, record) if record is not None else as_text(bytes.fromhex(about))


def _time(when_ms: int | None) -> str | None:
    return None if when_ms is None else rfc3339_utc(when_ms)

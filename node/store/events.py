"""Rows of events: all that happened at this hall, in order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from node.desk.events import NO_ACTS, Did, Event
from protocol.ids import DeviceKey

ALL: Final = -1
"""As a count of rows: no limit."""
COUNTER_MAX: Final = 2**63 - 1
NO_ACT: Final = 0
"""As an act: of what was left when the rest of its act was taken back. Counters begin with 1."""

_NO_ACTS: Final = ", ".join(f"'{did}'" for did in sorted(NO_ACTS))
_as_json: Final = json.JSONEncoder(ensure_ascii=False).encode
"""`json.dumps` would make an encoder for each event."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as it stands on disk; `undone` is the counter of what took it back."""

    counter: int
    act: int
    event: Event
    undone: int | None


def add_events(
    conn: sqlite3.Connection, device: DeviceKey, events: Sequence[Event], act: int | None = None
) -> int:
    """Append one act of `device`, or more of its `act`; returns which act it is."""
    first = last_counter(conn, device) + 1
    act = first if act is None else act
    conn.executemany(
        "INSERT INTO event (device, counter, act, at_ms, initials, about, did, data, trusted)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                device,
                counter,
                act,
                event.at_ms,
                event.initials,
                event.about,
                event.did,
                _as_json(event.data),
                int(event.trusted),
            )
            for counter, event in enumerate(events, first)
        ],
    )
    return act


def counting_events(conn: sqlite3.Connection, ref: str) -> list[Event]:
    """What happened to `ref` and was not taken back, in order; but for the taking back itself."""
    rows = conn.execute(
        "SELECT * FROM event WHERE about = ? AND undone IS NULL AND did <> ? ORDER BY n",
        [ref, Did.UNDONE],
    ).fetchall()
    return [_event(row) for row in rows]


def all_events_of(conn: sqlite3.Connection, refs: Iterable[str]) -> list[EventRow]:
    """What happened to these, also what was taken back, in order."""
    rows = conn.execute(
        "SELECT * FROM event WHERE about IN (SELECT value FROM json_each(?)) ORDER BY n",
        [json.dumps(list(refs))],
    )
    return [event_row(row) for row in rows]


def last_act(
    conn: sqlite3.Connection, device: DeviceKey, initials: str, most: int = ALL
) -> list[EventRow]:
    """The last act that these initials did on this device and that still counts, of one of many
    events the last `most`; empty: none. `ak` and `AK` are the same person's hands."""
    row = conn.execute(
        "SELECT max((SELECT counter FROM event WHERE device = ?1 AND initials = value"
        f"  AND undone IS NULL AND act <> {NO_ACT} AND did NOT IN ({_NO_ACTS})"
        "  ORDER BY counter DESC LIMIT 1)) AS counter FROM json_each(?2)",
        [device, json.dumps(_as_typed(conn, device, initials))],
    ).fetchone()
    if row["counter"] is None:
        return []
    (act,) = conn.execute(
        "SELECT act FROM event WHERE device = ? AND counter = ?", [device, row["counter"]]
    ).fetchone()
    return events_of_act(conn, device, act, most)


def _as_typed(conn: sqlite3.Connection, device: DeviceKey, initials: str) -> list[str]:
    """All the ways in which these initials were typed here: each is one look into the index."""
    rows = conn.execute(
        "WITH RECURSIVE typed (initials) AS ("
        " SELECT min(initials) FROM event WHERE device = ?1 AND undone IS NULL UNION ALL"
        " SELECT (SELECT min(initials) FROM event"
        "  WHERE device = ?1 AND undone IS NULL AND initials > typed.initials)"
        " FROM typed WHERE initials IS NOT NULL)"
        " SELECT initials FROM typed WHERE initials IS NOT NULL",
        [device],
    )
    return [row[0] for row in rows if row[0].casefold() == initials.casefold()]


def is_sheet(conn: sqlite3.Connection, device: DeviceKey, act: int) -> bool:
    """Whether what counts of it is several that are new, and the marks that came with them."""
    row = conn.execute(
        "SELECT count(*) > 1 AND min(did = ?) FROM event"
        " WHERE device = ? AND act = ? AND undone IS NULL AND did <> ?",
        [Did.ADDED, device, act, Did.QUIETED],
    ).fetchone()
    return bool(row[0])


def events_of_act(
    conn: sqlite3.Connection,
    device: DeviceKey,
    act: int,
    most: int = ALL,
    before: int = COUNTER_MAX,
) -> list[EventRow]:
    """Those that still count, in order; of those before the counter `before` the last `most`."""
    rows = conn.execute(
        # By act: by counter, all of the device's would be read.
        "SELECT * FROM event WHERE device = ? AND act = ? AND undone IS NULL AND +counter < ?"
        " ORDER BY n DESC LIMIT ?",
        [device, act, before, most],
    ).fetchall()
    return [event_row(row) for row in reversed(rows)]


def mark_undone(
    conn: sqlite3.Connection, device: DeviceKey, counters: Iterable[int], by: int
) -> None:
    """These events count no more: the event with the counter `by` has taken them back."""
    conn.executemany(
        "UPDATE event SET undone = ? WHERE device = ? AND counter = ?",
        [(by, device, counter) for counter in counters],
    )


def mark_left(conn: sqlite3.Connection, device: DeviceKey, counters: Iterable[int]) -> None:
    """These events stay when the rest of their act is taken back: undo passes over them."""
    conn.executemany(
        f"UPDATE event SET act = {NO_ACT} WHERE device = ? AND counter = ?",
        [(device, counter) for counter in counters],
    )


def last_counter(conn: sqlite3.Connection, device: DeviceKey) -> int:
    row = conn.execute("SELECT max(counter) FROM event WHERE device = ?", [device]).fetchone()
    return row[0] or 0


def _event(row: sqlite3.Row) -> Event:
    return Event(
        did=Did(row["did"]),
        about=row["about"],
        at_ms=row["at_ms"],
        initials=row["initials"],
        data=json.loads(row["data"]),
        trusted=bool(row["trusted"]),
    )


def event_row(row: sqlite3.Row) -> EventRow:
    return EventRow(row["counter"], row["act"], _event(row), row["undone"])

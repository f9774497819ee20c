"""Rows of events: all that happened at this hall, in order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from node.desk.events import Did, Event
from protocol.ids import DeviceKey

ALL: Final = -1
"""As a count of rows: no limit."""

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
    events the last `most`; empty: none."""
    row = conn.execute(
        "SELECT act FROM event WHERE device = ? AND initials = ? AND undone IS NULL AND did <> ?"
        " ORDER BY counter DESC LIMIT 1",
        [device, initials, Did.UNDONE],
    ).fetchone()
    return events_of_act(conn, device, row["act"], most) if row else []


def events_of_act(
    conn: sqlite3.Connection, device: DeviceKey, act: int, most: int = ALL
) -> list[EventRow]:
    """Those that still count, in order; the last `most` of them."""
    rows = conn.execute(
        "SELECT * FROM event WHERE device = ? AND act = ? AND undone IS NULL"
        " ORDER BY n DESC LIMIT ?",
        [device, act, most],
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

"""Rows of the board: events as they were appended, and the entries that they fold into."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from node.desk.entries import CLOSED_STATES, Did, Entry, Event, State, Words, apply
from node.desk.references import Kind, make
from protocol.ids import DeviceKey, ObjectId, Thousandths

CLOSED = "({})".format(", ".join(f"'{state}'" for state in sorted(CLOSED_STATES)))
MOST_URGENT_FIRST = "danger DESC, by_ms IS NULL, by_ms, created_ms DESC, n DESC"


def next_reference(conn: sqlite3.Connection, kind: Kind) -> str:
    """A reference that was never given out before."""
    row = conn.execute(
        "INSERT INTO reference_block (letter, next) VALUES (?, 2)"
        " ON CONFLICT (letter) DO UPDATE SET next = next + 1 RETURNING next - 1",
        [kind.value],
    ).fetchone()
    return make(kind, row[0])


def append(conn: sqlite3.Connection, device: DeviceKey, event: Event) -> Entry:
    """Save what happened, and the entry as it stands after it."""
    conn.execute(
        "INSERT INTO event (device, counter, at_ms, initials, about, did, data)"
        " SELECT ?1, coalesce(max(counter), 0) + 1, ?2, ?3, ?4, ?5, ?6"
        " FROM event WHERE device = ?1",
        [
            device,
            event.at_ms,
            event.initials,
            event.about,
            event.did,
            json.dumps(event.data, ensure_ascii=False),
        ],
    )
    entry = apply(find_entry(conn, event.about), event)
    _save(conn, entry)
    if event.did is Did.PASSED:
        overflow = bytes.fromhex(event.data["overflow"])
        conn.execute("INSERT OR IGNORE INTO passed VALUES (?, ?)", [overflow, event.about])
    return entry


def find_entry(conn: sqlite3.Connection, ref: str) -> Entry | None:
    row = conn.execute("SELECT * FROM entry WHERE ref = ?", [ref]).fetchone()
    return _entry(row) if row else None


def all_open(conn: sqlite3.Connection, kind: Kind) -> list[Entry]:
    """What is not closed: danger first, then what is needed soonest, then the newest."""
    rows = conn.execute(
        f"SELECT * FROM entry WHERE kind = ? AND state NOT IN {CLOSED}"
        f" ORDER BY {MOST_URGENT_FIRST}",
        [kind.name],
    )
    return [_entry(row) for row in rows]


def all_entries(conn: sqlite3.Connection, kind: Kind) -> list[Entry]:
    """Open ones as in `all_open`, closed ones after them."""
    rows = conn.execute(
        f"SELECT * FROM entry WHERE kind = ? ORDER BY state IN {CLOSED}, {MOST_URGENT_FIRST}",
        [kind.name],
    )
    return [_entry(row) for row in rows]


def count_open(conn: sqlite3.Connection, kind: Kind) -> int:
    row = conn.execute(
        f"SELECT count(*) FROM entry WHERE kind = ? AND state NOT IN {CLOSED}", [kind.name]
    ).fetchone()
    count: int = row[0]
    return count


@dataclass(frozen=True, slots=True)
class PassedNeed:
    """A need as it stands in one overflow."""

    overflow: ObjectId
    ref: str
    qty: Thousandths


def all_passed(conn: sqlite3.Connection) -> list[PassedNeed]:
    """Every need in every overflow of ours, who waited longest first."""
    rows = conn.execute(
        "SELECT overflow, ref, qty FROM passed JOIN entry USING (ref) ORDER BY created_ms, entry.n"
    )
    return [
        PassedNeed(ObjectId(row["overflow"]), row["ref"], Thousandths(row["qty"])) for row in rows
    ]


def entries_in(conn: sqlite3.Connection, overflow: ObjectId) -> list[Entry]:
    rows = conn.execute(
        "SELECT entry.* FROM entry JOIN passed USING (ref) WHERE overflow = ?", [overflow]
    )
    return [_entry(row) for row in rows]


def _save(conn: sqlite3.Connection, entry: Entry) -> None:
    words = entry.words
    conn.execute(
        "INSERT INTO entry (ref, kind, state, because, category, text, qty, unit, received, zone,"
        " by_ms, contact, note, consent, danger, created_ms, initials)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
        " ON CONFLICT (ref) DO UPDATE SET state = ?3, because = ?4, category = ?5, text = ?6,"
        " qty = ?7, unit = ?8, received = ?9, zone = ?10, by_ms = ?11, contact = ?12, note = ?13,"
        " consent = ?14, danger = ?15",
        [
            entry.ref,
            entry.kind.name,
            entry.state,
            entry.because,
            words.category,
            words.text,
            words.qty,
            words.unit,
            entry.received,
            words.zone,
            words.by_ms,
            words.contact,
            words.note,
            words.consent,
            int(words.danger),
            entry.created_ms,
            entry.initials,
        ],
    )


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        ref=row["ref"],
        kind=Kind[row["kind"]],
        words=Words(
            category=row["category"],
            text=row["text"],
            qty=Thousandths(row["qty"]),
            unit=row["unit"],
            zone=row["zone"],
            by_ms=row["by_ms"],
            contact=row["contact"],
            note=row["note"],
            consent=row["consent"],
            danger=bool(row["danger"]),
        ),
        created_ms=row["created_ms"],
        initials=row["initials"],
        state=State(row["state"]),
        because=row["because"],
        received=Thousandths(row["received"]),
    )

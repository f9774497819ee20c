"""Rows of needs and offers as they stand: a projection of the events about them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from node.desk.decay import ask_ms, pass_ms
from node.desk.entries import CLOSED_STATES, NO_MATCHES, Entry, State, Sums
from node.desk.look_alikes import phone_of, street_of
from node.desk.references import Kind
from node.desk.words import Words
from node.store.finding import index_new, reindex
from protocol.ids import ObjectId, Thousandths

MOST_URGENT_FIRST: Final = "danger DESC, by_ms IS NULL, by_ms, created_ms DESC, n DESC"
LAST_CLOSED_FIRST: Final = "closed_ms DESC, n DESC"
ALL: Final = -1
"""As a count of rows: no limit."""


def find_entry(conn: sqlite3.Connection, ref: str) -> Entry | None:
    row = conn.execute("SELECT * FROM entry WHERE ref = ?", [ref]).fetchone()
    return entry_of(row) if row else None


def all_open(conn: sqlite3.Connection, kind: Kind, first: int = 0, count: int = ALL) -> list[Entry]:
    """`count` of what is not closed, from the one in place `first`, counted from 0: danger comes
    first, then what is needed soonest, then the newest."""
    rows = conn.execute(
        f"SELECT * FROM entry WHERE kind = ? AND closed = 0 ORDER BY {MOST_URGENT_FIRST}"
        " LIMIT ? OFFSET ?",
        [kind.name, count, first],
    )
    return [entry_of(row) for row in rows]


def all_closed(
    conn: sqlite3.Connection, kind: Kind, first: int = 0, count: int = ALL
) -> list[Entry]:
    """The same of what is closed, the last closed first."""
    rows = conn.execute(
        f"SELECT * FROM entry WHERE kind = ? AND closed = 1 ORDER BY {LAST_CLOSED_FIRST}"
        " LIMIT ? OFFSET ?",
        [kind.name, count, first],
    )
    return [entry_of(row) for row in rows]


def all_entries(
    conn: sqlite3.Connection, kind: Kind, first: int = 0, count: int = ALL
) -> list[Entry]:
    """Open ones as in `all_open`, closed ones after them."""
    found = all_open(conn, kind, first, count)
    if count == ALL or len(found) < count:
        rest = ALL if count == ALL else count - len(found)
        skipped = max(0, first - count_open(conn, kind))
        found += all_closed(conn, kind, skipped, rest)
    return found


def count_open(conn: sqlite3.Connection, kind: Kind) -> int:
    row = conn.execute(
        "SELECT count(*) FROM entry WHERE kind = ? AND closed = 0", [kind.name]
    ).fetchone()
    count: int = row[0]
    return count


@dataclass(frozen=True, slots=True)
class PassedEntry:
    """A need as it stands in one overflow, or an offer in one surplus."""

    overflow: ObjectId
    ref: str
    qty: Thousandths


def add_passed(conn: sqlite3.Connection, overflow: ObjectId, ref: str) -> None:
    conn.execute("INSERT OR IGNORE INTO passed VALUES (?, ?)", [overflow, ref])


def all_passed(conn: sqlite3.Connection) -> list[PassedEntry]:
    """What is in every overflow of ours, and every surplus: who waited longest first."""
    rows = conn.execute(
        "SELECT overflow, ref, qty FROM passed JOIN entry USING (ref) ORDER BY created_ms, entry.n"
    )
    return [
        PassedEntry(ObjectId(row["overflow"]), row["ref"], Thousandths(row["qty"])) for row in rows
    ]


def entries_in(conn: sqlite3.Connection, overflow: ObjectId) -> list[Entry]:
    rows = conn.execute(
        "SELECT entry.* FROM entry JOIN passed USING (ref) WHERE overflow = ?", [overflow]
    )
    return [entry_of(row) for row in rows]


def is_passed(conn: sqlite3.Connection, ref: str) -> bool:
    return conn.execute("SELECT 1 FROM passed WHERE ref = ?", [ref]).fetchone() is not None


def save_entry(conn: sqlite3.Connection, before: Entry | None, after: Entry) -> None:
    """`before` is how it stands in its row, None: it has none yet."""
    row = _row(after)
    if before is None:
        marks = ", ".join("?" * len(row))
        conn.execute(f"INSERT INTO entry ({', '.join(row)}) VALUES ({marks})", [*row.values()])
    else:
        assigned = ", ".join(f"{name} = ?" for name in row)
        conn.execute(f"UPDATE entry SET {assigned} WHERE ref = ?", [*row.values(), after.ref])
    reindex(conn, before, after)


def add_entries(conn: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """What `save_entry` does of each that has no row yet, for many at once."""
    if not entries:
        return
    rows = [_row(entry) for entry in entries]
    first = conn.execute("SELECT coalesce(max(n), 0) + 1 FROM entry").fetchone()[0]
    marks = ", ".join("?" * (len(rows[0]) + 1))
    conn.executemany(
        f"INSERT INTO entry (n, {', '.join(rows[0])}) VALUES ({marks})",
        [(n, *row.values()) for n, row in enumerate(rows, first)],
    )
    index_new(conn, enumerate(entries, first))


def delete_entry(conn: sqlite3.Connection, before: Entry) -> None:
    reindex(conn, before, None)
    conn.execute("DELETE FROM entry WHERE ref = ?", [before.ref])


def _row(entry: Entry) -> dict[str, str | int | None]:
    words, sums, state = entry.words, entry.sums, entry.state
    is_closed = state in CLOSED_STATES
    return {
        "ref": entry.ref,
        "kind": entry.kind.name,
        "state": state,
        "because": entry.because if is_closed else entry.why,
        "closed": int(is_closed),
        "closed_ms": entry.closed_ms if is_closed else None,
        "free": entry.free,
        **words.to_data(),
        "danger": int(words.danger),
        "quiet": int(words.quiet),
        "standing": int(words.standing),
        "created_ms": entry.created_ms,
        "initials": entry.initials,
        "decided": entry.decided,
        "written_ms": entry.written_ms,
        "why": entry.why,
        "until_ms": entry.until_ms,
        "direct": entry.direct,
        "direct_ms": entry.direct_ms,
        "before": entry.before,
        "closed_at_ms": entry.closed_at_ms,
        "touched_ms": entry.touched_ms,
        "forgotten": int(entry.forgotten),
        "reserved": sums.reserved,
        "moving": sums.moving,
        "moved": sums.moved,
        "last_ms": sums.last_ms,
        "phone": phone_of(words.contact),
        "street": street_of(words.contact, words.zone),
        "ask_ms": ask_ms(entry),
        "pass_ms": pass_ms(entry),
    }


def entry_of(row: sqlite3.Row) -> Entry:
    # By name, from a dict: a row of SQLite's looks through all its columns for each.
    return _entry(dict(zip(row.keys(), row, strict=True)))


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        ref=row["ref"],
        kind=Kind[row["kind"]],
        words=_words(row),
        created_ms=row["created_ms"],
        initials=row["initials"],
        decided=State(row["decided"]),
        written_ms=row["written_ms"],
        why=row["why"],
        until_ms=row["until_ms"],
        direct=Thousandths(row["direct"]),
        direct_ms=row["direct_ms"],
        before=Thousandths(row["before"]),
        closed_at_ms=row["closed_at_ms"],
        touched_ms=row["touched_ms"],
        forgotten=bool(row["forgotten"]),
        sums=_sums(row),
    )


def _words(row: Mapping[str, Any]) -> Words:
    return Words(
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
        channel=row["channel"],
        behalf=row["behalf"],
        household=row["household"],
        diet=row["diet"],
        access=row["access"],
        languages=row["languages"],
        ring=row["ring"],
        safe=row["safe"],
        quiet=bool(row["quiet"]),
        standing=bool(row["standing"]),
        every=row["every"],
        limits=row["limits"],
    )


def _sums(row: Mapping[str, Any]) -> Sums:
    if not row["reserved"] and not row["moved"] and not row["last_ms"]:
        return NO_MATCHES
    return Sums(
        reserved=Thousandths(row["reserved"]),
        moving=Thousandths(row["moving"]),
        moved=Thousandths(row["moved"]),
        last_ms=row["last_ms"],
    )

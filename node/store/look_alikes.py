"""What a need or an offer is compared with, so that nobody writes it down twice."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from node.desk.look_alikes import Known, is_same, phone_of, same_text, street_of
from node.desk.references import Kind
from node.desk.words import Words
from protocol.ids import Thousandths, UnixMs
from protocol.limits import DAY_MS

COMPARED_MAX: Final = 1_000
"""Open ones of a category that are compared by name, the newest: each costs 10 µs."""
OF_ONE_MAX: Final = 50
"""Of one telephone or one address, the newest: a shelter has many people at one."""
CLOSED_MS: Final = 3 * DAY_MS
"""Milliseconds for which what was closed still counts: who was helped today may ask again."""

_COLUMNS: Final = "n, ref, category, text, qty, unit, zone, contact, phone, street, quiet, closed"
_COUNTS: Final = "(closed = 0 OR closed_ms >= :since)"


def known_like(conn: sqlite3.Connection, kind: Kind, said: Words, now_ms: UnixMs) -> list[Known]:
    """Those that may look like it: of its phone, of its address, and the open ones of its category.

    What was closed lately is among the first two.
    """
    given = {
        "kind": kind.name,
        "category": said.category,
        "phone": phone_of(said.contact),
        "street": street_of(said.contact, said.zone),
        "since": now_ms - CLOSED_MS,
    }
    rows: dict[int, sqlite3.Row] = {}
    for where, most in (
        (f"phone = :phone AND phone <> '' AND kind = :kind AND {_COUNTS}", OF_ONE_MAX),
        (f"street = :street AND street <> '' AND kind = :kind AND {_COUNTS}", OF_ONE_MAX),
        ("kind = :kind AND category = :category AND closed = 0", COMPARED_MAX),
    ):
        # Numbers first: the index has them, so that only rows which count are read.
        found = conn.execute(
            f"SELECT {_COLUMNS} FROM entry WHERE n IN"
            f" (SELECT n FROM entry WHERE {where} ORDER BY n DESC LIMIT {most}) ORDER BY n DESC",
            given,
        )
        rows.update((row["n"], row) for row in found)
    return [_known(row) for row in rows.values()]


def exact_duplicates(
    conn: sqlite3.Connection, said: Sequence[tuple[Kind, Words]], now_ms: UnixMs
) -> list[str | None]:
    """For each, the reference of one that is the same beyond doubt and open, or closed lately.

    Reads all of them once: 100 ms for 10,000. Two that are the same within `said` are not noticed.
    """
    by_text: dict[tuple[str, str, str], list[Known]] = defaultdict(list)
    for kind in {kind for kind, _ in said}:
        rows = conn.execute(
            f"SELECT {_COLUMNS} FROM entry WHERE kind = :kind AND closed = 0"
            f" UNION ALL SELECT {_COLUMNS} FROM entry WHERE kind = :kind AND closed = 1"
            " AND closed_ms >= :since AND forgotten = 0",
            {"kind": kind.name, "since": now_ms - CLOSED_MS},
        )
        for known in map(_known, rows):
            by_text[kind.name, known.category, same_text(known.text)].append(known)
    return [
        _first(by_text.get((kind.name, words.category, same_text(words.text)), []), words)
        for kind, words in said
    ]


def _first(known: Sequence[Known], words: Words) -> str | None:
    return next((each.ref for each in known if is_same(words, each)), None)


def _known(row: sqlite3.Row) -> Known:
    return Known(
        ref=row["ref"],
        category=row["category"],
        text=row["text"],
        qty=Thousandths(row["qty"]),
        unit=row["unit"],
        zone=row["zone"],
        contact=row["contact"],
        phone=row["phone"],
        street=row["street"],
        quiet=bool(row["quiet"]),
        closed=bool(row["closed"]),
    )

"""What a need or an offer is compared with, so that nobody writes it down twice."""

from __future__ import annotations

import json
import sqlite3
from typing import Final

from node.desk.finding import folded_words
from node.desk.look_alikes import Known, name_of, phone_kin, phone_of, street_kin, street_of
from node.desk.references import Kind
from node.desk.words import Words
from node.store.finding import numbers_of
from protocol.ids import Thousandths, UnixMs
from protocol.limits import DAY_MS

COMPARED_MAX: Final = 150
"""Open ones of a category that are compared by name, the newest, for a name that is misspelt: each
costs 10 µs, and whoever saves waits."""
OF_ONE_MAX: Final = 50
"""Of one telephone, one address or one name, the newest: a shelter has many people at one."""
CLOSED_MS: Final = 3 * DAY_MS
"""Milliseconds for which what was closed still counts: who was helped today may ask again."""

_COLUMNS: Final = "n, ref, category, text, qty, unit, zone, contact, phone, street, closed"
_COUNTS: Final = "quiet = 0 AND (closed = 0 OR closed_ms >= :since)"


def known_like(conn: sqlite3.Connection, kind: Kind, said: Words, now_ms: UnixMs) -> list[Known]:
    """Those that may look like it: of its phone, address or a name, and open ones of its category.

    What was closed lately is among the first. Quiet people are among none: who types a name to
    see whether it is known here is to learn nothing.
    """
    phone, street = phone_of(said.contact), street_of(said.contact, said.zone)
    kin = [phone_kin(phone)] if phone else []
    kin += [street_kin(street)] if street else []
    named = " OR ".join(f'"{word}"' for word in folded_words(name_of(said.contact)))
    numbers: dict[int, None] = {}
    for query in (*(f'"{word}"' for word in kin), *([named] if named else ())):
        numbers.update(dict.fromkeys(numbers_of(conn, query, OF_ONE_MAX)))
    # Numbers first: the index has them, so that only rows which count are read.
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM entry WHERE n IN (SELECT value FROM json_each(:kin))"
        f" AND kind = :kind AND {_COUNTS} UNION SELECT {_COLUMNS} FROM entry WHERE n IN"
        " (SELECT n FROM entry WHERE kind = :kind AND category = :category AND closed = 0"
        " AND quiet = 0"
        f" ORDER BY n DESC LIMIT {COMPARED_MAX}) ORDER BY n DESC",
        {
            "kin": json.dumps(list(numbers)),
            "kind": kind.name,
            "category": said.category,
            "since": now_ms - CLOSED_MS,
        },
    )
    return [_known(row) for row in rows]


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
        closed=bool(row["closed"]),
    )

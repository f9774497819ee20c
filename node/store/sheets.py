"""Rows of a spreadsheet that are on the board already, told beyond doubt and in a few lookups."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Final

from node.desk.events import Did
from node.desk.look_alikes import person_kin, phone_of, same_text
from node.desk.references import Kind
from node.desk.words import Words
from node.store.finding import numbers_of
from node.store.look_alikes import CLOSED_MS
from protocol.ids import DeviceKey, UnixMs
from protocol.limits import HOUR_MS

OF_ONE_MAX: Final = 20
"""Of one telephone, the newest: a shelter has many people at one."""
SAME_TIME_MS: Final = 20 * HOUR_MS
"""Two times that are nearer are one: "tonight" and "2h" are counted from when the sheet is read.
Every day's meals are a need of their own."""

_SAME: Final = (
    "SELECT ref, text, contact, zone, phone FROM entry WHERE n = :n AND kind = :kind"
    " AND category = :category AND qty = :qty AND unit = :unit AND forgotten = 0"
    " AND (closed = 0 OR closed_ms >= :since)"
    " AND (by_ms IS NULL OR :by_ms IS NULL OR abs(by_ms - :by_ms) < :near)"
    " AND (created_ms = written_ms OR :said_ms IS NULL OR abs(created_ms - :said_ms) < :near)"
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What makes two rows the same: one thing, and one person.

    An address is none: in a house with many flats everybody needs the same.
    """

    kind: Kind
    words: Words
    said_ms: int | None
    text: str
    phone: str

    @classmethod
    def of(cls, kind: Kind, words: Words, said_ms: int | None) -> Likeness:
        return cls(kind, words, said_ms, same_text(words.text), phone_of(words.contact))

    def keys(self) -> Iterator[Hashable]:
        """Two rows of a sheet that have one of these in common are the same."""
        words = self.words
        thing = (self.kind, words.category, self.text, words.qty, words.unit)
        times = (words.by_ms, self.said_ms)
        if self.phone:
            yield (*thing, *times, "phone", self.phone)
        if words.contact:
            yield (*thing, *times, "contact", same_text(words.contact))
        else:
            yield (*thing, *times, "zone", words.zone)

    def is_of(self, other: sqlite3.Row) -> bool:
        """Whether the text and the person of this row are the same."""
        if same_text(other["text"]) != self.text:
            return False
        if self.phone and self.phone == other["phone"]:
            return True
        contact = same_text(self.words.contact)
        is_nobody = not contact and not other["contact"]
        same = self.words.zone == other["zone"] if is_nobody else bool(contact)
        return same and same_text(other["contact"]) == contact


def find_same(conn: sqlite3.Connection, row: Likeness, now_ms: UnixMs) -> str | None:
    """The reference of one that is the same, and open or closed lately.

    The same are one thing, in one quantity and at one time, for one person: of the same telephone,
    or contact, or where neither says who it is, of the same zone.
    """
    words = row.words
    given = {
        "kind": row.kind.name,
        "category": words.category,
        "qty": words.qty,
        "unit": words.unit,
        "by_ms": words.by_ms,
        "said_ms": row.said_ms,
        "near": SAME_TIME_MS,
        "since": now_ms - CLOSED_MS,
    }
    for number in numbers_of(conn, f'"{person_kin(words)}"', OF_ONE_MAX):
        other = conn.execute(_SAME, {**given, "n": number}).fetchone()
        if other is not None and row.is_of(other):
            return str(other["ref"])
    return None


def act_of(conn: sqlite3.Connection, device: DeviceKey, act: int, initials: str) -> int | None:
    """The act, if it is one of these initials' own and adds to the board; else None."""
    row = conn.execute(
        "SELECT 1 FROM event WHERE device = ? AND counter = ? AND act = counter AND initials = ?"
        " AND did = ?",
        [device, act, initials, Did.ADDED],
    ).fetchone()
    return act if row else None

"""Whose entries have the quiet mark, and whose do not have it yet."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from node.desk.events import Did
from node.desk.look_alikes import phone_kin, street_kin
from node.desk.quiet import Person
from node.store.events import NO_ACT, EventRow, event_row
from node.store.finding import numbers_of
from protocol.ids import DeviceKey

ALL: Final = -1
"""As a count of rows: no limit."""


def quiet_places(conn: sqlite3.Connection) -> set[str]:
    """Telephones and addresses of all who have the mark: whose is not among them is nobody's of
    them, seen without a lookup for each row of a long sheet."""
    rows = conn.execute("SELECT phone, street FROM entry WHERE quiet = 1")
    return {place for row in rows for place in row if place}


def quiet_of(conn: sqlite3.Connection, person: Person, but: str = "") -> Iterator[str]:
    """References of this person's that have the mark, other than `but`: open ones first, the newest
    first. What is closed still has it: its person has not become safe with that."""
    rows = conn.execute(
        "SELECT n, closed, ref, contact, zone FROM entry"
        " WHERE quiet = 1 AND phone = ?1 AND phone <> ''"
        " UNION SELECT n, closed, ref, contact, zone FROM entry"
        " WHERE quiet = 1 AND street = ?2 AND street <> '' ORDER BY closed, n DESC",
        [person.phone, person.street],
    )
    return _of_person(person, rows, but)


def unmarked_of(conn: sqlite3.Connection, person: Person, but: str = "") -> Iterator[str]:
    """References of this person's that have no mark, other than `but`: the newest first. What is
    closed as well: it is still found, and there are many ways of opening it again."""
    kin = [phone_kin(person.phone)] if person.phone else []
    kin += [street_kin(person.street)] if person.street else []
    numbers = {number for word in kin for number in numbers_of(conn, f'"{word}"', ALL)}
    rows = conn.execute(
        "SELECT ref, contact, zone FROM entry WHERE n IN (SELECT value FROM json_each(?))"
        " AND quiet = 0 ORDER BY n DESC",
        [json.dumps(list(numbers))],
    )
    return _of_person(person, rows, but)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said last of the mark of an entry: `n` is its place among all events, `act` what it
    is taken back with, and `like` the reference that it has the mark from; empty: from none."""

    n: int
    act: int
    like: str
    is_marked: bool
    """It was marked with something else, and nobody said it of this one."""
    is_taken_away: bool


def last_said(conn: sqlite3.Connection, device: DeviceKey, ref: str) -> Said | None:
    """None: nobody ever said anything of it. What another device did is no act of `device`."""
    row = conn.execute(
        "SELECT n, device, act, did, data ->> 'like' AS like, data ->> 'quiet' AS quiet FROM event"
        " WHERE about = ? AND undone IS NULL AND (did = ? OR data ->> 'quiet' IS NOT NULL)"
        " ORDER BY n DESC LIMIT 1",
        [ref, Did.QUIETED],
    ).fetchone()
    if row is None:
        return None
    is_marked = row["did"] == Did.QUIETED
    act = row["act"] if row["device"] == device else NO_ACT
    is_taken_away = row["did"] == Did.EDITED and not row["quiet"]
    return Said(row["n"], act, row["like"] or "", is_marked, is_taken_away)


def marks_like(
    conn: sqlite3.Connection, device: DeviceKey, act: int, refs: Iterable[str]
) -> list[EventRow]:
    """The marks of an act that others have from these, in order."""
    rows = conn.execute(
        "SELECT * FROM event WHERE device = ? AND act = ? AND did = ? AND undone IS NULL"
        " AND data ->> 'like' IN (SELECT value FROM json_each(?)) ORDER BY n",
        [device, act, Did.QUIETED, json.dumps(list(refs))],
    )
    return [event_row(row) for row in rows]


def _of_person(person: Person, rows: Iterable[sqlite3.Row], but: str) -> Iterator[str]:
    for row in rows:
        if row["ref"] != but and person.is_same(Person.of(row["contact"], row["zone"])):
            yield row["ref"]

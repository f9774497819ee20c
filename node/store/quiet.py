"""Whose entries have the quiet mark, and whose do not have it yet."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

from node.desk.look_alikes import phone_kin, street_kin
from node.desk.quiet import Person
from node.store.finding import numbers_of

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
    """References of this person's that are open and have no mark, other than `but`: the newest
    first."""
    kin = [phone_kin(person.phone)] if person.phone else []
    kin += [street_kin(person.street)] if person.street else []
    numbers = {number for word in kin for number in numbers_of(conn, f'"{word}"', ALL)}
    rows = conn.execute(
        "SELECT ref, contact, zone FROM entry WHERE n IN (SELECT value FROM json_each(?))"
        " AND closed = 0 AND quiet = 0 ORDER BY n DESC",
        [json.dumps(list(numbers))],
    )
    return _of_person(person, rows, but)


def _of_person(person: Person, rows: Iterable[sqlite3.Row], but: str) -> Iterator[str]:
    for row in rows:
        if row["ref"] != but and person.is_same(Person.of(row["contact"], row["zone"])):
            yield row["ref"]

"""Who has the mark, and who of the same person has not, looked up and not searched for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest

from node.desk.events import Did
from node.desk.quiet import Person
from node.desk.references import Kind, make
from node.store.events import NO_ACT
from node.store.quiet import (
    Said,
    last_said,
    marks_like,
    quiet_of,
    quiet_places,
    unmarked_of,
)
from protocol.ids import DeviceKey
from tests.node.store.one_board import DEVICE, add, do, empty_board

ROSA = "Rosa Marques 07700 900123"
PERSON = Person.of(ROSA, "12 Mill Lane")
REFS = [make(Kind.NEED, number) for number in range(1, 8)]


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with empty_board() as conn:
        yield conn


def test_open_ones_come_first_then_the_newest(conn: sqlite3.Connection) -> None:
    assert quiet_places(conn) == set()
    for ref in REFS[:3]:
        add(conn, ref, contact=ROSA, quiet=True)
    add(conn, REFS[3], contact="Rosa Marques", zone="12 Mill Lane", quiet=True)
    add(conn, REFS[4], contact="Tom Baker 07700 900123", quiet=True)
    add(conn, REFS[5], contact=ROSA)
    do(conn, Did.CLOSED, REFS[2], because="met")
    assert quiet_places(conn) == {PERSON.phone, PERSON.street}
    assert list(quiet_of(conn, PERSON)) == [REFS[3], REFS[1], REFS[0], REFS[2]]
    assert next(quiet_of(conn, PERSON, REFS[3])) == REFS[1]


def test_what_has_no_mark_is_found_and_what_is_closed_as_well(conn: sqlite3.Connection) -> None:
    add(conn, REFS[0], contact=ROSA, quiet=True)
    add(conn, REFS[1], contact=ROSA)
    add(conn, REFS[2], contact="+44 7700 900123")
    add(conn, REFS[3], contact="Rosa Marques, 12 Mill Lane")
    add(conn, REFS[4], contact="Tom Baker 07700 900123")
    add(conn, REFS[5], contact=ROSA)
    do(conn, Did.CLOSED, REFS[5], because="met")
    assert list(unmarked_of(conn, PERSON)) == [REFS[5], REFS[3], REFS[2], REFS[1]]
    assert list(unmarked_of(conn, PERSON, REFS[2])) == [REFS[5], REFS[3], REFS[1]]


def test_what_was_said_last_of_a_mark_is_found_with_its_act(conn: sqlite3.Connection) -> None:
    add(conn, REFS[0])
    said = last_said(conn, DEVICE, REFS[0])
    assert said == Said(1, 1, "", is_marked=False, is_taken_away=False)
    do(conn, Did.QUIETED, REFS[0], like=REFS[1])
    do(conn, Did.EDITED, REFS[0], note="rang")
    assert last_said(conn, DEVICE, REFS[0]) == Said(
        2, 2, REFS[1], is_marked=True, is_taken_away=False
    )
    assert [each.counter for each in marks_like(conn, DEVICE, 2, [REFS[1]])] == [2]
    assert marks_like(conn, DEVICE, 2, [REFS[0]]) == marks_like(conn, DEVICE, 1, [REFS[1]]) == []
    do(conn, Did.EDITED, REFS[0], quiet=False)
    said = last_said(conn, DEVICE, REFS[0])
    assert said == Said(4, 4, "", is_marked=False, is_taken_away=True)
    assert last_said(conn, DeviceKey(b"b" * 32), REFS[0]) == replace(said, act=NO_ACT)
    do(conn, Did.QUIETED, REFS[0])
    assert last_said(conn, DEVICE, REFS[0]) == replace(
        said, n=5, act=5, is_marked=True, is_taken_away=False
    )
    assert last_said(conn, DEVICE, REFS[1]) is None


def test_who_was_forgotten_is_nobody(conn: sqlite3.Connection) -> None:
    add(conn, REFS[0], contact=ROSA, quiet=True)
    do(conn, Did.FORGOTTEN, REFS[0])
    assert list(quiet_of(conn, PERSON)) == []


def test_not_every_row_is_read(conn: sqlite3.Connection) -> None:
    """A long sheet asks it for each of its rows."""
    asked: list[str] = []
    conn.set_trace_callback(asked.append)
    list(quiet_of(conn, PERSON))
    quiet_places(conn)
    conn.set_trace_callback(None)
    plans = [
        " ".join(row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {query}")) for query in asked
    ]
    assert "SEARCH entry USING INDEX entry_quiet_phone" in plans[0]
    assert "SEARCH entry USING INDEX entry_quiet_street" in plans[0]
    assert "entry_quiet_" in plans[1]

"""Which rows of the other board are looked at closely."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from node.desk.entries import FIRST_STATE, Entry, State, Sums
from node.desk.references import Kind, make
from node.desk.words import Words
from node.store.candidates import all_candidates
from node.store.connection import create
from node.store.entries import save_entry
from protocol.ids import Thousandths

NOW = 1_938_018_600_000


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    conn = create(tmp_path)
    yield conn
    conn.close()


def entry(kind: Kind, number: int, **said: Any) -> Entry:
    words = replace(Words("FOD", "Hot meals", Thousandths(5_000), "meal"), **said)
    return Entry(make(kind, number), kind, words, NOW, "AK", FIRST_STATE[kind])


def put(conn: sqlite3.Connection, *entries: Entry) -> None:
    for each in entries:
        save_entry(conn, None, each)


def found(conn: sqlite3.Connection, of: Entry, count: int = 120) -> set[str]:
    return {each.ref for each in all_candidates(conn, of, NOW, count)}


def test_it_is_of_the_other_kind_and_the_same_category_and_open(conn: sqlite3.Connection) -> None:
    withdrawn = replace(entry(Kind.OFFER, 4), decided=State.WITHDRAWN)
    given = replace(entry(Kind.OFFER, 5), direct=Thousandths(5_000))
    promised = replace(entry(Kind.OFFER, 6), sums=Sums(reserved=Thousandths(5_000)))
    put(
        conn,
        entry(Kind.NEED, 1),
        entry(Kind.NEED, 2),
        entry(Kind.OFFER, 2),
        entry(Kind.OFFER, 3, category="WAT"),
        withdrawn,
        given,
        promised,
    )
    assert found(conn, entry(Kind.NEED, 1)) == {make(Kind.OFFER, 2)}
    assert found(conn, entry(Kind.OFFER, 2)) == {make(Kind.NEED, 1), make(Kind.NEED, 2)}


def test_an_offer_that_is_over_is_none_and_a_need_that_is_late_still_is(
    conn: sqlite3.Connection,
) -> None:
    put(conn, entry(Kind.NEED, 1, by_ms=NOW), entry(Kind.OFFER, 1, by_ms=NOW))
    put(conn, entry(Kind.OFFER, 2, by_ms=NOW + 1))
    assert found(conn, entry(Kind.NEED, 1)) == {make(Kind.OFFER, 2)}
    assert found(conn, entry(Kind.OFFER, 1)) == {make(Kind.NEED, 1)}


def test_of_too_many_those_are_looked_at_that_fit_by_unit_then_zone_then_time(
    conn: sqlite3.Connection,
) -> None:
    said: list[dict[str, Any]] = [
        {"zone": "North", "by_ms": NOW + 9},
        {"zone": "North"},
        {"by_ms": NOW + 5},
        {},
        {"zone": "South"},
        {"unit": "kg", "zone": "North", "by_ms": NOW + 1},
    ]
    offers = [entry(Kind.OFFER, number, **each) for number, each in enumerate(said, 1)]
    put(conn, *reversed(offers))
    need = entry(Kind.NEED, 1, zone="North")
    for count in (1, 2, 3, 6):
        assert found(conn, need, count) == {each.ref for each in offers[:count]}


def test_the_zone_of_a_quiet_person_chooses_nothing(conn: sqlite3.Connection) -> None:
    put(conn, entry(Kind.OFFER, 1, zone="North"), entry(Kind.OFFER, 2, by_ms=NOW + 1))
    assert found(conn, entry(Kind.NEED, 1, zone="North"), 1) == {make(Kind.OFFER, 1)}
    quiet = entry(Kind.NEED, 1, zone="North", quiet=True)
    assert found(conn, quiet, 1) == {make(Kind.OFFER, 2)}


def test_the_index_alone_answers_which_rows(conn: sqlite3.Connection) -> None:
    """Ten thousand rows of one category are too many to read whole while a person waits."""
    told: list[str] = []
    conn.set_trace_callback(told.append)
    found(conn, entry(Kind.NEED, 1))
    conn.set_trace_callback(None)
    plan = conn.execute(f"EXPLAIN QUERY PLAN {told[0]}").fetchall()
    assert any("COVERING INDEX entry_category" in row[3] for row in plan)

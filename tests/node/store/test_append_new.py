"""Many new needs and offers at once: the very rows that they would have one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import pytest

from node.desk.events import Did, Event, ImpossibleError
from node.desk.references import Kind, make
from node.desk.words import Words
from node.store.board import append, append_new
from node.store.events import last_act
from node.store.macs import all_unsound, guard
from node.store.migrations import migrate
from protocol.ids import DeviceKey, Thousandths

DEVICE = DeviceKey(b"a" * 32)
WORDS = Words("FOD", "Crème brûlée", Thousandths(40_000), "meal", contact="Ana, 077 123 4567")
SAID: list[tuple[Kind, Words, dict[str, Any]]] = [
    (Kind.NEED, WORDS, {}),
    (Kind.OFFER, replace(WORDS, standing=True, zone="12 Mill Lane"), {"unread": True}),
    (Kind.NEED, replace(WORDS, quiet=True, danger=True, by_ms=9_000), {"said_ms": 7}),
    (Kind.NEED, Words("TRN", "Lift", Thousandths(1_000), "trip", every="day"), {}),
]
EVENTS = [
    Event(Did.ADDED, make(kind, n), 1_000 + n, "AK", {**words.to_short_data(), **more})
    for n, (kind, words, more) in enumerate(SAID, start=1)
]


@pytest.fixture
def conns() -> Iterator[list[sqlite3.Connection]]:
    """Two empty halls."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(_empty())) for _ in range(2)]


def _empty() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    conn.row_factory = sqlite3.Row
    migrate(conn)
    conn.execute("UPDATE mac_key SET key = zeroblob(32)")
    guard(conn)
    return conn


def rows_of(conn: sqlite3.Connection) -> list[Any]:
    tables = ("event", "entry", "finding_docsize")
    rows = [[tuple(row) for row in conn.execute(f"SELECT * FROM {each}")] for each in tables]
    found = [
        [row[0] for row in conn.execute("SELECT rowid FROM finding WHERE finding MATCH ?", [word])]
        for word in ("creme", "mill", "lift", "ana", "fod")
    ]
    return [*rows, found]


def test_the_rows_are_those_of_one_act_after_the_other(conns: list[sqlite3.Connection]) -> None:
    one_by_one, at_once = conns
    for conn in conns:
        append(conn, DEVICE, Event(Did.ADDED, make(Kind.NEED, 90), 5, "BO", WORDS.to_data()))
    append(one_by_one, DEVICE, *EVENTS)
    append_new(at_once, DEVICE, EVENTS, None)
    assert rows_of(at_once) == rows_of(one_by_one)
    assert list(all_unsound(at_once)) == []


def test_more_of_an_act_belongs_to_it(conns: list[sqlite3.Connection]) -> None:
    conn = conns[0]
    act = append_new(conn, DEVICE, EVENTS[:2], None)
    append(conn, DEVICE, Event(Did.ADDED, make(Kind.NEED, 90), 5, "BO", WORDS.to_data()))
    assert append_new(conn, DEVICE, EVENTS[2:], act) == act
    assert [row.event.about for row in last_act(conn, DEVICE, "AK")] == [
        event.about for event in EVENTS
    ]


def test_only_what_is_new_is_added(conns: list[sqlite3.Connection]) -> None:
    closed = replace(EVENTS[0], did=Did.CLOSED, data={"because": "met"})
    with pytest.raises(ImpossibleError):
        append_new(conns[0], DEVICE, [EVENTS[1], closed], None)
    assert rows_of(conns[0])[0] == []

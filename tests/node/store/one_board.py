"""A board in memory, and what happens on it: needs, offers and matches of one evening."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from node.desk.entries import Entry, State
from node.desk.events import Did, Event
from node.desk.references import Kind, make
from node.desk.words import Words
from node.store.board import append
from node.store.entries import find_entry
from node.store.events import EventRow, last_act
from node.store.macs import guard, renew_after
from node.store.migrations import migrate
from node.store.undoing import undo
from protocol.ids import DeviceKey, Thousandths

DEVICE = DeviceKey(b"a" * 32)
NEED, OTHER_NEED = make(Kind.NEED, 1), make(Kind.NEED, 2)
OFFER, MATCH, JOB = make(Kind.OFFER, 1), make(Kind.MATCH, 1), make(Kind.JOB, 1)
ADD_NEED, ADD_OFFER, MAKE_MATCH = 1, 2, 3
"""Acts, by the counter of their first event."""
MEALS = Words("FOD", "Hot meals", Thousandths(40_000), "meal", contact="Ana, 555 0100")


@contextmanager
def empty_board() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        newest = migrate(conn)
        guard(conn)
        renew_after(conn, newest)
        yield conn


def event(did: Did, about: str, **data: object) -> Event:
    return Event(did, about, 2_000, "AK", data)


def do(conn: sqlite3.Connection, did: Did, about: str, **data: object) -> None:
    append(conn, DEVICE, event(did, about, **data))


def add(conn: sqlite3.Connection, ref: str, **said: object) -> None:
    do(conn, Did.ADDED, ref, **{**MEALS.to_data(), **said})


def match(conn: sqlite3.Connection, ref: str = MATCH, need: str = NEED, qty: int = 40_000) -> None:
    agreed = {"need": need, "offer": OFFER, "qty": qty, "state": "agreed", "until_ms": 9}
    do(conn, Did.MATCHED, ref, **agreed)


def take_back(conn: sqlite3.Connection, act: list[EventRow] | None = None) -> tuple[str, ...]:
    """This act, or the last one; in a transaction, as every command. Returns what is different."""
    act = act or last_act(conn, DEVICE, "AK")
    conn.execute("BEGIN")
    try:
        refolded = undo(conn, DEVICE, act, event(Did.UNDONE, act[0].event.about))
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    return tuple(each.ref for each in refolded)


def state(conn: sqlite3.Connection, ref: str) -> State:
    return entry(conn, ref).state


def entry(conn: sqlite3.Connection, ref: str) -> Entry:
    found = find_entry(conn, ref)
    assert found is not None
    return found


def rows(conn: sqlite3.Connection, *tables: str) -> list[tuple[object, ...]]:
    return [tuple(row) for table in tables for row in conn.execute(f"SELECT * FROM {table}")]


def everything(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
    return rows(conn, "entry", "matching", "job", "passed")

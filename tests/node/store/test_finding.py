"""The index follows the board: what is on it is there, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.events import Did, Event
from node.desk.finding import query_of
from node.desk.references import Kind
from node.desk.words import Words
from node.store.board import append, rebuild
from node.store.events import last_act
from node.store.migrations import migrate
from node.store.references import next_reference
from node.store.searching import find_entries
from node.store.undoing import undo, undo_untouched
from protocol.ids import DeviceKey, Thousandths

DEVICE = DeviceKey(b"a" * 32)
MEALS = Words("FOD", "Hot meals", Thousandths(40_000), "meal", contact="Ana 07700 900123")


def board() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    conn.row_factory = sqlite3.Row
    migrate(conn)
    return conn


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(board()) as conn:
        yield conn


def happens(conn: sqlite3.Connection, did: Did, ref: str, **data: Any) -> None:
    append(conn, DEVICE, Event(did, ref, 1, "AK", data))


def add(conn: sqlite3.Connection, words: Words = MEALS, kind: Kind = Kind.NEED) -> str:
    ref = next_reference(conn, kind)
    happens(conn, Did.ADDED, ref, **words.to_data())
    return ref


def found(conn: sqlite3.Connection, typed: str, *, closed: bool = True) -> list[str]:
    return [each.ref for each in find_entries(conn, query_of(typed), closed=closed)]


def all_words(conn: sqlite3.Connection) -> list[tuple[str, int]]:
    """Every word in the index, with the row that it finds."""
    conn.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocab USING fts5vocab(main, finding, instance)"
    )
    rows = conn.execute("SELECT term, doc FROM vocab").fetchall()
    return sorted((row["term"], row["doc"]) for row in rows)


def test_what_is_saved_is_found_and_what_it_said_before_is_not(conn: sqlite3.Connection) -> None:
    ref = add(conn)
    assert found(conn, "meals ana") == [ref]
    happens(conn, Did.EDITED, ref, text="Soup", contact="Bo")
    assert found(conn, "soup bo") == [ref]
    assert found(conn, "meals") == found(conn, "ana") == found(conn, "0123") == []


def test_who_is_marked_quiet_is_found_by_name_no_more(conn: sqlite3.Connection) -> None:
    ref = add(conn)
    happens(conn, Did.EDITED, ref, quiet=True)
    assert found(conn, "ana") == found(conn, "900123") == []
    assert found(conn, "meals") == [ref]


def test_who_is_forgotten_leaves_no_word(conn: sqlite3.Connection) -> None:
    ref = add(conn)
    happens(conn, Did.FORGOTTEN, ref)
    assert [word for word, _ in all_words(conn)] == ["fod", "food", "№1b", "№n1b"]
    assert found(conn, ref) == [ref]


def test_what_is_taken_back_is_gone(conn: sqlite3.Connection) -> None:
    ref = add(conn)
    undo(conn, DEVICE, last_act(conn, DEVICE, "AK"), Event(Did.UNDONE, ref, 2, "AK", {}))
    assert found(conn, "meals") == []
    assert all_words(conn) == []


def test_open_ones_come_first_then_the_newest(conn: sqlite3.Connection) -> None:
    first, second, third, fourth = (add(conn) for _ in range(4))
    happens(conn, Did.CLOSED, third, because="met")
    happens(conn, Did.CLOSED, first, because="met")
    assert found(conn, "meals") == [fourth, second, third, first]
    assert found(conn, "meals", closed=False) == [fourth, second]
    happens(conn, Did.OPENED, first, because=None)
    assert found(conn, "meals") == [fourth, second, first, third]


def test_what_all_came_counts_as_closed(conn: sqlite3.Connection) -> None:
    ref = add(conn)
    happens(conn, Did.RECEIVED, ref, qty=40_000)
    assert found(conn, "meals", closed=False) == []
    happens(conn, Did.RECEIVED, ref, qty=-1_000)
    assert found(conn, "meals", closed=False) == [ref]


def test_a_part_of_what_is_found(conn: sqlite3.Connection) -> None:
    refs = [add(conn) for _ in range(5)][::-1]
    query = query_of("hot")
    assert [each.ref for each in find_entries(conn, query, 1, 3)] == refs[1:4]
    assert find_entries(conn, query, 5, 3) == []
    assert find_entries(conn, "", 0, 3) == []


TEXTS = st.text(max_size=12)
CHANGES = st.one_of(
    st.tuples(st.just(Did.EDITED), TEXTS.map(lambda text: {"text": text, "contact": text[::-1]})),
    st.tuples(st.just(Did.EDITED), st.booleans().map(lambda quiet: {"quiet": quiet})),
    st.tuples(st.just(Did.EDITED), TEXTS.map(lambda text: {"note": text, "zone": text})),
    st.tuples(st.just(Did.CLOSED), st.just({"because": "met"})),
    st.tuples(st.just(Did.OPENED), st.just({"because": None})),
    st.tuples(st.just(Did.RECEIVED), st.integers(-9_000, 9_000).map(lambda qty: {"qty": qty})),
    st.tuples(st.just(Did.FORGOTTEN), st.just({})),
    st.tuples(st.just(Did.UNDONE), st.just({})),
)


@given(st.lists(st.tuples(st.integers(0, 2), CHANGES), max_size=15))
def test_the_index_is_what_the_board_alone_would_make(
    happened: list[tuple[int, tuple[Did, dict[str, Any]]]],
) -> None:
    """The index has no content to compare with; made anew from the board it must be the same."""
    with closing(board()) as conn:
        refs = [add(conn, replace(MEALS, qty=Thousandths(5_000), text=f"a{n}")) for n in range(3)]
        for n, (did, data) in happened:
            if did is not Did.UNDONE:
                happens(conn, did, refs[n], **data)
            elif (act := last_act(conn, DEVICE, "AK"))[0].event.did is not Did.ADDED:
                undo_untouched(conn, DEVICE, act, Event(Did.UNDONE, refs[n], 2, "AK", {}))
        conn.execute("INSERT INTO finding (finding) VALUES ('integrity-check')")
        followed = all_words(conn)
        rebuild(conn)
        assert all_words(conn) == followed

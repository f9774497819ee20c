"""A person's word about the time is found again for as long as the machine stays on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from node.store.clock import delete_word, find_word, set_word
from node.store.hall import add_hall
from node.store.migrations import migrate
from protocol.clock import Word
from protocol.ids import UnixMs
from tests.node.store.test_time import ROW

WORD = Word(UnixMs(1_938_018_600_000), 17_000)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrate(conn)
        add_hall(conn, ROW)
        yield conn


def test_at_first_nobody_has_said_anything(conn: sqlite3.Connection) -> None:
    assert find_word(conn, "this start") is None


def test_the_last_word_counts_until_the_machine_is_started_anew(conn: sqlite3.Connection) -> None:
    set_word(conn, Word(UnixMs(WORD.time_ms - 1), 9), "this start")
    set_word(conn, WORD, "this start")
    assert find_word(conn, "this start") == WORD
    assert find_word(conn, "another start") is None


def test_without_a_name_for_the_start_nothing_is_found(conn: sqlite3.Connection) -> None:
    set_word(conn, WORD, "")
    assert find_word(conn, "") is None


def test_what_is_overtaken_is_gone(conn: sqlite3.Connection) -> None:
    set_word(conn, WORD, "this start")
    delete_word(conn)
    assert find_word(conn, "this start") is None

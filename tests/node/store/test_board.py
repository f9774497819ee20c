"""The board: what is appended shows, what is taken back is gone, and what is folded anew is same.

What holds of every history is shown in `tests/node/desk/test_board_rules.py`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from node.desk.events import Did, ImpossibleError
from node.desk.references import Kind, make
from node.store.board import (
    RULES,
    folded_entry,
    folded_job,
    folded_match,
    rebuild,
    rebuild_if_stale,
    refold,
)
from node.store.entries import all_passed, find_entry
from node.store.events import last_act
from node.store.macs import all_unsound
from node.store.matches import all_jobs, all_matches, find_job, find_match
from tests.node.store.one_board import (
    DEVICE,
    JOB,
    MATCH,
    NEED,
    OFFER,
    OTHER_NEED,
    add,
    do,
    empty_board,
    entry,
    everything,
    match,
    take_back,
)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with empty_board() as conn:
        yield conn


def test_a_match_shows_on_both_sides(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    add(conn, OFFER)
    match(conn, qty=15_000)
    for ref in (NEED, OFFER):
        assert (entry(conn, ref).sums.reserved, entry(conn, ref).free) == (15_000, 25_000)
    do(conn, Did.HANDED_OVER, MATCH, qty=15_000)
    for ref in (NEED, OFFER):
        assert (entry(conn, ref).received, entry(conn, ref).free) == (15_000, 25_000)
    assert list(all_unsound(conn)) == []


def test_a_match_of_what_is_not_there_is_impossible(conn: sqlite3.Connection) -> None:
    add(conn, OFFER)
    with pytest.raises(ImpossibleError, match="not there"):
        match(conn)


@pytest.mark.parametrize(
    ("did", "about"),
    [(Did.EDITED, NEED), (Did.STARTED, MATCH), (Did.CANCELLED, JOB)],
)
def test_nothing_happens_to_what_never_was(conn: sqlite3.Connection, did: Did, about: str) -> None:
    with pytest.raises(ImpossibleError, match="before it was"):
        do(conn, did, about)


def test_what_happens_to_another_hall_s_pledge_is_history_alone(conn: sqlite3.Connection) -> None:
    do(conn, Did.ACCEPTED, "ES P-12-K", qty=1)
    assert everything(conn) == []
    assert last_act(conn, DEVICE, "AK")


def test_everything_folds_anew_into_the_same(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    add(conn, OFFER)
    add(conn, OTHER_NEED)
    match(conn, qty=30_000)
    do(conn, Did.GIVEN, OFFER, qty=20_000)  # more than was left: it must still fold
    do(conn, Did.PLANNED, JOB, matches=[MATCH], who="Jo", at_ms=7, note="red van")
    do(conn, Did.STARTED, MATCH)
    do(conn, Did.PASSED, OTHER_NEED, overflow="00" * 16, qty=1)
    add(conn, make(Kind.NEED, 3))
    take_back(conn)
    before = everything(conn)
    conn.execute("UPDATE entry SET text = 'x', state = 'y'")
    conn.execute("DELETE FROM matching")
    conn.execute("DELETE FROM passed")
    conn.execute("UPDATE job SET who = 'z'")
    rebuild(conn)
    assert everything(conn) == before
    assert list(all_unsound(conn)) == []
    assert [each.ref for each in all_passed(conn)] == [OTHER_NEED]
    assert (
        len(conn.execute("SELECT rowid FROM finding WHERE finding MATCH 'meals'").fetchall()) == 3
    )


def test_a_board_of_other_rules_is_folded_anew_and_only_that(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    rebuild_if_stale(conn)
    assert conn.execute("SELECT rules FROM folded").fetchone()[0] == RULES
    conn.execute("UPDATE entry SET text = 'x'")
    rebuild_if_stale(conn)
    assert entry(conn, NEED).words.text == "x"
    conn.execute("UPDATE folded SET rules = 0")
    rebuild_if_stale(conn)
    assert entry(conn, NEED).words.text == "Hot meals"


def test_folding_anew_what_is_sound_changes_nothing(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    add(conn, OFFER)
    match(conn)
    do(conn, Did.PLANNED, JOB, matches=[MATCH], who="Jo", at_ms=7, note="red van")
    before = everything(conn)
    refold(conn, [NEED, OFFER, MATCH, JOB, "ES P-12-K"])
    assert everything(conn) == before
    assert folded_entry(conn, NEED) == find_entry(conn, NEED)
    assert folded_match(conn, MATCH) == find_match(conn, MATCH) == all_matches(conn)[0]
    assert folded_job(conn, JOB) == find_job(conn, JOB) == all_jobs(conn)[0]
    assert (folded_entry(conn, MATCH), folded_match(conn, JOB), folded_job(conn, NEED)) == (
        None,
        None,
        None,
    )

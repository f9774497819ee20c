"""The board: what is appended shows, what is taken back is gone, and what is folded anew is same.

What holds of every history is shown in `tests/node/desk/test_board_rules.py`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from node.desk.entries import Entry, State
from node.desk.events import Did, Event, ImpossibleError
from node.desk.references import Kind, make
from node.desk.words import Words
from node.store.board import (
    RULES,
    append,
    folded_entry,
    folded_job,
    folded_match,
    rebuild,
    rebuild_if_stale,
    refold,
    undo,
)
from node.store.entries import all_passed, find_entry
from node.store.events import EventRow, events_of_act, last_act
from node.store.macs import all_unsound, guard, renew_after
from node.store.matches import all_jobs, all_matches, find_job, find_match
from node.store.migrations import migrate
from protocol.ids import DeviceKey, Thousandths

DEVICE = DeviceKey(b"a" * 32)
NEED, OTHER_NEED = make(Kind.NEED, 1), make(Kind.NEED, 2)
OFFER, MATCH, JOB = make(Kind.OFFER, 1), make(Kind.MATCH, 1), make(Kind.JOB, 1)
ADD_NEED, ADD_OFFER, MAKE_MATCH = 1, 2, 3
"""Acts, by the counter of their first event."""
MEALS = Words("FOD", "Hot meals", Thousandths(40_000), "meal", contact="Ana, 555 0100")


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
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
    """This act, or the last one; in a transaction, as every command."""
    act = act or last_act(conn, DEVICE, "AK")
    conn.execute("BEGIN")
    try:
        refs = undo(conn, DEVICE, act, event(Did.UNDONE, act[0].event.about))
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    return refs


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


def test_an_act_is_taken_back_as_one(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    add(conn, OFFER)
    before = everything(conn)
    agreed = {"need": NEED, "offer": OFFER, "qty": 40_000, "state": "agreed", "until_ms": 9}
    append(
        conn,
        DEVICE,
        event(Did.MATCHED, MATCH, **agreed),
        event(Did.STARTED, MATCH),
        event(Did.EDITED, NEED, note="with Jo"),
    )
    assert state(conn, NEED) is State.UNDER_WAY
    assert set(take_back(conn)) == {MATCH, NEED}
    assert everything(conn) == before


def test_what_was_added_is_gone_when_that_is_taken_back(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    assert take_back(conn) == (NEED,)
    assert everything(conn) == []
    words = conn.execute("SELECT rowid FROM finding WHERE finding MATCH 'meals'").fetchall()
    assert words == []


@pytest.mark.parametrize(
    "act", [ADD_NEED, ADD_OFFER, MAKE_MATCH], ids=["the need", "the offer", "the match"]
)
def test_what_something_was_built_on_is_not_taken_back(conn: sqlite3.Connection, act: int) -> None:
    add(conn, NEED)
    add(conn, OFFER)
    match(conn)
    do(conn, Did.PLANNED, JOB, matches=[MATCH], who="Jo", at_ms=None, note="")
    before = everything(conn)
    with pytest.raises(ImpossibleError):
        take_back(conn, events_of_act(conn, DEVICE, act))
    assert everything(conn) == before


def test_what_was_passed_on_is_not_taken_back_with_its_need(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    do(conn, Did.PASSED, NEED, overflow="00" * 16, qty=1)
    with pytest.raises(ImpossibleError):
        take_back(conn, events_of_act(conn, DEVICE, ADD_NEED))


def test_an_offer_does_not_shrink_under_its_matches_by_an_undo(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    add(conn, OFFER, qty=30_000)
    do(conn, Did.EDITED, OFFER, qty=40_000)
    edit = last_act(conn, DEVICE, "AK")
    match(conn)
    with pytest.raises(ImpossibleError, match="more is promised"):
        take_back(conn, edit)


def test_a_need_may_be_promised_more_than_it_lacks_by_now(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    add(conn, OFFER)
    match(conn)
    do(conn, Did.EDITED, NEED, qty=30_000)
    do(conn, Did.FELL_THROUGH, MATCH)
    take_back(conn)
    assert entry(conn, NEED).sums.reserved == 40_000


def test_what_was_taken_back_since_is_not_taken_back_again(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    do(conn, Did.RECEIVED, NEED, qty=3_000)
    came = last_act(conn, DEVICE, "AK")
    do(conn, Did.RECEIVED, NEED, qty=-2_000)
    with pytest.raises(ImpossibleError, match="less than nothing"):
        take_back(conn, came)
    take_back(conn)
    take_back(conn)
    assert entry(conn, NEED).received == 0


def test_what_closed_a_need_that_has_begun_again_since_stays(conn: sqlite3.Connection) -> None:
    add(conn, NEED, every="day")
    do(conn, Did.RECEIVED, NEED, qty=40_000)
    came = last_act(conn, DEVICE, "AK")
    do(conn, Did.ROUND, NEED, by_ms=None, before=40_000, because=None)
    with pytest.raises(ImpossibleError, match="less than nothing"):
        take_back(conn, came)
    assert (state(conn, NEED), entry(conn, NEED).outstanding) == (State.OPEN, 40_000)


def test_where_goods_have_outrun_the_board_an_undo_still_works(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    add(conn, OFFER)
    match(conn)
    do(conn, Did.GIVEN, OFFER, qty=10_000)
    assert entry(conn, OFFER).sums.reserved > entry(conn, OFFER).outstanding
    do(conn, Did.EDITED, OFFER, note="by the door")
    take_back(conn)
    assert entry(conn, OFFER).words.note == ""


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

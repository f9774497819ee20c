"""Acts taken back: gone as one, with what the node wrote about them; not from under others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from node.desk.entries import State
from node.desk.events import BY_ITSELF, Did, Event, ImpossibleError, StillPassedOnError
from node.desk.references import Kind, make
from node.store.board import append
from node.store.events import all_events_of, events_of_act, last_act
from node.store.matches import all_matches, find_job, find_match
from node.store.undoing import tried, undo_untouched
from tests.node.store.one_board import (
    ADD_NEED,
    ADD_OFFER,
    DEVICE,
    JOB,
    MAKE_MATCH,
    MATCH,
    MEALS,
    NEED,
    OFFER,
    add,
    do,
    empty_board,
    entry,
    event,
    everything,
    match,
    state,
    take_back,
)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with empty_board() as conn:
        yield conn


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
    assert set(take_back(conn)) == {NEED, OFFER}
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


def by_itself(conn: sqlite3.Connection, did: Did, about: str, **data: object) -> None:
    append(conn, DEVICE, Event(did, about, 3_000, BY_ITSELF, data))


def test_what_the_node_wrote_about_it_falls_with_it(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    add(conn, OFFER)
    before = everything(conn)
    match(conn)
    by_itself(conn, Did.AGREED, MATCH, until_ms=7)
    by_itself(conn, Did.LAPSED, MATCH)
    take_back(conn)
    assert everything(conn) == before
    assert [row.undone for row in all_events_of(conn, [MATCH])] == [6, 6, 6, None]


def test_of_what_stays_only_the_time_falls_with_what_it_was_given_to(
    conn: sqlite3.Connection,
) -> None:
    add(conn, NEED)
    add(conn, OFFER)
    match(conn)
    by_itself(conn, Did.AGREED, MATCH, until_ms=7)
    do(conn, Did.DECLINED, MATCH)
    declined = everything(conn)
    do(conn, Did.AGREED, MATCH, until_ms=8)
    by_itself(conn, Did.AGREED, MATCH, until_ms=9)
    take_back(conn)
    assert everything(conn) == declined
    take_back(conn)
    found = find_match(conn, MATCH)
    assert found is not None
    assert (found.state, found.until_ms) == ("agreed", 7)


def test_what_lapsed_stays_so_when_something_before_it_is_taken_back(
    conn: sqlite3.Connection,
) -> None:
    add(conn, NEED)
    do(conn, Did.EDITED, NEED, note="rang")
    by_itself(conn, Did.CLOSED, NEED, because="lapsed")
    take_back(conn)
    assert (state(conn, NEED), entry(conn, NEED).words.note) == (State.CLOSED, "")


def test_what_came_by_itself_was_somebody_s_doing(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    by_itself(conn, Did.RECEIVED, NEED, qty=1_000)
    with pytest.raises(ImpossibleError):
        take_back(conn)


def test_a_trip_that_was_cancelled_holds_no_match(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    add(conn, OFFER)
    match(conn)
    do(conn, Did.PLANNED, JOB, matches=[MATCH], who="Jo", at_ms=None, note="")
    do(conn, Did.CANCELLED, JOB)
    take_back(conn, events_of_act(conn, DEVICE, MAKE_MATCH))
    assert all_matches(conn) == []
    with pytest.raises(ImpossibleError, match="is no more"):
        take_back(conn)
    job = find_job(conn, JOB)
    assert job is not None
    assert job.cancelled


def test_trying_changes_nothing(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    conn.execute("BEGIN")
    before = list(conn.iterdump())
    act = last_act(conn, DEVICE, "AK")
    (refolded,) = tried(conn, DEVICE, act, event(Did.UNDONE, NEED))
    assert (refolded.ref, refolded.after) == (NEED, None)
    assert list(conn.iterdump()) == before


def test_of_many_those_are_taken_back_that_nobody_has_touched(conn: sqlite3.Connection) -> None:
    refs = [make(Kind.NEED, number) for number in range(1, 6)]
    words = MEALS.to_data()
    append(conn, DEVICE, *(event(Did.ADDED, ref, **words) for ref in refs))
    act = last_act(conn, DEVICE, "AK")
    do(conn, Did.EDITED, refs[1], note="rang")
    by_itself(conn, Did.CLOSED, refs[2], because="lapsed")
    conn.execute("BEGIN")
    gone, changed = undo_untouched(conn, DEVICE, act, event(Did.UNDONE, refs[0]))
    assert [row.event.about for row in gone] == [refs[0], *refs[2:]]
    assert [each.ref for each in changed] == [refs[0], *refs[2:]]
    conn.execute("COMMIT")
    assert [row[0] for row in conn.execute("SELECT ref FROM entry")] == [refs[1]]
    conn.execute("BEGIN")
    left = events_of_act(conn, DEVICE, act[0].act)
    before = list(conn.iterdump())
    assert undo_untouched(conn, DEVICE, left, event(Did.UNDONE, refs[0])) == ([], [])
    assert list(conn.iterdump()) == before


def test_what_is_closed_by_an_undo_has_nobody_on_the_way(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    add(conn, OFFER)
    do(conn, Did.CLOSED, NEED, because="referred")
    do(conn, Did.OPENED, NEED, because=None)
    opened = last_act(conn, DEVICE, "AK")
    match(conn)
    with pytest.raises(ImpossibleError, match="what is closed"):
        take_back(conn, opened)
    do(conn, Did.DECLINED, MATCH)
    take_back(conn, opened)
    assert state(conn, NEED) is State.CLOSED


def test_a_need_is_not_promised_twice_by_an_undo(conn: sqlite3.Connection) -> None:
    add(conn, NEED)
    add(conn, OFFER, qty=80_000)
    match(conn)
    do(conn, Did.FELL_THROUGH, MATCH)
    fell = last_act(conn, DEVICE, "AK")
    match(conn, make(Kind.MATCH, 2))
    with pytest.raises(ImpossibleError, match="more is promised"):
        take_back(conn, fell)


@pytest.mark.parametrize(("name", "was"), [("unit", "kg"), ("category", "BAB")])
def test_what_was_passed_on_is_counted_as_it_was_then(
    conn: sqlite3.Connection, name: str, was: str
) -> None:
    add(conn, NEED, **{name: was})
    do(conn, Did.EDITED, NEED, **{name: MEALS.to_data()[name]})
    edit = last_act(conn, DEVICE, "AK")
    do(conn, Did.PASSED, NEED, overflow="00" * 16, qty=1)
    with pytest.raises(StillPassedOnError):
        take_back(conn, edit)

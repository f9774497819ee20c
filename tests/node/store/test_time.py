"""Rows of what time has done, and how late it must be at least."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from node.desk.events import Did, Event
from node.desk.references import Kind
from node.desk.words import Words
from node.store import migrations
from node.store.board import append
from node.store.hall import HallRow, add_hall, find_hall
from node.store.migrations import migrate
from node.store.neighbours import Neighbour, add_neighbour, set_last_heard
from node.store.records import add_holders, add_records, all_hearings, all_holders, all_records
from node.store.references import next_reference
from node.store.time import KnownTimes, find_past, keep_passing, latest_time
from protocol.aging import Buried, Passing, Past
from protocol.ids import ObjectId, Thousandths, UnixMs
from protocol.limits import BURIED_MAX, PURGE_STEP_MS
from tests.protocol.halls import NOW, Hall

NORTH, EAST = Hall("Northgate"), Hall("Eastside")
ROW = HallRow(
    group=NORTH.group,
    backup_public=b"b" * 32,
    device_seed=b"s" * 32,
    discovery_key=b"d" * 16,
    name="Northgate Hall",
    call_sign="NG",
    place="12 Mill Lane",
    area="Northgate",
)
UNSURE = EAST.request(clock_unsure=True)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    """The file of a hall where nothing has happened yet."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        conn.execute("PRAGMA foreign_keys = ON")
        migrate(conn)
        add_hall(conn, ROW)
        yield conn


def at(steps: int) -> UnixMs:
    return UnixMs(NOW // PURGE_STEP_MS * PURGE_STEP_MS + steps * PURGE_STEP_MS)


def buried(number: int, until_ms: UnixMs, version: int = 1) -> Buried:
    return Buried(ObjectId(number.to_bytes(16, "big")), version, until_ms)


def test_what_is_gone_is_deleted_with_who_held_it_and_nothing_else_is(
    conn: sqlite3.Connection,
) -> None:
    own, theirs = NORTH.request(), EAST.request("beds")
    add_records(conn, [NORTH.roster(), own, theirs], NOW)
    add_holders(conn, EAST.group, [own.id])
    keep_passing(conn, Passing(over=(own, theirs), gone=(own, EAST.request("gone before"))), at(1))
    assert all_records(conn) == [NORTH.roster(), theirs]
    assert all_holders(conn) == []


def test_the_mark_is_where_it_was_last(conn: sqlite3.Connection) -> None:
    assert find_past(conn).purged_ms == 0
    keep_passing(conn, Passing(), at(2))
    keep_passing(conn, Passing(), at(1))
    assert find_past(conn).purged_ms == at(1)


def test_since_when_nobody_vouches_is_remembered_until_somebody_does(
    conn: sqlite3.Connection,
) -> None:
    assert find_past(conn).unsure_since_ms is None
    keep_passing(conn, Passing(unsure_since_ms=at(1)), at(1))
    assert find_past(conn).unsure_since_ms == at(1)
    keep_passing(conn, Passing(), at(2))
    assert find_past(conn).unsure_since_ms is None


def test_what_is_buried_is_remembered_until_the_mark_has_come_to_its_time(
    conn: sqlite3.Connection,
) -> None:
    early, late, later = buried(1, at(2)), buried(2, at(3)), buried(3, at(9))
    keep_passing(conn, Passing(buried=(later, early)), at(0))
    keep_passing(conn, Passing(buried=(late,)), at(1))
    assert find_past(conn).buried == (later, early, late)
    keep_passing(conn, Passing(), at(2))
    assert find_past(conn).buried == (later, late)
    again = buried(3, at(12), version=2)
    keep_passing(conn, Passing(buried=(again,)), at(2))
    assert find_past(conn).buried == (late, again)


def test_what_is_buried_is_bounded_and_the_oldest_is_forgotten(conn: sqlite3.Connection) -> None:
    burials = tuple(buried(number, at(9)) for number in range(BURIED_MAX + 2))
    keep_passing(conn, Passing(buried=burials), at(1))
    assert find_past(conn).buried == burials[2:]


def test_hearings_are_set_anew_for_those_that_are_held(conn: sqlite3.Connection) -> None:
    add_records(conn, [UNSURE, NORTH.request()], NOW)
    reheard = ((UNSURE.id, at(5)), (EAST.request("gone meanwhile").id, at(5)))
    keep_passing(conn, Passing(reheard=reheard), at(1))
    assert all_hearings(conn) == {UNSURE.id: at(5), NORTH.request().id: NOW}


# How late it is at least ----------------------------------------------------------------------


def write_record(conn: sqlite3.Connection, at_ms: UnixMs) -> None:
    add_records(conn, [UNSURE], at_ms)
    add_records(conn, [EAST.roster()], UnixMs(at_ms - 1))


def write_event(conn: sqlite3.Connection, at_ms: UnixMs) -> None:
    words = Words("FOD", "Soup", Thousandths(1_000), "meal")
    ref = next_reference(conn, Kind.NEED)
    append(conn, NORTH.device_key, Event(Did.ADDED, ref, at_ms, "AK", words.to_data()))


def hear_neighbour(conn: sqlite3.Connection, at_ms: UnixMs) -> None:
    add_neighbour(conn, Neighbour(EAST.group, "Eastside", UnixMs(1)))
    set_last_heard(conn, EAST.group, at_ms)


def move_mark(conn: sqlite3.Connection, at_ms: UnixMs) -> None:
    keep_passing(conn, Passing(), at_ms)


SOURCES = [write_record, write_event, hear_neighbour, move_mark]


def test_where_nothing_happened_nobody_knows_how_late_it_is(conn: sqlite3.Connection) -> None:
    assert latest_time(conn) == 0
    add_neighbour(conn, Neighbour(EAST.group, "Eastside", UnixMs(1)))
    assert latest_time(conn) == 0


@pytest.mark.parametrize("latest", range(len(SOURCES)))
def test_whatever_was_written_last_says_how_late_it_is_at_least(
    conn: sqlite3.Connection, latest: int
) -> None:
    for number, write in enumerate(SOURCES):
        write(conn, NOW if number == latest else UnixMs(NOW - 1_000))
    assert latest_time(conn) == NOW


@pytest.mark.parametrize("source", range(len(SOURCES)))
def test_one_source_is_enough(conn: sqlite3.Connection, source: int) -> None:
    SOURCES[source](conn, NOW)
    assert latest_time(conn) == NOW


# When somebody vouched for it at last -----------------------------------------------------------

WRITTEN = [
    (50, False),
    (1, True),
    (2, False),
    (3, False),
    (400, True),
    (4, False),
    (9, True),
    (5, False),
]
"""When each thing was written, in order, and whether somebody vouched for that time."""


@pytest.mark.parametrize("order", [1, -1])
def test_what_nobody_vouched_for_is_followed_by_the_first_time_that_somebody_did(
    conn: sqlite3.Connection, order: int
) -> None:
    """Whatever is asked first. At 10, 400 is still to come."""
    for at_ms, trusted in WRITTEN:
        append(conn, NORTH.device_key, Event(Did.TIMED, "", at_ms, "*", {}, trusted))
    rows = range(1, len(WRITTEN) + 1)[::order]
    for now_ms, first in (
        (10, [1, 1, 9, 9, 9, 9, 9, None]),
        (400, [1, 1, 400, 400, 400, 9, 9, None]),
    ):
        known = KnownTimes(conn, now_ms)
        assert {n: known.first_ms(n) for n in rows} == dict(zip(range(1, 9), first, strict=True))


def test_each_spell_is_read_once(conn: sqlite3.Connection) -> None:
    for _ in range(9):
        append(conn, NORTH.device_key, Event(Did.TIMED, "", 1, "*", {}, trusted=False))
    append(conn, NORTH.device_key, Event(Did.TIMED, "", 2, "*", {}))
    known, told = KnownTimes(conn, 5), list[str]()
    conn.set_trace_callback(told.append)
    assert {known.first_ms(n) for n in (5, 1, 9, 10)} == {2}
    assert len(told) == 2


# A file from before ---------------------------------------------------------------------------


def test_a_file_that_knew_nothing_of_time_keeps_all_its_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scripts = migrations._scripts()
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        with monkeypatch.context() as before:
            before.setattr(migrations, "_scripts", lambda: scripts[:1])
            migrate(conn)
        add_hall(conn, ROW)
        write_record(conn, NOW)
        hear_neighbour(conn, UnixMs(NOW - 5))
        migrate(conn)
        assert find_hall(conn) == ROW
        assert all_records(conn) == [UNSURE, EAST.roster()]
        assert all_hearings(conn)[UNSURE.id] == NOW
        assert find_past(conn) == Past(NOW, UnixMs(0), None, ())
        keep_passing(conn, Passing(gone=(UNSURE,), buried=(buried(1, at(9)),)), at(1))
        assert all_records(conn) == [EAST.roster()]
        assert find_past(conn) == Past(at(1), at(1), None, (buried(1, at(9)),))

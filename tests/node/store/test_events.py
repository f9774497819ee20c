"""Rows of events: appended in acts, counted by device, taken back but never deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from node.desk.events import BY_ITSELF, Did, Event
from node.store.events import (
    add_events,
    all_events_of,
    counting_events,
    events_of_act,
    is_sheet,
    last_act,
    last_counter,
    mark_left,
    mark_undone,
)
from node.store.migrations import migrate
from protocol.ids import DeviceKey

DEVICE, OTHER_DEVICE = DeviceKey(b"a" * 32), DeviceKey(b"b" * 32)
NEED, OFFER = "N-1-B", "O-1-C"


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrate(conn)
        yield conn


def event(about: str = NEED, initials: str = "AK", did: Did = Did.EDITED, **data: object) -> Event:
    return Event(did, about, 1_000, initials, data)


def counters(conn: sqlite3.Connection, device: DeviceKey, initials: str) -> list[int]:
    return [row.counter for row in last_act(conn, device, initials)]


def test_counters_of_a_device_have_no_gaps(conn: sqlite3.Connection) -> None:
    for device, count in ((DEVICE, 1), (OTHER_DEVICE, 2), (DEVICE, 3), (OTHER_DEVICE, 1)):
        add_events(conn, device, [event() for _ in range(count)])
    rows = conn.execute("SELECT device, counter, act FROM event ORDER BY n").fetchall()
    a, b = DEVICE, OTHER_DEVICE
    assert [tuple(row) for row in rows] == [
        (a, 1, 1), (b, 1, 1), (b, 2, 1), (a, 2, 2), (a, 3, 2), (a, 4, 2), (b, 3, 3),
    ]  # fmt: skip
    assert (last_counter(conn, DEVICE), last_counter(conn, DeviceKey(b"c" * 32))) == (4, 0)


def test_an_event_comes_back_as_it_was_appended(conn: sqlite3.Connection) -> None:
    told = Event(Did.ADDED, NEED, 5, "Ö", {"text": 'çay, "2" l', "by_ms": None}, trusted=False)
    add_events(conn, DEVICE, [told])
    assert counting_events(conn, NEED) == [told]
    assert "ç" in conn.execute("SELECT data FROM event").fetchone()[0]


@pytest.mark.parametrize(
    ("dids", "is_one"),
    [
        ((Did.ADDED, Did.ADDED, Did.QUIETED), True),
        ((Did.ADDED, Did.QUIETED, Did.QUIETED), False),
        ((Did.QUIETED, Did.QUIETED), False),
        ((Did.ADDED, Did.EDITED), False),
        ((), False),
    ],
)
def test_a_sheet_is_several_that_are_new_and_their_marks(
    conn: sqlite3.Connection, dids: tuple[Did, ...], is_one: bool
) -> None:
    act = add_events(conn, DEVICE, [event(did=did) for did in dids])
    add_events(conn, OTHER_DEVICE, [event(did=Did.EDITED)])
    assert is_sheet(conn, DEVICE, act) is is_one


def test_what_happened_to_one_thing_is_told_in_order(conn: sqlite3.Connection) -> None:
    add_events(conn, DEVICE, [event(note=1), event(OFFER, note=2)])
    add_events(conn, OTHER_DEVICE, [event(note=3)])
    assert [each.data["note"] for each in counting_events(conn, NEED)] == [1, 3]
    assert [row.event.data["note"] for row in all_events_of(conn, [NEED, OFFER])] == [1, 2, 3]
    assert all_events_of(conn, ["N-3-F"]) == []


def test_what_was_taken_back_is_told_and_does_not_count(conn: sqlite3.Connection) -> None:
    add_events(conn, DEVICE, [event(note=1), event(note=2)])
    add_events(conn, DEVICE, [event(did=Did.UNDONE)])
    mark_undone(conn, DEVICE, [1, 2], 3)
    assert counting_events(conn, NEED) == []
    assert [row.undone for row in all_events_of(conn, [NEED])] == [3, 3, None]
    assert events_of_act(conn, DEVICE, 1) == []


def test_the_last_act_is_of_these_initials_and_of_this_device(conn: sqlite3.Connection) -> None:
    add_events(conn, DEVICE, [event(), event(OFFER)])
    add_events(conn, DEVICE, [event(initials="BL")])
    add_events(conn, OTHER_DEVICE, [event()])
    add_events(conn, DEVICE, [event(initials=BY_ITSELF)])
    assert counters(conn, DEVICE, "AK") == [1, 2]
    assert counters(conn, DEVICE, "BL") == [3]
    assert counters(conn, OTHER_DEVICE, "AK") == [1]
    assert counters(conn, DEVICE, "CM") == []


def test_initials_are_the_same_however_they_were_typed(conn: sqlite3.Connection) -> None:
    add_events(conn, DEVICE, [event(initials="Öz")])
    add_events(conn, DEVICE, [event(initials="AK")])
    add_events(conn, DEVICE, [event(initials="ÖZ")])
    add_events(conn, DEVICE, [event(initials="")])
    assert counters(conn, DEVICE, "öz") == [3]
    mark_undone(conn, DEVICE, [3], 9)
    assert counters(conn, DEVICE, "öz") == [1]


def test_looking_is_no_act(conn: sqlite3.Connection) -> None:
    add_events(conn, DEVICE, [event()])
    add_events(conn, DEVICE, [event(did=Did.READ)])
    assert counters(conn, DEVICE, "AK") == [1]


def test_what_was_left_of_an_act_is_passed_over(conn: sqlite3.Connection) -> None:
    add_events(conn, DEVICE, [event()])
    add_events(conn, DEVICE, [event(), event(OFFER)])
    mark_left(conn, DEVICE, [2, 3])
    assert counters(conn, DEVICE, "AK") == [1]
    add_events(conn, DEVICE, [event()], 2)
    assert counters(conn, DEVICE, "AK") == [4], "a sheet that still goes on"


def test_of_a_long_act_a_part_is_read_at_a_time(conn: sqlite3.Connection) -> None:
    act = add_events(conn, DEVICE, [event(f"N-{n}") for n in range(5)])
    parts = [events_of_act(conn, DEVICE, act, 2, before) for before in (9, 4, 2)]
    assert [[row.counter for row in part] for part in parts] == [[4, 5], [2, 3], [1]]


def test_behind_an_act_that_was_taken_back_stands_the_one_before(conn: sqlite3.Connection) -> None:
    for _ in range(3):
        add_events(conn, DEVICE, [event()])
    add_events(conn, DEVICE, [event(did=Did.UNDONE)])
    mark_undone(conn, DEVICE, [3], 4)
    assert counters(conn, DEVICE, "AK") == [2]

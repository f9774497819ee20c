"""Rows of neighbours, of where they are, and of codes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from node.store.migrations import migrate
from node.store.neighbours import (
    ADDRESSES_KEPT,
    Address,
    InviteRow,
    Neighbour,
    add_invite,
    add_neighbour,
    addresses_of,
    all_invites,
    all_neighbours,
    delete_neighbour,
    delete_old_invites,
    note_address,
    set_discovery_key,
    set_last_heard,
    spend_invite,
)
from protocol.ids import DeviceKey, GroupId, UnixMs

EAST = Neighbour(GroupId(b"e" * 32), "Eastside", UnixMs(2))
WEST = Neighbour(GroupId(b"w" * 32), "West Quay", UnixMs(1))
DEVICE = DeviceKey(b"d" * 32)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrate(conn)
        yield conn


def test_neighbours_in_the_order_of_pairing(conn: sqlite3.Connection) -> None:
    for each in (EAST, WEST):
        add_neighbour(conn, each)
    assert all_neighbours(conn) == [WEST, EAST]


def test_pairing_again_keeps_the_row_and_takes_the_new_name(conn: sqlite3.Connection) -> None:
    add_neighbour(conn, EAST)
    set_discovery_key(conn, EAST.group, b"k" * 16)
    set_last_heard(conn, EAST.group, UnixMs(9))
    add_neighbour(conn, replace(EAST, name="Eastside Centre", paired_ms=UnixMs(7)))
    assert all_neighbours(conn) == [
        Neighbour(EAST.group, "Eastside Centre", EAST.paired_ms, b"k" * 16, UnixMs(9))
    ]


def test_the_latest_address_first_and_a_few_of_each(conn: sqlite3.Connection) -> None:
    for each in (EAST, WEST):
        add_neighbour(conn, each)
    note_address(conn, WEST.group, Address("192.0.2.9", 1), UnixMs(1))
    for port in range(1, 3 * ADDRESSES_KEPT):
        note_address(conn, EAST.group, Address("192.0.2.1", port), UnixMs(port))
    note_address(conn, EAST.group, Address("192.0.2.1", 2 * ADDRESSES_KEPT), UnixMs(10_000))
    found = addresses_of(conn, EAST.group, 10_000)
    assert len(found) == ADDRESSES_KEPT
    assert found[:2] == [
        Address("192.0.2.1", 2 * ADDRESSES_KEPT),
        Address("192.0.2.1", 3 * ADDRESSES_KEPT - 1),
    ]
    assert addresses_of(conn, EAST.group, 1) == found[:1]
    assert addresses_of(conn, WEST.group, 9) == [Address("192.0.2.9", 1)]


def test_a_neighbour_goes_with_its_addresses(conn: sqlite3.Connection) -> None:
    for each in (EAST, WEST):
        add_neighbour(conn, each)
        note_address(conn, each.group, Address("192.0.2.1", 1), UnixMs(1))
    delete_neighbour(conn, EAST.group)
    assert all_neighbours(conn) == [WEST]
    assert addresses_of(conn, EAST.group, 9) == []
    assert addresses_of(conn, WEST.group, 9) == [Address("192.0.2.1", 1)]


def test_a_code_is_spent_by_one(conn: sqlite3.Connection) -> None:
    first, second = (InviteRow(bytes([n]) * 16, UnixMs(5)) for n in (1, 2))
    for each in (first, second):
        add_invite(conn, each)
    spend_invite(conn, first.secret, DEVICE, EAST.group, "Eastside")
    spent = replace(first, spent_by=DEVICE, spent_group=EAST.group, spent_name="Eastside")
    assert all_invites(conn) == [second, spent]


def test_only_the_newest_codes_stay(conn: sqlite3.Connection) -> None:
    rows = [InviteRow(bytes([n]) * 16, UnixMs(5)) for n in range(6)]
    for each in rows:
        add_invite(conn, each)
    delete_old_invites(conn, 2)
    assert all_invites(conn) == [rows[5], rows[4]]


def test_a_neighbour_goes_with_the_codes_that_it_used(conn: sqlite3.Connection) -> None:
    of_east, of_west, open_one = (InviteRow(bytes([n]) * 16, UnixMs(5)) for n in (1, 2, 3))
    for row, neighbour in ((of_east, EAST), (of_west, WEST), (open_one, None)):
        add_invite(conn, row)
        if neighbour:
            add_neighbour(conn, neighbour)
            spend_invite(conn, row.secret, DEVICE, neighbour.group, neighbour.name)
    delete_neighbour(conn, EAST.group)
    assert [each.secret for each in all_invites(conn)] == [open_one.secret, of_west.secret]


def test_no_address_is_kept_of_a_hall_that_is_no_neighbour(conn: sqlite3.Connection) -> None:
    add_neighbour(conn, EAST)
    delete_neighbour(conn, EAST.group)
    note_address(conn, EAST.group, Address("192.0.2.1", 1), UnixMs(1))
    assert addresses_of(conn, EAST.group, 9) == []

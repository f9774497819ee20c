"""The row of our own hall, and its keys."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from node.store.hall import (
    HallRow,
    add_hall,
    add_seal_key,
    all_seal_keys,
    all_shown_seal_keys,
    delete_seal_key,
    find_hall,
    keep_seal_keys,
    next_boot,
    set_listen,
)
from node.store.migrations import migrate
from protocol.ids import GroupId, UnixMs
from protocol.seal_keys import SealKey

ROW = HallRow(
    group=GroupId(b"g" * 32),
    backup_public=b"b" * 32,
    device_seed=b"s" * 32,
    discovery_key=b"d" * 16,
    name="Northgate Hall",
    call_sign="NG",
    place="12 Mill Lane",
    area="Northgate",
)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrate(conn)
        yield conn


def test_there_is_one_hall_or_none(conn: sqlite3.Connection) -> None:
    assert find_hall(conn) is None
    add_hall(conn, ROW)
    assert find_hall(conn) == ROW
    with pytest.raises(sqlite3.IntegrityError):
        add_hall(conn, ROW)


def test_boots_rise(conn: sqlite3.Connection) -> None:
    add_hall(conn, ROW)
    assert [next_boot(conn) for _ in range(3)] == [1, 2, 3]
    assert find_hall(conn) == replace(ROW, boot=3)


def test_where_we_listen_is_remembered(conn: sqlite3.Connection) -> None:
    add_hall(conn, ROW)
    set_listen(conn, "127.0.0.1:7425", 7425)
    assert find_hall(conn) == replace(ROW, listen="127.0.0.1:7425", port=7425)
    set_listen(conn, None, 40_000)
    assert find_hall(conn) == replace(ROW, listen=None, port=40_000)


def test_the_newest_seal_key_first_whatever_the_clock_said(conn: sqlite3.Connection) -> None:
    for n, made_ms in ((1, 20), (2, 30), (3, 10)):
        add_seal_key(conn, bytes([n]) * 32, bytes([n + 10]) * 32, UnixMs(made_ms))
    assert all_seal_keys(conn) == [bytes([n + 10]) * 32 for n in (3, 2, 1)]
    assert all_shown_seal_keys(conn) == [
        SealKey(bytes([n]) * 32, UnixMs(made_ms)) for n, made_ms in ((3, 10), (2, 30), (1, 20))
    ]


def test_how_long_a_seal_key_is_kept_stands_beside_it(conn: sqlite3.Connection) -> None:
    for n in (1, 2):
        add_seal_key(conn, bytes([n]) * 32, bytes([n + 10]) * 32, UnixMs(n))
    newest, older = all_shown_seal_keys(conn)
    older = replace(older, keep_until_ms=UnixMs(77))
    keep_seal_keys(conn, [older])
    assert all_shown_seal_keys(conn) == [newest, older]
    delete_seal_key(conn, older.public)
    assert all_shown_seal_keys(conn) == [newest]
    assert all_seal_keys(conn) == [b"\x0c" * 32]

"""A MAC on every private row: whatever bit flips on the card, it is found or nobody reads it."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from node.desk.events import Did, Event
from node.desk.references import Kind, make
from node.desk.words import Words
from node.refusal import Refused
from node.store.board import append
from node.store.connection import open_existing
from node.store.folder import FILE_NAME
from node.store.macs import (
    FIRST_ROWID,
    Unsound,
    all_unsound,
    guard,
    guarded,
    look_through,
    renew_after,
)
from node.store.migrations import migrate
from node.store.scrub import damaged_tables
from protocol.ids import DeviceKey, Thousandths
from tests.node.store.old_halls import OLD_HALLS, put_back

DEVICE = DeviceKey(b"a" * 32)
NEED, OFFER = make(Kind.NEED, 900), make(Kind.OFFER, 900)
MATCH, JOB = make(Kind.MATCH, 900), make(Kind.JOB, 900)
MEALS = Words("FOD", "Hot meals", Thousandths(40_000), "meal", contact="Ana, 555 0100")
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        newest = migrate(conn)
        guard(conn)
        renew_after(conn, newest)
        fill(conn)
        yield conn


def fill(conn: sqlite3.Connection) -> None:
    """A need, an offer, a match and a job."""
    for ref in (NEED, OFFER):
        append(conn, DEVICE, Event(Did.ADDED, ref, 1, "AK", MEALS.to_data()))
    agreed = {"need": NEED, "offer": OFFER, "qty": 40_000, "state": "agreed", "until_ms": 9}
    append(conn, DEVICE, Event(Did.MATCHED, MATCH, 2, "AK", agreed))
    planned = {"matches": [MATCH], "who": "Jo", "at_ms": 9, "note": "the red van"}
    append(conn, DEVICE, Event(Did.PLANNED, JOB, 3, "AK", planned))


def test_every_table_with_private_rows_is_guarded(conn: sqlite3.Connection) -> None:
    assert set(guarded(conn)) >= {
        *("address", "entry", "event", "hall", "invite", "job", "matching", "neighbour"),
        "seal_key",
    }


def test_what_our_own_connection_writes_is_sound(conn: sqlite3.Connection) -> None:
    assert list(all_unsound(conn)) == []
    append(conn, DEVICE, Event(Did.EDITED, NEED, 4, "AK", {"note": "x", "by_ms": 8}))
    conn.execute("UPDATE event SET undone = 5 WHERE counter = 1")
    conn.execute("INSERT INTO invite (secret, until_ms) VALUES (x'01', 2)")
    conn.execute("INSERT OR REPLACE INTO invite (secret, until_ms) VALUES (x'01', 3)")
    conn.execute(
        "INSERT INTO invite (secret, until_ms) VALUES (x'01', 4)"
        " ON CONFLICT DO UPDATE SET until_ms = excluded.until_ms"
    )
    assert list(all_unsound(conn)) == []
    assert all(conn.execute(f"SELECT mac FROM {each}").fetchone()[0] for each in ("event", "job"))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET contact = 'Anb, 555 0100'",
        "UPDATE entry SET by_ms = 0",
        "UPDATE entry SET n = n + 8 WHERE kind = 'OFFER'",
        "UPDATE event SET data = data || ' ' WHERE counter = 1",
        "UPDATE event SET undone = 2 WHERE counter = 1",
        "UPDATE matching SET mac = NULL",
        "UPDATE matching SET mac = x'0000000000000000'",
        "UPDATE job SET who = 'Jp'",
        "UPDATE job SET note = CAST(x'ff' AS TEXT)",
        "UPDATE event SET initials = CAST(x'ff' AS TEXT)",
        "UPDATE entry SET mac = (SELECT mac FROM entry AS other WHERE other.ref <> entry.ref)",
    ],
)
def test_what_anything_else_has_changed_is_not(conn: sqlite3.Connection, change: str) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as other:
        other.deserialize(conn.serialize())
        other.execute(change)
        guard(other)
        table = change.split()[1]
        found = list(all_unsound(other))
        assert {row.table for row in found} == {table}


def test_no_row_counts_in_another_table_s_place(conn: sqlite3.Connection) -> None:
    for table in ("one", "other"):
        conn.execute(f"CREATE TABLE {table} (a INTEGER, mac BLOB) STRICT")
    guard(conn)
    for table in ("one", "other"):
        conn.execute(f"INSERT INTO {table} (a) VALUES (1)")
    assert list(all_unsound(conn)) == []
    conn.execute("UPDATE other SET mac = (SELECT mac FROM one)")
    assert list(all_unsound(conn)) == [Unsound("other", 1)]


def test_of_one_unreadable_text_only_its_row_is_found(conn: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as other:
        other.deserialize(conn.serialize())
        other.execute("UPDATE entry SET text = CAST(x'c328' AS TEXT) WHERE kind = 'OFFER'")
        guard(other)
        assert list(all_unsound(other)) == [Unsound("entry", 2)]


def test_a_table_is_looked_through_in_steps(conn: sqlite3.Connection) -> None:
    conn.execute("DROP TRIGGER guard_event_update")
    conn.execute("UPDATE event SET at_ms = 99 WHERE n IN (2, 3)")
    after: int | None = FIRST_ROWID
    steps = []
    while after is not None:
        looked = look_through(conn, "event", after, 2)
        steps.append([row.rowid for row in looked.unsound])
        after = looked.last
    assert steps == [[2], [3], []]


def test_another_program_can_still_read_and_write_the_file(conn: sqlite3.Connection) -> None:
    """What guards the rows is our connection's alone."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as other:
        other.deserialize(conn.serialize())
        other.execute("DELETE FROM job")
        assert other.execute("SELECT count(*) FROM event").fetchone() == (4,)


def test_rows_that_nobody_has_vouched_for_are_vouched_for_once(conn: sqlite3.Connection) -> None:
    conn.execute("UPDATE hall SET mac = NULL")
    conn.execute("UPDATE job SET mac = NULL")
    newest = conn.execute("SELECT since FROM mac_key").fetchone()[0]
    renew_after(conn, newest)
    assert list(all_unsound(conn)) == [Unsound("job", 1)]
    renew_after(conn, "999_later")
    assert list(all_unsound(conn)) == []


# A small hall on a card, and the card rots.

FLIPS = 400


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a hall with rows in every guarded table, as one connection leaves it."""
    folder = tmp_path_factory.mktemp("hall")
    put_back(OLD_HALLS[-1], folder)
    with closing(open_existing(folder)) as conn:
        fill(conn)
        conn.execute("PRAGMA journal_mode = DELETE")
    return (folder / FILE_NAME).read_bytes()


def opened(image: bytes) -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    conn.deserialize(image)
    return conn


def read(conn: sqlite3.Connection, tables: list[str]) -> Rows:
    return {
        table: [tuple(row) for row in conn.execute(f"SELECT * FROM {table} NOT INDEXED")]
        for table in tables
    }


def flipped(image: bytes, at: int, bit: int) -> bytes:
    other = bytearray(image)
    other[at] ^= 1 << bit
    return bytes(other)


def pages_of(image: bytes, tables: list[str]) -> list[int]:
    """Where each leaf of these tables' trees begins."""
    size = int.from_bytes(image[16:18], "big")
    with closing(opened(image)) as conn:
        roots = [
            conn.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [each]).fetchone()[0]
            for each in tables
        ]
    starts, waiting = [], [(root - 1) * size for root in roots]
    while waiting:
        start = waiting.pop()
        starts.append(start)
        if image[start] == 5:  # an inner page: its cells name those below (file format, 1.6)
            cells = int.from_bytes(image[start + 3 : start + 5], "big")
            at = [
                start + int.from_bytes(image[p : p + 2], "big")
                for p in range(start + 12, start + 12 + 2 * cells, 2)
            ]
            below = [int.from_bytes(image[each : each + 4], "big") for each in at]
            below.append(int.from_bytes(image[start + 8 : start + 12], "big"))
            waiting += [(page - 1) * size for page in below]
    return starts


@pytest.mark.parametrize("seed", range(2))
def test_one_flipped_bit_is_found_or_changes_nothing_that_is_read(
    image: bytes, tmp_path: Path, seed: int
) -> None:
    """In the pages that private rows stand on; most often at their heads, where one bit hides or
    moves rows: each of these has changed nothing, or is found by SQLite or by a MAC."""
    chance = random.Random(seed)
    with closing(opened(image)) as conn:
        tables = guarded(conn)
        sound = read(conn, tables)
    assert all(sound[table] for table in tables)
    starts = pages_of(image, tables)
    outcomes = {"same": 0, "unreadable": 0, "unsound": 0, "damaged": 0}
    for _ in range(FLIPS):
        start, depth = chance.choice(starts), chance.choice((60, 4_096))
        at = start + chance.randrange(depth)
        rotten = flipped(image, at, chance.randrange(8))
        outcomes[outcome(rotten, tables, sound, tmp_path)] += 1
    assert outcomes["unsound"] > 20
    assert outcomes["unreadable"] > 5


def outcome(rotten: bytes, tables: list[str], sound: Rows, folder: Path) -> str:
    with closing(opened(rotten)) as conn:
        guard(conn)
        try:
            if read(conn, tables) == sound:
                return "same"
        except sqlite3.Error:
            return "unreadable"
        if list(all_unsound(conn)):
            return "unsound"
    file = folder / "rotten.db"
    file.write_bytes(rotten)
    assert damaged_tables(file), "a private row is another, and nobody has noticed"
    return "damaged"


@pytest.mark.parametrize("seed", range(40))
def test_a_hall_on_a_card_that_rots_opens_or_is_refused_in_a_sentence(
    image: bytes, tmp_path: Path, seed: int
) -> None:
    """Also where the bit is one of the schema's own texts."""
    chance = random.Random(seed)
    at = chance.randrange(40 if seed % 2 else 4_096, len(image) if seed % 2 else 5 * 4_096)
    (tmp_path / FILE_NAME).write_bytes(flipped(image, at, chance.randrange(8)))
    try:
        open_existing(tmp_path).close()
    except Refused:
        return


def test_a_schema_that_is_no_text_any_more_is_a_sentence(image: bytes, tmp_path: Path) -> None:
    at = image.index(b"CREATE TABLE hall (") + 3
    (tmp_path / FILE_NAME).write_bytes(flipped(image, at, 7))
    with pytest.raises(Refused):
        open_existing(tmp_path)

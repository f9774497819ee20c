"""Halls of every earlier version: opened, they are the same, wherever the power goes meanwhile."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, fields
from hashlib import blake2b
from pathlib import Path

import pytest

from node.api.requests import ListEntries, ListNeighbours, ListOverflows, Status
from node.api.views import Kind
from node.desk.references import Kind as Letter
from node.desk.references import parse
from node.desk.words import Words
from node.refusal import Why
from node.store import connection
from node.store.board import RULES
from node.store.connection import open_existing
from node.store.entries import all_entries, all_passed, entries_in
from node.store.folder import FILE_NAME
from node.store.macs import all_unsound, guarded
from node.store.migrations import _scripts, migrate
from node.store.records import all_holders, all_records
from node.store.references import next_reference
from protocol.ids import ObjectId
from tests.node.refusals import refused
from tests.node.store.old_halls import OLD_HALLS, put_back
from tests.node.two_halls import opened

UNTOUCHED = (
    "hall", "seal_key", "record", "holder", "neighbour", "address", "invite", "event", "passed",
)  # fmt: skip
"""What no version has given another shape so far: columns were added."""
SAID = ("category", "text", "qty", "unit", "zone", "by_ms", "contact", "note", "consent", "danger")
"""The words of the first version."""
Rows = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Before:
    """A hall as its own version left it."""

    columns: dict[str, list[str]]
    rows: Rows
    board: dict[str, dict[str, object]]


def looked_at(folder: Path, as_of: Before | None = None) -> Before:
    """`as_of`: only what there was of it then."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as conn:
        columns = as_of.columns if as_of else {each: columns_of(conn, each) for each in UNTOUCHED}
        conn.row_factory = sqlite3.Row
        board = {row["ref"]: dict(row) for row in conn.execute("SELECT * FROM entry ORDER BY n")}
        return Before(columns, rows_of(conn, columns), board)


def columns_of(conn: sqlite3.Connection, table: str) -> list[str]:
    return [row[0] for row in conn.execute("SELECT name FROM pragma_table_info(?)", [table])]


def rows_of(conn: sqlite3.Connection, columns: dict[str, list[str]]) -> Rows:
    return {
        table: [
            tuple(row)
            for row in conn.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY rowid")
        ]
        for table, names in columns.items()
    }


def assert_same(conn: sqlite3.Connection, before: Before) -> None:
    assert rows_of(conn, before.columns) == before.rows
    entries = [*all_entries(conn, Letter.NEED), *all_entries(conn, Letter.OFFER)]
    assert {entry.ref for entry in entries} == set(before.board)
    for entry in entries:
        was = before.board[entry.ref]
        assert (entry.state, entry.because, entry.received) == (
            was["state"],
            was["because"],
            was["received"],
        )
        assert (entry.created_ms, entry.initials) == (was["created_ms"], was["initials"])
        assert {name: getattr(entry.words, name) for name in SAID} == {n: was[n] for n in SAID}
        plain = Words("FOD", "", entry.words.qty, "meal")
        later = {field.name for field in fields(Words)} - set(SAID)
        assert all(getattr(entry.words, name) == getattr(plain, name) for name in later)
    order = [row[0] for row in conn.execute("SELECT ref FROM entry ORDER BY n")]
    assert order == list(before.board)
    assert list(all_unsound(conn)) == []
    assert conn.execute("SELECT rules FROM folded").fetchone()[0] == RULES
    found = conn.execute("SELECT rowid FROM finding WHERE finding MATCH 'insulin'").fetchall()
    assert len(found) == 1


@pytest.fixture(params=OLD_HALLS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of a hall of an earlier version."""
    put_back(request.param, tmp_path / "old")
    return tmp_path / "old"


def test_there_is_a_hall_of_each_version_from_the_first_on() -> None:
    assert list(OLD_HALLS) == [name for name, _ in _scripts()][: len(OLD_HALLS)]
    assert len(OLD_HALLS) >= 4


@pytest.mark.parametrize("name", OLD_HALLS)
def test_a_schema_file_that_was_handed_out_never_changes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hall that was made with it would be another than one that is made now."""
    put_back(name, tmp_path)
    until = [each for each in _scripts() if each[0] <= name]
    monkeypatch.setattr("node.store.migrations._scripts", lambda: until)
    with (
        closing(sqlite3.connect(tmp_path / FILE_NAME)) as old,
        closing(sqlite3.connect(":memory:", isolation_level=None)) as new,
    ):
        migrate(new)
        assert schema(old) == schema(new)


def schema(conn: sqlite3.Connection) -> list[str]:
    return sorted(row[0] for row in conn.execute("SELECT sql FROM sqlite_master WHERE sql <> ''"))


@pytest.mark.parametrize("name", OLD_HALLS)
def test_every_table_of_an_old_hall_has_rows(name: str, tmp_path: Path) -> None:
    put_back(name, tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as conn:
        for (table,) in conn.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        ):
            assert conn.execute(f"SELECT 1 FROM {table}").fetchone(), table


def test_opened_it_is_the_same_hall(old: Path) -> None:
    before = looked_at(old)
    with closing(open_existing(old)) as conn:
        assert_same(conn, before)
        for table in guarded(conn):
            assert not conn.execute(f"SELECT 1 FROM {table} WHERE mac IS NULL").fetchone(), table
    with closing(open_existing(old)) as conn:
        assert_same(conn, before)


def test_what_was_passed_on_is_still_in_its_overflows(old: Path) -> None:
    with closing(sqlite3.connect(old / FILE_NAME)) as conn:
        passed = {(bytes(o), ref) for o, ref in conn.execute("SELECT overflow, ref FROM passed")}
    with closing(open_existing(old)) as conn:
        assert {(bytes(each.overflow), each.ref) for each in all_passed(conn)} == passed
        for overflow, ref in passed:
            assert ref in {each.ref for each in entries_in(conn, ObjectId(overflow))}


def test_references_go_on_where_they_were(old: Path) -> None:
    given = set(looked_at(old).board)
    with closing(open_existing(old)) as conn:
        for letter in (Letter.NEED, Letter.OFFER):
            number = parse(next_reference(conn, letter))[1].number
            assert number == 1 + sum(ref.startswith(letter.value) for ref in given)


@pytest.mark.asyncio
async def test_the_whole_node_works_on_it(old: Path) -> None:
    before = looked_at(old)
    async with opened(old) as hall:
        needs = await hall.ask(ListEntries(Kind.NEED, closed=True))
        offers = await hall.ask(ListEntries(Kind.OFFER, closed=True))
        assert {each.ref: each.state for each in (*needs, *offers)} == {
            ref: was["state"] for ref, was in before.board.items()
        }
        overflows = await hall.ask(ListOverflows())
        assert sorted(each.state for each in overflows) == ["covered", "open", "open"]
        neighbours = await hall.ask(ListNeighbours())
        assert len(neighbours) == 2
        assert (await hall.ask(Status())).needs_open == 2
        await hall.core.boot()
        assert hall.core.hall.boot.number == 2
        assert await hall.need()
        assert len(await hall.core.read(all_records)) == len(before.rows["record"])
        assert len(await hall.core.read(all_holders)) == len(before.rows["holder"])


def cuts(
    old: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, say: Callable[[], None] = lambda: None
) -> list[Path]:
    """Open it; before each statement, what the disk has of it is put aside. Each state once."""
    found: dict[bytes, Path] = {}

    def put_aside(_statement: str) -> None:
        say()
        files = sorted(path for path in old.iterdir() if not path.name.endswith("-shm"))
        state = b"".join(blake2b(path.read_bytes()).digest() for path in files)
        if state not in found:
            found[state] = folder / f"cut{len(found)}"
            found[state].mkdir()
            for path in files:
                shutil.copy(path, found[state] / path.name)

    def watched(data: Path) -> sqlite3.Connection:
        conn = connect(data)
        conn.set_trace_callback(put_aside)
        return conn

    connect = connection._connect
    with monkeypatch.context() as during:
        during.setattr(connection, "_connect", watched)
        open_existing(old).close()
    return list(found.values())


def applied(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as conn:
        return [row[0] for row in conn.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]


def test_wherever_the_power_goes_it_is_the_same_hall_when_it_comes_back(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = looked_at(old)
    missing = len(_scripts()) - len(applied(old))
    kept = cuts(old, tmp_path, monkeypatch)
    assert len(kept) > missing + 1, "one after each file, and one before everything is folded anew"
    for cut in kept:
        with closing(open_existing(cut)) as conn:
            assert_same(conn, before)


def test_until_the_new_schema_is_whole_the_earlier_version_can_go_on(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is on the disk in between is exactly what some version has written."""
    before = looked_at(old)
    for cut in cuts(old, tmp_path, monkeypatch):
        names = applied(cut)
        until = [each for each in _scripts() if each[0] in names]
        with monkeypatch.context() as during, closing(sqlite3.connect(":memory:")) as made:
            made.isolation_level = None
            during.setattr("node.store.migrations._scripts", lambda until=until: until)
            migrate(made)
            with closing(sqlite3.connect(cut / FILE_NAME)) as conn:
                assert schema(conn) == schema(made)
        if names[-1] in OLD_HALLS:
            assert looked_at(cut, before) == before


def test_a_disk_that_fails_in_the_middle_changes_nothing(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = looked_at(old)

    class Full(sqlite3.Connection):
        def execute(self, sql: str, given: object = ()) -> sqlite3.Cursor:
            if "CREATE VIRTUAL TABLE" in sql:
                raise sqlite3.OperationalError("database or disk is full")
            return super().execute(sql, given)  # type: ignore[arg-type]

    connect = sqlite3.connect
    with monkeypatch.context() as during:
        during.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, factory=Full, **k))
        with refused(Why.FOLDER_NOT_WRITABLE):
            open_existing(old)
    assert applied(old)[-1] == "004_clock"
    assert looked_at(old, before) == before
    with closing(open_existing(old)) as conn:
        assert_same(conn, before)


def test_a_newer_hall_is_refused_in_a_sentence_and_left_alone(old: Path) -> None:
    open_existing(old).close()
    with closing(sqlite3.connect(old / FILE_NAME, isolation_level=None)) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('hallway', '999_later', '2031-05-28')"
        )
        before = list(conn.iterdump())
    with refused(Why.FOLDER_NEWER):
        open_existing(old)
    with closing(sqlite3.connect(old / FILE_NAME)) as conn:
        assert list(conn.iterdump()) == before

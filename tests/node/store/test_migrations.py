"""The schema: numbered files, applied in order and once, each with its words."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from node.store import migrations
from node.store.hall import all_seal_keys, all_shown_seal_keys
from node.store.migrations import NewerSchemaError, migrate
from protocol.ids import UnixMs
from protocol.seal_keys import SealKey

FOLDER = Path(migrations.__file__).parent / "schema"
FILES = sorted(FOLDER.glob("*.sql"))
FOREIGN = frozenset(
    {"_sqlite_migrations", "sqlite_sequence", "sqlite_schema", "sqlite_temp_schema"}
)
TABLE = re.compile(r"^CREATE TABLE (\w+) \((.*?)^\) STRICT;", re.DOTALL | re.MULTILINE)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        yield conn


def applied(conn: sqlite3.Connection) -> list[str]:
    rows = conn.execute("SELECT name FROM _sqlite_migrations ORDER BY id")
    return [row[0] for row in rows]


def tables(conn: sqlite3.Connection) -> set[str]:
    """Those of the schema; an index of words is another kind, with tables of SQLite's beneath."""
    return {row[1] for row in conn.execute("PRAGMA table_list") if row[2] == "table"} - FOREIGN


def test_files_are_numbered_without_gaps() -> None:
    numbers = [int(path.name.split("_")[0]) for path in FILES]
    assert numbers == list(range(1, len(FILES) + 1))
    assert all(re.fullmatch(r"\d{3}_[a-z_]+\.sql", path.name) for path in FILES)


def test_every_file_is_applied_in_order_and_once(conn: sqlite3.Connection) -> None:
    migrate(conn)
    migrate(conn)
    assert applied(conn) == [path.stem for path in FILES]
    assert not conn.in_transaction


def test_every_table_is_strict(conn: sqlite3.Connection) -> None:
    migrate(conn)
    strict = {row[1] for row in conn.execute("PRAGMA table_list") if row[5]}
    assert tables(conn) == strict - FOREIGN


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_column_says_what_it_holds(path: Path) -> None:
    for table, body in TABLE.findall(path.read_text(encoding="utf-8")):
        for line in body.splitlines():
            column = line.split()[0] if line.split() else ""
            if re.fullmatch(r"[a-z_]+", column):
                assert "--" in line, f"{table}.{column}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_table_says_what_it_holds(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        if line.startswith("CREATE TABLE"):
            assert before.startswith("-- "), line


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_statement_at_the_end_is_forgotten(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    assert "".join(migrations._statements(script)) == script


def test_an_interrupted_migration_leaves_nothing(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(conn)
    before = list(conn.iterdump())
    later = [
        *migrations._scripts(),
        ("998_later", "CREATE TABLE later (n INTEGER) STRICT;\nCREATE TABLE hall (n) STRICT;\n"),
    ]
    monkeypatch.setattr(migrations, "_scripts", lambda: later)
    with pytest.raises(sqlite3.OperationalError):
        migrate(conn)
    assert list(conn.iterdump()) == before
    assert not conn.in_transaction


def test_a_missing_file_is_added_to_what_there_is(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(conn)
    later = [*migrations._scripts(), ("998_later", "CREATE TABLE later (n INTEGER) STRICT;\n")]
    monkeypatch.setattr(migrations, "_scripts", lambda: later)
    migrate(conn)
    assert "later" in tables(conn)
    assert applied(conn)[-1] == "998_later"


def test_a_newer_schema_is_refused(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(conn)
    monkeypatch.setattr(migrations, "_scripts", list)
    with pytest.raises(NewerSchemaError, match="001"):
        migrate(conn)


def test_a_hall_made_before_seal_keys_changed_keeps_the_one_that_it_has(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = [each for each in migrations._scripts() if each[0] < "003"]
    with monkeypatch.context() as during:
        during.setattr(migrations, "_scripts", lambda: earlier)
        migrate(conn)
    conn.execute("INSERT INTO seal_key VALUES (?, ?, ?)", [b"u" * 32, b"r" * 32, 1_790_000_000_000])
    migrate(conn)
    conn.row_factory = sqlite3.Row
    assert all_shown_seal_keys(conn) == [SealKey(b"u" * 32, UnixMs(1_790_000_000_000))]
    assert all_seal_keys(conn) == [b"r" * 32]

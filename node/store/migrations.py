"""Bring a database to the newest schema: numbered SQL files, applied once, in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATION_SET = "hallway"
MIGRATIONS_TABLE = "_sqlite_migrations"
"""Where sqlite-utils keeps what it has applied."""


class NewerSchemaError(Exception):
    """The database has had migrations that this version does not know."""


def migrate(conn: sqlite3.Connection) -> str:
    """Apply what is missing, each file in a transaction of its own; returns the newest one's name.

    Raises NewerSchemaError.
    """
    if not is_newest(conn):
        _apply(conn)
    return _scripts()[-1][0]


def is_newest(conn: sqlite3.Connection) -> bool:
    """Whether nothing is missing. Raises NewerSchemaError."""
    known = [name for name, _ in _scripts()]
    applied = _applied(conn)
    if not set(applied) <= set(known):
        raise NewerSchemaError(", ".join(sorted(set(applied) - set(known))))
    return applied == known


def _apply(conn: sqlite3.Connection) -> None:
    # A database that is up to date does not pay for this import.
    from sqlite_utils import Database  # noqa: PLC0415
    from sqlite_utils.migrations import Migrations  # noqa: PLC0415

    migrations = Migrations(MIGRATION_SET)
    for name, script in _scripts():
        migrations(name=name)(_SqlFile(name, script))
    migrations.apply(Database(conn))


class _SqlFile:
    """One SQL file as a migration. `executescript` would commit in the middle of it."""

    def __init__(self, name: str, script: str) -> None:
        self.__name__ = name
        self._script = script

    def __call__(self, db: Database, /) -> None:
        for statement in _statements(self._script):
            db.execute(statement)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _applied(conn: sqlite3.Connection) -> list[str]:
    table = MIGRATIONS_TABLE
    if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone():
        return []
    rows = conn.execute(
        f"SELECT name FROM {table} WHERE migration_set = ? ORDER BY name", [MIGRATION_SET]
    )
    return [row[0] for row in rows]


def _scripts() -> list[tuple[str, str]]:
    folder = files("node.store").joinpath("schema")
    found = [path for path in folder.iterdir() if path.name.endswith(".sql")]
    found.sort(key=lambda path: path.name)
    return [(path.name.removesuffix(".sql"), path.read_text(encoding="utf-8")) for path in found]

"""Folders that are not ours to use, and addresses that cannot be listened on."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from node.refusal import Why
from tests.e2e.halls import LOOPBACK, Hall, answering_pid, halls
from tests.e2e.refusals import LONG, assert_refused, contents

pytestmark = pytest.mark.e2e


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with halls(tmp_path, "Northgate") as (made,):
        yield made


COMMANDS: Final = [("status",), ("need", "add", "FOD", "hot meals"), ("node", *LOOPBACK), ("stop",)]


@pytest.mark.parametrize("typed", [*COMMANDS, ("init", "--name", "X")], ids=lambda typed: typed[0])
def test_a_folder_of_something_else(tmp_path: Path, typed: tuple[str, ...]) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    (folder / "beach.jpg").write_bytes(b"\xff\xd8")
    assert_refused(Hall("X", folder).run(*typed), Why.FOLDER_NOT_A_HALL)
    assert [path.name for path in folder.iterdir()] == ["beach.jpg"]


def foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE beach (sand TEXT)")
        conn.commit()


def no_database(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1_000)


@pytest.mark.parametrize("write", [foreign_database, no_database])
@pytest.mark.parametrize("typed", COMMANDS[:3], ids=lambda typed: typed[0])
def test_a_file_of_our_name_that_is_not_ours(
    tmp_path: Path, write: Callable[[Path], None], typed: tuple[str, ...]
) -> None:
    folder = tmp_path / "diary"
    folder.mkdir()
    write(folder / "hallway.db")
    before = (folder / "hallway.db").read_bytes()
    assert_refused(Hall("X", folder).run(*typed), Why.FOLDER_NOT_A_HALL)
    assert (folder / "hallway.db").read_bytes() == before


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("Dear diary")
    for typed in [*COMMANDS, ("init", "--name", "X")]:
        assert_refused(Hall("X", tmp_path / "file").run(*typed), Why.FOLDER_NOT_A_HALL)
    assert (tmp_path / "file").read_text() == "Dear diary"


def test_no_hall_yet(tmp_path: Path) -> None:
    for typed in [*COMMANDS, ("neighbour", "invite")]:
        assert_refused(Hall("X", tmp_path / "none").run(*typed), Why.FOLDER_EMPTY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("typed", COMMANDS[:3], ids=lambda typed: typed[0])
def test_a_hall_of_a_newer_version(hall: Hall, typed: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(hall.folder / "hallway.db")) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('hallway', '9999_beyond', '2999-01-01')"
        )
        conn.commit()
    before = contents(hall)
    assert_refused(hall.run(*typed), Why.FOLDER_NEWER)
    assert contents(hall) == before


def as_anyone() -> tuple[str, ...]:
    """Root may write everywhere: this takes that from it, and is nothing for everyone else."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and setpriv is missing")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")


@pytest.mark.parametrize("typed", COMMANDS[1:3], ids=lambda typed: typed[0])
def test_a_folder_that_is_not_writable(hall: Hall, typed: tuple[str, ...]) -> None:
    hall.prefix = as_anyone()
    before = contents(hall)
    hall.folder.chmod(0o500)
    try:
        for path in hall.folder.iterdir():
            path.chmod(0o400)
        assert_refused(hall.run(*typed), Why.FOLDER_READ_ONLY)
        assert any("can only be read" in told for told in hall.json("status")["warnings"])
    finally:
        for path in hall.folder.iterdir():
            path.chmod(0o600)
        hall.folder.chmod(0o700)
    assert contents(hall) == before


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    ran = Hall("X", closed / "hall", prefix=as_anyone()).run("init", "--name", "X")
    assert_refused(ran, Why.FOLDER_NOT_WRITABLE)
    assert list(closed.iterdir()) == []


@pytest.mark.parametrize("name", ["", "  ", "North\x1b[31mgate", "[bold]North[/]", LONG])
def test_a_hall_with_an_odd_name_is_not_made(tmp_path: Path, name: str) -> None:
    assert_refused(Hall("X", tmp_path / "hall").run("init", "--name", name), None)
    assert not (tmp_path / "hall").exists()


def test_a_second_node_on_the_same_folder(hall: Hall) -> None:
    hall.start()
    before, pid = contents(hall), answering_pid(hall.folder)
    assert_refused(hall.run("node", *LOOPBACK), Why.NODE_RUNNING)
    assert (contents(hall), answering_pid(hall.folder)) == (before, pid)
    assert hall.json("status")["running"] is True


def test_a_port_that_is_taken(hall: Hall) -> None:
    before = contents(hall)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = hall.run("node", "--listen", listen, "--no-mdns")
    assert_refused(ran, Why.PORT_TAKEN)
    assert contents(hall) == before


@pytest.mark.parametrize(
    ("listen", "why"),
    [
        ("nonsense", Why.ADDRESS_UNREADABLE),
        ("127.0.0.1", Why.ADDRESS_UNREADABLE),
        ("127.0.0.1:99999", Why.ADDRESS_UNREADABLE),
        ("127.0.0.1:-1", Why.ADDRESS_UNREADABLE),
        ("127.0.0.1:http", Why.ADDRESS_UNREADABLE),
        ("", Why.ADDRESS_UNREADABLE),
        ("999.1.1.1:7000", None),
        ("203.0.113.7:7000", Why.ADDRESS_NOT_OURS),
        ("\x1b[31m:7000", None),
        ("x" * 5_000 + ":7000", None),
    ],
    ids=lambda value: ascii(value[:24]).strip("'") if isinstance(value, str) else "",
)
def test_an_address_to_listen_on(hall: Hall, listen: str, why: Why | None) -> None:
    before = contents(hall)
    assert_refused(hall.run("node", "--listen", listen, "--no-mdns"), why)
    assert contents(hall) == before

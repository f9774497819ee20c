"""Bad input: one plain sentence, an exit code above 0, nothing changed, on either kind of node."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import sqlite3
import string
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from node.api.requests import AddEntry, ListOverflows, PassOn, ReceivePledge, Request
from node.api.views import Kind
from node.cli.session import RealHouse, Session
from node.desk.references import CHECK_LETTERS, make
from node.desk.references import Kind as Letter
from node.refusal import Refused, Why
from node.wording import SENTENCES
from protocol.invite import from_text, to_text
from tests.e2e.halls import LOOPBACK, Hall, Ran, answering_pid, halls, pair, until
from tests.e2e.job import until_pledge, until_shown

pytestmark = pytest.mark.e2e

LONG: Final = "forty hot meals " * 6_400
"""About 100 kB: a command line takes 128 KiB in one argument on Linux."""

TEN_MEGABYTES: Final = "x" * 10_000_000
"""What only another front end can send, over the control socket."""


class Refusal(NamedTuple):
    """What is typed, and why it is refused. `{need}` and so on are put in from the hall."""

    why: Why
    typed: tuple[str, ...]


def need(*typed: str) -> tuple[str, ...]:
    return ("need", "add", "FOD", "hot meals", *typed)


QUANTITIES: Final = [
    (Why.QUANTITY_NOT_POSITIVE, "0"),
    (Why.QUANTITY_NOT_POSITIVE, "0.000"),
    (Why.QUANTITY_NOT_POSITIVE, "-1"),
    (Why.QUANTITY_TOO_LARGE, "999999999999"),
    (Why.QUANTITY_NOT_A_NUMBER, "1e99"),
    (Why.QUANTITY_NOT_A_NUMBER, "9" * 400),
    (Why.QUANTITY_NOT_A_NUMBER, "forty"),
    (Why.QUANTITY_NOT_A_NUMBER, "nan"),
    (Why.QUANTITY_NOT_A_NUMBER, "inf"),
    (Why.QUANTITY_NOT_A_NUMBER, ""),
    (Why.QUANTITY_TOO_FINE, "0.0001"),
]
TIMES: Final = [
    (Why.TIME_PAST, "2020-01-01"),
    (Why.TIME_PAST, "2020-01-01T10:00:00Z"),
    (Why.TIME_TOO_FAR, "2999-01-01"),
    (Why.TIME_UNREADABLE, "someday"),
    (Why.TIME_UNREADABLE, ""),
]
TEXTS: Final = [
    (Why.TEXT_EMPTY, ""),
    (Why.TEXT_EMPTY, " \t "),
    (Why.TEXT_TOO_LONG, LONG),
    (Why.TEXT_CONTROL, "hot \x07 meals"),
    (Why.TEXT_CONTROL, "\x1b[31mhot meals\x1b[0m"),
    (Why.TEXT_CONTROL, "\x1b]0;title\x07hot meals"),
    (Why.TEXT_CONTROL, "hot \x9b31m meals"),
    (Why.TEXT_CONTROL, "hot \u202e meals"),
    (Why.TEXT_CONTROL, "hot \udcff meals"),
    (Why.TEXT_MARKUP, "[bold red]hot meals[/]"),
    (Why.TEXT_MARKUP, "[@click=app.quit]hot meals[/]"),
]
WRONG_REFERENCES: Final = [
    "need|show|{wrong need}",
    "need|edit|{wrong need}|--qty|3",
    "need|close|{wrong need}|--because|met",
    "pass|{wrong need}|--yes",
    "overflow|show|{wrong overflow}",
    "overflow|withdraw|{wrong overflow}|--yes",
    "pledge|{wrong overflow}|--qty|3",
    "accept|{wrong pledge}",
    "decline|{wrong pledge}",
    "sent|{wrong pledge}",
    "receive|{wrong pledge}|--qty|3",
]
"""Wherever a reference is taken."""

PRIVATE: Final = ("--contact", "--note", "--zone", "--consent")

REFUSALS: Final = [
    Refusal(Why.UNKNOWN_CATEGORY, ("need", "add", "XYZ", "hot meals")),
    Refusal(Why.UNKNOWN_CATEGORY, ("offer", "add", "", "hot meals")),
    Refusal(Why.UNKNOWN_UNIT, need("--unit", "furlong")),
    *(Refusal(why, need("--qty", typed)) for why, typed in QUANTITIES),
    *(Refusal(why, need("--by", typed)) for why, typed in TIMES),
    *(Refusal(why, ("need", "add", "FOD", typed)) for why, typed in TEXTS),
    *(Refusal(Why.TEXT_CONTROL, need(option, "a \x1b[2J b")) for option in PRIVATE),
    *(Refusal(Why.TEXT_TOO_LONG, need(option, LONG)) for option in PRIVATE),
    Refusal(Why.TEXT_CONTROL, need("--as", "A\x1bK")),
    *(Refusal(Why.REFERENCE_CHECK, tuple(typed.split("|"))) for typed in WRONG_REFERENCES),
    Refusal(Why.REFERENCE_NOT_FOUND, ("need", "show", make(Letter.NEED, 999_999))),
    Refusal(Why.REFERENCE_UNREADABLE, ("need", "show", "the one from before")),
    Refusal(Why.REFERENCE_UNREADABLE, ("overflow", "show", "a" * 26 + "!")),
    # An edit is checked as what is new.
    Refusal(Why.QUANTITY_NOT_POSITIVE, ("need", "edit", "{need}", "--qty", "0")),
    Refusal(Why.TEXT_EMPTY, ("need", "edit", "{need}", "--text", "")),
    Refusal(Why.TIME_PAST, ("need", "edit", "{need}", "--by", "2020-01-01")),
    # What goes between halls.
    *(
        Refusal(why, ("receive", "{pledge}", "--qty", typed))
        for why, typed in QUANTITIES
        if typed in {"0", "-1", "1e99", "forty", ""}
    ),
    Refusal(Why.ACCEPT_MORE_THAN_PLEDGED, ("accept", "{pledge}", "--qty", "26")),
    Refusal(Why.TEXT_TOO_LONG, ("accept", "{pledge}", "--details", LONG)),
    Refusal(Why.TEXT_CONTROL, ("accept", "{pledge}", "--details", "door \x1b[31m")),
    Refusal(Why.TEXT_CONTROL, ("receive", "{pledge}", "--qty", "1", "--condition", "\x07cold")),
    Refusal(Why.ASKED_BELOW_ACCEPTED, ("overflow", "edit", "{overflow}", "--qty", "1")),
    Refusal(Why.PLEDGE_OWN, ("pledge", "{overflow}", "--qty", "1")),
    Refusal(Why.NOT_OURS, ("sent", "{pledge}")),
    Refusal(Why.HOURS_OUT_OF_RANGE, ("pass", "{need}", "--for", "0", "--yes")),
    Refusal(Why.HOURS_OUT_OF_RANGE, ("pass", "{need}", "--for", "1e9", "--yes")),
    Refusal(Why.UNKNOWN_NEED_REASON, ("need", "close", "{need}", "--because", "bored")),
    Refusal(Why.NEEDS_CONFIRMATION, ("neighbour", "remove", "Eastside")),
    Refusal(Why.NOT_A_NEIGHBOUR, ("neighbour", "remove", "Nowhere", "--yes")),
    Refusal(Why.FOLDER_IS_A_HALL, ("init", "--name", "Another")),
]


def shown(refusal: Refusal) -> str:
    typed = " ".join(each[:24] for each in refusal.typed)
    return ascii(f"{refusal.why.value}: {typed}").strip("'")


class Board(NamedTuple):
    """A hall with a need that was passed on and a pledge that was accepted for it."""

    hall: Hall
    named: dict[str, str]


@pytest.fixture(scope="module", params=["running", "stopped"])
def board(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with halls(tmp_path_factory.mktemp("board"), "Northgate", "Eastside") as (north, east):
        named = play(north, east)
        if request.param == "stopped":
            north.stop()
        yield Board(north, named)


def play(north: Hall, east: Hall) -> dict[str, str]:
    """The references that refusals are about, right and with one wrong character."""
    for hall in (north, east):
        hall.start()
    pair(north, east)
    ref = north.json("need", "add", "FOD", "hot meals", "--qty", "40")["ref"]
    passed = north.json("pass", ref, "--qty", "30", "--yes")
    until_shown(east, passed["id"], lambda overflow: True)
    pledged = east.json("pledge", passed["id"], "--qty", "25")
    until_pledge(north, passed["id"], "offered")
    north.json("accept", pledged["id"], "--details", "side door")
    until_pledge(east, passed["id"], "accepted")
    quiet(north)
    # Nothing arrives from now on, so that what changes was changed by the command.
    east.stop()
    until(lambda: north.json("neighbour", "list")[0]["state"] == "away" or None, "east is gone")
    right = {"need": ref, "overflow": passed["ref"], "pledge": pledged["ref"]}
    return right | {f"wrong {kind}": mistyped(ref) for kind, ref in right.items()}


def quiet(hall: Hall) -> None:
    """Wait until the neighbour has said that it holds what we passed on."""
    hall.until(ListOverflows(), lambda listed: all(each.held_by for each in listed))


def mistyped(ref: str) -> str:
    """The last character is another check letter."""
    other = CHECK_LETTERS[(CHECK_LETTERS.index(ref[-1]) + 1) % len(CHECK_LETTERS)]
    return ref[:-1] + other


def contents(hall: Hall) -> list[str]:
    """All that a hall's database holds, and which other files there are."""
    with closing(sqlite3.connect(f"file:{hall.folder}/hallway.db?mode=ro", uri=True)) as conn:
        dumped = list(conn.iterdump())
    passing = {"hallway.db-wal", "hallway.db-shm"}
    return dumped + sorted({path.name for path in hall.folder.iterdir()} - passing)


def assert_refused(ran: Ran, why: Why | None, code: int = 1) -> None:
    """One plain sentence, of the reason expected, and nothing for a script to take as an answer."""
    assert ran.returncode == code, ran.stderr
    assert ran.stdout == ""
    assert_plain(ran.stderr)
    if why is not None:
        assert worded(why).fullmatch(ran.stderr.strip()), ran.stderr


def assert_plain(told: str) -> None:
    assert told.count("\n") == 1, told
    assert re.fullmatch(r"[“\w-].*[.?]\n", told), told
    assert len(told) < 320
    assert "Traceback" not in told
    assert told.rstrip("\n").isprintable()


def worded(why: Why) -> re.Pattern[str]:
    """The catalogue's sentence, with anything where it has a fact."""
    parsed = string.Formatter().parse(SENTENCES[why])
    return re.compile(
        "".join(re.escape(text) + (".*" if name else "") for text, name, *_ in parsed)
    )


@pytest.mark.parametrize("refusal", REFUSALS, ids=shown)
def test_it_is_refused_and_nothing_changes(board: Board, refusal: Refusal) -> None:
    typed = [each.format_map(board.named) if "{" in each else each for each in refusal.typed]
    before = contents(board.hall)
    ran = board.hall.run(*typed)
    if refusal.why is Why.NEEDS_CONFIRMATION:  # the plan comes before the sentence
        ran.stderr = ran.stderr[ran.stderr.rstrip("\n").rfind("\n") + 1 :]
    assert_refused(ran, refusal.why)
    assert contents(board.hall) == before


@pytest.mark.parametrize(
    "typed",
    [
        ("need", "add", "FOD"),
        ("need", "add", "FOD", "hot", "meals"),
        ("need", "add", "FOD", "hot meals", "--qty"),
        ("need", "frobnicate"),
        ("frobnicate",),
        ("need", "add", "FOD", "hot meals", "--colour", "red"),
        ("\x1b[31m",),
        ("accept",),
        (),
    ],
    ids=ascii,
)
def test_what_is_no_command_is_misused(board: Board, typed: tuple[str, ...]) -> None:
    before = contents(board.hall)
    assert_refused(board.hall.run(*typed), None, code=2)
    assert contents(board.hall) == before


def ask(hall: Hall, request: Request[Any]) -> object:
    """As another front end asks: through the node's door, whether it runs or not."""
    return Session(RealHouse(), hall.folder, initials="", yes=False).ask(request)


def test_ten_megabytes_are_refused_wherever_a_text_is_taken(board: Board) -> None:
    before = contents(board.hall)
    pledge = board.named["pledge"]
    for request in (
        AddEntry(Kind.NEED, "FOD", TEN_MEGABYTES),
        AddEntry(Kind.NEED, TEN_MEGABYTES, "hot meals"),
        AddEntry(Kind.NEED, "FOD", "hot meals", qty=TEN_MEGABYTES),
        AddEntry(Kind.NEED, "FOD", "hot meals", contact=TEN_MEGABYTES),
        PassOn((board.named["need"],), approval="", text=TEN_MEGABYTES),
        ReceivePledge(pledge, "1", TEN_MEGABYTES),
        ReceivePledge(TEN_MEGABYTES, "1"),
    ):
        with pytest.raises(Refused) as refused:
            ask(board.hall, request)
        facts = refused.value.facts
        assert sum(len(str(fact)) for fact in facts.values()) < 1_000, type(request)
    assert contents(board.hall) == before
    assert board.hall.json("status")["needs_open"] == 1


@pytest.mark.parametrize("board", ["running"], indirect=True)
@pytest.mark.parametrize(
    "line",
    [b"\xff\xfe\n", b"{}\n", b"[" * 100_000 + b"\n", b'{"do": "Frobnicate"}\n', b"x" * 40_000_000],
    ids=["no text", "nothing", "deep", "unknown", "endless"],
)
def test_a_program_that_does_not_speak_to_the_node_right_harms_nobody(
    board: Board, line: bytes
) -> None:
    pid = answering_pid(board.hall.folder)
    assert pid is not None
    before = contents(board.hall)
    asyncio.run(speak(board.hall, line))
    assert board.hall.json("status")["running"] is True
    assert answering_pid(board.hall.folder) == pid
    assert contents(board.hall) == before


async def speak(hall: Hall, line: bytes) -> None:
    reader, writer = await asyncio.open_unix_connection(hall.folder / "control.sock")
    try:
        writer.write(line)
        writer.write_eof()
        await reader.read()
    except ConnectionError:
        pass
    finally:
        writer.close()


# Codes -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Hall]]:
    folder = tmp_path_factory.mktemp("three")
    with halls(folder, "Northgate", "Eastside", "West End") as made:
        for hall in made:
            hall.start()
        yield made


def assert_code_refused(inviter: Hall, joiner: Hall, code: str, why: Why) -> None:
    """Neither side has a neighbour more, nor anything else."""
    before = [contents(hall) for hall in (inviter, joiner)]
    assert_refused(joiner.run("neighbour", "join", code), why)
    assert [contents(hall) for hall in (inviter, joiner)] == before


def test_a_used_code_names_who_used_it(three: list[Hall]) -> None:
    north, east, west = three
    code = north.json("neighbour", "invite")["code"]
    east.json("neighbour", "join", code)
    quiet_pair(north, east)
    before = contents(west)
    ran = west.run("neighbour", "join", code)
    assert_refused(ran, Why.CODE_USED)
    assert "Eastside" in ran.stderr
    assert contents(west) == before
    assert [each["name"] for each in north.json("neighbour", "list")] == ["Eastside"]


def quiet_pair(*pair: Hall) -> None:
    """Both have told each other where they are: nothing more is written."""
    for hall in pair:
        until(lambda hall=hall: settled(hall) or None, f"{hall.name} is settled")  # type: ignore[misc]


def settled(hall: Hall) -> bool:
    with closing(sqlite3.connect(f"file:{hall.folder}/hallway.db?mode=ro", uri=True)) as conn:
        row = conn.execute("SELECT discovery_key, last_heard_ms FROM neighbour").fetchone()
    return row is not None and None not in tuple(row)


def test_an_expired_code(three: list[Hall]) -> None:
    north, _, west = three
    invited = north.json("neighbour", "invite", "--for", "0.001")
    until(lambda: is_past(invited["until"]) or None, "the code has expired")
    assert_code_refused(north, west, invited["code"], Why.CODE_EXPIRED)


def is_past(time: str) -> bool:
    """Over by more than the second that the time may be rounded to."""
    return (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds() > 1


def test_a_code_of_which_the_other_hall_knows_nothing(three: list[Hall]) -> None:
    north, _, west = three
    code = from_text(north.json("neighbour", "invite")["code"])
    unknown = to_text(replace(code, secret=bytes(16)))
    assert_code_refused(north, west, unknown, Why.CODE_UNKNOWN)


@pytest.mark.parametrize("place", [0, 4, 22, 44])
def test_a_mistyped_code_names_the_group(three: list[Hall], place: int) -> None:
    north, _, west = three
    chars = list(north.json("neighbour", "invite")["code"].replace("-", ""))
    chars[place] = "7" if chars[place] != "7" else "8"
    before = contents(west)
    ran = west.run("neighbour", "join", "".join(chars))
    assert_refused(ran, Why.CODE_MISTYPED)
    assert f"group {place // 5 + 1}:" in ran.stderr
    assert contents(west) == before


@pytest.mark.parametrize("code", ["hello", "", "0" * 45, "Z" * 70, LONG[:5_000]], ids=len)
def test_what_is_no_code(three: list[Hall], code: str) -> None:
    before = contents(three[2])
    assert_refused(three[2].run("neighbour", "join", code), None)
    assert contents(three[2]) == before


def test_the_own_code(three: list[Hall]) -> None:
    north = three[0]
    code = north.json("neighbour", "invite")["code"]
    assert_code_refused(north, north, code, Why.CODE_OWN)


@pytest.mark.parametrize("hours", ["0", "-1", "73", "forty", ""])
def test_a_code_lives_no_odd_number_of_hours(three: list[Hall], hours: str) -> None:
    before = contents(three[0])
    ran = three[0].run("neighbour", "invite", "--for", hours)
    assert_refused(ran, Why.HOURS_OUT_OF_RANGE)
    assert contents(three[0]) == before


# Folders and ports -------------------------------------------------------------------------


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


@pytest.mark.parametrize("typed", COMMANDS[:3], ids=lambda typed: typed[0])
def test_a_folder_that_is_not_writable(hall: Hall, typed: tuple[str, ...]) -> None:
    hall.prefix = as_anyone()
    before = contents(hall)
    hall.folder.chmod(0o500)
    try:
        for path in hall.folder.iterdir():
            path.chmod(0o400)
        assert_refused(hall.run(*typed), Why.FOLDER_NOT_WRITABLE)
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

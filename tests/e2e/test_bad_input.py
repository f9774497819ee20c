"""Bad input: one plain sentence, an exit code above 0, nothing changed, on either kind of node."""

from __future__ import annotations

import asyncio
from typing import Any, Final, NamedTuple

import pytest

from node.api.requests import AddEntry, ListOverflows, PassOn, ReceivePledge, Request
from node.api.views import Kind
from node.cli.session import RealHouse, Session
from node.desk.references import CHECK_LETTERS, make
from node.desk.references import Kind as Letter
from node.refusal import Refused, Why
from tests.e2e.halls import Hall, answering_pid, halls, pair, until
from tests.e2e.job import until_pledge, until_shown
from tests.e2e.refusals import LONG, assert_refused, contents

pytestmark = pytest.mark.e2e

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
    (Why.TIME_BEYOND_CALENDAR, "9999-12-31"),
    (Why.TIME_UNREADABLE, "someday"),
    (Why.TIME_UNREADABLE, ""),
]
TEXTS: Final = [
    (Why.TEXT_EMPTY, ""),
    (Why.TEXT_EMPTY, "   "),
    (Why.TEXT_CONTROL, "meals\tand soup"),
    (Why.TEXT_CONTROL, "meals\nand soup"),
    (Why.TEXT_TOO_LONG, LONG),
    (Why.TEXT_CONTROL, "hot \x07 meals"),
    (Why.TEXT_CONTROL, "\x1b[31mhot meals\x1b[0m"),
    (Why.TEXT_CONTROL, "\x1b]0;title\x07hot meals"),
    (Why.TEXT_CONTROL, "hot \x9b31m meals"),
    (Why.TEXT_CONTROL, "hot \u202e meals"),
    (Why.TEXT_NOT_UTF8, "hot \udcff meals"),
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

"""With --json exactly one document with the promised keys; without it, lines that stay lines."""

from __future__ import annotations

from dataclasses import replace
from typing import Never

import pytest

from node.api.requests import (
    ListEntries,
    ListNeighbours,
    ListOverflows,
    ReadEntry,
    ShowEntry,
    Status,
)
from node.cli.output import document
from node.cli.plain import cut, table, width
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import CODE, EASTSIDE, NEED, OVERFLOW, STATUS, FakeHouse

ENTRY = "ref state category text qty unit zone received because by also_changed"
OVERFLOW_KEYS = (
    "id ref origin state category text qty unit accepted received distance pledges because until "
    "through reached read_by sent surplus exercise"
)
PLEDGE_KEYS = "id ref overflow by state qty accepted received details through reached"
CLOCK = "now trusted by neighbours ahead_s"
NEIGHBOUR = "group_id name state path last_heard waiting waiting_for"

ONE = [
    ("init --name North", "group_id device_id name recovery_words"),
    ("status", "group_id name running neighbours needs_open offers_open warnings"),
    ("clock", CLOCK),
    ("clock 19:42", CLOCK),
    ("need add FOD meals", ENTRY),
    ("need show N-417-K", ENTRY),
    ("need edit N-417-K --qty 3", ENTRY),
    ("need close N-417-K --because met", ENTRY),
    ("need open N-417-K", ENTRY),
    ("need wait N-417-K", ENTRY),
    ("undo", "at by did refs withdrawn"),
    ("forget N-417-K --yes", "ref forgotten also closes"),
    ("offer add FOD meals", ENTRY),
    ("offer show N-417-K", ENTRY),
    ("pass N-417-K --yes", OVERFLOW_KEYS),
    ("overflow show NG V-12-K", OVERFLOW_KEYS),
    ("overflow renew NG V-12-K", OVERFLOW_KEYS),
    ("overflow edit NG V-12-K --qty 30", OVERFLOW_KEYS),
    ("overflow withdraw NG V-12-K --yes", OVERFLOW_KEYS),
    ("pledge NG V-12-K --qty 25", PLEDGE_KEYS),
    ("retract ES P-3-K", PLEDGE_KEYS),
    ("accept ES P-3-K", PLEDGE_KEYS),
    ("decline ES P-3-K", PLEDGE_KEYS),
    ("release ES P-3-K", PLEDGE_KEYS),
    ("sent ES P-3-K", PLEDGE_KEYS),
    ("receive ES P-3-K --qty 25", PLEDGE_KEYS),
    ("neighbour invite", "code until"),
    (f"neighbour join {CODE}", NEIGHBOUR),
    ("neighbour remove Eastside --yes", NEIGHBOUR),
    ("stop", "done"),
    ("node", "address"),
]
MANY = [
    ("need list", ENTRY),
    ("offer list --all", ENTRY),
    ("overflow list", OVERFLOW_KEYS),
    ("history N-417-K", "at by did ref what undone"),
    ("neighbour list", NEIGHBOUR),
]


@pytest.mark.parametrize("typed", ["need list", "need show N-417-K"])
def test_no_document_is_made_that_nobody_asked_for(
    hallway: Hallway, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr("node.cli.output.document", never)
    assert hallway(*typed.split()).code == 0


def test_no_table_is_made_where_a_document_is_wanted(
    hallway: Hallway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.cli.plain.table", never)
    assert hallway("need", "list", "--json").code == 0


def never(*_: object) -> Never:
    pytest.fail("made, and not printed")


def test_a_list_says_by_when(
    hallway: Hallway, house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    house.answers[ListEntries] = (replace(NEED, by_ms=4_070_908_800_000), replace(NEED, by_ms=None))
    _, first, second = hallway("need", "list").out.splitlines()
    assert "  1 Jan 2099  " in first
    assert len(first) == len(second)
    assert "Jan" not in second


@pytest.mark.parametrize(("typed", "keys"), ONE)
def test_one_object_with_its_keys(hallway: Hallway, typed: str, keys: str) -> None:
    ran = hallway(*typed.split(), "--json")
    assert (ran.code, ran.err) == (0, "")
    assert isinstance(ran.document, dict)
    assert set(keys.split()) <= set(ran.document)


@pytest.mark.parametrize(("typed", "keys"), MANY)
def test_one_list_of_objects_with_their_keys(hallway: Hallway, typed: str, keys: str) -> None:
    ran = hallway(*typed.split(), "--json")
    assert (ran.code, ran.err) == (0, "")
    assert isinstance(ran.document, list)
    assert [set(keys.split()) <= set(item) for item in ran.document] == [True]


@pytest.mark.parametrize("typed", [typed for typed, _keys in [*ONE, *MANY]])
def test_plain_lines_for_every_command(hallway: Hallway, typed: str) -> None:
    ran = hallway(*typed.split())
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.strip()
    assert max(map(width, ran.out.splitlines())) <= 130


LISTS = [typed for typed, _keys in MANY if typed.split()[-1] in {"list", "--all"}]


@pytest.mark.parametrize("typed", LISTS)
def test_an_empty_list_is_an_empty_document_or_says_what_to_do(
    hallway: Hallway, house: FakeHouse, typed: str
) -> None:
    house.answers |= {ListEntries: (), ListOverflows: (), ListNeighbours: ()}
    assert hallway(*typed.split(), "--json").document == []
    assert "hallway " in hallway(*typed.split()).out


def test_values_are_what_programs_expect() -> None:
    need = document(replace(NEED, by_ms=None, received=2.5))
    assert (need["qty"], need["received"]) == (40, 2.5)
    assert isinstance(need["qty"], int)
    assert need["by"] is None
    assert need["kind"] == "need"
    overflow = document(OVERFLOW)
    assert overflow["changed"] == "2031-05-31T18:30:00Z"
    assert overflow["until"] == "2031-05-31T18:30:00.500Z"
    assert overflow["needs"] == []
    assert isinstance(overflow["pledges"], list)
    assert document(OVERFLOW.pledges[0])["by"] == "Eastside"
    assert document(replace(EASTSIDE, path=None))["path"] is None


def test_foreign_text_cannot_act_on_the_terminal(hallway: Hallway, house: FakeHouse) -> None:
    evil = "\x1b[31mred\x07\nsecond line\u202e \x9b2J"
    house.answers |= {
        ListEntries: (replace(NEED, text=evil, zone=evil),),
        ReadEntry: replace(NEED, text=evil, contact=evil),
        ShowEntry: replace(NEED, text=evil, contact=evil),
        ListOverflows: (replace(OVERFLOW, text=evil, origin=evil, ours=False),),
        ListNeighbours: (replace(EASTSIDE, name=evil, area=evil),),
        Status: replace(STATUS, name=evil, warnings=(evil,)),
    }
    for typed in ("need list", "need show N-1-A", "overflow list", "neighbour list", "status"):
        told = hallway(*typed.split()).out
        assert not set(told) & set("\x1b\x07\x9b\u202e"), typed
        assert "red" in told, typed
        escaped = hallway(*typed.split(), "--json").out
        assert escaped.isascii(), typed
        assert "\x1b" not in escaped, typed


def test_columns_stay_aligned_with_wide_and_combining_characters() -> None:
    lines = table(("A", "B"), [("水水", "x"), ("e\u0301", "y"), ("plain", "z")])
    assert [width(line[: line.index(last)]) for line, last in zip(lines, "Bxyz", strict=True)] == [
        7
    ] * 4
    assert cut("水水水", 5) == "水水…"
    assert cut("abc", 3) == "abc"


def test_a_quantity_and_a_time_are_words(hallway: Hallway) -> None:
    told = hallway("need", "list").out
    assert "40 meals" in told
    assert "25 of 40" in told
    assert "1938018600000" not in told

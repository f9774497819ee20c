"""`hallway print …`: slips on stdout, or in a new file."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.api.paper import PrintSlips, SlipsView
from node.api.views import Kind
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import FakeHouse

REFS = ("N-201-K", "N-202-M")


@pytest.fixture(autouse=True)
def answers(house: FakeHouse) -> None:
    house.answers[PrintSlips] = SlipsView(REFS, ("first\npage", "second\npage"))


def test_a_page_each(hallway: Hallway) -> None:
    assert hallway("print", "slips").out == "first\npage\n\fsecond\npage\n"
    document = hallway("print", "slips", "--json").document
    assert document == {
        "refs": list(REFS),
        "file": None,
        "text": "first\npage\n\fsecond\npage\n",
    }


def test_into_a_new_file(hallway: Hallway, tmp_path: Path) -> None:
    file = tmp_path / "slips.txt"
    ran = hallway("print", "slips", "--to", str(file), "--json")
    assert ran.document == {"refs": list(REFS), "file": str(file)}
    assert file.read_text() == "first\npage\n\fsecond\npage\n"
    assert "N-201-K to N-202-M" in hallway("print", "slips", "--to", f"{file}2").out


def test_no_reference_is_spent_on_a_file_that_cannot_be_written(
    hallway: Hallway, house: FakeHouse, tmp_path: Path
) -> None:
    file = tmp_path / "slips.txt"
    file.write_text("before")
    for to in (str(file), str(tmp_path), str(tmp_path / "nowhere" / "x"), "", " "):
        ran = hallway("print", "slips", "--to", to)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.count("\n") == 1
    assert house.asked == []
    assert file.read_text() == "before"


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ([], PrintSlips(Kind.NEED, "")),
        (["--kind", "Offer", "--count", "5"], PrintSlips(Kind.OFFER, "5")),
        (["--count", "-1"], PrintSlips(Kind.NEED, "-1")),
        (["--count", " "], PrintSlips(Kind.NEED, "0")),
    ],
)
def test_what_is_asked_for(
    hallway: Hallway, house: FakeHouse, typed: list[str], asked: PrintSlips
) -> None:
    hallway("print", "slips", *typed)
    assert house.asked == [asked]


@pytest.mark.parametrize("kind", ["", "match", "needs\x1b[2J"])
def test_a_kind_that_is_none(hallway: Hallway, house: FakeHouse, kind: str) -> None:
    ran = hallway("print", "slips", "--kind", kind)
    assert (ran.code, house.asked) == (1, [])
    assert "neither a need nor an offer" in ran.err
    assert "\x1b" not in ran.err

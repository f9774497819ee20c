"""Large letters: each like no other, and all in their lines."""

from __future__ import annotations

import string

import pytest

from node.desk.large import ROWS, large

LETTERS = string.ascii_uppercase + string.digits + "-"


def test_no_two_are_alike() -> None:
    assert len({tuple(large(letter)) for letter in LETTERS}) == len(LETTERS)


@pytest.mark.parametrize("letter", LETTERS)
def test_each_keeps_to_its_place(letter: str) -> None:
    drawn = large(letter)
    assert len(drawn) == ROWS
    assert all(len(row) <= ROWS and set(row) <= {"#", " "} for row in drawn)
    alone = [row.ljust(ROWS) for row in drawn]
    assert [row.ljust(2 * ROWS + 1) for row in large(letter + letter)] == [
        f"{row} {row}" for row in alone
    ]


def test_a_reference() -> None:
    assert large("N-4") == [
        "#   #       #  #",
        "##  #       #  #",
        "# # # ##### #####",
        "#  ##          #",
        "#   #          #",
    ]

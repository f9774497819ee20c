"""Whose block a number is in: nobody's but one device's, and every device has some."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.blocks import BLOCK, ORDINAL_MAX, Block, dealt, owner
from node.desk.references import NUMBER_MAX

ORDINALS = st.integers(0, ORDINAL_MAX)
NUMBERS = st.integers(1, NUMBER_MAX)


@pytest.mark.parametrize(
    ("ordinal", "firsts"),
    [
        (0, [1, 201, 401, 601]),
        (1, [101, 901, 1_701]),
        (2, [501, 1_301]),
        (3, [301, 3_501]),
        (6, [2_701]),
    ],
)
def test_who_came_early_has_short_references(ordinal: int, firsts: list[int]) -> None:
    beyond = 0
    for first in firsts:
        block = dealt(ordinal, beyond)
        assert block == Block(first, first + 99)
        beyond = block.last


@given(NUMBERS)
def test_a_number_is_in_a_block_that_its_owner_is_dealt(number: int) -> None:
    before = (number - 1) // BLOCK * BLOCK
    assert dealt(owner(number), before) == Block(before + 1, before + BLOCK)


@given(ORDINALS, st.integers(0, NUMBER_MAX))
def test_a_block_is_its_device_s_own_and_beyond_what_is_known(ordinal: int, beyond: int) -> None:
    block = dealt(ordinal, beyond)
    assert beyond < block.first <= block.last == block.first + BLOCK - 1
    assert owner(block.first) == owner(block.last) == ordinal


@given(ORDINALS, st.integers(0, 10**6))
def test_no_lower_block_of_the_device_would_do(ordinal: int, beyond: int) -> None:
    lowest = dealt(ordinal, 0)
    between = dealt(ordinal, lowest.last).first - lowest.first
    first = dealt(ordinal, beyond).first
    assert first == lowest.first or first - between <= beyond


@given(ORDINALS)
def test_nine_digits_hold_some_of_each_device(ordinal: int) -> None:
    assert dealt(ordinal, NUMBER_MAX // 2).last <= NUMBER_MAX

"""The first half of the towns that every check plays; the other is in `test_more_seeds.py`."""

from __future__ import annotations

import pytest

from tests.sim.counting import run_of

CHUNK = 125
"""Seeds that are one run: enough for every kind of fault to happen in it."""


@pytest.mark.parametrize("first", range(0, 250, CHUNK))
def test_whatever_goes_wrong_a_town_that_is_healed_holds_the_same(first: int) -> None:
    assert run_of(range(first, first + CHUNK)).complaints == []

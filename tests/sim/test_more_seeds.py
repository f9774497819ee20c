"""The second half of the towns that every check plays: two workers take a file each."""

from __future__ import annotations

import pytest

from tests.sim.counting import run_of
from tests.sim.test_seeds import CHUNK


@pytest.mark.parametrize("first", range(250, 500, CHUNK))
def test_whatever_goes_wrong_a_town_that_is_healed_holds_the_same(first: int) -> None:
    assert run_of(range(first, first + CHUNK)).complaints == []

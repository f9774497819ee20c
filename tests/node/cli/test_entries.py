"""Closing a need or an offer says what became of what it was passed on with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.api.requests import CloseEntry
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import NEED, FakeHouse


@pytest.mark.parametrize(
    "typed",
    ["need close N-417-K --because met", "offer close O-210-M --because withdrawn"],
)
def test_what_changed_along_with_it_is_named(
    hallway: Hallway, house: FakeHouse, typed: str
) -> None:
    assert "passed on" not in hallway(*typed.split()).out
    house.answers[CloseEntry] = replace(NEED, also_changed=("NG V-12-K", "NG V-13-L"))
    assert "NG V-12-K, NG V-13-L" in hallway(*typed.split()).out

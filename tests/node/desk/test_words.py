"""What is said of a need or an offer, and which of it is the person's alone."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from node.desk.words import PERSONAL, Channel, Words, channel_of
from node.refusal import Why
from protocol.ids import Thousandths
from tests.node.refusals import refused

PLAIN = Words("FOD", "Hot meals", Thousandths(40_000), "meal")
TOTALS = frozenset({
    "category", "qty", "unit", "by_ms", "danger", "channel", "quiet", "standing", "every",
})  # fmt: skip
"""What may stay when a person is forgotten: how much of what, and when."""


def test_every_word_is_the_person_s_or_part_of_the_totals() -> None:
    """Whoever adds a field decides here which it is."""
    assert {field.name for field in fields(Words)} == set(PERSONAL) | TOTALS
    assert not set(PERSONAL) & TOTALS


def test_without_the_personal_words_nothing_of_them_is_left() -> None:
    personal: dict[str, Any] = dict.fromkeys(PERSONAL, "Ana")
    told = replace(PLAIN, **personal)
    left = told.without(PERSONAL)
    assert "Ana" not in str(left)
    assert (left.category, left.qty, left.unit) == ("FOD", 40_000, "meal")


def test_who_is_everybody_that_is_named() -> None:
    told = replace(PLAIN, contact="Ana", behalf="her brother Tim", safe="ring the shop")
    assert told.who == "Ana her brother Tim ring the shop"
    assert PLAIN.who == ""


def test_what_is_written_down_reads_back() -> None:
    told = replace(PLAIN, contact="Ana", danger=True, by_ms=9, every="day")
    assert Words(**told.to_data()) == told


@pytest.mark.parametrize("channel", Channel)
def test_how_it_came_is_read_however_it_is_typed(channel: Channel) -> None:
    assert channel_of(f" {channel.value.upper()} ") is channel


@pytest.mark.parametrize("typed", ["", "pigeon", "x" * 1_000_000])
def test_it_came_no_other_way(typed: str) -> None:
    with refused(Why.UNKNOWN_CHANNEL):
        channel_of(typed)

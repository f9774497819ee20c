"""What people type for a category or a unit, and what they are told when it is neither."""

from collections import Counter

import pytest

from node.desk.categories import CATEGORIES, UNITS, category_of, unit_of
from node.refusal import Refused, Why


def test_there_are_twenty_of_three_letters() -> None:
    assert len(CATEGORIES) == 20
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CATEGORIES)


def test_every_default_unit_is_a_unit() -> None:
    assert {row.unit for row in CATEGORIES.values()} <= set(UNITS)


def test_no_word_stands_for_two_categories() -> None:
    words = Counter(
        word
        for row in CATEGORIES.values()
        for word in {row.code.casefold(), row.word, row.covers, *row.said}
    )
    assert [word for word, count in words.items() if count > 1] == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("FOD", "FOD"),
        ("fod", "FOD"),
        (" Food ", "FOD"),
        ("meals", "FOD"),
        ("groceries", "FOD"),
        ("water", "WAT"),
        ("nappies", "BAB"),
        ("clothes", "CLO"),
        ("Clothing", "CLO"),
        ("medical", "MED"),
        ("place to stay", "SHL"),
        ("repairs", "FIX"),
        ("car", "CAR"),
    ],
)
def test_a_category_is_found_as_typed(typed: str, code: str) -> None:
    assert category_of(typed).code == code


@pytest.mark.parametrize(
    ("typed", "near"),
    [("fud", "FOD"), ("foood", "FOD (food)"), ("watr", "WAT"), ("zzzz", "OTH"), ("", "OTH")],
)
def test_an_unknown_category_suggests_the_nearest(typed: str, near: str) -> None:
    with pytest.raises(Refused) as refused:
        category_of(typed)
    assert refused.value.why is Why.UNKNOWN_CATEGORY
    assert near in str(refused.value.facts["near"])


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("each", "each"),
        ("meals", "meal"),
        ("Liters", "litre"),
        ("litres", "litre"),
        ("l", "litre"),
        ("KG", "kg"),
        ("kilos", "kg"),
        ("people", "person"),
        ("hrs", "hour"),
        ("EUR", "EUR"),
        ("eur", "EUR"),
        (" Gbp ", "GBP"),
        ("CUP", "CUP"),
    ],
)
def test_a_unit_is_found_as_typed(typed: str, unit: str) -> None:
    assert unit_of(typed) == unit


@pytest.mark.parametrize(
    ("typed", "near"), [("meels", "meal"), ("cup", "each"), ("Pen", "person"), ("ABC", "each")]
)
def test_an_unknown_unit_is_refused(typed: str, near: str) -> None:
    with pytest.raises(Refused) as refused:
        unit_of(typed)
    assert refused.value.why is Why.UNKNOWN_UNIT
    assert near in str(refused.value.facts["near"])


def test_ten_megabytes_are_no_category() -> None:
    with pytest.raises(Refused):
        category_of("food" * 2_500_000)

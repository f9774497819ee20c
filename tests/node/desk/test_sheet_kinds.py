"""Words that sort a row."""

from __future__ import annotations

import pytest

from node.desk.references import Kind
from node.desk.sheet_kinds import (
    asks_kind,
    category_said,
    is_kind,
    is_over,
    is_surely_kind,
    is_total,
    kind_named,
    kind_of,
    unit_said,
)
from node.refusal import Refused, Why


def test_a_row_is_a_need_or_an_offer() -> None:
    assert kind_of("Request") is Kind.NEED
    assert kind_of("offers") is Kind.OFFER
    assert not is_kind("food")
    with pytest.raises(Refused) as refused:
        kind_of("food")
    assert refused.value.why is Why.SHEET_KIND_UNKNOWN


@pytest.mark.parametrize(
    "typed",
    ["NEED", "I need help", "Requesting help", "wanted", "Bedarf", "Suche", "besoin", "طلب"],
)
def test_a_need_is_known_by_its_words(typed: str) -> None:
    assert kind_of(typed) is Kind.NEED


@pytest.mark.parametrize(
    "typed", ["Offer", "Offering help", "donation", "volunteer", "Biete", "don", "OFERTA", "teklif"]
)
def test_an_offer_is_known_by_its_words(typed: str) -> None:
    assert kind_of(typed) is Kind.OFFER


@pytest.mark.parametrize(
    "typed", ["", "both", "need and offer", "not needed", "bread", "I need bread for four people"]
)
def test_what_says_neither_or_both_is_no_kind(typed: str) -> None:
    assert not is_kind(typed)


def test_some_words_are_said_of_other_things_too() -> None:
    assert is_kind("available")
    assert not is_surely_kind("available")
    assert is_surely_kind("Donations")


def test_a_name_asks_for_the_kind_or_tells_it() -> None:
    assert asks_kind("Need / Offer?")
    assert asks_kind("Are you offering or requesting help?")
    assert asks_kind("Besoin ou offre")
    assert not asks_kind("What do you need?")
    assert kind_named("What can you offer?") is Kind.OFFER
    assert kind_named("Needs") is Kind.NEED
    assert kind_named("Need/Offer") is kind_named("Item") is None


def test_a_category_is_known_in_other_words() -> None:
    said = ["FOD", "Lebensmittel", "Groceries / food", "meals, bread", "Żywność", "طعام"]
    assert {category.code for each in said if (category := category_said(each))} == {"FOD"}
    assert all(map(category_said, said))
    assert category_said("power, heat, charging")
    assert not any(map(category_said, ["food & water", "food / hats", "hats", "/", "food" * 11]))


def test_a_unit_is_known_in_other_words() -> None:
    assert [unit_said(each) for each in ("Stk.", "Liter", "raciones", "boxes", "EUR", "hats")] == [
        *("each", "litre", "meal", "pack", "EUR", None)
    ]


def test_cells_of_any_length_are_none_of_these() -> None:
    for said in ("need ", "food ", "kg "):
        long = said * 1_000_000
        assert not any(asks(long) for asks in (is_kind, is_surely_kind, category_said, unit_said))
    with pytest.raises(Refused):
        kind_of("need " * 1_000_000)


def test_a_row_that_is_over_is_known() -> None:
    assert all(
        map(is_over, ["Closed", "used up", "done", "yes", "cancelled", "canceled", "Erledigt", "✓"])
    )
    assert not any(map(is_over, ["", "open", "available", "not done", "new"]))


def test_a_line_of_sums_is_known() -> None:
    assert all(
        map(
            is_total,
            [
                "Total",
                "TOTAL:",
                "Grand total",
                "Subtotal",
                "Summe",
                "Totals 2026",
                "Усього",
                "Totale",
            ],
        )
    )
    assert not any(map(is_total, ["", "totally wet", "food", "sum" * 30]))

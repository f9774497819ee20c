"""Quantities as people type them, exact inside, and said back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.categories import UNITS
from node.desk.quantity import (
    ONE,
    WHOLE_MAX,
    as_number,
    as_words,
    parse_quantity,
)
from node.refusal import Refused, Why
from protocol.ids import Thousandths


@pytest.mark.parametrize(
    ("typed", "thousandths", "unit"),
    [
        ("40", 40_000, None),
        (" 1 ", 1_000, None),
        ("2.5", 2_500, None),
        ("2,5", 2_500, None),
        ("0,125", 125, None),
        (".5 kg", 500, "kg"),
        ("1.2500", 1_250, None),
        ("0.001", 1, None),
        ("007", 7_000, None),
        ("999999999", 999_999_999_000, None),
        ("40 meals", 40_000, "meal"),
        ("40meals", 40_000, "meal"),
        ("20 EUR", 20_000, "EUR"),
    ],
)
def test_a_quantity_is_read(typed: str, thousandths: int, unit: str | None) -> None:
    assert parse_quantity(typed) == (thousandths, unit)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("0", Why.QUANTITY_NOT_POSITIVE),
        ("0.000", Why.QUANTITY_NOT_POSITIVE),
        ("-1", Why.QUANTITY_NOT_POSITIVE),
        ("−1", Why.QUANTITY_NOT_POSITIVE),  # noqa: RUF001 - the typographic minus is the point
        ("1e99", Why.QUANTITY_NOT_A_NUMBER),
        ("1000000000", Why.QUANTITY_TOO_LARGE),
        ("999999999.001", Why.QUANTITY_TOO_LARGE),
        ("9" * 50, Why.QUANTITY_TOO_LARGE),
        ("9" * 10_000_000, Why.QUANTITY_NOT_A_NUMBER),
        ("0.0001", Why.QUANTITY_TOO_FINE),
        ("1,000", Why.QUANTITY_UNCLEAR),
        ("1_000", Why.QUANTITY_NOT_A_NUMBER),
        ("1.000.000", Why.QUANTITY_NOT_A_NUMBER),
        ("nan", Why.QUANTITY_NOT_A_NUMBER),
        ("inf", Why.QUANTITY_NOT_A_NUMBER),
        ("forty", Why.QUANTITY_NOT_A_NUMBER),
        ("٤٠", Why.QUANTITY_NOT_A_NUMBER),
        ("４０", Why.QUANTITY_NOT_A_NUMBER),  # noqa: RUF001 - other digits are the point
        ("²", Why.QUANTITY_NOT_A_NUMBER),
        ("", Why.QUANTITY_NOT_A_NUMBER),
        ("meals", Why.QUANTITY_NOT_A_NUMBER),
        (".", Why.QUANTITY_NOT_A_NUMBER),
        ("40.", Why.QUANTITY_NOT_A_NUMBER),
        ("40 hats", Why.UNKNOWN_UNIT),
    ],
)
def test_what_is_no_quantity_is_refused(typed: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        parse_quantity(typed)
    assert refused.value.why is why


QUANTITIES = st.integers(1, WHOLE_MAX * ONE).map(Thousandths)


@given(QUANTITIES, st.sampled_from([unit for unit in UNITS if unit != "each"]))
def test_what_is_said_reads_back(quantity: Thousandths, unit: str) -> None:
    assert parse_quantity(as_words(quantity, unit)) == (quantity, unit)


@given(QUANTITIES)
def test_a_json_number_is_exact(quantity: Thousandths) -> None:
    assert round(json.loads(json.dumps(as_number(quantity))) * 1000) == quantity


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        quantity, _unit = parse_quantity(typed)
    except Refused:
        return
    assert 0 < quantity <= WHOLE_MAX * ONE


@pytest.mark.parametrize(
    ("thousandths", "unit", "words", "number"),
    [
        (40_000, "meal", "40 meals", 40),
        (1_000, "meal", "1 meal", 1),
        (2_500, "kg", "2.5 kg", 2.5),
        (500, "litre", "0.5 litres", 0.5),
        (25_000, "each", "25", 25),
        (30_500, "EUR", "30.5 EUR", 30.5),
        (0, "meal", "0 meals", 0),
        (1_000, "sack", "1 sack", 1),
    ],
)
def test_a_quantity_is_said(thousandths: int, unit: str, words: str, number: float) -> None:
    assert as_words(Thousandths(thousandths), unit) == words
    told = as_number(Thousandths(thousandths))
    assert told == number
    assert isinstance(told, int) == (thousandths % 1000 == 0)

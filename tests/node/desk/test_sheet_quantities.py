"""Quantities in the many ways in which people write them."""

# ruff: noqa: RUF001 - quotation marks and blanks of other countries stand between thousands

from __future__ import annotations

import pytest

from node.desk.sheet_quantities import read_amount
from node.refusal import Refused, Why


@pytest.mark.parametrize(
    ("typed", "qty", "unit", "is_about"),
    [
        ("2,5", 2.5, None, False),
        ("40 meals", 40, "meal", False),
        ("ca. 30", 30, None, True),
        ("~20 kg", 20, "kg", True),
        ("About 1,5", 1.5, None, True),
        ("ungefähr 12 Stück", 12, "each", True),
        ("½", 0.5, None, False),
        ("1½", 1.5, None, False),
        ("2 ¼ kg", 2.25, "kg", False),
        ("1 000", 1_000, None, False),
        ("1\u202f250 litres", 1_250, "litre", False),
        ("12’500", 12_500, None, False),
        ("1,234.5", 1_234.5, None, False),
        ("1.234,5 kg", 1_234.5, "kg", False),
        ("1,000,000", 1_000_000, None, False),
        ("2 paquets", 2, "pack", False),
        ("5 szt.", 5, "each", False),
        ("3 tins", 3, "each", False),
        ("10 літрів", 10, "litre", False),
    ],
)
def test_an_amount_is_read(typed: str, qty: float, unit: str | None, is_about: bool) -> None:
    amount = read_amount(typed, comma_sheet=False)
    assert (amount.qty, amount.unit, amount.is_about) == (qty * 1_000, unit, is_about)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2 boxes of 6", Why.QUANTITY_NOT_A_NUMBER),
        ("30-40", Why.QUANTITY_NOT_A_NUMBER),
        ("some", Why.QUANTITY_NOT_A_NUMBER),
        ("ca. some", Why.QUANTITY_NOT_A_NUMBER),
        ("1/2", Why.QUANTITY_NOT_A_NUMBER),
        ("½ dozen", Why.QUANTITY_NOT_A_NUMBER),
        ("12 34", Why.QUANTITY_NOT_A_NUMBER),
        ("1 0000", Why.QUANTITY_NOT_A_NUMBER),
        ("07 123", Why.QUANTITY_NOT_A_NUMBER),
        ("0 500", Why.QUANTITY_NOT_A_NUMBER),
        ("07 123 456 kg", Why.QUANTITY_NOT_A_NUMBER),
        ("0,123.5", Why.QUANTITY_NOT_A_NUMBER),
        ("01.234.567", Why.QUANTITY_NOT_A_NUMBER),
        ("3 hats", Why.UNKNOWN_UNIT),
        ("1,000", Why.QUANTITY_UNCLEAR),
        ("ca. 1,000", Why.QUANTITY_NOT_A_NUMBER),
        ("=1+1", Why.SHEET_FORMULA),
        ("ca. " + "3" * 100, Why.QUANTITY_NOT_A_NUMBER),
    ],
)
def test_what_is_unclear_stays_refused(typed: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        read_amount(typed, comma_sheet=False)
    assert refused.value.why is why


def test_a_point_may_stand_between_thousands_where_a_comma_stands_before_decimals() -> None:
    assert read_amount("1.000", comma_sheet=False).qty == 1_000
    assert read_amount("0.125", comma_sheet=True).qty == 125
    assert read_amount("1.25", comma_sheet=True).qty == 1_250
    with pytest.raises(Refused) as refused:
        read_amount("1.000 kg", comma_sheet=True)
    assert refused.value.why is Why.QUANTITY_UNCLEAR

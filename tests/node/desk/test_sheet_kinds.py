"""Words that sort a row."""

from __future__ import annotations

import pytest

from node.desk.references import Kind
from node.desk.sheet_kinds import is_kind, is_over, is_total, kind_of
from node.refusal import Refused, Why


def test_a_row_is_a_need_or_an_offer() -> None:
    assert kind_of("Request") is Kind.NEED
    assert kind_of("offers") is Kind.OFFER
    assert not is_kind("food")
    with pytest.raises(Refused) as refused:
        kind_of("food")
    assert refused.value.why is Why.SHEET_KIND_UNKNOWN


def test_a_row_that_is_over_is_known() -> None:
    assert all(map(is_over, ["Closed", "used up", "done", "yes", "cancelled", "canceled"]))
    assert not any(map(is_over, ["", "open", "available", "not done", "new"]))


def test_a_line_of_sums_is_known() -> None:
    assert all(
        map(is_total, ["Total", "TOTAL:", "Grand total", "Subtotal", "Summe", "Totals 2026"])
    )
    assert not any(map(is_total, ["", "totally wet", "food", "sum" * 30]))

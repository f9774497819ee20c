"""Why something is closed, or waits: read as it is typed, kept in the words that count."""

from __future__ import annotations

import pytest

from node.desk.entries import MET
from node.desk.reasons import (
    DUPLICATE_OF,
    FOR_INFORMATION,
    NEED_REASONS,
    NO_ANSWER,
    OFFER_REASONS,
    UNTIL_A_DATE,
    closing_reason,
    duplicate_of,
    waiting_reason,
)
from node.desk.references import Kind, make
from node.refusal import Why
from tests.node.refusals import refused

NEED = make(Kind.NEED, 417)


@pytest.mark.parametrize("reason", [each for each in NEED_REASONS if each != DUPLICATE_OF])
def test_every_reason_of_a_need_is_taken_however_it_is_typed(reason: str) -> None:
    assert closing_reason(Kind.NEED, f"  {reason.upper()} ") == reason


def test_a_duplicate_names_its_original_or_nothing() -> None:
    assert closing_reason(Kind.NEED, "duplicate of") == DUPLICATE_OF
    assert closing_reason(Kind.NEED, f"Duplicate  of {NEED.lower()}") == f"{DUPLICATE_OF} {NEED}"
    with refused(Why.REFERENCE_CHECK):
        closing_reason(Kind.NEED, "duplicate of N-418-K")


@pytest.mark.parametrize("typed", ["", "because", "duplicated", "closed"])
def test_other_reasons_are_refused(typed: str) -> None:
    with refused(Why.UNKNOWN_NEED_REASON):
        closing_reason(Kind.NEED, typed)


def test_a_need_s_reason_is_none_of_an_offer_s() -> None:
    with refused(Why.UNKNOWN_OFFER_REASON):
        closing_reason(Kind.OFFER, MET)
    with refused(Why.UNKNOWN_NEED_REASON):
        closing_reason(Kind.NEED, "used up")


@pytest.mark.parametrize("reason", OFFER_REASONS)
def test_an_offer_is_used_up_or_withdrawn(reason: str) -> None:
    assert closing_reason(Kind.OFFER, f" {reason.title()}") == reason


@pytest.mark.parametrize(
    ("typed", "until_ms", "reason"),
    [
        ("", None, NO_ANSWER),
        ("", 9, UNTIL_A_DATE),
        ("No  answer", None, NO_ANSWER),
        ("answer", 9, NO_ANSWER),
        ("until a date", 9, UNTIL_A_DATE),
        ("date", 9, UNTIL_A_DATE),
        (" for INFORMATION", None, FOR_INFORMATION),
        ("information", 9, FOR_INFORMATION),
    ],
)
def test_what_a_need_waits_for(typed: str, until_ms: int | None, reason: str) -> None:
    assert waiting_reason(typed, until_ms) == reason


@pytest.mark.parametrize("typed", ["tea", "no", "met", "x" * 1_000_000])
def test_it_waits_for_nothing_else(typed: str) -> None:
    with refused(Why.UNKNOWN_WAITING_REASON):
        waiting_reason(typed, None)


@pytest.mark.parametrize("typed", ["until a date", "date"])
def test_nothing_waits_for_a_date_without_one(typed: str) -> None:
    with refused(Why.WAITS_WITHOUT_DATE):
        waiting_reason(typed, None)


def test_a_duplicate_is_one_of_a_need() -> None:
    with refused(Why.REFERENCE_WRONG_KIND):
        closing_reason(Kind.NEED, "duplicate of O-1-C")
    assert duplicate_of(closing_reason(Kind.NEED, f"duplicate of {NEED}")) == NEED
    assert duplicate_of(DUPLICATE_OF) is duplicate_of(MET) is None

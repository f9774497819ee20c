"""What stands in the cells about a person besides."""

# ruff: noqa: RUF001 - dashes and quotation marks as programs write them

from __future__ import annotations

import pytest

from node.desk.sheet_persons import is_spoilt, mended_numbers, unsafe_remark


@pytest.mark.parametrize(
    ("typed", "whole", "cut"),
    [
        ("7.71235E+09", "", "7.71235E+09"),
        ("077 1, 1,23E+10", "077 1", "1,23E+10"),
        ("7700900123.0", "7700900123", ""),
        ("+447700900123.0, 0770", "+447700900123, 0770", ""),
        ("Flat 2.0", "Flat 2.0", ""),
    ],
)
def test_numbers_that_a_spreadsheet_spoilt_are_told_apart(typed: str, whole: str, cut: str) -> None:
    assert is_spoilt(typed)
    assert mended_numbers(typed) == (whole, cut)


def test_most_need_no_second_look() -> None:
    assert not is_spoilt("Ann, +44 7700 900123, 3 High St.")


@pytest.mark.parametrize(
    "text",
    [
        "Sam (do not call, text only)",
        "Sam – DON’T CALL",
        "never ring",
        "not safe to visit",
        "confidential",
        "Ellie – QUIET",
        "Ellie (quiet)",
        "quiet",
        "bitte nicht anrufen",
        "Ne pas appeler",
        "por favor no llamar",
        "не дзвонити",
        "не дзвоніть",
        "nie dzwonic",
        "não ligar",
        "do  not\u00a0call",
        "لا تتصل",
        "lütfen aramayın",
        "do not call before 9, do not contact",
        "Do not call at home, husband",
        "do not call at all",
        "never call at work",
        "do not contact again",
        "don't call back",
        "do not call on this number",
        "do not call on 07700 900123",
        "do not call at 3 Mill Lane",
        "do not call the landline",
        "no phone calls at any time",
        "no more calls from anyone",
        "do not call until further notice",
        "do not call. After 6 he is home",
        "do not contact her late husband's family",
        "do not ring the bell; do not ring ever",
        "do not ring the bell or call",
        "do not text or call",
        "please don't ever ring",
        "must not phone",
        "unsafe at home",
        "not safe to drink tap water, not safe to visit",
        "confidential address",
        "bitte nicht mehr anrufen",
    ],
)
def test_a_remark_that_it_is_unsafe_is_found(text: str) -> None:
    assert unsafe_remark(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "call after 6",
        "do not call before 9",
        "do not ring the bell, baby asleep",
        "don't ring doorbell",
        "do not ring at the door",
        "don't call back before 9",
        "no calls after 22:00, please",
        "do not call at 6 or 7 pm",
        "do not ring on Sundays",
        "never call from 9 to 5",
        "do not call late at night",
        "do not call at night",
        "don't have a phone",
        "tap water not safe to drink",
        "confidential legal advice",
        "a quiet street",
        "please be quiet at the door",
        "Quietson, 3 Quiet Lane",
        "cannot call you, no credit",
        "phone is safe",
    ],
)
def test_hours_bells_and_streets_are_none(text: str) -> None:
    assert unsafe_remark(text) == ""


def test_the_remark_is_told_in_its_own_words() -> None:
    assert unsafe_remark("Sam: do not call before 9. DON’T text or call at home") == (
        "don't text or call"
    )

"""Initials are kept and compared in one way, however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.initials import INITIALS_BYTES_MAX, clean_initials
from node.refusal import Refused, Why
from node.wording import sentence


@pytest.mark.parametrize(
    ("typed", "initials"),
    [
        ("", ""),
        ("ak", "AK"),
        ("AK", "AK"),
        ("  a  k ", "A K"),
        ("e\u0301l", "\u00c9L"),
        ("\u00e9l", "\u00c9L"),
        ("ß", "SS"),
        ("жк", "ЖК"),
        ("李", "李"),
    ],
)
def test_the_same_hands_are_the_same_text(typed: str, initials: str) -> None:
    assert clean_initials(typed) == initials


@given(st.text(max_size=12))
def test_what_is_clean_stays_as_it_is(typed: str) -> None:
    try:
        initials = clean_initials(typed)
    except Refused:
        return
    assert clean_initials(initials) == initials
    assert len(initials.encode()) <= INITIALS_BYTES_MAX


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("*", Why.INITIALS_NOBODY_S),
        (" * ", Why.INITIALS_NOBODY_S),
        (" ", Why.TEXT_EMPTY),
        ("a\tk", Why.TEXT_CONTROL),
        ("ΐ" * 4, Why.TEXT_TOO_LONG),
        ("k" * 500, Why.TEXT_TOO_LONG),
    ],
)
def test_what_are_nobody_s_initials_is_refused(typed: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        clean_initials(typed)
    assert refused.value.why is why


def test_too_long_ones_are_spoken_of_as_initials() -> None:
    with pytest.raises(Refused) as refused:
        clean_initials("k" * 500)
    told = sentence(refused.value.why, refused.value.facts)
    assert told.startswith("The text of the initials is too long (500 bytes, at most 12)")

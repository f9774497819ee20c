"""References as they are made, typed and mistyped."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.references import (
    CHECK_LETTERS,
    NUMBER_MAX,
    Kind,
    Reference,
    call_sign,
    check_letter,
    has_call_sign,
    looks_like_reference,
    make,
    parse,
    written,
)
from node.refusal import Refused, Why

KINDS = st.sampled_from(list(Kind))
NUMBERS = st.integers(1, NUMBER_MAX)


@pytest.mark.parametrize(
    ("kind", "number", "written"),
    [(Kind.NEED, 417, "N-417-K"), (Kind.OVERFLOW, 12, "V-12-K"), (Kind.OFFER, 1, "O-1-C")],
)
def test_references_never_change(kind: Kind, number: int, written: str) -> None:
    assert make(kind, number) == written


@pytest.mark.parametrize("number", [0, -1, NUMBER_MAX + 1])
def test_a_number_out_of_range_is_our_mistake(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        make(Kind.NEED, number)


@pytest.mark.parametrize(
    ("typed", "sign"),
    [
        ("N-417-K", None),
        ("n417k", None),
        (" n 417 k ", None),
        ("N.417.K", None),
        ("N–417–K", None),  # noqa: RUF001 - the dash that word processors make of a hyphen
        ("N-0417-K", None),
        ("NG N-417-K", "NG"),
        ("ng n417k", "NG"),
        ("XAB N 417 K", "XAB"),
        ("NGN417K", "NG"),
    ],
)
def test_a_reference_is_read_as_typed(typed: str, sign: str | None) -> None:
    assert parse(typed) == (sign, Reference(Kind.NEED, 417))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("N-417-L", Why.REFERENCE_CHECK),
        ("N-418-K", Why.REFERENCE_CHECK),
        ("O-417-K", Why.REFERENCE_CHECK),
        ("X-417-K", Why.REFERENCE_CHECK),
        ("N-417-O", Why.REFERENCE_CHECK),
        ("NG N-471-K", Why.REFERENCE_CHECK),
        ("N-4I7-K", Why.REFERENCE_UNREADABLE),
        ("N-417", Why.REFERENCE_UNREADABLE),
        ("417", Why.REFERENCE_UNREADABLE),
        ("", Why.REFERENCE_UNREADABLE),
        ("meals", Why.REFERENCE_UNREADABLE),
        ("N-٤١٧-K", Why.REFERENCE_UNREADABLE),
        ("N-1234567890-K", Why.REFERENCE_UNREADABLE),
        ("NORTH N-417-K", Why.REFERENCE_UNREADABLE),
        ("N-417-K" * 1_000_000, Why.REFERENCE_UNREADABLE),
        ("N-417-\u212a", Why.REFERENCE_UNREADABLE),
    ],
)
def test_a_mistyped_reference_is_refused(typed: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        parse(typed)
    assert refused.value.why is why


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("n417k", "N-417-K"),
        ("ng  n.0417-x", "NG N-417-X"),
        ("W-1-E", "W-1-E"),
        (" Soup \x1b[31m\tfor\u202e 7", "soup for 7"),
        ("? V-1-E", "? v-1-e"),
        ("\u202e", ""),
    ],
)
def test_what_no_desk_of_ours_gives_is_written_in_one_way_too(text: str, shown: str) -> None:
    assert written(text) == shown
    assert has_call_sign(text) is (shown[:3] == "NG ")


@given(KINDS, NUMBERS)
def test_what_is_made_reads_back(kind: Kind, number: int) -> None:
    assert parse(make(kind, number)) == (None, Reference(kind, number))
    assert looks_like_reference(make(kind, number))


def test_every_wrong_digit_below_10_000_is_detected() -> None:
    for number in range(10_000):
        digits = str(number)
        check = check_letter(Kind.NEED, number)
        for place, wrong in itertools.product(range(len(digits)), "0123456789"):
            if digits[place] != wrong:
                mistyped = int(digits[:place] + wrong + digits[place + 1 :])
                assert check_letter(Kind.NEED, mistyped) != check, (number, mistyped)


def test_every_swap_of_neighbours_below_10_000_is_detected() -> None:
    for number in range(10_000):
        digits = str(number)
        for place in range(len(digits) - 1):
            one, two = digits[place], digits[place + 1]
            if one != two:
                mistyped = int(digits[:place] + two + one + digits[place + 2 :])
                assert check_letter(Kind.NEED, mistyped) != check_letter(Kind.NEED, number)


def test_every_wrong_kind_and_check_letter_below_10_000_is_detected() -> None:
    for number in range(1, 10_000):
        letters = {check_letter(kind, number) for kind in Kind}
        assert len(letters) == len(Kind)
        assert letters < set(CHECK_LETTERS)


@given(KINDS, NUMBERS, st.data())
def test_one_wrong_digit_of_nine_is_detected(kind: Kind, number: int, data: st.DataObject) -> None:
    digits = str(number)
    place = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    mistyped = f"{kind}-{digits[:place]}{wrong}{digits[place + 1 :]}-{check_letter(kind, number)}"
    with pytest.raises(Refused):
        parse(mistyped)


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("Northgate Hall", "NG"),
        ("Eastside Centre", "ES"),
        ("Eastgate", "EG"),
        ("Riverside", "RS"),
        ("Mill Lane", "ML"),
        ("St Mary's", "SM"),
        ("The Old Library", "OL"),
        ("Ölmühle", "OM"),
        ("A", "AA"),
        ("Hall", "HA"),
    ],
)
def test_a_call_sign_can_be_guessed(name: str, sign: str) -> None:
    assert call_sign(name) == sign


def test_names_in_other_scripts_get_different_signs() -> None:
    signs = {call_sign(name) for name in ("Северный зал", "Южный зал", "北堂", "南堂", "")}
    assert len(signs) == 5
    assert all(sign.startswith("X") for sign in signs)


@given(st.text())
def test_any_name_gives_two_or_three_letters(name: str) -> None:
    assert re.fullmatch("[A-Z]{2,3}", call_sign(name))
    assert parse(f"{call_sign(name)} N-417-K") == (call_sign(name), Reference(Kind.NEED, 417))


@pytest.mark.parametrize("typed", ["N-417-L", "X-1-Y", "ng v12k"])
def test_a_wrong_reference_still_looks_like_one(typed: str) -> None:
    assert looks_like_reference(typed)


@pytest.mark.parametrize("typed", ["", "meals", "Anna", "0123456789abcdef0123456789abcdef", "555"])
def test_ids_and_words_do_not_look_like_references(typed: str) -> None:
    assert not looks_like_reference(typed)

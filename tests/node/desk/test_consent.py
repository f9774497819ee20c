"""Whether words to be sealed name a person who has not agreed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.consent import NO_NAMES, names_contact, names_private


@pytest.mark.parametrize(
    ("details", "contact", "found"),
    [
        ("Ask for Ana at the gate", "Ana, 555 0100", "Ana"),
        ("ask for ana", "Ana", "Ana"),
        ("ASK FOR ÉLODIE", "Élodie Roux", "Élodie"),
        ("Ring O'Neil at six", "Mary O'Neil", "Neil"),
        ("Call (555) 010-0199", "Ana 555 010 0199", "555 010 0199"),
        ("Call 0049 555 0100199", "0555 0100199", "0555 0100199"),
        ("Call 07700 900123 before", "+44 7700 900123", "44 7700 900123"),
        ("Call 7700 900123 before", "7700900123", "7700900123"),
        ("Flat 4, Mill Lane 12", "Ana, Mill Lane", "Mill"),
    ],
)
def test_a_word_or_number_of_the_contact_is_found(
    details: str, contact: str, found: str | None
) -> None:
    assert names_contact(details, contact) == found


@pytest.mark.parametrize(
    ("details", "contact"),
    [
        ("Back door of the hall until 21:00, ask for Ruth", "Ana, 555 0100"),
        ("", "Ana"),
        ("Ask for Ana", ""),
        ("Friday at the back door", "Friday mornings, back door"),
        ("Room 12, 18:30", "Ana, room 12"),
        ("Anathema Street", "Ana"),
    ],
)
def test_what_names_nobody_passes(details: str, contact: str) -> None:
    assert names_contact(details, contact) is None


names = st.from_regex(r"[A-Z][a-z]{2,12}", fullmatch=True).filter(
    lambda name: name.casefold() not in NO_NAMES
)


@given(names, st.text(max_size=30), st.text(max_size=30))
def test_a_name_is_found_wherever_it_stands(name: str, before: str, behind: str) -> None:
    assert names_contact(f"{before} {name} {behind}", f"{name}, 555 0100") is not None


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_are_answered(details: str, contact: str) -> None:
    found = names_contact(details, contact)
    assert found is None or found in contact


def test_ten_megabytes_cost_little() -> None:
    assert names_contact("ask at the door", "5 " * 5_000_000) is None
    assert names_contact("0 (" * 3_000_000, "Ana 555 0100") is None


@pytest.mark.parametrize(
    ("text", "private", "found"),
    [
        ("Meals, HIV", "Zerlina has HIV", "HIV"),
        ("Meals for a person with hiv", "Zerlina has HIV", "HIV"),
        ("Two beds. Near Zerlina", "ask for Zerlina, she is ill", "Zerlina"),
        ("rao needs a bed", "her mother is Mrs Rao", "Rao"),
        ("Ring 07700 900123", "door code 12, or 07700 900123", "07700 900123"),
    ],
)
def test_a_name_in_a_note_is_found(text: str, private: str, found: str) -> None:
    assert names_private(text, private) == found


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("Halal meals", "halal"),
        ("halal meals", "Halal only. Meals at noon"),
        ("Hot meals, third floor", "third floor, back door, 4 meals"),
        ("A lift on Friday", "at work until Friday"),
        ("1000 litres at 18:30", "Needs 1000 litres by 18:30"),
        ("zwei Packungen Windeln", "braucht Windeln Größe 3 bis Montag"),
        ("HOT MEALS", "NEEDS HOT MEALS"),
        ("", "Zerlina"),
    ],
)
def test_ordinary_words_of_a_note_may_stand_in_the_text(text: str, private: str) -> None:
    assert names_private(text, private) is None

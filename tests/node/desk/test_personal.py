"""What is warned about before a text leaves the hall, and what passes clean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.personal import LOOKS_WORDS, Looks, personal_looking


@pytest.mark.parametrize(
    "text",
    [
        "forty hot meals tonight",
        "40 hot meals by 19:30",
        "40 hot meals by 2031-05-28 19:30",
        "40 hot meals 17:00-19:30",
        "2 x 20 litre water",
        "12 nappies size 3",
        "100 blankets, 20 pillows and 30 sheets",
        "1000 x 500 ml water",
        "120000 litres of water",
        "phone chargers, 100 of them",
        "a ring of 12 chairs",
        "3 people need a place to stay",
        "clear 200 metres of road",
        "2 lifts to St Mary's",
        "insulin for Monday",
        "meals for Christmas",
        "meals for the MED desk",
        "ask for the desk",
        "6 V battery, 12 V charger",
        "[2 adults] 3-4 beds",
        "bread from 28.05.31 @ 5pm",
        "Somebody who speaks Arabic",
        "",
    ],
)
def test_what_a_need_is_made_of_passes_clean(text: str) -> None:
    assert personal_looking(text) == []


@pytest.mark.parametrize(
    ("text", "looks", "found"),
    [
        ("call 07700 900123 now", Looks.PHONE, "07700 900123"),
        ("meals, 555-0123", Looks.PHONE, "555-0123"),
        ("meals, (0171) 234 567", Looks.PHONE, "(0171) 234 567"),
        ("meals +44 7700 900 123", Looks.PHONE, "+44 7700 900 123"),
        ("meals 0.7.7.0.0.9.0.0", Looks.PHONE, "0.7.7.0.0.9.0.0"),
        ("meals ٠٧٧٠٠٩٠٠١٢٣", Looks.PHONE, "٠٧٧٠٠٩٠٠١٢٣"),
        ("meals 412-345", Looks.PHONE, "412-345"),
        ("meals, ring 4417", Looks.PHONE, "4417"),
        ("write anna@example.org", Looks.EMAIL, "anna@example.org"),
        ("write anna (at) example.org", Looks.EMAIL, "anna (at) example.org"),
        ("ask @anna_k", Looks.EMAIL, "@anna_k"),
        ("bed at 14 Mill Lane", Looks.ADDRESS, "14 Mill Lane"),
        ("bed at 14b old kiln road", Looks.ADDRESS, "14b old kiln road"),
        ("bed at 3 Abbey Close", Looks.ADDRESS, "3 Abbey Close"),
        ("Mill Lane 14", Looks.ADDRESS, "Mill Lane 14"),
        ("Hauptstraße 12a", Looks.ADDRESS, "Hauptstraße 12a"),
        ("12 rue de la Paix 5", Looks.ADDRESS, "rue de la Paix 5"),
        ("flat 3", Looks.ADDRESS, "flat 3"),
        ("near SW1A 1AA", Looks.ADDRESS, "SW1A 1AA"),
        ("pay DE89 3704 0044 0532 0130 00", Looks.ACCOUNT, "DE89 3704 0044 0532 0130 00"),
        ("pay GB29NWBK60161331926819", Looks.ACCOUNT, "GB29NWBK60161331926819"),
        ("4111 1111 1111 1111", Looks.ACCOUNT, "4111 1111 1111 1111"),
        ("account no. 12345678", Looks.ACCOUNT, "12345678"),
        ("Mrs Okafor needs a bed", Looks.NAME, "Mrs Okafor"),
        ("dr. smith", Looks.NAME, "dr. smith"),
        ("meals for Anna", Looks.NAME, "for Anna"),
        ("meals for Şule", Looks.NAME, "for Şule"),
        ("ask for Sam", Looks.NAME, "ask for Sam"),
        ("ask for sam", Looks.NAME, "ask for sam"),
        ("a boy called Tom", Looks.NAME, "called Tom"),
    ],
)
def test_what_points_to_a_person_is_found(text: str, looks: Looks, found: str) -> None:
    findings = [finding for finding in personal_looking(text) if finding.looks is looks]
    assert any(found in finding.found for finding in findings), personal_looking(text)


def test_several_are_told_in_their_order_and_apart() -> None:
    findings = personal_looking("Mrs Okafor, 14 Mill Lane, 07700 900123")
    assert [finding.looks for finding in findings] == [Looks.NAME, Looks.ADDRESS, Looks.PHONE]


def test_every_kind_has_a_word() -> None:
    assert set(LOOKS_WORDS) == set(Looks)


@given(st.text())
def test_a_finding_is_a_piece_of_the_text(text: str) -> None:
    for finding in personal_looking(text):
        assert text[finding.start : finding.end] == finding.found


@given(st.from_regex(r"\+?[0-9]{2,4}([ -]?[0-9]{2,4}){2,4}", fullmatch=True))
def test_digits_enough_for_a_telephone_are_found(number: str) -> None:
    if sum(character.isdigit() for character in number) >= 7:
        assert personal_looking(f"meals {number} please")

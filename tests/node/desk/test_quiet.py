"""Whose a quiet mark is: told by a telephone, or by a name and an address, and never guessed."""

from __future__ import annotations

import pytest

from node.desk.quiet import Person


def is_one(one: str, other: str, zone: str = "") -> bool:
    people = Person.of(one, zone), Person.of(other, zone)
    answers = {people[0].is_same(people[1]), people[1].is_same(people[0])}
    assert len(answers) == 1, "it does not matter who is asked"
    return answers.pop()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rosa Marques 07700 900123", "+44 7700 900 123"),
        ("Rosa Marques 07700 900123", "rosa, 07700900123, ring twice"),
        ("Rosa Marques 07700 900123", "Rosa Markes 07700 900123"),
        ("Ana Silva 07700 900123", "Rui Silva 07700 900123"),  # one household, one telephone
        ("Rosa Marques 07700 900123", "Tel 07700 900123"),
        ("Rosa Marques 07700 900123", "WhatsApp: 07700 900123"),
        ("Rosa Marques 07700 900123", "Daughter: 07700 900123"),
        ("Mum 07700 900123", "SMS 07700 900123"),
        ("Rosa O'Brien 07700 900123", "R. OBrien 07700 900123"),
        ("Mc Donald 07700 900123", "McDonald 07700 900123"),
        ("Anne-Marie 07700 900123", "Annemarie 07700 900123"),
        ("Seán Ó Súilleabháin 07700 900123", "S. OSuilleabhain 07700 900123"),
        ("Rosa Marques, 12 Mill Lane", "rosa marques, 12 mill lane, back door"),
        ("Mia Quill, Oak Street 9", "Mia Quill, 9 Oak Street"),
        ("Mum, 12 Mill Lane", "mum, 12 mill lane"),
        ("Mona O'Brien, 12 Mill Lane", "Mona O\u2019Brien (12 Mill Ln)"),
    ],
)
def test_one_is_told_by_a_telephone_or_by_name_and_address(one: str, other: str) -> None:
    assert is_one(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", ""),
        ("Rosa Marques 07700 900123", "Tom Baker 07700 900123"),  # a shelter has one telephone
        ("Mr Marques 07700 900123", "Mr Baker 07700 900123"),
        ("Kim Lo 07700 900123", "Kimberley Baker 07700 900123"),
        ("Rosa Marques 07700 900123", "Rosa Marques 07700 900124"),
        ("Rosa Marques", "Rosa Marques"),
        ("Rosa Marques, 12 Mill Lane", "Rosa Markes, 12 Mill Lane"),
        ("Rosa Marques, 12 Mill Lane", "Rosa Marques, 14 Mill Lane"),
        ("Rosa Marques, 12 Mill Lane", "Tom Marques, 12 Mill Lane"),
        ("12 Mill Lane", "12 Mill Lane"),
        ("at the desk, 12 Mill Lane", "at the desk, 12 Mill Lane"),
    ],
)
def test_who_may_be_somebody_else_is_not_marked(one: str, other: str) -> None:
    assert not is_one(one, other)


def test_the_address_may_stand_in_the_zone() -> None:
    assert is_one("Rosa Marques", "Rosa Marques", "12 Mill Lane")
    assert not is_one("Rosa Marques", "Rosa Marques", "Mill Lane")


@pytest.mark.parametrize(
    ("contact", "is_known"),
    [("07700 900123", True), ("Rosa, 12 Mill Lane", True), ("Rosa", False), ("", False)],
)
def test_nobody_is_looked_for_who_cannot_be_told(contact: str, is_known: bool) -> None:
    assert Person.of(contact, "").is_known is is_known

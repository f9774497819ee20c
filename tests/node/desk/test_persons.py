"""Who is the same person, who may be, and who is only somebody else at one telephone."""

from __future__ import annotations

import pytest

from node.desk.persons import Contact, goes_by, is_still_of


def is_one(one: str, other: str) -> bool:
    answers = {Contact.of(one).is_of(Contact.of(other)), Contact.of(other).is_of(Contact.of(one))}
    assert len(answers) == 1, "it does not matter who is asked"
    return answers.pop()


def may_be_one(one: str, other: str) -> bool:
    return Contact.of(one).may_be_of(Contact.of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rosa Marques", "rosa marques"),
        ("07700 900123", "+44 7700 900 123"),
        ("Rosa, 07700 900123", "Rosa Marques 07700900123, 3 Mill Lane"),
        ("Al 07700 900123", "Al 07700 900123, ring twice"),
        ("rosa@example.org", "rosa@example.org"),
        ("محمد علي", "محمد علي"),
    ],
)
def test_one_is_told_by_a_telephone_or_a_whole_name(one: str, other: str) -> None:
    assert is_one(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana Silva 07700 900123", "Rui Silva 07700 900123"),  # a family has one telephone
        ("Zerlina Quux", "Zerlina Quux 07700 900123"),  # two may have one name
        ("Zerlina Quux", "Zerlina Anne Quux"),
        ("Rosa, 07700 900123", "07700 900123"),
        ("Rosa", "Rosa"),
        ("rosa marques", "rosa marques"),
        ("at the desk", "at the desk"),
    ],
)
def test_who_may_be_the_same_is_left_to_people(one: str, other: str) -> None:
    assert may_be_one(one, other)
    assert not is_one(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", ""),
        ("Rosa Marques", "Rosa Martins"),
        ("Rosa", "Rosa Marques"),
        ("at the front door", "At the desk"),
        ("Ana, 3 Mill Lane", "Zoe, 3 Mill Lane"),
    ],
)
def test_others_are_somebody_else(one: str, other: str) -> None:
    assert not is_one(one, other)
    assert not may_be_one(one, other)


@pytest.mark.parametrize(
    ("who", "contact"),
    [
        ("Sam Numbat", "Numbat Sam, 0171 555 7392"),
        ("Zerlina", "Zerlina Quux 07700900123"),
        ("Al", "Al, 3 Mill Lane"),
        ("whoever has 07700 900123", "07700900123"),
    ],
)
def test_who_goes_may_be_they(who: str, contact: str) -> None:
    assert goes_by(who, ["", contact])


def test_whoever_lives_in_their_street_is_somebody_else() -> None:
    assert not goes_by("Alma from Mill House", ["Al, 3 Mill Lane", "text only"])


@pytest.mark.parametrize(
    ("before", "after", "is_still"),
    [
        ("Zerlina Quux", "Zerlina Quux, 07700 900123", True),
        ("Zerlna Quux 07700 900123", "Zerlina Quux 07700 900123", True),
        ("", "Zerlina Quux", True),
        ("at the desk", "at the desk", True),
        ("Zerlina Quux", "Gwendolyn Pryce", False),
        ("Zerlina Quux", "", False),
    ],
)
def test_an_edited_contact_is_still_theirs(before: str, after: str, is_still: bool) -> None:
    assert is_still_of(before, after) is is_still

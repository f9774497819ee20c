"""What looks like the same need or offer, and what only has something in common with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.look_alikes import (
    SHOWN_MAX,
    Alike,
    Known,
    look_alikes,
    name_of,
    phone_of,
    street_of,
)
from node.desk.words import Words
from protocol.ids import Thousandths

ROSA = Words(
    "FOD",
    "Hot meals for two",
    Thousandths(2_000),
    "meal",
    zone="North",
    contact="Rosa Marques, 07700 900123, 12 Mill Lane",
)


def known(words: Words, ref: str = "N-1-B", *, closed: bool = False) -> Known:
    return Known(
        ref=ref,
        category=words.category,
        text=words.text,
        qty=words.qty,
        unit=words.unit,
        zone=words.zone,
        contact=words.contact,
        phone=phone_of(words.contact),
        street=street_of(words.contact, words.zone),
        closed=closed,
    )


def alike(said: Words, other: Words) -> tuple[str, ...]:
    """Why `other` looks like what was said; empty: it does not."""
    found = look_alikes(said, [known(other)])
    return found[0].because if found else ()


@pytest.mark.parametrize(
    ("contact", "end"),
    [
        ("Ana 07700 900123", "0900123"),
        ("Ana, +44 7700 900-123", "0900123"),
        ("(0161) 496-0000", "4960000"),
        ("12 Mill Lane, 0161 496 0000", "4960000"),
        ("Ana, flat 3, 12 Mill Lane", ""),
        ("since 2031", ""),
        ("", ""),
    ],
)
def test_the_end_of_a_telephone_number(contact: str, end: str) -> None:
    assert phone_of(contact) == end


@pytest.mark.parametrize(
    ("contact", "street"),
    [
        ("Rosa, 12 Mill Lane", "12 mill"),
        ("Rosa, Mill Lane 12", "12 mill"),
        ("Rosa Quill, Old Mill Street, 9b", "9b old mill"),
        ("12 mill ln, Northgate", "12 mill"),
        ("flat 3, 12a Mill Lane", "12a mill"),
        ("07700 900123, 12 Saint Mary's Road", "12 saint mary"),
        ("12 Müller Street", "12 muller"),
        ("Hauptstraße 5", "5 hauptstrasse"),
        ("Rua das Flores, 12", "12 rua das flores"),
        ("ul. Długa 7", "7 ul dluga"),
        ("Rosa, 2 children", ""),
        ("3 adults and 12 cats", ""),
        ("Rosa 07700 900123", ""),
        ("", ""),
    ],
)
def test_an_address(contact: str, street: str) -> None:
    assert street_of(contact, "") == street
    assert street_of("", contact) == street


def test_a_name_is_what_a_contact_begins_with() -> None:
    assert name_of("Rosa Marqués, 07700 900123") == name_of("rosa marques 0770") == "rosa marques"
    assert name_of("07700 900123") == ""


def test_the_same_again_is_told_with_its_reasons() -> None:
    assert alike(ROSA, ROSA) == (
        "same phone",
        "same address",
        "name like “Rosa Marques”",
        "same category",
        "same words",
    )


@pytest.mark.parametrize(
    ("contact", "text"),
    [
        ("R., +44 7700 900123", "bread"),
        ("12 mill ln", "something to eat"),
        ("Rosa Markes", "soup"),
        ("MARQUES Rosa", "soup"),
        ("Rósa Marqués", "soup"),
        ("Rosa", "hot meals for 2 or two"),
    ],
)
def test_the_same_person_and_the_same_thing(contact: str, text: str) -> None:
    assert alike(replace(ROSA, contact=contact, text=text, zone=""), ROSA)


@pytest.mark.parametrize(
    ("category", "contact", "text"),
    [
        ("FOD", "Ana Silva", "Hot meals for two"),  # many need a hot meal
        ("FOD", "Rosa Martins", "Hot meals for two"),
        ("FOD", "Rosa", "milk"),
        ("OTH", "Rosa", "Hot meals for two"),  # of many with that name, and many such meals
        ("FOD", "14 Mill Lane", "Hot meals for two"),
        ("MED", "Rosa Marques, 07700 900123, 12 Mill Lane", "insulin"),  # she needs two things
        ("FOD", "", "hot meal"),
    ],
)
def test_one_alone_is_no_duplicate(category: str, contact: str, text: str) -> None:
    said = replace(ROSA, category=category, contact=contact, text=text, zone="")
    assert alike(said, ROSA) == ()


def test_a_first_name_alone_is_no_person() -> None:
    assert alike(replace(ROSA, contact="Rosa", text="milk"), replace(ROSA, contact="Rosa")) == ()


def test_another_category_by_mistake_is_noticed_by_its_words() -> None:
    assert "same words" in alike(replace(ROSA, category="OTH"), ROSA)


def test_without_a_person_only_the_same_in_all_is_told() -> None:
    nobody = replace(ROSA, contact="")
    assert alike(nobody, nobody) == ("the same in all",)
    assert alike(replace(nobody, text="HOT meals, for two"), ROSA) == ("the same in all",)
    assert alike(replace(nobody, qty=Thousandths(3_000)), nobody) == ()
    assert alike(replace(nobody, zone="South"), nobody) == ()


def test_before_anything_else_is_typed_the_person_is_enough() -> None:
    empty = replace(ROSA, category="", text="", zone="", contact="07700900123")
    assert alike(empty, ROSA) == ("same phone",)


def test_a_closed_one_is_told_as_closed() -> None:
    [told] = look_alikes(ROSA, [known(ROSA, closed=True)])
    assert told.because[-1] == "closed"


def test_few_are_told_and_the_most_alike_first() -> None:
    partly = [known(replace(ROSA, contact="Rosa Marques"), f"N-{n}-B") for n in range(9)]
    told = look_alikes(ROSA, [*partly, known(ROSA, "N-10-C")])
    assert len(told) == SHOWN_MAX
    assert told[0].ref == "N-10-C"
    assert [each.score for each in told] == sorted((each.score for each in told), reverse=True)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_words_are_compared(contact: str, text: str, zone: str) -> None:
    said = replace(ROSA, contact=contact, text=text, zone=zone)
    for told in look_alikes(said, [known(ROSA), known(said)]):
        assert isinstance(told, Alike)
        assert 0 < told.score <= 100

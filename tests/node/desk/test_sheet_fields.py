"""Columns are known by the names that people and HXL give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.references import Kind
from node.desk.sheet_fields import TAGS, Field, field_of, is_tag, named_field, same_name, tagged
from node.desk.sheet_kinds import asks_kind, kind_named
from node.refusal import Refused, Why


@pytest.mark.parametrize("field", Field)
def test_a_field_is_known_by_its_own_name_and_tag(field: Field) -> None:
    assert field_of(field.value) is field
    assert tagged(TAGS[field]) is field
    assert named_field(field.value.upper()) is field


def test_no_two_fields_are_written_with_one_tag() -> None:
    assert set(TAGS) == set(Field)
    assert len(set(TAGS.values())) == len(TAGS)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Category", Field.CATEGORY),
        ("TYPE OF NEED", Field.CATEGORY),
        ("What do you need?", Field.TEXT),
        ("Qty (units)", Field.QTY),
        ("How many?", Field.QTY),
        ("Needed_By", Field.BY),
        ("Phone number (mobile)", Field.PHONE),
        ("Your e-mail address", Field.EMAIL),
        ("Full Name", Field.NAME),
        ("Home address", Field.STREET),
        ("Neighbourhood", Field.ZONE),
        ("Dietary requirements", Field.DIET),
        ("Timestamp", Field.AT),
        ("On behalf of", Field.BEHALF),
        ("Danger to life", Field.DANGER),
        ("Need/Offer", Field.KIND),
        ("Are you offering or requesting help?", Field.KIND),
        ("What do you need or offer?", None),
        ("When do you need it by?", Field.BY),
        ("Date required", Field.BY),
        ("What type of help?", Field.CATEGORY),
        ("Please describe", Field.TEXT),
        ("Urgency", None),
        ("Priority", None),
        ("", None),
        ("Colour", None),
        ("(Need/Offer)", Field.KIND),
        ("[need or offer]", Field.KIND),
        ("(need) 🥫 (offer)", Field.KIND),
        ("[" + "?" * 300 + "] need or offer", Field.KIND),
        ("(Phone)", Field.PHONE),
        ("Qty ()", Field.QTY),
        ("()", None),
        ("🥫", None),
        ("?!", None),
        ("Please ring the bell twice before you come up with the phone in your hand", None),
    ],
)
def test_a_name_is_guessed(header: str, field: Field | None) -> None:
    assert field_of(header) is field


@pytest.mark.parametrize(
    ("tag", "field"),
    [
        ("#contact +phone", Field.PHONE),
        ("#contact+phone+mobile", Field.PHONE),
        ("#CONTACT", Field.CONTACT),
        ("#sector +name +en", Field.CATEGORY),
        ("#item+num", Field.QTY),
        ("#adm4+name", Field.ZONE),
        ("#date", Field.AT),
        ("#geo+lat", None),
    ],
)
def test_a_tag_is_known_by_most_of_its_attributes(tag: str, field: Field | None) -> None:
    assert is_tag(tag)
    assert field_of(tag) is field


@pytest.mark.parametrize("cell", ["#", "# 5", "no #tag", "#1", ""])
def test_not_everything_with_a_hash_is_a_tag(cell: str) -> None:
    assert not is_tag(cell)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        named_field("colour")
    assert refused.value.why is Why.SHEET_FIELD_UNKNOWN


def test_names_are_the_same_however_they_are_written() -> None:
    assert same_name("Needed by:", "needed_BY")
    assert not same_name("Needed by", "Needed")
    assert same_name("(?)", " (?)")
    assert not same_name("(?)", "")
    assert not same_name("🥫", "🍞")


HEADINGS = st.lists(
    st.sampled_from(
        ["need", "Offer", "what", "the", "when", "(", ")", "[", "]", "/", " ", "#", "+"]
    )
    | st.text(max_size=3)
).map("".join)


@given(HEADINGS, HEADINGS)
def test_no_heading_ends_the_reading(one: str, other: str) -> None:
    for each in (field_of(one), tagged(one)):
        assert each is None or each in Field
    assert same_name(one, one)
    assert same_name(one, other) == same_name(other, one)
    assert {is_tag(one), asks_kind(one)} <= {True, False}
    assert kind_named(one) in {*Kind, None}

"""A neighbour is meant by its name; of two of one name, by the id that is shown beside it."""

import pytest

from node.desk.hall_names import Named, hall_named, name_with_id, short_ids
from node.refusal import Refused, Why

EAST = Named("abcdefgh", ("Eastside",))
OTHER_EAST = Named("abcdxyzz", ("EASTSIDE\u200b", "East Side Hall"))
MILL = Named("abqqqqqq", ("Mill Lane",))
ABCDX = Named("zzzzzzzz", ("abcdx",))


def test_only_where_names_collide_there_is_an_id_which_is_its_own() -> None:
    assert short_ids((EAST, MILL)) == {}
    assert short_ids((EAST, OTHER_EAST, MILL)) == {"abcdefgh": "abcde", "abcdxyzz": "abcdx"}
    assert short_ids((EAST, Named("zzzz2222", ("eastside ",)))) == {
        "abcdefgh": "abcd",
        "zzzz2222": "zzzz",
    }


@pytest.mark.parametrize(
    ("typed", "hall"),
    [
        ("mill  LANE ", MILL),
        ("abqq", MILL),
        ("abcde", EAST),
        ("ABCDE", EAST),
        ("Eastside (abcde)", EAST),
        ("eastside abcdx", OTHER_EAST),
        ("east side hall", OTHER_EAST),
        ("abcdefgh", EAST),
        ("Mill Lane (abqq)", MILL),
    ],
)
def test_it_is_found_by_whatever_is_shown(typed: str, hall: Named) -> None:
    assert hall_named(typed, (EAST, OTHER_EAST, MILL)) == hall


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Eastside", Why.NAME_AMBIGUOUS),
        ("abcd", Why.NAME_AMBIGUOUS),
        ("abcdx", Why.NAME_AMBIGUOUS),
        ("abq", Why.NOT_A_NEIGHBOUR),
        ("", Why.NOT_A_NEIGHBOUR),
        ("Mill Lane None", Why.NOT_A_NEIGHBOUR),
        ("Eastside abqq", Why.NOT_A_NEIGHBOUR),
        ("Eastside (abcd)", Why.NAME_AMBIGUOUS),
        ("abcdefghi", Why.NOT_A_NEIGHBOUR),
        ("x" * 10_000_000, Why.NOT_A_NEIGHBOUR),
    ],
)
def test_what_could_be_several_or_none_is_refused(typed: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        hall_named(typed, (EAST, OTHER_EAST, MILL, ABCDX))
    assert refused.value.why is why


def test_a_hall_that_is_called_as_another_ones_id_does_not_hide_it() -> None:
    poser = Named("zzzzzzzz", ("abcdefgh",))
    assert hall_named("abcdefgh", (EAST, poser)) == EAST


def test_a_name_is_shown_with_its_id() -> None:
    assert name_with_id("Eastside", "abcd") == "Eastside (abcd)"
    assert name_with_id("Eastside", None) == "Eastside"

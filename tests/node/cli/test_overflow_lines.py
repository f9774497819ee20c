"""What a person reads of overflows and surpluses: from where, how far, and what waits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.api.requests import ListOverflows, ReadOverflow, ShowOverflow
from node.api.views import OverflowView
from node.cli.overflow_lines import lines, table
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import FAR_PLEDGE, OVERFLOW, PLEDGE, SURPLUS, FakeHouse

FAR = replace(
    OVERFLOW, ref="ML V-7-H", origin="Mill Lane", through="Eastside", ours=False, distance=2
)


def told(overflow: OverflowView) -> dict[str, str]:
    """Its own lines by what they are called; the pledges' lines come after an empty one."""
    own = lines(overflow)
    own = own[: own.index("")] if "" in own else own
    return {line[:12].strip(): line[12:].strip() for line in own}


def test_a_person_who_opens_it_has_read_it_and_a_program_has_not(
    hallway: Hallway, house: FakeHouse
) -> None:
    assert hallway("overflow", "show", "NG V-12-K").code == 0
    assert hallway("overflow", "show", "NG V-12-K", "--json").code == 0
    assert house.asked == [ReadOverflow("NG V-12-K"), ShowOverflow("NG V-12-K")]


def test_a_hall_further_away_is_named_with_who_leads_there() -> None:
    assert "Mill Lane, through Eastside" in table((FAR,))[1]
    assert told(FAR)["from"] == "Mill Lane, through Eastside"
    assert told(FAR)["distance"] == "2 halls away"
    assert told(replace(FAR, distance=1, through=""))["distance"] == "1 hall away"


def test_a_hall_to_which_no_way_is_known_is_not_said_to_be_here(
    hallway: Hallway, house: FakeHouse
) -> None:
    lost = replace(FAR, distance=None, through="")
    assert "Mill Lane, no way to it is known now" in table((lost,))[1]
    assert told(lost)["from"] == "Mill Lane"
    assert told(lost)["distance"] == "no way to it is known now"
    house.answers[ShowOverflow] = lost
    document = hallway("overflow", "show", "ML V-7-H", "--json").document
    assert isinstance(document, dict)
    assert document["distance"] is None
    assert "distance" not in told(OVERFLOW)


def test_a_document_holds_names_and_ways_apart(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[ListOverflows] = (replace(FAR, pledges=(FAR_PLEDGE,)),)
    document = hallway("overflow", "list", "--json").document
    assert isinstance(document, list)
    assert (document[0]["origin"], document[0]["through"]) == ("Mill Lane", "Eastside")
    (pledge,) = document[0]["pledges"]
    assert (pledge["by"], pledge["through"]) == ("Mill Lane", "Eastside")


def test_the_list_tells_surplus_from_overflow() -> None:
    _head, asked, given = table((OVERFLOW, SURPLUS))
    assert "overflow" in asked.split()
    assert "surplus" in given.split()


def test_a_surplus_says_what_left_and_what_came() -> None:
    shown = told(SURPLUS)
    assert shown["kind"] == "surplus, to give away"
    assert shown["asked for"] == "5 of 12"
    assert shown["sent"] == "5 of 12"
    assert shown["received"] == "2 of 12"
    assert "pledged" not in shown


@pytest.mark.parametrize(
    ("state", "said"), [("offered", "asked for"), ("not needed", "not given"), ("sent", "sent")]
)
def test_a_pledge_to_a_surplus_asks(state: str, said: str) -> None:
    asking = replace(FAR_PLEDGE, state=state)
    assert f"through Eastside: 30, {said}" in lines(replace(SURPLUS, pledges=(asking,)))[-1]
    assert f"30 meals, {state}" in lines(replace(OVERFLOW, pledges=(asking,)))[-1]


@pytest.mark.parametrize(
    ("reached", "read_by", "pledged", "got_to"),
    [
        ((), 0, 0, "saved here"),
        (("Eastside",), 0, 0, "saved here → reached Eastside"),
        (("Eastside", "West"), 1, 0, "saved here → reached Eastside, West → read at 1 hall"),
        (("Eastside",), 3, 5, "saved here → reached Eastside → read at 3 halls → pledged"),
    ],
)
def test_ours_says_where_it_has_got_to(
    reached: tuple[str, ...], read_by: int, pledged: int, got_to: str
) -> None:
    ours = replace(OVERFLOW, reached=reached, read_by=read_by, pledged=pledged)
    assert told(ours)["got to"] == got_to


def test_only_ours_says_where_it_has_got_to() -> None:
    assert "got to" not in told(replace(FAR, reached=("Eastside",), read_by=1))


def test_a_pledge_of_ours_says_where_it_has_got_to() -> None:
    ours = replace(PLEDGE, ours=True, reached=("Eastside",))
    shown = "\n".join(lines(replace(FAR, pledges=(FAR_PLEDGE, ours))))
    assert shown.count("saved here → reached Eastside") == 1


def test_an_exercise_shows_on_everything_that_follows() -> None:
    shown = lines(replace(OVERFLOW, exercise=True, pledges=(PLEDGE, FAR_PLEDGE)))
    assert "AN EXERCISE" in shown[1]
    assert "Eastside: 25 meals, offered, exercise" in "\n".join(shown)
    assert "Mill Lane, through Eastside: 30 meals, offered, exercise" in "\n".join(shown)


def test_names_from_elsewhere_cannot_act_on_the_terminal() -> None:
    evil = "\x1b[2Jname\n"
    hostile = replace(FAR_PLEDGE, by=evil, through=evil, ours=True, reached=(evil,))
    overflow = replace(OVERFLOW, origin=evil, through=evil, reached=(evil,), pledges=(hostile,))
    for line in [*lines(overflow), *table((replace(overflow, ours=False),))]:
        assert line.isprintable()

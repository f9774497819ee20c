"""One evening of four halls through the real command line: forty meals asked, forty received."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from protocol.frames import Agree, Held, Records, Summary, Whereabouts
from protocol.ids import from_text
from tests.e2e.by_hand import meet
from tests.e2e.evening import (
    ASKED,
    BRINGS,
    DETAILS,
    EAST,
    MILL,
    NORTH,
    PLEDGED,
    WORDS,
    Town,
    assert_far_chapel_hears,
    assert_over,
    held_by,
    play,
    pledges_of,
    town,
    until_pledge,
)
from tests.e2e.halls import until_linked
from tests.e2e.job import Step, until_shown

pytestmark = pytest.mark.e2e


class Played(NamedTuple):
    """What each step printed, and the overflow as each of the three halls showed it."""

    four: Town
    said: dict[str, Any]
    pledged: dict[str, Any]
    accepted: dict[str, Any]
    over: dict[str, Any]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The evening from beginning to end; the tests below only read."""
    with town(tmp_path_factory.mktemp("town")) as four:
        story = play(four)
        said: dict[str, Any] = {}
        until_said(story, said, f"{MILL} pledges")
        pledged = shown_when(four, said, "offered", PLEDGED)
        until_said(story, said, f"{MILL} accepted")
        accepted = shown_when(four, said, "accepted", BRINGS)
        until_said(story, said)
        over = shown_at(four, said["pass"]["id"])
        yield Played(four, said, pledged, accepted, over)


def until_said(story: Iterator[Step], said: dict[str, Any], last: str = "") -> None:
    """Play on until `last` was done, or to the end."""
    for step in story:
        said[step.did] = step.said
        if step.did == last:
            return


def shown_when(four: Town, said: dict[str, Any], state: str, amounts: dict[str, int]) -> Any:
    """The overflow at each hall, when both pledges are in `state` at all three."""
    overflow = said["pass"]["id"]
    for hall in (four.north, four.east, four.mill):
        for name in amounts:
            until_pledge(hall, overflow, name, state)
    return shown_at(four, overflow)


def shown_at(four: Town, overflow: str) -> dict[str, Any]:
    halls = (four.north, four.east, four.mill)
    return {hall.name: hall.json("overflow", "show", overflow) for hall in halls}


def test_the_need_is_met_and_all_who_saw_the_request_see_it_closed(played: Played) -> None:
    assert_over(played.four)


def test_far_chapel_hears_mill_lane_and_nothing_of_this(played: Played) -> None:
    overflow = played.said["pass"]["id"]
    assert_far_chapel_hears(played.four, overflow)
    held = held_by(played.four.chapel).values()
    authors = {record.header.group for record in held if not record.header.in_directory}
    assert authors == {from_text(played.four.mill.json("status")["group_id"])}


def test_what_each_step_says(played: Played) -> None:
    said = played.said
    assert (said["need add"]["state"], said["pass"]["state"]) == ("open", "open")
    assert (said["pass"]["qty"], said["pass"]["accepted"], said["pass"]["received"]) == (40, 0, 0)
    for name in (EAST, MILL):
        pledged = said[f"{name} pledges"]
        assert pledged["overflow"] == said["pass"]["id"]
        assert (pledged["state"], pledged["qty"]) == ("offered", PLEDGED[name])
        accepted = said[f"{name} accepted"]
        assert (accepted["state"], accepted["accepted"]) == ("accepted", BRINGS[name])
        sent = said[f"{name} sends"]
        assert (sent["state"], sent["received"]) == ("sent", 0)
        came = said[f"{name} came"]
        assert (came["state"], came["received"]) == ("received", BRINGS[name])
        assert {each["id"] for each in (pledged, accepted, sent, came)} == {pledged["id"]}


def test_three_halls_show_the_same_overflow(played: Played) -> None:
    """But for what is each hall's own: how far it is, whose it is, and what was sealed to it."""
    for stage in (played.pledged, played.accepted, played.over):
        for name, distance in ((NORTH, 0), (EAST, 1), (MILL, 2)):
            shown = stage[name]
            assert (shown["id"], shown["ref"]) == (
                played.said["pass"]["id"],
                played.said["pass"]["ref"],
            )
            assert (shown["origin"], shown["distance"], shown["hops"]) == (NORTH, distance, 2)
            assert (shown["category"], shown["text"], shown["unit"]) == ("FOD", WORDS, "meal")
            assert shown["qty"] == ASKED
            assert pledges_of(shown) == pledges_of(stage[NORTH])
            assert [each["id"] for each in shown["pledges"]] == [
                each["id"] for each in stage[NORTH]["pledges"]
            ]


def test_states_and_amounts_follow(played: Played) -> None:
    for name in (NORTH, EAST, MILL):
        for stage, accepted, state in (
            (played.pledged, 0, "open"),
            (played.accepted, ASKED, "covered"),
            (played.over, ASKED, "closed"),
        ):
            assert (stage[name]["state"], stage[name]["accepted"]) == (state, accepted)
    assert pledges_of(played.pledged[MILL]) == {
        EAST: ("offered", 25, 0, 0),
        MILL: ("offered", 30, 0, 0),
    }
    assert pledges_of(played.accepted[EAST]) == {
        EAST: ("accepted", 25, 25, 0),
        MILL: ("accepted", 30, 15, 0),
    }


def test_details_are_there_for_the_hall_that_they_were_sealed_to(played: Played) -> None:
    shown = {
        (hall, pledge["by"]): pledge["details"]
        for hall in (NORTH, EAST, MILL)
        for pledge in played.accepted[hall]["pledges"]
    }
    opened = {each: details for each, details in shown.items() if details is not None}
    assert opened == {(EAST, EAST): DETAILS[EAST], (MILL, MILL): DETAILS[MILL]}


def test_details_are_gone_when_it_is_over(played: Played) -> None:
    shown = [each["details"] for name in (EAST, MILL) for each in played.over[name]["pledges"]]
    assert shown == [None] * 4


def test_a_hall_further_away_is_named_with_the_one_that_leads_there(played: Played) -> None:
    through = {
        (hall, pledge["by"]): pledge["through"]
        for hall in (NORTH, EAST, MILL)
        for pledge in played.over[hall]["pledges"]
    }
    assert through[NORTH, MILL] == EAST
    assert through[NORTH, EAST] == ""
    assert through[EAST, MILL] == ""
    assert through[MILL, EAST] == ""
    assert [played.over[name]["through"] for name in (NORTH, EAST, MILL)] == ["", "", EAST]


def test_the_origin_knows_how_far_it_came(played: Played) -> None:
    """Eastside's node holds it; at Eastside and at Mill Lane a person has answered it."""
    overflow = played.said["pass"]["id"]
    shown = until_shown(played.four.north, overflow, lambda each: each.reached == (EAST,))
    assert (shown.held_by, shown.read_by) == (1, 2)


def test_in_step_one_summary_and_one_agreement_are_all_that_is_said(played: Played) -> None:
    """Last in this file: Northgate's node ends, and Northgate links to Eastside by hand. Besides,
    each end says where it is and shows its card and its peerings.
    """
    four = played.four
    four.north.stop()
    said = [frame for frame in meet(four.north, four.east) if not isinstance(frame, Held)]
    assert Counter(map(type, said)) == {Whereabouts: 2, Records: 2, Summary: 1, Agree: 1}
    assert [len(each.envelopes) for each in said if isinstance(each, Records)] == [2, 2]
    four.north.start()
    until_linked(four.north, four.east)

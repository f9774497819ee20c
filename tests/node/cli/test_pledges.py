"""What was done with a pledge, in the words for an overflow and in those for a surplus."""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.api.requests import (
    AcceptPledge,
    DeclinePledge,
    ListOverflows,
    MakePledge,
    MarkSent,
    ReceivePledge,
    ReleasePledge,
)
from node.api.views import OverflowView, PledgeView
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import FAR_PLEDGE, OVERFLOW, SURPLUS, FakeHouse

FAR_SURPLUS = replace(SURPLUS, origin="Mill Lane", through="Eastside", ours=False)
ASKED_FOR = replace(FAR_PLEDGE, overflow=SURPLUS.id, qty=5, accepted=5, received=2)
PROMISED = replace(FAR_PLEDGE, accepted=15, received=15)

SAYINGS = [
    ("pledge X --qty 5", MakePledge, "Pledged 30 meals as", "Asked for 5 as"),
    ("pledge X --qty 5", MakePledge, "to Northgate.", "to Mill Lane, through Eastside."),
    ("accept X --yes", AcceptPledge, "Accepted 15 meals of 30", "Promised 5 of the 5"),
    ("decline X", DeclinePledge, "is not needed", "is not given"),
    ("release X", ReleasePledge, "never came", "never left"),
    ("sent X", MarkSent, "way to Northgate.", "way to Mill Lane, through Eastside."),
    ("receive X --qty 5", ReceivePledge, "15 meals received of 15", "2 received of 5 promised by"),
]


@pytest.mark.parametrize(("typed", "request_type", "of_overflow", "of_surplus"), SAYINGS)
def test_words_follow_the_direction(
    hallway: Hallway,
    house: FakeHouse,
    typed: str,
    request_type: type,
    of_overflow: str,
    of_surplus: str,
) -> None:
    house.answers[ListOverflows] = (OVERFLOW, FAR_SURPLUS)
    house.answers[request_type] = PROMISED
    assert of_overflow in hallway(*typed.split()).out
    house.answers[request_type] = ASKED_FOR
    assert of_surplus in hallway(*typed.split()).out


@pytest.mark.parametrize(("pledge", "overflow"), [(PROMISED, OVERFLOW), (ASKED_FOR, FAR_SURPLUS)])
def test_an_exercise_says_so(
    hallway: Hallway, house: FakeHouse, pledge: PledgeView, overflow: OverflowView
) -> None:
    house.answers |= {ListOverflows: (replace(overflow, exercise=True),), MarkSent: pledge}
    assert "AN EXERCISE" in hallway("sent", "X").out
    house.answers[ListOverflows] = (overflow,)
    assert "AN EXERCISE" not in hallway("sent", "X").out


def test_a_program_is_answered_without_a_list(hallway: Hallway, house: FakeHouse) -> None:
    hallway("sent", "ES P-3-K", "--json")
    assert house.asked == [MarkSent("ES P-3-K")]

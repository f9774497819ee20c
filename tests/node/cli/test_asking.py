"""What asks, asks. Without a terminal it changes nothing; --yes passes all but a warned text."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import pytest

from node.api.requests import (
    AcceptPledge,
    PassOn,
    PreviewAccept,
    PreviewPass,
    RemoveNeighbour,
    ShowOverflow,
    WithdrawOverflow,
)
from node.refusal import Refused, Why
from tests.node.cli.conftest import Hallway
from tests.node.cli.fake_house import (
    FAR_PLEDGE,
    OVERFLOW,
    PLEDGE,
    PREVIEW,
    SURPLUS,
    TO_STRANGER,
    FakeHouse,
)


class Asking(NamedTuple):
    """A command that asks, the request it asks about, and a word of its plan."""

    typed: str
    request: type
    plan: str


ASKING = [
    Asking("pass N-417-K", PassOn, "Hot meals"),
    Asking("overflow withdraw NG V-12-K", WithdrawOverflow, "Eastside"),
    Asking("neighbour remove eastside", RemoveNeighbour, "Eastside"),
    Asking("accept ML P-9-C --details house", AcceptPledge, "house"),
    Asking("accept ML P-9-C --details house", AcceptPledge, "Mill Lane, through Eastside"),
]


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a person at a terminal, who types this."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def person(typed: str) -> None:
        monkeypatch.setattr("sys.stdin", Terminal(typed))
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    return person


def did(house: FakeHouse, request: type) -> bool:
    return any(isinstance(asked, request) for asked in house.asked)


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_without_a_terminal_nothing_changes(
    hallway: Hallway, house: FakeHouse, asking: Asking, as_json: list[str]
) -> None:
    house.answers[PreviewAccept] = TO_STRANGER
    ran = hallway(*asking.typed.split(), *as_json)
    assert (ran.code, ran.out) == (1, "")
    assert asking.plan in ran.err
    assert "--yes" in ran.err
    assert not did(house, asking.request)


@pytest.mark.parametrize("asking", ASKING)
def test_yes_answers_beforehand(hallway: Hallway, house: FakeHouse, asking: Asking) -> None:
    house.answers[PreviewAccept] = TO_STRANGER
    ran = hallway("--yes", *asking.typed.split())
    assert (ran.code, ran.err) == (0, "")
    assert did(house, asking.request)


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize("said", ["y\n", "YES\n", "n\n", "\n", "", "yikes\n"])
def test_a_person_is_asked(
    hallway: Hallway,
    house: FakeHouse,
    answered: Callable[[str], None],
    asking: Asking,
    said: str,
) -> None:
    house.answers[PreviewAccept] = TO_STRANGER
    agrees = said in {"y\n", "YES\n"}
    answered(said)
    ran = hallway(*asking.typed.split())
    assert ran.code == (0 if agrees else 1)
    assert did(house, asking.request) is agrees
    assert asking.plan in ran.err
    assert bool(ran.out) is agrees


def test_pass_approves_the_words_that_were_shown(hallway: Hallway, house: FakeHouse) -> None:
    options = ["--qty", "15", "--hops", "1", "--for", "24", "--text", "Soup", "--exercise"]
    hallway("pass", "N-417-K", "N-418-M", *options, "--yes")
    said = {"qty": "15", "hops": 1, "hours": "24", "text": "Soup", "exercise": True}
    refs = ("N-417-K", "N-418-M")
    assert house.asked == [
        PreviewPass(refs, **said),  # type: ignore[arg-type]
        PassOn(refs, "these-words", **said),  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize("yes", [[], ["--yes"]])
def test_personal_words_are_never_passed(
    hallway: Hallway, house: FakeHouse, answered: Callable[[str], None], yes: list[str]
) -> None:
    answered("y\n")
    house.answers[PreviewPass] = replace(PREVIEW, personal=("Mrs Berry", "020 7946 0958"))
    ran = hallway("pass", "N-417-K", *yes)
    assert (ran.code, ran.out) == (1, "")
    assert "“Mrs Berry”, “020 7946 0958”" in ran.err
    assert "--text" in ran.err
    assert not did(house, PassOn)


def test_yes_passes_the_warning_about_one_person(hallway: Hallway, house: FakeHouse) -> None:
    house.answers[PreviewPass] = replace(PREVIEW, one_person=True, category="MED", qty=1)
    assert "one person" in hallway("pass", "N-417-K").err
    assert not did(house, PassOn)
    assert hallway("pass", "N-417-K", "--yes").code == 0
    assert did(house, PassOn)


def test_accepting_a_neighbour_asks_nothing(hallway: Hallway, house: FakeHouse) -> None:
    ran = hallway("accept", "es", "p3k", "--qty", "20", "--details", "side door")
    assert (ran.code, ran.err) == (0, "")
    assert PreviewAccept("es p3k", "20", "side door") in house.asked
    assert house.asked[-1] == AcceptPledge("pledge-id", "20", "side door")


def test_accepting_a_stranger_shows_exactly_what_would_be_sealed(
    hallway: Hallway, house: FakeHouse
) -> None:
    house.answers[PreviewAccept] = replace(TO_STRANGER, sealed="12 North Street")
    ran = hallway("accept", "far-id")
    assert (ran.code, ran.out) == (1, "")
    assert "12 North Street" in ran.err
    assert "Mill Lane, through Eastside" in ran.err
    assert not did(house, AcceptPledge)


@pytest.mark.parametrize("stands", [False, True])
def test_where_nothing_new_is_sealed_nothing_is_asked(
    hallway: Hallway, house: FakeHouse, stands: bool
) -> None:
    house.answers[PreviewAccept] = replace(TO_STRANGER, sealed="", stands=stands)
    assert hallway("accept", "far-id").code == 0
    assert did(house, AcceptPledge)


def test_what_cannot_be_accepted_is_refused_before_anybody_is_asked(
    hallway: Hallway, house: FakeHouse
) -> None:
    house.answers[PreviewAccept] = Refused(Why.REFERENCE_NOT_FOUND, given="ZZ P-3-K")
    ran = hallway("accept", "ZZ P-3-K", "--yes")
    assert ran.code == 1
    assert "ZZ P-3-K" in ran.err
    assert not did(house, AcceptPledge)


def test_withdrawing_what_is_not_ours_is_refused_before_it_is_asked(
    hallway: Hallway, house: FakeHouse
) -> None:
    house.answers[ShowOverflow] = replace(OVERFLOW, ours=False, origin="Northgate")
    ran = hallway("overflow", "withdraw", "NG V-12-K", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert not did(house, WithdrawOverflow)


def test_withdrawing_names_every_pledge_that_ends_with_it(
    hallway: Hallway, house: FakeHouse
) -> None:
    far = replace(FAR_PLEDGE, state="sent", accepted=25, received=20, would_fall=5)
    gone = replace(PLEDGE, by="Gone Hall", state="withdrawn")
    came = replace(PLEDGE, by="Came Hall", state="received", accepted=5, received=5)
    house.answers[ShowOverflow] = replace(OVERFLOW, pledges=(PLEDGE, far, gone, came))
    plan = hallway("overflow", "withdraw", "NG V-12-K").err
    assert "Pledged by Eastside: 25 meals, not answered yet: not needed then." in plan
    far_ends = "30 meals, 25 meals accepted: 5 meals would fall through."
    assert f"Pledged by Mill Lane, through Eastside: {far_ends}" in plan
    assert plan.count("would fall through") == 1
    assert "Gone Hall" not in plan
    assert "Came Hall" not in plan


def test_withdrawing_a_surplus_names_who_asked_for_what_has_not_left(
    hallway: Hallway, house: FakeHouse
) -> None:
    waits = replace(PLEDGE, by="West", state="accepted", qty=5, accepted=4, would_fall=4)
    asks = replace(PLEDGE, by="Mill Lane", qty=3)
    pledges = (*SURPLUS.pledges, waits, asks)
    ours = replace(SURPLUS, ours=True, origin="Northgate", pledges=pledges)
    house.answers[ShowOverflow] = ours
    plan = hallway("overflow", "withdraw", "NG S-2-D").err
    assert "Asked for by West: 5, 4 promised: 4 would fall through." in plan
    assert "Asked for by Mill Lane: 3, not answered yet: not given then." in plan
    assert "Asked for by Northgate" not in plan


def test_passing_offers_on_says_that_they_are_given_away(
    hallway: Hallway, house: FakeHouse
) -> None:
    house.answers |= {PreviewPass: replace(PREVIEW, surplus=True), PassOn: SURPLUS}
    plan = hallway("pass", "O-210-M", "O-211-N").err
    assert plan.startswith("To give away.")
    assert "there until" in plan
    assert "needed by" not in plan
    assert "to give away" in hallway("pass", "O-210-M", "O-211-N", "--yes").out


def test_removing_who_is_no_neighbour_is_refused(hallway: Hallway, house: FakeHouse) -> None:
    ran = hallway("neighbour", "remove", "Mill", "Lane", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "Mill Lane" in ran.err
    assert not did(house, RemoveNeighbour)

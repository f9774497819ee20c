"""How well an offer fits a need, and in which words that is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.desk.entries import FIRST_STATE, Entry
from node.desk.matching import SCORE_MAX, WORTH_SHOWING, Fit, fit, side_of
from node.desk.references import Kind, make
from node.desk.words import Words
from protocol.ids import Thousandths

EVENING = 1_938_018_600_000
"""2031-05-31 18:30 in UTC."""
HOUR_MS = 3_600_000
WORDS = Words("FOD", "hot meals", Thousandths(40_000), "meal")


def entry(kind: Kind, **said: Any) -> Entry:
    words = replace(WORDS, **said)
    return Entry(make(kind, 7), kind, words, EVENING, "AK", FIRST_STATE[kind])


def fitting(need: dict[str, Any], offer: dict[str, Any]) -> Fit:
    lacking, having = entry(Kind.NEED, **need), entry(Kind.OFFER, **offer)
    return fit(side_of(lacking, lacking.free), side_of(having, having.free), EVENING, UTC)


def score(need: dict[str, Any], offer: dict[str, Any]) -> int:
    return fitting(need, offer).score


@pytest.mark.parametrize(
    ("need", "offer", "reason"),
    [
        ({}, {}, "same unit, all of it"),
        ({}, {"qty": 10_000}, "only 10 of 40 meals"),
        ({}, {"qty": 90_000}, "same unit, all of it"),
        ({}, {"unit": "kg"}, "other unit: offered in kg, needed in meal"),
        ({"zone": "Mill Lane"}, {"zone": "mill  LANE"}, "same zone"),
        ({"zone": "Mill Lane"}, {"zone": "North"}, "another zone"),
        (
            {"by_ms": EVENING + 2 * HOUR_MS},
            {"by_ms": EVENING + HOUR_MS},
            "there until today 19:30, needed by today 20:30",
        ),
        ({"by_ms": EVENING + HOUR_MS}, {}, "needed by today 19:30"),
        ({}, {"by_ms": EVENING + HOUR_MS}, "there until today 19:30"),
        (
            {"languages": "Tigrinya, some English"},
            {"languages": "tigrinya and Arabic"},
            "both speak Tigrinya",
        ),
        ({"languages": "Tigrinya"}, {"languages": "English"}, "no language in common"),
        ({"text": "one hot meal"}, {"text": "meals, warm"}, "both say meal"),
        ({}, {"limits": "no stairs"}, "limits: no stairs"),
    ],
)
def test_every_reason_is_said(need: dict[str, Any], offer: dict[str, Any], reason: str) -> None:
    assert reason in fitting(need, offer).because


@pytest.mark.parametrize(
    ("need", "better", "worse"),
    [
        ({}, {}, {"qty": 39_000}),
        ({}, {"qty": 30_000}, {"qty": 10_000}),
        ({}, {"qty": 1_000}, {"unit": "kg", "qty": 900_000}),
        ({"zone": "Mill Lane"}, {"zone": "Mill Lane"}, {}),
        ({"zone": "Mill Lane"}, {}, {"zone": "North"}),
        ({}, {"by_ms": EVENING + 2 * HOUR_MS}, {"by_ms": EVENING + HOUR_MS}),
        ({}, {"by_ms": EVENING + 1}, {"limits": "meals only cold"}),
        ({"languages": "Arabic"}, {"languages": "arabic"}, {}),
        ({"languages": "Arabic"}, {}, {"languages": "English"}),
        ({"text": "hot vegan meals"}, {"text": "vegan food"}, {"text": "sandwiches"}),
        ({"access": "third floor, stairs"}, {"limits": "no heavy bags"}, {"limits": "no stairs"}),
        ({"diet": "no pork"}, {"limits": "evenings"}, {"limits": "all with pork"}),
    ],
)
def test_what_fits_better_scores_higher(
    need: dict[str, Any], better: dict[str, Any], worse: dict[str, Any]
) -> None:
    assert score(need, better) > score(need, worse)


def test_a_perfect_fit_has_all_points_and_something_else_is_not_worth_showing() -> None:
    said = {"zone": "North", "languages": "Arabic"}
    assert score(said, said) == SCORE_MAX
    assert score({}, {"unit": "kg", "text": "potatoes"}) < WORTH_SHOWING <= score({}, {"text": "x"})


def test_what_speaks_against_it_comes_first() -> None:
    assert fitting({}, {"limits": "no stairs"}).because[0] == "limits: no stairs"


@pytest.mark.parametrize("who", ["need", "offer"])
def test_no_reason_tells_who_a_quiet_person_is(who: str) -> None:
    """Neither by its words nor by its points."""
    said = {"zone": "North", "languages": "Arabic", "limits": "no stairs", "access": "stairs"}
    quiet = {"need": said, "offer": said} | {who: {**said, "quiet": True}}
    bare = {"need": said, "offer": said} | {who: {}}
    assert fitting(**quiet) == fitting(**bare)


def test_what_is_left_counts_and_not_what_there_once_was() -> None:
    need, offer = entry(Kind.NEED), entry(Kind.OFFER)
    lacks, has = Thousandths(30_000), Thousandths(12_000)
    told = fit(side_of(need, lacks), side_of(offer, has), EVENING, UTC)
    assert "only 12 of 30 meals" in told.because


SAID = st.fixed_dictionaries(
    {
        "text": st.text(max_size=60),
        "unit": st.sampled_from(["meal", "kg", "EUR", "sack"]),
        "qty": st.integers(1, 10**12).map(Thousandths),
        "zone": st.text(max_size=20),
        "by_ms": st.none() | st.integers(0, 4_000_000_000_000),
        "languages": st.text(max_size=40),
        "access": st.text(max_size=40),
        "diet": st.text(max_size=40),
        "limits": st.text(max_size=40),
        "quiet": st.booleans(),
    }
)


@given(need=SAID, offer=SAID)
def test_whatever_is_said_has_a_score_and_reasons(
    need: dict[str, Any], offer: dict[str, Any]
) -> None:
    told = fitting(need, offer)
    assert 0 <= told.score <= SCORE_MAX
    assert told.because
    assert all(told.because)
    assert told == fitting(need, offer)

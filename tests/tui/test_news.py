from dataclasses import replace

import pytest

from node.api.views import OverflowView
from tests.tui.fake_node import pledge_of
from tests.tui.halls import overflow
from tui.news import News, in_lines

OURS = overflow("o", "NG V-12-K", "Meals", ours=True)
THEIRS = overflow("t", "ES V-3-M", "Torches", qty=8, unit="each")


def test_the_first_look_is_no_news_and_a_thing_is_news_once() -> None:
    news = News()
    assert news.since_last((THEIRS,)) == []
    pledged = replace(OURS, pledges=(pledge_of("o", "Eastside", 25),))
    assert news.since_last((THEIRS, pledged)) == ["Eastside pledges 25 meals for NG V-12-K."]
    assert news.since_last((THEIRS, pledged)) == []


def test_an_answered_pledge_and_a_closed_overflow_are_no_news() -> None:
    news = News()
    news.since_last(())
    answered = replace(pledge_of("o", "Eastside", 25), state="accepted")
    closed = replace(THEIRS, state="closed")
    assert news.since_last((replace(OURS, pledges=(answered,)), closed)) == []


def told(before: OverflowView, after: OverflowView) -> list[str]:
    news = News()
    news.since_last((before,))
    return news.since_last((after,))


def ours_on(asked: OverflowView, state: str, accepted: int = 0) -> OverflowView:
    mine = replace(pledge_of(asked.id, "Northgate", 5, ours=True), state=state, accepted=accepted)
    return replace(asked, pledges=(mine,))


@pytest.mark.parametrize(
    ("state", "accepted", "said"),
    [
        ("accepted", 5, "Eastside Centre accepts our 5 for ES V-3-M."),
        ("accepted", 3, "Eastside Centre accepts 3 of our 5 for ES V-3-M."),
        ("not needed", 0, "Eastside Centre does not need our 5 for ES V-3-M."),
        ("fell through", 0, "Eastside Centre no longer counts on our 5 for ES V-3-M."),
    ],
)
def test_the_answer_to_our_pledge_is_one_line(state: str, accepted: int, said: str) -> None:
    assert told(ours_on(THEIRS, "offered"), ours_on(THEIRS, state, accepted)) == [said]


@pytest.mark.parametrize(
    ("state", "accepted", "said"),
    [
        ("accepted", 3, "Eastside Centre can give us 3 of ES V-3-M."),
        ("not needed", 0, "Eastside Centre cannot give us 5 of ES V-3-M."),
        ("fell through", 0, "Eastside Centre no longer keeps 5 of ES V-3-M for us."),
    ],
)
def test_the_answer_to_what_we_asked_of_a_surplus(state: str, accepted: int, said: str) -> None:
    surplus = replace(THEIRS, surplus=True)
    assert told(ours_on(surplus, "offered"), ours_on(surplus, state, accepted)) == [said]


def theirs_on(asked: OverflowView, state: str, accepted: int = 0) -> OverflowView:
    pledge = replace(pledge_of(asked.id, "Eastside", 25), state=state, accepted=accepted)
    return replace(asked, pledges=(pledge,))


@pytest.mark.parametrize(
    ("state", "surplus", "said"),
    [
        ("withdrawn", False, "Eastside takes back 20 meals for NG V-12-K."),
        ("withdrawn", True, "Eastside no longer asks for 20 meals of NG V-12-K."),
        ("sent", False, "Eastside has sent 20 meals for NG V-12-K: it is on its way."),
    ],
)
def test_what_becomes_of_a_pledge_that_we_accepted(state: str, surplus: bool, said: str) -> None:
    asked = replace(OURS, surplus=surplus)
    before, after = theirs_on(asked, "accepted", 20), theirs_on(asked, state, 20)
    news = News()
    news.since_last((before,))
    assert news.since_last((after,)) == [said]
    assert news.since_last((after,)) == []


def test_that_ours_has_expired_is_news_each_time() -> None:
    expired = replace(OURS, state="closed", because="expired")
    assert told(OURS, expired) == ["NG V-12-K has expired: k asks for it again."]
    assert told(OURS, replace(expired, surplus=True)) == [
        "NG V-12-K has expired: k gives it away again."
    ]
    news = News()
    news.since_last((expired,))
    longer = replace(OURS, until_ms=OURS.until_ms + 1)
    assert news.since_last((longer,)) == []
    again = replace(expired, until_ms=longer.until_ms)
    assert news.since_last((again,)) == ["NG V-12-K has expired: k asks for it again."]


def test_an_overflow_that_we_pledged_to_is_closed_in_one_line() -> None:
    closed = replace(ours_on(THEIRS, "not needed"), state="closed", because="received")
    said = ["ES V-3-M of Eastside Centre is closed (received)."]
    assert told(ours_on(THEIRS, "offered"), closed) == said


def test_what_this_desk_did_itself_is_no_news() -> None:
    assert told(THEIRS, ours_on(THEIRS, "offered")) == []
    assert told(ours_on(THEIRS, "accepted", 5), ours_on(THEIRS, "sent", 5)) == []
    assert told(ours_on(THEIRS, "offered"), ours_on(THEIRS, "withdrawn")) == []
    gone = replace(ours_on(THEIRS, "withdrawn"), state="closed", because="received")
    assert told(ours_on(THEIRS, "withdrawn"), gone) == []
    assert told(OURS, replace(OURS, state="closed", because="withdrawn")) == []
    given = replace(OURS, surplus=True)
    assert told(theirs_on(given, "accepted", 20), theirs_on(given, "sent", 20)) == []
    assert told(theirs_on(OURS, "accepted", 20), theirs_on(OURS, "fell through")) == []


def test_what_was_never_accepted_is_taken_back_without_a_bell() -> None:
    assert told(theirs_on(OURS, "offered"), theirs_on(OURS, "withdrawn")) == []


def test_halls_further_away_surpluses_and_exercises_are_named_as_such() -> None:
    far = replace(pledge_of("o", "Mill Lane", 25), through="Eastside")
    drill = replace(OURS, exercise=True, pledges=(far,))
    said = "EXERCISE: Mill Lane, through Eastside, pledges 25 meals for NG V-12-K."
    assert told(OURS, drill) == [said]
    rice = replace(THEIRS, id="s", surplus=True, unit="kg", text="Rice")
    news = News()
    news.since_last(())
    assert news.since_last((rice,)) == ["Eastside Centre gives away 8 kg: Rice"]


def test_much_news_at_once_is_a_few_lines() -> None:
    assert in_lines(["a", "b", "c", "d"]) == "a\nb\nc\nd"
    assert in_lines(list("abcdef")) == "a\nb\nc\n… and 3 more: see 2 Overflow."

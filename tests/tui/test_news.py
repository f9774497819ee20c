from dataclasses import replace

from tests.tui.fake_node import pledge_of
from tests.tui.halls import overflow
from tui.news import News

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

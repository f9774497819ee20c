from dataclasses import replace

import pytest

from node.api.requests import PassOn, PreviewPass
from node.api.views import Kind
from node.refusal import Refused, Why
from tests.tui.driving import Desk, at_the_desk
from tests.tui.fake_node import FakeNode
from tests.tui.halls import evening, need

pytestmark = pytest.mark.asyncio


def one_need(category: str = "FOD", qty: int = 40) -> FakeNode:
    """A hall with one need that is not passed on yet, and its two neighbours."""
    node = evening()
    known = {"zone": "Mill Lane", "contact": "Ana, 555 0100", "note": "Third floor"}
    only = need("N-417-K", category, "Hot meals for Ana", qty, "meal", **known)
    node.entries = {(Kind.NEED, only.ref): only}
    node.overflows = {}
    return node


async def opened(desk: Desk) -> None:
    await desk.reads("Hot meals for Ana")
    await desk.keys("p")
    await desk.reads("These words leave the hall", "Seen first by")


async def test_what_leaves_is_shown_and_what_is_shown_is_approved() -> None:
    node = one_need()
    async with at_the_desk(node) as desk:
        await opened(desk)
        await desk.reads("FOD food and meals", "40 meals", "Eastside Centre, Mill Lane School")
        await desk.reads("up to 2 halls away", "name and contact, zone, note")
        box = desk.text[desk.text.index("These words") :]
        assert "Third floor" not in box
        assert "555 0100" not in box
        await desk.keys("y")
        await desk.reads("N-417-K passed on as NG V-12-K")
    assert node.sent(PassOn) == [PassOn(("N-417-K",), "Hot meals for Ana|40|2")]


async def test_a_habitual_enter_passes_nothing_on_and_the_button_does() -> None:
    node = one_need()
    async with at_the_desk(node) as desk:
        await opened(desk)
        await desk.keys("enter", "enter")
        assert node.sent(PassOn) == []
        await desk.pilot.click("#approve")
        await desk.reads("passed on as")
    assert len(node.sent(PassOn)) == 1


async def test_other_words_amount_and_reach_are_read_back_before_they_can_be_approved() -> None:
    node = one_need()
    async with at_the_desk(node) as desk:
        await opened(desk)
        await desk.keys("1")
        await desk.reads("the halls next door only")
        await desk.keys("number_sign")
        await desk.typed("25")
        await desk.keys("enter")
        await desk.reads("25 meals")
        await desk.keys("e", "ctrl+u")
        await desk.typed("Hot meals")
        await desk.keys("enter")
        await desk.until(lambda: "for Ana" not in desk.text)
        await desk.keys("y")
        await desk.reads("passed on as")
    assert node.sent(PassOn) == [
        PassOn(("N-417-K",), "Hot meals|25|1", qty="25", hops=1, text="Hot meals")
    ]


async def test_words_that_look_personal_do_not_leave() -> None:
    node = one_need()
    node.personal = ("Ana",)
    async with at_the_desk(node) as desk:
        await opened(desk)
        await desk.reads("“Ana” looks personal:")
        await desk.keys("y")
        assert desk.app.screen.focused is desk.app.screen.query_one("#text")
        await desk.keys("ctrl+u")
        await desk.typed("Hot meals")
        await desk.keys("enter")
        await desk.until(lambda: "looks personal" not in desk.text and "for Ana" not in desk.text)
        await desk.keys("y")
        await desk.reads("passed on as")
    assert [request.text for request in node.sent(PassOn)] == ["Hot meals"]


async def test_one_person_is_asked_about_once_more() -> None:
    node = one_need("MED", 1)
    async with at_the_desk(node) as desk:
        await opened(desk)
        await desk.keys("y")
        await desk.reads("points to one person")
        await desk.keys("n")
        await desk.until(lambda: "points to one person" not in desk.text)
        assert not node.sent(PassOn)
        await desk.keys("y")
        await desk.reads("points to one person")
        await desk.keys("y")
        await desk.reads("passed on as")
    assert len(node.sent(PassOn)) == 1


async def test_what_changed_meanwhile_is_shown_again_and_has_not_left() -> None:
    node = one_need()
    async with at_the_desk(node) as desk:
        await opened(desk)
        key = Kind.NEED, "N-417-K"
        node.entries[key] = replace(node.entries[key], text="Cold meals")
        await desk.keys("y")
        await desk.reads("It has changed meanwhile", "Cold meals")
        assert not node.overflows
        await desk.keys("y")
        await desk.reads("passed on as")
    assert [request.approval for request in node.sent(PassOn)] == [
        "Hot meals for Ana|40|2",
        "Cold meals|40|2",
    ]


async def test_a_quantity_that_is_none_cannot_be_approved() -> None:
    node = one_need()
    async with at_the_desk(node) as desk:
        await opened(desk)
        await desk.keys("number_sign")
        await desk.typed("-1")
        await desk.keys("enter")
        await desk.reads("“-1” is not a quantity")
        await desk.keys("y", "enter")
        assert not node.sent(PassOn)


async def test_escape_asks_before_other_words_are_dropped() -> None:
    node = one_need()
    async with at_the_desk(node) as desk:
        await opened(desk)
        await desk.keys("e")
        await desk.typed("Soup")
        await desk.keys("escape", "escape")
        await desk.reads("Drop what you typed?")
        await desk.keys("y")
        await desk.until(lambda: "These words" not in desk.text)
    assert not node.sent(PassOn)


async def test_what_cannot_be_passed_on_says_why() -> None:
    node = one_need()
    async with at_the_desk(node) as desk:
        refused = Refused(Why.NOTHING_TO_PASS, ref="N-417-K")
        node.refuse_reading[PreviewPass] = refused
        await desk.keys("p")
        await desk.reads("Nothing of N-417-K is left to pass on")
        await desk.keys("y", "escape")
        await desk.until(lambda: "These words" not in desk.text)
    assert not node.sent(PassOn)


async def test_an_offer_is_passed_on_to_give_it_away() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await desk.reads("O-102-H")
        await desk.keys("tab", "p")
        await desk.reads("Pass on O-102-H: to give away", "These words leave the hall")
        await desk.reads("To give away   60 meals", "There until")
        await desk.keys("y")
        await desk.reads("O-102-H passed on as NG V-12-K")
        await desk.keys("2")
        await desk.reads("gives away 60 meals")
    (sent,) = node.sent(PassOn)
    assert sent.refs == ("O-102-H",)

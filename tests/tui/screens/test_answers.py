"""The sheets between halls: what is refused stays typed, surpluses go the other way round."""

from dataclasses import replace

import pytest

from node.api.requests import (
    AcceptPledge,
    DeclinePledge,
    MakePledge,
    MarkSent,
    ReceivePledge,
    ReleasePledge,
    RenewOverflow,
    ResizeOverflow,
)
from tests.tui.driving import Desk, at_the_desk
from tests.tui.fake_node import FakeNode
from tests.tui.halls import evening, street
from tests.tui.screens.test_overflow import on
from tui.screens.sheet import FieldInput

pytestmark = pytest.mark.asyncio


def typed(desk: Desk, name: str) -> str:
    """What stands in a field, where the cursor is."""
    box = desk.app.screen.query_one(f"#{name}", FieldInput)
    assert desk.app.screen.focused is box
    return box.value


@pytest.mark.parametrize(
    ("row", "key", "field", "request_type", "asked"),
    [
        ("theirs-2", "g", "note", MakePledge, 2),
        ("pledge-1", "h", "condition", ReceivePledge, 2),
        ("pledge-2", "a", "details", AcceptPledge, 1),
    ],
)
async def test_words_that_look_personal_are_refused_and_stay_typed(
    row: str, key: str, field: str, request_type: type, asked: int
) -> None:
    node = evening()
    node.personal = ("Ana",)
    async with at_the_desk(node) as desk:
        await on(desk, row)
        await desk.keys(key, "tab")
        await desk.typed("Ask Ana")
        await desk.keys("ctrl+s")
        await desk.reads("“Ana”")
        assert typed(desk, field) == "Ask Ana"
        await desk.keys("ctrl+u")
        await desk.typed("Ask at the gate")
        await desk.keys("ctrl+s")
        await desk.until(lambda: "“Ana”" not in desk.text)
    assert len(node.sent(request_type)) == asked


async def test_e_asks_for_more_or_less_and_never_for_less_than_is_accepted() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "ours-1")
        await desk.keys("e")
        await desk.reads("Ask for more or less: NG V-12-K", "40 meals now: Hot meals for tonight")
        await desk.reads("25 meals are accepted already: not below that.")
        await desk.typed("20")
        await desk.keys("enter")
        await desk.reads("20 is less than the 25 already accepted")
        assert typed(desk, "qty") == "20"
        await desk.keys("ctrl+u")
        await desk.typed("30")
        await desk.keys("enter")
        await desk.reads("NG V-12-K now asks for 30 meals", "needs 30 meals", "25 of 30 accepted")
    assert node.sent(ResizeOverflow)[-1] == ResizeOverflow("ours-1", "30")


async def test_k_renews_ours_and_says_until_when() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-1")
        await desk.keys("k")
        await desk.reads("NG V-12-K goes on until Sun 20:26")
        await on(desk, "theirs-1")
        await desk.keys("k")
        await desk.reads("That is for Eastside Centre to do.")
        await desk.keys("e")
        await desk.reads("That is for Eastside Centre to do.")
    assert node.sent(RenewOverflow) == [RenewOverflow("ours-1")]


async def test_of_an_expired_one_what_comes_late_is_taken_and_it_can_be_renewed() -> None:
    node = evening()
    ours = node.overflows["ours-1"]
    node.overflows["ours-1"] = replace(ours, state="closed", because="expired")
    async with at_the_desk(node) as desk:
        await on(desk, "ours-1")
        await desk.keys("e")
        await desk.reads("NG V-12-K is closed (expired)")
        await on(desk, "pledge-1")
        await desk.keys("h")
        await desk.reads("Received from Eastside Centre", "25 meals accepted")
        await desk.keys("ctrl+u")
        await desk.typed("20")
        await desk.keys("ctrl+s")
        await desk.reads("ES P-3-M: 20 received from Eastside Centre")
        await desk.keys("k")
        await desk.reads("NG V-12-K goes on until Sun 20:26", "20 of 40 received")
    assert node.sent(ReceivePledge) == [ReceivePledge("pledge-1", "20", "")]
    assert node.sent(RenewOverflow) == [RenewOverflow("ours-1")]


async def test_what_has_left_with_a_surplus_is_freed_but_not_answered_again() -> None:
    node = street()
    async with at_the_desk(node) as desk:
        await on(desk, "ES P-4-A")
        await desk.keys("a")
        await desk.reads("Free what never reached Eastside?", "written down.")
        await desk.keys("y")
        await desk.reads("the rest is free again")
    assert node.sent(ReleasePledge) == [ReleasePledge("ES P-4-A")]


async def test_part_of_a_surplus_is_asked_for_and_received_here() -> None:
    node = street()
    async with at_the_desk(node) as desk:
        await on(desk, "coats")
        await desk.keys("g")
        await desk.reads("Ask for part of FC S-7-A", "Still to be had: 40.")
        await desk.reads("Far Chapel, through Mill Lane, gives away 40: Winter")
        await desk.keys("ctrl+u")
        await desk.typed("8")
        await desk.keys("ctrl+s")
        await desk.reads("FC S-7-A: 8 asked of Far Chapel, through Mill Lane")
        asked = next(each for each in node.overflows["coats"].pledges if each.qty == 8)
        node.arrive_pledge(replace(asked, state="sent", accepted=8))
        await desk.reads("Far Chapel, through Mill Lane")
        await on(desk, asked.id)
        await desk.keys("t")
        await desk.reads("It is on its way already.")
        await desk.keys("h")
        await desk.reads("Received from Far Chapel, through Mill Lane", "8 accepted")
        await desk.keys("ctrl+s")
        await desk.reads("8 received from Far Chapel, through Mill Lane")
    assert node.sent(ReceivePledge) == [ReceivePledge(asked.id, "8", "")]


async def test_part_of_our_surplus_is_given_and_sent_from_here() -> None:
    node = street()
    node.neighbours["mill"] = replace(node.neighbours["mill"], path="lan")
    async with at_the_desk(node) as desk:
        await on(desk, "FC P-6-C")
        await desk.keys("h")
        await desk.reads("That is for Far Chapel, through Mill Lane, to do.")
        await desk.keys("t")
        await desk.reads("It is not accepted yet: a answers it.")
        await desk.keys("a")
        await desk.reads("Answer to Far Chapel, through Mill Lane", "ctrl+s Give")
        await desk.reads("asks for 20 kg of NG S-2-P", "is not your neighbour")
        await desk.keys("tab")
        await desk.typed("Gate 2")
        await desk.keys("ctrl+s")
        await desk.reads("Give these details to Far Chapel, through Mill", "Lane: “Gate 2”?")
        await desk.keys("y")
        await desk.reads("20 promised to Far Chapel, through Mill Lane")
        await desk.keys("t")
        await desk.reads("On its way to Far Chapel, through Mill Lane: 20")
        await desk.keys("y")
        await desk.reads("on its way to Far Chapel, through Mill Lane")
    assert node.sent(MarkSent) == [MarkSent("FC P-6-C")]


async def test_what_is_asked_of_a_surplus_can_be_refused() -> None:
    node = street()
    async with at_the_desk(node) as desk:
        await on(desk, "FC P-6-C")
        await desk.keys("a", "ctrl+n")
        await desk.reads("it cannot be given, Far Chapel, through Mill Lane, is told")
    assert node.sent(DeclinePledge) == [DeclinePledge("FC P-6-C")]


async def test_where_nothing_can_be_accepted_any_more_freeing_is_a_question() -> None:
    node = withdrawn_pledge()
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-1")
        await desk.keys("a")
        await desk.reads("Free what never came from Eastside Centre?", "on its way")
        await desk.keys("y")
        await desk.reads("the rest is free again")
    assert node.sent(ReleasePledge) == [ReleasePledge("pledge-1")]


def withdrawn_pledge() -> FakeNode:
    """Eastside took back what was accepted already."""
    node = evening()
    ours = node.overflows["ours-1"]
    taken = replace(ours.pledges[0], state="withdrawn")
    node.overflows["ours-1"] = replace(ours, pledges=(taken, *ours.pledges[1:]))
    return node


def of_a_far_hall(**more: object) -> FakeNode:
    """A pledge of Mill Lane, which is not our neighbour, to ours."""
    node = evening()
    ours = node.overflows["ours-1"]
    far = replace(ours.pledges[1], by="Mill Lane", through="Eastside", neighbour=False)
    pledge = replace(far, **more)  # type: ignore[arg-type]
    node.overflows["ours-1"] = replace(ours, pledges=(ours.pledges[0], pledge))
    return node


def hint(desk: Desk) -> str:
    return desk.app.screen.query_one("#details", FieldInput).placeholder


async def test_the_halls_own_place_is_asked_about_in_its_very_words() -> None:
    node = of_a_far_hall()
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-2")
        await desk.keys("a")
        await desk.reads("Answer to Mill Lane, through Eastside", "empty: the hall's own place")
        await desk.keys("ctrl+s")
        await desk.reads("Give these details to Mill Lane, through", "Eastside: “12 North Street”?")
        await desk.keys("n")
        await desk.until(lambda: "Give these details" not in desk.text)
        await desk.reads("Answer to Mill Lane, through Eastside")
        assert not node.sent(AcceptPledge)
        await desk.keys("ctrl+s")
        await desk.reads("12 North Street")
        await desk.keys("y")
        await desk.reads("15 accepted from Mill Lane, through Eastside")
    assert node.sent(AcceptPledge) == [AcceptPledge("pledge-2", "15", "")]


async def test_what_was_told_before_stands_and_is_not_asked_about_again() -> None:
    node = of_a_far_hall(state="accepted", accepted=15, details="Gate 2")
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-2")
        await desk.keys("a")
        await desk.reads("empty: as you told them before")
        await desk.keys("ctrl+s")
        await desk.reads("15 accepted from Mill Lane, through Eastside")
    assert node.sent(AcceptPledge) == [AcceptPledge("pledge-2", "15", "")]


async def test_the_hint_of_an_empty_field_is_what_the_node_would_do() -> None:
    node = of_a_far_hall(state="accepted", accepted=15)
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-2")
        await desk.keys("a")
        await desk.until(lambda: hint(desk) == "empty: the hall's own place")
        await desk.keys("escape")
        node.place = ""
        await desk.keys("a")
        await desk.until(lambda: hint(desk) == "empty: nothing is told")
        await desk.keys("ctrl+s")
        await desk.reads("15 accepted from Mill Lane, through Eastside")


async def test_what_cannot_be_accepted_is_refused_before_anything_is_asked() -> None:
    node = of_a_far_hall()
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-2")
        await desk.keys("a")
        await desk.typed("99")
        await desk.keys("ctrl+s")
        await desk.reads("accepted: of 40 asked for")
        assert typed(desk, "qty") == "99"
    assert not node.sent(AcceptPledge)


async def test_a_node_that_goes_away_before_the_question_has_accepted_nothing() -> None:
    node = of_a_far_hall()
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-2")
        await desk.keys("a")
        await desk.reads("Answer to Mill Lane")
        node.end()
        await desk.until(lambda: not desk.app.desk.connected)
        await desk.keys("ctrl+s")
        await desk.reads("The node does not answer, so this cannot be done now.")


async def test_w_on_what_was_accepted_of_another_hall_frees_it_after_a_yes() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "pledge-1")
        await desk.keys("w")
        await desk.reads("Free what never came from Eastside Centre?", "be written down.")
        await desk.keys("n")
        assert not node.sent(ReleasePledge)
        await desk.keys("w", "y")
        await desk.reads("the rest is free again")
        await on(desk, "pledge-2")
        await desk.keys("w")
        await desk.reads("That is for Mill Lane School to do.")
    assert node.sent(ReleasePledge) == [ReleasePledge("pledge-1")]


async def test_the_sheets_of_an_exercise_say_so() -> None:
    node = street()
    async with at_the_desk(node) as desk:
        await on(desk, "drill")
        await desk.keys("g")
        await desk.reads("EXERCISE: Pledge for ES V-4-R")

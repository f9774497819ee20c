"""Everything about one: whoever opens it has read it, what is drawn again is only shown."""

from dataclasses import replace

import pytest

from node.api.requests import ReadOverflow, ShowOverflow
from node.api.views import Kind
from tests.tui.driving import Desk, at_the_desk
from tests.tui.fake_node import pledge_of
from tests.tui.halls import evening, street
from tests.tui.screens.test_overflow import on

pytestmark = pytest.mark.asyncio


async def test_each_time_theirs_is_opened_a_person_has_read_it() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "theirs-2")
        assert not node.sent(ReadOverflow)
        await desk.keys("enter")
        await desk.reads("Far Chapel, through Mill Lane School, 2 halls away")
        await changed(desk, "theirs-2")
        assert node.sent(ReadOverflow) == [ReadOverflow("theirs-2")]
        await desk.keys("escape")
        await desk.until(lambda: "2 halls away" not in desk.text)
        await desk.keys("enter")
        await desk.reads("2 halls away")
    assert node.sent(ReadOverflow) == [ReadOverflow("theirs-2")] * 2
    assert ShowOverflow("theirs-2") in node.sent(ShowOverflow)


async def test_whoever_opens_the_pledge_sheet_has_read_what_it_is_for() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "theirs-2")
        await desk.keys("g")
        await desk.reads("Pledge for FC V-7-A")
        await desk.until(lambda: bool(node.sent(ReadOverflow)))
    assert node.sent(ReadOverflow) == [ReadOverflow("theirs-2")]


async def test_opening_ours_reads_nothing() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "ours-1")
        await desk.keys("enter")
        await desk.reads("Overflow NG V-12-K")
    assert not node.sent(ReadOverflow)


async def changed(desk: Desk, id_: str) -> None:
    """Something about an overflow changes while everything about it is open."""
    node = desk.node
    node.arrive(replace(node.overflows[id_], area="Chapel Hill, upper end"))
    await desk.reads("Chapel Hill, upper end")


async def test_a_hall_to_which_no_way_is_known_is_named_so() -> None:
    node = evening()
    node.overflows["theirs-2"] = replace(node.overflows["theirs-2"], distance=None, through="")
    async with at_the_desk(node) as desk:
        await on(desk, "theirs-2")
        await desk.reads("from Far Chapel, no way to it is known now")
        await desk.keys("enter")
        await desk.reads("From             Far Chapel, no way to it is known now")


async def test_the_whole_way_and_the_needs_in_it_are_listed() -> None:
    node = evening()
    ours = node.overflows["ours-1"]
    node.overflows["ours-1"] = replace(ours, needs=("N-417-K", "N-433-A", "N-1-A"))
    async with at_the_desk(node, size=(80, 40)) as desk:
        await on(desk, "ours-1")
        await desk.keys("enter")
        await desk.reads("saved here", "reached Eastside Centre and Mill Lane School")
        await desk.reads("read at 2 halls", "pledged 45 of 40", "25 of 40 accepted")
        await desk.until(lambda: "N-1-A" in desk.text)
        await desk.reads("N-417-K  40 meals: Hot meals for tonight", "N-433-A  12: Blankets")


async def test_what_is_gone_from_the_board_still_stands_by_its_reference() -> None:
    node = street()
    node.entries.pop((Kind.OFFER, "O-102-H"))
    async with at_the_desk(node, size=(80, 40)) as desk:
        await on(desk, "rice")
        await desk.keys("enter")
        await desk.reads("Our offers in it O-102-H")


async def test_only_the_keys_that_do_something_are_shown() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await on(desk, "theirs-2")
        await desk.keys("enter")
        await desk.reads("g Pledge  esc Back")
        node.arrive_pledge(pledge_of("theirs-2", "Northgate Hall", 5, ours=True, id_="pledge-5"))
        await desk.reads("g Pledge  w Withdraw  esc Back")
        await desk.keys("t")
        await desk.reads("Far Chapel, through Mill Lane School, has not accepted it yet")

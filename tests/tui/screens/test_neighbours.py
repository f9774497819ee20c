from dataclasses import replace

import pytest

from node.api.requests import Invite, Join, RemoveNeighbour
from node.api.views import NeighbourView
from tests.tui.driving import at_the_desk
from tests.tui.fake_node import NOW_MS, FakeNode
from tests.tui.halls import evening, street

pytestmark = pytest.mark.asyncio

PICTURE = tuple("█▀▄ " * 6 for _row in range(12))


async def test_each_neighbour_with_path_and_when_it_was_heard() -> None:
    async with at_the_desk(evening()) as desk:
        await desk.keys("3")
        await desk.reads("Eastside Centre", "over the local network · heard just now", "linked")
        await desk.reads("no path now · heard 3 h ago", "away")
        await desk.reads("waiting for them: NG V-12-K, details for ML P-6-C")


async def test_records_without_a_reference_are_counted() -> None:
    node = evening()
    node.neighbours["mill"] = replace(node.neighbours["mill"], waiting_for=())
    async with at_the_desk(node) as desk:
        await desk.keys("3")
        await desk.reads("4 waiting for them")
        await desk.keys("down", "enter")
        await desk.reads("Waits for them   4 records to hand over")


async def test_enter_shows_everything_about_one_and_all_that_waits() -> None:
    node = street()
    async with at_the_desk(node) as desk:
        await desk.keys("3")
        await desk.reads("waiting for them: NG V-12-K, NG V-13-T, NG S-2-P, NG P-8-D and 3 more")
        await desk.keys("down", "enter")
        await desk.reads("Path             no path now", "Last heard       heard 1 h ago")
        await desk.reads("NG V-13-T  needs 12 · Torches with batteries")
        await desk.reads("NG P-9-E  we pledged 4 (ES V-4-R)", "details for ML P-2-B")
        mill = node.neighbours["mill"]
        node.neighbours["mill"] = replace(mill, path="lan", waiting=0, waiting_for=())
        node.changed()
        await desk.reads("over the local network", "Waits for them   nothing")
        await desk.keys("minus")
        await desk.reads("Remove Mill Lane?")


async def test_giving_a_code_shows_it_in_groups_and_ends_when_they_are_here() -> None:
    node = FakeNode()
    node.qr = PICTURE
    async with at_the_desk(node, size=(120, 40)) as desk:
        await desk.keys("3", "plus")
        await desk.reads("Other halls will be able to see")
        await desk.keys("enter")
        await desk.reads("HW7K2   9QXPA   M4TCD", "good until 21:26", PICTURE[0].strip())
        node.neighbours["east"] = NeighbourView("east", "Eastside", "linked", "lan", NOW_MS)
        node.changed()
        await desk.reads("Eastside is your neighbour now.")
        await desk.until(lambda: "HW7K2" not in desk.text)
    assert node.sent(Invite) == [Invite()]


async def test_the_picture_stays_away_where_it_does_not_fit() -> None:
    node = FakeNode()
    node.qr = PICTURE * 2
    async with at_the_desk(node) as desk:
        await desk.keys("3", "plus", "enter")
        await desk.reads("HW7K2   9QXPA   M4TCD")
        assert "█▀▄" not in desk.text


async def test_typing_a_code_pairs() -> None:
    node = FakeNode()
    async with at_the_desk(node) as desk:
        await desk.keys("3", "plus", "down", "enter")
        await desk.reads("The other hall's code")
        await desk.typed("BAD")
        await desk.keys("enter")
        await desk.reads("The code is mistyped in group 2")
        await desk.keys("ctrl+u")
        await desk.typed("HW7K2")
        await desk.keys("enter")
        await desk.reads("Eastside Centre is your neighbour now.", "linked")
    assert node.sent(Join)[-1] == Join("HW7K2")


async def test_removing_one_is_asked_about() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await desk.keys("3")
        await desk.reads("Mill Lane School")
        await desk.keys("down", "minus")
        await desk.reads("Remove Mill Lane School?")
        await desk.keys("escape")
        assert not node.sent(RemoveNeighbour)
        await desk.keys("minus", "y")
        await desk.reads("Mill Lane School is no longer a neighbour")
    assert node.sent(RemoveNeighbour) == [RemoveNeighbour("mill")]


async def test_the_bottom_line_counts_links_and_warnings() -> None:
    node = evening()
    node.warnings = ("The disk is nearly full: make room.",)
    east = node.neighbours["east"]
    node.neighbours["east"] = replace(east, last_heard_ms=NOW_MS - 5 * 60_000)
    async with at_the_desk(node) as desk:
        await desk.reads("1 of 2 neighbours linked · heard 5 min ago · 1 warning")
        await desk.keys("question_mark")
        await desk.reads("The disk is nearly full: make room.")


async def test_a_hall_that_contradicts_itself_is_marked_in_words() -> None:
    node = FakeNode()
    node.neighbours["mill"] = NeighbourView("mill", "Mill Lane", "linked", "lan", NOW_MS)
    warning = "Mill Lane has signed two different versions of ML V-1-E. Call them."
    async with at_the_desk(node) as desk:
        await desk.keys("3")
        await desk.reads("Mill Lane")
        assert "contradicts itself" not in desk.text
        node.neighbours["mill"] = replace(node.neighbours["mill"], contradicts=True)
        node.warnings = (warning,)
        node.changed()
        await desk.reads("Mill Lane · contradicts itself", "1 warning (?)")
        await desk.keys("enter")
        await desk.reads("Take care        It contradicts itself: call them. ? says in what.")
        await desk.keys("escape", "question_mark")
        await desk.reads(warning)

import pytest

from node.api.requests import AddEntry
from tests.tui.driving import at_the_desk
from tests.tui.fake_node import HOUR_MS, FakeHall, FakeNode
from tests.tui.halls import evening
from tui.screens.sheet import FieldInput

pytestmark = pytest.mark.asyncio


async def test_when_the_node_ends_the_typing_stays_and_f5_brings_it_back() -> None:
    node = FakeNode()
    hall = FakeHall(node)
    async with at_the_desk(node, hall=hall) as desk:
        await desk.keys("n")
        await desk.typed("fod")
        await desk.keys("tab")
        await desk.typed("Soup")
        node.end()
        await desk.reads("The node has ended. What you type stays")
        await desk.typed("!")
        await desk.keys("ctrl+s")
        await desk.reads("The node went away: look at the board")
        assert desk.app.screen.query_one("#text", FieldInput).value == "Soup!"
        await desk.keys("f5")
        await desk.until(lambda: "The node has ended" not in desk.text)
        assert hall.started == 2
        await desk.keys("ctrl+s")
        await desk.reads("N-417-K saved", "Soup!")
    assert len(node.sent(AddEntry)) == 1


async def test_a_node_that_comes_back_by_itself_is_found() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        node.end()
        await desk.reads("The node has ended")
        await desk.keys("x", "enter")
        await desk.reads("The node does not answer, so this cannot be done now.")
        node.running = True
        await desk.reads("1 of 2 neighbours linked")


async def test_a_node_that_falls_silent_is_told_of_and_the_board_goes_on_when_it_does() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await desk.keys("n")
        await desk.typed("fod")
        await desk.keys("tab")
        await desk.typed("Soup")
        node.silent_pid = 4711
        node.changed()
        await desk.reads("The node (process 4711) does not answer.")
        await desk.keys("ctrl+s")
        await desk.reads("The node went away: look at the board")
        node.silent_pid = 0
        seen = len(node.asked)
        await desk.until(lambda: len(node.asked) > seen)
        await desk.keys("ctrl+s")
        await desk.reads("saved", "Soup")
    assert len(node.sent(AddEntry)) == 1


async def test_the_initials_can_be_changed_for_the_next_person() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await desk.keys("i")
        await desk.typed("zk")
        await desk.keys("enter")
        await desk.reads("ZK  Thu 20:26")
        node.changed()
        await desk.until(lambda: node.initials[-1] == "ZK")


async def test_every_key_of_a_screen_is_in_the_palette_and_under_the_question_mark() -> None:
    async with at_the_desk(evening(), size=(120, 60)) as desk:
        await desk.keys("ctrl+p")
        for name in ("New need", "New offer", "Close", "Pass on", "Overflow", "Leave", "Colours"):
            await desk.reads(name)
        await desk.keys("escape")
        await desk.keys("question_mark")
        await desk.reads("Start the node", "On its way", "Add a neighbour", "Next field")


async def test_the_time_is_the_node_s_also_where_the_machine_s_clock_is_years_off() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await desk.reads("Thu 20:26")
        node.ahead_ms = 3 * HOUR_MS
        node.changed()
        await desk.reads("Thu 23:26")


async def test_q_leaves() -> None:
    async with at_the_desk(evening()) as desk:
        await desk.keys("q")
        await desk.until(lambda: not desk.app.is_running)


async def test_ctrl_c_says_how_to_leave() -> None:
    async with at_the_desk(evening()) as desk:
        await desk.keys("ctrl+c")
        await desk.reads("q leaves the board; the node goes on.")

import pytest

from tests.tui.driving import at_the_desk
from tests.tui.fake_node import FakeHall, FakeNode
from tui.screens.start import in_columns

pytestmark = pytest.mark.asyncio

WORDS = [
    "acid",
    "bread",
    "cabin",
    "dwarf",
    "eagle",
    "fabric",
    "gadget",
    "hamster",
    "icon",
    "jacket",
    "kiwi",
    "ladder",
]


async def test_the_first_start_asks_the_name_and_shows_the_words_before_the_board() -> None:
    node = FakeNode()
    hall = FakeHall(node, exists=False)
    async with at_the_desk(node, hall=hall) as desk:
        await desk.reads("Welcome to Hallway", "The hall's name")
        await desk.typed("Dock")
        await desk.keys("tab")
        await desk.typed("Docks")
        await desk.keys("tab")
        await desk.typed("Quay 3")
        await desk.keys("enter")
        await desk.reads("The twelve recovery words of Dock", *WORDS)
        await desk.reads("two people, in two places", "pairing with every neighbour again")
        await desk.keys("enter", "escape", "space")
        await desk.reads("ladder")
        await desk.keys("y")
        await desk.reads("No needs on the board", "Dock · no neighbour yet")
    assert hall.made == [("Dock", "Quay 3", "Docks")]
    assert hall.started == 1


async def test_a_hall_needs_a_name() -> None:
    node = FakeNode()
    async with at_the_desk(node, hall=FakeHall(node, exists=False)) as desk:
        await desk.reads("The hall's name")
        await desk.keys("ctrl+s")
        await desk.reads("The text is empty")


async def test_escape_at_the_first_question_leaves() -> None:
    node = FakeNode()
    hall = FakeHall(node, exists=False)
    async with at_the_desk(node, hall=hall) as desk:
        await desk.reads("The hall's name")
        await desk.keys("escape")
        await desk.until(lambda: not desk.app.is_running)
    assert not hall.made


async def test_the_words_are_numbered_and_read_down() -> None:
    rows = in_columns(WORDS).split("\n\n")
    assert [row.split() for row in rows[:2]] == [
        ["1", "acid", "5", "eagle", "9", "icon"],
        ["2", "bread", "6", "fabric", "10", "jacket"],
    ]

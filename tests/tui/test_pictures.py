"""The screens as they stand, as text: a change here is a change that someone at a desk sees."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.tui.driving import at_the_desk
from tests.tui.fake_node import FakeHall, FakeNode
from tests.tui.halls import evening, street

pytestmark = pytest.mark.asyncio

SIZES = ((80, 24), (120, 40))

SCENES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "board": ((), ("N-417-K", "O-102-H")),
    "overflow": (("2",), ("NG V-12-K", "ES V-3-M")),
    "neighbours": (("3",), ("Eastside Centre", "no path now")),
    "form": (("n", "f", "o", "tab"), ("New need", "FOD", "meals")),
    "everything about one": (("down", "enter"), ("Need N-417-K", "Taken")),
    "close": (("down", "x"), ("Close N-417-K: why?", "met")),
    "pass on": (("down", "p"), ("These words leave the hall", "Seen first by")),
    "answer": (("2", "down", "down", "a"), ("Answer to Mill Lane School",)),
    "add a neighbour": (("3", "plus"), ("Give a code to the other hall",)),
    "question": (("2", "w"), ("Withdraw NG V-12-K?",)),
    "all keys": (("question_mark",), ("Start the node",)),
    "marked": (("space", "down", "down", "space"), ("2 marked",)),
    "to give away": (("tab", "p"), ("Pass on O-102-H: to give away", "There until")),
    "more or less": (("2", "e"), ("Ask for more or less", "accepted already")),
    "everything about an overflow": (("2", "enter"), ("saved here", "pledged 45 of 40")),
}
"""The keys that lead to a scene, and what stands there once it is complete."""


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", SCENES)
async def test_scene(scene: str, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    keys, pieces = SCENES[scene]
    async with at_the_desk(evening(), size=size) as desk:
        await desk.reads("1 of 2 neighbours linked", "N-417-K", "(1 to answer)")
        for key in keys:
            await desk.keys(key)
        await desk.reads(*pieces)
        await desk.pilot.pause()
        assert desk.text == snapshot


STREET: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "overflow": (("2",), ("Far Chapel, through Mill Lane, asks for 20 kg", "EXERCISE")),
    "neighbours": (("3",), ("waiting for them", "and 3 more")),
    "a neighbour": (("3", "down", "enter"), ("Waits for them", "details for ML P-2-B")),
    "a surplus": (
        ("2", "down", "enter"),
        ("Surplus NG S-2-P", "15 of 75 on its way", "e More or less"),
    ),
    "one of theirs": (("2", "end", "enter"), ("2 halls away", "reached Mill Lane")),
    "ask for part": (("2", "end", "g"), ("Ask for part of FC S-7-A",)),
    "give": (("2", "down", "down", "down", "a"), ("ctrl+s Give",)),
}
"""The same in a hall that sees things of halls further away."""


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", STREET)
async def test_street(scene: str, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    keys, pieces = STREET[scene]
    async with at_the_desk(street(), size=size) as desk:
        await desk.reads("1 of 2 neighbours linked", "N-417-K", "(1 to answer)")
        for key in keys:
            await desk.keys(key)
        await desk.reads(*pieces)
        await desk.pilot.pause()
        assert desk.text == snapshot


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_empty_board(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with at_the_desk(FakeNode(), size=size) as desk:
        await desk.reads("0 open", "No needs on the board", "no neighbour yet")
        await desk.pilot.pause()
        assert desk.text == snapshot


async def test_recovery_words(snapshot: SnapshotAssertion) -> None:
    node = FakeNode()
    async with at_the_desk(node, hall=FakeHall(node, exists=False)) as desk:
        await desk.reads("The hall's name")
        await desk.typed("Dock")
        await desk.keys("ctrl+s")
        await desk.reads("ladder", "They are written down")
        await desk.pilot.pause()
        assert desk.text == snapshot

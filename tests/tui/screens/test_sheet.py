import pytest

from node.api.requests import AddEntry
from node.refusal import Refused, Why
from tests.tui.driving import at_the_desk
from tests.tui.fake_node import FakeNode
from tui.screens.sheet import FieldInput, field_at_fault

pytestmark = pytest.mark.asyncio


async def test_a_refusal_is_one_sentence_with_the_cursor_in_its_field_and_the_typing_kept() -> None:
    node = FakeNode()
    async with at_the_desk(node) as desk:
        await desk.keys("n")
        await desk.typed("fod")
        await desk.keys("tab")
        await desk.typed("Soup")
        await desk.keys("tab", "tab", "tab")
        await desk.typed("forty")
        await desk.keys("ctrl+s")
        await desk.reads("“forty” is not a quantity")
        focused = desk.app.screen.focused
        assert isinstance(focused, FieldInput)
        assert (focused.id, focused.value) == ("qty", "forty")
        await desk.keys("ctrl+u")
        await desk.typed("40")
        await desk.keys("ctrl+s")
        await desk.reads("N-417-K saved")
    assert node.sent(AddEntry)[-1].text == "Soup"


async def test_an_unknown_category_goes_to_the_node_as_typed() -> None:
    node = FakeNode()
    async with at_the_desk(node) as desk:
        await desk.keys("n")
        await desk.typed("zzz")
        await desk.keys("tab")
        await desk.typed("Soup")
        await desk.keys("ctrl+s")
        await desk.reads("There is no category “zzz”")
        assert desk.app.screen.focused is desk.app.screen.query_one("#category")


async def test_escape_asks_before_it_drops_what_was_typed() -> None:
    async with at_the_desk(FakeNode()) as desk:
        await desk.keys("n")
        await desk.typed("fo")
        await desk.keys("escape")
        await desk.reads("Drop what you typed?")
        await desk.keys("n")
        await desk.until(lambda: "Drop what" not in desk.text)
        assert desk.app.screen.query_one("#category", FieldInput).value == "fo"
        await desk.keys("escape", "y")
        await desk.until(lambda: "Category" not in desk.text)


async def test_escape_leaves_an_untouched_form_at_once() -> None:
    async with at_the_desk(FakeNode()) as desk:
        await desk.keys("n")
        await desk.reads("Category")
        await desk.keys("escape")
        await desk.until(lambda: "Category" not in desk.text)


async def test_leaving_the_board_asks_when_something_is_half_typed() -> None:
    async with at_the_desk(FakeNode()) as desk:
        await desk.keys("n")
        await desk.typed("fo")
        await desk.keys("ctrl+q")
        await desk.reads("Leave, and drop what you typed?")
        await desk.keys("n")
        assert desk.app.is_running


async def test_a_paste_that_is_far_too_long_is_refused_whole() -> None:
    async with at_the_desk(FakeNode()) as desk:
        await desk.keys("n")
        box = desk.app.screen.query_one("#category", FieldInput)
        box.insert_text_at_cursor("x" * 3_000)
        await desk.reads("longer than this field takes")
        assert box.value == ""


async def test_what_is_typed_in_one_go_lands_in_its_fields() -> None:
    node = FakeNode()
    async with at_the_desk(node) as desk:
        await desk.keys("n")
        desk.at_once(*"fod", "enter", *"Soup", "tab", "tab", *"Ana", "shift+tab", *"Dock")
        await desk.reads("Soup", "Ana", "Dock")
        await desk.keys("ctrl+s")
        await desk.reads("N-417-K saved")
    (sent,) = node.sent(AddEntry)
    assert (sent.category, sent.text, sent.zone, sent.contact) == ("FOD", "Soup", "Dock", "Ana")


async def test_the_initials_are_asked_for_once() -> None:
    node = FakeNode()
    async with at_the_desk(node, initials="") as desk:
        await desk.keys("n")
        await desk.typed("fod")
        await desk.keys("tab")
        await desk.typed("Soup")
        await desk.keys(*["tab"] * 8)
        await desk.typed("ZK")
        await desk.keys("enter")
        await desk.reads("N-417-K saved")
        await desk.keys("n")
        assert not desk.app.screen.query("#initials")
    assert node.initials[-1] == "ZK"


@pytest.mark.parametrize(
    ("refused", "field"),
    [
        (Refused(Why.TIME_PAST, given="x"), "by"),
        (Refused(Why.TEXT_MARKUP, found="[b]"), "note"),
        (Refused(Why.TEXT_TOO_LONG, size=9, limit=3), "note"),
        (Refused(Why.TEXT_TOO_LONG, text="zone", size=9, limit=3), "zone"),
        (Refused(Why.TEXT_TOO_LONG, text="place", size=9, limit=3), "note"),
        (Refused(Why.NODE_RUNNING, folder="x"), None),
    ],
)
async def test_the_field_at_fault(refused: Refused, field: str | None) -> None:
    values = {"text": "Soup", "zone": "Hill", "by": "1999", "note": "a [b] and more"}
    assert field_at_fault(refused, values) == field

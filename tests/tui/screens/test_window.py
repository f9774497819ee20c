"""Answers that come early or late: before a window stands, under another one, after it is gone."""

import pytest

from node.api.requests import AddEntry, CloseEntry, PreviewPass
from node.api.views import Kind
from node.refusal import Refused, Why
from tests.tui.driving import Desk, at_the_desk
from tests.tui.halls import evening
from tui import keys
from tui.screens.about import About, about_entry
from tui.screens.all_keys import AllKeys
from tui.screens.entry_form import EntryForm
from tui.screens.live import LiveScreen
from tui.screens.pairing import InviteSheet
from tui.screens.pass_on import PassOnSheet

pytestmark = pytest.mark.asyncio


async def test_a_window_can_be_drawn_before_it_stands() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        entry = node.entries[Kind.NEED, "N-417-K"]
        about = About(desk.app.desk, about_entry(desk.app.desk, entry), keys.ABOUT_ENTRY)
        desk.app.push_screen(about)
        about.draw()
        await desk.reads("Need N-417-K", "Taken")


async def test_an_answer_that_comes_while_the_board_is_being_left_is_no_bug() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        await desk.keys("down", "x")
        await desk.reads("Close N-417-K: why?")
        node.awake.clear()
        await desk.keys("enter")
        await desk.until(lambda: bool(node.sent(CloseEntry)))
        board = desk.app.screen
        assert isinstance(board, LiveScreen)
        await board.query("*").remove()
        node.awake.set()
        await desk.until(lambda: node.entries[Kind.NEED, "N-417-K"].state == "closed")


async def test_windows_being_taken_down_take_what_still_comes() -> None:
    node = evening()
    async with at_the_desk(node) as desk:
        at = desk.app.desk
        entry = node.entries[Kind.NEED, "N-417-K"]
        about = About(at, about_entry(at, entry), keys.ABOUT_ENTRY)
        invite = InviteSheet(at)
        passing = PassOnSheet(at, PreviewPass(("N-417-K",)))
        form = EntryForm.for_new(at, Kind.NEED)
        for window in (about, invite, passing, form):
            await desk.app.push_screen(window)
            await window.query("*").remove()
        about.draw()
        invite.invite()
        passing.preview()
        form.refuse(Refused(Why.TEXT_EMPTY))
        await desk.pilot.pause()
        assert desk.app.screen is form


async def test_saved_while_asked_whether_to_drop_it() -> None:
    """The answer closes the form, and the question with it: nothing is left to be saved twice."""
    node = evening()
    async with at_the_desk(node) as desk:
        await asked_whether_to_drop_what_is_being_saved(desk)
        node.awake.set()
        await desk.reads("N-417-K saved")
        assert isinstance(desk.app.screen, LiveScreen)


async def test_dropped_while_it_is_being_saved() -> None:
    """What the node answers then is the board's to show, not the form's."""
    node = evening()
    async with at_the_desk(node) as desk:
        form = await asked_whether_to_drop_what_is_being_saved(desk)
        await desk.keys("y")
        await desk.until(lambda: isinstance(desk.app.screen, LiveScreen))
        form.dismiss(None)
        node.awake.set()
        await desk.keys("question_mark")
        await desk.until(lambda: isinstance(desk.app.screen, AllKeys))


async def asked_whether_to_drop_what_is_being_saved(desk: Desk) -> EntryForm:
    """A need is typed and on its way to a node that takes its time; then comes `esc`."""
    await desk.keys("n")
    await desk.reads("New need")
    await desk.typed("food")
    await desk.keys("tab")
    await desk.typed("Soup for two")
    form = desk.app.screen
    assert isinstance(form, EntryForm)
    desk.node.awake.clear()
    await desk.keys("ctrl+s")
    await desk.until(lambda: bool(desk.node.sent(AddEntry)))
    await desk.keys("escape")
    await desk.reads("Drop what you typed?")
    return form

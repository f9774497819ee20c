"""A bug in the board itself: the file gets the details, the person one sentence."""

import pytest

from tests.tui.fake_node import FakeHall, FakeNode
from tests.tui.halls import app_of
from tui.app import HallwayApp

pytestmark = pytest.mark.asyncio


async def test_a_bug_is_told_in_a_sentence_without_what_was_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(self: HallwayApp) -> None:
        contact = "Mrs Okafor"
        raise ZeroDivisionError(contact)

    monkeypatch.setattr(HallwayApp, "action_all_keys", break_down)
    node = FakeNode()
    hall = FakeHall(node)
    app = app_of(node, hall=hall)
    with pytest.raises(ZeroDivisionError):
        async with app.run_test() as pilot:
            await pilot.press("question_mark")
    assert [type(bug) for bug in hall.bugs] == [ZeroDivisionError]
    app._print_error_renderables()
    told = capsys.readouterr().err
    assert "crash.log" in told
    assert "Okafor" not in told
    assert "Traceback" not in told

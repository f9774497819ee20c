"""A window over the board: its panel, and the lines at the bottom that are always there."""

from __future__ import annotations

from typing import TypeVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

from tui.widgets.bars import StatusLine

Result = TypeVar("Result")


class Window(ModalScreen[Result]):
    """Answers with what was decided in it, or None when the person went back."""

    def compose(self) -> ComposeResult:
        yield from self.compose_panel()
        yield StatusLine()

    def compose_panel(self) -> ComposeResult:
        """The panel with its keys."""
        raise NotImplementedError

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close it, and what was opened above it while its answer was on the way.

        One that is closed already stays so: its answer came too late.
        """
        if self not in self.app.screen_stack:
            return AwaitComplete()
        while self.app.screen is not self:
            self.app.pop_screen()
        return super().dismiss(result)

"""Small windows: a question with yes and no, and a choice from a short list."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from node.wording import _
from tui import keys
from tui.screens.window import Window
from tui.widgets.bars import KeyBar
from tui.widgets.ledger import Ledger, Line, Piece, Row
from tui.widgets.plain import Plain


class Question(Window[str | None]):
    """Answers "yes" or None. Yes is `y` and nothing else: enter and escape change nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.QUESTION)]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose_panel(self) -> ComposeResult:
        with Vertical(classes="panel small"):
            yield Plain(self._text, classes="ask")
            yield KeyBar(*keys.QUESTION)

    def action_yes(self) -> None:
        self.dismiss("yes")

    def action_no(self) -> None:
        self.dismiss(None)


class Choice(Window[str | None]):
    """One of a short list, as (code, text of the catalogue); answers with the code."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.CHOICE)]

    def __init__(self, title: str, choices: tuple[tuple[str, str], ...], below: str = "") -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._below = below

    def compose_panel(self) -> ComposeResult:
        with Vertical(classes="panel small"):
            yield Plain(self._title, classes="title")
            yield Ledger("")
            yield Plain(self._below, classes="explain")
            yield KeyBar(*keys.CHOICE)

    def on_mount(self) -> None:
        ledger = self.query_one(Ledger)
        ledger.styles.height = len(self._choices)
        ledger.show(tuple(Row(code, (Line((Piece(_(text)),)),)) for code, text in self._choices))
        ledger.focus()

    def on_ledger_opened(self, message: Ledger.Opened) -> None:
        self.dismiss(message.key)

    def action_open(self) -> None:
        self.dismiss(self.query_one(Ledger).selected)

    def action_back(self) -> None:
        self.dismiss(None)

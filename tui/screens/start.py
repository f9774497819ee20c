"""The first start: the hall's name, and the twelve words that bring it back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Center, Vertical

from node.api.views import HallMade
from node.wording import _
from tui import keys, telling, wording
from tui.screens.sheet import Field, Form, Sheet
from tui.screens.window import Window
from tui.widgets.bars import KeyBar
from tui.widgets.plain import Plain

WORDS_A_COLUMN: Final = 4
"""Three columns of four, read down as a list is written: they fit a small screen with air."""

COLUMN_CELLS: Final = 20
"""The longest word of the list has eight letters; the rest is its number and a gap."""


def name_form(make: Callable[[str, str, str], HallMade]) -> Form[HallMade]:
    """Ask what the hall is called, then make it in a thread: making keys takes its time."""

    async def send(values: Mapping[str, str]) -> HallMade:
        told = (values[name].strip() for name in ("name", "place", "area"))
        return await asyncio.to_thread(make, *told)

    fields = (
        Field("name", wording.HALL_NAME, hint=_(wording.HINT_HALL_NAME)),
        Field("area", wording.HALL_AREA, hint=_(wording.HINT_HALL_AREA)),
        Field("place", wording.HALL_PLACE, hint=_(wording.HINT_HALL_PLACE)),
    )
    explain = (_(wording.WELCOME_WHAT),)
    return Form(_(wording.WELCOME), fields, send, explain, waiting=wording.MAKING)


class NameHall(Sheet[HallMade]):
    """The first sheet of all; going back leaves the program."""

    def __init__(self, make: Callable[[str, str, str], HallMade]) -> None:
        super().__init__(name_form(make))


class RecoveryWords(Window[None]):
    """The twelve words, once, in large plain order."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.WORDS)]

    def __init__(self, made: HallMade) -> None:
        super().__init__()
        self._made = made

    def compose_panel(self) -> ComposeResult:
        hall = telling.told(self._made.name, 40)
        with Vertical(classes="panel wide"):
            yield Plain(_(wording.WORDS_TITLE).format(hall=hall), classes="title")
            with Center():
                yield Plain(in_columns(self._made.recovery_words.split()), classes="words")
            for line in wording.WORDS_WHY:
                yield Plain(_(line), classes="explain")
            yield KeyBar(*keys.WORDS)

    def action_go_on(self) -> None:
        self.dismiss(None)


def in_columns(words: list[str]) -> str:
    """Numbered, in three columns, with air between the lines."""
    numbered = [f"{place:>2}  {word}" for place, word in enumerate(words, start=1)]
    lines = [numbered[row::WORDS_A_COLUMN] for row in range(WORDS_A_COLUMN)]
    return "\n\n".join(
        "".join(telling.padded(entry, COLUMN_CELLS) for entry in line).rstrip() for line in lines
    )

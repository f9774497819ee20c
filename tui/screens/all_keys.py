"""All keys on one page, and what the node warns about."""

from __future__ import annotations

from itertools import zip_longest
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll

from node.wording import _
from tui import keys, telling, wording
from tui.screens.window import Window
from tui.widgets.bars import KeyBar
from tui.widgets.plain import Plain

KEY_CELLS: Final = 9
"""Room for the longest key and a gap."""

COLUMN_CELLS: Final = 25
"""Three columns of keys fit on 80 cells."""


class AllKeys(Window[None]):
    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark,q,enter", "back")]

    def __init__(self, warnings: tuple[str, ...]) -> None:
        super().__init__()
        self._warnings = warnings

    def compose_panel(self) -> ComposeResult:
        with Vertical(classes="panel wide"):
            yield Plain(_(wording.KEYS_TITLE), classes="title")
            with VerticalScroll(classes="about"):
                if self._warnings:
                    yield Plain(_(wording.NODE_WARNS), classes="heading")
                    yield Plain("\n".join(telling.told(each) for each in self._warnings))
                    yield Plain(" ")
                yield Plain(_page())
            yield KeyBar(*keys.INVITE)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_back(self) -> None:
        self.dismiss(None)


def _page() -> str:
    forms = (("tab", wording.NEXT_FIELD), *((key.shown, key.label) for key in keys.SHEET))
    columns = (
        (*_block(wording.BOARD, keys.BOARD), *_block(wording.NEIGHBOURS, keys.NEIGHBOURS)),
        (*_block(wording.OVERFLOW, keys.OVERFLOW), *_pairs(wording.KEYS_FORMS, forms)),
        (
            *_block(wording.KEYS_EVERYWHERE, (*keys.SCREENS, *keys.EVERYWHERE, keys.START)),
            *_pairs(wording.KEYS_LISTS, (("↑ ↓", wording.MOVE),)),
        ),
    )
    lines = zip_longest(*columns, fillvalue="")
    return "\n".join(
        "".join(telling.padded(cell, COLUMN_CELLS) for cell in line).rstrip() for line in lines
    ).rstrip()


def _block(title: str, table: tuple[keys.Key, ...]) -> list[str]:
    return _pairs(title, tuple((key.shown, key.label) for key in table))


def _pairs(title: str, pairs: tuple[tuple[str, str], ...]) -> list[str]:
    lines = [telling.padded(f"  {shown}", KEY_CELLS) + _(label) for shown, label in pairs]
    return [_(title), *lines, ""]

"""The twenty categories beside the form: always in the same place, with the one meant marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from node.api.categories import CATEGORIES, Category
from node.wording import _
from tui import telling


class CategoryList(Widget):
    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--here", "list--fits", "list--quiet"}

    @dataclass
    class Picked(Message):
        """Someone clicked on a category."""

        code: str

    def __init__(self) -> None:
        super().__init__()
        self._codes = [str(code) for code in CATEGORIES]
        self._fitting: list[str] = []
        self.chosen: str | None = None

    def look_for(self, typed: str) -> None:
        """Mark what fits what was typed so far, the best of it as chosen."""
        if typed == self.chosen:
            return
        self._fitting = fitting(typed)
        self.chosen = self._fitting[0] if self._fitting else None
        self.refresh()

    def move(self, step: int) -> None:
        """Choose the next of those that fit, or of all when nothing was typed."""
        codes = self._fitting or self._codes
        place = codes.index(self.chosen) + step if self.chosen in codes else 0
        self.chosen = codes[place % len(codes)]
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        line = event.get_content_offset_capture(self).y
        if 0 <= line < len(self._codes):
            self.chosen = self._codes[line]
            self._fitting = [self.chosen]
            self.refresh()
            self.post_message(self.Picked(self.chosen))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._codes)

    def render(self) -> Text:
        lines = [self._line(row) for row in CATEGORIES.values()]
        return Text("\n", no_wrap=True).join(lines)

    def _line(self, row: Category) -> Text:
        here = row.code == self.chosen
        part = "here" if here else "fits" if row.code in self._fitting else "quiet"
        bar = "▌" if here else " "
        text = telling.padded(f"{bar} {row.code} {_(row.covers)}", self.content_size.width)
        return Text(text, self.get_component_rich_style(f"list--{part}"))


def fitting(typed: str) -> list[str]:
    """Codes of what fits: by code first, then by the start of a word that people say for it."""
    word = typed.strip().casefold()
    if not word:
        return []
    by_code = [row for row in CATEGORIES.values() if row.code.casefold().startswith(word)]
    by_word = [row for row in CATEGORIES.values() if _said_for(row, word) and row not in by_code]
    return [str(row.code) for row in (*by_code, *by_word)]


def _said_for(row: Category, word: str) -> bool:
    singular = word.removesuffix("s") or word
    words = f"{_(row.word)} {_(row.covers)} {' '.join(row.said)}".casefold().replace(",", " ")
    return any(said.startswith((word, singular)) for said in words.split())

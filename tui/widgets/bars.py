"""The three lines that are always there: where we are, the keys, and how the hall stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from node.wording import _
from tui.keys import SCREENS, Key

ACTION: Final = "hallway_action"
"""Name under which a drawn word carries the action that a click on it does."""

TOLD_S: Final = 15.0
"""Long enough to read two lines twice after looking up from the keyboard."""


def _key_text(key: Key, keycap: Style, word: Style, label: str = "") -> Text:
    """A key with its word; a click on it is the key."""
    click = Style.from_meta({ACTION: key.action})
    text = Text().append(key.shown, keycap + click)
    return text.append(f" {label or _(key.label)}", word + click)


class Clickable(Widget):
    """Words with an action behind them: the mouse does what the key does."""

    async def on_click(self, event: events.Click) -> None:
        action = event.style.meta.get(ACTION)
        if isinstance(action, str):
            await self.app.run_action(action, default_namespace=self.screen)


class KeyBar(Clickable):
    """The keys of the screen, each with its word, on as many lines as they take."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--word"}

    def __init__(self, *keys: Key) -> None:
        super().__init__()
        self._keys = keys

    def show(self, keys: tuple[Key, ...]) -> None:
        """Other keys from now on."""
        if keys != self._keys:
            self._keys = keys
            self.refresh(layout=True)

    def _lines(self, width: int) -> list[Text]:
        keycap = self.get_component_rich_style("keys--key")
        word = self.get_component_rich_style("keys--word")
        lines = [Text()]
        for key in self._keys:
            entry = _key_text(key, keycap, word)
            if lines[-1] and lines[-1].cell_len + 2 + entry.cell_len > width:
                lines.append(Text())
            lines[-1].append("  " if lines[-1] else "").append_text(entry)
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Text:
        return Text("\n").join(self._lines(self.content_size.width))


class TopLine(Clickable):
    """The screens with the one that is open marked; who sits here and the time at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"top--here", "top--key", "top--word", "top--quiet"}

    aside = reactive("")
    counts: reactive[tuple[str, str, str]] = reactive(("", "", ""))
    """What is said after the name of each screen; empty says nothing."""

    def __init__(self, here: int) -> None:
        super().__init__()
        self._here = here

    def render(self) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        for place, (key, count) in enumerate(zip(SCREENS, self.counts, strict=True)):
            style = "here" if place == self._here else "word"
            cap = "here" if place == self._here else "key"
            label = f"{_(key.label)}{f' ({count})' if count else ''} "
            mark = "▸" if place == self._here else " "
            line.append(mark, self.get_component_rich_style(f"top--{style}"))
            line.append_text(
                _key_text(
                    key,
                    self.get_component_rich_style(f"top--{cap}"),
                    self.get_component_rich_style(f"top--{style}"),
                    label,
                )
            )
            line.append("  ")
        room = self.content_size.width - line.cell_len - cell_len(self.aside)
        if room > 0:
            line.append(" " * room + self.aside, self.get_component_rich_style("top--quiet"))
        return line


class StatusLine(Static):
    """How the hall stands, always; above it what was just done or why something cannot be."""

    @dataclass
    class Opened(Message):
        """A new window has this line and wants to know how the hall stands."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._told = ""
        self._standing = ""
        self._silence: Timer | None = None

    def on_mount(self) -> None:
        self.post_message(self.Opened())

    def tell(self, sentence: str) -> None:
        """Shown until the next sentence, or until it has been read."""
        if self._silence is not None:
            self._silence.stop()
        self._silence = self.set_timer(TOLD_S, partial(self.tell, "")) if sentence else None
        self._show(sentence, self._standing)

    def stand(self, sentence: str) -> None:
        self._show(self._told, sentence)

    def _show(self, told: str, standing: str) -> None:
        if (told, standing) == (self._told, self._standing):
            return
        self._told, self._standing = told, standing
        above = (f"{told}\n", "bold $primary") if told else ""
        self.update(Content.assemble(above, (standing, "$quiet")))

"""Text as it is: no markup, whatever is in it."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen
from textual.widgets import Static


class Plain(Static):
    """A text that is shown as typed. An empty one takes no room."""

    def __init__(
        self,
        text: str = "",
        *,
        classes: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
    ) -> None:
        super().__init__(text, markup=False, classes=classes, id=id)
        self.text = text

    def say(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.update(text)

    def on_mount(self) -> None:
        self.set_class(not self.text, "-empty")

    def update(self, content: object = "", *, layout: bool = True) -> None:
        self.set_class(not content, "-empty")
        super().update(str(content), layout=layout)


def say_in(screen: Screen[Any], selector: str, text: str) -> None:
    """Say it in the text of `screen` that `selector` names, if that stands.

    What a node answers may come before a screen is complete, or while it is being taken down:
    then there is nobody to read it.
    """
    for plain in screen.query(selector).results(Plain):
        plain.say(text)

"""Text as it is: no markup, whatever is in it."""

from __future__ import annotations

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

"""Pairing with the hall down the road: one gives a code, the other types it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from node.api.door import NodeGone
from node.api.requests import Invite, Join
from node.api.views import InviteView, NeighbourView
from node.refusal import Refused
from node.wording import _, sentence
from tui import keys, telling, wording
from tui.desk import Desk
from tui.screens.sheet import Field, Form
from tui.screens.window import Window
from tui.widgets.bars import KeyBar
from tui.widgets.plain import Plain, say_in

GROUPS_A_LINE: Final = 3
"""Groups of the code on one line: as many as are read aloud in one breath."""

PICTURE_SPARE: Final = (44, 6)
"""Cells and rows that the words, the frame and the keys take from a picture."""


class InviteSheet(Window[NeighbourView | None]):
    """Shows a code until someone has used it; answers with who that was."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.INVITE)]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._before = _known(desk)
        self._code: InviteView | None = None

    def compose_panel(self) -> ComposeResult:
        with Vertical(classes="panel invite"):
            with Horizontal(classes="beside"):
                with Vertical(classes="fields"):
                    yield Plain(_(wording.CODE_TITLE), classes="title")
                    yield Plain(_(wording.WORKING), classes="code")
                    yield Plain(_(wording.CODE_WHAT), classes="explain")
                    yield Plain(classes="until explain")
                    yield Plain(classes="sentence")
                yield Plain(classes="qr")
            yield KeyBar(*keys.INVITE)

    def on_mount(self) -> None:
        self.invite()

    @work(exclusive=True, group="invite")
    async def invite(self) -> None:
        try:
            self._code = await self.desk.ask(Invite())
        except Refused as refused:
            self._say("", sentence(refused.why, refused.facts))
        except NodeGone:
            self._say("", _(wording.NODE_GONE_ASKING))
        else:
            self._say(in_lines(self._code.code), _(wording.CODE_WAITING))
            until = telling.moment(self._code.until_ms, self.desk.clock)
            say_in(self, ".until", _(wording.CODE_UNTIL).format(time=until))
            self._draw_picture()

    def _say(self, code: str, text: str) -> None:
        say_in(self, ".code", code)
        say_in(self, ".sentence", text)

    def on_resize(self) -> None:
        self._draw_picture()

    def _draw_picture(self) -> None:
        """The code as a picture, where the screen has room for all of it."""
        picture = self._code.qr if self._code is not None else ()
        cells, rows = PICTURE_SPARE
        wide = max(map(len, picture), default=0) + cells <= self.size.width
        fits = wide and len(picture) + rows <= self.size.height
        say_in(self, ".qr", "\n".join(picture) if fits else "")

    def draw(self) -> None:
        """Something changed: perhaps they are our neighbour now."""
        now = self.desk.seen.neighbours if self.desk.seen else ()
        for neighbour in now:
            if neighbour.group_id not in self._before:
                self.dismiss(neighbour)
                return

    def action_back(self) -> None:
        self.dismiss(None)


def _known(desk: Desk) -> frozenset[str]:
    neighbours = desk.seen.neighbours if desk.seen else ()
    return frozenset(neighbour.group_id for neighbour in neighbours)


def in_lines(code: str) -> str:
    """The code's groups, three a line, wide apart: to be read aloud and typed."""
    groups = code.replace("-", " ").split()
    lines = [groups[i : i + GROUPS_A_LINE] for i in range(0, len(groups), GROUPS_A_LINE)]
    return "\n".join("   ".join(line) for line in lines)


def join_form(desk: Desk) -> Form[NeighbourView]:
    """The other hall's code, typed in."""

    async def send(values: Mapping[str, str]) -> NeighbourView:
        return await desk.ask(Join(values["code"].strip()))

    fields = (Field("code", wording.CODE, hint=_(wording.HINT_CODE)),)
    return Form(_(wording.JOIN_TITLE), fields, send, waiting=wording.JOINING)

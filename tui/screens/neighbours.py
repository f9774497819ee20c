"""The neighbours: who is linked, by what path, and when each was last heard."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from node.api.requests import RemoveNeighbour
from node.api.views import NeighbourView
from node.wording import _
from tui import keys, telling, wording
from tui.rows import neighbour_row
from tui.screens.about import About, about_neighbour
from tui.screens.live import LiveScreen
from tui.screens.pairing import InviteSheet, join_form
from tui.screens.question import Choice, Question
from tui.screens.sheet import Sheet
from tui.widgets.bars import KeyBar, StatusLine, TopLine
from tui.widgets.ledger import Ledger

KEYS: Final = (*keys.NEIGHBOURS, *keys.EVERYWHERE)

WAYS: Final = (("give", wording.GIVE_CODE), ("have", wording.HAVE_CODE))
"""The two ways to pair: one hall gives a code, the other types it."""


class NeighboursScreen(LiveScreen):
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings((*KEYS, *keys.SCREENS))]

    def compose(self) -> ComposeResult:
        yield TopLine(2)
        yield Ledger(_(wording.NO_NEIGHBOURS), id="neighbours")
        yield KeyBar(*KEYS)
        yield StatusLine()

    def on_mount(self) -> None:
        self._draw()

    async def reload(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self.desk.seen is not None and self.is_there:
            neighbours = self.desk.seen.neighbours
            rows = tuple(neighbour_row(neighbour, self.desk.clock) for neighbour in neighbours)
            self.query_one(Ledger).show(rows)

    def action_add(self) -> None:
        below = _(wording.ADD_PRICE)
        self.open_sheet(Choice(_(wording.ADD_TITLE), WAYS, below), self._add_by)

    def _add_by(self, way: str) -> None:
        if way == "give":
            self.open_sheet(InviteSheet(self.desk), self._added)
        else:
            self.open_sheet(Sheet(join_form(self.desk), keys.JOIN_SHEET), self._added)

    def _added(self, neighbour: NeighbourView) -> None:
        self.tell(_(wording.CODE_DONE).format(hall=telling.told(neighbour.name, 60)))

    @property
    def _chosen(self) -> NeighbourView | None:
        """The neighbour under the cursor; says so when there is none."""
        key = self.query_one(Ledger).selected
        neighbours = self.desk.seen.neighbours if self.desk.seen else ()
        chosen = next((each for each in neighbours if each.group_id == key), None)
        if chosen is None:
            self.tell(_(wording.CHOOSE_ROW))
        return chosen

    def action_open(self) -> None:
        if chosen := self._chosen:
            about = about_neighbour(self.desk, chosen)
            self.open_sheet(About(self.desk, about, keys.ABOUT_NEIGHBOUR), self.run_named)

    @on(Ledger.Opened)
    def _opened(self) -> None:
        self.action_open()

    def action_remove(self) -> None:
        if (chosen := self._chosen) is None:
            return
        hall = telling.told(chosen.name, 60)

        def remove(_yes: str) -> None:
            said = _(wording.REMOVED).format(hall=hall)
            self.do(RemoveNeighbour(chosen.group_id), lambda _done: said)

        self.open_sheet(Question(_(wording.REMOVE_ASK).format(hall=hall)), remove)

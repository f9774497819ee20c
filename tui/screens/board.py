"""The board: what people need and what they offer, side by side."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical

from node.api.requests import CloseEntry, ListEntries, PreviewPass
from node.api.views import EntryView, Kind, OverflowView
from node.wording import _
from tui import keys, telling, wording
from tui.rows import entry_row
from tui.screens.about import About, about_entry
from tui.screens.entry_form import EntryForm
from tui.screens.live import LiveScreen
from tui.screens.pass_on import PassOnSheet
from tui.screens.question import Choice
from tui.widgets.bars import KeyBar, StatusLine, TopLine
from tui.widgets.ledger import Ledger
from tui.widgets.plain import Plain

KEYS: Final = (*keys.BOARD, *keys.EVERYWHERE)


class BoardScreen(LiveScreen):
    AUTO_FOCUS = "#need"
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings((*KEYS, *keys.SCREENS)),
        ("left", "side('need')"),
        ("right", "side('offer')"),
        ("shift+tab", "other_side"),
    ]

    def compose(self) -> ComposeResult:
        yield TopLine(0)
        with Container(id="boards"):
            with Vertical(classes="board need"):
                yield Plain(_(wording.NEEDS), classes="heading")
                yield Ledger(_(wording.NO_NEEDS), id="need")
            with Vertical(classes="board offer"):
                yield Plain(_(wording.OFFERS), classes="heading")
                yield Ledger(_(wording.NO_OFFERS), id="offer")
        yield KeyBar(*KEYS)
        yield StatusLine()

    def on_mount(self) -> None:
        self._shown: dict[tuple[Kind, str], EntryView] = {}

    async def reload(self) -> None:
        for kind, heading in ((Kind.NEED, wording.NEEDS), (Kind.OFFER, wording.OFFERS)):
            entries = await self.desk.ask(ListEntries(kind))
            self._shown = {key: entry for key, entry in self._shown.items() if key[0] is not kind}
            self._shown |= {(kind, entry.ref): entry for entry in entries}
            self._ledger(kind).show(tuple(entry_row(entry, self.desk.clock) for entry in entries))
            count = _(wording.N_OPEN).format(n=len(entries))
            self.query_one(f".board.{kind} .heading", Plain).say(f"{_(heading)}  {count}")

    def _ledger(self, kind: Kind) -> Ledger:
        return self.query_one(f"#{kind}", Ledger)

    @property
    def _side(self) -> Kind:
        return Kind.OFFER if self._ledger(Kind.OFFER).has_focus else Kind.NEED

    @property
    def _chosen(self) -> EntryView | None:
        """The entry under the cursor; says so when there is none."""
        chosen = self._shown.get((self._side, self._ledger(self._side).selected or ""))
        if chosen is None:
            self.tell(_(wording.CHOOSE_ROW))
        return chosen

    def action_other_side(self) -> None:
        self.action_side(Kind.NEED if self._side is Kind.OFFER else Kind.OFFER)

    def action_side(self, side: str) -> None:
        self._ledger(Kind(side)).focus()

    def action_new_need(self) -> None:
        self.open_sheet(EntryForm.for_new(self.desk, Kind.NEED), self._saved)

    def action_new_offer(self) -> None:
        self.open_sheet(EntryForm.for_new(self.desk, Kind.OFFER), self._saved)

    def action_edit(self) -> None:
        if entry := self._chosen:
            self.open_sheet(EntryForm.for_edit(self.desk, entry), self._saved)

    def _saved(self, entry: EntryView) -> None:
        self.tell(_(wording.SAVED).format(ref=entry.ref))
        self._go_to(entry)

    def _go_to(self, entry: EntryView) -> None:
        """Draw what was saved at once, so that the cursor has a row to stand on."""
        ledger = self._ledger(entry.kind)
        ledger.focus()
        if entry.ref not in ledger.keys:
            self._shown[entry.kind, entry.ref] = entry
            entries = [shown for (kind, _ref), shown in self._shown.items() if kind is entry.kind]
            ledger.show(tuple(entry_row(shown, self.desk.clock) for shown in entries))
        ledger.select(entry.ref)

    def action_close(self) -> None:
        if (entry := self._chosen) is None:
            return

        def close(because: str) -> None:
            self.do(
                CloseEntry(entry.kind, entry.ref, because),
                lambda closed: _(wording.CLOSED).format(ref=closed.ref),
            )

        offer = entry.kind is Kind.OFFER
        reasons = wording.BECAUSE_OFFER if offer else wording.BECAUSE_NEED
        title = _(wording.CLOSE_TITLE).format(ref=entry.ref)
        self.open_sheet(Choice(title, reasons, telling.told(entry.text, 60)), close)

    def action_pass_on(self) -> None:
        if self._side is Kind.OFFER:
            self.tell(_(wording.PASS_NEEDS_ONLY))
        elif entry := self._chosen:
            self.open_sheet(
                PassOnSheet(self.desk, PreviewPass((entry.ref,))),
                lambda overflow: self._passed(entry.ref, overflow),
            )

    def _passed(self, ref: str, overflow: OverflowView) -> None:
        self.tell(_(wording.PASSED_AS).format(ref=ref, overflow=telling.told(overflow.ref, 20)))

    def action_open(self) -> None:
        if entry := self._chosen:
            about = about_entry(self.desk, entry)
            self.open_sheet(About(self.desk, about, keys.ABOUT_ENTRY), self.run_named)

    @on(Ledger.Opened)
    def _opened(self) -> None:
        self.action_open()

"""The board: what people need and what they offer, side by side."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical

from node.api.requests import CloseEntry, ListEntries, ListOverflows, PreviewPass, Whose
from node.api.views import EntryView, Kind, OverflowView
from node.wording import _
from tui import keys, telling, ways, wording
from tui.rows import entry_row
from tui.screens.about import About, about_entry
from tui.screens.entry_form import EntryForm
from tui.screens.live import LiveScreen, told_outcome
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
        ("escape", "clear_marks"),
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
        self._marked: set[str] = set()

    async def reload(self) -> None:
        for kind in Kind:
            entries = await self.desk.ask(ListEntries(kind))
            self._shown = {key: entry for key, entry in self._shown.items() if key[0] is not kind}
            self._shown |= {(kind, entry.ref): entry for entry in entries}
        # What is closed has no row to carry a mark.
        self._marked &= {ref for _kind, ref in self._shown}
        self._draw()

    def _draw(self) -> None:
        if not self.is_there:
            return
        for kind, heading in ((Kind.NEED, wording.NEEDS), (Kind.OFFER, wording.OFFERS)):
            entries = [entry for (its, _ref), entry in self._shown.items() if its is kind]
            marked = {entry.ref for entry in entries} & self._marked
            clock = self.desk.clock
            self._ledger(kind).show(
                tuple(entry_row(entry, clock, marked=entry.ref in marked) for entry in entries)
            )
            counts = (_(wording.N_OPEN).format(n=len(entries)), marks_said(len(marked)))
            said = "  ".join(part for part in (_(heading), *counts) if part)
            self.query_one(f".board.{kind} .heading", Plain).say(said)

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
        self._go_to(entry)
        said = saved_said(entry)
        self.tell(said)
        self.tell_also(said, entry)

    def _go_to(self, entry: EntryView) -> None:
        """Draw what was saved at once, so that the cursor has a row to stand on."""
        ledger = self._ledger(entry.kind)
        ledger.focus()
        if entry.ref not in ledger.keys:
            self._shown[entry.kind, entry.ref] = entry
            self._draw()
        ledger.select(entry.ref)

    def action_close(self) -> None:
        if (entry := self._chosen) is None:
            return

        offer = entry.kind is Kind.OFFER
        reasons = wording.BECAUSE_OFFER if offer else wording.BECAUSE_NEED
        title = _(wording.CLOSE_TITLE).format(ref=entry.ref)
        self.open_sheet(
            Choice(title, reasons, telling.told(entry.text, 60)),
            lambda because: self.do(CloseEntry(entry.kind, entry.ref, because), self._entry_closed),
        )

    def _entry_closed(self, entry: EntryView) -> str:
        said = _(wording.CLOSED).format(ref=entry.ref)
        self.tell_also(said, entry)
        return said

    @work(group="also")
    async def tell_also(self, said: str, entry: EntryView) -> None:
        """Add to what was done what was changed along with it between the halls."""
        if not entry.also_changed:
            return

        def told(overflows: tuple[OverflowView, ...]) -> str:
            changed = {each.ref: each for each in overflows}
            also = (also_said(ref, changed.get(ref)) for ref in entry.also_changed)
            return "\n".join((said, *also))

        self.tell(await told_outcome(self.desk.ask(ListOverflows(Whose.OURS)), told))

    def action_mark(self) -> None:
        """Mark what is under the cursor, or take its mark away."""
        if entry := self._chosen:
            self._marked ^= {entry.ref}
            self._draw()
            marked = marks_said(len(self._marked_here))
            self.tell(_(wording.MARKS_HOW).format(marked=marked) if marked else "")

    @property
    def _marked_here(self) -> tuple[str, ...]:
        """What is marked on this side of the board, from its top to its bottom."""
        return tuple(ref for side, ref in self._shown if side is self._side and ref in self._marked)

    def action_clear_marks(self) -> None:
        if self._marked:
            self._marked = set()
            self._draw()
            self.tell("")

    def action_pass_on(self) -> None:
        """All that is marked as one, else what is under the cursor."""
        if marked := self._marked_here:
            self._pass_on(marked)
        else:
            self.action_pass_this_on()

    def action_pass_this_on(self) -> None:
        if entry := self._chosen:
            self._pass_on((entry.ref,))

    def _pass_on(self, refs: tuple[str, ...]) -> None:
        def passed(overflow: OverflowView) -> None:
            self._marked -= set(refs)
            self._draw()
            as_one = telling.told(overflow.ref, 20)
            self.tell(_(wording.PASSED_AS).format(ref=telling.listed(refs), overflow=as_one))

        self.open_sheet(PassOnSheet(self.desk, PreviewPass(refs)), passed)

    def action_open(self) -> None:
        if entry := self._chosen:
            about = about_entry(self.desk, entry)
            self.open_sheet(About(self.desk, about, keys.ABOUT_ENTRY), self.run_named)

    @on(Ledger.Opened)
    def _opened(self) -> None:
        self.action_open()


def marks_said(count: int) -> str:
    """How many rows are marked; nothing where there are none."""
    if count < 2:
        return _(wording.ONE_MARKED) if count else ""
    return _(wording.N_MARKED).format(n=count)


def saved_said(entry: EntryView) -> str:
    """That it is saved, and what became of the quiet mark of its person."""
    said = _(wording.SAVED).format(ref=entry.ref)
    if entry.quiet_like:
        like = telling.told(entry.quiet_like, telling.REF_CHARACTERS_MAX)
        said = _(wording.QUIET_LIKE).format(said=said, like=like)
    if entry.also_quiet:
        refs = [telling.told(ref, telling.REF_CHARACTERS_MAX) for ref in entry.also_quiet]
        said = _(wording.ALSO_QUIET).format(said=said, refs=", ".join(refs))
    return said


def also_said(ref: str, overflow: OverflowView | None) -> str:
    """What became of an overflow of ours when something in it was closed or changed."""
    shown = telling.told(ref, telling.REF_CHARACTERS_MAX)
    if overflow is None:
        return _(wording.ALSO_CHANGED).format(ref=shown)
    if overflow.state == ways.CLOSED:
        because = telling.because(overflow.because or overflow.state)
        return _(wording.ALSO_CLOSED).format(ref=shown, because=because)
    said = wording.ALSO_GIVES if overflow.surplus else wording.ALSO_ASKS
    return _(said).format(ref=shown, amount=telling.amount(overflow.qty, overflow.unit))

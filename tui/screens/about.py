"""Everything about one need, offer, overflow or neighbour, kept fresh while it is open."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll

from node.api.door import NodeGone
from node.api.requests import ReadOverflow, Request, ShowEntry, ShowOverflow
from node.api.views import EntryView, Kind, NeighbourView, OverflowView
from node.refusal import Refused
from tui import keys, telling
from tui.desk import Desk
from tui.everything import Pair, Told, entry_told, neighbour_told, overflow_told
from tui.screens.live import told_outcome
from tui.screens.window import Window
from tui.widgets.bars import KeyBar
from tui.widgets.plain import Plain, say_in

Tell = Callable[[], Awaitable[Told]]
"""Asks the node for what is shown; may raise what `Desk.ask` raises."""

LABEL_CELLS: Final = 17
"""Room for the longest label and a gap."""

TEXT_CELLS: Final = 55
"""What the panel leaves beside a label; longer text goes on below its beginning."""


class About(Window[str | None]):
    """Answers with the action that was chosen for it, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,enter", "back")]

    def __init__(self, desk: Desk, tell: Tell, actions: tuple[keys.Key, ...]) -> None:
        super().__init__()
        self.desk = desk
        self._tell = tell
        self._actions = actions

    def compose_panel(self) -> ComposeResult:
        with Vertical(classes="panel wide"):
            yield Plain(classes="title")
            with VerticalScroll(classes="about"):
                yield Plain(classes="body")
            yield KeyBar(*keys.INVITE)

    def on_mount(self) -> None:
        for binding in keys.bindings(self._actions):
            for key in binding.key.split(","):
                self._bindings.bind(key, binding.action)
        self.query_one(VerticalScroll).focus()
        self.draw()

    @work(exclusive=True, group="draw")
    async def draw(self) -> None:
        """Ask again and draw; called after each change."""
        trouble = await told_outcome(self._tell(), self._show)
        if trouble:
            say_in(self, ".body", trouble)

    def _show(self, told: Told) -> str:
        say_in(self, ".title", told.title)
        lines = [line for pair in told.pairs if pair[1] for line in _wrapped(pair)]
        say_in(self, ".body", "\n".join(lines))
        for bar in self.query(KeyBar):
            bar.show(told.keys)
        return ""

    def action_choose(self, action: str) -> None:
        self.dismiss(action)

    def action_back(self) -> None:
        self.dismiss(None)


def _wrapped(pair: Pair) -> list[str]:
    """The text beside its label, on as many lines as it takes."""
    label, text = pair
    lines = textwrap.wrap(text, TEXT_CELLS) or [text]
    labels = (label, *("" for _line in lines[1:]))
    return [
        telling.padded(beside, LABEL_CELLS) + line
        for beside, line in zip(labels, lines, strict=True)
    ]


def about_entry(desk: Desk, entry: EntryView) -> Tell:
    async def tell() -> Told:
        fresh = await desk.ask(ShowEntry(entry.kind, entry.ref))
        return entry_told(fresh, desk.clock)

    return tell


def about_overflow(desk: Desk, overflow: OverflowView) -> Tell:
    """Opening one of theirs says that a person here read it; drawing it again says nothing."""
    shows = ShowOverflow(overflow.id)
    opens: Request[OverflowView] = shows if overflow.ours else ReadOverflow(overflow.id)

    async def tell() -> Told:
        nonlocal opens
        fresh = await desk.ask(opens)
        opens = shows
        return overflow_told(fresh, await _entries_in(desk, fresh), desk.clock)

    return tell


async def _entries_in(desk: Desk, overflow: OverflowView) -> tuple[EntryView, ...]:
    """Our own needs, or the offer, that are in it; one that is gone is left out."""
    kind = Kind.OFFER if overflow.surplus else Kind.NEED
    found = []
    for ref in overflow.needs:
        try:
            found.append(await desk.ask(ShowEntry(kind, ref)))
        except Refused:
            # Its reference still stands in the list; there is only nothing to say about it.
            continue
    return tuple(found)


def about_neighbour(desk: Desk, neighbour: NeighbourView) -> Tell:
    """From what was last seen: the lists have all of it."""

    async def tell() -> Told:
        if desk.seen is None:
            raise NodeGone
        known = {each.group_id: each for each in desk.seen.neighbours}
        fresh = known.get(neighbour.group_id, neighbour)
        return neighbour_told(fresh, desk.seen.overflows, desk.clock)

    return tell

"""Everything about one need, offer or overflow, kept fresh while it is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll

from node.api.requests import ShowEntry, ShowOverflow
from node.api.views import EntryView, Kind, OverflowView, PledgeView
from node.wording import _
from tui import keys, rows, telling, wording
from tui.clock import Clock
from tui.desk import Desk
from tui.screens.live import told_outcome
from tui.screens.window import Window
from tui.widgets.bars import KeyBar
from tui.widgets.plain import Plain

Told = tuple[str, tuple[tuple[str, str], ...]]
"""A title, and pairs of a label and what stands beside it."""

LABEL_CELLS = 16
"""Room for the longest label and a gap."""


class About(Window[str | None]):
    """Answers with the action that was chosen for it, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,enter", "back")]

    def __init__(
        self, desk: Desk, tell: Callable[[], Awaitable[Told]], actions: tuple[keys.Key, ...]
    ) -> None:
        super().__init__()
        self.desk = desk
        self._tell = tell
        self._actions = actions

    def compose_panel(self) -> ComposeResult:
        with Vertical(classes="panel wide"):
            yield Plain(classes="title")
            with VerticalScroll(classes="about"):
                yield Plain(classes="body")
            yield KeyBar(*self._actions)

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
            self.query_one(".body", Plain).say(trouble)

    def _show(self, told: Told) -> str:
        title, pairs = told
        self.query_one(".title", Plain).say(title)
        lines = [telling.padded(label, LABEL_CELLS) + text for label, text in pairs if text]
        self.query_one(".body", Plain).say("\n".join(lines))
        return ""

    def action_choose(self, action: str) -> None:
        self.dismiss(action)

    def action_back(self) -> None:
        self.dismiss(None)


def about_entry(desk: Desk, entry: EntryView) -> Callable[[], Awaitable[Told]]:
    async def tell() -> Told:
        fresh = await desk.ask(ShowEntry(entry.kind, entry.ref))
        return _entry_told(fresh, desk.clock)

    return tell


def _entry_told(entry: EntryView, clock: Clock) -> Told:
    state = telling.state(entry.state)
    if entry.because:
        state += f": {telling.because(entry.because)}"
    taken = telling.moment(entry.created_ms, clock)
    if entry.initials:
        initials = telling.told(entry.initials, 12)
        taken = _(wording.TAKEN_BY).format(when=taken, initials=initials)
    kind = _(wording.NEED if entry.kind is Kind.NEED else wording.OFFER)
    return f"{kind} {telling.told(entry.ref, 12)}", (
        (_(wording.DANGER), _(wording.YES) if entry.danger else ""),
        (_(wording.WHAT), telling.told(entry.text)),
        (_(wording.CATEGORY), telling.category(entry.category)),
        (_(wording.QUANTITY), telling.amount(entry.qty, entry.unit)),
        (_(wording.STATE), state),
        (_(wording.SO_FAR), telling.so_far(entry.received, entry.promised, entry.qty)),
        (_(wording.BY_WHEN), telling.due(entry.by_ms, clock) or _(wording.NOT_SAID)),
        (_(wording.ZONE), telling.told(entry.zone) or _(wording.NOT_SAID)),
        (_(wording.CONTACT), telling.told(entry.contact) or _(wording.NOT_SAID)),
        (_(wording.CONSENT), telling.told(entry.consent)),
        (_(wording.NOTE), telling.told(entry.note)),
        (_(wording.PASSED_ON_AS), ", ".join(telling.told(ref, 20) for ref in entry.overflows)),
        (_(wording.TAKEN), taken),
    )


def about_overflow(desk: Desk, overflow_id: str) -> Callable[[], Awaitable[Told]]:
    async def tell() -> Told:
        fresh = await desk.ask(ShowOverflow(overflow_id))
        return _overflow_told(fresh, desk.clock)

    return tell


def _overflow_told(overflow: OverflowView, clock: Clock) -> Told:
    state = telling.state(overflow.state)
    if overflow.because:
        state += f": {telling.because(overflow.because)}"
    pledges = [pair for pledge in overflow.pledges for pair in _pledge_told(pledge, overflow)]
    return telling.told(overflow.ref, 20), (
        (_(wording.FROM), telling.told(overflow.origin, 80)),
        (_(wording.EXERCISE), _(wording.YES) if overflow.exercise else ""),
        (_(wording.WHAT), telling.told(overflow.text)),
        (_(wording.CATEGORY), telling.category(overflow.category)),
        (_(wording.QUANTITY), telling.amount(overflow.qty, overflow.unit)),
        (_(wording.STATE), state),
        (_(wording.SO_FAR), telling.so_far(overflow.received, overflow.accepted, overflow.qty)),
        (_(wording.NEEDED_BY), telling.due(overflow.by_ms, clock) or _(wording.NOT_SAID)),
        (_(wording.URGENCY), telling.told(overflow.urgency, 40)),
        (_(wording.AREA), telling.told(overflow.area) or _(wording.NO_AREA)),
        (_(wording.REACH), reach_said(overflow.hops)),
        (_(wording.LIVES_UNTIL), telling.moment(overflow.until_ms, clock)),
        (_(wording.GOT_TO), rows.held(overflow) if overflow.ours else ""),
        (_(wording.OUR_NEEDS), ", ".join(telling.told(ref, 12) for ref in overflow.needs)),
        (_(wording.PLEDGES), "" if pledges else _(wording.NONE)),
        *pledges,
    )


def _pledge_told(pledge: PledgeView, overflow: OverflowView) -> tuple[tuple[str, str], ...]:
    said = f"{rows.pledge_said(pledge, overflow)}{rows.SEPARATOR}{rows.pledge_standing(pledge)}"
    return (
        (telling.told(pledge.ref, 14), said),
        (f"  {_(wording.NOTE_SHORT)}", telling.told(pledge.note)),
        (f"  {_(wording.DETAILS)}", telling.told(pledge.details or "")),
        (f"  {_(wording.CONDITION)}", telling.told(pledge.condition)),
    )


def reach_said(hops: int) -> str:
    """How far it may travel, in halls."""
    if hops <= 1:
        return _(wording.REACH_ONE)
    return _(wording.REACH_MORE).format(n=hops)

"""Pass on: exactly the words that would leave, and nothing leaves before someone says so."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar, Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Button, Input, Static

from node.api.door import NodeGone
from node.api.requests import PassOn, PreviewPass
from node.api.views import OverflowView, PassPreview
from node.refusal import Refused, Why
from node.wording import _, sentence
from tui import keys, telling, ways, wording
from tui.clock import Clock
from tui.desk import Desk
from tui.screens.question import Question
from tui.screens.sheet import Field, FieldInput
from tui.screens.window import Window
from tui.widgets.bars import KeyBar
from tui.widgets.plain import Plain, say_in

PAUSE_S: Final = 0.2
"""After the last letter typed, before it is read back: nobody reads while typing."""

HOPS: Final = (1, 2, 3)
"""How many halls away an overflow may travel."""

LABEL_CELLS: Final = 15
"""Room for the longest label and a gap."""


class PassOnSheet(Window[OverflowView | None]):
    """Shows the preview of `asked`; what is approved is the approval of what stands there."""

    AUTO_FOCUS = ""
    """Nothing: a habitual enter must not pass anything on."""
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings(keys.PASS_ON),
        *((str(hops), f"hops({hops})") for hops in HOPS[1:]),
    ]

    def __init__(self, desk: Desk, asked: PreviewPass) -> None:
        super().__init__()
        self.desk = desk
        self._asked = asked
        self._first = asked
        self._shown: PassPreview | None = None
        self._pause: Timer | None = None
        self._sending = False

    def compose_panel(self) -> ComposeResult:
        with Vertical(classes="panel wide"):
            yield Plain(_title(self._asked.refs, gives=False), classes="title")
            box = Static("", markup=False, classes="leaves")
            box.border_title = _(wording.THESE_LEAVE)
            yield box
            yield Plain(classes="stays")
            for field in (
                Field("text", wording.OTHER_WORDS, hint=_(wording.HINT_OTHER_WORDS)),
                Field("qty", wording.HOW_MUCH, hint=_(wording.HINT_HOW_MUCH)),
            ):
                with Horizontal(classes="field"):
                    yield Plain(_(field.label), classes="label")
                    yield FieldInput(field)
            yield Plain(classes="sentence")
            yield Button(_(wording.PASS_ON), id="approve", compact=True)
            yield KeyBar(*keys.PASS_ON)

    def on_mount(self) -> None:
        self.preview()

    @work(exclusive=True, group="preview")
    async def preview(self, because: str = "") -> None:
        """Read back what would leave; until then nothing can be approved."""
        asked = self._asked
        try:
            shown = await self.desk.ask(asked)
        except Refused as refused:
            self._say(sentence(refused.why, refused.facts))
        except NodeGone:
            self._say(_(wording.NODE_GONE_ASKING))
        else:
            self._shown = shown
            self._draw(shown)
            self._say(because or _personal_said(shown))

    def _draw(self, shown: PassPreview) -> None:
        say_in(self, ".title", _title(shown.refs, gives=shown.surplus))
        for box in self.query(".leaves").results(Static):
            box.update(_leaves(shown, self.desk.clock))
        first = ", ".join(telling.told(name, 40) for name in shown.neighbours)
        pairs = (
            (_(wording.STAYS_HERE), _(wording.STAYS)),
            (_(wording.SEEN_FIRST_BY), first or _(wording.NOBODY_YET)),
            (_(wording.REACH), ways.reach_said(shown.hops)),
        )
        say_in(self, ".stays", _aligned(pairs))

    def _say(self, text: str) -> None:
        say_in(self, ".sentence", text)

    def _ask_for(self, asked: PreviewPass) -> None:
        """Something else would leave now: what is on the screen no longer counts."""
        if asked == self._asked:
            return
        self._asked = asked
        self._shown = None
        self._say(_(wording.NOT_YET_SHOWN))
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE_S, self.preview)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        values = {str(box.id): box.value for box in self.query(FieldInput)}
        self._ask_for(replace(self._asked, text=values["text"].strip(), qty=values["qty"].strip()))

    @on(Input.Submitted)
    def _typing_done(self) -> None:
        self.set_focus(None)

    def action_hops(self, hops: int) -> None:
        self._ask_for(replace(self._asked, hops=hops))

    def action_words(self) -> None:
        box = self.query_one("#text", FieldInput)
        if not box.value and self._shown is not None:
            box.value = self._shown.text
        box.focus()

    def action_amount(self) -> None:
        self.query_one("#qty").focus()

    @on(Button.Pressed)
    def _pressed(self) -> None:
        self.action_approve()

    def action_approve(self) -> None:
        shown = self._shown
        if shown is None or self._sending:
            return
        if shown.personal:
            self.action_words()
        elif shown.one_person:
            self._ask_about_one(shown)
        else:
            self._send(shown)

    def _ask_about_one(self, shown: PassPreview) -> None:
        def answered(agreed: str | None) -> None:
            if agreed:
                self._send(shown)

        category = telling.category(shown.category)
        self.app.push_screen(
            Question(_(wording.ONE_PERSON_ASK).format(category=category)), answered
        )

    def _send(self, shown: PassPreview) -> None:
        self._sending = True
        self._say(_(wording.WORKING))
        self.send_now(shown)

    @work(group="send")
    async def send_now(self, shown: PassPreview) -> None:
        asked = self._asked
        request = PassOn(
            asked.refs,
            shown.approval,
            qty=asked.qty,
            hops=asked.hops,
            hours=asked.hours,
            text=asked.text,
            exercise=asked.exercise,
        )
        try:
            overflow = await self.desk.ask(request)
        except Refused as refused:
            self._shown = None
            changed = refused.why is Why.PASS_CHANGED
            told = sentence(refused.why, refused.facts)
            self.preview(_(wording.CHANGED_MEANWHILE) if changed else told)
        except NodeGone:
            self._say(_(wording.NODE_GONE_SAVING))
        else:
            self.dismiss(overflow)
        finally:
            self._sending = False

    def action_back(self) -> None:
        if isinstance(self.focused, FieldInput):
            self.set_focus(None)
        elif self._asked == self._first:
            self.dismiss(None)
        else:
            self.app.push_screen(Question(_(wording.DROP_TYPED)), self._dropped)

    def _dropped(self, drop: str | None) -> None:
        if drop:
            self.dismiss(None)


def _aligned(pairs: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(telling.padded(label, LABEL_CELLS) + text for label, text in pairs)


def _leaves(shown: PassPreview, clock: Clock) -> Text:
    """The words and fields that leave; what looks personal is reversed and underlined."""
    words = Text(telling.told(shown.text, 2_000), "bold")
    for piece in shown.personal:
        words.highlight_regex(re.escape(telling.told(piece)), "reverse underline")
    by = telling.due(shown.by_ms, clock) or _(wording.NOT_SAID)
    gives = shown.surplus
    amount = telling.amount(shown.qty, shown.unit)
    pairs = (
        (_(wording.CATEGORY), telling.category(shown.category)),
        (_(wording.TO_GIVE_AWAY if gives else wording.NEEDED), amount),
        (_(wording.THERE_UNTIL if gives else wording.NEEDED_BY), by),
        (_(wording.URGENCY), telling.told(shown.urgency, 40)),
        (_(wording.AREA), telling.told(shown.area) or _(wording.NO_AREA)),
        (_(wording.LIVES_UNTIL), telling.moment(shown.until_ms, clock)),
        *(((_(wording.EXERCISE), _(wording.YES)),) if shown.exercise else ()),
    )
    return words.append("\n", "not bold").append(_aligned(pairs), "not bold")


def _title(refs: tuple[str, ...], *, gives: bool) -> str:
    """That it is to give away is known with the preview."""
    text = wording.PASS_SURPLUS_TITLE if gives else wording.PASS_TITLE
    return _(text).format(ref=telling.listed(refs))


def _personal_said(shown: PassPreview) -> str:
    if not shown.personal:
        return ""
    pieces = ", ".join(f"“{telling.told(piece, 40)}”" for piece in shown.personal)
    return _(wording.PERSONAL).format(pieces=pieces)

"""Overflow: what we asked of the neighbours and what they ask of us, with every pledge."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from node.api.requests import (
    Answer,
    DeclinePledge,
    MarkSent,
    ReleasePledge,
    Request,
    RetractPledge,
    WithdrawOverflow,
)
from node.api.views import OverflowView, PledgeView
from node.wording import _
from tui import keys, telling, wording
from tui.rows import overflow_rows
from tui.screens.about import About, about_overflow
from tui.screens.answers import AnswerSheet, answer_form, pledge_form, receive_form
from tui.screens.live import LiveScreen, pledge_said
from tui.screens.question import Question
from tui.screens.sheet import Sheet
from tui.widgets.bars import KeyBar, StatusLine, TopLine
from tui.widgets.ledger import Ledger

KEYS: Final = (*keys.OVERFLOW, *keys.EVERYWHERE)

ANSWERABLE: Final = frozenset({"offered", "accepted", "sent"})
RECEIVABLE: Final = frozenset({"accepted", "sent", "received"})
SENDABLE: Final = frozenset({"accepted"})
RETRACTABLE: Final = frozenset({"offered", "accepted"})


class OverflowScreen(LiveScreen):
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings((*KEYS, *keys.SCREENS))]

    def compose(self) -> ComposeResult:
        yield TopLine(1)
        yield Ledger("", id="overflows")
        yield KeyBar(*KEYS)
        yield StatusLine()

    def on_mount(self) -> None:
        self._draw()

    async def reload(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self.desk.seen is not None:
            rows = overflow_rows(self.desk.seen.overflows, self.desk.clock)
            self.query_one(Ledger).show(rows)

    @property
    def _chosen(self) -> tuple[OverflowView, PledgeView | None] | None:
        """The overflow under the cursor, with the pledge when the cursor is on one."""
        key = self.query_one(Ledger).selected
        for overflow in self.desk.seen.overflows if self.desk.seen else ():
            if overflow.id == key:
                return overflow, None
            for pledge in overflow.pledges:
                if pledge.id == key:
                    return overflow, pledge
        self.tell(_(wording.CHOOSE_ROW))
        return None

    def _pledge_of(
        self, *, ours: bool, states: frozenset[str], otherwise: str
    ) -> tuple[OverflowView, PledgeView] | None:
        """The pledge meant: the one under the cursor, or the only one of its overflow that fits.

        The node is the judge of states: a pledge under the cursor is taken whatever its state.
        """
        if (chosen := self._chosen) is None:
            return None
        overflow, pledge = chosen
        if pledge is not None and pledge.ours is ours:
            return overflow, pledge
        fitting = [p for p in overflow.pledges if p.ours is ours and p.state in states]
        if pledge is None and len(fitting) == 1:
            return overflow, fitting[0]
        self.tell(_(otherwise))
        return None

    def action_pledge(self) -> None:
        if (chosen := self._chosen) is None:
            return
        overflow, _pledge = chosen
        if overflow.ours:
            self.tell(_(wording.NOT_THEIRS))
            return
        form = pledge_form(self.desk, overflow)
        self.open_sheet(Sheet(form), lambda pledge: self._pledged(pledge, overflow))

    def _pledged(self, pledge: PledgeView, overflow: OverflowView) -> None:
        amount = telling.amount(pledge.qty, overflow.unit)
        hall = telling.told(overflow.origin, 40)
        ref = telling.told(overflow.ref, 20)
        self.tell(_(wording.PLEDGED).format(ref=ref, amount=amount, hall=hall))

    def action_answer(self) -> None:
        meant = self._pledge_of(ours=False, states=ANSWERABLE, otherwise=wording.NO_PLEDGE_HERE)
        if meant is None:
            return
        overflow, pledge = meant

        def accepted(answer: PledgeView) -> None:
            self.tell(pledge_said(wording.ACCEPTED, answer, n=telling.number(answer.accepted)))

        def other_way() -> None:
            if pledge.state == "offered":
                self.do(DeclinePledge(pledge.id), _saying(wording.DECLINED))
            else:
                self.do(ReleasePledge(pledge.id), _saying(wording.RELEASED))

        sheet = AnswerSheet(self.desk, answer_form(self.desk, overflow, pledge), pledge, other_way)
        self.open_sheet(sheet, accepted)

    def action_on_its_way(self) -> None:
        meant = self._pledge_of(ours=True, states=SENDABLE, otherwise=wording.NO_PLEDGE_TO_SEND)
        if meant is None:
            return
        overflow, pledge = meant
        amount = telling.amount(pledge.accepted or pledge.qty, overflow.unit)
        hall = telling.told(overflow.origin, 40)
        self._sure(
            _(wording.SEND_ASK).format(amount=amount, hall=hall),
            MarkSent(pledge.id),
            lambda sent: _(wording.SENT).format(ref=telling.told(sent.ref, 20), hall=hall),
        )

    def action_received(self) -> None:
        meant = self._pledge_of(ours=False, states=RECEIVABLE, otherwise=wording.NO_PLEDGE_HERE)
        if meant is None:
            return
        overflow, pledge = meant

        def came(answer: PledgeView) -> None:
            n = telling.number(answer.received)
            self.tell(pledge_said(wording.RECEIVED_SAID, answer, n=n))

        self.open_sheet(Sheet(receive_form(self.desk, overflow, pledge)), came)

    def action_withdraw(self) -> None:
        if (chosen := self._chosen) is None:
            return
        overflow, pledge = chosen
        if overflow.ours and pledge is None:
            ref = telling.told(overflow.ref, 20)
            self._sure(
                _(wording.WITHDRAW_ASK).format(ref=ref),
                WithdrawOverflow(overflow.id),
                lambda _gone: _(wording.WITHDRAWN).format(ref=ref),
            )
            return
        meant = self._pledge_of(
            ours=True, states=RETRACTABLE, otherwise=wording.NOTHING_TO_WITHDRAW
        )
        if meant is not None:
            overflow, ours = meant
            amount = telling.amount(ours.qty, overflow.unit)
            hall = telling.told(overflow.origin, 40)
            ask = _(wording.RETRACT_ASK).format(amount=amount, hall=hall)
            self._sure(ask, RetractPledge(ours.id), _saying(wording.RETRACTED))

    def _sure(self, text: str, request: Request[Answer], said: Callable[[Answer], str]) -> None:
        """Ask, and carry it out after a yes."""
        self.open_sheet(Question(text), lambda _yes: self.do(request, said))

    def action_open(self) -> None:
        if chosen := self._chosen:
            about = about_overflow(self.desk, chosen[0].id)
            self.open_sheet(About(self.desk, about, keys.ABOUT_OVERFLOW), self.run_named)

    @on(Ledger.Opened)
    def _opened(self) -> None:
        self.action_open()


def _saying(text: str) -> Callable[[PledgeView], str]:
    return lambda pledge: pledge_said(text, pledge)

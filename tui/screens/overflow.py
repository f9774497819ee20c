"""Overflow: what we asked of the neighbours and what they ask of us, with every pledge.

What can be done is the node's word (`can` of the views); what cannot says why in the line below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from node.api.requests import (
    Answer,
    DeclinePledge,
    MarkSent,
    ReadOverflow,
    ReleasePledge,
    RenewOverflow,
    Request,
    RetractPledge,
    WithdrawOverflow,
)
from node.api.views import Act, OverflowView, PledgeView
from node.wording import _
from tui import keys, telling, wording, wording_halls
from tui.acts import Deed, able, is_able, why_no_pledge, why_not, why_not_deed
from tui.overflow_rows import overflow_rows
from tui.screens.about import About, about_overflow
from tui.screens.answers import (
    AnswerSheet,
    giver,
    pledge_form,
    receive_form,
    resize_form,
    taker,
    withdraw_question,
)
from tui.screens.live import LiveScreen, pledge_said, told_outcome
from tui.screens.question import Question
from tui.screens.sheet import Sheet
from tui.widgets.bars import KeyBar, StatusLine, TopLine
from tui.widgets.ledger import Ledger

KEYS: Final = (*keys.OVERFLOW, *keys.EVERYWHERE)


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
        if self.desk.seen is not None and self.is_there:
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

    def _pledge_for(self, deed: Deed) -> tuple[OverflowView, PledgeView] | None:
        """The pledge meant: the one under the cursor, or the only one with which it can be done."""
        if (chosen := self._chosen) is None:
            return None
        overflow, pledge = chosen
        fitting = able(overflow, deed)
        if pledge is not None and is_able(pledge, deed):
            return overflow, pledge
        if pledge is None and len(fitting) == 1:
            return overflow, fitting[0]
        self.tell(why_not_deed(overflow, pledge, deed))
        return None

    def _overflow_for(self, act: Act) -> OverflowView | None:
        """The overflow under the cursor, or the one whose pledge is under it."""
        if (chosen := self._chosen) is None:
            return None
        overflow, _pledge = chosen
        if act in overflow.can:
            return overflow
        self.tell(why_no_pledge(overflow) if act is Act.PLEDGE else why_not(overflow))
        return None

    def action_pledge(self) -> None:
        if overflow := self._overflow_for(Act.PLEDGE):
            form = pledge_form(self.desk, overflow)
            self.open_sheet(Sheet(form), lambda pledge: self._pledged(pledge, overflow))
            self.has_read(overflow)

    @work(group="read")
    async def has_read(self, overflow: OverflowView) -> None:
        """Whoever fills in a pledge has read what it is for."""
        self.tell(await told_outcome(self.desk.ask(ReadOverflow(overflow.id)), lambda _read: ""))

    def _pledged(self, pledge: PledgeView, overflow: OverflowView) -> None:
        said = wording.ASKED if overflow.surplus else wording.PLEDGED
        self.tell(
            _(said).format(
                ref=telling.told(overflow.ref, 20),
                amount=telling.amount(pledge.qty, overflow.unit),
                hall=telling.hall(overflow.origin, overflow.through),
            )
        )

    def action_answer(self) -> None:
        if (meant := self._pledge_for(Deed.ANSWER)) is None:
            return
        overflow, pledge = meant
        if Act.ACCEPT not in pledge.can:
            self._ask_other_way(overflow, pledge)
            return

        def accepted(answer: PledgeView) -> None:
            said = wording.GIVEN if overflow.surplus else wording.ACCEPTED
            self.tell(pledge_said(said, answer, n=telling.number(answer.accepted)))

        def other_way() -> None:
            if Act.DECLINE in pledge.can:
                self.do(DeclinePledge(pledge.id), _declined(overflow))
            else:
                self._release(overflow, pledge)

        self.open_sheet(AnswerSheet(self.desk, overflow, pledge, other_way), accepted)

    def _ask_other_way(self, overflow: OverflowView, pledge: PledgeView) -> None:
        """Nothing can be accepted of it any more: only the other answer is left."""
        if Act.DECLINE not in pledge.can:
            self._release(overflow, pledge)
            return
        text = wording.REFUSE_ASK if overflow.surplus else wording.DECLINE_ASK
        question = telling.marked(pledge_said(text, pledge), exercise=overflow.exercise)
        self._sure(question, DeclinePledge(pledge.id), _declined(overflow))

    def _release(self, overflow: OverflowView, pledge: PledgeView) -> None:
        """Free what was accepted and has not come, after a yes."""
        surplus = overflow.surplus
        text = wording_halls.RELEASE_SURPLUS_ASK if surplus else wording_halls.RELEASE_ASK
        question = telling.marked(pledge_said(text, pledge), exercise=overflow.exercise)
        self._sure(question, ReleasePledge(pledge.id), _saying(wording.RELEASED))

    def action_on_its_way(self) -> None:
        if (meant := self._pledge_for(Deed.SEND)) is None:
            return
        overflow, pledge = meant
        hall = taker(overflow, pledge)
        amount = telling.amount(pledge.accepted or pledge.qty, overflow.unit)
        self._sure(
            telling.marked(
                _(wording.SEND_ASK).format(amount=amount, hall=hall), exercise=overflow.exercise
            ),
            MarkSent(pledge.id),
            lambda sent: _(wording.SENT).format(ref=telling.told(sent.ref, 20), hall=hall),
        )

    def action_received(self) -> None:
        if (meant := self._pledge_for(Deed.RECEIVE)) is None:
            return
        overflow, pledge = meant

        def came(answer: PledgeView) -> None:
            n, ref = telling.number(answer.received), telling.told(answer.ref, 20)
            hall = giver(overflow, pledge)
            self.tell(_(wording.RECEIVED_SAID).format(ref=ref, n=n, hall=hall))

        self.open_sheet(Sheet(receive_form(self.desk, overflow, pledge)), came)

    def action_resize(self) -> None:
        if overflow := self._overflow_for(Act.RESIZE):
            self.open_sheet(Sheet(resize_form(self.desk, overflow)), self._resized)

    def _resized(self, overflow: OverflowView) -> None:
        said = wording.RESIZED_SURPLUS if overflow.surplus else wording.RESIZED
        amount = telling.amount(overflow.qty, overflow.unit)
        self.tell(_(said).format(ref=telling.told(overflow.ref, 20), amount=amount))

    def action_renew(self) -> None:
        if overflow := self._overflow_for(Act.RENEW):
            self.do(RenewOverflow(overflow.id), self._renewed)

    def _renewed(self, overflow: OverflowView) -> str:
        until = telling.moment(overflow.until_ms, self.desk.clock)
        return _(wording.RENEWED).format(ref=telling.told(overflow.ref, 20), time=until)

    def action_withdraw(self) -> None:
        """An overflow of ours under the cursor, what we accepted for it, or our own pledge."""
        if (chosen := self._chosen) is None:
            return
        overflow, pledge = chosen
        if pledge is not None and Act.RELEASE in pledge.can:
            self._release(overflow, pledge)
        elif not (overflow.ours and pledge is None):
            self._retract()
        elif Act.WITHDRAW in overflow.can:
            ref = telling.told(overflow.ref, 20)
            self._sure(
                withdraw_question(overflow),
                WithdrawOverflow(overflow.id),
                lambda _gone: _(wording.WITHDRAWN).format(ref=ref),
            )
        else:
            self.tell(why_not(overflow))

    def _retract(self) -> None:
        if (meant := self._pledge_for(Deed.RETRACT)) is None:
            return
        overflow, ours = meant
        ask = wording.UNASK_ASK if overflow.surplus else wording.RETRACT_ASK
        said = wording.UNASKED if overflow.surplus else wording.RETRACTED
        amount = telling.amount(ours.qty, overflow.unit)
        hall = telling.hall(overflow.origin, overflow.through)
        text = _(ask).format(amount=amount, hall=hall)
        self._sure(text, RetractPledge(ours.id), _saying(said))

    def _sure(self, text: str, request: Request[Answer], said: Callable[[Answer], str]) -> None:
        """Ask, and carry it out after a yes."""
        self.open_sheet(Question(text), lambda _yes: self.do(request, said))

    def action_open(self) -> None:
        if chosen := self._chosen:
            about = about_overflow(self.desk, chosen[0])
            self.open_sheet(About(self.desk, about, keys.ABOUT_OVERFLOW), self.run_named)

    @on(Ledger.Opened)
    def _opened(self) -> None:
        self.action_open()


def _declined(overflow: OverflowView) -> Callable[[PledgeView], str]:
    return _saying(wording.REFUSED if overflow.surplus else wording.DECLINED)


def _saying(text: str) -> Callable[[PledgeView], str]:
    return lambda pledge: pledge_said(text, pledge)

"""The sheets of the overflow screen: pledge, answer a pledge, receive what came, more or less."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from textual.binding import BindingType

from node.api.requests import AcceptPledge, MakePledge, ReceivePledge, ResizeOverflow
from node.api.views import Act, OverflowView, PledgeView
from node.wording import _
from tui import keys, telling, ways, wording
from tui.desk import Desk
from tui.screens.question import Question
from tui.screens.sheet import Field, Form, Sheet

ENDING_MAX: Final = 4
"""Pledges that a question names one by one: with the longest names it still fits on 24 lines."""


def pledge_form(desk: Desk, overflow: OverflowView) -> Form[PledgeView]:
    """How much of a neighbour's overflow we promise, or of a surplus we ask for.

    What is still open stands there already.
    """

    async def send(values: Mapping[str, str]) -> PledgeView:
        return await desk.ask(MakePledge(overflow.id, values["qty"], values["note"]))

    surplus = overflow.surplus
    left = max(0, overflow.qty - overflow.accepted)
    asked = _(wording.GIVES_AWAY if surplus else wording.ASKED_FOR).format(
        hall=telling.who(overflow.origin, overflow.through),
        amount=telling.amount(overflow.qty, overflow.unit),
        text=telling.told(overflow.text, 200),
    )
    open_now = wording.STILL_THERE if surplus else wording.STILL_OPEN
    still = _(open_now).format(amount=telling.amount(left, overflow.unit))
    reader = _(wording.HINT_NOTE_TO_THEM).format(hall=telling.hall(overflow.origin))
    return Form(
        _title(wording.ASK_TITLE if surplus else wording.PLEDGE_TITLE, overflow),
        (
            Field("qty", wording.HOW_MUCH, telling.number(left) if left else ""),
            Field("note", wording.NOTE_TO_THEM, hint=reader),
        ),
        send,
        (asked, still),
    )


def answer_form(desk: Desk, overflow: OverflowView, pledge: PledgeView) -> Form[PledgeView]:
    """How much of a pledge we take, and where, when and whom to ask for, for that hall alone."""

    async def send(values: Mapping[str, str]) -> PledgeView:
        return await desk.ask(AcceptPledge(pledge.id, values["qty"], values["details"]))

    elsewhere = overflow.accepted - pledge.accepted
    whole = min(pledge.qty, max(0, overflow.qty - elsewhere))
    value = telling.number(pledge.accepted or whole) if (pledge.accepted or whole) else ""
    how_much = wording.GIVE_HOW_MUCH if overflow.surplus else wording.ACCEPT_HOW_MUCH
    title = _(wording.ANSWER_TITLE).format(hall=telling.hall(pledge.by, pledge.through))
    return Form(
        telling.marked(title, exercise=overflow.exercise),
        (
            Field("qty", how_much, value),
            Field("details", wording.WHERE_AND_WHOM, hint=_(wording.HINT_DETAILS)),
        ),
        send,
        _answer_explained(overflow, pledge),
    )


def _answer_explained(overflow: OverflowView, pledge: PledgeView) -> tuple[str, ...]:
    """What they say, and who can read what we write."""
    who = telling.who(pledge.by, pledge.through)
    offered = _(wording.ASKS_OF if overflow.surplus else wording.OFFERS_OF).format(
        hall=who,
        amount=telling.amount(pledge.qty, overflow.unit),
        ref=telling.told(overflow.ref, 20),
        text=telling.told(overflow.text, 200),
    )
    note = _(wording.THEIR_NOTE).format(note=telling.told(pledge.note)) if pledge.note else ""
    reader = _(wording.READ_BY if pledge.neighbour else wording.READ_BY_FAR).format(hall=who)
    return tuple(line for line in (offered, note, reader) if line)


def receive_form(desk: Desk, overflow: OverflowView, pledge: PledgeView) -> Form[PledgeView]:
    """How much came this time, and in what condition."""

    async def send(values: Mapping[str, str]) -> PledgeView:
        return await desk.ask(ReceivePledge(pledge.id, values["qty"], values["condition"]))

    due = max(0, pledge.accepted - pledge.received)
    line = _(wording.RECEIVE_LINE).format(
        accepted=telling.amount(pledge.accepted, overflow.unit),
        received=telling.number(pledge.received),
        text=telling.told(overflow.text, 200),
    )
    title = _(wording.RECEIVE_TITLE).format(hall=giver(overflow, pledge))
    return Form(
        telling.marked(title, exercise=overflow.exercise),
        (
            Field("qty", wording.CAME, telling.number(due) if due else ""),
            Field("condition", wording.CONDITION, hint=_(wording.HINT_CONDITION)),
        ),
        send,
        (line, _(wording.CONDITION_SEEN)),
    )


def resize_form(desk: Desk, overflow: OverflowView) -> Form[OverflowView]:
    """Ask for more or less, or give more or less away; never less than is accepted."""

    async def send(values: Mapping[str, str]) -> OverflowView:
        return await desk.ask(ResizeOverflow(overflow.id, values["qty"]))

    now = _(wording.RESIZE_LINE).format(
        amount=telling.amount(overflow.qty, overflow.unit), text=telling.told(overflow.text, 200)
    )
    accepted = telling.amount(overflow.accepted, overflow.unit)
    floor = _(wording.RESIZE_FLOOR).format(amount=accepted) if overflow.accepted else ""
    return Form(
        _title(
            wording.RESIZE_SURPLUS_TITLE if overflow.surplus else wording.RESIZE_TITLE, overflow
        ),
        (Field("qty", wording.HOW_MUCH, telling.number(overflow.qty)),),
        send,
        tuple(line for line in (now, floor) if line),
    )


def withdraw_question(overflow: OverflowView) -> str:
    """Whether to withdraw it, with a line for each pledge that ends with it."""
    ending = [each for each in overflow.pledges if each.would_fall or each.state == ways.UNANSWERED]
    lines = [
        _(wording.WITHDRAW_ASK).format(ref=telling.told(overflow.ref, 20)),
        *(_ending(pledge, overflow) for pledge in ending[:ENDING_MAX]),
    ]
    if len(ending) > ENDING_MAX:
        lines.append(_(wording.WITHDRAW_MORE).format(n=len(ending) - ENDING_MAX))
    return telling.marked("\n".join(lines), exercise=overflow.exercise)


def _ending(pledge: PledgeView, overflow: OverflowView) -> str:
    if pledge.would_fall:
        said, quantity = wording.WITHDRAW_FALLS, pledge.would_fall
    else:
        said = wording.WITHDRAW_NOT_GIVEN if overflow.surplus else wording.WITHDRAW_NOT_NEEDED
        quantity = pledge.qty
    return _(said).format(
        hall=telling.hall(pledge.by, pledge.through),
        amount=telling.amount(quantity, overflow.unit),
    )


def _title(text: str, overflow: OverflowView) -> str:
    title = _(text).format(ref=telling.told(overflow.ref, 20))
    return telling.marked(title, exercise=overflow.exercise)


def giver(overflow: OverflowView, pledge: PledgeView) -> str:
    """The hall that the goods come from."""
    if overflow.surplus:
        return telling.hall(overflow.origin, overflow.through)
    return telling.hall(pledge.by, pledge.through)


def taker(overflow: OverflowView, pledge: PledgeView) -> str:
    """The hall that the goods go to."""
    if overflow.surplus:
        return telling.hall(pledge.by, pledge.through)
    return telling.hall(overflow.origin, overflow.through)


class AnswerSheet(Sheet[PledgeView]):
    """Accepting, with the other way out: not needed while it is offered, else free the rest."""

    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+n", "other_way")]

    def __init__(
        self,
        desk: Desk,
        form: Form[PledgeView],
        pledge: PledgeView,
        shown_keys: tuple[keys.Key, ...],
        other_way: Callable[[], None],
    ) -> None:
        super().__init__(form, shown_keys)
        self._desk = desk
        self._pledge = pledge
        self._other_way = other_way

    def action_save(self) -> None:
        """Details for a hall that is not our neighbour are asked about once more."""
        if self._pledge.neighbour or not self._seals_something:
            super().action_save()
            return

        def answered(sure: str | None) -> None:
            if sure:
                super(AnswerSheet, self).action_save()

        hall = telling.hall(self._pledge.by, self._pledge.through)
        self.app.push_screen(Question(_(wording.SEAL_FAR_ASK).format(hall=hall)), answered)

    @property
    def _seals_something(self) -> bool:
        """Without words the hall's own place is sealed, where there is one."""
        seen = self._desk.seen
        return bool(self.values["details"].strip() or (seen and seen.status.place))

    def action_other_way(self) -> None:
        if any(key.action == "other_way" for key in self._keys):
            self.dismiss(None)
            self._other_way()


def answer_keys(overflow: OverflowView, pledge: PledgeView) -> tuple[keys.Key, ...]:
    """What can be answered as it stands."""
    if Act.DECLINE in pledge.can:
        return keys.GIVE_SHEET if overflow.surplus else keys.ANSWER_SHEET
    if Act.RELEASE in pledge.can:
        return keys.UNGIVE_SHEET if overflow.surplus else keys.RELEASE_SHEET
    return keys.SHEET

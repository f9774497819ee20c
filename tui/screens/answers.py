"""The sheets of the overflow screen: pledge, answer a pledge, receive what came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.binding import BindingType

from node.api.requests import AcceptPledge, MakePledge, ReceivePledge
from node.api.views import OverflowView, PledgeView
from node.wording import _
from tui import keys, telling, wording
from tui.desk import Desk
from tui.screens.question import Question
from tui.screens.sheet import Field, Form, Sheet


def pledge_form(desk: Desk, overflow: OverflowView) -> Form[PledgeView]:
    """How much of a neighbour's overflow we promise; what is still open stands there already."""

    async def send(values: Mapping[str, str]) -> PledgeView:
        return await desk.ask(MakePledge(overflow.id, values["qty"], values["note"]))

    hall = telling.told(overflow.origin, 40)
    left = max(0, overflow.qty - overflow.accepted)
    asked = _(wording.ASKED_FOR).format(
        hall=hall,
        amount=telling.amount(overflow.qty, overflow.unit),
        text=telling.told(overflow.text, 200),
    )
    still = _(wording.STILL_OPEN).format(amount=telling.amount(left, overflow.unit))
    reader = _(wording.HINT_NOTE_TO_THEM).format(hall=hall)
    return Form(
        _(wording.PLEDGE_TITLE).format(ref=telling.told(overflow.ref, 20)),
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

    hall = telling.told(pledge.by, 40)
    elsewhere = overflow.accepted - pledge.accepted
    whole = min(pledge.qty, max(0, overflow.qty - elsewhere))
    offered = _(wording.OFFERS_OF).format(
        hall=hall,
        amount=telling.amount(pledge.qty, overflow.unit),
        ref=telling.told(overflow.ref, 20),
        text=telling.told(overflow.text, 200),
    )
    note = _(wording.THEIR_NOTE).format(note=telling.told(pledge.note)) if pledge.note else ""
    reader = wording.READ_BY if pledge.neighbour else wording.READ_BY_FAR
    value = telling.number(pledge.accepted or whole) if (pledge.accepted or whole) else ""
    return Form(
        _(wording.ANSWER_TITLE).format(hall=hall),
        (
            Field("qty", wording.ACCEPT_HOW_MUCH, value),
            Field(
                "details",
                wording.WHERE_AND_WHOM,
                "",
                hint=_(wording.HINT_DETAILS),
            ),
        ),
        send,
        tuple(line for line in (offered, note, _(reader).format(hall=hall)) if line),
    )


def receive_form(desk: Desk, overflow: OverflowView, pledge: PledgeView) -> Form[PledgeView]:
    """How much came this time, and in what condition."""

    async def send(values: Mapping[str, str]) -> PledgeView:
        return await desk.ask(ReceivePledge(pledge.id, values["qty"], values["condition"]))

    hall = telling.told(pledge.by, 40)
    due = max(0, pledge.accepted - pledge.received)
    line = _(wording.RECEIVE_LINE).format(
        accepted=telling.amount(pledge.accepted, overflow.unit),
        received=telling.number(pledge.received),
        text=telling.told(overflow.text, 200),
    )
    return Form(
        _(wording.RECEIVE_TITLE).format(hall=hall),
        (
            Field("qty", wording.CAME, telling.number(due) if due else ""),
            Field("condition", wording.CONDITION, hint=_(wording.HINT_CONDITION)),
        ),
        send,
        (line, _(wording.CONDITION_SEEN)),
    )


class AnswerSheet(Sheet[PledgeView]):
    """Accepting, with the other way out: not needed while it is offered, else free the rest."""

    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+n", "other_way")]

    def __init__(
        self,
        desk: Desk,
        form: Form[PledgeView],
        pledge: PledgeView,
        other_way: Callable[[], None],
    ) -> None:
        offered = pledge.state == "offered"
        super().__init__(form, keys.ANSWER_SHEET if offered else keys.RELEASE_SHEET)
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

        hall = telling.told(self._pledge.by, 40)
        self.app.push_screen(Question(_(wording.SEAL_FAR_ASK).format(hall=hall)), answered)

    @property
    def _seals_something(self) -> bool:
        """Without words the hall's own place is sealed, where there is one."""
        seen = self._desk.seen
        return bool(self.values["details"].strip() or (seen and seen.status.place))

    def action_other_way(self) -> None:
        self.dismiss(None)
        self._other_way()

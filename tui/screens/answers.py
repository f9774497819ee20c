"""The sheets of the overflow screen: pledge, answer a pledge, receive what came, more or less."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from textual import work
from textual.binding import BindingType

from node.api.door import NodeGone
from node.api.requests import (
    AcceptPledge,
    MakePledge,
    PreviewAccept,
    ReceivePledge,
    ResizeOverflow,
)
from node.api.views import AcceptPreview, Act, OverflowView, PledgeView
from node.refusal import Refused
from node.wording import _
from tui import keys, telling, ways, wording, wording_halls
from tui.desk import Desk
from tui.screens.question import Question
from tui.screens.sheet import Field, FieldInput, Form, Sheet

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
            Field("details", wording.WHERE_AND_WHOM, hint=_(_hint(pledge))),
        ),
        send,
        _answer_explained(overflow, pledge),
    )


def _hint(pledge: PledgeView) -> str:
    """What an empty field tells, as far as the pledge's state says it."""
    if pledge.state == ways.UNANSWERED:
        return wording_halls.EMPTY_TELLS_PLACE
    return wording_halls.EMPTY_LEAVES


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
        overflow: OverflowView,
        pledge: PledgeView,
        other_way: Callable[[], None],
    ) -> None:
        super().__init__(answer_form(desk, overflow, pledge), answer_keys(overflow, pledge))
        self._desk = desk
        self._overflow = overflow
        self._pledge = pledge
        self._other_way = other_way

    def on_mount(self) -> None:
        super().on_mount()
        self.hint_now()

    @work(group="hint")
    async def hint_now(self) -> None:
        """What an empty field would tell, by the node's word."""
        try:
            shown = await self._preview({**self.values, "details": ""})
        except (Refused, NodeGone):
            # The hint by the pledge's state stays; why not is said when this is saved.
            return
        hint = wording_halls.EMPTY_LEAVES
        if not shown.stands:
            places = wording_halls.EMPTY_TELLS_NOTHING, wording_halls.EMPTY_TELLS_PLACE
            hint = places[bool(shown.sealed)]
        # The sheet may have been left meanwhile, and its fields with it.
        for box in self.query("#details").results(FieldInput):
            box.placeholder = _(hint)

    async def _preview(self, values: Mapping[str, str]) -> AcceptPreview:
        asked = PreviewAccept(self._pledge.id, values["qty"], values["details"])
        return await self._desk.ask(asked)

    async def is_sure(self, values: Mapping[str, str]) -> bool:
        """What a hall that is not our neighbour would be told is asked about, word by word."""
        try:
            shown = await self._preview(values)
        except NodeGone:
            self.say(_(wording.NODE_GONE_ASKING))
            return False
        if shown.neighbour or not shown.sealed:
            return True
        self.say("")
        text = _(wording_halls.SEAL_FAR_ASK).format(
            hall=telling.hall(shown.by, shown.through), details=telling.told(shown.sealed)
        )
        question = Question(telling.marked(text, exercise=self._overflow.exercise))
        said = await self.app.push_screen_wait(question)
        return said is not None

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

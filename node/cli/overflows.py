"""`hallway overflow …`: what halls ask of each other."""

from __future__ import annotations

from argparse import Namespace

from node.api.requests import (
    ListOverflows,
    RenewOverflow,
    ResizeOverflow,
    ShowOverflow,
    Whose,
    WithdrawOverflow,
)
from node.api.views import OverflowView, PledgeView
from node.cli import plain, values, wording
from node.cli.asking import confirm
from node.cli.output import Output, listing, output
from node.cli.parser import CommandLine, Misused
from node.cli.session import Session
from node.desk.text import inert
from node.refusal import Refused, Why
from node.wording import _


def add_commands(line: CommandLine) -> None:
    line.add("overflow list", list_all, "--ours", "--theirs")
    line.add("overflow show", show, "overflow+")
    line.add("overflow renew", renew, "overflow+")
    line.add("overflow edit", edit, "overflow+", "--qty!")
    line.add("overflow withdraw", withdraw, "overflow+")


def list_all(given: Namespace, session: Session) -> Output:
    if given.ours and given.theirs:
        raise Misused(wording.OURS_OR_THEIRS)
    whose = Whose.OURS if given.ours else Whose.THEIRS if given.theirs else Whose.ALL
    overflows = session.ask(ListOverflows(whose))
    return listing(overflows, _table(overflows) if overflows else [wording.NO_OVERFLOWS])


def show(given: Namespace, session: Session) -> Output:
    overflow = session.ask(ShowOverflow(" ".join(given.overflow)))
    return output(overflow, *_lines(overflow))


def renew(given: Namespace, session: Session) -> Output:
    overflow = session.ask(RenewOverflow(" ".join(given.overflow)))
    until = plain.when(overflow.until_ms)
    return output(overflow, wording.RENEWED.format(ref=overflow.ref, until=until))


def edit(given: Namespace, session: Session) -> Output:
    qty = values.quantity(given.qty)
    overflow = session.ask(ResizeOverflow(" ".join(given.overflow), qty))
    asked = plain.amount(overflow.qty, overflow.unit)
    return output(overflow, wording.RESIZED.format(ref=overflow.ref, amount=asked))


def withdraw(given: Namespace, session: Session) -> Output:
    found = session.ask(ShowOverflow(" ".join(given.overflow)))
    if not found.ours:
        raise Refused(Why.NOT_OURS, ref=found.ref, owner=found.origin)
    confirm(_withdrawal(found), wording.WITHDRAW_QUESTION, yes=session.yes)
    overflow = session.ask(WithdrawOverflow(found.id))
    return output(overflow, wording.WITHDRAWN.format(ref=overflow.ref))


def _withdrawal(overflow: OverflowView) -> list[str]:
    asked = plain.amount(overflow.qty, overflow.unit)
    lines = [
        wording.WITHDRAW_PLAN.format(ref=overflow.ref, amount=asked, text=inert(overflow.text))
    ]
    lines += [
        wording.WITHDRAW_PLEDGED.format(
            hall=inert(pledge.by),
            amount=plain.amount(pledge.qty, overflow.unit),
            state=pledge.state,
        )
        for pledge in overflow.pledges
    ]
    return lines


def _table(overflows: tuple[OverflowView, ...]) -> list[str]:
    head = (
        _("REF"), _("FROM"), _("STATE"), _("CATEGORY"), _("HOW MUCH"), _("TEXT"), _("UNTIL"),
        _("PLEDGED"), _("ACCEPTED"), _("RECEIVED"),
    )  # fmt: skip
    rows = [
        (
            overflow.ref,
            _origin(overflow),
            _state(overflow),
            overflow.category,
            plain.amount(overflow.qty, overflow.unit),
            overflow.text,
            plain.when(overflow.until_ms),
            _number(overflow.pledged),
            _number(overflow.accepted),
            plain.part(overflow.received, overflow.qty),
        )
        for overflow in overflows
    ]
    return plain.table(head, rows)


def _number(qty: float) -> str:
    return plain.number(qty) if qty else ""


def _origin(overflow: OverflowView) -> str:
    return wording.OURS if overflow.ours else overflow.origin


def _state(overflow: OverflowView) -> str:
    state = f"{overflow.state} ({overflow.because})" if overflow.because else overflow.state
    return _("{state}, exercise").format(state=state) if overflow.exercise else state


def _lines(overflow: OverflowView) -> list[str]:
    told = plain.pairs(
        [
            (overflow.ref, overflow.text),
            ("", _("AN EXERCISE") if overflow.exercise else ""),
            (_("from"), _origin(overflow)),
            (_("state"), _state(overflow)),
            (_("category"), overflow.category),
            (_("how much"), plain.amount(overflow.qty, overflow.unit)),
            (_("pledged"), plain.part(overflow.pledged, overflow.qty)),
            (_("accepted"), plain.part(overflow.accepted, overflow.qty)),
            (_("received"), plain.part(overflow.received, overflow.qty)),
            (_("needed by"), plain.when(overflow.by_ms)),
            (_("lives until"), plain.when(overflow.until_ms)),
            (_("area"), overflow.area),
            (_("our needs"), ", ".join(overflow.needs)),
        ]
    )
    for pledge in overflow.pledges:
        told += ["", *_pledge_lines(pledge, overflow.unit)]
    return told


def _pledge_lines(pledge: PledgeView, unit: str) -> list[str]:
    return plain.pairs(
        [
            (pledge.ref, f"{pledge.by}: {plain.amount(pledge.qty, unit)}, {pledge.state}"),
            (_("accepted"), _number(pledge.accepted)),
            (_("received"), _number(pledge.received)),
            (_("note"), pledge.note),
            (_("details"), pledge.details or ""),
            (_("condition"), pledge.condition),
        ]
    )

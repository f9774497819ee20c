"""`hallway overflow …`: what halls ask of each other, and what they give away."""

from __future__ import annotations

from argparse import Namespace

from node.api.requests import (
    ListOverflows,
    ReadOverflow,
    RenewOverflow,
    ResizeOverflow,
    ShowOverflow,
    Whose,
    WithdrawOverflow,
)
from node.api.views import OverflowView, PledgeView
from node.cli import overflow_lines, plain, values, wording
from node.cli.asking import confirm
from node.cli.output import Output, listing, output
from node.cli.parser import CommandLine, Misused
from node.cli.session import Session
from node.desk.text import inert
from node.refusal import Refused, Why

UNANSWERED = "offered"
"""The state of a pledge that is not needed any more once its overflow is withdrawn."""


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
    lines = overflow_lines.table(overflows) if overflows else [wording.NO_OVERFLOWS]
    return listing(overflows, lines)


def show(given: Namespace, session: Session) -> Output:
    """Words are for a person, who has then read it; a document is for a program."""
    id_ = " ".join(given.overflow)
    overflow = session.ask(ShowOverflow(id_) if given.json else ReadOverflow(id_))
    return output(overflow, *overflow_lines.lines(overflow))


def renew(given: Namespace, session: Session) -> Output:
    overflow = session.ask(RenewOverflow(" ".join(given.overflow)))
    until = plain.when(overflow.until_ms)
    return output(overflow, wording.RENEWED.format(ref=inert(overflow.ref), until=until))


def edit(given: Namespace, session: Session) -> Output:
    qty = values.quantity(given.qty)
    overflow = session.ask(ResizeOverflow(" ".join(given.overflow), qty))
    asked = plain.amount(overflow.qty, overflow.unit)
    text = wording.RESIZED_SURPLUS if overflow.surplus else wording.RESIZED
    return output(overflow, text.format(ref=inert(overflow.ref), amount=asked))


def withdraw(given: Namespace, session: Session) -> Output:
    found = session.ask(ShowOverflow(" ".join(given.overflow)))
    if not found.ours:
        raise Refused(Why.NOT_OURS, ref=found.ref, owner=found.origin)
    confirm(_withdrawal(found), wording.WITHDRAW_QUESTION, yes=session.yes)
    overflow = session.ask(WithdrawOverflow(found.id))
    return output(overflow, wording.WITHDRAWN.format(ref=inert(overflow.ref)))


def _withdrawal(overflow: OverflowView) -> list[str]:
    """Whose pledges end with it: what falls through of them, and what nobody has answered."""
    ref, asked = inert(overflow.ref), plain.amount(overflow.qty, overflow.unit)
    ending = [
        pledge for pledge in overflow.pledges if pledge.would_fall or pledge.state == UNANSWERED
    ]
    return [
        wording.WITHDRAW_PLAN.format(ref=ref, amount=asked, text=inert(overflow.text)),
        *(_ending(pledge, overflow) for pledge in ending),
    ]


def _ending(pledge: PledgeView, overflow: OverflowView) -> str:
    texts = wording.WITHDRAW_ASKED if overflow.surplus else wording.WITHDRAW_PLEDGED
    return texts[bool(pledge.would_fall)].format(
        hall=plain.hall(pledge.by, pledge.through),
        amount=plain.amount(pledge.qty, overflow.unit),
        accepted=plain.amount(pledge.accepted, overflow.unit),
        falls=plain.amount(pledge.would_fall, overflow.unit),
    )

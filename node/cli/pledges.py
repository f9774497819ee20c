"""`hallway pledge`, `accept`, `receive` and the rest of a pledge's way."""

from __future__ import annotations

from argparse import Namespace

from node.api.requests import (
    AcceptPledge,
    DeclinePledge,
    ListOverflows,
    MakePledge,
    MarkSent,
    PreviewAccept,
    ReceivePledge,
    ReleasePledge,
    RetractPledge,
)
from node.api.views import OverflowView, PledgeView
from node.cli import plain, values, wording
from node.cli.asking import confirm
from node.cli.output import Output, output
from node.cli.parser import CommandLine
from node.cli.session import Session
from node.desk.text import inert


def add_commands(line: CommandLine) -> None:
    line.add("pledge", pledge, "overflow+", "--qty!", "--note")
    line.add("retract", retract, "pledge+")
    line.add("accept", accept, "pledge+", "--qty", "--details")
    line.add("decline", decline, "pledge+")
    line.add("release", release, "pledge+")
    line.add("sent", sent, "pledge+")
    line.add("receive", receive, "pledge+", "--qty!", "--condition")


def pledge(given: Namespace, session: Session) -> Output:
    qty = values.quantity(given.qty)
    known = _known(given, session)
    made = session.ask(MakePledge(" ".join(given.overflow), qty, given.note or ""))
    return output(made, *_told(wording.PLEDGED, made, known))


def retract(given: Namespace, session: Session) -> Output:
    taken = session.ask(RetractPledge(_id(given)))
    return output(taken, wording.RETRACTED.format(ref=inert(taken.ref)))


def accept(given: Namespace, session: Session) -> Output:
    """Sealing where people live to a hall that we have not met is asked first."""
    pledge_id, qty, details = _id(given), values.quantity(given.qty), values.words(given.details)
    shown = session.ask(PreviewAccept(pledge_id, qty, details))
    if shown.sealed and not shown.neighbour:
        told = wording.ACCEPT_PLAN.format(hall=plain.hall(shown.by, shown.through))
        confirm([told, f"  {inert(shown.sealed)}"], wording.ACCEPT_QUESTION, yes=session.yes)
    known = _known(given, session)
    accepted = session.ask(AcceptPledge(shown.id, qty, details))
    return output(accepted, *_told(wording.ACCEPTED, accepted, known))


def decline(given: Namespace, session: Session) -> Output:
    known = _known(given, session)
    declined = session.ask(DeclinePledge(_id(given)))
    return output(declined, *_told(wording.DECLINED, declined, known))


def release(given: Namespace, session: Session) -> Output:
    known = _known(given, session)
    released = session.ask(ReleasePledge(_id(given)))
    return output(released, *_told(wording.RELEASED, released, known))


def sent(given: Namespace, session: Session) -> Output:
    """By the pledging hall; of a surplus by its origin."""
    known = _known(given, session)
    moving = session.ask(MarkSent(_id(given)))
    return output(moving, *_told(wording.SENT, moving, known))


def receive(given: Namespace, session: Session) -> Output:
    """By the origin; of a surplus by the pledging hall."""
    qty = values.quantity(given.qty)
    known = _known(given, session)
    came = session.ask(ReceivePledge(_id(given), qty, given.condition or ""))
    return output(came, *_told(wording.RECEIVED, came, known))


def _known(given: Namespace, session: Session) -> tuple[OverflowView, ...]:
    """Asked before anything is done: what is done must not end in a refusal to list."""
    return () if given.json else session.ask(ListOverflows())


def _told(texts: tuple[str, str], pledge: PledgeView, known: tuple[OverflowView, ...]) -> list[str]:
    """What was done, in the words for an overflow or those for a surplus."""
    overflow = next((each for each in known if each.id == pledge.overflow), None)
    if overflow is None:
        return []
    told = texts[overflow.surplus].format(
        ref=inert(pledge.ref),
        hall=plain.hall(pledge.by, pledge.through),
        origin=plain.hall(overflow.origin, overflow.through),
        qty=plain.amount(pledge.qty, overflow.unit),
        accepted=plain.amount(pledge.accepted, overflow.unit),
        received=plain.amount(pledge.received, overflow.unit),
    )
    return [told, wording.EXERCISE] if overflow.exercise else [told]


def _id(given: Namespace) -> str:
    return " ".join(given.pledge)

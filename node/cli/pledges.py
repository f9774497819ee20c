"""`hallway pledge`, `accept`, `receive` and the rest of a pledge's way."""

from __future__ import annotations

from argparse import Namespace

from node.api.requests import (
    AcceptPledge,
    DeclinePledge,
    ListOverflows,
    MakePledge,
    MarkSent,
    ReceivePledge,
    ReleasePledge,
    RetractPledge,
    Status,
    Whose,
)
from node.api.views import PledgeView
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
    made = session.ask(MakePledge(" ".join(given.overflow), qty, given.note or ""))
    return output(made, wording.PLEDGED.format(qty=plain.number(made.qty), ref=made.ref))


def retract(given: Namespace, session: Session) -> Output:
    taken = session.ask(RetractPledge(_id(given)))
    return output(taken, wording.RETRACTED.format(ref=taken.ref))


def accept(given: Namespace, session: Session) -> Output:
    """Sealing where people live to a hall that we have not met is asked first."""
    wanted = AcceptPledge(_id(given), values.quantity(given.qty), values.words(given.details))
    stranger = _stranger(wanted.id, session)
    if stranger is not None:
        _ask_about(stranger, wanted.details or session.ask(Status()).place, session)
    accepted = session.ask(wanted)
    lines = [
        wording.ACCEPTED.format(
            accepted=plain.number(accepted.accepted),
            qty=plain.number(accepted.qty),
            hall=inert(accepted.by),
            ref=accepted.ref,
        )
    ]
    return output(accepted, *lines)


def decline(given: Namespace, session: Session) -> Output:
    declined = session.ask(DeclinePledge(_id(given)))
    return output(declined, wording.DECLINED.format(ref=declined.ref, hall=inert(declined.by)))


def release(given: Namespace, session: Session) -> Output:
    released = session.ask(ReleasePledge(_id(given)))
    return output(released, wording.RELEASED.format(ref=released.ref))


def sent(given: Namespace, session: Session) -> Output:
    moving = session.ask(MarkSent(_id(given)))
    return output(moving, wording.SENT.format(ref=moving.ref))


def receive(given: Namespace, session: Session) -> Output:
    qty = values.quantity(given.qty)
    came = session.ask(ReceivePledge(_id(given), qty, given.condition or ""))
    told = wording.RECEIVED.format(
        ref=came.ref,
        received=plain.number(came.received),
        accepted=plain.number(came.accepted),
        hall=inert(came.by),
    )
    return output(came, told)


def _id(given: Namespace) -> str:
    return " ".join(given.pledge)


def _ask_about(hall: str, details: str, session: Session) -> None:
    """Raises NotDone or Refused unless it is agreed. Where nothing is sealed, nothing is asked."""
    if not details:
        return
    told = wording.ACCEPT_PLAN.format(hall=hall) if hall else wording.ACCEPT_PLAN_UNKNOWN
    confirm([told, f"  {inert(details)}"], wording.ACCEPT_QUESTION, yes=session.yes)


def _stranger(typed: str, session: Session) -> str | None:
    """The pledging hall's name when it is not our neighbour, else None.

    Where what was typed is not found although strangers have pledged, `""`: the node may read it
    as one of theirs, so it is asked rather than sealed unasked.
    """
    ours = session.ask(ListOverflows(Whose.OURS))
    pledges = [pledge for overflow in ours for pledge in overflow.pledges]
    named = [pledge for pledge in pledges if _is_called(pledge, typed)]
    strangers = [pledge for pledge in named or pledges if not pledge.neighbour]
    if not strangers:
        return None
    return inert(strangers[0].by) if named else ""


def _is_called(pledge: PledgeView, typed: str) -> bool:
    """With its call sign or without: where that fits several, any stranger among them counts."""
    names = (pledge.id, pledge.ref, pledge.ref.rpartition(" ")[2])
    return _letters(typed) in map(_letters, names)


def _letters(text: str) -> str:
    """A reference without what people add or leave out: spaces, dashes, capitals."""
    return "".join(filter(str.isalnum, text)).casefold()

"""`hallway neighbour …`: pairing by a one-time code."""

from __future__ import annotations

import sys
from argparse import Namespace

from node.api.requests import Invite, Join, ListNeighbours, RemoveNeighbour
from node.api.views import InviteView, NeighbourView, WaitingView
from node.cli import plain, values, wording
from node.cli.asking import confirm
from node.cli.output import Output, listing, output
from node.cli.parser import CommandLine
from node.cli.session import Session
from node.desk.hall_names import Named, hall_named, name_with_id, short_ids
from node.desk.pairing_codes import parse_code
from node.desk.text import inert
from node.wording import _

HOURS_MAX = 72
"""A code lives three days at most: long enough to carry it to the other hall."""


REFS_SHOWN = 3
"""References in the list: as many as a line has room for; with --json all of them."""


def add_commands(line: CommandLine) -> None:
    line.add("neighbour list", list_all)
    line.add("neighbour invite", invite, "--for")
    line.add("neighbour join", join, "code+")
    line.add("neighbour remove", remove, "neighbour+")


def list_all(given: Namespace, session: Session) -> Output:
    neighbours = session.ask(ListNeighbours())
    return listing(neighbours, _table(neighbours) if neighbours else [wording.NO_NEIGHBOURS])


def invite(given: Namespace, session: Session) -> Output:
    """Only a running node can answer to the code, so one is started, for hours that can be."""
    hours = values.hours(given.hours, HOURS_MAX)
    if hours:
        from node.desk.passing import parse_hours  # noqa: PLC0415 - else nothing here needs it

        parse_hours(hours, HOURS_MAX)
    session.house.start_node(session.data)
    made = session.ask(Invite(hours))
    return output(made, *_invitation(made))


def join(given: Namespace, session: Session) -> Output:
    """What is no code starts no node. One that nobody answered to leaves it running: trying again
    is what comes next."""
    code = " ".join(given.code)
    parse_code(code)
    session.house.start_node(session.data)
    neighbour = session.ask(Join(code))
    return output(neighbour, wording.JOINED.format(name=inert(neighbour.name)))


def remove(given: Namespace, session: Session) -> Output:
    typed = " ".join(given.neighbour)
    neighbours = session.ask(ListNeighbours())
    gone = hall_named(typed, _all_named(neighbours)).group_id
    name = inert(_shown_names(neighbours)[gone])
    plan = wording.REMOVE_PLAN.format(name=name)
    confirm([plan], wording.REMOVE_QUESTION, yes=session.yes)
    removed = session.ask(RemoveNeighbour(gone))
    return output(removed, wording.REMOVED.format(name=name))


def _all_named(neighbours: tuple[NeighbourView, ...]) -> tuple[Named, ...]:
    return tuple(Named(one.group_id, (one.name,)) for one in neighbours)


def _shown_names(neighbours: tuple[NeighbourView, ...]) -> dict[str, str]:
    """Under each id the name; where several have it, with the beginning of the id behind it."""
    ids = short_ids(_all_named(neighbours))
    return {one.group_id: name_with_id(one.name, ids.get(one.group_id)) for one in neighbours}


def _table(neighbours: tuple[NeighbourView, ...]) -> list[str]:
    head = (_("NAME"), _("STATE"), _("BY"), _("LAST HEARD"), _("WAITING"), _("AREA"))
    names = _shown_names(neighbours)
    rows = [
        (
            names[one.group_id],
            _state(one),
            one.path or "",
            plain.when(one.last_heard_ms) or wording.NEVER,
            _waiting(one),
            one.area,
        )
        for one in neighbours
    ]
    return plain.table(head, rows)


def _state(one: NeighbourView) -> str:
    """That it contradicts itself stands beside the state: they ring up, whatever else it is."""
    return wording.CONTRADICTS.format(state=one.state) if one.contradicts else one.state


def _waiting(one: NeighbourView) -> str:
    """How many records, and the first references of what they are about."""
    if not one.waiting_for:
        return str(one.waiting or "")
    refs = ", ".join(_named_waiting(each) for each in one.waiting_for[:REFS_SHOWN])
    if len(one.waiting_for) > REFS_SHOWN:
        refs = wording.AND_MORE.format(refs=refs)
    return wording.WAITING.format(count=one.waiting, refs=refs)


def _named_waiting(waiting: WaitingView) -> str:
    return wording.DETAILS_FOR.format(ref=waiting.ref) if waiting.details else waiting.ref


def _invitation(made: InviteView) -> list[str]:
    lines = [wording.INVITED.format(until=plain.when(made.until_ms)), "", f"  {made.code}", ""]
    if sys.stdout is not None and sys.stdout.isatty():
        lines += [*made.qr, ""]
    return [*lines, wording.INVITED_NEXT.format(code=made.code)]

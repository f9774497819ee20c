"""How far each thing has got: saved here, at which halls, read by people, answered.

What a neighbour's node holds is never said to be read: a node is not a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from node.api.views import OverflowView, PledgeView
from node.wording import _
from tui import telling, wording, wording_halls

NAMES_CELLS_MAX: Final = 44
"""What 80 columns leave beside the state and the time; more names than that are a number."""

CLOSED: Final = "closed"
UNANSWERED: Final = "offered"
UNHEARD: Final = frozenset({"sent", "withdrawn"})
"""What the other hall waits to be told of a pledge that it has answered."""


def whence(overflow: OverflowView) -> str:
    """Whose it is, and which neighbour leads there, or that no way does."""
    hall = telling.hall(overflow.origin, overflow.through)
    if overflow.distance is None:
        hall = _(wording.NO_WAY).format(hall=hall)
    return _(wording.FROM_HALL).format(hall=hall)


def origin(overflow: OverflowView) -> str:
    """The same, with how many halls away that is when it is not next door."""
    hall = telling.hall(overflow.origin, overflow.through)
    if overflow.distance is None:
        return _(wording.NO_WAY).format(hall=hall)
    if overflow.distance <= 1:
        return hall
    return _(wording.HALLS_AWAY).format(hall=hall, n=overflow.distance)


def reach_said(hops: int) -> str:
    """How far it may travel, in halls."""
    if hops <= 1:
        return _(wording.REACH_ONE)
    return _(wording.REACH_MORE).format(n=hops)


def amount_said(overflow: OverflowView) -> str:
    """`needs 40 meals`; a surplus `gives away 20 kg`."""
    said = wording.GIVES_AMOUNT if overflow.surplus else wording.NEEDS_AMOUNT
    return _(said).format(amount=telling.amount(overflow.qty, overflow.unit))


def so_far(overflow: OverflowView) -> str:
    """The furthest that any of it got: received, on its way, accepted, pledged; else nothing."""
    pledged = wording_halls.ASKED_SO_FAR if overflow.surplus else wording_halls.PLEDGED_SO_FAR
    stages = (
        (overflow.received, wording.SO_FAR_RECEIVED),
        (overflow.sent, wording_halls.SENT_SO_FAR),
        (overflow.accepted, wording_halls.ACCEPTED_SO_FAR),
        (overflow.pledged, pledged),
    )
    for quantity, said in stages:
        if quantity:
            return _of(said, quantity, overflow)
    return ""


def _of(said: str, quantity: float, overflow: OverflowView) -> str:
    return _(said).format(n=telling.number(quantity), all=telling.number(overflow.qty))


def got_to(overflow: OverflowView) -> str:
    """Where ours has got to, in a few words: the last step, before any number of it is pledged."""
    if not overflow.read_by:
        return _reached(overflow.reached, overflow.held_by, _(wording_halls.SAVED_HERE))
    read = _read_at(overflow.read_by)
    if overflow.held_by or overflow.state == CLOSED:
        return read
    return f"{read}, {_(wording_halls.CHANGE_HERE)}"


def steps(overflow: OverflowView) -> tuple[str, ...]:
    """The whole way of ours, step by step."""
    held = _reached(overflow.reached, overflow.held_by, "", cells=telling.TOLD_CHARACTERS_MAX)
    stages = (
        (overflow.accepted, wording_halls.ACCEPTED_SO_FAR),
        (overflow.sent, wording_halls.SENT_SO_FAR),
        (overflow.received, wording.SO_FAR_RECEIVED),
    )
    pledged = wording_halls.ASKED_SO_FAR if overflow.surplus else wording_halls.PLEDGED_SO_FAR
    said = (
        _(wording_halls.SAVED_FIRST if held or overflow.read_by else wording_halls.SAVED_HERE),
        held or (_(wording_halls.CHANGE_HERE) if overflow.read_by else ""),
        _read_at(overflow.read_by) if overflow.read_by else "",
        _of(pledged, overflow.pledged, overflow) if overflow.pledged else "",
        *(_of(text, quantity, overflow) if quantity else "" for quantity, text in stages),
    )
    return tuple(step for step in said if step)


def pledge_got_to(pledge: PledgeView) -> str:
    """Where a pledge of ours has got to until it is answered, and what was not told since."""
    if not pledge.ours:
        return ""
    if pledge.state == UNANSWERED:
        return _reached(pledge.reached, len(pledge.reached), _(wording_halls.SAVED_HERE))
    unheard = pledge.state in UNHEARD and not pledge.reached
    return _(wording_halls.CHANGE_HERE) if unheard else ""


def pledge_steps(pledge: PledgeView) -> tuple[str, ...]:
    """The way of a pledge of ours so far."""
    if not pledge.ours:
        return ()
    if not pledge.reached:
        return (_(wording_halls.SAVED_HERE),)
    held = _reached(pledge.reached, len(pledge.reached), "", cells=telling.TOLD_CHARACTERS_MAX)
    return _(wording_halls.SAVED_FIRST), held


def _reached(names: Sequence[str], count: int, nobody: str, cells: int = NAMES_CELLS_MAX) -> str:
    """The halls by name where all are known and there is room, else how many they are."""
    if not count:
        return nobody
    by_name = _(wording_halls.REACHED).format(halls=telling.listed(names))
    if len(names) == count and cell_len(by_name) <= cells:
        return by_name
    if count == 1:
        return _(wording_halls.REACHED_ONE)
    return _(wording_halls.REACHED_N).format(n=count)


def _read_at(halls: int) -> str:
    if halls == 1:
        return _(wording_halls.READ_AT_ONE)
    return _(wording_halls.READ_AT).format(n=halls)

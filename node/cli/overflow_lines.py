"""How overflows and surpluses look as plain lines: in the list, and one by one."""

from __future__ import annotations

from collections.abc import Sequence

from node.api.views import OverflowView, PledgeView
from node.cli import plain, wording
from node.wording import _, ngettext


def table(overflows: Sequence[OverflowView]) -> list[str]:
    head = (
        _("REF"), _("KIND"), _("FROM"), _("STATE"), _("CATEGORY"), _("HOW MUCH"), _("TEXT"),
        _("UNTIL"), _("PLEDGED"), _("ACCEPTED"), _("RECEIVED"),
    )  # fmt: skip
    rows = [
        (
            overflow.ref,
            wording.SURPLUS if overflow.surplus else wording.OVERFLOW,
            _whence(overflow),
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


def lines(overflow: OverflowView) -> list[str]:
    """Everything about one, and then about each of its pledges."""
    told = plain.pairs(
        [
            (overflow.ref, overflow.text),
            ("", wording.EXERCISE if overflow.exercise else ""),
            (_("kind"), wording.SURPLUS_LONG if overflow.surplus else wording.OVERFLOW_LONG),
            (_("from"), _origin(overflow)),
            (_("distance"), _distance(overflow)),
            (_("state"), _state(overflow)),
            (_("category"), overflow.category),
            (_("how much"), plain.amount(overflow.qty, overflow.unit)),
            (_pledged(overflow), _part(overflow.pledged, overflow)),
            (_("accepted"), _part(overflow.accepted, overflow)),
            (_("sent"), _part(overflow.sent, overflow)),
            (_("received"), _part(overflow.received, overflow)),
            (by_label(surplus=overflow.surplus), plain.when(overflow.by_ms)),
            (_("lives until"), plain.when(overflow.until_ms)),
            (_("area"), overflow.area),
            (_("ours in it"), ", ".join(overflow.needs)),
            (_("got to"), _got_to(overflow)),
        ]
    )
    for pledge in overflow.pledges:
        told += ["", *_pledge_lines(pledge, overflow)]
    return told


def by_label(*, surplus: bool) -> str:
    return _("there until") if surplus else _("needed by")


def _pledge_lines(pledge: PledgeView, overflow: OverflowView) -> list[str]:
    state = pledge.state
    if overflow.surplus:
        state = wording.SURPLUS_STATES.get(state, state)
    said = wording.PLEDGE_LINE.format(
        hall=plain.hall(pledge.by, pledge.through),
        amount=plain.amount(pledge.qty, overflow.unit),
        state=_marked(state, exercise=overflow.exercise),
    )
    return plain.pairs(
        [
            (pledge.ref, said),
            (_("accepted"), _number(pledge.accepted)),
            (_("received"), _number(pledge.received)),
            (_("note"), pledge.note),
            (_("details"), pledge.details or ""),
            (_("condition"), pledge.condition),
            (_("got to"), _stages(pledge.reached) if pledge.ours else ""),
        ]
    )


def _got_to(overflow: OverflowView) -> str:
    """How far ours has got. Held by a node is not read by a person, and is never shown so."""
    if not overflow.ours:
        return ""
    further = []
    if overflow.read_by:
        read = ngettext(*wording.READ_AT, overflow.read_by)
        further.append(read.format(count=overflow.read_by))
    if overflow.pledged:
        further.append(_pledged(overflow))
    return _stages(overflow.reached, *further)


def _pledged(overflow: OverflowView) -> str:
    return _("asked for") if overflow.surplus else _("pledged")


def _stages(reached: Sequence[str], *further: str) -> str:
    at = [wording.REACHED.format(halls=plain.names(reached))] if reached else []
    return wording.THEN.join([wording.SAVED_HERE, *at, *further])


def _origin(overflow: OverflowView) -> str:
    return wording.OURS if overflow.ours else plain.hall(overflow.origin, overflow.through)


def _whence(overflow: OverflowView) -> str:
    """The same where nothing else says that no way leads there."""
    if overflow.distance is None:
        return wording.HALL_NO_WAY.format(hall=_origin(overflow))
    return _origin(overflow)


def _distance(overflow: OverflowView) -> str:
    """Nothing of ours, which are here."""
    if overflow.distance is None:
        return wording.NO_WAY
    if overflow.ours:
        return ""
    return ngettext(*wording.HALLS_AWAY, overflow.distance).format(count=overflow.distance)


def _state(overflow: OverflowView) -> str:
    state = f"{overflow.state} ({overflow.because})" if overflow.because else overflow.state
    return _marked(state, exercise=overflow.exercise)


def _marked(state: str, *, exercise: bool) -> str:
    return _("{state}, exercise").format(state=state) if exercise else state


def _part(some: float, overflow: OverflowView) -> str:
    return plain.part(some, overflow.qty)


def _number(qty: float) -> str:
    return plain.number(qty) if qty else ""

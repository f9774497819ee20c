"""Everything about one need, offer, overflow or neighbour: labels, and what is beside them."""

from __future__ import annotations

from dataclasses import dataclass

from node.api.views import (
    EntryView,
    Kind,
    NeighbourView,
    OverflowView,
    PledgeView,
    WaitingView,
)
from node.wording import _
from tui import acts, keys, rows, telling, ways, wording, wording_halls
from tui.clock import Clock
from tui.overflow_rows import pledge_said, pledge_standing

Pair = tuple[str, str]
"""A label, and the text beside it. One without a text is not shown; without a label it goes on."""


@dataclass(frozen=True, slots=True)
class Told:
    """`keys` are those that do something with it as it stands."""

    title: str
    pairs: tuple[Pair, ...]
    keys: tuple[keys.Key, ...]


def entry_told(entry: EntryView, clock: Clock) -> Told:
    state = telling.state(entry.state)
    if entry.because:
        state += f": {telling.because(entry.because)}"
    taken = telling.moment(entry.created_ms, clock)
    if entry.initials:
        initials = telling.told(entry.initials, 12)
        taken = _(wording.TAKEN_BY).format(when=taken, initials=initials)
    kind = _(wording.NEED if entry.kind is Kind.NEED else wording.OFFER)
    pairs = (
        (_(wording.DANGER), _(wording.YES) if entry.danger else ""),
        (_(wording.WHAT), telling.told(entry.text)),
        (_(wording.CATEGORY), telling.category(entry.category)),
        (_(wording.QUANTITY), telling.amount(entry.qty, entry.unit)),
        (_(wording.STATE), state),
        (_(wording.SO_FAR), telling.so_far(entry.received, entry.promised, entry.qty)),
        (_(wording.BY_WHEN), telling.due(entry.by_ms, clock) or _(wording.NOT_SAID)),
        (_(wording.ZONE), telling.told(entry.zone) or _(wording.NOT_SAID)),
        (_(wording.CONTACT), telling.told(entry.contact) or _(wording.NOT_SAID)),
        (_(wording.CONSENT), telling.told(entry.consent)),
        (_(wording.NOTE), telling.told(entry.note)),
        (_(wording.PASSED_ON_AS), ", ".join(telling.told(ref, 20) for ref in entry.overflows)),
        (_(wording.TAKEN), taken),
    )
    return Told(f"{kind} {telling.told(entry.ref, 12)}", pairs, keys.ABOUT_ENTRY)


def overflow_told(overflow: OverflowView, entries: tuple[EntryView, ...], clock: Clock) -> Told:
    """`entries` are our own needs, or the offer, that are in it."""
    state = telling.state(overflow.state)
    if overflow.because:
        state += f": {telling.because(overflow.because)}"
    by = wording.THERE_UNTIL if overflow.surplus else wording.NEEDED_BY
    amount = wording.TO_GIVE_AWAY if overflow.surplus else wording.NEEDED
    pledges = [pair for pledge in overflow.pledges for pair in _pledge_told(pledge, overflow)]
    pairs = (
        (_(wording.EXERCISE), _(wording.YES) if overflow.exercise else ""),
        (_(wording.FROM), ways.origin(overflow)),
        (_(wording.WHAT), telling.told(overflow.text)),
        (_(wording.CATEGORY), telling.category(overflow.category)),
        (_(amount), telling.amount(overflow.qty, overflow.unit)),
        (_(wording.STATE), state),
        *_way(overflow),
        (_(by), telling.due(overflow.by_ms, clock) or _(wording.NOT_SAID)),
        (_(wording.URGENCY), telling.told(overflow.urgency, 40)),
        (_(wording.AREA), telling.told(overflow.area) or _(wording.NO_AREA)),
        (_(wording.REACH), ways.reach_said(overflow.hops)),
        (_(wording.LIVES_UNTIL), telling.moment(overflow.until_ms, clock)),
        *_inside(overflow, entries),
        (_(wording.PLEDGES), "" if pledges else _(wording.NONE)),
        *pledges,
    )
    kind = _(wording.SURPLUS if overflow.surplus else wording.OVERFLOW)
    return Told(f"{kind} {telling.told(overflow.ref, 20)}", pairs, acts.keys_for(overflow))


def _way(overflow: OverflowView) -> list[Pair]:
    """Of ours each step so far; of theirs how much of it there is so far."""
    if not overflow.ours:
        return [(_(wording.SO_FAR), ways.so_far(overflow))]
    return _listed(_(wording.GOT_TO), ways.steps(overflow))


def _inside(overflow: OverflowView, entries: tuple[EntryView, ...]) -> list[Pair]:
    label = _(wording.OUR_OFFERS if overflow.surplus else wording.OUR_NEEDS)
    known = {entry.ref: entry for entry in entries}
    lines = [_entry_line(ref, known.get(ref)) for ref in overflow.needs]
    return _listed(label, lines)


def _entry_line(ref: str, entry: EntryView | None) -> str:
    if entry is None:
        return telling.told(ref, 12)
    return _(wording.REF_AND_WHAT).format(
        ref=telling.told(ref, 12),
        amount=telling.amount(entry.qty, entry.unit),
        text=telling.told(entry.text),
    )


def _listed(label: str, lines: list[str] | tuple[str, ...]) -> list[Pair]:
    """One label, and a line each."""
    return [(label if place == 0 else "", line) for place, line in enumerate(lines)]


def _pledge_told(pledge: PledgeView, overflow: OverflowView) -> list[Pair]:
    standing = pledge_standing(pledge, overflow)
    said = f"{pledge_said(pledge, overflow)}{rows.SEPARATOR}{standing}"
    return [
        (telling.told(pledge.ref, 14), telling.marked(said, exercise=overflow.exercise)),
        *_listed(f"  {_(wording.GOT_TO)}", ways.pledge_steps(pledge)),
        (f"  {_(wording.NOTE_SHORT)}", telling.told(pledge.note)),
        (f"  {_(wording.DETAILS)}", telling.told(pledge.details or "")),
        (f"  {_(wording.CONDITION)}", telling.told(pledge.condition)),
    ]


def neighbour_told(
    neighbour: NeighbourView, overflows: tuple[OverflowView, ...], clock: Clock
) -> Told:
    """`overflows` say what the references of what waits stand for."""
    pairs = (
        (_(wording.STATE), telling.state(neighbour.state)),
        (_(wording_halls.TAKE_CARE), _(wording_halls.CALL_THEM) if neighbour.contradicts else ""),
        (_(wording.AREA), telling.told(neighbour.area) or _(wording.NO_AREA)),
        (_(wording.PATH), rows.path_said(neighbour)),
        (_(wording.LAST_HEARD), telling.heard(neighbour.last_heard_ms, clock)),
        *_waiting(neighbour, overflows),
    )
    return Told(telling.told(neighbour.name, 80), pairs, keys.ABOUT_NEIGHBOUR)


def _waiting(neighbour: NeighbourView, overflows: tuple[OverflowView, ...]) -> list[Pair]:
    """A line for each thing that waits; records without a reference are only counted."""
    label = _(wording.WAITS)
    lines = [_waiting_line(each, overflows) for each in neighbour.waiting_for]
    if lines:
        return _listed(label, lines)
    if neighbour.waiting <= 0:
        return [(label, _(wording.NOTHING_WAITS))]
    if neighbour.waiting == 1:
        return [(label, _(wording.ONE_RECORD))]
    return [(label, _(wording.N_RECORDS).format(n=neighbour.waiting))]


def _waiting_line(waiting: WaitingView, overflows: tuple[OverflowView, ...]) -> str:
    """What a reference stands for, as far as it is on our screens."""
    shown = rows.waiting_said(waiting)
    for overflow in overflows:
        if overflow.ref == waiting.ref:
            text = telling.told(overflow.text, 60)
            said = f"{ways.amount_said(overflow)}{rows.SEPARATOR}{text}"
            return f"{shown}  {said}"
        for pledge in overflow.pledges:
            if pledge.ref == waiting.ref:
                to = telling.told(overflow.ref, telling.REF_CHARACTERS_MAX)
                said = pledge_said(pledge, overflow)
                return f"{shown}  " + _(wording.PLEDGE_OF).format(pledge=said, ref=to)
    return shown

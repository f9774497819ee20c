"""Who gets how much of what came, and which offer gave it: those who waited longest first."""

from __future__ import annotations

from node.desk.entries import Entry
from node.desk.references import Kind, parse
from protocol.ids import Thousandths


def share_out(qty: Thousandths, entries: list[Entry]) -> list[tuple[str, Thousandths]]:
    """Who gets how much of what came, or which offer gave it: those who waited longest first.

    `entries` is not empty; those that are closed wait no longer, unless all are. What is more than
    all of it goes to the last. The shares sum up to `qty`, and none is zero.
    """
    waiting = by_waiting([each for each in entries if not each.is_closed] or entries)
    shared = shares(qty, [wanted_of(each) for each in waiting])
    return [(each.ref, share) for each, share in zip(waiting, shared, strict=True) if share]


def wanted_of(entry: Entry) -> Thousandths:
    """Up to how much of what moves between halls counts for it: what comes is for all that has not
    come, whoever else has promised it; what is given is not what was promised to somebody else."""
    return entry.free if entry.kind is Kind.OFFER else entry.outstanding


def take_back(qty: Thousandths, offers: list[Entry]) -> list[tuple[str, Thousandths]]:
    """Which offer has how much back, of `qty` that was not given after all: those who gave last.

    The shares are less than zero; together they are `qty`, or all that was given.
    """
    givers = by_waiting(offers)[::-1]
    left, back = qty, []
    for offer in givers:
        share = Thousandths(min(left, offer.direct))
        back.append((offer.ref, Thousandths(-share)))
        left = Thousandths(left - share)
    return [(ref, share) for ref, share in back if share]


def by_waiting(entries: list[Entry]) -> list[Entry]:
    """Who waited longest first."""
    return sorted(entries, key=lambda each: (each.created_ms, parse(each.ref)[1].number))


def shares(qty: Thousandths, wanted: list[Thousandths]) -> list[Thousandths]:
    """`qty` in order: to each what it wants while there is some, to the last all that is left."""
    shared: list[Thousandths] = []
    left: int = qty
    for each in wanted:
        shared.append(Thousandths(min(left, each)))
        left -= shared[-1]
    return [*shared[:-1], Thousandths(shared[-1] + left)] if shared else []

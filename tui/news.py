"""What is worth a bell: what other halls ask, promise and answer, never what was done here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from node.api.views import OverflowView, PledgeView
from node.wording import _
from tui import telling, ways, wording_halls

LINES_MAX: Final = 4
"""Lines of news at once, after a night off for example: more would push the list away."""

EXPIRED: Final = "expired"
"""Why it is closed when nobody closed it."""

ANSWERS: Final = {
    "accepted": (wording_halls.PLEDGE_ACCEPTED, wording_halls.ASKING_GRANTED),
    "not needed": (wording_halls.PLEDGE_NOT_NEEDED, wording_halls.ASKING_REFUSED),
    "fell through": (wording_halls.PLEDGE_FELL_THROUGH, wording_halls.ASKING_FELL_THROUGH),
}
"""What the origin said to a pledge of ours: to an overflow, and to a surplus."""


class News:
    """Remembers what was seen. The first look is never news."""

    def __init__(self) -> None:
        self._seen: set[str] | None = None

    def since_last(self, overflows: tuple[OverflowView, ...]) -> list[str]:
        """A sentence for each thing that was not there at the last look."""
        news = {
            key: telling.marked(line, exercise=overflow.exercise)
            for overflow in overflows
            for key, line in _lines(overflow)
        }
        known, self._seen = self._seen, (self._seen or set()) | set(news)
        return [] if known is None else [line for key, line in news.items() if key not in known]


def in_lines(news: list[str]) -> str:
    """A line each, the first of them where it is much."""
    if len(news) <= LINES_MAX:
        return "\n".join(news)
    shown = news[: LINES_MAX - 1]
    more = _(wording_halls.MORE_NEWS).format(n=len(news) - len(shown))
    return "\n".join((*shown, more))


def _lines(overflow: OverflowView) -> Iterator[tuple[str, str]]:
    if overflow.ours:
        yield from _lines_of_ours(overflow)
        return
    ours = [pledge for pledge in overflow.pledges if pledge.ours and pledge.state != "withdrawn"]
    if overflow.state == ways.CLOSED:
        if ours:
            yield f"{overflow.id} closed", _closed(overflow)
        return
    if overflow.state == "open":
        yield overflow.id, _new_overflow(overflow)
    for pledge in ours:
        if pledge.state in ANSWERS:
            key = f"{pledge.id} {pledge.state} {telling.number(pledge.accepted)}"
            yield key, _answered(pledge, overflow)


def _lines_of_ours(overflow: OverflowView) -> Iterator[tuple[str, str]]:
    """What other halls do about ours, and that its time is over."""
    for pledge in overflow.pledges:
        if pledge.state == ways.UNANSWERED:
            yield pledge.id, _new_pledge(pledge, overflow)
        elif pledge.state == "withdrawn" and pledge.accepted > pledge.received:
            yield f"{pledge.id} withdrawn", _taken_back(pledge, overflow)
        elif pledge.state == "sent" and not overflow.surplus:
            yield f"{pledge.id} sent", _on_its_way(pledge, overflow)
    if overflow.because == EXPIRED:
        # Asked for again, it may expire again.
        yield f"{overflow.id} expired {overflow.until_ms}", _expired(overflow)


def _new_pledge(pledge: PledgeView, overflow: OverflowView) -> str:
    said = wording_halls.NEW_ASKING if overflow.surplus else wording_halls.NEW_PLEDGE
    return _(said).format(
        hall=telling.who(pledge.by, pledge.through),
        amount=telling.amount(pledge.qty, overflow.unit),
        ref=telling.told(overflow.ref, telling.REF_CHARACTERS_MAX),
    )


def _taken_back(pledge: PledgeView, overflow: OverflowView) -> str:
    """What was accepted of it and has not come."""
    surplus = overflow.surplus
    said = wording_halls.ASKING_TAKEN_BACK if surplus else wording_halls.PLEDGE_TAKEN_BACK
    return _(said).format(
        hall=telling.who(pledge.by, pledge.through),
        amount=telling.amount(pledge.accepted - pledge.received, overflow.unit),
        ref=telling.told(overflow.ref, telling.REF_CHARACTERS_MAX),
    )


def _on_its_way(pledge: PledgeView, overflow: OverflowView) -> str:
    return _(wording_halls.PLEDGE_ON_ITS_WAY).format(
        hall=telling.who(pledge.by, pledge.through),
        amount=telling.amount(pledge.accepted, overflow.unit),
        ref=telling.told(overflow.ref, telling.REF_CHARACTERS_MAX),
    )


def _expired(overflow: OverflowView) -> str:
    surplus = overflow.surplus
    said = wording_halls.OUR_SURPLUS_EXPIRED if surplus else wording_halls.OUR_OVERFLOW_EXPIRED
    return _(said).format(ref=telling.told(overflow.ref, telling.REF_CHARACTERS_MAX))


def _new_overflow(overflow: OverflowView) -> str:
    said = wording_halls.NEW_SURPLUS if overflow.surplus else wording_halls.NEW_OVERFLOW
    return _(said).format(
        hall=telling.who(overflow.origin, overflow.through),
        amount=telling.amount(overflow.qty, overflow.unit),
        text=telling.told(overflow.text, 60),
    )


def _closed(overflow: OverflowView) -> str:
    return _(wording_halls.OVERFLOW_CLOSED).format(
        ref=telling.told(overflow.ref, telling.REF_CHARACTERS_MAX),
        hall=telling.who(overflow.origin, overflow.through),
        because=telling.because(overflow.because or overflow.state),
    )


def _answered(pledge: PledgeView, overflow: OverflowView) -> str:
    """What became of a pledge of ours; of what was accepted only in part, both numbers."""
    said = ANSWERS[pledge.state][overflow.surplus]
    accepted = pledge.state == "accepted"
    if accepted and pledge.accepted != pledge.qty and not overflow.surplus:
        said = wording_halls.PLEDGE_ACCEPTED_PART
    quantity = pledge.accepted if accepted and overflow.surplus else pledge.qty
    return _(said).format(
        hall=telling.who(overflow.origin, overflow.through),
        n=telling.number(pledge.accepted),
        amount=telling.amount(quantity, overflow.unit),
        ref=telling.told(overflow.ref, telling.REF_CHARACTERS_MAX),
    )

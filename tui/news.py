"""What is worth a bell: a pledge on something of ours, or a neighbour who asks for something."""

from __future__ import annotations

from node.api.views import OverflowView
from node.wording import _
from tui import telling, wording


class News:
    """Remembers what was seen. The first look is never news."""

    def __init__(self) -> None:
        self._seen: set[str] | None = None

    def since_last(self, overflows: tuple[OverflowView, ...]) -> list[str]:
        """A sentence for each thing that was not there at the last look."""
        news = {key: line for overflow in overflows for key, line in _lines(overflow)}
        known, self._seen = self._seen, (self._seen or set()) | set(news)
        return [] if known is None else [line for key, line in news.items() if key not in known]


def _lines(overflow: OverflowView) -> list[tuple[str, str]]:
    if overflow.ours:
        return [
            (
                pledge.id,
                _(wording.NEW_PLEDGE).format(
                    hall=telling.told(pledge.by, 40),
                    amount=telling.amount(pledge.qty, overflow.unit),
                    ref=telling.told(overflow.ref, 20),
                ),
            )
            for pledge in overflow.pledges
            if pledge.state == "offered"
        ]
    if overflow.state != "open":
        return []
    said = _(wording.NEW_OVERFLOW).format(
        hall=telling.told(overflow.origin, 40),
        amount=telling.amount(overflow.qty, overflow.unit),
        text=telling.told(overflow.text, 60),
    )
    return [(overflow.id, said)]

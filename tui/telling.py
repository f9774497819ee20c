"""Amounts, times, ages and states in plain words; and words from elsewhere made harmless.

Whatever comes from the node goes through `told` (or a function here that uses it) on its way to a
widget, and no widget reads markup.
"""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len, set_cell_size

from node.api.categories import CATEGORIES, UNITS, CategoryCode, Unit
from node.api.text import inert
from node.api.views import NeighbourView, Number, StatusView
from node.wording import _
from tui import wording
from tui.clock import Clock

TOLD_CHARACTERS_MAX: Final = 400
"""Longest foreign text that a screen shows of one field; more would push the rest away."""

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

SOON_MS: Final = 2 * HOUR_MS
"""Within this time "by 20:00" also says how long that is: someone has to hurry."""

NOW_MS: Final = MINUTE_MS
"""Heard within this time counts as just now: links say something more often than that."""


def told(text: str, longest: int = TOLD_CHARACTERS_MAX) -> str:
    """Text from elsewhere as one harmless line. Cut first: it may be ten megabytes long."""
    shown = inert(text[: 4 * longest]).strip()
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def padded(text: str, width: int) -> str:
    """`text` in exactly `width` cells, cut with an ellipsis when it is wider."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def number(quantity: Number) -> str:
    """`40`, `2.5`: never more digits than were typed."""
    return f"{quantity:.3f}".rstrip("0").rstrip(".")


def amount(quantity: Number, unit: str) -> str:
    """`40 meals`, `1 night`, `12 EUR`, `3`."""
    forms = UNITS.get(Unit(unit))
    if forms is None:
        return f"{number(quantity)} {told(unit, 12)}"
    return _(forms[0] if quantity == 1 else forms[1]).format(n=number(quantity))


def unit_word(unit: str) -> str:
    """The unit by itself, as many of it are called."""
    forms = UNITS.get(Unit(unit))
    return told(unit, 12) if forms is None else _(forms[1]).format(n="").strip() or unit


def category(code: str) -> str:
    """`FOD food and meals`; a code that we do not know stands by itself."""
    row = CATEGORIES.get(CategoryCode(code))
    return told(code, 3) if row is None else f"{row.code} {_(row.covers)}"


def state(code: str) -> str:
    said = wording.STATES.get(code)
    return told(code, 14) if said is None else _(said)


def because(code: str) -> str:
    """The reason of a closed thing."""
    said = dict((*wording.BECAUSE_NEED, *wording.BECAUSE_OFFER)).get(code)
    return state(code) if said is None else _(said)


def so_far(received: Number, promised: Number, asked: Number) -> str:
    """How much of it has come, else how much is promised; empty while it is neither."""
    if received:
        return _(wording.SO_FAR_RECEIVED).format(n=number(received), all=number(asked))
    if promised:
        return _(wording.SO_FAR_PROMISED).format(n=number(promised), all=number(asked))
    return ""


def moment(at_ms: int, clock: Clock) -> str:
    """`20:00` today, `Tue 17:00` within a week, `31 May` beyond."""
    then, now = clock.local(at_ms), clock.local(clock.now_ms())
    days = (then.date() - now.date()).days
    if days == 0:
        return f"{then:%H:%M}"
    day = _(wording.WEEKDAYS[then.weekday()])
    if not -7 < days < 7:
        month = _(wording.MONTHS[then.month - 1])
        return _(wording.DAY_AND_MONTH).format(day=then.day, month=month)
    return _(wording.ON_A_DAY).format(day=day, clock=f"{then:%H:%M}")


def by_when(by_ms: int | None, clock: Clock) -> str:
    """`by 20:00, in 1 h`; `was due 20:00` afterwards; nothing when no time was said."""
    when = due(by_ms, clock)
    if by_ms is None or by_ms < clock.now_ms():
        return when
    return _(wording.BY).format(when=when)


def due(by_ms: int | None, clock: Clock) -> str:
    """`20:00`, with how long that is when it is soon; `was due 20:00` afterwards."""
    if by_ms is None:
        return ""
    left_ms = by_ms - clock.now_ms()
    time = moment(by_ms, clock)
    if left_ms < 0:
        return _(wording.WAS_DUE).format(time=time)
    if left_ms < SOON_MS:
        return _(wording.TIME_AND_SPAN).format(time=time, span=span(left_ms))
    return time


def span(length_ms: int) -> str:
    """A length of time, coarse: `5 min`, `3 h`, `2 days`."""
    if length_ms < HOUR_MS:
        return _(wording.MINUTES).format(n=max(1, length_ms // MINUTE_MS))
    if length_ms < DAY_MS:
        return _(wording.HOURS).format(n=length_ms // HOUR_MS)
    days = length_ms // DAY_MS
    return _(wording.ONE_DAY) if days == 1 else _(wording.DAYS).format(n=days)


def heard(at_ms: int | None, clock: Clock) -> str:
    """When someone was last heard, as an age."""
    if at_ms is None:
        return _(wording.NEVER_HEARD)
    age_ms = clock.now_ms() - at_ms
    if age_ms < NOW_MS:
        return _(wording.HEARD_NOW)
    return _(wording.HEARD).format(ago=_(wording.AGO).format(span=span(age_ms)))


def standing(status: StatusView, neighbours: tuple[NeighbourView, ...], clock: Clock) -> str:
    """The last line of the screen: hall, links, when anyone was last heard, warnings."""
    parts = [told(status.name, 40)]
    if status.neighbours:
        parts.append(_(wording.LINKED).format(linked=status.linked, all=status.neighbours))
        times = [each.last_heard_ms for each in neighbours if each.last_heard_ms is not None]
        parts.append(heard(max(times, default=None), clock))
    else:
        parts.append(_(wording.NOT_LINKED))
    if status.warnings:
        n = len(status.warnings)
        parts.append(_(wording.ONE_WARNING) if n == 1 else _(wording.WARNINGS).format(n=n))
    return " · ".join(parts)

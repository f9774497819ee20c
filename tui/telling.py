"""Amounts, times, ages and states in plain words; and words from elsewhere made harmless.

Whatever comes from the node goes through `told` (or a function here that uses it) on its way to a
widget, and no widget reads markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size

from node.api.categories import CATEGORIES, UNITS, CategoryCode, Unit
from node.api.text import inert
from node.api.views import NeighbourView, Number, StatusView
from node.wording import _
from tui import wording, wording_halls, wording_times
from tui.clock import Clock

TOLD_CHARACTERS_MAX: Final = 400
"""Longest foreign text that a screen shows of one field; more would push the rest away."""

HALL_CHARACTERS_MAX: Final = 40
REF_CHARACTERS_MAX: Final = 20
"""Longest name and reference that are shown whole: two of them fit on a line of 80."""

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

SOON_MS: Final = 2 * HOUR_MS
"""Within this time "by 20:00" also says how long that is: someone has to hurry."""

NOW_MS: Final = MINUTE_MS
"""Heard within this time counts as just now: links say something more often than that."""
TIME_BY: Final = {
    "nobody": wording.TIME_UNSURE,
    "neighbours": wording.TIME_BY_NEIGHBOURS,
    "operator": wording.TIME_BY_YOU,
}
"""Said of the time unless the machine's own synchronisation vouches for it."""


def told(text: str, longest: int = TOLD_CHARACTERS_MAX) -> str:
    """Text from elsewhere as one harmless line. Cut first: it may be ten megabytes long."""
    shown = inert(text[: 4 * longest]).strip()
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def hall(name: str, through: str = "") -> str:
    """`Eastside`; `Mill Lane, through Eastside` for a hall that is not our neighbour."""
    return _hall(wording.FAR_HALL, name, through)


def who(name: str, through: str = "") -> str:
    """The same where a sentence goes on: `Mill Lane, through Eastside, pledges …`."""
    return _hall(wording.FAR_HALL_WHO, name, through)


def _hall(far: str, name: str, through: str) -> str:
    shown = told(name, HALL_CHARACTERS_MAX)
    if not through:
        return shown
    return _(far).format(hall=shown, through=told(through, HALL_CHARACTERS_MAX))


def listed(names: Sequence[str]) -> str:
    """`Eastside`, `Eastside and Mill Lane`, `Eastside, Mill Lane and Far Chapel`."""
    shown = [told(name, HALL_CHARACTERS_MAX) for name in names]
    if len(shown) < 2:
        return "".join(shown)
    most = ", ".join(shown[:-1])
    return _(wording_halls.AND_LAST).format(most=most, last=shown[-1])


def some(refs: Sequence[str], cells: int) -> str:
    """As many references as fit into `cells`, and how many more there are."""
    shown = [told(ref, HALL_CHARACTERS_MAX) for ref in refs]
    for count in range(len(shown), 1, -1):
        said = _some(shown, count)
        if cell_len(said) <= cells:
            return said
    return _some(shown, 1)


def _some(refs: list[str], count: int) -> str:
    said = ", ".join(refs[:count])
    left = len(refs) - count
    return _(wording_halls.AND_MORE).format(some=said, n=left) if left > 0 else said


def marked(text: str, *, exercise: bool) -> str:
    """A sentence about something of an exercise says so first."""
    return _(wording.EXERCISE_SAID).format(text=text) if exercise else text


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


def pledge_state(code: str, *, surplus: bool) -> str:
    """The state of a pledge; one on a surplus asks, and is given or not."""
    said = wording.SURPLUS_STATES.get(code) if surplus else None
    return state(code) if said is None else _(said)


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
    """`20:00` today, `Tue 17:00` within a week, `31 May` beyond, `31 May 2041`."""
    then, now = clock.local(at_ms), clock.local(clock.now_ms())
    days = (then.date() - now.date()).days
    if days == 0:
        return f"{then:%H:%M}"
    day = _(wording_times.WEEKDAYS[then.weekday()])
    if not -7 < days < 7:
        month = _(wording_times.MONTHS[then.month - 1])
        is_this_year = then.year == now.year
        said = wording_times.DAY_AND_MONTH if is_this_year else wording_times.DAY_OF_A_YEAR
        return _(said).format(day=then.day, month=month, year=then.year)
    return _(wording_times.ON_A_DAY).format(day=day, clock=f"{then:%H:%M}")


def by_when(by_ms: int | None, clock: Clock) -> str:
    """`by 20:00, in 1 h`; `was due 20:00` afterwards; nothing when no time was said."""
    when = due(by_ms, clock)
    if by_ms is None or by_ms < clock.now_ms():
        return when
    return _(wording_times.BY).format(when=when)


def due(by_ms: int | None, clock: Clock) -> str:
    """`20:00`, with how long that is when it is soon; `was due 20:00` afterwards."""
    if by_ms is None:
        return ""
    left_ms = by_ms - clock.now_ms()
    time = moment(by_ms, clock)
    if left_ms < 0:
        return _(wording_times.WAS_DUE).format(time=time)
    if left_ms < SOON_MS:
        return _(wording_times.TIME_AND_SPAN).format(time=time, span=span(left_ms))
    return time


def span(length_ms: int) -> str:
    """A length of time, coarse: `5 min`, `3 h`, `2 days`."""
    if length_ms < HOUR_MS:
        return _(wording_times.MINUTES).format(n=max(1, length_ms // MINUTE_MS))
    if length_ms < DAY_MS:
        return _(wording_times.HOURS).format(n=length_ms // HOUR_MS)
    days = length_ms // DAY_MS
    return _(wording_times.ONE_DAY) if days == 1 else _(wording_times.DAYS).format(n=days)


def heard(at_ms: int | None, clock: Clock) -> str:
    """When someone was last heard, as an age."""
    if at_ms is None:
        return _(wording.NEVER_HEARD)
    age_ms = clock.now_ms() - at_ms
    if age_ms < NOW_MS:
        return _(wording.HEARD_NOW)
    return _(wording.HEARD).format(ago=_(wording_times.AGO).format(span=span(age_ms)))


def standing(status: StatusView, neighbours: tuple[NeighbourView, ...], clock: Clock) -> str:
    """The last line of the screen: hall, links, who was heard when, warnings, whose time it is."""
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
    if status.time_by in TIME_BY:
        parts.append(_(TIME_BY[status.time_by]))
    return " · ".join(parts)

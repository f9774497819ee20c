"""Plain lines for people: tables that stay aligned, quantities and times in words."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import lru_cache

from node.api.views import Number
from node.cli import wording
from node.clock import local_zone, system_clock
from node.desk.quantity import ONE, as_words
from node.desk.text import inert
from node.desk.when import in_words
from protocol.ids import Thousandths

GAP = "  "
"""Between columns."""

_HALL_MS: ContextVar[int] = ContextVar("hall_ms", default=0)
"""What the hall's clock showed with the last answer of this command; 0: no answer came yet."""

CHARACTERS_KEPT = 4_096
"""Whose width is looked up once: more than one list has different ones."""

WIDEST_MIN = 20
"""Columns that the widest column keeps on a narrow terminal; below that lines may wrap."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Aligned lines, `head` first; on a terminal the widest column gives way to its width.

    Cells are made inert here: whatever they hold stays in its cell.
    """
    cells = [[inert(cell) for cell in row] for row in (head, *rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(head))]
    _fit(widths)
    return [_line(row, widths) for row in cells]


def _fit(widths: list[int]) -> None:
    if not sys.stdout or not sys.stdout.isatty():
        return
    screen = shutil.get_terminal_size().columns
    over = sum(widths) + len(GAP) * (len(widths) - 1) - screen
    widest = widths.index(max(widths))
    if over > 0:
        widths[widest] = max(WIDEST_MIN, widths[widest] - over)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (_padded(cell, size) for cell, size in zip(row, widths, strict=True))
    return GAP.join(cells).rstrip()


def _padded(cell: str, size: int) -> str:
    shown = cut(cell, size)
    return shown + " " * (size - width(shown))


def pairs(rows: Sequence[tuple[str, str]]) -> list[str]:
    """`name  value` lines, aligned, without those that have no value. Both are made inert here:
    the name may be a neighbour's reference."""
    told = [(inert(name), inert(value)) for name, value in rows if value]
    size = max((width(name) for name, _value in told), default=0)
    return [_padded(name, size) + GAP + value for name, value in told]


def width(text: str) -> int:
    """Columns that a terminal gives the text (UAX #11; combining marks take none)."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def cut(text: str, size: int) -> str:
    """At most `size` columns, with an ellipsis where something is missing."""
    if width(text) <= size:
        return text
    kept, used = "", 0
    for character in text:
        used += _columns(character)
        if used > size - 1:
            break
        kept += character
    return kept + "…"


@lru_cache(maxsize=CHARACTERS_KEPT)
def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def amount(qty: Number, unit: str) -> str:
    """`40 meals`."""
    return inert(as_words(Thousandths(round(qty * ONE)), unit))


def number(qty: Number) -> str:
    """`40`, `2.5`."""
    return amount(qty, "each")


def part(some: Number, whole: Number) -> str:
    """`25 of 40`, or nothing where nothing came."""
    return wording.OF.format(part=number(some), whole=number(whole)) if some else ""


def hall(name: str, through: str) -> str:
    """`Mill Lane, through Eastside`: a hall that is no neighbour, and who leads there."""
    said = wording.THROUGH.format(hall=name, through=through) if through else name
    return inert(said)


def names(several: Sequence[str]) -> str:
    """`Eastside, Mill Lane`, or `NG V-12-K, NG V-13-M`."""
    return ", ".join(inert(name) for name in several)


def when(when_ms: int | None) -> str:
    """The time in words on the hall's clock, or nothing."""
    return "" if when_ms is None else times()(when_ms)


def go_by(now_ms: int) -> None:
    """Have “today” be the hall's: a machine without a clock of its own may show another day."""
    _HALL_MS.set(now_ms)


def times() -> Callable[[int | None], str]:
    """`when`, for many times by one look at the clock and at the zone."""
    now_ms, zone = _HALL_MS.get() or system_clock(), local_zone()

    def told(when_ms: int | None) -> str:
        return "" if when_ms is None else in_words(when_ms, now_ms, zone)

    return told

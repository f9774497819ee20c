"""The list of every screen: rows of one or more lines, kept by key while they change underneath.

It draws only the lines that are on the screen, from pieces of plain text: nothing in them is ever
read as markup. New rows leave the cursor on the row where it was, and the row where it stood on the
screen.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.telling import padded

CUT_CELLS_MIN: Final = 6
"""A piece is shown cut only where this much of it fits; less tells nobody anything."""

EDGE: Final = 2
"""Cells before a row: the bar that shows the cursor, and the mark."""

MARK: Final = "*"
"""Every terminal has it; a colour alone would tell nothing to some."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text and its part in the row: text, ref, quiet, strong, mark, danger, head or good.

    Where a line is too narrow, what `gives_way` is cut before anything else is.
    """

    text: str
    role: str = "text"
    gives_way: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """`right` is never cut and stands at the right edge; `left` gives way to it."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row without a key is a heading: the cursor passes it. A marked one has a star."""

    key: str | None
    lines: tuple[Line, ...]
    marked: bool = False


class Ledger(ScrollView, can_focus=True):
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "ledger--text",
        "ledger--ref",
        "ledger--quiet",
        "ledger--strong",
        "ledger--mark",
        "ledger--head",
        "ledger--good",
        "ledger--danger",
        "ledger--cursor",
        "ledger--bar",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
    ]
    DEFAULT_CSS = """
    Ledger { overflow-x: hidden; scrollbar-size-vertical: 1; }
    """

    @dataclass
    class Opened(Message):
        """Someone wants to see everything about the row under `key`."""

        key: str

    def __init__(self, empty: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._empty = empty
        self._rows: tuple[Row, ...] = ()
        self._tops: list[int] = [0]
        self._cursor = 0

    @property
    def selected(self) -> str | None:
        """The key of the row under the cursor."""
        return self._rows[self._cursor].key if self._rows else None

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(row.key for row in self._rows if row.key is not None)

    def show(self, rows: tuple[Row, ...]) -> None:
        """Draw these rows. Costs nothing when they are the same as before."""
        if rows == self._rows:
            return
        key, was_at = self.selected, self._tops[self._cursor] - self.scroll_offset.y
        at_top = self.scroll_offset.y == 0
        self._rows = rows
        self._tops = list(accumulate((len(row.lines) for row in rows), initial=0))
        self._cursor = self._place_of(key)
        self.virtual_size = Size(self.size.width, self._tops[-1])
        if not at_top:
            self.scroll_to(y=self._tops[self._cursor] - was_at, animate=False)
        self._keep_in_view()
        self.refresh()

    def select(self, key: str) -> None:
        """Put the cursor on the row under `key`, if it is there."""
        for place, row in enumerate(self._rows):
            if row.key == key:
                self._go(place)

    def _place_of(self, key: str | None) -> int:
        for place, row in enumerate(self._rows):
            if row.key is not None and row.key == key:
                return place
        return self._nearest(min(self._cursor, max(0, len(self._rows) - 1)))

    def _nearest(self, place: int) -> int:
        """The row with a key nearest to `place`, rather below than above."""
        below = range(place, len(self._rows))
        above = range(place - 1, -1, -1)
        for candidate in chain(below, above):
            if self._rows[candidate].key is not None:
                return candidate
        return 0

    def _go(self, place: int) -> None:
        if self._rows and self._rows[place].key is not None:
            self._cursor = place
            self._keep_in_view()
            self.refresh()

    def _keep_in_view(self) -> None:
        if not self._rows:
            return
        top = self._tops[self._cursor]
        height = self._tops[self._cursor + 1] - top
        if all(row.key is None for row in self._rows[: self._cursor]):
            # The headings above the first row belong to it.
            top, height = 0, top + height
        self.scroll_to_region(Region(0, top, 1, height), animate=False)

    def action_move(self, step: int) -> None:
        place = self._cursor + step
        while 0 <= place < len(self._rows) and self._rows[place].key is None:
            place += step
        if 0 <= place < len(self._rows):
            self._go(place)

    def action_page(self, direction: int) -> None:
        wanted = self._tops[self._cursor] + direction * max(1, self.size.height - 2)
        self._go(self._nearest(self._row_at(max(0, min(wanted, self._tops[-1] - 1)))))

    def action_first(self) -> None:
        self._go(self._nearest(0))

    def action_last(self) -> None:
        self._go(self._nearest(max(0, len(self._rows) - 1)))

    def _row_at(self, line: int) -> int:
        return max(0, min(int(bisect_right(self._tops, line)) - 1, len(self._rows) - 1))

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, self._tops[-1])
        self._keep_in_view()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click chooses the row; a second one opens it."""
        line = event.get_content_offset_capture(self).y + self.scroll_offset.y
        if not self._rows or line >= self._tops[-1]:
            return
        self._go(self._row_at(line))
        if event.chain > 1 and (key := self.selected) is not None:
            self.post_message(self.Opened(key))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        line = y + self.scroll_offset.y
        if not self._rows:
            return (
                self._drawn(Line((Piece(self._empty, "quiet"),)), width)
                if y == 0
                else (Strip.blank(width, self.rich_style))
            )
        if line >= self._tops[-1]:
            return Strip.blank(width, self.rich_style)
        place = self._row_at(line)
        row, below = self._rows[place], line - self._tops[place]
        chosen = place == self._cursor and row.key is not None
        mark = MARK if row.marked and below == 0 else " "
        return self._drawn(row.lines[below], width, chosen=chosen, mark=mark)

    def _drawn(self, line: Line, width: int, *, chosen: bool = False, mark: str = " ") -> Strip:
        lit = chosen and self.has_focus
        base = self.get_component_rich_style("ledger--cursor") if lit else self.rich_style
        bar = self._style("bar" if lit else "quiet", base)
        segments = [Segment("▌" if lit else "▏" if chosen else " ", bar)]
        segments.append(Segment(mark, self._style("mark", base) if mark == MARK else base))
        right_width = sum(cell_len(piece.text) for piece in line.right)
        room = width - EDGE - 1 - (right_width + 2 if right_width else 0)
        for piece in _given_way(line.left, room):
            text = piece.text
            if cell_len(text) > room:
                text = padded(text, room) if room >= CUT_CELLS_MIN else ""
            segments.append(Segment(text, self._style(piece.role, base)))
            room -= cell_len(text)
            if text != piece.text:
                break
        if line.right:
            segments.append(Segment(" " * (max(0, room) + 2), base))
            segments.extend(Segment(p.text, self._style(p.role, base)) for p in line.right)
        return Strip(segments).adjust_cell_length(width, base)

    def _style(self, role: str, base: Style) -> Style:
        return base + self.get_component_rich_style(f"ledger--{role}", partial=True)


def _given_way(pieces: tuple[Piece, ...], room: int) -> tuple[Piece, ...]:
    """The pieces with those that give way cut, as far as that helps the others to fit."""
    over = sum(cell_len(piece.text) for piece in pieces) - room
    fitting = []
    for piece in pieces:
        cells = cell_len(piece.text)
        kept = max(CUT_CELLS_MIN, cells - over) if piece.gives_way and over > 0 else cells
        fitting.append(replace(piece, text=padded(piece.text, kept)) if kept < cells else piece)
        over -= max(0, cells - kept)
    return tuple(fitting)

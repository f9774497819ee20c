"""The lines of a spreadsheet as records of cells: separators, quotes, and quotes gone wrong.

RFC 4180 as people's programs write it. A quote that nobody closed would swallow the rest of the
file; here it costs the line on which it stands, and that line is named.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from node.refusal import Why

SEPARATORS: Final = (",", ";", "\t", "|")

LINES_IN_RECORD_MAX: Final = 100
"""A cell with more line breaks than this is a quote that nobody closed."""

LINES_AHEAD_MAX: Final = 20_000
"""Lines that are looked at in vain for the ends of open quotes. Past that, a file is full of them,
and each is looked for in LINES_AHEAD_FEW lines only."""

LINES_AHEAD_FEW: Final = 5

CELLS_MAX: Final = 16_384
"""A spreadsheet has no more columns; what is behind them is not taken apart."""

STRAY_QUOTES_MAX: Final = 100
"""A cell with more quotes inside that end nothing is not looked at any further."""

CHARACTERS_IN_RECORD_MAX: Final = 8 * 1024 * 1024
"""As much of one record is kept while its quote is open."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row: `number` as the spreadsheet shows it, `line` as an editor does; both from 1.

    `why`: it could not be taken apart, and has no cells.
    """

    number: int
    line: int
    cells: list[str]
    why: Why | None = None


def split_records(
    lines: Iterable[str | None], separator: str, columns: int = 0
) -> Iterator[Record]:
    """All lines as records; every line is in one. Memory: LINES_IN_RECORD_MAX lines.

    `columns`: how many the header has, 0 where that is not known yet.
    """
    queue = _Lines(lines)
    number = 0
    while (text := queue.take()) is not _END:
        number, line = number + 1, queue.line
        if text is None:
            yield Record(number, line, [], Why.SHEET_LINE_TOO_LONG)
        elif '"' not in text:
            yield Record(number, line, text.split(separator, CELLS_MAX))
        else:
            cells = _with_quotes(text, queue, separator, columns)
            yield Record(number, line, cells or [], None if cells else Why.SHEET_QUOTE_OPEN)


_END: Final = "\n"
"""No line holds a line end."""


class _Lines:
    """Lines that can be looked at ahead; `line` is the number of the one taken last."""

    def __init__(self, lines: Iterable[str | None]) -> None:
        self._lines = iter(lines)
        self._ahead: deque[str | None] = deque()
        self.line = 0
        self.in_vain = 0

    def take(self) -> str | None:
        self.line += 1
        return self._ahead.popleft() if self._ahead else next(self._lines, _END)

    def look(self, ahead: int) -> str | None:
        """The line after `ahead` others, from 0; not taken."""
        while len(self._ahead) <= ahead:
            line = next(self._lines, _END)
            if line is _END:
                return _END
            self._ahead.append(line)
        return self._ahead[ahead]


def _with_quotes(text: str, queue: _Lines, separator: str, columns: int) -> list[str] | None:
    """The cells of a record that begins with `text`; None where a quote stays open."""
    try:
        # Most lines are as they should be, and this is ten times as quick.
        reader = csv.reader((text,), delimiter=separator, strict=True, skipinitialspace=True)
        return next(reader)[: CELLS_MAX + 1]
    except csv.Error:
        scan = _Scan(separator)
        scan.read(text)
        return _over_lines(scan, text, queue, columns) if scan.is_open else scan.cells


def _over_lines(scan: _Scan, text: str, queue: _Lines, columns: int) -> list[str] | None:
    """The record goes on for as long as its quotes do what quotes do; else it ends at once."""
    size = len(text)
    few = queue.in_vain > LINES_AHEAD_MAX
    for ahead in range(LINES_AHEAD_FEW if few else LINES_IN_RECORD_MAX):
        line = queue.look(ahead) if scan.is_clean else _END
        if line is None or line is _END or size > CHARACTERS_IN_RECORD_MAX:
            return None
        size += len(line)
        queue.in_vain += 1
        scan.read(line)
        if not scan.is_open:
            break
    if scan.is_open or not scan.is_clean or _were_rows(scan, text, columns):
        return None
    queue.in_vain -= ahead + 1
    for _ in range(ahead + 1):
        queue.take()
    return scan.cells


def _were_rows(scan: _Scan, text: str, columns: int) -> bool:
    """Two lines with a stray quote each make no row together: the first is one alone, or between
    the quotes is nothing but the end of one and the beginning of the other."""
    if len(scan.cells) != columns == text.count(scan.separator) + 1:
        return True
    over = [cell for cell in scan.cells if "\n" in cell]
    return columns > 0 and any(
        cell.startswith("\n") and cell.endswith(scan.separator) for cell in over
    )


class _Scan:
    """Reads cells piece by piece. A quote inside a quoted cell that ends nothing stands for itself
    and makes the whole unclean: on one line that is `6" pipe`, over several it is a mistake."""

    def __init__(self, separator: str) -> None:
        self.separator = separator
        self.cells: list[str] = []
        self._strays = 0
        self._open: list[str] | None = None

    @property
    def is_open(self) -> bool:
        return self._open is not None

    @property
    def is_clean(self) -> bool:
        return self._strays == 0

    def read(self, line: str) -> None:
        """One more line. Every character is looked at once, so that a long one costs its length."""
        at: int | None = 0
        while at is not None:
            at = self._quoted(line, at) if self.is_open else self._cell(line, at)

    def _cell(self, line: str, at: int) -> int | None:
        """Past the next cell or into its quotes; None at the line's end."""
        start = _past_blanks(line, at)
        if line.startswith('"', start):
            self._open = []
            return start + 1
        end = line.find(self.separator, at) if len(self.cells) < CELLS_MAX else -1
        self.cells.append(line[at:] if end < 0 else line[at:end])
        return None if end < 0 else end + 1

    def _quoted(self, line: str, start: int) -> int | None:
        opened = self._open if self._open is not None else []
        at = start
        while (quote := _to_quote(line, at)) < len(line):
            end = _past_blanks(line, quote + 1)
            if end == len(line) or line.startswith(self.separator, end):
                opened.append(line[start:quote].replace('""', '"'))
                self.cells.append("\n".join(opened))
                self._open = None
                return None if end == len(line) else end + 1
            self._strays += 1
            if self._strays > STRAY_QUOTES_MAX:
                break
            at = quote + 1
        opened.append(line[start:].replace('""', '"'))
        return None


_DOUBLED: Final = re.compile(r'[^"]*+(?:""[^"]*+)*+')


def _to_quote(line: str, at: int) -> int:
    """Where the next quote stands that is not doubled; the line's end where none does."""
    found = _DOUBLED.match(line, at)
    return found.end() if found else len(line)


def _past_blanks(line: str, at: int) -> int:
    while line.startswith(" ", at):
        at += 1
    return at

"""Lists on their way out: CSV that runs nothing, and JSON Lines.

RFC 4180. Texts that a spreadsheet would run get an apostrophe (`sheet_cells`); numbers are written
as numbers, so that sums still work.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from node.desk.quantity import as_number
from node.desk.references import Kind
from node.desk.sheet_cells import guarded
from node.desk.sheet_fields import Field
from node.desk.when import rfc3339_utc
from node.desk.words import PERSONAL, Words

Cell = str | int | float | bool | None
"""A flag is written as yes or nothing, None as nothing."""

MARK: Final = "\ufeff"
"""In front of a file, it tells a spreadsheet that this is UTF-8; programs mostly want none."""

PRIVATE: Final = frozenset(Field(name) for name in PERSONAL if name != "text") | {Field.QUIET}
"""Who a person is, how to find them and what is noted of them: in no export that did not say so."""

WRITTEN: Final = tuple(
    field for field in Field if field not in {Field.NAME, Field.PHONE, Field.EMAIL, Field.STREET}
)
"""The columns of an export of needs and offers, in their order."""

_SAID: Final = tuple((field, field.value) for field in WRITTEN if hasattr(Words, field.value))
"""Those that hold a word of the person as it stands."""


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The header and the rows, each with its line end (CR LF)."""
    writer = csv.writer(_Echo())
    yield writer.writerow([guarded(name) for name in header])
    for row in rows:
        yield writer.writerow([_cell(cell) for cell in row])


def json_lines(things: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One JSON object a line, each with its line end."""
    for thing in things:
        yield json.dumps(thing, ensure_ascii=False, allow_nan=False) + "\n"


def words_cells(kind: Kind, words: Words, at_ms: int | None = None) -> dict[Field, Cell]:
    """What was said, by column; `sheets.read_rows` reads the same out of it again."""
    cells: dict[Field, Cell] = {field: getattr(words, name) for field, name in _SAID}
    return cells | {
        Field.KIND: "offer" if kind is Kind.OFFER else "need",
        Field.QTY: as_number(words.qty),
        Field.BY: None if words.by_ms is None else rfc3339_utc(words.by_ms),
        Field.AT: None if at_ms is None else rfc3339_utc(at_ms),
    }


class _Echo:
    """What `csv.writer` writes, handed back."""

    def write(self, line: str) -> str:
        return line


def _cell(cell: Cell) -> str | int | float:
    if cell is None or isinstance(cell, bool):
        return "yes" if cell else ""
    return guarded(cell) if isinstance(cell, str) else cell

"""Which line of a spreadsheet names its columns, and what each of them holds.

Above the names there may be a title, below them a second line of names, a line of HXL hashtags, or
both. What is guessed can be said by hand, and what is said by hand is never guessed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from node.desk.categories import find_category
from node.desk.sheet_cells import one_line
from node.desk.sheet_fields import (
    JOINED,
    Field,
    field_of,
    is_tag,
    named_field,
    same_name,
    tagged,
)
from node.desk.sheet_kinds import is_kind
from node.desk.sheet_records import Record
from node.refusal import Refused, Why

HEADER_WITHIN: Final = 25
"""Records in which the names of the columns stand: HXL 1.1 says so of its hashtags."""


NAMES_MAX: Final = 500
"""Cells of a line that are looked at for names: one that is not a header may have thousands."""


class Known(StrEnum):
    """How we know what a column holds."""

    SAID = "said"
    TAGGED = "tagged"
    GUESSED = "guessed"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet, `index` from 0; `field` None: it is not read."""

    index: int
    header: str
    field: Field | None = None
    known: Known = Known.GUESSED


@dataclass(frozen=True, slots=True)
class Header:
    """`last_line`: the physical line of the last record of it; rows begin after that one."""

    columns: tuple[Column, ...]
    last_line: int

    @property
    def fields(self) -> frozenset[Field]:
        return frozenset(column.field for column in self.columns if column.field)


def by_hand(columns: Mapping[str, str]) -> dict[str, Field | None]:
    """Header → field as given by hand; an empty field: the column is not read.

    Raises Refused(SHEET_FIELD_UNKNOWN).
    """
    return {name: named_field(said) if said.strip() else None for name, said in columns.items()}


def known_names(records: Sequence[Record], said: Mapping[str, Field | None]) -> int:
    """How many columns the best line for a header names that we know."""
    return max((len(_known(record, said)) for record in records[:HEADER_WITHIN]), default=0)


def find_header(records: Sequence[Record], said: Mapping[str, Field | None]) -> Header:
    """The header among the first records of the sheet; the records after it serve as examples.

    Raises Refused with SHEET_NO_HEADER, SHEET_COLUMN_UNKNOWN or SHEET_COLUMN_TWICE.
    """
    head = records[:HEADER_WITHIN]
    tags = next((n for n, record in enumerate(head) if _is_tags(record)), None)
    names = _best(head if tags is None else head[:tags], said)
    if names is None and tags is None:
        raise Refused(Why.SHEET_NO_HEADER)
    last = tags if tags is not None else _last_of_names(head, names or 0, said)
    upper = [] if names is None else head[names].cells
    lower = head[last].cells if last != names else []
    columns = [
        _column(index, _at(upper, index), _at(lower, index), said)
        for index in range(max(len(upper), len(lower)))
    ]
    _refuse_unsaid(columns, said)
    return Header(_settled(columns, records[last + 1 :]), head[last].line)


def _known(record: Record, said: Mapping[str, Field | None]) -> set[Field | str]:
    """The fields that the cells name, and those names that were given by hand."""
    cells = [cell for cell in map(one_line, record.cells[:NAMES_MAX]) if cell]
    fields: set[Field | str] = {field for field in map(field_of, cells) if field}
    return fields | {name for name in said if any(same_name(name, cell) for cell in cells)}


def _is_tags(record: Record) -> bool:
    cells = [cell for cell in record.cells if cell.strip()]
    return bool(cells) and 2 * sum(map(is_tag, cells)) > len(cells)


def _best(records: Sequence[Record], said: Mapping[str, Field | None]) -> int | None:
    """The first of those that name most columns; None where none names any."""
    counts = [len(_known(record, said)) for record in records]
    return counts.index(max(counts)) if any(counts) else None


def _last_of_names(records: Sequence[Record], names: int, said: Mapping[str, Field | None]) -> int:
    """The second line of names below the first, if there is one.

    Each of its cells names a column, and cells are merged in one of the two lines, which leaves
    blanks: a row of needs can have `contact` and `phone` in it too.
    """
    if names + 1 >= len(records):
        return names
    upper, lower = records[names].cells, records[names + 1].cells
    cells = [cell for cell in map(one_line, lower) if cell]
    width = max(len(upper), len(lower))
    has_blank = any(not _at(upper, n) or not _at(lower, n) for n in range(width))
    is_names = bool(cells) and all(field_of(cell) for cell in cells) and has_blank
    return names + 1 if is_names and len(_known(records[names + 1], said)) >= 2 else names


def _at(cells: Sequence[str], index: int) -> str:
    return one_line(cells[index]) if index < len(cells) else ""


def _column(index: int, upper: str, lower: str, said: Mapping[str, Field | None]) -> Column:
    """The lower name is the nearer one: `Phone` below `Contact`."""
    header = upper if is_tag(lower) else " ".join(filter(None, (upper, lower)))
    for name, field in said.items():
        if any(name and same_name(name, each) for each in (header, upper, lower)):
            return Column(index, header or lower, field, Known.SAID)
    if is_tag(lower) and (field := tagged(lower)):
        return Column(index, header or lower, field, Known.TAGGED)
    lower = "" if is_tag(lower) else lower
    return Column(index, header, field_of(lower) or field_of(upper) or field_of(header))


def _refuse_unsaid(columns: Sequence[Column], said: Mapping[str, Field | None]) -> None:
    found = [column for column in columns if column.known is Known.SAID]
    for name in said:
        if not any(same_name(name, each.header) or _ends(each.header, name) for each in found):
            names = ", ".join(column.header for column in columns if column.header)
            raise Refused(Why.SHEET_COLUMN_UNKNOWN, given=name[:80], choices=names[:400])
    fields = [column.field for column in found if column.field and column.field not in JOINED]
    for field in fields:
        if fields.count(field) > 1:
            raise Refused(Why.SHEET_COLUMN_TWICE, field=field.value)


def _ends(header: str, name: str) -> bool:
    """Whether the name is one line of a header of two lines."""
    return header.casefold().endswith(name.strip().casefold()) or header.casefold().startswith(
        name.strip().casefold()
    )


def _settled(columns: Sequence[Column], rows: Sequence[Record]) -> tuple[Column, ...]:
    """Each field but those that are joined in one column only, the surest first."""
    columns = _by_examples(columns, rows)
    taken: dict[Field, int] = {}
    for known in Known:
        for column in columns:
            if column.known is known and column.field:
                taken.setdefault(column.field, column.index)
    return tuple(_one_of(column, taken) for column in columns)


def _one_of(column: Column, taken: Mapping[Field, int]) -> Column:
    if column.field is None or column.field in JOINED or taken[column.field] == column.index:
        return column
    # `Item` and `Description`: the first is what, the second says more about it.
    return replace(column, field=Field.NOTE if column.field is Field.TEXT else None)


def _by_examples(columns: Sequence[Column], rows: Sequence[Record]) -> list[Column]:
    """What the cells say of a name that means two things: `Type`, `Need`."""
    settled = [_kind_or_not(column, rows) for column in columns]
    if any(column.field is Field.CATEGORY for column in settled):
        return settled
    for n, column in enumerate(settled):
        is_open = column.known is Known.GUESSED and column.field in {Field.TEXT, None}
        if is_open and column.header and _mostly(find_category, column.index, rows):
            settled[n] = replace(column, field=Field.CATEGORY)
            break
    return settled


def _kind_or_not(column: Column, rows: Sequence[Record]) -> Column:
    if column.field is not Field.KIND or column.known is not Known.GUESSED:
        return column
    return column if _mostly(is_kind, column.index, rows) else replace(column, field=None)


def _mostly(finds: Callable[[str], object], index: int, rows: Sequence[Record]) -> bool:
    """Whether four of five of the column's cells are of the sort, and there are any."""
    cells = [cell for record in rows if (cell := _at(record.cells, index))]
    return bool(cells) and 5 * sum(bool(finds(cell)) for cell in cells) >= 4 * len(cells)

"""Which line of a spreadsheet names its columns, and what each of them holds.

Above the names there may be a title, below them a second line of names, a line of HXL hashtags, or
both. What is guessed can be said by hand, and what is said by hand is never guessed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from node.desk.references import Kind
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
from node.desk.sheet_kinds import (
    asks_kind,
    category_said,
    is_kind,
    is_surely_kind,
    kind_named,
)
from node.desk.sheet_records import Record
from node.desk.sheet_words import folded
from node.refusal import Refused, Why

HEADER_WITHIN: Final = 25
"""Records in which the names of the columns stand: HXL 1.1 says so of its hashtags."""


NAME_OR_NUMBER: Final = "nombre"
_DIGITS: Final = re.compile(r"\d")

MOST: Final = 0.8
HALF: Final = 0.5
FEW: Final = 0.2
"""Shares of a column's cells that settle what it holds, by how much its name leaves open."""

NAMES_MAX: Final = 500
"""Cells of a line that are looked at for names: one that is not a header may have thousands."""


class Known(StrEnum):
    """How we know what a column holds, the surest first. Settled: by its cells."""

    SAID = "said"
    TAGGED = "tagged"
    SETTLED = "settled"
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

    @property
    def kind(self) -> Kind | None:
        """What the name of the column of texts says that rows are: `Offers`; None: nothing."""
        return next(iter(self.kinds.values()), None)

    @property
    def kinds(self) -> dict[int, Kind | None]:
        """The same by the index of each column of texts: there may be one of either kind."""
        texts = [column for column in self.columns if column.field is Field.TEXT]
        return {column.index: kind_named(column.header) for column in texts}


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
    return tuple(_one_of(column, taken, columns) for column in columns)


def _one_of(column: Column, taken: Mapping[Field, int], columns: Sequence[Column]) -> Column:
    if column.field is None or column.field in JOINED or taken[column.field] == column.index:
        return column
    if column.field is Field.TEXT and Field.KIND not in taken:
        # `I need` and `I can offer`: what a row is depends on where its words stand.
        kinds = {kind_named(each.header) for each in (column, columns[taken[Field.TEXT]])}
        if kinds == {Kind.NEED, Kind.OFFER}:
            return column
    # `Item` and `Description`: the first is what, the second says more about it.
    return replace(column, field=Field.NOTE if column.field is Field.TEXT else None)


def _by_examples(columns: Sequence[Column], rows: Sequence[Record]) -> list[Column]:
    """What the cells say of a name that means two things: `Type`, `What`, `Need`."""
    settled = [_kind_or_not(column, rows) for column in columns]
    if all(column.field is not Field.KIND for column in settled):
        _settle_one(settled, Field.KIND, {Field.TEXT, Field.CATEGORY, None}, is_surely_kind, rows)
    if all(column.field is not Field.CATEGORY for column in settled):
        _settle_one(settled, Field.CATEGORY, {Field.TEXT, None}, category_said, rows)
    return [_name_or_number(column, rows) for column in settled]


def _name_or_number(column: Column, rows: Sequence[Record]) -> Column:
    """`Nombre` is a name in Spanish and a number in French."""
    if column.known is not Known.GUESSED or folded(column.header) != NAME_OR_NUMBER:
        return column
    share = _share(_DIGITS.search, column.index, rows)
    field = Field.QTY if share >= MOST else Field.NAME if share <= 1 - MOST else None
    return replace(column, field=field, known=Known.SETTLED)


def _settle_one(
    columns: list[Column],
    field: Field,
    guessed: Collection[Field | None],
    finds: Callable[[str], object],
    rows: Sequence[Record],
) -> None:
    """The first of the columns that were taken for something else, and say this in most cells."""
    for n, column in enumerate(columns):
        is_open = column.known is Known.GUESSED and column.field in guessed and column.header
        if is_open and _share(finds, column.index, rows) >= MOST:
            columns[n] = replace(column, field=field, known=Known.SETTLED)
            return


def _kind_or_not(column: Column, rows: Sequence[Record]) -> Column:
    """`Need/Offer` asks for nothing else, and one word in a few that we know is enough. `Type` may
    ask for anything."""
    if column.field is not Field.KIND or column.known is not Known.GUESSED:
        return column
    enough = FEW if asks_kind(column.header) else HALF
    is_kinds = _share(is_kind, column.index, rows) >= enough
    return column if is_kinds else replace(column, field=None)


def _share(finds: Callable[[str], object], index: int, rows: Sequence[Record]) -> float:
    """Of the cells in the column that have something in them, how many are of the sort."""
    cells = [cell for record in rows if (cell := _at(record.cells, index))]
    return sum(bool(finds(cell)) for cell in cells) / len(cells) if cells else 0.0

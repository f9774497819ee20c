"""A spreadsheet that someone else made, read twice: once to see what it is, once row by row.

`survey` looks at all of it and decides what only all of it can tell (the code page, whether the day
comes first); `read_rows` then gives every row as words or as a reason why not. Neither holds more
than a few hundred lines at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from itertools import chain, islice
from typing import Final

from node.desk.categories import category_of
from node.desk.references import Kind
from node.desk.sheet_bytes import (
    ENCODINGS,
    CodePages,
    Encoding,
    as_lines_of_bytes,
    decode_line,
    find_encoding,
    read_lines,
)
from node.desk.sheet_dates import ColumnOrder, DateOrder
from node.desk.sheet_fields import Field
from node.desk.sheet_header import Column, Header, by_hand, find_header, known_names
from node.desk.sheet_records import SEPARATORS, Record, split_records
from node.desk.sheet_report import Row
from node.desk.sheet_rows import Layout, RowReader
from node.refusal import Refused, Why

SAMPLE_LINES: Final = 200
"""Lines by which the separator is chosen and unclear names of columns are settled."""

_SEPARATOR_SAID: Final = "sep="
"""A first line `sep=;` is for the program, not for people."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person says about the sheet; all else is guessed.

    `kind`: what rows are that do not say so; None: what their column of texts is called after, else
    `usual`. `category`: of rows that have none. `columns`: header → field, an empty field for a
    column that is not to be read.
    """

    kind: Kind | None = None
    category: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder | None = None
    encoding: str = ""
    usual: Kind = Kind.NEED


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet is: for the preview, and for reading its rows.

    `records` counts all of them, headers and blank ones too. `kind`: of rows that do not say it.
    `dates`: what the cells of each column of times tell of how `3/4/26` is meant, by index.
    """

    encoding: Encoding
    separator: str
    header: Header
    width: int
    kind: Kind
    dates: Mapping[int, ColumnOrder]
    records: int

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.header.columns


def survey(chunks: Iterable[bytes], choices: Choices) -> Sheet:
    """What the sheet of these bytes is.

    Raises Refused with SHEET_EMPTY, SHEET_NOT_TEXT, SHEET_NO_HEADER, SHEET_NO_CATEGORY,
    SHEET_NO_TEXT, SHEET_COLUMN_UNKNOWN, SHEET_COLUMN_TWICE, SHEET_FIELD_UNKNOWN,
    SHEET_ENCODING_UNKNOWN or UNKNOWN_CATEGORY.
    """
    said = by_hand(choices.columns)
    category = category_of(choices.category) if choices.category.strip() else None
    encoding, chunks = _encoding(chunks, choices.encoding)
    pages = CodePages()
    lines = as_lines_of_bytes(chunks, encoding)
    first = list(islice(lines, SAMPLE_LINES))
    if not choices.encoding:
        encoding = replace(encoding, legacy=_code_page(first))
    sample = list(_decoded(first, encoding, pages))
    separator = _separator(sample, said)
    records = list(split_records(sample, separator))
    header = find_header(records, said)
    _refuse_lacking(header, has_category=category is not None)
    width = _width(header, records)
    rest = _decoded(lines, encoding, pages)
    every = split_records(chain(sample, rest), separator, width)
    dates, count = _dates(every, header)
    if not choices.encoding:
        encoding = replace(encoding, legacy=pages.best())
    kind = choices.kind or header.kind or choices.usual
    return Sheet(encoding, separator, header, width, kind, dates, count)


def read_rows(
    chunks: Iterable[bytes], sheet: Sheet, choices: Choices, now_ms: int, zone: tzinfo
) -> Iterator[Row]:
    """Every record of the sheet, in its order, as `survey` found it. Raises nothing that
    `survey` did not raise of the same bytes and choices."""
    layout = Layout(
        header=sheet.header,
        width=sheet.width,
        orders={index: each.order for index, each in sheet.dates.items() if each.order},
        date_order=choices.date_order,
        kind=sheet.kind,
        comma_sheet=sheet.separator == ";",
        category=category_of(choices.category) if choices.category.strip() else None,
    )
    reader = RowReader(layout, now_ms, zone)
    lines = read_lines(chunks, sheet.encoding)
    return map(reader.read, split_records(lines, sheet.separator, sheet.width))


def cells_of(chunks: Iterable[bytes], sheet: Sheet, lines: Collection[int]) -> dict[int, list[str]]:
    """The cells of those records that begin on these lines, as they stand there."""
    found: dict[int, list[str]] = {}
    records = split_records(read_lines(chunks, sheet.encoding), sheet.separator, sheet.width)
    while len(found) < len(lines) and (record := next(records, None)):
        if record.line in lines:
            found[record.line] = record.cells
    return found


def _encoding(chunks: Iterable[bytes], said: str) -> tuple[Encoding, Iterator[bytes]]:
    encoding, chunks = find_encoding(chunks)
    name = said.strip().casefold().replace("_", "-")
    if not name or name in {"utf-8", "utf8"}:
        return encoding, chunks
    if name not in ENCODINGS:
        raise Refused(Why.SHEET_ENCODING_UNKNOWN, given=said[:80], choices=", ".join(ENCODINGS))
    if name.startswith("utf-"):
        return replace(encoding, whole=name), chunks
    return replace(encoding, legacy=name), chunks


def _code_page(lines: Iterable[bytes | None]) -> str:
    """That of the first lines, among which are the names of the columns."""
    pages = CodePages()
    for _line in _decoded(lines, Encoding(), pages):
        pass
    return pages.best()


def _decoded(
    lines: Iterable[bytes | None], encoding: Encoding, pages: CodePages
) -> Iterator[str | None]:
    """As text, in the code page of the first lines: separators and dates are the same in all."""
    for line in lines:
        if line is None or line.isascii():
            yield None if line is None else line.decode()
            continue
        try:
            yield line.decode()
        except UnicodeDecodeError:
            pages.look_at(line)
            yield decode_line(line, encoding.legacy)


def _separator(sample: list[str | None], said: Mapping[str, Field | None]) -> str:
    """The one that shows most names of columns; among equals, that with the most even rows."""
    first = (sample[0] or "") if sample else ""
    if first.casefold().startswith(_SEPARATOR_SAID) and first[4:5] in SEPARATORS:
        return first[4:5]

    def evidence(separator: str) -> tuple[int, int]:
        records = list(split_records(sample, separator))
        widths = Counter(len(record.cells) for record in records if len(record.cells) > 1)
        return known_names(records, said), max(widths.values(), default=0)

    return max(SEPARATORS, key=evidence)


def _refuse_lacking(header: Header, *, has_category: bool) -> None:
    if Field.CATEGORY not in header.fields and not has_category:
        raise Refused(Why.SHEET_NO_CATEGORY)
    if not header.fields & {Field.TEXT, Field.CATEGORY}:
        raise Refused(Why.SHEET_NO_TEXT)


def _width(header: Header, records: Iterable[Record]) -> int:
    """As many columns as the header has, or as most rows have where that is more."""
    widths = Counter(_filled(record) for record in records if record.line > header.last_line)
    usual = widths.most_common(1)[0][0] if widths else 0
    return max(len(header.columns), usual)


def _filled(record: Record) -> int:
    return next((n for n in range(len(record.cells), 0, -1) if record.cells[n - 1].strip()), 0)


def _dates(records: Iterable[Record], header: Header) -> tuple[dict[int, ColumnOrder], int]:
    """What each column of times tells, by index, and how many records there are."""
    times = {Field.BY, Field.AT}
    columns = {column.index: ColumnOrder() for column in header.columns if column.field in times}
    count = 0
    for record in records:
        count += 1
        for index, column in columns.items():
            if index < len(record.cells):
                column.look_at(record.cells[index])
    return columns, count

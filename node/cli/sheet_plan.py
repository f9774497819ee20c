"""What `hallway import` shows before it asks: what the sheet was taken for, and its first rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final, Protocol

from node.api.views import Kind
from node.cli import plain, wording
from node.cli.output import NotDone, tell
from node.cli.sheet_report import told as told_of
from node.desk import references
from node.desk.quantity import as_number
from node.desk.sheet_dates import ColumnOrder, DateOrder
from node.desk.sheet_fields import Field
from node.desk.sheet_header import Column
from node.desk.sheet_report import Outcome, Row
from node.desk.sheets import Choices, Sheet
from node.desk.text import inert
from node.desk.when import in_full
from node.wording import _

SHOWN_READ: Final = 3
SHOWN_DATED: Final = 3
SHOWN_REMARKED: Final = 5
SHOWN_REFUSED: Final = 5
KINDS: Final = {references.Kind.NEED: Kind.NEED, references.Kind.OFFER: Kind.OFFER}


class Reading(Protocol):
    """A sheet that can be read from its beginning several times."""

    @property
    def sheet(self) -> Sheet: ...

    @property
    def choices(self) -> Choices: ...

    @property
    def zone(self) -> tzinfo: ...

    def rows(self) -> Iterator[Row]: ...

    def cells(self, lines: Collection[int]) -> dict[int, list[str]]: ...


@dataclass(slots=True)
class _Looked:
    """What a look at all rows found: how many there are, and the first few of each sort."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    kinds: Counter[references.Kind] = field(default_factory=Counter)
    read: list[Row] = field(default_factory=list)
    dated: list[Row] = field(default_factory=list)
    remarked: list[Row] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)

    def at(self, row: Row) -> None:
        self.counts[row.outcome] += 1
        if row.outcome is Outcome.REFUSED:
            _keep(row, self.refused, SHOWN_REFUSED)
        if row.said is None:
            return
        self.kinds[row.said.kind] += 1
        _keep(row, self.read, SHOWN_READ)
        if row.said.words.by_ms is not None or row.said.at_ms is not None:
            _keep(row, self.dated, SHOWN_DATED)
        if row.remarks:
            _keep(row, self.remarked, SHOWN_REMARKED)


def _keep(row: Row, rows: list[Row], limit: int) -> None:
    if len(rows) < limit:
        rows.append(row)


def plan(name: str, reading: Reading) -> list[str]:
    """What each column was taken for, how much can be read, the first rows of either sort.

    Raises NotDone, the plan shown, where nothing can be read.
    """
    sheet, looked = reading.sheet, _Looked()
    for row in reading.rows():
        looked.at(row)
    lines = [
        wording.IMPORT_FILE.format(file=inert(name), encoding=_encoding(sheet)),
        *(f"  {line}" for line in _columns(sheet)),
        _kind_line(sheet.kind),
        _counts_line(looked),
        *map(_read_line, looked.read),
        *_dates(looked.dated, reading),
        *_orders(reading),
        *(line for row in looked.remarked for line in _remarks(row)),
        *map(_refused_line, looked.refused),
    ]
    if not looked.read:
        for line in lines:
            tell(line)
        raise NotDone(wording.IMPORT_NOTHING)
    return [*lines, wording.IMPORT_NEW]


def _counts_line(looked: _Looked) -> str:
    return wording.IMPORT_COUNTS.format(
        read=looked.counts[Outcome.READ],
        needs=looked.kinds[references.Kind.NEED],
        offers=looked.kinds[references.Kind.OFFER],
        refused=looked.counts[Outcome.REFUSED],
        left_out=looked.counts[Outcome.LEFT_OUT],
    )


def _encoding(sheet: Sheet) -> str:
    whole, legacy = sheet.encoding.whole, sheet.encoding.legacy
    return wording.ENCODINGS.format(whole=whole, legacy=legacy) if whole == "utf-8" else whole


def _columns(sheet: Sheet) -> list[str]:
    head = (_("COLUMN"), _("TAKEN AS"), _("BECAUSE"))
    return plain.table(head, [_column(each) for each in sheet.columns])


def _column(column: Column) -> tuple[str, str, str]:
    if column.field is None:
        return column.header[:40], _("not read"), ""
    return column.header[:40], column.field.value, _(wording.KNOWN_BY[column.known])


def _kind_line(kind: references.Kind) -> str:
    return wording.IMPORT_AS_OFFERS if kind is references.Kind.OFFER else wording.IMPORT_AS_NEEDS


def _dates(rows: list[Row], reading: Reading) -> Iterator[str]:
    """The first rows that have a date: what stands there, and what it was taken for."""
    if rows:
        yield wording.IMPORT_DATES
    cells = reading.cells({row.line for row in rows})
    columns = {column.field: column for column in reversed(reading.sheet.columns)}
    for row in rows:
        assert row.said is not None, "a row with a date was read"
        for about, when_ms in ((Field.BY, row.said.words.by_ms), (Field.AT, row.said.at_ms)):
            if when_ms is not None:
                column = columns[about]
                yield "  " + wording.IMPORT_DATE.format(
                    row=row.number,
                    column=inert(column.header[:40]),
                    given=inert(cells[row.line][column.index].strip()[:40]),
                    when=in_full(when_ms, reading.zone),
                )


def _orders(reading: Reading) -> Iterator[str]:
    """Of each column with dates that can be read in two ways, which was taken and why."""
    for column in reading.sheet.columns:
        order = reading.sheet.dates.get(column.index)
        if order is not None and order.unclear:
            yield _order(column.header, order, reading.choices.date_order)


def _order(header: str, order: ColumnOrder, said: DateOrder | None) -> str:
    taken = order.taken(said)
    why = wording.IMPORT_ORDER_POINTS
    if said is not None:
        why = wording.IMPORT_ORDER_SAID
    elif order.settled_by:
        why = wording.IMPORT_ORDER_SETTLED.format(given=inert(order.settled_by[:40]))
    text = wording.IMPORT_ORDER_OPEN if taken is None else wording.IMPORT_ORDERS[taken.value]
    return text.format(column=inert(header[:40]), given=inert(order.unclear[:40]), why=why)


def _read_line(row: Row) -> str:
    """The row as it would be saved: what fits a line of it."""
    assert row.said is not None, "a row that was read says something"
    words = row.said.words
    told = (words.text, words.zone, words.contact, plain.when(words.by_ms))
    return wording.IMPORT_ROW.format(
        row=row.number,
        kind=_(KINDS[row.said.kind].value),
        amount=plain.amount(as_number(words.qty), words.unit),
        category=inert(words.category),
        rest="; ".join(filter(None, map(inert, told))),
    )


def _refused_line(row: Row) -> str:
    assert row.refused is not None, "a row that was refused says why"
    return wording.SHEET_ROW.format(row=row.number, why=told_of(row.refused))


def _remarks(row: Row) -> Iterator[str]:
    return (wording.SHEET_ROW.format(row=row.number, why=told_of(remark)) for remark in row.remarks)

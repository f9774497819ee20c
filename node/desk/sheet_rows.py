"""One row of a spreadsheet as the words of a need or an offer, or the reason why it is none.

A row is read or it is not: half of one would be worse. What a row can do without (a time that is
past) is dropped, and the row says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final

from node.desk.categories import Category, Unit, category_of, unit_of
from node.desk.quantity import ONE, as_number
from node.desk.references import Kind
from node.desk.rounds import every_of
from node.desk.sheet_cells import one_line, read_flag
from node.desk.sheet_dates import DateOrder, Dates
from node.desk.sheet_fields import CONTACT_PARTS, NOT_READ, Field
from node.desk.sheet_header import Header
from node.desk.sheet_kinds import category_said, is_over, is_total, kind_of, unit_said
from node.desk.sheet_persons import is_spoilt, mended_numbers, says_never, unsafe_remark
from node.desk.sheet_quantities import read_amount
from node.desk.sheet_records import Record
from node.desk.sheet_report import LeftOut, Outcome, Row, Said, Told
from node.desk.text import clean_text
from node.desk.when import DAYS_OFF_MAX
from node.desk.words import PRIVATE_BYTES_MAX, TEXTS, Words, channel_of
from node.refusal import Refused, Why
from protocol.ids import Thousandths

SUGGESTIONS_MAX: Final = 200
"""Unknown words that the nearest known one is looked for: each costs a millisecond, and a sheet
whose columns are misunderstood has one in every row."""

_TEXTS: Final = {Field(name): limit for name, limit in TEXTS.items() if name != Field.CONTACT}
"""Plain texts, with the most UTF-8 bytes that each of them may have; a contact is joined."""

_NOTHING: Final = "\0 \t\n\v\f\r\xa0\u3000\ufeff"

_NUMBERS: Final = re.compile(r"[\d.,' ]+")

_WHAT_OR_WHO: Final = frozenset({Field.TEXT, Field.CATEGORY, *CONTACT_PARTS})
"""Where one of these is filled in, somebody is meant: a telephone is no sum."""

_REMARKED: Final = ("text", "note", "safe", "ring")
"""Texts in which people write that it is not safe to call, besides the contact."""

_REACHED: Final = ("safe", "ring")
"""What a plain no is an answer to: it is not safe, or not to be done."""

_FLAGS: Final = frozenset({Field.DANGER, Field.QUIET, Field.STANDING})


@dataclass(frozen=True, slots=True)
class Layout:
    """What holds for every row of one sheet.

    `width`: columns; `orders`: how those columns mean `3/4/26` of which it is known, by index, and
    `date_order` how all others do. `kind`, `category`: of rows that do not say it. `comma_sheet`:
    its separator leaves the comma to decimals.
    """

    header: Header
    width: int
    orders: Mapping[int, DateOrder]
    date_order: DateOrder | None
    kind: Kind
    category: Category | None
    comma_sheet: bool = False


@dataclass(slots=True)
class _Draft:
    """A row while it is read; `values` are by their names in `Words`."""

    kind: Kind
    category: Category | None
    values: dict[str, Any] = field(default_factory=dict)
    qty: Thousandths = ONE
    unit: Unit | None = None
    qty_unit: Unit | None = None
    at_ms: int | None = None
    remarks: list[Told] = field(default_factory=list)


class RowReader:
    """Reads one record after another of the same sheet."""

    def __init__(self, layout: Layout, now_ms: int, zone: tzinfo) -> None:
        self._layout = layout
        self._now_ms = now_ms
        columns = layout.header.columns
        self._names = [column.header for column in columns]
        # When it was said comes first: "tonight" in another cell counts from there.
        self._fields = [
            (column.index, column.field)
            for column in sorted(columns, key=lambda column: column.field is not Field.AT)
            if column.field and column.field not in NOT_READ
        ]
        kinds = layout.header.kinds
        self._sides = {n: kind for n, kind in kinds.items() if kind} if len(kinds) > 1 else {}
        self._headers = {each.field: each.header for each in reversed(columns) if each.field}
        orders = {each.field: layout.orders.get(each.index) for each in columns if each.field}
        self._dates = {
            field: Dates(layout.date_order or orders.get(field), now_ms, zone)
            for field in (Field.BY, Field.AT)
        }
        self._suggestions = 0

    def read(self, record: Record) -> Row:
        """What becomes of the record. Raises nothing: a refusal is one thing it may become."""
        cells = _filled(record.cells)
        is_blank = not record.why and cells == 0
        if is_blank or record.line <= self._layout.header.last_line:
            return _left_out(record, LeftOut.BLANK if is_blank else LeftOut.HEADER)
        if record.why:
            return _refused(record, Told(record.why))
        typed = self._typed(record.cells)
        if left_out := self._superfluous(record.cells, typed):
            return _left_out(record, left_out)
        if cells > self._layout.width:
            facts = {"cells": cells, "columns": self._layout.width}
            return _refused(record, Told(Why.SHEET_ROW_TOO_LONG, facts))
        return self._row(record, typed)

    def _typed(self, cells: list[str]) -> dict[Field, str]:
        """What stands in the row, by field; columns of one field are joined."""
        typed: dict[Field, str] = {}
        for index, field_ in self._fields:
            if index < len(cells) and (text := one_line(cells[index])):
                typed[field_] = f"{typed[field_]}, {text}" if field_ in typed else text
        return typed

    def _superfluous(self, cells: list[str], typed: dict[Field, str]) -> LeftOut | None:
        if is_over(typed.pop(Field.STATE, "")):
            return LeftOut.OVER
        if category_said(typed.get(Field.CATEGORY, "")):
            return None
        if [one_line(cell) for cell in cells[: len(self._names)]] == self._names:
            return LeftOut.HEADER
        said = [text for text in map(one_line, cells) if text]
        is_numbers = not typed.keys() & _WHAT_OR_WHO and all(map(_NUMBERS.fullmatch, said))
        return LeftOut.TOTAL if is_numbers or is_total(said[0]) else None

    def _row(self, record: Record, typed: dict[Field, str]) -> Row:
        """The words of the row. What is wrong first, in the order of the fields, is told."""
        if Field.TEXT not in self._headers and Field.CATEGORY in typed:
            typed[Field.TEXT] = typed[Field.CATEGORY]
        contact = [(part, typed.pop(part)) for part in CONTACT_PARTS if part in typed]
        draft = _Draft(self._layout.kind, self._layout.category)
        about = Field.TEXT if self._sides else Field.CATEGORY
        try:
            if self._sides:
                draft.kind = self._side(record.cells)
            for about, text in typed.items():
                self._take(draft, about, text)
            about = next((part for part in CONTACT_PARTS if part in self._headers), about)
            self._take_contact(draft, contact)
            about = _lacking(draft)
            said = _said(draft)
        except Refused as refused:
            column = self._headers.get(about, "")
            return _refused(record, Told(refused.why, refused.facts, column))
        return Row(
            record.number, record.line, Outcome.READ, said=said, remarks=tuple(draft.remarks)
        )

    def _side(self, cells: list[str]) -> Kind:
        """What the row is by which of two columns has words in it. Raises Refused with
        SHEET_BOTH_KINDS."""
        said = [kind for n, kind in self._sides.items() if n < len(cells) and one_line(cells[n])]
        if len(said) > 1:
            raise Refused(Why.SHEET_BOTH_KINDS)
        return said[0] if said else self._layout.kind

    def _take(self, draft: _Draft, about: Field, typed: str) -> None:
        """One cell into the draft. Raises Refused."""
        if about in _TEXTS:
            draft.values[about.value] = _text(typed, _TEXTS[about], about.value)
            if "\ufffd" in typed:
                draft.remarks.append(Told(Why.SHEET_LETTERS_LOST, {}, self._headers[about]))
        elif about in _FLAGS:
            draft.values[about.value] = read_flag(typed)
        else:
            self._take_other(draft, about, typed)

    def _take_other(self, draft: _Draft, about: Field, typed: str) -> None:
        match about:
            case Field.CATEGORY:
                draft.category = self._category(typed)
            case Field.QTY:
                self._take_qty(draft, typed)
            case Field.UNIT:
                draft.unit = self._unit(typed)
            case Field.KIND:
                draft.kind = kind_of(typed)
            case Field.EVERY:
                draft.values["every"] = every_of(typed)
            case Field.AT:
                self._take_at(draft, typed)
            case Field.BY:
                self._take_by(draft, typed)
            case Field.CHANNEL:
                self._take_channel(draft, typed)

    def _take_contact(self, draft: _Draft, contact: Sequence[tuple[Field, str]]) -> None:
        """How the person is found, joined; and whether some remark says that they must not be."""
        joined = ", ".join(text for _about, text in contact)
        if is_spoilt(joined):
            mended = (self._mended(draft, about, text) for about, text in contact)
            joined = ", ".join(filter(None, mended))
        texts = (joined, *(draft.values.get(name, "") for name in _REMARKED))
        # What the column for it says counts more than a remark.
        ways = (draft.values.get(name, "") for name in _REACHED)
        never = next(filter(says_never, ways), "")
        remark = never or unsafe_remark(", ".join(texts))
        if "quiet" not in draft.values and remark:
            draft.values["quiet"] = True
            draft.remarks.append(Told(Why.SHEET_MADE_QUIET, {"given": remark}))
        draft.values["contact"] = _text(joined, PRIVATE_BYTES_MAX, "contact")

    def _mended(self, draft: _Draft, about: Field, typed: str) -> str:
        """The telephone numbers in it that are still whole."""
        whole, cut = mended_numbers(typed)
        if cut:
            self._drop(draft, Why.SHEET_PHONE_CUT, about, cut)
        return whole

    def _take_qty(self, draft: _Draft, typed: str) -> None:
        amount = read_amount(typed, comma_sheet=self._layout.comma_sheet)
        draft.qty, draft.qty_unit = amount.qty, amount.unit
        if amount.is_about:
            facts = {"given": typed[:80], "qty": as_number(amount.qty)}
            draft.remarks.append(Told(Why.SHEET_QUANTITY_ABOUT, facts, self._headers[Field.QTY]))

    def _category(self, typed: str) -> Category:
        category = category_said(typed)
        if category is None and self._may_suggest():
            return category_of(typed)
        if category is None:
            raise Refused(Why.SHEET_CATEGORY_UNKNOWN, given=typed[:80])
        return category

    def _unit(self, typed: str) -> Unit:
        unit = unit_said(typed)
        if unit is None and self._may_suggest():
            return unit_of(typed)
        if unit is None:
            raise Refused(Why.SHEET_UNIT_UNKNOWN, given=typed[:80])
        return unit

    def _may_suggest(self) -> bool:
        self._suggestions += 1
        return self._suggestions <= SUGGESTIONS_MAX

    def _take_at(self, draft: _Draft, typed: str) -> None:
        at_ms = self._dates[Field.AT].since(typed)
        if at_ms <= self._now_ms:
            draft.at_ms = at_ms
        else:
            self._drop(draft, Why.SHEET_SAID_DROPPED, Field.AT, typed)

    def _take_by(self, draft: _Draft, typed: str) -> None:
        said_ms = self._now_ms if draft.at_ms is None else draft.at_ms
        by_ms = self._dates[Field.BY].until(typed, said_ms)
        if by_ms > self._now_ms + DAYS_OFF_MAX * 86_400_000:
            raise Refused(Why.TIME_TOO_FAR, given=typed, days=DAYS_OFF_MAX)
        if by_ms > self._now_ms:
            draft.values["by_ms"] = by_ms
        else:
            self._drop(draft, Why.SHEET_TIME_DROPPED, Field.BY, typed)

    def _take_channel(self, draft: _Draft, typed: str) -> None:
        try:
            draft.values["channel"] = channel_of(typed).value
        except Refused:
            self._drop(draft, Why.SHEET_CHANNEL_DROPPED, Field.CHANNEL, typed)

    def _drop(self, draft: _Draft, why: Why, about: Field, typed: str) -> None:
        draft.remarks.append(Told(why, {"given": typed[:80]}, self._headers[about]))


def _said(draft: _Draft) -> Said:
    """The draft complete. Raises Refused with SHEET_CATEGORY_EMPTY, TEXT_EMPTY or
    QUANTITY_OTHER_UNIT."""
    if draft.category is None:
        raise Refused(Why.SHEET_CATEGORY_EMPTY)
    if not draft.values.get("text"):
        raise Refused(Why.TEXT_EMPTY)
    if draft.unit and draft.qty_unit and draft.unit != draft.qty_unit:
        raise Refused(Why.QUANTITY_OTHER_UNIT, given=draft.qty_unit, unit=draft.unit)
    unit = draft.unit or draft.qty_unit or draft.category.unit
    words = Words(category=draft.category.code, qty=draft.qty, unit=unit, **draft.values)
    return Said(draft.kind, words, draft.at_ms)


def _lacking(draft: _Draft) -> Field:
    """Which field is at fault where the draft is not complete."""
    if draft.category is None:
        return Field.CATEGORY
    return Field.QTY if draft.values.get("text") else Field.TEXT


def _text(typed: str, limit_bytes: int, name: str) -> str:
    return clean_text(typed, limit_bytes, name) if typed else ""


def _filled(cells: list[str]) -> int:
    """How many cells there are up to the last that has something in it. A disk that lost its power
    leaves zeros, which are nothing."""
    last = len(cells)
    while last and not cells[last - 1].strip(_NOTHING):
        last -= 1
    return last


def _left_out(record: Record, left_out: LeftOut) -> Row:
    return Row(record.number, record.line, Outcome.LEFT_OUT, left_out=left_out)


def _refused(record: Record, told: Told) -> Row:
    return Row(record.number, record.line, Outcome.REFUSED, refused=told)

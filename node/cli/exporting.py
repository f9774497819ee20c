"""`hallway export`: a list as a spreadsheet or as JSON Lines, or all that a hall knows."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from node.api.requests import ListNeighbours, ListOverflows
from node.api.sheets import Exported, ExportRows
from node.api.views import NeighbourView, OverflowView
from node.cli import plain, wording
from node.cli.files import FOR_ALL, FOR_US, any_file, name_new, name_over, new_file, write_pieces
from node.cli.output import Output, document, tell
from node.cli.parser import CommandLine, Misused, shortened
from node.cli.session import Session
from node.desk.personal import personal_looking
from node.desk.sheet_fields import TAGS, Field
from node.desk.sheet_writing import MARK, PRIVATE, WRITTEN, csv_lines, json_lines
from node.desk.text import inert
from node.wording import ngettext

Row = dict[str, Any]
REFS_SHOWN: Final = 3


class Listed(StrEnum):
    """What can be exported."""

    NEEDS = "needs"
    OFFERS = "offers"
    OVERFLOW = "overflow"
    ALL = "all"


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


ENDINGS: Final = {".csv": Format.CSV, ".jsonl": Format.JSONL, ".ndjson": Format.JSONL}
FOREIGN: Final = frozenset({
    ".xlsx", ".xls", ".xlsm", ".ods", ".numbers", ".pdf", ".doc", ".docx", ".odt", ".tsv", ".tab",
    ".json", ".zip", ".gz", ".db", ".sqlite",
})  # fmt: skip
"""Endings of what we do not write: the program for it would not open such a file, or wrongly."""

OVERFLOW_TAGS: Final = {
    "id": "#meta+id",
    "ref": "#meta+ref",
    "origin": "#org+name",
    "surplus": "#meta+surplus",
    "state": "#status",
    "because": "#status+reason",
    "category": "#sector",
    "text": "#item+name",
    "qty": "#item+num",
    "unit": "#item+unit",
    "accepted": "#output+num+accepted",
    "received": "#output+num",
    "pledged": "#output+num+promised",
    "distance": "#org+distance",
    "area": "#loc+name",
    "urgency": "#severity",
    "by": "#date+end",
    "until": "#date+until",
    "changed": "#date+reported",
    "exercise": "#meta+exercise",
}
"""The columns of a spreadsheet of overflows, with what HXL calls them."""
PLEDGE_PRIVATE: Final = ("details", "note")
"""Of a pledge, what was sealed to us."""


def add_commands(line: CommandLine) -> None:
    line.add("export", export, "list", "--format", "--to", "--private", "--hxl", "--all")


def export(given: Namespace, session: Session) -> Output:
    """Nothing is written, and nothing printed, before all of it has come."""
    wanted = _wanted(given)
    told = _Told(wanted)
    if given.to is None:
        return _printed(wanted, told, session)
    path = any_file(given.to) if session.yes else new_file(given.to)
    mode = FOR_US if wanted.private else FOR_ALL
    pieces = (text.encode() for text in _written(wanted, told.of(_rows(wanted, session))))
    write_pieces(path, pieces, mode, name_over if session.yes else name_new)
    told.tell()
    line = ngettext(*wording.EXPORTED, told.count).format(count=told.count, file=inert(given.to))
    report = {**told.report, "file": given.to, "private": wanted.private}
    return Output(report, (line,))


@dataclass(frozen=True, slots=True)
class _Wanted:
    what: Listed
    format: Format
    private: bool
    hxl: bool
    closed: bool


def _wanted(given: Namespace) -> _Wanted:
    """Raises Misused for what goes together nowhere."""
    what = _one_of(Listed, given.list, wording.EXPORT_LIST)
    format_ = _format(given, what)
    if given.hxl and format_ is not Format.CSV:
        raise Misused(wording.EXPORT_HXL_JSONL)
    closed = bool(given.closed) or what is Listed.ALL
    return _Wanted(what, format_, bool(given.private), bool(given.hxl), closed)


def _format(given: Namespace, what: Listed) -> Format:
    """As it was said, else as the file is called, else CSV but for all. Raises Misused where these
    contradict one another."""
    said = given.format and _one_of(Format, given.format, wording.EXPORT_FORMAT)
    ending = Path(given.to or "").suffix.casefold()
    if ending in FOREIGN:
        raise Misused(wording.EXPORT_ENDING.format(file=shortened(Path(given.to).name)))
    named = ENDINGS.get(ending)
    usual = Format.JSONL if what is Listed.ALL else Format.CSV
    format_: Format = said or named or usual
    if what is Listed.ALL and format_ is Format.CSV:
        raise Misused(wording.EXPORT_ALL_CSV)
    if named and named is not format_:
        name = shortened(Path(given.to).name)
        facts = {"file": name, "format": format_.value, "ending": named.value}
        raise Misused(wording.EXPORT_TWO_FORMATS.format(**facts))
    return format_


def _one_of(kind: type[Listed | Format], typed: str, text: str) -> Any:
    said = typed.strip().casefold()
    if said not in set(kind):
        raise Misused(text.format(given=shortened(typed)))
    return kind(said)


def _printed(wanted: _Wanted, told: _Told, session: Session) -> Output:
    """On paper or in a pipe: as many lines, or with --json as one document."""
    rows = list(told.of(_rows(wanted, session)))
    told.tell()
    lines = tuple(line.rstrip("\r\n") for line in _lines(wanted, rows))
    return Output({**told.report, "rows": [*rows]}, lines)


def _written(wanted: _Wanted, rows: Iterable[Row]) -> Iterator[str]:
    """The same into a file: a spreadsheet takes it for UTF-8 only by the mark."""
    if wanted.format is Format.CSV:
        yield MARK
    yield from _lines(wanted, rows)


def _lines(wanted: _Wanted, rows: Iterable[Row]) -> Iterator[str]:
    if wanted.format is Format.JSONL:
        yield from json_lines(rows)
        return
    tags = _tags(wanted)
    cells = ([_cell(row.get(name)) for name in tags] for row in rows)
    if wanted.hxl:
        cells = _after([*tags.values()], cells)
    yield from csv_lines([*tags], cells)


def _after(first: Sequence[Any], rest: Iterable[Sequence[Any]]) -> Any:
    yield first
    yield from rest


def _tags(wanted: _Wanted) -> dict[str, str]:
    """The columns of the spreadsheet, each with its hashtag."""
    if wanted.what is Listed.OVERFLOW:
        return OVERFLOW_TAGS
    fields: list[Field] = [each for each in WRITTEN if wanted.private or each not in PRIVATE]
    return {each.value: TAGS[each] for each in fields}


def _cell(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _rows(wanted: _Wanted, session: Session) -> Iterator[Row]:
    match wanted.what:
        case Listed.NEEDS:
            yield from _pages(Exported.NEEDS, wanted, session)
        case Listed.OFFERS:
            yield from _pages(Exported.OFFERS, wanted, session)
        case Listed.OVERFLOW:
            yield from _overflows(wanted, session)
        case Listed.ALL:
            for what in Exported:
                for row in _pages(what, wanted, session):
                    yield {"type": TYPES[what], **row}
            for row in _overflows(wanted, session):
                yield {"type": "overflow", **row}
            for neighbour in session.ask(ListNeighbours()):
                yield {"type": "neighbour", **_neighbour(neighbour)}


TYPES: Final = {
    Exported.NEEDS: "need",
    Exported.OFFERS: "offer",
    Exported.MATCHES: "match",
    Exported.JOBS: "job",
    Exported.EVENTS: "event",
}


def _pages(what: Exported, wanted: _Wanted, session: Session) -> Iterator[Row]:
    """Page by page: the desk has its turn in between."""
    after: int | None = 0
    while after is not None:
        page = session.ask(ExportRows(what, after, wanted.closed, wanted.private))
        yield from page.rows
        after = page.next


def _overflows(wanted: _Wanted, session: Session) -> Iterator[Row]:
    for overflow in session.ask(ListOverflows()):
        yield _overflow(overflow, private=wanted.private)


def _overflow(overflow: OverflowView, *, private: bool) -> Row:
    row: Row = document(overflow)
    del row["can"]
    for pledge in row["pledges"]:
        del pledge["can"]
        for name in () if private else PLEDGE_PRIVATE:
            del pledge[name]
    return row


def _neighbour(neighbour: NeighbourView) -> Row:
    return {"group_id": neighbour.group_id, "name": neighbour.name, "area": neighbour.area}


@dataclass(slots=True)
class _Told:
    """What a person is told of what went out: how much, and what of it may be personal."""

    wanted: _Wanted
    count: int = 0
    suspects: int = 0
    refs: list[str] = field(default_factory=list)

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, looked at."""
        for row in rows:
            self.count += 1
            texts = [text for name in ("text", "because") if (text := row.get(name))]
            if not self.wanted.private and any(map(personal_looking, texts)):
                self.suspects += 1
                if len(self.refs) < REFS_SHOWN:
                    self.refs.append(str(row.get("ref")))
            yield row

    @property
    def report(self) -> dict[str, int]:
        """As of an import: what is on the board can all be written."""
        return {"read": self.count, "saved": self.count, "refused": 0}

    def tell(self) -> None:
        if self.wanted.private:
            tell(wording.EXPORT_PRIVATE)
        if self.suspects:
            told = ngettext(*wording.EXPORT_PERSONAL, self.suspects)
            tell(told.format(count=self.suspects, refs=plain.names(self.refs)))

"""`hallway import`: a spreadsheet that someone else made, shown first and then saved row by row."""

from __future__ import annotations

import asyncio
import os
import stat
from argparse import Namespace
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from typing import IO, Final

from node.api.door import NodeGone, NodeSilent
from node.api.requests import Status
from node.api.sheets import ImportedView, ImportRows, ReadRow
from node.cli import wording
from node.cli.asking import confirm
from node.cli.output import NotDone, Output, tell
from node.cli.parser import CommandLine, Misused, shortened
from node.cli.session import Session
from node.cli.sheet_plan import KINDS, plan
from node.cli.sheet_report import Report
from node.clock import local_zone
from node.desk import references
from node.desk.sheet_dates import DateOrder
from node.desk.sheet_kinds import kind_of
from node.desk.sheet_report import Outcome, Row, Said
from node.desk.sheets import Choices, Sheet, cells_of, read_rows, survey
from node.desk.text import inert
from node.refusal import Refused
from node.wording import sentence

HELD_S: Final = 0.025
"""Seconds for which one batch is to hold up the node, on a small machine as on a large one: what
the desk types meanwhile waits for no more."""
ROWS_MIN: Final = 40
ROWS_MAX: Final = 200
ROWS_AT_FIRST: Final = 40
"""Rows in the first batch, before anything is known of the machine."""
ROWS_IN_VAIN: Final = 2_000
"""Rows that are looked at before what was readable among them is sent on."""
CHUNK_BYTES: Final = 1 << 16


def add_commands(line: CommandLine) -> None:
    line.add(
        "import", import_sheet, "file", "--kind", "--category", "--column*", "--day-first",
        "--month-first", "--encoding",
    )  # fmt: skip


def import_sheet(given: Namespace, session: Session) -> Output:
    choices = _choices(given)
    with _opened(given.file) as file:
        now_ms = session.ask(Status()).now_ms
        sheet = survey(file.chunks(), choices)
        reading = Reading(file, sheet, choices, now_ms, local_zone())
        if not session.yes:
            confirm(plan(given.file, reading), wording.IMPORT_QUESTION, yes=False)
            file.refuse_changed()
        return _saved(session, reading).output()


@dataclass(slots=True)
class _File:
    """A file that can be read from its beginning several times."""

    name: str
    file: IO[bytes]
    stamp: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.stamp = self._stamp()

    def chunks(self) -> Iterator[bytes]:
        """All of it. Raises NotDone where it cannot be read any further."""
        try:
            self.file.seek(0)
            while chunk := self.file.read(CHUNK_BYTES):
                yield chunk
        except OSError as error:
            raise NotDone(wording.FILE_UNREADABLE.format(file=inert(self.name))) from error

    def refuse_changed(self) -> None:
        """Raises NotDone where it is not what was shown any more."""
        if self._stamp() != self.stamp:
            raise NotDone(wording.FILE_CHANGED.format(file=inert(self.name)))

    def _stamp(self) -> tuple[int, int]:
        now = os.fstat(self.file.fileno())
        return now.st_size, now.st_mtime_ns


@contextmanager
def _opened(typed: str) -> Iterator[_File]:
    """Raises NotDone where there is no such file, or none that can be read twice."""
    if not typed.strip() or "\0" in typed:
        raise NotDone(wording.FILE_NOT_NAMED)
    try:
        # A pipe would wait here for whoever writes into it.
        descriptor = os.open(typed, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise NotDone(wording.FILE_MISSING.format(file=inert(typed))) from error
    except OSError as error:
        raise NotDone(wording.FILE_UNREADABLE.format(file=inert(typed))) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotDone(wording.FILE_NO_FILE.format(file=inert(typed)))
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        yield _File(typed, file)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file with all that is needed in order to read its rows."""

    file: _File
    sheet: Sheet
    choices: Choices
    now_ms: int
    zone: tzinfo

    def rows(self) -> Iterator[Row]:
        return read_rows(self.file.chunks(), self.sheet, self.choices, self.now_ms, self.zone)

    def cells(self, lines: Collection[int]) -> dict[int, list[str]]:
        """What stands in the records that begin on these lines."""
        return cells_of(self.file.chunks(), self.sheet, lines)


def _choices(given: Namespace) -> Choices:
    """Raises Misused or Refused."""
    if given.day_first and given.month_first:
        raise Misused(wording.DAY_OR_MONTH)
    order = DateOrder.DAY_FIRST if given.day_first else None
    order = DateOrder.MONTH_FIRST if given.month_first else order
    columns: dict[str, str] = {}
    for said in given.column or ():
        header, is_said, name = said.rpartition("=")
        if not is_said or not header.strip():
            raise Misused(wording.COLUMN_UNREADABLE.format(given=shortened(said)))
        columns[header] = name
    kind = kind_of(given.kind.strip()) if given.kind is not None else None
    usual = _kind_by(given.file)
    return Choices(kind, given.category or "", columns, order, given.encoding or "", usual)


def _kind_by(file: str) -> references.Kind:
    """`offers.csv` is of offers, where nothing in it says otherwise."""
    name = Path(file).name.casefold()
    is_offers = "offer" in name and "need" not in name
    return references.Kind.OFFER if is_offers else references.Kind.NEED


def _saved(session: Session, reading: Reading) -> Report:
    """Save batch after batch; what is saved stays, whatever ends it. Raises NotDone."""
    report = Report()
    try:
        asyncio.run(_save(session, reading.rows(), report))
    except KeyboardInterrupt:
        tell(wording.IMPORT_BROKE_OFF.format(count=report.saved, why=wording.INTERRUPTED))
        raise
    except (NotDone, NodeGone, Refused) as ended:
        if not report.saved:
            raise
        why = sentence(ended.why, ended.facts) if isinstance(ended, Refused) else str(ended)
        why = wording.NODE_GONE if isinstance(ended, NodeGone) else why
        why = wording.NODE_QUIET if isinstance(ended, NodeSilent) else why
        raise NotDone(wording.IMPORT_BROKE_OFF.format(count=report.saved, why=why)) from ended
    return report


async def _save(session: Session, rows: Iterator[Row], report: Report) -> None:
    """The next rows are read while the node saves the ones before."""
    act, count = 0, ROWS_AT_FIRST
    loop = asyncio.get_running_loop()
    async with session.house.open_node(session.data) as node:
        batch = _next(rows, count)
        while batch:
            read = tuple(_as_sent(row.said) for row in batch if row.said)
            reading = loop.run_in_executor(None, _next, rows, count)
            imported = ImportedView(act, ())
            began_s = loop.time()
            try:
                if read:
                    request = ImportRows(read, act)
                    imported = await node.call(request, initials=session.initials)
                    count = paced(len(read), loop.time() - began_s)
            finally:
                following = await reading
            act = imported.act
            report.add(batch, imported)
            batch = following


def paced(sent: int, took_s: float) -> int:
    """How many rows are to follow where `sent` of them took so long: at most twice as many."""
    fitting = int(sent * HELD_S / took_s) if took_s else ROWS_MAX
    return max(ROWS_MIN, min(fitting, 2 * sent, ROWS_MAX))


def _next(rows: Iterator[Row], count: int) -> list[Row]:
    """Rows up to `count` that were read; empty at the end of the sheet."""
    batch: list[Row] = []
    found = 0
    for row in islice(rows, ROWS_IN_VAIN):
        batch.append(row)
        found += row.outcome is Outcome.READ
        if found == count:
            break
    return batch


def _as_sent(said: Said) -> ReadRow:
    return ReadRow(KINDS[said.kind], said.words, said.at_ms)

"""What became of the rows of a spreadsheet, as a person and as a program is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from node.api.sheets import ImportedRow, ImportedView
from node.cli import plain, wording
from node.cli.output import Json, Output, document
from node.desk.sheet_report import LeftOut, Outcome, Row, Told
from node.desk.text import inert
from node.wording import _, ngettext, sentence

LISTED_MAX: Final = 1_000
"""Rows of one outcome that are listed one by one: a sheet has any number, and so would a report."""
TOLD_MAX: Final = 20
"""Lines about rows that a person reads; all that are listed are in the report with --json."""


class Became(StrEnum):
    """What became of a row, in a report."""

    SAVED = "saved"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    LEFT_OUT = "left out"


WORTH_TELLING: Final = (Became.REFUSED, Became.DUPLICATE)

LEFT_OUT: Final = {
    LeftOut.HEADER: wording.SHEET_HEADER,
    LeftOut.BLANK: wording.SHEET_BLANK,
    LeftOut.TOTAL: wording.SHEET_TOTAL,
    LeftOut.OVER: wording.SHEET_OVER,
}


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row: `row` as the spreadsheet counts it, `line` as an editor does.

    `ref`: of what was saved, or of what was there before. `why`: a sentence, for all but saved
    ones. `remarks`: what of a saved row could not be kept, and that it is quiet like another.
    """

    row: int
    line: int
    outcome: Became
    ref: str | None
    why: str
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """Grows row by row; of each outcome LISTED_MAX rows are kept."""

    counts: Counter[Became] = field(default_factory=Counter)
    rows: list[RowReport] = field(default_factory=list)
    also_quiet: list[str] = field(default_factory=list)

    def add(self, rows: Iterable[Row], imported: ImportedView) -> None:
        """`imported`: what became of those among `rows` that were read, in order."""
        self.also_quiet += imported.also_quiet
        answers = iter(imported.rows)
        for row in rows:
            self._add(row, next(answers) if row.outcome is Outcome.READ else None)

    def _add(self, row: Row, imported: ImportedRow | None) -> None:
        became = _became(row, imported)
        self.counts[became] += 1
        if self.counts[became] <= LISTED_MAX:
            ref = imported.ref if imported else None
            remarks = tuple(_remarks(row, imported)) if became is Became.SAVED else ()
            self.rows.append(
                RowReport(row.number, row.line, became, ref, _why(row, imported), remarks)
            )

    @property
    def saved(self) -> int:
        return self.counts[Became.SAVED]

    def output(self) -> Output:
        return Output(self._document(), tuple(self._lines()))

    def _document(self) -> Json:
        counts = self.counts
        left_out = counts[Became.LEFT_OUT]
        return {
            "read": counts.total() - left_out,
            "saved": counts[Became.SAVED],
            "refused": counts[Became.REFUSED],
            "duplicates": counts[Became.DUPLICATE],
            "left_out": left_out,
            "rows": [document(row) for row in self.rows],
            "unlisted": counts.total() - len(self.rows),
            "also_quiet": [*self.also_quiet],
        }

    def _lines(self) -> list[str]:
        lines = [summary(self.counts)]
        tellable = [row for row in self.rows if row.outcome in WORTH_TELLING or row.remarks]
        for row in tellable[:TOLD_MAX]:
            sentences = [row.why] if row.why else []
            lines += [wording.SHEET_ROW.format(row=row.row, why=why) for why in sentences]
            lines += [wording.SHEET_ROW.format(row=row.row, why=why) for why in row.remarks]
        if len(tellable) > TOLD_MAX:
            lines.append(wording.SHEET_MORE.format(count=len(tellable) - TOLD_MAX))
        if self.also_quiet:
            refs = plain.names(self.also_quiet[:TOLD_MAX])
            more = len(self.also_quiet) > TOLD_MAX
            refs = wording.AND_MORE.format(refs=refs) if more else refs
            lines.append(wording.ALSO_QUIET.format(refs=refs))
        return lines


def _remarks(row: Row, imported: ImportedRow | None) -> Iterator[str]:
    """What of a saved row could not be kept, and whose quiet mark it has taken over."""
    yield from map(told, row.remarks)
    if imported is not None and imported.quiet_like:
        yield wording.SHEET_QUIET_LIKE.format(like=inert(imported.quiet_like))


def summary(counts: Counter[Became]) -> str:
    """`5 rows were read: 3 saved, 1 was there already, 1 could not be used. …`"""
    read = counts.total() - counts[Became.LEFT_OUT]
    return ngettext(*wording.SHEET_SUMMARY, read).format(
        read=read,
        saved=counts[Became.SAVED],
        duplicates=counts[Became.DUPLICATE],
        refused=counts[Became.REFUSED],
        left_out=counts[Became.LEFT_OUT],
    )


def told(reason: Told) -> str:
    """The sentence, after the name of the column where it is about one."""
    why = sentence(reason.why, reason.facts)
    if not reason.column:
        return why
    return wording.SHEET_COLUMN.format(column=inert(reason.column[:40]), why=why)


def _became(row: Row, imported: ImportedRow | None) -> Became:
    if imported is not None:
        return Became.SAVED if imported.saved else Became.DUPLICATE
    return Became.REFUSED if row.outcome is Outcome.REFUSED else Became.LEFT_OUT


def _why(row: Row, imported: ImportedRow | None) -> str:
    if imported is not None:
        return "" if imported.saved else wording.SHEET_DUPLICATE.format(ref=inert(imported.ref))
    if row.refused is not None:
        return told(row.refused)
    return _(LEFT_OUT[row.left_out]) if row.left_out else ""

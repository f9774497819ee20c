"""Spreadsheets in, and lists out: requests and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from node.api.requests import Request
from node.api.views import Kind
from node.desk.words import Words


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row as the words of a need or an offer; `said_ms`: when it was said, None: nobody noted.

    Quantities are thousandths here and times Unix milliseconds: a sheet is read where it lies, by
    the command, and not by the node.
    """

    kind: Kind
    words: Words
    said_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """`ref`: of what was saved, or of what is the same and was there before.

    `quiet_like`: the reference of another of the same person, whose quiet mark it has taken over.
    """

    ref: str
    saved: bool
    quiet_like: str = ""


@dataclass(frozen=True, slots=True)
class ImportedView:
    """`act`: what the next rows of the same sheet are to go on with; `rows`: as they were given;
    `also_quiet`: references of what was there before, here or further up in the sheet, and was
    marked quiet with its person, or by a row that is the same."""

    act: int
    rows: tuple[ImportedRow, ...]
    also_quiet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportRows(Request[ImportedView]):
    """Save these rows, at most ROWS_MAX; those that are on the board already are not saved again.

    `act`: of the rows before them in the same sheet, 0 for the first; they are undone as one.
    """

    rows: tuple[ReadRow, ...]
    act: int = 0


class Exported(StrEnum):
    """What a list is of."""

    NEEDS = "needs"
    OFFERS = "offers"
    MATCHES = "matches"
    JOBS = "jobs"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class ExportPage:
    """`rows` are ready to be written: quantities as numbers, times in RFC 3339. `next` is where the
    next page begins, None after the last one."""

    rows: tuple[dict[str, Any], ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class ExportRows(Request[ExportPage]):
    """A page of a list, in the order in which things were written down, so that none is missed or
    told twice while the desk goes on.

    `closed`: closed ones too. `private`: also what is known of persons, but for those who must not
    be listed.
    """

    what: Exported
    after: int = 0
    closed: bool = False
    private: bool = False

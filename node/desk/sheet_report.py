"""What became of the rows of a spreadsheet, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from node.desk.references import Kind
from node.desk.words import Words
from node.refusal import Why


class Outcome(StrEnum):
    READ = "read"
    REFUSED = "refused"
    LEFT_OUT = "left out"


class LeftOut(StrEnum):
    """Rows that nobody misses; the value is for logs and JSON."""

    HEADER = "header"
    BLANK = "blank"
    TOTAL = "total"
    OVER = "over"
    """Its state says that it is closed already."""


@dataclass(frozen=True, slots=True)
class Told:
    """A reason with its facts, as `node.wording` makes a sentence of it; `column`: its header."""

    why: Why
    facts: Mapping[str, str | int | float] = field(default_factory=dict)
    column: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a row that was read says; `at_ms`: when it was said, None: nobody noted."""

    kind: Kind
    words: Words
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one record: `number` as the spreadsheet shows it, `line` as an editor does.

    READ has `said`, REFUSED has `refused`, LEFT_OUT has `left_out`. `remarks`: what of a row that
    was read could not be kept.
    """

    number: int
    line: int
    outcome: Outcome
    said: Said | None = None
    refused: Told | None = None
    left_out: LeftOut | None = None
    remarks: tuple[Told, ...] = ()

"""Single cells: formulas kept from running, flags, and text as one line.

A spreadsheet runs what begins with `=`, `+`, `-` or `@`. What we write gets an apostrophe in front
of it there, which makes it text, and reading takes the same apostrophe off again.
"""

from __future__ import annotations

import re
from typing import Final

from node.refusal import Refused, Why

_UNSEEN: Final = r"\s\x00-\x20\u00ad\u200b-\u200f\u2060\ufeff"
_SIGNS: Final = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
"""The four signs, as wide, small and typographic characters too: some programs take these for the
plain ones."""
_RUNS: Final = re.compile(rf"['{_UNSEEN}]*[{_SIGNS}]|'*[\t\r\n]")
_FORMULA: Final = re.compile(rf"[{_UNSEEN}]*[{_SIGNS}]")
_BREAKS: Final = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")

_YES: Final = "yes y true t 1 x on ja oui si sí sim tak da так evet نعم ✓ ✔ ☑"
_NO: Final = "no n false f 0 - \u2013 off none nein non não nie ne ні hayır لا ✗ ✘ ☐"  # noqa: RUF001
_FLAGS: Final = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet runs; `unguarded` gives it back."""
    return "'" + text if _RUNS.match(text) else text


def unguarded(cell: str) -> str:
    """The cell without the apostrophe that keeps it from running."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell, 1) else cell


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run it."""
    return _FORMULA.match(cell) is not None


def one_line(cell: str) -> str:
    """The cell as people meant it: no guard, breaks or tabs, nor blanks or zeros around it."""
    plain = unguarded(cell) if cell.startswith("'") else cell
    if not plain.isprintable():
        plain = _BREAKS.sub(" ", plain.strip("\0"))
    return plain.strip()


def read_flag(typed: str) -> bool:
    """Yes or no. Raises Refused(SHEET_FLAG_UNCLEAR)."""
    said = _FLAGS.get(typed.casefold())
    if said is None:
        raise Refused(Why.SHEET_FLAG_UNCLEAR, given=typed[:80])
    return said

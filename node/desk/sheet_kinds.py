"""Words in a spreadsheet's cells that sort a row: need or offer, open or over, a line of sums."""

from __future__ import annotations

import re
from typing import Final

from node.desk.references import Kind
from node.refusal import Refused, Why

_KINDS: Final = {
    Kind.NEED: "need needs n request requests requested ask wanted needed seeking receiver",
    Kind.OFFER: "offer offers o offered donation donations have surplus giving available provider",
}
_KIND_BY_WORD: Final = {word: kind for kind, words in _KINDS.items() for word in words.split()}

_OVER: Final = re.compile(
    "closed|used up|withdrawn|expired|done|met|cancell?ed|completed?|resolved|fulfilled|delivered|"
    "finished|no longer needed|duplicate|lapsed|yes|y|x|true|✓|✔",
    re.IGNORECASE,
)
"""A column may also be called `Done`, and say `yes`."""
_TOTALS: Final = re.compile(
    r"(?:grand |sub-?)?(?:totals?|sum|gesamt|summe|razem|celkem|итого|всего)\b.{0,40}",
    re.IGNORECASE,
)


def is_kind(typed: str) -> bool:
    return typed.casefold() in _KIND_BY_WORD


def kind_of(typed: str) -> Kind:
    """Raises Refused(SHEET_KIND_UNKNOWN)."""
    if not is_kind(typed):
        raise Refused(Why.SHEET_KIND_UNKNOWN, given=typed[:80])
    return _KIND_BY_WORD[typed.casefold()]


def is_over(typed: str) -> bool:
    """Whether a state says that nobody waits for it any more."""
    return _OVER.fullmatch(typed) is not None


def is_total(typed: str) -> bool:
    """Whether the cell begins a line of sums: `Total`, `Grand total:`, `Sum of all`."""
    return len(typed) <= 60 and _TOTALS.fullmatch(typed) is not None

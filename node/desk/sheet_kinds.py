"""Words in a spreadsheet's cells that sort a row: need or offer, category, unit, open or over, a
line of sums."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from node.desk import sheet_words
from node.desk.categories import CATEGORIES, Category, CategoryCode, Unit, find_category, find_unit
from node.desk.references import Kind
from node.desk.sheet_words import NEEDED, OFFERED, OVER, by_word, folded
from node.refusal import Refused, Why

_NEEDS: Final = "need needs needed needing request requests requested requesting demand"
_OFFERS: Final = "offer offers offered offering donation donations donate donated donating"
_SURE: Final = by_word({"need": f"{_NEEDS} {NEEDED}", "offer": f"{_OFFERS} {OFFERED}"})
"""Words that are said of nothing else; a column of them tells what it is by itself."""
_KINDS: Final = _SURE | by_word({
    "need": "n ask asks asking want wants wanted seek seeks seeking require requires required"
    " receiver gap shortage lack lacking missing",
    "offer": "o have has surplus give gives giving given available provider provide provides"
    " providing supply volunteer volunteers volunteering",
})  # fmt: skip
_KIND_OF: Final = {"need": Kind.NEED, "offer": Kind.OFFER}
_KIND_WORDS_MAX: Final = 4
"""`I need some help`; more words are what is needed."""
_NOT: Final = frozenset({"no", "not", "don't", "nicht", "kein", "keine"})
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")

_OVER: Final = re.compile(
    "closed|used up|withdrawn|expired|done|met|cancell?ed|completed?|resolved|fulfilled|delivered|"
    "finished|no longer needed|duplicate|lapsed|yes|y|x|true|✓|✔|☑",
    re.IGNORECASE,
)
"""A column may also be called `Done`, and say `yes`."""
_OVER_SAID: Final = frozenset(by_word({"over": OVER}))
_TOTALS: Final = re.compile(
    r"(?:grand |sub-?)?(?:totals?|totale|sum|gesamt|summe|razem|suma|celkem|итого|всего|разом|"
    r"усього|всього|المجموع|الإجمالي|toplam)\b.{0,40}",
    re.IGNORECASE,
)
_EITHER: Final = re.compile(r" *[/&,] *")
"""`Groceries / food` is one category, `food & water` are two."""
_CATEGORY_SAID: Final = by_word(sheet_words.CATEGORIES)
_UNIT_SAID: Final = by_word(sheet_words.UNITS)
_CHARACTERS_MAX: Final = 40
"""Longer cells are none of these words, and are not remembered: they may have any length."""
_REMEMBERED: Final = 256
"""Words of a column come again and again."""


def is_kind(typed: str) -> bool:
    """Whether the cell says need or offer, in whichever words."""
    return len(typed) <= _CHARACTERS_MAX and _kind(typed) is not None


def is_surely_kind(typed: str) -> bool:
    """Whether it says so in a word that is said of nothing else."""
    return len(typed) <= _CHARACTERS_MAX and folded(typed.strip()) in _SURE


def asks_kind(header: str) -> bool:
    """Whether a column's name asks which of the two a row is: `Need/Offer`, `I need / I offer`."""
    return len(_named(header)) == 2


def kind_named(header: str) -> Kind | None:
    """What a column's name says that all of its rows are, as `Offers` does; None: nothing."""
    named = _named(header)
    return _KIND_OF[named.pop()] if len(named) == 1 else None


def _named(header: str) -> set[str]:
    return {_SURE[word] for word in _WORD.findall(folded(header)) if word in _SURE}


def kind_of(typed: str) -> Kind:
    """Raises Refused(SHEET_KIND_UNKNOWN)."""
    kind = _kind(typed) if len(typed) <= _CHARACTERS_MAX else None
    if kind is None:
        raise Refused(Why.SHEET_KIND_UNKNOWN, given=typed[:80])
    return kind


def category_said(typed: str) -> Category | None:
    """The category that a cell names, also in another language's word, or None."""
    return _category(typed) if len(typed) <= _CHARACTERS_MAX else None


def unit_said(typed: str) -> Unit | None:
    """The unit that a cell names, also in another language's word, or None."""
    return _unit(typed) if len(typed) <= _CHARACTERS_MAX else None


@lru_cache(_REMEMBERED)
def _kind(typed: str) -> Kind | None:
    """None where it says neither, both, or `not needed`."""
    words = _WORD.findall(folded(typed))
    said = {_KINDS[word] for word in words if word in _KINDS}
    if len(said) != 1 or len(words) > _KIND_WORDS_MAX or not _NOT.isdisjoint(words):
        return None
    return _KIND_OF[said.pop()]


@lru_cache(_REMEMBERED)
def _category(typed: str) -> Category | None:
    parts = [part for part in _EITHER.split(typed) if part]
    if len(parts) > 1 and not find_category(typed):
        found = {category.code if (category := category_said(part)) else None for part in parts}
        code = found.pop() if len(found) == 1 else None
        return CATEGORIES[code] if code else None
    said = _CATEGORY_SAID.get(folded(typed.strip()))
    return CATEGORIES[CategoryCode(said)] if said else find_category(typed)


@lru_cache(_REMEMBERED)
def _unit(typed: str) -> Unit | None:
    said = _UNIT_SAID.get(folded(typed.strip().rstrip(".")))
    return find_unit(typed) or (Unit(said) if said else None)


def is_over(typed: str) -> bool:
    """Whether a state says that nobody waits for it any more."""
    return _OVER.fullmatch(typed) is not None or folded(typed.strip()) in _OVER_SAID


def is_total(typed: str) -> bool:
    """Whether the cell begins a line of sums: `Total`, `Grand total:`, `Sum of all`."""
    return len(typed) <= 60 and _TOTALS.fullmatch(typed) is not None

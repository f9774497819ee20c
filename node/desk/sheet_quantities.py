"""Quantities as people write them into a spreadsheet: `ca. 30`, `1½`, `1 000`, `2 paquets`.

What can be read in two ways stays refused: nobody knows whether `2 boxes of 6` are two or twelve.
"""

# ruff: noqa: RUF001 - quotation marks and blanks of other countries stand between thousands

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from node.desk.categories import Unit
from node.desk.quantity import TYPED_CHARACTERS_MAX, parse_quantity
from node.desk.sheet_cells import is_formula
from node.desk.sheet_kinds import unit_said
from node.refusal import Refused, Why
from protocol.ids import Thousandths

_ABOUT: Final = re.compile(
    r"(?:(?:circa|ca|approximately|approx|about|around|roughly|etwa|ungefähr|environ|env|aprox|"
    r"unos|unas|cerca de|około|ok|близько|حوالي|yaklaşık)\b\.? *|[~≈] *)(?=[\d½¼¾])",
    re.IGNORECASE,
)
_HALVES: Final = {"½": 500, "¼": 250, "¾": 750}
_WITH_HALF: Final = re.compile(r"(\d*) ?([½¼¾])(?!\d)")
_FIRST: Final = r"(?<!\d)[1-9]\d{0,2}"
"""Of a number whose thousands stand apart: what begins with 0 is a telephone number, or half of
something."""
_GROUPED: Final = (
    (re.compile(_FIRST + r"(?:[ \u00a0\u2009\u202f'’]\d{3})+(?![\d])"), " \u00a0\u2009\u202f'’"),
    (re.compile(_FIRST + r"(?:(?:,\d{3})+(?=\.\d)|(?:,\d{3}){2,}(?![\d,]))"), ","),
    (re.compile(_FIRST + r"(?:(?:\.\d{3})+(?=,\d)|(?:\.\d{3}){2,}(?![\d.]))"), "."),
)
"""Numbers whose thousands stand apart beyond doubt, and what stands between them."""
_AND_UNIT: Final = re.compile(r"([\d.,]+) *([^\W\d_]+\.?)")
_THREE_AFTER_POINT: Final = re.compile(r"[1-9]\d{0,2}\.\d{3}(?!\d)")


@dataclass(frozen=True, slots=True)
class Amount:
    """What a cell says; `is_about`: that it is not exact."""

    qty: Thousandths
    unit: Unit | None
    is_about: bool = False


def read_amount(typed: str, *, comma_sheet: bool) -> Amount:
    """The quantity in a cell, with its unit if it has one.

    `comma_sheet`: cells are separated by `;`, because a comma stands before decimals; so `1.000`
    may well be a thousand. Raises Refused like `parse_quantity`, and with SHEET_FORMULA.
    """
    if comma_sheet and _THREE_AFTER_POINT.match(typed):
        raise Refused(Why.QUANTITY_UNCLEAR, given=typed[:80])
    try:
        return Amount(*parse_quantity(typed))
    except Refused as refused:
        if refused.why is Why.QUANTITY_NOT_A_NUMBER and is_formula(typed):
            raise Refused(Why.SHEET_FORMULA, given=typed[:80]) from None
        amount = _in_words(typed) if len(typed) <= TYPED_CHARACTERS_MAX else None
        if amount is None:
            raise
        return amount


def _in_words(typed: str) -> Amount | None:
    """None where it is no other way of writing a quantity."""
    plain, abouts = _ABOUT.subn("", typed.strip(), count=1)
    plain = _WITH_HALF.sub(_as_decimal, plain, count=1)
    for grouped, between in _GROUPED:
        if number := grouped.search(plain):
            together = number[0].translate(dict.fromkeys(map(ord, between)))
            plain = plain.replace(number[0], together, 1)
    said = _AND_UNIT.fullmatch(plain)
    unit = unit_said(said[2]) if said else None
    if (said and unit is None) or (not said and plain == typed.strip()):
        return None
    try:
        qty, named = parse_quantity(said[1] if said else plain)
    except Refused:
        return None
    return Amount(qty, unit or named, bool(abouts))


def _as_decimal(found: re.Match[str]) -> str:
    return f"{found[1] or 0}.{_HALVES[found[2]]}"

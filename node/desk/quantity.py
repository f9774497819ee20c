"""Quantities: whole thousandths inside, so that sums are exact on every hall.

Records carry no floats; 2.5 kg is 2,500 thousandths. People type and read ordinary numbers.
"""

import re
from typing import Final

from node.desk.categories import UNITS, Unit, unit_of
from node.refusal import Refused, Why
from node.wording import ngettext
from protocol.ids import Thousandths

ONE: Final = Thousandths(1000)
"""The quantity 1: what a need has when nobody says."""

WHOLE_MAX: Final = 999_999_999
"""Largest quantity, in whole units: more than any hall moves, and exact as a JSON number."""

DECIMALS_MAX: Final = 3
"""Digits after the point: grams of a kilogram; thousandths hold no more."""

TYPED_CHARACTERS_MAX: Final = 60
"""Longer texts are not looked at: the longest quantity with a unit has fewer characters."""

_QUANTITY: Final = re.compile(
    r"(?P<sign>[-\u2212]?)(?P<whole>\d*)(?:(?P<point>[.,])(?P<part>\d+))?(?P<unit> *[^\W\d_]+)?",
    re.ASCII,
)


def parse_quantity(typed: str) -> tuple[Thousandths, Unit | None]:
    """A quantity as people type it, with its unit if they said one: `40`, `2,5`, `40 meals`.

    Only the digits 0 to 9 and one point or comma; no exponents, no words, no separators between
    thousands. Raises Refused with QUANTITY_NOT_A_NUMBER, QUANTITY_NOT_POSITIVE,
    QUANTITY_TOO_LARGE, QUANTITY_TOO_FINE, QUANTITY_UNCLEAR or UNKNOWN_UNIT.
    """
    text = typed[: TYPED_CHARACTERS_MAX + 1].strip()
    found = _QUANTITY.fullmatch(text) if len(text) <= TYPED_CHARACTERS_MAX else None
    if found is None or not (found["whole"] or found["part"]):
        raise Refused(Why.QUANTITY_NOT_A_NUMBER, given=text)
    if _is_unclear(found):
        raise Refused(Why.QUANTITY_UNCLEAR, given=text)
    unit = unit_of(found["unit"]) if found["unit"] else None
    return _thousandths(found, text), unit


def quantity_in(unit: str, typed: str) -> Thousandths:
    """A quantity of something that is counted in `unit`.

    Raises Refused like `parse_quantity`, and with QUANTITY_OTHER_UNIT.
    """
    quantity, said = parse_quantity(typed)
    if said is not None and said != unit:
        raise Refused(Why.QUANTITY_OTHER_UNIT, given=typed.strip(), unit=unit)
    return quantity


def _is_unclear(found: re.Match[str]) -> bool:
    """`1,000` is one to some and a thousand to others; `0,125` and `1,25` are clear."""
    return found["point"] == "," and len(found["part"]) == 3 and found["whole"].strip("0") != ""


def _thousandths(found: re.Match[str], text: str) -> Thousandths:
    part = (found["part"] or "").rstrip("0")
    whole = int(found["whole"] or "0")
    if found["sign"] or not (whole or part):
        raise Refused(Why.QUANTITY_NOT_POSITIVE, given=text)
    if len(part) > DECIMALS_MAX:
        raise Refused(Why.QUANTITY_TOO_FINE, given=text)
    quantity = whole * ONE + int(part.ljust(DECIMALS_MAX, "0"))
    if quantity > WHOLE_MAX * ONE:
        raise Refused(Why.QUANTITY_TOO_LARGE, given=text, limit=WHOLE_MAX)
    return Thousandths(quantity)


def as_number(quantity: Thousandths) -> int | float:
    """The quantity as a JSON number: whole where it is whole."""
    whole, part = divmod(quantity, ONE)
    return quantity / ONE if part else whole


def as_words(quantity: Thousandths, unit: str) -> str:
    """The quantity for people: `40 meals`, `2.5 kg`, `1 litre`, `30 EUR`; `each` goes unsaid.

    `unit` may come from a neighbour: one that is not known here is shown as it stands.
    """
    number = _digits(quantity)
    if unit not in UNITS:
        return f"{number} {unit}"
    one, many = UNITS[Unit(unit)]
    return ngettext(one, many, 1 if quantity == ONE else 2).format(n=number)


def _digits(quantity: Thousandths) -> str:
    """Exact digits without trailing zeros. Never through a float, which rounds large ones."""
    sign, (whole, part) = "-" if quantity < 0 else "", divmod(abs(quantity), ONE)
    return f"{sign}{whole}.{part:03d}".rstrip("0").rstrip(".")

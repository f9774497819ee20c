"""Whether words that are about to leave the hall name a person by the words of their contact."""

from __future__ import annotations

import re
from typing import Final

WORD: Final = re.compile(r"[^\W\d_]{3,}")
NUMBER: Final = re.compile(r"\d[\d ()/.-]{3,}\d")
DIGITS_MIN: Final = 5
"""Shorter numbers are times, rooms and quantities."""
END_DIGITS: Final = 7
"""The end of a telephone number: it is the same with and without the country before it."""
NO_NAMES: Final = frozenset(
    re.findall(
        r"\w+",
        "monday tuesday wednesday thursday friday saturday sunday road street lane flat house door"
        " hall centre center phone mobile ring call text knock ask back front",
    )
)
"""Words in a contact that name nobody."""


def names_contact(details: str, contact: str) -> str | None:
    """The first word or number of `contact` that stands in `details` too; None: it names nobody."""
    said = {word.casefold() for word in WORD.findall(details)}
    for word in WORD.findall(contact):
        if word[0].isupper() and word.casefold() in said - NO_NAMES:
            return str(word)
    numbers = {_digits(number) for number in NUMBER.findall(details)}
    for number in NUMBER.findall(contact):
        digits = _digits(number)
        end = digits[-END_DIGITS:]
        if len(digits) >= DIGITS_MIN and any(end in other for other in numbers):
            return str(number)
    return None


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)

"""Whether words that are about to leave the hall name a person by what the desk knows of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from node.desk.personal import Looks, personal_looking

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
    return _number_in(details, contact)


def names_private(text: str, private: str) -> str | None:
    """The first name or number of what the desk has noted of a person that stands in `text` too;
    None: only ordinary words do.

    A name is what looks like one (`node.desk.personal`: Mrs Rao, ask for Ruth), or stands in
    capitals among small letters (HIV). One capital letter is no sign: German begins each noun so.
    """
    said = {word.casefold() for word in WORD.findall(text)} - NO_NAMES
    for word in _names_in(private):
        if word.casefold() in said:
            return word
    return _number_in(text, private)


def _names_in(private: str) -> Iterator[str]:
    for finding in personal_looking(private):
        if finding.looks is Looks.NAME:
            yield from (word for word in WORD.findall(finding.found) if word[0].isupper())
    if not private.isupper():
        yield from (word for word in WORD.findall(private) if word.isupper())


def _number_in(text: str, private: str) -> str | None:
    numbers = {_digits(number) for number in NUMBER.findall(text)}
    for number in NUMBER.findall(private):
        digits = _digits(number)
        end = digits[-END_DIGITS:]
        if len(digits) >= DIGITS_MIN and any(end in other for other in numbers):
            return str(number)
    return None


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)

"""What looks personal in a text that is about to leave the hall.

A text line says what, never who. Nothing here can be sure: it prefers one warning too many to a
telephone number missed, and stays quiet on what a need is made of (counts, sizes, times).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from node.wording import N_


class Looks(StrEnum):
    """What a finding looks like."""

    EMAIL = "email"
    ACCOUNT = "account"
    PHONE = "phone"
    ADDRESS = "address"
    NAME = "name"


LOOKS_WORDS: Final = {
    Looks.EMAIL: N_("an e-mail address"),
    Looks.ACCOUNT: N_("an account number"),
    Looks.PHONE: N_("a telephone number"),
    Looks.ADDRESS: N_("an address"),
    Looks.NAME: N_("a name"),
}
"""How each kind is called to people; translate where it is shown."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`text[start:end]` looks like `looks`; `found` is that piece."""

    looks: Looks
    start: int
    end: int
    found: str


PHONE_DIGITS_MIN: Final = 7
"""A local number without its area code; six where a 0, a +, a hyphen or a slash marks it."""

_UPPER: Final = "[A-ZÀ-ÖØ-ÞĀĆČĎĐĒĚĞĪĹĽŁŃŇŌŐŒŔŘŚŞŠŤŪŮŰŹŻŽΑ-ΩА-ЯЁІЇЄ]"
_PROPER: Final = rf"(?:{_UPPER}(?:[^\W\d_A-Z]|['\u2019-])+)"
"""A word with a capital; a word all in capitals is more often a code."""

_NO_NAME: Final = (
    r"(?!(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|"
    r"August|September|October|November|December|Christmas|Easter|Ramadan|Eid)\b)"
)
_STREET: Final = (
    "(?i:street|road|rd|avenue|ave|lane|ln|boulevard|blvd|terrace|crescent|mews)"
    "|(?i:st)(?![.]?[ ][A-Z])"  # but not the saint in "2 lifts to St Mary's"
    "|Close|Court|Ct|Way|Place|Pl|Square|Sq|Gardens|Grove|Row|Hill|Walk|Drive|Dr|Park|Parade|Quay"
)
_JOINING: Final = r"(?!(?i:of|the|by|on|in|to|from|at|for|and|with|near|a)\b)"
_HOUSE: Final = r"\d{1,5}[A-Za-z]?(?:[-/]\d{1,4})?"

_DATE: Final = re.compile(
    r"(?<![\d+])(?:20\d\d-[01]\d-[0-3]\d|[0-3]?\d([./])[01]?\d\1(?:20)?\d\d)(?!\d)"
)

_PATTERNS: Final[tuple[tuple[Looks, re.Pattern[str]], ...]] = (
    (Looks.EMAIL, re.compile(r"[^\s@]{0,64}@[^\W\d_][^\s@]*|\S{1,64} ?[(\[]at[)\]] ?\S+", re.I)),
    (Looks.ACCOUNT, re.compile(r"\b[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")),
    (Looks.ACCOUNT, re.compile(r"(?<!\d)\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,7}(?!\d)")),
    (
        Looks.ACCOUNT,
        re.compile(r"\b(?:account|acct|a/c|sort code|iban|card)\b\D{0,12}\d[\d -]{3,}", re.I),
    ),
    (
        Looks.PHONE,
        re.compile(
            r"\b(?:call|ring|phone|tel|text|mobile|whatsapp|sms)\b[ :.#+(]{0,3}(?:at |on |me )*"
            r"\d[\d ]*\d{2}",
            re.IGNORECASE,
        ),
    ),
    (
        Looks.ADDRESS,
        re.compile(rf"\b{_HOUSE},? (?:{_JOINING}[^\W\d_][\w'\u2019.-]* ){{1,3}}(?:{_STREET})\b"),
    ),
    (
        Looks.ADDRESS,
        re.compile(
            rf"\b{_PROPER} (?:Street|Road|Rd|Avenue|Ave|Lane|Terrace|Close|Drive) {_HOUSE}\b"
            r"|\b\w+(?:straße|strasse|str\.|weg|gasse|platz|allee|straat|laan|gatan|vägen|vej)"
            rf" ?{_HOUSE}\b"
            r"|\b(?i:rue|calle|avenida|rua|ulica|ul\.|jalan|jl\.) (?:[^\W\d_]+,? ){1,4}"
            rf"{_HOUSE}\b"
            rf"|\b(?i:flat|apt|apartment|house)\.? (?:(?i:no)\.? ?)?{_HOUSE}\b"
            r"|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"  # a postcode of a few houses
        ),
    ),
    (
        Looks.NAME,
        re.compile(
            r"\b(?i:mr|mrs|ms|mx|dr|prof)\b\.? [^\W\d_][\w'\u2019-]*"
            rf"|\b(?:Miss|Herr|Frau|Mme|Madame|Monsieur|Señora?|Sister|Father|Rev)\.? {_PROPER}"
        ),
    ),
    (
        Looks.NAME,
        re.compile(
            r"\b(?i:ask(?:ing)? for) "
            r"(?!(?i:the|an?|any|some|help|more|it|us|them|details|directions|advice)\b)[^\W\d_]\w*"
            rf"|\b(?i:for|named|called|name is|name:|c/o|attn:?|contact|belongs to) "
            rf"{_NO_NAME}{_PROPER}"
        ),
    ),
)
"""Tried in this order; a piece that one has claimed is not reported again by a later one."""

_DIGITS: Final = re.compile(r"[+(]?\d(?:[ ().\-/\u2010-\u2015]{0,2}\d){5,}")


def personal_looking(text: str) -> list[Finding]:
    """Every piece of the text that looks personal, in its order; empty when it passes clean.

    `text` has been through `clean_text`: one line, and short.
    """
    findings: list[Finding] = []
    for looks, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            _claim(findings, looks, match)
    without_dates = _DATE.sub(lambda date: "#" * len(date[0]), text)
    for match in _DIGITS.finditer(without_dates):
        if _may_be_dialled(match[0]):
            _claim(findings, Looks.PHONE, match)
    return sorted(findings, key=lambda finding: finding.start)


def _claim(findings: list[Finding], looks: Looks, match: re.Match[str]) -> None:
    start, end = match.span()
    if all(end <= other.start or start >= other.end for other in findings):
        findings.append(Finding(looks, start, end, match[0]))


def _may_be_dialled(piece: str) -> bool:
    """Whether digits with separators may be a telephone number."""
    digits = sum(character.isdigit() for character in piece)
    marked = piece[0] in "+(0" or any(mark in piece for mark in "-/")
    return digits >= PHONE_DIGITS_MIN or marked

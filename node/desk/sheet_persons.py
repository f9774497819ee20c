"""What the cells about a person hold besides: telephone numbers that a spreadsheet spoilt, and
remarks that it is not safe to ring."""

# ruff: noqa: RUF001 - dashes and quotation marks as programs write them

from __future__ import annotations

import re
from typing import Final

_CUT: Final = re.compile(r"\d(?:[.,]\d+)?E\+\d{1,2}")
_AS_NUMBER: Final = re.compile(r"^(\+?\d{6,15})\.0$")

_BETWEEN: Final = "ever|please|text|visit|email|write|message|come|knock|leave|try|to|or|and"
"""What may stand between a "do not" and the call: "do not text or call"."""
_SAFE_FOR: Final = "drink|eat|use|drive|walk|climb|cook|touch|enter|wear"
"""Things are unsafe to these; all else is unsafe for somebody."""
_IN_CONFIDENCE: Final = "(?:legal |health |medical )?(?:advice|counsell?ing|support|helpline|waste)"
"""What is offered in confidence: nobody is in danger for that."""
_UNSAFE: Final = re.compile(
    rf"\b(?:(?:do|must|should) not|don['`´]?t|never)(?: (?:{_BETWEEN})){{0,4}}"
    r" (?:call|ring|phone|contact)\b"
    r"|\bno (?:more )?(?:tele)?(?:phone )?calls\b"
    rf"|\b(?:unsafe|not safe) (?:at home|to\b(?! (?:{_SAFE_FOR})\b))"
    rf"|\bconfidential\b(?! {_IN_CONFIDENCE}\b)"
    r"|nicht (?:mehr )?anrufen|keine? anrufe?\b|ne pas appeler|no llamar|n[aã]o ligar"
    r"|non chiamare|nie dzwoni[cć]|не дзвон(?:ити|іть)|لا تتصل|aramayın"
)
_STEMS: Final = (
    "call", "ring", "phone", "contact", "safe", "confid", "quiet", "anruf", "appel", "llamar",
    "ligar", "chiama", "dzwoni", "дзвон", "تتصل", "arama",
)  # fmt: skip
"""One of these is in each: most rows have none, and there are many rows."""
_DAY: Final = (
    r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:days?)?\b|week(?:day|night|end)s?\b"
    r"|nights?\b|noon\b|midnight\b|lunch(?:time)?\b"
)
_CLOCK: Final = (
    r"\d{1,2}(?:[.:h]\d\d)?"
    r"(?= *(?:$|[^\w ]|(?:[ap]m|h|o'clock|uhr|to|till|until|and|or|each|every)\b))"
)
"""No telephone number, nor that of a house."""
_ABOUT_TIMES: Final = re.compile(
    r" (?:(?:back|again|me|us|him|her|them) )?(?:"
    r"(?:before|after|until(?! further)|till|between|during)\b"
    r"|(?:later|early|late)\b(?= *(?:$|[^\w ]|at\b|in\b|or\b|and\b|morn|even|night))"
    rf"|(?:at|on|from) (?:the )?(?:{_DAY}|{_CLOCK})"
    r"|(?:at |on )?(?:the )?(?:door ?)?(?:bells?|door)\b(?! (?:or|and|nor) (?:call|phone|ring)))"
)
"""What follows where it is only about hours, or a bell. A mark too many can be taken away, and one
that is missing nobody notices: so where it is not plain, it is no such remark."""
_QUIET: Final = re.compile(r"(?:^|[-–—([,;:/*!] *)quiet(?: mark)?(?: *[-–—)\],;:/*!.]|$)")

_NEVER: Final = frozenset(
    [
        "no",
        "never",
        "nein",
        "nie",
        "niemals",
        "non",
        "jamais",
        "não",
        "nunca",
        "mai",
        "nigdy",
        "ні",
        "ніколи",
        "لا",
        "hayır",
        "asla",
    ]
)


def is_spoilt(text: str) -> bool:
    """Whether some telephone number in it may not be whole: a quick look, with false alarms."""
    return "E+" in text or ".0" in text


def mended_numbers(typed: str) -> tuple[str, str]:
    """What stands in a cell without the `.0` that a program wrote behind a number; and apart from
    it the numbers that it took for quantities and cut short (`7.71235E+09`)."""
    parts = [_AS_NUMBER.sub(r"\1", part) for part in typed.split(", ")]
    cut = [part for part in parts if _CUT.fullmatch(part)]
    return ", ".join(part for part in parts if part not in cut), ", ".join(cut)


def says_never(text: str) -> bool:
    """Whether that is the whole answer to when, or how, somebody may be reached."""
    return text.casefold().strip(" .!") in _NEVER


def unsafe_remark(text: str) -> str:
    """The words that say that somebody must not be rung or listed, or nothing."""
    plain = text.casefold()
    if not any(map(plain.__contains__, _STEMS)):
        return ""
    plain = " ".join(plain.replace("’", "'").split())
    for found in _UNSAFE.finditer(plain):
        if not _ABOUT_TIMES.match(plain, found.end()):
            return found[0]
    return "quiet" if "quiet" in plain and _QUIET.search(plain) else ""

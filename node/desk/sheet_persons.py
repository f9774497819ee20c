"""What the cells about a person hold besides: telephone numbers that a spreadsheet spoilt, and
remarks that it is not safe to ring."""

# ruff: noqa: RUF001 - dashes and quotation marks as programs write them

from __future__ import annotations

import re
from typing import Final

_CUT: Final = re.compile(r"\d(?:[.,]\d+)?E\+\d{1,2}")
_AS_NUMBER: Final = re.compile(r"^(\+?\d{6,15})\.0$")

_VERBS: Final = ("call", "ring", "phone", "contact")
_UNSAFE: Final = (
    *(f"{no} {verb}" for no in ("do not", "don't", "dont", "never") for verb in _VERBS),
    *("no calls", "no phone calls", "unsafe to", "not safe to", "confidential"),
    *("nicht anrufen", "ne pas appeler", "no llamar", "não ligar", "nao ligar", "non chiamare"),
    *("nie dzwonić", "nie dzwonic", "не дзвонити", "не дзвоніть", "لا تتصل", "aramayın"),
)
_STEMS: Final = (
    *_VERBS, "safe", "confid", "quiet", "anruf", "appel", "llamar", "ligar", "chiama", "dzwoni",
    "дзвон", "تتصل", "arama",
)  # fmt: skip
"""One of these is in each: most rows have none, and there are many rows."""
_ABOUT_TIMES: Final = re.compile(
    r"\W*(?:back|before|after|until|till|between|during|on|at|from|later|early|late|the|bell|door|"
    r"doorbell|twice|again)\b"
)
"""What follows where it is only about hours, or a bell."""
_QUIET: Final = re.compile(r"(?:^|[-–—([,;:/*!] *)quiet(?: mark)?(?: *[-–—)\],;:/*!.]|$)")


def is_spoilt(text: str) -> bool:
    """Whether some telephone number in it may not be whole: a quick look, with false alarms."""
    return "E+" in text or ".0" in text


def mended_numbers(typed: str) -> tuple[str, str]:
    """What stands in a cell without the `.0` that a program wrote behind a number; and apart from
    it the numbers that it took for quantities and cut short (`7.71235E+09`)."""
    parts = [_AS_NUMBER.sub(r"\1", part) for part in typed.split(", ")]
    cut = [part for part in parts if _CUT.fullmatch(part)]
    return ", ".join(part for part in parts if part not in cut), ", ".join(cut)


def unsafe_remark(text: str) -> str:
    """The words that say that somebody must not be rung or listed, or nothing."""
    plain = text.casefold()
    if not any(map(plain.__contains__, _STEMS)):
        return ""
    plain = plain.replace("’", "'")
    for words in _UNSAFE:
        at = plain.find(words)
        if at >= 0 and not _ABOUT_TIMES.match(plain, at + len(words)):
            return words
    return "quiet" if "quiet" in plain and _QUIET.search(plain) else ""

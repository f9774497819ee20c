"""References: short names that survive a bad radio and a tired hand.

`N-417-K` is a kind letter, a number and a check letter; `NG V-12-K` carries the call sign of the
hall that gave it. The check letter makes every single wrong character and every swap of two
neighbouring digits visible: it is a weighted sum modulo 23, a prime, with a different weight at
each place (the scheme of ISBN-10). A wrong one is refused and never guessed at.
"""

import re
import unicodedata
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from node.desk.text import inert
from node.refusal import Refused, Why

CHECK_LETTERS: Final = "ABCDEFGHJKLMNPQRSTVWXYZ"
"""23 letters: I, O and U are left out, because they are read as 1, 0 and V."""

NUMBER_MAX: Final = 999_999_999
"""Nine digits: their weights stay different from each other and from zero modulo 23."""

TYPED_CHARACTERS_MAX: Final = 40
"""Longer texts are no reference."""

_START: Final = 22
"""Where the sum starts: chosen so that 417 among the needs has the letter K."""


class Kind(StrEnum):
    """What a reference names. The order gives each letter its value in the sum: append only."""

    NEED = "N"
    OFFER = "O"
    SURPLUS = "S"
    OVERFLOW = "V"
    PLEDGE = "P"
    MATCH = "M"
    JOB = "J"


_KIND_VALUES: Final = {kind: value for value, kind in enumerate(Kind)}
_REFERENCE: Final = re.compile(
    r"(?:(?P<sign>[A-Z]{2,3})[ -]*)?"
    r"(?P<kind>[A-Z])[ -]*(?P<number>[0-9]{1,9})[ -]*(?P<check>[A-Z])",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference without a call sign; `str()` is how it is written."""

    kind: Kind
    number: int

    def __str__(self) -> str:
        return f"{self.kind}-{self.number}-{check_letter(self.kind, self.number)}"


def make(kind: Kind, number: int) -> str:
    """The written reference, `N-417-K`. `number` is 1 to NUMBER_MAX."""
    if not 1 <= number <= NUMBER_MAX:
        raise ValueError(number)
    return str(Reference(kind, number))


def check_letter(kind: Kind, number: int) -> str:
    """The letter that ends the reference: weight 1 for the kind, 2 for the last digit, 3, …."""
    digits = reversed(str(number))
    total = _START + _KIND_VALUES[kind]
    total += sum(weight * int(digit) for weight, digit in enumerate(digits, start=2))
    return CHECK_LETTERS[total % len(CHECK_LETTERS)]


def parse(typed: str) -> tuple[str | None, Reference]:
    """The call sign, if one was said, and the reference: `n417k`, ` N 417 K`, `NG V-12-K`.

    Raises Refused with REFERENCE_UNREADABLE, or REFERENCE_CHECK where a character is wrong.
    """
    found = _match(typed)
    if found is None:
        example = make(Kind.NEED, 417)
        raise Refused(Why.REFERENCE_UNREADABLE, given=typed.strip()[:80], example=example)
    kind, number = found["kind"].upper(), int(found["number"])
    if kind not in _KIND_VALUES or found["check"].upper() != check_letter(Kind(kind), number):
        raise Refused(Why.REFERENCE_CHECK, given=" ".join(typed.upper().split()))
    return (found["sign"].upper() if found["sign"] else None), Reference(Kind(kind), number)


def written(text: str) -> str:
    """How it is written, right or wrong: `N-417-K` of `n417k`, `NG V-12-K` of `ng v12k`.

    What has another shape comes back in small letters as one line: another hall's references are
    shown as they came, also those that no desk of ours would give.
    """
    found = _match(text)
    if found is None:
        return " ".join(inert(text).split()).casefold()
    sign, kind, check = ((found[each] or "").upper() for each in ("sign", "kind", "check"))
    return f"{sign} {kind}-{int(found['number'])}-{check}".lstrip()


def has_call_sign(typed: str) -> bool:
    found = _match(typed)
    return found is not None and found["sign"] is not None


def looks_like_reference(typed: str) -> bool:
    """Whether it has a reference's shape, right or wrong: then it is no id and no word to find."""
    return _match(typed) is not None


def _match(typed: str) -> re.Match[str] | None:
    if len(typed) > TYPED_CHARACTERS_MAX:
        return None
    return _REFERENCE.fullmatch(re.sub(r"[\s.\u2010-\u2015\u2212_]+", " ", typed).strip())


def call_sign(name: str) -> str:
    """Two or three capital letters A-Z for a hall's name: NG for Northgate Hall.

    The first letter and the consonant that begins the next strong syllable of the first word
    (Northgate NG, Eastside ES); without one, the initials (Mill Lane ML). A name without Latin
    letters gets X and two letters that only depend on the name.
    """
    words = _latin_words(name)
    if not words:
        first, second = divmod(zlib.crc32(name.encode("utf-8", "replace")) % 23**2, 23)
        return "X" + CHECK_LETTERS[first] + CHECK_LETTERS[second]
    word = words[0]
    onset = re.search(r"(?<=[^AEIOUY])[^AEIOUY](?=[AEIOUY])", word[1:])
    if onset:
        return word[0] + onset[0]
    if len(words) > 1:
        return word[0] + words[1][0]
    return (word * 2)[:2]


def _latin_words(name: str) -> list[str]:
    """The words in capitals A-Z, accents dropped, apostrophes closed up, without a leading THE."""
    plain = unicodedata.normalize("NFKD", name).replace("'", "").replace("\u2019", "")
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    words: list[str] = re.findall(r"[A-Z]+", letters.upper(), re.ASCII)
    return words[1:] if words[:1] == ["THE"] and len(words) > 1 else words

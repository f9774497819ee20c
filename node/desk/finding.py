"""Finding: how what stands on the board, and what somebody types, become the same words.

Case and accents count for nothing. Every word that is typed is the beginning of a word that is
looked for; in scripts that write no spaces it is any part. A number is found by its end as well,
and a reference however it is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from node.desk.categories import CATEGORIES, CategoryCode
from node.desk.entries import Entry
from node.refusal import Refused, Why

TYPED_BYTES_MAX: Final = 400
"""UTF-8 bytes: nobody types more in order to find something."""
WORDS_MAX: Final = 8
"""Words that are looked for, the longest: each costs a few milliseconds on a large board."""
WINDOW: Final = 6
"""Letters of a script without spaces that are kept together; longer ones are looked for in steps of
this."""
ENDS_MIN: Final = 3
"""Digits by whose end a number is found: fewer are the end of too many."""
PHONE_DIGITS: Final = 7
"""The end of a telephone number: the same with and without the country before it."""
ENDS_MARK: Final = "←"
"""Before a number that is read backwards, so that it is not taken for a word."""
REF_MARK: Final = "№"
"""Before a reference, for the same reason."""

PHONE: Final = re.compile(r"\+?\d[\d ()/.-]{4,}\d", re.ASCII)
_NUMBER: Final = re.compile(r"\d(?:[ ()/.-]{0,3}\d){2,}", re.ASCII)
_DIGITS: Final = re.compile(r"\d{3,}", re.ASCII)
_REFERENCE: Final = re.compile(
    r"([nosvpmj])[\s.\u2010-\u2015\u2212_-]*([0-9]{1,9})[\s.\u2010-\u2015\u2212_-]*([a-z]?)",
    re.ASCII | re.IGNORECASE,
)
"""A reference, or as much of one as is typed yet."""
_WORD: Final = re.compile(r"[^\s']+(?:'[^\s']+)*")
_ASCII_WORD: Final = re.compile("[a-z0-9]+")
_UNSPACED: Final = re.compile(
    "[\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"  # Chinese and Japanese
    "\u0e01-\u0e4e\u0e80-\u0edf\u1000-\u109f\u1780-\u17d3]+"  # Thai, Lao, Burmese, Khmer
)
_APOSTROPHES: Final = "'\u2018\u2019\u02bb\u02bc\uff07"
_LETTERS: Final = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t",
    "ŋ": "n", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ɛ": "e", "ɔ": "o", "\u0131": "i",
}  # fmt: skip
"""Letters with no accent to drop, as they are typed on a keyboard that has none of them."""


class _Folding(dict[int, str]):
    """What each character is folded into; that of the common ones is kept."""

    def __missing__(self, code: int) -> str:
        folded = "".join(map(_plain, _decomposed(chr(code))))
        if code < 0x3000:
            self[code] = folded
        return folded


_FOLDING: Final = _Folding()


def _decomposed(character: str) -> str:
    lower = unicodedata.normalize("NFKD", character).casefold()
    return unicodedata.normalize("NFKD", lower)


def _plain(character: str) -> str:
    """A letter or a digit as it is; nothing of an accent; a space for all that parts words."""
    if character in _APOSTROPHES:
        return "'"
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    kind = unicodedata.category(character)
    if unicodedata.combining(character) or kind == "Cf":
        return ""
    is_part = character.isalnum() or kind[0] == "M"
    return _LETTERS.get(character, character) if is_part else " "


def folded(text: str) -> str:
    """The text in small letters without accents, words parted by spaces; apostrophes stay."""
    return text.translate(_FOLDING)


def folded_words(text: str) -> list[str]:
    """Its words, in order, what stands on either side of an apostrophe as one."""
    if text.isascii() and "'" not in text:
        return _ASCII_WORD.findall(text.lower())  # the same, five times as fast
    return [word.replace("'", "") for word in _WORD.findall(folded(text))]


def index_of(entry: Entry) -> str:
    """All by which an entry is found, as words with a space between.

    It depends on nothing but the entry: a row leaves the index by what it was put in with. Of a
    quiet person there is what is needed, and nothing of who it is.
    """
    words = entry.words
    category = CATEGORIES.get(CategoryCode(words.category))
    found = {*_indexed(f"{words.category} {category.word if category else ''} {words.text}")}
    reference = entry.ref.replace("-", "").casefold()
    found |= {REF_MARK + reference, REF_MARK + reference[1:]}
    if not words.quiet:
        texts = (
            words.zone, words.contact, words.note, words.behalf, words.household, words.diet,
            words.access, words.languages, words.limits, words.safe,
        )  # fmt: skip
        found.update(_indexed(" ".join(filter(None, texts))))
        for text in filter(None, (words.contact, words.behalf, words.safe)):
            found.update(_ends(text))
    return " ".join(sorted(found))


def _indexed(text: str) -> Iterator[str]:
    if text.isascii() and "'" not in text:
        yield from _ASCII_WORD.findall(text.lower())  # the same, five times as fast
        return
    for word in _WORD.findall(folded(text)):
        for part in {word.replace("'", ""), *word.split("'")}:
            yield from _parts(part)


def _parts(word: str) -> Iterator[str]:
    """The word; of a run without spaces, from each of its letters on."""
    yield from filter(None, _UNSPACED.split(word))
    for run in _UNSPACED.findall(word):
        yield from (run[start : start + WINDOW] for start in range(len(run)))


def _ends(text: str) -> Iterator[str]:
    """Its numbers read backwards: each run of digits, and as one those that stand together."""
    for number in (*_NUMBER.findall(text), *_DIGITS.findall(text)):
        yield ENDS_MARK + _backwards(number)


def _backwards(number: str) -> str:
    return re.sub(r"\D", "", number)[::-1]


def query_of(typed: str) -> str:
    """What is typed, as the index is asked (FTS5 3); empty where it holds no letter and no digit.

    Raises Refused with TEXT_EMPTY or TEXT_TOO_LONG.
    """
    if not typed.strip():
        raise Refused(Why.TEXT_EMPTY)
    size = len(typed.encode("utf-8", "replace"))
    if size > TYPED_BYTES_MAX:
        raise Refused(Why.TEXT_TOO_LONG, size=size, limit=TYPED_BYTES_MAX)
    words = " AND ".join(map(_clause, _longest(_looked_for(typed))))
    whole = _as_one(typed)
    return f"({words}) OR {whole}" if words and whole else words


def _looked_for(typed: str) -> Iterator[str]:
    for word in folded_words(typed):
        yield from filter(None, _UNSPACED.split(word))
        for run in _UNSPACED.findall(word):
            yield from (run[start : start + WINDOW] for start in range(0, len(run), WINDOW))


def _longest(words: Iterable[str]) -> list[str]:
    """Those that say most, none twice: who typed `meals` has typed `meal`."""
    chosen: list[str] = []
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        if not any(each.startswith(word) for each in chosen):
            chosen.append(word)
    return chosen[:WORDS_MAX]


def _clause(word: str) -> str:
    """Words hold letters and digits only, so nothing in them means anything to the index."""
    if not any(character in "0123456789" for character in word):
        return _begins(word)
    ways = [word, REF_MARK + word]
    if word.isdecimal() and len(word) >= ENDS_MIN:
        ways.append(ENDS_MARK + word[::-1])
    return f"({' OR '.join(map(_begins, ways))})"


def _as_one(typed: str) -> str:
    """All of it as one reference, `n 417 k`, or one telephone number; empty: it is neither."""
    if found := _REFERENCE.fullmatch(typed.strip()):
        return _begins(REF_MARK + "".join(found.groups()).casefold())
    number = typed.strip()
    if PHONE.fullmatch(number) and len(_backwards(number)) >= PHONE_DIGITS:
        return _begins(ENDS_MARK + _backwards(number)[:PHONE_DIGITS])
    return ""


def _begins(word: str) -> str:
    return f'"{word}"*'

"""Finding: how what stands on the board, and what somebody types, become the same words.

Case and accents count for nothing, and a name of several parts (O'Brien, Ó Brien, Anne-Marie) is
found by its parts and as one word. Every word that is typed is the beginning of a word that is
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
_APOSTROPHES: Final = frozenset(
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u055a\u05f3\u2018\u2019\u201b\u2032\ua78c\uff07"
)
"""And what is typed, or transliterated, in place of one."""
_PLAIN_APOSTROPHES: Final = frozenset("'`")
"""Those of them that are ASCII."""
_HYPHENS: Final = r"\u2010-\u2015\u2212\ufe63\uff0d-"
_HYPHEN: Final = re.compile(rf"(?<=[^\W\d_])[{_HYPHENS}](?=[^\W\d_])")
_IN_PARTS: Final = re.compile(
    rf"[^\W\d_]+(?:[{''.join(sorted(_APOSTROPHES))}{_HYPHENS}][^\W\d_]+)+"
)
"""A name, or another word, with hyphens between its letters, or apostrophes."""
_LONE: Final = frozenset(
    {
        "al", "d", "da", "de", "del", "di", "du", "el", "l", "la", "le", "mac", "mc", "ni", "nic",
        "o", "ui", "van", "von",
    }
)  # fmt: skip
"""Beginnings of names that one writes by themselves and another as one with what follows."""
LONE_MAX: Final = 3
"""Of them in a row: `van de la` begins a name, more are no name."""
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
    if character in _APOSTROPHES:
        return character  # of an accent by itself a space would be left
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
    if text.isascii() and _PLAIN_APOSTROPHES.isdisjoint(text):
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
    if text.isascii() and _PLAIN_APOSTROPHES.isdisjoint(text):
        words = _ASCII_WORD.findall(text.lower())  # the same, five times as fast
        yield from words
    else:
        written = _WORD.findall(folded(text))
        words = [word.replace("'", "") for word in written]
        for word in written:
            for part in {word.replace("'", ""), *word.split("'")}:
                yield from _parts(part)
    if _HYPHEN.search(text):
        for name in _IN_PARTS.findall(text):
            yield from _parts("".join(folded_words(name)))
    if not _LONE.isdisjoint(words):
        for place, word in enumerate(words):
            if word in _LONE and (end := _name_end(words, place)):
                yield "".join(words[place:end])


def _name_end(words: list[str], place: int) -> int:
    """Behind the name that begins in this place with one of `_LONE`, or several; 0: none does."""
    end = place
    while end < len(words) and words[end] in _LONE and end - place < LONE_MAX:
        end += 1
    is_name = place < end < len(words) and words[end].isalpha() and len(words[end]) > 1
    return end + 1 if is_name else 0


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

    Raises Refused with FIND_EMPTY or TEXT_TOO_LONG.
    """
    if not typed.strip():
        raise Refused(Why.FIND_EMPTY)
    size = len(typed.encode("utf-8", "replace"))
    if size > TYPED_BYTES_MAX:
        raise Refused(Why.TEXT_TOO_LONG, text="text", size=size, limit=TYPED_BYTES_MAX)
    ways = (_all_of(folded_words(typed)), _all_of(_names_as_one(typed)), _as_one(typed))
    said = [way for way in dict.fromkeys(ways) if way]
    return said[0] if len(said) == 1 else " OR ".join(f"({way})" for way in said)


def _names_as_one(typed: str) -> list[str]:
    """The words, a name in parts as one of them: `anne-marie` finds what is written Annemarie."""
    words = folded_words(_HYPHEN.sub("'", typed))
    joined: list[str] = []
    place = 0
    while place < len(words):
        end = _name_end(words, place) or place + 1
        joined.append("".join(words[place:end]))
        place = end
    return joined


def _all_of(words: Iterable[str]) -> str:
    return " AND ".join(map(_clause, _longest(_looked_for(words))))


def _looked_for(words: Iterable[str]) -> Iterator[str]:
    for word in words:
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

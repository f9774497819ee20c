"""Whether two needs, or two offers, look like the same one: told before it is saved twice.

Alike is what is about the same thing and, as far as one can see, the same person: neither alone is
a duplicate. Who has many needs has one contact, and many people need a hot meal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from node.desk.finding import PHONE, PHONE_DIGITS, folded_words
from node.desk.words import Words
from node.wording import _
from protocol.ids import Thousandths

SHOWN_MAX: Final = 3
"""Look-alikes told of one: more are not read by anybody with a queue."""
NAME_LIKE: Final = 85.0
"""Of 100: `Rosa Marques` and `Rosa Markes` are alike, `Rosa Marques` and `Rosa Martins` are not."""
WORDS_LIKE: Final = 80.0
"""Of 100: the same words in another order, one of them misspelt or left out."""
SAME_PHONE: Final = 60
SAME_ADDRESS: Final = 45
SAME_NAME: Final = 45
PART_OF_NAME: Final = 20
SAME_WORDS: Final = 25
SAME_CATEGORY: Final = 15
ENOUGH: Final = 55
"""Points out of 100 from which it is told: a phone or an address or a name, and what it is about;
or part of a name, and all of what it is about."""

KIN_MARK: Final = "≈"
"""What words of the index begin with that tell what two entries have in common."""
KIN_BYTES: Final = 8
"""Whoever has the same one is looked at: two others in 2^64 cost a look."""

LATELY: Final = 256
"""Contacts that are not looked through once more: each is asked about several times in a row."""

_STREET_WORDS: Final = (
    "street|st|road|rd|lane|ln|avenue|ave|close|cl|drive|dr|way|place|pl|court|ct|terrace|row|square"
    "|sq|crescent|gardens"
)
_ENDING: Final = (
    r"(?:stra(?:ss|ß)e|str|weg|platz|gasse|allee|gat[ae]n?|vei|vej|v[aä]g(?:en)?|straat|laan)"
)
_LEADING: Final = r"(?:rua|rue|calle|via|viale|avenida|avenue|ulica|ul|rruga|strada|jalan)"
_NO_STREETS: Final = (
    "adults?|child(?:ren)?|kids?|people|persons?|men|women|man|woman|boys?|girls?|bab(?:y|ies)|dogs?"
    "|cats?|years?|days?|weeks?|hours?|hrs?|minutes?|min|am|pm|rooms?|beds?|floors?|meals?|packs?"
    "|times?|of|and|or|to|in"
)
"""What a number stands before in a contact when it is no house."""
_ADDRESS: Final = re.compile(
    rf"\b(?P<number>\d{{1,5}}[a-z]?)[ ,]+(?P<street>(?!(?:{_NO_STREETS})\b)[^\W\d_]+"
    rf"(?: (?!(?:{_STREET_WORDS})\b)[^\W\d_]+)?)"
    rf"|\b(?P<street2>[^\W\d_]*{_ENDING}|{_LEADING}\.?(?: [^\W\d_]+){{1,4}})[. ,]+"
    r"(?P<number2>\d{1,5}[a-z]?)\b"
    rf"|\b(?P<street3>[^\W\d_]+(?: [^\W\d_]+)?) (?:{_STREET_WORDS})\.?[ ,]+"
    r"(?P<number3>\d{1,5}[a-z]?)\b",
    re.IGNORECASE,
)
NAME_ENDS: Final = re.compile(r"[,;:/(@\d]|\s[-\u2013\u2014]\s")


@lru_cache(LATELY)
def phone_of(contact: str) -> str:
    """The end of the first telephone number in a contact, digits only; empty: there is none."""
    for number in PHONE.findall(contact):
        digits = re.sub(r"\D", "", number)
        if len(digits) >= PHONE_DIGITS:
            return digits[-PHONE_DIGITS:]
    return ""


@lru_cache(LATELY)
def street_of(contact: str, zone: str) -> str:
    """The first address, as it is compared: `12 mill`; empty: there is none."""
    for text in (contact, zone):
        found = _ADDRESS.search(PHONE.sub(" ", text))
        if found:
            street = found["street"] or found["street2"] or found["street3"]
            number = found["number"] or found["number2"] or found["number3"]
            return " ".join([number.lower(), *folded_words(street)])
    return ""


def name_of(contact: str) -> str:
    """The words that a contact begins with, up to the first comma or number: a name, mostly."""
    return " ".join(folded_words(NAME_ENDS.split(contact, maxsplit=1)[0]))


@dataclass(frozen=True, slots=True)
class Known:
    """What one is compared by; `phone`, `street` and `name` are empty where they are not said."""

    ref: str
    category: str
    text: str
    qty: Thousandths
    unit: str
    zone: str
    contact: str
    phone: str
    street: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Alike:
    """One that may be the same."""

    ref: str
    text: str
    because: tuple[str, ...]
    score: int
    """Of 100."""


def look_alikes(said: Words, known: Iterable[Known]) -> list[Alike]:
    """At most SHOWN_MAX of `known` that look like what was said, the most alike first."""
    own = _Own.of(said)
    found = [alike for each in known if (alike := own.compare(each)) is not None]
    found.sort(key=lambda alike: -alike.score)
    return found[:SHOWN_MAX]


@dataclass(frozen=True, slots=True)
class _Own:
    """What was said, made ready to be compared with many."""

    words: Words
    phone: str
    street: str
    name: str
    text: str

    @classmethod
    def of(cls, words: Words) -> _Own:
        return cls(
            words,
            phone_of(words.contact),
            street_of(words.contact, words.zone),
            name_of(words.contact),
            same_text(words.text),
        )

    def compare(self, other: Known) -> Alike | None:
        if person := self._person(other):
            thing = self._thing(other)
            score = min(100, sum(person.values()) + sum(thing.values()))
            if (thing or not self._says_what()) and score >= ENOUGH:
                return _alike(other, (*person, *thing), score)
        return _alike(other, (_("the same in all"),), ENOUGH) if self._is_double(other) else None

    def _says_what(self) -> bool:
        """While it is being typed, who it is may be all that is there."""
        return bool(self.words.category or self.words.text)

    def _person(self, other: Known) -> dict[str, int]:
        points: dict[str, int] = {}
        if self.phone and self.phone == other.phone:
            points[_("same phone")] = SAME_PHONE
        if self.street and self.street == other.street:
            points[_("same address")] = SAME_ADDRESS
        name = name_of(other.contact)
        if self.name and name:
            points |= self._named(name, other)
        return points

    def _named(self, name: str, other: Known) -> dict[str, int]:
        from rapidfuzz import fuzz  # noqa: PLC0415 - 15 ms that most commands do not need

        shown = NAME_ENDS.split(other.contact, maxsplit=1)[0].strip()
        told = _("name like “{name}”").format(name=shown)
        if fuzz.token_sort_ratio(self.name, name, score_cutoff=NAME_LIKE):
            return {told: SAME_NAME if " " in name else PART_OF_NAME}
        if fuzz.token_set_ratio(self.name, name) == 100:
            return {told: PART_OF_NAME}
        return {}

    def _thing(self, other: Known) -> dict[str, int]:
        from rapidfuzz import fuzz  # noqa: PLC0415 - as above

        points: dict[str, int] = {}
        if self.words.category == other.category:
            points[_("same category")] = SAME_CATEGORY
        if self.text and fuzz.token_set_ratio(self.text, same_text(other.text)) >= WORDS_LIKE:
            points[_("same words")] = SAME_WORDS
        return points

    def _is_double(self, other: Known) -> bool:
        """Without a person on one side, only what is written down word for word once more."""
        if (self.words.contact and other.contact) or self.words.qty != other.qty:
            return False
        mine = (self.words.category, self.words.unit, self.words.zone, self.text)
        return mine == (other.category, other.unit, other.zone, same_text(other.text))


def _alike(other: Known, because: tuple[str, ...], score: int) -> Alike:
    if other.closed:
        because = (*because, _("closed"))
    return Alike(other.ref, other.text, because, score)


def kin_of(words: Words) -> tuple[str, ...]:
    """Words of the index that nobody types: entries that share one have the telephone in common,
    the address, or without a telephone the person and the text."""
    street = street_of(words.contact, words.zone)
    person = person_kin(words) if words.text else ""
    return tuple(filter(None, (person, street_kin(street) if street else "")))


def person_kin(words: Words) -> str:
    """What all entries have in common that can be the same as this one."""
    phone = phone_of(words.contact)
    return phone_kin(phone) if phone else _text_kin(words)


def phone_kin(phone: str) -> str:
    return f"{KIN_MARK}p{phone}"


def street_kin(street: str) -> str:
    return f"{KIN_MARK}s{street.replace(' ', '')}"


def _text_kin(words: Words) -> str:
    """Of the text, and of who it is: the contact, else the zone."""
    who = same_text(words.contact) or f" {words.zone}"
    digest = blake2b(f"{same_text(words.text)}\n{who}".encode(), digest_size=KIN_BYTES)
    return f"{KIN_MARK}t{digest.hexdigest()}"


def same_text(text: str) -> str:
    """The text as it is compared: neither case nor accents nor marks count."""
    return " ".join(folded_words(text))

"""Whether two contacts are one person's: asked before somebody is forgotten, or has agreed.

A contact is a line that somebody typed. What is said twice of one who can be told by it is one
person's, and so is one telephone under one name: a household, or a shelter, has many people at one
number, and many wait “at the desk”. Whoever may be the same is told, and left to people: what is
forgotten does not come back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from node.desk.consent import NO_NAMES
from node.desk.finding import folded_words
from node.desk.look_alikes import NAME_ENDS, phone_of, same_text

WHOLE_NAME: Final = 2
"""Words of a name by which somebody is told from others."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_JOINING: Final = frozenset({"and", "at", "by", "for", "from", "in", "of", "on", "or", "the"})
_NO_NAMES: Final = NO_NAMES | _JOINING


@dataclass(frozen=True, slots=True)
class Contact:
    """What it says, as it is compared; of a telephone the end, of a name the words. Each may be
    empty."""

    said: str
    phone: str
    name: frozenset[str]
    is_mail: bool

    @classmethod
    def of(cls, text: str) -> Contact:
        return cls(same_text(text), phone_of(text), frozenset(_names(text)), "@" in text)

    @property
    def names_somebody(self) -> bool:
        """Whether a person can be told by it: a way to reach them, or more than one name."""
        return bool(self.phone or self.is_mail or len(self.name) >= WHOLE_NAME)

    def is_of(self, other: Contact) -> bool:
        """Whether it is the same person's beyond doubt."""
        if self.said == other.said:
            return self.names_somebody or other.names_somebody
        fewer, more = sorted((self.name, other.name), key=len)
        is_named = bool(fewer) or not more
        return self.has_phone_of(other) and is_named and fewer <= more

    def may_be_of(self, other: Contact) -> bool:
        """Whether it may be the same person's: one telephone, one name, or the very same words."""
        is_said = bool(self.said) and self.said == other.said
        return is_said or self.has_phone_of(other) or self._may_be_named(other)

    def has_phone_of(self, other: Contact) -> bool:
        return bool(self.phone) and self.phone == other.phone

    def _may_be_named(self, other: Contact) -> bool:
        """The very same name, or a whole one within a longer one."""
        fewer, more = sorted((self.name, other.name), key=len)
        return bool(fewer) and fewer <= more and (fewer == more or len(fewer) >= WHOLE_NAME)


def is_still_of(before: str, after: str) -> bool:
    """Whether an edited contact is of the one who has agreed: under the same name, or telephone."""
    return before in {"", after} or Contact.of(after).may_be_of(Contact.of(before))


def goes_by(who: str, texts: Iterable[str]) -> bool:
    """Whether whoever is written down as `who` may be the person of these contacts: by a name, not
    by the street that they live in, or by a telephone."""
    own = Contact.of(who)
    said = set(folded_words(who))
    others = [Contact.of(text) for text in texts]
    return any(other.name & said or own.has_phone_of(other) for other in others)


def _names(text: str) -> list[str]:
    """The names that a contact begins with. In scripts without capitals any word may be one."""
    first = NAME_ENDS.split(text, maxsplit=1)[0]
    words = [word for word in _WORD.findall(first) if not word[0].islower()]
    return [
        folded
        for word in words
        if word.casefold() not in _NO_NAMES
        for folded in folded_words(word)
    ]

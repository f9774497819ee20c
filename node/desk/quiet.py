"""The quiet mark is a person's, not an entry's: all of theirs has it, and nothing of others.

Nobody is guessed to be the same: who is marked by mistake is hidden from the desk that is to help.
But a mark can be taken away again, and forgetting cannot be undone: a telephone says more here than
in `node.desk.persons`. A household shares it, and it is as unsafe to ring for all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from node.desk.look_alikes import name_of, phone_of, street_of
from node.desk.persons import Contact
from node.desk.words import Words

NO_NAMES: Final = frozenset(
    re.findall(
        r"\w+",
        "tel telephone telefon phone fone fon mobile mobil cell cellphone handy sms whatsapp signal"
        " telegram viber landline number no nr home work office contact emergency urgent"
        " mum mom mother mama mam dad father papa daughter son sister brother wife husband partner"
        " aunt uncle grandma grandmother granny grandpa grandfather niece nephew cousin carer"
        " neighbour neighbor friend family parents child mr mrs ms miss mx dr herr frau",
    )
)
"""What is written with a capital letter before a telephone and tells nobody from others; folded."""

PART_LETTERS_MIN: Final = 4
"""A shorter name stands in many others by chance."""


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody is told by, as it is compared; each may be empty.

    `names` are those of the contact that are written as names, `said` all the words it begins with.
    """

    phone: str
    street: str
    said: str
    names: frozenset[str]

    @classmethod
    def of(cls, contact: str, zone: str) -> Person:
        names = Contact.of(contact).name
        return cls(phone_of(contact), street_of(contact, zone), name_of(contact), names)

    @property
    def is_known(self) -> bool:
        """Whether anybody could be told to be the same."""
        return bool(self.phone or (self.street and self.said))

    def is_same(self, other: Person) -> bool:
        """Whether it is the same person, or one household: by the telephone, unless the two have
        names of which none is in both, as in a shelter; or by the very same name and address."""
        if self.phone and self.phone == other.phone:
            return self._may_be_named(other)
        is_home = bool(self.street) and self.street == other.street
        is_name = bool(self.names or other.names) and self.said == other.said
        return is_home and is_name

    def _may_be_named(self, other: Person) -> bool:
        """Whether a name is in both, also as `OBrien` is in “Rosa O'Brien”, or one has none."""
        mine, theirs = self.names - NO_NAMES, other.names - NO_NAMES
        if not (mine and theirs) or mine & theirs:
            return True
        return _is_within(mine, other.said) or _is_within(theirs, self.said)


def _is_within(names: frozenset[str], said: str) -> bool:
    letters = said.replace(" ", "")
    return any(len(name) >= PART_LETTERS_MIN and name in letters for name in names)


def person_of(words: Words) -> Person:
    return Person.of(words.contact, words.zone)

"""What a person said of a need or an offer, and which of it is theirs alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final

from node.refusal import Refused, Why
from protocol.ids import Thousandths
from protocol.limits import TEXT_BYTES_MAX

ZONE_BYTES_MAX: Final = 80
SHORT_BYTES_MAX: Final = 200
"""UTF-8 bytes of what fits a line of the sheet."""
PRIVATE_BYTES_MAX: Final = 2_000
"""A contact, a note, the words of a consent: they stay in the hall, and on one screen."""
FREE_TEXTS: Final = {
    "zone": ZONE_BYTES_MAX,
    "contact": PRIVATE_BYTES_MAX,
    "note": PRIVATE_BYTES_MAX,
    "consent": PRIVATE_BYTES_MAX,
    "behalf": SHORT_BYTES_MAX,
    "household": SHORT_BYTES_MAX,
    "diet": SHORT_BYTES_MAX,
    "access": SHORT_BYTES_MAX,
    "languages": SHORT_BYTES_MAX,
    "ring": SHORT_BYTES_MAX,
    "safe": PRIVATE_BYTES_MAX,
    "limits": PRIVATE_BYTES_MAX,
}
"""Texts that may be empty, and how many UTF-8 bytes of each are kept."""
TEXTS: Final = {"text": TEXT_BYTES_MAX, **FREE_TEXTS}
"""All texts that people write."""


class Channel(StrEnum):
    """How it came to the desk."""

    DESK = "desk"
    PHONE = "phone"
    PAPER = "paper"
    RADIO = "radio"
    RUNNER = "runner"


@dataclass(frozen=True, slots=True)
class Words:
    """Quantities in thousandths, times Unix ms; an empty text says that nothing was said.

    `by_ms`: of a need, until when it is needed, of an offer, until when it is there.
    """

    category: str
    text: str
    qty: Thousandths
    unit: str
    zone: str = ""
    by_ms: int | None = None
    contact: str = ""
    note: str = ""
    consent: str = ""
    """The words in which the person agreed that their contact may be told to who helps."""
    danger: bool = False
    channel: str = Channel.DESK.value
    behalf: str = ""
    """Who speaks for the person."""
    household: str = ""
    diet: str = ""
    access: str = ""
    languages: str = ""
    ring: str = ""
    """When to ring back."""
    safe: str = ""
    """Safe ways to reach them; the only ones where `quiet` is set."""
    quiet: bool = False
    """Unsafe to ring, unsafe to list."""
    standing: bool = False
    """All of it is there, or needed, again after every hand-over, until somebody closes it."""
    every: str = ""
    """How often it comes again, once all of it has moved: `day`, `week`, `3 days`; empty: never."""
    limits: str = ""
    """What an offer cannot do."""

    @property
    def who(self) -> str:
        """All that names the person, or who speaks for them."""
        return " ".join(filter(None, (self.contact, self.behalf, self.safe)))

    def without(self, names: Iterable[str]) -> Words:
        """The same with nothing said in these texts."""
        blank: dict[str, Any] = dict.fromkeys(names, "")
        return replace(self, **blank)

    def to_data(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _NAMES}

    def to_short_data(self) -> dict[str, Any]:
        """The same without what was not said."""
        said = {name: getattr(self, name) for name in _NAMES}
        return {name: each for name, each in said.items() if each != _UNSAID.get(name, _ALWAYS)}


_NAMES: Final = tuple(each.name for each in fields(Words))
_ALWAYS: Final = object()
"""Of a field that has no default: it always stands there."""
_UNSAID: Final = {each.name: each.default for each in fields(Words) if each.default is not MISSING}


PERSONAL: Final = (
    "text", "zone", "contact", "note", "consent", "behalf", "household", "diet", "access",
    "languages", "ring", "safe", "limits",
)  # fmt: skip
"""What is shredded when a person is forgotten: all that holds words of theirs, or of the desk about
them. How much of what, when, and how it ended remain as totals."""


def channel_of(typed: str) -> Channel:
    """Raises Refused(UNKNOWN_CHANNEL)."""
    said = typed.strip().casefold()
    if said not in set(Channel):
        raise Refused(Why.UNKNOWN_CHANNEL, given=typed.strip()[:80], known=", ".join(Channel))
    return Channel(said)

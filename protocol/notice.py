"""What a hall lets everybody around know: a short bulletin, with nobody's name in it."""

from __future__ import annotations

from dataclasses import dataclass

from protocol.codec import Map
from protocol.fields import Fields, without_defaults
from protocol.limits import TEXT_BYTES_MAX


@dataclass(frozen=True, slots=True)
class Notice:
    """A bulletin to whoever is in reach. Without a text it is withdrawn."""

    text: str = ""
    confirmed: bool = False
    exercise: bool = False

    @classmethod
    def read(cls, fields: Fields) -> Notice:
        return cls(
            text=fields.optional_text(10, TEXT_BYTES_MAX),
            confirmed=fields.optional_number(11, 1, least=1) is not None,
            exercise=fields.optional_number(12, 1, least=1) is not None,
        )

    def write(self) -> Map:
        return without_defaults(
            {10: self.text, 11: int(self.confirmed) or None, 12: int(self.exercise) or None}
        )

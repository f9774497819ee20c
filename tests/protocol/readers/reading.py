"""A vector as a test reads it: nothing in it may go unread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Final

import pytest

from protocol import errors
from protocol.errors import ProtocolError
from protocol.invite import MistypedInvite
from tests.vectors.vector import OK, Vector

ERRORS: Final[dict[str, type]] = {**vars(errors), "MistypedInvite": MistypedInvite}
"""By the names that vectors give them."""


class Reading:
    """The fields of a vector, by name; which of them nobody has asked for."""

    def __init__(self, vector: Vector) -> None:
        self.vector = vector
        self.body = vector.body
        self.is_ok = vector.expect == OK
        self._asked: set[str] = set()

    def all(self, name: str) -> list[str]:
        """Every value under this name, in order."""
        self._asked.add(name)
        return [value for each, value in self.vector.fields if each == name]

    def find(self, name: str) -> str | None:
        values = self.all(name)
        assert len(values) <= 1, f"{name} stands more than once"
        return values[0] if values else None

    def one(self, name: str) -> str:
        value = self.find(name)
        assert value is not None, f"{name} is missing"
        return value

    def number(self, name: str) -> int:
        return int(self.one(name))

    def raw(self, name: str) -> bytes:
        return bytes.fromhex(self.one(name))

    def with_prefix(self, prefix: str) -> dict[str, str]:
        """What stands under names that begin so, by the rest of the name."""
        found = [(name, value) for name, value in self.vector.fields if name.startswith(prefix)]
        self._asked.update(name for name, _ in found)
        return {name.removeprefix(prefix): value for name, value in found}

    def unread(self) -> set[str]:
        return {name for name, _ in self.vector.fields} - self._asked

    def fails(self, read: Callable[[], object]) -> ProtocolError:
        """Reading it raises exactly the error that the vector names."""
        expected = ERRORS[self.vector.expect]
        with pytest.raises(expected) as caught:
            read()
        assert caught.type is expected
        assert isinstance(caught.value, ProtocolError)
        return caught.value


def as_written(value: object) -> str:  # noqa: PLR0911 - a table
    """A value as a vector writes it: hex, decimal, lower case, items between spaces."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case Enum():
            return value.name.lower().replace("_", " ")
        case bytes():
            return value.hex()
        case _ if is_dataclass(value) and not isinstance(value, type):
            return ":".join(as_written(getattr(value, each.name)) for each in fields(value))
        case list() | tuple():
            return " ".join(as_written(each) for each in value)
        case _:
            return str(value)

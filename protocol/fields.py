"""Reading one decoded map by key, each value checked against its limit (SPEC 2.2)."""

from __future__ import annotations

from collections.abc import Iterator

from protocol.codec import Map, Value
from protocol.errors import MalformedRecord
from protocol.ids import UnixMs
from protocol.limits import CREATED_MS_MAX


class Fields:
    """A reader over one map. Keys that nobody asks for are unknown keys, and no fault.

    Every method raises MalformedRecord for a value that is missing, of another type, or too large.
    (A missing one reads as None here, and no map that was decoded holds None.)
    """

    __slots__ = ("_map",)

    def __init__(self, fields: Map) -> None:
        self._map = fields

    def has(self, key: int) -> bool:
        return key in self._map

    def number(self, key: int, maximum: int, *, least: int = 0) -> int:
        value = self._map.get(key)
        if type(value) is not int or not least <= value <= maximum:
            raise MalformedRecord(f"key {key}: not an integer from {least} to {maximum}")
        return value

    def optional_number(self, key: int, maximum: int, *, least: int = 0) -> int | None:
        return self.number(key, maximum, least=least) if key in self._map else None

    def optional_time(self, key: int) -> UnixMs | None:
        """Unix milliseconds."""
        value = self.optional_number(key, CREATED_MS_MAX)
        return None if value is None else UnixMs(value)

    def raw(self, key: int, length: int) -> bytes:
        value = self._map.get(key)
        if type(value) is not bytes or len(value) != length:
            raise MalformedRecord(f"key {key}: not {length} bytes")
        return value

    def text(self, key: int, bytes_max: int, *, least: int = 0) -> str:
        value = self._map.get(key)
        if type(value) is not str or not least <= len(value.encode()) <= bytes_max:
            raise MalformedRecord(f"key {key}: not a text of {least} to {bytes_max} bytes")
        return value

    def optional_text(self, key: int, bytes_max: int) -> str:
        return self.text(key, bytes_max, least=1) if key in self._map else ""

    def optional_blob(self, key: int, bytes_max: int) -> bytes:
        if key not in self._map:
            return b""
        value = self._map[key]
        if type(value) is not bytes or not 0 < len(value) <= bytes_max:
            raise MalformedRecord(f"key {key}: not 1 to {bytes_max} bytes")
        return value

    def items(self, key: int, count_max: int) -> list[Value]:
        value = self._map.get(key)
        if type(value) is not list or len(value) > count_max:
            raise MalformedRecord(f"key {key}: not a list of at most {count_max}")
        return value

    def raws(self, key: int, length: int, count_max: int) -> tuple[bytes, ...]:
        """A list of distinct byte strings in ascending order: one set, one encoding."""
        found: list[bytes] = []
        for item in self.items(key, count_max):
            if type(item) is not bytes or len(item) != length:
                raise MalformedRecord(f"key {key}: not {length} bytes")
            if found and item <= found[-1]:
                raise MalformedRecord(f"key {key}: not in ascending order")
            found.append(item)
        return tuple(found)

    def maps(self, key: int, count_max: int) -> Iterator[Fields]:
        """One after the other: what is wrong with a later one is found when it is read."""
        for item in self.items(key, count_max):
            if type(item) is not dict:
                raise MalformedRecord(f"key {key}: not a list of maps")
            yield Fields(item)


def without_defaults(fields: dict[int, Value | None]) -> Map:
    """`fields` less those that are None, empty text: an absent key has one encoding, absence."""
    return {key: value for key, value in fields.items() if value is not None and value != ""}

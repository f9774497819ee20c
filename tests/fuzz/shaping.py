"""Changing bytes so that they stay nearly right: most random bytes die at the first check."""

from __future__ import annotations

from random import Random
from typing import Final

import msgpack

NUMBERS: Final = (0, 1, 2, 3, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1, 2**53, 2**64 - 1, -1)
LENGTHS: Final = (0, 1, 15, 16, 17, 31, 32, 33, 40, 63, 64, 65, 400, 1_600)
SPLICE_BYTES_MAX: Final = 8


def reshape(data: bytes, random: Random) -> bytes:
    """`data` changed in one to three places, as a value of MessagePack where it is one."""
    for _ in range(random.randint(1, 3)):
        value = _unpacked(data)
        data = _bent(data, random) if value is None else _rewritten(data, value, random)
    return data


def _unpacked(data: bytes) -> object:
    """The map or list in these bytes, None where there is none."""
    try:
        value: object = msgpack.unpackb(data, strict_map_key=False)
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException):
        return None
    return value if isinstance(value, dict | list) and value else None


def _rewritten(data: bytes, value: object, random: Random) -> bytes:
    try:
        packed: bytes = msgpack.packb(_changed(value, random))
    except (ValueError, TypeError, OverflowError):
        return _bent(data, random)
    return packed


def _changed(value: object, random: Random) -> object:
    """Goes down at random and changes one thing there."""
    if isinstance(value, dict) and value and random.random() < 0.85:
        key = random.choice(list(value))
        return _changed_map(value, key, random)
    if isinstance(value, list) and value and random.random() < 0.85:
        at = random.randrange(len(value))
        return [*value[:at], *_changed_item(value[at], random), *value[at + 1 :]]
    return _another(value, random)


def _changed_map(value: dict[object, object], key: object, random: Random) -> object:
    match random.randrange(6):
        case 0:
            return {other: item for other, item in value.items() if other != key}
        case 1:
            fresh = random.choice((*range(20), 255))
            added = {**value, fresh: _another(value[key], random)}
            return dict(sorted(added.items(), key=lambda each: (str(type(each[0])), each[0])))
        case _:
            return {**value, key: _changed(value[key], random)}


def _changed_item(item: object, random: Random) -> list[object]:
    match random.randrange(5):
        case 0:
            return []
        case 1:
            return [item, item]
        case _:
            return [_changed(item, random)]


def _another(value: object, random: Random) -> object:
    """Something like `value`, or something else altogether."""
    if random.random() < 0.1:
        return random.choice((0, b"", "", [], {}, None, True, 1.5))
    if isinstance(value, int):
        return random.choice((value + 1, value - 1, *NUMBERS))
    if isinstance(value, bytes):
        inner = _unpacked(value)
        if inner is not None and random.random() < 0.7:
            return _rewritten(value, inner, random)
        return random.choice((_bent(value, random), random.randbytes(random.choice(LENGTHS))))
    if isinstance(value, str):
        return random.choice((value + "\u0301", value[:-1], "\u202e" * 40, value * 2))
    return random.choice((0, b"", "", [], {}))


def _bent(data: bytes, random: Random) -> bytes:
    """One bit turned, or some bytes taken out, put in or doubled."""
    at = random.randrange(len(data) + 1)
    some = random.randint(1, SPLICE_BYTES_MAX)
    match random.randrange(5):
        case 0 if data:
            at = random.randrange(len(data))
            return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]
        case 1:
            return data[:at] + data[at + some :]
        case 2:
            return data[:at] + random.randbytes(some) + data[at:]
        case 3:
            return data[:at] + data[at : at + some] + data[at:]
        case _:
            return data[:at]

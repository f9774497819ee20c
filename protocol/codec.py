"""Canonical MessagePack: one value, one encoding (SPEC 2.1).

A body is a map. Every key at every depth is an integer of at least 0, in strictly ascending order;
every value is exactly an integer, a byte string, a UTF-8 string, a list or such a map. Whatever
would not encode to the very same bytes again is malformed: duplicate keys, over-long integers,
floats, booleans, nil and extension types all fail one of these rules.
"""

from __future__ import annotations

from typing import Final

import msgpack

from protocol.errors import LocalError, MalformedFrame, MalformedRecord
from protocol.limits import DEPTH_MAX, FRAME_BYTES_MAX, LIST_ITEMS_MAX, PROOF_BYTES_MAX

Value = int | bytes | str | list["Value"] | dict[int, "Value"]
Map = dict[int, Value]

_LEAVES: Final = frozenset({int, bytes, str})
"""Types that hold nothing further. Most values are of these, and told by one look-up."""


class _NotCanonicalError(ValueError):
    pass


def encode(value: Map) -> bytes:
    """The canonical bytes of `value`; raises LocalError when it holds what the rules forbid."""
    try:
        _check_map(value, DEPTH_MAX)
        packed: bytes = msgpack.packb(value)
    except (ValueError, OverflowError, UnicodeEncodeError) as error:
        raise LocalError(f"not encodable: {error}") from error
    return packed


def decode_body(data: bytes) -> Map:
    """The map in a record's body. Raises MalformedRecord."""
    if len(data) > PROOF_BYTES_MAX:
        raise MalformedRecord(f"body of {len(data)} bytes")
    try:
        return _decode(data)
    except _NotCanonicalError as error:
        raise MalformedRecord(str(error)) from error


def decode_frame(data: bytes) -> Map:
    """The map in one frame of a link. Raises MalformedFrame."""
    if len(data) > FRAME_BYTES_MAX:
        raise MalformedFrame(f"frame of {len(data)} bytes")
    try:
        return _decode(data)
    except _NotCanonicalError as error:
        raise MalformedFrame(str(error)) from error


def _decode(data: bytes) -> Map:
    try:
        value = msgpack.unpackb(
            data, strict_map_key=False, max_array_len=LIST_ITEMS_MAX, max_ext_len=0
        )
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException) as error:
        raise _NotCanonicalError("not MessagePack") from error
    if type(value) is not dict:
        raise _NotCanonicalError("not a map")
    _check_map(value, DEPTH_MAX)
    if msgpack.packb(value) != data:
        raise _NotCanonicalError("not the canonical encoding")
    return value


def _check_map(value: dict[int, Value], depth: int) -> None:
    if depth == 0:
        raise _NotCanonicalError("nested too deep")
    previous = -1
    for key, item in value.items():
        if type(key) is not int or key <= previous:
            raise _NotCanonicalError("keys are not ascending integers")
        previous = key
        if type(item) not in _LEAVES:
            _check_nested(item, depth - 1)


def _check_list(value: list[Value], depth: int) -> None:
    if depth == 0:
        raise _NotCanonicalError("nested too deep")
    if len(value) > LIST_ITEMS_MAX:
        raise _NotCanonicalError(f"a list of {len(value)}")
    for item in value:
        if type(item) not in _LEAVES:
            _check_nested(item, depth - 1)


def _check_nested(value: Value, depth: int) -> None:
    """Exactly these two: a subclass could hold anything and encode to something else."""
    if type(value) is list:
        _check_list(value, depth)
    elif type(value) is dict:
        _check_map(value, depth)
    else:
        raise _NotCanonicalError(f"a {type(value).__name__}")

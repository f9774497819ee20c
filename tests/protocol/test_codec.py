"""One value, one encoding: whatever else decodes is refused, cheaply."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import Map, Value, decode_body, decode_frame, encode
from protocol.errors import LocalError, MalformedFrame, MalformedRecord
from protocol.limits import DEPTH_MAX, FRAME_BYTES_MAX, LIST_ITEMS_MAX, PROOF_BYTES_MAX

keys = st.integers(0, 2**64 - 1)
leaves = st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=40) | st.text(max_size=40)


def ascending(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Map]:
    found = st.dictionaries(keys, values, max_size=5)
    return found.map(lambda each: dict(sorted(each.items())))


def nested(levels: int) -> st.SearchStrategy[Value]:
    if levels == 0:
        return leaves
    inner = nested(levels - 1)
    return leaves | st.lists(inner, max_size=4) | ascending(inner)


maps = ascending(nested(DEPTH_MAX - 1))
"""Maps that may be sent, of every depth that may be."""


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good encoding with one byte changed, taken out or put in."""
    data = draw(maps.map(encode))
    at = draw(st.integers(0, len(data) - 1))
    byte = draw(st.binary(max_size=1))
    return data[:at] + byte + data[at + draw(st.integers(0, 1)) :]


REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "a list": b"\x90",
    "an integer": b"\x01",
    "two maps": b"\x80\x80",
    "a byte behind": b"\x81\x00\x01\x00",
    "half a map": b"\x81\x00",
    "a key twice": b"\x82\x00\x01\x00\x01",
    "keys descending": b"\x82\x01\x01\x00\x01",
    "a negative key": b"\x81\xff\x01",
    "a text as key": b"\x81\xa1a\x01",
    "bytes as key": b"\x81\xc4\x01a\x01",
    "false as key": b"\x81\xc2\x01",
    "nil as key": b"\x81\xc0\x01",
    "a float as key": b"\x81\xcb" + bytes(8) + b"\x01",
    "a list as key": b"\x81\x90\x01",
    "a map as key": b"\x81\x80\x01",
    "an over-long key": b"\x81\xcc\x00\x01",
    "an over-long map": b"\xde\x00\x01\x00\x01",
    "an over-long map of 32 bits": b"\xdf\x00\x00\x00\x01\x00\x01",
    "an over-long integer": b"\x81\x00\xcc\x01",
    "an over-long integer of 64 bits": b"\x81\x00\xcf" + bytes(7) + b"\x01",
    "a signed integer where unsigned fits": b"\x81\x00\xd0\x01",
    "an over-long list": b"\x81\x00\xdc\x00\x00",
    "an over-long text": b"\x81\x00\xd9\x01a",
    "over-long bytes": b"\x81\x00\xc5\x00\x01a",
    "nil": b"\x81\x00\xc0",
    "true": b"\x81\x00\xc3",
    "a float": b"\x81\x00\xca" + bytes(4),
    "a double": b"\x81\x00\xcb" + bytes(8),
    "nil in a list": b"\x81\x00\x91\xc0",
    "true in a map": b"\x81\x00\x81\x00\xc3",
    "an extension": b"\x81\x00\xd4\x05a",
    "an extension of no length": b"\x81\x00\xc7\x00\x05",
    "a timestamp": b"\x81\x00\xd6\xff" + bytes(4),
    "a timestamp of 96 bits": b"\x81\x00\xc7\x0c\xff" + bytes(12),
    "a timestamp as key": b"\x81\xd6\xff" + bytes(4) + b"\x01",
    "a code that is never used": b"\x81\x00\xc1",
    "a text that is no UTF-8": b"\x81\x00\xa1\xff",
    "a surrogate": b"\x81\x00\xa3\xed\xa0\x80",
    "an over-long NUL": b"\x81\x00\xa2\xc0\x80",
}


@given(maps)
def test_what_is_encoded_is_decoded(value: Map) -> None:
    data = encode(value)
    assert decode_frame(data) == value
    if len(data) <= PROOF_BYTES_MAX:
        assert decode_body(data) == value


@given(st.binary(max_size=60) | maps.map(msgpack.packb) | mutated())
def test_any_bytes_are_canonical_or_refused(data: bytes) -> None:
    with suppress(MalformedRecord):
        assert encode(decode_body(data)) == data
    with suppress(MalformedFrame):
        assert encode(decode_frame(data)) == data


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_whatever_has_another_encoding_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedRecord):
        decode_body(data)
    with pytest.raises(MalformedFrame):
        decode_frame(data)


def test_depth_is_counted_alike_in_lists_and_maps() -> None:
    for wrap in (lambda inner: {0: inner}, lambda inner: [inner]):
        value: Value = 1
        for _ in range(DEPTH_MAX - 1):
            value = wrap(value)
        deepest: Map = {0: value}
        assert decode_body(encode(deepest)) == deepest
        deeper: Map = {0: wrap(value)}
        with pytest.raises(LocalError):
            encode(deeper)
        with pytest.raises(MalformedRecord):
            decode_body(msgpack.packb(deeper))


@pytest.mark.parametrize("levels", [DEPTH_MAX, DEPTH_MAX + 1])
def test_depth_is_counted_through_lists_and_maps_in_turn(levels: int) -> None:
    value: Value = 1
    for level in range(levels - 1):
        value = [value] if level % 2 else {0: value}
    data = msgpack.packb({0: value})
    if levels == DEPTH_MAX:
        assert encode(decode_body(data)) == data
    else:
        with pytest.raises(MalformedRecord):
            decode_body(data)


@pytest.mark.parametrize("opening", [b"\x91", b"\x81\x00"])
def test_nesting_without_end_is_refused(opening: bytes) -> None:
    for levels in (100, 600, 1_100, 30_000):
        with pytest.raises(MalformedFrame):
            decode_frame(b"\x81\x00" + opening * levels + b"\x00")


def test_sizes_are_limited() -> None:
    def filled(size: int) -> bytes:
        return encode({0: bytes(size - 5)})

    assert len(filled(PROOF_BYTES_MAX)) == PROOF_BYTES_MAX
    decode_body(filled(PROOF_BYTES_MAX))
    decode_frame(filled(FRAME_BYTES_MAX))
    with pytest.raises(MalformedRecord):
        decode_body(filled(PROOF_BYTES_MAX + 1))
    with pytest.raises(MalformedFrame):
        decode_frame(filled(FRAME_BYTES_MAX + 1))


def test_lists_are_limited() -> None:
    longest: Map = {0: [1] * LIST_ITEMS_MAX}
    longer: Map = {0: [1] * (LIST_ITEMS_MAX + 1)}
    assert decode_body(encode(longest)) == longest
    with pytest.raises(LocalError):
        encode(longer)
    with pytest.raises(MalformedRecord):
        decode_body(msgpack.packb(longer))


@pytest.mark.parametrize(
    "bomb",
    [
        b"\x81\x00\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\x81\x00\xc6\xff\xff\xff\xff",
        b"\x81\x00\xdb\xff\xff\xff\xff",
        b"\x81\x00\xc9\xff\xff\xff\xff\x01",
        b"\x81\x00" + b"\xdd\x00\x00\xe0\x00" * 1_000 + bytes(FRAME_BYTES_MAX - 5_002),
        b"\x81\x00" + b"\xdc\x05\xdc" * 1_000 + bytes(FRAME_BYTES_MAX - 3_002),
        b"\xdf\x00\x00\x70\x00" + bytes(60_000),
    ],
)
def test_a_claim_takes_no_memory(bomb: bytes) -> None:
    """Lengths are claims: the largest that is believed for a moment is 1,000 lists of 1,500."""
    tracemalloc.start()
    try:
        with pytest.raises(MalformedFrame):
            decode_frame(bomb)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 16_000_000


@pytest.mark.parametrize(
    "value",
    [
        {0: None},
        {0: True},
        {0: 1.5},
        {0: [None]},
        {0: {0: False}},
        {0: (1, 2)},
        {0: bytearray(b"a")},
        {1: 0, 0: 0},
        {-1: 0},
        {"a": 0},
        {True: 0},
        {0: 2**64},
        {0: -(2**63) - 1},
        {0: "\ud800"},
    ],
)
def test_we_write_nothing_that_we_would_refuse(value: Map) -> None:
    with pytest.raises(LocalError):
        encode(value)

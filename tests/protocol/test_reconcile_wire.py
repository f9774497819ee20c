"""The bytes of reconciliation: what is written can be read, and nothing else gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import LocalError, MalformedFrame
from protocol.reconcile_wire import (
    END,
    INFINITY,
    Fingerprint,
    IdList,
    MessageWriter,
    Range,
    Skip,
    bound_between,
    decode_ranges,
    encode_varint,
    item_key,
)

ids = st.binary(min_size=32, max_size=32)
created = st.integers(0, 3) | st.integers(0, INFINITY - 1)
keys = st.builds(item_key, created, ids | st.just(bytes(32)) | st.just(b"\xff" * 32))
bounds = st.builds(lambda key, length: key[:length], keys, st.integers(8, 40))


def write(ranges: list[Range]) -> bytes:
    writer = MessageWriter()
    for each in ranges:
        match each:
            case Skip(upper):
                writer.skip(upper)
            case Fingerprint(upper, digest):
                writer.fingerprint(upper, digest)
            case IdList(upper, listed):
                writer.id_list(upper, list(listed))
    assert len(writer) == len(writer.to_bytes())
    return writer.to_bytes()


@st.composite
def messages(draw: st.DrawFn) -> list[Range]:
    uppers = sorted(draw(st.lists(bounds, max_size=6)), key=lambda bound: bound.ljust(40, b"\0"))
    if draw(st.booleans()):
        uppers.append(END)
    payloads = st.one_of(
        st.none(), st.binary(min_size=16, max_size=16), st.lists(ids, max_size=4).map(tuple)
    )
    ranges: list[Range] = []
    for upper in uppers:
        match draw(payloads):
            case None:
                ranges.append(Skip(upper))
            case bytes() as digest:
                ranges.append(Fingerprint(upper, digest))
            case listed:
                ranges.append(IdList(upper, listed))
    return ranges


@given(messages())
def test_what_is_written_is_read_again(ranges: list[Range]) -> None:
    assert decode_ranges(write(ranges)) == ranges


def assert_refused_or_has_no_other_form(message: bytes) -> None:
    try:
        ranges = decode_ranges(message)
    except MalformedFrame:
        return
    assert write(ranges) == message


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_have_no_other_form(body: bytes) -> None:
    assert_refused_or_has_no_other_form(b"\x61" + body)


@given(ranges=messages(), new=st.binary(max_size=3), where=st.integers(0), gone=st.integers(0, 3))
def test_a_bent_message_is_refused_or_has_no_other_form(
    ranges: list[Range], new: bytes, where: int, gone: int
) -> None:
    message = write(ranges)
    at = 1 + where % len(message)
    assert_refused_or_has_no_other_form(message[:at] + new + message[at + gone :])


@given(keys, keys)
def test_a_bound_parts_two_neighbours_and_no_shorter_one_does(one: bytes, other: bytes) -> None:
    if one == other:
        return
    before, after = sorted([one, other])
    bound = bound_between(before, after)
    assert before < bound.ljust(40, b"\x00") <= after
    assert len(bound) >= 8
    if len(bound) > 8:
        assert not before < bound[:-1].ljust(40, b"\x00") <= after


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "00"),
        (1, "01"),
        (127, "7f"),
        (128, "8100"),
        (300, "822c"),
        (2**64 - 1, "81" + "ff" * 8 + "7f"),
    ],
)
def test_numbers_have_as_few_digits_as_possible(number: int, expected: str) -> None:
    assert encode_varint(number).hex() == expected


def test_a_list_of_ids_is_not_believed_to_be_longer_than_the_message() -> None:
    announced = encode_varint(2**64 - 1)
    with pytest.raises(MalformedFrame, match="cut off"):
        decode_ranges(b"\x61\x00\x00\x02" + announced + bytes(32))


def test_a_number_ends_after_ten_digits() -> None:
    with pytest.raises(MalformedFrame, match="ten digits"):
        decode_ranges(b"\x61" + b"\x81" * 10 + bytes(20))
    last = decode_ranges(b"\x61" + encode_varint(2**64 - 1) + b"\x00\x00")
    assert last == [Skip((INFINITY - 1).to_bytes(8, "big"))]
    with pytest.raises(MalformedFrame, match="beyond the last"):
        decode_ranges(b"\x61" + encode_varint(2**64) + b"\x00\x00")


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("0001aa00", "no id"),
        ("0500" + "00" + "0101aa00" + "0101a900", "descend"),
        ("800100", "leading zero"),
        ("0521" + "aa" * 33 + "00", "longer than an id"),
        ("000003", "no mode 3"),
        ("000001" + "aa" * 15, "cut off"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_that_rule(message: str, why: str) -> None:
    with pytest.raises(MalformedFrame, match=why):
        decode_ranges(b"\x61" + bytes.fromhex(message))


def test_behind_the_end_of_the_space_only_an_empty_range_may_follow() -> None:
    """Who reaches the limit of a message with the very last id says so like that."""
    assert decode_ranges(b"\x61" + bytes.fromhex("000000" + "000000")) == [Skip(END), Skip(END)]
    with pytest.raises(MalformedFrame, match="behind the end"):
        decode_ranges(b"\x61" + bytes.fromhex("000000" + "050000"))


def test_what_was_written_since_is_cut_back() -> None:
    writer = MessageWriter()
    writer.skip((5).to_bytes(8, "big"))
    size = len(writer)
    writer.id_list(END, [bytes(32)])
    writer.cut(size)
    writer.fingerprint(END, bytes(16))
    ranges = decode_ranges(writer.to_bytes())
    assert ranges == [Skip((5).to_bytes(8, "big")), Fingerprint(END, bytes(16))]


@pytest.mark.parametrize(
    ("created_ms", "item_id"),
    [(-1, bytes(32)), (INFINITY, bytes(32)), (0, bytes(31)), (0, bytes(33)), (0, b"")],
)
def test_an_item_that_cannot_be_said_is_our_own_mistake(created_ms: int, item_id: bytes) -> None:
    with pytest.raises(LocalError):
        item_key(created_ms, item_id)

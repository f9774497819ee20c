"""Whatever has become of a file on the way: whole, genuine records, and word of what is missing."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.boxes import content_key
from protocol.carry import CarryCipher, write_sealed
from protocol.carry_blocks import BLOCK_BYTES_MAX, MARKER
from protocol.carry_reader import CarryGap, CarryReader
from protocol.codec import Map, Value, decode_frame, encode
from protocol.errors import (
    CarryError,
    KeyGone,
    LaterCarry,
    LocalError,
    MalformedCarry,
    PeerError,
    ProtocolError,
)
from protocol.frames import Records, to_bytes
from protocol.limits import CARRY_BLOCKS_MAX, CARRY_HEADER_EVERY, COUNT_MAX, FRAME_RECORDS_MAX
from protocol.record import Record
from tests.protocol.carries import (
    ADA,
    BEA,
    BEAS_KEYS,
    EPHEMERAL,
    FEW,
    FILE,
    FOR_BEA,
    MANY,
    OTHER_FILE,
    PUBLIC,
    flipped,
    forged,
    forged_frame,
    gaps_in,
    payload_of,
    public,
    read,
    read_all,
    records_in,
    sealed,
    summary_of,
)
from tests.protocol.halls import NOW

FILES = {"public": public(MANY), "sealed": sealed(MANY)}
"""Blocks: two headers, three of records, the end."""
BODIES = (2, 3, 4)
both = pytest.mark.parametrize("blocks", FILES.values(), ids=FILES.keys())


IN_BLOCK = {
    number: records_in(read(FILES["public"][0] + FILES["public"][number])) for number in BODIES
}
"""The records of `MANY`, by the number of their block."""


def test_the_blocks_of_these_tests_hold_what_they_should() -> None:
    assert [record for number in BODIES for record in IN_BLOCK[number]] == MANY
    assert len(FILES["public"]) == len(FILES["sealed"]) == 6


# Damage ---------------------------------------------------------------------------------------


@both
@given(data=st.data())
def test_a_flipped_byte_costs_one_block(blocks: list[bytes], data: st.DataObject) -> None:
    broken = data.draw(st.integers(0, len(blocks) - 1))
    at = data.draw(st.integers(0, len(blocks[broken]) - 1))
    damaged = [*blocks]
    damaged[broken] = flipped(blocks[broken], at, data.draw(st.integers(1, 255)))
    records, summary = read_all(damaged)
    assert records == [each for n in BODIES if n != broken for each in IN_BLOCK[n]]
    assert not summary.is_complete
    assert summary.skipped_bytes == len(blocks[broken])
    if broken == 5:
        assert (summary.missing_blocks, summary.missing_records) == (0, None)
    else:
        lost = len(IN_BLOCK.get(broken, []))
        assert (summary.missing_blocks, summary.missing_records) == (1, lost)


@both
@given(data=st.data())
def test_a_file_that_is_cut_off_loses_the_torn_block(
    blocks: list[bytes], data: st.DataObject
) -> None:
    whole = data.draw(st.integers(1, len(blocks) - 1))
    torn = data.draw(st.integers(0, len(blocks[whole]) - 1))
    records, summary = read_all([*blocks[:whole], blocks[whole][:torn]])
    assert records == [each for n in BODIES if n < whole for each in IN_BLOCK[n]]
    assert summary.is_complete is False
    assert (summary.blocks, summary.missing_blocks, summary.missing_records) == (whole, 0, None)
    assert summary.skipped_bytes == torn


@both
@given(data=st.data())
def test_whatever_was_done_to_it_gives_genuine_records_or_the_protocols_own_error(
    blocks: list[bytes], data: st.DataObject
) -> None:
    pieces = data.draw(st.lists(st.sampled_from(blocks), max_size=6))
    raw = bytearray(b"".join(pieces))
    for at, by in data.draw(st.lists(st.tuples(st.integers(0, 90_000), st.integers(0, 255)))):
        raw[at : at + 1] = bytes([by]) * (at % 3)
    piece_bytes = data.draw(st.sampled_from([97, 5_000, 100_000]))
    try:
        outputs = read(bytes(raw), piece_bytes=piece_bytes)
    except CarryError:
        return
    genuine = {(record.id, record.signature) for record in MANY}
    assert {(record.id, record.signature) for record in records_in(outputs)} <= genuine
    assert outputs == read(bytes(raw))


@given(st.binary(max_size=300), st.binary(max_size=100))
def test_noise_is_refused_or_passed_over(noise: bytes, payload: bytes) -> None:
    with pytest.raises(MalformedCarry):
        read(noise)
    for number in (0, 2):
        records, summary = read_all([noise, forged(number, payload), *public()[3:]])
        assert records == []
        assert not summary.is_complete


@both
def test_without_the_first_header_the_second_serves(blocks: list[bytes]) -> None:
    outputs = read(b"".join(blocks[1:]))
    assert outputs[:2] == [CarryGap(0, 1), summary_of(outputs).header]
    assert records_in(outputs) == MANY
    assert summary_of(outputs).missing_records == 0
    assert not summary_of(outputs).is_complete


def test_without_any_header_a_public_file_is_read_all_the_same() -> None:
    records, summary = read_all(FILES["public"][2:])
    assert records == MANY
    assert (summary.header, summary.missing_blocks, summary.missing_records) == (None, 2, 0)


def test_without_any_header_a_sealed_file_says_nothing() -> None:
    records, summary = read_all(FILES["sealed"][2:])
    assert records == []
    assert (summary.header, summary.unreadable_blocks, summary.missing_records) == (None, 4, None)


def test_a_sealed_file_without_its_beginning_is_read_from_the_next_header_on() -> None:
    records = [MANY[number % len(MANY)] for number in range(1_500)]
    blocks = sealed(records)
    assert len(blocks) > CARRY_HEADER_EVERY + 3
    found, summary = read_all(blocks[5:])
    assert found == records[-len(found) :]
    assert len(found) == read_all(blocks[CARRY_HEADER_EVERY:])[1].records > 300
    assert summary.unreadable_blocks == CARRY_HEADER_EVERY - 5
    assert summary.missing_records == len(records) - len(found)


@both
def test_what_lies_between_the_blocks_is_passed_over(blocks: list[bytes]) -> None:
    noise = MARKER + bytes(50)
    records, summary = read_all([part for block in blocks for part in (noise, block)])
    assert records == MANY
    assert summary.is_complete
    assert summary.skipped_bytes == len(blocks) * len(noise)


# Other blocks than were written, or in other places -------------------------------------------


@both
def test_swapped_blocks_are_read_and_noticed(blocks: list[bytes]) -> None:
    swapped = [*blocks[:2], blocks[3], blocks[2], *blocks[4:]]
    outputs = read(b"".join(swapped))
    assert records_in(outputs) == [*IN_BLOCK[3], *IN_BLOCK[2], *IN_BLOCK[4]]
    assert gaps_in(outputs) == [CarryGap(2, 1)]
    summary = summary_of(outputs)
    assert not summary.is_complete
    assert (summary.missing_blocks, summary.missing_records) == (0, 0)


@both
def test_a_repeated_block_is_read_once_and_noticed(blocks: list[bytes]) -> None:
    records, summary = read_all([*blocks[:4], blocks[3], blocks[0], *blocks[4:]])
    assert records == MANY
    assert summary.is_complete
    assert summary.repeated_blocks == 2


@both
def test_reading_twice_changes_nothing(blocks: list[bytes]) -> None:
    assert read(b"".join(blocks)) == read(b"".join(blocks))
    records, summary = read_all(blocks * 2)
    assert records == MANY
    assert summary.is_complete
    assert (summary.blocks, summary.repeated_blocks) == (len(blocks), len(blocks))


@both
def test_a_block_that_is_left_out_is_noticed(blocks: list[bytes]) -> None:
    outputs = read(b"".join([*blocks[:3], *blocks[4:]]))
    assert records_in(outputs) == [*IN_BLOCK[2], *IN_BLOCK[4]]
    assert gaps_in(outputs) == [CarryGap(3, 1)]
    summary = summary_of(outputs)
    assert not summary.is_complete
    assert (summary.missing_blocks, summary.missing_records) == (1, len(IN_BLOCK[3]))


def test_a_block_of_another_file_is_left_out() -> None:
    other = public(FEW, OTHER_FILE)
    records, summary = read_all([*FILES["public"][:3], *other[1:3], *FILES["public"][3:]])
    assert records == MANY
    assert summary.alien_blocks == 2


def test_a_sealed_block_opens_in_no_other_place() -> None:
    """Whoever has no key can write a check, but can't move what is sealed."""
    blocks = [*FILES["sealed"]]
    blocks[2], blocks[3] = (forged(a, payload_of(blocks[b])) for a, b in ((2, 3), (3, 2)))
    records, summary = read_all(blocks)
    assert records == IN_BLOCK[4]
    assert (summary.alien_blocks, summary.missing_blocks) == (2, 2)
    assert summary.missing_records == len(IN_BLOCK[2]) + len(IN_BLOCK[3])


def test_a_sealed_block_opens_in_no_other_file() -> None:
    other = sealed(FEW, OTHER_FILE)
    moved = [*FILES["sealed"][:2], forged(2, payload_of(other[2])), *FILES["sealed"][3:]]
    records, summary = read_all(moved)
    assert records == [*IN_BLOCK[3], *IN_BLOCK[4]]
    assert summary.alien_blocks == 1


def test_a_sealed_block_opens_under_no_other_header() -> None:
    header = decode_frame(payload_of(FILES["sealed"][0])) | {2: NOW + 1}
    renamed = [forged_frame(0, header), *FILES["sealed"][2:]]
    records, summary = read_all(renamed)
    assert records == []
    assert summary.alien_blocks == 4


@both
def test_another_header_in_a_later_place_is_left_out(blocks: list[bytes]) -> None:
    stranger = forged_frame(1, {0: 30, 1: 9, 2: NOW, 3: BEA.group})
    records, summary = read_all([blocks[0], stranger, *blocks[2:]])
    assert records == MANY
    assert summary.header in {PUBLIC, FOR_BEA}
    assert (summary.alien_blocks, summary.missing_blocks) == (1, 1)


def test_what_a_later_block_says_under_the_same_number_counts_for_nothing() -> None:
    other = forged(3, to_bytes(Records([ADA.request("another").envelope])))
    records, summary = read_all([*FILES["public"][:4], other, *FILES["public"][4:]])
    assert records == MANY
    assert summary.repeated_blocks == 1


def test_a_damaged_copy_does_not_stand_in_the_way_of_the_whole_one() -> None:
    sealed_blocks = FILES["sealed"]
    bad = forged(3, flipped(payload_of(sealed_blocks[3]), 40))
    records, summary = read_all([*sealed_blocks[:3], bad, *sealed_blocks[3:]])
    assert records == MANY
    assert summary.alien_blocks == 1
    assert summary.is_complete


def test_an_end_that_comes_before_the_rest_makes_nothing_complete() -> None:
    """Nobody can end a sealed file who has no key: not before its header either."""
    nothing = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    early = forged_frame(2, {0: 31, 1: 0, 2: nothing})
    _records, summary = read_all([early, *FILES["sealed"][:2]])
    assert summary.header == FOR_BEA
    assert not summary.is_complete


def test_there_is_one_end() -> None:
    end = decode_frame(payload_of(FILES["public"][5]))
    second = forged_frame(6, {**end, 1: 5})
    _records, summary = read_all([*FILES["public"], second])
    assert summary.is_complete
    assert (summary.unreadable_blocks, summary.missing_records) == (1, 0)


@pytest.mark.parametrize("number", [7, CARRY_BLOCKS_MAX - 1])
def test_what_is_missing_behind_the_end_is_missing_too(number: int) -> None:
    records, summary = read_all([*FILES["public"], forged_frame(number, {0: 30, 1: []})])
    assert records == MANY
    assert summary.missing_blocks == number - 6
    assert not summary.is_complete


@pytest.mark.parametrize("change", [{1: COUNT_MAX}, {2: bytes(32)}])
def test_an_end_that_does_not_fit_is_believed_in_nothing(change: Map) -> None:
    end = decode_frame(payload_of(FILES["public"][5]))
    records, summary = read_all([*FILES["public"][:5], forged_frame(5, {**end, **change})])
    assert records == MANY
    assert summary.is_complete == (1 in change)
    assert summary.missing_records == (COUNT_MAX - len(MANY) if 1 in change else 0)


def test_an_end_that_tells_of_fewer_records_leaves_none_missing() -> None:
    end = decode_frame(payload_of(FILES["public"][5]))
    _records, summary = read_all([*FILES["public"][:5], forged_frame(5, {**end, 1: 1})])
    assert summary.missing_records == 0


# Frames that say something else ---------------------------------------------------------------


def read_frame(frame: Map, number: int = 2) -> tuple[list[Record], tuple[int, int]]:
    """The records, and how many blocks were unreadable and records malformed."""
    records, summary = read_all([*public()[:2], forged_frame(number, frame)])
    return records, (summary.unreadable_blocks, summary.malformed_records)


def test_malformed_records_are_counted_and_the_others_read() -> None:
    good: list[Value] = [[*record.envelope] for record in FEW]
    body, signature = FEW[0].envelope
    bad: list[Value] = [
        7,
        [],
        [body],
        [body, signature, b""],
        [body, 7],
        ["body", signature],
        [body, signature[:-1]],
        [body[:-1], signature],
        [b"", signature],
    ]
    items = [*bad[:4], good[0], *bad[4:], *good[1:]]
    assert read_frame({0: 10, 1: items}) == (FEW, (0, len(bad)))
    assert read_frame({0: 10, 1: bad}) == ([], (0, len(bad)))


def test_malformed_records_are_not_missing() -> None:
    total = decode_frame(payload_of(public()[3]))
    bad = [forged_frame(2, {0: 10, 1: [[*FEW[0].envelope], 7]}), forged_frame(3, {0: 10, 1: [7]})]
    _records, summary = read_all([*public()[:2], *bad, forged_frame(4, total)])
    assert (summary.records, summary.malformed_records) == (1, 2)
    assert summary.missing_records == len(FEW) - 3


@pytest.mark.parametrize(
    "frame",
    [
        {},
        {0: 10},
        {0: 10, 1: 7},
        {0: 10, 1: [b""] * (FRAME_RECORDS_MAX + 1)},
        {0: 9, 1: []},
        {0: 30, 1: 1, 2: NOW, 3: ADA.group},
        {0: 31},
        {0: 31, 1: 0},
        {0: 31, 1: -1, 2: bytes(32)},
        {0: 31, 1: COUNT_MAX + 1, 2: bytes(32)},
        {0: 31, 1: 0, 2: bytes(31)},
        {0: 256},
        {0: 255},
        {0: b""},
    ],
)
def test_other_frames_are_unreadable(frame: Map) -> None:
    assert read_frame(frame) == ([], (1, 0))
    assert not read_all([*public()[:2], forged_frame(2, frame)])[1].is_complete


def test_as_many_records_as_a_frame_may_hold_are_read() -> None:
    assert read_frame({0: 10, 1: [b""] * FRAME_RECORDS_MAX}) == ([], (0, FRAME_RECORDS_MAX))
    assert read_frame({0: 10, 1: []}) == ([], (0, 0))


def test_unknown_keys_are_no_fault() -> None:
    items: list[Value] = [[*record.envelope] for record in FEW]
    assert read_frame({0: 10, 1: items, 9: "later"}) == (FEW, (0, 0))


HEADER: Map = {0: 30, 1: 1, 2: NOW, 3: ADA.group}


@pytest.mark.parametrize(
    "header",
    [
        {0: 10, 1: []},
        {0: 31, 1: 0, 2: bytes(32)},
        {0: 30},
        HEADER | {1: 0},
        HEADER | {2: -1},
        HEADER | {3: b""},
        HEADER | {4: b""},
        HEADER | {4: BEA.group},
        HEADER | {4: BEA.group, 5: bytes(31), 6: []},
        HEADER | {4: BEA.group, 5: bytes(32)},
        HEADER | {4: ADA.group, 5: bytes(32), 6: [7] * 17},
    ],
)
def test_a_header_that_is_none_is_passed_over(header: Map) -> None:
    records, summary = read_all([forged_frame(0, header), *public()[1:]])
    assert records == FEW
    assert summary.header == PUBLIC
    assert summary.unreadable_blocks == 1


def test_a_header_with_unknown_keys_is_read() -> None:
    header = forged_frame(0, HEADER | {9: "later"})
    assert read_all([header])[1].header == PUBLIC


@pytest.mark.parametrize("version", [2, 255])
def test_a_later_version_is_named_as_such(version: int) -> None:
    with pytest.raises(LaterCarry):
        read(forged_frame(0, {0: 30, 1: version, 7: "what it may say"}))


@pytest.mark.parametrize("boxes", [[], [7], [[BEAS_KEYS[0][:8], bytes(48)]]], ids=len)
def test_boxes_that_hold_no_key_open_nothing(boxes: list[Value]) -> None:
    header = HEADER | {4: BEA.group, 5: bytes(EPHEMERAL.public_key), 6: boxes}
    with pytest.raises(KeyGone):
        read(forged_frame(0, header))


def test_a_reader_tries_every_key_that_it_has() -> None:
    old = BEA.with_device("last week").seal_key
    keys = [bytes(old.public_key)]
    data = b"".join(write_sealed(FOR_BEA, FEW, keys, EPHEMERAL))
    reading = CarryReader(BEA.group, [BEA.seal_key, old])
    assert records_in(reading.feed(data)) == FEW


def test_what_lies_sealed_is_read_by_the_same_rules() -> None:
    key = content_key(EPHEMERAL, b"hallway/1/carry")
    blocks = sealed()
    cipher = CarryCipher(key, FILE, payload_of(blocks[0]))
    odd = forged(2, cipher.seal(2, encode({0: 10, 1: [7, [*FEW[0].envelope]]})))
    records, summary = read_all([*blocks[:2], odd])
    assert records == FEW[:1]
    assert summary.malformed_records == 1


def test_nobody_is_charged_for_a_stick() -> None:
    assert issubclass(CarryError, ProtocolError)
    assert not issubclass(CarryError, PeerError | LocalError)


# Limits ---------------------------------------------------------------------------------------


def test_a_gap_may_be_as_wide_as_numbers_reach() -> None:
    last = CARRY_BLOCKS_MAX - 1
    outputs = read(b"".join([*public()[:2], forged_frame(last, {0: 10, 1: []})]))
    assert gaps_in(outputs) == [CarryGap(2, last - 2)]
    assert summary_of(outputs).missing_blocks == last - 2


def test_memory_is_bounded_whatever_lengths_are_claimed() -> None:
    blocks = FILES["public"]
    huge = MARKER + FILE + bytes(2) + b"\xff\xff"
    longest = MARKER + FILE + bytes(2) + b"\x40\x00"
    noise = bytes(1 << 21)
    many: Map = {0: 10, 1: [b""] * FRAME_RECORDS_MAX}
    bomb = b"\xdd\xff\xff\xff\xff" * 1_000
    fed = [
        *blocks[:2],
        huge,
        noise,
        longest,
        noise,
        forged(5, b"\x82\x00\x0a\x01" + bomb),
        *(forged_frame(number, many) for number in range(17, 32)),
        huge * 1_000,
        noise,
    ]
    reading = CarryReader(BEA.group, [])
    tracemalloc.start()
    try:
        for data in fed:
            assert records_in(reading.feed(data)) == []
        reading.finish()
        # MessagePack's own stack takes half of it, for a frame of any length.
        assert tracemalloc.get_traced_memory()[1] < 30 * BLOCK_BYTES_MAX
    finally:
        tracemalloc.stop()

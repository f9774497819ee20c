"""What is written comes out again, openly or for one group alone, in little memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import cycle, islice

import pytest
from nacl.bindings import crypto_aead_chacha20poly1305_ietf_decrypt
from nacl.public import PrivateKey

from protocol.boxes import content_key
from protocol.carry import (
    ENVELOPE_BYTES,
    FRAME_ROOM_BYTES,
    CarryCipher,
    CarryHeader,
    is_header_place,
    write_public,
    write_sealed,
)
from protocol.carry_blocks import BLOCK_BYTES_MAX, CarryId
from protocol.carry_reader import Carried
from protocol.codec import decode_frame, encode
from protocol.errors import (
    EmptyCarry,
    KeyGone,
    LocalError,
    MalformedCarry,
    NobodyToSealTo,
    NotForUs,
)
from protocol.frames import Records, from_bytes
from protocol.limits import (
    CARRY_BLOCKS_MAX,
    CARRY_HEADER_EVERY,
    CARRY_PAYLOAD_BYTES_MAX,
    PROOF_BYTES_MAX,
)
from protocol.record import SIGNATURE_BYTES, Record, verify
from tests.protocol.carries import (
    ADA,
    BEA,
    BEAS_KEYS,
    CLEO,
    EPHEMERAL,
    FEW,
    FILE,
    FOR_BEA,
    MANY,
    OTHER_FILE,
    PUBLIC,
    gaps_in,
    payload_of,
    public,
    read,
    read_all,
    reader,
    records_in,
    sealed,
    summary_of,
)
from tests.protocol.halls import NOW

Write = Callable[[list[Record]], list[bytes]]


@pytest.mark.parametrize("write", [public, sealed])
@pytest.mark.parametrize("records", [[], FEW[:1], FEW, MANY], ids=len)
def test_what_was_written_is_read(write: Write, records: list[Record]) -> None:
    blocks = write(records)
    outputs = read(b"".join(blocks))
    summary = summary_of(outputs)
    assert outputs[0] == (PUBLIC if write is public else FOR_BEA) == summary.header
    assert records_in(outputs) == records
    for record in records[:5]:
        verify(record)
    assert gaps_in(outputs) == []
    assert summary.is_complete
    assert (summary.records, summary.missing_records) == (len(records), 0)
    assert (summary.blocks, summary.missing_blocks) == (len(blocks), 0)
    assert summary.malformed_records == summary.unreadable_blocks == summary.skipped_bytes == 0
    assert summary.alien_blocks == summary.repeated_blocks == 0


@pytest.mark.parametrize("write", [public, sealed])
def test_fed_byte_by_byte_it_says_the_same(write: Write) -> None:
    data = b"".join(write(FEW))
    assert read(data, piece_bytes=1) == read(data)


def test_a_public_file_is_read_by_anybody() -> None:
    assert read_all(public(), CLEO) == read_all(public(), BEA)


def test_a_sealed_file_is_read_with_any_of_its_groups_devices() -> None:
    phone = BEA.with_device("phone")
    keys = [*BEAS_KEYS, bytes(phone.seal_key.public_key)]
    data = b"".join(write_sealed(FOR_BEA, FEW, keys, EPHEMERAL))
    assert records_in(read(data, BEA)) == records_in(read(data, phone)) == FEW


def test_a_sealed_file_is_not_for_another_group() -> None:
    with pytest.raises(NotForUs):
        read(b"".join(sealed()), CLEO)


def test_a_device_that_has_none_of_the_keys_says_so() -> None:
    with pytest.raises(KeyGone):
        read(b"".join(sealed()), BEA.with_device("new phone"))


def test_nothing_of_a_sealed_file_can_be_read_without_a_key() -> None:
    data = b"".join(sealed())
    for record in FEW:
        assert record.body_bytes[-40:] not in data
        assert record.signature not in data
        assert record.signature in b"".join(public())


def test_an_empty_file_and_one_that_is_no_carry_file_are_told_apart() -> None:
    with pytest.raises(EmptyCarry):
        read(b"")
    with pytest.raises(MalformedCarry, match="in 100000 bytes") as noise:
        read(bytes(100_000), piece_bytes=30_000)
    assert not isinstance(noise.value, EmptyCarry)
    reading = reader()
    reading.feed(b"noise")
    reading.feed(b"")
    with pytest.raises(MalformedCarry, match="in 5 bytes"):
        reading.finish()


# The bytes, as the page describes them --------------------------------------------------------


def test_a_public_file_is_frames_of_the_link_in_blocks() -> None:
    blocks = public()
    header = encode({0: 30, 1: 1, 2: NOW, 3: ADA.group})
    assert [payload_of(block) for block in blocks[:2]] == [header] * 2
    assert from_bytes(payload_of(blocks[2])) == Records([record.envelope for record in FEW])
    total = sha256(b"".join(blocks[:3])).digest()
    assert payload_of(blocks[3]) == encode({0: 31, 1: len(FEW), 2: total})
    assert len(blocks) == 4


def test_a_sealed_file_names_who_can_open_it_and_binds_each_block_to_its_place() -> None:
    blocks = sealed()
    header = decode_frame(payload_of(blocks[0]))
    assert payload_of(blocks[1]) == payload_of(blocks[0])
    boxes = header.pop(6)
    assert header == {
        0: 30,
        1: 1,
        2: NOW,
        3: ADA.group,
        4: BEA.group,
        5: bytes(EPHEMERAL.public_key),
    }
    assert isinstance(boxes, list)
    assert len(boxes) == 1
    key = content_key(EPHEMERAL, b"hallway/1/carry")
    bound = b"hallway/1/carry\x00" + FILE + sha256(payload_of(blocks[0])).digest()
    for number, plain in ((2, payload_of(public()[2])), (3, None)):
        nonce = bytes(4) + number.to_bytes(8, "little")
        opened = crypto_aead_chacha20poly1305_ietf_decrypt(
            payload_of(blocks[number]), bound, nonce, key
        )
        assert plain in {opened, None}
        assert decode_frame(opened)[0] == (10 if number == 2 else 31)


def test_the_header_comes_again_and_again() -> None:
    records = list(islice(cycle(MANY), 2_000))
    blocks = public(records)
    copies = [
        number for number, block in enumerate(blocks) if payload_of(block) == payload_of(blocks[0])
    ]
    assert copies == [0, 1, *range(CARRY_HEADER_EVERY, len(blocks), CARRY_HEADER_EVERY)]
    assert len(copies) > 3
    assert [n for n in range(len(blocks)) if is_header_place(n)] == copies
    assert read_all(blocks)[1].is_complete


def test_where_a_header_is_due_the_end_comes_after_it() -> None:
    """Fourteen blocks of records, and number 16 is the header's."""
    ends = {len(public(islice(cycle(MANY), count))) for count in range(600, 900, 10)}
    assert CARRY_HEADER_EVERY + 2 in ends
    assert CARRY_HEADER_EVERY + 1 not in ends
    for count in range(600, 900, 10):
        assert read_all(public(islice(cycle(MANY), count)))[1].is_complete


def test_blocks_are_filled_and_none_is_too_long() -> None:
    for blocks in (public(MANY), sealed(MANY)):
        sizes = [len(payload_of(block)) for block in blocks]
        assert max(sizes) <= CARRY_PAYLOAD_BYTES_MAX
        assert all(size > CARRY_PAYLOAD_BYTES_MAX - 1_000 for size in sizes[2:-2])
        assert len(blocks) == 6


@pytest.mark.parametrize(("more", "blocks"), [(0, 1), (1, 2)])
def test_every_block_is_filled_to_the_last_byte_that_it_has_room_for(
    more: int, blocks: int
) -> None:
    half_bytes = FRAME_ROOM_BYTES // 2 - SIGNATURE_BYTES - ENVELOPE_BYTES
    one, other = (replace(ADA.request(), body_bytes=bytes(half_bytes + n)) for n in (0, more))
    assert FRAME_ROOM_BYTES % 2 == 0
    headers_and_end = 3
    for pairs in (1, 2):
        assert len(public([one, other] * pairs)) == headers_and_end + pairs * blocks


def test_the_longest_that_can_be_takes_a_block_of_its_own() -> None:
    """Two do not fit into one; the writer asks nothing of them but their bytes."""
    longest = replace(ADA.request(), body_bytes=bytes(PROOF_BYTES_MAX))
    for blocks in (public([longest] * 3), sealed([longest] * 3)):
        assert len(blocks) == 6
        assert max(len(payload_of(block)) for block in blocks) <= CARRY_PAYLOAD_BYTES_MAX


def test_a_seed_replays_it() -> None:
    assert sealed() == sealed()
    assert sealed(file=OTHER_FILE) != sealed()
    other = list(write_sealed(FOR_BEA, FEW, BEAS_KEYS, PrivateKey(bytes([1] * 32))))
    assert other != sealed()


# What is refused ------------------------------------------------------------------------------


def test_what_nobody_could_open_is_not_written() -> None:
    with pytest.raises(NobodyToSealTo):
        write_sealed(FOR_BEA, FEW, [bytes(32)], EPHEMERAL)


def test_a_file_is_public_or_sealed_and_has_an_id() -> None:
    with pytest.raises(LocalError):
        write_public(FOR_BEA, FEW)
    with pytest.raises(LocalError):
        write_sealed(PUBLIC, FEW, BEAS_KEYS, EPHEMERAL)
    with pytest.raises(LocalError):
        write_public(CarryHeader(CarryId(bytes(15)), NOW, ADA.group), FEW)


def test_more_than_its_numbers_reach_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole file of a gigabyte would show the same."""
    assert CARRY_BLOCKS_MAX == 2**16
    monkeypatch.setattr("protocol.carry.CARRY_BLOCKS_MAX", 20)
    pieces = write_public(PUBLIC, cycle(MANY))
    assert len(list(islice(pieces, 20))) == 20
    with pytest.raises(LocalError):
        next(pieces)


@pytest.mark.parametrize("size", [0, 15, 16, 40])
def test_what_was_not_sealed_does_not_open(size: int) -> None:
    cipher = CarryCipher(bytes(32), FILE, b"header")
    assert cipher.open(2, bytes(size)) is None
    assert cipher.open(2, cipher.seal(2, bytes(size))) == bytes(size)
    assert cipher.open(3, cipher.seal(2, bytes(size))) is None
    assert CarryCipher(bytes(32), OTHER_FILE, b"header").open(2, cipher.seal(2, b"")) is None
    assert CarryCipher(bytes(32), FILE, b"other").open(2, cipher.seal(2, b"")) is None


# Memory ---------------------------------------------------------------------------------------


def stream(count: int) -> Iterator[Record]:
    return islice(cycle(MANY), count)


@pytest.mark.parametrize("write", ["public", "sealed"])
def test_twenty_thousand_records_take_no_more_memory_than_a_few_blocks(write: str) -> None:
    reading = reader()
    told = 0
    tracemalloc.start()
    try:
        pieces = (
            write_public(PUBLIC, stream(20_000))
            if write == "public"
            else write_sealed(FOR_BEA, stream(20_000), BEAS_KEYS, EPHEMERAL)
        )
        for piece in pieces:
            told += sum(
                len(each.records) for each in reading.feed(piece) if isinstance(each, Carried)
            )
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert told == 20_000
    assert summary_of(reading.finish()).is_complete
    # Parsed, a record takes about five times its bytes.
    assert peak_bytes < 30 * BLOCK_BYTES_MAX

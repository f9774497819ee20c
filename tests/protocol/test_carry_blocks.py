"""A damaged block costs itself: the scanner finds every whole one, in little memory."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.carry_blocks import (
    BLOCK_BYTES_MAX,
    CHECK_BYTES,
    HEAD_BYTES,
    MARKER,
    Block,
    BlockScanner,
    block_bytes,
)
from protocol.limits import CARRY_DAMAGE_MAX, CARRY_PAYLOAD_BYTES_MAX
from tests.protocol.carries import FILE, OTHER_FILE, flipped, forged

PAYLOADS = [b"first", b"", bytes(300), MARKER, b"\x8b" * 20, b"last"]
BLOCKS = [block_bytes(FILE, number, payload) for number, payload in enumerate(PAYLOADS)]
LONGEST = block_bytes(FILE, 0, bytes(CARRY_PAYLOAD_BYTES_MAX))


def scan(data: bytes, piece_bytes: int = 1 << 20) -> tuple[list[Block], int]:
    """What is found, and how many bytes were skipped."""
    scanner = BlockScanner()
    found = [
        block
        for at in range(0, len(data), piece_bytes)
        for block in scanner.feed(data[at : at + piece_bytes])
    ]
    found += scanner.finish()
    return found, scanner.skipped_bytes


def numbers(data: bytes) -> list[int]:
    return [block.number for block in scan(data)[0]]


def test_a_block_is_written_as_the_page_says() -> None:
    assert block_bytes(OTHER_FILE, 258, b"abc") == forged(258, b"abc", OTHER_FILE)
    assert len(LONGEST) == BLOCK_BYTES_MAX == HEAD_BYTES + CARRY_PAYLOAD_BYTES_MAX + CHECK_BYTES
    assert (HEAD_BYTES, CHECK_BYTES, MARKER) == (28, 16, b"\x8bHALLWAY")


def test_what_was_written_is_found() -> None:
    found, skipped = scan(b"".join(BLOCKS))
    assert [(each.file, each.number, each.payload) for each in found] == [
        (FILE, number, payload) for number, payload in enumerate(PAYLOADS)
    ]
    assert [each.raw for each in found] == BLOCKS
    assert skipped == 0


def test_the_longest_block_is_found_and_none_that_is_longer() -> None:
    assert scan(LONGEST)[1] == 0
    longer = forged(0, bytes(CARRY_PAYLOAD_BYTES_MAX + 1))
    assert scan(longer + BLOCKS[1]) == (scan(BLOCKS[1])[0], len(longer))


@pytest.mark.parametrize("piece_bytes", [1, 2, 7, 29, 1_000])
def test_the_pieces_in_which_it_is_fed_make_no_difference(piece_bytes: int) -> None:
    data = b"noise" + b"".join(BLOCKS) + LONGEST[:500] + BLOCKS[0] + MARKER[:5]
    assert scan(data, piece_bytes) == scan(data)


@given(st.data())
def test_a_flipped_byte_costs_its_own_block(data: st.DataObject) -> None:
    broken = data.draw(st.integers(0, len(BLOCKS) - 1))
    at = data.draw(st.integers(0, len(BLOCKS[broken]) - 1))
    by = data.draw(st.integers(1, 255))
    damaged = [*BLOCKS]
    damaged[broken] = flipped(BLOCKS[broken], at, by)
    found, skipped = scan(b"".join(damaged))
    assert [each.number for each in found] == [n for n in range(len(BLOCKS)) if n != broken]
    assert skipped == len(BLOCKS[broken])


@given(st.data())
def test_bytes_that_are_lost_or_added_cost_the_blocks_they_touch(data: st.DataObject) -> None:
    whole = b"".join(BLOCKS)
    ends = [sum(map(len, BLOCKS[: number + 1])) for number in range(len(BLOCKS))]
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, min(len(whole), start + 40)))
    noise = data.draw(st.binary(max_size=20))
    found = numbers(whole[:start] + noise + whole[stop:])
    untouched = [
        number
        for number, end in enumerate(ends)
        if end <= start or end - len(BLOCKS[number]) >= stop
    ]
    assert set(untouched) <= set(found) <= set(range(len(BLOCKS)))


@given(st.binary(max_size=400) | st.lists(st.sampled_from([MARKER, b"", bytes(30)])).map(b"".join))
def test_noise_gives_nothing_and_is_counted(noise: bytes) -> None:
    assert scan(noise) == ([], len(noise))


def test_what_follows_a_torn_block_is_found_at_the_end() -> None:
    torn = LONGEST[: HEAD_BYTES + 10]
    assert scan(torn + BLOCKS[2] + BLOCKS[3]) == (scan(BLOCKS[2] + BLOCKS[3])[0], len(torn))


def test_a_head_alone_is_skipped_at_the_end() -> None:
    assert scan(BLOCKS[0] + LONGEST[: HEAD_BYTES - 1]) == (scan(BLOCKS[0])[0], HEAD_BYTES - 1)


def within_a_broken_block(broken_before: int) -> list[int]:
    """What is found of a whole block that lies inside a damaged one, after so many others."""
    trap = flipped(block_bytes(FILE, 7, BLOCKS[3]), HEAD_BYTES - 5)
    return numbers(flipped(BLOCKS[0], HEAD_BYTES) * broken_before + trap + BLOCKS[4])


def test_a_damaged_block_is_searched_for_the_next_ones_beginning() -> None:
    assert within_a_broken_block(0) == [3, 4]


def test_after_a_thousand_damaged_blocks_the_next_are_passed_over_whole() -> None:
    # A block that claims another in it counts as damaged itself.
    assert within_a_broken_block(CARRY_DAMAGE_MAX - 1) == [3, 4]
    assert within_a_broken_block(CARRY_DAMAGE_MAX) == [4]


def test_a_file_of_nothing_but_beginnings_is_read_in_few_steps() -> None:
    """Each of them claims the longest payload: hashed at each, it would be 5 GB."""
    head = LONGEST[:HEAD_BYTES]
    data = head * (10 * 1_024 * 1_024 // len(head))
    scanner = BlockScanner()
    assert list(scanner.feed(data)) == []
    hashed_after = (len(data) - CARRY_DAMAGE_MAX * HEAD_BYTES) // BLOCK_BYTES_MAX
    assert scanner._damaged <= CARRY_DAMAGE_MAX + hashed_after + 1


def test_memory_stays_below_a_few_blocks_whatever_is_fed() -> None:
    scanner = BlockScanner()
    head = LONGEST[:HEAD_BYTES]
    noise, markers = bytes(64 * BLOCK_BYTES_MAX), MARKER * 10_000
    tracemalloc.start()
    try:
        for data in (noise, head, noise, markers, head, noise):
            assert list(scanner.feed(data)) == []
        assert tracemalloc.get_traced_memory()[1] < 8 * BLOCK_BYTES_MAX
    finally:
        tracemalloc.stop()

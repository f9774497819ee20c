"""A carry file that anybody may have written: whole blocks, bent ones, and what lies between.

Every block has a checksum, so an input says how blocks are made and the checksum is made here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Final

from nacl.public import PrivateKey

from protocol.carry import CarryHeader, write_public, write_sealed
from protocol.carry_blocks import CARRY_ID_BYTES, CHECK_BYTES, HEAD_BYTES, CarryId, block_bytes
from protocol.carry_reader import CarryReader, CarrySummary
from protocol.limits import CARRY_PAYLOAD_BYTES_MAX
from tests.fuzz import corpus
from tests.fuzz.corpus import ADA, BEA
from tests.fuzz.programmes import one_of, step, steps
from tests.fuzz.shaping import reshape
from tests.protocol.halls import NOW, seed_of

FILE: Final = CarryId(seed_of("a carry file")[:CARRY_ID_BYTES])


def read(data: bytes) -> None:
    """The first byte says in pieces of which size the file is fed."""
    reader = CarryReader(BEA.group, [BEA.seal_key])
    piece_bytes = 1 + 37 * (data[0] if data else 255)
    file = b"".join(MAKERS[code % len(MAKERS)](argument) for code, argument in steps(data[1:]))
    for at in range(0, len(file), piece_bytes):
        reader.feed(file[at : at + piece_bytes])
    *_, summary = reader.finish()
    assert isinstance(summary, CarrySummary)
    assert min(summary.missing_blocks, summary.skipped_bytes, summary.missing_records or 0) >= 0


@cache
def _blocks() -> tuple[bytes, ...]:
    """Of a public file and of a sealed one."""
    records = [*ADA.directory(BEA), *corpus.story()]
    public = write_public(CarryHeader(FILE, NOW, ADA.group), records)
    keys, ephemeral = [bytes(BEA.seal_key.public_key)], PrivateKey(seed_of("ephemeral of a file"))
    for_bea = CarryHeader(FILE, NOW, ADA.group, BEA.group)
    return (*public, *write_sealed(for_bea, records, keys, ephemeral))


def _honest(argument: bytes) -> bytes:
    return one_of(_blocks(), argument)


def _bent(argument: bytes) -> bytes:
    """With another payload and the checksum for it; the third byte moves it to another place."""
    block = one_of(_blocks(), argument)
    payload = reshape(block[HEAD_BYTES:-CHECK_BYTES], Random(argument))
    number = int.from_bytes(block[HEAD_BYTES - 4 : HEAD_BYTES - 2], "big")
    moved = (number + int.from_bytes(argument[2:3], "big") // 32) % 2**15
    return block_bytes(FILE, moved, payload[:CARRY_PAYLOAD_BYTES_MAX])


def _torn(argument: bytes) -> bytes:
    return reshape(one_of(_blocks(), argument), Random(argument))


def _raw(argument: bytes) -> bytes:
    return argument


MAKERS: Final[tuple[Callable[[bytes], bytes], ...]] = (_honest, _bent, _torn, _raw)


@cache
def seeds() -> list[bytes]:
    """Both files whole, then with each kind of step."""
    numbers = [number.to_bytes(2, "big") for number in range(len(_blocks()))]
    half = len(numbers) // 2
    whole = [b"".join(step(0, each) for each in part) for part in (numbers[:half], numbers[half:])]
    bent = [b"".join(step(code, each + b"\x40") for each in numbers) for code in range(4)]
    return [b"\xff" + each for each in [*whole, *bent]]

"""Carry files for tests: of two halls, in public and sealed, and what a reader makes of bytes."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from nacl.public import PrivateKey

from protocol.carry import CarryHeader, write_public, write_sealed
from protocol.carry_blocks import BLOCK_TAG, HEAD_BYTES, MARKER, CarryId
from protocol.carry_reader import Carried, CarryGap, CarryOutput, CarryReader, CarrySummary
from protocol.codec import Map, encode
from protocol.record import Record
from tests.protocol.halls import NOW, Hall, seed_of

ADA, BEA, CLEO = (Hall(name) for name in ("ada", "bea", "cleo"))
FILE = CarryId(seed_of("file")[:16])
OTHER_FILE = CarryId(seed_of("other file")[:16])
EPHEMERAL: Final = PrivateKey(seed_of("ephemeral of a file"))
PUBLIC = CarryHeader(FILE, NOW, ADA.group)
FOR_BEA = CarryHeader(FILE, NOW, ADA.group, BEA.group)
BEAS_KEYS = [bytes(BEA.seal_key.public_key)]

FEW = [ADA.roster(), ADA.profile(), ADA.request(), BEA.pledge(ADA.request())]
MANY = [ADA.roster(), *(ADA.request(f"box {number} of many") for number in range(170))]
"""More than two blocks full."""


def public(records: Iterable[Record] = FEW, file: CarryId = FILE) -> list[bytes]:
    """Its blocks."""
    return list(write_public(CarryHeader(file, NOW, ADA.group), records))


def sealed(records: Iterable[Record] = FEW, file: CarryId = FILE) -> list[bytes]:
    header = CarryHeader(file, NOW, ADA.group, BEA.group)
    return list(write_sealed(header, records, BEAS_KEYS, EPHEMERAL))


def reader(hall: Hall = BEA) -> CarryReader:
    return CarryReader(hall.group, [hall.seal_key])


def read(data: bytes, hall: Hall = BEA, piece_bytes: int = 1 << 20) -> list[CarryOutput]:
    reading = reader(hall)
    pieces = (data[at : at + piece_bytes] for at in range(0, len(data), piece_bytes))
    found = [output for piece in pieces for output in reading.feed(piece)]
    return found + reading.finish()


def records_in(outputs: list[CarryOutput]) -> list[Record]:
    return [record for each in outputs if isinstance(each, Carried) for record in each.records]


def gaps_in(outputs: list[CarryOutput]) -> list[CarryGap]:
    return [each for each in outputs if isinstance(each, CarryGap)]


def summary_of(outputs: list[CarryOutput]) -> CarrySummary:
    [summary] = [each for each in outputs if isinstance(each, CarrySummary)]
    assert outputs[-1] is summary
    return summary


def read_all(blocks: Iterable[bytes], hall: Hall = BEA) -> tuple[list[Record], CarrySummary]:
    outputs = read(b"".join(blocks), hall)
    return records_in(outputs), summary_of(outputs)


def forged(number: int, payload: bytes, file: CarryId = FILE) -> bytes:
    """A block as the page describes it, with whatever payload; written out here once more."""
    body = file + number.to_bytes(2, "big") + len(payload).to_bytes(2, "big") + payload
    return MARKER + body + sha256(BLOCK_TAG + body).digest()[:16]


def forged_frame(number: int, frame: Map) -> bytes:
    return forged(number, encode(frame))


def payload_of(block: bytes) -> bytes:
    return block[HEAD_BYTES:-16]


def flipped(data: bytes, at: int, by: int = 1) -> bytes:
    return data[:at] + bytes([data[at] ^ by]) + data[at + 1 :]

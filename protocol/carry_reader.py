"""Reading a carry file piece by piece, whatever has become of it on the way (SPEC 15.3).

Every block that is whole, of this file, and sealed for its place where the file is sealed, gives
what it holds, also where blocks before it are missing or it has come too late. The file is the one
whose block is found whole first. Of a number that comes twice, the first counts. The header counts
from where its first copy is found whole; blocks before it are read as those of a public file, so
that those of a sealed one count as unreadable. The file is complete when the end has come and its
hash is that of all blocks before it, in the order in which they came; their numbers leave none out,
nor do those of blocks behind it.

The records are parsed but not verified, as on a link; a malformed one is counted and left out.
Memory stays below `BLOCK_BYTES_MAX` a few times over and one byte for each number, whatever the
file claims.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from nacl.public import PrivateKey

from protocol.boxes import keys_for_us
from protocol.carry import (
    END_CODE,
    FORMAT_VERSION,
    HEADER_CODE,
    RECORDS_CODE,
    CarryCipher,
    CarryHeader,
    is_header_place,
)
from protocol.carry_blocks import Block, BlockScanner, CarryId
from protocol.codec import Value, decode_frame
from protocol.errors import (
    EmptyCarry,
    KeyGone,
    LaterCarry,
    MalformedCarry,
    MalformedFrame,
    MalformedRecord,
    NotForUs,
)
from protocol.fields import Fields
from protocol.ids import GroupId, UnixMs
from protocol.limits import (
    CARRY_BLOCKS_MAX,
    CODE_MAX,
    COUNT_MAX,
    CREATED_MS_MAX,
    DEVICES_MAX,
    FRAME_RECORDS_MAX,
)
from protocol.record import Record, parse


@dataclass(frozen=True, slots=True)
class Carried:
    """Records of one block, their signatures not yet verified."""

    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class CarryGap:
    """So many blocks, from number `first` on, are not where they should be."""

    first: int
    blocks: int


@dataclass(frozen=True, slots=True)
class CarrySummary:
    """What was read, and what was not.

    `missing_records` None: the end is missing, so nobody knows. `missing_blocks` counts up to the
    last one that was found. `unreadable_blocks` are whole but hold what we do not understand,
    `alien_blocks` are another file's or another place's. `skipped_bytes` belong to no whole block.
    """

    header: CarryHeader | None
    is_complete: bool
    records: int
    malformed_records: int
    missing_records: int | None
    blocks: int
    missing_blocks: int
    unreadable_blocks: int
    alien_blocks: int
    repeated_blocks: int
    skipped_bytes: int


CarryOutput = CarryHeader | Carried | CarryGap | CarrySummary


class CarryReader:
    """Inputs are a file's bytes in order; an error ends it, and nothing more is to be fed."""

    def __init__(self, us: GroupId, seal_keys: Sequence[PrivateKey]) -> None:
        """`seal_keys`: all that this device has, newest and older."""
        self._us = us
        self._seal_keys = seal_keys
        self._scanner = BlockScanner()
        self._fed_bytes = 0
        self._file: CarryId | None = None
        self._header: CarryHeader | None = None
        self._header_payload: bytes | None = None
        self._cipher: CarryCipher | None = None
        self._seen = bytearray(CARRY_BLOCKS_MAX)
        self._next_number = 0
        self._sum = sha256()
        self._told_records: int | None = None
        self._is_complete = False
        self._records = self._malformed = 0
        self._blocks = self._unreadable = self._alien = self._repeated = 0

    def feed(self, data: bytes) -> list[CarryOutput]:
        """What the file says, as far as `data` leads; hands out as much at once as it is given.

        Raises LaterCarry, NotForUs and KeyGone, as soon as its header is there.
        """
        self._fed_bytes += len(data)
        return [each for block in self._scanner.feed(data) for each in self._on_block(block)]

    def finish(self) -> list[CarryOutput]:
        """Nothing more comes. The last output is the summary.

        Raises EmptyCarry when nothing was fed, another MalformedCarry when no block was whole, and
        what `feed` raises.
        """
        found = [each for block in self._scanner.finish() for each in self._on_block(block)]
        if self._fed_bytes == 0:
            raise EmptyCarry("no bytes")
        if self._blocks == 0:
            raise MalformedCarry(f"no whole block in {self._fed_bytes} bytes")
        return [*found, self._summary()]

    def _on_block(self, block: Block) -> Iterator[CarryOutput]:
        if self._file is None:
            self._file = block.file
        if block.file != self._file:
            self._alien += 1
            return
        if self._seen[block.number]:
            self._repeated += 1
            return
        payload = self._opened(block)
        if payload is None:
            self._alien += 1
            return
        yield from self._gap_before(block.number)
        try:
            yield from self._read(block, payload)
        except (MalformedFrame, MalformedRecord):
            self._unreadable += 1
        self._seen[block.number] = 1
        self._blocks += 1
        self._sum.update(block.raw)

    def _opened(self, block: Block) -> bytes | None:
        """Its frame, None where it does not belong into this place."""
        if is_header_place(block.number):
            is_it = self._header_payload in {None, block.payload}
            return block.payload if is_it else None
        if self._cipher is None:
            return block.payload
        return self._cipher.open(block.number, block.payload)

    def _gap_before(self, number: int) -> Iterator[CarryGap]:
        if number > self._next_number:
            yield CarryGap(self._next_number, number - self._next_number)
        self._next_number = max(self._next_number, number + 1)

    def _read(self, block: Block, payload: bytes) -> Iterator[CarryOutput]:
        """Raises MalformedFrame or MalformedRecord where the frame is not what it should be."""
        fields = Fields(decode_frame(payload))
        code = fields.number(0, CODE_MAX)
        if is_header_place(block.number):
            yield from self._read_header(code, fields, block)
        elif code == RECORDS_CODE:
            yield from self._read_records(fields)
        elif code == END_CODE and self._told_records is None:
            self._read_end(block.number, fields)
        else:
            raise MalformedFrame(f"code {code} in block {block.number}")

    def _read_header(self, code: int, fields: Fields, block: Block) -> Iterator[CarryHeader]:
        if code != HEADER_CODE:
            raise MalformedFrame(f"code {code} in the header's place")
        if self._header is not None:
            return
        version = fields.number(1, CODE_MAX, least=1)
        if version > FORMAT_VERSION:
            raise LaterCarry(f"format {version}")
        made_ms = UnixMs(fields.number(2, CREATED_MS_MAX))
        writer = GroupId(fields.raw(3, 32))
        recipient = GroupId(fields.raw(4, 32)) if fields.has(4) else None
        if recipient is not None:
            self._cipher = self._unlock(recipient, fields, block)
        self._header = CarryHeader(block.file, made_ms, writer, recipient)
        self._header_payload = block.payload
        yield self._header

    def _unlock(self, recipient: GroupId, fields: Fields, block: Block) -> CarryCipher:
        ephemeral, boxes = fields.raw(5, 32), fields.items(6, DEVICES_MAX)
        if recipient != self._us:
            raise NotForUs("sealed to another group")
        key = next(keys_for_us(boxes, ephemeral, self._seal_keys), None)
        if key is None:
            raise KeyGone(f"none of {len(self._seal_keys)} seal keys opens it")
        return CarryCipher(key, block.file, block.payload)

    def _read_records(self, fields: Fields) -> Iterator[Carried]:
        items = fields.items(1, FRAME_RECORDS_MAX)
        found = tuple(record for record in map(_parsed, items) if record is not None)
        self._records += len(found)
        self._malformed += len(items) - len(found)
        if found:
            yield Carried(found)

    def _read_end(self, number: int, fields: Fields) -> None:
        told, total = fields.number(1, COUNT_MAX), fields.raw(2, 32)
        self._told_records = told
        self._is_complete = number == self._blocks and total == self._sum.digest()

    def _summary(self) -> CarrySummary:
        read = self._records + self._malformed
        told = self._told_records
        missing_blocks = self._next_number - self._blocks
        return CarrySummary(
            header=self._header,
            is_complete=self._is_complete and missing_blocks == 0,
            records=self._records,
            malformed_records=self._malformed,
            missing_records=None if told is None else max(0, told - read),
            blocks=self._blocks,
            missing_blocks=missing_blocks,
            unreadable_blocks=self._unreadable,
            alien_blocks=self._alien,
            repeated_blocks=self._repeated,
            skipped_bytes=self._scanner.skipped_bytes,
        )


def _parsed(envelope: Value) -> Record | None:
    """None: malformed."""
    if type(envelope) is not list or len(envelope) != 2:
        return None
    body, signature = envelope
    if type(body) is not bytes or type(signature) is not bytes:
        return None
    try:
        return parse(body, signature)
    except MalformedRecord:
        return None

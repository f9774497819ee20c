"""Carry files: records for somebody to bring along, written piece by piece (SPEC 15).

**Blocks.** A file is blocks (`protocol.carry_blocks`), numbered from 0. Numbers 0, 1 and every
multiple of 16 (`CARRY_HEADER_EVERY`) hold the header, always the same bytes; the others hold
records in the order of their numbers, and the last one the end. Each payload is one frame of the
link's encoding: a canonical map whose key 0 is its code.

**Header**, code 30, never sealed: 1 version of the format (1), 2 made (Unix ms, to be shown and
nothing else), 3 the writer's group, 4 the recipient's group (absent: anybody may read the file),
and only with 4: 5 the ephemeral X25519 public key, 6 boxes (`protocol.boxes`), one a device. Nobody
has signed it: the writer's name is a claim. Key 1 means the same in every version.
**Records**, code 10: the link's own frame. Rosters come first, then the rest of the directory, then
requests, what answers them, and details, so that a reader need not let anything wait.
**End**, code 31: 1 how many records the file holds, 2 SHA-256 over all blocks before it, whole and
in order (32 bytes).

**Sealed.** Each payload but the header's goes under ChaCha20-Poly1305 (RFC 8439): key is the
content key of the boxes (purpose `hallway/1/carry`), nonce 4 zero bytes and the block's number in
8 bytes, little-endian, and bound with it `CARRY_TAG`, the file id and SHA-256 over the header's
payload. So a block opens in its own place of its own file alone, and each by itself. A payload's
limit holds for it as sealed; writers leave those 16 bytes free in public files as well.

Header, sizes and the number of blocks are there for whoever finds a sealed file. A public one
proves nothing but what is signed in it. `protocol.carry_reader` says how a file is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from nacl.bindings import (
    crypto_aead_chacha20poly1305_ietf_decrypt,
    crypto_aead_chacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey

from protocol.boxes import box_for_each, content_key
from protocol.carry_blocks import CARRY_ID_BYTES, CarryId, block_bytes
from protocol.codec import Map, encode
from protocol.errors import LocalError
from protocol.frames import Records, to_bytes
from protocol.ids import GroupId, UnixMs
from protocol.limits import (
    CARRY_BLOCKS_MAX,
    CARRY_HEADER_EVERY,
    CARRY_PAYLOAD_BYTES_MAX,
    FRAME_OVERHEAD_BYTES,
)
from protocol.record import Record

FORMAT_VERSION: Final = 1
RECORDS_CODE: Final = 10
HEADER_CODE: Final = 30
END_CODE: Final = 31
CARRY_TAG: Final = b"hallway/1/carry\x00"
CARRY_PURPOSE: Final = b"hallway/1/carry"
SEAL_BYTES: Final = 16
"""What sealing adds to a payload: the Poly1305 tag (RFC 8439, section 2.8)."""
FRAME_ROOM_BYTES: Final = CARRY_PAYLOAD_BYTES_MAX - SEAL_BYTES - FRAME_OVERHEAD_BYTES
ENVELOPE_BYTES: Final = 8
"""What stands around body and signature in a frame, at most."""


@dataclass(frozen=True, slots=True)
class CarryHeader:
    """Whose file it is. `writer` is a claim; `recipient` None: anybody may read it."""

    file: CarryId
    made_ms: UnixMs
    writer: GroupId
    recipient: GroupId | None = None


class CarryCipher:
    """Opens and seals the payloads of one file, each in its own place."""

    def __init__(self, key: bytes, file: CarryId, header: bytes) -> None:
        """`key`: 32 bytes, sealing this file alone; `header`: the payload of its header blocks."""
        self._key = key
        self._bound = CARRY_TAG + file + sha256(header).digest()

    def seal(self, number: int, payload: bytes) -> bytes:
        """16 bytes longer."""
        return crypto_aead_chacha20poly1305_ietf_encrypt(
            payload, self._bound, _nonce(number), self._key
        )

    def open(self, number: int, sealed: bytes) -> bytes | None:
        """None where it was not sealed for this place of this file."""
        if len(sealed) < SEAL_BYTES:
            return None
        try:
            return crypto_aead_chacha20poly1305_ietf_decrypt(
                sealed, self._bound, _nonce(number), self._key
            )
        except CryptoError:
            return None


def write_public(header: CarryHeader, records: Iterable[Record]) -> Iterator[bytes]:
    """The pieces of a file that anybody may read, each at most a block.

    Raises LocalError, here for a header with a recipient, or while writing, for more than 1 GiB.
    """
    if header.recipient is not None:
        raise LocalError("a public file with a recipient")
    return _Writer(header, encode(_header_map(header)), None).pieces(records)


def write_sealed(
    header: CarryHeader,
    records: Iterable[Record],
    seal_keys: Sequence[bytes],
    ephemeral: PrivateKey,
) -> Iterator[bytes]:
    """The pieces of a file that only the recipient's devices open: the owners of `seal_keys`.

    `ephemeral` was never used before. Raises LocalError as `write_public` does, here also for a
    header without recipient; NobodyToSealTo when none of the keys can be used.
    """
    if header.recipient is None:
        raise LocalError("a sealed file without a recipient")
    key = content_key(ephemeral, CARRY_PURPOSE)
    boxes = box_for_each(key, seal_keys, ephemeral)
    sealing: Map = {4: header.recipient, 5: bytes(ephemeral.public_key), 6: [*boxes]}
    payload = encode(_header_map(header) | sealing)
    return _Writer(header, payload, CarryCipher(key, header.file, payload)).pieces(records)


def is_header_place(number: int) -> bool:
    return number == 1 or number % CARRY_HEADER_EVERY == 0


class _Writer:
    def __init__(self, header: CarryHeader, payload: bytes, cipher: CarryCipher | None) -> None:
        if len(header.file) != CARRY_ID_BYTES:
            raise LocalError(f"a file id of {len(header.file)} bytes")
        self._file = header.file
        self._header = payload
        self._cipher = cipher
        self._number = 0
        self._sum = sha256()

    def pieces(self, records: Iterable[Record]) -> Iterator[bytes]:
        count = 0
        for frame in _packed(records):
            count += len(frame.envelopes)
            yield from self._blocks(to_bytes(frame))
        yield from self._headers()
        end = encode({0: END_CODE, 1: count, 2: self._sum.digest()})
        yield from self._blocks(end)

    def _blocks(self, frame: bytes) -> Iterator[bytes]:
        """The block of one frame, and before it the header where that is due."""
        yield from self._headers()
        sealed = frame if self._cipher is None else self._cipher.seal(self._number, frame)
        yield self._next(sealed)

    def _headers(self) -> Iterator[bytes]:
        while is_header_place(self._number):
            yield self._next(self._header)

    def _next(self, payload: bytes) -> bytes:
        if self._number == CARRY_BLOCKS_MAX:
            raise LocalError("more than a carry file holds")
        block = block_bytes(self._file, self._number, payload)
        self._number += 1
        self._sum.update(block)
        return block


def _packed(records: Iterable[Record]) -> Iterator[Records]:
    """`records` in frames that fit a block, in order, one frame at a time in memory."""
    envelopes: list[list[bytes]] = []
    size = 0
    for record in records:
        cost = len(record.body_bytes) + len(record.signature) + ENVELOPE_BYTES
        if envelopes and size + cost > FRAME_ROOM_BYTES:
            yield Records(envelopes)
            envelopes, size = [], 0
        envelopes.append(record.envelope)
        size += cost
    if envelopes:
        yield Records(envelopes)


def _header_map(header: CarryHeader) -> Map:
    return {0: HEADER_CODE, 1: FORMAT_VERSION, 2: header.made_ms, 3: header.writer}


def _nonce(number: int) -> bytes:
    """As the channel writes its own (Noise, section 12.3)."""
    return bytes(4) + number.to_bytes(8, "little")

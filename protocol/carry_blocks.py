"""Blocks: how a carry file is cut up, so that damage costs its own block alone (SPEC 15.1).

A block is, without gaps: 8 bytes `MARKER`; 16 bytes file id, the same in every block of a file;
2 bytes number, from 0, each one more than the one before; 2 bytes length of the payload, at most
`CARRY_PAYLOAD_BYTES_MAX`; the payload; 16 bytes check, the beginning of SHA-256 over `BLOCK_TAG`
and the block from its file id to its payload. Numbers and lengths are big-endian.

The check finds damage. It is no proof of who wrote the block: anybody can make one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NewType

from protocol.limits import CARRY_DAMAGE_MAX, CARRY_PAYLOAD_BYTES_MAX

CarryId = NewType("CarryId", bytes)
"""16 bytes: random, chosen for one carry file by whoever writes it."""

MARKER: Final = b"\x8bHALLWAY"
"""How every block begins, in every version. No text begins with its first byte, which stands in it
only once: between two blocks no marker can be found but theirs."""

BLOCK_TAG: Final = b"hallway/1/block\x00"
CARRY_ID_BYTES: Final = 16
HEAD_BYTES: Final = len(MARKER) + CARRY_ID_BYTES + 2 + 2
CHECK_BYTES: Final = 16
BLOCK_BYTES_MAX: Final = HEAD_BYTES + CARRY_PAYLOAD_BYTES_MAX + CHECK_BYTES


@dataclass(frozen=True, slots=True)
class Block:
    """`raw`: the whole of it, from marker to check."""

    file: CarryId
    number: int
    payload: bytes
    raw: bytes


def block_bytes(file: CarryId, number: int, payload: bytes) -> bytes:
    """One block; `file` is 16 bytes, `number` below `CARRY_BLOCKS_MAX`."""
    body = file + number.to_bytes(2, "big") + len(payload).to_bytes(2, "big") + payload
    return MARKER + body + _check(body)


class BlockScanner:
    """Finds the whole blocks in what is fed piece by piece; holds less than two of them.

    `skipped_bytes` counts what belongs to no whole block; it is final after `finish`.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._damaged = 0
        self.skipped_bytes = 0

    def feed(self, data: bytes) -> Iterator[Block]:
        """To be exhausted before anything else is fed."""
        for start in range(0, len(data), BLOCK_BYTES_MAX):
            self._buffer += data[start : start + BLOCK_BYTES_MAX]
            yield from self._take(is_end=False)

    def finish(self) -> Iterator[Block]:
        """Nothing more comes: what follows a torn block is looked at as well."""
        yield from self._take(is_end=True)
        self._skip(len(self._buffer))

    def _take(self, *, is_end: bool) -> Iterator[Block]:
        while self._seek_marker():
            size = self._claimed_bytes()
            if size is not None and size <= len(self._buffer):
                block = self._read(size)
                if block is not None:
                    yield block
            elif is_end:
                self._skip(1)
            else:
                return

    def _seek_marker(self) -> bool:
        """Drop what lies before the next marker, and all that cannot be the beginning of one."""
        at = self._buffer.find(MARKER)
        self._skip(at if at >= 0 else max(0, len(self._buffer) - len(MARKER) + 1))
        return at >= 0

    def _claimed_bytes(self) -> int | None:
        """How long the block at hand says it is; None while that is not to be seen.

        At least a head, so that one with an impossible length is read, and found damaged, at once.
        """
        if len(self._buffer) < HEAD_BYTES:
            return None
        payload_bytes = int.from_bytes(self._buffer[HEAD_BYTES - 2 : HEAD_BYTES], "big")
        if payload_bytes > CARRY_PAYLOAD_BYTES_MAX:
            return HEAD_BYTES
        return HEAD_BYTES + payload_bytes + CHECK_BYTES

    def _read(self, size: int) -> Block | None:
        """The block at hand, None when it is damaged: then look for the next one, in it as well."""
        raw = bytes(self._buffer[:size])
        body, check = raw[len(MARKER) : -CHECK_BYTES], raw[-CHECK_BYTES:]
        if size == HEAD_BYTES or _check(body) != check:
            self._damaged += 1
            self._skip(size if self._damaged > CARRY_DAMAGE_MAX else 1)
            return None
        del self._buffer[:size]
        number = int.from_bytes(body[CARRY_ID_BYTES : CARRY_ID_BYTES + 2], "big")
        payload = raw[HEAD_BYTES:-CHECK_BYTES]
        return Block(CarryId(body[:CARRY_ID_BYTES]), number, payload, raw)

    def _skip(self, size: int) -> None:
        del self._buffer[:size]
        self.skipped_bytes += size


def _check(body: bytes) -> bytes:
    return sha256(BLOCK_TAG + body).digest()[:CHECK_BYTES]

"""The bytes of negentropy protocol version 1: numbers, bounds, ranges, messages (SPEC 13.4).

Source: negentropy protocol v1 (github.com/hoytech/negentropy, docs/negentropy-protocol-v1.md).
A message is a version byte and then ranges that cover the whole space of (created, id) from its
start, in order and without gaps: each range says only where it ends. What a message leaves unsaid
at the end counts as skipped.
"""

from __future__ import annotations

from dataclasses import dataclass

from protocol.errors import LocalError, MalformedFrame

VERSION = 0x61
"""First byte of every message of negentropy version 1 (section Message)."""

ID_BYTES = 32
"""An id is a SHA-256, which is also what negentropy expects (section Id)."""

FINGERPRINT_BYTES = 16
"""Bytes of the hash that stand for a range (section Fingerprint)."""

CREATED_BYTES = 8
"""Bytes before the id in a key: a time is an unsigned 64-bit number (section Preparation)."""

INFINITY = 2**64 - 1
"""The time after all times, so no item may have it (section Preparation)."""

END = INFINITY.to_bytes(CREATED_BYTES, "big")
"""The bound behind every item."""

_KEY_BYTES = CREATED_BYTES + ID_BYTES
_VARINT_BYTES_MAX = 10
"""Enough for 64 bits; what numbers mean bounds them further."""

_MODE_SKIP, _MODE_FINGERPRINT, _MODE_IDS = range(3)


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing to say about what lies below `upper`, an exclusive bound."""

    upper: bytes


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A digest of all the sender's ids in the range, `FINGERPRINT_BYTES` long."""

    upper: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class IdList:
    """All the sender's ids in the range."""

    upper: bytes
    ids: tuple[bytes, ...]


Range = Skip | Fingerprint | IdList


def item_key(created_ms: int, item_id: bytes) -> bytes:
    """The place of an item in the order: 8 bytes of time, big-endian, and the 32 of its id.

    Keys compare as bytes exactly as items compare. A bound is the beginning of a key; bytes that it
    leaves out count as zero, which is how Python compares a prefix with a whole key anyway.
    Raises `LocalError` for a time or an id that negentropy cannot carry.
    """
    if len(item_id) != ID_BYTES:
        raise LocalError(f"an item's id has {ID_BYTES} bytes, not {len(item_id)}")
    if not 0 <= created_ms < INFINITY:
        raise LocalError("an item's time must be between 0 and 2^64 - 2")
    return created_ms.to_bytes(CREATED_BYTES, "big") + item_id


def bound_between(before: bytes, after: bytes) -> bytes:
    """The shortest bound that parts two neighbouring keys (section Bound)."""
    if before[:CREATED_BYTES] != after[:CREATED_BYTES]:
        return after[:CREATED_BYTES]
    differs = next(at for at in range(CREATED_BYTES, _KEY_BYTES) if before[at] != after[at])
    return after[: differs + 1]


def encode_varint(number: int) -> bytes:
    """Base 128, most significant digit first, as few digits as possible (section Varint)."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(0x80 | number & 0x7F)
    return bytes(reversed(digits))


class MessageWriter:
    """Appends ranges to one message. Bounds must come in ascending order.

    `len(writer)` is the size so far in bytes; `cut` takes back what was written since.
    """

    def __init__(self) -> None:
        self._bytes = bytearray([VERSION])
        self._last_created = 0

    def __len__(self) -> int:
        return len(self._bytes)

    def skip(self, upper: bytes) -> None:
        self._start_range(upper, _MODE_SKIP)

    def fingerprint(self, upper: bytes, digest: bytes) -> None:
        self._start_range(upper, _MODE_FINGERPRINT)
        self._bytes += digest

    def id_list(self, upper: bytes, ids: list[bytes]) -> None:
        self._start_range(upper, _MODE_IDS)
        self._bytes += encode_varint(len(ids))
        self._bytes += b"".join(ids)

    def cut(self, size: int) -> None:
        """Take back all behind `size` bytes; only a range up to `END` may follow.

        (Times are written as differences, and that of `END` is the only one that needs none.)
        """
        del self._bytes[size:]

    def to_bytes(self) -> bytes:
        return bytes(self._bytes)

    def _start_range(self, upper: bytes, mode: int) -> None:
        if upper == END:
            self._bytes += b"\x00\x00"
        else:
            created = int.from_bytes(upper[:CREATED_BYTES], "big")
            prefix = upper[CREATED_BYTES:]
            self._bytes += encode_varint(1 + created - self._last_created)
            self._bytes += encode_varint(len(prefix))
            self._bytes += prefix
            self._last_created = created
        self._bytes += encode_varint(mode)


def decode_ranges(message: bytes) -> list[Range]:
    """The ranges of a message behind its version byte, which the caller has looked at.

    All of it is read before anything is answered, so that half a good message changes nothing.
    Work and memory are linear in the length of the message. Raises `MalformedFrame` for numbers
    that are too long or not the shortest, bounds that descend, anything behind the end of the
    space, unknown modes, and payloads that are cut off.
    """
    reader = _Reader(message, at=1)
    ranges: list[Range] = []
    while reader.bytes_left:
        ranges.append(reader.read_range())
    return ranges


class _Reader:
    """Reads forward through one message and remembers the last bound."""

    def __init__(self, message: bytes, at: int) -> None:
        self._message = message
        self._at = at
        self._last = bytes(_KEY_BYTES)

    @property
    def bytes_left(self) -> int:
        return len(self._message) - self._at

    def read_range(self) -> Range:
        upper = self._read_bound()
        match self._read_varint():
            case 0:
                return Skip(upper)
            case 1:
                return Fingerprint(upper, self._read(FINGERPRINT_BYTES))
            case 2:
                return IdList(upper, self._read_ids())
            case mode:
                raise MalformedFrame(f"reconciliation: no mode {mode}")

    def _read_ids(self) -> tuple[bytes, ...]:
        # The whole list is read at once: a count beyond the message fails before any work.
        ids = self._read(self._read_varint() * ID_BYTES)
        return tuple(ids[at : at + ID_BYTES] for at in range(0, len(ids), ID_BYTES))

    def _read_bound(self) -> bytes:
        """Behind the end of the space only an empty range may follow, up to the end once more.

        Who reaches the limit of a message with the very last id says so like that.
        """
        upper = self._read_created() + self._read_prefix()
        if upper.startswith(END):
            if upper != END:
                raise MalformedFrame("reconciliation: the end of the space has no id")
            self._last = END
            return END
        padded = upper.ljust(_KEY_BYTES, b"\x00")
        if padded < self._last:
            raise MalformedFrame("reconciliation: bounds descend")
        self._last = padded
        return upper

    def _read_created(self) -> bytes:
        step = self._read_varint()
        if step == 0:
            return END
        if self._last == END:
            raise MalformedFrame("reconciliation: a range behind the end of the space")
        created = int.from_bytes(self._last[:CREATED_BYTES], "big") + step - 1
        if created >= INFINITY:
            raise MalformedFrame("reconciliation: a time beyond the last one")
        return created.to_bytes(CREATED_BYTES, "big")

    def _read_prefix(self) -> bytes:
        length = self._read_varint()
        if length > ID_BYTES:
            raise MalformedFrame("reconciliation: a bound longer than an id")
        return self._read(length)

    def _read(self, count: int) -> bytes:
        if count > self.bytes_left:
            raise MalformedFrame("reconciliation: the message is cut off")
        start = self._at
        self._at += count
        return self._message[start : self._at]

    def _read_varint(self) -> int:
        number = 0
        for place in range(_VARINT_BYTES_MAX):
            digit = self._read(1)[0]
            if place == 0 and digit == 0x80:
                raise MalformedFrame("reconciliation: a number with a leading zero digit")
            number = number << 7 | digit & 0x7F
            if digit < 0x80:
                return number
        raise MalformedFrame("reconciliation: a number of more than ten digits")

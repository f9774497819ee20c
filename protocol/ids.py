"""Names for the bytes that go around, and the hashes that make them."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Final, NamedTuple, NewType

GroupId = NewType("GroupId", bytes)
"""32 bytes: SHA-256 over a domain tag and the group's public key."""
DeviceKey = NewType("DeviceKey", bytes)
"""32 bytes: a device's Ed25519 public key."""
RecordId = NewType("RecordId", bytes)
"""32 bytes: SHA-256 over a domain tag and the record's body."""
ObjectNumber = NewType("ObjectNumber", bytes)
"""16 bytes: random, chosen by the device that makes the object; fixed in the directory."""
ObjectId = NewType("ObjectId", bytes)
"""16 bytes, the same on every hall: a hash over group, device and its object's number."""
UnixMs = NewType("UnixMs", int)
"""Milliseconds since 1970, UTC."""
Thousandths = NewType("Thousandths", int)
"""A quantity: 25 meals are 25,000."""


class LinkEnd(NamedTuple):
    """Who is at the other end of a link: each device of a group counts for itself."""

    group: GroupId
    device: DeviceKey


GROUP_TAG: Final = b"hallway/1/group\x00"
RECORD_TAG: Final = b"hallway/1/record\x00"
OBJECT_TAG: Final = b"hallway/1/object\x00"
DIRECTORY_TAG: Final = b"hallway/1/directory\x00"
SEEN_TAG: Final = b"hallway/1/seen\x00"
ADOPTION_TAG: Final = b"hallway/1/adoption\x00"
VOUCH_TAG: Final = b"hallway/1/vouch\x00"


def group_id(group_public: bytes) -> GroupId:
    return GroupId(sha256(GROUP_TAG + group_public).digest())


def record_id(body: bytes) -> RecordId:
    return RecordId(sha256(RECORD_TAG + body).digest())


def object_id(group: GroupId, author: DeviceKey, number: ObjectNumber) -> ObjectId:
    """Nobody else can write to an object: its group and the device that made it are hashed."""
    return ObjectId(sha256(OBJECT_TAG + group + author + number).digest()[:16])


def directory_number(kind: int, device: DeviceKey) -> ObjectNumber:
    """The number of a device's one object of a directory kind: 16 bytes of SHA-256.

    Were the number free, a device could sign two cards or two peerings, and which of them counts
    would depend on which came last: halls would draw different graphs.
    """
    return ObjectNumber(sha256(DIRECTORY_TAG + bytes([kind]) + device).digest()[:16])


def seen_number(request: ObjectId, device: DeviceKey) -> ObjectNumber:
    """The number of what a device says once of a request: 16 bytes of SHA-256."""
    return ObjectNumber(sha256(SEEN_TAG + request + device).digest()[:16])


def adoption_number(removed: DeviceKey, page: int) -> ObjectNumber:
    """The number of one page of what is adopted of a device: 16 bytes of SHA-256."""
    return ObjectNumber(sha256(ADOPTION_TAG + removed + page.to_bytes(4, "big")).digest()[:16])


def vouch_number(guest: DeviceKey) -> ObjectNumber:
    """The number of a device's word for a guest: 16 bytes of SHA-256."""
    return ObjectNumber(sha256(VOUCH_TAG + guest).digest()[:16])


def as_text(raw: bytes) -> str:
    """`raw` in lower-case base32 without padding, as commands show and take it."""
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()


def from_text(text: str) -> bytes | None:
    """The bytes that `as_text` wrote, or None when `text` is no such text."""
    compact = text.strip().upper()
    try:
        raw = base64.b32decode(compact + "=" * (-len(compact) % 8))
    except ValueError:
        return None
    return raw if as_text(raw) == compact.lower() else None

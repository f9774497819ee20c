"""What records are made of, by msgpack, hashlib and nacl alone.

Whoever is named the same has the same keys, so that the same vectors come out each time. Nothing
here asks protocol/ what is right: tags, keys and lengths are written down once more.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final

import msgpack
from nacl.public import PrivateKey
from nacl.signing import SigningKey

Map = dict[int, object]
Changes = Mapping[int, object]
"""Keys to set in a map; None takes a key out."""

NOW: Final = 1_790_000_000_000
"""Unix milliseconds: when all of this happens, in September 2026."""
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
MALFORMED: Final = "MalformedRecord"

ROSTER, PROFILE, PEERING, REQUEST, PLEDGE, DETAILS, SEEN = range(1, 8)
NOTICE, ADOPTION, VOUCH, PROOF, DIRECTORY_PROOF = range(8, 13)


def seed(name: str) -> bytes:
    return sha256(name.encode()).digest()


def pack(value: object) -> bytes:
    packed: bytes = msgpack.packb(value)
    return packed


def changed(base: Changes, changes: Changes) -> Map:
    """`base` with `changes`, its keys in order."""
    both = {**base, **changes}
    return {key: both[key] for key in sorted(both) if both[key] is not None}


def record_id(body: bytes) -> bytes:
    return sha256(b"hallway/1/record\x00" + body).digest()


def object_id(group: bytes, author: bytes, number: bytes) -> bytes:
    return sha256(b"hallway/1/object\x00" + group + author + number).digest()[:16]


def directory_number(kind: int, device: bytes) -> bytes:
    return sha256(b"hallway/1/directory\x00" + bytes([kind]) + device).digest()[:16]


def seen_number(request: bytes, device: bytes) -> bytes:
    return sha256(b"hallway/1/seen\x00" + request + device).digest()[:16]


def adoption_number(device: bytes, page: int = 0) -> bytes:
    return sha256(b"hallway/1/adoption\x00" + device + page.to_bytes(4, "big")).digest()[:16]


def vouch_number(guest: bytes) -> bytes:
    return sha256(b"hallway/1/vouch\x00" + guest).digest()[:16]


def public(key: SigningKey) -> bytes:
    return bytes(key.verify_key)


@dataclass(frozen=True, slots=True)
class Signed:
    """A record as it travels: `[body, signature]`."""

    body: bytes
    signature: bytes

    @property
    def packed(self) -> bytes:
        return pack(self.pair)

    @property
    def pair(self) -> list[bytes]:
        return [self.body, self.signature]

    @property
    def id(self) -> bytes:
        return record_id(self.body)


def sign_bytes(body: bytes, key: SigningKey) -> Signed:
    return Signed(body, key.sign(b"hallway/1/record\x00" + body).signature)


def sign(body: Changes, key: SigningKey) -> Signed:
    return sign_bytes(pack(dict(body)), key)


class Hall:
    """A group; its devices have names."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.recovery = seed(name)[:16]

    @cached_property
    def key(self) -> SigningKey:
        return SigningKey(hmac.digest(self.recovery, b"hallway/1/group key", sha256))

    @cached_property
    def group(self) -> bytes:
        return sha256(b"hallway/1/group\x00" + public(self.key)).digest()

    def device(self, name: str = "front desk") -> SigningKey:
        return SigningKey(seed(f"{self.name}/{name}"))

    def seal_key(self, name: str = "front desk") -> PrivateKey:
        return PrivateKey(seed(f"{self.name}/{name}/seal"))

    def map(self, kind: int, body: Changes, what: str = "", device: str = "front desk") -> Map:
        """A record of a device of this hall as a map: `what` names its object.

        Where a rule gives the number, it is to be set by whoever makes the body.
        """
        key = public(self.device(device))
        in_directory = kind in {PROFILE, PEERING}
        number = directory_number(kind, key) if in_directory else seed(f"{self.name}/{what}")[:16]
        header: Map = {
            0: kind,
            1: self.group,
            2: key,
            3: number,
            4: 1,
            5: NOW,
            6: 30 * DAY_MS if in_directory else 7 * DAY_MS,
            7: 3 if in_directory else 2,
        }
        return changed(header, body)

    def roster_map(self, devices: list[bytes], changes: Changes | None = None) -> Map:
        header: Map = {
            0: ROSTER,
            1: self.group,
            2: public(self.key),
            3: bytes(16),
            4: 1,
            5: NOW,
            6: 0,
            7: 3,
            10: sorted(devices),
        }
        return changed(header, changes or {})

    def roster(self, *devices: str, changes: Changes | None = None) -> Signed:
        keys = [public(self.device(name)) for name in devices or ("front desk",)]
        return sign(self.roster_map(keys, changes), self.key)


ADA, BEA, CLEO = Hall("ada"), Hall("bea"), Hall("cleo")

REQUEST_BODY: Final[Map] = {
    10: "V-123456-K",
    11: "FOO",
    12: "sixty warm meals, by noon",
    13: 60_000,
    14: "meals",
    15: 1,
}
"""The least that a request says."""


def object_of(body: Changes) -> bytes:
    """The object id of a record's map."""
    values = (body[1], body.get(9) or body[2], body[3])
    group, author, number = (value for value in values if isinstance(value, bytes))
    return object_id(group, author, number)

"""What a hall says on the local network: marks that its neighbours know alone (SPEC 14).

An mDNS TXT record holds a nonce, fresh per boot, and tags: MACs of the nonce, each under a
discovery key that a group gave its neighbours when it was paired. Who has the key knows the hall
again; to everyone else nonce and tags are noise that changes with every boot. A beacon proves
nothing, since anyone can repeat what was heard: who is really there is for the channel to find out.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from protocol.errors import LocalError
from protocol.limits import BEACON_TAGS_MAX

SERVICE_TYPE: Final = "_hallway._tcp.local."
"""The service that mDNS announces and browses for (RFC 6763, section 7)."""

DISCOVERY_KEY_BYTES: Final = 16
"""128 bits: nobody guesses it from the tags that it made."""

NONCE_BYTES: Final = 16
"""128 bits: no two boots share one, so that two beacons of one hall have nothing in common."""

TAG_BYTES: Final = 8
"""64 bits: enough that no stranger's tag is ever taken for a neighbour's, short enough for TXT."""

BEACON_TAG: Final = b"hallway/1/beacon\x00"
NONCE_NAME: Final = b"n"
TAGS_NAME: Final = b"t"


@dataclass(frozen=True, slots=True)
class Beacon:
    """What one TXT record says: `nonce` of 16 bytes, 1 to 16 `tags` of 8 bytes each."""

    nonce: bytes
    tags: tuple[bytes, ...]

    def is_from(self, discovery_key: bytes) -> bool:
        """Whether it says that it comes from the group of this key (16 bytes).

        Raises LocalError for a key of another length.
        """
        expected = tag(discovery_key, self.nonce)
        return any(hmac.compare_digest(expected, found) for found in self.tags)


def tag(discovery_key: bytes, nonce: bytes) -> bytes:
    """8 bytes: HMAC-SHA-256 under a key of 16 bytes over a domain tag and the 16-byte nonce.

    Raises LocalError for other lengths.
    """
    if len(discovery_key) != DISCOVERY_KEY_BYTES or len(nonce) != NONCE_BYTES:
        raise LocalError(f"a key of {len(discovery_key)} bytes, a nonce of {len(nonce)}")
    return hmac.digest(discovery_key, BEACON_TAG + nonce, sha256)[:TAG_BYTES]


def write_txt(nonce: bytes, tags: Iterable[bytes]) -> dict[bytes, bytes]:
    """The keys and values of the TXT record. Raises LocalError for what cannot be one."""
    found = tuple(tags)
    if len(nonce) != NONCE_BYTES or any(len(each) != TAG_BYTES for each in found):
        raise LocalError("a nonce or a tag of a wrong length")
    if not 0 < len(found) <= BEACON_TAGS_MAX:
        raise LocalError(f"{len(found)} tags in a beacon")
    return {NONCE_NAME: nonce, TAGS_NAME: b"".join(found)}


def read_txt(properties: Mapping[bytes, bytes | None]) -> Beacon | None:
    """The beacon in a TXT record that came from anyone, or None where there is none.

    Keys that nobody asks for are no fault: a later version may say more.
    """
    nonce, joined = properties.get(NONCE_NAME), properties.get(TAGS_NAME)
    if nonce is None or len(nonce) != NONCE_BYTES:
        return None
    if not joined or len(joined) > BEACON_TAGS_MAX * TAG_BYTES or len(joined) % TAG_BYTES:
        return None
    tags = tuple(joined[at : at + TAG_BYTES] for at in range(0, len(joined), TAG_BYTES))
    return Beacon(nonce, tags)

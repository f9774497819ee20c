"""From 128 random bits the group's keys, and the roster that they sign.

The recovery words are these 128 bits in BIP-39 English words. The node keeps public halves only:
the group key signs rosters and nothing else, and is derived anew when there is one to sign.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from protocol.bodies import Kind
from protocol.errors import LocalError
from protocol.ids import DeviceKey, GroupId, UnixMs, group_id
from protocol.limits import DIRECTORY_REACH
from protocol.record import ROSTER_NUMBER, Header, Record, sign
from protocol.roster import Removal, Roster

RECOVERY_BYTES: Final = 16
GROUP_KEY_TAG: Final = b"hallway/1/group key"
BACKUP_KEY_TAG: Final = b"hallway/1/backup key"


@dataclass(frozen=True, slots=True)
class GroupKeys:
    """The private keys that the recovery words stand for. Never stored."""

    signing: SigningKey
    backup: PrivateKey

    @property
    def group(self) -> GroupId:
        return group_id(bytes(self.signing.verify_key))


def derive_group_keys(recovery: bytes) -> GroupKeys:
    """HMAC-SHA-256 of a tag under the 16 recovery bytes is the seed of each key."""
    if len(recovery) != RECOVERY_BYTES:
        raise LocalError(f"{len(recovery)} recovery bytes")
    return GroupKeys(
        signing=SigningKey(hmac.digest(recovery, GROUP_KEY_TAG, sha256)),
        backup=PrivateKey(hmac.digest(recovery, BACKUP_KEY_TAG, sha256)),
    )


def sign_roster(
    keys: GroupKeys,
    devices: Iterable[DeviceKey],
    version: int,
    now_ms: UnixMs,
    removed: Iterable[Removal] = (),
) -> Record:
    """The group's word on who speaks for it, in whatever order they are named."""
    header = Header(
        kind=Kind.ROSTER,
        group=keys.group,
        device=DeviceKey(bytes(keys.signing.verify_key)),
        number=ROSTER_NUMBER,
        version=version,
        created_ms=now_ms,
        lifetime_ms=0,
        reach=DIRECTORY_REACH,
    )
    leaving = sorted(removed, key=lambda removal: removal.device)
    return sign(header, Roster(tuple(sorted(devices)), tuple(leaving)), keys.signing)

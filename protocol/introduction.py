"""Who is at the other end of a channel: the first frame after the handshake, in each direction.

The device signs the handshake's hash, so that an introduction is good for this one channel. The
initiator speaks first; the responder answers only whom it knows, or who had the code: a stranger
who probes learns nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from protocol.bodies import Roster
from protocol.channel import Role
from protocol.errors import BadSignature, RuleBroken
from protocol.frames import Introduce
from protocol.ids import DeviceKey, GroupId
from protocol.record import Record, parse, verify

INTRODUCTION_TAGS: Final = {
    Role.INITIATOR: b"hallway/1/introduction of the initiator\x00",
    Role.RESPONDER: b"hallway/1/introduction of the responder\x00",
}


@dataclass(frozen=True, slots=True)
class Boot:
    """The how-manieth start of this machine, and 16 random bytes of that start."""

    number: int
    nonce: bytes


@dataclass(frozen=True, slots=True)
class Introduction:
    group: GroupId
    device: DeviceKey
    boot: Boot
    roster: Record


def introduce(
    role: Role, roster: Record, device: SigningKey, boot: Boot, handshake_hash: bytes
) -> Introduce:
    """Our own introduction, as `role`, on the channel with this 32-byte hash."""
    signature = device.sign(_signed(role, boot, handshake_hash)).signature
    return Introduce(
        roster.envelope, DeviceKey(bytes(device.verify_key)), boot.number, boot.nonce, signature
    )


def check_introduction(frame: Introduce, role: Role, handshake_hash: bytes) -> Introduction:
    """Who the other end is, it being `role`. Raises PeerError when it is not who it says it is."""
    roster = parse(*frame.roster)
    verify(roster)
    if not isinstance(roster.body, Roster) or frame.device not in roster.body.devices:
        raise RuleBroken("the device is not on the roster that it shows")
    boot = Boot(frame.boot, frame.boot_nonce)
    try:
        VerifyKey(frame.device).verify(_signed(role, boot, handshake_hash), frame.signature)
    except (BadSignatureError, ValueError) as error:
        raise BadSignature("introduction") from error
    return Introduction(roster.header.group, frame.device, boot, roster)


def _signed(role: Role, boot: Boot, handshake_hash: bytes) -> bytes:
    return INTRODUCTION_TAGS[role] + handshake_hash + boot.number.to_bytes(8, "big") + boot.nonce

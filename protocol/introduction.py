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

from protocol.channel import Role
from protocol.errors import BadSignature, RuleBroken
from protocol.frames import Introduce
from protocol.ids import DeviceKey, GroupId
from protocol.record import Record, parse, verify
from protocol.roster import Roster, Vouch

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
    vouch: Record | None = None
    """What a guest, who is not on the roster, stands on."""


def introduce(
    role: Role,
    roster: Record,
    device: SigningKey,
    boot: Boot,
    handshake_hash: bytes,
    vouch: Record | None = None,
) -> Introduce:
    """Our own introduction, as `role`, on the channel with this 32-byte hash."""
    signature = device.sign(_signed(role, boot, handshake_hash)).signature
    return Introduce(
        roster.envelope,
        DeviceKey(bytes(device.verify_key)),
        boot.number,
        boot.nonce,
        signature,
        vouch.envelope if vouch else None,
    )


def check_introduction(frame: Introduce, role: Role, handshake_hash: bytes) -> Introduction:
    """Who the other end is, it being `role`. Raises PeerError when it is not who it says it is."""
    roster = parse(*frame.roster)
    verify(roster)
    vouch = parse(*frame.vouch) if frame.vouch else None
    if not _is_listed(roster, frame.device, vouch):
        raise RuleBroken("the device is not on the roster that it shows")
    if vouch is not None:
        verify(vouch)
    boot = Boot(frame.boot, frame.boot_nonce)
    try:
        VerifyKey(frame.device).verify(_signed(role, boot, handshake_hash), frame.signature)
    except (BadSignatureError, ValueError) as error:
        raise BadSignature("the signature of an introduction does not fit") from error
    return Introduction(roster.header.group, frame.device, boot, roster, vouch)


def _is_listed(roster: Record, device: DeviceKey, vouch: Record | None) -> bool:
    """Whether the roster lists `device`, or one of its group that vouches for it."""
    if not isinstance(roster.body, Roster):
        return False
    if vouch is None:
        return device in roster.body.devices
    is_for_it = isinstance(vouch.body, Vouch) and vouch.body.guest == device
    is_theirs = vouch.header.group == roster.header.group
    is_removed = roster.body.heir_of(device) is not None
    speaks = vouch.header.device in roster.body.devices
    return is_for_it and is_theirs and speaks and not is_removed


def _signed(role: Role, boot: Boot, handshake_hash: bytes) -> bytes:
    return INTRODUCTION_TAGS[role] + handshake_hash + boot.number.to_bytes(8, "big") + boot.nonce

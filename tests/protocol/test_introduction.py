"""An introduction is good for one channel, role and boot, from a device on its roster."""

from __future__ import annotations

from dataclasses import replace

import pytest
from nacl.signing import SigningKey

from protocol.channel import Role
from protocol.errors import BadSignature, MalformedRecord, PeerError, RuleBroken
from protocol.frames import Introduce, from_bytes, to_bytes
from protocol.ids import DeviceKey
from protocol.introduction import Boot, Introduction, check_introduction, introduce
from tests.protocol.halls import Hall, seed_of

ADA, BEA = Hall("ada"), Hall("bea")
BOOT = Boot(7, seed_of("boot")[:16])
HANDSHAKE = seed_of("handshake")
FRAME = introduce(Role.INITIATOR, ADA.roster(), ADA.device, BOOT, HANDSHAKE)


@pytest.mark.parametrize("role", Role)
def test_who_introduces_themselves_is_known(role: Role) -> None:
    frame = introduce(role, ADA.roster(), ADA.device, BOOT, HANDSHAKE)
    heard = from_bytes(to_bytes(frame))
    assert isinstance(heard, Introduce)
    assert check_introduction(heard, role, HANDSHAKE) == Introduction(
        ADA.group, ADA.device_key, BOOT, ADA.roster()
    )


def test_it_is_good_for_this_channel_only() -> None:
    with pytest.raises(BadSignature):
        check_introduction(FRAME, Role.INITIATOR, seed_of("another handshake"))


def test_it_cannot_be_sent_back() -> None:
    with pytest.raises(BadSignature):
        check_introduction(FRAME, Role.RESPONDER, HANDSHAKE)


@pytest.mark.parametrize(
    "frame",
    [
        replace(FRAME, boot=8),
        replace(FRAME, boot_nonce=bytes(16)),
        replace(FRAME, signature=bytes(64)),
    ],
)
def test_what_is_signed_cannot_be_changed(frame: Introduce) -> None:
    with pytest.raises(BadSignature):
        check_introduction(frame, Role.INITIATOR, HANDSHAKE)


@pytest.mark.parametrize(
    "frame",
    [
        replace(FRAME, roster=BEA.roster().envelope),
        replace(FRAME, device=BEA.device_key),
        replace(FRAME, device=DeviceKey(bytes(ADA.keys.signing.verify_key))),
        replace(FRAME, roster=ADA.profile().envelope),
        replace(FRAME, roster=ADA.request().envelope),
    ],
)
def test_the_device_has_to_stand_on_the_roster(frame: Introduce) -> None:
    with pytest.raises(RuleBroken):
        check_introduction(frame, Role.INITIATOR, HANDSHAKE)


def test_the_roster_has_to_be_signed() -> None:
    forged = [ADA.roster().body_bytes, bytes(64)]
    with pytest.raises(BadSignature):
        check_introduction(replace(FRAME, roster=forged), Role.INITIATOR, HANDSHAKE)
    with pytest.raises(MalformedRecord):
        check_introduction(replace(FRAME, roster=[b"\x80", bytes(64)]), Role.INITIATOR, HANDSHAKE)


def test_a_stolen_roster_is_of_no_use() -> None:
    """Anyone may have our roster; to speak under it takes the device's key."""
    thief = SigningKey(seed_of("thief"))
    frame = introduce(Role.INITIATOR, ADA.roster(), thief, BOOT, HANDSHAKE)
    for claimed in (frame, replace(frame, device=ADA.device_key)):
        with pytest.raises(PeerError):
            check_introduction(claimed, Role.INITIATOR, HANDSHAKE)

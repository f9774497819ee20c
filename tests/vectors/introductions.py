"""The first frame after the handshake: who is at the other end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from nacl.signing import SigningKey

from tests.vectors.plain import ADA, BEA, Map, Signed, public, seed
from tests.vectors.plain import pack as packed
from tests.vectors.stories import FRONT, roster, vouch
from tests.vectors.vector import OK, Fields, Vector

SPEC: Final = "SPEC 11.4"
HASH: Final = seed("handshake")
NONCE: Final = seed("boot")[:16]
BOOT: Final = 7
DEVICE: Final = ADA.device()
ROSTER: Final = ADA.roster()


def signature(key: SigningKey, role: str, boot: int = BOOT, handshake: bytes = HASH) -> bytes:
    tag = f"hallway/1/introduction of the {role}\x00".encode()
    return key.sign(tag + handshake + boot.to_bytes(8, "big") + NONCE).signature


def frame(
    roster: Signed, device: bytes, signed: bytes, boot: int = BOOT, vouch: Signed | None = None
) -> bytes:
    introduce: Map = {0: 1, 1: roster.pair, 2: device, 3: boot, 4: NONCE, 5: signed}
    return packed(introduce | ({6: vouch.pair} if vouch else {}))


def vectors() -> Iterator[Vector]:
    key = public(DEVICE)
    for role in ("initiator", "responder"):
        body = frame(ROSTER, key, signature(DEVICE, role))
        who: Fields = (("group", ADA.group.hex()), ("device", key.hex()))
        yield _vector(role, OK, f"the {role} says who it is", role, body, who)
    yield from _forged(key)
    yield from _guests()


def _forged(key: bytes) -> Iterator[Vector]:
    good = signature(DEVICE, "initiator")
    torn = Signed(ROSTER.body, bytes(64))
    other = BEA.roster()
    flipped = bytes([good[0] ^ 1]) + good[1:]
    for name, expect, comment, body in (
        (
            "returned",
            "BadSignature",
            "what the responder said, sent back to it",
            frame(ROSTER, key, signature(DEVICE, "responder")),
        ),
        (
            "hash",
            "BadSignature",
            "it was signed for another channel",
            frame(ROSTER, key, signature(DEVICE, "initiator", handshake=seed("another"))),
        ),
        (
            "boot",
            "BadSignature",
            "the boot is not the one that was signed",
            frame(ROSTER, key, good, BOOT + 1),
        ),
        (
            "flipped",
            "BadSignature",
            "one bit of the signature is another",
            frame(ROSTER, key, flipped),
        ),
        ("device", "RuleBroken", "the device is not on the roster", frame(other, key, good)),
        (
            "removed",
            "RuleBroken",
            "the device is not on the newest roster that it shows",
            frame(ADA.roster("new desk", changes={4: 2}), key, good),
        ),
        (
            "roster",
            "BadSignature",
            "the group's key has not signed the roster",
            frame(torn, key, good),
        ),
    ):
        yield _vector(f"bad_{name}", expect, comment, "initiator", body)


def _guests() -> Iterator[Vector]:
    """A device that is not on the roster shows who vouches for it."""
    guest = ADA.device("guest")
    signed, who = signature(guest, "initiator"), public(guest)
    word = vouch(ADA, FRONT, "guest")
    body = frame(ROSTER, who, signed, vouch=word)
    shown: Fields = (("group", ADA.group.hex()), ("device", who.hex()))
    yield _vector("guest", OK, "a guest says who it is", "initiator", body, shown)
    for name, expect, comment, shows in (
        ("guest", "RuleBroken", "nobody vouches for it", None),
        (
            "guest_other",
            "RuleBroken",
            "the vouch is for another guest",
            vouch(ADA, FRONT, "second guest"),
        ),
        (
            "guest_of_guest",
            "RuleBroken",
            "a guest vouches for it",
            vouch(ADA, "second guest", "guest"),
        ),
        (
            "guest_group",
            "RuleBroken",
            "the vouch is for another group",
            vouch(ADA, FRONT, "guest", {1: BEA.group}),
        ),
        ("guest_roster", "RuleBroken", "the vouch is none, but a roster", ROSTER),
        ("guest_forged", "BadSignature", "nobody has signed it", Signed(word.body, bytes(64))),
    ):
        body = frame(ROSTER, who, signed, vouch=shows)
        yield _vector(f"bad_{name}", expect, comment, "initiator", body)
    removes = roster(ADA, 2, [FRONT], {"guest": FRONT})
    body = frame(removes, who, signed, vouch=word)
    comment = "the roster that it shows has removed it"
    gone = _vector("bad_guest_removed", "RuleBroken", comment, "initiator", body)
    yield replace(gone, spec=f"SPEC 4.5, {SPEC}")


def _vector(
    name: str, expect: str, comment: str, role: str, body: bytes, fields: Fields = ()
) -> Vector:
    given = (("role", role), ("handshake_hash", HASH.hex()), *fields)
    return Vector(f"introduction/{name}", expect, SPEC, comment, given, body)

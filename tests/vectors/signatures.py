"""The edges of Ed25519 at which libraries disagree, made from scalars and points.

Names are those of RFC 8032, section 5.1: a signature is R and S, the key is A, and h is the hash
over all that is signed. A point of small order is one of eight that the cofactor takes to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha512
from typing import Final

from nacl.bindings import crypto_core_ed25519_add, crypto_scalarmult_ed25519_base_noclamp
from nacl.signing import SigningKey

from tests.vectors.plain import (
    ADA,
    BEA,
    REQUEST,
    REQUEST_BODY,
    Signed,
    changed,
    pack,
    public,
    record_id,
    sign,
)
from tests.vectors.vector import OK, Vector

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""L of RFC 8032: how many points the base point makes."""
NOBODY: Final = bytes([1]) + bytes(31)
"""The neutral point."""
NOBODY_AGAIN: Final = bytes.fromhex("ee" + "ff" * 30 + "7f")
"""The neutral point once more, its y above the prime of the field."""
TWIST: Final = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
"""A point of order eight."""
NO_POINT: Final = bytes([2]) + bytes(31)
"""No point of the curve has this y."""
DEVICE: Final = ADA.device()


@dataclass(frozen=True, slots=True)
class Signer:
    """A key whose scalar is known: `shift` is a point that is added to A and nobody asked for."""

    scalar: int
    shift: bytes = NOBODY

    @property
    def key(self) -> bytes:
        return crypto_core_ed25519_add(times_base(self.scalar), self.shift)

    def sign(self, message: bytes, r: int, r_shift: bytes = NOBODY, key: bytes = b"") -> bytes:
        """With this `r` instead of a hash."""
        point = crypto_core_ed25519_add(times_base(r), r_shift)
        s = (r + hashed(point, key or self.key, message) * self.scalar) % ORDER
        return point + s.to_bytes(32, "little")


def times_base(scalar: int) -> bytes:
    """The base point so many times."""
    if scalar % ORDER == 0:
        return NOBODY
    return crypto_scalarmult_ed25519_base_noclamp((scalar % ORDER).to_bytes(32, "little"))


def hashed(r: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(sha512(r + key + message).digest(), "little") % ORDER


def of_device() -> Signer:
    """The scalar of RFC 8032, section 5.1.5."""
    raw = int.from_bytes(sha512(bytes(DEVICE)).digest()[:32], "little")
    return Signer((raw & (2**254 - 8) | 2**254) % ORDER)


def body_by(key: bytes, created_ms: int = 0) -> bytes:
    base = ADA.map(REQUEST, REQUEST_BODY, "meals")
    return pack(changed(base, {2: key, **({5: created_ms} if created_ms else {})}))


def tagged(body: bytes) -> bytes:
    return b"hallway/1/record\x00" + body


def r_where_h_is_even(key: bytes, message: bytes) -> int:
    """The first r for which eight divides h: then h times a twisted key is not twisted."""
    return next(r for r in range(1, 1_000) if hashed(times_base(r), key, message) % 8 == 0)


def edges() -> Iterator[Vector]:
    yield from _forged()
    body = body_by(public(DEVICE))
    good = DEVICE.sign(tagged(body)).signature
    signer = of_device()
    large = good[:32] + (int.from_bytes(good[32:], "little") + ORDER).to_bytes(32, "little")
    yield bad("signature_s", "the same signature with an S that is too large", body, large)
    small = signer.sign(tagged(body), 0)
    yield bad("signature_small_r", "R is the neutral point", body, small)
    again = _with_r(signer, body, NOBODY_AGAIN)
    yield bad("signature_r_not_canonical", "R is the neutral point, otherwise written", body, again)
    mixed = signer.sign(tagged(body), 77, TWIST)
    yield bad("signature_mixed_r", "right but for a point of small order in R", body, mixed)
    yield from _keys()


def _with_r(signer: Signer, body: bytes, r: bytes) -> bytes:
    """Of a neutral R, however it is written."""
    s = hashed(r, signer.key, tagged(body)) * signer.scalar % ORDER
    return r + s.to_bytes(32, "little")


def _keys() -> Iterator[Vector]:
    """A signature that fits the equation, under a key that is nobody's."""
    for name, comment, key in (
        ("device_small_order", "under the neutral point anything is signed", NOBODY),
        ("device_not_canonical", "the neutral point, otherwise written", NOBODY_AGAIN),
        ("device_order_8", "under a point of order eight much is signed", TWIST),
        ("device_no_point", "a key that is no point of the curve", NO_POINT),
    ):
        body = body_by(key)
        r = r_where_h_is_even(key, tagged(body))
        yield bad(name, comment, body, Signer(0).sign(tagged(body), r, key=key))
    mixed = Signer(of_device().scalar, TWIST)
    body = body_by(mixed.key)
    r = r_where_h_is_even(mixed.key, tagged(body))
    signed = Signed(body, mixed.sign(tagged(body), r))
    fields = (("id", record_id(body).hex()),)
    comment = "a key with a point of small order in it, and a signature that fits"
    yield Vector("record/mixed_order_device", OK, "SPEC 5.1", comment, fields, signed.packed)


def _forged() -> Iterator[Vector]:
    body = body_by(public(DEVICE))
    good = DEVICE.sign(tagged(body)).signature
    other = sign(ADA.map(REQUEST, REQUEST_BODY, "meals"), BEA.device()).signature
    untagged = SigningKey(bytes(DEVICE)).sign(body).signature
    for name, comment, forged in (
        ("signature", "one bit of the signature is another", bytes([good[0] ^ 1]) + good[1:]),
        ("signature_device", "another device has signed", other),
        ("signature_untagged", "signed without the tag in front of the body", untagged),
        ("signature_zeros", "64 zero bytes, as in a proof", bytes(64)),
    ):
        yield bad(name, comment, body, forged)
    later = body_by(public(DEVICE), 1_800_000_000_000)
    yield bad("signature_body", "one number of the body is another", later, good)


def bad(name: str, comment: str, body: bytes, signature: bytes) -> Vector:
    envelope = Signed(body, signature).packed
    return Vector(f"record/bad_{name}", "BadSignature", "SPEC 5.1", comment, (), envelope)

"""Fields that one group can open and nobody else, sealed by nacl and hashlib alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Final

from nacl.bindings import crypto_box, crypto_secretbox
from nacl.public import PrivateKey

from tests.vectors.plain import ADA, BEA, CLEO, Changes, changed, pack, seed
from tests.vectors.vector import OK, Fields, Vector

SPEC: Final = "SPEC 7.1"
TEXT: Final = "back door, ask for Ada"
ABOUT: Final = seed("a pledge")[:16]
EPHEMERAL: Final = PrivateKey(seed("ephemeral"))
KEYS: Final = [BEA.seal_key("front desk"), BEA.seal_key("back office")]
NOBODY: Final = bytes(32)
"""A seal key of small order: whatever it is agreed with, the result is nothing."""


def seal(
    keys: Sequence[bytes], text: str = TEXT, group: bytes = BEA.group, about: bytes = ABOUT
) -> bytes:
    plain = pack({0: group, 1: about, 2: text})
    return packed(keys, plain + b"\x80" + bytes(-(len(plain) + 1) % 128))


def packed(keys: Sequence[bytes], padded: bytes, changes: Changes | None = None) -> bytes:
    """Any padded plaintext; `changes` are to the map that comes out."""
    ephemeral = bytes(EPHEMERAL.public_key)
    key = blake2b(key=bytes(EPHEMERAL), digest_size=32, person=b"hallway/1/text").digest()
    sealed = crypto_secretbox(padded, bytes(24), key)
    boxes = [[each[:8], box(each, key)] for each in keys if each != NOBODY]
    return pack(changed({0: ephemeral, 1: boxes, 2: sealed}, changes or {}))


def box(seal_key: bytes, content_key: bytes) -> bytes:
    both = bytes(EPHEMERAL.public_key) + seal_key
    nonce = blake2b(both, digest_size=24, person=b"hallway/1/seal").digest()
    return crypto_box(content_key, nonce, seal_key, bytes(EPHEMERAL))


def vectors() -> Iterator[Vector]:
    one, two = (bytes(key.public_key) for key in KEYS)
    for name, comment, keys, text in (
        ("one_device", "for a group with one device", [one], TEXT),
        ("two_devices", "for a group with two devices", [two, one], TEXT),
        ("small_order_key", "a seal key that nobody can own gets no box", [NOBODY, one], TEXT),
        ("empty", "a text of no letters", [one], ""),
        ("longest", "a text of 400 bytes", [one], "ü" * 200),
        ("block", "plaintext and its mark fill the block to the last byte", [one], "a" * 70),
    ):
        keys_in_hex = " ".join(key.hex() for key in keys)
        made = (("seal_keys", keys_in_hex), ("ephemeral_private", bytes(EPHEMERAL).hex()))
        yield vector(name, comment, seal(keys, text), (*made, ("text", text)))
    sixteen = [bytes(BEA.seal_key(str(number)).public_key) for number in range(15)]
    comment = "for as many devices as a group can have"
    made = (
        ("seal_keys", " ".join(key.hex() for key in [*sixteen, one])),
        ("ephemeral_private", bytes(EPHEMERAL).hex()),
    )
    yield vector("16_devices", comment, seal([*sixteen, one]), (*made, ("text", TEXT)))
    yield from _closed(one, two)


def vector(name: str, comment: str, body: bytes, fields: Fields) -> Vector:
    """`opens: no`, or `text`: what the group `group` reads with the private key."""
    given = (("group", BEA.group.hex()), ("about", ABOUT.hex()))
    private = ("seal_private", bytes(KEYS[0]).hex())
    return Vector(f"sealing/{name}", OK, SPEC, comment, (*given, private, *fields), body)


def _closed(one: bytes, two: bytes) -> Iterator[Vector]:
    """What opens to nothing, and is no fault of the record's."""
    plain = pack({0: BEA.group, 1: ABOUT, 2: TEXT})
    good = seal([one])
    stranger = bytes(CLEO.seal_key().public_key)
    wrong_box = [[one[:8], box(stranger, bytes(32))]]
    for name, comment, body in (
        ("not_for_us", "no box is for this key", seal([two])),
        ("bad_group", "the text names another group", seal([one], group=ADA.group)),
        ("bad_object", "the text names another object", seal([one], about=bytes(16))),
        ("bad_tag", "the last byte is another", good[:-1] + bytes([good[-1] ^ 1])),
        ("bad_box", "a box that this key does not open", packed([one], plain, {1: wrong_box})),
        ("bad_hint", "a hint of seven bytes", packed([one], plain, {1: [[one[:7], bytes(48)]]})),
        ("bad_boxes", "no boxes", packed([one], plain, {1: None})),
        ("bad_ephemeral", "an ephemeral key has 32 bytes", packed([one], plain, {0: bytes(31)})),
        ("bad_text", "no text", packed([one], plain, {2: None})),
        ("bad_bytes", "no map at all", b"\xc0"),
        ("bad_padding", "zeros, and no mark before them", packed([one], bytes(128))),
        ("bad_plain", "a plaintext that is no map", packed([one], b"\xc0\x80" + bytes(126))),
        ("bad_long", "a text of 401 bytes", seal([one], "a" * 401)),
    ):
        yield vector(name, comment, body, (("opens", "no"),))

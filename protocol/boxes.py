"""A key for every device of one group: each gets it in a box of its own (SPEC 7.1).

A box is a content key of 32 bytes under crypto_box (X25519, XSalsa20-Poly1305), listed as `[first 8
bytes of the recipient's seal key, box]`. What is sealed with the content key is therefore as long
for 16 devices as for one.

All follows from the ephemeral key, so that a seed replays; it must be fresh for everything that is
sealed. The content key is BLAKE2b keyed with its private half, and for one purpose. A box's nonce
is BLAKE2b-24 over both public keys, which no two boxes share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Final

from nacl.exceptions import CryptoError
from nacl.public import Box, PrivateKey, PublicKey

from protocol.codec import Value
from protocol.errors import LocalError, NobodyToSealTo
from protocol.limits import DEVICES_MAX

CONTENT_KEY_BYTES: Final = 32
KEY_HINT_BYTES: Final = 8


def content_key(ephemeral: PrivateKey, purpose: bytes) -> bytes:
    """32 bytes. `purpose`, at most 16 bytes, keeps what is sealed for one from serving another."""
    return blake2b(key=bytes(ephemeral), digest_size=CONTENT_KEY_BYTES, person=purpose).digest()


def box_for_each(
    key: bytes, seal_keys: Sequence[bytes], ephemeral: PrivateKey
) -> list[list[Value]]:
    """The content key `key` for the devices that own `seal_keys`.

    A seal key that nobody can own gets no box: it stands in a neighbour's card, and must not keep
    the group's other devices out. Raises NobodyToSealTo when no key is left, another LocalError
    when there are more keys than a roster has devices.
    """
    if len(seal_keys) > DEVICES_MAX:
        raise LocalError(f"a key for {len(seal_keys)} devices")
    found = (_box(key, seal_key, ephemeral) for seal_key in seal_keys)
    boxes = [box for box in found if box is not None]
    if not boxes:
        raise NobodyToSealTo(f"none of {len(seal_keys)} seal keys can be used")
    return boxes


def keys_for_us(
    boxes: Sequence[Value], ephemeral: bytes, seal_keys: Sequence[PrivateKey]
) -> Iterator[bytes]:
    """Each content key that one of our `seal_keys` finds in `boxes`, whatever their shape.

    `ephemeral` is the public half, 32 bytes.
    """
    for seal_key in seal_keys:
        hint = bytes(seal_key.public_key)[:KEY_HINT_BYTES]
        for box in boxes:
            if type(box) is list and len(box) == 2 and box[0] == hint:
                key = _open(box[1], ephemeral, seal_key)
                if key is not None and len(key) == CONTENT_KEY_BYTES:
                    yield key


def _box(key: bytes, seal_key: bytes, ephemeral: PrivateKey) -> list[Value] | None:
    """None for a point of small order, which agrees to nothing."""
    try:
        agreed = Box(ephemeral, PublicKey(seal_key))
    except CryptoError:
        return None
    nonce = _nonce(bytes(ephemeral.public_key), seal_key)
    return [seal_key[:KEY_HINT_BYTES], agreed.encrypt(key, nonce).ciphertext]


def _open(box: object, ephemeral: bytes, seal_key: PrivateKey) -> bytes | None:
    if type(box) is not bytes:
        return None
    nonce = _nonce(ephemeral, bytes(seal_key.public_key))
    try:
        return Box(seal_key, PublicKey(ephemeral)).decrypt(box, nonce)
    except CryptoError:
        return None


def _nonce(ephemeral: bytes, recipient: bytes) -> bytes:
    return blake2b(ephemeral + recipient, digest_size=24, person=b"hallway/1/seal").digest()

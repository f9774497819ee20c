"""Fields that one group can open and nobody else: sealed inside, signed outside.

A sealed field is a map: 0 the ephemeral X25519 public key, 1 a list of `[first 8 bytes of the
recipient's seal key, box]`, one a device, 2 the text. The text is sealed once, with a content key
(secretbox: XSalsa20-Poly1305); a box is that 32-byte key under crypto_box (X25519 and the same).
So 16 devices fit, and the text's length counts once. The plaintext names the group and the object
that it is meant for, so that what is copied under another record opens to nothing.

All keys and nonces follow from the ephemeral key, so that a seed replays; it must be fresh for
every field. The content key is BLAKE2b keyed with its private half and seals one text, under a
nonce of zeros. A box's nonce is BLAKE2b-24 over both public keys, which no two boxes share.
There is no forward secrecy beyond the life of the seal keys.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from nacl.exceptions import CryptoError
from nacl.public import Box, PrivateKey, PublicKey
from nacl.secret import SecretBox

from protocol.codec import Value, decode_body, encode
from protocol.errors import LocalError, MalformedRecord, NobodyToSealTo
from protocol.fields import Fields
from protocol.ids import GroupId, ObjectId
from protocol.limits import (
    DEVICES_MAX,
    SEALED_BYTES_MAX,
    SEALED_PAD_BYTES,
    SEALED_TEXT_BYTES_MAX,
)

KEY_HINT_BYTES: Final = 8
TEXT_NONCE: Final = bytes(SecretBox.NONCE_SIZE)


def seal(
    text: str, group: GroupId, about: ObjectId, seal_keys: list[bytes], ephemeral: PrivateKey
) -> bytes:
    """`text` for the devices of `group` that own `seal_keys`, in the record `about`.

    `ephemeral` was never used before. A seal key that nobody can own gets no box: it stands in a
    neighbour's card, and must not keep the group's other devices out.
    Raises NobodyToSealTo when no key is left, another LocalError when the text is too long or there
    are more keys than a roster has devices.
    """
    if len(text.encode()) > SEALED_TEXT_BYTES_MAX or len(seal_keys) > DEVICES_MAX:
        raise LocalError(f"{len(text.encode())} bytes to seal for {len(seal_keys)} devices")
    content_key = _content_key(ephemeral)
    found = (_box(content_key, key, ephemeral) for key in seal_keys)
    boxes: list[Value] = [box for box in found if box is not None]
    if not boxes:
        raise NobodyToSealTo(f"none of {len(seal_keys)} seal keys can be used")
    plain = _pad(encode({0: group, 1: about, 2: text}))
    sealed_text = SecretBox(content_key).encrypt(plain, TEXT_NONCE).ciphertext
    return encode({0: bytes(ephemeral.public_key), 1: boxes, 2: sealed_text})


def open_sealed(
    sealed: bytes, group: GroupId, about: ObjectId, seal_keys: list[PrivateKey]
) -> str | None:
    """The text, or None when no key of ours opens it or it was meant for another place."""
    try:
        fields = Fields(decode_body(sealed))
        ephemeral = fields.raw(0, 32)
        boxes = fields.items(1, DEVICES_MAX)
        sealed_text = fields.optional_blob(2, SEALED_BYTES_MAX)
    except MalformedRecord:
        return None
    for key in seal_keys:
        hint = bytes(key.public_key)[:KEY_HINT_BYTES]
        for box in boxes:
            if type(box) is list and len(box) == 2 and box[0] == hint:
                text = _open_text(sealed_text, _open_box(box[1], ephemeral, key), group, about)
                if text is not None:
                    return text
    return None


def _content_key(ephemeral: PrivateKey) -> bytes:
    return blake2b(key=bytes(ephemeral), digest_size=32, person=b"hallway/1/text").digest()


def _box(content_key: bytes, seal_key: bytes, ephemeral: PrivateKey) -> list[Value] | None:
    """The content key for one device; None for a point of small order, which agrees to nothing."""
    try:
        agreed = Box(ephemeral, PublicKey(seal_key))
    except CryptoError:
        return None
    nonce = _nonce(bytes(ephemeral.public_key), seal_key)
    return [seal_key[:KEY_HINT_BYTES], agreed.encrypt(content_key, nonce).ciphertext]


def _open_box(box: object, ephemeral: bytes, key: PrivateKey) -> bytes | None:
    if type(box) is not bytes:
        return None
    try:
        nonce = _nonce(ephemeral, bytes(key.public_key))
        return Box(key, PublicKey(ephemeral)).decrypt(box, nonce)
    except (CryptoError, ValueError):
        return None


def _open_text(
    sealed_text: bytes, content_key: bytes | None, group: GroupId, about: ObjectId
) -> str | None:
    if content_key is None:
        return None
    try:
        plain = SecretBox(content_key).decrypt(sealed_text, TEXT_NONCE)
        fields = Fields(decode_body(_unpad(plain)))
        if fields.raw(0, 32) != group or fields.raw(1, 16) != about:
            return None
        return fields.text(2, SEALED_TEXT_BYTES_MAX)
    except (CryptoError, ValueError, MalformedRecord):
        return None


def _nonce(ephemeral: bytes, recipient: bytes) -> bytes:
    return blake2b(ephemeral + recipient, digest_size=24, person=b"hallway/1/seal").digest()


def _pad(plain: bytes) -> bytes:
    """ISO/IEC 7816-4: a one bit, then zero bits."""
    return plain + b"\x80" + bytes(-(len(plain) + 1) % SEALED_PAD_BYTES)


def _unpad(padded: bytes) -> bytes:
    return padded.rstrip(b"\x00")[:-1]

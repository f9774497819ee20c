"""Fields that one group can open and nobody else: sealed inside, signed outside.

A sealed field is a map: 0 the ephemeral X25519 public key, 1 a list of `[first 8 bytes of the
recipient's seal key, box]`, one a device. The box is crypto_box (X25519, XSalsa20-Poly1305); its
nonce is BLAKE2b-24 over both public keys, which no two boxes share. The plaintext names the group
and the object that it is meant for, so that a box copied under another record opens to nothing.
There is no forward secrecy beyond the life of the seal keys.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import msgpack
from nacl.exceptions import CryptoError
from nacl.public import Box, PrivateKey, PublicKey

from protocol.codec import decode_body, encode
from protocol.errors import LocalError, MalformedRecord
from protocol.fields import Fields
from protocol.ids import GroupId, ObjectId
from protocol.limits import (
    DEVICES_MAX,
    SEALED_BYTES_MAX,
    SEALED_PAD_BYTES,
    SEALED_TEXT_BYTES_MAX,
)

KEY_HINT_BYTES: Final = 8


def seal(
    text: str, group: GroupId, about: ObjectId, seal_keys: list[bytes], ephemeral: PrivateKey
) -> bytes:
    """`text` for the devices of `group` that own `seal_keys`, in the record `about`.

    A seal key that nobody can own gets no box: it stands in a neighbour's card, and must not keep
    the group's other devices out.
    Raises LocalError when the text or the number of devices is too large for one field.
    """
    if len(text.encode()) > SEALED_TEXT_BYTES_MAX:
        raise LocalError("text too long to seal")
    plain = _pad(encode({0: group, 1: about, 2: text}))
    boxes: list[list[bytes]] = []
    for seal_key in seal_keys:
        nonce = _nonce(bytes(ephemeral.public_key), seal_key)
        try:
            agreed = Box(ephemeral, PublicKey(seal_key))
        except CryptoError:  # a point of small order: both ends would agree on nothing
            continue
        boxes.append([seal_key[:KEY_HINT_BYTES], agreed.encrypt(plain, nonce).ciphertext])
    sealed: bytes = msgpack.packb({0: bytes(ephemeral.public_key), 1: boxes})
    if len(sealed) > SEALED_BYTES_MAX:
        raise LocalError(f"{len(sealed)} bytes sealed")
    return sealed


def open_sealed(
    sealed: bytes, group: GroupId, about: ObjectId, seal_keys: list[PrivateKey]
) -> str | None:
    """The text, or None when no key of ours opens it or it was meant for another place."""
    try:
        fields = Fields(decode_body(sealed))
        ephemeral = fields.raw(0, 32)
        boxes = fields.items(1, DEVICES_MAX)
    except MalformedRecord:
        return None
    for key in seal_keys:
        public = bytes(key.public_key)
        for box in boxes:
            if type(box) is list and len(box) == 2 and box[0] == public[:KEY_HINT_BYTES]:
                text = _open_box(box[1], ephemeral, key, group, about)
                if text is not None:
                    return text
    return None


def _open_box(
    box: object, ephemeral: bytes, key: PrivateKey, group: GroupId, about: ObjectId
) -> str | None:
    if type(box) is not bytes:
        return None
    try:
        nonce = _nonce(ephemeral, bytes(key.public_key))
        plain = Box(key, PublicKey(ephemeral)).decrypt(box, nonce)
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

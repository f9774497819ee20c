"""Fields that one group can open and nobody else: sealed inside, signed outside (SPEC 7.1).

A sealed field is a map: 0 the ephemeral X25519 public key, 1 a list of boxes (`protocol.boxes`),
one a device, 2 the text. The text is sealed once, with the content key that every box holds
(secretbox: XSalsa20-Poly1305). So 16 devices fit, and the text's length counts once. The plaintext
names the group and the object that it is meant for, so that what is copied under another record
opens to nothing.

The content key seals one text, under a nonce of zeros; the ephemeral key that it follows from must
be fresh for every field. There is no forward secrecy beyond the life of the seal keys.
"""

from __future__ import annotations

from typing import Final

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.secret import SecretBox

from protocol.boxes import box_for_each, content_key, keys_for_us
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

TEXT_PURPOSE: Final = b"hallway/1/text"
TEXT_NONCE: Final = bytes(SecretBox.NONCE_SIZE)


def seal(
    text: str, group: GroupId, about: ObjectId, seal_keys: list[bytes], ephemeral: PrivateKey
) -> bytes:
    """`text` for the devices of `group` that own `seal_keys`, in the record `about`.

    `ephemeral` was never used before. A seal key that nobody can own is passed over.
    Raises NobodyToSealTo when no key is left, another LocalError when the text is too long or there
    are more keys than a roster has devices.
    """
    if len(text.encode()) > SEALED_TEXT_BYTES_MAX:
        raise LocalError(f"{len(text.encode())} bytes to seal")
    key = content_key(ephemeral, TEXT_PURPOSE)
    boxes = box_for_each(key, seal_keys, ephemeral)
    plain = _pad(encode({0: group, 1: about, 2: text}))
    sealed_text = SecretBox(key).encrypt(plain, TEXT_NONCE).ciphertext
    return encode({0: bytes(ephemeral.public_key), 1: [*boxes], 2: sealed_text})


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
    for key in keys_for_us(boxes, ephemeral, seal_keys):
        text = _open_text(sealed_text, key, group, about)
        if text is not None:
            return text
    return None


def _open_text(sealed_text: bytes, key: bytes, group: GroupId, about: ObjectId) -> str | None:
    try:
        plain = SecretBox(key).decrypt(sealed_text, TEXT_NONCE)
        fields = Fields(decode_body(_unpad(plain)))
        if fields.raw(0, 32) != group or fields.raw(1, 16) != about:
            return None
        return fields.text(2, SEALED_TEXT_BYTES_MAX)
    except (CryptoError, MalformedRecord):
        return None


def _pad(plain: bytes) -> bytes:
    """ISO/IEC 7816-4: a one bit, then zero bits."""
    return plain + b"\x80" + bytes(-(len(plain) + 1) % SEALED_PAD_BYTES)


def _unpad(padded: bytes) -> bytes:
    return padded.rstrip(b"\x00")[:-1]

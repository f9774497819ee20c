"""What a Noise handshake is made of: one cipher, one hash, one key agreement (SPEC 11.1).

ChaChaPoly, BLAKE2s and 25519 as the Noise Protocol Framework, revision 34, names them; section
numbers are of that document. `protocol.channel` is the only caller.
"""

import hashlib
import hmac
from typing import Final

from nacl.bindings import (
    crypto_aead_chacha20poly1305_ietf_decrypt,
    crypto_aead_chacha20poly1305_ietf_encrypt,
    crypto_scalarmult,
    crypto_scalarmult_base,
)
from nacl.exceptions import CryptoError

from protocol.errors import ChannelBroken

KEY_BYTES: Final = 32
"""Every key and hash here, in bytes: DHLEN and HASHLEN (sections 12.1 and 12.7)."""

TAG_BYTES: Final = 16
"""What encryption adds to a plaintext, in bytes: the Poly1305 tag (RFC 8439, section 2.8)."""

REKEY_AFTER_MESSAGES: Final = 65_536
"""Messages under one key. A key that leaks opens at most this many, and none before them."""

NONCE_MAX: Final = 2**64 - 1
"""The nonce kept for rekeying (section 4.2); no message ever uses it."""


class CipherState:
    """A key, and how many messages went through it and its predecessors (section 5.1).

    The key is replaced after every 65,536th message. The count goes on: a nonce never returns.
    """

    def __init__(self, key: bytes, nonce: int = 0) -> None:
        """Start with a key of 32 bytes; `nonce` is the number that the next message gets."""
        self._key = key
        self._nonce = nonce

    @property
    def exhausted(self) -> bool:
        """Whether every nonce is spent, so that no message can follow."""
        return self._nonce == NONCE_MAX

    def encrypt(self, plaintext: bytes, associated: bytes = b"") -> bytes:
        """Seal one message; the result is 16 bytes longer."""
        sealed = _encrypt(self._key, self._nonce, associated, plaintext)
        self._advance()
        return sealed

    def decrypt(self, sealed: bytes, associated: bytes = b"") -> bytes:
        """Open one message of at least 16 bytes; raises ChannelBroken when it is not authentic."""
        nonce = _nonce_bytes(self._nonce)
        try:
            plaintext = crypto_aead_chacha20poly1305_ietf_decrypt(
                sealed, associated, nonce, self._key
            )
        except CryptoError:
            raise ChannelBroken("a message failed authentication") from None
        self._advance()
        return plaintext

    def _advance(self) -> None:
        self._nonce += 1
        if self._nonce % REKEY_AFTER_MESSAGES == 0:
            # REKEY of section 4.2: the new key does not lead back to the old one.
            self._key = _encrypt(self._key, NONCE_MAX, b"", bytes(KEY_BYTES))[:KEY_BYTES]


class SymmetricState:
    """The chaining key, and the hash over everything said so far (section 5.2)."""

    def __init__(self, protocol_name: bytes, prologue: bytes) -> None:
        """Names of more than 32 bytes only: the rule that pads shorter ones is left out."""
        self.hash = hashlib.blake2s(protocol_name).digest()
        self._chaining_key = self.hash
        self._cipher: CipherState | None = None
        self.mix_hash(prologue)

    def mix_hash(self, said: bytes) -> None:
        """Bind what follows to these bytes."""
        self.hash = hashlib.blake2s(self.hash + said).digest()

    def mix_key(self, material: bytes) -> None:
        """Go on under a key that nobody has who lacks this material."""
        self._chaining_key, key = _hkdf(self._chaining_key, material, outputs=2)
        self._cipher = CipherState(key)

    def mix_key_and_hash(self, psk: bytes) -> None:
        """Mix a pre-shared key into the key and into the hash (section 9.2)."""
        self._chaining_key, said, key = _hkdf(self._chaining_key, psk, outputs=3)
        self.mix_hash(said)
        self._cipher = CipherState(key)

    def seal(self, plaintext: bytes) -> bytes:
        """Encrypt and hash; before the first key the bytes go out as they are."""
        sealed = self._cipher.encrypt(plaintext, self.hash) if self._cipher else plaintext
        self.mix_hash(sealed)
        return sealed

    def open(self, sealed: bytes) -> bytes:
        """Hash and decrypt what `seal` made; raises ChannelBroken when it is not authentic."""
        plaintext = self._cipher.decrypt(sealed, self.hash) if self._cipher else sealed
        self.mix_hash(sealed)
        return plaintext

    def split(self) -> tuple[CipherState, CipherState]:
        """The cipher for what the initiator sends, and that for what the responder sends."""
        from_initiator, from_responder = _hkdf(self._chaining_key, b"", outputs=2)
        return CipherState(from_initiator), CipherState(from_responder)


def public_of(private: bytes) -> bytes:
    """The X25519 public key, 32 bytes, of a private key of 32 bytes."""
    return crypto_scalarmult_base(private)


def agree(private: bytes, public: bytes) -> bytes:
    """The X25519 shared secret, 32 bytes, of two keys of 32 bytes.

    Raises ChannelBroken when the peer's point is of small order: then the result would be all
    zero whatever our key is, and anyone could know it.
    """
    try:
        return crypto_scalarmult(private, public)
    except CryptoError:
        raise ChannelBroken("a public key is of small order") from None


def _hkdf(chaining_key: bytes, material: bytes, *, outputs: int) -> list[bytes]:
    """HKDF of section 4.3: `outputs` values of 32 bytes, each made from the one before."""
    secret = hmac.digest(chaining_key, material, hashlib.blake2s)
    values = [hmac.digest(secret, b"\x01", hashlib.blake2s)]
    while len(values) < outputs:
        counter = bytes([len(values) + 1])
        values.append(hmac.digest(secret, values[-1] + counter, hashlib.blake2s))
    return values


def _encrypt(key: bytes, nonce: int, associated: bytes, plaintext: bytes) -> bytes:
    return crypto_aead_chacha20poly1305_ietf_encrypt(
        plaintext, associated, _nonce_bytes(nonce), key
    )


def _nonce_bytes(nonce: int) -> bytes:
    """32 zero bits, then the count, little-endian (section 12.3)."""
    return bytes(4) + nonce.to_bytes(8, "little")

"""Whole handshakes as a link and a pairing have them, and what is sealed after them.

The handshakes are those of an independent implementation of Noise (`noiseprotocol`); transport is
put together from RFC 8439 and sections 4.2 and 12.3 of the Noise Protocol Framework.
"""

from __future__ import annotations

import hmac
import warnings
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from nacl.bindings import crypto_aead_chacha20poly1305_ietf_encrypt
from noise.connection import Keypair, NoiseConnection

from tests.vectors.plain import seed
from tests.vectors.vector import OK, Fields, Vector

ENDS: Final = ("initiator", "responder")
SECRET: Final = seed("invite")[:16]
KEY: Final = seed("transport key")
REKEYED: Final = 65_536
"""Messages under one key."""
NONCE_LAST: Final = 2**64 - 1


def handshakes() -> Iterator[Vector]:
    psk = hmac.digest(SECRET, b"hallway/1/invite key\x00", sha256)
    for name, comment, pattern, offered in (
        ("link", "two neighbours", "XX", ["hallway.1"]),
        ("link_later", "the initiator speaks a later version as well", "XX",
         ["hallway.2", "hallway.1"]),
        ("pairing", "two halls with a code", "XXpsk3", ["hallway.1.pair"]),
    ):  # fmt: skip
        key = psk if pattern == "XXpsk3" else b""
        yield _handshake(f"handshake/{name}", comment, pattern, offered, key)


def _handshake(path: str, comment: str, pattern: str, offered: Sequence[str], psk: bytes) -> Vector:
    chosen = offered[-1]
    prologue = "\n".join(["hallway", *offered, "", chosen]).encode()
    initiator, responder = (_end(end, pattern, prologue, psk) for end in ENDS)
    messages = []
    writer, reader = initiator, responder
    for _ in range(3):
        messages.append(bytes(writer.write_message()))
        reader.read_message(messages[-1])
        writer, reader = reader, writer
    first, answer = bytes(initiator.encrypt(b"first")), bytes(responder.encrypt(b"answer"))
    keys = [(f"{end}_{of}", seed(f"{end} {of}").hex()) for end in ENDS for of in _KEYS]
    fields = [("offered", " ".join(offered)), ("chosen", chosen), ("prologue", prologue.hex())]
    fields += keys
    fields += [("psk", psk.hex())] if psk else []
    fields += [("message", message.hex()) for message in messages]
    fields += [("from_initiator", first.hex()), ("from_responder", answer.hex())]
    handshake_hash = bytes(initiator.get_handshake_hash())
    return Vector(path, OK, "SPEC 11.1, SPEC 11.2", comment, tuple(fields), handshake_hash)


_KEYS: Final = ("static", "ephemeral")


def _end(end: str, pattern: str, prologue: bytes, psk: bytes) -> NoiseConnection:
    name = f"Noise_{pattern}_25519_ChaChaPoly_BLAKE2s"
    connection = NoiseConnection.from_name(name.encode())
    connection.set_prologue(prologue)
    for of, pair in zip(_KEYS, (Keypair.STATIC, Keypair.EPHEMERAL), strict=True):
        connection.set_keypair_from_private_bytes(pair, seed(f"{end} {of}"))
    if psk:
        connection.set_psks(psk)
    if end == "initiator":
        connection.set_as_initiator()
    else:
        connection.set_as_responder()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        connection.start_handshake()
    return connection


def seal(key: bytes, number: int, plaintext: bytes) -> bytes:
    nonce = bytes(4) + number.to_bytes(8, "little")
    return crypto_aead_chacha20poly1305_ietf_encrypt(plaintext, b"", nonce, key)


def rekeyed(key: bytes) -> bytes:
    return seal(key, NONCE_LAST, bytes(32))[:32]


def transports() -> Iterator[Vector]:
    """`key` is that of one direction at its message `number`."""
    once = rekeyed(KEY)
    for name, comment, key, number, sealing in (
        ("first", "the first message", KEY, 0, KEY),
        ("last_of_key", "the last message under the first key", KEY, REKEYED - 1, KEY),
        ("first_of_next", "the first message under the second key", once, REKEYED, once),
        ("last_of_next", "the last message under the second key", once, 2 * REKEYED - 1, once),
    ):
        yield transport(name, OK, comment, (key, number), seal(sealing, number, b"a frame"))
    both = seal(KEY, REKEYED - 1, b"a frame"), seal(once, REKEYED, b"a frame")
    comment = "the key is another one between these two"
    yield transport("rekey", OK, comment, (KEY, REKEYED - 1), *both)
    twice = seal(once, 2 * REKEYED - 1, b"a frame"), seal(rekeyed(once), 2 * REKEYED, b"a frame")
    comment = "and again another one between these; the count goes on"
    yield transport("rekey_again", OK, comment, (once, 2 * REKEYED - 1), *twice)
    broken, good = "ChannelBroken", seal(KEY, 0, b"a frame")
    for name, comment, sealed in (
        ("bad_flipped", "one bit is another", good[:-1] + bytes([good[-1] ^ 1])),
        ("bad_number", "the message that comes after", seal(KEY, 1, b"a frame")),
        ("bad_key", "sealed under another key", seal(once, 0, b"a frame")),
        ("bad_short", "fifteen bytes", good[:15]),
    ):
        yield transport(name, broken, comment, (KEY, 0), sealed)
    old = seal(KEY, REKEYED - 1, b"a frame"), seal(KEY, REKEYED, b"a frame")
    comment = "the key was not changed"
    yield transport("bad_rekey", broken, comment, (KEY, REKEYED - 1), *old)
    last = (KEY, NONCE_LAST)
    comment = "no message has the last number"
    yield transport("bad_last", broken, comment, last, seal(KEY, NONCE_LAST, b"a frame"))


def transport(
    name: str, expect: str, comment: str, at: tuple[bytes, int], *sealed: bytes
) -> Vector:
    key, number = at
    given: Fields = (("key", key.hex()), ("number", str(number)), ("plaintext", b"a frame".hex()))
    messages = tuple(("message", each.hex()) for each in sealed)
    return Vector(f"transport/{name}", expect, "SPEC 11.3", comment, (*given, *messages))

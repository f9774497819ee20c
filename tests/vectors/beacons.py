"""What a hall says of itself on the local network: nonce, tags, and the TXT record of both."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from tests.vectors.plain import seed
from tests.vectors.vector import OK, Fields, Vector

SPEC: Final = "SPEC 14"
KEY, OTHER_KEY, NONCE, OTHER_NONCE = (
    seed(name)[:16] for name in ("key", "other key", "nonce", "other nonce")
)


def tag(key: bytes, nonce: bytes) -> bytes:
    return hmac.digest(key, b"hallway/1/beacon\x00" + nonce, sha256)[:8]


def vectors() -> Iterator[Vector]:
    """`n` and `t` are the values in the TXT record; `known`: whose key it is found by."""
    keys: Fields = (("key", KEY.hex()),)
    for name, comment, nonce, tags, known in (
        ("known", "a neighbour's beacon", NONCE, tag(KEY, NONCE), "yes"),
        ("second", "the second of two tags", NONCE, tag(OTHER_KEY, NONCE) + tag(KEY, NONCE), "yes"),
        ("16_tags", "as many tags as there can be", NONCE, bytes(120) + tag(KEY, NONCE), "yes"),
        ("stranger", "a beacon of another key", NONCE, tag(OTHER_KEY, NONCE), "no"),
        ("other_boot", "a tag goes with its nonce", OTHER_NONCE, tag(KEY, NONCE), "no"),
    ):
        fields = (*keys, ("n", nonce.hex()), ("t", tags.hex()), ("known", known))
        yield Vector(f"beacon/{name}", OK, SPEC, comment, fields)
    more = (("n", NONCE.hex()), ("t", tag(KEY, NONCE).hex()), ("v", b"2".hex()))
    comment = "what a later version adds is passed over"
    yield Vector("beacon/more", OK, SPEC, comment, (*keys, *more, ("known", "yes")))
    for name, comment, values in (
        ("nonce_missing", "no nonce", (("t", bytes(8).hex()),)),
        ("nonce_15", "a nonce has 16 bytes", (("n", bytes(15).hex()), ("t", bytes(8).hex()))),
        ("tags_missing", "no tags", (("n", NONCE.hex()),)),
        ("tags_none", "tags of no bytes", (("n", NONCE.hex()), ("t", ""))),
        ("tags_7", "a tag has 8 bytes", (("n", NONCE.hex()), ("t", bytes(7).hex()))),
        ("tags_17", "seventeen tags", (("n", NONCE.hex()), ("t", bytes(136).hex()))),
    ):
        fields = (*keys, *values, ("known", "no beacon"))
        yield Vector(f"beacon/bad_{name}", OK, SPEC, f"no beacon of ours: {comment}", fields)

"""Names and hashes: what goes in, what comes out, by hashlib alone."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from tests.vectors.plain import ADA, public, seed
from tests.vectors.vector import OK, Fields, Vector

DEVICE: Final = public(ADA.device())
NUMBER: Final = seed("a number")[:16]
BY_HEIR: Final = (ADA.group, public(ADA.device("old desk")), NUMBER)


def vectors() -> Iterator[Vector]:
    for name, comment, given, length in (
        ("group", "a group's id is of its public key", (public(ADA.key),), 32),
        ("record", "a record's id is of its body", (b"\x80",), 32),
        ("object", "an object's id: group, author, number", (ADA.group, DEVICE, NUMBER), 16),
        ("object_of_author", "an heir goes on with it: the author counts", BY_HEIR, 16),
        ("directory", "the number of a device's profile", (b"\x02", DEVICE), 16),
        ("seen", "the number of what a device says of a request", (NUMBER, DEVICE), 16),
        ("adoption", "the number of an heir's second page", (DEVICE, b"\x00\x00\x00\x01"), 16),
        ("vouch", "the number of what is said for a guest", (DEVICE,), 16),
    ):
        tag = f"hallway/1/{name.partition('_')[0]}\x00".encode()
        hashed = sha256(tag + b"".join(given)).digest()[:length]
        fields: Fields = (("of", " ".join(part.hex() for part in given)),)
        yield Vector(f"ids/{name}", OK, "SPEC 3", comment, fields, hashed)
    text = b32encode(DEVICE).decode().rstrip("=").lower()
    yield Vector("ids/text", OK, "SPEC 3", "base32 as people see it", (("text", text),), DEVICE)
    for name, comment, wrong in (
        ("padding", "no padding is written", text + "===="),
        ("digit", "there is no digit 1 in base32", "1" + text[1:]),
        ("bits", "bits at the end that stand for nothing are zero", text[:-1] + "z"),
    ):
        fields = (("text", wrong),)
        yield Vector(f"ids/text_{name}", OK, "SPEC 3", f"no name: {comment}", fields)

"""From recovery words to the group's keys and its id. The words are test vectors of BIP-39."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from tests.vectors.plain import public
from tests.vectors.vector import OK, Fields, Vector

WORDS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "zeros",
        "00000000000000000000000000000000",
        "abandon abandon abandon abandon abandon abandon "
        "abandon abandon abandon abandon abandon about",
    ),
    (
        "7f",
        "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
    ),
    (
        "80",
        "80808080808080808080808080808080",
        "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
    ),
    (
        "ones",
        "ffffffffffffffffffffffffffffffff",
        "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
    ),
    (
        "mixed",
        "9e885d952ad362caeb4efe34a8e91bd2",
        "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic",
    ),
)
"""Name, the 128 bits, the twelve words (BIP-39, english)."""


def vectors() -> Iterator[Vector]:
    for name, bits, words in WORDS:
        recovery = bytes.fromhex(bits)
        signing = SigningKey(hmac.digest(recovery, b"hallway/1/group key", sha256))
        backup = PrivateKey(hmac.digest(recovery, b"hallway/1/backup key", sha256))
        fields: Fields = (
            ("words", words),
            ("recovery", bits),
            ("group_private", bytes(signing).hex()),
            ("group_public", public(signing).hex()),
            ("backup_public", bytes(backup.public_key).hex()),
        )
        group = sha256(b"hallway/1/group\x00" + public(signing)).digest()
        comment = "twelve words, the keys that they stand for, and the group's id"
        yield Vector(f"identity/words_{name}", OK, "SPEC 4.1", comment, fields, group)
    for name, comment, length in (
        ("15", "recovery bytes are sixteen", 15),
        ("32", "recovery bytes are sixteen, no more", 32),
    ):
        fields = (("recovery", bytes(length).hex()),)
        yield Vector(f"identity/bad_recovery_{name}", "LocalError", "SPEC 4.1", comment, fields)

"""Signatures that sit on the edge are taken or refused as libsodium does, and always alike.

A record that one hall takes and another refuses would never settle. So what counts as a signature
is pinned down here: the values of RFC 8032, and every edge that Wycheproof, "Taming the many
EdDSAs" (eprint.iacr.org/2020/1244) and "It's 255:19AM" (hdevalence.ca) name, made anew from keys
of our own.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha512
from itertools import product
from typing import Final

import pytest
from nacl.bindings import crypto_core_ed25519_add, crypto_scalarmult_ed25519_base_noclamp

from protocol.errors import BadSignature
from protocol.ids import RECORD_TAG, DeviceKey
from protocol.record import Record, verify
from tests.protocol.halls import Hall

REQUEST: Final = Hall("ada").request()

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""Of the group that honest keys are in."""
PRIME: Final = 2**255 - 19
SIGN_BIT: Final = 2**255
"""Of the 256 bits of an encoded point, the sign of its x."""
OF_ORDER_8: Final = bytes.fromhex(
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
)

SECRET: Final = 2**200 + 1_001
"""Of the signer of the edge cases; any number would do."""
NONCE: Final = 2**199 + 77


def little(number: int) -> bytes:
    return number.to_bytes(32, "little")


def on_curve(scalar: int) -> bytes:
    """This many times the base point, encoded; not 0."""
    return bytes(crypto_scalarmult_ed25519_base_noclamp(little(scalar % ORDER)))


def added(one: bytes, other: bytes) -> bytes:
    return bytes(crypto_core_ed25519_add(one, other))


def _small_order() -> list[bytes]:
    """All eight points of small order: 0 times, once, up to seven times the one of order 8."""
    points = [OF_ORDER_8]
    while len(points) < 8:
        points.append(added(points[-1], OF_ORDER_8))
    return [points[-1], *points[:-1]]


SMALL_ORDER: Final = _small_order()

OTHER_FORMS: Final = [
    little(y + sign) for y, sign in [(PRIME, 0), (PRIME, SIGN_BIT), (PRIME + 1, 0)]
] + [little(y + SIGN_BIT) for y in (1, PRIME - 1, PRIME + 1)]
"""Of the points of small order with y = 0, 1 and -1: beyond the prime, or x = 0 with a sign."""


def signed(key: bytes, message: bytes, signature: bytes) -> Record:
    """A record that says to be of `key`, with this behind its tag."""
    header = replace(REQUEST.header, device=DeviceKey(key))
    return replace(REQUEST, header=header, body_bytes=message, signature=signature)


def is_good(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        verify(signed(key, message, signature))
    except BadSignature:
        return False
    return True


def challenge(r: bytes, key: bytes, message: bytes) -> int:
    """`k` of RFC 8032, section 5.1.7, for a record's message."""
    digest = sha512(r + key + RECORD_TAG + message).digest()
    return int.from_bytes(digest, "little") % ORDER


def answered(r: bytes, nonce: int, secret: int, key: bytes, message: bytes) -> bytes:
    """The signature that begins with `r`, which is `nonce` times the base point and maybe more."""
    s = (nonce + challenge(r, key, message) * secret) % ORDER
    return r + little(s)


def test_an_honest_signature_of_this_arithmetic_is_good() -> None:
    """Else all that follows would be refused for a slip made here."""
    key, r = on_curve(SECRET), on_curve(NONCE)
    assert is_good(key, b"honest", answered(r, NONCE, SECRET, key, b"honest"))


@pytest.mark.parametrize(
    ("key", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
            "39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f"
            "3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67"
            "f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
        (
            "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
            "08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50"
            "f8f54e9f77b1e355f6c50544e23fb1433ddf73be84d879de7c0046dc4996d9e773f4bc9efe5738829adb"
            "26c81b37c93a1b270b20329d658675fc6ea534e0810a4432826bf58c941efb65d57a338bbd2e26640f89"
            "ffbc1a858efcb8550ee3a5e1998bd177e93a7363c344fe6b199ee5d02e82d522c4feba15452f80288a82"
            "1a579116ec6dad2b3b310da903401aa62100ab5d1a36553e06203b33890cc9b832f79ef80560ccb9a39c"
            "e767967ed628c6ad573cb116dbefefd75499da96bd68a8a97b928a8bbc103b6621fcde2beca1231d206b"
            "e6cd9ec7aff6f6c94fcd7204ed3455c68c83f4a41da4af2b74ef5c53f1d8ac70bdcb7ed185ce81bd8435"
            "9d44254d95629e9855a94a7c1958d1f8ada5d0532ed8a5aa3fb2d17ba70eb6248e594e1a2297acbbb39d"
            "502f1a8c6eb6f1ce22b3de1a1f40cc24554119a831a9aad6079cad88425de6bde1a9187ebb6092cf67bf"
            "2b13fd65f27088d78b7e883c8759d2c4f5c65adb7553878ad575f9fad878e80a0c9ba63bcbcc2732e694"
            "85bbc9c90bfbd62481d9089beccf80cfe2df16a2cf65bd92dd597b0707e0917af48bbb75fed413d238f5"
            "555a7a569d80c3414a8d0859dc65a46128bab27af87a71314f318c782b23ebfe808b82b0ce26401d2e22"
            "f04d83d1255dc51addd3b75a2b1ae0784504df543af8969be3ea7082ff7fc9888c144da2af58429ec960"
            "31dbcad3dad9af0dcbaaaf268cb8fcffead94f3c7ca495e056a9b47acdb751fb73e666c6c655ade82972"
            "97d07ad1ba5e43f1bca32301651339e22904cc8c42f58c30c04aafdb038dda0847dd988dcda6f3bfd15c"
            "4b4c4525004aa06eeff8ca61783aacec57fb3d1f92b0fe2fd1a85f6724517b65e614ad6808d6f6ee34df"
            "f7310fdc82aebfd904b01e1dc54b2927094b2db68d6f903b68401adebf5a7e08d78ff4ef5d63653a6504"
            "0cf9bfd4aca7984a74d37145986780fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab47b57f7f7276c"
            "d419c17a3ca8e1b939ae49e488acba6b965610b5480109c8b17b80e1b7b750dfc7598d5d5011fd2dcc56"
            "00a32ef5b52a1ecc820e308aa342721aac0943bf6686b64b2579376504ccc493d97e6aed3fb0f9cd71a4"
            "3dd497f01f17c0e2cb3797aa2a2f256656168e6c496afc5fb93246f6b1116398a346f1a641f3b041e989"
            "f7914f90cc2c7fff357876e506b50d334ba77c225bc307ba537152f3f1610e4eafe595f6d9d90d11faa9"
            "33a15ef1369546868a7f3a45a96768d40fd9d03412c091c6315cf4fde7cb68606937380db2eaaa707b4c"
            "4185c32eddcdd306705e4dc1ffc872eeee475a64dfac86aba41c0618983f8741c5ef68d3a101e8a3b8ca"
            "c60c905c15fc910840b94c00a0b9d0",
            "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350aa5371b1508f9f4528ec"
            "ea23c436d94b5e8fcd4f681e30a6ac00a9704a188a03",
        ),
        (
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba"
            "3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfb"
            "c7c66431e0303dca179c138ac17ad9bef1177331a704",
        ),
    ],
    ids=["1", "2", "3", "1024", "SHA(abc)"],
)
def test_the_signatures_of_rfc_8032(
    key: str, message: str, signature: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Section 7.1. Those messages have no tag in front, so ours is taken away for them."""
    monkeypatch.setattr("protocol.record.RECORD_TAG", b"")
    said, good = bytes.fromhex(message), bytes.fromhex(signature)
    assert is_good(bytes.fromhex(key), said, good)
    assert not is_good(bytes.fromhex(key), said + b"\0", good)


@pytest.mark.parametrize("more", [1, 2, 7, 8, 14])
def test_one_signature_has_one_form(more: int) -> None:
    """The group's order can be added to the second half and leaves the equation as it was."""
    key, r = on_curve(SECRET), on_curve(NONCE)
    good = answered(r, NONCE, SECRET, key, b"once")
    s = int.from_bytes(good[32:], "little")
    assert is_good(key, b"once", good)
    assert not is_good(key, b"once", r + little(s + more * ORDER))


@pytest.mark.parametrize("bit", [252, 253, 254, 255])
def test_the_high_bits_of_a_signature_are_zero(bit: int) -> None:
    key, r = on_curve(SECRET), on_curve(NONCE)
    good = answered(r, NONCE, SECRET, key, b"high")
    s = int.from_bytes(good[32:], "little") | 1 << bit
    assert r + little(s) != good
    assert not is_good(key, b"high", r + little(s))


@pytest.mark.parametrize("key", SMALL_ORDER + OTHER_FORMS, ids=bytes.hex)
def test_a_key_of_small_order_signs_nothing(key: bytes) -> None:
    """With such a key one signature would be good for many messages, whoever made it."""
    for number in range(8):
        message = b"for all and everything %d" % number
        for torsion in SMALL_ORDER:
            r = added(on_curve(NONCE), torsion)
            assert not is_good(key, message, r + little(NONCE))
        for r in SMALL_ORDER + OTHER_FORMS:
            assert not is_good(key, message, r + bytes(32))


@pytest.mark.parametrize("r", SMALL_ORDER + OTHER_FORMS, ids=bytes.hex)
@pytest.mark.parametrize("torsion", [SMALL_ORDER[0], OF_ORDER_8], ids=["honest key", "mixed key"])
def test_a_signature_that_begins_with_a_point_of_small_order_is_refused(
    r: bytes, torsion: bytes
) -> None:
    key = added(on_curve(SECRET), torsion)
    for number in range(8):
        message = b"from nothing %d" % number
        assert not is_good(key, message, answered(r, 0, SECRET, key, message))


@pytest.mark.parametrize("of_key", range(8))
def test_a_mixed_key_counts_where_the_equation_holds_to_the_last_bit(of_key: int) -> None:
    """Keys with a part of small order are valid points. Whether their signatures are good depends
    on whether that part is multiplied away first. It is not: what remains of it must be zero.
    """
    key = added(on_curve(SECRET), SMALL_ORDER[of_key])
    verdicts = set()
    for number, of_r in product(range(4), range(8)):
        r = added(on_curve(NONCE), SMALL_ORDER[of_r])
        message = b"mixed %d" % number
        remains = (of_r + challenge(r, key, message) * of_key) % 8
        good = is_good(key, message, answered(r, NONCE, SECRET, key, message))
        assert good == (remains == 0)
        verdicts.add(good)
    assert verdicts == {True, False}


@pytest.mark.parametrize("length", [0, 32, 63, 65, 128])
def test_a_signature_of_another_length_is_bad_and_nothing_worse(length: int) -> None:
    assert not is_good(on_curve(SECRET), b"length", bytes(length))


@pytest.mark.parametrize("y", [2, PRIME - 2, 7, PRIME + 2, PRIME + 7, PRIME + 18])
@pytest.mark.parametrize("sign", [0, SIGN_BIT])
def test_a_key_that_is_no_point_or_written_beyond_the_prime_is_bad(y: int, sign: int) -> None:
    r = on_curve(NONCE)
    assert not is_good(little(y + sign), b"no point", r + little(NONCE))

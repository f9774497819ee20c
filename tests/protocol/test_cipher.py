"""The parts of the channel against the values of their own documents, and at their edges.

RFC 7748 for the key agreement, RFC 8439 for the cipher. The edges are those that Wycheproof looks
at (github.com/C2SP/wycheproof), worked out anew here from the arithmetic.
"""

from __future__ import annotations

import hashlib

import pytest

from protocol.cipher import (
    KEY_BYTES,
    NONCE_MAX,
    REKEY_AFTER_MESSAGES,
    TAG_BYTES,
    CipherState,
    agree,
    public_of,
)
from protocol.errors import ChannelBroken

PRIME = 2**255 - 19
BASE_POINT = 9
TOP_BIT = 2**255
"""Of 256 bits that a key takes, the one that does not count (RFC 7748, section 5)."""

OF_ORDER_8 = (
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
)
SMALL_ORDER = (0, 1, *OF_ORDER_8, PRIME - 1)
"""What leads to nothing, on the curve or on its twist (cr.yp.to/ecdh.html, Diffie-Hellman)."""


def little(number: int) -> bytes:
    return number.to_bytes(KEY_BYTES, "little")


def key(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


# Key agreement -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scalar", "point", "result"),
    [
        (
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        ),
        (
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
        ),
    ],
)
def test_one_agreement_of_rfc_7748(scalar: str, point: str, result: str) -> None:
    """Section 5.2. The second point has its top bit set, which does not count."""
    assert agree(bytes.fromhex(scalar), bytes.fromhex(point)).hex() == result


@pytest.mark.parametrize(
    ("times", "result"),
    [
        (1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"),
        (1_000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"),
    ],
)
def test_agreements_one_after_the_other_of_rfc_7748(times: int, result: str) -> None:
    """Section 5.2: every result is the next scalar, every scalar the next point."""
    scalar = point = little(BASE_POINT)
    for _ in range(times):
        scalar, point = agree(scalar, point), scalar
    assert scalar.hex() == result


def test_two_ends_agree_as_in_rfc_7748() -> None:
    """Section 6.1."""
    alice = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    bob = bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    assert public_of(alice).hex() == (
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    )
    assert public_of(bob).hex() == (
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    )
    assert agree(alice, public_of(bob)).hex() == shared
    assert agree(bob, public_of(alice)).hex() == shared


@pytest.mark.parametrize("private", [key("some key"), bytes(KEY_BYTES), b"\xff" * KEY_BYTES])
@pytest.mark.parametrize("lift", [0, TOP_BIT], ids=["", "top bit set"])
@pytest.mark.parametrize("point", [*SMALL_ORDER, PRIME, PRIME + 1])
def test_a_point_of_small_order_is_refused_in_each_of_its_forms(
    private: bytes, lift: int, point: int
) -> None:
    with pytest.raises(ChannelBroken, match="small order"):
        agree(private, little(point + lift))


@pytest.mark.parametrize("above", range(2, 19))
def test_a_point_written_beyond_the_prime_is_the_point_below_it(above: int) -> None:
    """RFC 7748, section 5: such values are taken, as if they had been reduced."""
    private = key("some key")
    assert agree(private, little(PRIME + above)) == agree(private, little(above))


def test_what_a_key_does_not_use_changes_nothing() -> None:
    """The top bit of a point; the three lowest bits and the two highest of a scalar."""
    private, public = key("some key"), public_of(key("another key"))
    shared = agree(private, public)
    lifted = little(int.from_bytes(public, "little") | TOP_BIT)
    assert agree(private, lifted) == shared
    for bit in (0, 1, 2, 254, 255):
        changed = little(int.from_bytes(private, "little") ^ 1 << bit)
        assert agree(changed, public) == shared
        assert public_of(changed) == public_of(private)
    for bit in (3, 253):
        changed = little(int.from_bytes(private, "little") ^ 1 << bit)
        assert agree(changed, public) != shared


def test_a_point_of_the_twist_is_taken() -> None:
    """No y belongs to u = 2 on the curve itself; 25519 is chosen so that this does no harm."""
    right_hand_side = 2**3 + 486_662 * 2**2 + 2
    assert pow(right_hand_side, (PRIME - 1) // 2, PRIME) == PRIME - 1
    assert len(agree(key("some key"), little(2))) == KEY_BYTES


# The cipher ----------------------------------------------------------------------------------


def test_sealing_as_in_rfc_8439(monkeypatch: pytest.MonkeyPatch) -> None:
    """Section 2.8.2, whose nonce begins with 7, where all nonces of ours have zeros."""
    cipher_key = bytes(range(0x80, 0xA0))
    associated = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    plaintext = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        b"future, sunscreen would be it."
    )
    sealed = bytes.fromhex(
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69"
        "da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad67594"
        "5585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"
    )
    nonce = bytes.fromhex("070000004041424344454647")
    monkeypatch.setattr("protocol.cipher._nonce_bytes", lambda _: nonce)
    assert CipherState(cipher_key).encrypt(plaintext, associated) == sealed
    assert CipherState(cipher_key).decrypt(sealed, associated) == plaintext


RFC_8439_KEY = bytes.fromhex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0")
RFC_8439_NONCE = int.from_bytes(bytes.fromhex("0102030405060708"), "little")
RFC_8439_ASSOCIATED = bytes.fromhex("f33388860000000000004e91")
RFC_8439_SEALED = bytes.fromhex(
    "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e"
    "382d26b0bdb7b73c321b0100d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd"
    "60f982b1ff37c8559797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4b9166c76"
    "7b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a"
    "0d072b04b3564eea1b422273f548271a0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a67276"
    "27097a1049e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b0270"
    "9beead9d67890cbb22392336fea1851f38"
)


def test_opening_as_in_rfc_8439() -> None:
    """Appendix A.5."""
    state = CipherState(RFC_8439_KEY, RFC_8439_NONCE)
    plaintext = state.decrypt(RFC_8439_SEALED, RFC_8439_ASSOCIATED)
    assert plaintext.decode() == (
        "Internet-Drafts are draft documents valid for a maximum of six months and may be updated, "
        "replaced, or obsoleted by other documents at any time. It is inappropriate to use "
        "Internet-Drafts as reference material or to cite them other than as /“work in progress./”"
    )
    again = CipherState(RFC_8439_KEY, RFC_8439_NONCE)
    assert again.encrypt(plaintext, RFC_8439_ASSOCIATED) == RFC_8439_SEALED


@pytest.mark.parametrize("bit", range(8 * TAG_BYTES))
def test_every_bit_of_a_tag_counts(bit: int) -> None:
    tag = int.from_bytes(RFC_8439_SEALED[-TAG_BYTES:], "little") ^ 1 << bit
    forged = RFC_8439_SEALED[:-TAG_BYTES] + tag.to_bytes(TAG_BYTES, "little")
    with pytest.raises(ChannelBroken):
        CipherState(RFC_8439_KEY, RFC_8439_NONCE).decrypt(forged, RFC_8439_ASSOCIATED)


@pytest.mark.parametrize("tag", [bytes(TAG_BYTES), b"\xff" * TAG_BYTES])
def test_no_tag_opens_anything_else(tag: bytes) -> None:
    forged = RFC_8439_SEALED[:-TAG_BYTES] + tag
    with pytest.raises(ChannelBroken):
        CipherState(RFC_8439_KEY, RFC_8439_NONCE).decrypt(forged, RFC_8439_ASSOCIATED)


def test_what_was_said_before_is_sealed_with_it() -> None:
    for associated in (b"", RFC_8439_ASSOCIATED[:-1], RFC_8439_ASSOCIATED + b"\0"):
        with pytest.raises(ChannelBroken):
            CipherState(RFC_8439_KEY, RFC_8439_NONCE).decrypt(RFC_8439_SEALED, associated)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 63, 64, 65, 255, 256, 4_096])
def test_any_length_comes_back_as_it_was(size: int) -> None:
    plaintext = bytes(at % 251 for at in range(size))
    sealed = CipherState(RFC_8439_KEY).encrypt(plaintext)
    assert len(sealed) == size + TAG_BYTES
    assert CipherState(RFC_8439_KEY).decrypt(sealed) == plaintext


def test_a_refused_message_does_not_move_the_count() -> None:
    state = CipherState(RFC_8439_KEY)
    with pytest.raises(ChannelBroken):
        state.decrypt(bytes(TAG_BYTES))
    assert state.decrypt(CipherState(RFC_8439_KEY).encrypt(b"the first")) == b"the first"


def test_a_new_key_is_the_old_one_over_zeros_under_the_last_nonce() -> None:
    """REKEY of Noise 34, section 4.2, put together from the cipher alone."""
    state = CipherState(RFC_8439_KEY, REKEY_AFTER_MESSAGES - 1)
    state.encrypt(b"the last under the old key")
    renewed = CipherState(RFC_8439_KEY, NONCE_MAX).encrypt(bytes(KEY_BYTES))[:KEY_BYTES]
    expected = CipherState(renewed, REKEY_AFTER_MESSAGES).encrypt(b"the first under the new key")
    assert state.encrypt(b"the first under the new key") == expected

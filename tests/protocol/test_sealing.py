"""One group opens a sealed field, in the one place it was meant for."""

from __future__ import annotations

from hashlib import blake2b

import msgpack
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nacl.public import Box, PrivateKey

from protocol.errors import LocalError, NobodyToSealTo
from protocol.ids import GroupId, ObjectId
from protocol.limits import DEVICES_MAX, SEALED_BYTES_MAX, SEALED_PAD_BYTES, SEALED_TEXT_BYTES_MAX
from protocol.sealing import open_sealed, seal
from tests.protocol.halls import seed_of

GROUP, OTHER_GROUP = GroupId(seed_of("group")), GroupId(seed_of("other group"))
ABOUT, OTHER = ObjectId(seed_of("about")[:16]), ObjectId(seed_of("other")[:16])
DESK, PHONE, STRANGER = (PrivateKey(seed_of(name)) for name in ("desk", "phone", "stranger"))
EPHEMERAL = PrivateKey(seed_of("ephemeral"))
LOW_ORDER = [
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    b"\xec" + b"\xff" * 30 + b"\x7f",
]
"""Points on which every key agrees to nothing (RFC 7748, section 6.1)."""


def public(*keys: PrivateKey) -> list[bytes]:
    return [bytes(key.public_key) for key in keys]


def sealed_for(*keys: PrivateKey, text: str = "back door, ask for Ada") -> bytes:
    return seal(text, GROUP, ABOUT, public(*keys), EPHEMERAL)


@given(st.text(max_size=SEALED_TEXT_BYTES_MAX // 4))
@example("")
@example("\x00")
@example("x" * SEALED_TEXT_BYTES_MAX)
def test_every_device_of_the_group_opens_it(text: str) -> None:
    sealed = sealed_for(DESK, PHONE, text=text)
    assert open_sealed(sealed, GROUP, ABOUT, [DESK]) == text
    assert open_sealed(sealed, GROUP, ABOUT, [PHONE]) == text
    assert open_sealed(sealed, GROUP, ABOUT, [STRANGER, PHONE]) == text


def test_nobody_else_opens_it() -> None:
    sealed = sealed_for(DESK, PHONE)
    assert open_sealed(sealed, GROUP, ABOUT, [STRANGER]) is None
    assert open_sealed(sealed, GROUP, ABOUT, []) is None
    assert b"Ada" not in sealed


def test_in_another_place_it_opens_to_nothing() -> None:
    sealed = sealed_for(DESK)
    assert open_sealed(sealed, GROUP, OTHER, [DESK]) is None
    assert open_sealed(sealed, OTHER_GROUP, ABOUT, [DESK]) is None


def test_a_hint_that_is_not_true_opens_nothing() -> None:
    """A box under another device's hint is passed over, not fallen over."""
    content = msgpack.unpackb(sealed_for(DESK), strict_map_key=False)
    hint = bytes(PHONE.public_key)[:8]
    content[1] = [[hint, b""], [hint, content[1][0][1]], [hint, 7], *content[1]]
    wrong = msgpack.packb(content)
    assert open_sealed(wrong, GROUP, ABOUT, [PHONE]) is None
    assert open_sealed(wrong, GROUP, ABOUT, [PHONE, DESK]) == "back door, ask for Ada"


def test_every_flipped_byte_closes_it() -> None:
    sealed = sealed_for(DESK)
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        assert open_sealed(changed, GROUP, ABOUT, [DESK]) is None


@given(st.binary(max_size=200) | st.integers(0, 600).map(lambda cut: sealed_for(DESK)[:cut]))
def test_garbage_opens_to_nothing(garbage: bytes) -> None:
    if garbage != sealed_for(DESK):
        assert open_sealed(garbage, GROUP, ABOUT, [DESK]) is None


@pytest.mark.parametrize(
    "content",
    [
        {0: bytes(32)},
        {0: bytes(32), 1: [1, [], [b""], [bytes(8), bytes(8), bytes(8)]]},
        {0: bytes(31), 1: []},
        {0: bytes(32), 1: [[bytes(8), b""]] * 17},
    ],
)
def test_other_shapes_open_to_nothing(content: object) -> None:
    assert open_sealed(msgpack.packb(content), GROUP, ABOUT, [DESK]) is None


@pytest.mark.parametrize("point", LOW_ORDER, ids=range(len(LOW_ORDER)))
def test_an_ephemeral_key_of_small_order_opens_nothing(point: bytes) -> None:
    hint = bytes(DESK.public_key)[:8]
    assert (
        open_sealed(msgpack.packb({0: point, 1: [[hint, bytes(64)]]}), GROUP, ABOUT, [DESK]) is None
    )


@pytest.mark.parametrize("point", LOW_ORDER, ids=range(len(LOW_ORDER)))
def test_a_card_with_a_useless_key_does_not_keep_the_others_out(point: bytes) -> None:
    sealed = seal("by noon", GROUP, ABOUT, [point, *public(DESK)], EPHEMERAL)
    assert open_sealed(sealed, GROUP, ABOUT, [DESK]) == "by noon"


def test_the_length_tells_only_steps() -> None:
    lengths = [len(sealed_for(DESK, text="x" * size)) for size in range(SEALED_TEXT_BYTES_MAX + 1)]
    assert len(set(lengths)) <= -(-SEALED_TEXT_BYTES_MAX // SEALED_PAD_BYTES) + 1
    assert lengths == sorted(lengths)


def test_a_seed_replays_it() -> None:
    assert sealed_for(DESK) == sealed_for(DESK)
    fresh = seal("back door, ask for Ada", GROUP, ABOUT, public(DESK), STRANGER)
    assert fresh != sealed_for(DESK)


def test_what_does_not_fit_is_our_own_fault() -> None:
    with pytest.raises(LocalError):
        sealed_for(DESK, text="x" * (SEALED_TEXT_BYTES_MAX + 1))
    with pytest.raises(LocalError):
        sealed_for(DESK, text="\u00e9" * (SEALED_TEXT_BYTES_MAX // 2 + 1))
    with pytest.raises(LocalError):
        sealed_for(*devices(DEVICES_MAX + 1))


def devices(count: int) -> list[PrivateKey]:
    return [PrivateKey(bytes([number] * 32)) for number in range(1, count + 1)]


def test_the_longest_text_fits_for_every_device_that_a_roster_can_list() -> None:
    hall = devices(DEVICES_MAX)
    longest = "x" * SEALED_TEXT_BYTES_MAX
    sealed = sealed_for(*hall, text=longest)
    assert SEALED_BYTES_MAX - 100 < len(sealed) <= SEALED_BYTES_MAX
    assert {open_sealed(sealed, GROUP, ABOUT, [key]) for key in hall} == {longest}


@pytest.mark.parametrize("keys", [[], LOW_ORDER], ids=["no key", "useless keys"])
def test_where_nobody_could_open_it_nothing_is_sealed(keys: list[bytes]) -> None:
    with pytest.raises(NobodyToSealTo):
        seal("by noon", GROUP, ABOUT, keys, EPHEMERAL)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_content_key_of_another_length_opens_nothing(size: int) -> None:
    nonce = blake2b(
        bytes(EPHEMERAL.public_key) + bytes(DESK.public_key),
        digest_size=24,
        person=b"hallway/1/seal",
    ).digest()
    box = Box(EPHEMERAL, DESK.public_key).encrypt(bytes(size), nonce).ciphertext
    content = msgpack.unpackb(sealed_for(DESK), strict_map_key=False)
    content[1] = [[content[1][0][0], box]]
    assert open_sealed(msgpack.packb(content), GROUP, ABOUT, [DESK]) is None


def test_without_its_text_it_opens_to_nothing() -> None:
    content = msgpack.unpackb(sealed_for(DESK), strict_map_key=False)
    del content[2]
    assert open_sealed(msgpack.packb(content), GROUP, ABOUT, [DESK]) is None

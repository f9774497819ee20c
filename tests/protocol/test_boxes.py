"""One key for every device of a group, each box as the page describes it."""

from __future__ import annotations

from hashlib import blake2b

import pytest
from nacl.public import Box, PrivateKey

from protocol.boxes import box_for_each, content_key, keys_for_us
from protocol.errors import LocalError, NobodyToSealTo
from protocol.limits import DEVICES_MAX
from tests.protocol.halls import seed_of

DESK, PHONE, STRANGER = (PrivateKey(seed_of(name)) for name in ("desk", "phone", "stranger"))
EPHEMERAL = PrivateKey(seed_of("ephemeral"))
KEY = content_key(EPHEMERAL, b"hallway/1/test")
BOTH = [bytes(DESK.public_key), bytes(PHONE.public_key)]
ALL_ZERO = bytes(32)
"""A point of small order: every key agrees to nothing on it."""


def found(boxes: list[object], *keys: PrivateKey, ephemeral: bytes | None = None) -> list[bytes]:
    public = bytes(EPHEMERAL.public_key) if ephemeral is None else ephemeral
    return list(keys_for_us(boxes, public, keys))  # type: ignore[arg-type]


def boxes_for(seal_keys: list[bytes]) -> list[object]:
    return [*box_for_each(KEY, seal_keys, EPHEMERAL)]


def test_the_content_key_follows_from_the_ephemeral_key_and_the_purpose() -> None:
    expected = blake2b(key=bytes(EPHEMERAL), digest_size=32, person=b"hallway/1/test").digest()
    assert content_key(EPHEMERAL, b"hallway/1/test") == expected == KEY
    assert content_key(EPHEMERAL, b"hallway/1/else") != KEY
    assert content_key(DESK, b"hallway/1/test") != KEY


def test_a_box_is_a_crypto_box_under_a_hint() -> None:
    boxes = box_for_each(KEY, BOTH, EPHEMERAL)
    for (hint, box), key in zip(boxes, (DESK, PHONE), strict=True):
        public = bytes(key.public_key)
        assert hint == public[:8]
        both = bytes(EPHEMERAL.public_key) + public
        nonce = blake2b(both, digest_size=24, person=b"hallway/1/seal").digest()
        assert isinstance(box, bytes)
        assert Box(key, EPHEMERAL.public_key).decrypt(box, nonce) == KEY


def test_every_device_finds_the_key_and_nobody_else() -> None:
    boxes = boxes_for(BOTH)
    assert found(boxes, DESK) == found(boxes, PHONE) == found(boxes, STRANGER, PHONE) == [KEY]
    assert found(boxes, STRANGER) == found(boxes) == []


def test_a_key_that_nobody_can_own_gets_no_box() -> None:
    assert boxes_for([ALL_ZERO, *BOTH]) == boxes_for(BOTH)


@pytest.mark.parametrize("seal_keys", [[], [ALL_ZERO]])
def test_somebody_has_to_be_there(seal_keys: list[bytes]) -> None:
    with pytest.raises(NobodyToSealTo):
        boxes_for(seal_keys)


def test_there_are_no_more_boxes_than_a_roster_has_devices() -> None:
    keys = [bytes(PrivateKey(bytes([n] * 32)).public_key) for n in range(1, DEVICES_MAX + 2)]
    assert len(boxes_for(keys[:-1])) == DEVICES_MAX
    with pytest.raises(LocalError):
        boxes_for(keys)


@pytest.mark.parametrize("shape", [7, [], [b""], ["hint", 7], ["hint", b""], ["hint", bytes(48)]])
def test_other_shapes_are_passed_over(shape: object) -> None:
    hint = bytes(DESK.public_key)[:8]
    if isinstance(shape, list):
        shape = [hint if each == "hint" else each for each in shape]
    three = [hint, b"", b""]
    assert found([shape, three, *boxes_for(BOTH)], DESK) == [KEY]


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_another_length_is_none(size: int) -> None:
    assert found([*box_for_each(bytes(size), BOTH, EPHEMERAL)], DESK) == []


def test_an_ephemeral_key_of_small_order_opens_nothing() -> None:
    assert found(boxes_for(BOTH), DESK, ephemeral=ALL_ZERO) == []

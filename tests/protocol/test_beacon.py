"""What a neighbour knows a hall by on the local network, and what a stranger makes of it."""

import pytest

from protocol.beacon import (
    NONCE_BYTES,
    TAG_BYTES,
    Beacon,
    read_txt,
    tag,
    write_txt,
)
from protocol.errors import LocalError
from protocol.limits import BEACON_TAGS_MAX

NORTHGATE, EASTSIDE = bytes(range(16)), bytes(range(100, 116))
MONDAY, TUESDAY = b"monday's boot -----"[:NONCE_BYTES], b"tuesday's boot ----"[:NONCE_BYTES]
TXT_STRING_BYTES_MAX = 255


def test_who_has_the_key_knows_the_hall_and_nobody_else_does() -> None:
    heard = read_txt(write_txt(MONDAY, [tag(NORTHGATE, MONDAY)]))
    assert heard is not None
    assert heard.is_from(NORTHGATE)
    assert not heard.is_from(EASTSIDE)


def test_the_tag_is_the_one_that_another_implementation_computes() -> None:
    # printf 'hallway/1/beacon\0' and the nonce 10..1f, through
    # openssl dgst -sha256 -mac HMAC -macopt hexkey:000102..0f
    assert tag(NORTHGATE, bytes(range(16, 32))).hex() == "d6e5fd914339864c"


def test_two_boots_have_nothing_in_common() -> None:
    monday, tuesday = (write_txt(nonce, [tag(NORTHGATE, nonce)]) for nonce in (MONDAY, TUESDAY))
    assert set(monday.values()).isdisjoint(tuesday.values())


def test_a_tag_under_another_nonce_is_not_known() -> None:
    assert not Beacon(TUESDAY, (tag(NORTHGATE, MONDAY),)).is_from(NORTHGATE)


def test_a_device_of_several_groups_is_known_by_each() -> None:
    tags = [tag(key, MONDAY) for key in (NORTHGATE, EASTSIDE)]
    heard = read_txt(write_txt(MONDAY, tags))
    assert heard is not None
    assert heard.is_from(NORTHGATE)
    assert heard.is_from(EASTSIDE)


def test_the_fullest_beacon_fits_a_txt_string() -> None:
    tags = [tag(bytes([number] * 16), MONDAY) for number in range(BEACON_TAGS_MAX)]
    properties = write_txt(MONDAY, tags)
    assert max(len(key + b"=" + value) for key, value in properties.items()) <= TXT_STRING_BYTES_MAX
    assert read_txt(properties) == Beacon(MONDAY, tuple(tags))


def test_a_later_version_may_say_more() -> None:
    properties = write_txt(MONDAY, [tag(NORTHGATE, MONDAY)]) | {b"later": b"more"}
    heard = read_txt(properties)
    assert heard is not None
    assert heard.is_from(NORTHGATE)


ONE_TAG = b"8 bytes."


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {b"n": MONDAY},
        {b"t": ONE_TAG},
        {b"n": None, b"t": ONE_TAG},
        {b"n": MONDAY, b"t": None},
        {b"n": MONDAY, b"t": b""},
        {b"n": MONDAY[:-1], b"t": ONE_TAG},
        {b"n": MONDAY + b"!", b"t": ONE_TAG},
        {b"n": MONDAY, b"t": ONE_TAG[:-1]},
        {b"n": MONDAY, b"t": ONE_TAG + b"!"},
        {b"n": MONDAY, b"t": ONE_TAG * (BEACON_TAGS_MAX + 1)},
        {b"N": MONDAY, b"T": ONE_TAG},
        {b"n": b"\xff" * 255, b"t": b"\x00" * 255},
    ],
)
def test_garbage_is_no_beacon(properties: dict[bytes, bytes | None]) -> None:
    assert read_txt(properties) is None


@pytest.mark.parametrize(
    ("nonce", "tags"),
    [
        (MONDAY, []),
        (MONDAY, [ONE_TAG] * (BEACON_TAGS_MAX + 1)),
        (MONDAY, [ONE_TAG[:-1]]),
        (MONDAY[:-1], [ONE_TAG]),
    ],
)
def test_we_never_write_what_nobody_would_read(nonce: bytes, tags: list[bytes]) -> None:
    with pytest.raises(LocalError):
        write_txt(nonce, tags)


@pytest.mark.parametrize(("key", "nonce"), [(b"", MONDAY), (NORTHGATE, b""), (bytes(32), MONDAY)])
def test_a_key_or_nonce_of_another_length_is_our_own_bug(key: bytes, nonce: bytes) -> None:
    with pytest.raises(LocalError):
        tag(key, nonce)


def test_a_tag_is_short() -> None:
    assert len(tag(NORTHGATE, MONDAY)) == TAG_BYTES

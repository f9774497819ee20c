"""What is signed is the bytes: nothing in a record can be changed, and nothing needs rewriting."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from hashlib import sha256

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from protocol.bodies import Kind, Peering, Profile, Request, Seen, Unknown
from protocol.codec import Map, Value
from protocol.errors import BadSignature, LocalError, MalformedRecord, PeerError
from protocol.ids import directory_number, record_id, seen_number
from protocol.limits import (
    CREATED_MS_MAX,
    DIRECTORY_LIFETIME_MS_MAX,
    LIFETIME_MS_MAX,
    REACH_CODE_MAX,
    REACH_MAX,
    RECORD_BYTES_MAX,
    VERSION_MAX,
)
from protocol.record import BODY_BYTES_MAX, Record, body_map, parse, sign, to_bytes, verify
from protocol.roster import Roster
from tests.protocol.halls import Hall, as_map, resigned, signed_map

ADA, BEA = Hall("ada"), Hall("bea")
REQUEST = ADA.request()
PLEDGE = BEA.pledge(REQUEST)
SEEN = BEA.seen(REQUEST)
MESSAGES = [REQUEST, ADA.surplus(), PLEDGE, ADA.details(REQUEST, PLEDGE, BEA), SEEN]
EVERY_KIND = [*ADA.directory(BEA), *MESSAGES]


def parsed(changes: Map, record: Record = REQUEST, key: SigningKey = ADA.device) -> Record:
    return resigned(record, changes, key)


@pytest.mark.parametrize("record", EVERY_KIND, ids=lambda record: type(record.body).__name__)
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    verify(record)
    assert parse(record.body_bytes, record.signature) == record
    assert msgpack.unpackb(to_bytes(record)) == record.envelope
    assert type(record.body) is not Unknown
    assert as_map(record).items() >= body_map(record.body).items()


def test_an_heir_names_the_author_with_whose_object_it_goes_on() -> None:
    phone = ADA.with_device("phone")
    record = ADA.request(version=2, author=phone)
    verify(record)
    assert as_map(record)[9] == record.header.author == phone.device_key
    assert record.header.object == phone.request().header.object
    assert REQUEST.header.author is None
    assert 9 not in as_map(REQUEST)


def test_the_id_does_not_depend_on_the_signature() -> None:
    other = parse(REQUEST.body_bytes, bytes(64))
    assert other.id == REQUEST.id == record_id(REQUEST.body_bytes)
    with pytest.raises(BadSignature):
        verify(other)


def test_every_flipped_bit_is_noticed() -> None:
    for at in range(8 * len(REQUEST.body_bytes)):
        with pytest.raises((MalformedRecord, BadSignature)):
            verify(parse(flipped(REQUEST.body_bytes, at), REQUEST.signature))
    for at in range(8 * len(REQUEST.signature)):
        with pytest.raises(BadSignature):
            verify(parse(REQUEST.body_bytes, flipped(REQUEST.signature, at)))


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_another_devices_signature_is_bad() -> None:
    with pytest.raises(BadSignature):
        verify(parsed({}, key=BEA.device))


def test_the_signature_is_of_a_record_and_nothing_else() -> None:
    bare = ADA.device.sign(REQUEST.body_bytes).signature
    with pytest.raises(BadSignature):
        verify(parse(REQUEST.body_bytes, bare))


@pytest.mark.parametrize("key", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32])
def test_a_device_key_that_is_none_signs_nothing(key: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(parsed({2: key}))
    forged = parse(parsed({2: key}).body_bytes, bytes(64))
    with pytest.raises(BadSignature):
        verify(forged)


@pytest.mark.parametrize("key", range(8))
def test_every_header_key_has_to_be_there(key: int) -> None:
    fields = as_map(REQUEST)
    del fields[key]
    with pytest.raises(MalformedRecord):
        parse(*signed_map(fields, ADA.device))


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        (0, [4, 2**16 - 1], [-1, 2**16, "4"]),
        (1, [bytes(32)], [b"", bytes(31), bytes(33), "a" * 32, [1]]),
        (2, [bytes(32)], [b"", bytes(31), bytes(33)]),
        (3, [bytes(16)], [b"", bytes(15), bytes(17)]),
        (4, [1, VERSION_MAX], [0, -1, VERSION_MAX + 1]),
        (5, [0, CREATED_MS_MAX], [-1, CREATED_MS_MAX + 1]),
        (6, [1, LIFETIME_MS_MAX], [0, -1, LIFETIME_MS_MAX + 1]),
        (7, [1, REACH_MAX, REACH_CODE_MAX], [0, -1, REACH_CODE_MAX + 1, "2"]),
        (8, [1], [0, 2, -1, b"\x01", ""]),
    ],
)
def test_header_values_have_limits(key: int, good: list[Value], bad: list[Value]) -> None:
    for value in good:
        parsed({key: value})
    for value in bad:
        with pytest.raises(MalformedRecord):
            parsed({key: value})


@pytest.mark.parametrize(("asked", "given"), [(1, 1), (2, 2), (3, 3), (4, 3), (255, 3)])
def test_reach_is_clamped_and_what_was_signed_is_left_as_it_is(asked: int, given: int) -> None:
    record = parsed({7: asked})
    verify(record)
    assert record.header.reach == given
    assert as_map(record)[7] == asked


@pytest.mark.parametrize("record", MESSAGES, ids=lambda record: type(record.body).__name__)
def test_a_message_lives_as_long_as_any_may_and_no_longer(record: Record) -> None:
    parsed({6: LIFETIME_MS_MAX}, record)
    with pytest.raises(MalformedRecord):
        parsed({6: LIFETIME_MS_MAX + 1}, record)


@pytest.mark.parametrize("record", [ADA.profile(), ADA.peering()], ids=["profile", "peering"])
def test_the_directory_lives_longer(record: Record) -> None:
    parsed({6: DIRECTORY_LIFETIME_MS_MAX}, record)
    with pytest.raises(MalformedRecord):
        parsed({6: DIRECTORY_LIFETIME_MS_MAX + 1}, record)


@pytest.mark.parametrize("kind", [0, 13, 256, 2**16 - 1])
def test_what_is_not_known_may_live_as_long_as_anything(kind: int) -> None:
    parsed({0: kind, 6: DIRECTORY_LIFETIME_MS_MAX})
    for lifetime_ms in (0, DIRECTORY_LIFETIME_MS_MAX + 1):
        with pytest.raises(MalformedRecord):
            parsed({0: kind, 6: lifetime_ms})


@pytest.mark.parametrize("changes", [{15: 9}, {20: 9}], ids=["urgency", "closed"])
def test_a_code_that_is_not_known_lengthens_no_life(changes: Map) -> None:
    """The kind is known; each version must come to the same verdict on how long it may live."""
    parsed({6: LIFETIME_MS_MAX, **changes})
    with pytest.raises(MalformedRecord):
        parsed({6: LIFETIME_MS_MAX + 1, **changes})


def test_expiry_is_counted_from_creation() -> None:
    header = parsed({5: 1_000, 6: 60_000}).header
    assert header.expires_ms == 61_000
    assert ADA.roster().header.expires_ms is None


def test_a_record_of_an_unsure_clock_says_so() -> None:
    unsure = ADA.request(clock_unsure=True)
    verify(unsure)
    assert unsure.header.clock_unsure
    assert as_map(unsure) == {**as_map(REQUEST), 8: 1}
    assert parse(*unsure.envelope) == unsure
    assert not REQUEST.header.clock_unsure
    assert 8 not in as_map(REQUEST)


@pytest.mark.parametrize("record", EVERY_KIND, ids=lambda record: type(record.body).__name__)
def test_any_kind_may_be_of_an_unsure_clock(record: Record) -> None:
    key = ADA.keys.signing if isinstance(record.body, Roster) else ADA.device
    unsure = resigned(record, {8: 1}, key)
    assert unsure.header == replace(record.header, clock_unsure=True)
    assert unsure.body == record.body


@pytest.mark.parametrize("changes", [{1: bytes(32)}, {2: BEA.device_key}, {3: b"x" * 16}, {6: 1}])
def test_a_roster_is_its_groups_own(changes: Map) -> None:
    with pytest.raises(MalformedRecord):
        parsed(changes, ADA.roster(), ADA.keys.signing)


def test_objects_of_two_groups_never_meet() -> None:
    assert ADA.roster().header.object != BEA.roster().header.object
    taken: Map = {1: BEA.group}
    assert parsed(taken).header.object != REQUEST.header.object


@pytest.mark.parametrize("kind", [0, 13, 256, 2**16 - 1])
def test_an_unknown_kind_is_held_untouched(kind: int) -> None:
    fields: Map = {**as_map(REQUEST), 0: kind, 10: ["of a later version", {5: 6}]}
    body, signature = signed_map(fields, ADA.device)
    record = parse(body, signature)
    verify(record)
    assert record.body == Unknown(kind)
    assert record.envelope == [body, signature]
    assert not record.header.in_directory


@pytest.mark.parametrize("record", EVERY_KIND, ids=lambda record: type(record.body).__name__)
def test_unknown_keys_are_held_untouched(record: Record) -> None:
    key = ADA.keys.signing if isinstance(record.body, Roster) else ADA.device
    more = resigned(record, {100: "header", 101: [{0: b"body"}]}, key)
    assert more.body == record.body
    assert more.header == record.header
    assert as_map(more)[101] == [{0: b"body"}]
    assert parse(*more.envelope) == more


def test_a_record_fits_its_limit_with_the_envelope() -> None:
    room = BODY_BYTES_MAX - len(parsed({99: b""}).body_bytes) - 1
    largest = parsed({99: bytes(room)})
    assert len(largest.body_bytes) == BODY_BYTES_MAX
    assert len(to_bytes(largest)) == RECORD_BYTES_MAX
    with pytest.raises(MalformedRecord):
        parsed({99: bytes(room + 1)})


@pytest.mark.parametrize("length", [0, 63, 65])
def test_a_signature_has_its_length(length: int) -> None:
    with pytest.raises(MalformedRecord):
        parse(REQUEST.body_bytes, bytes(length))


@given(st.binary(max_size=200), st.binary(min_size=64, max_size=64))
def test_any_bytes_are_refused_as_the_peers_fault(body: bytes, signature: bytes) -> None:
    with suppress(PeerError):
        verify(parse(body, signature))
        raise AssertionError("a forgery")


@given(
    st.integers(0, 24),
    st.integers() | st.binary(max_size=40) | st.text(max_size=9) | st.lists(st.integers(0, 3)),
)
def test_any_value_under_any_key_is_read_or_refused(key: int, value: Value) -> None:
    for record in EVERY_KIND:
        with suppress(MalformedRecord, OverflowError):
            assert parsed({key: value}, record).header.version >= 1


def test_we_sign_nothing_malformed() -> None:
    request = REQUEST.body
    assert isinstance(request, Request)
    with pytest.raises(LocalError):
        sign(ADA.header(Kind.PLEDGE, "x"), request, ADA.device)
    with pytest.raises(LocalError):
        sign(ADA.header(13, "x"), request, ADA.device)
    with pytest.raises(LocalError):
        sign(ADA.header(Kind.REQUEST, "x", version=0), request, ADA.device)
    with pytest.raises(LocalError):
        ADA.sign(Peering((BEA.group, BEA.group)), "x")
    with pytest.raises(LocalError):
        ADA.sign(Profile("", "K", "", (bytes(32),)), "x")
    with pytest.raises(LocalError):
        sign(ADA.header(9, "x"), Unknown(9), ADA.device)
    with pytest.raises(LocalError):
        body_map(Unknown(9))


@pytest.mark.parametrize("record", [ADA.profile(), ADA.peering()], ids=["profile", "peering"])
def test_a_device_has_one_object_of_each_directory_kind(record: Record) -> None:
    """A second one would make the graph depend on which came last."""
    with pytest.raises(MalformedRecord):
        resigned(record, {3: bytes(16)}, ADA.device)
    other = {Kind.PROFILE: Kind.PEERING, Kind.PEERING: Kind.PROFILE}[Kind(record.header.kind)]
    for number in (directory_number(other, ADA.device_key), directory_number(2, BEA.device_key)):
        with pytest.raises(MalformedRecord):
            resigned(record, {3: number}, ADA.device)


def test_a_directory_number_is_a_hash_over_kind_and_device() -> None:
    hashed = sha256(b"hallway/1/directory\x00" + b"\x03" + ADA.device_key).digest()
    assert ADA.peering().header.number == hashed[:16]


def test_a_device_says_once_that_it_has_seen_a_request() -> None:
    assert isinstance(SEEN.body, Seen)
    verify(SEEN)
    other = ADA.request("beds").header.object
    for number in (
        bytes(16),
        seen_number(SEEN.body.request, ADA.device_key),
        seen_number(other, BEA.device_key),
    ):
        with pytest.raises(MalformedRecord):
            resigned(SEEN, {3: number}, BEA.device)
    with pytest.raises(MalformedRecord):
        resigned(SEEN, {10: other}, BEA.device)
    with pytest.raises(LocalError):
        BEA.sign(SEEN.body, "any number")
    phone = BEA.with_device("phone").seen(REQUEST)
    assert phone.header.object != SEEN.header.object


def test_a_seen_number_is_a_hash_over_request_and_device() -> None:
    hashed = sha256(b"hallway/1/seen\x00" + REQUEST.header.object + BEA.device_key).digest()
    assert SEEN.header.number == hashed[:16]

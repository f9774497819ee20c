"""What links say: every frame survives the wire, and nothing else gets in."""

from __future__ import annotations

from contextlib import suppress

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codec import Map, Value, decode_frame, encode
from protocol.errors import MalformedFrame, MalformedRecord
from protocol.frames import (
    Agree,
    Confirm,
    Differ,
    Fetch,
    Fetched,
    Frame,
    Held,
    Introduce,
    Paired,
    Reconcile,
    Records,
    Sent,
    SharedSet,
    Summary,
    TurnAway,
    TurnedAway,
    Want,
    Whereabouts,
    from_bytes,
    pack_records,
    to_bytes,
    unpack_records,
)
from protocol.ids import DeviceKey, RecordId
from protocol.limits import (
    COUNT_MAX,
    FRAME_BYTES_MAX,
    FRAME_IDS_MAX,
    FRAME_RECORDS_MAX,
    NAME_BYTES_MAX,
)
from protocol.reconcile import MESSAGE_BYTES_MAX
from protocol.record import BODY_BYTES_MAX, Record, parse
from tests.protocol.halls import NOW, UNPURGED, Hall, as_map, resigned, seed_of

ADA, BEA = Hall("ada"), Hall("bea")
IDS = tuple(RecordId(seed_of(f"id {number}")) for number in range(FRAME_IDS_MAX))
EVERY: list[Frame] = [
    Introduce(ADA.roster().envelope, ADA.device_key, 7, bytes(16), bytes(64)),
    Introduce(
        ADA.roster().envelope, ADA.device_key, 7, bytes(16), bytes(64), ADA.profile().envelope
    ),
    TurnAway(TurnedAway.NOT_A_NEIGHBOUR),
    TurnAway(TurnedAway.CODE_USED, "St Anna"),
    Confirm("St Anna"),
    Paired("St Anna"),
    Whereabouts(bytes(16), 0),
    Whereabouts(bytes(16), 65_535),
    Records([]),
    Records([record.envelope for record in ADA.directory(BEA)]),
    Held(()),
    Held(IDS),
    Summary(SharedSet.DIRECTORY, 0, bytes(16), UNPURGED),
    Summary(SharedSet.OTHERS, COUNT_MAX, b"\xff" * 16, UNPURGED),
    Agree(SharedSet.DIRECTORY),
    Summary(SharedSet.ALL, 3, bytes(16), UNPURGED, NOW),
    Summary(SharedSet.OTHERS, 3, bytes(16), UNPURGED, None, is_unsaved=True),
    Agree(SharedSet.ALL, NOW, is_unsaved=True, purged_ms=NOW),
    Differ(SharedSet.OTHERS, UNPURGED, COUNT_MAX),
    Differ(SharedSet.ALL, UNPURGED, 0, NOW),
    Fetch(SharedSet.OTHERS, b""),
    Fetch(SharedSet.OTHERS, bytes(40)),
    Fetched(SharedSet.DIRECTORY, b""),
    Fetched(SharedSet.DIRECTORY, bytes(40)),
    Reconcile(SharedSet.OTHERS, b"a"),
    Reconcile(SharedSet.OTHERS, bytes(MESSAGE_BYTES_MAX)),
    Want(SharedSet.DIRECTORY, IDS),
    Sent(SharedSet.OTHERS),
]
CODES = {1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}

OPTIONAL: dict[Value, set[int]] = {
    1: {6},
    2: {2},
    12: {5, 6},
    13: {2, 3, 4},
    14: {4},
    15: {2},
    18: {2},
    19: {2},
}
"""By code: keys that may be left out."""

some_values: st.SearchStrategy[Value] = st.recursive(
    st.integers(-3, 300) | st.binary(max_size=70) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


def name_of(frame: object) -> str:
    return type(frame).__name__


@pytest.mark.parametrize("frame", EVERY, ids=name_of)
def test_what_is_said_is_heard(frame: Frame) -> None:
    data = to_bytes(frame)
    assert len(data) <= FRAME_BYTES_MAX
    assert from_bytes(data) == frame


def test_every_frame_is_among_them() -> None:
    assert {decode_frame(to_bytes(frame))[0] for frame in EVERY} == CODES


@pytest.mark.parametrize("frame", EVERY, ids=name_of)
def test_unknown_keys_are_no_fault(frame: Frame) -> None:
    fields = {**decode_frame(to_bytes(frame)), 77: "later"}
    if len(encode(fields)) <= FRAME_BYTES_MAX:
        assert from_bytes(encode(fields)) == frame


@pytest.mark.parametrize("code", sorted(set(range(256)) - CODES))
def test_frames_of_a_later_version_are_no_fault(code: int) -> None:
    assert from_bytes(encode({0: code})) is None
    assert from_bytes(encode({0: code, 1: [b"anything"]})) is None


@pytest.mark.parametrize("frame", EVERY, ids=name_of)
def test_what_is_missing_is_noticed(frame: Frame) -> None:
    fields = decode_frame(to_bytes(frame))
    optional = OPTIONAL.get(fields[0], set())
    for key in set(fields) - optional:
        with pytest.raises(MalformedFrame):
            from_bytes(encode({each: fields[each] for each in fields if each != key}))


@given(st.sampled_from(sorted(CODES)), st.dictionaries(st.integers(1, 6), some_values))
def test_any_values_are_a_frame_or_malformed(code: int, values: dict[int, Value]) -> None:
    fields: Map = dict(sorted({**values, 0: code}.items()))
    with suppress(MalformedFrame, MalformedRecord):
        frame = from_bytes(encode(fields))
        assert frame is not None
        assert from_bytes(to_bytes(frame)) == frame
        if isinstance(frame, Records):
            unpack_records(frame)


@given(st.binary(max_size=100), st.sampled_from(EVERY), st.integers(0, 200))
def test_any_bytes_are_a_frame_or_malformed(noise: bytes, frame: Frame, at: int) -> None:
    good = to_bytes(frame)[:4_000]
    for data in (noise, good[:at], good[:at] + noise + good[at + len(noise) :]):
        with suppress(MalformedFrame):
            from_bytes(data)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {0: -1},
        {0: 256},
        {0: "1"},
        {0: 3, 1: ""},
        {0: 3, 1: "x" * (NAME_BYTES_MAX + 1)},
        {0: 5, 1: bytes(15), 2: 1},
        {0: 5, 1: bytes(16), 2: 65_536},
        {0: 10, 1: [[b"", b"", b""]]},
        {0: 10, 1: [[b"", 1]]},
        {0: 10, 1: [[1, b""]]},
        {0: 10, 1: [b""]},
        {0: 10, 1: [[b"", b""]] * (FRAME_RECORDS_MAX + 1)},
        {0: 11, 1: [bytes(31)]},
        {0: 11, 1: [7]},
        {0: 11, 1: [bytes(32)] * (FRAME_IDS_MAX + 1)},
        {0: 12, 1: 3, 2: 0, 3: bytes(16), 4: 0},
        {0: 12, 1: 0, 2: COUNT_MAX + 1, 3: bytes(16)},
        {0: 12, 1: 0, 2: 0, 3: bytes(15)},
        {0: 13, 1: 3},
        {0: 17, 1: 2},
        {0: 18, 1: 0, 2: bytes(39)},
        {0: 15, 1: 0, 2: b""},
        {0: 16, 1: 0, 2: [b""]},
    ],
)
def test_what_is_malformed(fields: Map) -> None:
    with pytest.raises(MalformedFrame):
        from_bytes(msgpack.packb(fields))


# Records in frames ----------------------------------------------------------------------------


def large(number: int, size: int) -> Record:
    padded: Map = {77: bytes(size)}
    return resigned(ADA.request(f"meals {number}"), padded, ADA.device)


@pytest.mark.parametrize("size", [0, 100, 1_000, 3_600])
@pytest.mark.parametrize("count", [0, 1, 17, 410])
def test_records_come_in_few_frames_and_in_order(size: int, count: int) -> None:
    records = [large(number, size) for number in range(count)]
    frames = list(pack_records(records))
    back = []
    for frame in frames:
        data = to_bytes(frame)
        assert len(data) <= FRAME_BYTES_MAX
        heard = from_bytes(data)
        assert isinstance(heard, Records)
        back += unpack_records(heard)
    assert back == records
    fit = min((FRAME_BYTES_MAX - 64) // (size + 400), FRAME_RECORDS_MAX)
    assert len(frames) <= -(-count // fit)
    assert (frames == []) is (count == 0)


def test_more_of_the_smallest_records_than_the_limit_do_not_fit() -> None:
    header: Map = {0: 20, 1: bytes(32), 2: bytes(32), 3: bytes(16), 4: 1, 5: 0, 6: 1, 7: 1}
    smallest = parse(msgpack.packb(header), bytes(64))
    assert len(msgpack.packb(smallest.envelope)) * FRAME_RECORDS_MAX > FRAME_BYTES_MAX
    first = next(pack_records([smallest] * FRAME_RECORDS_MAX))
    assert len(first.envelopes) < FRAME_RECORDS_MAX


def test_the_largest_records_fill_a_frame() -> None:
    room = BODY_BYTES_MAX - len(large(10, 0).body_bytes) - 1
    records = [large(number, room) for number in range(10, 50)]
    assert len(records[0].body_bytes) == BODY_BYTES_MAX
    assert all(len(to_bytes(frame)) <= FRAME_BYTES_MAX for frame in pack_records(records))


def test_a_malformed_record_spoils_its_frame() -> None:
    good = ADA.request().envelope
    spoiled = Records([good, [b"\x80", bytes(64)]])
    with pytest.raises(MalformedRecord):
        unpack_records(spoiled)
    assert as_map(unpack_records(Records([good]))[0])[0] == 4


def test_a_device_is_no_name() -> None:
    """An introduction names a key of 32 bytes and shows one envelope."""
    short = Introduce(ADA.roster().envelope, DeviceKey(bytes(31)), 7, bytes(16), bytes(64))
    with pytest.raises(MalformedFrame):
        from_bytes(to_bytes(short))

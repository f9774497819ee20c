"""What two ends of a link say to each other, one dataclass a frame.

A frame is a canonical map; key 0 says which one it is. Frames of a later version are not a fault:
`from_bytes` answers None, and the link goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from protocol.codec import Map, Value, decode_frame, encode
from protocol.errors import MalformedFrame, MalformedRecord
from protocol.fields import Fields, without_defaults
from protocol.ids import DeviceKey, RecordId, UnixMs
from protocol.limits import (
    COUNT_MAX,
    CREATED_MS_MAX,
    FRAME_BYTES_MAX,
    FRAME_IDS_MAX,
    FRAME_OVERHEAD_BYTES,
    FRAME_RECORDS_MAX,
    NAME_BYTES_MAX,
    PORT_MAX,
)
from protocol.record import Record, parse

PLACE_BYTES: Final = 40
"""Where an item stands in its set: 8 bytes of when it was created, 32 of its id."""


class SharedSet(IntEnum):
    """The two sets of a link; the directory is settled before the others.

    Both together are only asked about as a whole: where they agree, that is all.
    """

    DIRECTORY = 0
    OTHERS = 1
    ALL = 2


class TurnedAway(IntEnum):
    """Why a hall ends a link that has only just begun."""

    NOT_A_NEIGHBOUR = 1
    CODE_USED = 2
    CODE_EXPIRED = 3
    OWN_CODE = 4
    TOO_MANY_NEIGHBOURS = 5
    ALREADY_LINKED = 6


@dataclass(frozen=True, slots=True)
class Introduce:
    """Who speaks: the roster that lists the device, and the device's signature over the handshake.

    `boot` and `boot_nonce` tell two machines with one card apart. `vouch`: what a guest shows, whom
    the roster does not list.
    """

    roster: list[bytes]
    device: DeviceKey
    boot: int
    boot_nonce: bytes
    signature: bytes
    vouch: list[bytes] | None = None


@dataclass(frozen=True, slots=True)
class TurnAway:
    """The last frame of a link. `name`: who used the code, where that is the reason."""

    reason: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Confirm:
    """The joiner wants to be paired; it has seen who invited it."""

    name: str


@dataclass(frozen=True, slots=True)
class Paired:
    """The inviter has saved the pairing."""

    name: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What lets this neighbour, and nobody else, recognise us on the local network.

    `port` is where we listen, at the address that this link comes from; 0: nowhere.
    """

    discovery_key: bytes
    port: int


@dataclass(frozen=True, slots=True)
class Records:
    envelopes: list[list[bytes]]


@dataclass(frozen=True, slots=True)
class Held:
    """These records of yours are on our disk."""

    ids: tuple[RecordId, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """All that we share of one set: agree, and nothing else need be said.

    What expires up to `purged_ms` is purged here and left out; the later mark of both ends counts.
    `is_unsaved`: some of it is not on our disk yet, so that agreement says less.
    """

    shared: SharedSet
    count: int
    fingerprint: bytes
    purged_ms: UnixMs
    time_ms: UnixMs | None = None
    is_unsaved: bool = False


@dataclass(frozen=True, slots=True)
class Agree:
    shared: SharedSet
    time_ms: UnixMs | None = None
    is_unsaved: bool = False
    purged_ms: UnixMs | None = None


@dataclass(frozen=True, slots=True)
class Differ:
    """Reconcile then; mark and count are the responder's. `time_ms` in these three frames is what
    its sender's clock shows: of all only, and only while that clock is trusted."""

    shared: SharedSet
    purged_ms: UnixMs
    count: int
    time_ms: UnixMs | None = None


@dataclass(frozen=True, slots=True)
class Reconcile:
    """One message of negentropy version 1."""

    shared: SharedSet
    message: bytes


@dataclass(frozen=True, slots=True)
class Want:
    """Send us these, then say Sent."""

    shared: SharedSet
    ids: tuple[RecordId, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """All that was wanted has been sent, as far as we still hold it."""

    shared: SharedSet


@dataclass(frozen=True, slots=True)
class Fetch:
    """Send a part of all that we share, in order, from behind the place `after`; then say Fetched.

    A place is the 40 bytes that order an item: created, big-endian, and id; empty: the start.
    """

    shared: SharedSet
    after: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """A part has been sent up to and including the place `at`; empty: to the end."""

    shared: SharedSet
    at: bytes


Dialogue = Summary | Agree | Differ | Reconcile | Want | Sent | Fetch | Fetched
"""By which two ends find out what differs, and mend it."""
Frame = Introduce | TurnAway | Confirm | Paired | Whereabouts | Records | Held | Dialogue


def to_bytes(frame: Frame) -> bytes:
    return encode(_write(frame))


def from_bytes(data: bytes) -> Frame | None:
    """The frame in `data`, None for one of a later version. Raises MalformedFrame."""
    fields = Fields(decode_frame(data))
    try:
        return _read(fields.number(0, 255), fields)
    except MalformedRecord as error:
        raise MalformedFrame(str(error)) from error


def _write(frame: Frame) -> Map:  # noqa: PLR0911 - a table
    match frame:
        case Introduce():
            introduction: Map = {
                0: 1,
                1: [*frame.roster],
                2: frame.device,
                3: frame.boot,
                4: frame.boot_nonce,
                5: frame.signature,
            }
            return introduction | ({6: [*frame.vouch]} if frame.vouch else {})
        case TurnAway():
            return without_defaults({0: 2, 1: int(frame.reason), 2: frame.name})
        case Confirm():
            return {0: 3, 1: frame.name}
        case Paired():
            return {0: 4, 1: frame.name}
        case Whereabouts():
            return {0: 5, 1: frame.discovery_key, 2: frame.port}
        case Records():
            return {0: 10, 1: [[*envelope] for envelope in frame.envelopes]}
        case Held():
            return {0: 11, 1: [*frame.ids]}
        case _:
            return _write_dialogue(frame)


def _write_dialogue(frame: Dialogue) -> Map:  # noqa: PLR0911 - a table
    match frame:
        case Summary():
            return without_defaults(
                {
                    0: 12,
                    1: int(frame.shared),
                    2: frame.count,
                    3: frame.fingerprint,
                    4: frame.purged_ms,
                    5: frame.time_ms,
                    6: int(frame.is_unsaved) or None,
                }
            )
        case Agree():
            unsaved = int(frame.is_unsaved) or None
            return without_defaults(
                {
                    0: 13,
                    1: int(frame.shared),
                    2: frame.time_ms,
                    3: unsaved,
                    4: frame.purged_ms,
                }
            )
        case Differ():
            return without_defaults(
                {
                    0: 14,
                    1: int(frame.shared),
                    2: frame.purged_ms,
                    3: frame.count,
                    4: frame.time_ms,
                }
            )
        case Reconcile():
            return {0: 15, 1: int(frame.shared), 2: frame.message}
        case Want():
            return {0: 16, 1: int(frame.shared), 2: [*frame.ids]}
        case Sent():
            return {0: 17, 1: int(frame.shared)}
        case Fetch():
            return without_defaults({0: 18, 1: int(frame.shared), 2: frame.after or None})
        case Fetched():
            return without_defaults({0: 19, 1: int(frame.shared), 2: frame.at or None})


def _read(code: int, fields: Fields) -> Frame | None:  # noqa: PLR0911 - a table
    match code:
        case 1:
            return Introduce(
                _envelope(fields.items(1, 2)),
                DeviceKey(fields.raw(2, 32)),
                fields.number(3, COUNT_MAX),
                fields.raw(4, 16),
                fields.raw(5, 64),
                _envelope(fields.items(6, 2)) if fields.has(6) else None,
            )
        case 2:
            return TurnAway(fields.number(1, 255), fields.optional_text(2, NAME_BYTES_MAX))
        case 3:
            return Confirm(fields.text(1, NAME_BYTES_MAX, least=1))
        case 4:
            return Paired(fields.text(1, NAME_BYTES_MAX, least=1))
        case 5:
            return Whereabouts(fields.raw(1, 16), fields.number(2, PORT_MAX))
        case 10:
            return Records([_envelope(item) for item in fields.items(1, FRAME_RECORDS_MAX)])
        case 11:
            return Held(_ids(fields, 1))
        case _:
            return _read_dialogue(code, fields)


def _read_dialogue(code: int, fields: Fields) -> Dialogue | None:  # noqa: PLR0911 - a table
    match code:
        case 12:
            return Summary(
                _shared(fields, SharedSet.ALL),
                fields.number(2, COUNT_MAX),
                fields.raw(3, 16),
                UnixMs(fields.number(4, CREATED_MS_MAX)),
                fields.optional_time(5),
                _flag(fields, 6),
            )
        case 13:
            return Agree(
                _shared(fields, SharedSet.ALL),
                fields.optional_time(2),
                _flag(fields, 3),
                fields.optional_time(4),
            )
        case 14:
            return Differ(
                _shared(fields, SharedSet.ALL),
                UnixMs(fields.number(2, CREATED_MS_MAX)),
                fields.number(3, COUNT_MAX),
                fields.optional_time(4),
            )
        case 15:
            return Reconcile(_shared(fields), fields.optional_blob(2, FRAME_BYTES_MAX))
        case 16:
            return Want(_shared(fields), _ids(fields, 2))
        case 17:
            return Sent(_shared(fields))
        case 18:
            return Fetch(_shared(fields), _place(fields))
        case 19:
            return Fetched(_shared(fields), _place(fields))
        case _:
            return None


def pack_records(records: Sequence[Record]) -> Iterator[Records]:
    """`records` in as few frames as hold them, in order."""
    envelopes: list[list[bytes]] = []
    size = FRAME_OVERHEAD_BYTES
    for record in records:
        cost = len(record.body_bytes) + len(record.signature) + 8
        if envelopes and (size + cost > FRAME_BYTES_MAX or len(envelopes) == FRAME_RECORDS_MAX):
            yield Records(envelopes)
            envelopes, size = [], FRAME_OVERHEAD_BYTES
        envelopes.append(record.envelope)
        size += cost
    if envelopes:
        yield Records(envelopes)


def unpack_records(frame: Records) -> list[Record]:
    """The records in a frame, signatures not yet verified. Raises MalformedRecord."""
    return [parse(body, signature) for body, signature in frame.envelopes]


def _shared(fields: Fields, most: SharedSet = SharedSet.OTHERS) -> SharedSet:
    return SharedSet(fields.number(1, most))


def _flag(fields: Fields, key: int) -> bool:
    return fields.optional_number(key, 1, least=1) is not None


def _place(fields: Fields) -> bytes:
    return fields.raw(2, PLACE_BYTES) if fields.has(2) else b""


def _envelope(value: Value) -> list[bytes]:
    if type(value) is list and len(value) == 2:
        body, signature = value
        if type(body) is bytes and type(signature) is bytes:
            return [body, signature]
    raise MalformedFrame("not the envelope of a record")


def _ids(fields: Fields, key: int) -> tuple[RecordId, ...]:
    ids = fields.items(key, FRAME_IDS_MAX)
    found = tuple(RecordId(each) for each in ids if type(each) is bytes and len(each) == 32)
    if len(found) != len(ids):
        raise MalformedFrame("not a list of record ids")
    return found

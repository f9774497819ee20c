"""One signed record: `[body bytes, signature]`.

What is hashed and signed are the bytes as received; nothing is ever re-encoded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import msgpack
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from protocol.bodies import KINDS, Body, Details, Kind, Pledge, Seen, Unknown, read_body
from protocol.codec import Map, decode_body, encode
from protocol.errors import BadSignature, LocalError, MalformedRecord
from protocol.fields import Fields
from protocol.ids import (
    RECORD_TAG,
    DeviceKey,
    GroupId,
    ObjectId,
    ObjectNumber,
    RecordId,
    UnixMs,
    directory_number,
    group_id,
    object_id,
    record_id,
    seen_number,
)
from protocol.limits import (
    CREATED_MS_MAX,
    DIRECTORY_LIFETIME_MS_MAX,
    KIND_MAX,
    LIFETIME_MS_MAX,
    REACH_CODE_MAX,
    REACH_MAX,
    RECORD_BYTES_MAX,
    VERSION_MAX,
)

SIGNATURE_BYTES: Final = 64
ENVELOPE_BYTES_MAX: Final = 6
"""What MessagePack adds around body and signature."""
BODY_BYTES_MAX: Final = RECORD_BYTES_MAX - SIGNATURE_BYTES - ENVELOPE_BYTES_MAX
ROSTER_NUMBER: Final = ObjectNumber(bytes(16))
"""A group has one roster, so its object needs no number of its own."""
DIRECTORY_KINDS: Final = frozenset({Kind.ROSTER, Kind.PROFILE, Kind.PEERING})
MESSAGE_KINDS: Final = frozenset(Kind) - DIRECTORY_KINDS
"""A kind of a later version is neither; it may live as long as either."""


@dataclass(frozen=True, slots=True)
class Header:
    """What every record names. `lifetime_ms` 0: it does not expire (rosters only).

    `number` is fixed for what there is one of: a group's roster (`ROSTER_NUMBER`), a device's
    profile and peering (`directory_number`), what it says of having read a request (`seen_number`).

    `clock_unsure`: nobody vouched for the clock that `created_ms` was read from. Such a record ages
    from when each receiver first heard of it; `expires_ms` then serves to compare versions only.
    """

    kind: int
    group: GroupId
    device: DeviceKey
    number: ObjectNumber
    version: int
    created_ms: UnixMs
    lifetime_ms: int
    reach: int
    clock_unsure: bool = False
    object: ObjectId = field(init=False, repr=False, compare=False)
    """The same for every version; asked for at every turn, so reckoned once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "object", object_id(self.group, self.number))

    @property
    def expires_ms(self) -> UnixMs | None:
        if self.lifetime_ms == 0:
            return None
        return UnixMs(self.created_ms + self.lifetime_ms)

    @property
    def in_directory(self) -> bool:
        return self.kind in DIRECTORY_KINDS


@dataclass(frozen=True, slots=True)
class Record:
    id: RecordId
    header: Header
    body: Body
    body_bytes: bytes
    signature: bytes

    @property
    def envelope(self) -> list[bytes]:
        return [self.body_bytes, self.signature]


def sign(header: Header, body: Body, key: SigningKey) -> Record:
    """Make a record of our own; raises LocalError when it would be malformed."""
    if KINDS.get(type(body)) != header.kind:
        raise LocalError(f"{type(body).__name__} under kind {header.kind}")
    body_bytes = encode(_write_header(header) | body_map(body))
    signature = key.sign(RECORD_TAG + body_bytes).signature
    try:
        return parse(body_bytes, signature)
    except MalformedRecord as error:
        raise LocalError(str(error)) from error


def body_map(body: Body) -> Map:
    if isinstance(body, Unknown):
        raise LocalError("a kind that this version cannot write")
    return body.write()


def parse(body_bytes: bytes, signature: bytes) -> Record:
    """The record in these bytes, its signature not yet verified. Raises MalformedRecord."""
    if len(body_bytes) > BODY_BYTES_MAX or len(signature) != SIGNATURE_BYTES:
        raise MalformedRecord(f"{len(body_bytes)} bytes signed by {len(signature)}")
    fields = Fields(decode_body(body_bytes))
    header = _read_header(fields)
    body = read_body(header.kind, fields)
    if isinstance(body, Seen) and header.number != seen_number(body.request, header.device):
        raise MalformedRecord("a device says once that it has seen a request")
    return Record(record_id(body_bytes), header, body, body_bytes, signature)


def verify(record: Record) -> None:
    """Raises BadSignature unless the device that the record names has signed it."""
    try:
        VerifyKey(record.header.device).verify(RECORD_TAG + record.body_bytes, record.signature)
    except (BadSignatureError, ValueError) as error:
        raise BadSignature(record.id.hex()[:12]) from error


def to_bytes(record: Record) -> bytes:
    packed: bytes = msgpack.packb(record.envelope)
    return packed


def _write_header(header: Header) -> Map:
    return {
        0: int(header.kind),
        1: header.group,
        2: header.device,
        3: header.number,
        4: header.version,
        5: header.created_ms,
        6: header.lifetime_ms,
        7: header.reach,
        **({8: 1} if header.clock_unsure else {}),
    }


def _read_header(fields: Fields) -> Header:
    kind = fields.number(0, KIND_MAX)
    header = Header(
        kind=kind,
        group=GroupId(fields.raw(1, 32)),
        device=DeviceKey(fields.raw(2, 32)),
        number=ObjectNumber(fields.raw(3, 16)),
        version=fields.number(4, VERSION_MAX, least=1),
        created_ms=UnixMs(fields.number(5, CREATED_MS_MAX)),
        lifetime_ms=fields.number(6, _lifetime_ms_max(kind), least=0 if kind == Kind.ROSTER else 1),
        reach=min(fields.number(7, REACH_CODE_MAX, least=1), REACH_MAX),
        clock_unsure=fields.optional_number(8, 1, least=1) is not None,
    )
    if kind == Kind.ROSTER:
        _check_roster(header)
    elif kind in DIRECTORY_KINDS and header.number != directory_number(kind, header.device):
        raise MalformedRecord("a device has one profile and one peering, under fixed numbers")
    return header


def _lifetime_ms_max(kind: int) -> int:
    if kind == Kind.ROSTER:
        return 0
    return LIFETIME_MS_MAX if kind in MESSAGE_KINDS else DIRECTORY_LIFETIME_MS_MAX


def _check_roster(header: Header) -> None:
    if header.group != group_id(header.device) or header.number != ROSTER_NUMBER:
        raise MalformedRecord("a roster is signed by its own group's key")


def about(record: Record) -> ObjectId | None:
    """The request that a record answers, None for what stands by itself."""
    body = record.body
    if isinstance(body, Unknown):
        return body.about
    return body.request if isinstance(body, Pledge | Details | Seen) else None


def stands_on(record: Record) -> tuple[ObjectId, ...]:
    """What has to be held before `record` can be: the request, and for details the pledge."""
    asked = about(record)
    if asked is None:
        return ()
    return (asked, record.body.pledge) if isinstance(record.body, Details) else (asked,)

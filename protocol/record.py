"""One signed record: `[body bytes, signature]`.

What is hashed and signed are the bytes as received; nothing is ever re-encoded. A proof of
equivocation is the one record that nobody signs: it holds two contents that one device has signed
under one version, and all else in it follows from them, so that every hall writes the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import msgpack
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey

from protocol.bodies import (
    KINDS,
    Body,
    Details,
    Kind,
    Peering,
    Pledge,
    Profile,
    Seen,
    Unknown,
    read_body,
)
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
    adoption_number,
    directory_number,
    group_id,
    object_id,
    record_id,
    seen_number,
    vouch_number,
)
from protocol.kinds import LIFETIMES_MS_MAX, PROOF_KINDS, UNENDING_KINDS, is_directory
from protocol.limits import (
    CREATED_MS_MAX,
    DIRECTORY_LIFETIME_MS_MAX,
    KIND_MAX,
    PROOF_BYTES_MAX,
    REACH_CODE_MAX,
    REACH_MAX,
    RECORD_BYTES_MAX,
    VERSION_MAX,
)
from protocol.roster import Adoption, Roster, Vouch

SIGNATURE_BYTES: Final = 64
ENVELOPE_BYTES_MAX: Final = 6
"""What MessagePack adds around body and signature."""
BODY_BYTES_MAX: Final = RECORD_BYTES_MAX - SIGNATURE_BYTES - ENVELOPE_BYTES_MAX
PROOF_BODY_BYTES_MAX: Final = PROOF_BYTES_MAX - SIGNATURE_BYTES - ENVELOPE_BYTES_MAX
UNSIGNED: Final = bytes(SIGNATURE_BYTES)
"""What stands where the signature of a proof would be."""
ROSTER_NUMBER: Final = ObjectNumber(bytes(16))
"""A group has one roster, so its object needs no number of its own."""


@dataclass(frozen=True, slots=True)
class Header:
    """What every record names. `lifetime_ms` 0: it does not expire (rosters only).

    `number` is fixed for what there is one of: a group's roster (`ROSTER_NUMBER`), a device's
    profile and peering (`directory_number`), what it says of having read a request (`seen_number`).

    `clock_unsure`: nobody vouched for the clock that `created_ms` was read from. Such a record ages
    from when each receiver first heard of it; `expires_ms` then serves to compare versions only.

    `author`: the device that made the object, given where its heir goes on with it.
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
    author: DeviceKey | None = None
    object: ObjectId = field(init=False, repr=False, compare=False)
    """The same for every version; asked for at every turn, so reckoned once."""

    def __post_init__(self) -> None:
        author = self.author or self.device
        object.__setattr__(self, "object", object_id(self.group, author, self.number))

    @property
    def expires_ms(self) -> UnixMs | None:
        if self.lifetime_ms == 0:
            return None
        return UnixMs(self.created_ms + self.lifetime_ms)

    @property
    def in_directory(self) -> bool:
        """Also a kind of a later version that says so by its number."""
        return is_directory(self.kind)


@dataclass(frozen=True, slots=True)
class Record:
    id: RecordId
    header: Header
    body: Body | Proof
    body_bytes: bytes
    signature: bytes

    @property
    def envelope(self) -> list[bytes]:
        return [self.body_bytes, self.signature]


@dataclass(frozen=True, slots=True)
class Proof:
    """Two contents that one device has signed as one version of one object; `first` has the lower
    id. Whoever signs so is not believed in either."""

    first: Record
    second: Record

    @property
    def rank(self) -> tuple[int, RecordId, RecordId]:
        """Of two proofs about one object the lower one stands, on every hall the same."""
        return self.first.header.version, self.first.id, self.second.id


def sign(header: Header, body: Body | Proof, key: SigningKey) -> Record:
    """Make a record of our own; raises LocalError when it would be malformed."""
    if isinstance(body, Proof) or KINDS.get(type(body)) != header.kind:
        raise LocalError(f"{type(body).__name__} under kind {header.kind}")
    body_bytes = encode(_write_header(header) | body_map(body))
    signature = key.sign(RECORD_TAG + body_bytes).signature
    try:
        return parse(body_bytes, signature)
    except MalformedRecord as error:
        raise LocalError(str(error)) from error


def body_map(body: Body | Proof) -> Map:
    if isinstance(body, Unknown | Proof):
        raise LocalError("a kind that nobody signs, or that this version cannot write")
    return body.write()


def prove(one: Record, other: Record) -> Record:
    """The proof that one device has signed both. Raises LocalError when they prove nothing."""
    first, second = sorted((one, other), key=lambda record: record.id)
    try:
        return parse(_body_of_proof(first, second), UNSIGNED)
    except MalformedRecord as error:
        raise LocalError(str(error)) from error


def parse(body_bytes: bytes, signature: bytes) -> Record:
    """The record in these bytes, its signature not yet verified. Raises MalformedRecord."""
    if len(body_bytes) > PROOF_BODY_BYTES_MAX or len(signature) != SIGNATURE_BYTES:
        raise MalformedRecord(f"{len(body_bytes)} bytes signed by {len(signature)}")
    fields = Fields(decode_body(body_bytes))
    header = _read_header(fields)
    body: Body | Proof
    if header.kind in PROOF_KINDS:
        body = _read_proof(fields)
        if signature != UNSIGNED or body_bytes != _body_of_proof(body.first, body.second):
            raise MalformedRecord("a proof that does not follow from what it holds")
    elif len(body_bytes) > BODY_BYTES_MAX:
        raise MalformedRecord(f"a body of {len(body_bytes)} bytes")
    else:
        body = read_body(header.kind, fields)
        _check_number(header, body)
    return Record(record_id(body_bytes), header, body, body_bytes, signature)


def verify(record: Record) -> None:
    """Raises BadSignature unless the device that the record names has signed it."""
    if isinstance(record.body, Proof):
        verify(record.body.first)
        verify(record.body.second)
        return
    signed = record.signature + RECORD_TAG + record.body_bytes
    try:
        crypto_sign_open(signed, record.header.device)
    except (BadSignatureError, ValueError) as error:
        raise BadSignature(f"the signature of record {record.id.hex()[:8]} does not fit") from error


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
        **({9: header.author} if header.author else {}),
    }


def _read_header(fields: Fields) -> Header:
    kind = fields.number(0, KIND_MAX)
    device = DeviceKey(fields.raw(2, 32))
    header = Header(
        kind=kind,
        group=GroupId(fields.raw(1, 32)),
        device=device,
        number=ObjectNumber(fields.raw(3, 16)),
        version=fields.number(4, VERSION_MAX, least=1),
        created_ms=UnixMs(fields.number(5, CREATED_MS_MAX)),
        lifetime_ms=fields.number(
            6,
            LIFETIMES_MS_MAX.get(kind, DIRECTORY_LIFETIME_MS_MAX),
            least=0 if kind in UNENDING_KINDS else 1,
        ),
        reach=min(fields.number(7, REACH_CODE_MAX, least=1), REACH_MAX),
        clock_unsure=fields.optional_number(8, 1, least=1) is not None,
        author=DeviceKey(fields.raw(9, 32)) if fields.has(9) else None,
    )
    if header.author is not None:
        _check_author(header, header.author)
    return header


def _check_author(header: Header, author: DeviceKey) -> None:
    is_heirless = header.in_directory or header.kind == Kind.SEEN
    if author == header.device or (is_heirless and header.kind not in PROOF_KINDS):
        raise MalformedRecord("an author is named where an heir goes on with another's object")
    if header.group == group_id(author):
        raise MalformedRecord("the group's own key has no heir")


def _check_number(header: Header, body: Body) -> None:
    """Raises MalformedRecord where there is one object only, and this is another."""
    expected = header.number
    match body:
        case Roster():
            if header.group != group_id(header.device):
                raise MalformedRecord("a roster is signed by its own group's key")
            expected = ROSTER_NUMBER
        case Profile() | Peering():
            expected = directory_number(header.kind, header.device)
        case Adoption(removed, _, page):
            expected = adoption_number(removed, page)
        case Vouch(guest):
            expected = vouch_number(guest)
        case Seen(request):
            expected = seen_number(request, header.device)
    if header.number != expected:
        raise MalformedRecord("what there is one of stands under a fixed number")


def _read_proof(fields: Fields) -> Proof:
    first, second = (_read_content(fields, key) for key in (10, 11))
    if first.id >= second.id:
        raise MalformedRecord("the two contents of a proof are in order")
    return Proof(first, second)


def _read_content(fields: Fields, key: int) -> Record:
    match fields.items(key, 2):
        case [bytes() as body_bytes, bytes() as signature]:
            content = parse(body_bytes, signature)
        case _:
            raise MalformedRecord(f"key {key}: not a signed content")
    if content.header.kind in PROOF_KINDS:
        raise MalformedRecord(f"key {key}: a proof of proofs")
    return content


def _body_of_proof(first: Record, second: Record) -> bytes:
    """Raises MalformedRecord unless both are versions of one number by one device."""
    contents: Map = {10: [*first.envelope], 11: [*second.envelope]}
    return encode(_write_header(_header_of_proof(first, second)) | contents)


def _header_of_proof(first: Record, second: Record) -> Header:
    one, other = first.header, second.header
    if (one.object, one.device, one.version) != (other.object, other.device, other.version):
        raise MalformedRecord("two contents of different objects or versions")
    in_directory = one.in_directory or other.in_directory
    is_unending = Kind.ROSTER in {one.kind, other.kind}
    reaches = (Fields(decode_body(each.body_bytes)) for each in (first, second))
    return replace(
        one,
        kind=Kind.DIRECTORY_PROOF if in_directory else Kind.PROOF,
        created_ms=max(one.created_ms, other.created_ms),
        lifetime_ms=0 if is_unending else DIRECTORY_LIFETIME_MS_MAX,
        # As they ask for it: how much is given may be another version's to say.
        reach=max(fields.number(7, REACH_CODE_MAX, least=1) for fields in reaches),
        clock_unsure=one.clock_unsure or other.clock_unsure,
    )


def about(record: Record) -> ObjectId | None:
    """The request that a record answers, None for what stands by itself."""
    match record.body:
        case Pledge(request) | Details(request) | Seen(request):
            return request
        case Unknown() as body:
            return body.about
        case Proof(first):
            return None if record.header.in_directory else about(first)
        case _:
            return None


def is_pledge(record: Record) -> bool:
    """Also where its device has signed two contents of it."""
    body = record.body.first.body if isinstance(record.body, Proof) else record.body
    return isinstance(body, Pledge)


def stands_on(record: Record) -> tuple[ObjectId, ...]:
    """What has to be held before `record` can be: the request, and for details the pledge."""
    asked = about(record)
    if asked is None:
        return ()
    return (asked, record.body.pledge) if isinstance(record.body, Details) else (asked,)

"""What each kind of record says: one dataclass a kind, read from and written to a body's map.

Keys 0 to 9 are every record's own (`protocol.record`); a kind's keys start at 10.
Quantities are integer thousandths, times Unix milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeVar, cast

from protocol.codec import Map, Value
from protocol.errors import MalformedRecord
from protocol.fields import Fields, without_defaults
from protocol.ids import GroupId, ObjectId, Thousandths, UnixMs
from protocol.limits import (
    AREA_BYTES_MAX,
    CALL_SIGN_BYTES_MAX,
    CODE_MAX,
    CONDITION_BYTES_MAX,
    DECISIONS_MAX,
    NAME_BYTES_MAX,
    NEIGHBOURS_MAX,
    QUANTITY_MAX,
    REF_BYTES_MAX,
    SEAL_KEYS_MAX,
    SEALED_BYTES_MAX,
    TEXT_BYTES_MAX,
    UNIT_BYTES_MAX,
    VERSION_MAX,
)
from protocol.notice import Notice
from protocol.roster import Adoption, Roster, Vouch

NONE = Thousandths(0)
Code = TypeVar("Code", bound=IntEnum)


class NotUnderstoodError(Exception):
    """A code of a later version: no fault, the record is held and not folded."""


class Kind(IntEnum):
    ROSTER = 1
    PROFILE = 2
    PEERING = 3
    REQUEST = 4
    PLEDGE = 5
    DETAILS = 6
    SEEN = 7
    NOTICE = 8
    ADOPTION = 9
    VOUCH = 10
    PROOF = 11
    DIRECTORY_PROOF = 12


class Direction(IntEnum):
    """Which way the goods go: to the origin of a request, away from the origin of a surplus."""

    REQUEST = 0
    SURPLUS = 1


class Urgency(IntEnum):
    ROUTINE = 0
    SOON = 1
    DANGER = 2


class Closed(IntEnum):
    """Why an overflow is over. What expires says so only where its origin signs it once more."""

    RECEIVED = 1
    WITHDRAWN = 2
    EXPIRED = 3


class Verdict(IntEnum):
    """The origin's answer to one pledge."""

    ACCEPTED = 1
    NOT_NEEDED = 2
    RELEASED = 3


class PledgeStep(IntEnum):
    """How far the pledging hall has come with what it promised."""

    OFFERED = 0
    SENT = 1
    WITHDRAWN = 2


@dataclass(frozen=True, slots=True)
class Profile:
    """A device's public card of its hall. `seal_keys` are X25519, the newest first."""

    name: str
    call_sign: str
    area: str
    seal_keys: tuple[bytes, ...]

    @classmethod
    def read(cls, fields: Fields) -> Profile:
        keys = fields.items(13, SEAL_KEYS_MAX)
        if not keys or not all(type(key) is bytes and len(key) == 32 for key in keys):
            raise MalformedRecord("key 13: not a list of seal keys")
        return cls(
            name=fields.text(10, NAME_BYTES_MAX, least=1),
            call_sign=fields.text(11, CALL_SIGN_BYTES_MAX, least=1),
            area=fields.optional_text(12, AREA_BYTES_MAX),
            seal_keys=tuple(key for key in keys if type(key) is bytes),
        )

    def write(self) -> Map:
        return without_defaults(
            {10: self.name, 11: self.call_sign, 12: self.area, 13: list(self.seal_keys)}
        )


@dataclass(frozen=True, slots=True)
class Peering:
    """Whom this device's group is paired with, and whom it removed, whatever others of it say."""

    neighbours: tuple[GroupId, ...]
    removed: tuple[GroupId, ...] = ()

    @classmethod
    def read(cls, fields: Fields) -> Peering:
        groups = fields.raws(10, 32, NEIGHBOURS_MAX)
        removed = fields.raws(11, 32, NEIGHBOURS_MAX) if fields.has(11) else None
        if removed == () or set(groups) & set(removed or ()):
            raise MalformedRecord("key 11: empty, or a neighbour that is named as well")
        return cls(tuple(map(GroupId, groups)), tuple(map(GroupId, removed or ())))

    def write(self) -> Map:
        return without_defaults({10: list(self.neighbours), 11: list(self.removed) or None})


@dataclass(frozen=True, slots=True)
class Decision:
    """The origin's word on one pledge. `moved`: what came to a request, or left a surplus."""

    pledge: ObjectId
    pledge_version: int
    verdict: Verdict
    accepted: Thousandths = NONE
    moved: Thousandths = NONE
    condition: str = ""

    @classmethod
    def read(cls, fields: Fields) -> Decision:
        return cls(
            pledge=ObjectId(fields.raw(0, 16)),
            pledge_version=fields.number(1, VERSION_MAX, least=1),
            verdict=_one_of(Verdict, fields.number(2, CODE_MAX)),
            accepted=Thousandths(fields.optional_number(3, QUANTITY_MAX, least=1) or 0),
            moved=Thousandths(fields.optional_number(4, QUANTITY_MAX, least=1) or 0),
            condition=fields.optional_text(5, CONDITION_BYTES_MAX),
        )

    def write(self) -> Map:
        return without_defaults(
            {
                0: self.pledge,
                1: self.pledge_version,
                2: int(self.verdict),
                3: self.accepted or None,
                4: self.moved or None,
                5: self.condition,
            }
        )


@dataclass(frozen=True, slots=True)
class Request:
    """An overflow, or a surplus: no person in it, and every decision of its origin inside it."""

    ref: str
    category: str
    text: str
    qty: Thousandths
    unit: str
    urgency: Urgency
    area: str = ""
    needed_by_ms: UnixMs | None = None
    direction: Direction = Direction.REQUEST
    exercise: bool = False
    closed: Closed | None = None
    decisions: tuple[Decision, ...] = ()

    @property
    def accepted(self) -> Thousandths:
        return Thousandths(sum(decision.accepted for decision in self.decisions))

    @property
    def moved(self) -> Thousandths:
        return Thousandths(sum(decision.moved for decision in self.decisions))

    @classmethod
    def read(cls, fields: Fields) -> Request:
        """Raises MalformedRecord when more is accepted than is asked: no node may show that."""
        request = cls(
            ref=fields.text(10, REF_BYTES_MAX, least=1),
            category=fields.text(11, 3, least=3),
            text=fields.text(12, TEXT_BYTES_MAX, least=1),
            qty=Thousandths(fields.number(13, QUANTITY_MAX, least=1)),
            unit=fields.text(14, UNIT_BYTES_MAX, least=1),
            urgency=_one_of(Urgency, fields.number(15, CODE_MAX)),
            area=fields.optional_text(16, AREA_BYTES_MAX),
            needed_by_ms=fields.optional_time(17),
            direction=_one_of(Direction, fields.optional_number(18, CODE_MAX, least=1) or 0),
            exercise=fields.optional_number(19, 1, least=1) is not None,
            closed=_one_of(Closed, fields.number(20, CODE_MAX, least=1))
            if fields.has(20)
            else None,
            decisions=_decisions(fields),
        )
        if request.decisions and request.accepted > request.qty:
            raise MalformedRecord(f"accepts {request.accepted} of {request.qty}")
        return request

    def write(self) -> Map:
        decisions: list[Value] = [decision.write() for decision in self.decisions]
        return without_defaults(
            {
                10: self.ref,
                11: self.category,
                12: self.text,
                13: self.qty,
                14: self.unit,
                15: int(self.urgency),
                16: self.area,
                17: self.needed_by_ms,
                18: int(self.direction) or None,
                19: int(self.exercise) or None,
                20: None if self.closed is None else int(self.closed),
                21: decisions or None,
            }
        )


@dataclass(frozen=True, slots=True)
class Pledge:
    """What a hall promises of an overflow, or asks of a surplus; `note` is sealed to its origin.

    `moved` and `condition`: how much of a surplus has come to the pledging hall, and how. What came
    to a request is the origin's to say, in its decision.
    """

    request: ObjectId
    ref: str
    qty: Thousandths
    step: PledgeStep = PledgeStep.OFFERED
    note: bytes = b""
    moved: Thousandths = NONE
    condition: str = ""

    @classmethod
    def read(cls, fields: Fields) -> Pledge:
        return cls(
            request=ObjectId(fields.raw(10, 16)),
            ref=fields.text(11, REF_BYTES_MAX, least=1),
            qty=Thousandths(fields.number(12, QUANTITY_MAX, least=1)),
            step=_one_of(PledgeStep, fields.optional_number(13, CODE_MAX, least=1) or 0),
            note=fields.optional_blob(14, SEALED_BYTES_MAX),
            moved=Thousandths(fields.optional_number(15, QUANTITY_MAX, least=1) or 0),
            condition=fields.optional_text(16, CONDITION_BYTES_MAX),
        )

    def write(self) -> Map:
        return without_defaults(
            {
                10: self.request,
                11: self.ref,
                12: self.qty,
                13: int(self.step) or None,
                14: self.note or None,
                15: self.moved or None,
                16: self.condition,
            }
        )


@dataclass(frozen=True, slots=True)
class Details:
    """Where, when and whom to ask for, sealed to the one group whose pledge was accepted.

    Without `sealed` the hand-over is closed, and nothing is left to read.
    """

    request: ObjectId
    pledge: ObjectId
    sealed: bytes = b""

    @classmethod
    def read(cls, fields: Fields) -> Details:
        return cls(
            request=ObjectId(fields.raw(10, 16)),
            pledge=ObjectId(fields.raw(11, 16)),
            sealed=fields.optional_blob(12, SEALED_BYTES_MAX),
        )

    def write(self) -> Map:
        return without_defaults({10: self.request, 11: self.pledge, 12: self.sealed or None})


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody at this hall has opened the request: a person, not a node."""

    request: ObjectId

    @classmethod
    def read(cls, fields: Fields) -> Seen:
        return cls(ObjectId(fields.raw(10, 16)))

    def write(self) -> Map:
        return {10: self.request}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A kind, or a code in it, of a later version: held and passed on, never folded.

    `about`: the request that a pledge or details of a later version answer. They go as far as it
    does, also where their code is not understood; else two versions would hold different sets.
    """

    kind: int
    about: ObjectId | None = None


Directory = Roster | Profile | Peering | Adoption | Vouch
Message = Request | Pledge | Details | Seen | Notice
Body = Directory | Message | Unknown

READERS: dict[int, Callable[[Fields], Body]] = {
    Kind.ROSTER: Roster.read,
    Kind.PROFILE: Profile.read,
    Kind.PEERING: Peering.read,
    Kind.REQUEST: Request.read,
    Kind.PLEDGE: Pledge.read,
    Kind.DETAILS: Details.read,
    Kind.SEEN: Seen.read,
    Kind.NOTICE: Notice.read,
    Kind.ADOPTION: Adoption.read,
    Kind.VOUCH: Vouch.read,
}

KINDS: dict[type[Body], Kind] = {
    Roster: Kind.ROSTER,
    Profile: Kind.PROFILE,
    Peering: Kind.PEERING,
    Request: Kind.REQUEST,
    Pledge: Kind.PLEDGE,
    Details: Kind.DETAILS,
    Seen: Kind.SEEN,
    Notice: Kind.NOTICE,
    Adoption: Kind.ADOPTION,
    Vouch: Kind.VOUCH,
}


def read_body(kind: int, fields: Fields) -> Body:
    """What a record of `kind` says. Raises MalformedRecord."""
    reader = READERS.get(kind)
    if reader is None:
        return Unknown(kind)
    try:
        return reader(fields)
    except NotUnderstoodError:
        answers = kind in {Kind.PLEDGE, Kind.DETAILS}
        return Unknown(kind, ObjectId(fields.raw(10, 16)) if answers else None)


def _decisions(fields: Fields) -> tuple[Decision, ...]:
    if not fields.has(21):
        return ()
    decisions = tuple(Decision.read(item) for item in fields.maps(21, DECISIONS_MAX))
    if not decisions or len({decision.pledge for decision in decisions}) != len(decisions):
        raise MalformedRecord("key 21: not one decision a pledge")
    return decisions


def _one_of(codes: type[Code], value: int) -> Code:
    if value not in _CODES[codes]:
        raise NotUnderstoodError(f"{codes.__name__} {value}")
    return cast("Code", _CODES[codes][value])


_CODES: Final[dict[type[IntEnum], dict[int, IntEnum]]] = {
    codes: {int(code): code for code in codes}
    for codes in (Direction, Urgency, Closed, Verdict, PledgeStep)
}
"""Looked up in a table: a call of an enum's type takes as long as reading a whole text."""

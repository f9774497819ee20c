"""Halls for tests: whoever is named the same has the same keys, and signs the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Final

import msgpack
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from protocol.bodies import (
    KINDS,
    Body,
    Closed,
    Decision,
    Details,
    Direction,
    Kind,
    Peering,
    Pledge,
    PledgeStep,
    Profile,
    Request,
    Seen,
    Urgency,
    Verdict,
)
from protocol.codec import Map
from protocol.identity import derive_group_keys, sign_roster
from protocol.ids import (
    RECORD_TAG,
    DeviceKey,
    GroupId,
    LinkEnd,
    ObjectId,
    ObjectNumber,
    Thousandths,
    UnixMs,
    adoption_number,
    directory_number,
    seen_number,
    vouch_number,
)
from protocol.kinds import DIRECTORY_KINDS
from protocol.limits import (
    DAY_MS,
    DIRECTORY_LIFETIME_MS_MAX,
    DIRECTORY_REACH,
    LIFETIME_MS_MAX,
    VOUCH_LIFETIME_MS_MAX,
)
from protocol.notice import Notice
from protocol.record import Header, Record, parse, sign
from protocol.roster import Adoption, Removal, Roster, Vouch
from protocol.sealing import seal
from protocol.shelf import Shelf

NOW: Final = UnixMs(1_790_000_000_000)
UNPURGED: Final = UnixMs(0)
"""The mark of a node that has purged nothing yet."""
MEALS: Final = Thousandths(60_000)


def seed_of(name: str) -> bytes:
    return sha256(name.encode()).digest()


class Hall:
    """A group with one device; `with_device` gives the same group's next one."""

    def __init__(self, name: str, device: str = "front desk") -> None:
        self.name = name
        self.keys = derive_group_keys(seed_of(name)[:16])
        self.device = SigningKey(seed_of(f"{name}/{device}"))
        self.seal_key = PrivateKey(seed_of(f"{name}/{device}/seal"))
        self._device_name = device

    def with_device(self, device: str) -> Hall:
        return Hall(self.name, device)

    @property
    def group(self) -> GroupId:
        return self.keys.group

    @property
    def device_key(self) -> DeviceKey:
        return DeviceKey(bytes(self.device.verify_key))

    @property
    def end(self) -> LinkEnd:
        """What stands at the other end of a link to this device."""
        return LinkEnd(self.group, self.device_key)

    def shelf(self) -> Shelf:
        """An empty shelf of this hall's own."""
        return Shelf(self.group, self.device_key)

    def header(
        self,
        kind: int,
        what: str,
        version: int = 1,
        reach: int = 2,
        lifetime_ms: int | None = None,
        clock_unsure: bool = False,
        *,
        author: Hall | None = None,
    ) -> Header:
        """`what` names the object, but in the directory, where a device has one of a kind.

        Every version is made a second after the one before. `author` made the object, as whose heir
        this device goes on with it.
        """
        if lifetime_ms is None:
            in_directory = kind in DIRECTORY_KINDS
            lifetime_ms = DIRECTORY_LIFETIME_MS_MAX if in_directory else LIFETIME_MS_MAX - DAY_MS
        return Header(
            kind=kind,
            group=self.group,
            device=self.device_key,
            number=(author or self)._number(kind, what),
            version=version,
            created_ms=UnixMs(NOW + version * 1_000),
            lifetime_ms=lifetime_ms,
            reach=reach,
            clock_unsure=clock_unsure,
            author=author.device_key if author else None,
        )

    def _number(self, kind: int, what: str) -> ObjectNumber:
        if kind in DIRECTORY_KINDS:
            return directory_number(kind, self.device_key)
        return ObjectNumber(seed_of(f"{self.name}/{self._device_name}/{what}")[:16])

    def sign(
        self,
        body: Body,
        what: str,
        version: int = 1,
        reach: int = 2,
        clock_unsure: bool = False,
        *,
        author: Hall | None = None,
    ) -> Record:
        kind = KINDS[type(body)]
        header = self.header(kind, what, version, reach, clock_unsure=clock_unsure, author=author)
        return sign(header, body, self.device)

    def roster(
        self, *others: Hall, version: int = 1, removed: Mapping[Hall, Hall] | None = None
    ) -> Record:
        """This device and `others`; of those that were `removed`, who goes on in their place."""
        devices = tuple({self.device_key, *(other.device_key for other in others)})
        plain = sign_roster(self.keys, devices, version, UnixMs(NOW + version * 1_000))
        pairs = sorted((gone.device_key, heir.device_key) for gone, heir in (removed or {}).items())
        body = Roster(tuple(sorted(devices)), tuple(Removal(*pair) for pair in pairs))
        return sign(plain.header, body, self.keys.signing)

    def adoption(
        self, of: Hall, records: Iterable[Record], page: int = 0, version: int = 1
    ) -> Record:
        """What this device, the heir, stands for of what `of` has signed."""
        body = Adoption(of.device_key, tuple(sorted(each.id for each in records)), page)
        header = self.header(Kind.ADOPTION, "", version, DIRECTORY_REACH)
        number = adoption_number(of.device_key, page)
        return sign(replace(header, number=number), body, self.device)

    def vouch(
        self, guest: Hall, version: int = 1, lifetime_ms: int = VOUCH_LIFETIME_MS_MAX
    ) -> Record:
        """This device lets `guest` speak for the group."""
        header = self.header(Kind.VOUCH, "", version, DIRECTORY_REACH, lifetime_ms)
        number = vouch_number(guest.device_key)
        return sign(replace(header, number=number), Vouch(guest.device_key), self.device)

    def notice(
        self,
        text: str = "the bridge is closed",
        version: int = 1,
        reach: int = 2,
        *,
        author: Hall | None = None,
    ) -> Record:
        """A bulletin; without a text it is withdrawn."""
        return self.sign(Notice(text), "notice", version, reach, author=author)

    def profile(self, version: int = 1) -> Record:
        card = Profile(self.name, "K", "north side", (bytes(self.seal_key.public_key),))
        return self.sign(card, "profile", version, DIRECTORY_REACH)

    def peering(self, *neighbours: Hall, version: int = 1, removed: Iterable[Hall] = ()) -> Record:
        named, gone = (tuple(sorted(hall.group for hall in each)) for each in (neighbours, removed))
        return self.sign(Peering(named, gone), "peering", version, DIRECTORY_REACH)

    def directory(self, *neighbours: Hall) -> list[Record]:
        return [self.roster(), self.profile(), self.peering(*neighbours)]

    def request(
        self,
        what: str = "meals",
        version: int = 1,
        reach: int = 2,
        decisions: tuple[Decision, ...] = (),
        closed: Closed | None = None,
        *,
        qty: int = MEALS,
        direction: Direction = Direction.REQUEST,
        clock_unsure: bool = False,
        author: Hall | None = None,
    ) -> Record:
        body = Request(
            ref="V-123456-K",
            category="FOO",
            text=f"{what} for sixty, by noon",
            qty=Thousandths(qty),
            unit="meals",
            urgency=Urgency.SOON,
            direction=direction,
            decisions=decisions,
            closed=closed,
        )
        return self.sign(body, f"request {what}", version, reach, clock_unsure, author=author)

    def surplus(
        self,
        what: str = "meals",
        version: int = 1,
        reach: int = 2,
        decisions: tuple[Decision, ...] = (),
        closed: Closed | None = None,
        qty: int = MEALS,
    ) -> Record:
        """What this hall gives away."""
        direction = Direction.SURPLUS
        return self.request(
            f"spare {what}", version, reach, decisions, closed, qty=qty, direction=direction
        )

    def pledge(
        self,
        request: Record,
        qty: int = 25_000,
        version: int = 1,
        step: PledgeStep = PledgeStep.OFFERED,
        moved: int = 0,
        condition: str = "",
        *,
        author: Hall | None = None,
    ) -> Record:
        """`moved` and `condition`: what came of a surplus, and how."""
        body = Pledge(
            request.header.object,
            "P-654321-X",
            Thousandths(qty),
            step,
            moved=Thousandths(moved),
            condition=condition,
        )
        what = f"pledge to {request.header.object.hex()}"
        return self.sign(body, what, version, author=author)

    def details(self, request: Record, pledge: Record, to: Hall, version: int = 1) -> Record:
        header = self.header(Kind.DETAILS, f"details {pledge.header.object.hex()}", version)
        sealed = seal(
            "back door, ask for Ada",
            to.group,
            header.object,
            [bytes(to.seal_key.public_key)],
            PrivateKey(seed_of(f"ephemeral {header.object.hex()} {version}")),
        )
        body = Details(request.header.object, pledge.header.object, sealed)
        return sign(header, body, self.device)

    def seen(self, request: Record) -> Record:
        """Somebody here has opened `request`."""
        what = request.header.object
        header = replace(self.header(Kind.SEEN, ""), number=seen_number(what, self.device_key))
        return sign(header, Seen(what), self.device)


def accepts(
    pledge: Record, accepted: int = 25_000, moved: int = 0, condition: str = ""
) -> Decision:
    return Decision(
        ObjectId(pledge.header.object),
        pledge.header.version,
        Verdict.ACCEPTED,
        Thousandths(accepted),
        Thousandths(moved),
        condition,
    )


def as_map(record: Record) -> Map:
    """The body's map, to be changed and signed again."""
    decoded: Map = msgpack.unpackb(record.body_bytes, strict_map_key=False)
    return decoded


def signed_map(body: object, key: SigningKey) -> tuple[bytes, bytes]:
    """What no honest node writes: any body, properly signed."""
    body_bytes: bytes = msgpack.packb(body)
    return body_bytes, key.sign(RECORD_TAG + body_bytes).signature


def resigned(record: Record, changes: Map, key: SigningKey) -> Record:
    """`record` with some of its body's keys changed or added, signed anew."""
    return parse(*signed_map(dict(sorted({**as_map(record), **changes}.items())), key))

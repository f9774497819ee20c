"""A hall whose machine says more than an honest one would: the others must not be harmed by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING, Final

import msgpack
from nacl.signing import SigningKey

from protocol.bodies import (
    KINDS,
    NONE,
    Body,
    Decision,
    Kind,
    Peering,
    Pledge,
    Request,
    Seen,
    Urgency,
    Verdict,
)
from protocol.frames import Records, Whereabouts, to_bytes
from protocol.ids import (
    RECORD_TAG,
    DeviceKey,
    GroupId,
    ObjectId,
    ObjectNumber,
    Thousandths,
    UnixMs,
    directory_number,
    record_id,
    seen_number,
)
from protocol.limits import DAY_MS, HOUR_MS, MINUTE_MS, WAITING_ROOM_MAX
from protocol.notice import Notice
from protocol.record import Header, Proof, Record, prove, sign
from tests.sim.events import START_MS
from tests.sim.faults import Fault

if TYPE_CHECKING:
    from tests.sim.node import Node
    from tests.sim.town import Town

FLOOD: Final = WAITING_ROOM_MAX + 20
"""Records of strangers in one flood: more than may wait."""
HALF: Final = Thousandths(6_000)
"""What is accepted of one pledge; of two it is more than is asked for."""


class Hostile:
    """It speaks over the links that its honest machine has."""

    def __init__(self, town: Town, node: Node, rng: Random) -> None:
        self._town = town
        self._node = node
        self._rng = rng

    def draw(self) -> None:
        kinds: dict[Fault, Callable[[], list[bytes]]] = {
            Fault.FORGERY: self._forgery,
            Fault.GARBAGE: self._garbage,
            Fault.STRANGERS: self._strangers,
            Fault.TWO_CONTENTS: self._two_contents,
            Fault.FUTURE: self._future,
            Fault.STALE: self._stale,
            Fault.OVERDRAWN: self._overdrawn,
            Fault.FALSE_HEIR: self._false_heir,
            Fault.FALSE_GUEST: self._false_guest,
        }
        for kind, made in kinds.items():
            for _ in range(2 if kind in self._town.faults else 0):
                when_ms = START_MS + self._rng.randint(MINUTE_MS, self._town.plan.span_ms)
                deed = lambda kind=kind, made=made: self._say(kind, made)  # noqa: E731
                self._town.heap.at(when_ms, kind.name.lower(), deed)

    def _say(self, kind: Fault, made: Callable[[], list[bytes]]) -> None:
        ends = list(self._town.network.ends_of(self._node)) if self._node.is_on else []
        if ends:
            self._node.notice_time()
        frames = made() if ends else []
        if frames:
            self._town.faults.fire(kind)
        for end in self._rng.sample(ends, self._rng.randint(1, len(ends))) if ends else []:
            for frame in frames:
                self._town.network.send(end.link, frame)

    def _forgery(self) -> list[bytes]:
        """A record of somebody else, one byte changed: its signature does not fit any more."""
        held = list(self._node.disk.records.values())
        record = self._rng.choice(held)
        signature = bytes([record.signature[0] ^ 1]) + record.signature[1:]
        forged = replace(record, body_bytes=_later(record), signature=signature)
        return [to_bytes(Records([forged.envelope]))]

    def _garbage(self) -> list[bytes]:
        return [self._rng.randbytes(self._rng.randint(0, 300))]

    def _strangers(self) -> list[bytes]:
        """Of groups that nobody has heard of, about requests that nobody holds."""
        stranger = SigningKey(self._rng.randbytes(32))
        records = []
        for _ in range(self._rng.choice([3, FLOOD])):
            asked = ObjectId(self._rng.randbytes(16))
            device = DeviceKey(bytes(stranger.verify_key))
            number = seen_number(asked, device)
            records.append(self._signed(stranger, Seen(asked), number, GroupId(bytes(32))))
        self._town.checks.add_wild(records)
        return [to_bytes(Records([each.envelope for each in records]))]

    def _two_contents(self) -> list[bytes]:
        """Its desk signs a request; a copy of its key signs another under the same version."""
        if self._node.is_writing:
            return []
        hall, number = self._node.hall, ObjectNumber(self._rng.randbytes(16))
        one, other = (
            self._signed(hall.device, _request(qty), number, hall.group) for qty in (5_000, 9_000)
        )
        self._town.checks.contested[one.header.object] = None
        self._town.checks.add_wild([other])
        self._node.save([(None, one)])
        return [to_bytes(Records([other.envelope]))]

    def _future(self) -> list[bytes]:
        """Its desk signs what is made in an hour or in a day; it leaves as anything else does."""
        if self._node.is_writing:
            return []
        number, hall = ObjectNumber(self._rng.randbytes(16)), self._node.hall
        made_ms = self._town.heap.now_ms + self._rng.choice([20 * MINUTE_MS, HOUR_MS, DAY_MS])
        record = self._signed(hall.device, _request(5_000), number, hall.group, made_ms)
        self._node.save([(None, record)])
        return [to_bytes(Whereabouts(hall.discovery_key, 4747))]

    def _stale(self) -> list[bytes]:
        """What it heard long ago, of whoever it was, in the name of good faith."""
        said = list(self._town.checks.said.values())
        old = self._rng.sample(said, min(len(said), 8))
        return [to_bytes(Records([each.envelope for each in old]))]

    def _overdrawn(self) -> list[bytes]:
        """It asks for less than it has accepted: no machine of ours would sign that."""
        accepted = tuple(
            Decision(ObjectId(self._rng.randbytes(16)), 1, Verdict.ACCEPTED, HALF, NONE)
            for _ in range(2)
        )
        body, hall = replace(_request(2 * HALF), decisions=accepted), self._node.hall
        number = ObjectNumber(self._rng.randbytes(16))
        record = self._signed(hall.device, body, number, hall.group)
        asked, less = (msgpack.packb(qty) for qty in (2 * HALF, HALF + 1_000))
        if record.body_bytes.count(asked) != 1:
            return []
        changed = record.body_bytes.replace(asked, less)
        signature = hall.device.sign(RECORD_TAG + changed).signature
        self._town.checks.add_lie(
            [replace(record, id=record_id(changed), body_bytes=changed, signature=signature)],
            "more accepted than asked",
        )
        return [to_bytes(Records([[changed, signature]]))]

    def _false_heir(self) -> list[bytes]:
        """A next version of what another device wrote, as if it were its heir: in the name of that
        one's hall, or in that of its own."""
        hall, now_ms = self._node.hall, self._town.heap.now_ms
        written = [
            each
            for each in self._node.disk.records.values()
            if isinstance(each.body, Request | Pledge | Notice)
            and each.header.device != hall.device_key
            and each.header.author is None
        ]
        if not written:
            return []
        one = self._rng.choice(written)
        header = replace(
            one.header,
            group=self._rng.choice([one.header.group, hall.group]),
            device=hall.device_key,
            author=one.header.device,
            version=one.header.version + 1,
            created_ms=UnixMs(max(now_ms, one.header.created_ms)),
        )
        assert not isinstance(one.body, Proof)
        record = sign(header, one.body, hall.device)
        self._town.checks.add_lie([record], "what no heir has written")
        return [to_bytes(Records([record.envelope]))]

    def _false_guest(self) -> list[bytes]:
        """Its guest contradicts itself about what the desk wrote, or says who is a neighbour."""
        if self._node.is_writing:
            return []
        hall, now_ms = self._node.hall, self._town.heap.now_ms
        guest = SigningKey(self._rng.randbytes(32))
        device = DeviceKey(bytes(guest.verify_key))
        vouch = hall.vouch_for(device, DAY_MS, now_ms)
        self._node.save([(None, vouch)])
        lies, said = self._contradicted(guest)
        if self._rng.random() < 0.5:
            far = Peering(tuple(sorted({each.hall.group for each in self._town.desks()})))
            number = directory_number(Kind.PEERING, device)
            lies = said = [self._signed(guest, far, number, hall.group)]
        self._town.checks.add_lie(lies, "what no guest may say")
        return [to_bytes(Records([each.envelope for each in said]))]

    def _contradicted(self, guest: SigningKey) -> tuple[list[Record], list[Record]]:
        """Two contents that a guest signs as the heir of the desk, and their proof."""
        hall = self._node.hall
        own = [r for r in self._node.shelf.own_messages() if r.header.device == hall.device_key]
        number = self._rng.choice(own).header.number if own else ObjectNumber(bytes(16))
        two = [
            self._signed(guest, _request(qty), number, hall.group, author=hall.device_key)
            for qty in (5_000, 9_000)
        ]
        return two, [prove(*two)]

    def _signed(
        self,
        key: SigningKey,
        body: Body,
        number: ObjectNumber,
        group: GroupId,
        made_ms: int | None = None,
        author: DeviceKey | None = None,
    ) -> Record:
        header = Header(
            kind=KINDS[type(body)],
            group=group,
            device=DeviceKey(bytes(key.verify_key)),
            number=number,
            version=1,
            created_ms=UnixMs(made_ms or self._town.heap.now_ms),
            lifetime_ms=DAY_MS,
            reach=2,
            author=author,
        )
        return sign(header, body, key)


def _request(qty: int) -> Request:
    return Request("V-66-X", "FOO", "meals", Thousandths(qty), "meals", Urgency.SOON)


def _later(record: Record) -> bytes:
    """Its body with another digest inside, so that it is news."""
    digest = sha256(record.body_bytes).digest()
    return record.body_bytes.replace(record.header.number, digest[:16], 1)

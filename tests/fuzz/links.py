"""A whole link: one hall's machine, and a neighbour at the other end that says anything at all.

An input is a little programme, so that what is fuzzed gets past the first check: the neighbour may
say raw bytes, or what an honest hall would say at some point, or that bent, or a record with other
fields that it has really signed. What the machine asks to be saved is saved and acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Final

import msgpack
from nacl.signing import SigningKey

from protocol.channel import Role
from protocol.errors import LocalError, PeerError
from protocol.events import (
    AskAgain,
    EndLink,
    FrameArrived,
    Input,
    KeepRecords,
    LinkDown,
    LinkId,
    LinkUp,
    Output,
    SendFrame,
    Stored,
    Tick,
)
from protocol.exchange import Exchange
from protocol.frames import Records, from_bytes, to_bytes
from protocol.ids import UnixMs
from protocol.limits import FRAME_BYTES_MAX, HOUR_MS
from tests.fuzz import corpus
from tests.fuzz.corpus import ADA, BEA
from tests.fuzz.programmes import STEPS_MAX, one_of, step, steps
from tests.fuzz.shaping import reshape
from tests.protocol.halls import NOW, signed_map
from tests.protocol.towns import told_by

INPUTS_MAX: Final = 500
"""What one step may set off inside the machine before it has to be quiet."""


class Link:
    """BEA's machine, and a link to ADA, who is its neighbour."""

    def __init__(self, role: Role) -> None:
        self.exchange = Exchange(BEA.shelf())
        own = [record for record in corpus.story() if record.header.group == BEA.group]
        for record in (*BEA.directory(ADA), *own):
            self.exchange.shelf.place_own(record)
        self._now_ms = NOW
        self._role = role
        self._link = LinkId(0)
        self._link_up()

    def say(self, data: bytes) -> None:
        """The driver ends a link whose other end breaks the protocol; the next one begins."""
        try:
            self._give(FrameArrived(self._link, data[:FRAME_BYTES_MAX]))
        except LocalError:
            raise
        except PeerError:
            self.break_off()

    def break_off(self) -> None:
        self._give(LinkDown(self._link))
        self._link_up()

    def ask(self) -> None:
        self._give(AskAgain(self._link))

    def wait(self, hours: int) -> None:
        self._now_ms = UnixMs(self._now_ms + hours * HOUR_MS)
        self._give(Tick(self._now_ms, hours % 3 > 0, self._now_ms - NOW))

    def _link_up(self) -> None:
        self._link = LinkId(self._link + 1)
        self._give(LinkUp(self._link, ADA.end, self._role, ADA.roster(), told_by(BEA)))

    def _give(self, event: Input) -> None:
        """As the driver does: what is to be kept is kept, and that is told."""
        events = [event]
        for _ in range(INPUTS_MAX):
            if not events:
                return
            for output in self.exchange.handle(events.pop(0)):
                events += self._carry_out(output)
        raise AssertionError("no end of outputs")

    def _carry_out(self, output: Output) -> list[Input]:
        match output:
            case SendFrame():
                assert from_bytes(output.data) is not None
            case KeepRecords():
                ids = (*(each.record.id for each in output.placed), *output.known)
                return [Stored(output.link, ids)]
            case EndLink():
                return [LinkDown(output.link)]
            case _:
                return []
        return []


def run(data: bytes) -> None:
    link = Link(Role.INITIATOR if data[:1] > b"\x7f" else Role.RESPONDER)
    for code, argument in steps(data[1:]):
        STEPS[code % len(STEPS)](link, argument)


def _raw(link: Link, argument: bytes) -> None:
    link.say(argument)


def _honest(link: Link, argument: bytes) -> None:
    link.say(one_of(corpus.talk(), argument))


def _bent(link: Link, argument: bytes) -> None:
    """Two bytes say which frame, the rest how it is changed."""
    link.say(reshape(one_of(corpus.talk(), argument), Random(argument)))


def _signed(link: Link, argument: bytes) -> None:
    """A record with other fields, really signed: by whoever signed it, now and then by another."""
    body, key = _theirs()[int.from_bytes(argument[:2], "big") % len(_theirs())]
    try:
        value = msgpack.unpackb(reshape(body, Random(argument)), strict_map_key=False)
        signed = signed_map(value, ADA.device if argument[2:3] > b"\xe0" else key)
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException):
        return
    if len(signed[0]) < FRAME_BYTES_MAX // 2:
        link.say(to_bytes(Records([[*signed]])))


def _again(link: Link, argument: bytes) -> None:
    link.break_off()


def _ask(link: Link, argument: bytes) -> None:
    link.ask()


def _wait(link: Link, argument: bytes) -> None:
    link.wait(int.from_bytes(argument[:2], "big"))


STEPS: Final[tuple[Callable[[Link, bytes], None], ...]] = (
    _honest,
    _bent,
    _signed,
    _raw,
    _again,
    _ask,
    _wait,
)


@cache
def _theirs() -> tuple[tuple[bytes, SigningKey], ...]:
    """Bodies of the neighbour's records, each with the key that signs it anew."""
    devices = (ADA, ADA.with_device("phone"), ADA.with_device("guest"))
    keys = [ADA.keys.signing, *(hall.device for hall in devices)]
    by_device = {bytes(key.verify_key): key for key in keys}
    said = [*ADA.directory(BEA), *corpus.story(), *corpus.changes()]
    own = [record for record in said if record.header.group == ADA.group]
    return tuple((record.body_bytes, by_device[record.header.device]) for record in own)


@cache
def seeds() -> list[bytes]:
    """The honest talk, whole and in parts, in either role; then with each kind of step."""
    frames = range(len(corpus.talk()))
    honest = [step(0, number.to_bytes(2, "big")) for number in frames]
    parts = [honest[at : at + STEPS_MAX // 2] for at in range(0, len(honest), STEPS_MAX // 2)]
    random = Random("links")
    mixed = [
        [
            said
            for each in random.sample(honest, min(8, len(honest)))
            for said in (each, step(random.randrange(1, 7), random.randbytes(8)))
        ]
        for _ in range(40)
    ]
    return [role + b"".join(steps) for steps in [*parts, *mixed] for role in (b"\x00", b"\xff")]

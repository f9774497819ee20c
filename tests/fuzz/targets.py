"""Everything that reads bytes from outside, as plain functions of bytes: what is fuzzed.

How they may fail stands in `oracle`. Where a reader has a writer, what was read is written and read
again: a value that does not survive that would be passed on as something else.
"""

from __future__ import annotations

from typing import Final

from nacl.public import PrivateKey

from protocol.beacon import NONCE_BYTES, read_txt, tag, write_txt
from protocol.channel import Role
from protocol.codec import decode_body, decode_frame, encode
from protocol.frames import Introduce, Records, from_bytes, to_bytes, unpack_records
from protocol.ids import ObjectId
from protocol.introduction import Boot, check_introduction, introduce
from protocol.invite import InviteCode, from_text, to_text
from protocol.limits import FRAME_BYTES_MAX, PROOF_BYTES_MAX, RECORD_BYTES_MAX
from protocol.reconcile_wire import decode_ranges
from protocol.record import about, parse, stands_on, verify
from protocol.sealing import open_sealed, seal
from tests.fuzz import carries, corpus, dialogues, links
from tests.fuzz.corpus import ADA, BEA
from tests.fuzz.oracle import Target
from tests.protocol.halls import seed_of

HASH: Final = seed_of("a handshake's hash")
DISCOVERY_KEY: Final = seed_of("a discovery key")[:16]
ABOUT: Final = ObjectId(seed_of("what a sealed text belongs to")[:16])
SIGNATURE_BYTES: Final = 64


def _codec(data: bytes) -> None:
    assert encode(decode_frame(data)) == data
    assert encode(decode_body(data)) == data


def _frame(data: bytes) -> None:
    frame = from_bytes(data)
    if frame is None:
        return
    assert from_bytes(to_bytes(frame)) == frame
    if isinstance(frame, Records):
        for record in unpack_records(frame):
            verify(record)


def _record(data: bytes) -> None:
    """A body and, at its end, the 64 bytes of its signature."""
    record = parse(data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:])
    assert record.envelope == [data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]]
    about(record)
    stands_on(record)
    verify(record)


def _sealing(data: bytes) -> None:
    open_sealed(data, BEA.group, ABOUT, [ADA.seal_key, BEA.seal_key])


def _ranges(data: bytes) -> None:
    decode_ranges(data)


def _introduction(data: bytes) -> None:
    frame = from_bytes(data)
    if isinstance(frame, Introduce):
        check_introduction(frame, Role.INITIATOR, HASH)


def _invite(data: bytes) -> None:
    code = from_text(data.decode("utf-8", "replace"))
    assert from_text(to_text(code)) == code


def _beacon(data: bytes) -> None:
    beacon = read_txt({b"n": data[:NONCE_BYTES], b"t": data[NONCE_BYTES:], b"later": None})
    if beacon is not None:
        assert read_txt({**write_txt(beacon.nonce, beacon.tags)}) == beacon
        beacon.is_from(DISCOVERY_KEY)


def _sealed() -> list[bytes]:
    ephemeral = PrivateKey(seed_of("ephemeral"))
    keys = [bytes(hall.seal_key.public_key) for hall in (ADA, BEA)]
    return [seal("at the back", BEA.group, ABOUT, keys, ephemeral), *corpus.vectors("sealing")]


def _introductions() -> list[bytes]:
    boot = Boot(7, bytes(16))
    shown = introduce(Role.INITIATOR, ADA.roster(), ADA.device, boot, HASH)
    return [to_bytes(shown), *corpus.vectors("introduction")]


def _invites() -> list[bytes]:
    codes = [InviteCode(host, 4747, bytes(16)) for host in ("192.0.2.7", "2001:db8::7")]
    return [to_text(code).encode() for code in codes]


def _beacons() -> list[bytes]:
    nonce = bytes(range(NONCE_BYTES))
    return [nonce + tag(DISCOVERY_KEY, nonce) * count for count in (1, 2, 16)]


def _records() -> list[bytes]:
    records = (*corpus.story(), *corpus.changes())
    said = [record.body_bytes + record.signature for record in records]
    return [*said, *(body + bytes(SIGNATURE_BYTES) for body in corpus.bodies())]


def _talk() -> list[bytes]:
    return [*corpus.talk(), *corpus.vectors("frames")]


TARGETS: Final = (
    Target("codec", _codec, lambda: [*corpus.bodies(), *corpus.vectors("codec")], FRAME_BYTES_MAX),
    Target("frame", _frame, _talk, FRAME_BYTES_MAX),
    Target("record", _record, _records, PROOF_BYTES_MAX),
    Target("sealing", _sealing, _sealed, RECORD_BYTES_MAX),
    Target("ranges", _ranges, dialogues.messages, FRAME_BYTES_MAX),
    Target("dialogue", dialogues.reconcile, dialogues.messages, FRAME_BYTES_MAX),
    Target("handshake", dialogues.shake_hands, dialogues.handshakes, 4_096),
    Target("transport", dialogues.open_transport, dialogues.transports, 4_096),
    Target("introduction", _introduction, _introductions, FRAME_BYTES_MAX),
    Target("invite", _invite, _invites, 1_024),
    Target("beacon", _beacon, _beacons, 512),
    Target("carry", carries.read, carries.seeds, 16_384),
    Target("link", links.run, links.seeds, 16_384),
)


def find_target(name: str) -> Target:
    """Raises KeyError for a name that is none of them."""
    return {target.name: target for target in TARGETS}[name]

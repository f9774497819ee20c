"""What taking in a record costs, beside what verifying its signature costs alone.

As ratios, so that machines compare: every round measures all of it, one after the other. Times are
of this process alone: what the machine does besides does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from time import process_time
from typing import Final

from nacl.signing import SigningKey

from node.signing import Signer
from protocol.bodies import Request, Urgency
from protocol.ids import RECORD_TAG, Thousandths, UnixMs, group_id
from protocol.record import Record, parse, verify
from tests.bench.figures import Figure, median

RECORDS: Final = 100
"""Of one round, which takes a hundredth of a second."""
ROUNDS: Final = 100

DECODED_PER_S: Final = 60_000
"""Records a second, decoded and checked but for the signature: asked of the protocol."""
VERIFIED_PERCENT: Final = 75.0
"""Records decoded and verified, of those that PyNaCl alone verifies meanwhile: asked as well."""


def figures() -> list[Figure]:
    """The decoding of typical requests, with their signatures and without."""
    records = _records()
    key = SigningKey(bytes(32)).verify_key

    def verify_alone() -> None:
        for record in records:
            key.verify(RECORD_TAG + record.body_bytes, record.signature)

    def decode() -> None:
        for record in records:
            parse(record.body_bytes, record.signature)

    def take_in() -> None:
        """As a link takes in a frame: all of it decoded, then all of it verified."""
        for read in [parse(record.body_bytes, record.signature) for record in records]:
            verify(read)

    rounds = [(_us(verify_alone), _us(decode), _us(take_in)) for _ in range(ROUNDS)]
    alone_us = median([alone for alone, _, _ in rounds])
    decoded_us = median([decoded for _, decoded, _ in rounds])
    times = median([alone / decoded for alone, decoded, _ in rounds])
    percent = median([100 * alone / taken for alone, _, taken in rounds])
    note = f"{times:.2f} times as many as PyNaCl verifies"
    verified = "decode and verify, of what PyNaCl verifies alone"
    return [
        Figure("verify a record with PyNaCl alone", 1e6 / alone_us, "/s"),
        Figure("decode a record", 1e6 / decoded_us, "/s", note=note, least=DECODED_PER_S),
        Figure(verified, percent, "%", least=VERIFIED_PERCENT),
    ]


def _us(work: Callable[[], None]) -> float:
    """Microseconds a record."""
    began = process_time()
    work()
    return 1e6 * (process_time() - began) / RECORDS


def _records() -> list[Record]:
    """Requests as halls make them, each another one."""
    rng = Random(1)
    key = SigningKey(bytes(32))
    group = group_id(bytes(key.verify_key))
    signer = Signer(group, key, rng.randbytes, clock_is_trusted=lambda: True)
    now_ms = UnixMs(1_938_018_600_000)
    body = Request(
        ref="V-123456-K",
        category="FOD",
        text="hot meals for tonight, half of them without meat, in boxes that can be carried",
        qty=Thousandths(40_000),
        unit="meal",
        urgency=Urgency.SOON,
        area="north of the river",
        needed_by_ms=UnixMs(now_ms + 3_600_000),
    )
    return [signer.new(body, now_ms, 3_600_000, 2) for _ in range(RECORDS)]

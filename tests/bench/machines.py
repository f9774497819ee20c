"""What the protocol's machines cost in this process: reconciliation, and taking a record in."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from time import perf_counter
from typing import Final

from nacl.signing import SigningKey

from node.signing import Signer
from protocol.bodies import Request, Urgency
from protocol.ids import RECORD_TAG, Thousandths, UnixMs, group_id
from protocol.item_set import ItemSet
from protocol.reconcile import Reconciler
from protocol.record import Record, parse, verify
from tests.bench.figures import Figure, median

ITEMS: Final = 10_000
APART: Final = 100
"""Items that each end has and the other lacks."""

RECORDS: Final = 500
REPEATS: Final = 5

Item = tuple[int, bytes]


def figures() -> list[Figure]:
    return [*reconciliation(), *taking_in()]


def reconciliation() -> list[Figure]:
    rng = Random(1)
    common = [_item(rng) for _ in range(ITEMS - APART)]
    ends = [common + [_item(rng) for _ in range(APART)] for _ in range(2)]
    sets = [ItemSet.from_items(items) for items in ends]
    times_s: list[float] = []
    for _ in range(REPEATS):
        began = perf_counter()
        messages, found = _reconcile(*sets)
        times_s.append(perf_counter() - began)
    assert found == 2 * APART
    said = f"{len(messages)} messages, {sum(map(len, messages)):,} bytes"
    what = f"reconcile {ITEMS:,} items, {APART} new at each end"
    return [Figure(what, 1_000 * median(times_s), "ms", note=said)]


def _item(rng: Random) -> Item:
    return rng.randrange(1, 10**12), rng.randbytes(32)


def _reconcile(ours: ItemSet, theirs: ItemSet) -> tuple[list[bytes], int]:
    """Every message of both ends, and how many differences they found."""
    initiator, responder = Reconciler(ours.snapshot()), Reconciler(theirs.snapshot())
    messages = [initiator.initiate()]
    found = 0
    while True:
        messages.append(responder.respond(messages[-1]))
        progress = initiator.advance(messages[-1])
        found += len(progress.have) + len(progress.need)
        if progress.message is None:
            return messages, found
        messages.append(progress.message)


def taking_in() -> list[Figure]:
    """As ratios of libsodium's own verification through PyNaCl, so that machines compare."""
    records = _records()
    key = SigningKey(bytes(32)).verify_key

    def verify_alone() -> None:
        for record in records:
            key.verify(RECORD_TAG + record.body_bytes, record.signature)

    def decode() -> None:
        for record in records:
            parse(record.body_bytes, record.signature)

    def check() -> None:
        for record in records:
            verify(record)

    alone_us = _per_record_us(verify_alone)
    return [
        Figure("verify one record with PyNaCl alone", alone_us, "µs"),
        Figure("decode and check a record, of that", _per_record_us(decode) / alone_us, "times"),
        Figure("verify a record, of that", _per_record_us(check) / alone_us, "times"),
    ]


def _per_record_us(work: Callable[[], None]) -> float:
    times_s: list[float] = []
    for _ in range(REPEATS):
        began = perf_counter()
        work()
        times_s.append(perf_counter() - began)
    return 1e6 * median(times_s) / RECORDS


def _records() -> list[Record]:
    """Requests as halls make them, each another one."""
    rng = Random(1)
    key = SigningKey(bytes(32))
    group = group_id(bytes(key.verify_key))
    signer = Signer(group, key, rng.randbytes, clock_is_trusted=lambda: True)
    now_ms = UnixMs(1_938_018_600_000)
    body = Request(
        ref="V-12-K",
        category="FOD",
        text="hot meals for tonight",
        qty=Thousandths(40_000),
        unit="meal",
        urgency=Urgency.SOON,
    )
    return [signer.new(body, now_ms, 3_600_000, 2) for _ in range(RECORDS)]

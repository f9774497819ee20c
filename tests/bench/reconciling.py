"""What it costs two ends to find out in what their sets differ, and what that takes on the wire.

Times are of this process alone: what the machine does besides does not count.
"""

from __future__ import annotations

from random import Random
from time import process_time
from typing import Final

from protocol.frames import Agree, Frame, SharedSet, Summary, from_bytes, to_bytes
from protocol.ids import UnixMs
from protocol.item_set import ItemSet, summary_of
from tests.bench.figures import Figure, median
from tests.interop.scenarios import SCATTERED, Item, Scenario, reconcile

REPEATS: Final = 5
QUESTIONS: Final = 200

COLD_S: Final = 0.25
"""Seconds until a set of 100,000 can be asked about: asked of the protocol."""
SETTLED_BYTES: Final = 100
"""Bytes for finding out that nothing differs: asked of the protocol."""
SETTLED_MS: Final = 1.0
"""Milliseconds for that at either end: asked of the protocol."""

ITEMS: Final = 10_000
APART: Final = 100
"""Items that each end has and the other lacks."""

DIRECTORY: Final = 300
"""Of the items, those of the directory: three records of each of a hundred halls."""

NOW: Final = UnixMs(1_938_018_654_321)
PURGED: Final = UnixMs(1_938_018_600_000)
LINK_LIMITS: Final = SCATTERED.limits


def figures() -> list[Figure]:
    ours, theirs = SCATTERED.ends()
    both = [*{*ours, *theirs}]
    return [cold(both), *nothing_apart(both), *scattered(SCATTERED, ours, theirs), many_apart()]


def cold(items: list[Item]) -> Figure:
    """In no order, as items come from a table that is sorted by something else."""
    times_s: list[float] = []
    for _ in range(REPEATS):
        began = process_time()
        ItemSet.from_items(items).snapshot()
        times_s.append(process_time() - began)
    return Figure(f"set of {len(items):,} items from cold", median(times_s), "s", COLD_S)


def nothing_apart(items: list[Item]) -> list[Figure]:
    """The question about all that two ends share and its answer, from frame to frame."""
    ours, theirs = _sets(items), _sets(items)
    asking_ms: list[float] = []
    answering_ms: list[float] = []
    for _ in range(QUESTIONS):
        began = process_time()
        question = to_bytes(_summary(ours))
        asked = process_time()
        answer = to_bytes(_answer(theirs, from_bytes(question)))
        answered = process_time()
        assert isinstance(from_bytes(answer), Agree)
        asking_ms.append(1_000 * (asked - began + process_time() - answered))
        answering_ms.append(1_000 * (answered - asked))
    what = f"nothing differs in {len(items):,} items"
    size = len(question) + len(answer)
    return [
        Figure(f"{what}, one exchange", size, "bytes", SETTLED_BYTES),
        Figure("that at the end that asks", median(asking_ms), "ms", SETTLED_MS),
        Figure("that at the end that answers", median(answering_ms), "ms", SETTLED_MS),
    ]


def _sets(items: list[Item]) -> tuple[ItemSet, ItemSet]:
    """As a link keeps them: what is the directory's, and all else."""
    return ItemSet.from_items(items[:DIRECTORY]), ItemSet.from_items(items[DIRECTORY:])


def _summary(sets: tuple[ItemSet, ItemSet]) -> Summary:
    return Summary(SharedSet.ALL, *summary_of(*sets), PURGED, NOW)


def _answer(sets: tuple[ItemSet, ItemSet], question: Frame | None) -> Agree:
    assert isinstance(question, Summary)
    assert (question.count, question.fingerprint) == summary_of(*sets)
    return Agree(question.shared, NOW)


def scattered(scenario: Scenario, ours: list[Item], theirs: list[Item]) -> list[Figure]:
    """Beside what the public reference takes for the very same sets."""
    ends = ItemSet.from_items(ours), ItemSet.from_items(theirs)
    times_s: list[float] = []
    for _ in range(REPEATS):
        began = process_time()
        dialogue = reconcile(*ends, scenario.limits)
        times_s.append(process_time() - began)
    assert len(dialogue.have) + len(dialogue.need) == sum(scenario.missing)
    said, reference = dialogue.said, scenario.said
    return [
        Figure(scenario.name, 1_000 * median(times_s), "ms", note="both ends together"),
        Figure("that in rounds, reference beside it", said.rounds, "rounds", reference.rounds),
        Figure("and in bytes", said.volume_bytes, "bytes", reference.volume_bytes),
    ]


def many_apart() -> Figure:
    rng = Random(1)
    common = [_item(rng) for _ in range(ITEMS - APART)]
    ends = [common + [_item(rng) for _ in range(APART)] for _ in range(2)]
    ours, theirs = (ItemSet.from_items(items) for items in ends)
    times_s: list[float] = []
    for _ in range(REPEATS):
        began = process_time()
        dialogue = reconcile(ours, theirs, LINK_LIMITS)
        times_s.append(process_time() - began)
    assert len(dialogue.have) + len(dialogue.need) == 2 * APART
    said = f"{len(dialogue.messages)} messages, {dialogue.said.volume_bytes:,} bytes"
    what = f"reconcile {ITEMS:,} items, {APART} new at each end"
    return Figure(what, 1_000 * median(times_s), "ms", note=said)


def _item(rng: Random) -> Item:
    return rng.randrange(1, 10**12), rng.randbytes(32)

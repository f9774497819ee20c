"""Pairs of sets, and what the public reference says over each of them, byte for byte.

The transcripts are those of two ends of the reference's C++ implementation, started by its own
harness: github.com/hoytech/negentropy, commit 6edb041 (June 2026), test/cpp/harness.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Final

from protocol.item_set import ItemSet
from protocol.reconcile import Reconciler

Item = tuple[int, bytes]

ROUNDS_MAX: Final = 10_000
"""More than any of these takes: a node allows fewer."""


@dataclass(frozen=True, slots=True)
class Said:
    """What two ends said until they were done.

    `rounds` are messages of the initiator, `volume_bytes` those of both ends together, and
    `transcript` is the beginning of the SHA-256 over all messages in order.
    """

    rounds: int
    volume_bytes: int
    transcript: str

    @classmethod
    def of(cls, messages: list[bytes]) -> Said:
        digest = sha256(b"".join(messages)).hexdigest()
        return cls((len(messages) + 1) // 2, sum(map(len, messages)), digest[:16])


@dataclass(frozen=True, slots=True)
class Scenario:
    """`times`: how many different times the items have, the fewer the more share one. `missing`:
    how many of all items each end lacks. `limits`: of each end's messages in bytes, 0 for none.
    `said`: by two ends of the reference.
    """

    name: str
    items: int
    times: int
    missing: tuple[int, int]
    limits: tuple[int, int]
    said: Said

    def ends(self) -> tuple[list[Item], list[Item]]:
        """What the initiator holds, and what the responder holds."""
        rng = Random(self.name)
        everything = [
            (1_700_000_000_000 + rng.randrange(self.times), rng.randbytes(32))
            for _ in range(self.items)
        ]
        apart = rng.sample(range(self.items), sum(self.missing))
        lacks = set(apart[: self.missing[0]]), set(apart[self.missing[0] :])
        first, second = (
            [item for at, item in enumerate(everything) if at not in lacked] for lacked in lacks
        )
        return first, second


SCATTERED: Final = Scenario(
    "ten scattered differences in 100,000",
    items=100_000,
    times=10**9,
    missing=(5, 5),
    limits=(65_455, 65_455),
    said=Said(rounds=2, volume_bytes=14_578, transcript="60b6ad2a6dfba7ec"),
)
"""What a link mostly meets: much in common, little apart."""

SCENARIOS: Final = (
    SCATTERED,
    Scenario(
        "nothing differs",
        items=1_000,
        times=10**9,
        missing=(0, 0),
        limits=(0, 0),
        said=Said(rounds=1, volume_bytes=353, transcript="978abcba97653fa9"),
    ),
    Scenario(
        "one end is empty",
        items=3_000,
        times=10**6,
        missing=(3_000, 0),
        limits=(0, 0),
        said=Said(rounds=1, volume_bytes=96_011, transcript="2bf0eb25a7224fba"),
    ),
    Scenario(
        "the other end is empty",
        items=3_000,
        times=10**6,
        missing=(0, 3_000),
        limits=(0, 0),
        said=Said(rounds=1, volume_bytes=436, transcript="fc49b4ab580f3448"),
    ),
    Scenario(
        "all at one time",
        items=5_000,
        times=1,
        missing=(100, 100),
        limits=(0, 0),
        said=Said(rounds=2, volume_bytes=173_787, transcript="b926cb8cb39e0fd1"),
    ),
    Scenario(
        "many at one time",
        items=5_000,
        times=50,
        missing=(400, 10),
        limits=(4_096, 4_096),
        said=Said(rounds=47, volume_bytes=270_652, transcript="4462b1b7665a504a"),
    ),
    Scenario(
        "small messages one way",
        items=5_000,
        times=10**9,
        missing=(300, 500),
        limits=(4_096, 60_000),
        said=Said(rounds=9, volume_bytes=156_268, transcript="f99f2fa44fe99bb5"),
    ),
    Scenario(
        "small messages the other way",
        items=5_000,
        times=10**9,
        missing=(500, 300),
        limits=(60_000, 5_000),
        said=Said(rounds=50, volume_bytes=1_355_170, transcript="ed23c5e1c1b10a0b"),
    ),
    Scenario(
        "much apart in small messages",
        items=2_000,
        times=10**9,
        missing=(900, 900),
        limits=(4_096, 0),
        said=Said(rounds=6, volume_bytes=61_448, transcript="35b27de053302e60"),
    ),
)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What two of our own ends said to each other."""

    messages: list[bytes]
    have: list[bytes]
    need: list[bytes]

    @property
    def said(self) -> Said:
        return Said.of(self.messages)


def reconcile(ours: ItemSet, theirs: ItemSet, limits: tuple[int, int]) -> Dialogue:
    initiator = Reconciler(ours.snapshot(), limits[0], ROUNDS_MAX)
    responder = Reconciler(theirs.snapshot(), limits[1], ROUNDS_MAX)
    dialogue = Dialogue([initiator.initiate()], [], [])
    while True:
        dialogue.messages.append(responder.respond(dialogue.messages[-1]))
        progress = initiator.advance(dialogue.messages[-1])
        dialogue.have.extend(progress.have)
        dialogue.need.extend(progress.need)
        if progress.message is None:
            return dialogue
        dialogue.messages.append(progress.message)

"""Every reader of bytes from outside, for a moment: the same inputs each time, and no atheris.

`./check fuzz` searches for long, guided by what each input reaches.
"""

from __future__ import annotations

import mmap
from random import Random
from time import process_time
from typing import Final

import pytest

from protocol.channel import Role
from protocol.errors import LocalError, MalformedFrame, ProtocolError
from tests.fuzz.corpus import ADA, changes, story, talk
from tests.fuzz.links import Link
from tests.fuzz.oracle import GROWTH_BYTES_MAX, MemoryWatch, Misbehaved, Target, try_one
from tests.fuzz.shaping import reshape
from tests.fuzz.targets import TARGETS

INPUTS: Final = {"link": 300, "dialogue": 300, "transport": 500, "carry": 500}
"""How many for a target, where it is slow; any other takes `INPUTS_ELSE`."""
INPUTS_ELSE: Final = 2_000
SHORT_S: Final = 0.01


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_nothing_from_outside_does_harm(target: Target) -> None:
    random = Random(target.name)
    seeds = [seed for seed in target.seeds() if len(seed) <= target.bytes_max]
    assert seeds
    for _ in range(INPUTS.get(target.name, INPUTS_ELSE)):
        data = reshape(random.choice(seeds), random)[: target.bytes_max]
        try_one(target, data)
    for size in (0, 1, 2, 16, 60):
        try_one(target, random.randbytes(size))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_something_of_what_it_starts_from_is_taken(target: Target) -> None:
    """Were all of it refused at the door, nothing behind the door would be looked at."""
    taken = 0
    for seed in target.seeds()[:50]:
        try:
            target.feed(seed)
        except ProtocolError:
            continue
        taken += 1
    assert taken


def test_what_an_honest_neighbour_says_gets_through_a_link() -> None:
    link = Link(Role.RESPONDER)
    for frame in talk():
        link.say(frame)
    said = [*story(), *changes()]
    theirs = [record for record in said if record.header.group == ADA.group]
    newest = {record.header.object: record.id for record in theirs}
    assert [each for each in newest.values() if each not in link.exchange.shelf] == []


def _blames_us(data: bytes) -> None:
    raise LocalError("ours")


def _refuses(data: bytes) -> None:
    raise MalformedFrame("theirs")


def _spins(data: bytes) -> None:
    until_s = process_time() + 2 * SHORT_S
    while process_time() < until_s:
        pass


def _target(name: str) -> Target:
    feeds = {"blames us": _blames_us, "refuses": _refuses, "spins": _spins}
    return Target(name, feeds[name], lambda: [b""], 10)


def test_a_refusal_is_no_fault_and_blame_or_slowness_is() -> None:
    try_one(_target("refuses"), b"")
    with pytest.raises(Misbehaved, match="blames us"):
        try_one(_target("blames us"), b"")
    with pytest.raises(Misbehaved, match="took"):
        try_one(_target("spins"), b"", SHORT_S)


def test_what_stays_behind_is_noticed() -> None:
    watch = MemoryWatch()
    watch.look()
    size = GROWTH_BYTES_MAX + 2**21
    # Pages of its own: a large block may lie in what earlier tests have freed.
    with mmap.mmap(-1, size) as kept:
        kept.write(b"\x01" * size)
        with pytest.raises(Misbehaved, match="more than at first"):
            watch.look()

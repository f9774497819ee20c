"""Vectors of the clock: what it is shown and told, the time and who vouches for it."""

from __future__ import annotations

from protocol.clock import WRITTEN_MS, Timekeeper, Word
from protocol.clock import Reading as Shown
from protocol.ids import GroupId, UnixMs
from tests.protocol.readers.graphs import group_of
from tests.protocol.readers.reading import Reading, as_written

STEPS = ("shows", "paired", "hears", "word")


def read_clock(reading: Reading) -> None:
    first, *steps = [step for step in reading.vector.fields if step[0] in STEPS]
    for name in STEPS:
        reading.all(name)
    assert reading.number("written") == WRITTEN_MS
    clock = Timekeeper(UnixMs(reading.number("floor")), shown(first[1]))
    for name, value in steps:
        _take(clock, name, value)
    standing = clock.standing()
    assert (standing.now_ms, standing.by) == (reading.number("now"), reading.one("by"))
    assert standing.tellers == reading.number("tellers")
    assert as_written(standing.ahead_ms) == reading.one("ahead")


def _take(clock: Timekeeper, name: str, value: str) -> None:
    match name, value.split():
        case "shows", _:
            clock.see(shown(value))
        case "paired", letters:
            clock.pair([GroupId(group_of(letter)) for letter in letters])
        case "hears", [letter, time_ms, boot_ms]:
            clock.hear(group_of(letter), UnixMs(int(time_ms)), int(boot_ms))
        case "word", [time_ms, boot_ms]:
            clock.tell(Word(UnixMs(int(time_ms)), int(boot_ms)))
        case _:
            raise ValueError(value)


def shown(value: str) -> Shown:
    wall_ms, boot_ms, follows = value.split()
    return Shown(UnixMs(int(wall_ms)), int(boot_ms), follows == "synchronised")

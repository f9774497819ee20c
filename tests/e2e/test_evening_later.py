"""A node of a later version: what it says that we do not know is held, passed on, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from node.clock import system_clock
from protocol.bodies import Kind
from protocol.codec import Map, decode_body, decode_frame, encode
from protocol.ids import from_text
from protocol.limits import HOUR_MS
from tests.e2e.by_hand import Said, Voice, in_frame, say, voice_of
from tests.e2e.evening import NORTH, WORDS, Town, held_by, town
from tests.e2e.halls import ARRIVES_S, Hall, until, until_linked
from tests.e2e.job import until_shown

pytestmark = pytest.mark.e2e

LATER_FRAMES: Final = (
    encode({0: 200}),
    encode({0: 255, 1: [b"something", {1: "else"}], 2: 7}),
    encode({0: 99, 1: bytes(60_000)}),
)
"""Frames that no version has yet."""

REQUEST: Final[Map] = {
    **{0: int(Kind.REQUEST), 10: "V-12-K", 11: "FOD", 12: WORDS, 13: 40_000, 14: "meal", 15: 0},
}


class Later(NamedTuple):
    """By what is new in it; those that are not for Far Chapel, and one that is."""

    near: dict[str, Said]
    far: Said


def later(voice: Voice, batch: int) -> Later:
    """A batch of its own: the objects are others each time."""
    near: dict[str, Map] = {
        "a kind": {0: 40, 10: "what it says", 11: {1: [b"and", 2]}},
        "a key of every record": {**REQUEST, 200: 3},
        "a key": {**REQUEST, 60: ["new", {0: 1}], 61: b"newer"},
        "a direction": {**REQUEST, 18: 9},
        "an urgency": {**REQUEST, 15: 77},
        "a verdict": {**REQUEST, 21: [{0: bytes(16), 1: 1, 2: 9, 3: 5_000, 9: "new"}]},
    }
    signed = {
        what: record(voice, batch * 16 + at, body) for at, (what, body) in enumerate(near.items())
    }
    return Later(signed, record(voice, batch * 16 + 15, {0: 40, 10: "for all", 7: 9}))


def record(voice: Voice, number: int, body: Map) -> Said:
    """`body` under the header of an object of its own, with a reach of two."""
    header: Map = {1: voice.group, 2: voice.key, 3: number.to_bytes(16, "big"), 4: 1, 7: 2}
    return voice.sign({**header, 5: system_clock(), 6: HOUR_MS, **body})


def pledge(voice: Voice, overflow: str) -> Said:
    """A pledge to another hall's overflow, in a step that no version has yet."""
    body: Map = {0: int(Kind.PLEDGE), 11: "P-7-K", 12: 5_000, 13: 9}
    return record(voice, 250, {**body, 10: from_text(overflow) or b""})


def card(hall: Hall, voice: Voice) -> Said:
    """The hall's next card, with a key that is new: a record of the directory."""
    (held,) = (
        each
        for each in held_by(hall).values()
        if (each.header.kind, each.header.group) == (Kind.PROFILE, voice.group)
    )
    body = decode_body(held.body_bytes)
    return voice.sign({**body, 4: held.header.version + 1, 5: system_clock(), 60: "new"})


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Northgate is of a later version: it speaks for itself."""
    with town(tmp_path_factory.mktemp("town")) as four:
        four.north.stop()
        yield four


def until_held_at(hall: Hall, *said: Said) -> None:
    """On its disk, byte for byte."""
    ids = {each.id for each in said}
    until(lambda: held_by(hall).keys() >= ids or None, f"{hall.name} holds it", ARRIVES_S)
    held = held_by(hall)
    assert [held[each.id].envelope for each in said] == [each.envelope for each in said]


def test_it_is_held_and_passed_on_and_the_link_stays_up(four: Town) -> None:
    voice = voice_of(four.north)
    first, last = later(voice, 1), later(voice, 2)
    answer = pledge(voice, ask(four.east))
    ours = card(four.north, voice)
    said = (*first.near.values(), first.far, ours, answer)
    more = encode({**decode_frame(in_frame(*said)), 90: "a key of a frame"})
    assert say(
        four.north,
        four.east,
        *(LATER_FRAMES[0], more, *LATER_FRAMES[1:]),
        last=[*last.near.values(), last.far],
    )
    until_held_at(four.east, *said)
    until_held_at(four.mill, *said)
    until_held_at(four.chapel, first.far, ours, last.far, answer)
    near = {each.id for each in (*first.near.values(), *last.near.values())}
    assert not held_by(four.chapel).keys() & near
    assert_nothing_breaks(four)


def test_it_is_kept_on_disk_and_passed_on_to_who_was_off(four: Town) -> None:
    """From hall to hall, each started anew after the one that it had it from."""
    voice = voice_of(four.north)
    said = later(voice, 3)
    four.chapel.stop()
    four.mill.stop()
    assert say(four.north, four.east, last=[*said.near.values(), said.far])
    four.east.restart()
    four.mill.start()
    until_held_at(four.mill, *said.near.values(), said.far)
    four.mill.restart()
    four.chapel.start()
    until_held_at(four.chapel, said.far)
    until_held_at(four.east, *said.near.values(), said.far)
    assert_nothing_breaks(four)


def assert_nothing_breaks(four: Town) -> None:
    """What is understood of it is shown, the halls are linked, and their own needs go on."""
    until_linked(four.east, four.mill)
    until_linked(four.mill, four.chapel)
    for hall in (four.east, four.mill):
        shown = [each for each in hall.json("overflow", "list") if each["origin"] == NORTH]
        assert shown
        assert {(each["text"], each["qty"]) for each in shown} == {(WORDS, 40)}
    passed = ask(four.east)
    until_shown(four.chapel, passed, lambda each: each.distance == 2)


def ask(hall: Hall) -> str:
    """Pass on a need of its own; the overflow's id."""
    need = hall.json("need", "add", "FOD", WORDS, "--qty", "40")["ref"]
    return str(hall.json("pass", need, "--yes")["id"])

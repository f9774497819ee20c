"""An origin that accepts more than it asked for: every node that gets its record refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest

from node.clock import system_clock
from protocol.bodies import Decision, Verdict
from protocol.codec import Map, Value, decode_body
from protocol.ids import ObjectId, Thousandths, from_text
from protocol.limits import HOUR_MS
from tests.e2e.by_hand import Said, Voice, in_frame, say, voice_of
from tests.e2e.evening import ASKED, CHAPEL, EAST, MILL, Town, held_by, play, pledges_of, town
from tests.e2e.halls import Hall, until_linked
from tests.e2e.job import until_shown

pytestmark = pytest.mark.e2e

TOO_MUCH: Final = {
    "both whole": (40, (25, 30)),
    "one meal more": (40, (25, 16)),
    "a thousandth more": (40, (25, 15.001)),
    "one pledge alone": (40, (41,)),
    "asked for less afterwards": (39, (25, 15)),
}
"""What is asked, and what is accepted of Eastside's pledge and of Mill Lane's."""


class Stage(NamedTuple):
    """Northgate's overflow as all hold it, and the two pledges to it. Northgate's node is off."""

    four: Town
    overflow: str
    held: Map
    pledges: tuple[ObjectId, ObjectId]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with town(tmp_path_factory.mktemp("town")) as four:
        said = {}
        for step in play(four):
            said[step.did] = step.said
            if step.did == f"{MILL} pledges":
                break
        overflow = said["pass"]["id"]
        for hall in (four.north, four.east):
            until_shown(hall, overflow, lambda shown: len(shown.pledges) == 2)
        four.north.stop()
        (held,) = (
            record
            for record in held_by(four.north).values()
            if record.header.object == from_text(overflow)
        )
        ids = [from_text(said[f"{name} pledges"]["id"]) or b"" for name in (EAST, MILL)]
        pledges = (ObjectId(ids[0]), ObjectId(ids[1]))
        yield Stage(four, overflow, decode_body(held.body_bytes), pledges)


def hostile(stage: Stage, voice: Voice) -> Iterator[Said]:
    """The overflow with other decisions in it, and once as a new one, signed by its origin."""
    for qty, accepted in TOO_MUCH.values():
        yield decided(stage, voice, qty, accepted)
    yield decided(stage, voice, 40, (25, 30), {3: bytes(15) + b"!", 4: 1})


def decided(
    stage: Stage, voice: Voice, qty: float, accepted: tuple[float, ...], other: Map | None = None
) -> Said:
    decisions: list[Value] = [
        Decision(pledge, 1, Verdict.ACCEPTED, Thousandths(round(amount * 1000))).write()
        for pledge, amount in zip(stage.pledges, accepted, strict=False)
    ]
    newer: Map = {4: 2, 13: round(qty * 1000), 21: decisions}
    return voice.sign({**stage.held, **newer, **(other or {})})


def sound(voice: Voice, number: int) -> Said:
    """A record that is in order: of a kind that is yet to come."""
    now_ms = system_clock()
    return voice.sign(
        {
            **{0: 40, 1: voice.group, 2: voice.key, 3: number.to_bytes(16, "big")},
            **{4: 1, 5: now_ms, 6: HOUR_MS, 7: 2},
        }
    )


def refuses(speaker: Hall, listener: Hall, bad: Said, good: Said) -> None:
    """It may end the link over it, but takes the next one and what is in order there."""
    say(speaker, listener, in_frame(bad), last=[good])
    assert say(speaker, listener, last=[good])
    assert good.id in held_by(listener)


def assert_unmoved(stage: Stage, *bad: Said) -> None:
    """Nothing of it is held anywhere, and every hall shows what it showed before."""
    for hall in stage.four:
        assert not held_by(hall).keys() & {each.id for each in bad}
    for hall in stage.four[1:]:
        if hall.is_running and hall.name != CHAPEL:
            shown = hall.json("overflow", "show", stage.overflow)
            assert (shown["state"], shown["qty"], shown["accepted"]) == ("open", 40, 0)
            assert {each[0] for each in pledges_of(shown).values()} == {"offered"}


def link_lines(hall: Hall) -> list[str]:
    """What its log says of links that ended."""
    return [line for line in hall.log.read_text("utf-8").splitlines() if ": link " in line]


def test_it_is_refused_where_the_origin_brings_it(stage: Stage) -> None:
    four, voice = stage.four, voice_of(stage.four.north)
    before = [link_lines(hall) for hall in (four.mill, four.chapel)]
    for number, bad in enumerate(hostile(stage, voice), start=1):
        refuses(four.north, four.east, bad, sound(voice, number))
        assert_unmoved(stage, bad)
    until_linked(four.east, four.mill)
    assert [link_lines(hall) for hall in (four.mill, four.chapel)] == before


def test_it_is_refused_where_another_hall_brings_it(stage: Stage) -> None:
    """A hall in between that does not check: Mill Lane hears it from there, and refuses it too."""
    four, origin = stage.four, voice_of(stage.four.north)
    before = link_lines(four.chapel)
    four.east.stop()
    between = voice_of(four.east)
    for number, bad in enumerate(hostile(stage, origin), start=1):
        refuses(four.east, four.mill, bad, sound(between, number))
        assert_unmoved(stage, bad)
    until_linked(four.mill, four.chapel)
    assert link_lines(four.chapel) == before
    four.east.start()
    until_linked(four.east, four.mill)


def test_the_same_with_decisions_that_fit_is_taken_by_all(stage: Stage) -> None:
    """Or nothing above would say anything."""
    four, voice = stage.four, voice_of(stage.four.north)
    fits = decided(stage, voice, 40, (25, 15))
    assert say(four.north, four.east, last=[fits])
    for hall in (four.east, four.mill):
        shown = until_shown(hall, stage.overflow, lambda each: each.accepted == ASKED)
        assert shown.state == "covered"
        assert fits.id in held_by(hall)

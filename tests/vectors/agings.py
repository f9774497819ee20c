"""What time does: what expires, what does not come back, what an unsure clock has signed.

Bea's hall is next to Ada's. The mark moves in steps of ten minutes, so times here are far apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.vectors.plain import ADA, BEA, DAY_MS, HOUR_MS, NOW, Changes, Signed, changed, sign
from tests.vectors.stories import Story, directory, request_map
from tests.vectors.vector import OK, Vector

ASKED: Final = request_map(ADA, changes={6: DAY_MS})
"""It lives a day."""
MINUTE_MS: Final = 60_000
STEP_MS: Final = 10 * MINUTE_MS
SHARP: Final = NOW - NOW % STEP_MS
"""A multiple of ten minutes, a little before now."""


def request(changes: Changes | None = None) -> Signed:
    return sign(changed(ASKED, changes or {}), ADA.device())


def begun(now_ms: int = NOW, *, is_trusted: bool = True) -> Story:
    return directory(BEA, ADA).time(now_ms, is_trusted=is_trusted)


def vectors() -> Iterator[Vector]:
    yield from _cuts()
    yield from _expiry()
    yield from _unsure()
    yield from _future()
    yield from _buried()


def _cuts() -> Iterator[Vector]:
    """What expires up to the cutoff of a link is not counted in its sets, whoever holds it."""
    ends = NOW + DAY_MS
    for name, comment, signed, cutoff_ms, answer in (
        ("cut", "it expires at the cutoff", request(), ends, "yes"),
        ("not_cut", "it expires a millisecond later", request(), ends - 1, "no"),
        ("unsure_not_cut", "an unsure clock has signed it", request({8: 1}), ends, "no"),
        ("roster_not_cut", "a roster does not expire", ADA.roster(), ends, "no"),
    ):
        fields = (("cutoff", str(cutoff_ms)), ("cut", answer))
        spec = "SPEC 10.2, SPEC 10.3" if name == "unsure_not_cut" else "SPEC 10.2"
        yield Vector(f"aging/{name}", OK, spec, comment, fields, signed.packed)


def _expiry() -> Iterator[Vector]:
    spec = "SPEC 10.2"
    ends_sharp = request({5: SHARP})
    story = begun().comes("request", ends_sharp).time(SHARP + DAY_MS - 1)
    yield story.ends("aging/last_step", spec, "a millisecond before the step in which it goes")
    story.time(SHARP + DAY_MS)
    gone = ["request"]
    yield story.ends("aging/over", spec, "the mark comes to when it expires", nowhere=gone)
    story.comes("request", ends_sharp)
    yield story.ends("aging/past", spec, "it comes again", nowhere=gone)
    story = begun().comes("request", request()).time(NOW + DAY_MS + 1)
    comment = "it has expired, and the mark moves in steps"
    yield story.ends("aging/between_steps", spec, comment)
    story = begun(is_trusted=False).comes("request", request())
    story.time(NOW + 9 * DAY_MS, is_trusted=False)
    yield story.ends("aging/untrusted", spec, "nothing goes while nobody vouches for the time")
    story = begun().comes("request", request()).time(NOW + 3 * DAY_MS)
    story.time(NOW).comes("later", request({4: 2}))
    comment = "whoever vouched was wrong by days: the mark goes back, and we take again"
    yield story.ends("aging/mark_back", spec, comment, nowhere=["request"])


def _unsure() -> Iterator[Vector]:
    """A record that says that its clock was unsure lives its time from when it was heard."""
    spec, hours = "SPEC 10.3", 20 * HOUR_MS
    early = request({5: 0, 8: 1})
    story = begun().comes("request", early)
    yield story.ends("aging/unsure_1970", spec, "made in 1970 by an unsure clock, and taken")
    story.time(NOW + DAY_MS - STEP_MS)
    yield story.ends("aging/ends_unsure", spec, "it lives a day from when it was heard")
    story.time(NOW + DAY_MS + STEP_MS)
    yield story.ends("aging/over_unsure", spec, "its day is over", nowhere=["request"])
    close = request({5: NOW + MINUTE_MS, 8: 1})
    story = begun().comes("request", close).time(NOW + DAY_MS + STEP_MS)
    comment = "heard within a minute of when it says: it ends as it says"
    yield story.ends("aging/ends_unsure_close", spec, comment, nowhere=["request"])
    story = begun(NOW - hours, is_trusted=False).comes("request", early).time(NOW)
    story.time(NOW + hours)
    comment = "heard by a wrong clock: the right time moves when it was heard"
    yield story.ends("aging/heard_anew", spec, comment)


def _future() -> Iterator[Vector]:
    spec, ahead = "SPEC 10.4", ["request"]
    soon = request({5: NOW + STEP_MS})
    story = begun().comes("request", soon)
    yield story.ends("aging/ten_minutes", spec, "ten minutes ahead of our clock, and taken")
    later = request({5: NOW + STEP_MS + 1})
    story = begun().comes("request", later)
    comment = "a millisecond more: it stays aside until its time comes"
    yield story.ends("aging/future", spec, comment, ahead=ahead)
    story.time(NOW + MINUTE_MS)
    yield story.ends("aging/future_comes", spec, "its time comes")
    story = begun(is_trusted=False).comes("request", later)
    comment = "to a clock that nobody vouches for nothing is ahead"
    yield story.ends("aging/future_untrusted", spec, comment)
    story = begun().comes("request", request({5: NOW + DAY_MS, 8: 1}))
    comment = "what an unsure clock has signed is not ahead either"
    yield story.ends("aging/future_unsure", spec, comment)


def _buried() -> Iterator[Vector]:
    """What has had its time here is not taken again from a neighbour that heard of it later."""
    spec = "SPEC 10.5"
    early = request({5: 0, 8: 1})
    story = begun().comes("request", early).time(NOW + 2 * DAY_MS).comes("request", early)
    gone = ["request"]
    yield story.ends("aging/buried", spec, "what an unsure clock has signed", nowhere=gone)
    newer = request({4: 2, 5: 1, 8: 1})
    story = begun().comes("request", early).time(NOW + 2 * DAY_MS).comes("newer", newer)
    comment = "a newer version is another matter"
    yield story.ends("aging/buried_newer", spec, comment, nowhere=["request"])
    story = begun().comes("newer", request({4: 2})).time(NOW + 2 * DAY_MS).comes("older", early)
    comment = "an earlier version, of an unsure clock"
    yield story.ends("aging/buried_older", spec, comment, nowhere=["newer", "older"])
    story = begun().comes("request", early).time(NOW + 2 * DAY_MS).time(NOW + 99 * DAY_MS)
    story.comes("request", early)
    comment = "long after nobody remembers, and nobody can bring it still"
    gone = ["ada/peering"]
    yield story.ends("aging/forgotten", spec, comment, waits=["request"], nowhere=gone)

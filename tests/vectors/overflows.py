"""The state of an overflow and of the pledges to it: what was signed, and what one sees when.

`request` and each `pledge` are records. `state` and `because` are the overflow's, as `outstanding`
and `received`, in thousandths, where they stand. Each `sees` is a pledge in the order in which it
is shown: reference, state, accepted and received.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.vectors.plain import (
    ADA,
    BEA,
    CLEO,
    DAY_MS,
    NOW,
    PLEDGE,
    REQUEST,
    REQUEST_BODY,
    Changes,
    Hall,
    Map,
    Signed,
    changed,
    object_of,
    sign,
)
from tests.vectors.vector import OK, Fields, Vector

OPEN, COVERED, CLOSED = "open", "covered", "closed"
ENDS: Final = NOW + 7 * DAY_MS
"""When the request expires; the pledges live as long."""

STATES: Final[tuple[tuple[str, str, int | None, int, str], ...]] = (
    ("none_offered", "an offer that nobody has answered", None, 0, "offered"),
    ("none_sent", "sent unasked: the answer is awaited still", None, 1, "offered"),
    ("none_withdrawn", "withdrawn before anybody answered", None, 2, "withdrawn"),
    ("accepted_offered", "accepted, not sent yet", 1, 0, "accepted"),
    ("accepted_sent", "accepted and on its way", 1, 1, "sent"),
    ("accepted_withdrawn", "accepted, then withdrawn", 1, 2, "withdrawn"),
    ("not_needed_offered", "not needed", 2, 0, "not needed"),
    ("not_needed_sent", "not needed, and sent all the same", 2, 1, "not needed"),
    ("not_needed_withdrawn", "not needed, and withdrawn", 2, 2, "withdrawn"),
    ("released_offered", "accepted, then let go of", 3, 0, "fell through"),
    ("released_sent", "on its way, then let go of", 3, 1, "fell through"),
    ("released_withdrawn", "let go of, and withdrawn", 3, 2, "withdrawn"),
)
"""Name, comment, the origin's verdict, the pledging hall's step, the state."""


@dataclass(frozen=True, slots=True)
class Story:
    """A request, the pledges to it, and when one looks."""

    request: Changes = field(default_factory=dict)
    pledges: Sequence[tuple[Hall, Changes]] = ()
    now_ms: int = NOW

    def signed(self) -> tuple[Signed, list[Signed]]:
        asked = ADA.map(REQUEST, {**REQUEST_BODY, **self.request}, "meals")
        pledges = [sign(pledge_map(hall, changes), hall.device()) for hall, changes in self.pledges]
        return sign(changed(asked, {}), ADA.device()), pledges

    def shows(
        self,
        name: str,
        comment: str,
        state: str,
        sees: Sequence[str] = (),
        because: str = "",
        *,
        sums: Fields = (),
    ) -> Vector:
        request, pledges = self.signed()
        fields = [("request", request.packed.hex())]
        fields += [("pledge", pledge.packed.hex()) for pledge in pledges]
        fields += [("now_ms", str(self.now_ms)), ("state", state)]
        fields += [("because", because)] if because else []
        fields += sums
        fields += [("sees", each) for each in sees]
        spec = "SPEC 8.3" if 18 in self.request else "SPEC 8.2" if pledges else "SPEC 8.1"
        if sums:
            spec += ", SPEC 8.1"
        return Vector(f"overflow/{name}", OK, spec, comment, tuple(fields))


def pledge_map(hall: Hall, changes: Changes) -> Map:
    """A pledge of 25 meals to the request, with `changes`."""
    request = object_of(ADA.map(REQUEST, REQUEST_BODY, "meals"))
    body = {10: request, 11: f"P-1-{hall.name[0].upper()}", 12: 25_000}
    return changed(hall.map(PLEDGE, body, "pledge"), changes)


def decision(
    verdict: int, accepted: int | None = None, moved: int | None = None, hall: Hall = BEA
) -> Map:
    said = {0: object_of(pledge_map(hall, {})), 1: 1, 2: verdict, 3: accepted, 4: moved}
    return changed(said, {})


def vectors() -> Iterator[Vector]:
    yield from _overflows()
    yield from _steps()
    yield from _unanswered()
    yield from _received()
    yield from _surplus()
    yield from _sums()
    yield from _orders()


def _overflows() -> Iterator[Vector]:
    yield Story().shows("open", "nothing is promised", OPEN)
    part = Story({21: [decision(1, 25_000)]})
    yield part.shows("open_part", "part of it is accepted", OPEN)
    whole = Story({21: [decision(1, 25_000), decision(1, 35_000, hall=CLEO)]})
    yield whole.shows("covered", "all of it is accepted", COVERED)
    released = Story({21: [decision(3), decision(1, 35_000, hall=CLEO)]})
    yield released.shows("open_again", "part of it was let go of", OPEN)
    for code, because in enumerate(("received", "withdrawn", "expired"), start=1):
        closed = Story({20: code})
        yield closed.shows(f"closed_{because}", f"its origin says {because}", CLOSED, (), because)
    before = Story(now_ms=ENDS - 1)
    yield before.shows("last_moment", "a millisecond before it expires", OPEN)
    after = Story(now_ms=ENDS)
    yield after.shows("expired", "from the moment on when it expires", CLOSED, (), "expired")
    both = Story({20: 1}, now_ms=ENDS)
    yield both.shows("closed_first", "what its origin said stays", CLOSED, (), "received")
    full = Story({21: [decision(1, 60_000)]}, now_ms=ENDS)
    yield full.shows("covered_expired", "covered, and then expired", CLOSED, (), "expired")


def _steps() -> Iterator[Vector]:
    """What the origin said, what the pledging hall did."""
    for name, comment, verdict, step, state in STATES:
        accepted = 25_000 if verdict == 1 else None
        said = {} if verdict is None else {21: [decision(verdict, accepted)]}
        story = Story(said, [(BEA, {13: step or None})])
        yield story.shows(f"pledge_{name}", comment, OPEN, [f"P-1-B {state} {accepted or 0} 0"])


def _unanswered() -> Iterator[Vector]:
    """What becomes of an offer that nobody answered."""
    offer: list[tuple[Hall, Changes]] = [(BEA, {})]
    for code, because, state in (
        (1, "received", "not needed"),
        (2, "withdrawn", "not needed"),
        (3, "expired", "lapsed"),
    ):
        yield Story({20: code}, offer).shows(
            f"unanswered_{because}",
            f"an offer to what is closed: {because}",
            CLOSED,
            [f"P-1-B {state} 0 0"],
            because,
        )
    short = [(BEA, {6: DAY_MS})]
    yield Story(pledges=short, now_ms=NOW + DAY_MS - 1).shows(
        "unanswered_in_time", "an offer in its last millisecond", OPEN, ["P-1-B offered 0 0"]
    )
    yield Story(pledges=short, now_ms=NOW + DAY_MS).shows(
        "unanswered_lapsed", "an offer that nobody answered in its time", OPEN, ["P-1-B lapsed 0 0"]
    )
    accepted = Story({21: [decision(1, 25_000)]}, short, NOW + DAY_MS)
    yield accepted.shows(
        "answered_stays", "what was accepted does not lapse", OPEN, ["P-1-B accepted 25000 0"]
    )
    yield Story({20: 1}, short, NOW + DAY_MS).shows(
        "lapsed_and_closed",
        "an offer whose time is over too: why the request is closed counts",
        CLOSED,
        ["P-1-B not needed 0 0"],
        "received",
    )


def _received() -> Iterator[Vector]:
    """What came, as the origin says."""
    for name, comment, verdict, accepted, moved, state in (
        ("all", "all of it came", 1, 25_000, 25_000, "received"),
        ("more", "more came than was accepted", 1, 25_000, 30_000, "received"),
        ("part", "part of it came, the rest is on its way", 1, 25_000, 10_000, "sent"),
        (
            "not_needed",
            "of what is not needed nothing came; the sum is the origin's word all the same",
            2,
            None,
            10_000,
            "not needed",
        ),
        ("released", "it was let go of, and some came", 3, None, 10_000, "received"),
    ):
        came = 0 if verdict == 2 else moved
        story = Story({21: [decision(verdict, accepted, moved)]}, [(BEA, {13: 1})])
        sees = f"P-1-B {state} {accepted or 0} {came}"
        sums = (("received", str(moved)),)
        yield story.shows(f"received_{name}", comment, OPEN, [sees], sums=sums)
    withdrawn = Story({21: [decision(1, 25_000, 25_000)]}, [(BEA, {13: 2})])
    yield withdrawn.shows(
        "received_withdrawn",
        "it came and was then withdrawn: it came",
        OPEN,
        ["P-1-B received 25000 25000"],
    )


def _surplus() -> Iterator[Vector]:
    """The other way round: the origin sends, the pledging hall says what came."""
    for name, comment, verdict, sent, came, state in (
        ("offered", "somebody asks for part of it", None, None, None, "offered"),
        ("accepted", "it is promised", 1, None, None, "accepted"),
        ("sent", "the origin has sent some of it", 1, 10_000, None, "sent"),
        ("received", "who asked for it says that it came", 1, 25_000, 25_000, "received"),
        ("received_part", "part of it came", 1, 25_000, 10_000, "sent"),
        ("unasked", "who was never answered received nothing", None, None, 25_000, "offered"),
        (
            "not_needed",
            "nor did who was told no, whatever was sent",
            2,
            5_000,
            25_000,
            "not needed",
        ),
    ):
        accepted = 25_000 if verdict == 1 else None
        said = {} if verdict is None else {21: [decision(verdict, accepted, sent)]}
        story = Story({18: 1, **said}, [(BEA, {15: came})])
        received = came or 0 if verdict == 1 else 0
        sees = f"P-1-B {state} {accepted or 0} {received}"
        sums = (("received", str(received)),)
        yield story.shows(f"surplus_{name}", comment, OPEN, [sees], sums=sums)


def _sums() -> Iterator[Vector]:
    """Of a request its origin says what came, of a surplus whoever it came to."""
    two = [decision(1, 25_000, 20_000), decision(1, 15_000, 3_000, CLEO)]
    sums: Fields = (("outstanding", "20000"), ("received", "23000"))
    comment = "what came is the origin's to say, also where a pledge is not held"
    sees = ["P-1-B accepted 25000 20000"]
    yield Story({21: two}, [(BEA, {})]).shows("sums", comment, OPEN, sees, sums=sums)
    came: list[tuple[Hall, Changes]] = [(BEA, {15: 20_000}), (CLEO, {15: 4_000})]
    sums = (("outstanding", "20000"), ("received", "24000"))
    comment = "what came of a surplus is for those to say whom it came to"
    sees = ["P-1-B sent 25000 20000", "P-1-C sent 15000 4000"]
    yield Story({18: 1, 21: two}, came).shows("surplus_sums", comment, OPEN, sees, sums=sums)


def _orders() -> Iterator[Vector]:
    two = [(CLEO, {11: "P-10-T"}), (BEA, {11: "P-6-R"})]
    sees = ["P-6-R offered 0 0", "P-10-T offered 0 0"]
    longer = "a longer reference was given out later"
    yield Story(pledges=two).shows("order_length", longer, OPEN, sees)
    same = [(CLEO, {11: "P-6-T"}), (BEA, {11: "P-6-R"})]
    sees = ["P-6-R offered 0 0", "P-6-T offered 0 0"]
    yield Story(pledges=same).shows("order_letters", "of one length: by the letters", OPEN, sees)

"""One version after the other, two contents under one version, and who may write what.

Bea's hall is next to Ada's and Cleo's, and all of it comes there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.vectors.plain import (
    ADA,
    BEA,
    CLEO,
    DAY_MS,
    NOTICE,
    NOW,
    SEEN,
    Changes,
    Signed,
    changed,
    object_of,
    public,
    seen_number,
    sign,
)
from tests.vectors.proofs import OF_REQUESTS, ONE, OTHER, proof
from tests.vectors.stories import (
    Story,
    any_number,
    details,
    directory,
    pledge,
    pledge_map,
    request,
    request_map,
)
from tests.vectors.vector import Vector

ASKED: Final = request_map(ADA)
FAR: Final = request_map(CLEO)


def version(number: int, changes: Changes | None = None) -> Signed:
    """Of Ada's request, each a second after the last."""
    body = {4: number, 5: NOW + number * 1_000, **(changes or {})}
    return sign(changed(ASKED, body), ADA.device())


def street() -> Story:
    return directory(BEA, ADA, CLEO)


def vectors() -> Iterator[Vector]:
    yield from _orders()
    yield from _successions()
    yield from _contradictions()


def writers() -> Iterator[Vector]:
    yield from _answers()
    yield from _details()


def _orders() -> Iterator[Vector]:
    spec = "SPEC 5.3"
    story = street().comes("first", version(1)).comes("second", version(2))
    comment = "a newer version takes the place of the older one"
    yield story.ends("versions/older_first", spec, comment, nowhere=["first"])
    story = street().comes("second", version(2)).comes("first", version(1))
    comment = "an older version comes too late"
    yield story.ends("versions/newer_first", spec, comment, nowhere=["first"])
    story = street().comes("first", version(1)).comes("ninth", version(9))
    comment = "versions in between may be missing"
    yield story.ends("versions/gap", spec, comment, nowhere=["first"])
    back = version(2, {5: NOW - DAY_MS, 6: 9 * DAY_MS})
    story = street().comes("first", version(1)).comes("second", back)
    comment = "the version counts, not the clock that it was made by"
    yield story.ends("versions/clock_back", spec, comment, nowhere=["first"])
    story = street().comes("first", version(1)).comes("first", version(1))
    yield story.ends("versions/twice", spec, "the same record twice")


def _successions() -> Iterator[Vector]:
    spec = "SPEC 5.3"
    story = street().comes("first", version(1))
    notice = {key: value for key, value in ASKED.items() if key < 10}
    other_kind = sign({**notice, 0: NOTICE, 4: 2, 10: "hello"}, ADA.device())
    comment = "a request becomes a notice"
    yield story.comes("second", other_kind).breaks("versions/bad_kind", spec, comment)
    for name, comment, lifetime_ms in (
        ("bad_expiry", "it expires before the one that it replaces", 7 * DAY_MS - 1_001),
        ("expiry", "it expires with the one that it replaces", 7 * DAY_MS - 1_000),
    ):
        story = street().comes("first", version(1)).comes("second", version(2, {6: lifetime_ms}))
        if name == "expiry":
            yield story.ends(f"versions/{name}", spec, comment, nowhere=["first"])
        else:
            yield story.breaks(f"versions/{name}", spec, comment)
    both = street().comes("request", version(1)).comes("other", request(CLEO))
    story = both.comes("first", pledge(CLEO, ASKED))
    story.comes("second", pledge(CLEO, ASKED, {4: 2, 10: any_number("another request")}))
    comment = "a pledge goes over to another request"
    yield story.breaks("versions/bad_about", spec, comment)
    story = street().comes("own", request(BEA))
    comment = "our own device has signed it, and we have not"
    yield story.breaks("versions/bad_own_device", spec, comment)


def _contradictions() -> Iterator[Vector]:
    """`ONE` and `OTHER` are two contents of Ada's request, both of version 1."""
    spec = "SPEC 5.5"
    gone = ["one", "other"]
    story = street().comes("one", ONE).comes("other", OTHER).makes("proof", OF_REQUESTS)
    comment = "two contents of one version: their proof takes the place of both"
    yield story.ends("versions/two_contents", spec, comment, nowhere=gone)
    story = street().comes("other", OTHER).comes("one", ONE).makes("proof", OF_REQUESTS)
    comment = "in the other order the same proof"
    yield story.ends("versions/two_contents_order", spec, comment, nowhere=gone)
    story = street().comes("proof", OF_REQUESTS).comes("later", version(9))
    comment = "no version comes after a proof"
    yield story.ends("versions/frozen", spec, comment, nowhere=["later"])
    story = street().comes("later", version(9)).comes("proof", OF_REQUESTS)
    comment = "a proof takes the place of any version"
    yield story.ends("versions/proof_beats", spec, comment, nowhere=["later"])
    second = _second_proof()
    lower, higher = sorted((OF_REQUESTS, second), key=_rank)
    for name, comment, first, last in (
        ("stays", "of two proofs the lower one stays", lower, higher),
        ("comes", "of two proofs the lower one comes", higher, lower),
    ):
        labels = {lower.id: "lower", higher.id: "higher"}
        story = street().comes(labels[first.id], first).comes(labels[last.id], last)
        path = f"versions/lower_proof_{name}"
        yield story.ends(path, spec, comment, nowhere=["higher"])
    second_version = [version(2, {13: qty}) for qty in (1, 2)]
    later = proof(second_version[0], second_version[1], {4: 2, 5: NOW + 2_000})
    story = street().comes("later", later).comes("earlier", OF_REQUESTS)
    comment = "of two proofs that of the earlier version stands"
    yield story.ends("versions/earlier_proof", spec, comment, nowhere=["later"])
    story = street().comes("proof", OF_REQUESTS).comes("pledge", pledge(CLEO, ASKED))
    comment = "nothing answers what has a proof"
    yield story.ends("versions/proof_unanswered", spec, comment, waits=["pledge"])


def _second_proof() -> Signed:
    third = sign(changed(ASKED, {13: 70_000, 5: NOW + 1_000, 7: 3}), ADA.device())
    return proof(ONE, third, {5: NOW + 1_000, 7: 3})


def _rank(made: Signed) -> tuple[bytes, bytes]:
    """By the ids of the two; both proofs are of version 1."""
    two = {ONE.id, OTHER.id} if made == OF_REQUESTS else _ids_of_second()
    lower, higher = sorted(two)
    return lower, higher


def _ids_of_second() -> set[bytes]:
    third = sign(changed(ASKED, {13: 70_000, 5: NOW + 1_000, 7: 3}), ADA.device())
    return {ONE.id, third.id}


def _answers() -> Iterator[Vector]:
    """Who may answer a request."""
    story = street().comes("pledge", pledge(CLEO, ASKED)).comes("request", version(1))
    yield story.ends("writers/pledge_first", "SPEC 9.3", "it waited for its request")
    story = street().comes("pledge", pledge(CLEO, ASKED))
    comment = "a pledge to what is not held"
    yield story.ends("writers/pledge_waits", "SPEC 9.3", comment, waits=["pledge"])
    story = street().comes("request", version(1)).comes("pledge", pledge(ADA, ASKED))
    comment = "a group pledges to its own request"
    yield story.breaks("writers/bad_pledge_to_self", "SPEC 6.5", comment)
    for name, comment, hall in (
        ("seen", "somebody at another hall has opened it", CLEO),
        ("bad_seen_of_own", "a group says that it has seen its own request", ADA),
    ):
        key = public(hall.device())
        number = seen_number(object_of(ASKED), key)
        body = hall.map(SEEN, {3: number, 10: object_of(ASKED)})
        story = street().comes("request", version(1)).comes("seen", sign(body, hall.device()))
        if hall is ADA:
            yield story.breaks(f"writers/{name}", "SPEC 6.7", comment)
        else:
            yield story.ends(f"writers/{name}", "SPEC 6.7", comment)


def _details() -> Iterator[Vector]:
    spec = "SPEC 6.6"
    answer = pledge_map(CLEO, ASKED)
    sealed = details(ADA, object_of(ASKED), object_of(answer))
    story = street().comes("request", version(1)).comes("pledge", pledge(CLEO, ASKED))
    yield story.comes("details", sealed).ends("writers/details", spec, "for a pledge that is held")
    story = street().comes("request", version(1)).comes("details", sealed)
    comment = "the pledge that they are for is not held"
    yield story.ends("writers/details_wait", spec, comment, waits=["details"])
    story.comes("pledge", pledge(CLEO, ASKED))
    yield story.ends("writers/details_first", spec, "they waited for their pledge")
    theirs = details(CLEO, object_of(ASKED), object_of(answer))
    story = street().comes("request", version(1)).comes("pledge", pledge(CLEO, ASKED))
    comment = "another group than the request's seals details"
    yield story.comes("details", theirs).breaks("writers/bad_details_stranger", spec, comment)
    other = {3: any_number("second"), 13: 5_000}
    second = sign(changed(ASKED, other), ADA.device())
    story = street().comes("request", version(1)).comes("second", second)
    story.comes("pledge", pledge(CLEO, changed(ASKED, other))).comes("details", sealed)
    comment = "the pledge that they are for is to another request"
    yield story.breaks("writers/bad_details_other_pledge", spec, comment)
    no_pledge = details(ADA, object_of(ASKED), object_of(FAR))
    story = street().comes("request", version(1)).comes("second", request(CLEO))
    comment = "what they are for is no pledge"
    yield story.comes("details", no_pledge).breaks("writers/bad_details_no_pledge", spec, comment)

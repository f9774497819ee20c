"""Proofs that a device has signed two contents as one version: made here by hand of the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from tests.vectors.plain import (
    ADA,
    BEA,
    DAY_MS,
    DIRECTORY_PROOF,
    MALFORMED,
    NOW,
    PEERING,
    PROOF,
    REQUEST,
    REQUEST_BODY,
    Changes,
    Map,
    Signed,
    changed,
    pack,
    public,
    seed,
    sign,
)
from tests.vectors.vector import OK, Fields, Vector

SPEC: Final = "SPEC 5.5, SPEC 6.11"
DEVICE: Final = ADA.device()
UNSIGNED: Final = bytes(64)
BASE: Final = ADA.map(REQUEST, REQUEST_BODY, "meals")
ONE: Final = sign(BASE, DEVICE)
OTHER: Final = sign(changed(BASE, {13: 90_000, 5: NOW + 1_000, 7: 3}), DEVICE)


def proof(one: Signed, other: Signed, header: Changes) -> Signed:
    """`header`: all that is not the group, device, number and version of a request of Ada's."""
    first, second = sorted((one, other), key=lambda signed: signed.id)
    base = {key: value for key, value in BASE.items() if key < 10}
    made = {**base, 0: PROOF, 6: 30 * DAY_MS, **header, 10: first.pair, 11: second.pair}
    return Signed(pack(changed(made, {})), UNSIGNED)


OF_REQUESTS: Final = proof(ONE, OTHER, {5: NOW + 1_000, 7: 3})


def vectors() -> Iterator[Vector]:
    shown = (
        ("header.kind", str(PROOF)),
        ("header.created_ms", str(NOW + 1_000)),
        ("header.lifetime_ms", str(30 * DAY_MS)),
        ("header.reach", "3"),
        ("header.clock_unsure", "no"),
    )
    comment = "of two requests: the later time, the farther reach"
    yield good("two_requests", comment, OF_REQUESTS, [ONE, OTHER], shown)
    unsure = sign(changed(BASE, {8: 1, 13: 90_000}), DEVICE)
    comment = "one of the two clocks was unsure"
    yield good("unsure", comment, proof(ONE, unsure, {8: 1}), [ONE, unsure])
    old = {9: public(ADA.device("old desk"))}
    by_heir = [sign(changed(BASE, {**old, 13: qty}), DEVICE) for qty in (1, 2)]
    comment = "an heir has signed both"
    yield good("by_heir", comment, proof(by_heir[0], by_heir[1], old), by_heir)
    filler = 4_026 - len(pack(changed(BASE, {60_000: bytes(300)}))) + 300
    long = [sign(changed(BASE, {60_000: bytes([n]) + bytes(filler - 1)}), DEVICE) for n in (1, 2)]
    comment = "of two that are as large as can be"
    longest = good("longest", comment, proof(long[0], long[1], {}), long)
    yield replace(longest, spec=f"SPEC 5.1, {SPEC}")
    asks = [sign(changed(BASE, {7: reach}), DEVICE) for reach in (4, 200)]
    comment = "the farther reach is that which was asked for, not what is given"
    travels = (("header.reach", "3"),)
    yield good("reach_200", comment, proof(asks[0], asks[1], {7: 200}), asks, travels)
    yield from _directory()
    yield from _bad()
    yield from _bad_contents()


def good(
    name: str, comment: str, made: Signed, contents: Sequence[Signed], fields: Fields = ()
) -> Vector:
    """Either order of the two contents makes the same bytes."""
    one, other = contents
    two = (("one", one.packed.hex()), ("other", other.packed.hex()))
    ids = (("id", made.id.hex()), *two, *fields)
    return Vector(f"proof/{name}", OK, SPEC, comment, ids, made.packed)


def bad(name: str, comment: str, made: Signed, expect: str = MALFORMED) -> Vector:
    return Vector(f"proof/bad_{name}", expect, SPEC, comment, (), made.packed)


def _directory() -> Iterator[Vector]:
    """A proof of what is in the directory has a kind of its own: it goes as far."""
    peering = ADA.map(PEERING, {10: [BEA.group]})
    two = [sign(peering, DEVICE), sign(changed(peering, {10: []}), DEVICE)]
    header: Map = {key: value for key, value in peering.items() if key < 10}
    made = proof(two[0], two[1], {**header, 0: DIRECTORY_PROOF})
    kind = (("header.kind", str(DIRECTORY_PROOF)),)
    yield good("two_peerings", "of two peerings", made, two, kind)
    rosters = [ADA.roster("front desk", "old desk"), ADA.roster("front desk")]
    header = {key: value for key, value in ADA.roster_map([]).items() if key < 10}
    made = proof(rosters[0], rosters[1], {**header, 0: DIRECTORY_PROOF})
    ends = (*kind, ("header.lifetime_ms", "0"))
    yield good("two_rosters", "of two rosters: it does not expire", made, rosters, ends)
    for name, comment, later_kind, proof_kind in (
        ("later_directory", "a directory kind of a later version", 128, DIRECTORY_PROOF),
        ("later_message", "a message kind of a later version", 127, PROOF),
    ):
        later = [sign(changed(BASE, {0: later_kind, 13: qty}), DEVICE) for qty in (1, 2)]
        made = proof(later[0], later[1], {0: proof_kind})
        yield good(name, comment, made, later, (("header.kind", str(proof_kind)),))


def _changed(changes: Changes, signature: bytes = UNSIGNED) -> Signed:
    base: Map = {key: value for key, value in BASE.items() if key < 10}
    first, second = sorted((ONE, OTHER), key=lambda signed: signed.id)
    contents = {10: first.pair, 11: second.pair}
    made = {**base, 0: PROOF, 5: NOW + 1_000, 6: 30 * DAY_MS, 7: 3, **contents}
    return Signed(pack(changed(made, changes)), signature)


def _bad() -> Iterator[Vector]:
    """The rest follows from the two: anything else would be a second proof of the same."""
    assert _changed({}) == OF_REQUESTS
    first, second = sorted((ONE, OTHER), key=lambda signed: signed.id)
    signature = sign({}, DEVICE).signature
    yield bad("signed", "somebody has signed it", Signed(OF_REQUESTS.body, signature))
    for name, comment, changes in (
        ("order", "the lower id comes first", {10: second.pair, 11: first.pair}),
        ("same", "the same content twice", {10: first.pair, 11: first.pair}),
        ("one", "one content", {11: None}),
        ("no_envelope", "a body without its signature", {11: [second.body]}),
        ("created", "a time that is not the later one", {5: NOW}),
        ("lifetime", "a lifetime of its own", {6: 7 * DAY_MS}),
        ("reach", "a reach that is not the farther one", {7: 2}),
        ("reach_more", "a reach that neither of the two asks for", {7: 4}),
        ("unsure", "unsure, and neither of the two is", {8: 1}),
        ("author", "an author, and neither of the two has one", {9: seed("author")}),
        ("group", "another group", {1: BEA.group}),
        ("device", "another device", {2: public(BEA.device())}),
        ("number", "another number", {3: bytes(16)}),
        ("version", "another version", {4: 2}),
        ("kind", "the kind of a proof in the directory", {0: DIRECTORY_PROOF}),
        ("key", "a key that does not follow from the two", {12: 1}),
    ):
        yield bad(name, comment, _changed(changes))


def _bad_contents() -> Iterator[Vector]:
    later = sign(changed(BASE, {4: 2}), DEVICE)
    elsewhere = sign(changed(BASE, {3: bytes(16)}), DEVICE)
    stranger = sign(changed(BASE, {2: public(BEA.device())}), BEA.device())
    malformed = sign(changed(BASE, {13: 0}), DEVICE)
    forged = Signed(OTHER.body, bytes(64))
    for name, comment, other, expect in (
        ("inner_version", "two versions are no contradiction", later, MALFORMED),
        ("inner_number", "two objects are no contradiction", elsewhere, MALFORMED),
        ("inner_device", "two devices are no contradiction", stranger, MALFORMED),
        ("inner_malformed", "one of them is malformed", malformed, MALFORMED),
        ("inner_proof", "one of them is a proof itself", OF_REQUESTS, MALFORMED),
        ("inner_signature", "one of them is not signed", forged, "BadSignature"),
    ):
        header = {5: NOW + 1_000, 7: 3}
        yield bad(name, comment, proof(ONE, other, header), expect)

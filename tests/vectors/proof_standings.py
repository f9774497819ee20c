"""Which proofs count: where a record with their header would, and of nobody else's objects.

Ada's hall as in standings; all of it comes to Bea's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.vectors.plain import (
    ADA,
    BEA,
    DAY_MS,
    DIRECTORY_PROOF,
    PEERING,
    PROOF,
    Changes,
    Map,
    Signed,
    directory_number,
    public,
    sign,
)
from tests.vectors.proofs import proof
from tests.vectors.standings import GUEST, OLD, REMOVES, SIDE, begun
from tests.vectors.stories import FRONT, adoption, request, request_map, vouch
from tests.vectors.vector import Vector

PROVEN: Final[Map] = {0: PROOF, 6: 30 * DAY_MS}


def vectors() -> Iterator[Vector]:
    spec, word = "SPEC 4.6, SPEC 5.5", vouch(ADA, FRONT, GUEST)
    author = {9: public(ADA.device(OLD))}
    for name, comment, device, header, waits in (
        ("guest", "a guest contradicts itself", GUEST, {}, False),
        ("guest_author", "a guest, about what is none of its own", GUEST, author, True),
        ("heir", "an heir, about what it goes on with", FRONT, author, False),
        ("not_heir", "another device, about what it does not go on with", SIDE, author, True),
        ("removed", "a removed device, of what nobody has adopted", OLD, {}, True),
    ):
        story = begun(REMOVES).comes("vouch", word)
        story.comes("proof", of_two(device, header))
        path = f"standing/proof_by_{name}"
        yield story.ends(path, spec, comment, waits=["proof"] if waits else [])
    one, other = two_requests(OLD, {})
    story = begun(REMOVES).comes("adopts", adoption(ADA, FRONT, OLD, [one.id, other.id]))
    comment = "a removed device, and both contents are adopted"
    yield story.comes("proof", of_two(OLD, {})).ends("standing/proof_adopted", spec, comment)
    story = begun(REMOVES).comes("adopts", adoption(ADA, FRONT, OLD, [one.id]))
    story.comes("proof", of_two(OLD, {}))
    comment = "a removed device, and one of the two is adopted"
    yield story.ends("standing/proof_half_adopted", spec, comment, waits=["proof"])
    yield from _by_the_group()


def _by_the_group() -> Iterator[Vector]:
    """The group's key signs rosters; of what else it has signed nothing counts."""
    spec = "SPEC 4.6, SPEC 5.5"
    group = {2: public(ADA.key), 3: bytes(16)}
    two = [sign(request_map(ADA, FRONT, {**group, 13: qty}), ADA.key) for qty in (1, 2)]
    base = request_map(ADA, FRONT, group)
    header = {key: value for key, value in base.items() if key < 10}
    made = proof(two[0], two[1], {**header, **PROVEN})
    story = begun().comes("proof", made)
    comment = "of two requests by the group's key, under its roster's object id"
    yield story.ends("standing/proof_under_roster", spec, comment, waits=["proof"])
    key = {2: public(ADA.key), 3: directory_number(PEERING, public(ADA.key))}
    one, other = (ADA.map(PEERING, {**key, 10: groups}) for groups in ([BEA.group], []))
    header = {field: value for field, value in one.items() if field < 10}
    made = proof(sign(one, ADA.key), sign(other, ADA.key), {**header, 0: DIRECTORY_PROOF})
    story = begun().comes("proof", made)
    comment = "of two peerings by the group's key"
    yield story.ends("standing/proof_of_groups_peerings", spec, comment, waits=["proof"])


def two_requests(device: str, header: Changes) -> list[Signed]:
    """Two contents under one version."""
    return [request(ADA, device, {**header, 13: qty}) for qty in (1, 2)]


def of_two(device: str, header: Changes) -> Signed:
    one, other = two_requests(device, header)
    base = request_map(ADA, device, header)
    return proof(one, other, {key: value for key, value in base.items() if key < 10} | PROVEN)

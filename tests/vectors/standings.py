"""Whose records count: rosters, removals, heirs, adoptions, guests, and rosters in conflict.

Ada's hall speaks through its front desk, its old desk, its side desk and a guest; Bea's hall is
next to it, and all of it comes there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.vectors.plain import (
    ADA,
    BEA,
    CLEO,
    DAY_MS,
    DIRECTORY_PROOF,
    NOW,
    PROOF,
    Signed,
    changed,
    public,
    sign,
)
from tests.vectors.proofs import proof
from tests.vectors.stories import (
    FRONT,
    Story,
    adoption,
    directory,
    peering,
    request,
    request_map,
    roster,
    vouch,
)
from tests.vectors.vector import Vector

OLD, SIDE, GUEST = "old desk", "side desk", "guest"
ALL: Final = [FRONT, OLD, SIDE]
FIRST: Final = roster(ADA, 1, ALL, {})
REMOVES: Final = roster(ADA, 2, [FRONT, SIDE], {OLD: FRONT})
ASKED: Final = request(ADA, OLD)
ADOPTS: Final = adoption(ADA, FRONT, OLD, [ASKED.id])


def begun(first: Signed = FIRST) -> Story:
    story = directory(BEA).comes("roster", first)
    return story.comes("peering", peering(ADA, BEA))


def vectors() -> Iterator[Vector]:
    yield from _rosters()
    yield from _removals()
    yield from _adoptions()
    yield from _heirs()
    yield from _guests()
    yield from _conflicts()
    yield from _conflicts_and_versions()


def _rosters() -> Iterator[Vector]:
    spec = "SPEC 4.6"
    story = begun().comes("request", ASKED)
    yield story.ends("standing/on_roster", spec, "a device on the roster has signed it")
    story = directory(BEA).comes("request", ASKED)
    comment = "the roster of its group is not known yet"
    yield story.ends("standing/waits_for_roster", spec, comment, waits=["request"])
    story.comes("roster", FIRST).comes("peering", peering(ADA, BEA))
    yield story.ends("standing/roster_comes", spec, "the roster comes, and then it counts")
    story = begun(roster(ADA, 1, [FRONT], {})).comes("request", ASKED)
    comment = "a device that is not on the roster has signed it"
    yield story.ends("standing/not_on_roster", spec, comment, waits=["request"])
    story.comes("adds", roster(ADA, 2, ALL, {}))
    comment = "a later roster adds the device"
    yield story.ends("standing/added", spec, comment, nowhere=["roster"])
    story = begun(REMOVES).comes("old", FIRST)
    yield story.ends("standing/older_roster", "SPEC 4.2", "an older roster", nowhere=["old"])


def _removals() -> Iterator[Vector]:
    spec = "SPEC 4.6"
    story = begun().comes("request", ASKED).comes("removes", REMOVES)
    gone = {"nowhere": ["roster"], "aside": ["request"]}
    comment = "its device is removed: kept, and put aside"
    yield story.ends("standing/aside", spec, comment, **gone)
    story.comes("lists", roster(ADA, 3, ALL, {}))
    comment = "a later roster lists the device again"
    yield story.ends("standing/aside_back", spec, comment, nowhere=["roster", "removes"])
    yield _aside_and_back()
    story = begun(REMOVES).comes("request", ASKED)
    comment = "it comes after its device was removed"
    yield story.ends("standing/removed", f"SPEC 4.3, {spec}", comment, waits=["request"])
    theirs = peering(ADA, BEA, CLEO, device=OLD)
    story = begun().comes("old-peering", theirs).comes("removes", REMOVES)
    story.comes("adopts", adoption(ADA, FRONT, OLD, [theirs.id]))
    comment = "whom a removed device named is not adopted"
    aside = ["old-peering"]
    yield story.ends(
        "standing/removed_peering", "SPEC 4.3", comment, aside=aside, nowhere=["roster"]
    )


def _aside_and_back() -> Vector:
    """The heir adopts one of two contents; then the device is listed again."""
    other = request(ADA, OLD, {13: 90_000})
    header = {key: value for key, value in request_map(ADA, OLD).items() if key < 10}
    story = begun().comes("one", ASKED).comes("removes", REMOVES)
    story.comes("adopts", adoption(ADA, FRONT, OLD, [other.id])).comes("other", other)
    story.comes("lists", roster(ADA, 3, ALL, {}))
    story.makes("proof", proof(ASKED, other, {**header, 0: PROOF, 6: 30 * DAY_MS}))
    comment = "what comes back contradicts what is held: their proof takes the place of both"
    gone = ["roster", "removes", "one", "other"]
    return story.ends("standing/aside_contradicts", "SPEC 4.6, SPEC 5.5", comment, nowhere=gone)


def _adoptions() -> Iterator[Vector]:
    spec, gone = "SPEC 4.3, SPEC 4.6, SPEC 6.9", ["roster"]
    story = begun().comes("request", ASKED).comes("removes", REMOVES).comes("adopts", ADOPTS)
    yield story.ends("standing/adopted", spec, "its heir has adopted it", nowhere=gone)
    story = begun(REMOVES).comes("adopts", ADOPTS).comes("request", ASKED)
    yield story.ends("standing/adopted_first", spec, "the adoption came before it")
    story = begun(REMOVES).comes("request", ASKED).comes("adopts", ADOPTS)
    yield story.ends("standing/adopted_waiting", spec, "it waited for its adoption")
    page = adoption(ADA, FRONT, OLD, [ASKED.id], page=3)
    story = begun(REMOVES).comes("adopts", page).comes("request", ASKED)
    yield story.ends("standing/adopted_page", spec, "it stands on a later page")
    story = begun(REMOVES).comes("adopts", adoption(ADA, FRONT, OLD, [bytes(32)]))
    story.comes("request", ASKED)
    comment = "another record of its device is adopted"
    yield story.ends("standing/not_adopted", spec, comment, waits=["request"])
    story = begun(REMOVES).comes("adopts", adoption(ADA, SIDE, OLD, [ASKED.id]))
    story.comes("request", ASKED)
    comment = "somebody else of the group has adopted it"
    yield story.ends("standing/adopted_by_other", spec, comment, waits=["request"])
    story = begun().comes("adopts", ADOPTS)
    comment = "the heir adopts before the roster says that it may"
    yield story.ends("standing/adopted_early", spec, comment)


def _heirs() -> Iterator[Vector]:
    """Who goes on with an object that a removed device has made."""
    spec, old = "SPEC 4.3, SPEC 5.2", public(ADA.device(OLD))
    later = changed(request_map(ADA, FRONT), {3: request_map(ADA, OLD)[3], 4: 2, 9: old})
    by_heir, by_side = sign(later, ADA.device()), changed(later, {2: public(ADA.device(SIDE))})
    story = begun(REMOVES).comes("adopts", ADOPTS).comes("request", ASKED)
    story.comes("goes-on", by_heir)
    comment = "the heir signs the next version"
    yield story.ends("standing/heir_continues", spec, comment, nowhere=["request"])
    story = begun(REMOVES).comes("goes-on", by_heir)
    comment = "the heir's version comes before the one that it adopted"
    yield story.ends("standing/heir_first", spec, comment)
    story = begun(REMOVES).comes("goes-on", sign(by_side, ADA.device(SIDE)))
    comment = "somebody else of the group goes on with it"
    yield story.ends("standing/author_not_heir", spec, comment, waits=["goes-on"])
    story = begun().comes("goes-on", by_heir)
    comment = "the author was not removed"
    yield story.ends("standing/author_not_removed", spec, comment, waits=["goes-on"])
    yield from _heirs_version(sign(changed(later, {4: 1}), ADA.device()))
    own = sign(changed(later, {9: None}), ADA.device())
    story = begun(REMOVES).comes("adopts", ADOPTS).comes("request", ASKED).comes("own", own)
    comment = "the same number without its author is another object"
    yield story.ends("standing/heirs_own", spec, comment)


def _heirs_version(same: Signed) -> Iterator[Vector]:
    """An heir that does not go on above the version that it adopted."""
    lower, higher = sorted((ASKED, same), key=lambda signed: signed.id)
    for name, comment, first, last in (
        ("stays", "author and heir under one version: the lower id stays", lower, higher),
        ("comes", "author and heir under one version: the lower id comes", higher, lower),
    ):
        labels = {lower.id: "lower", higher.id: "higher"}
        story = begun(REMOVES).comes("adopts", ADOPTS)
        story.comes(labels[first.id], first).comes(labels[last.id], last)
        path = f"standing/heir_version_{name}"
        yield story.ends(path, "SPEC 4.3", comment, nowhere=["higher"])


def _guests() -> Iterator[Vector]:
    spec, asked = "SPEC 4.5, SPEC 4.6", request(ADA, GUEST)
    word = vouch(ADA, FRONT, GUEST)
    story = begun().comes("vouch", word).comes("request", asked)
    yield story.ends("standing/guest", spec, "a device on the roster vouches for it")
    story = begun().comes("request", asked)
    yield story.ends("standing/no_guest", spec, "nobody vouches for it", waits=["request"])
    story.comes("vouch", word)
    yield story.ends("standing/guest_waiting", spec, "it waited for somebody's word")
    second = vouch(ADA, GUEST, "second guest")
    story = begun().comes("vouch", word).comes("second", second)
    story.comes("request", request(ADA, "second guest"))
    yield story.ends(
        "standing/guest_vouches", spec, "a guest vouches for nobody", waits=["second", "request"]
    )
    story = begun().comes("vouch", word).comes("names", peering(ADA, CLEO, device=GUEST))
    comment = "a guest does not say whom its hall is paired with"
    yield story.ends("standing/guest_peering", spec, comment, waits=["names"])
    author = {9: public(ADA.device(OLD))}
    story = begun(REMOVES).comes("vouch", word).comes("goes-on", request(ADA, GUEST, author))
    comment = "a guest goes on with nobody's objects"
    yield story.ends("standing/guest_author", spec, comment, waits=["goes-on"])
    story = begun().comes("vouch", vouch(ADA, OLD, GUEST)).comes("request", asked)
    story.comes("removes", REMOVES)
    comment = "who vouched for it is removed"
    yield story.ends(
        "standing/guest_removed", spec, comment, aside=["vouch", "request"], nowhere=["roster"]
    )
    yield from _guests_over(asked)
    yield from _guests_removed(word)


def _guests_removed(word: Signed) -> Iterator[Vector]:
    """Whom the roster has removed nobody can vouch for."""
    spec, asked = "SPEC 4.5", request(ADA, GUEST)
    removes = roster(ADA, 2, [FRONT, OLD, SIDE], {GUEST: FRONT})
    story = begun(removes).comes("vouch", word).comes("request", asked)
    comment = "a device that was removed is nobody's guest, though somebody vouches for it"
    yield story.ends("standing/guest_was_removed", spec, comment, waits=["request"])
    story = begun().comes("vouch", word).comes("request", asked).comes("removes", removes)
    comment = "a guest is removed while a vouch for it lives"
    yield story.ends(
        "standing/guest_is_removed", spec, comment, aside=["request"], nowhere=["roster"]
    )
    other = roster(ADA, 2, [FRONT, OLD, SIDE], {})
    story = in_conflict(removes, other).comes("vouch", word).comes("request", asked)
    comment = "of two rosters of one version one has removed it"
    gone = ["roster", "one", "other"]
    yield story.ends(
        "standing/guest_removed_by_one",
        f"{spec}, SPEC 4.4",
        comment,
        waits=["request"],
        nowhere=gone,
    )


def _guests_over(asked: Signed) -> Iterator[Vector]:
    """A vouch that lives a day, under a request that lives a week."""
    spec, comment = "SPEC 4.5, SPEC 10.2", "nobody's word for it lives any more"
    short = vouch(ADA, FRONT, GUEST, {6: DAY_MS})
    story = begun().comes("vouch", short).comes("request", asked).time(NOW + DAY_MS - 600_000)
    yield story.ends("standing/guest_last_day", spec, "the last minutes of a guest")
    story.time(NOW + 2 * DAY_MS)
    yield story.ends("standing/guest_over", spec, comment, aside=["request"], nowhere=["vouch"])


def _conflicts() -> Iterator[Vector]:
    """Two rosters of one version: what both say counts."""
    spec = "SPEC 4.4, SPEC 5.5"
    one = roster(ADA, 2, [FRONT, OLD], {})
    other = roster(ADA, 2, [FRONT, SIDE], {OLD: FRONT})
    story = in_conflict(one, other)
    story.comes("by-old", ASKED).comes("by-front", request(ADA))
    story.comes("by-side", request(ADA, SIDE))
    waits = ["by-old", "by-side"]
    gone = ["roster", "one", "other"]
    comment = "only a device that both list speaks"
    yield story.ends("standing/roster_conflict", spec, comment, waits=waits, nowhere=gone)
    story.comes("ends", roster(ADA, 3, ALL, {}))
    comment = "a higher version ends it"
    yield story.ends("standing/roster_conflict_over", spec, comment, nowhere=[*gone, "proof"])
    story = begun().comes("request", ASKED).comes("one", one).comes("other", other)
    story.makes("proof", roster_proof(one, other))
    comment = "what was held and does not count any more is put aside"
    yield story.ends(
        "standing/roster_conflict_aside", spec, comment, aside=["request"], nowhere=gone
    )
    for name, comment, heirs, waiting in (
        ("same_heir", "both name the same heir", (FRONT, FRONT), []),
        ("heir", "each names another heir: nobody inherits", (FRONT, SIDE), ["request"]),
    ):
        first = roster(ADA, 2, [FRONT, SIDE, "a"], {OLD: heirs[0]})
        second = roster(ADA, 2, [FRONT, SIDE, "b"], {OLD: heirs[1]})
        story = in_conflict(first, second).comes("adopts", ADOPTS).comes("request", ASKED)
        path = f"standing/roster_conflict_{name}"
        yield story.ends(path, spec, comment, waits=waiting, nowhere=gone)


def _conflicts_and_versions() -> Iterator[Vector]:
    spec, gone = "SPEC 4.4, SPEC 5.5", ["roster", "one", "other"]
    one, other = roster(ADA, 2, [FRONT, OLD], {}), roster(ADA, 2, [FRONT, SIDE], {})
    third = roster(ADA, 2, [FRONT], {})
    story = in_conflict(one, other).comes("third", third)
    comment = "a third roster of that version adds nothing"
    yield story.ends("standing/roster_conflict_third", spec, comment, nowhere=[*gone, "third"])
    story = begun(roster(ADA, 3, ALL, {})).comes("proof", roster_proof(one, other))
    comment = "a proof of two rosters that are older than the one that counts"
    yield story.ends("standing/roster_conflict_older", spec, comment, nowhere=["proof"])
    story = begun().comes("proof", roster_proof(one, other)).comes("request", request(ADA))
    comment = "the proof comes by itself, and says who speaks"
    yield story.ends("standing/roster_conflict_proof", spec, comment, nowhere=["roster"])
    story = directory(BEA).comes("proof", roster_proof(one, other))
    story.comes("peering", peering(ADA, BEA)).comes("request", request(ADA))
    comment = "no roster was ever seen: the proof says who speaks"
    yield story.ends("standing/roster_conflict_unseen", spec, comment)


def in_conflict(one: Signed, other: Signed) -> Story:
    story = begun().comes("one", one).comes("other", other)
    return story.makes("proof", roster_proof(one, other))


def roster_proof(one: Signed, other: Signed) -> Signed:
    header = {key: value for key, value in ADA.roster_map([]).items() if key < 10}
    return proof(one, other, {**header, 0: DIRECTORY_PROOF, 4: 2})

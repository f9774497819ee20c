"""How far things go along a line of five halls: Ada, Bea, Cleo, Dora, Ella."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.vectors.plain import (
    ADA,
    BEA,
    CLEO,
    DAY_MS,
    NOTICE,
    PLEDGE,
    PROOF,
    Changes,
    Hall,
    Signed,
    changed,
    object_of,
    sign,
)
from tests.vectors.proofs import proof
from tests.vectors.stories import (
    DORA,
    ELLA,
    Story,
    accepts,
    directory,
    peering,
    pledge,
    pledge_map,
    request,
    request_map,
)
from tests.vectors.vector import Vector

SPEC: Final = "SPEC 9.2"
ASKED: Final = request_map(ADA)


def version(number: int, changes: Changes | None = None) -> Signed:
    return sign(changed(ASKED, {4: number, **(changes or {})}), ADA.device())


def at(us: Hall) -> Story:
    """With the directory of Ada's side of the line."""
    order = [DORA, CLEO, BEA, ADA]
    return directory(us, *(hall for hall in order if hall is not us))


def vectors() -> Iterator[Vector]:
    yield from _messages()
    yield from _changes()
    yield from _directory()


def _messages() -> Iterator[Vector]:
    story = at(CLEO).comes("request", version(1))
    yield story.ends("reach/within", SPEC, "two halls away, and it goes two halls")
    story = at(DORA).comes("request", version(1))
    comment = "three halls away, and it goes two halls"
    yield story.ends("reach/beyond", SPEC, comment, waits=["request"])
    for name, comment, reach in (
        ("three", "it goes three halls", 3),
        ("nine", "who asks for nine halls is carried three", 9),
    ):
        story = at(DORA).comes("request", version(1, {7: reach}))
        yield story.ends(f"reach/{name}", SPEC, comment)
    notice = sign(ADA.map(NOTICE, {10: "the bridge is closed", 7: 1}, "notice"), ADA.device())
    story = at(CLEO).comes("notice", notice)
    comment = "a notice counts from its own hall"
    yield story.ends("reach/notice", SPEC, comment, waits=["notice"])
    story = at(CLEO).comes("request", version(1)).comes("pledge", pledge(DORA, ASKED, {7: 1}))
    comment = "a pledge goes where its request goes, whatever its own reach"
    yield story.ends("reach/answer_counts_from_origin", SPEC, comment)
    yield from _answers(notice)
    for name, comment, kind, waits in (
        ("later_message", "a message kind of a later version goes as far as it says", 127, True),
        ("later_directory", "a directory kind of a later version goes three halls", 128, False),
    ):
        body = changed(ADA.map(kind, {20: "later", 7: 1}, "later"), {})
        story = at(DORA).comes("later", sign(body, ADA.device()))
        spec = f"{SPEC}, SPEC 5.2"
        yield story.ends(f"reach/{name}", spec, comment, waits=["later"] if waits else [])


def _answers(notice: Signed) -> Iterator[Vector]:
    """What answers goes with a request, and where that is none, to nobody."""
    said = ADA.map(NOTICE, {}, "notice")
    answer = sign(
        CLEO.map(PLEDGE, {10: object_of(said), 11: "P-1-X", 12: 1}, "pledge"), CLEO.device()
    )
    story = at(BEA).comes("notice", notice).comes("pledge", answer)
    comment = "a pledge to a notice is in nobody's reach"
    yield story.ends("reach/pledge_to_notice", SPEC, comment, waits=["pledge"])
    two = [pledge(DORA, ASKED, {7: 1, 12: qty}) for qty in (1, 2)]
    header = {key: value for key, value in pledge_map(DORA, ASKED).items() if key < 10}
    frozen = proof(two[0], two[1], {**header, 0: PROOF, 6: 30 * DAY_MS, 7: 1})
    spec = f"{SPEC}, SPEC 5.5"
    story = at(BEA).comes("request", version(1)).comes("proof", frozen)
    comment = "a proof of two pledges goes with their request, whatever its own reach"
    yield story.ends("reach/proof_of_pledges", spec, comment)
    story = at(BEA).comes("proof", frozen)
    comment = "and waits for that"
    yield story.ends("reach/proof_of_pledges_waits", spec, comment, waits=["proof"])
    notices = [changed(ADA.map(NOTICE, {10: text, 7: 1}, "notice"), {}) for text in ("a", "b")]
    header = {key: value for key, value in notices[0].items() if key < 10}
    signed = [sign(each, ADA.device()) for each in notices]
    frozen = proof(signed[0], signed[1], {**header, 0: PROOF, 6: 30 * DAY_MS, 7: 1})
    story = at(CLEO).comes("proof", frozen)
    comment = "a proof of two notices goes as far as they do"
    yield story.ends("reach/proof_of_notices", spec, comment, waits=["proof"])


def _changes() -> Iterator[Vector]:
    story = at(DORA).comes("request", version(1)).comes("wider", version(2, {7: 3}))
    comment = "a wider version of what waits"
    yield story.ends("reach/widened", SPEC, comment, waits=["request"])
    story = at(CLEO).comes("request", version(1, {7: 1}))
    shortcut = peering(ADA, BEA, CLEO, changes={4: 2})
    story.comes("ada-and-cleo", shortcut)
    comment = "one of the two has signed a shorter way: that is none"
    yield story.ends("reach/one_sided", SPEC, comment, waits=["request"], nowhere=["ada/peering"])
    story.says("cleo-and-ada", peering(CLEO, ADA, BEA, DORA, changes={4: 2}))
    comment = "both have signed a shorter way"
    gone = ["ada/peering", "cleo/peering"]
    yield story.ends("reach/reach_changed", SPEC, comment, nowhere=gone)
    story = at(CLEO).comes("request", version(1))
    story.comes("alone", peering(BEA, CLEO, changes={4: 2, 11: [ADA.group]}))
    comment = "a pairing that ends deletes nothing"
    yield story.ends("reach/cut_off", SPEC, comment, nowhere=["bea/peering"])
    yield _party()
    yield _unanswered()


def _party() -> Vector:
    """Cleo's pledge is accepted; then Bea removes Ada, and there is no way any more."""
    answer = pledge_map(CLEO, ASKED)
    accepted = version(2, {21: [accepts(answer)]})
    story = at(CLEO).comes("request", version(1)).says("pledge", pledge(CLEO, ASKED))
    story.comes("accepted", accepted)
    story.comes("alone", peering(BEA, CLEO, changes={4: 2, 11: [ADA.group]}))
    story.comes("moved", version(3, {21: [{**accepts(answer), 4: 25_000}]}))
    comment = "whose pledge is accepted goes on to hear of it"
    gone = ["request", "accepted", "bea/peering"]
    return story.ends("reach/party", "SPEC 9.5", comment, nowhere=gone)


def _unanswered() -> Vector:
    """Cleo has pledged, and nobody has said anything to that; then there is no way any more."""
    story = at(CLEO).comes("request", version(1)).says("pledge", pledge(CLEO, ASKED))
    story.comes("alone", peering(BEA, CLEO, changes={4: 2, 11: [ADA.group]}))
    story.comes("closed", version(2))
    comment = "whose pledge waits for an answer goes on to hear of it"
    return story.ends(
        "reach/party_unanswered", "SPEC 9.5", comment, nowhere=["request", "bea/peering"]
    )


def _directory() -> Iterator[Vector]:
    spec = "SPEC 9.1, SPEC 9.2"
    story = at(DORA)
    yield story.ends("reach/directory", spec, "rosters and peerings go three halls")
    story = directory(ELLA, DORA, CLEO, BEA).comes("roster", ADA.roster())
    comment = "four halls away nobody hears of a roster"
    yield story.ends("reach/directory_beyond", spec, comment, waits=["roster"])
    story = at(DORA).comes("ella/roster", ELLA.roster()).comes("ella/peering", peering(ELLA, DORA))
    yield story.ends("reach/neighbour", spec, "the other neighbour")
    yield from _escorts()


def _escorts() -> Iterator[Vector]:
    """Ella pledges to what Ada asks: a pledge may travel further than its hall is heard of."""
    spec = "SPEC 9.2, SPEC 9.4"
    asked = request(ADA, changes={7: 3})
    far = Story(ADA)
    for hall, others in ((ADA, [BEA]), (BEA, [ADA, CLEO]), (CLEO, [BEA, DORA]), (DORA, [CLEO])):
        step = far.says if hall is ADA else far.comes
        step(f"{hall.name}/roster", hall.roster())
        step(f"{hall.name}/peering", peering(hall, *others))
    far.says("request", asked).comes("pledge", pledge(ELLA, ASKED))
    comment = "its group is not heard of, and nobody came along with it"
    yield far.ends("reach/no_escort", spec, comment, waits=["pledge"])
    far.comes("ella/roster", ELLA.roster())
    yield far.ends("reach/escort_taken", spec, "the roster of its group came along with it")
    far.comes("ella/peering", peering(ELLA, DORA))
    comment = "whom a hall out there is paired with is nothing to us"
    yield far.ends("reach/escort_peering", spec, comment, waits=["ella/peering"])

"""How far things go: who is to hold what, and both ends of a link come to the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations

import pytest

from protocol.bodies import Closed, Decision, PledgeStep, Profile, Verdict
from protocol.frames import Agree, Records, Summary, unpack_records
from protocol.ids import Thousandths
from protocol.limits import HOUR_MS, PURGE_STEP_MS
from protocol.record import Record, prove
from protocol.shelf import Shelf
from tests.protocol.halls import NOW, Hall, accepts, resigned
from tests.protocol.shelves import (
    ADA,
    BEA,
    CLEO,
    DORA,
    FAR_PLEDGE,
    HALLS,
    PLEDGE,
    REQUEST,
    arrive,
    come_to,
    gather_anew,
    settled,
    summaries,
)
from tests.protocol.towns import Town, line_of, linked, ring_of, summaries_agree


@pytest.mark.parametrize("reach", [1, 2, 3])
def test_a_request_goes_as_far_as_its_reach(reach: int) -> None:
    request, pledge = ADA.request(reach=reach), BEA.pledge(REQUEST)
    for distance, hall in enumerate(HALLS):
        if hall is ADA:
            continue
        shelf = settled(hall)
        arrive(shelf, [request, pledge])
        assert shelf.distance(ADA.group) == distance
        assert (request.id in shelf) is (distance <= reach)
        if hall is not BEA:
            assert (pledge.id in shelf) is (distance <= reach)


def test_what_belongs_to_a_link_is_in_reach_of_both_ends() -> None:
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST, PLEDGE])
    for record in (REQUEST, PLEDGE):
        assert shelf.belongs(record, BEA.end)
        assert not shelf.belongs(record, DORA.end)
    assert shelf.belongs(ADA.profile(), DORA.end)
    assert len(shelf.shared_with(DORA.end).others) == 0


def test_who_is_too_far_away_is_not_in_the_directory() -> None:
    edna = Hall("edna")
    shelf = settled(ADA)
    arrive(shelf, [DORA.peering(CLEO, edna, version=2), *edna.directory(DORA)])
    assert shelf.roster_of(DORA.group) is not None
    assert shelf.roster_of(edna.group) is None
    assert shelf.distance(edna.group) is None


def test_the_directory_goes_as_far_as_both_ends_hear() -> None:
    edna = Hall("edna")
    shelf = settled(BEA)
    arrive(shelf, [DORA.peering(CLEO, edna, version=2), *edna.directory(DORA)])
    assert shelf.roster_of(edna.group) is not None
    assert shelf.belongs(edna.roster(), CLEO.end)
    assert not shelf.belongs(edna.roster(), ADA.end)


def test_what_answers_a_request_goes_as_far_as_its_newest_version() -> None:
    shelf = settled(CLEO)
    arrive(shelf, [REQUEST, PLEDGE])
    assert len(shelf.shared_with(DORA.end).others) == 0
    wider = ADA.request(version=2, reach=3)
    shelf.place_verified(wider, BEA.group)
    assert shelf.belongs(PLEDGE, DORA.end)
    assert len(shelf.shared_with(DORA.end).others) == 2


def test_what_answers_a_request_goes_no_further_than_its_newest_version() -> None:
    shelf = settled(CLEO)
    arrive(shelf, [ADA.request(reach=3), PLEDGE])
    assert PLEDGE in shelf.shared_with(DORA.end)
    arrive(shelf, [ADA.request(version=2, reach=2)])
    assert len(shelf.shared_with(DORA.end).others) == 0
    assert PLEDGE in shelf.shared_with(BEA.end)


def test_a_pairing_that_ends_stops_the_offering_and_deletes_nothing() -> None:
    shelf = settled(BEA)
    shelf.place_verified(REQUEST, BEA.group)
    assert shelf.belongs(REQUEST, CLEO.end)
    shelf.place_own(BEA.peering(ADA, version=2))
    assert not shelf.belongs(REQUEST, CLEO.end)
    assert len(shelf.shared_with(CLEO.end).others) == 0
    assert REQUEST.id in shelf


# Rosters and cards that go along --------------------------------------------------------------

EDNA = Hall("edna")
STREET = (ADA, BEA, CLEO, DORA, EDNA)
FROM_THE_MIDDLE = CLEO.request(reach=2)
FROM_ONE_END = ADA.pledge(FROM_THE_MIDDLE)
ESCORTS = [ADA.roster(), ADA.profile()]
ADA_CARD = ADA.profile().body
assert isinstance(ADA_CARD, Profile)
RENAMED = ADA.sign(replace(ADA_CARD, name="Ada's"), "profile", version=2)


def whole_street() -> Town:
    """Five in a line, the one in the middle asking as far as both ends; all quiet."""
    town = linked(*STREET)
    town.publish(town.machines[2], FROM_THE_MIDDLE)
    town.run()
    return town


def check_far_end(town: Town, *expected: Record) -> None:
    """Edna, four away from Ada, knows her by what she said and by nothing else."""
    dora, edna = town.machines[3:]
    assert edna.holds(*expected, *ESCORTS)
    assert edna.left_out == []
    shelf = edna.exchange.shelf
    assert shelf.distance(ADA.group) is None
    assert shelf.profile_of(ADA.group) == ADA.profile().body
    assert all(summaries_agree(one, other) for one, other in pairwise(town.machines))
    for one, other in ((dora, edna), (edna, dora)):
        shared = one.exchange.shelf.shared_with(other.hall.end).directory
        assert all((each.header.created_ms, each.id) in shared for each in ESCORTS)


def test_a_pledge_from_one_end_of_the_street_is_held_at_the_other_with_who_made_it() -> None:
    town = whole_street()
    town.publish(town.machines[0], FROM_ONE_END)
    town.run()
    check_far_end(town, FROM_ONE_END)
    town.sent.clear()
    for machine in town.machines:
        town.ask(machine)
    town.run()
    assert {type(each) for each in town.frames_sent()} == {Summary, Agree}


@pytest.mark.parametrize("leads", [True, False])
def test_who_links_up_later_is_shown_who_made_it_as_well(leads: bool) -> None:
    town = line_of(*STREET)
    machines = town.machines
    for one, other in pairwise(machines[:4]):
        town.link(one, other)
    for machine, record in ((machines[2], FROM_THE_MIDDLE), (machines[0], FROM_ONE_END)):
        town.publish(machine, record)
        town.run()
    town.link(*(machines[3:] if leads else reversed(machines[3:])))
    town.run()
    check_far_end(town, FROM_ONE_END)


def test_who_hears_of_a_hall_anyway_is_not_shown_its_roster_again() -> None:
    town = whole_street()
    town.sent.clear()
    town.publish(town.machines[0], FROM_ONE_END)
    town.run()
    frames = [each for each in town.frames_sent() if isinstance(each, Records)]
    carried = [[record.id for record in unpack_records(each)] for each in frames]
    assert carried == [[FROM_ONE_END.id]] * 3 + [[FROM_ONE_END.id, *(each.id for each in ESCORTS)]]


def test_a_newer_roster_goes_along_with_what_its_new_device_signs() -> None:
    town = whole_street()
    ada = town.machines[0]
    town.publish(ada, FROM_ONE_END)
    town.run()
    phone = ADA.with_device("phone")
    roster, pledge = ADA.roster(phone, version=2), phone.pledge(FROM_THE_MIDDLE)
    town.publish(ada, roster)
    town.run()
    assert town.machines[4].holds(roster), "it goes as far as what the hall has said"
    bea = town.machines[1]
    bea.exchange.shelf.place_verified(pledge, ADA.group)
    bea.disk[pledge.id] = pledge
    for machine in town.machines:
        town.ask(machine)
    town.run()
    assert town.machines[4].holds(roster, pledge)
    assert len(town.machines[4].exchange.shelf.pledges_of(FROM_THE_MIDDLE.header.object)) == 2


def test_that_a_device_was_removed_goes_as_far_as_what_it_had_said() -> None:
    """Its pledge is put aside hall by hall, and none is left to carry the word but by that."""
    phone = ADA.with_device("phone")
    town = whole_street()
    ada, bea, *_, edna = town.machines
    town.publish(ada, ADA.roster(phone, version=2))
    pledge = phone.pledge(FROM_THE_MIDDLE)
    bea.exchange.shelf.place_verified(pledge, ADA.group)
    bea.disk[pledge.id] = pledge
    for machine in town.machines:
        town.ask(machine)
    town.run()
    assert edna.exchange.shelf.find_by_id(pledge.id) is not None
    removed = ADA.roster(version=3, removed={phone: ADA})
    town.publish(ada, removed)
    town.run()
    assert edna.holds(removed)
    assert edna.exchange.shelf.find_by_id(pledge.id) is None
    for machine in town.machines:
        town.ask(machine)
    town.run()
    assert all(summaries_agree(one, other) for one, other in pairwise(town.machines))


def test_of_a_card_that_goes_with_a_pledge_the_newer_version_stands() -> None:
    town = whole_street()
    dora, edna = town.machines[3:]
    town.publish(town.machines[0], FROM_ONE_END)
    town.run()
    edna.exchange.shelf.place_verified(RENAMED, DORA.group)
    town.publish(town.machines[0], ADA.pledge(FROM_THE_MIDDLE, version=2))
    for machine in town.machines:
        town.ask(machine)
    town.run()
    assert dora.holds(RENAMED)
    assert list(edna.exchange.shelf.shared_with(DORA.end).claims) == []
    assert summaries_agree(dora, edna)


def far_end() -> Shelf:
    """Edna's, who knows the request and, of the street, whom she hears of."""
    shelf = EDNA.shelf()
    for record in EDNA.directory(DORA):
        shelf.place_own(record)
    known = [*DORA.directory(CLEO, EDNA), *CLEO.directory(BEA, DORA), *BEA.directory(ADA, CLEO)]
    for record in (*known, FROM_THE_MIDDLE):
        assert shelf.place_verified(record, DORA.group) != []
    return shelf


@pytest.mark.parametrize("order", list(permutations([*ESCORTS, FROM_ONE_END])))
def test_in_whatever_order_it_comes_a_far_pledge_is_held_with_its_escort(
    order: tuple[Record, ...],
) -> None:
    shelf = far_end()
    for record in order:
        shelf.place_verified(record, DORA.group)
    assert all(record.id in shelf for record in order)
    assert shelf.profile_of(ADA.group) == ADA.profile().body


def test_whom_a_hall_is_paired_with_that_we_do_not_hear_of_is_nothing_to_us() -> None:
    shelf = far_end()
    for record in (FROM_ONE_END, *ESCORTS):
        shelf.place_verified(record, DORA.group)
    assert shelf.place_verified(ADA.peering(BEA), DORA.group) == []
    assert ADA.peering(BEA).id not in shelf


@pytest.mark.parametrize("lone", [ESCORTS, [ADA.roster()], [*ESCORTS, ADA.pledge(REQUEST)]])
def test_an_escort_of_nothing_that_is_for_us_is_not_held(lone: list[Record]) -> None:
    """Nor with a pledge to what never reaches us."""
    shelf = far_end()
    assert all(shelf.place_verified(record, DORA.group) == [] for record in lone)
    assert shelf.roster_of(ADA.group) is None


# Parties to an accepted pledge ----------------------------------------------------------------

ACCEPTED_FAR = ADA.request(version=2, decisions=(accepts(FAR_PLEDGE),))
DETAILS_FAR = ADA.details(REQUEST, FAR_PLEDGE, CLEO)
SENT_FAR = CLEO.pledge(REQUEST, version=2, step=PledgeStep.SENT)
RECEIVED_FAR = ADA.request(
    version=3, decisions=(accepts(FAR_PLEDGE, moved=25_000),), closed=Closed.RECEIVED
)


def ring() -> Town:
    """Ada's request and Cleo's pledge; everybody is within reach, one way round or the other."""
    town = ring_of(ADA, BEA, CLEO, EDNA, DORA)
    for at, record in ((0, REQUEST), (2, FAR_PLEDGE)):
        town.publish(town.machines[at], record)
        town.run()
    assert all(machine.holds(REQUEST, FAR_PLEDGE) for machine in town.machines)
    return town


def lose_the_short_way(town: Town) -> None:
    """Bea and Cleo part: from Ada to Cleo it is three halls now, and the request goes two."""
    _, bea, cleo, _, _ = town.machines
    town.publish(bea, BEA.peering(ADA, version=2))
    town.publish(cleo, CLEO.peering(EDNA, version=2))
    town.run()
    town.unlink(bea, cleo)
    assert cleo.exchange.shelf.distance(ADA.group) == 3
    check_ring(town)


def check_ring(town: Town) -> None:
    """Both ends of each link that is left compute the same."""
    ada, bea, cleo, edna, dora = town.machines
    for one, other in ((ada, bea), (ada, dora), (dora, edna), (edna, cleo)):
        assert summaries_agree(one, other)
        for machine in (one, other):
            gather_anew(machine.exchange.shelf)
        assert summaries_agree(one, other), "kept up to date is not what gathering anew gives"


def test_the_parties_to_an_accepted_pledge_go_on_the_long_way_round() -> None:
    town = ring()
    ada, _, cleo, edna, _ = town.machines
    town.publish(ada, ACCEPTED_FAR)
    town.run()
    lose_the_short_way(town)
    for machine, record in ((ada, DETAILS_FAR), (cleo, SENT_FAR), (ada, RECEIVED_FAR)):
        town.publish(machine, record)
        town.run()
        assert all(each.holds(record) for each in (ada, cleo, edna))
        check_ring(town)
    assert all(each.left_out == [] for each in town.machines)


def test_who_is_accepted_only_now_is_told_the_long_way_round() -> None:
    town = ring()
    ada, _, cleo, _, _ = town.machines
    lose_the_short_way(town)
    town.publish(ada, ACCEPTED_FAR, DETAILS_FAR)
    town.run()
    assert cleo.holds(ACCEPTED_FAR, DETAILS_FAR)
    check_ring(town)


@pytest.mark.parametrize(
    "decisions",
    [
        (),
        (accepts(DORA.pledge(REQUEST)),),
        (replace(accepts(FAR_PLEDGE), verdict=Verdict.NOT_NEEDED, accepted=Thousandths(0)),),
    ],
    ids=["open", "another's accepted", "declined"],
)
def test_who_has_pledged_goes_on_the_long_way_round(decisions: tuple[Decision, ...]) -> None:
    """Whatever was said to it; and it can be taken back."""
    town = ring()
    ada, _, cleo, edna, dora = town.machines
    town.publish(dora, DORA.pledge(REQUEST))
    town.run()
    lose_the_short_way(town)
    changed = ADA.request(version=2, decisions=decisions)
    town.publish(ada, changed)
    town.publish(cleo, SENT_FAR)
    town.run()
    assert all(machine.holds(changed, SENT_FAR) for machine in (cleo, edna, dora, ada))
    check_ring(town)


def test_who_has_only_read_it_hears_no_more() -> None:
    town = ring_of(ADA, BEA, CLEO, EDNA, DORA)
    ada, _, cleo, edna, _ = town.machines
    town.publish(ada, REQUEST)
    town.run()
    town.publish(cleo, CLEO.seen(REQUEST))
    town.run()
    lose_the_short_way(town)
    changed = ADA.request(version=2)
    town.publish(ada, changed)
    town.run()
    assert edna.holds(changed)
    assert cleo.holds(REQUEST), "what is held stays"
    assert not cleo.holds(changed)
    check_ring(town)


@pytest.mark.parametrize("order", list(permutations([REQUEST, FAR_PLEDGE])))
def test_our_other_device_is_told_what_we_have_pledged_for(order: list[Record]) -> None:
    """It is new, and the way to Ada has become too long; nobody but the first device knows."""
    phone = CLEO.with_device("phone")
    shelf = phone.shelf()
    roster, far = CLEO.roster(phone, version=2), ADA.request("another")
    shelf.place_verified(roster, BEA.group)
    for record in (ADA.roster(), CLEO.profile(), CLEO.peering(EDNA), order[0], far, order[1]):
        shelf.place_verified(record, CLEO.group)
    assert all(record.id in shelf for record in order)
    assert far.id not in shelf


def test_whose_pledge_is_frozen_is_party_all_the_same() -> None:
    """It is to hear that, and what becomes of the request."""
    near = ADA.request("near", reach=1)
    frozen = prove(CLEO.pledge(near), CLEO.pledge(near, qty=1_000))
    shelf = settled(BEA)
    arrive(shelf, [near, frozen])
    assert frozen.id in shelf
    assert shelf.belongs(near, CLEO.end)
    assert shelf.belongs(frozen, CLEO.end)


def test_who_is_released_is_told_the_long_way_round_as_well() -> None:
    town = ring()
    ada, _, cleo, _, _ = town.machines
    town.publish(ada, ACCEPTED_FAR)
    town.run()
    lose_the_short_way(town)
    verdict = replace(accepts(FAR_PLEDGE), verdict=Verdict.RELEASED, accepted=Thousandths(0))
    town.publish(ada, ADA.request(version=3, decisions=(verdict,)))
    town.run()
    assert cleo.holds(ADA.request(version=3, decisions=(verdict,)))
    check_ring(town)


def test_a_party_is_known_by_its_pledge_whichever_comes_first() -> None:
    """The request accepts what has not come yet; the sets follow when it does."""
    near = ADA.request("near", reach=1)
    pledge = CLEO.pledge(near)
    accepted = ADA.request("near", version=2, reach=1, decisions=(accepts(pledge),))
    for order in permutations([accepted, pledge]):
        shelf = settled(BEA)
        for record in order:
            summaries(shelf)
            arrive(shelf, [record])
        kept = summaries(shelf)
        assert shelf.belongs(accepted, CLEO.end) == shelf.belongs(pledge, CLEO.end)
        gather_anew(shelf)
        assert summaries(shelf) == kept


def test_nobody_is_a_party_by_what_is_over() -> None:
    """Ada keeps it for her desk; Cleo, out of reach, has let go of it."""
    shelf = settled(ADA)
    near = ADA.request("near", reach=1)
    short = resigned(CLEO.pledge(near), {6: HOUR_MS}, CLEO.device)
    come_to(shelf, NOW)
    shelf.place_own(near)
    arrive(shelf, [short])
    assert near in shelf.shared_with(CLEO.end)
    come_to(shelf, NOW + HOUR_MS + PURGE_STEP_MS)
    assert short.id in shelf
    assert near not in shelf.shared_with(CLEO.end)
    gather_anew(shelf)
    assert near not in shelf.shared_with(CLEO.end)
    assert near in shelf.shared_with(BEA.end)


def test_nobody_is_a_party_by_somebody_elses_pledge() -> None:
    """Nor by one to another request, whatever the origin's decisions say."""
    near, other = ADA.request("near", reach=1), ADA.request("other", reach=2)
    foreign = CLEO.pledge(other)
    accepted = ADA.request("near", version=2, reach=1, decisions=(accepts(foreign),))
    shelf = settled(BEA)
    arrive(shelf, [near, other, foreign, accepted])
    assert shelf.belongs(foreign, CLEO.end)
    assert not shelf.belongs(accepted, CLEO.end)


# The way there --------------------------------------------------------------------------------


def test_the_way_leads_over_the_neighbour_that_is_nearest() -> None:
    shelf = settled(ADA)
    arrive(shelf, [*DORA.directory(CLEO)])
    assert shelf.through(DORA.group) == shelf.through(CLEO.group) == BEA.group
    assert shelf.through(BEA.group) is None
    assert shelf.through(Hall("stranger").group) is None


def test_of_two_ways_that_are_as_short_everybody_names_the_same() -> None:
    ada = ring_of(ADA, BEA, CLEO, DORA).machines[0]
    assert ada.exchange.shelf.through(CLEO.group) == min(BEA.group, DORA.group)

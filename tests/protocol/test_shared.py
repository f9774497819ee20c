"""What both ends of a link count as held: with claims and a cutoff they agree where they differ."""

from __future__ import annotations

import pytest

from protocol import shared
from protocol.events import FrameArrived
from protocol.frames import Agree, Differ, Held, Reconcile, Records, Summary, to_bytes
from protocol.ids import RecordId, UnixMs
from protocol.item_set import ItemSet
from protocol.limits import DAY_MS, PURGE_STEP_MS
from protocol.record import Record
from protocol.shared import Claim, Claims, SharedSets
from tests.protocol.halls import NOW, UNPURGED, Hall, resigned
from tests.protocol.shelves import (
    ACCEPTED,
    ADA,
    BEA,
    CLEO,
    PLEDGE,
    REQUEST,
    arrive,
    gather_anew,
    mark_that_takes,
    settled,
)
from tests.protocol.towns import Machine, Town, line_of, linked, summaries_agree

CLEOS = CLEO.request("soup")
STORIES = [CLEO.with_device(name).pledge(CLEOS) for name in ("a", "b")]
"""A group does not answer itself: whoever has not made the mistake refuses both."""
HASTY = resigned(REQUEST, {4: 2, 6: DAY_MS}, ADA.device)
"""A version that ends before the one that it replaces."""


def sets_of(*records: Record) -> SharedSets:
    return SharedSets.of_records(records, UNPURGED, Claims())


def ids_in(items: ItemSet) -> set[bytes]:
    return set(items.snapshot().ids(0, len(items)))


# The sets themselves --------------------------------------------------------------------------


def test_the_directory_is_a_set_of_its_own() -> None:
    sets = sets_of(ADA.roster(), REQUEST)
    sets.add(ADA.profile())
    sets.add(PLEDGE)
    assert ids_in(sets.directory) == {ADA.roster().id, ADA.profile().id}
    assert ids_in(sets.others) == {REQUEST.id, PLEDGE.id}
    sets.discard(ADA.profile())
    sets.discard(PLEDGE)
    assert (len(sets.directory), len(sets.others)) == (1, 1)


@pytest.mark.parametrize("record", [ADA.profile(), REQUEST], ids=["directory", "message"])
def test_a_claim_counts_like_the_record_itself(record: Record) -> None:
    claimed, having = sets_of(), sets_of(record)
    claimed.claim(record)
    assert claimed.directory.summary() == having.directory.summary()
    assert claimed.others.summary() == having.others.summary()
    claimed.disclaim([record.id])
    assert claimed.directory.summary() == claimed.others.summary() == ItemSet().summary()


def test_only_what_is_claimed_is_disclaimed() -> None:
    sets = sets_of(REQUEST)
    sets.claim(PLEDGE)
    sets.disclaim([REQUEST.id, RecordId(bytes(32))])
    assert ids_in(sets.others) == {REQUEST.id, PLEDGE.id}
    sets.disclaim([each.id for each in sets.claims])
    assert ids_in(sets.others) == {REQUEST.id}


def test_what_is_held_after_all_is_no_claim_any_more() -> None:
    sets = sets_of()
    sets.claim(REQUEST)
    sets.claim(REQUEST)
    sets.add(REQUEST)
    sets.disclaim([each.id for each in sets.claims])
    assert ids_in(sets.others) == {REQUEST.id}


def test_claims_outlive_the_gathering_of_the_rest() -> None:
    sets = sets_of(PLEDGE)
    sets.claim(REQUEST)
    again = SharedSets.of_records([PLEDGE], UNPURGED, sets.claims)
    assert ids_in(again.others) == {REQUEST.id, PLEDGE.id}


def test_the_oldest_of_too_many_claims_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "CLAIMS_MAX", 3)
    records = [ADA.request(f"meals {number}") for number in range(5)]
    sets = sets_of()
    for record in records:
        sets.claim(record)
    assert ids_in(sets.others) == {record.id for record in records[2:]}
    assert [record.id for record in sets.claims] == [record.id for record in records[2:]]


# Claims on a link -----------------------------------------------------------------------------


def claims_of(machine: Machine, peer: Hall) -> set[RecordId]:
    return {each.id for each in machine.exchange.shelf.shared_with(peer.end).claims}


def questions(town: Town) -> int:
    """How often an initiator has found that the ends differ."""
    return sum(isinstance(each, Differ) for each in town.frames_sent())


def two_stories(leads: bool = True) -> tuple[Town, Machine, Machine]:
    """Ada and Bea, both paired with Cleo, who told each another story; not linked yet."""
    town = line_of(ADA, BEA, CLEO)
    ada, bea, cleo = town.machines
    town.link(bea, cleo)
    town.run()
    town.unlink(bea, cleo)
    roster = CLEO.roster(CLEO.with_device("a"), CLEO.with_device("b"), version=2)
    for machine, story in zip((ada, bea), STORIES, strict=True):
        for record in (roster, CLEOS, story):
            machine.exchange.shelf.restore(record, NOW)
    town.sent.clear()
    town.link(*((ada, bea) if leads else (bea, ada)))
    return town, ada, bea


@pytest.mark.parametrize("leads", [True, False])
def test_what_each_refuses_of_the_other_counts_as_held(leads: bool) -> None:
    town, ada, bea = two_stories(leads)
    town.run()
    assert claims_of(ada, BEA) == {STORIES[1].id}
    assert claims_of(bea, ADA) == {STORIES[0].id}
    assert STORIES[0].id not in bea.exchange.shelf
    assert summaries_agree(ada, bea)
    assert (len(ada.left_out), len(bea.left_out)) == (1, 1)
    assert isinstance(town.frames_sent()[-1], Agree | Held)
    town.sent.clear()
    for machine in (ada, bea):
        town.ask(machine)
    town.run()
    assert [type(each) for each in town.frames_sent()] == [Summary, Agree]


def test_a_new_link_offers_and_refuses_once_more() -> None:
    town, ada, bea = two_stories()
    town.run()
    town.unlink(ada, bea)
    town.link(ada, bea)
    assert claims_of(ada, BEA) == claims_of(bea, ADA) == set()
    town.run()
    assert claims_of(ada, BEA) == {STORIES[1].id}
    assert (len(ada.left_out), len(bea.left_out)) == (2, 2)
    assert summaries_agree(ada, bea)


@pytest.mark.parametrize("leads", [True, False])
def test_a_version_that_we_have_a_newer_one_of_counts_as_held_until_they_have_it(
    leads: bool,
) -> None:
    """What Bea passes on was replaced here while it was under way."""
    town = linked(*((ADA, BEA) if leads else (BEA, ADA)))
    ada = next(each for each in town.machines if each.hall is ADA)
    town.lose(ada, ACCEPTED)
    (link,) = ada.ends
    ada.exchange.handle(FrameArrived(link, to_bytes(Records([REQUEST.envelope]))))
    assert claims_of(ada, BEA) == {REQUEST.id}
    ada.exchange.handle(FrameArrived(link, to_bytes(Held((PLEDGE.id, RecordId(bytes(32)))))))
    assert claims_of(ada, BEA) == {REQUEST.id}
    ada.exchange.handle(FrameArrived(link, to_bytes(Held((ACCEPTED.id,)))))
    assert claims_of(ada, BEA) == set()
    assert ids_in(ada.exchange.shelf.shared_with(BEA.end).others) == {ACCEPTED.id}


def test_only_older_versions_of_the_same_object_are_replaced_at_the_other_end() -> None:
    claims = Claims()
    others = [ADA.request("beds"), resigned(REQUEST, {4: 3}, ADA.device)]
    for record in (REQUEST, *others):
        claims.add(Claim(record.id, record.header))
    assert claims.older_than(ACCEPTED) == [REQUEST.id]


@pytest.mark.parametrize("leads", [True, False])
def test_what_the_other_end_has_lost_is_claimed_no_more(leads: bool) -> None:
    """Bea asks for it, or says that she lacks it: then nobody has it."""
    town, ada, bea = two_stories(leads)
    town.run()
    shelf = bea.exchange.shelf
    shelf._held.remove(STORIES[1])
    gather_anew(shelf)
    assert not summaries_agree(ada, bea)
    for machine in (ada, bea):
        town.ask(machine)
    town.run()
    assert claims_of(ada, BEA) == set()
    assert summaries_agree(ada, bea)


def test_what_waits_is_not_claimed() -> None:
    shelf = settled(BEA)
    stranger = Hall("stranger").request()
    arrive(shelf, [stranger])
    shelf.sharing.claim(stranger, ADA.end)
    assert len(shelf.shared_with(ADA.end).others) == 0


def test_what_is_held_is_not_claimed() -> None:
    shelf = settled(BEA)
    arrive(shelf, [REQUEST])
    shelf.sharing.claim(REQUEST, ADA.end)
    shelf.sharing.end_link(ADA.end)
    assert ids_in(shelf.shared_with(ADA.end).others) == {REQUEST.id}


def test_what_is_held_after_all_is_no_claim_however_the_set_came_about() -> None:
    shelf = settled(BEA)
    shelf.sharing.claim(REQUEST, ADA.end)
    gather_anew(shelf)
    arrive(shelf, [REQUEST])
    assert REQUEST in shelf.shared_with(ADA.end)
    shelf.sharing.end_link(ADA.end)
    assert REQUEST in shelf.shared_with(ADA.end)


# Never said to be held ------------------------------------------------------------------------


def test_an_own_record_that_they_refuse_never_looks_as_if_it_were_held() -> None:
    """Nor does it by agreement, by being asked again, or over a second link."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    bea.exchange.shelf.restore(REQUEST, NOW)
    town.publish(ada, HASTY)
    for _ in range(3):
        town.link(ada, bea)
        town.run()
        for machine in (ada, bea):
            town.ask(machine)
        town.run()
        assert summaries_agree(ada, bea)
        assert HASTY.id in claims_of(bea, ADA)
        assert ada.exchange.holders_of(HASTY.id) == frozenset()
        assert ada.exchange.waiting_records(BEA.group) == [HASTY]
        town.unlink(ada, bea)


def test_what_they_have_purged_is_held_by_nobody_and_waits_for_nobody() -> None:
    """Agreement speaks of what both share: not of what the other end's mark leaves out."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    town.publish(ada, REQUEST)
    town.tick(bea, mark_that_takes(REQUEST))
    town.link(ada, bea)
    town.run()
    assert bea.settled == {ADA.group}
    assert not bea.holds(REQUEST)
    assert ada.exchange.holders_of(REQUEST.id) == frozenset()
    assert ada.exchange.waiting_records(BEA.group) == []


# The cutoff -----------------------------------------------------------------------------------


@pytest.mark.parametrize("leads", [True, False])
@pytest.mark.parametrize("who_is_ahead", [0, 1])
@pytest.mark.parametrize("is_linked_before", [True, False])
def test_ends_with_different_marks_settle_and_nobody_sends_what_the_other_has_purged(
    leads: bool, who_is_ahead: int, is_linked_before: bool
) -> None:
    """Ada's request has expired by one end's mark; the other end has not come to that."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    fresh = resigned(ADA.request("fresh"), {5: NOW + DAY_MS}, ADA.device)
    both = (ada, bea) if leads else (bea, ada)
    town.publish(ada, REQUEST)
    if is_linked_before:
        town.link(*both)
        town.run()
        town.unlink(*both)
    town.publish(ada, fresh)
    ahead = town.machines[who_is_ahead]
    town.tick(ahead, mark_that_takes(REQUEST))
    town.sent.clear()
    town.link(*both)
    town.run()
    assert summaries_agree(ada, bea)
    assert bea.holds(fresh)
    assert bea.holds(REQUEST) is (is_linked_before and ahead is ada)
    assert not any(REQUEST.body_bytes in data for data in town.sent)
    shared = ada.exchange.shelf.shared_with(BEA.end)
    assert ids_in(shared.others) == {fresh.id}
    town.tick(bea, mark_that_takes(REQUEST))
    town.tick(ada, mark_that_takes(REQUEST))
    town.sent.clear()
    for machine in both:
        town.ask(machine)
    town.run()
    assert questions(town) == 0


def test_each_end_tells_its_mark() -> None:
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    town.tick(ada, NOW + PURGE_STEP_MS)
    town.tick(bea, NOW + 3 * PURGE_STEP_MS)
    town.publish(ada, REQUEST)
    town.link(ada, bea)
    town.run()
    frames = town.frames_sent()
    asked = {each.purged_ms for each in frames if isinstance(each, Summary)}
    answered = {each.purged_ms for each in frames if isinstance(each, Differ)}
    assert asked == {ada.exchange.shelf.purged_ms}
    assert answered == {bea.exchange.shelf.purged_ms}
    assert asked != answered
    assert any(isinstance(each, Reconcile) for each in frames)


def test_the_record_of_an_unsure_clock_is_never_cut() -> None:
    """Only who holds it knows when it ends."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    unsure = ADA.request("unsure", clock_unsure=True)
    town.publish(ada, unsure)
    town.tick(bea, mark_that_takes(unsure))
    town.link(ada, bea)
    town.run()
    assert bea.holds(unsure)
    assert summaries_agree(ada, bea)


def test_what_came_after_a_mark_is_shared_as_before() -> None:
    shelf = settled(BEA)
    shelf.sharing.cut(ADA.end, mark_that_takes(REQUEST))
    fresh = resigned(REQUEST, {5: mark_that_takes(REQUEST)}, ADA.device)
    arrive(shelf, [fresh])
    assert ids_in(shelf.shared_with(ADA.end).others) == {fresh.id}
    arrive(shelf, [ADA.request("expired")])
    assert ids_in(shelf.shared_with(ADA.end).others) == {fresh.id}
    assert len(shelf.shared_with(CLEO.end).others) == 2
    shelf.sharing.cut(ADA.end, UNPURGED)
    assert len(shelf.shared_with(ADA.end).others) == 2, "a mark that was wrong goes back"


def test_what_they_have_purged_is_not_passed_on_to_them_either() -> None:
    """Cleo's request reaches Bea, whose clock nobody vouches for, when Ada is past it."""
    town = line_of(ADA, BEA, CLEO)
    ada, bea, cleo = town.machines
    town.link(ada, bea)
    town.link(bea, cleo)
    town.tick(ada, mark_that_takes(CLEO.request()))
    for machine in (ada, bea):
        town.ask(machine)
    town.run()
    town.sent.clear()
    town.publish(cleo, CLEO.request())
    town.run()
    assert bea.holds(CLEO.request())
    assert sum(CLEO.request().body_bytes in data for data in town.sent) == 1


def test_a_claim_ends_where_the_cutoff_does() -> None:
    shelf = settled(BEA)
    shelf.sharing.claim(HASTY, ADA.end)
    mark_ms = mark_that_takes(HASTY)
    shelf.sharing.cut(ADA.end, UnixMs(mark_ms - PURGE_STEP_MS))
    assert len(shelf.shared_with(ADA.end).others) == 1
    shelf.sharing.cut(ADA.end, mark_ms)
    assert len(shelf.shared_with(ADA.end).others) == 0
    shelf.sharing.claim(HASTY, ADA.end)
    assert len(shelf.shared_with(ADA.end).others) == 0


def test_a_claim_ends_when_our_own_mark_has_come_to_it() -> None:
    shelf = settled(BEA)
    shelf.sharing.claim(HASTY, ADA.end)
    assert len(shelf.shared_with(ADA.end).others) == 1
    shelf.advance(mark_that_takes(HASTY), is_trusted=True)
    assert len(shelf.shared_with(ADA.end).others) == 0


def test_a_mark_between_two_steps_of_ours_cuts_what_it_says() -> None:
    shelf = settled(BEA)
    arrive(shelf, [REQUEST])
    expires_ms = REQUEST.header.expires_ms
    assert expires_ms is not None
    shelf.sharing.cut(ADA.end, UnixMs(expires_ms - 1))
    assert REQUEST in shelf.shared_with(ADA.end)
    shelf.sharing.cut(ADA.end, expires_ms)
    assert REQUEST not in shelf.shared_with(ADA.end)


def test_a_card_of_ours_that_has_expired_is_left_out_whenever_the_set_is_gathered() -> None:
    """It is still ours, and nobody else holds it any more."""
    shelf = settled(BEA)
    arrive(shelf, [resigned(ADA.peering(BEA), {4: 2, 5: NOW + DAY_MS}, ADA.device)])
    shelf.advance(mark_that_takes(BEA.profile()), is_trusted=True)
    assert shelf.distance(ADA.group) == 1
    assert BEA.profile().id in shelf
    assert not shelf.is_for(BEA.profile(), ADA.group)
    assert BEA.profile() not in shelf.shared_with(ADA.end)
    assert not shelf.is_for(BEA.profile(), ADA.group)

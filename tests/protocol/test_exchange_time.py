"""The machine that is told of time: what it lets go of, and that both ends then agree again."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest

from protocol.aging import Passing
from protocol.events import LetGo, Tick
from protocol.frames import Differ, Summary
from protocol.ids import UnixMs
from protocol.limits import DAY_MS, DIRECTORY_LIFETIME_MS_MAX, KEEP_MS, PURGE_STEP_MS
from protocol.record import Record
from tests.protocol.halls import NOW, Hall, resigned
from tests.protocol.shelves import ADA, BEA, CLEO, PLEDGE, REQUEST, gather_anew, mark_that_takes
from tests.protocol.towns import Town, line_of, linked, summaries_agree

BEDS = BEA.request("beds")
SEEN = BEA.seen(REQUEST)


def test_a_tick_lets_go_of_what_has_expired_and_of_who_held_it() -> None:
    town = linked(ADA, BEA)
    ada, bea = town.machines
    town.publish(bea, BEDS)
    town.run()
    assert bea.exchange.holders_of(BEDS.id) == {ADA.group}
    town.tick(ada, mark_that_takes(BEDS))
    assert not ada.holds(BEDS)
    assert BEDS.id not in ada.disk
    told = [each for each in ada.outputs if isinstance(each, LetGo)]
    assert [each.purged_ms for each in told] == [mark_that_takes(BEDS)]
    assert told[0].passing.gone == (BEDS,)
    town.tick(bea, mark_that_takes(BEDS) + KEEP_MS)
    assert not bea.holds(BEDS)
    assert bea.exchange.holders_of(BEDS.id) == frozenset()


def test_what_is_only_kept_waits_for_nobody() -> None:
    town = line_of(ADA, BEA)
    bea = town.machines[1]
    town.publish(bea, BEDS)
    bea.exchange.shelf.place_verified(ADA.roster(), ADA.group)
    bea.exchange.shelf.place_verified(ADA.peering(BEA), ADA.group)
    assert bea.exchange.waiting_records(ADA.group) == [BEDS]
    town.tick(bea, mark_that_takes(BEDS))
    assert BEDS.id in bea.exchange.shelf
    assert bea.exchange.waiting_records(ADA.group) == []


def test_a_tick_that_changes_nothing_says_nothing() -> None:
    exchange = linked(ADA, BEA).machines[0].exchange
    assert exchange.handle(Tick(UnixMs(NOW + 400 * DAY_MS), is_trusted=False)) != []
    assert exchange.handle(Tick(UnixMs(NOW + 800 * DAY_MS), is_trusted=False)) == []
    assert exchange.handle(Tick(NOW, is_trusted=True)) != []
    assert exchange.handle(Tick(UnixMs(NOW + 1), is_trusted=True)) == []
    assert exchange.handle(Tick(UnixMs(NOW - DAY_MS), is_trusted=True)) == []


def test_hearings_that_moved_are_told_also_when_the_mark_does_not() -> None:
    """Here the clock that is right is behind the one that was wrong, and behind the mark."""
    ada, _ = linked(ADA, BEA).machines
    ada.exchange.handle(Tick(UnixMs(NOW + 9 * DAY_MS), is_trusted=True))
    ada.exchange.handle(Tick(UnixMs(NOW + 9 * DAY_MS), is_trusted=False))
    beds = BEA.request("beds", clock_unsure=True)
    ada.exchange.shelf.place_verified(beds, BEA.group)
    (told,) = ada.exchange.handle(Tick(NOW, is_trusted=True))
    assert told == LetGo(Passing(reheard=((beds.id, NOW),)), ada.exchange.shelf.purged_ms)


def test_where_the_graph_changes_with_time_both_ends_look_again() -> None:
    """Ada is off; her peering is never renewed."""
    town = linked(ADA, BEA, CLEO)
    ada, bea, cleo = town.machines
    town.unlink(ada, bea)
    town.publish(bea, later(BEA.peering(ADA, CLEO), BEA))
    town.publish(cleo, later(CLEO.peering(BEA), CLEO))
    town.run()
    town.sent.clear()
    town.tick(bea, NOW + DIRECTORY_LIFETIME_MS_MAX + DAY_MS)
    assert bea.exchange.shelf.distance(ADA.group) is None
    assert sum(isinstance(each, Summary) for each in town.frames_sent()) == 1
    town.run()
    assert summaries_agree(bea, cleo)


def later(record: Record, hall: Hall) -> Record:
    """The next version, made twenty days later."""
    return resigned(record, {4: 2, 5: NOW + 20 * DAY_MS}, hall.device)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_marks_go_their_own_ways_and_all_come_to_the_same(order: tuple[int, ...]) -> None:
    """What is Ada's stays on her desk; all others let go of it, whoever is told of time first."""
    town = linked(ADA, BEA, CLEO)
    ada, bea, cleo = town.machines
    town.publish(ada, REQUEST)
    town.run()
    for number in order:
        town.tick(town.machines[number], mark_that_takes(REQUEST))
        for machine in town.machines:
            town.ask(machine)
        town.run()
        assert summaries_agree(ada, bea)
        assert summaries_agree(bea, cleo)
    assert [REQUEST.id in each.exchange.shelf for each in town.machines] == [True, False, False]
    assert len(ada.exchange.shelf.shared_with(BEA.end).others) == 0


def test_what_answers_a_request_is_shared_no_longer_than_that() -> None:
    """It was read and pledged to a day later, so these expire later; not everybody keeps them."""
    town = linked(ADA, BEA, CLEO)
    ada, bea, _ = town.machines
    answers = [resigned(each, {5: NOW + DAY_MS}, BEA.device) for each in (SEEN, PLEDGE)]
    for machine, records in ((ada, [REQUEST]), (bea, answers)):
        town.publish(machine, *records)
        town.run()
    come_to(town, mark_that_takes(REQUEST))
    assert [REQUEST.id in each.exchange.shelf for each in town.machines] == [True, True, False]
    assert all(each.holds(*answers) for each in town.machines)
    town.sent.clear()
    come_to(town, mark_that_takes(REQUEST))
    assert looks_that_differed(town) == 0
    for one, other in pairwise(town.machines):
        assert len(one.exchange.shelf.shared_with(other.hall.end).others) == 0
        for machine in (one, other):
            gather_anew(machine.exchange.shelf)
        assert summaries_agree(one, other)
    renewed = resigned(REQUEST, {4: 2, 5: mark_that_takes(REQUEST)}, ADA.device)
    town.publish(ada, renewed)
    town.run()
    for one, other in pairwise(town.machines):
        assert len(one.exchange.shelf.shared_with(other.hall.end).others) == 3
        assert summaries_agree(one, other)


@pytest.mark.parametrize("leads", [True, False])
def test_what_answers_what_they_have_purged_is_left_out_as_well(leads: bool) -> None:
    town = linked(*((ADA, BEA, CLEO) if leads else (CLEO, BEA, ADA)))
    bea, cleo = (next(m for m in town.machines if m.hall is hall) for hall in (BEA, CLEO))
    answer = resigned(PLEDGE, {5: NOW + DAY_MS}, BEA.device)
    town.publish(next(m for m in town.machines if m.hall is ADA), REQUEST)
    town.run()
    town.publish(bea, answer)
    town.run()
    town.tick(cleo, mark_that_takes(REQUEST))
    for machine in town.machines:
        town.ask(machine)
    town.run()
    for one, other in ((bea, cleo), (cleo, bea)):
        assert len(one.exchange.shelf.shared_with(other.hall.end).others) == 0
    town.sent.clear()
    for machine in town.machines:
        town.ask(machine)
    town.run()
    assert looks_that_differed(town) == 0


# Records of unsure clocks: each hall lets go of them at another time --------------------------

UNSURE = ADA.request("of an unsure clock", clock_unsure=True)
LIFETIME_MS = UNSURE.header.lifetime_ms


def heard_five_days_apart() -> Town:
    """Bea has it from Ada at once; Cleo, who was off, five days later. Its time is up at two."""
    town = line_of(ADA, BEA, CLEO)
    ada, bea, cleo = town.machines
    town.link(ada, bea)
    come_to(town, NOW)
    town.publish(ada, UNSURE)
    town.run()
    come_to(town, NOW + 5 * DAY_MS)
    town.link(bea, cleo)
    town.run()
    come_to(town, NOW + LIFETIME_MS + PURGE_STEP_MS)
    assert [UNSURE.id in each.exchange.shelf for each in town.machines] == [True, False, True]
    return town


def come_to(town: Town, now_ms: int) -> None:
    """It is that time everywhere, and every link is asked again."""
    for machine in town.machines:
        town.tick(machine, now_ms)
    for machine in town.machines:
        town.ask(machine)
    town.run()


def looks_that_differed(town: Town) -> int:
    return sum(isinstance(each, Differ) for each in town.frames_sent())


def test_who_has_let_go_is_offered_it_once_and_the_link_settles() -> None:
    """Nor is it brought again whenever a mark moves."""
    town = heard_five_days_apart()
    _, bea, cleo = town.machines
    assert summaries_agree(bea, cleo)
    town.sent.clear()
    for steps in range(2, 5):
        come_to(town, NOW + LIFETIME_MS + steps * PURGE_STEP_MS)
    assert looks_that_differed(town) == 0
    assert bea.left_out == []
    assert UNSURE.id not in bea.exchange.shelf


def test_when_the_last_has_let_go_nobody_counts_it_any_more() -> None:
    town = heard_five_days_apart()
    _, bea, cleo = town.machines
    come_to(town, NOW + LIFETIME_MS + 6 * DAY_MS)
    assert UNSURE.id not in cleo.exchange.shelf
    assert summaries_agree(bea, cleo)
    assert len(bea.exchange.shelf.shared_with(CLEO.end).others) == 0
    town.sent.clear()
    come_to(town, NOW + LIFETIME_MS + 7 * DAY_MS)
    assert looks_that_differed(town) == 0


@pytest.mark.parametrize("leads", [True, False])
def test_what_we_keep_for_our_own_desk_and_they_still_share_keeps_no_link_from_settling(
    leads: bool,
) -> None:
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    come_to(town, NOW)
    town.publish(ada, UNSURE)
    come_to(town, NOW + 5 * DAY_MS)
    town.link(*((ada, bea) if leads else (bea, ada)))
    town.run()
    assert bea.holds(UNSURE)
    come_to(town, NOW + LIFETIME_MS + PURGE_STEP_MS)
    assert summaries_agree(ada, bea)
    town.sent.clear()
    come_to(town, NOW + LIFETIME_MS + 2 * PURGE_STEP_MS)
    assert looks_that_differed(town) == 0
    come_to(town, NOW + LIFETIME_MS + 6 * DAY_MS)
    assert UNSURE.id not in bea.exchange.shelf
    town.sent.clear()
    come_to(town, NOW + LIFETIME_MS + 6 * DAY_MS + PURGE_STEP_MS)
    assert looks_that_differed(town) == 0
    renewed = resigned(UNSURE, {4: 2, 5: NOW + LIFETIME_MS + 6 * DAY_MS}, ADA.device)
    town.publish(ada, renewed)
    town.run()
    assert bea.holds(renewed)
    assert summaries_agree(ada, bea)


def test_two_halls_that_begin_at_1970_pass_what_they_sign_and_keep_it() -> None:
    """Off for 400 days, and nobody vouches for a clock: then one of them hears the right time."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    for machine in town.machines:
        town.tick(machine, 0, is_trusted=False)
    early = resigned(UNSURE, {5: 0}, ADA.device)
    town.publish(ada, early)
    town.link(ada, bea)
    town.run()
    assert bea.holds(early)
    town.tick(bea, NOW)
    for machine in town.machines:
        town.ask(machine)
    town.run()
    assert bea.holds(early)
    assert bea.exchange.shelf.ends_ms(early) == NOW + LIFETIME_MS
    assert summaries_agree(ada, bea)

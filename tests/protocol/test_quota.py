"""What one neighbour may have held here, and what leaves when it brings more."""

from __future__ import annotations

import pytest

from protocol import quota
from protocol.ids import UnixMs
from protocol.limits import KEEP_MS
from protocol.shelf import Placed, Shelf
from tests.protocol.floods import (
    BEA,
    CARL,
    DORA,
    DORAS,
    FAR,
    FARS,
    NEAR,
    NEARS,
    OURS,
    US,
    account,
    are_shared_sets_right,
    brought,
    crowded,
    ids,
    is_left_out,
    wish,
)
from tests.protocol.halls import NOW, Hall, accepts, resigned
from tests.protocol.shelves import mark_that_takes


@pytest.fixture
def restarted() -> Shelf:
    """As it was before anybody passed anything on; named before the others, for it is roomy."""
    return crowded()


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A hall that holds three messages of each neighbour at most."""
    shelf = crowded()
    monkeypatch.setattr(quota, "RECORDS_PER_LINK_MAX", 3)
    return shelf


@pytest.fixture
def full(three: Shelf) -> Shelf:
    """It holds all that Bea may bring, from far away."""
    brought(three, BEA, *FARS[:3])
    return three


# Messages -------------------------------------------------------------------------------------


def test_as_much_as_there_is_room_for_is_held(three: Shelf) -> None:
    messages = [DORAS, wish(CARL), wish(CARL, 1)]
    brought(three, CARL, *messages)
    assert all(record.id in three for record in messages)
    assert is_left_out(three, wish(DORA, 1), CARL)


def test_who_is_as_far_away_or_farther_is_left_out(full: Shelf) -> None:
    assert is_left_out(full, FARS[3])
    assert are_shared_sets_right(full)


def test_who_is_nearer_takes_the_place_of_the_farthest_and_newest(three: Shelf) -> None:
    brought(three, BEA, FARS[0], FARS[1], NEARS[0])
    (placed,) = brought(three, BEA, NEARS[1])
    assert placed == Placed(NEARS[1], None, displaced=(FARS[1],))
    assert placed.gone == (FARS[1],)
    assert FARS[1].id not in three
    assert three.find(FARS[1].header.object) is None
    (placed,) = brought(three, BEA, wish(BEA))
    assert placed.displaced == (FARS[0],)
    (placed,) = brought(three, BEA, wish(BEA, 1))
    assert placed.displaced == (NEARS[1],)
    assert are_shared_sets_right(three)


def test_the_sets_of_links_follow_what_leaves(full: Shelf) -> None:
    assert FARS[2] in full.shared_with(BEA.end)
    brought(full, BEA, NEARS[0])
    assert FARS[2] not in full.shared_with(BEA.end)
    assert are_shared_sets_right(full)


def test_what_another_neighbour_was_the_first_to_bring_stays(full: Shelf) -> None:
    brought(full, CARL, FARS[3], DORAS)
    brought(full, BEA, FARS[3], NEARS[0], NEARS[1], NEARS[2], wish(BEA))
    assert FARS[3].id in full
    assert account(full, CARL) >= ids(FARS[3], DORAS)
    assert ids(*FARS[:3]) & account(full, BEA) == set()


def test_what_was_left_out_of_one_neighbour_is_taken_of_another(full: Shelf) -> None:
    assert is_left_out(full, FARS[3])
    assert brought(full, CARL, FARS[3]) == [Placed(FARS[3], None)]
    assert FARS[3].id in account(full, CARL)


def test_what_has_had_its_time_makes_room(full: Shelf) -> None:
    brought(full, NEAR[0], DORAS)
    full.advance(UnixMs(mark_that_takes(FARS[0]) + KEEP_MS), is_trusted=True)
    assert account(full, BEA) & ids(*FARS) == set()
    assert full._quota._accounts.keys() == {BEA.group, CARL.group}
    late = resigned(FARS[3], {5: mark_that_takes(FARS[0])}, FAR[3].device)
    assert brought(full, BEA, late) == [Placed(late, None)]


def test_what_is_put_back_after_a_restart_counts_for_nobody(restarted: Shelf, three: Shelf) -> None:
    for record in FARS[:3]:
        restarted.restore(record, NOW)
    brought(restarted, BEA, *FARS[3:6])
    assert account(restarted, BEA) >= ids(*FARS[3:6])
    brought(restarted, BEA, *NEARS[:3])
    assert account(restarted, BEA) >= ids(*NEARS[:3])
    assert all(record.id in restarted for record in FARS[:3])


def test_our_own_devices_are_charged_to_nobody(full: Shelf) -> None:
    phone = US.with_device("phone")
    full.place_own(US.roster(phone, version=2))
    note = wish(phone)
    assert brought(full, BEA, note) == [Placed(note, None)]
    assert note.id not in account(full, BEA)


def test_what_is_put_aside_is_charged_all_the_same(restarted: Shelf, three: Shelf) -> None:
    """A roster without the device hides its request; the disk keeps it."""
    phone = FAR[0].with_device("phone")
    for number, others in enumerate([(phone,), ()], 2):
        brought(restarted, CARL, FAR[0].roster(*others, version=number))
        if others:
            hidden = wish(phone)
            brought(restarted, BEA, hidden, *FARS[1:3])
    assert restarted.find_by_id(hidden.id) is None
    assert hidden.id in restarted
    assert is_left_out(restarted, FARS[3])
    (placed,) = brought(restarted, BEA, NEARS[0])
    assert placed.displaced == (FARS[2],)
    (placed,) = brought(restarted, BEA, NEARS[1])
    (placed,) = brought(restarted, BEA, NEARS[2])
    assert placed.displaced == (hidden,)
    assert hidden.id not in restarted


# Versions -------------------------------------------------------------------------------------


def test_a_version_takes_the_room_of_the_one_before(full: Shelf) -> None:
    newer = wish(FAR[0], version=2)
    assert brought(full, BEA, newer) == [Placed(newer, FARS[0])]
    assert account(full, BEA) >= ids(newer, FARS[1], FARS[2])
    assert FARS[0].id not in account(full, BEA)


def test_a_version_is_charged_to_who_brings_it(full: Shelf) -> None:
    newer = wish(FAR[0], version=2)
    brought(full, CARL, newer)
    assert newer.id in account(full, CARL)
    assert brought(full, BEA, FARS[3]) == [Placed(FARS[3], None)]


def test_a_version_that_its_bringer_has_no_room_for_stays_where_it_was(full: Shelf) -> None:
    brought(full, CARL, DORAS, wish(CARL), wish(CARL, 1))
    newer = wish(FAR[0], version=2)
    assert brought(full, CARL, newer) == [Placed(newer, FARS[0])]
    assert newer.id in account(full, BEA)


def test_a_version_of_what_nobody_brought_is_nobodys_where_there_is_no_room(
    restarted: Shelf, three: Shelf
) -> None:
    restarted.restore(FARS[0], NOW)
    brought(restarted, BEA, *FARS[1:4])
    newer = wish(FAR[0], version=2)
    assert brought(restarted, BEA, newer) == [Placed(newer, FARS[0])]
    assert newer.id not in account(restarted, BEA)


# What concerns us -----------------------------------------------------------------------------


def test_a_pledge_to_our_request_is_taken_and_stays(full: Shelf) -> None:
    full.place_own(OURS)
    pledge = FAR[3].pledge(OURS)
    assert brought(full, BEA, pledge) == [Placed(pledge, None)]
    brought(full, BEA, *NEARS[:3])
    assert is_left_out(full, NEARS[3])
    assert pledge.id in full


def test_what_we_have_pledged_to_stays(full: Shelf) -> None:
    full.place_own(US.pledge(FARS[2]))
    brought(full, BEA, NEARS[0])
    assert FARS[2].id in full
    assert FARS[1].id not in full


def test_details_for_our_pledge_are_taken_once_and_stay(full: Shelf) -> None:
    pledge = US.pledge(FARS[2])
    full.place_own(pledge)
    details = FAR[2].details(FARS[2], pledge, US)
    other = resigned(details, {3: b"O" * 16}, FAR[2].device)
    assert brought(full, BEA, details) == [Placed(details, None)]
    assert is_left_out(full, other)
    brought(full, BEA, NEARS[0], NEARS[1])
    assert is_left_out(full, NEARS[2])
    assert full.details_of(pledge.header.object) == details
    newer = FAR[2].details(FARS[2], pledge, US, version=2)
    assert brought(full, BEA, newer) == [Placed(newer, details)]


def test_details_for_others_are_messages_like_any(full: Shelf) -> None:
    pledge = FAR[1].pledge(FARS[0])
    brought(full, CARL, pledge)
    assert is_left_out(full, FAR[0].details(FARS[0], pledge, FAR[1]))


# What stands on what --------------------------------------------------------------------------


def test_an_answer_leaves_before_what_it_answers(three: Shelf) -> None:
    pledge = FAR[1].pledge(FARS[0])
    details = FAR[0].details(FARS[0], pledge, FAR[1])
    brought(three, BEA, FARS[0], pledge, details)
    three.shared_with(BEA.end)
    (placed,) = brought(three, BEA, NEARS[0])
    assert placed.displaced == (details,)
    (placed,) = brought(three, BEA, NEARS[1])
    assert placed.displaced == (pledge,)
    assert are_shared_sets_right(three)


def test_what_answers_a_request_leaves_with_it(three: Shelf) -> None:
    pledge = FAR[1].pledge(FARS[0])
    details = FAR[0].details(FARS[0], pledge, FAR[1])
    brought(three, BEA, FARS[0], pledge, details)
    accepted = FAR[0].request("meals 0", 2, 3, decisions=(accepts(pledge),))
    brought(three, BEA, accepted)
    three.shared_with(CARL.end)
    (placed,) = brought(three, BEA, NEARS[0])
    assert set(placed.displaced) == {accepted, pledge, details}
    assert three.pledges_of(accepted.header.object) == []
    assert three.details_of(pledge.header.object) is None
    assert are_shared_sets_right(three)


def test_what_bears_anything_nearer_or_of_another_link_stays(full: Shelf) -> None:
    brought(full, CARL, DORA.pledge(FARS[2]))
    brought(full, BEA, NEARS[0])
    assert FARS[2].id in full
    assert FARS[1].id not in full


def test_what_bears_anything_nearer_stays(three: Shelf) -> None:
    brought(three, BEA, FARS[0], FARS[1], NEAR[1].pledge(FARS[1]))
    (placed,) = brought(three, BEA, NEARS[0])
    assert placed.displaced == (FARS[0],)
    assert is_left_out(three, NEARS[2])


# Those who wait -------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [BEA, CARL], ids=lambda hall: hall.name)
def test_what_has_waited_is_charged_to_whoever_has_room(full: Shelf, first: Hall) -> None:
    pledge = FAR[3].pledge(DORAS)
    assert brought(full, first, pledge) == []
    full.wait_for_both(pledge, (CARL if first is BEA else BEA).group)
    assert [each.record for each in brought(full, NEAR[0], DORAS)] == [DORAS, pledge]
    assert pledge.id in account(full, CARL)


def test_what_has_waited_and_finds_no_room_is_left_out(full: Shelf) -> None:
    pledge = FAR[3].pledge(DORAS)
    brought(full, BEA, pledge)
    assert [each.record for each in brought(full, CARL, DORAS)] == [DORAS]
    assert pledge.id not in full
    assert pledge.id not in full._waiting
    assert full.is_news(pledge, BEA.group)

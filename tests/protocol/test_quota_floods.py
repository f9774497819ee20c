"""Groups, pledges and floods: what a neighbour brings too much of touches nobody else's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import quota
from protocol.bodies import Kind
from protocol.errors import NoRoom
from protocol.events import CarryRead, CarryTaken, FrameArrived, KeepRecords
from protocol.frames import Records, to_bytes
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
    directory_of,
    ids,
    is_left_out,
    near_stranger,
    wish,
)
from tests.protocol.halls import Hall
from tests.protocol.towns import line_of, summaries_agree

# Groups ---------------------------------------------------------------------------------------


@pytest.fixture
def thirteen(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A hall that holds the records of as many groups as each neighbour has brought."""
    shelf = crowded()
    monkeypatch.setattr(quota, "GROUPS_PER_LINK_MAX", 1 + len(NEAR) + len(FAR))
    return shelf


def test_a_group_from_as_far_away_is_left_out(thirteen: Shelf) -> None:
    stranger = Hall("stranger")
    brought(thirteen, BEA, NEAR[0].peering(BEA, *FAR, stranger, version=2))
    assert is_left_out(thirteen, stranger.roster())
    shelf = thirteen
    assert shelf.place_verified(wish(stranger), BEA.group) == []
    assert brought(shelf, CARL, stranger.roster())[0].record == stranger.roster()


def test_a_nearer_group_takes_the_place_of_the_farthest_and_newest_as_a_whole(
    thirteen: Shelf,
) -> None:
    brought(thirteen, BEA, FARS[5], FARS[0])
    word, roster, *rest = near_stranger()
    brought(thirteen, BEA, word)
    (placed,) = brought(thirteen, BEA, roster)
    assert set(placed.displaced) == {FARS[5], *directory_of(FAR[5])}
    assert [each.displaced for each in brought(thirteen, BEA, *rest)] == [(), ()]
    assert thirteen.roster_of(FAR[5].group) is None
    assert thirteen.distance(FAR[5].group) is None
    assert FARS[0].id in thirteen
    assert are_shared_sets_right(thirteen)


def test_a_group_of_which_another_link_brought_anything_stays(thirteen: Shelf) -> None:
    brought(thirteen, CARL, FARS[5], FAR[4].profile(version=2))
    word, roster, *_ = near_stranger()
    brought(thirteen, BEA, word)
    (placed,) = brought(thirteen, BEA, roster)
    assert set(placed.displaced) == set(directory_of(FAR[3]))


def test_a_group_that_has_answered_us_stays(thirteen: Shelf) -> None:
    thirteen.place_own(OURS)
    brought(thirteen, BEA, FAR[5].pledge(OURS))
    word, roster, *_ = near_stranger()
    brought(thirteen, BEA, word)
    (placed,) = brought(thirteen, BEA, roster)
    assert set(placed.displaced) == set(directory_of(FAR[4]))


def test_of_a_group_that_another_link_has_shown_only_messages_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf = crowded()
    brought(shelf, CARL, FARS[0], DORAS)
    pledge = FAR[1].pledge(DORAS)
    monkeypatch.setattr(quota, "GROUPS_PER_LINK_MAX", 4)
    brought(shelf, CARL, pledge)
    (placed,) = brought(shelf, CARL, NEARS[0])
    assert placed.displaced == (pledge,)
    assert shelf.roster_of(FAR[1].group) is not None
    assert FARS[0].id in shelf


def test_a_full_directory_makes_room_by_whole_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = crowded()
    brought(shelf, BEA, FARS[5])
    monkeypatch.setattr(quota, "RECORDS_PER_LINK_MAX", 3 * (1 + len(NEAR) + len(FAR)))
    word, roster, *rest = near_stranger()
    brought(shelf, BEA, word)
    (placed,) = brought(shelf, BEA, roster)
    assert set(placed.displaced) == {FARS[5], *directory_of(FAR[5])}
    assert [each.displaced for each in brought(shelf, BEA, *rest)] == [(), ()]
    more = Hall("more")
    brought(shelf, BEA, NEAR[0].peering(BEA, *FAR, more, version=2))
    assert is_left_out(shelf, more.roster())


def test_a_full_directory_and_too_many_groups_take_one_group_together(
    thirteen: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "RECORDS_PER_LINK_MAX", 3 * (1 + len(NEAR) + len(FAR)))
    word, roster, *_ = near_stranger()
    brought(thirteen, BEA, word)
    (placed,) = brought(thirteen, BEA, roster)
    assert set(placed.displaced) == set(directory_of(FAR[5]))


def test_who_has_brought_messages_alone_of_a_group_gets_no_room_for_its_directory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its message goes for nothing: it stands in another account's directory."""
    shelf = crowded()
    brought(shelf, CARL, FARS[0])
    monkeypatch.setattr(quota, "RECORDS_PER_LINK_MAX", 6)
    stranger = Hall("stranger")
    brought(shelf, CARL, CARL.peering(US, DORA, stranger, version=2))
    assert is_left_out(shelf, stranger.roster(), CARL)
    assert FARS[0].id in shelf


# Pledges --------------------------------------------------------------------------------------


def test_one_group_pledges_to_one_request_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quota, "PLEDGES_PER_GROUP_MAX", 2)
    shelf = crowded()
    shelf.place_own(OURS)
    desks = [FAR[0].with_device(name) for name in ("front desk", "a", "b")]
    brought(shelf, BEA, FAR[0].roster(*desks[1:], version=2))
    brought(shelf, CARL, DORAS)
    for request in (OURS, DORAS):
        first, second, third = (desk.pledge(request) for desk in desks)
        brought(shelf, BEA, first)
        brought(shelf, CARL, second)
        assert is_left_out(shelf, third)
        assert is_left_out(shelf, third, CARL)
        newer = desks[0].pledge(request, version=2)
        assert brought(shelf, CARL, newer) == [Placed(newer, first)]


@pytest.fixture
def pledged(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Two halls have pledged over Bea's link, no more may."""
    monkeypatch.setattr(quota, "PLEDGES_PER_REQUEST_MAX", 2)
    shelf = crowded()
    brought(shelf, CARL, DORAS)
    brought(shelf, BEA, FAR[0].pledge(DORAS), FAR[1].pledge(DORAS))
    return shelf


def test_of_too_many_pledges_to_one_request_the_nearest_are_kept(pledged: Shelf) -> None:
    assert is_left_out(pledged, FAR[2].pledge(DORAS))
    later = NEAR[0].pledge(DORAS)
    (placed,) = brought(pledged, BEA, later)
    assert placed.displaced == (FAR[1].pledge(DORAS),)
    brought(pledged, BEA, FAR[0].seen(DORAS))
    brought(pledged, CARL, FAR[2].pledge(DORAS))
    (placed,) = brought(pledged, BEA, BEA.pledge(DORAS))
    assert placed.displaced == (FAR[0].pledge(DORAS),)
    assert is_left_out(pledged, NEAR[1].pledge(DORAS))
    assert are_shared_sets_right(pledged)


def test_a_pledge_that_makes_room_makes_it_in_the_account_as_well(
    pledged: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "RECORDS_PER_LINK_MAX", 2)
    (placed,) = brought(pledged, BEA, NEAR[0].pledge(DORAS))
    assert placed.displaced == (FAR[1].pledge(DORAS),)


def test_a_version_of_a_pledge_stays_where_it_was_if_its_bringer_has_too_many(
    pledged: Shelf,
) -> None:
    brought(pledged, CARL, FAR[2].pledge(DORAS))
    newer = FAR[2].pledge(DORAS, version=2)
    brought(pledged, BEA, newer)
    assert newer.id in account(pledged, CARL)


def test_pledges_to_our_own_request_are_all_taken(pledged: Shelf) -> None:
    pledged.place_own(OURS)
    pledges = [hall.pledge(OURS) for hall in FAR]
    assert [each.record for each in brought(pledged, BEA, *pledges)] == pledges


# Floods ---------------------------------------------------------------------------------------


HONEST = [DORAS, wish(DORA, 1), *directory_of(CARL, DORA), CARL.pledge(DORAS), wish(CARL)]
FLOOD = [
    *(wish(hall, number) for hall in (BEA, *NEAR, *FAR) for number in range(2)),
    *(hall.pledge(FARS[0]) for hall in NEAR),
    *(hall.pledge(DORAS) for hall in (*NEAR, *FAR)),
    *(record for number in range(2) for record in near_stranger(number)),
    *directory_of(*NEAR, *FAR),
]


@settings(max_examples=60, deadline=None)
@given(
    st.permutations(range(len(FLOOD))),
    st.integers(6, 12),
    st.integers(2, 6),
    st.integers(1, 4),
    st.integers(1, 12),
)
def test_a_flood_touches_nothing_that_another_link_was_the_first_to_bring(
    order: list[int], records: int, groups: int, pledges: int, stride: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quota, "RECORDS_PER_LINK_MAX", records)
        patch.setattr(quota, "GROUPS_PER_LINK_MAX", groups)
        patch.setattr(quota, "PLEDGES_PER_REQUEST_MAX", pledges)
        shelf = US.shelf()
        for record in [*directory_of(US), OURS]:
            shelf.place_own(record)
        brought(shelf, CARL, *HONEST)
        charged = account(shelf, CARL)
        flood = [*directory_of(BEA), *(FLOOD[at] for at in order)]
        for number, record in enumerate(flood):
            try:
                shelf.place_verified(record, BEA.group)
            except NoRoom:
                assert record.id not in shelf
            if number % stride == 0:
                assert are_shared_sets_right(shelf)
        assert all(record.id in shelf for record in HONEST)
        assert account(shelf, CARL) == charged
        assert are_shared_sets_right(shelf)
        assert_caps_hold(shelf, records, groups, pledges)


def assert_caps_hold(shelf: Shelf, records: int, groups: int, pledges: int) -> None:
    """What is charged is what is held, and no more than may be."""
    told = shelf._quota
    everything = {**shelf._held.by_id, **{each: None for each in shelf._aside._heard}}
    assert set(told._charged) <= set(everything)
    for each in told._accounts.values():
        assert all(count <= records for count in each.counts.values())
        assert len(each.by_group) <= groups
        assert all(count <= pledges for count in each.offers.values())
        charged = [record for signed in each.by_group.values() for record in signed.values()]
        assert len(charged) == sum(each.counts.values())
        offers = [record for record in charged if record.header.kind == Kind.PLEDGE]
        assert len(offers) == sum(each.offers.values())
    assert sum(len(each.by_group) > 0 for each in told._accounts.values()) == len(told._accounts)


# On a link ------------------------------------------------------------------------------------


def test_what_finds_no_room_is_left_out_and_the_link_settles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada, bea = Hall("ada"), Hall("bea")
    town = line_of(ada, bea)
    here, there = town.machines
    monkeypatch.setattr(quota, "RECORDS_PER_LINK_MAX", 3)
    requests = [wish(bea, number) for number in range(5)]
    town.publish(there, *requests)
    town.link(here, there)
    town.run()
    assert here.settled == {bea.group}
    assert summaries_agree(here, there)
    assert {each.record for each in here.left_out} | set(here.disk) >= ids(*requests)
    assert len(here.exchange.shelf.all_requests()) == 3
    town.ask(here)
    town.run()
    assert summaries_agree(here, there)


def test_what_is_displaced_is_deleted_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bea, cleo = (Hall(name) for name in ("ada", "bea", "cleo"))
    town = line_of(ada, bea, cleo)
    here, there, far = town.machines
    town.link(here, there)
    town.link(there, far)
    town.run()
    monkeypatch.setattr(quota, "RECORDS_PER_LINK_MAX", 3)
    fars = [wish(cleo, number) for number in range(3)]
    town.publish(far, *fars)
    town.run()
    assert here.holds(*fars)
    nears = [wish(bea, number) for number in range(2)]
    town.publish(there, *nears)
    town.run()
    assert here.holds(*nears)
    assert [here.holds(record) for record in fars] == [True, False, False]
    assert len(set(here.disk) & ids(*fars, *nears)) == 3
    for machine in (here, there):
        town.ask(machine)
    town.run()
    assert summaries_agree(here, there)
    assert here.holds(*nears, fars[0])


def test_a_carry_file_has_an_account_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bea = Hall("ada"), Hall("bea")
    town = line_of(ada, bea)
    here, there = town.machines
    town.link(here, there)
    town.run()
    monkeypatch.setattr(quota, "RECORDS_PER_LINK_MAX", 3)
    requests = tuple(wish(bea, number) for number in range(7))
    outputs = here.exchange.handle(CarryRead(requests[:4]))
    assert outputs[-1] == CarryTaken(new=3, known=0, refused=0, not_for_us=1)
    (link,) = here.ends
    data = to_bytes(Records([record.envelope for record in requests[4:]]))
    outputs = here.exchange.handle(FrameArrived(link, data))
    (kept,) = [each for each in outputs if isinstance(each, KeepRecords)]
    assert len(kept.placed) == 3

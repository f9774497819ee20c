"""The waiting room: bounded for each neighbour, and whoever waits gets in when it may."""

from __future__ import annotations

from itertools import permutations

import pytest

from protocol.errors import RuleBroken
from protocol.events import FrameArrived
from protocol.frames import Records, to_bytes
from protocol.limits import WAITING_ROOM_MAX
from protocol.record import Record
from protocol.shelf import Placed, Shelf
from protocol.waiting import WaitingRoom
from tests.protocol.halls import Hall
from tests.protocol.shelves import (
    ACCEPTED,
    ADA,
    BEA,
    CLEO,
    DETAILS,
    DIRECTORY,
    DORA,
    FAR_PLEDGE,
    PLEDGE,
    RECEIVED,
    REQUEST,
    arrive,
    settled,
    shelf_of,
)
from tests.protocol.towns import linked

FOREIGN = DORA.request("another")


def arrive_from(shelf: Shelf, neighbour: Hall, records: list[Record]) -> None:
    for record in records:
        shelf.place_verified(record, neighbour.group)


def test_who_waited_is_placed_with_what_was_waited_for() -> None:
    shelf = shelf_of(BEA)
    shelf.place_own(PLEDGE)
    assert arrive(shelf, [ACCEPTED, DETAILS, ADA.peering(BEA), ADA.profile()]) == []
    placed = [each.record.id for each in shelf.place_verified(ADA.roster(), BEA.group)]
    assert placed[0] == ADA.roster().id
    assert set(placed[1:]) == {ADA.peering(BEA).id, ADA.profile().id, ACCEPTED.id, DETAILS.id}


def test_who_waited_for_a_request_is_placed_with_it() -> None:
    shelf = settled(CLEO)
    assert arrive(shelf, [DETAILS, PLEDGE]) == []
    placed = [each.record.id for each in shelf.place_verified(REQUEST, BEA.group)]
    assert placed == [REQUEST.id, PLEDGE.id, DETAILS.id]


def test_who_waited_for_a_pledge_is_placed_with_it() -> None:
    shelf = settled(CLEO)
    assert arrive(shelf, [REQUEST, DETAILS]) == [Placed(REQUEST, None)]
    assert shelf.details_of(PLEDGE.header.object) is None
    assert shelf.place_verified(PLEDGE, BEA.group) == [Placed(PLEDGE, None), Placed(DETAILS, None)]
    ours = settled(BEA)
    arrive(ours, [REQUEST, DETAILS])
    assert ours.place_own(PLEDGE) == [Placed(PLEDGE, None), Placed(DETAILS, None)]


def test_the_waiting_room_is_bounded_and_the_oldest_leaves_first() -> None:
    shelf = shelf_of(BEA)
    requests = [ADA.request(f"meals {number}") for number in range(WAITING_ROOM_MAX + 2)]
    arrive(shelf, requests)
    arrive(shelf, ADA.directory(BEA))
    assert [record.id in shelf for record in requests] == [False] * 2 + [True] * WAITING_ROOM_MAX


def test_who_floods_its_room_does_not_push_out_what_another_brought() -> None:
    shelf = shelf_of(BEA)
    honest = CLEO.request("honest")
    shelf.place_verified(honest, CLEO.group)
    flood = [ADA.request(f"meals {number}") for number in range(2 * WAITING_ROOM_MAX)]
    arrive_from(shelf, ADA, flood)
    arrive_from(shelf, CLEO, CLEO.directory(BEA))
    assert honest.id in shelf
    arrive_from(shelf, ADA, ADA.directory(BEA))
    assert sum(record.id in shelf for record in flood) == WAITING_ROOM_MAX


def test_what_one_has_brought_waits_in_its_room_only() -> None:
    """Brought again by another while it waits, it takes no place there."""
    room, shelf = WaitingRoom(), shelf_of(BEA)
    shelf.place_verified(REQUEST, ADA.group)
    flood = [ADA.request(f"meals {number}") for number in range(WAITING_ROOM_MAX)]
    arrive_from(shelf, CLEO, [REQUEST, *flood])
    arrive_from(shelf, CLEO, ADA.directory(BEA))
    assert all(record.id in shelf for record in (REQUEST, *flood))
    room.add(REQUEST, ADA.group)
    room.remove(REQUEST)
    assert (len(room), REQUEST.id in room, room.of_group(ADA.group)) == (0, False, [])


def test_what_has_left_the_room_may_come_again() -> None:
    shelf = shelf_of(BEA)
    arrive(shelf, [REQUEST])
    assert not shelf.is_news(REQUEST, BEA.group)
    arrive(shelf, [ADA.request(f"meals {number}") for number in range(WAITING_ROOM_MAX)])
    assert shelf.is_news(REQUEST, BEA.group)


@pytest.mark.parametrize(
    ("placed", "tried"),
    [
        (ADA.roster(), {REQUEST, PLEDGE, DETAILS, FAR_PLEDGE, BEA.profile(), FOREIGN}),
        (CLEO.peering(BEA), {REQUEST, PLEDGE, DETAILS, FAR_PLEDGE, BEA.profile(), FOREIGN}),
        (ADA.profile(), set()),
        (ACCEPTED, {PLEDGE, DETAILS, FAR_PLEDGE}),
        (PLEDGE, {DETAILS, BEA.profile()}),
        (FOREIGN, set()),
    ],
    ids=["roster", "peering", "card", "request", "pledge", "another request"],
)
def test_only_who_may_get_in_now_is_tried(placed: Record, tried: set[Record]) -> None:
    room = WaitingRoom()
    for record in (REQUEST, PLEDGE, DETAILS, FAR_PLEDGE, BEA.profile(), FOREIGN):
        room.add(record, DORA.group)
    assert set(room.concerned_by(placed)) == tried


def test_waiting_once_is_enough() -> None:
    shelf = shelf_of(BEA)
    arrive(shelf, [REQUEST] * 3)
    placed = arrive(shelf, ADA.directory(BEA))
    assert [each.record.id for each in placed].count(REQUEST.id) == 1


def test_what_waited_too_long_is_not_placed() -> None:
    """A newer version came meanwhile; then the older one has nothing to wait for."""
    for order in permutations([REQUEST, ACCEPTED, RECEIVED]):
        shelf = shelf_of(BEA)
        arrive(shelf, list(order))
        arrive(shelf, ADA.directory(BEA))
        assert shelf.find(REQUEST.header.object) == RECEIVED
        assert REQUEST.id not in shelf
        assert ACCEPTED.id not in shelf


def test_a_rule_broken_in_the_waiting_room_harms_nobody_else() -> None:
    shelf = shelf_of(CLEO)
    foreign = BEA.details(REQUEST, FAR_PLEDGE, CLEO)
    arrive(shelf, [foreign, PLEDGE, REQUEST])
    arrive(shelf, DIRECTORY)
    assert foreign.id not in shelf
    assert REQUEST.id in shelf
    assert PLEDGE.id in shelf
    with pytest.raises(RuleBroken):
        shelf.place_verified(foreign, BEA.group)


def test_what_had_waited_is_passed_on_to_whoever_brought_its_trigger() -> None:
    """Cleo's pledge waits at Bea for the request; Ada, who brings that, has not seen the pledge."""
    town = linked(ADA, BEA, CLEO)
    ada, bea, cleo = town.machines
    to_cleo = next(link for link, (end, _) in bea.ends.items() if end is cleo)
    pledge = Records([FAR_PLEDGE.envelope])
    town.lose(cleo, FAR_PLEDGE)
    assert bea.exchange.handle(FrameArrived(to_cleo, to_bytes(pledge))) == []
    town.publish(ada, REQUEST)
    town.run()
    assert ada.holds(REQUEST, FAR_PLEDGE)
    assert cleo.holds(REQUEST, FAR_PLEDGE)
    carried = [data for data in town.sent if REQUEST.body_bytes in data]
    assert len(carried) == 2, "what Ada brought does not go back to her"

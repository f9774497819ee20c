"""Machines linked in memory: what one publishes, all in reach hold, whatever was missed."""

from __future__ import annotations

import pytest

from protocol.bodies import PledgeStep
from protocol.errors import BadSignature
from protocol.events import FrameArrived, KeepRecords, LinkDown, Published, SendFrame, Stored
from protocol.frames import (
    Agree,
    Held,
    Records,
    SharedSet,
    Want,
    from_bytes,
    to_bytes,
)
from protocol.ids import RecordId
from protocol.limits import FRAME_IDS_MAX
from protocol.shelf import Placed
from tests.protocol.halls import Hall, accepts, seed_of
from tests.protocol.towns import Town, line_of, linked, summaries_agree, told_by

ADA, BEA, CLEO, DORA = (Hall(name) for name in ("ada", "bea", "cleo", "dora"))
REQUEST = ADA.request()
PLEDGE = BEA.pledge(REQUEST)


# What arrives ---------------------------------------------------------------------------------


def test_two_halls_that_meet_hold_the_same() -> None:
    ada, bea = linked(ADA, BEA).machines
    assert ada.holds(*BEA.directory(ADA))
    assert bea.holds(*ADA.directory(BEA))
    assert summaries_agree(ada, bea)
    assert ada.settled == {BEA.group}
    assert bea.settled == {ADA.group}
    assert ada.exchange.shelf.distance(BEA.group) == 1


def test_each_is_told_how_to_find_the_other_again() -> None:
    ada, bea = linked(ADA, BEA).machines
    assert ada.whereabouts == {BEA.group: told_by(BEA)}
    assert bea.whereabouts == {ADA.group: told_by(ADA)}


def test_what_one_publishes_arrives_at_the_other_and_back() -> None:
    town = linked(ADA, BEA)
    ada, bea = town.machines
    town.publish(ada, REQUEST)
    town.run()
    assert bea.holds(REQUEST)
    assert len(ada.exchange.holders_of(REQUEST.id)) == 1
    town.publish(bea, PLEDGE)
    town.run()
    assert ada.holds(PLEDGE)
    accepted = ADA.request(version=2, decisions=(accepts(PLEDGE),))
    details = ADA.details(REQUEST, PLEDGE, BEA)
    town.publish(ada, accepted, details)
    town.run()
    assert bea.holds(accepted, details)
    assert not bea.holds(REQUEST)
    assert REQUEST.id not in bea.disk
    assert summaries_agree(ada, bea)


def test_nothing_is_sent_twice_on_meeting_but_the_card_that_is_shown_first() -> None:
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    town.publish(ada, REQUEST)
    town.publish(bea, BEA.request("beds"))
    town.link(ada, bea)
    town.run()
    for record in (REQUEST, BEA.request("beds")):
        assert sum(record.body_bytes in data for data in town.sent) == 1
    for record in (*ADA.directory(BEA), *BEA.directory(ADA)):
        assert sum(record.body_bytes in data for data in town.sent) <= 2


def test_what_came_by_gossip_meanwhile_is_not_asked_for() -> None:
    """Bea's answer says what Ada lacks; before it arrives, so does the record itself."""
    town = linked(ADA, BEA)
    ada, bea = town.machines
    beds = BEA.request("beds")
    town.is_losing = True
    town.publish(bea, beds)
    town.is_losing = False
    town.unlink(ada, bea)
    town.link(ada, bea)
    while not any(data.count(beds.id) for data in town.sent):
        town.step()
    ada.exchange.shelf.place_verified(beds, BEA.group)
    town.run()
    assert not any(isinstance(from_bytes(data), Want) for data in town.sent[-12:])
    assert summaries_agree(ada, bea)


def test_others_records_are_passed_on_and_not_sent_back() -> None:
    town = linked(ADA, BEA, CLEO)
    ada, bea, cleo = town.machines
    town.sent.clear()
    town.publish(ada, REQUEST)
    town.run()
    assert bea.holds(REQUEST)
    assert cleo.holds(REQUEST)
    carried = [data for data in town.sent if REQUEST.body_bytes in data]
    assert len(carried) == 2
    assert len(ada.exchange.holders_of(REQUEST.id)) == 1


@pytest.mark.parametrize("reach", [1, 2, 3])
def test_a_request_goes_no_further_than_its_reach(reach: int) -> None:
    town = linked(ADA, BEA, CLEO, DORA)
    request = ADA.request(reach=reach)
    town.sent.clear()
    town.publish(town.machines[0], request)
    town.run()
    assert [machine.holds(request) for machine in town.machines] == [
        distance <= reach for distance in range(4)
    ]
    assert len([data for data in town.sent if request.body_bytes in data]) == reach
    for late in town.machines:
        assert late.left_out == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1)])
@pytest.mark.parametrize("quiet_between", [True, False])
def test_a_line_that_links_up_in_any_order_holds_all_there_is(
    order: tuple[int, ...], quiet_between: bool
) -> None:
    """Records were written before anyone had met; every request can reach the whole line."""
    town = line_of(ADA, BEA, CLEO, DORA)
    requests = [machine.hall.request(reach=3) for machine in town.machines]
    for machine, request in zip(town.machines, requests, strict=True):
        town.publish(machine, request)
    for at in order:
        town.link(town.machines[at], town.machines[at + 1])
        if quiet_between:
            town.run()
    town.run()
    for machine in town.machines:
        assert machine.holds(*requests)
    for one, other in zip(town.machines, town.machines[1:], strict=False):
        assert summaries_agree(one, other)
        assert other.hall.group in one.settled
        assert one.hall.group in other.settled


def test_what_is_out_of_reach_is_not_sent_on_connecting_either() -> None:
    town = line_of(ADA, BEA, CLEO)
    ada, bea, cleo = town.machines
    near = ADA.request("near", reach=1)
    town.link(ada, bea)
    town.publish(ada, near)
    town.run()
    town.link(bea, cleo)
    town.run()
    assert bea.holds(near)
    assert not any(near.body_bytes in data for data in town.sent[-10:])
    assert near.id not in cleo.exchange.shelf
    assert summaries_agree(bea, cleo)


# What links are told ------------------------------------------------------------------------------


def test_nothing_is_sent_over_a_link_that_is_down() -> None:
    town = linked(ADA, BEA)
    ada, bea = town.machines
    (link,) = ada.ends
    town.unlink(ada, bea)
    assert ada.exchange.handle(Published((REQUEST,))) == []
    assert ada.exchange.handle(Stored(link, (REQUEST.id,))) == []
    assert ada.exchange.handle(FrameArrived(link, to_bytes(Agree(SharedSet.OTHERS)))) == []
    assert ada.exchange.handle(LinkDown(link)) == []


def test_what_is_stored_is_told_in_frames_that_fit() -> None:
    ada, _ = linked(ADA, BEA).machines
    (link,) = ada.ends
    ids = tuple(RecordId(seed_of(str(number))) for number in range(FRAME_IDS_MAX + 5))
    told: list[RecordId] = []
    for output in ada.exchange.handle(Stored(link, ids)):
        assert isinstance(output, SendFrame)
        frame = from_bytes(output.data)
        assert isinstance(frame, Held)
        told += frame.ids
    assert tuple(told) == ids
    assert ada.exchange.handle(Stored(link, ())) == []


def test_a_forgery_is_refused_before_anything_is_placed() -> None:
    """What came with it is neither on the shelf nor on the disk, and will be asked for again."""
    bea = linked(ADA, BEA).machines[1]
    (link,) = bea.ends
    forged = [ADA.request("forged").body_bytes, bytes(64)]
    mixed = FrameArrived(link, to_bytes(Records([REQUEST.envelope, forged])))
    with pytest.raises(BadSignature):
        bea.exchange.handle(mixed)
    assert REQUEST.id not in bea.exchange.shelf
    assert bea.exchange.handle(FrameArrived(link, to_bytes(Records([REQUEST.envelope])))) != []
    assert REQUEST.id in bea.exchange.shelf


def test_what_breaks_a_rule_is_left_out_and_the_rest_is_taken() -> None:
    bea = linked(ADA, BEA).machines[1]
    (link,) = bea.ends
    foreign = BEA.request("signed by us, not here")
    outputs = bea.exchange.handle(
        FrameArrived(link, to_bytes(Records([foreign.envelope, REQUEST.envelope])))
    )
    bea.outputs += outputs
    assert [(each.link, each.record) for each in bea.left_out] == [(link, foreign.id)]
    assert REQUEST.id in bea.exchange.shelf


def test_the_same_record_twice_in_a_frame_is_taken_once() -> None:
    bea = linked(ADA, BEA).machines[1]
    (link,) = bea.ends
    twice = Records([REQUEST.envelope, REQUEST.envelope])
    outputs = bea.exchange.handle(FrameArrived(link, to_bytes(twice)))
    assert outputs == [KeepRecords(link, (Placed(REQUEST, None),))]


def test_what_waited_for_a_record_of_our_own_is_kept_and_passed_on() -> None:
    """Nobody is told of it: which link had brought it is forgotten."""
    town = linked(ADA, BEA, CLEO)
    _, bea, cleo = town.machines
    beds = BEA.request("beds")
    pledge = ADA.pledge(beds)
    link = next(each for each, (end, _) in bea.ends.items() if end.hall is ADA)
    assert bea.exchange.handle(FrameArrived(link, to_bytes(Records([pledge.envelope])))) == []
    town.publish(bea, beds)
    town.run()
    assert bea.holds(beds, pledge)
    assert cleo.holds(beds, pledge)
    kept = [each for each in bea.outputs if isinstance(each, KeepRecords) and each.link is None]
    assert kept == [KeepRecords(None, (Placed(pledge, None),))]


def test_what_has_been_replaced_is_awaited_no_more() -> None:
    town = linked(ADA, BEA)
    ada, _ = town.machines
    (session,) = ada.exchange._sessions.values()
    assert session.unacknowledged == set()
    town.is_losing = True
    for version in range(1, 5):
        town.publish(ada, ADA.request(version=version))
    assert session.unacknowledged == {ADA.request(version=4).id}


def test_the_disk_of_a_neighbour_is_its_own_word() -> None:
    town = linked(ADA, BEA)
    ada = town.machines[0]
    town.publish(ada, REQUEST)
    assert len(ada.exchange.holders_of(REQUEST.id)) == 0
    town.run()
    assert len(ada.exchange.holders_of(REQUEST.id)) == 1
    assert [each.peer for each in ada.reached][-1] == BEA.group
    town.publish(ada, ADA.request(version=2))
    assert len(ada.exchange.holders_of(REQUEST.id)) == 0


def test_ids_that_nobody_holds_are_not_counted() -> None:
    ada, _ = linked(ADA, BEA).machines
    (link,) = ada.ends
    made_up = RecordId(seed_of("made up"))
    ada.exchange.handle(FrameArrived(link, to_bytes(Held((made_up,)))))
    assert len(ada.exchange.holders_of(made_up)) == 0


# A town -----------------------------------------------------------------------------------------


def test_a_link_to_the_same_hall_twice_is_no_harm() -> None:
    town = linked(ADA, BEA)
    ada, bea = town.machines
    town.link(bea, ada)
    town.run()
    town.publish(ada, REQUEST)
    town.run()
    assert bea.holds(REQUEST)
    assert len(ada.exchange.holders_of(REQUEST.id)) == 1


def test_the_parties_follow_one_story_across_a_hall_between() -> None:
    town = linked(ADA, BEA, CLEO)
    ada, bea, cleo = town.machines
    pledge = CLEO.pledge(REQUEST)
    sent = CLEO.pledge(REQUEST, version=2, step=PledgeStep.SENT)
    details = ADA.details(REQUEST, pledge, CLEO)
    accepted = ADA.request(version=2, decisions=(accepts(pledge),))
    for machine, record in ((ada, REQUEST), (cleo, pledge), (ada, accepted), (ada, details)):
        town.publish(machine, record)
        town.run()
    town.publish(cleo, sent)
    town.run()
    for machine in (ada, bea, cleo):
        assert machine.holds(accepted, details, sent)
        assert machine.left_out == []


def test_a_town_can_be_told_apart_from_silence() -> None:
    """The wiring itself: a town that loses everything hears nothing."""
    town = line_of(ADA, BEA)
    town.is_losing = True
    town.link(*town.machines)
    town.run()
    assert isinstance(town, Town)
    assert not town.machines[1].holds(ADA.profile())
    assert town.machines[1].settled == set()

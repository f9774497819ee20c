"""Asked again: what gossip lost or the graph has changed is found, and it costs next to nothing."""

from __future__ import annotations

import pytest

from protocol.channel import Role
from protocol.events import AskAgain, LinkId, LinkSettled
from protocol.frames import Agree, Differ, Frame, Reconcile, Sent, SharedSet, Summary
from protocol.limits import QUESTIONS_MAX
from protocol.reconcile_wire import END, MessageWriter
from protocol.session import Session
from tests.protocol.halls import UNPURGED, Hall
from tests.protocol.shelves import ADA, BEA, CLEO, DORA, REQUEST
from tests.protocol.towns import line_of, linked, summaries_agree

DIRECTORY, OTHERS, ALL = SharedSet.DIRECTORY, SharedSet.OTHERS, SharedSet.ALL


def settled() -> Session:
    """Ada's end, which leads, after both ends have agreed."""
    session = Session(BEA.end, Role.INITIATOR, ADA.shelf(), lambda: True)
    session.start()
    session.handle(Agree(ALL))
    assert session.is_settled
    return session


def nothing() -> bytes:
    """The other end's message when it holds nothing at all."""
    writer = MessageWriter()
    writer.id_list(END, [])
    return writer.to_bytes()


@pytest.mark.parametrize("leads", [True, False])
def test_a_new_pairing_somewhere_else_makes_more_shared_and_it_arrives_by_itself(
    leads: bool,
) -> None:
    """Dora, three away from Ada, pairs with Bea. They have no link yet; Ada's and Bea's is old."""
    town = line_of(ADA, BEA, CLEO, DORA)
    ada, bea, cleo, dora = town.machines
    pairs = ((ada, bea), (bea, cleo), (cleo, dora))
    for one, other in pairs:
        town.link(*((one, other) if leads else (other, one)))
    town.publish(dora, DORA.request(reach=2))
    town.publish(ada, REQUEST)
    town.run()
    assert bea.holds(DORA.request(reach=2))
    assert not ada.holds(DORA.request(reach=2))
    town.publish(bea, BEA.peering(ADA, CLEO, DORA, version=2))
    town.publish(dora, DORA.peering(BEA, CLEO, version=2))
    town.run()
    assert ada.holds(DORA.request(reach=2))
    assert dora.holds(REQUEST)
    assert all(summaries_agree(one, other) for one, other in pairs)


@pytest.mark.parametrize("leads", [True, False])
def test_what_gossip_lost_is_found_when_it_is_time_to_ask_again(leads: bool) -> None:
    town = linked(*((ADA, BEA) if leads else (BEA, ADA)))
    ada, bea = sorted(town.machines, key=lambda machine: machine.hall.name)
    town.lose(ada, REQUEST)
    town.lose(bea, BEA.request("beds"))
    for machine in (ada, bea):
        town.ask(machine)
    town.run()
    assert bea.holds(REQUEST)
    assert ada.holds(BEA.request("beds"))
    assert ada.exchange.holders_of(REQUEST.id) == {BEA.group}


def test_a_settled_link_that_is_asked_again_costs_one_question() -> None:
    town = linked(ADA, BEA)
    ada, bea = town.machines
    town.publish(ada, REQUEST)
    town.run()
    for _ in range(3):
        town.sent.clear()
        town.ask(ada)
        town.run()
        assert [type(each) for each in town.frames_sent()] == [Summary, Agree]
    assert len([each for each in bea.outputs if isinstance(each, LinkSettled)]) == 4


def test_only_who_leads_asks() -> None:
    town = linked(ADA, BEA)
    ada, bea = town.machines
    (link,) = bea.ends
    assert bea.exchange.handle(AskAgain(link)) == []
    assert len(ada.exchange.handle(AskAgain(next(iter(ada.ends))))) == 1
    assert ada.exchange.handle(AskAgain(LinkId(99))) == []


def test_however_often_it_is_time_during_a_dialogue_it_is_asked_once_afterwards() -> None:
    session = settled()
    assert kinds(session.ask()) == [Summary]
    assert [session.ask() for _ in range(3)] == [[], [], []]
    assert kinds(session.handle(Differ(ALL, UNPURGED, 0))) == [Summary]
    assert kinds(session.handle(Agree(DIRECTORY))) == [Summary]
    assert session.ask() == []
    assert kinds(session.handle(Agree(OTHERS))) == [Summary]
    assert not session.is_settled
    assert session.handle(Agree(ALL)) == []
    assert session.is_settled


def test_ends_that_can_never_agree_come_to_an_end_each_time() -> None:
    """And what an earlier agreement said does not count for what came since."""
    session = settled()
    assert session.is_agreed
    for _ in range(3):
        session.ask()
        (frame,) = session.handle(Differ(ALL, UNPURGED, 0))
        asked = 0
        while isinstance(frame, Summary):
            asked += 1
            session.handle(Differ(frame.shared, UNPURGED, 0))
            said = session.handle(Reconcile(frame.shared, nothing()))
            frame = said[0] if said else Sent(frame.shared)
        assert asked == 2 * QUESTIONS_MAX
        assert session.is_settled
        assert not session.is_agreed


def test_a_graph_that_changes_nothing_here_is_no_reason_to_ask() -> None:
    """The hall that Dora pairs with is four away from Ada: out of anybody's reach."""
    town = linked(ADA, BEA, CLEO, DORA)
    town.sent.clear()
    town.publish(town.machines[3], DORA.peering(CLEO, Hall("edna"), version=2))
    town.run()
    assert not any(isinstance(each, Summary) for each in town.frames_sent())


def kinds(frames: list[Frame]) -> list[type]:
    return [type(each) for each in frames]

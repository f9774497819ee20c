"""A neighbour that does not go on is hung up on; one that is only slow, or not asked, is not."""

from __future__ import annotations

import pytest

from protocol.channel import Role
from protocol.events import AskAgain, EndLink, FrameArrived, LinkId, Tick
from protocol.frames import Held, to_bytes
from protocol.ids import UnixMs
from protocol.limits import ANSWER_MS_MAX, HOUR_MS, MINUTE_MS
from tests.protocol.halls import NOW, Hall
from tests.protocol.houses import Device, Houses, street

ADA, BEA = Hall("ada"), Hall("bea")
SECOND_MS = 1_000
WORD = to_bytes(Held(()))


def linked() -> tuple[Houses, Device, Device]:
    """Ada leads; all is quiet."""
    ada, bea = street(ADA, BEA)
    town = Houses(ada, bea)
    town.pair_up()
    return town, ada, bea


def cut_off() -> tuple[Houses, Device, Device]:
    """Ada has asked, and nothing that either says arrives any more."""
    town, ada, bea = linked()
    town.is_losing = True
    town.ask(ada)
    return town, ada, bea


def link_of(device: Device) -> LinkId:
    (link,) = device.ends
    return link


def test_who_leaves_a_question_open_too_long_is_hung_up_on() -> None:
    town, ada, bea = cut_off()
    town.wait(ANSWER_MS_MAX)
    assert ada.links_ended == []
    town.wait(1)
    assert [each.link for each in ada.links_ended] == [link_of(ada)]
    assert bea.links_ended == []


def test_a_link_on_which_nothing_was_ever_heard_ends_as_well() -> None:
    ada, bea = street(ADA, BEA)
    town = Houses(ada, bea)
    town.wait(HOUR_MS)
    town.is_losing = True
    town.link(ada, bea)
    town.wait(ANSWER_MS_MAX)
    assert ada.links_ended == []
    town.wait(1)
    assert len(ada.links_ended) == 1


def test_who_is_slow_but_talks_is_waited_for() -> None:
    town, ada, _ = cut_off()
    for _ in range(10):
        town.wait(ANSWER_MS_MAX - 1)
        ada.exchange.handle(FrameArrived(link_of(ada), WORD))
    assert ada.links_ended == []
    town.wait(ANSWER_MS_MAX + 1)
    assert len(ada.links_ended) == 1


def test_who_was_asked_nothing_may_be_silent_for_hours() -> None:
    town, ada, bea = linked()
    for _ in range(100):
        town.wait(10 * MINUTE_MS)
    assert ada.links_ended == bea.links_ended == []


@pytest.mark.parametrize("hours", [1, 100])
def test_a_question_after_a_long_silence_has_its_whole_time(hours: int) -> None:
    """Two ends that agree say nothing for ten minutes, then one asks."""
    town, ada, _ = linked()
    town.wait(hours * HOUR_MS)
    town.is_losing = True
    town.ask(ada)
    town.wait(SECOND_MS)
    assert ada.links_ended == []
    town.wait(ANSWER_MS_MAX - SECOND_MS)
    assert ada.links_ended == []
    town.wait(1)
    assert len(ada.links_ended) == 1


def test_a_question_that_the_graph_asks_after_a_long_silence_has_its_whole_time_as_well() -> None:
    town, ada, _ = linked()
    town.wait(HOUR_MS)
    town.is_losing = True
    town.publish(ada, ADA.peering(version=2))
    town.wait(SECOND_MS)
    assert ada.links_ended == []
    town.wait(ANSWER_MS_MAX)
    assert len(ada.links_ended) == 1


def test_asking_again_and_again_does_not_put_it_off() -> None:
    town, ada, _ = cut_off()
    for _ in range(3):
        town.wait(MINUTE_MS)
        ada.exchange.handle(AskAgain(link_of(ada)))
    assert len(ada.links_ended) >= 1


def test_a_responder_waits_as_long_as_it_is_made_to() -> None:
    """It has no question open; that its line is dead the transport finds out."""
    town, ada, bea = linked()
    town.is_losing = True
    town.ask(ada)
    for _ in range(10):
        town.wait(HOUR_MS)
    assert bea.links_ended == []
    assert ada.links_ended != []


def test_the_clock_that_can_be_set_ends_no_link() -> None:
    _, ada, _ = cut_off()
    outputs = ada.exchange.handle(Tick(UnixMs(NOW + 100 * HOUR_MS), is_trusted=True, boot_ms=0))
    assert not any(isinstance(each, EndLink) for each in outputs)


def test_what_was_ended_is_not_ended_again_once_it_is_down() -> None:
    town, ada, bea = cut_off()
    town.wait(ANSWER_MS_MAX + 1)
    town.unlink(ada, bea)
    town.wait(HOUR_MS)
    assert len(ada.links_ended) == 1
    town.is_losing = False
    town.link(ada, bea)
    town.run()
    town.wait(HOUR_MS)
    assert len(ada.links_ended) == 1


def test_a_neighbour_that_is_dialled_again_settles() -> None:
    town, ada, bea = cut_off()
    town.wait(ANSWER_MS_MAX + 1)
    town.unlink(ada, bea)
    town.is_losing = False
    town.link(bea, ada)
    town.run()
    assert bea.exchange._sessions[link_of(bea)]._role is Role.INITIATOR
    assert BEA.group in ada.settled
    town.check_links()

"""The purge marks of both ends of a link: each as it was told last, also where one goes back."""

from __future__ import annotations

import pytest

from protocol.frames import Agree, SharedSet, Summary
from protocol.limits import DAY_MS, PURGE_STEP_MS
from tests.protocol.halls import NOW, Hall
from tests.protocol.shelves import mark_that_takes
from tests.protocol.towns import Machine, Town, line_of, summaries_agree

ADA, BEA = Hall("ada"), Hall("bea")
REQUEST = BEA.request("beds")
WRONG = mark_that_takes(REQUEST) + 2 * DAY_MS
"""What the clock of the one shows until somebody sets it right."""


def met(leads: bool) -> tuple[Town, Machine, Machine]:
    """Ada's clock is wrong and trusted; Bea's request was there before they met."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    town.tick(bea, NOW)
    town.publish(bea, REQUEST)
    town.tick(ada, WRONG)
    town.link(*((ada, bea) if leads else (bea, ada)))
    town.run()
    return town, ada, bea


def look_again(town: Town) -> None:
    for machine in town.machines:
        town.ask(machine)
    town.run()


@pytest.mark.parametrize("leads", [True, False])
def test_a_cutoff_goes_back_with_the_mark_that_it_came_from(leads: bool) -> None:
    town, ada, bea = met(leads)
    assert not ada.holds(REQUEST)
    assert REQUEST not in bea.exchange.shelf.shared_with(ADA.end)
    assert summaries_agree(ada, bea)
    town.tick(ada, NOW)
    look_again(town)
    look_again(town)
    assert ada.holds(REQUEST)
    assert bea.exchange.shelf.shared_with(ADA.end).cutoff_ms <= NOW
    assert summaries_agree(ada, bea)


def test_who_agrees_tells_its_mark_as_well() -> None:
    """Else a mark that nothing differs by would never be told to who leads."""
    town, _, bea = met(leads=True)
    town.sent.clear()
    town.tick(bea, NOW + 3 * PURGE_STEP_MS)
    look_again(town)
    frames = town.frames_sent()
    assert [type(each) for each in frames] == [Summary, Agree]
    answers = [each for each in frames if isinstance(each, Agree)]
    assert [each.shared for each in answers] == [SharedSet.ALL]
    assert [each.purged_ms for each in answers] == [bea.exchange.shelf.purged_ms]


def test_the_mark_of_who_agreed_counts_when_it_has_gone_back() -> None:
    """The end that answers was wrong; the one that asks hears of it by Agree alone."""
    town, ada, bea = met(leads=False)
    town.tick(ada, NOW)
    town.sent.clear()
    town.ask(bea)
    town.run()
    assert Agree in {type(each) for each in town.frames_sent()}
    town.ask(bea)
    town.run()
    assert ada.holds(REQUEST)
    assert summaries_agree(ada, bea)

"""What goes over a thin line is small: the records people make most, and a link with no news."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from protocol.bodies import Pledge, PledgeStep, Request, Urgency
from protocol.cipher import TAG_BYTES
from protocol.frames import Agree, Summary, from_bytes
from protocol.ids import Thousandths, UnixMs
from protocol.limits import HOUR_MS, REACH_MAX
from protocol.record import Record, to_bytes
from tests.protocol.halls import NOW, Hall
from tests.protocol.towns import Machine, Town, line_of

ADA, BEA = Hall("ada"), Hall("bea")

REQUEST_BYTES = 320
"""Bytes that a request of typical length stays below, with its signature."""
PLEDGE_BYTES = 240
"""Bytes that a pledge without a note stays below, with its signature."""
IDLE_BYTES = 100
"""Bytes of both ends together that a link without news stays below in ten minutes."""

TEXTS = (
    "hot meals for tonight",
    "two folding beds with mattresses, for a family that sleeps here until Friday",
    "insulin pens, short acting, to be kept cold on the way",
)
"""As halls write them: a line of the board, seldom two."""


def asked(text: str) -> Record:
    """All that a request mostly has: how much of what, where, and until when."""
    body = Request(
        ref="V-123456-K",
        category="FOD",
        text=text,
        qty=Thousandths(120_000),
        unit="portions",
        urgency=Urgency.SOON,
        area="Northgate",
        needed_by_ms=UnixMs(NOW + 6 * HOUR_MS),
    )
    return ADA.sign(body, text, reach=REACH_MAX)


@pytest.mark.parametrize("text", TEXTS)
def test_a_request_of_typical_length_is_small(text: str) -> None:
    assert len(to_bytes(asked(text))) < REQUEST_BYTES


@pytest.mark.parametrize("step", PledgeStep)
@pytest.mark.parametrize("qty", [1, 25_000, 2**31])
def test_a_pledge_without_a_note_is_small_at_every_step(step: PledgeStep, qty: int) -> None:
    body = Pledge(asked(TEXTS[0]).header.object, "P-654321-X", Thousandths(qty), step)
    assert len(to_bytes(BEA.sign(body, "pledge", version=9))) < PLEDGE_BYTES


def settled_with(records: Sequence[Record]) -> tuple[Town, Machine]:
    """Two halls that hold the same, and the one that leads; both know what time it is."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    for machine in (ada, bea):
        town.tick(machine, NOW)
    town.link(ada, bea)
    for record in records:
        town.publish(ada, record)
    town.run()
    return town, ada


@pytest.mark.parametrize("count", [0, 1, 300])
def test_a_link_without_news_says_little_when_it_is_asked_again(count: int) -> None:
    town, leader = settled_with([ADA.request(f"meals {number}") for number in range(count)])
    start = len(town.sent)
    for machine in town.machines:
        town.ask(machine)
    town.run()
    said = town.sent[start:]
    assert {type(from_bytes(data)) for data in said} == {Summary, Agree}
    assert sum(map(len, said)) < IDLE_BYTES
    assert leader.settled


def test_both_ends_of_a_link_without_news_stay_below_that_when_sealed() -> None:
    town, leader = settled_with([ADA.request()])
    start = len(town.sent)
    town.ask(leader)
    town.run()
    sizes: dict[object, int] = {Summary: 0, Agree: 0}
    for data in town.sent[start:]:
        sizes[type(from_bytes(data))] += len(data) + TAG_BYTES
    assert max(sizes.values()) < IDLE_BYTES

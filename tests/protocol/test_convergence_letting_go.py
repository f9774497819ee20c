"""Evenings where halls let go of things at different times: what is left is shared by both ends."""

from __future__ import annotations

from protocol.limits import HOUR_MS
from protocol.record import Record
from tests.protocol.evenings import Evening
from tests.protocol.halls import Hall, resigned
from tests.protocol.test_convergence import HALLS, check
from tests.protocol.towns import summaries_agree

ADA, BEA, CLEO = HALLS[:3]


def lasting(record: Record, hours: int, by: Hall) -> Record:
    return resigned(record, {6: hours * HOUR_MS}, by.device)


def test_details_are_shared_no_longer_than_the_pledge_that_they_are_for() -> None:
    """Who comes when the pledge is over could not take them. No clock is in doubt here."""
    evening = Evening([ADA, BEA, CLEO], [(0, 1), (0, 2)], seed=0)
    evening.heal()
    ada, bea, cleo = evening.nodes
    evening.cut((0, 2))
    request = ADA.request()
    pledge = lasting(BEA.pledge(request), 5, BEA)
    for node, record in ((ada, request), (bea, pledge), (ada, ADA.details(request, pledge, BEA))):
        evening.publish(node, record)
        evening.settle()
    for node in evening.nodes:
        evening.pass_hours(node, 6, is_trusted=True)
    evening.heal()
    assert summaries_agree(ada, cleo)
    evening.publish(bea, lasting(BEA.pledge(request, version=2), 50, BEA))
    evening.heal()
    check(evening)


def test_an_answer_to_what_is_buried_at_one_end_lets_the_link_rest() -> None:
    """Bea has let go of a request of an unsure clock; Ada and Cleo have not, and Cleo answers."""
    evening = Evening([ADA, BEA, CLEO], [(0, 1), (0, 2)], seed=0)
    evening.heal()
    ada, bea, cleo = evening.nodes
    request = resigned(ADA.request(), {6: 5 * HOUR_MS, 8: 1}, ADA.device)
    evening.publish(ada, request)
    evening.settle()
    evening.pass_hours(bea, 6, is_trusted=True)
    evening.publish(cleo, CLEO.pledge(request))
    evening.heal()
    assert summaries_agree(ada, bea)
    renewed = resigned(ADA.request(version=2), {8: 1}, ADA.device)
    evening.publish(ada, renewed)
    evening.heal()
    assert all(node.holds(renewed, CLEO.pledge(request)) for node in evening.nodes)

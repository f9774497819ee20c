"""Where an overflow and its pledges stand, read from what both halls signed."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from protocol.bodies import Closed, Decision, PledgeStep, Verdict
from protocol.ids import ObjectId, UnixMs
from protocol.overflow import (
    PLEDGE_STATES,
    UNANSWERED,
    OverflowFold,
    OverflowState,
    PledgeFold,
    PledgeState,
    fold,
)
from protocol.record import Record
from tests.protocol.halls import MEALS, NOW, Hall, accepts

ADA, BEA, CLEO = Hall("ada"), Hall("bea"), Hall("cleo")
REQUEST = ADA.request()
SURPLUS = ADA.surplus()
SOON = UnixMs(NOW + 60_000)
NEVER = UnixMs(2**52)

STATES = {
    (None, PledgeStep.OFFERED): PledgeState.OFFERED,
    (None, PledgeStep.SENT): PledgeState.OFFERED,
    (None, PledgeStep.WITHDRAWN): PledgeState.WITHDRAWN,
    (Verdict.ACCEPTED, PledgeStep.OFFERED): PledgeState.ACCEPTED,
    (Verdict.ACCEPTED, PledgeStep.SENT): PledgeState.SENT,
    (Verdict.ACCEPTED, PledgeStep.WITHDRAWN): PledgeState.WITHDRAWN,
    (Verdict.NOT_NEEDED, PledgeStep.OFFERED): PledgeState.NOT_NEEDED,
    (Verdict.NOT_NEEDED, PledgeStep.SENT): PledgeState.NOT_NEEDED,
    (Verdict.NOT_NEEDED, PledgeStep.WITHDRAWN): PledgeState.WITHDRAWN,
    (Verdict.RELEASED, PledgeStep.OFFERED): PledgeState.FELL_THROUGH,
    (Verdict.RELEASED, PledgeStep.SENT): PledgeState.FELL_THROUGH,
    (Verdict.RELEASED, PledgeStep.WITHDRAWN): PledgeState.WITHDRAWN,
}
ENDINGS = {
    None: PledgeState.OFFERED,
    "received": PledgeState.NOT_NEEDED,
    "withdrawn": PledgeState.NOT_NEEDED,
    "expired": PledgeState.LAPSED,
}


def only(overflow: OverflowFold) -> PledgeFold:
    (pledge,) = overflow.pledges
    return pledge


def expiry(record: Record) -> UnixMs:
    assert record.header.expires_ms is not None
    return record.header.expires_ms


def test_an_overflow_says_whose_it_is_and_a_pledge_too() -> None:
    pledge = BEA.pledge(REQUEST)
    overflow = fold(REQUEST, [pledge], SOON)
    assert (overflow.id, overflow.origin) == (REQUEST.header.object, ADA.group)
    assert (only(overflow).id, only(overflow).by) == (pledge.header.object, BEA.group)


def test_there_is_a_state_for_every_pair() -> None:
    assert set(PLEDGE_STATES) == set(product([None, *Verdict], PledgeStep)) == set(STATES)


@pytest.mark.parametrize(("verdict", "step"), STATES)
def test_what_one_says_and_the_other_does(verdict: Verdict | None, step: PledgeStep) -> None:
    pledge = BEA.pledge(REQUEST, step=step)
    said = () if verdict is None else (Decision(pledge.header.object, 1, verdict),)
    folded = only(fold(ADA.request(decisions=said), [pledge], SOON))
    assert folded.state is STATES[verdict, step]
    assert folded.decision == (said[0] if said else None)
    assert (folded.by, folded.id, folded.pledge) == (BEA.group, pledge.header.object, pledge.body)
    assert (folded.accepted, folded.received, folded.condition) == (0, 0, "")


def test_sums_and_what_is_outstanding() -> None:
    bea, cleo = BEA.pledge(REQUEST), CLEO.pledge(REQUEST)
    request = ADA.request(version=2, decisions=(accepts(bea, 25_000, 10_000), accepts(cleo, 5_000)))
    overflow = fold(request, [bea, cleo], SOON)
    assert overflow.state is OverflowState.OPEN
    assert overflow.outstanding == MEALS - 30_000
    assert overflow.received == 10_000
    assert {each.by: (each.accepted, each.received) for each in overflow.pledges} == {
        BEA.group: (25_000, 10_000),
        CLEO.group: (5_000, 0),
    }


def test_covered_when_all_is_accepted() -> None:
    bea, cleo = BEA.pledge(REQUEST), CLEO.pledge(REQUEST)
    almost = ADA.request(decisions=(accepts(bea, 35_000), accepts(cleo, 24_999)))
    full = ADA.request(decisions=(accepts(bea, 35_000), accepts(cleo, 25_000)))
    assert fold(almost, [], SOON).state is OverflowState.OPEN
    assert fold(full, [], SOON).state is OverflowState.COVERED
    assert fold(full, [], SOON).outstanding == 0


@pytest.mark.parametrize(
    ("moved", "state"),
    [
        (0, PledgeState.ACCEPTED),
        (24_999, PledgeState.ACCEPTED),
        (25_000, PledgeState.RECEIVED),
        (30_000, PledgeState.RECEIVED),
    ],
)
def test_received_when_all_has_come(moved: int, state: PledgeState) -> None:
    pledge = BEA.pledge(REQUEST)
    request = ADA.request(decisions=(accepts(pledge, 25_000, moved),))
    assert only(fold(request, [pledge], SOON)).state is state


def test_what_came_for_a_pledge_that_has_not_come_here_counts() -> None:
    """The origin's word stands in its request; the pledge may be still under way."""
    request = ADA.request(decisions=(accepts(BEA.pledge(REQUEST), moved=20_000),))
    assert fold(request, [], SOON).received == 20_000


def test_what_came_to_a_request_is_its_origins_to_say() -> None:
    pledge = BEA.pledge(REQUEST, moved=25_000, condition="as the pledging hall has it")
    offered = only(fold(REQUEST, [pledge], SOON))
    assert (offered.state, offered.received) == (PledgeState.OFFERED, 0)
    accepted = only(fold(ADA.request(decisions=(accepts(pledge),)), [pledge], SOON))
    assert (accepted.state, accepted.received, accepted.condition) == (PledgeState.ACCEPTED, 0, "")
    came = accepts(pledge, moved=25_000, condition="two dented")
    received = only(fold(ADA.request(decisions=(came,)), [pledge], SOON))
    assert (received.state, received.condition) == (PledgeState.RECEIVED, "two dented")


# Offers that nobody answered ------------------------------------------------------------------


ENDED: dict[str | None, tuple[Closed | None, UnixMs]] = {
    None: (None, SOON),
    "received": (Closed.RECEIVED, SOON),
    "withdrawn": (Closed.WITHDRAWN, SOON),
    "expired": (None, expiry(REQUEST)),
}
"""What the origin says, and the time, of an overflow that is over for each reason, or is not."""


@pytest.mark.parametrize("because", ENDED)
def test_there_is_an_end_for_every_reason(because: str | None) -> None:
    closed, now_ms = ENDED[because]
    assert fold(ADA.request(closed=closed), [], now_ms).because == because
    assert set(UNANSWERED) == set(ENDED) == set(ENDINGS)


@pytest.mark.parametrize("step", [PledgeStep.OFFERED, PledgeStep.SENT])
@pytest.mark.parametrize("because", ENDED)
def test_an_unanswered_pledge_ends_with_its_overflow(because: str | None, step: PledgeStep) -> None:
    closed, now_ms = ENDED[because]
    request, pledge = ADA.request(closed=closed), BEA.pledge(REQUEST, step=step)
    ends = {request.id: expiry(request), pledge.id: None}
    folded = only(fold(request, [pledge], now_ms, lambda each: ends[each.id]))
    assert folded.state is ENDINGS[because]
    assert folded.decision is None


@pytest.mark.parametrize("because", ENDED)
@pytest.mark.parametrize(("verdict", "step"), STATES)
def test_what_is_no_offer_any_more_stands_as_it_is(
    verdict: Verdict | None, step: PledgeStep, because: str | None
) -> None:
    closed, now_ms = ENDED[because]
    pledge, state = BEA.pledge(REQUEST, step=step), STATES[verdict, step]
    said = () if verdict is None else (Decision(pledge.header.object, 1, verdict),)
    folded = only(fold(ADA.request(decisions=said, closed=closed), [pledge], now_ms))
    assert folded.state is (ENDINGS[because] if state is PledgeState.OFFERED else state)


def test_an_unanswered_pledge_lapses_at_its_expiry_and_not_before() -> None:
    """It can be over before its request is: that one was renewed."""
    pledge = BEA.pledge(REQUEST)
    renewed = ADA.request(version=50)
    assert expiry(renewed) > expiry(pledge)
    before = UnixMs(expiry(pledge) - 1)
    assert only(fold(renewed, [pledge], before)).state is PledgeState.OFFERED
    overflow = fold(renewed, [pledge], expiry(pledge))
    assert overflow.state is OverflowState.OPEN
    assert only(overflow).state is PledgeState.LAPSED


@pytest.mark.parametrize("closed", [Closed.RECEIVED, Closed.WITHDRAWN])
def test_who_was_not_needed_is_not_told_that_the_offer_lapsed(closed: Closed) -> None:
    pledge = BEA.pledge(REQUEST)
    overflow = fold(ADA.request(version=50, closed=closed), [pledge], expiry(pledge))
    assert only(overflow).state is PledgeState.NOT_NEEDED


def test_the_last_words_of_what_has_expired_are_as_good_as_its_time() -> None:
    """Its origin signs them for halls that would not hold the request any more."""
    pledge = BEA.pledge(REQUEST)
    overflow = fold(ADA.request(version=2, closed=Closed.EXPIRED), [pledge], SOON)
    assert only(overflow).state is PledgeState.LAPSED
    accepted = ADA.request(version=2, closed=Closed.EXPIRED, decisions=(accepts(pledge),))
    assert only(fold(accepted, [pledge], SOON)).state is PledgeState.ACCEPTED


def test_each_hall_reckons_when_a_record_of_an_unsure_clock_ends() -> None:
    """What its header says counts for nothing then, neither of a request nor of a pledge."""
    pledge = BEA.pledge(REQUEST)
    ends = {REQUEST.id: SOON, pledge.id: None}
    before = fold(REQUEST, [pledge], UnixMs(SOON - 1), lambda each: ends[each.id])
    assert (before.state, only(before).state) == (OverflowState.OPEN, PledgeState.OFFERED)
    after = fold(REQUEST, [pledge], SOON, lambda each: ends[each.id])
    assert (after.because, only(after).state) == ("expired", PledgeState.LAPSED)
    ends = {REQUEST.id: None, pledge.id: SOON}
    late = fold(REQUEST, [pledge], NEVER, lambda each: ends[each.id])
    assert (late.state, only(late).state) == (OverflowState.OPEN, PledgeState.LAPSED)


@pytest.mark.parametrize("step", PledgeStep)
@pytest.mark.parametrize("verdict", Verdict)
def test_an_answered_pledge_does_not_lapse(verdict: Verdict, step: PledgeStep) -> None:
    pledge = BEA.pledge(REQUEST, step=step)
    request = ADA.request(decisions=(Decision(pledge.header.object, 1, verdict),))
    assert only(fold(request, [pledge], NEVER)).state is STATES[verdict, step]


@pytest.mark.parametrize(
    ("closed", "because"),
    [
        (Closed.RECEIVED, "received"),
        (Closed.WITHDRAWN, "withdrawn"),
        (Closed.EXPIRED, "expired"),
    ],
)
def test_closed_by_its_origin(closed: Closed, because: str) -> None:
    overflow = fold(ADA.request(closed=closed), [], SOON)
    assert (overflow.state, overflow.because) == (OverflowState.CLOSED, because)
    assert fold(ADA.request(closed=closed), [], NEVER).because == because


def test_closed_by_time() -> None:
    full = ADA.request(decisions=(accepts(BEA.pledge(REQUEST), MEALS),))
    for request in (REQUEST, full):
        at = expiry(request)
        assert fold(request, [], UnixMs(at - 1)).state is not OverflowState.CLOSED
        overflow = fold(request, [], at)
        assert (overflow.state, overflow.because) == (OverflowState.CLOSED, "expired")


def test_the_order_of_arrival_makes_no_difference() -> None:
    pledges = [hall.pledge(REQUEST) for hall in (ADA.with_device("phone"), BEA, CLEO)]
    folds = [fold(REQUEST, list(order), SOON) for order in permutations(pledges)]
    assert all(each == folds[0] for each in folds)
    assert len(folds[0].pledges) == 3


# The same the other way round -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "came", "state"),
    [
        (0, 0, PledgeState.ACCEPTED),
        (1, 0, PledgeState.SENT),
        (25_000, 0, PledgeState.SENT),
        (25_000, 24_999, PledgeState.SENT),
        (25_000, 25_000, PledgeState.RECEIVED),
        (20_000, 30_000, PledgeState.RECEIVED),
        (0, 24_999, PledgeState.ACCEPTED),
        (0, 25_000, PledgeState.RECEIVED),  # the origin has not said yet that it left
    ],
)
def test_the_origin_of_a_surplus_sends_and_the_other_receives(
    left: int, came: int, state: PledgeState
) -> None:
    pledge = BEA.pledge(SURPLUS, moved=came)
    surplus = ADA.surplus(decisions=(accepts(pledge, 25_000, left),))
    folded = only(fold(surplus, [pledge], SOON))
    assert folded.state is state
    assert (folded.accepted, folded.received) == (25_000, came)
    assert folded.decision is not None
    assert folded.decision.moved == left


def test_what_came_of_a_surplus_is_nothing_where_it_was_not_accepted() -> None:
    """Else any hall could fill our list with what it says that it has got."""
    pledge = BEA.pledge(SURPLUS, moved=25_000)
    declined = ADA.surplus(decisions=(Decision(pledge.header.object, 1, Verdict.NOT_NEEDED),))
    for surplus, state in ((SURPLUS, PledgeState.OFFERED), (declined, PledgeState.NOT_NEEDED)):
        folded = fold(surplus, [pledge], SOON)
        assert (only(folded).state, only(folded).received, folded.received) == (state, 0, 0)


@pytest.mark.parametrize("left", [0, 25_000])
def test_who_withdraws_from_a_surplus_has_withdrawn(left: int) -> None:
    pledge = BEA.pledge(SURPLUS, step=PledgeStep.WITHDRAWN)
    surplus = ADA.surplus(decisions=(accepts(pledge, 25_000, left),))
    assert only(fold(surplus, [pledge], SOON)).state is PledgeState.WITHDRAWN


def test_how_it_came_says_who_it_came_to() -> None:
    pledge = BEA.pledge(SURPLUS, moved=25_000, condition="still warm")
    said = accepts(pledge, 25_000, 25_000, condition="as the origin has it")
    assert only(fold(ADA.surplus(decisions=(said,)), [pledge], SOON)).condition == "still warm"
    plain = BEA.pledge(SURPLUS, moved=25_000)
    assert only(fold(ADA.surplus(decisions=(said,)), [plain], SOON)).condition == ""


def test_sums_of_a_surplus() -> None:
    """What left stands in its decisions, what came in the pledges of those who took it."""
    bea = BEA.pledge(SURPLUS, moved=10_000)
    cleo = CLEO.pledge(SURPLUS, moved=4_000)
    said = (accepts(bea, 25_000, 20_000), accepts(cleo, 5_000, 5_000))
    surplus = fold(ADA.surplus(version=2, decisions=said), [bea, cleo], SOON)
    assert surplus.is_surplus
    assert surplus.outstanding == MEALS - 30_000
    assert surplus.received == 14_000
    assert surplus.request.moved == 25_000
    assert not fold(REQUEST, [], SOON).is_surplus


def test_a_surplus_is_covered_and_closed_as_a_request_is() -> None:
    pledge = BEA.pledge(SURPLUS, qty=MEALS)
    taken = ADA.surplus(decisions=(accepts(pledge, MEALS),))
    assert fold(taken, [pledge], SOON).state is OverflowState.COVERED
    gone = ADA.surplus(closed=Closed.WITHDRAWN)
    assert only(fold(gone, [pledge], SOON)).state is PledgeState.NOT_NEEDED
    assert only(fold(SURPLUS, [pledge], expiry(SURPLUS))).state is PledgeState.LAPSED


def test_pledges_are_shown_in_one_order() -> None:
    """By reference; by id where two halls took the same one."""
    pledges = [hall.pledge(REQUEST) for hall in (BEA, CLEO, Hall("dora"))]
    shown = [each.id for each in fold(REQUEST, pledges, SOON).pledges]
    assert shown == sorted(ObjectId(each.header.object) for each in pledges)

"""Where an overflow and its pledges stand, read from what both halls signed."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from protocol.bodies import Closed, Decision, Pledge, PledgeStep, Verdict
from protocol.ids import Thousandths, UnixMs
from protocol.overflow import (
    PLEDGE_STATES,
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


def only(overflow: OverflowFold) -> PledgeFold:
    (pledge,) = overflow.pledges
    return pledge


def expiry(record: Record) -> UnixMs:
    assert record.header.expires_ms is not None
    return record.header.expires_ms


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
    assert (folded.accepted, folded.moved) == (0, 0)


def test_sums_and_what_is_outstanding() -> None:
    bea, cleo = BEA.pledge(REQUEST), CLEO.pledge(REQUEST)
    request = ADA.request(version=2, decisions=(accepts(bea, 25_000, 10_000), accepts(cleo, 5_000)))
    overflow = fold(request, [bea, cleo], SOON)
    assert overflow.state is OverflowState.OPEN
    assert overflow.outstanding == MEALS - 30_000
    assert overflow.request.moved == 10_000
    assert {each.by: (each.accepted, each.moved) for each in overflow.pledges} == {
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


def test_an_unanswered_pledge_lapses_at_its_expiry_and_not_before() -> None:
    pledge = BEA.pledge(REQUEST)
    before = UnixMs(expiry(pledge) - 1)
    assert only(fold(REQUEST, [pledge], before)).state is PledgeState.OFFERED
    assert only(fold(REQUEST, [pledge], expiry(pledge))).state is PledgeState.LAPSED


@pytest.mark.parametrize("step", PledgeStep)
@pytest.mark.parametrize("verdict", Verdict)
def test_an_answered_pledge_does_not_lapse(verdict: Verdict, step: PledgeStep) -> None:
    pledge = BEA.pledge(REQUEST, step=step)
    request = ADA.request(decisions=(Decision(pledge.header.object, 1, verdict),))
    assert only(fold(request, [pledge], NEVER)).state is STATES[verdict, step]


@pytest.mark.parametrize(
    ("closed", "because"), [(Closed.RECEIVED, "received"), (Closed.WITHDRAWN, "withdrawn")]
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


def test_a_pledge_of_part_and_a_surplus_fold_alike() -> None:
    pledge = BEA.pledge(REQUEST, qty=1)
    body = only(fold(REQUEST, [pledge], SOON)).pledge
    assert body == Pledge(REQUEST.header.object, "P-654321-X", Thousandths(1))

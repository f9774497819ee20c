"""What can be done is shown, and nothing else is done: for each side, direction and state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.requests import (
    AcceptPledge,
    DeclinePledge,
    MakePledge,
    MarkSent,
    ReceivePledge,
    ReleasePledge,
    RenewOverflow,
    Request,
    ResizeOverflow,
    RetractPledge,
    WithdrawOverflow,
)
from node.api.views import Act, OverflowView, PledgeView
from node.refusal import Refused, Why
from tests.node.answers.street import Street
from tests.node.refusals import unchanged
from tests.node.two_halls import OneHall, two_halls

pytestmark = pytest.mark.asyncio
ACCEPT, DECLINE, RELEASE, RETRACT = Act.ACCEPT, Act.DECLINE, Act.RELEASE, Act.RETRACT
SEND, RECEIVE = Act.SEND, Act.RECEIVE

STEPS: dict[str, tuple[Act, ...]] = {
    "offered": (),
    "accepted": (ACCEPT,),
    "sent": (ACCEPT, SEND),
    "received": (ACCEPT, RECEIVE),
    "not needed": (DECLINE,),
    "withdrawn": (RETRACT,),
    "fell through": (ACCEPT, RELEASE),
}
"""How a pledge gets there."""
NORTH: dict[bool, dict[str, set[Act]]] = {
    False: {
        "offered": {ACCEPT, DECLINE},
        "accepted": {ACCEPT, RECEIVE, RELEASE},
        "sent": {ACCEPT, RECEIVE, RELEASE},
        "received": {RECEIVE},
        "not needed": {RECEIVE},
        "withdrawn": {RECEIVE},
        "fell through": {RECEIVE},
    },
    True: {
        "offered": {ACCEPT, DECLINE},
        "accepted": {ACCEPT, SEND, RELEASE},
        "sent": {RELEASE},
    },
}
"""What Northgate can do, of a request (False) and of a surplus (True)."""
EAST: dict[bool, dict[str, set[Act]]] = {
    False: {"offered": {RETRACT}, "accepted": {RETRACT, SEND}},
    True: {
        "offered": {RETRACT},
        "accepted": {RETRACT, RECEIVE},
        "sent": {RECEIVE},
        "received": {RECEIVE},
        "fell through": {RECEIVE},
    },
}
NORTHS = {ACCEPT, DECLINE, RELEASE}
ALL = {*NORTHS, RETRACT, SEND, RECEIVE}


def asking(act: Act, pledge: str) -> Request[PledgeView]:
    requests: dict[Act, Request[PledgeView]] = {
        ACCEPT: AcceptPledge(pledge),
        DECLINE: DeclinePledge(pledge),
        RELEASE: ReleasePledge(pledge),
        RETRACT: RetractPledge(pledge),
        SEND: MarkSent(pledge),
        RECEIVE: ReceivePledge(pledge, "25"),
    }
    return requests[act]


def hall_for(street: Street, act: Act, *, surplus: bool) -> OneHall:
    """Whose part it is."""
    is_norths = act in NORTHS or act is (SEND if surplus else RECEIVE)
    return street.north if is_norths else street.east


async def at(street: Street, state: str, *, surplus: bool) -> tuple[str, str]:
    overflow, pledge = await street.pledged(surplus=surplus)
    for act in STEPS[state]:
        await street.do(hall_for(street, act, surplus=surplus), asking(act, pledge))
    assert await street.states(overflow) == {state}
    return overflow, pledge


@pytest_asyncio.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with two_halls(tmp_path) as (north, east):
        yield Street(north, east)


@pytest.mark.parametrize("surplus", [False, True], ids=["request", "surplus"])
@pytest.mark.parametrize("state", STEPS)
async def test_what_cannot_be_done_is_not_shown_and_refused(
    street: Street, state: str, surplus: bool
) -> None:
    overflow, pledge = await at(street, state, surplus=surplus)
    for hall, table in ((street.north, NORTH), (street.east, EAST)):
        allowed = table[surplus].get(state, set())
        assert set((await hall.only_pledge(overflow)).can) == allowed
        for act in ALL - allowed:
            is_its_part = hall is hall_for(street, act, surplus=surplus)
            async with unchanged(street.north.core, street.east.core):
                with pytest.raises(Refused) as raised:
                    await hall.ask(asking(act, pledge))
            assert raised.value.why is (Why.WRONG_STATE if is_its_part else Why.NOT_OURS)


ALLOWED = [
    (surplus, state, act)
    for table in (NORTH, EAST)
    for surplus, states in table.items()
    for state, acts in states.items()
    for act in sorted(acts)
]


@pytest.mark.parametrize(("surplus", "state", "act"), ALLOWED)
async def test_what_is_shown_can_be_done(
    street: Street, surplus: bool, state: str, act: Act
) -> None:
    _, pledge = await at(street, state, surplus=surplus)
    done = await street.do(hall_for(street, act, surplus=surplus), asking(act, pledge))
    assert done.id == pledge


async def change(hall: OneHall, act: Act, overflow: str) -> None:
    requests: dict[Act, Request[OverflowView]] = {
        Act.RENEW: RenewOverflow(overflow),
        Act.RESIZE: ResizeOverflow(overflow, "39"),
        Act.WITHDRAW: WithdrawOverflow(overflow),
    }
    if act is Act.PLEDGE:
        await hall.ask(MakePledge(overflow, "1"))
    else:
        await hall.ask(requests[act])


OURS = (Act.RENEW, Act.RESIZE, Act.WITHDRAW)


@pytest.mark.parametrize("surplus", [False, True], ids=["request", "surplus"])
@pytest.mark.parametrize(
    ("state", "ours", "theirs"),
    [
        ("open", OURS, (Act.PLEDGE,)),
        ("covered", OURS, (Act.PLEDGE,)),
        ("expired", (Act.RENEW, Act.WITHDRAW), ()),
        ("withdrawn", (), ()),
        ("received", (), ()),
    ],
)
async def test_what_can_be_done_with_an_overflow(
    street: Street, state: str, ours: tuple[Act, ...], theirs: tuple[Act, ...], surplus: bool
) -> None:
    overflow, pledge = await street.pledged(surplus=surplus)
    if state in {"covered", "received"}:
        await street.do(street.north, AcceptPledge(pledge))
        await street.do(street.north, ResizeOverflow(overflow, "25"))
    if state == "received" and not surplus:
        await street.do(street.north, ReceivePledge(pledge, "25"))
    elif state == "received":
        await street.do(street.east, ReceivePledge(pledge, "25"))
        await street.do(street.north, ResizeOverflow(overflow, "25"))
    elif state == "withdrawn":
        await street.do(street.north, WithdrawOverflow(overflow))
    elif state == "expired":
        until_ms = (await street.north.overflow(overflow)).until_ms
        street.north.clock.put(until_ms)
        street.east.clock.put(until_ms)
    for hall, can in ((street.north, ours), (street.east, theirs)):
        shown = await hall.overflow(overflow)
        assert state in {shown.state, shown.because}
        assert shown.can == can
        for act in {*OURS, Act.PLEDGE} - set(can):
            async with unchanged(street.north.core, street.east.core):
                with pytest.raises(Refused) as raised:
                    await change(hall, act, overflow)
            assert raised.value.why in {
                Why.IS_CLOSED,
                Why.HAS_EXPIRED,
                Why.NOT_OURS,
                Why.PLEDGE_OWN,
            }
    for act in ours:
        await change(street.north, act, overflow)
        if act is Act.RENEW:
            assert (await street.north.overflow(overflow)).can == OURS

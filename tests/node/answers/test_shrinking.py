"""Closing a need takes along what was passed on with it; so much and no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.requests import (
    AcceptPledge,
    CloseEntry,
    EditEntry,
    MakePledge,
    ReceivePledge,
    ShowEntry,
    WithdrawOverflow,
)
from node.api.views import EntryView, Kind
from node.refusal import Why
from node.wording import sentence
from tests.node.answers.street import Street
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import asked_and_pledged, two_halls

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with two_halls(tmp_path) as (north, east):
        yield Street(north, east)


async def close(street: Street, ref: str, because: str = "no longer needed") -> EntryView:
    return await street.do(street.north, CloseEntry(Kind.NEED, ref, because))


async def two_needs(street: Street) -> tuple[str, str]:
    first = await street.north.need("Meals upstairs", "10")
    street.north.clock.put(street.north.clock() + 1)
    return first, await street.north.need("Meals downstairs", "30")


async def test_where_nothing_is_accepted_it_is_withdrawn(street: Street) -> None:
    need = await street.north.need()
    overflow = await street.north.pass_on(need)
    await street.meet()
    closed = await close(street, need)
    assert (closed.state, closed.also_changed) == ("closed", (overflow.ref,))
    assert (await street.north.ask(ShowEntry(Kind.NEED, need))).also_changed == ()
    for hall in (street.north, street.east):
        assert (await hall.overflow(overflow.id)).because == "withdrawn"


async def test_where_something_is_accepted_it_asks_for_no_more(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge, details="Back door"))
    assert (await close(street, "N-1-B")).also_changed == ("NG V-1-E",)
    seen = await street.east.overflow(overflow)
    assert (seen.state, seen.qty, seen.accepted) == ("covered", 25, 25)
    assert seen.pledges[0].details == "Back door"


async def test_where_all_of_that_has_come_it_is_received(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, ReceivePledge(pledge, "25"))
    await close(street, "N-1-B", "partly met")
    assert (await street.east.overflow(overflow)).because == "received"


async def test_of_several_only_its_share_is_asked_no_more(street: Street) -> None:
    first, second = await two_needs(street)
    overflow = await street.north.pass_on(first, second)
    await street.meet()
    assert (await close(street, first)).also_changed == (overflow.ref,)
    assert (await street.east.overflow(overflow.id)).qty == 30
    await close(street, second)
    assert (await street.east.overflow(overflow.id)).because == "withdrawn"


async def test_never_below_what_is_accepted(street: Street) -> None:
    first, second = await two_needs(street)
    overflow = await street.north.pass_on(first, second)
    await street.meet()
    pledge = (await street.do(street.east, MakePledge(overflow.id, "25"))).id
    await street.do(street.north, AcceptPledge(pledge))
    await close(street, second)
    assert (await street.east.overflow(overflow.id)).qty == 25
    assert (await close(street, first)).also_changed == ()
    assert (await street.east.overflow(overflow.id)).qty == 25


async def test_what_has_come_for_one_is_not_asked_for_the_other(street: Street) -> None:
    first, second = await two_needs(street)
    overflow = await street.north.pass_on(first, second)
    await street.meet()
    pledge = (await street.do(street.east, MakePledge(overflow.id, "25"))).id
    await street.do(street.north, AcceptPledge(pledge, "15"))
    await street.do(street.north, ReceivePledge(pledge, "15"))
    await close(street, second)
    seen = await street.east.overflow(overflow.id)
    assert (seen.qty, seen.because) == (15, "received")


async def test_what_is_closed_or_another_s_stays_as_it_is(street: Street) -> None:
    need, other = await street.north.need(), await street.north.need("Soup", "5")
    before = await street.north.pass_on(need)
    await street.north.ask(WithdrawOverflow(before.id))
    elsewhere = await street.north.pass_on(other)
    assert (await close(street, need)).also_changed == ()
    assert (await street.north.overflow(elsewhere.id)).state == "open"


async def test_a_reason_that_is_none_closes_neither(street: Street) -> None:
    need = await street.north.need()
    await street.north.pass_on(need)
    await street.meet()
    async with unchanged(street.north.core):
        with refused(Why.UNKNOWN_NEED_REASON):
            await street.north.ask(CloseEntry(Kind.NEED, need, "used up"))


async def test_it_is_counted_the_same_way_while_others_see_it(street: Street) -> None:
    need = await street.north.need()
    overflow = await street.north.pass_on(need)
    await street.meet()
    edits = [
        EditEntry(Kind.NEED, need, category="WAT"),
        EditEntry(Kind.NEED, need, unit="kg"),
        EditEntry(Kind.NEED, need, qty="12 kg"),
    ]
    async with unchanged(street.north.core):
        for edit in edits:
            with refused(Why.PASSED_ON_AS_IT_WAS) as raised:
                await street.north.ask(edit)
            assert overflow.ref in sentence(raised.value.why, raised.value.facts)
    before = (await street.north.overflow(overflow.id)).changed_ms
    street.north.clock.put(street.north.clock() + 1)
    words = EditEntry(Kind.NEED, need, text="Soup", danger=True, category="FOD", qty="41")
    edited = await street.north.ask(words)
    assert (edited.text, edited.danger, edited.qty, edited.also_changed) == ("Soup", True, 41, ())
    assert (await street.north.overflow(overflow.id)).changed_ms == before
    await street.north.ask(WithdrawOverflow(overflow.id))
    assert (await street.north.ask(EditEntry(Kind.NEED, need, unit="kg"))).unit == "kg"

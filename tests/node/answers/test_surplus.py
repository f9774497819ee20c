"""A surplus: what one hall has to give away, from its offers to the receipt at the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.matches import HandOver, MakeMatch, MoveMatch, Step
from node.api.requests import (
    AcceptPledge,
    AddEntry,
    CloseEntry,
    EditEntry,
    MakePledge,
    MarkSent,
    PassOn,
    PreviewPass,
    ReceivePledge,
    ReleasePledge,
    RenewOverflow,
    ResizeOverflow,
    RetractPledge,
    ShowEntry,
    WithdrawOverflow,
)
from node.api.views import EntryView, Kind
from node.refusal import Why
from node.upkeep import look_after
from protocol.limits import CONDITION_BYTES_MAX
from tests.node.answers.street import Street
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import EVENING, HOUR_MS, all_overflows, two_halls

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with two_halls(tmp_path) as (north, east):
        yield Street(north, east)


async def offer_of(street: Street, ref: str) -> EntryView:
    return await street.north.ask(ShowEntry(Kind.OFFER, ref))


async def test_the_whole_life(street: Street) -> None:
    north, east = street.north, street.east
    offer = await street.offer("Rice in sacks", contact="Ana Silva", by="20:00")
    shown = await north.ask(PreviewPass((offer,)))
    assert (shown.text, shown.qty, shown.unit) == ("Rice in sacks", 40, "kg")
    assert (shown.urgency, shown.surplus) == ("routine", True)
    assert shown.by_ms == shown.until_ms == EVENING + 3 * HOUR_MS // 2
    given = await north.ask(PassOn((offer,), shown.approval))
    assert (given.ref, given.surplus, given.needs, given.sent) == ("NG S-1-D", True, (offer,), 0)
    await street.meet()
    (seen,) = await all_overflows(east)
    assert (seen.ref, seen.surplus, seen.qty) == ("NG S-1-D", True, 40)

    pledge = await street.do(east, MakePledge("NG S-1-D", "25"))
    accepted = await street.do(north, AcceptPledge(pledge.id, details="Back door, before eight"))
    assert (accepted.state, accepted.accepted) == ("accepted", 25)
    assert (await east.only_pledge(given.id)).details == "Back door, before eight"
    promised = await offer_of(street, offer)
    assert (promised.promised, promised.overflows) == (25, (given.ref,))

    sent = await street.do(north, MarkSent(pledge.id))
    assert (sent.state, sent.received) == ("sent", 0)
    assert await street.states(given.id) == {"sent"}
    assert (await east.overflow(given.id)).sent == 25
    gave = await offer_of(street, offer)
    assert (gave.received, gave.state) == (25, "available")

    came = await street.do(east, ReceivePledge(pledge.id, "20", "one sack wet"))
    assert (came.state, came.received, came.condition) == ("sent", 20, "one sack wet")
    came = await street.do(east, ReceivePledge(pledge.id, "5"))
    assert (came.state, came.received, came.condition) == ("received", 25, "one sack wet")
    at_origin = await north.only_pledge(given.id)
    assert (at_origin.state, at_origin.received, at_origin.condition) == (
        "received",
        25,
        "one sack wet",
    )
    ended = await north.overflow(given.id)
    assert (ended.state, ended.accepted, ended.sent, ended.received) == ("open", 25, 25, 25)


async def test_giving_everything_uses_the_offers_up_and_closes_the_surplus(street: Street) -> None:
    first = await street.offer("Rice", "10")
    street.north.clock.put(street.north.clock() + 1)
    second = await street.offer("Rice", "30")
    given = await street.north.pass_on(second, first)
    await street.meet()
    pledges = [(await street.do(street.east, MakePledge(given.id, qty))).id for qty in ("25", "15")]
    for pledge in pledges:
        await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, MarkSent(pledges[0]))
    offers = [await offer_of(street, ref) for ref in (first, second)]
    assert [(each.received, each.state) for each in offers] == [(10, "used up"), (15, "available")]
    await street.do(street.north, MarkSent(pledges[1]))
    gave = await offer_of(street, second)
    assert (gave.received, gave.state, gave.because) == (30, "used up", "used up")
    for pledge, qty in zip(pledges, ("25", "15"), strict=True):
        await street.do(street.east, ReceivePledge(pledge, qty))
    await look_after(street.north.core)
    await street.meet()
    for hall in (street.north, street.east):
        closed = await hall.overflow(given.id)
        assert (closed.state, closed.because, closed.received) == ("closed", "received", 40)


async def test_what_is_given_away_already_is_not_passed_on_again(street: Street) -> None:
    offer = await street.offer()
    await street.north.pass_on(offer, qty="30")
    assert (await street.north.ask(PreviewPass((offer,)))).qty == 10
    await street.north.pass_on(offer)
    with refused(Why.NOTHING_TO_PASS):
        await street.north.ask(PreviewPass((offer,)))


async def test_more_than_is_there_is_refused_with_the_numbers(street: Street) -> None:
    given, first = await street.pledged(surplus=True)
    second = (await street.do(street.east, MakePledge(given, "30"))).id
    await street.do(street.north, AcceptPledge(first))
    async with unchanged(street.north.core):
        with refused(Why.GIVE_TOO_MUCH) as raised:
            await street.north.ask(AcceptPledge(second))
    assert raised.value.facts["left"] == "15 kg"
    await street.do(street.north, AcceptPledge(second, "15"))
    assert (await street.east.overflow(given)).state == "covered"


async def test_receiving_never_waits_for_sent_and_what_came_has_left(street: Street) -> None:
    given, pledge = await street.pledged(surplus=True)
    await street.do(street.north, AcceptPledge(pledge, details="Back door"))
    partly = await street.do(street.east, ReceivePledge(pledge, "10"))
    assert (partly.state, partly.received) == ("accepted", 10)
    more = await street.do(street.east, ReceivePledge(pledge, "20"))
    assert (more.state, more.received, more.accepted) == ("received", 30, 25)
    await look_after(street.north.core)
    await street.meet()
    assert (await street.north.overflow(given)).sent == 25
    assert (await offer_of(street, "O-1-C")).received == 25
    assert (await street.east.only_pledge(given)).details is None


async def test_release_keeps_what_came_and_the_rest_was_not_given(street: Street) -> None:
    given, pledge = await street.pledged(surplus=True)
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, MarkSent(pledge))
    await street.do(street.east, ReceivePledge(pledge, "10"))
    released = await street.do(street.north, ReleasePledge(pledge))
    assert (released.state, released.accepted, released.received) == ("received", 10, 10)
    shown = await street.north.overflow(given)
    assert (shown.state, shown.accepted, shown.sent) == ("open", 10, 10)
    assert (await offer_of(street, "O-1-C")).received == 10


async def test_what_is_back_can_be_given_again(street: Street) -> None:
    given, pledge = await street.pledged(surplus=True)
    await street.do(street.north, ResizeOverflow(given, "25"))
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, MarkSent(pledge))
    assert (await street.do(street.north, ReleasePledge(pledge))).state == "fell through"
    assert (await offer_of(street, "O-1-C")).received == 0
    again = (await street.do(street.east, MakePledge(given, "25"))).id
    await street.do(street.north, AcceptPledge(again))
    assert (await street.do(street.north, MarkSent(again))).state == "sent"
    assert (await offer_of(street, "O-1-C")).received == 25


async def test_taking_back_is_refused_once_it_was_sent(street: Street) -> None:
    _, pledge = await street.pledged(surplus=True)
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, MarkSent(pledge))
    async with unchanged(street.east.core):
        with refused(Why.WRONG_STATE) as raised:
            await street.east.ask(RetractPledge(pledge))
    assert raised.value.facts["state"] == "sent"


async def test_what_has_left_is_not_withdrawn_with_the_rest(street: Street) -> None:
    given, sent = await street.pledged(surplus=True)
    waiting = (await street.do(street.east, MakePledge(given, "15"))).id
    for pledge in (sent, waiting):
        await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, MarkSent(sent))
    falls = {each.id: each.would_fall for each in (await street.north.overflow(given)).pledges}
    assert falls == {sent: 0, waiting: 15}
    await street.do(street.north, WithdrawOverflow(given))
    states = {each.id: each.state for each in (await street.east.overflow(given)).pledges}
    assert states == {sent: "sent", waiting: "fell through"}
    assert (await street.do(street.east, ReceivePledge(sent, "25"))).state == "received"
    assert (await offer_of(street, "O-1-C")).received == 25


async def test_a_withdrawn_offer_takes_its_surplus_along(street: Street) -> None:
    offer = await street.offer()
    given = await street.north.pass_on(offer)
    await street.meet()
    closed = await street.do(street.north, CloseEntry(Kind.OFFER, offer, "withdrawn"))
    assert closed.also_changed == (given.ref,)
    assert (await street.east.overflow(given.id)).because == "withdrawn"


async def test_what_the_taker_says_is_not_personal(street: Street) -> None:
    _, pledge = await street.pledged(surplus=True)
    await street.do(street.north, AcceptPledge(pledge))
    async with unchanged(street.north.core, street.east.core):
        with refused(Why.TEXT_PERSONAL):
            await street.east.ask(ReceivePledge(pledge, "5", "ring Mrs Miller, 555 010 0199"))
        with refused(Why.TEXT_TOO_LONG):
            await street.east.ask(ReceivePledge(pledge, "5", "x" * (CONDITION_BYTES_MAX + 1)))
        for qty in ("0", "-1", "forty", "5 litres", "9" * 10_000_000):
            with pytest.raises(Exception, match="quantity-"):
                await street.east.ask(ReceivePledge(pledge, qty))
    await street.do(street.east, ReceivePledge(pledge, "999999999"))
    async with unchanged(street.east.core):
        with refused(Why.QUANTITY_TOO_LARGE):
            await street.east.ask(ReceivePledge(pledge, "1"))


async def test_a_taker_s_word_counts_up_to_what_was_accepted(street: Street) -> None:
    given, pledge = await street.pledged(surplus=True)
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.east, ReceivePledge(pledge, "999999999"))
    await look_after(street.north.core)
    shown = await street.north.overflow(given)
    assert (shown.state, shown.sent) == ("open", 25)
    assert (await offer_of(street, "O-1-C")).state == "available"


async def test_a_contact_of_an_offer_is_sealed_only_with_consent(street: Street) -> None:
    given = await street.north.pass_on(await street.offer(contact="Ana Silva, 555 010 0199"))
    await street.meet()
    pledge = (await street.do(street.east, MakePledge(given.id, "25"))).id
    with refused(Why.DETAILS_WITHOUT_CONSENT):
        await street.north.ask(AcceptPledge(pledge, details="Ask for Ana"))


# What an offer has promised, to neighbours and here ------------------------------------------


async def test_neighbours_are_shown_no_more_than_is_left(street: Street) -> None:
    north = street.north
    offer, need = await street.offer(qty="50"), await north.ask(food_need("50"))
    await north.ask(MakeMatch(need.ref, offer, "40"))
    async with unchanged(north.core):
        with refused(Why.SURPLUS_TOO_MUCH) as raised:
            await north.ask(PreviewPass((offer,), qty="30"))
    assert raised.value.facts == {"given": "30 kg", "left": "10 kg", "offers": offer}
    assert (await north.pass_on(offer)).qty == 10


async def test_a_surplus_gets_no_larger_than_its_offers(street: Street) -> None:
    north = street.north
    offer, other = await street.offer(qty="10"), await street.offer(qty="10")
    given = await north.pass_on(offer, other, qty="12")
    assert (await north.ask(ResizeOverflow(given.id, "20"))).qty == 20
    await north.ask(ResizeOverflow(given.id, "15"))
    need = await north.ask(food_need("5"))
    await north.ask(MakeMatch(need.ref, other))
    await street.meet()
    async with unchanged(north.core):
        with refused(Why.SURPLUS_TOO_MUCH):
            await north.ask(ResizeOverflow(given.id, "16"))


async def test_what_was_promised_since_it_expired_is_not_given_away_again(street: Street) -> None:
    north = street.north
    offer = await street.offer(qty="10")
    given = await north.pass_on(offer, hours="1")
    await street.meet()
    north.clock.put(EVENING + 2 * HOUR_MS)
    north.core.driver.tick()
    need = await north.ask(food_need("4"))
    match = await north.ask(MakeMatch(need.ref, offer))
    async with unchanged(north.core):
        with refused(Why.SURPLUS_TOO_MUCH):
            await north.ask(RenewOverflow(given.id))
    await north.ask(MoveMatch(match.ref, Step.FELL_THROUGH))
    assert (await north.ask(RenewOverflow(given.id))).state == "open"


@pytest.mark.parametrize("qty", ["10", "39"])
async def test_an_offer_is_not_edited_below_what_lies_with_neighbours(
    street: Street, qty: str
) -> None:
    offer = await street.offer(qty="50")
    await street.north.pass_on(offer, qty="40")
    await street.meet()
    async with unchanged(street.north.core):
        with refused(Why.PROMISED_ALREADY) as raised:
            await street.north.ask(EditEntry(Kind.OFFER, offer, qty=qty))
    assert raised.value.facts["promised"] == "40 kg"
    await street.north.ask(EditEntry(Kind.OFFER, offer, qty="40", note="Jo has the key"))


async def test_nor_where_it_would_be_used_up_by_that(street: Street) -> None:
    offer = await street.offer(qty="50")
    await street.north.pass_on(offer, qty="40")
    await street.north.ask(HandOver(offer, "10"))
    with refused(Why.PROMISED_ALREADY):
        await street.north.ask(EditEntry(Kind.OFFER, offer, qty="10"))


async def test_what_lies_there_together_may_come_from_the_other(street: Street) -> None:
    north = street.north
    first, second = await street.offer(qty="10"), await street.offer(qty="10")
    await north.pass_on(first, second, qty="14")
    await north.ask(EditEntry(Kind.OFFER, first, qty="4"))
    for ref in (first, second):
        with refused(Why.PROMISED_ALREADY):
            await north.ask(EditEntry(Kind.OFFER, ref, qty="3"))


async def test_what_goes_to_neighbours_is_not_what_was_promised_here(street: Street) -> None:
    north = street.north
    first, second = await street.offer(qty="10"), await street.offer(qty="10")
    need = await north.ask(food_need("6"))
    await north.ask(MakeMatch(need.ref, first))
    given = await north.pass_on(first, second)
    await street.meet()
    pledge = (await street.do(street.east, MakePledge(given.id, "14"))).id
    await street.do(north, AcceptPledge(pledge))
    await street.do(north, MarkSent(pledge))
    stand = [await offer_of(street, ref) for ref in (first, second)]
    assert [(each.received, each.state) for each in stand] == [(4, "reserved"), (10, "used up")]


def food_need(qty: str) -> AddEntry:
    return AddEntry(Kind.NEED, "FOD", "Rice", qty, "kg")

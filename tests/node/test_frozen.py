"""What a device has signed in two contents: neither counts, people are told, nothing breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from node.api.requests import (
    AcceptPledge,
    DeclinePledge,
    ListEntries,
    ListNeighbours,
    ListOverflows,
    MakePledge,
    MarkSent,
    PreviewAccept,
    ReadOverflow,
    ReceivePledge,
    ReleasePledge,
    RenewOverflow,
    Request,
    ResizeOverflow,
    RetractPledge,
    ShowOverflow,
    Status,
    WithdrawOverflow,
)
from node.api.views import Kind
from node.frozen import NAMED_MAX
from node.refusal import Why
from node.upkeep import look_after
from protocol.ids import as_text
from protocol.record import Proof
from tests.node.answers.street import Street
from tests.node.refusals import refused, unchanged
from tests.node.twice import held, signs_twice
from tests.node.two_halls import OneHall, all_overflows, two_halls

pytestmark = pytest.mark.asyncio

OVERFLOW_ACTS: tuple[Callable[[str], Request[Any]], ...] = (
    ShowOverflow,
    ReadOverflow,
    RenewOverflow,
    WithdrawOverflow,
)
PLEDGE_ACTS: tuple[Callable[[str], Request[Any]], ...] = (
    AcceptPledge,
    PreviewAccept,
    DeclinePledge,
    ReleasePledge,
    RetractPledge,
    MarkSent,
)


@pytest_asyncio.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with two_halls(tmp_path) as (north, east):
        yield Street(north, east)


async def warnings_of(hall: OneHall) -> list[str]:
    """But that the node is stopped, which these are."""
    return list((await hall.ask(Status())).warnings[1:])


def with_overflow(id_: str) -> list[Request[Any]]:
    return [*(act(id_) for act in OVERFLOW_ACTS), ResizeOverflow(id_, "50"), MakePledge(id_, "5")]


def with_pledge(id_: str) -> list[Request[Any]]:
    return [*(act(id_) for act in PLEDGE_ACTS), ReceivePledge(id_, "5")]


async def all_views(hall: OneHall) -> None:
    """Whatever a screen shows, and what follows by itself: none of it breaks."""
    requests: tuple[Request[Any], ...] = (
        Status(),
        ListOverflows(),
        ListNeighbours(),
        ListEntries(Kind.NEED, closed=True),
        ListEntries(Kind.OFFER, closed=True),
    )
    for request in requests:
        await hall.ask(request)
    for overflow in await all_overflows(hall):
        await hall.ask(ShowOverflow(overflow.id))
    await look_after(hall.core)


@pytest.mark.parametrize("surplus", [False, True])
async def test_a_frozen_request_is_told_of_at_both_ends_and_takes_no_act(
    street: Street, *, surplus: bool
) -> None:
    north, east = street.north, street.east
    overflow, pledge = await street.pledged(surplus=surplus)
    await street.do(north, AcceptPledge(pledge, "20"))
    ref = (await east.overflow(overflow)).ref
    proof = await signs_twice(north, east, overflow)
    assert isinstance(proof.body, Proof)
    assert proof == held(east, overflow)

    for hall, why in ((north, Why.SIGNED_TWICE_HERE), (east, Why.SIGNED_TWICE)):
        assert await all_overflows(hall) == ()
        async with unchanged(hall.core):
            for request in (*with_overflow(overflow), *with_overflow(ref), *with_pledge(pledge)):
                with refused(why) as raised:
                    await hall.ask(request)
                assert raised.value.facts["what"] == ref
        await all_views(hall)
    (here,) = await warnings_of(north)
    assert here.startswith(f"This hall has signed two different versions of {ref}. Neither counts.")
    assert await warnings_of(east) == [
        f"Northgate Hall has signed two different versions of {ref}. Neither counts until they"
        " write it anew. Call them."
    ]
    (shown,) = await east.ask(ListNeighbours())
    assert shown.contradicts


async def test_the_pledge_to_a_frozen_request_is_found_by_its_reference(street: Street) -> None:
    overflow, pledge = await street.pledged()
    ref = (await street.east.only_pledge(overflow)).ref
    await signs_twice(street.north, street.east, overflow)
    for typed in (ref, ref.split()[1], pledge):
        with refused(Why.SIGNED_TWICE) as raised:
            await street.east.ask(RetractPledge(typed))
        assert raised.value.facts["hall"] == "Northgate Hall"


async def test_what_is_frozen_is_not_taken_for_another_of_its_reference(street: Street) -> None:
    """Both halls have a first overflow: the one that counts is found, the other one told of."""
    ours = await street.east.pass_on(await street.east.need("East"))
    theirs = await street.north.pass_on(await street.north.need("North"))
    await street.meet()
    await signs_twice(street.north, street.east, theirs.id)
    assert (await street.east.overflow("V-1-E")).id == ours.id
    with refused(Why.SIGNED_TWICE):
        await street.east.overflow("NG V-1-E")
    with refused(Why.REFERENCE_NOT_FOUND):
        await street.east.overflow("QQ V-1-E")
    with refused(Why.REFERENCE_NOT_FOUND):
        await street.east.overflow("V-2-G")


async def test_what_was_asked_can_be_asked_anew(street: Street) -> None:
    need = await street.north.need()
    overflow = await street.north.pass_on(need)
    await street.meet()
    await signs_twice(street.north, street.east, overflow.id)
    anew = await street.north.pass_on(need)
    await street.meet()
    assert anew.qty == overflow.qty
    (shown,) = await all_overflows(street.east)
    assert shown.id == anew.id
    pledge = await street.do(street.east, MakePledge(anew.id, "10"))
    assert (await street.do(street.north, AcceptPledge(pledge.id))).accepted == 10


@pytest.mark.parametrize("surplus", [False, True])
async def test_what_is_accepted_of_a_frozen_pledge_stays_counted(
    street: Street, *, surplus: bool
) -> None:
    north, east = street.north, street.east
    overflow, pledge = await street.pledged(surplus=surplus)
    await street.do(north, AcceptPledge(pledge, "20"))
    ref = (await north.only_pledge(overflow)).ref
    await signs_twice(east, north, pledge)
    for hall, why in ((north, Why.SIGNED_TWICE), (east, Why.SIGNED_TWICE_HERE)):
        async with unchanged(hall.core):
            for request in (*with_pledge(pledge), *with_pledge(ref)):
                with refused(why) as raised:
                    await hall.ask(request)
                assert raised.value.facts["what"] == ref
        await all_views(hall)
        shown = await hall.overflow(overflow)
        assert (shown.accepted, shown.pledges, shown.state) == (20, (), "open")
    (told,) = await warnings_of(north)
    assert told.endswith("Call them. What this hall has accepted of it stays counted.")

    again = await street.do(east, MakePledge(overflow, "30"))
    with refused(Why.GIVE_TOO_MUCH if surplus else Why.ACCEPT_TOO_MUCH):
        await north.ask(AcceptPledge(again.id))
    assert (await street.do(north, AcceptPledge(again.id, "20"))).accepted == 20
    assert (await north.overflow(overflow)).accepted == 40
    gone = await street.do(north, WithdrawOverflow(overflow))
    assert (gone.state, gone.accepted) == ("closed", 0)
    for hall in (north, east):
        await all_views(hall)


async def test_a_pledge_that_nobody_answered_is_told_of_without_a_word_on_sums(
    street: Street,
) -> None:
    _overflow, pledge = await street.pledged()
    await signs_twice(street.east, street.north, pledge)
    (told,) = await warnings_of(street.north)
    assert told.endswith("Neither counts until they write it anew. Call them.")


async def test_frozen_details_are_sealed_anew(street: Street) -> None:
    overflow, pledge = await street.pledged()
    await street.do(street.north, AcceptPledge(pledge, details="Side door"))
    details = street.north.core.shelf.details_of(held(street.north, pledge).header.object)
    assert details is not None
    assert (await street.east.only_pledge(overflow)).details == "Side door"
    await signs_twice(street.north, street.east, as_text(details.header.object))
    for hall in (street.north, street.east):
        await all_views(hall)
        assert (await hall.only_pledge(overflow)).details is None
    (told,) = await warnings_of(street.east)
    assert "two different versions of the details for ES P-1-F." in told
    await street.do(street.north, AcceptPledge(pledge, details="Back door"))
    assert (await street.east.only_pledge(overflow)).details == "Back door"
    await street.do(street.north, ReceivePledge(pledge, "25"))
    assert (await street.east.only_pledge(overflow)).details is None


async def test_that_it_was_read_may_be_frozen_and_it_can_be_read(street: Street) -> None:
    overflow = await street.north.pass_on(await street.north.need())
    await street.meet()
    await street.do(street.east, ReadOverflow(overflow.id))
    (seen,) = street.east.core.shelf.own_messages()
    await signs_twice(street.east, street.north, as_text(seen.header.object))
    assert (await street.do(street.east, ReadOverflow(overflow.id))).id == overflow.id
    for hall in (street.north, street.east):
        await all_views(hall)


async def test_many_in_one_hall_are_one_sentence(street: Street) -> None:
    several = [await street.north.need(f"Soup {n}") for n in range(NAMED_MAX + 2)]
    overflows = [await street.north.pass_on(ref) for ref in several]
    await street.meet()
    for overflow in overflows:
        await signs_twice(street.north, street.east, overflow.id)
    (told,) = await warnings_of(street.east)
    assert told.count(" V-") == NAMED_MAX
    assert " and 2 more. Neither counts" in told


async def test_halls_that_do_not_contradict_themselves_are_not_told_of(street: Street) -> None:
    await street.pledged()
    for hall in (street.north, street.east):
        assert await warnings_of(hall) == []
        (shown,) = await hall.ask(ListNeighbours())
        assert not shown.contradicts

"""The main job between two halls, and everything that may not be done on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.api.requests import (
    AcceptPledge,
    AddEntry,
    CloseEntry,
    DeclinePledge,
    MakePledge,
    MarkSent,
    PreviewAccept,
    PreviewPass,
    ReceivePledge,
    ReleasePledge,
    ResizeOverflow,
    RetractPledge,
    ShowEntry,
    WithdrawOverflow,
)
from node.api.views import Kind
from node.refusal import Refused, Why
from node.wording import sentence
from protocol.limits import CONDITION_BYTES_MAX, DECISIONS_MAX, PLEDGES_PER_GROUP_MAX
from tests.node.answers.street import Street
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import (
    Pipe,
    all_overflows,
    asked_and_pledged,
    of_one_mind,
    one_hall,
    opened,
    pair,
    two_halls,
)

pytestmark = pytest.mark.asyncio
ANA = "Ana Silva, 555 010 0199"


@pytest_asyncio.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with two_halls(tmp_path) as (north, east):
        yield Street(north, east)


async def test_the_whole_job(street: Street) -> None:
    north, east = street.north, street.east
    need = await north.need("Hot meals for tonight", "40", contact=ANA, consent="she said yes")
    overflow = await north.pass_on(need)
    await street.meet()
    (seen,) = await all_overflows(east)
    assert (seen.id, seen.ref, seen.origin, seen.distance, seen.ours) == (
        overflow.id,
        overflow.ref,
        "Northgate Hall",
        1,
        False,
    )
    assert (seen.text, seen.qty, seen.unit, seen.state) == (
        "Hot meals for tonight",
        40,
        "meal",
        "open",
    )

    pledge = await street.do(east, MakePledge(seen.ref, "25", note="lentil stew"))
    asked = await north.only_pledge(overflow.id)
    assert (asked.id, asked.by, asked.qty, asked.state, asked.note, asked.ref) == (
        pledge.id,
        "Eastside Centre",
        25,
        "offered",
        "lentil stew",
        pledge.ref,
    )

    details = "Back door, ask for Ana Silva"
    accepted = await street.do(north, AcceptPledge(asked.ref, details=details))
    assert (accepted.state, accepted.accepted, accepted.neighbour) == ("accepted", 25, True)
    mine = await east.only_pledge(overflow.id)
    assert (mine.state, mine.details) == ("accepted", details)
    assert (await north.overflow(overflow.id)).accepted == 25
    assert (await north.ask(ShowEntry(Kind.NEED, need))).promised == 25

    assert (await street.do(east, MarkSent(pledge.id))).state == "sent"
    assert (await north.only_pledge(overflow.id)).state == "sent"

    received = await street.do(north, ReceivePledge(asked.id, "25", condition="still hot"))
    assert (received.state, received.received) == ("received", 25)
    mine = await east.only_pledge(overflow.id)
    assert (mine.state, mine.condition, mine.details) == ("received", "still hot", None)
    ended = await north.overflow(overflow.id)
    assert (ended.state, ended.accepted, ended.received, ended.qty) == ("open", 25, 25, 40)
    shown = await north.ask(ShowEntry(Kind.NEED, need))
    assert (shown.state, shown.received) == ("open", 25)


async def test_receiving_all_closes_the_overflow_and_the_need(street: Street) -> None:
    need = await street.north.need()
    overflow = await street.north.pass_on(need)
    await street.meet()
    pledge = await street.do(street.east, MakePledge(overflow.id, "40"))
    covered = await street.do(street.north, AcceptPledge(pledge.id))
    assert covered.state == "accepted"
    assert (await street.east.overflow(overflow.id)).state == "covered"
    await street.do(street.north, ReceivePledge(pledge.id, "40"))
    for hall in (street.north, street.east):
        closed = await hall.overflow(overflow.id)
        assert (closed.state, closed.because) == ("closed", "received")
    met = await street.north.ask(ShowEntry(Kind.NEED, need))
    assert (met.state, met.because) == ("closed", "met")
    with refused(Why.IS_CLOSED):
        await street.east.ask(MakePledge(overflow.id, "5"))


async def test_goods_outrun_records(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge, "20"))
    partly = await street.do(street.north, ReceivePledge(pledge, "5"))
    assert (partly.state, partly.received) == ("accepted", 5)
    more = await street.do(street.north, ReceivePledge(pledge, "30"))
    assert (more.state, more.received, more.accepted) == ("received", 35, 20)
    again = await street.do(street.north, ReceivePledge(pledge, "0.5"))
    assert again.received == 35.5
    assert await street.states(overflow) == {"received"}


async def test_more_may_be_pledged_than_is_asked_and_not_more_accepted(street: Street) -> None:
    _, pledge = await asked_and_pledged(street.north, street.east, "40", "60")
    async with unchanged(street.north.core):
        with refused(Why.ACCEPT_TOO_MUCH) as raised:
            await street.north.ask(AcceptPledge(pledge))
    assert raised.value.facts["left"] == "40 meals"
    assert (await street.north.ask(AcceptPledge(pledge, "40"))).accepted == 40


async def test_never_more_is_accepted_than_was_asked(street: Street) -> None:
    overflow, first = await asked_and_pledged(street.north, street.east, "40", "25")
    second = (await street.do(street.east, MakePledge(overflow, "30"))).id
    await street.do(street.north, AcceptPledge(first))
    async with unchanged(street.north.core):
        with refused(Why.ACCEPT_TOO_MUCH) as raised:
            await street.north.ask(AcceptPledge(second))
    assert raised.value.facts == {
        "given": "30 meals",
        "asked": "40 meals",
        "elsewhere": "25 meals",
        "left": "15 meals",
    }
    await street.do(street.north, AcceptPledge(second, "15"))
    assert (await street.east.overflow(overflow)).accepted == 40


async def test_of_two_commands_at_once_exactly_one_wins(street: Street) -> None:
    overflow, first = await asked_and_pledged(street.north, street.east, "40", "25")
    second = (await street.do(street.east, MakePledge(overflow, "30"))).id
    outcomes: list[str] = []
    told: list[str] = []

    async def accept(pledge: str) -> None:
        try:
            outcomes.append((await street.north.ask(AcceptPledge(pledge))).state)
        except Refused as lost:
            outcomes.append(lost.why)
            told.append(sentence(lost.why, lost.facts))

    async with asyncio.TaskGroup() as tasks:
        for pledge in (first, second):
            tasks.create_task(accept(pledge))
    assert sorted(outcomes) == ["accept-too-much", "accepted"]
    assert "of 40 meals asked for, 25 meals are accepted from others, so 15 meals" in told[0]
    await street.meet()
    for hall in (street.north, street.east):
        assert (await hall.overflow(overflow)).accepted == 25


async def test_accepting_again_sets(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    for qty in ("25", "10", "20.5"):
        assert (await street.do(street.north, AcceptPledge(pledge, qty))).accepted == float(qty)
    assert (await street.east.overflow(overflow)).accepted == 20.5


async def test_not_more_than_was_pledged_is_accepted(street: Street) -> None:
    _, pledge = await asked_and_pledged(street.north, street.east)
    async with unchanged(street.north.core):
        with refused(Why.ACCEPT_MORE_THAN_PLEDGED):
            await street.north.ask(AcceptPledge(pledge, "26"))


async def test_what_is_asked_never_falls_below_what_is_accepted(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge))
    async with unchanged(street.north.core):
        with refused(Why.ASKED_BELOW_ACCEPTED):
            await street.north.ask(ResizeOverflow(overflow, "24.999"))
    assert (await street.north.ask(ResizeOverflow(overflow, "25"))).state == "covered"


async def test_released_is_free_for_another_hall_and_what_came_stays(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge, details="back door"))
    await street.do(street.north, ReceivePledge(pledge, "10"))
    released = await street.do(street.north, ReleasePledge(pledge))
    assert (released.accepted, released.received) == (10, 10)
    assert (await street.north.overflow(overflow)).accepted == 10
    assert (await street.east.only_pledge(overflow)).details is None


async def test_released_before_anything_came_fell_through(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.east, MarkSent(pledge))
    assert (await street.do(street.north, ReleasePledge(pledge))).state == "fell through"
    assert await street.states(overflow) == {"fell through"}


async def test_withdrawn_is_freed_by_the_origin(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge))
    assert (await street.do(street.east, RetractPledge(pledge))).state == "withdrawn"
    assert (await street.north.overflow(overflow)).accepted == 25
    await street.do(street.north, ReleasePledge(pledge))
    assert (await street.north.overflow(overflow)).accepted == 0
    assert await street.states(overflow) == {"withdrawn"}


async def test_each_side_does_its_own(street: Street) -> None:
    _, pledge = await asked_and_pledged(street.north, street.east)
    async with unchanged(street.north.core, street.east.core):
        for request in (MarkSent(pledge), RetractPledge(pledge)):
            with refused(Why.NOT_OURS):
                await street.north.ask(request)
        for answer in (
            AcceptPledge(pledge),
            DeclinePledge(pledge),
            ReleasePledge(pledge),
            ReceivePledge(pledge, "1"),
        ):
            with refused(Why.NOT_OURS):
                await street.east.ask(answer)


async def test_nobody_pledges_to_their_own(street: Street) -> None:
    overflow = await street.north.pass_on(await street.north.need())
    await street.meet()
    async with unchanged(street.north.core):
        with refused(Why.PLEDGE_OWN):
            await street.north.ask(MakePledge(overflow.id, "5"))


async def test_only_the_origin_changes_an_overflow(street: Street) -> None:
    overflow = await street.north.pass_on(await street.north.need())
    await street.meet()
    async with unchanged(street.east.core):
        with refused(Why.NOT_OURS):
            await street.east.ask(WithdrawOverflow(overflow.id))
        with refused(Why.NOT_OURS):
            await street.east.ask(ResizeOverflow(overflow.id, "1"))


async def test_a_closed_overflow_takes_no_pledges_and_accepts_none(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.north.ask(WithdrawOverflow(overflow))
    await street.meet()
    async with unchanged(street.north.core, street.east.core):
        with refused(Why.IS_CLOSED):
            await street.east.ask(MakePledge(overflow, "5"))
        with refused(Why.IS_CLOSED):
            await street.north.ask(AcceptPledge(pledge))
        with refused(Why.WRONG_STATE):
            await street.north.ask(DeclinePledge(pledge))
    assert await street.states(overflow) == {"not needed"}


async def test_what_was_accepted_still_comes_to_a_closed_overflow(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge))
    await street.north.ask(WithdrawOverflow(overflow))
    await street.meet()
    assert (await street.do(street.north, ReceivePledge(pledge, "25"))).state == "received"
    assert (await street.east.overflow(overflow)).because == "withdrawn"


BAD_QUANTITIES = [
    (Why.QUANTITY_NOT_POSITIVE, "0"),
    (Why.QUANTITY_NOT_POSITIVE, "-1"),
    (Why.QUANTITY_NOT_A_NUMBER, "1e99"),
    (Why.QUANTITY_NOT_A_NUMBER, "forty"),
    (Why.QUANTITY_NOT_A_NUMBER, "9" * 10_000_000),
    (Why.QUANTITY_OTHER_UNIT, "5 kg"),
]


@pytest.mark.parametrize(("why", "qty"), BAD_QUANTITIES, ids=lambda each: str(each)[:30])
async def test_a_bad_quantity_is_refused_and_changes_nothing(
    street: Street, why: Why, qty: str
) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge, "5"))
    async with unchanged(street.north.core, street.east.core):
        with refused(why):
            await street.east.ask(MakePledge(overflow, qty))
        with refused(why):
            await street.north.ask(AcceptPledge(pledge, qty))
        with refused(why):
            await street.north.ask(ReceivePledge(pledge, qty))
        with refused(why):
            await street.north.ask(ResizeOverflow(overflow, qty))


async def test_more_than_the_limit_never_adds_up(street: Street) -> None:
    _, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, ReceivePledge(pledge, "999999999"))
    async with unchanged(street.north.core):
        with refused(Why.QUANTITY_TOO_LARGE):
            await street.north.ask(ReceivePledge(pledge, "1"))


async def test_what_leaves_with_a_pledge_or_a_receipt_is_not_personal(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge))
    async with unchanged(street.north.core, street.east.core):
        with refused(Why.TEXT_PERSONAL):
            await street.east.ask(MakePledge(overflow, "5", note="ring Mrs Miller, 555 010 0199"))
        with refused(Why.TEXT_PERSONAL):
            await street.north.ask(ReceivePledge(pledge, "5", condition="ask 555 010 0199"))
        with refused(Why.TEXT_TOO_LONG):
            await street.north.ask(ReceivePledge(pledge, "5", "x" * (CONDITION_BYTES_MAX + 1)))
        with refused(Why.TEXT_CONTROL):
            await street.east.ask(MakePledge(overflow, "5", note="stew\x07"))


async def test_who_it_came_for_is_in_no_condition(street: Street) -> None:
    """The desk knows its people's names, whatever they look like."""
    _, pledge = await asked_and_pledged(street.north, street.east, contact=ANA)
    await street.do(street.north, AcceptPledge(pledge))
    async with unchanged(street.north.core, street.east.core):
        for condition in ("Ana says thanks", "thanks from silva"):
            with refused(Why.TEXT_PERSONAL):
                await street.north.ask(ReceivePledge(pledge, "5", condition))
    assert (await street.do(street.north, ReceivePledge(pledge, "5", "still warm"))).received == 5


async def test_a_preview_says_what_accepting_would_seal_and_changes_nothing(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    async with unchanged(street.north.core, street.east.core):
        place = await street.north.ask(PreviewAccept(pledge))
        said = await street.north.ask(PreviewAccept(pledge, "20", "side door"))
        with refused(Why.ACCEPT_MORE_THAN_PLEDGED):
            await street.north.ask(PreviewAccept(pledge, "26"))
        with refused(Why.NOT_OURS):
            await street.east.ask(PreviewAccept(pledge))
    assert (place.sealed, place.stands, place.qty) == ("12 Mill Lane", False, 25)
    assert (said.sealed, said.qty, said.neighbour) == ("side door", 20, True)
    await street.do(street.north, AcceptPledge(pledge, details="side door"))
    again = await street.north.ask(PreviewAccept(pledge, "20"))
    assert (again.sealed, again.stands) == ("", True)
    await street.do(street.north, AcceptPledge(pledge, "20"))
    assert (await street.east.only_pledge(overflow)).details == "side door"


async def test_what_was_declined_too_early_can_still_come(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, DeclinePledge(pledge))
    await street.do(street.north, ReceivePledge(pledge, "25"))
    assert await street.states(overflow) == {"received"}
    assert (await street.east.overflow(overflow)).accepted == 25


async def test_a_contact_is_sealed_only_with_consent(street: Street) -> None:
    need = await street.north.need(contact=ANA)
    overflow = await street.north.pass_on(need)
    await street.meet()
    pledge = (await street.do(street.east, MakePledge(overflow.id, "25"))).id
    async with unchanged(street.north.core):
        for details in ("Ask for ana", "Ring 555-010-0199", "SILVA, back door"):
            with refused(Why.DETAILS_WITHOUT_CONSENT) as raised:
                await street.north.ask(AcceptPledge(pledge, details=details))
            assert raised.value.facts["ref"] == need
        with refused(Why.TEXT_MARKUP):
            await street.north.ask(AcceptPledge(pledge, details="[link=https://x]door"))
    await street.do(street.north, AcceptPledge(pledge, details="Ask for Ruth"))
    assert (await street.east.only_pledge(overflow.id)).details == "Ask for Ruth"


async def test_the_hall_s_own_place_is_sealed_when_nothing_is_said(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge))
    assert (await street.east.only_pledge(overflow)).details == "12 Mill Lane"
    await street.do(street.north, AcceptPledge(pledge, "20", "Side door"))
    await street.do(street.north, AcceptPledge(pledge, "15"))
    assert (await street.east.only_pledge(overflow)).details == "Side door"


async def test_details_are_readable_by_the_pledging_hall_alone(
    tmp_path: Path, street: Street
) -> None:
    async with one_hall(tmp_path / "west", "West Quay") as west:
        await pair(street.north, west)
        Pipe(street.north, west)
        overflow, pledge = await asked_and_pledged(street.north, street.east)
        details = "Marigold gate, ask for Peregrine"
        await street.do(street.north, AcceptPledge(pledge, details=details))
        await of_one_mind(street.north, west)
        assert (await street.east.only_pledge(overflow)).details == details
        seen = await west.only_pledge(overflow)
        assert (seen.state, seen.accepted, seen.details, seen.note) == ("accepted", 25, None, "")
        for hall in (west, street.north):
            assert "Peregrine" not in str(await hall.core.read(lambda conn: [*conn.iterdump()]))
        files = [path for path in (tmp_path / "west").rglob("*") if path.is_file()]
        assert not any(b"Peregrine" in path.read_bytes() for path in files)


async def test_details_are_erased_on_both_disks_after_receiving(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge, details="Marigold gate"))
    sealed = {
        hall: hall.core.shelf.details_of(hall.core.shelf.find_by_id(r.id).header.object)  # type: ignore[union-attr]
        for hall in (street.north, street.east)
        for r in hall.core.shelf.pledges_of(hall.core.shelf.all_requests()[0].header.object)
    }
    await street.do(street.north, ReceivePledge(pledge, "25"))
    assert (await street.east.only_pledge(overflow)).details is None
    for hall, record in sealed.items():
        assert record is not None
        held = await hall.core.read(
            lambda conn: [row["body"] for row in conn.execute("SELECT body FROM record")]
        )
        assert record.body_bytes not in held


async def test_what_comes_goes_to_who_waited_longest(street: Street) -> None:
    first = await street.north.need("Meals upstairs", "10", contact="Ben")
    street.north.clock.put(street.north.clock() + 1)
    second = await street.north.need("Meals downstairs", "30")
    overflow = await street.north.pass_on(second, first)
    await street.meet()
    pledge = (await street.do(street.east, MakePledge(overflow.id, "25"))).id
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, ReceivePledge(pledge, "25"))
    upstairs = await street.north.ask(ShowEntry(Kind.NEED, first))
    downstairs = await street.north.ask(ShowEntry(Kind.NEED, second))
    assert (upstairs.received, upstairs.because, downstairs.received) == (10, "met", 15)


async def test_what_comes_for_needs_that_are_closed_is_counted_too(street: Street) -> None:
    gone = await street.north.need("Meals upstairs", "10")
    street.north.clock.put(street.north.clock() + 1)
    waits = await street.north.need("Meals downstairs", "30")
    overflow = await street.north.pass_on(gone, waits)
    await street.north.ask(CloseEntry(Kind.NEED, gone, "no longer needed"))
    await street.meet()
    pledge = (await street.do(street.east, MakePledge(overflow.id, "25"))).id
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, ReceivePledge(pledge, "25"))
    assert (await street.north.ask(ShowEntry(Kind.NEED, gone))).received == 0
    assert (await street.north.ask(ShowEntry(Kind.NEED, waits))).received == 25


async def test_what_one_has_got_is_not_taken_for_what_the_other_still_asks(street: Street) -> None:
    first = await street.north.need("Meals upstairs", "10")
    street.north.clock.put(street.north.clock() + 1)
    second = await street.north.need("Meals downstairs", "30")
    overflow = await street.north.pass_on(first, second)
    await street.meet()
    pledge = (await street.do(street.east, MakePledge(overflow.id, "10"))).id
    await street.do(street.north, AcceptPledge(pledge))
    for _ in range(2):
        await street.do(street.north, ReceivePledge(pledge, "5"))
        with refused(Why.NOTHING_TO_PASS):
            await street.north.ask(PreviewPass((second,)))


async def test_a_hall_answers_as_often_as_others_take_it_and_then_calls(street: Street) -> None:
    """One more than other halls hold would be lost on the way, and nobody would know."""
    for surplus in (False, True):
        overflow, pledge = await street.pledged(surplus=surplus)
        await street.do(street.east, RetractPledge(pledge))
        for _ in range(1, PLEDGES_PER_GROUP_MAX):
            await street.do(street.east, MakePledge(overflow, "1"))
        async with unchanged(street.east.core):
            with refused(Why.PLEDGED_OFTEN):
                await street.east.ask(MakePledge(overflow, "1"))
        shown = [(await hall.overflow(overflow)).pledges for hall in (street.north, street.east)]
        assert [len(pledges) for pledges in shown] == [PLEDGES_PER_GROUP_MAX] * 2


async def _answered(street: Street, folder: Path, answers: int) -> str:
    """An overflow of Northgate's with so many pledges of 1, as of as many halls as it takes."""
    overflow = await street.north.pass_on(await street.north.need(qty="1000"))
    for number in range(0, answers, PLEDGES_PER_GROUP_MAX):
        async with one_hall(folder / f"hall-{number}", f"Hall {number}") as hall:
            await pair(street.north, hall)
            pipe = Pipe(street.north, hall)
            await of_one_mind(street.north, hall)
            for _ in range(min(PLEDGES_PER_GROUP_MAX, answers - number)):
                await hall.ask(MakePledge(overflow.id, "1"))
            await of_one_mind(street.north, hall)
            pipe.cut()
    return overflow.id


async def test_as_many_answers_as_fit_and_then_a_sentence(street: Street, tmp_path: Path) -> None:
    overflow = await _answered(street, tmp_path, DECISIONS_MAX + 1)
    pledges = (await street.north.overflow(overflow)).pledges
    for pledge in pledges[:DECISIONS_MAX]:
        await street.north.ask(AcceptPledge(pledge.id))
    await street.meet()
    async with unchanged(street.north.core):
        with refused(Why.PLEDGES_FULL):
            await street.north.ask(AcceptPledge(pledges[-1].id))


async def test_a_condition_that_finds_no_room_is_refused_and_none_is_lost(
    street: Street, tmp_path: Path
) -> None:
    overflow = await _answered(street, tmp_path, DECISIONS_MAX)
    pledges = (await street.north.overflow(overflow)).pledges
    for pledge in pledges:
        await street.north.ask(AcceptPledge(pledge.id))
    told = "x" * CONDITION_BYTES_MAX
    with refused(Why.CONDITION_NO_ROOM):
        for pledge in pledges:
            await street.north.ask(ReceivePledge(pledge.id, "1", told))
    shown = (await street.north.overflow(overflow)).pledges
    full = next(pledge for pledge in shown if pledge.state == "accepted")
    assert {pledge.condition for pledge in shown if pledge.state == "received"} == {told}
    assert (await street.north.ask(ReceivePledge(full.id, "1"))).state == "received"


async def test_what_was_freed_too_early_can_still_come(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, ReleasePledge(pledge))
    came = await street.do(street.north, ReceivePledge(pledge, "3"))
    assert (came.state, came.accepted, came.received) == ("received", 3, 3)
    assert (await street.north.overflow(overflow)).accepted == 3


async def test_withdrawing_erases_what_was_sealed(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge, details="Side door, ask for Sam"))
    assert (await street.east.only_pledge(overflow)).details == "Side door, ask for Sam"
    await street.north.ask(WithdrawOverflow(overflow))
    await street.meet()
    assert (await street.east.only_pledge(overflow)).details is None


@pytest.mark.parametrize(
    ("why", "typed"),
    [
        (Why.REFERENCE_CHECK, "ES P-1-B"),
        (Why.REFERENCE_NOT_FOUND, "NG P-1-F"),
        (Why.REFERENCE_WRONG_KIND, "NG V-1-E"),
        (Why.REFERENCE_UNREADABLE, "the pledge"),
        (Why.REFERENCE_NOT_FOUND, "a" * 26),
    ],
)
async def test_a_wrong_name_of_a_pledge_is_refused(street: Street, why: Why, typed: str) -> None:
    overflow, _ = await asked_and_pledged(street.north, street.east)
    async with unchanged(street.north.core):
        with refused(why):
            await street.north.ask(AcceptPledge(typed))
        with refused(Why.REFERENCE_WRONG_KIND):
            await street.north.ask(AcceptPledge(overflow))


async def test_nothing_is_sealed_to_a_hall_whose_card_has_not_come(street: Street) -> None:
    _, pledge = await asked_and_pledged(street.north, street.east)
    held, group = street.north.core.shelf._held, street.east.core.hall.group
    for card in held.profiles_of(group):
        held.remove(card)
    async with unchanged(street.north.core):
        with refused(Why.SEAL_KEY_UNKNOWN):
            await street.north.ask(AcceptPledge(pledge))


async def test_both_stopped_and_started_in_the_middle_lose_nothing(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        overflow, pledge = await asked_and_pledged(north, east)
        await north.ask(AcceptPledge(pledge, details="back door"))
        await of_one_mind(north, east)
        before = [await all_overflows(north), await all_overflows(east)]
    async with opened(tmp_path / "north") as north, opened(tmp_path / "east") as east:
        assert [await all_overflows(north), await all_overflows(east)] == before
        Pipe(north, east)
        await of_one_mind(north, east)
        street = Street(north, east)
        await street.do(north, ReceivePledge(pledge, "25"))
        assert await street.states(overflow) == {"received"}


async def test_what_was_done_apart_is_shared_when_the_link_is_back(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        await of_one_mind(north, east)
        overflow, pledge = await asked_and_pledged(north, east)
    async with opened(tmp_path / "north") as north, opened(tmp_path / "east") as east:
        await north.ask(AcceptPledge(pledge))
        await east.ask(AddEntry(Kind.NEED, "WAT", "Water", "9"))
        await north.ask(ResizeOverflow(overflow, "50"))
        Pipe(east, north)
        await of_one_mind(north, east)
        assert (await east.only_pledge(overflow)).state == "accepted"
        assert (await east.overflow(overflow)).qty == 50

"""The call-round and what follows by itself, on a real hall whose clock is put forward."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.answers.decay import let_pass
from node.api.decay import ListRound, SayGone, SayStill
from node.api.history import ShowHistory
from node.api.matches import HandOver, MakeMatch
from node.api.requests import (
    AcceptPledge,
    AddEntry,
    EditEntry,
    LetWait,
    MakePledge,
    OpenEntry,
    ReceivePledge,
    ShowEntry,
    Status,
)
from node.api.views import EntryView, Kind
from node.refusal import Why
from node.upkeep import look_after
from protocol.limits import DAY_MS, HOUR_MS
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import EVENING, OneHall, of_one_mind, one_hall, two_halls

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def offer(hall: OneHall, **said: object) -> str:
    request = AddEntry(Kind.OFFER, "TRN", "Van", **said)  # type: ignore[arg-type]
    return (await hall.ask(request)).ref


async def shown(hall: OneHall, ref: str) -> EntryView:
    kind = Kind.NEED if ref.startswith("N") else Kind.OFFER
    return await hall.ask(ShowEntry(kind, ref))


async def later(hall: OneHall, days: float) -> None:
    """So many days after the evening; what follows by itself has followed."""
    hall.clock.put(EVENING + round(days * DAY_MS))
    await let_pass(hall.core)


async def round_of(hall: OneHall) -> list[str]:
    return [call.ref for call in (await hall.ask(ListRound())).calls]


async def test_whom_to_ask_and_how_to_reach_them(hall: OneHall) -> None:
    ref = (
        await hall.ask(
            AddEntry(
                Kind.NEED,
                "FOD",
                "Hot meals",
                "40",
                contact="Ana, 555 0100",
                ring="after 5pm",
                languages="Tigrinya",
            )
        )
    ).ref
    assert await round_of(hall) == []
    await later(hall, 3)
    (call,) = (await hall.ask(ListRound())).calls
    assert (call.ref, call.waiting_since_ms, call.qty) == (ref, EVENING, 40)
    assert (call.contact, call.ring, call.languages) == ("Ana, 555 0100", "after 5pm", "Tigrinya")
    assert call.lapses_ms == EVENING + 24 * DAY_MS
    assert (await hall.ask(Status())).to_ask == 1


async def test_a_slip_of_last_week_is_asked_about_at_once(hall: OneHall) -> None:
    ref = (await hall.ask(AddEntry(Kind.NEED, "FOD", "Bread", at="4 days ago"))).ref
    (call,) = (await hall.ask(ListRound())).calls
    assert (call.ref, call.waiting_since_ms) == (ref, EVENING - 4 * DAY_MS)


async def test_still_needed_is_off_the_round_for_as_long_again(hall: OneHall) -> None:
    ref = await hall.need()
    await later(hall, 4)
    call = await hall.ask(SayStill(ref.replace("-", "").casefold()))
    assert (call.ref, call.state, call.waiting_since_ms) == (ref, "open", hall.clock.now_ms)
    assert await round_of(hall) == []
    await later(hall, 7)
    assert await round_of(hall) == [ref]
    assert [each.did for each in await hall.ask(ShowHistory(ref))][-1] == "still needed"


async def test_who_answers_at_last_waits_for_that_no_longer(hall: OneHall) -> None:
    ref = await hall.need()
    await hall.ask(LetWait(ref, "no answer"))
    assert (await hall.ask(SayStill(ref))).state == "open"
    await hall.ask(LetWait(ref, "information"))
    assert (await hall.ask(SayStill(ref))).state == "waiting"


async def test_gone_closes_it(hall: OneHall) -> None:
    need, van = await hall.need(), await offer(hall)
    await later(hall, 14)
    told = [await hall.ask(SayGone(ref)) for ref in (need, van)]
    assert [(call.state, call.because) for call in told] == [
        ("closed", "no longer needed"),
        ("withdrawn", "withdrawn"),
    ]
    assert [call.waiting_since_ms for call in told] == [EVENING, EVENING]
    assert await round_of(hall) == []


async def test_what_is_closed_or_no_need_cannot_be_renewed(hall: OneHall) -> None:
    ref = await hall.need()
    await hall.ask(SayGone(ref))
    async with unchanged(hall.core):
        for request in (SayStill(ref), SayGone(ref)):
            with refused(Why.NOT_OPEN):
                await hall.ask(request)
        with refused(Why.REFERENCE_WRONG_KIND):
            await hall.ask(SayStill("V-12-K"))
        with refused(Why.REFERENCE_NOT_FOUND):
            await hall.ask(SayStill("N-417-K"))


async def test_whom_it_is_unsafe_to_ring_is_counted_and_not_named_and_does_not_lapse(
    hall: OneHall,
) -> None:
    need = AddEntry(Kind.NEED, "FOD", "Bread", contact="Ana", safe="her sister", quiet=True)
    ref = (await hall.ask(need)).ref
    await later(hall, 90)
    told = await hall.ask(ListRound())
    assert (told.calls, told.quiet) == ((), 1)
    call = await hall.ask(SayStill(ref))
    assert (call.text, call.contact, call.safe) == ("Bread", "", "")


async def test_nobody_answers_and_it_lapses_once(hall: OneHall) -> None:
    need, van = await hall.need(), await offer(hall)
    await later(hall, 28)
    ended = [await shown(hall, ref) for ref in (need, van)]
    assert [(each.state, each.because) for each in ended] == [
        ("closed", "lapsed"),
        ("expired", "expired"),
    ]
    happened = await hall.ask(ShowHistory(need))
    assert [(each.did, each.by_itself) for each in happened] == [("added", False), ("closed", True)]
    async with unchanged(hall.core):
        await let_pass(hall.core)


async def test_an_offer_is_there_until_the_time_that_was_said(hall: OneHall) -> None:
    ref = await offer(hall, by="20:00")
    await later(hall, 89 / 24 / 60)
    assert (await shown(hall, ref)).state == "available"
    await later(hall, 90 / 24 / 60)
    assert (await shown(hall, ref)).state == "expired"


async def test_what_lapsed_can_be_opened_again_and_is_not_closed_at_the_next_look(
    hall: OneHall,
) -> None:
    ref = await offer(hall, by="20:00")
    await later(hall, 1)
    await hall.ask(OpenEntry(Kind.OFFER, ref))
    await let_pass(hall.core)
    assert (await shown(hall, ref)).state == "available"


async def test_a_danger_to_life_never_lapses(hall: OneHall) -> None:
    ref = await hall.need()
    await hall.ask(EditEntry(Kind.NEED, ref, danger=True))
    await later(hall, 300)
    assert await round_of(hall) == [ref]


async def test_while_nobody_vouches_for_the_clock_nothing_passes(hall: OneHall) -> None:
    await hall.need()
    hall.clock.is_trusted = False
    async with unchanged(hall.core):
        await later(hall, 300)


async def test_what_was_written_meanwhile_counts_from_when_somebody_does(hall: OneHall) -> None:
    """As on a machine without a clock: it stood at the evening, and a year has gone by."""
    hall.clock.is_trusted = False
    ref = await hall.need()
    lasting = await offer(hall, by="Friday 12:00")
    hall.clock.put(EVENING + 20 * DAY_MS)
    assert await lapses(hall) == {ref: None, lasting: None}
    hall.clock.is_trusted = True
    await at_look(hall, 365)
    assert await lapses(hall) == {ref: 365 + 24, lasting: 365 + 28}
    await at_look(hall, 365 + 24 - 0.01)
    assert (await shown(hall, ref)).state == "open"
    await at_look(hall, 365 + 24)
    assert (await shown(hall, ref)).because == "lapsed"
    await at_look(hall, 365 + 28)
    assert (await shown(hall, lasting)).state == "expired"


async def test_no_time_is_told_that_is_over_though_nothing_has_lapsed_at_it(hall: OneHall) -> None:
    ref = await hall.need()
    hall.clock.is_trusted = False
    hall.clock.put(EVENING + 23 * DAY_MS)
    assert await lapses(hall) == {ref: 24}
    hall.clock.put(EVENING + 24 * DAY_MS)
    assert await lapses(hall) == {ref: None}


async def at_look(hall: OneHall, days: float) -> None:
    """So many days after the evening; its node has looked at everything."""
    hall.clock.put(EVENING + round(days * DAY_MS))
    await look_after(hall.core)


async def lapses(hall: OneHall) -> dict[str, float | None]:
    """When what is on the round lapses, as it is told: in days after the evening."""
    calls = (await hall.ask(ListRound())).calls
    return {
        each.ref: None if each.lapses_ms is None else (each.lapses_ms - EVENING) / DAY_MS
        for each in calls
    }


async def test_the_date_has_come(hall: OneHall) -> None:
    ref = await hall.need()
    await hall.ask(LetWait(ref, until="tomorrow 9:00"))
    await later(hall, 14 / 24)
    assert (await shown(hall, ref)).state == "waiting"
    await later(hall, 15 / 24)
    opened = await shown(hall, ref)
    assert (opened.state, opened.until_ms) == ("open", None)


async def test_a_need_that_comes_again(two: tuple[OneHall, OneHall]) -> None:
    north, east = two
    meals = AddEntry(Kind.NEED, "FOD", "Hot meals", "40", by="20:00", every="day")
    ref = (await north.ask(meals)).ref
    overflow = await north.pass_on(ref)
    await of_one_mind(north, east)
    pledge = await east.ask(MakePledge(overflow.id, "40"))
    await of_one_mind(north, east)
    await north.ask(AcceptPledge(pledge.id))
    await north.ask(ReceivePledge(pledge.id, "40"))
    assert (await shown(north, ref)).state == "waiting"
    await later(north, 2 / 24)
    again = await shown(north, ref)
    assert (again.state, again.received) == ("open", 0)
    assert again.by_ms == EVENING + DAY_MS + 90 * 60_000


@pytest.mark.parametrize("is_matched", [False, True])
async def test_what_comes_again_counts_from_when_it_came_not_from_when_that_was_entered(
    hall: OneHall, is_matched: bool
) -> None:
    ref = (await hall.ask(AddEntry(Kind.NEED, "FOD", "Hot meals", "4", every="day"))).ref
    if is_matched:
        soup = (await hall.ask(AddEntry(Kind.OFFER, "FOD", "Soup", "4"))).ref
        await hall.ask(MakeMatch(ref, soup))
    await hall.ask(HandOver(ref, "4", at="20h"))
    assert (await shown(hall, ref)).until_ms == EVENING + 4 * HOUR_MS
    await later(hall, 4 / 24)
    assert (await shown(hall, ref)).state == "open"


@pytest_asyncio.fixture
async def two(tmp_path: Path) -> AsyncIterator[tuple[OneHall, OneHall]]:
    async with two_halls(tmp_path) as halls:
        yield halls


async def test_what_was_passed_on_asks_for_so_much_less(two: tuple[OneHall, OneHall]) -> None:
    north, east = two
    old = await north.need(qty="40")
    new = await north.need(qty="10")
    for hall in two:
        hall.clock.put(EVENING + 20 * DAY_MS)
    await north.ask(SayStill(new))
    overflow = await north.pass_on(old, new, hours="336")
    await later(east, 24)
    await later(north, 24)
    await of_one_mind(north, east)
    assert (await shown(north, old)).because == "lapsed"
    assert (await east.overflow(overflow.id)).qty == 10


async def test_what_a_neighbour_has_been_promised_for_does_not_lapse(
    two: tuple[OneHall, OneHall],
) -> None:
    """They may be on the way with it."""
    north, east = two
    ref = await north.need()
    for hall in two:
        hall.clock.put(EVENING + 20 * DAY_MS)
    overflow = await north.pass_on(ref, hours="336")
    await of_one_mind(north, east)
    pledge = await east.ask(MakePledge(overflow.id, "25"))
    await of_one_mind(north, east)
    await north.ask(AcceptPledge(pledge.id))
    await later(north, 25)
    assert (await shown(north, ref)).state == "open"
    assert await round_of(north) == [ref]
    await north.ask(ReceivePledge(pledge.id, "25"))
    await later(north, 60)
    assert (await shown(north, ref)).because == "lapsed"


async def test_after_a_long_time_off_commands_come_in_between(
    hall: OneHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.answers.decay.AT_ONCE", 2)
    refs = [await hall.need() for _ in range(7)]
    hall.clock.put(EVENING + 24 * DAY_MS + HOUR_MS)
    await let_pass(hall.core, most=3)
    states = [(await shown(hall, ref)).state for ref in refs]
    assert states == ["closed"] * 3 + ["open"] * 4
    passing = asyncio.ensure_future(let_pass(hall.core))
    assert (await hall.ask(SayStill(refs[-1]))).state == "open"
    await passing
    states = [(await shown(hall, ref)).state for ref in refs]
    assert states == ["closed"] * 6 + ["open"]


async def test_nothing_passes_in_the_middle_of_a_command(hall: OneHall) -> None:
    ref = await hall.need()
    hall.clock.put(EVENING + 24 * DAY_MS)
    async with hall.core.writing:
        passing = asyncio.ensure_future(let_pass(hall.core))
        for _ in range(20):
            assert (await shown(hall, ref)).state == "open"
    await passing
    assert (await shown(hall, ref)).state == "closed"


async def test_an_offer_that_comes_again_is_all_there_the_next_day(hall: OneHall) -> None:
    van = await offer(hall, qty="10", every="day")
    await hall.ask(HandOver(van, "10"))
    used = await shown(hall, van)
    assert (used.state, used.free, used.until_ms) == ("reserved", 0, EVENING + DAY_MS)
    with refused(Why.HANDOVER_TOO_MUCH):
        await hall.ask(HandOver(van, "1"))
    await later(hall, 1)
    there = await shown(hall, van)
    assert (there.state, there.free, there.received) == ("available", 10, 0)
    with refused(Why.HANDOVER_BACK_TOO_MUCH):  # that was yesterday
        await hall.ask(HandOver(van, "1", back=True))


async def test_nor_does_it_expire_at_its_time_when_some_of_it_was_not_taken(hall: OneHall) -> None:
    """As long as somebody says now and then that it is still there."""
    van = await offer(hall, qty="10", every="day", by="20:00")
    await hall.ask(HandOver(van, "4"))
    for day in range(1, 29):
        await later(hall, day)
        there = await shown(hall, van)
        assert (there.state, there.free) == ("available", 10)
        assert there.by_ms == EVENING + 90 * 60_000 + day * DAY_MS
        assert (await round_of(hall) == [van]) == (day >= 14)
    await later(hall, 29)
    assert (await shown(hall, van)).state == "expired"

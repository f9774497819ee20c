"""Matches from the asking to the end, and those that nobody moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from node.answers.matches import HOURS_MAX, free_due
from node.api.history import Undo
from node.api.matches import HandOver, ListMatches, MakeMatch, MatchView, MoveMatch, ShowMatch, Step
from node.api.requests import AcceptPledge, CloseEntry, EditEntry, MakePledge
from node.api.views import Kind, Promise
from node.desk.events import Did
from node.desk.matches import AGREED_MS
from node.refusal import Why
from node.store.events import counting_events
from node.upkeep import catch_up, look_after
from tests.node.answers.agreed import (
    add,
    agreed,
    came,
    free,
    need_and_offer,
    not_came,
    say,
    stands,
)
from tests.node.refusals import refused, unchanged
from tests.node.two_halls import (
    EVENING,
    HOUR_MS,
    OneHall,
    asked_and_pledged,
    of_one_mind,
    one_hall,
    opened,
    two_halls,
)

pytestmark = pytest.mark.asyncio
NEED, OFFER = Kind.NEED, Kind.OFFER


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[OneHall]:
    async with one_hall(tmp_path / "hall") as hall:
        yield hall


async def state_of(hall: OneHall, match: str) -> str:
    return (await hall.ask(ShowMatch(match))).state


# Agreed ----------------------------------------------------------------------------------


async def test_what_is_agreed_is_reserved_on_both_sides(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    made = await hall.ask(MakeMatch(need, offer))
    assert made == MatchView(
        ref="M-1-G",
        state="agreed",
        need="N-1-B",
        offer="O-1-C",
        qty=30,
        unit="meal",
        moved=0,
        until_ms=EVENING + AGREED_MS,
        category="FOD",
        need_text="Hot meals",
        offer_text="Hot meals",
        created_ms=EVENING,
        initials="AK",
        can=(Step.AGREED, Step.STARTED, Step.DECLINED, Step.FELL_THROUGH),
    )
    assert await hall.ask(ShowMatch("m1g")) == made
    assert await free(hall, need) == ("open", 10)
    assert await free(hall, offer) == ("reserved", 0)
    assert (await stands(hall, need)).promised == 30


async def test_either_order_of_the_two_is_understood(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    made = await hall.ask(MakeMatch("o 1 c", "n1b", "5"))
    assert (made.need, made.offer, made.qty) == (need, offer, 5)


async def test_several_offers_serve_a_need_and_several_needs_an_offer(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    other_need, other_offer = await need_and_offer(hall, "10", "25")
    pairs = [(need, offer, "25"), (other_need, offer, ""), (need, other_offer, "")]
    made = [await hall.ask(MakeMatch(*pair)) for pair in pairs]
    assert [each.qty for each in made] == [25, 5, 15]
    assert await free(hall, need) == ("matched", 0)
    assert await free(hall, offer) == ("reserved", 0)
    assert await free(hall, other_need) == ("open", 5)
    assert await free(hall, other_offer) == ("available", 10)
    assert await hall.ask(ListMatches()) == tuple(made)
    assert await hall.ask(ListMatches(of=offer)) == tuple(made[:2])


@pytest.mark.parametrize(
    ("first", "second", "qty", "why"),
    [
        ("N-1-B", "N-1-B", "", Why.REFERENCE_WRONG_KIND),
        ("O-1-C", "M-1-G", "", Why.REFERENCE_WRONG_KIND),
        ("N-1-C", "O-1-C", "", Why.REFERENCE_CHECK),
        ("N-2-D", "O-1-C", "", Why.REFERENCE_NOT_FOUND),
        ("", "O-1-C", "", Why.REFERENCE_UNREADABLE),
        ("N-1-B", "O-1-C", "31", Why.MATCH_TOO_MUCH),
        ("N-1-B", "O-1-C", "2 kg", Why.QUANTITY_OTHER_UNIT),
        ("N-1-B", "O-1-C", "0", Why.QUANTITY_NOT_POSITIVE),
    ],
)
async def test_what_is_no_match_is_refused(
    hall: OneHall, first: str, second: str, qty: str, why: Why
) -> None:
    await need_and_offer(hall)
    async with unchanged(hall.core):
        with refused(why):
            await hall.ask(MakeMatch(first, second, qty))


async def test_the_giver_who_was_only_asked_reserves_nothing(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    asked = await hall.ask(MakeMatch(need, offer, asked=True))
    assert (asked.state, asked.until_ms) == ("asked", EVENING + AGREED_MS)
    assert await free(hall, offer) == ("available", 30)
    assert (await say(hall, asked.ref, Step.AGREED)).state == "agreed"
    assert await free(hall, offer) == ("reserved", 0)


async def test_of_two_who_were_asked_for_the_same_only_one_can_agree(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "30", "30")
    other = await add(hall, NEED, "30")
    one = await hall.ask(MakeMatch(need, offer, asked=True))
    two = await hall.ask(MakeMatch(other, offer, asked=True))
    await say(hall, one.ref, Step.AGREED)
    async with unchanged(hall.core):
        with refused(Why.MATCH_TOO_MUCH):
            await say(hall, two.ref, Step.AGREED)


@pytest.mark.parametrize(("qty", "agreed_on"), [("", 10), ("25", 25), ("4", 4)])
async def test_matched_again_whoever_was_asked_has_agreed(
    hall: OneHall, qty: str, agreed_on: int
) -> None:
    need, offer = await need_and_offer(hall)
    asked = await hall.ask(MakeMatch(need, offer, "10", asked=True))
    hall.clock.put(EVENING + HOUR_MS)
    made = await hall.ask(MakeMatch(offer, need, qty, hours="2"), "KL")
    assert (made.ref, made.state, made.qty) == (asked.ref, "agreed", agreed_on)
    assert made.until_ms == EVENING + 3 * HOUR_MS
    assert await hall.ask(ListMatches(ended=True)) == (made,)
    assert await free(hall, offer) == (
        "available" if agreed_on < 30 else "reserved",
        30 - agreed_on,
    )
    await hall.ask(Undo(), "KL")
    assert await hall.ask(ListMatches(ended=True)) == (asked,)
    assert await free(hall, offer) == ("available", 30)


async def test_a_second_agreement_is_a_second_match(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    other = await add(hall, OFFER, "30")
    elsewhere = (await hall.ask(MakeMatch(need, other, "2", asked=True))).ref
    first = await agreed(hall, need, offer, "10")
    asked = (await hall.ask(MakeMatch(need, offer, "5", asked=True))).ref
    assert len({first, elsewhere, asked}) == 3
    assert await agreed(hall, need, offer, "5") == asked
    last = await agreed(hall, need, offer, "5")
    assert last not in {first, asked, elsewhere}
    states = [(each.ref, each.state) for each in await hall.ask(ListMatches())]
    assert dict(states) == {first: "agreed", asked: "agreed", last: "agreed", elsewhere: "asked"}


async def test_asked_once_more_nobody_has_agreed(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    for _ in range(2):
        assert (await hall.ask(MakeMatch(need, offer, "5", asked=True))).state == "asked"
    assert await free(hall, offer) == ("available", 30)


async def test_who_was_asked_for_more_than_is_left_has_agreed_to_nothing(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    await hall.ask(MakeMatch(need, offer, "20", asked=True))
    await agreed(hall, await add(hall, NEED, "15"), offer)
    for qty in ("", "16"):
        async with unchanged(hall.core):
            with refused(Why.MATCH_TOO_MUCH):
                await hall.ask(MakeMatch(need, offer, qty))


async def test_agreed_again_it_is_reserved_again_if_there_is_still_so_much(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    match = await agreed(hall, need, offer)
    await say(hall, match, Step.FELL_THROUGH)
    assert await free(hall, offer) == ("available", 30)
    assert (await say(hall, match, Step.AGREED)).state == "agreed"
    await say(hall, match, Step.DECLINED)
    await agreed(hall, await add(hall, NEED, "1"), offer)
    async with unchanged(hall.core):
        with refused(Why.MATCH_TOO_MUCH):
            await say(hall, match, Step.AGREED)
    await hall.ask(EditEntry(OFFER, offer, qty="31"))
    assert (await say(hall, match, Step.AGREED)).state == "agreed"


async def test_nothing_is_agreed_again_with_what_is_closed(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    match = await agreed(hall, need, offer)
    await hall.ask(CloseEntry(NEED, need, "referred"))
    assert await state_of(hall, match) == "fell through"
    assert await free(hall, offer) == ("available", 30)
    assert (await hall.ask(ShowMatch(match))).can == ()
    async with unchanged(hall.core):
        with refused(Why.NOT_OPEN):
            await say(hall, match, Step.AGREED)


async def test_what_cannot_be_said_now_is_refused_with_what_can(hall: OneHall) -> None:
    match = await agreed(hall, *await need_and_offer(hall))
    async with unchanged(hall.core):
        with refused(Why.MATCH_WRONG_STEP) as told:
            await say(hall, match, Step.CONFIRMED)
    assert told.value.facts == {
        "ref": match,
        "state": "agreed",
        "choices": "agreed, started, declined, fell through, handed over",
    }


async def test_under_way_and_back_again(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "30", "30")
    match = await agreed(hall, need, offer)
    started = await say(hall, match, Step.STARTED)
    assert (started.state, started.until_ms) == ("under way", None)
    assert await free(hall, need) == ("under way", 0)
    assert (await say(hall, match, Step.AGREED)).until_ms == EVENING + AGREED_MS
    assert await free(hall, need) == ("matched", 0)


async def test_the_person_confirms_what_is_done(hall: OneHall) -> None:
    match = await agreed(hall, *await need_and_offer(hall))
    await came(hall, match)
    assert (await say(hall, match, Step.CONFIRMED)).state == "confirmed"
    assert await hall.ask(ListMatches()) == ()
    assert [each.state for each in await hall.ask(ListMatches(ended=True))] == ["confirmed"]


async def test_meals_that_are_matched_are_not_counted_in_kilos_any_more(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    match = await agreed(hall, need, offer)
    for kind, ref in ((NEED, need), (OFFER, offer)):
        async with unchanged(hall.core):
            with refused(Why.MATCHED_AS_IT_WAS):
                await hall.ask(EditEntry(kind, ref, unit="kg"))
    await say(hall, match, Step.DECLINED)
    assert (await hall.ask(EditEntry(NEED, need, unit="kg"))).unit == "kg"
    with refused(Why.MATCH_OTHER_UNIT):
        await hall.ask(MakeMatch(need, offer))


async def test_a_standing_offer_is_there_again_and_never_promised_twice_at_once(
    hall: OneHall,
) -> None:
    offer = await add(hall, OFFER, "1", standing=True)
    needs = [await add(hall, NEED, "1") for _ in range(3)]
    for need in needs[:2]:
        match = await agreed(hall, need, offer)
        async with unchanged(hall.core):
            with refused(Why.MATCH_NOTHING_LEFT):
                await hall.ask(MakeMatch(needs[2], offer))
        await came(hall, match)
        assert await free(hall, offer) == ("available", 1)


async def test_less_is_asked_for_than_is_matched_and_the_answer_says_so(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    first, second = await agreed(hall, need, offer, "20"), await agreed(hall, need, offer, "10")
    await came(hall, first, "4")
    for qty, over in (("30", 0), ("50", 0), ("29.5", 0.5)):
        edited = await hall.ask(EditEntry(NEED, need, qty=qty))
        assert (edited.qty, edited.overmatched) == (float(qty), over)
    assert edited.to_let_go == (
        Promise(second, "agreed", 10),
        Promise(first, "under way", 16),
    )
    assert (await hall.ask(EditEntry(NEED, need, note="ring twice"))).to_let_go == ()
    assert (await stands(hall, need)).to_let_go == ()
    await say(hall, edited.to_let_go[0].ref, Step.FELL_THROUGH)
    assert (await hall.ask(EditEntry(NEED, need, qty="29"))).to_let_go == ()


async def test_of_a_need_that_an_edit_has_met_only_who_is_on_the_way_is_named(
    hall: OneHall,
) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    await agreed(hall, need, offer, "5")
    moving = await agreed(hall, need, offer, "15")
    await say(hall, moving, Step.STARTED)
    await came(hall, need, "9")
    edited = await hall.ask(EditEntry(NEED, need, qty="9"))
    assert edited.because == "met"
    assert (edited.overmatched, edited.to_let_go) == (11, (Promise(moving, "under way", 11),))


async def test_an_offer_keeps_what_it_has_promised(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "40", "30")
    await agreed(hall, need, offer, "20")
    async with unchanged(hall.core):
        with refused(Why.PROMISED_ALREADY):
            await hall.ask(EditEntry(OFFER, offer, qty="19"))
    assert (await hall.ask(EditEntry(OFFER, offer, qty="20"))).to_let_go == ()


# Freed by itself -------------------------------------------------------------------------


async def test_what_nobody_moves_lapses_at_the_time_that_is_shown(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    other = await add(hall, OFFER, "10")
    match = await hall.ask(MakeMatch(need, offer))
    asked = await hall.ask(MakeMatch(need, other, asked=True))
    assert match.until_ms is not None
    hall.clock.put(match.until_ms - 1)
    async with unchanged(hall.core):
        await free_due(hall.core)
    hall.clock.put(match.until_ms)
    await look_after(hall.core)
    assert [await state_of(hall, each.ref) for each in (match, asked)] == ["lapsed", "lapsed"]
    assert await free(hall, offer) == ("available", 30)
    last = (await hall.core.read(lambda conn: counting_events(conn, match.ref)))[-1]
    assert last.initials == "*"
    async with unchanged(hall.core):
        await free_due(hall.core)


async def test_a_stopped_node_frees_it_before_the_next_command(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        match = await agreed(hall, *await need_and_offer(hall))
    async with opened(tmp_path / "hall") as hall:
        hall.clock.put(EVENING + AGREED_MS)
        await catch_up(hall.core)
        assert await state_of(hall, match) == "lapsed"


async def test_what_is_under_way_or_done_never_lapses(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    moving, done = await agreed(hall, need, offer, "10"), await agreed(hall, need, offer, "10")
    await say(hall, moving, Step.STARTED)
    await came(hall, done)
    hall.clock.put(EVENING + 30 * AGREED_MS)
    async with unchanged(hall.core):
        await free_due(hall.core)


async def test_it_waits_as_long_as_was_said_and_anew_when_it_still_holds(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall)
    match = await hall.ask(MakeMatch(need, offer, hours="2"))
    assert match.until_ms == EVENING + 2 * HOUR_MS
    hall.clock.put(EVENING + HOUR_MS)
    renewed = await hall.ask(MoveMatch(match.ref, Step.AGREED, hours="1.5"))
    assert renewed.until_ms == EVENING + 5 * HOUR_MS // 2
    for hours in ("0", str(HOURS_MAX + 1), "soon"):
        with refused(Why.HOURS_OUT_OF_RANGE):
            await hall.ask(MoveMatch(match.ref, Step.AGREED, hours=hours))


@pytest.mark.parametrize("wrong_ms", [0, EVENING + 9_000 * HOUR_MS])
async def test_a_clock_that_nobody_vouches_for_frees_nothing(hall: OneHall, wrong_ms: int) -> None:
    """What was agreed by it gets its time when somebody does."""
    need, offer = await need_and_offer(hall)
    before = await agreed(hall, need, offer, "10")
    hall.clock.is_trusted = False
    hall.clock.put(wrong_ms)
    since = await hall.ask(MakeMatch(need, offer, "10"))
    assert since.until_ms is None, "nobody can know yet"
    hall.clock.put(wrong_ms + AGREED_MS)
    async with unchanged(hall.core):
        await free_due(hall.core)
    assert {each.until_ms for each in await hall.ask(ListMatches())} == {None}
    hall.clock.is_trusted = True
    hall.clock.put(EVENING + HOUR_MS)
    await free_due(hall.core)
    shown = [await hall.ask(ShowMatch(each)) for each in (before, since.ref)]
    assert [each.state for each in shown] == ["agreed", "agreed"]
    assert [each.until_ms for each in shown] == [EVENING + AGREED_MS, EVENING + HOUR_MS + AGREED_MS]
    events = await hall.core.read(lambda conn: counting_events(conn, since.ref))
    assert [each.did for each in events] == [Did.MATCHED, Did.AGREED]


async def test_what_only_stood_agreed_is_free_once_its_need_is_met_some_other_way(
    hall: OneHall,
) -> None:
    """Less is needed than has come: nobody said anything of the match."""
    need, offer = await need_and_offer(hall)
    other = await add(hall, OFFER, "5")
    match, moving = await agreed(hall, need, offer), await agreed(hall, need, other)
    await say(hall, moving, Step.STARTED)
    await came(hall, match, "20")
    await hall.ask(EditEntry(NEED, need, qty="20"))
    assert (await stands(hall, need)).because == "met"
    await look_after(hall.core)
    assert await state_of(hall, match) == "fell through"
    assert await state_of(hall, moving) == "under way"
    assert await free(hall, offer) == ("available", 10)


# Beside neighbours -----------------------------------------------------------------------


async def test_what_neighbours_are_to_bring_is_not_asked_of_our_own_offers(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        _overflow, pledge = await asked_and_pledged(north, east, "40", "25")
        await north.ask(AcceptPledge(pledge))
        need, offer = "N-1-B", await add(north, OFFER, "40")
        assert (await north.ask(MakeMatch(need, offer))).qty == 15


async def test_what_was_shown_to_neighbours_since_is_not_agreed_again(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        need, offer = await need_and_offer(north, "20", "40")
        match = await agreed(north, need, offer)
        await say(north, match, Step.FELL_THROUGH)
        await north.pass_on(offer, qty="25")
        await of_one_mind(north, east)
        async with unchanged(north.core):
            with refused(Why.MATCH_TOO_MUCH):
                await say(north, match, Step.AGREED)


async def test_what_was_shown_to_neighbours_is_not_promised_here(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        offer = await add(north, OFFER, "40")
        surplus = await north.pass_on(offer, qty="30")
        need = await add(north, NEED, "20")
        with refused(Why.MATCH_TOO_MUCH):
            await north.ask(MakeMatch(need, offer, "20"))
        match = await north.ask(MakeMatch(need, offer))
        assert match.qty == 10
        with refused(Why.HANDOVER_TOO_MUCH):
            await north.ask(HandOver(match.ref, "11"))
        await of_one_mind(north, east)
        pledge = await east.ask(MakePledge(surplus.id, "30"))
        await of_one_mind(north, east)
        await north.ask(AcceptPledge(pledge.id))
        assert replace(match, can=()) == replace(await north.ask(ShowMatch(match.ref)), can=())


# Undone ----------------------------------------------------------------------------------


@pytest.mark.parametrize("standing", [False, True])
async def test_undo_never_promises_what_others_were_promised_since(
    hall: OneHall, standing: bool
) -> None:
    offer = await add(hall, OFFER, "1", standing=standing)
    first, second = [await add(hall, NEED, "1") for _ in range(2)]
    match = await agreed(hall, first, offer)
    await hall.ask(MoveMatch(match, Step.FELL_THROUGH), "ZO")
    await agreed(hall, second, offer)
    async with unchanged(hall.core):
        with refused(Why.UNDO_BUILT_ON):
            await hall.ask(Undo(), "ZO")


async def test_undo_works_with_a_need_of_which_less_is_wanted_than_was_matched(
    hall: OneHall,
) -> None:
    need, offer = await need_and_offer(hall, "30", "30")
    await agreed(hall, need, offer)
    await hall.ask(EditEntry(NEED, need, qty="20"))
    before = await stands(hall, need)
    await hall.ask(EditEntry(NEED, need, note="ring twice"))
    await hall.ask(Undo())
    assert await stands(hall, need) == before


async def test_what_ended_is_neither_agreed_again_nor_handed_over_in_another_unit(
    hall: OneHall,
) -> None:
    need, offer = await need_and_offer(hall, "10", "10")
    match = await agreed(hall, need, offer)
    await say(hall, match, Step.FELL_THROUGH)
    await hall.ask(EditEntry(NEED, need, unit="pack"))
    async with unchanged(hall.core):
        with refused(Why.MATCH_OTHER_UNIT):
            await say(hall, match, Step.AGREED)
        with refused(Why.MATCH_OTHER_UNIT):
            await came(hall, match, "3")


async def test_what_was_confirmed_and_did_not_come_is_still_to_come(hall: OneHall) -> None:
    need, offer = await need_and_offer(hall, "10", "10")
    match = await agreed(hall, need, offer)
    await came(hall, match)
    await say(hall, match, Step.CONFIRMED)
    await not_came(hall, match, "4")
    shown = await hall.ask(ShowMatch(match))
    assert (shown.state, shown.moved) == ("under way", 6)
    assert (await stands(hall, need)).state == "under way"
    await say(hall, match, Step.FELL_THROUGH)
    assert await free(hall, need) == ("open", 4)

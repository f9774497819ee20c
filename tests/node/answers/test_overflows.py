"""What the origin can do with an overflow, and what each hall is shown of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from node.answers.revisions import nothing
from node.api.requests import (
    AcceptPledge,
    ListNeighbours,
    MakePledge,
    MarkSent,
    ReadOverflow,
    ReceivePledge,
    RemoveNeighbour,
    RenewOverflow,
    ResizeOverflow,
    RetractPledge,
    WithdrawOverflow,
)
from node.api.views import Act, WaitingView
from node.refusal import Why
from protocol.events import Tick
from protocol.ids import UnixMs, as_text
from protocol.limits import DAY_MS, LIFETIME_MS_MAX
from tests.eventually import eventually
from tests.node.answers.street import Street
from tests.node.refusals import refused, unchanged
from tests.node.test_core import FailingCommit
from tests.node.two_halls import (
    EVENING,
    OneHall,
    all_of_one_mind,
    asked_and_pledged,
    line_of_halls,
    two_halls,
)
from tests.protocol.halls import NOW, Hall

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with two_halls(tmp_path) as (north, east):
        yield Street(north, east)


@pytest_asyncio.fixture
async def line(tmp_path: Path) -> AsyncIterator[list[OneHall]]:
    """Northgate, Eastside, Mill Lane, Far Chapel: each knows the next."""
    names = ("Northgate Hall", "Eastside Centre", "Mill Lane", "Far Chapel")
    async with line_of_halls(tmp_path, *names) as halls:
        yield halls


async def test_withdrawn_what_was_accepted_falls_through_in_the_same_breath(
    street: Street,
) -> None:
    overflow, first = await asked_and_pledged(street.north, street.east, "60", "25")
    more = [await street.do(street.east, MakePledge(overflow, qty)) for qty in ("15", "10", "5")]
    pledges = [first, *(pledge.id for pledge in more)]
    for pledge in pledges[:3]:
        await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.east, MarkSent(pledges[1]))
    await street.do(street.north, ReceivePledge(pledges[1], "4"))
    await street.do(street.north, ReceivePledge(pledges[2], "10"))
    announced = {
        each.id: each.would_fall for each in (await street.east.overflow(overflow)).pledges
    }
    assert announced == dict(zip(pledges, (25, 11, 0, 0), strict=True))
    version = version_of(street.north)
    await street.do(street.north, WithdrawOverflow(overflow))
    assert {each.would_fall for each in (await street.north.overflow(overflow)).pledges} == {0}
    assert version_of(street.north) == version + 1
    for hall in (street.north, street.east):
        shown = await hall.overflow(overflow)
        assert (shown.because, shown.accepted, shown.received) == ("withdrawn", 14, 14)
        told = {each.id: (each.state, each.accepted, each.details) for each in shown.pledges}
        assert told == {
            pledges[0]: ("fell through", 0, None),
            pledges[1]: ("received", 4, None),
            pledges[2]: ("received", 10, None),
            pledges[3]: ("not needed", 0, None),
        }


async def test_what_was_taken_back_or_is_over_cannot_fall_through_any_more(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    assert (await street.north.only_pledge(overflow)).would_fall == 0
    await street.do(street.north, AcceptPledge(pledge, "20"))
    assert (await street.north.only_pledge(overflow)).would_fall == 20
    await street.do(street.east, RetractPledge(pledge))
    assert (await street.north.only_pledge(overflow)).would_fall == 0
    second = await street.do(street.east, MakePledge(overflow, "5"))
    await street.do(street.north, AcceptPledge(second.id))
    announced = (await street.north.overflow(overflow)).pledges
    assert sum(each.would_fall for each in announced) == 5
    await street.do(street.north, WithdrawOverflow(overflow))
    gone = await street.north.overflow(overflow)
    assert {each.would_fall for each in gone.pledges} == {0}


async def test_asked_for_what_has_come_it_is_received(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, ReceivePledge(pledge, "25"))
    assert (await street.north.overflow(overflow)).state == "open"
    closed = await street.do(street.north, ResizeOverflow(overflow, "25"))
    assert (closed.state, closed.because) == ("closed", "received")
    assert (await street.east.overflow(overflow)).because == "received"


async def test_less_came_than_was_promised_and_the_rest_is_not_waited_for(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, ReceivePledge(pledge, "20"))
    await street.do(street.north, AcceptPledge(pledge, "20"))
    assert await street.states(overflow) == {"received"}
    assert (await street.east.only_pledge(overflow)).details is None
    assert (await street.north.overflow(overflow)).accepted == 20


@pytest.mark.parametrize(("pledged", "state"), [("25", "open"), ("40", "covered")])
async def test_renewed_it_is_as_it_was(street: Street, pledged: str, state: str) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east, "40", pledged)
    await street.do(street.north, AcceptPledge(pledge))
    until_ms = (await street.north.overflow(overflow)).until_ms
    for hall in (street.north, street.east):
        hall.clock.put(until_ms)
        assert (await hall.overflow(overflow)).because == "expired"
    renewed = await street.do(street.north, RenewOverflow(overflow))
    assert (renewed.state, renewed.because) == (state, None)
    assert (await street.east.overflow(overflow)).state == state


async def test_expired_it_accepts_nothing_until_it_is_renewed(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge, "20"))
    street.north.clock.put((await street.north.overflow(overflow)).until_ms)
    assert (await street.north.only_pledge(overflow)).can == (Act.RECEIVE, Act.RELEASE)
    async with unchanged(street.north.core):
        with refused(Why.HAS_EXPIRED):
            await street.north.ask(AcceptPledge(pledge))
    await street.north.ask(RenewOverflow(overflow))
    assert (await street.north.ask(AcceptPledge(pledge))).accepted == 25


async def test_what_comes_after_it_expired_is_heard_and_asks_for_no_more(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    await street.do(street.north, AcceptPledge(pledge, details="Back door"))
    late_ms = UnixMs((await street.north.overflow(overflow)).until_ms + DAY_MS)
    for hall in (street.north, street.east):
        hall.clock.put(late_ms)
        hall.core.driver.tick()
    await street.do(street.north, ReceivePledge(pledge, "20"))
    for hall in (street.north, street.east):
        shown = await hall.overflow(overflow)
        assert (shown.state, shown.because, shown.received) == ("closed", "expired", 20)
    assert (await street.east.only_pledge(overflow)).details == "Back door"
    await street.do(street.north, ReceivePledge(pledge, "5"))
    assert await street.states(overflow) == {"received"}
    assert (await street.east.only_pledge(overflow)).details is None
    assert (await street.do(street.north, RenewOverflow(overflow))).state == "open"
    assert (await street.east.overflow(overflow)).state == "open"


async def test_of_an_unsure_clock_it_lives_its_time_from_when_it_was_heard(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(street.north.core.signer, "_clock_is_trusted", lambda: False)
    later_ms = UnixMs(EVENING + 9 * DAY_MS)  # Northgate slept meanwhile, and its clock with it
    street.east.clock.put(later_ms)
    street.east.core.driver.feed(Tick(later_ms, is_trusted=True))
    overflow = await street.north.pass_on(await street.north.need())
    await street.meet()
    seen = await street.east.overflow(overflow.id)
    assert (seen.state, seen.until_ms) == ("open", later_ms + 3 * DAY_MS)
    assert (await street.east.ask(MakePledge(overflow.id, "5"))).state == "offered"


async def test_its_origin_s_own_word_is_no_reader(street: Street) -> None:
    overflow = await street.north.pass_on(await street.north.need())
    (record,) = street.north.core.shelf.all_requests()
    seen = street.north.core.signer.new_seen(record.header.object, street.north.clock(), 2)
    await street.north.core.save((None, seen), also=nothing)
    await street.meet()
    for hall in (street.north, street.east):
        assert (await hall.overflow(overflow.id)).read_by == 0


async def test_renewed_early_it_never_ends_sooner(street: Street) -> None:
    overflow = await street.north.pass_on(await street.north.need(), hours="336")
    renewed = await street.north.ask(RenewOverflow(overflow.id))
    assert renewed.until_ms == overflow.until_ms == street.north.clock() + LIFETIME_MS_MAX


async def test_opened_by_a_person_it_is_read_once(street: Street) -> None:
    overflow = await street.north.pass_on(await street.north.need())
    await street.meet()
    assert (await street.north.overflow(overflow.id)).read_by == 0
    assert (await street.do(street.east, ReadOverflow(overflow.ref))).id == overflow.id
    assert (await street.north.overflow(overflow.id)).read_by == 1
    async with unchanged(street.east.core):
        assert (await street.east.ask(ReadOverflow(overflow.id))).read_by == 1


async def test_a_full_disk_keeps_nobody_from_reading(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    overflow = await street.north.pass_on(await street.north.need())
    await street.meet()
    async with unchanged(street.north.core, street.east.core):
        with FailingCommit(street.east, monkeypatch):
            assert (await street.east.ask(ReadOverflow(overflow.id))).text == "Hot meals"


async def test_what_is_ours_or_over_is_opened_without_a_word(street: Street) -> None:
    overflow = await street.north.pass_on(await street.north.need())
    await street.meet()
    async with unchanged(street.north.core):
        assert (await street.north.ask(ReadOverflow(overflow.id))).read_by == 0
    await street.do(street.north, WithdrawOverflow(overflow.id))
    async with unchanged(street.east.core):
        assert (await street.east.ask(ReadOverflow(overflow.id))).read_by == 0


async def test_what_was_answered_was_read(street: Street) -> None:
    overflow, pledge = await asked_and_pledged(street.north, street.east)
    assert (await street.north.overflow(overflow)).read_by == 1
    await street.do(street.east, ReadOverflow(overflow))
    await street.do(street.east, RetractPledge(pledge))
    assert (await street.north.overflow(overflow)).read_by == 1


async def test_a_hall_further_away_is_shown_with_the_one_that_leads_there(
    line: list[OneHall],
) -> None:
    north, east, mill, far = line
    overflow = await north.pass_on(await north.need())
    await all_of_one_mind(line)
    seen = await mill.overflow(overflow.id)
    assert (seen.origin, seen.distance, seen.through) == ("Northgate Hall", 2, "Eastside Centre")
    near = await east.overflow(overflow.id)
    assert (near.distance, near.through) == (1, "")
    assert far.core.shelf.all_requests() == []
    await mill.ask(MakePledge(overflow.id, "30"))
    await all_of_one_mind(line)
    pledge = await north.only_pledge(overflow.id)
    assert (pledge.by, pledge.through, pledge.neighbour) == ("Mill Lane", "Eastside Centre", False)
    assert (await mill.only_pledge(overflow.id)).through == ""
    assert (await east.only_pledge(overflow.id)).through == ""


async def test_a_hall_to_which_no_way_is_known_any_more_is_at_no_distance(
    line: list[OneHall],
) -> None:
    north, east, mill, _ = line
    overflow = await north.pass_on(await north.need())
    await all_of_one_mind(line)
    pledge = await mill.ask(MakePledge(overflow.id, "30"))
    await all_of_one_mind(line)
    await north.ask(AcceptPledge(pledge.id))
    await all_of_one_mind(line)
    await east.ask(RemoveNeighbour("Northgate Hall"))
    await all_of_one_mind(line[1:])
    lost = await mill.overflow(overflow.id)
    assert (lost.origin, lost.distance, lost.through) == ("Northgate Hall", None, "")
    assert (await north.overflow(overflow.id)).distance == 0


async def test_where_it_has_got_to(line: list[OneHall]) -> None:
    north, east, mill, _ = line
    overflow = await east.pass_on(await east.need())
    await all_of_one_mind(line)
    shown = await east.overflow(overflow.id)
    assert (shown.reached, shown.held_by) == (("Mill Lane", "Northgate Hall"), 2)
    assert (await north.overflow(overflow.id)).reached == ()
    for hall in (north, mill):
        await hall.ask(ReadOverflow(overflow.id))
        await all_of_one_mind(line)
    assert [(await hall.overflow(overflow.id)).read_by for hall in line[:3]] == [2, 2, 2]
    await mill.ask(MakePledge(overflow.id, "5"))
    await all_of_one_mind(line)
    assert (await mill.only_pledge(overflow.id)).reached == ("Eastside Centre", "Far Chapel")
    assert (await east.only_pledge(overflow.id)).reached == ()


async def test_what_waits_for_a_neighbour_has_a_name(tmp_path: Path) -> None:
    async with two_halls(tmp_path) as (north, east):
        overflow, pledge = await asked_and_pledged(north, east)
        north.pipes[0].cut()
        await north.ask(AcceptPledge(pledge))
        (waiting,) = await north.ask(ListNeighbours())
        details = WaitingView("ES P-1-F", details=True)
        assert waiting.waiting_for == (WaitingView("NG V-1-E"), details)
        assert waiting.waiting == 2
        other = await north.pass_on(await north.need("Soup", "5"))
        await north.ask(ResizeOverflow(other.id, "6"))
        (waiting,) = await north.ask(ListNeighbours())
        named = {WaitingView("NG V-1-E"), details, WaitingView(other.ref)}
        assert set(waiting.waiting_for) == named
        await east.ask(ReadOverflow(overflow))
        await east.ask(MakePledge(overflow, "5"))
        (waiting,) = await east.ask(ListNeighbours())
        assert (waiting.waiting_for, waiting.waiting) == ((WaitingView("ES P-2-H"),), 2)
        gone = await east.ask(RemoveNeighbour("Northgate Hall"))
        assert (gone.waiting_for, gone.waiting) == ((), 0)
        await eventually(lambda: east.is_quiet)


def version_of(hall: OneHall) -> int:
    (record,) = hall.core.shelf.all_requests()
    return record.header.version


async def test_a_pledge_from_beyond_the_reach_is_none_to_its_origin(street: Street) -> None:
    """Somebody let it through; only the origin knows how far its own reach goes."""
    overflow = await street.north.pass_on(await street.north.need())
    (request,) = street.north.core.shelf.all_requests()
    stranger = Hall("stranger")
    pledge = stranger.pledge(request)
    for record in (stranger.roster(), stranger.profile(), pledge):
        street.north.core.shelf.restore(record, NOW)
    assert (await street.north.overflow(overflow.id)).pledges == ()
    with refused(Why.REFERENCE_NOT_FOUND):
        await street.north.ask(AcceptPledge(as_text(pledge.header.object)))

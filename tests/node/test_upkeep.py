"""What the node signs by itself: when it is due, once, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

from node.answers.revisions import nothing
from node.api.matches import HandOver
from node.api.requests import (
    AcceptPledge,
    CloseEntry,
    MakePledge,
    MarkSent,
    ReceivePledge,
    ReleasePledge,
    RenewOverflow,
    Request,
    ResizeOverflow,
    RetractPledge,
    ShowEntry,
    WithdrawOverflow,
)
from node.api.views import Act, Kind, PledgeView
from node.core import Core
from node.refusal import Refused, Why
from node.upkeep import catch_up, look_after
from protocol.bodies import Details, Peering
from protocol.bodies import Kind as PageKind
from protocol.ids import DeviceKey, ObjectId, RecordId, adoption_number, from_text
from protocol.limits import DAY_MS, DIRECTORY_LIFETIME_MS_MAX, DIRECTORY_REACH
from protocol.record import Header, Record, sign
from protocol.roster import Adoption
from tests.node.answers.street import Street
from tests.node.refusals import unchanged
from tests.node.two_halls import (
    EVENING,
    HOUR_MS,
    OneHall,
    Pipe,
    all_overflows,
    one_hall,
    two_halls,
)

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with two_halls(tmp_path) as (north, east):
        street = Street(north, east)
        await look_after_both(street)  # these halls were made years ago
        yield street


async def look_after_both(street: Street) -> None:
    """Until neither has anything left to do."""
    for hall in (street.north, street.east, street.north):
        await look_after(hall.core)
        await street.meet()


def put_both(street: Street, ms: int) -> None:
    for hall in (street.north, street.east):
        hall.clock.put(ms)
        hall.core.driver.tick()


async def test_nothing_is_signed_where_nothing_is_due(street: Street) -> None:
    _, pledge = await street.pledged()
    await street.do(street.north, AcceptPledge(pledge, details="Back door"))
    await street.do(street.east, MarkSent(pledge))
    async with unchanged(street.north.core, street.east.core):
        for hall in (street.north, street.east):
            await look_after(hall.core)


async def test_cards_are_renewed_at_half_of_their_time_and_not_before(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        await look_after(hall.core)
        before = peering_of(hall).header
        half_ms = EVENING + DIRECTORY_LIFETIME_MS_MAX // 2
        hall.clock.put(half_ms - 1)
        await look_after(hall.core)  # the profile has shown new seal keys by now
        assert peering_of(hall).header == before
        hall.clock.put(half_ms)
        await look_after(hall.core)
        after = peering_of(hall).header
        assert after.version == before.version + 1
        assert after.expires_ms == half_ms + DIRECTORY_LIFETIME_MS_MAX
        async with unchanged(hall.core):
            await look_after(hall.core)


async def test_a_profile_whose_clock_nobody_trusts_is_renewed_like_a_peering(
    tmp_path: Path,
) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        await look_after(hall.core)
        before = versions(hall)
        hall.clock.is_trusted = False
        half_ms = EVENING + DIRECTORY_LIFETIME_MS_MAX // 2
        hall.clock.put(half_ms - 1)
        async with unchanged(hall.core):
            await look_after(hall.core)
        hall.clock.put(half_ms)
        await look_after(hall.core)
        assert versions(hall) == {kind: version + 1 for kind, version in before.items()}


async def test_who_does_not_know_how_long_it_was_off_renews_its_cards_once(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        await look_after(hall.core)
        before = versions(hall)
        hall.core.cards_are_fresh = False  # it has just started: off for an hour or for a year
        hall.clock.put(EVENING + HOUR_MS)
        await look_after(hall.core)
        assert versions(hall) == before
        hall.core.cards_are_fresh = False
        hall.clock.is_trusted = False
        await look_after(hall.core)
        after = {kind: version + 1 for kind, version in before.items()}
        assert versions(hall) == after
        hall.clock.put(EVENING + DAY_MS)
        await look_after(hall.core)
        assert versions(hall) == after


async def test_who_hears_the_time_at_last_signs_its_cards_anew_once(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        await look_after(hall.core)
        hall.core.cards_are_fresh = False  # it has just started, and is ahead
        hall.clock.is_trusted = False
        hall.clock.put(EVENING + DAY_MS)
        await look_after(hall.core)
        before = versions(hall)
        hall.clock.is_trusted = True
        hall.clock.put(EVENING + HOUR_MS)
        await look_after(hall.core)
        after = {kind: version + 1 for kind, version in before.items()}
        assert versions(hall) == after
        async with unchanged(hall.core):
            await look_after(hall.core)  # made in the future still, and no surer than that
        hall.clock.is_trusted = False
        await look_after(hall.core)
        hall.clock.is_trusted = True
        hall.clock.put(EVENING + DAY_MS)
        await look_after(hall.core)
        assert versions(hall) == {kind: version + 1 for kind, version in after.items()}
        hall.clock.is_trusted = False
        await look_after(hall.core)
        hall.clock.is_trusted = True
        async with unchanged(hall.core):
            await look_after(hall.core)  # sure now


async def test_what_an_heir_stands_for_is_renewed_like_its_cards(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        core, gone = hall.core, DeviceKey(bytes(32))
        number = adoption_number(gone, 0)
        header = Header(
            kind=PageKind.ADOPTION,
            group=core.hall.group,
            device=core.hall.device_key,
            number=number,
            version=1,
            created_ms=EVENING,
            lifetime_ms=DIRECTORY_LIFETIME_MS_MAX,
            reach=DIRECTORY_REACH,
        )
        page = sign(header, Adoption(gone, (RecordId(bytes(32)),), 0), core.hall.device)
        async with core.writing:
            await core.save((None, page), also=nothing)
        hall.clock.put(EVENING + DIRECTORY_LIFETIME_MS_MAX // 2)
        await look_after(core)
        renewed = core.shelf.find(page.header.object)
        assert renewed is not None
        assert renewed.header.version == 2
        assert renewed.body == page.body


async def test_a_pledge_to_what_lasts_longer_than_anything_may_is_extended_now_and_then(
    street: Street,
) -> None:
    overflow, pledge = await street.pledged()
    await street.do(street.north, AcceptPledge(pledge))
    # Northgate is ahead of Eastside, which is right and does not know it; it lets nothing go yet.
    street.north.is_ticking = False
    street.east.clock.is_trusted = False
    street.east.core.driver.tick()
    street.north.clock.put(EVENING + 9 * DAY_MS)
    await street.do(street.north, RenewOverflow(overflow))
    await street.do(street.north, RenewOverflow(overflow))
    street.north.clock.put(EVENING + 20 * DAY_MS)
    await street.do(street.north, RenewOverflow(overflow))
    for hour in range(1, 5):
        street.east.clock.put(EVENING + hour * HOUR_MS)
        await look_after_both(street)
    (record,) = street.east.core.shelf.pledges_of(ObjectId(from_text(overflow) or b""))
    assert record.header.version == 2


@pytest.mark.parametrize("surplus", [False, True])
async def test_what_a_hall_took_back_is_free_for_another(street: Street, surplus: bool) -> None:
    overflow, pledge = await street.pledged(surplus=surplus)
    await street.do(street.north, AcceptPledge(pledge, details="Back door"))
    await street.do(street.north, ResizeOverflow(overflow, "25"))
    await street.do(street.east, RetractPledge(pledge))
    assert (await street.north.overflow(overflow)).state == "covered"
    assert Act.RELEASE in (await street.north.only_pledge(overflow)).can
    await look_after_both(street)
    shown = await street.east.overflow(overflow)
    assert (shown.state, shown.accepted, shown.pledges[0].state) == ("open", 0, "withdrawn")
    assert (await street.east.only_pledge(overflow)).details is None
    again = (await street.do(street.east, MakePledge(overflow, "25"))).id
    assert (await street.do(street.north, AcceptPledge(again))).accepted == 25


async def test_taken_back_after_part_of_it_came(street: Street) -> None:
    overflow, pledge = await street.pledged()
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, ReceivePledge(pledge, "5"))
    await street.do(street.east, RetractPledge(pledge))
    await look_after_both(street)
    assert await street.states(overflow) == {"received"}
    assert (await street.east.overflow(overflow)).accepted == 5


async def test_taken_back_while_the_origin_sent_it_may_come_after_all(street: Street) -> None:
    overflow, pledge = await street.pledged(surplus=True)
    await street.do(street.north, AcceptPledge(pledge))
    street.north.pipes[0].cut()
    await street.north.ask(MarkSent(pledge))
    await street.east.ask(RetractPledge(pledge))
    street = await linked_again(street)
    await look_after_both(street)
    shown = await street.east.overflow(overflow)
    assert (shown.accepted, shown.sent, shown.pledges[0].state) == (25, 25, "withdrawn")
    await street.do(street.east, ReceivePledge(pledge, "25"))
    assert await street.states(overflow) == {"received"}
    assert (await street.north.ask(ShowEntry(Kind.OFFER, "O-1-C"))).received == 25


async def test_a_surplus_that_has_all_come_is_closed_and_its_details_erased(
    street: Street,
) -> None:
    overflow, pledge = await street.pledged(surplus=True)
    await street.do(street.north, AcceptPledge(pledge, details="Back door"))
    await street.do(street.north, ResizeOverflow(overflow, "25"))
    await street.do(street.east, ReceivePledge(pledge, "24"))
    await look_after_both(street)
    shown = await street.north.overflow(overflow)
    assert (shown.state, shown.sent) == ("covered", 24)
    await street.do(street.east, ReceivePledge(pledge, "1"))
    await look_after_both(street)
    for hall in (street.north, street.east):
        shown = await hall.overflow(overflow)
        assert (shown.because, shown.received, shown.sent) == ("received", 25, 25)
    assert (await street.east.only_pledge(overflow)).details is None
    offer = await street.north.ask(ShowEntry(Kind.OFFER, "O-1-C"))
    assert (offer.received, offer.state) == (25, "available")


@pytest.mark.parametrize("is_sent", [False, True])
async def test_a_pledge_lives_as_long_as_the_overflow_that_was_renewed(
    street: Street, is_sent: bool
) -> None:
    overflow, pledge = await street.pledged()
    await street.do(street.north, AcceptPledge(pledge, details="Back door"))
    if is_sent:
        await street.do(street.east, MarkSent(pledge))
    put_both(street, EVENING + 2 * DAY_MS)
    renewed = await street.do(street.north, RenewOverflow(overflow))
    assert ends(street.east, pledge) < renewed.until_ms
    await look_after_both(street)
    assert ends(street.east, pledge) == ends(street.north, pledge) == renewed.until_ms
    put_both(street, renewed.until_ms - 1)
    assert (await street.north.only_pledge(overflow)).accepted == 25
    assert (await street.east.only_pledge(overflow)).details == "Back door"
    (details,) = [r for r in street.north.core.shelf.own_messages() if isinstance(r.body, Details)]
    assert details.header.expires_ms == renewed.until_ms


async def test_an_offer_that_nobody_answered_still_lapses(street: Street) -> None:
    overflow, pledge = await street.pledged()
    ends_ms = ends(street.east, pledge)
    put_both(street, EVENING + 2 * DAY_MS)
    await street.do(street.north, RenewOverflow(overflow))
    await look_after_both(street)
    put_both(street, ends_ms)
    assert await street.states(overflow) == {"lapsed"}


async def test_details_of_an_overflow_that_only_expired_can_still_be_read(street: Street) -> None:
    overflow, pledge = await street.pledged()
    await street.do(street.north, AcceptPledge(pledge, details="Back door"))
    put_both(street, (await street.north.overflow(overflow)).until_ms)
    await look_after_both(street)
    assert (await street.east.only_pledge(overflow)).details == "Back door"


async def test_who_is_on_the_way_finds_the_door_when_others_brought_all(
    street: Street,
) -> None:
    overflow, first = await street.pledged()
    second = (await street.do(street.east, MakePledge(overflow, "15"))).id
    for pledge in (first, second):
        await street.do(street.north, AcceptPledge(pledge, details="Back door"))
    await street.do(street.north, ReceivePledge(first, "40"))
    await look_after_both(street)
    shown = await street.east.overflow(overflow)
    assert shown.because == "received"
    assert [each.details for each in shown.pledges] == [None, "Back door"]
    await street.do(street.north, ReleasePledge(second))
    shown = await street.east.overflow(overflow)
    assert [each.details for each in shown.pledges] == [None, None]


async def test_what_expired_with_an_answer_in_it_says_so_once(street: Street) -> None:
    """A receipt in the last minute was perhaps not heard in time."""
    overflow, pledge = await street.pledged()
    await street.do(street.north, AcceptPledge(pledge))
    until_ms = (await street.north.overflow(overflow)).until_ms
    street.north.pipes[0].cut()
    street.north.clock.put(until_ms - 1)
    await street.north.ask(ReceivePledge(pledge, "20"))
    put_both(street, until_ms + HOUR_MS)
    for hall in (street.north, street.east):
        hall.core.driver.tick()
    await look_after(street.north.core)
    await look_after(street.north.core)
    street = await linked_again(street)
    shown = await street.east.overflow(overflow)
    assert (shown.state, shown.because, shown.received) == ("closed", "expired", 20)


async def test_nobody_is_asked_for_what_all_got_some_other_way(street: Street) -> None:
    need = await street.north.need(qty="10")
    first = await street.north.pass_on(need)
    second = await street.north.pass_on(need, qty="4")
    await street.meet()
    pledge = (await street.do(street.east, MakePledge(first.id, "10"))).id
    await street.do(street.north, AcceptPledge(pledge))
    await street.do(street.north, ReceivePledge(pledge, "10"))
    await look_after_both(street)
    assert (await street.north.ask(ShowEntry(Kind.NEED, need))).because == "met"
    assert (await street.east.overflow(second.id)).because == "withdrawn"


STEPS = st.lists(st.tuples(st.sampled_from(range(9)), st.integers(0, 2)), max_size=8)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, surplus=st.booleans(), days=st.integers(0, 20))
async def test_twice_is_once(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[int, int]],
    surplus: bool,
    days: int,
) -> None:
    async with two_halls(tmp_path_factory.mktemp("town")) as (north, east):
        street = Street(north, east)
        overflow, first = await street.pledged(surplus=surplus)
        second = (await street.do(east, MakePledge(overflow, "15"))).id
        for step, which in steps:
            await try_to(street, step, overflow, (first, second, first)[which])
        put_both(street, north.clock() + days * DAY_MS)
        await look_after_both(street)
        async with unchanged(north.core, east.core):
            await look_after(north.core)
            await look_after(east.core)
        for hall in (north, east):
            for shown in await all_overflows(hall):  # none where it has been over for long
                assert shown.accepted <= shown.qty


async def try_to(street: Street, step: int, overflow: str, pledge: str) -> None:
    """One act of one desk, where it can be done; then a few hours pass."""
    north, east = street.north, street.east
    pledge_acts: tuple[tuple[OneHall, Request[PledgeView]], ...] = (
        (north, AcceptPledge(pledge)),
        (north, AcceptPledge(pledge, "10")),
        (east, RetractPledge(pledge)),
        (north, MarkSent(pledge)),
        (east, MarkSent(pledge)),
        (north, ReceivePledge(pledge, "10")),
        (east, ReceivePledge(pledge, "25")),
    )
    with suppress(Refused):
        if step < len(pledge_acts):
            hall, request = pledge_acts[step]
            await street.do(hall, request)
        elif step == len(pledge_acts):
            await street.do(north, RenewOverflow(overflow))
        else:
            await street.do(north, WithdrawOverflow(overflow))
    put_both(street, north.clock() + 5 * HOUR_MS)


async def linked_again(street: Street) -> Street:
    Pipe(street.north, street.east)
    await street.meet()
    return street


def peering_of(hall: OneHall) -> Record:
    (record,) = [r for r in hall.core.shelf.own_directory() if isinstance(r.body, Peering)]
    return record


def versions(hall: OneHall) -> dict[int, int]:
    return {each.header.kind: each.header.version for each in hall.core.shelf.own_directory()}


def ends(hall: OneHall, pledge: str) -> int:
    raw = from_text(pledge)
    assert raw is not None
    record = hall.core.shelf.find(ObjectId(raw))
    assert record is not None
    ends_ms = hall.core.shelf.ends_ms(record)
    assert ends_ms is not None
    return ends_ms


async def test_what_nobody_renews_lapses(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        ref = await hall.need()
        hall.clock.put(EVENING + 24 * DAY_MS)
        await look_after(hall.core)
        assert (await hall.ask(ShowEntry(Kind.NEED, ref))).because == "lapsed"


async def test_a_stopped_node_catches_up_by_so_much_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.upkeep.PASSED_AT_ONCE", 2)
    async with one_hall(tmp_path / "hall") as hall:
        refs = [await hall.need() for _ in range(3)]
        hall.clock.put(EVENING + 24 * DAY_MS)
        for states in (["closed", "closed", "open"], ["closed"] * 3):
            await catch_up(hall.core)
            shown = [await hall.ask(ShowEntry(Kind.NEED, ref)) for ref in refs]
            assert [each.state for each in shown] == states


async def test_a_full_disk_keeps_no_stopped_node_from_reading(tmp_path: Path) -> None:
    async with one_hall(tmp_path / "hall") as hall:
        refs = [await hall.need() for _ in range(40)]
        hall.clock.put(EVENING + 24 * DAY_MS)
        pages = await hall.core.read(lambda conn: conn.execute("PRAGMA page_count").fetchone()[0])
        limit = f"PRAGMA max_page_count = {pages}"
        await hall.core.database.run(lambda conn: conn.execute(limit))
        await catch_up(hall.core)
        assert (await hall.ask(ShowEntry(Kind.NEED, refs[0]))).state == "open"
        room = "PRAGMA max_page_count = 100000"
        await hall.core.database.run(lambda conn: conn.execute(room))
        await catch_up(hall.core)
        assert (await hall.ask(ShowEntry(Kind.NEED, refs[0]))).because == "lapsed"


async def test_what_another_device_has_asked_for_holds_nothing_up(
    street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    """A restored hall is another device: nobody goes on with what the first one wrote."""
    north = street.north
    need, closed = await north.need(), await north.need(contact="Zed")
    await north.ask(CloseEntry(Kind.NEED, closed, "met"))
    north.clock.put(EVENING + 23 * DAY_MS)
    asked = await north.pass_on(need, hours="336")
    north.core.hall = replace(north.core.hall, device=SigningKey.generate())
    await north.ask(HandOver(need, "40"))
    north.clock.put(EVENING + 33 * DAY_MS)
    await look_after(north.core)
    assert (await north.ask(ShowEntry(Kind.NEED, closed))).forgotten
    assert (await north.overflow(asked.id)).state == "open"
    assert caplog.messages == []


async def test_a_need_that_another_device_asks_for_does_not_lapse_meanwhile(
    street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    north = street.north
    need, alone = await north.need(), await north.need()
    north.clock.put(EVENING + 23 * DAY_MS)
    await north.pass_on(need, hours="336")
    north.core.hall = replace(north.core.hall, device=SigningKey.generate())
    north.clock.put(EVENING + 30 * DAY_MS)
    await look_after(north.core)
    stands = [await north.ask(ShowEntry(Kind.NEED, ref)) for ref in (need, alone)]
    assert [each.because for each in stands] == [None, "lapsed"]
    assert caplog.messages == []
    north.clock.put(EVENING + 38 * DAY_MS)
    north.core.driver.tick()
    await look_after(north.core)
    assert (await north.ask(ShowEntry(Kind.NEED, need))).because == "lapsed"


async def test_what_is_refused_leaves_the_rest_of_it_to_be_done(
    street: Street, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(core: Core) -> None:
        raise Refused(Why.OTHER_DEVICE, what="V-1-E")

    monkeypatch.setattr("node.upkeep.rotate_seal_key", refuse)
    closed = await street.north.need(contact="Zed")
    await street.north.ask(CloseEntry(Kind.NEED, closed, "met"))
    street.north.clock.put(EVENING + 33 * DAY_MS)
    await look_after(street.north.core)
    assert (await street.north.ask(ShowEntry(Kind.NEED, closed))).forgotten
    assert "left to the next look: other-device" in caplog.text

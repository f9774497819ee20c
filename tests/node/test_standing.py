"""A hall whose rosters contradict each other, whose device was removed, or that has a guest: people
are told, and nothing on any screen breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from nacl.signing import SigningKey

from node.answers.revisions import nothing
from node.api.requests import (
    AcceptPledge,
    DeclinePledge,
    ListNeighbours,
    MakePledge,
    MarkSent,
    ReceivePledge,
    RemoveNeighbour,
    RenewOverflow,
    ResizeOverflow,
    RetractPledge,
    ShowOverflow,
    Status,
    WithdrawOverflow,
)
from node.api.requests import Request as NodeRequest
from node.refusal import Why
from node.standing import is_neighbour, peering_with
from protocol.bodies import KINDS, Body, Kind, Peering, Pledge, Profile, Request
from protocol.identity import GroupKeys, sign_roster
from protocol.ids import (
    DeviceKey,
    ObjectNumber,
    Thousandths,
    as_text,
    directory_number,
    vouch_number,
)
from protocol.introduction import Boot, Introduction
from protocol.kinds import DIRECTORY_KINDS
from protocol.limits import DAY_MS, DIRECTORY_REACH
from protocol.notice import Notice
from protocol.record import Header, Record, sign
from protocol.roster import Removal, Vouch
from tests.node.answers.street import Street
from tests.node.refusals import refused, unchanged
from tests.node.test_frozen import all_views, warnings_of
from tests.node.twice import hall_with_keys, hand, signs_twice
from tests.node.two_halls import EVENING, Pipe, all_overflows, of_one_mind, opened, pair

pytestmark = pytest.mark.asyncio

PHONE = SigningKey(bytes(31) + b"p")
"""A second device of a hall, or its guest."""
TABLET = SigningKey(bytes(31) + b"t")


AnyRequest = NodeRequest[Any]


def key_of(device: SigningKey) -> DeviceKey:
    return DeviceKey(bytes(device.verify_key))


@dataclass(frozen=True)
class Keyed(Street):
    """Neighbours whose recovery words are at hand."""

    north_keys: GroupKeys
    east_keys: GroupKeys

    def roster(
        self, *devices: SigningKey, version: int = 2, removed: tuple[Removal, ...] = ()
    ) -> Record:
        """Eastside's."""
        return sign_roster(self.east_keys, map(key_of, devices), version, EVENING, removed)

    def of_east(self, body: Body, device: SigningKey, number: ObjectNumber) -> Record:
        """A first version by whoever speaks for Eastside."""
        kind = KINDS[type(body)]
        header = Header(
            kind=kind,
            group=self.east.core.hall.group,
            device=key_of(device),
            number=number,
            version=1,
            created_ms=EVENING,
            lifetime_ms=DAY_MS,
            reach=DIRECTORY_REACH if kind in DIRECTORY_KINDS else 2,
        )
        return sign(header, body, device)


@pytest_asyncio.fixture
async def street(tmp_path: Path) -> AsyncIterator[Keyed]:
    keys = (
        hall_with_keys(tmp_path / "north", "Northgate Hall"),
        hall_with_keys(tmp_path / "east", "Eastside Centre"),
    )
    async with AsyncExitStack() as stack:
        north = await stack.enter_async_context(opened(tmp_path / "north"))
        east = await stack.enter_async_context(opened(tmp_path / "east"))
        await pair(north, east)
        Pipe(north, east)
        await of_one_mind(north, east)
        yield Keyed(north, east, *keys)


async def gives(street: Keyed, *records: Record) -> None:
    """What other devices of Eastside have signed comes to both halls."""
    hand(street.north, *records)
    hand(street.east, *records)
    await street.meet()


async def test_two_rosters_of_a_neighbour_are_told_of(street: Keyed) -> None:
    north, east = street.north, street.east
    device = east.core.hall.device
    overflow, pledge = await street.pledged()
    await street.do(north, AcceptPledge(pledge, "20"))
    await gives(street, street.roster(device, PHONE), street.roster(device, TABLET))
    (told,) = await warnings_of(north)
    assert told == (
        "Eastside Centre has two rosters that contradict each other. Only the devices on both speak"
        " for it until it signs a new one: call them, do not write."
    )
    (shown,) = await north.ask(ListNeighbours())
    assert (shown.name, shown.contradicts) == ("Eastside Centre", True)
    (ours,) = await warnings_of(east)
    assert ours.startswith("This hall has two rosters that contradict each other. Only the devices")
    # The device on both goes on as before.
    assert (await north.only_pledge(overflow)).state == "accepted"
    await street.do(east, MakePledge(overflow, "5"))
    for hall in (north, east):
        await all_views(hall)

    await gives(street, street.roster(device, PHONE, version=3))
    for hall in (north, east):
        assert await warnings_of(hall) == []
    (shown,) = await north.ask(ListNeighbours())
    assert not shown.contradicts


async def test_where_no_device_is_on_both_rosters_nothing_breaks(street: Keyed) -> None:
    north, east = street.north, street.east
    overflow, pledge = await street.pledged()
    await street.do(north, AcceptPledge(pledge, "20"))
    theirs = await east.pass_on(await east.need())
    await street.meet()
    hand(north, street.roster(PHONE), street.roster(TABLET))
    hand(east, street.roster(PHONE), street.roster(TABLET))
    (told,) = await warnings_of(north)
    assert told.startswith("Eastside Centre has two rosters")
    (shown,) = await north.ask(ListNeighbours())
    assert (shown.name, shown.contradicts) == ("Eastside Centre", True)
    (kept,) = await all_overflows(north)
    assert (kept.id, kept.accepted, kept.pledges) == (overflow, 20, ())
    with refused(Why.REFERENCE_NOT_FOUND):
        await north.ask(ShowOverflow(theirs.id))
    with refused(Why.REFERENCE_NOT_FOUND):
        await north.ask(AcceptPledge(pledge))
    two, unlisted = await warnings_of(east)
    assert two.startswith("This hall has two rosters")
    assert unlisted.startswith("This device does not speak for the hall now")
    for hall in (north, east):
        await all_views(hall)


async def test_a_device_that_is_removed_is_told_so_and_its_hidden_records_are_no_trouble(
    street: Keyed,
) -> None:
    north, east = street.north, street.east
    overflow, pledge = await street.pledged()
    theirs = await east.pass_on(await east.need())
    await street.meet()
    device = key_of(east.core.hall.device)
    roster = street.roster(PHONE, removed=(Removal(device, key_of(PHONE)),))
    hand(north, roster)
    hand(east, roster)
    assert await warnings_of(north) == []
    (told,) = await warnings_of(east)
    assert told.startswith("This device does not speak for the hall now")
    async with unchanged(north.core, east.core):
        for hall in (north, east):
            with refused(Why.REFERENCE_NOT_FOUND):
                await hall.ask(ShowOverflow(theirs.id))
            with refused(Why.REFERENCE_NOT_FOUND):
                await hall.ask(RetractPledge(pledge))
        with refused(Why.REFERENCE_NOT_FOUND):
            await east.ask(RenewOverflow(theirs.id))
        with refused(Why.PEERING_NOT_COUNTED):
            await east.ask(RemoveNeighbour("Northgate Hall"))
    assert (await north.overflow(overflow)).pledges == ()
    for hall in (north, east):
        await all_views(hall)


async def test_a_neighbours_guest_speaks_and_its_notices_are_no_trouble(street: Keyed) -> None:
    north, east = street.north, street.east
    overflow = await north.pass_on(await north.need())
    await street.meet()
    guest = key_of(PHONE)
    vouch = street.of_east(Vouch(guest), east.core.hall.device, vouch_number(guest))
    await east.core.save((None, vouch), also=nothing)
    await street.meet()
    (record,) = north.core.shelf.all_requests()
    card = Profile("Eastside Centre", "ES", "", (bytes(range(32)),))
    promised = Pledge(record.header.object, "P-7-X", Thousandths(7_000))
    notice = Notice("Water is off until noon")
    await gives(
        street,
        street.of_east(card, PHONE, directory_number(Kind.PROFILE, guest)),
        street.of_east(promised, PHONE, ObjectNumber(bytes(15) + b"1")),
        street.of_east(notice, PHONE, ObjectNumber(bytes(15) + b"2")),
    )
    pledge = await north.only_pledge(overflow.id)
    assert (pledge.by, pledge.qty, pledge.ours) == ("Eastside Centre", 7, False)
    assert (await street.do(north, AcceptPledge(pledge.id))).state == "accepted"
    for hall in (north, east):
        assert await warnings_of(hall) == []
        await all_views(hall)


async def test_a_list_of_neighbours_that_was_signed_twice_cannot_be_changed(street: Keyed) -> None:
    north, east = street.north, street.east
    (peering,) = [
        each for each in east.core.shelf.own_directory() if isinstance(each.body, Peering)
    ]
    proof = await frozen_at_both(street, peering)
    async with unchanged(east.core):
        with refused(Why.PEERING_NOT_COUNTED):
            await east.ask(RemoveNeighbour("Northgate Hall"))
        with refused(Why.PEERING_NOT_COUNTED):
            peering_with(east.core, north.core.hall.group)
    (ours,) = await warnings_of(east)
    assert "two different versions of its list of neighbours. Neither counts for up to" in ours
    (theirs,) = await warnings_of(north)
    assert "of its list of neighbours. Neither counts for now. Call them." in theirs
    for hall in (north, east):
        assert hall.core.shelf.find(proof.header.object) == proof
        await all_views(hall)


async def test_a_card_that_was_signed_twice_leaves_the_name_that_we_paired_with(
    street: Keyed,
) -> None:
    north, east = street.north, street.east
    overflow, pledge = await street.pledged()
    (card,) = [each for each in east.core.shelf.own_directory() if isinstance(each.body, Profile)]
    await frozen_at_both(street, card)
    (theirs,) = await warnings_of(north)
    assert theirs == (
        "Eastside Centre has signed two different versions of its card. Neither counts for now."
        " Call them."
    )
    (ours,) = await warnings_of(east)
    assert ours.startswith("This hall has signed two different versions of its card.")
    async with unchanged(north.core):
        with refused(Why.SEAL_KEY_UNKNOWN):
            await north.ask(AcceptPledge(pledge, details="Side door"))
    assert (await north.ask(AcceptPledge(pledge))).state == "accepted"
    assert (await north.only_pledge(overflow)).state == "accepted"
    for hall in (north, east):
        await all_views(hall)


@pytest.mark.parametrize("surplus", [False, True])
async def test_what_another_device_of_the_hall_wrote_is_changed_only_there(
    street: Keyed, *, surplus: bool
) -> None:
    north, east = street.north, street.east
    device = east.core.hall.device
    await gives(street, street.roster(device, PHONE))
    asked, _ = await street.pledged(surplus=surplus)
    (ours,) = east.core.shelf.all_requests()
    assert isinstance(ours.body, Request)
    request = street.of_east(replace(ours.body, ref="V-7-H"), PHONE, ObjectNumber(bytes(16)))
    pledge = Pledge(ours.header.object, "P-7-X", Thousandths(7_000))
    promised = street.of_east(pledge, PHONE, ObjectNumber(bytes(15) + b"1"))
    await gives(street, request, promised)
    theirs, phones = as_text(request.header.object), as_text(promised.header.object)
    answer = await street.do(north, MakePledge(theirs, "5"))
    await street.do(north, AcceptPledge(phones))
    acts: list[tuple[AnyRequest, str]] = [
        (RenewOverflow(theirs), "ES V-7-H"),
        (ResizeOverflow(theirs, "50"), "ES V-7-H"),
        (WithdrawOverflow(theirs), "ES V-7-H"),
        (AcceptPledge(answer.id), "ES V-7-H"),
        (DeclinePledge(answer.id), "ES V-7-H"),
        (RetractPledge("P-7-X"), "ES P-7-X"),
        (ReceivePledge(phones, "5") if surplus else MarkSent(phones), "ES P-7-X"),
    ]
    async with unchanged(north.core, east.core):
        for act, what in acts:
            with refused(Why.OTHER_DEVICE) as raised:
                await east.ask(act)
            assert raised.value.facts["what"] == what
    assert (await east.overflow(asked)).can
    for hall in (north, east):
        await all_views(hall)


async def frozen_at_both(street: Keyed, record: Record) -> Record:
    """The proof about what Eastside says of itself."""
    return await signs_twice(street.east, street.north, as_text(record.header.object))


async def test_a_hall_of_good_standing_says_nothing(street: Keyed) -> None:
    assert (await street.north.ask(Status())).warnings[1:] == ()


async def test_a_removed_guest_gets_no_link_by_an_older_roster(street: Keyed) -> None:
    """The roster that it shows lists who vouches for it, and says nothing of its removal."""
    guest, desk = key_of(PHONE), street.east.core.hall.device_key
    first = street.north.core.shelf.roster_of(street.east.core.hall.group)
    vouch = street.of_east(Vouch(guest), street.east.core.hall.device, vouch_number(guest))
    assert first is not None
    shown = Introduction(first.header.group, guest, Boot(1, bytes(16)), first, vouch)
    assert is_neighbour(street.north.core, shown)
    gone = street.roster(street.east.core.hall.device, removed=(Removal(guest, desk),))
    street.north.core.shelf.place_verified(gone, first.header.group)
    assert not is_neighbour(street.north.core, shown)

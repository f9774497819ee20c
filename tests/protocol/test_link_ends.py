"""What one end of a link counts: by device, with what one of the two keeps for its own desk alone,
and with who speaks for a hall that the other end hears of in no other way."""

from __future__ import annotations

import pytest

from protocol.channel import Role
from protocol.events import LinkDown
from protocol.frames import Agree, Records, Sent, SharedSet, Summary, Want, unpack_records
from protocol.ids import UnixMs
from protocol.limits import HOUR_MS, KEEP_MS, PURGE_STEP_MS
from protocol.record import Record
from protocol.session import Session
from protocol.shelf import Shelf
from tests.protocol.halls import NOW, UNPURGED, Hall, accepts, resigned
from tests.protocol.houses import Device, Houses, with_directory
from tests.protocol.shelves import (
    ADA,
    BEA,
    CLEO,
    DORA,
    PLEDGE,
    REQUEST,
    arrive,
    come_to,
    gather_anew,
    mark_that_takes,
    settled,
)
from tests.protocol.test_shared import HASTY
from tests.protocol.towns import line_of, linked, summaries_agree

EDNA = Hall("edna")
PHONE = ADA.with_device("phone")
HOUSE = ADA.roster(PHONE, version=2)


def house_and_bea() -> tuple[Houses, Device, Device, Device]:
    """Both of Ada's devices, and Bea, who is linked to each of them."""
    desk, phone = (Device(each, HOUSE, each.profile(), each.peering(BEA)) for each in (ADA, PHONE))
    bea = with_directory(BEA, ADA)
    town = Houses(desk, phone, bea)
    town.link(desk, bea)
    town.link(phone, bea)
    town.run()
    return town, desk, phone, bea


# By device ------------------------------------------------------------------------------------


def test_what_one_device_holds_is_not_counted_at_another_of_its_group() -> None:
    shelf = settled(BEA)
    shelf.sharing.claim(HASTY, ADA.end)
    assert HASTY in shelf.shared_with(ADA.end)
    assert HASTY not in shelf.shared_with(PHONE.end)
    shelf.sharing.end_link(PHONE.end)
    assert HASTY in shelf.shared_with(ADA.end)


def test_each_device_has_its_own_mark() -> None:
    """The latest of them counts where no link is meant."""
    shelf = settled(BEA)
    arrive(shelf, [REQUEST])
    shelf.sharing.cut(ADA.end, mark_that_takes(REQUEST))
    shelf.sharing.cut(PHONE.end, UNPURGED)
    assert REQUEST not in shelf.shared_with(ADA.end)
    assert REQUEST in shelf.shared_with(PHONE.end)
    assert not shelf.is_for(REQUEST, ADA.group)
    shelf.sharing.end_link(ADA.end)
    assert shelf.is_for(REQUEST, ADA.group)


def test_a_link_that_ends_leaves_the_other_device_of_that_group_its_claims() -> None:
    town, desk, phone, bea = house_and_bea()
    shelf = bea.exchange.shelf
    shelf.sharing.claim(HASTY, PHONE.end)
    town.unlink(desk, bea)
    assert HASTY in shelf.shared_with(PHONE.end)
    town.link(desk, bea)
    town.run()
    assert HASTY in shelf.shared_with(PHONE.end)
    assert not any(HASTY in bea.exchange.shelf.shared_with(end) for end in (ADA.end, CLEO.end))
    assert summaries_agree(bea, desk)
    town.ask(bea)
    town.ask(phone)
    town.run()
    assert summaries_agree(bea, phone), "what the phone never had is claimed no more"


def test_a_link_that_another_one_replaces_takes_nothing_with_it() -> None:
    """The new one is up before the old one is down."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    town.link(ada, bea)
    town.run()
    (old,) = bea.ends
    town.link(ada, bea)
    town.run()
    shelf = bea.exchange.shelf
    shelf.sharing.claim(HASTY, ADA.end)
    shelf.sharing.cut(ADA.end, UnixMs(NOW - 1))
    bea.exchange.handle(LinkDown(old))
    assert HASTY in shelf.shared_with(ADA.end)
    assert shelf.shared_with(ADA.end).cutoff_ms == NOW - 1


def test_a_link_begins_with_nothing_and_leaves_nothing() -> None:
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    shelf = bea.exchange.shelf
    for _ in range(2):
        town.link(ada, bea)
        assert HASTY not in shelf.shared_with(ADA.end)
        shelf.sharing.claim(HASTY, ADA.end)
        shelf.sharing.cut(ADA.end, UnixMs(NOW - 1))
    town.unlink(ada, bea)
    assert HASTY not in shelf.shared_with(ADA.end)
    assert shelf.shared_with(ADA.end).cutoff_ms == shelf.purged_ms


def test_a_card_that_went_along_is_counted_where_the_other_end_counts_it() -> None:
    """Of a message of an unsure clock that is over here and not there, its author's card stays: the
    two would find it again at every look."""
    town = linked(ADA, BEA, CLEO, DORA, EDNA)
    ada, _, cleo, dora, edna = town.machines
    for machine in town.machines:
        town.tick(machine, NOW)
    request = CLEO.request(reach=2)
    pledge = resigned(ADA.pledge(request), {6: HOUR_MS, 8: 1}, ADA.device)
    for machine, record in ((cleo, request), (ada, pledge)):
        town.publish(machine, record)
        town.run()
    card = ADA.profile()
    assert edna.holds(pledge, card)
    town.tick(edna, mark_that_takes(pledge) + PURGE_STEP_MS)
    assert card in dora.exchange.shelf.shared_with(EDNA.end)
    assert card not in edna.exchange.shelf.shared_with(DORA.end)
    for _ in range(2):
        town.sent.clear()
        for machine in (dora, edna):
            town.ask(machine)
        town.run()
    assert summaries_agree(dora, edna)
    assert {type(each) for each in town.frames_sent()} == {Summary, Agree}


# What one end keeps for its own desk ----------------------------------------------------------


def promised(shelf: Shelf, ends_ms: int) -> Record:
    """What is sealed for a pledge that ends then, of a request that lives on."""
    pledge = resigned(PLEDGE, {6: ends_ms - PLEDGE.header.created_ms}, BEA.device)
    accepted = ADA.request(version=2, decisions=(accepts(pledge),))
    details = ADA.details(accepted, pledge, BEA)
    for record in (accepted, pledge, details):
        if record.header.group == shelf.us:
            shelf.place_own(record)
        else:
            arrive(shelf, [record])
    return details


@pytest.mark.parametrize(("us", "peer"), [(ADA, BEA), (BEA, ADA)])
def test_the_two_parties_share_what_is_sealed_a_while_longer_than_its_pledge(
    us: Hall, peer: Hall
) -> None:
    shelf = settled(us)
    come_to(shelf, NOW)
    ends_ms = NOW + 5 * HOUR_MS
    details = promised(shelf, ends_ms)
    assert shelf.belongs(details, peer.end)
    kept_ms = ends_ms + KEEP_MS
    for now_ms in (ends_ms + PURGE_STEP_MS, kept_ms - PURGE_STEP_MS):
        come_to(shelf, now_ms)
        assert details in shelf.shared_with(peer.end)
        gather_anew(shelf)
        assert details in shelf.shared_with(peer.end)
    come_to(shelf, kept_ms + PURGE_STEP_MS)
    shelf.sharing.cut(peer.end, shelf.purged_ms)
    assert details not in shelf.shared_with(peer.end)
    gather_anew(shelf)
    assert details not in shelf.shared_with(peer.end)


def test_nobody_else_is_to_hold_what_is_sealed_when_its_pledge_is_over() -> None:
    """Bea keeps it for the two of them; who has let go of the pledge could not take it."""
    shelf = settled(BEA)
    come_to(shelf, NOW)
    details = promised(shelf, NOW + 5 * HOUR_MS)
    assert shelf.belongs(details, CLEO.end)
    come_to(shelf, NOW + 5 * HOUR_MS + PURGE_STEP_MS)
    assert details.id in shelf
    assert not shelf.belongs(details, CLEO.end)
    assert details not in shelf.shared_with(CLEO.end)


@pytest.mark.parametrize("leads", [True, False])
def test_what_only_the_other_end_still_shares_is_counted_here_too(leads: bool) -> None:
    """Bea keeps for her desk what she has pledged; Ada does not know yet that it is over."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    town.link(*((ada, bea) if leads else (bea, ada)))
    town.run()
    for machine in (ada, bea):
        town.tick(machine, NOW)
    request = resigned(ADA.request(), {6: HOUR_MS, 8: 1}, ADA.device)
    town.publish(ada, request)
    town.run()
    town.publish(bea, BEA.pledge(request))
    town.run()
    town.tick(bea, mark_that_takes(request) + PURGE_STEP_MS)
    assert request.id in bea.exchange.shelf
    assert request not in bea.exchange.shelf.shared_with(ADA.end)
    assert request in ada.exchange.shelf.shared_with(BEA.end)
    for machine in (ada, bea):
        town.ask(machine)
    town.run()
    assert request in bea.exchange.shelf.shared_with(ADA.end)
    assert summaries_agree(ada, bea)


# Who is asked twice ---------------------------------------------------------------------------


def test_a_record_that_is_named_twice_is_sent_once() -> None:
    shelf = settled(ADA)
    shelf.place_own(REQUEST)
    session = Session(BEA.end, Role.RESPONDER, shelf, lambda: True)
    session.handle(Summary(SharedSet.OTHERS, 9, bytes(16), UNPURGED))
    *sent, end = session.handle(Want(SharedSet.OTHERS, (REQUEST.id, REQUEST.id)))
    assert end == Sent(SharedSet.OTHERS)
    records = [one for each in sent if isinstance(each, Records) for one in unpack_records(each)]
    assert records == [REQUEST]

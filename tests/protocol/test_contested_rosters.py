"""Two rosters of one version: who speaks is what both say, until the next one ends it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.record import Record, prove
from protocol.roster import Roster
from protocol.shelf import Shelf
from tests.protocol.halls import Hall
from tests.protocol.houses import Device, Houses, roster_said, street, with_directory

ADA, BEA, CLEO, DORA = (Hall(name) for name in ("ada", "bea", "cleo", "dora"))
PHONE, LAPTOP = ADA.with_device("phone"), ADA.with_device("laptop")
WITH_PHONE = ADA.roster(PHONE, version=2)
WITH_LAPTOP = ADA.roster(LAPTOP, version=2)
CONTESTED = prove(WITH_PHONE, WITH_LAPTOP)
SAID_BY = {hall: hall.request("beds", reach=3) for hall in (ADA, PHONE, LAPTOP)}


def known(hall: Hall) -> Shelf:
    """What Bea or Cleo knows before anything is asked."""
    shelf = hall.shelf()
    near = {BEA: (ADA, CLEO), CLEO: (BEA, DORA)}
    for record in hall.directory(*near[hall]):
        shelf.place_own(record)
    for each in (ADA.directory(BEA), BEA.directory(ADA, CLEO), CLEO.directory(BEA, DORA)):
        place(shelf, each)
    return shelf


def place(shelf: Shelf, records: list[Record]) -> None:
    for record in records:
        if record.header.group != shelf.us:
            shelf.place_verified(record, ADA.group)


@settings(max_examples=100)
@given(st.permutations([WITH_PHONE, WITH_LAPTOP, *SAID_BY.values()]))
def test_of_two_rosters_counts_what_both_say_whatever_comes_first(order: list[Record]) -> None:
    shelf = known(BEA)
    place(shelf, order)
    assert shelf.roster_of(ADA.group) == CONTESTED
    assert [each.header.device for each in shelf.all_requests()] == [ADA.device_key]
    place(shelf, [ADA.roster(PHONE, LAPTOP, version=3)])
    assert {each.header.device for each in shelf.all_requests()} == {
        hall.device_key for hall in SAID_BY
    }


def test_a_town_with_two_rosters_agrees_and_the_next_one_ends_it() -> None:
    desk = with_directory(ADA, BEA)
    phone = Device(PHONE, WITH_PHONE, PHONE.profile())
    laptop = Device(LAPTOP, WITH_LAPTOP, LAPTOP.profile())
    bea, cleo, dora = street(BEA, CLEO, DORA)
    bea = with_directory(BEA, ADA, CLEO)
    town = Houses(desk, bea, cleo, dora, phone, laptop)
    for one, other in ((desk, bea), (bea, cleo), (cleo, dora), (phone, bea), (laptop, cleo)):
        town.link(one, other)
        town.run()
    town.publish_and_run(phone, SAID_BY[PHONE])
    town.publish_and_run(laptop, SAID_BY[LAPTOP])
    town.publish_and_run(desk, SAID_BY[ADA])
    town.check_links()
    halls = (desk, bea, cleo, dora)
    for device in halls:
        assert device.exchange.shelf.roster_of(ADA.group) == CONTESTED
        assert roster_said(device, ADA) == Roster((ADA.device_key,))
        assert device.exchange.shelf.all_requests() == [SAID_BY[ADA]]
    town.publish_and_run(desk, ADA.roster(PHONE, LAPTOP, version=3))
    town.look_again()
    for device in halls:
        assert len(device.exchange.shelf.all_requests()) == 3
    town.check_links()


def test_a_device_that_signs_another_roster_of_the_version_it_holds_proves_that() -> None:
    """The group's words were typed in on two devices; the other one's came first."""
    shelf = ADA.shelf()
    for record in ADA.directory(BEA):
        shelf.place_own(record)
    shelf.place_verified(WITH_PHONE, BEA.group)
    placed = shelf.place_own(WITH_LAPTOP)
    assert placed[-1].record == CONTESTED
    assert shelf.roster_of(ADA.group) == CONTESTED


def test_a_roster_of_an_older_version_ends_nothing() -> None:
    shelf = known(BEA)
    place(shelf, [WITH_PHONE, WITH_LAPTOP, ADA.roster(version=1), WITH_PHONE])
    assert shelf.roster_of(ADA.group) == CONTESTED
    place(shelf, [ADA.roster(PHONE, version=3), CONTESTED])
    assert shelf.roster_of(ADA.group) == ADA.roster(PHONE, version=3)


def test_nobody_inherits_by_one_of_two_rosters() -> None:
    shelf = known(BEA)
    place(shelf, [WITH_PHONE, SAID_BY[PHONE]])
    two = [
        ADA.roster(version=3, removed={PHONE: ADA}),
        ADA.roster(LAPTOP, version=3, removed={PHONE: LAPTOP}),
    ]
    adopted = ADA.adoption(PHONE, [SAID_BY[PHONE]])
    place(shelf, [two[0], adopted])
    assert shelf.find_by_id(SAID_BY[PHONE].id) is not None
    place(shelf, [two[1]])
    assert shelf.find_by_id(SAID_BY[PHONE].id) is None
    place(shelf, [ADA.roster(version=4, removed={PHONE: ADA})])
    assert shelf.find_by_id(SAID_BY[PHONE].id) is not None

"""Who may speak for a group, as it stands in a record: every form that is one, and none other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from protocol.codec import Map, Value
from protocol.errors import MalformedRecord
from protocol.fields import Fields
from protocol.ids import DeviceKey, RecordId
from protocol.limits import ADOPTED_MAX, DEVICES_MAX, PAGES_MAX, REMOVED_MAX
from protocol.roster import Adoption, Removal, Roster, Vouch, in_common


def key(number: int) -> DeviceKey:
    return DeviceKey(number.to_bytes(32, "big"))


def removals(*pairs: tuple[int, int]) -> tuple[Removal, ...]:
    return tuple(Removal(key(device), key(heir)) for device, heir in pairs)


DESK, PHONE, LAPTOP = key(1), key(2), key(3)
FULL = Roster(
    tuple(key(number) for number in range(1, DEVICES_MAX + 1)),
    removals(*((100 + number, 1 + number % DEVICES_MAX) for number in range(REMOVED_MAX))),
)
IDS = tuple(RecordId(number.to_bytes(32, "big")) for number in range(ADOPTED_MAX))


# The roster ---------------------------------------------------------------------------------


@pytest.mark.parametrize("roster", [Roster(()), Roster((DESK, PHONE)), FULL])
def test_a_roster_is_read_as_it_was_written(roster: Roster) -> None:
    assert Roster.read(Fields(roster.write())) == roster


def test_where_nobody_was_removed_nothing_is_said_of_it() -> None:
    assert Roster((DESK,)).write() == {10: [DESK]}
    assert Roster((DESK,), removals((2, 1))).write() == {10: [DESK], 11: [{0: PHONE, 1: DESK}]}


def said(devices: list[int], *removed: tuple[int, int]) -> Map:
    pairs: list[Value] = [{0: key(device), 1: key(heir)} for device, heir in removed]
    return {10: [key(device) for device in devices], 11: pairs}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        said([2, 1], (3, 1)),
        said([*range(1, DEVICES_MAX + 2)], (100, 1)),
        said([1]),
        said([1], (2, 3)),
        said([1, 2], (2, 1)),
        said([1], (3, 1), (2, 1)),
        said([1], (2, 1), (2, 1)),
        said([1], *((100 + number, 1) for number in range(REMOVED_MAX + 1))),
        {10: [DESK], 11: [{0: PHONE}]},
        {10: [DESK], 11: [{0: PHONE, 1: DESK[:31]}]},
    ],
    ids=[
        "no devices",
        "devices not in order",
        "too many devices",
        "nobody removed, and that said",
        "an heir that is not listed",
        "listed and removed",
        "removals not in order",
        "removed twice",
        "too many removals",
        "no heir",
        "half an heir",
    ],
)
def test_any_other_form_is_no_roster(fields: Map) -> None:
    with pytest.raises(MalformedRecord):
        Roster.read(Fields(fields))


def test_an_heir_is_found_by_whom_it_follows() -> None:
    roster = Roster((DESK, LAPTOP), removals((2, 3), (4, 1)))
    assert roster.heir_of(PHONE) == LAPTOP
    assert roster.heir_of(key(4)) == DESK
    assert roster.heir_of(DESK) is None


def test_of_two_rosters_stands_what_both_say() -> None:
    one = Roster((DESK, PHONE, LAPTOP), removals((5, 1), (6, 1), (7, 2)))
    other = Roster((PHONE, LAPTOP, key(4)), removals((5, 2), (6, 3), (7, 2)))
    both = Roster((PHONE, LAPTOP), removals((7, 2)))
    assert in_common(one, other) == in_common(other, one) == both
    assert in_common(one, one) == one
    assert in_common(one, Roster(())) == Roster(())


def test_an_heir_that_only_one_roster_lists_inherits_nothing() -> None:
    one = Roster((DESK, PHONE), removals((5, 1)))
    other = Roster((PHONE,), removals((5, 1)))
    assert in_common(one, other) == Roster((PHONE,))


def test_what_both_say_is_in_order() -> None:
    assert in_common(FULL, FULL) == FULL


# Adoptions and vouches ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "adoption",
    [
        Adoption(PHONE, IDS),
        Adoption(PHONE, IDS[:1], 1),
        Adoption(PHONE, IDS[:1], PAGES_MAX - 1),
    ],
)
def test_an_adoption_is_read_as_it_was_written(adoption: Adoption) -> None:
    assert Adoption.read(Fields(adoption.write())) == adoption


def test_the_first_page_is_not_numbered() -> None:
    assert Adoption(PHONE, IDS[:1]).write() == {10: PHONE, 11: [IDS[0]]}
    assert Adoption.read(Fields({10: PHONE, 11: [IDS[0]]})).page == 0


@pytest.mark.parametrize(
    "read",
    [
        lambda: Adoption.read(Fields({11: [IDS[0]]})),
        lambda: Adoption.read(Fields({10: PHONE})),
        lambda: Adoption.read(Fields({10: PHONE, 11: []})),
        lambda: Adoption.read(Fields({10: PHONE[:31], 11: [IDS[0]]})),
        lambda: Adoption.read(Fields({10: PHONE, 11: [IDS[0][:31]]})),
        lambda: Adoption.read(Fields({10: PHONE, 11: [IDS[1], IDS[0]]})),
        lambda: Adoption.read(Fields({10: PHONE, 11: [*IDS, RecordId(b"\xff" * 32)]})),
        lambda: Adoption.read(Fields({10: PHONE, 11: [IDS[0]], 12: 0})),
        lambda: Adoption.read(Fields({10: PHONE, 11: [IDS[0]], 12: PAGES_MAX})),
        lambda: Vouch.read(Fields({})),
        lambda: Vouch.read(Fields({10: PHONE[:31]})),
    ],
)
def test_any_other_form_is_neither(read: Callable[[], object]) -> None:
    with pytest.raises(MalformedRecord):
        read()


def test_a_vouch_names_the_guest() -> None:
    assert Vouch(PHONE).write() == {10: PHONE}
    assert Vouch.read(Fields(Vouch(PHONE).write())) == Vouch(PHONE)

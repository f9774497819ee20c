"""What rosters, profiles, peerings, adoptions and vouches say, and every rule of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.vectors.bodies import Body
from tests.vectors.plain import (
    ADA,
    ADOPTION,
    BEA,
    CLEO,
    DAY_MS,
    PEERING,
    PROFILE,
    VOUCH,
    Map,
    adoption_number,
    public,
    seed,
    vouch_number,
)
from tests.vectors.vector import Vector

SEAL_KEYS: Final = [bytes(ADA.seal_key(name).public_key) for name in ("1", "2", "3", "4", "5")]
DEVICES: Final = sorted(public(ADA.device(str(number))) for number in range(17))
GONE: Final = sorted(public(ADA.device(f"gone {number}")) for number in range(33))


def vectors() -> Iterator[Vector]:
    yield from _rosters()
    yield from _removals()
    yield from _profiles()
    yield from _peerings()
    yield from _adoptions()
    yield from _vouches()


def in_hex(items: list[bytes]) -> str:
    return " ".join(item.hex() for item in items)


def roster_of(devices: list[bytes]) -> Body:
    return Body("roster", "SPEC 4.2, SPEC 5.2, SPEC 6.1", ADA.roster_map(devices), ADA.key)


def _rosters() -> Iterator[Vector]:
    kind = roster_of(DEVICES[:2])
    two = (("body.devices", in_hex(DEVICES[:2])), ("body.removed", ""))
    yield kind.good("", "two devices, in ascending order", {}, two)
    yield kind.good("_none", "nobody speaks for the group", {10: []}, (("body.devices", ""),))
    yield kind.good("_16", "as many devices as there can be", {10: DEVICES[:16]})
    for name, comment, changes in (
        ("_missing", "key 10 is missing", {10: None}),
        ("_devices", "more devices than there can be", {10: DEVICES}),
        ("_order", "the devices do not ascend", {10: DEVICES[1::-1]}),
        ("_twice", "a device stands twice", {10: [DEVICES[0], DEVICES[0]]}),
        ("_31_bytes", "a device's key has 32 bytes", {10: [bytes(31)]}),
        ("_text", "a device's key is bytes", {10: ["a" * 32]}),
        ("_number", "a group has one roster, of the number zero", {3: seed("any")[:16]}),
        ("_lifetime", "a roster does not expire", {6: 1}),
        ("_author", "a roster is nobody else's", {9: DEVICES[0]}),
        ("_group", "the key of one group, the id of another", {1: BEA.group}),
    ):
        yield kind.bad(name, comment, changes)
    body = {**ADA.roster_map(DEVICES[:2]), 2: public(ADA.device())}
    by_device = Body("roster", "SPEC 4.2", body, ADA.device())
    yield by_device.bad("_by_device", "a device signs the roster of its group", {})


def _removals() -> Iterator[Vector]:
    heir = DEVICES[0]
    kind = Body("roster", "SPEC 4.3, SPEC 6.1", ADA.roster_map(DEVICES[:2]), ADA.key)
    gone: list[Map] = [{0: device, 1: heir} for device in GONE]
    one = (("body.removed", f"{GONE[0].hex()}:{heir.hex()}"),)
    yield kind.good("_removed", "a device was removed, and who its heir is", {11: gone[:1]}, one)
    yield kind.good("_removed_32", "as many removed as there can be", {11: gone[:32]})
    for name, comment, removed in (
        ("_removed_empty", "nobody removed is said by no key, not by an empty list", []),
        ("_removed_33", "more removed than there can be", gone),
        ("_removed_order", "the removed do not ascend", gone[1::-1]),
        ("_removed_twice", "a device was removed twice", [gone[0], {0: GONE[0], 1: DEVICES[1]}]),
        ("_both", "a device is listed and removed", [{0: DEVICES[1], 1: heir}]),
        ("_heir", "an heir that is not listed", [{0: GONE[0], 1: GONE[1]}]),
        ("_heir_missing", "no heir", [{0: GONE[0]}]),
        ("_removed_missing", "an heir of nobody", [{1: heir}]),
        ("_removed_no_map", "a removal is a map", [GONE[0]]),
    ):
        yield kind.bad(name, comment, {11: removed})


def _profiles() -> Iterator[Vector]:
    card = {10: "Ada's hall", 11: "K", 12: "north side", 13: SEAL_KEYS[:1]}
    kind = Body("profile", "SPEC 6.2", ADA.map(PROFILE, card))
    yield kind.good(
        "",
        "the card of a hall",
        {},
        (
            ("body.name", "Ada's hall"),
            ("body.call_sign", "K"),
            ("body.area", "north side"),
            ("body.seal_keys", SEAL_KEYS[0].hex()),
        ),
    )
    yield kind.good("_no_area", "no area is no key", {12: None}, (("body.area", ""),))
    keys = " ".join(key.hex() for key in SEAL_KEYS[:4])
    four = (("body.seal_keys", keys),)
    yield kind.good("_4_keys", "four seal keys, the newest first", {13: SEAL_KEYS[:4]}, four)
    yield kind.good("_name_80", "a name of 80 bytes", {10: "ü" * 40})
    for name, comment, changes in (
        ("_name_missing", "key 10 is missing", {10: None}),
        ("_name_empty", "a name of no letters", {10: ""}),
        ("_name_81", "41 letters, 82 bytes: bytes count", {10: "ü" * 41}),
        ("_name_bytes", "a name is a text, not its bytes", {10: b"Ada"}),
        ("_sign_missing", "key 11 is missing", {11: None}),
        ("_sign_empty", "a call sign of no letters", {11: ""}),
        ("_sign_4", "a call sign of 4 letters", {11: "KLMN"}),
        ("_area_empty", "no area is no key, not an empty one", {12: ""}),
        ("_area_81", "an area of 81 bytes", {12: "a" * 81}),
        ("_keys_missing", "key 13 is missing", {13: None}),
        ("_keys_none", "a list of no seal keys", {13: []}),
        ("_keys_5", "five seal keys", {13: SEAL_KEYS}),
        ("_key_31", "a seal key has 32 bytes", {13: [bytes(31)]}),
        ("_key_text", "a seal key is bytes", {13: ["a" * 32]}),
        ("_keys_bytes", "one seal key, not in a list", {13: SEAL_KEYS[0]}),
    ):
        yield kind.bad(name, comment, changes)


def _peerings() -> Iterator[Vector]:
    two = sorted([BEA.group, CLEO.group])
    kind = Body("peering", "SPEC 6.3", ADA.map(PEERING, {10: two}))
    pair = (("body.neighbours", " ".join(group.hex() for group in two)),)
    yield kind.good("", "two neighbours, in ascending order", {}, pair)
    yield kind.good("_none", "nobody is a neighbour any more", {10: []})
    others = {11: [seed("hall 40")]}
    removed = (("body.removed", seed("hall 40").hex()),)
    yield kind.good("_removed", "who is no neighbour any more", others, removed)
    many = sorted(seed(f"hall {number}") for number in range(33))
    yield kind.good("_32", "as many as there can be", {10: many[:32]})
    for name, comment, changes in (
        ("_missing", "key 10 is missing", {10: None}),
        ("_33", "more than there can be", {10: many}),
        ("_order", "they do not ascend", {10: two[::-1]}),
        ("_twice", "one stands twice", {10: [two[0], two[0]]}),
        ("_31_bytes", "a group's id has 32 bytes", {10: [bytes(31)]}),
        ("_text", "a group's id is bytes", {10: ["a" * 32]}),
        ("_no_list", "one neighbour, not in a list", {10: two[0]}),
        ("_removed_empty", "nobody removed is no key, not an empty list", {11: []}),
        ("_removed_33", "more removed than there can be", {11: many}),
        ("_removed_order", "the removed do not ascend", {11: many[1::-1]}),
        ("_removed_both", "a neighbour is named and removed", {11: two[:1]}),
    ):
        yield kind.bad(name, comment, changes)


def _adoptions() -> Iterator[Vector]:
    gone, ids = GONE[0], sorted(seed(f"record {number}") for number in range(101))
    first = {3: adoption_number(gone), 10: gone, 11: ids[:2]}
    base = ADA.map(ADOPTION, {**first, 6: 30 * DAY_MS, 7: 3})
    kind = Body("adoption", "SPEC 6.9", base)
    two = (("body.removed", gone.hex()), ("body.ids", in_hex(ids[:2])), ("body.page", "0"))
    yield kind.good("", "an heir stands for two records", {}, two)
    second = {3: adoption_number(gone, 1), 12: 1}
    yield kind.good("_page", "a second page", second, (("body.page", "1"),))
    last = {3: adoption_number(gone, 999), 12: 999}
    yield kind.good("_page_999", "the last page that there can be", last)
    yield kind.good("_100", "as many ids as a page holds", {11: ids[:100]})
    beyond = {3: adoption_number(gone, 1_000), 12: 1_000}
    for name, comment, changes in (
        ("_device_missing", "key 10 is missing", {10: None}),
        ("_device_31", "a device's key has 32 bytes", {10: bytes(31)}),
        ("_ids_missing", "key 11 is missing", {11: None}),
        ("_empty", "nothing is adopted", {11: []}),
        ("_101", "more ids than a page holds", {11: ids}),
        ("_order", "the ids do not ascend", {11: ids[1::-1]}),
        ("_twice", "an id stands twice", {11: [ids[0], ids[0]]}),
        ("_id_31", "a record's id has 32 bytes", {11: [bytes(31)]}),
        ("_page_0", "the first page is said by no key, not by 0", {12: 0}),
        ("_page_beyond", "more pages than there can be", beyond),
        ("_page_number", "the number of another page", {12: 1}),
        ("_lifetime", "an adoption lives 30 days at most", {6: 30 * DAY_MS + 1}),
        ("_author", "nobody goes on with another's adoption", {9: gone}),
    ):
        yield kind.bad(name, comment, changes)


def _vouches() -> Iterator[Vector]:
    guest = public(BEA.device("guest"))
    base = ADA.map(VOUCH, {3: vouch_number(guest), 7: 3, 10: guest})
    kind = Body("vouch", "SPEC 5.2, SPEC 6.10", base)
    yield kind.good("", "a device lets a guest speak", {}, (("body.guest", guest.hex()),))
    yield kind.good("_14_days", "as long as a guest may be vouched for", {6: 14 * DAY_MS})
    for name, comment, changes in (
        ("_missing", "key 10 is missing", {10: None}),
        ("_guest_31", "a device's key has 32 bytes", {10: bytes(31)}),
        ("_lifetime", "14 days, not a millisecond more", {6: 14 * DAY_MS + 1}),
        ("_author", "nobody goes on with another's word", {9: GONE[0]}),
    ):
        yield kind.bad(name, comment, changes)

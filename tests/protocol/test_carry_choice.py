"""A stick brings what a link would have brought, and nothing that is not for whoever finds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from protocol.bodies import Kind, Request
from protocol.carry import CarryHeader, write_sealed
from protocol.carry_choice import Heard, choose_for, choose_for_anyone
from protocol.ids import UnixMs
from protocol.limits import DAY_MS, PURGE_STEP_MS
from protocol.record import Record, prove, sign, stands_on, verify
from protocol.shelf import Placed, Shelf
from tests.protocol.carries import EPHEMERAL, FILE, read, records_in
from tests.protocol.halls import NOW, Hall
from tests.protocol.shelves import (
    ADA,
    BEA,
    CLEO,
    DETAILS,
    DIRECTORY,
    DORA,
    HALLS,
    NEWEST,
    PLEDGE,
    REQUEST,
    SENT,
    STORY,
    come_to,
    mark_that_takes,
    settled,
    shelf_of,
)

EARLY, LATE = NOW, UnixMs(NOW + DAY_MS)


def kept(records: Iterable[Record], heard_ms: UnixMs = EARLY) -> list[Heard]:
    """What the disk holds; the order is the disk's own."""
    return [(record, heard_ms) for record in sorted(records, key=lambda each: each.id)]


def ids(records: Iterable[Record]) -> set[bytes]:
    return {record.id for record in records}


def adas_shelf(records: Iterable[Record] = STORY) -> Shelf:
    shelf = settled(ADA)
    for record in records:
        if record.header.group == ADA.group:
            shelf.place_own(record)
        else:
            shelf.place_verified(record, BEA.group)
    return shelf


def carried(shelf: Shelf, to: Hall, disk: list[Heard]) -> list[Record]:
    """What arrives, written and read."""
    header = CarryHeader(FILE, NOW, shelf.us, to.group)
    keys = [bytes(to.seal_key.public_key)]
    chosen = choose_for(shelf, to.group, disk)
    records = records_in(read(b"".join(write_sealed(header, chosen, keys, EPHEMERAL)), to))
    for record in records:
        verify(record)
    return records


def take(shelf: Shelf, records: list[Record]) -> list[Placed]:
    others = [record for record in records if record.header.group != shelf.us]
    return [placed for each in others for placed in shelf.place_verified(each, ADA.group)]


def test_a_neighbour_holds_after_the_stick_what_a_link_would_have_brought() -> None:
    ada = adas_shelf()
    bea = shelf_of(BEA)
    for record in (PLEDGE, SENT):
        bea.place_own(record)
    records = carried(ada, BEA, kept([*DIRECTORY, *STORY]))
    take(bea, records)
    both = [ada.shared_with(BEA.end), bea.shared_with(ADA.end)]
    assert both[0].directory.summary() == both[1].directory.summary()
    assert both[0].others.summary() == both[1].others.summary()
    assert ids(records) & ids(STORY) == NEWEST


def test_the_same_stick_again_changes_nothing() -> None:
    bea = shelf_of(BEA)
    records = carried(adas_shelf(), BEA, kept([*DIRECTORY, *STORY]))
    assert take(bea, records) != []
    held = len(bea)
    assert take(bea, records) == []
    assert len(bea) == held


def test_a_reader_can_hold_one_after_the_other() -> None:
    asked = [ADA.request(f"box {number}") for number in range(8)]
    shelf = adas_shelf([*STORY, *asked])
    records = choose_for(shelf, BEA.group, kept([*DIRECTORY, *STORY, *asked]))
    kinds = [record.header.kind for record in records]
    rosters = kinds.count(Kind.ROSTER)
    assert rosters == len(HALLS)
    assert set(kinds[:rosters]) == {Kind.ROSTER}
    messages = [record for record in records if not record.header.in_directory]
    assert records[-len(messages) :] == messages
    assert [len(stands_on(each)) for each in messages] == [*[0] * 9, 1, 1, 2]


def test_what_others_count_by_comes_before_what_they_sign() -> None:
    """A roster, a vouch and a card are to come in this order, however old each is."""
    guest = DORA.with_device("guest")
    roster = DORA.roster(version=4)
    vouch = DORA.vouch(guest, version=3)
    card, newer_card = DORA.profile(version=2), CLEO.profile(version=4)
    late = [roster, vouch, card, newer_card]
    shelf = adas_shelf([*late, REQUEST])
    disk = kept([*late, REQUEST])
    assert choose_for_anyone(shelf, disk) == [*late, REQUEST]
    assert choose_for(shelf, ADA.group, disk) == [*late, REQUEST]


def test_what_is_not_for_a_neighbour_stays() -> None:
    near = ADA.request("near", reach=1)
    shelf = adas_shelf([near, REQUEST])
    disk = kept([*DIRECTORY, near, REQUEST])
    assert {near.id, REQUEST.id} <= ids(choose_for(shelf, BEA.group, disk))
    to_cleo = ids(choose_for(shelf, CLEO.group, disk))
    assert REQUEST.id in to_cleo
    assert near.id not in to_cleo
    assert not {near.id, REQUEST.id} & ids(choose_for(shelf, DORA.group, disk))


def test_another_device_of_our_own_group_gets_all() -> None:
    shelf = adas_shelf()
    chosen = choose_for(shelf, ADA.group, kept([*DIRECTORY, *STORY]))
    assert ids(chosen) == ids(DIRECTORY) | NEWEST


def test_what_the_disk_has_not_let_go_of_yet_is_not_carried() -> None:
    shelf = adas_shelf()
    stranger = DORA.request("never placed")
    disk = kept([*DIRECTORY, *STORY, stranger])
    for chosen in (choose_for(shelf, BEA.group, disk), choose_for_anyone(shelf, disk)):
        assert not {REQUEST.id, PLEDGE.id, stranger.id} & ids(chosen)


def test_who_signed_what_is_far_comes_along() -> None:
    """From the middle of a row a request reaches both ends, three halls away each."""
    row = [Hall(f"row {number}") for number in range(7)]
    middle, beside, end = row[3], row[4], row[0]
    request = middle.request(reach=3)
    pledge = end.pledge(request)
    story = [
        *(
            record
            for at, hall in enumerate(row)
            for record in hall.directory(*row[max(0, at - 1) : at], *row[at + 1 : at + 2])
        ),
        request,
        pledge,
    ]
    shelf = middle.shelf()
    for record in story:
        if record.header.group == middle.group:
            shelf.place_own(record)
        else:
            shelf.place_verified(record, beside.group)
    chosen = choose_for(shelf, beside.group, kept(story))
    escorts = [each for each in chosen if each.header.group == end.group]
    assert escorts[0].header.kind == Kind.ROSTER
    assert escorts[-1] == pledge
    assert len(escorts) > 2


def test_only_what_was_heard_since_comes_with_what_it_answers() -> None:
    other = ADA.request("an older one")
    shelf = adas_shelf([REQUEST, PLEDGE, other])
    disk = [*kept([*DIRECTORY, REQUEST, other]), *kept([PLEDGE], LATE)]
    for chosen in (choose_for(shelf, BEA.group, disk, LATE), choose_for_anyone(shelf, disk, LATE)):
        assert ids(chosen) == ids(DIRECTORY) | {REQUEST.id, PLEDGE.id}
    later = UnixMs(LATE + 1)
    assert ids(choose_for(shelf, BEA.group, disk, later)) == ids(DIRECTORY)


def test_two_rosters_of_one_version_come_first_as_one_does() -> None:
    proof = prove(DORA.roster(), DORA.roster(CLEO))
    shelf = adas_shelf([proof, REQUEST])
    directory = [record for record in DIRECTORY if record.id != DORA.roster().id]
    disk = kept([*directory, proof, REQUEST])
    for chosen in (choose_for(shelf, BEA.group, disk), choose_for_anyone(shelf, disk)):
        assert proof.id in ids(chosen[: len(HALLS)])


# For anyone -----------------------------------------------------------------------------------


def test_what_is_sealed_is_not_for_anybody() -> None:
    shelf = adas_shelf()
    chosen = choose_for_anyone(shelf, kept([*DIRECTORY, *STORY]))
    assert ids(chosen) == ids(DIRECTORY) | NEWEST - {DETAILS.id}
    assert [record.header.kind for record in chosen[: len(HALLS)]] == [Kind.ROSTER] * len(HALLS)


def test_for_anyone_is_not_what_has_expired() -> None:
    surplus = ADA.surplus("late", version=40_000)
    shelf = adas_shelf([REQUEST, PLEDGE, surplus])
    disk = kept([*DIRECTORY, REQUEST, PLEDGE, surplus])
    come_to(shelf, mark_that_takes(REQUEST))
    chosen = choose_for_anyone(shelf, disk)
    assert ids(chosen) == ids(DIRECTORY) | {surplus.id}


def test_for_anyone_what_ends_at_the_very_mark_has_expired() -> None:
    header = ADA.header(Kind.REQUEST, "to the minute")
    lifetime_ms = 10 * DAY_MS - header.created_ms % PURGE_STEP_MS
    assert isinstance(REQUEST.body, Request)
    record = sign(replace(header, lifetime_ms=lifetime_ms), REQUEST.body, ADA.device)
    mark_ms = mark_that_takes(record)
    assert mark_ms == record.header.expires_ms
    shelf = adas_shelf([record])
    disk = kept([*DIRECTORY, record])
    come_to(shelf, mark_ms - PURGE_STEP_MS)
    assert record.id in ids(choose_for_anyone(shelf, disk))
    come_to(shelf, mark_ms)
    assert shelf.find_by_id(record.id) is not None
    assert record.id not in ids(choose_for_anyone(shelf, disk))


def test_for_anyone_is_not_what_answers_something_expired() -> None:
    """A pledge that lives longer than its request: we are party to it, so it stays on the desk."""
    longer = BEA.pledge(REQUEST, version=40_000)
    shelf = adas_shelf([REQUEST, longer])
    come_to(shelf, mark_that_takes(REQUEST))
    disk = kept([*DIRECTORY, REQUEST, longer])
    assert shelf.find_by_id(longer.id) is not None
    assert shelf.ends_ms(longer) != shelf.ends_ms(REQUEST)
    assert ids(choose_for_anyone(shelf, disk)) == ids(DIRECTORY)


def test_for_anyone_is_no_card_that_has_expired() -> None:
    shelf = adas_shelf([])
    cards = [record for record in DIRECTORY if record.header.kind != Kind.ROSTER]
    come_to(shelf, max(mark_that_takes(record) for record in cards))
    chosen = choose_for_anyone(shelf, kept(DIRECTORY))
    assert {record.header.kind for record in chosen} == {Kind.ROSTER}


def test_for_anyone_is_no_proof_that_shows_what_is_sealed() -> None:
    other = ADA.details(REQUEST, PLEDGE, CLEO)
    proofs = [prove(DETAILS, other), prove(PLEDGE, BEA.pledge(REQUEST, qty=7_000))]
    shelf = adas_shelf([REQUEST, *proofs])
    disk = kept([*DIRECTORY, REQUEST, *proofs])
    assert {each.id for each in proofs} <= ids(choose_for(shelf, ADA.group, disk))
    assert ids(choose_for_anyone(shelf, disk)) == ids(DIRECTORY) | {REQUEST.id, proofs[1].id}

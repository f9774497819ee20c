"""Whose records count: as the newest roster says, with what heirs adopt and members vouch for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protocol.bodies import KINDS, Kind, Profile, Request
from protocol.holdings import Holdings
from protocol.ids import ObjectNumber, adoption_number, directory_number, vouch_number
from protocol.limits import DIRECTORY_REACH, LIFETIME_MS_MAX
from protocol.notice import Notice
from protocol.record import ROSTER_NUMBER, Record, prove, sign
from protocol.roster import Adoption, Removal, Roster, Vouch
from protocol.standing import Standing, touched_by
from tests.protocol.halls import NOW, Hall

ADA = Hall("ada")
PHONE = ADA.with_device("phone")
LAPTOP = ADA.with_device("laptop")
GUEST = ADA.with_device("guest")
STRANGER = Hall("ada", "nobody's")
BEA = Hall("bea")


def roster(devices: list[Hall], *removed: tuple[Hall, Hall], version: int = 1) -> Record:
    """Of ADA's group: who is listed, and who was removed in favour of whom."""
    pairs = [Removal(gone.device_key, heir.device_key) for gone, heir in removed]
    body = Roster(
        tuple(sorted(each.device_key for each in devices)),
        tuple(sorted(pairs, key=lambda each: each.device)),
    )
    return sign(ADA.roster(version=version).header, body, ADA.keys.signing)


def numbered(by: Hall, body: Adoption | Vouch, number: ObjectNumber, lasting: int = 1) -> Record:
    """`lasting`: it lives so many parts of the longest time."""
    header = by.header(KINDS[type(body)], "", lifetime_ms=LIFETIME_MS_MAX // lasting)
    return sign(replace(header, number=number, reach=DIRECTORY_REACH), body, by.device)


def adoption(heir: Hall, removed: Hall, *records: Record, page: int = 0) -> Record:
    ids = tuple(sorted(record.id for record in records))
    body = Adoption(removed.device_key, ids, page)
    return numbered(heir, body, adoption_number(removed.device_key, page))


def vouch(by: Hall, guest: Hall, lasting: int = 1) -> Record:
    return numbered(by, Vouch(guest.device_key), vouch_number(guest.device_key), lasting)


def inherited(record: Record, heir: Hall, author: Hall) -> Record:
    """The version after `record`, which its author's heir signs."""
    assert isinstance(record.body, Request)
    header = replace(record.header, version=record.header.version + 1)
    header = replace(header, device=heir.device_key, author=author.device_key)
    return sign(header, record.body, heir.device)


def standing(*records: Record) -> Standing:
    held = Holdings()
    for record in records:
        held.put(record, NOW)
    return Standing(held)


OF_PHONE = PHONE.request("beds")
LISTED = roster([ADA, PHONE])
REMOVED = roster([ADA, LAPTOP], (PHONE, ADA), version=2)


# The roster ---------------------------------------------------------------------------------


def test_who_is_listed_counts_and_nobody_else() -> None:
    asked = standing(LISTED)
    assert asked.counts(ADA.request())
    assert asked.counts(OF_PHONE)
    assert asked.speaks(ADA.group, PHONE.device_key)
    assert not asked.counts(STRANGER.request())
    assert not asked.speaks(ADA.group, STRANGER.device_key)


def test_without_a_roster_nobody_speaks() -> None:
    asked = standing()
    assert asked.roster(ADA.group) == Roster(())
    assert not asked.counts(ADA.request())
    assert not asked.speaks(ADA.group, ADA.device_key)


def test_a_roster_counts_by_itself() -> None:
    assert standing().counts(LISTED)


def test_a_roster_says_nothing_of_another_group() -> None:
    assert not standing(LISTED).counts(BEA.request())


def test_of_two_rosters_of_one_version_counts_what_both_say() -> None:
    one, other = roster([ADA, PHONE]), roster([ADA, LAPTOP])
    asked = standing(prove(one, other))
    assert asked.roster(ADA.group) == Roster((ADA.device_key,))
    assert asked.counts(ADA.request())
    assert not asked.counts(OF_PHONE)
    assert not asked.counts(LAPTOP.request())


def test_what_stands_in_place_of_a_roster_and_holds_none_lists_nobody() -> None:
    """A group key that signs something else under the roster's number."""
    signed = (
        LISTED,
        sign(
            replace(LISTED.header, kind=Kind.NOTICE, lifetime_ms=1), Notice("a"), ADA.keys.signing
        ),
    )
    assert standing(prove(*signed)).roster(ADA.group) == Roster(())


@pytest.mark.parametrize(
    ("held", "removed"),
    [
        ([], []),
        ([LISTED], []),
        ([REMOVED], [PHONE]),
        ([prove(REMOVED, roster([ADA, LAPTOP], version=2))], [PHONE]),
        ([prove(REMOVED, roster([ADA, PHONE], (LAPTOP, ADA), version=2))], [PHONE, LAPTOP]),
    ],
    ids=["no roster", "none", "one", "by one of two", "by either"],
)
def test_who_was_removed_is_what_any_roster_says(held: list[Record], removed: list[Hall]) -> None:
    asked = standing(*held)
    for each in (ADA, PHONE, LAPTOP, GUEST):
        assert asked.has_removed(ADA.group, each.device_key) == (each in removed)


# Who goes on with what ----------------------------------------------------------------------


def test_who_was_removed_counts_no_more() -> None:
    asked = standing(REMOVED)
    assert not asked.counts(OF_PHONE)
    assert not asked.speaks(ADA.group, PHONE.device_key)


def test_what_the_heir_adopted_counts_and_no_more_than_that() -> None:
    asked = standing(REMOVED, adoption(ADA, PHONE, OF_PHONE))
    assert asked.counts(OF_PHONE)
    assert not asked.counts(PHONE.request("blankets"))


def test_any_page_adopts() -> None:
    other = PHONE.request("blankets")
    asked = standing(REMOVED, adoption(ADA, PHONE, OF_PHONE), adoption(ADA, PHONE, other, page=1))
    assert asked.counts(OF_PHONE)
    assert asked.counts(other)


def test_only_the_heir_adopts_and_only_of_whom_it_follows() -> None:
    assert not standing(REMOVED, adoption(LAPTOP, PHONE, OF_PHONE)).counts(OF_PHONE)
    assert not standing(REMOVED, adoption(ADA, STRANGER, OF_PHONE)).counts(OF_PHONE)
    assert not standing(REMOVED, ADA.profile()).counts(OF_PHONE)


def test_without_its_removal_an_adoption_says_nothing() -> None:
    gone = roster([ADA], version=2)
    assert not standing(gone, adoption(ADA, PHONE, OF_PHONE)).counts(OF_PHONE)


@pytest.mark.parametrize("record", [PHONE.profile(), PHONE.peering(BEA)])
def test_what_a_device_says_of_itself_is_not_inherited(record: Record) -> None:
    assert not standing(REMOVED, adoption(ADA, PHONE, record)).counts(record)


def test_that_somebody_has_read_a_request_is_adopted_like_a_message() -> None:
    seen = PHONE.seen(BEA.request())
    assert standing(REMOVED, adoption(ADA, PHONE, seen)).counts(seen)


def test_the_heir_goes_on_and_nobody_in_its_place() -> None:
    asked = standing(REMOVED)
    assert asked.counts(inherited(OF_PHONE, heir=ADA, author=PHONE))
    assert not asked.counts(inherited(OF_PHONE, heir=LAPTOP, author=PHONE))
    assert not standing(LISTED).counts(inherited(OF_PHONE, heir=ADA, author=PHONE))


# Guests -------------------------------------------------------------------------------------


def test_a_guest_speaks_while_a_member_vouches() -> None:
    asked = standing(LISTED, vouch(PHONE, GUEST))
    assert asked.speaks(ADA.group, GUEST.device_key)
    assert asked.counts(GUEST.request())
    assert asked.counts(GUEST.profile())
    assert not asked.counts(STRANGER.request())


def test_a_vouch_of_who_was_removed_or_never_listed_is_none() -> None:
    assert not standing(REMOVED, vouch(PHONE, GUEST)).counts(GUEST.request())
    assert not standing(LISTED, vouch(STRANGER, GUEST)).counts(GUEST.request())


def test_who_was_removed_does_not_come_back_as_a_guest() -> None:
    asked = standing(REMOVED, vouch(ADA, PHONE), vouch(ADA, GUEST))
    assert not asked.speaks(ADA.group, PHONE.device_key)
    assert not asked.counts(OF_PHONE)
    assert asked.vouch_for(OF_PHONE) is None
    assert asked.speaks(ADA.group, GUEST.device_key)


@pytest.mark.parametrize(
    "record",
    [GUEST.peering(BEA), vouch(GUEST, STRANGER), adoption(GUEST, PHONE, OF_PHONE)],
    ids=["whom the hall is paired with", "another guest", "an adoption"],
)
def test_a_guest_does_not_speak_for_the_house(record: Record) -> None:
    assert not standing(LISTED, vouch(PHONE, GUEST)).counts(record)


def test_a_guest_inherits_nothing() -> None:
    asked = standing(REMOVED, vouch(ADA, GUEST))
    assert not asked.counts(inherited(OF_PHONE, heir=GUEST, author=PHONE))


def test_a_guests_word_stands_on_the_vouch_that_lives_longest() -> None:
    long, short = vouch(ADA, GUEST), vouch(PHONE, GUEST, lasting=2)
    for order in ([long, short], [short, long]):
        assert standing(LISTED, *order).vouch_for(GUEST.request()) == long
    assert standing(LISTED, long).vouch_for(ADA.request()) is None
    assert standing(LISTED).vouch_for(STRANGER.request()) is None


def test_a_member_needs_no_vouch() -> None:
    assert standing(LISTED, vouch(ADA, PHONE)).vouch_for(OF_PHONE) is None


# Proofs -------------------------------------------------------------------------------------


def lied(hall: Hall) -> Record:
    """That `hall` has signed two contents as one version."""
    return prove(hall.request("beds"), hall.request("beds", qty=5_000))


def test_a_proof_counts_against_whoever_has_to_do_with_the_group() -> None:
    assert standing(LISTED).counts(lied(PHONE))
    assert not standing(REMOVED).counts(lied(PHONE)), "a thief may have its key"
    both = (PHONE.request("beds"), PHONE.request("beds", qty=5_000))
    assert not standing(REMOVED, adoption(ADA, PHONE, both[0])).counts(lied(PHONE))
    assert standing(REMOVED, adoption(ADA, PHONE, *both)).counts(lied(PHONE))
    assert standing(LISTED, vouch(ADA, GUEST)).counts(lied(GUEST))
    assert standing().counts(prove(roster([ADA]), roster([PHONE])))


def by_group_key(kind: Kind, body: Notice | Profile, number: ObjectNumber) -> Record:
    """What a group key should never sign."""
    header = replace(ADA.header(kind, ""), device=LISTED.header.device, number=number)
    return sign(header, body, ADA.keys.signing)


def test_a_group_key_contradicts_itself_in_rosters_alone() -> None:
    """What else it signs is nobody's word, and no more is the proof that there are two of it."""
    cards = (Profile(name, "K", "", (bytes(32),)) for name in ("ada", "eve"))
    number = directory_number(Kind.PROFILE, LISTED.header.device)
    assert not standing(LISTED).counts(
        prove(*(by_group_key(Kind.PROFILE, each, number) for each in cards))
    )
    notices = (Notice(text) for text in ("a", "b"))
    assert not standing(LISTED).counts(
        prove(*(by_group_key(Kind.NOTICE, each, ROSTER_NUMBER) for each in notices))
    )


def test_a_proof_against_a_stranger_is_nothing_to_us() -> None:
    assert not standing(LISTED).counts(lied(STRANGER))
    assert not standing().counts(lied(PHONE))


# What a word touches ------------------------------------------------------------------------


def test_a_vouch_or_an_adoption_touches_one_device_and_a_roster_all() -> None:
    records = [ADA.request(), OF_PHONE, GUEST.request()]
    for word, touched in (
        (vouch(ADA, GUEST), [GUEST.request()]),
        (adoption(ADA, PHONE, OF_PHONE), [OF_PHONE]),
        (REMOVED, records),
        (prove(roster([ADA]), roster([PHONE])), records),
    ):
        is_touched = touched_by(word)
        assert [record for record in records if is_touched(record)] == touched

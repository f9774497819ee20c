"""Two contents under one version: every hall makes the same bytes of them, and no others pass.

Besides, what a record stands on, and the numbers and authors that the newer kinds have.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from protocol.bodies import KINDS, Body, Kind
from protocol.codec import Map, encode
from protocol.errors import BadSignature, LocalError, MalformedRecord, PeerError
from protocol.ids import (
    ObjectId,
    ObjectNumber,
    RecordId,
    UnixMs,
    adoption_number,
    vouch_number,
)
from protocol.limits import (
    DAY_MS,
    DIRECTORY_LIFETIME_MS_MAX,
    DIRECTORY_REACH,
    VOUCH_LIFETIME_MS_MAX,
)
from protocol.notice import Notice
from protocol.record import (
    BODY_BYTES_MAX,
    UNSIGNED,
    Proof,
    Record,
    about,
    is_pledge,
    parse,
    prove,
    sign,
    stands_on,
    verify,
)
from protocol.roster import Adoption, Vouch
from tests.protocol.halls import NOW, Hall, as_map, resigned, signed_map

ADA, BEA = Hall("ada"), Hall("bea")
PHONE = ADA.with_device("phone")
REQUEST, OTHER = ADA.request(), ADA.request(qty=5_000)
PLEDGE = BEA.pledge(REQUEST)
DETAILS = ADA.details(REQUEST, PLEDGE, BEA)
ADOPTED = (RecordId(bytes(32)),)


def contents(record: Record) -> tuple[Record, Record]:
    assert isinstance(record.body, Proof)
    return record.body.first, record.body.second


def as_said(proof: Record, changes: Map) -> tuple[bytes, bytes]:
    """The proof with other keys, signed by nobody, as proofs are."""
    return encode(dict(sorted({**as_map(proof), **changes}.items()))), UNSIGNED


# What a proof is ----------------------------------------------------------------------------


def test_whoever_has_both_makes_the_same_proof() -> None:
    proof = prove(REQUEST, OTHER)
    assert proof == prove(OTHER, REQUEST) == parse(proof.body_bytes, proof.signature)
    verify(proof)
    first, second = contents(proof)
    assert first.id < second.id
    assert {first, second} == {REQUEST, OTHER}


@pytest.mark.parametrize("comes_first", [True, False])
def test_all_else_in_it_follows_from_the_two(comes_first: bool) -> None:
    """Whichever comes first by its id: the later, the farther and the unsure of them counts."""
    near = ADA.request(reach=1)
    made_ms = near.header.created_ms + DAY_MS
    versions = (resigned(near, {5: made_ms + at, 7: 3, 8: 1}, ADA.device) for at in range(100))
    far = next(each for each in versions if (each.id < near.id) == comes_first)
    header = prove(near, far).header
    assert header == replace(
        near.header,
        kind=Kind.PROOF,
        created_ms=far.header.created_ms,
        lifetime_ms=DIRECTORY_LIFETIME_MS_MAX,
        reach=3,
        clock_unsure=True,
    )
    assert header.object == near.header.object


def test_a_proof_of_cards_is_of_the_directory_and_of_rosters_never_ends() -> None:
    card = resigned(ADA.profile(), {5: ADA.profile().header.created_ms + 1}, ADA.device)
    cards = prove(ADA.profile(), card).header
    assert cards.in_directory
    assert cards.expires_ms is not None
    rosters = prove(ADA.roster(), ADA.roster(PHONE)).header
    assert rosters.in_directory
    assert rosters.expires_ms is None


def test_one_kind_may_be_of_the_directory_and_the_other_not() -> None:
    number = ADA.profile().header.number
    said = ADA.request().header
    message = sign(replace(said, number=number), REQUEST.body, ADA.device)
    for pair in ((ADA.profile(), message), (message, ADA.profile())):
        assert prove(*pair).header.kind == Kind.DIRECTORY_PROOF


def test_of_two_proofs_the_lower_version_comes_first_then_the_lower_ids() -> None:
    third = ADA.request(qty=6_000)
    low, high = sorted(
        (prove(REQUEST, OTHER), prove(REQUEST, third)),
        key=lambda each: contents(each) and tuple(content.id for content in contents(each)),
    )
    later = prove(ADA.request(version=2), ADA.request(version=2, qty=5_000))
    ranks = [each.body.rank for each in (low, high, later) if isinstance(each.body, Proof)]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 3


@pytest.mark.parametrize(
    "other",
    [REQUEST, ADA.request(version=2), ADA.request("beds"), PHONE.request(), BEA.request()],
    ids=["the same", "another version", "another object", "another device", "another group"],
)
def test_what_is_no_contradiction_proves_nothing(other: Record) -> None:
    with pytest.raises(LocalError):
        prove(REQUEST, other)


def test_proofs_prove_nothing_about_each_other() -> None:
    with pytest.raises(LocalError):
        prove(prove(REQUEST, OTHER), prove(REQUEST, ADA.request(qty=6_000)))


def test_a_proof_holds_two_of_the_largest_records() -> None:
    def padded(fill: bytes) -> Record:
        room = BODY_BYTES_MAX - len(REQUEST.body_bytes) - 6
        return resigned(REQUEST, {2_000: fill * room}, ADA.device)

    largest = padded(b"a")
    assert len(largest.body_bytes) == BODY_BYTES_MAX
    verify(prove(largest, padded(b"b")))


def test_no_other_record_may_be_as_large_as_a_proof() -> None:
    body, signature = signed_map({**as_map(REQUEST), 2_000: bytes(BODY_BYTES_MAX)}, ADA.device)
    with pytest.raises(MalformedRecord):
        parse(body, signature)


def test_a_forged_content_shows_in_the_proof() -> None:
    forged = parse(OTHER.body_bytes, REQUEST.signature)
    for pair in ((REQUEST, forged), (forged, OTHER)):
        if pair[0].id != pair[1].id:
            with pytest.raises(BadSignature):
                verify(prove(*pair))


PROOF = prove(REQUEST, OTHER)


@pytest.mark.parametrize(
    "changes",
    [
        {4: 2},
        {5: REQUEST.header.created_ms + 1},
        {6: DIRECTORY_LIFETIME_MS_MAX - 1},
        {7: 1},
        {8: 1},
        {99: 1},
        {0: int(Kind.DIRECTORY_PROOF)},
        {10: as_map(PROOF)[11], 11: as_map(PROOF)[10]},
        {11: as_map(PROOF)[10]},
        {11: [REQUEST.body_bytes]},
        {11: [REQUEST.body_bytes, 1]},
        {11: [REQUEST.body_bytes, bytes(63)]},
        {11: 1},
        {11: [b"\x80", bytes(64)]},
        {11: [PROOF.body_bytes, UNSIGNED]},
    ],
)
def test_what_does_not_follow_from_the_two_is_no_proof(changes: Map) -> None:
    with pytest.raises(PeerError):
        parse(*as_said(PROOF, changes))


def test_nobody_signs_a_proof() -> None:
    with pytest.raises(MalformedRecord):
        parse(PROOF.body_bytes, REQUEST.signature)


# Authors and numbers ------------------------------------------------------------------------


def test_an_heirs_version_is_of_the_authors_object() -> None:
    changes: Map = {2: PHONE.device_key, 4: 2, 9: ADA.device_key}
    later = resigned(REQUEST, changes, PHONE.device)
    assert later.header.object == REQUEST.header.object
    assert later.header.author == ADA.device_key
    alone = resigned(REQUEST, {2: PHONE.device_key, 4: 2}, PHONE.device)
    assert alone.header.object != REQUEST.header.object


def test_nobody_goes_on_with_what_the_groups_own_key_has_signed() -> None:
    """Under its number a guest could else write where the roster stands."""
    key = bytes(ADA.keys.signing.verify_key)
    with pytest.raises(MalformedRecord):
        resigned(REQUEST, {9: key}, ADA.device)


@pytest.mark.parametrize(
    ("record", "author"),
    [(REQUEST, ADA), (ADA.profile(), PHONE), (ADA.peering(BEA), PHONE), (ADA.seen(PLEDGE), PHONE)],
)
def test_nobody_is_its_own_heir_and_cards_have_none(record: Record, author: Hall) -> None:
    with pytest.raises(MalformedRecord):
        resigned(record, {9: author.device_key}, ADA.device)


def numbered(body: Body, number: ObjectNumber, lifetime_ms: int = DAY_MS) -> Record:
    header = ADA.header(KINDS[type(body)], "", lifetime_ms=lifetime_ms)
    return sign(replace(header, number=number, reach=DIRECTORY_REACH), body, ADA.device)


def test_there_is_one_adoption_a_page_and_one_vouch_a_guest() -> None:
    adoption, vouch = Adoption(PHONE.device_key, ADOPTED, 2), Vouch(PHONE.device_key)
    assert numbered(adoption, adoption_number(PHONE.device_key, 2)).body == adoption
    assert numbered(vouch, vouch_number(PHONE.device_key)).body == vouch
    for body, number in (
        (adoption, adoption_number(PHONE.device_key, 1)),
        (adoption, adoption_number(ADA.device_key, 2)),
        (vouch, vouch_number(ADA.device_key)),
    ):
        with pytest.raises(LocalError):
            numbered(body, number)


def test_a_vouch_lives_two_weeks_at_most() -> None:
    number = vouch_number(PHONE.device_key)
    numbered(Vouch(PHONE.device_key), number, VOUCH_LIFETIME_MS_MAX)
    with pytest.raises(LocalError):
        numbered(Vouch(PHONE.device_key), number, VOUCH_LIFETIME_MS_MAX + 1)


# What a record stands on --------------------------------------------------------------------


def test_answers_stand_on_their_request_and_details_on_the_pledge_too() -> None:
    asked, pledged = REQUEST.header.object, PLEDGE.header.object
    expected: list[tuple[Record, ObjectId | None, tuple[ObjectId, ...]]] = [
        (REQUEST, None, ()),
        (PLEDGE, asked, (asked,)),
        (DETAILS, asked, (asked, pledged)),
        (BEA.seen(REQUEST), asked, (asked,)),
        (ADA.profile(), None, ()),
        (ADA.sign(Notice("the bridge is closed"), "notice"), None, ()),
    ]
    for record, request, all_of_it in expected:
        assert about(record) == request
        assert stands_on(record) == all_of_it


def test_a_proof_stands_where_its_contents_do() -> None:
    lie = resigned(PLEDGE, {5: PLEDGE.header.created_ms + 1}, BEA.device)
    assert about(prove(PLEDGE, lie)) == REQUEST.header.object
    assert is_pledge(PLEDGE)
    assert is_pledge(prove(PLEDGE, lie))
    assert not is_pledge(REQUEST)
    assert not is_pledge(PROOF)
    assert stands_on(prove(PLEDGE, lie)) == (REQUEST.header.object,)
    assert about(PROOF) is None
    assert about(prove(ADA.roster(), ADA.roster(PHONE))) is None


def test_a_proof_of_the_directory_is_about_nothing_whatever_else_was_signed() -> None:
    card = BEA.profile()
    assert not isinstance(PLEDGE.body, Proof)
    header = replace(PLEDGE.header, number=card.header.number)
    answers = (
        sign(replace(header, created_ms=UnixMs(NOW + at)), PLEDGE.body, BEA.device)
        for at in range(200)
    )
    lower = next(each for each in answers if each.id < card.id)
    assert about(prove(lower, card)) is None


def test_a_pledge_of_a_later_version_stands_on_its_request_and_a_later_kind_on_nothing() -> None:
    asked = REQUEST.header.object
    later_step = resigned(PLEDGE, {13: 200}, BEA.device)
    assert (about(later_step), stands_on(later_step)) == (asked, (asked,))
    later_kind = resigned(PLEDGE, {0: 999}, BEA.device)
    assert (about(later_kind), stands_on(later_kind)) == (None, ())

"""Two contents under one version: every hall comes to the same proof, and believes neither."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.bodies import Decision, PledgeStep, Verdict
from protocol.errors import BadSignature, LocalError, MalformedRecord, PeerError
from protocol.events import FrameArrived, KeepRecords, LinkId
from protocol.frames import Records, to_bytes
from protocol.ids import ObjectId, RecordId, Thousandths
from protocol.limits import CONDITION_BYTES_MAX, PROOF_BYTES_MAX, RECORD_BYTES_MAX
from protocol.record import UNSIGNED, Proof, Record, prove
from protocol.record import to_bytes as record_bytes
from protocol.shelf import Shelf
from tests.protocol.halls import Hall, accepts, as_map, resigned, seed_of
from tests.protocol.houses import Device, Houses, street, with_directory
from tests.protocol.shelves import come_to, mark_that_takes

ADA, BEA, CLEO, DORA = (Hall(name) for name in ("ada", "bea", "cleo", "dora"))
PHONE = ADA.with_device("phone")
ONE, OTHER, THIRD = (ADA.request(qty=qty, reach=3) for qty in (60_000, 50_000, 40_000))
PROOF = prove(ONE, OTHER)
OBJECT = ONE.header.object
LATER = ADA.request(version=2, reach=3)


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


def stands(shelf: Shelf, object_id: ObjectId = OBJECT) -> Record:
    held = shelf.find(object_id)
    assert held is not None
    return held


def quiet_street() -> tuple[Houses, list[Device]]:
    devices = street(ADA, BEA, CLEO, DORA)
    town = Houses(*devices)
    town.pair_up()
    return town, devices


def bring(device: Device, *records: Record) -> None:
    """A neighbour brings these; what follows is carried out by nobody."""
    frame = to_bytes(Records([each.envelope for each in records]))
    device.exchange.handle(FrameArrived(LinkId(next(iter(device.ends))), frame))


# Two contents ---------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations([ONE, OTHER])))
def test_whichever_comes_first_the_proof_is_the_same_bytes(order: tuple[Record, ...]) -> None:
    shelf = known(BEA)
    place(shelf, [*order])
    assert stands(shelf).envelope == PROOF.envelope
    assert shelf.proofs() == [PROOF]
    assert shelf.all_requests() == []


@settings(max_examples=100)
@given(st.permutations([ONE, OTHER, PROOF, LATER, ADA.request(version=3, reach=3)]))
def test_what_is_frozen_stays_so_whatever_comes_in_whatever_order(order: list[Record]) -> None:
    shelf = known(CLEO)
    place(shelf, order)
    if LATER in order[: max(order.index(ONE), order.index(OTHER))]:
        place(shelf, [PROOF])
    assert stands(shelf) == PROOF
    place(shelf, [ONE, OTHER, LATER])
    assert stands(shelf) == PROOF


def test_two_that_hold_different_contents_freeze_it_when_they_meet() -> None:
    """And so does everybody further on, who had heard of one of them."""
    ada, bea, cleo, dora = street(ADA, BEA, CLEO, DORA)
    again = with_directory(ADA, BEA)
    town = Houses(ada, again, bea, cleo, dora)
    town.link(cleo, dora)
    town.run()
    for liar, hall, content in ((ada, bea, ONE), (again, cleo, OTHER)):
        town.link(liar, hall)
        town.run()
        hall.exchange.shelf.place_verified(content, ADA.group)
        hall.disk[content.id] = content
        town.unlink(liar, hall)
    town.link(bea, cleo)
    town.run()
    for hall in (bea, cleo, dora):
        assert hall.exchange.shelf.find_by_id(PROOF.id) == PROOF
        assert PROOF.id in hall.disk
        assert {ONE.id, OTHER.id}.isdisjoint(hall.disk)
        assert record_bytes(hall.disk[PROOF.id]) == record_bytes(PROOF)
    town.check_links()


def test_whose_device_it_was_hears_of_it_and_writes_to_that_object_no_more() -> None:
    town, (ada, bea, _, dora) = quiet_street()
    town.publish_and_run(ada, ONE)
    bea.exchange.shelf.place_verified(OTHER, ADA.group)
    bea.disk[PROOF.id] = PROOF
    town.look_again()
    for device in (ada, bea, dora):
        assert device.exchange.shelf.find_by_id(PROOF.id) == PROOF
    with pytest.raises(LocalError, match="two of one"):
        ada.exchange.shelf.place_own(LATER)
    town.check_links()


def test_of_three_contents_the_lower_proof_stands_whoever_saw_which_first() -> None:
    contents = [ONE, OTHER, THIRD]
    proofs = [prove(*pair) for pair in combinations(contents, 2)]
    bodies = {each.id: each.body for each in proofs}
    ranks = {each: body.rank for each, body in bodies.items() if isinstance(body, Proof)}
    lowest = min(ranks, key=lambda each: ranks[each])
    for order in permutations(proofs):
        shelf = known(BEA)
        place(shelf, [*order])
        assert stands(shelf).id == lowest
    town, devices = quiet_street()
    for device, proof in zip(devices[1:], proofs, strict=True):
        device.exchange.shelf.place_verified(proof, ADA.group)
        device.disk[proof.id] = proof
    town.look_again()
    for device in devices:
        assert device.exchange.shelf.find(OBJECT) is not None
        assert stands(device.exchange.shelf).id == lowest
    town.check_links()


def test_a_proof_of_a_lower_version_stands_above_a_later_version_and_another_proof() -> None:
    higher = prove(LATER, ADA.request(version=2, reach=3, qty=10_000))
    for order in permutations([LATER, higher, PROOF]):
        shelf = known(BEA)
        place(shelf, [*order])
        assert stands(shelf) == PROOF


def test_what_answers_a_frozen_request_keeps_no_link_from_settling() -> None:
    town, (ada, bea, cleo, dora) = quiet_street()
    town.publish_and_run(ada, ONE)
    pledges = [BEA.pledge(ONE), CLEO.pledge(ONE)]
    town.publish_and_run(bea, pledges[0])
    town.lose(cleo, pledges[1])
    dora.exchange.shelf.place_verified(OTHER, CLEO.group)
    dora.disk[PROOF.id] = PROOF
    town.look_again()
    for device in town.devices:
        assert device.exchange.shelf.find_by_id(PROOF.id) == PROOF
    town.check_links()


def test_the_parties_to_a_frozen_request_hear_of_it_where_it_does_not_reach() -> None:
    """Cleo was accepted and is out of reach by now."""
    near = ADA.request(reach=1)
    pledge = CLEO.pledge(near)
    taken = [
        ADA.request(version=2, reach=1, decisions=(accepts(pledge, qty),)) for qty in (9_000, 8_000)
    ]
    shelf = known(BEA)
    place(shelf, [near, pledge, *taken])
    proof = prove(*taken)
    assert stands(shelf) == proof
    assert shelf.belongs(proof, CLEO.end) == shelf.belongs(proof, ADA.end)


# In the directory -----------------------------------------------------------------------------


def test_a_device_that_names_neighbours_in_two_ways_has_none_of_them() -> None:
    town, (ada, bea, cleo, _) = quiet_street()
    del ada
    two = [ADA.peering(BEA, *more, version=2) for more in ((), (DORA,))]
    for device, record in zip((bea, cleo), two, strict=True):
        device.exchange.shelf.place_verified(record, ADA.group)
        device.disk[record.id] = record
    town.look_again()
    proof = prove(*two)
    for device in (bea, cleo):
        assert device.exchange.shelf.find_by_id(proof.id) == proof
        assert device.exchange.shelf.distance(ADA.group) is None


def test_a_card_of_two_contents_is_nobodys_card() -> None:
    shelf = known(BEA)
    two = [resigned(ADA.profile(), {4: 2, 10: name}, ADA.device) for name in ("Ada", "Eve")]
    place(shelf, two)
    assert shelf.profile_of(ADA.group) is None
    assert shelf.seal_keys_of(ADA.group) == []
    assert stands(shelf, two[0].header.object) == prove(*two)


# Forged ---------------------------------------------------------------------------------------


def forged(first: Record, second: Record, signature: bytes = UNSIGNED) -> list[bytes]:
    """A proof of `first` and `second`, in this order and whatever they say."""
    body = {**as_map(PROOF), 10: first.envelope, 11: second.envelope}
    return [msgpack.packb(body), signature]


FIRST, SECOND = sorted((ONE, OTHER), key=lambda each: each.id)
UNSIGNED_OTHER = replace(SECOND, signature=bytes(64))


@pytest.mark.parametrize(
    ("envelope", "error"),
    [
        (forged(SECOND, FIRST), MalformedRecord),
        (forged(FIRST, FIRST), MalformedRecord),
        (forged(FIRST, PHONE.request(qty=1)), MalformedRecord),
        (forged(FIRST, LATER), MalformedRecord),
        (forged(FIRST, SECOND, bytes([1] * 64)), MalformedRecord),
        (forged(FIRST, PROOF), MalformedRecord),
        (forged(FIRST, UNSIGNED_OTHER), BadSignature),
    ],
    ids=[
        "in the wrong order",
        "one content twice",
        "another device's",
        "another version",
        "signed itself",
        "a proof of a proof",
        "only one was signed",
    ],
)
def test_what_proves_nothing_is_the_fault_of_who_brings_it(
    envelope: list[bytes], error: type[PeerError]
) -> None:
    town, (ada, bea, _, _) = quiet_street()
    town.publish_and_run(ada, ONE)
    frame = to_bytes(Records([envelope]))
    with pytest.raises(error):
        bea.exchange.handle(FrameArrived(LinkId(next(iter(bea.ends))), frame))
    assert stands(bea.exchange.shelf) == ONE


def test_a_proof_against_somebody_unknown_to_the_group_changes_nothing() -> None:
    stranger = ADA.with_device("nobody's")
    lied = prove(stranger.request(qty=1_000), stranger.request(qty=2_000))
    town, (_, bea, _, _) = quiet_street()
    bring(bea, lied)
    assert bea.exchange.shelf.proofs() == []
    town.check_links()


def test_who_was_removed_cannot_freeze_what_its_heir_goes_on_with() -> None:
    """Whoever has stolen the phone signs a second content of what was adopted."""
    beds = PHONE.request("beds", reach=3)
    again = PHONE.request("beds", reach=3, qty=1_000)
    shelf = known(BEA)
    place(shelf, [ADA.roster(PHONE, version=2), beds, ADA.roster(version=3, removed={PHONE: ADA})])
    place(shelf, [ADA.adoption(PHONE, [beds])])
    went_on = ADA.request("beds", version=2, reach=3, author=PHONE)
    place(shelf, [went_on, prove(beds, again), again])
    assert stands(shelf, beds.header.object) == went_on


# How it travels -------------------------------------------------------------------------------


def long_request(number: int) -> Record:
    """As long as a record may be, nearly."""
    decisions = tuple(
        Decision(
            ObjectId(seed_of(f"pledge {at}")[:16]),
            1,
            Verdict.ACCEPTED,
            Thousandths(1_000),
            Thousandths(1_000),
            "x" * CONDITION_BYTES_MAX,
        )
        for at in range(31)
    )
    return ADA.request(f"no. {number}", reach=3, decisions=decisions)


def test_a_proof_that_is_longer_than_any_other_record_travels() -> None:
    one = long_request(1)
    other = resigned(one, {12: "something else"}, ADA.device)
    proof = prove(one, other)
    assert RECORD_BYTES_MAX < len(record_bytes(proof)) <= PROOF_BYTES_MAX
    town, (ada, bea, _, dora) = quiet_street()
    town.publish_and_run(ada, one)
    bea.exchange.shelf.place_verified(other, ADA.group)
    bea.disk[proof.id] = proof
    town.look_again()
    assert dora.holds(proof)
    town.check_links()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_restart_forgets_no_proof(order: tuple[int, ...]) -> None:
    town, (_, bea, _, _) = quiet_street()
    for record in (ONE, OTHER):
        for output in bea.exchange.handle(
            FrameArrived(LinkId(next(iter(bea.ends))), to_bytes(Records([record.envelope])))
        ):
            if isinstance(output, KeepRecords):
                bea.disk.update({each.record.id: each.record for each in output.placed})
    assert PROOF.id in bea.disk
    bea.disk.pop(ONE.id, None)
    for other in list(town.devices):
        town.unlink(bea, other)
    theirs = [each for each in bea.disk.values() if each.header.group == ADA.group]
    rest = [each for each in bea.disk.values() if each not in theirs]
    first, *others = [theirs[at] for at in order if at < len(theirs)]
    missing = [each for each in theirs if each not in (first, *others)]
    bea.restart([first, *rest, *others, *missing])
    assert stands(bea.exchange.shelf) == PROOF
    place(bea.exchange.shelf, [ONE, OTHER, LATER])
    assert stands(bea.exchange.shelf) == PROOF


def test_what_was_proven_is_not_believed_again_when_the_proof_is_over() -> None:
    """A version that was signed later outlives the proof."""
    shelf = known(BEA)
    come_to(shelf, PROOF.header.created_ms)
    place(shelf, [ONE, OTHER])
    come_to(shelf, mark_that_takes(PROOF))
    assert shelf.find(OBJECT) is None
    late = resigned(LATER, {5: mark_that_takes(PROOF)}, ADA.device)
    place(shelf, [late])
    assert shelf.find(OBJECT) is None


def test_a_pledge_of_two_contents_counts_for_nothing() -> None:
    shelf = known(BEA)
    two = [CLEO.pledge(ONE, qty=5_000), CLEO.pledge(ONE, qty=5_000, step=PledgeStep.SENT)]
    place(shelf, [ONE, *two])
    assert shelf.pledges_of(OBJECT) == []
    assert shelf.proofs() == [prove(*two)]
    assert shelf.belongs(prove(*two), ADA.end)


@pytest.mark.parametrize("at", range(3))
def test_details_are_held_whenever_the_pledge_that_they_are_for_is_frozen(at: int) -> None:
    """Who sealed them is to close them for everybody who holds them."""
    shelf = known(BEA)
    two = [CLEO.pledge(ONE, qty=5_000), CLEO.pledge(ONE, qty=6_000)]
    said = [*two]
    said.insert(at, ADA.details(ONE, two[0], CLEO))
    place(shelf, [ONE, *said])
    assert stands(shelf, two[0].header.object) == prove(*two)
    assert shelf.find_by_id(said[at].id) is not None


def test_ids_of_contents_order_the_proof() -> None:
    body = PROOF.body
    assert isinstance(body, Proof)
    ids: list[RecordId] = [body.first.id, body.second.id]
    assert ids == sorted(ids)

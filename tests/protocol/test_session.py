"""Two ends settle what differs, say little when nothing does, and always come to an end."""

from __future__ import annotations

from random import Random

import pytest

from protocol.channel import Role
from protocol.errors import RuleBroken
from protocol.frames import (
    Agree,
    Differ,
    Held,
    Reconcile,
    Records,
    Sent,
    SharedSet,
    Summary,
    Want,
    Whereabouts,
    from_bytes,
    to_bytes,
)
from protocol.ids import RecordId
from protocol.item_set import ItemSet
from protocol.limits import DAY_MS, DIALOGUE_IDS_MAX, QUESTIONS_MAX
from protocol.reconcile_wire import END, MessageWriter
from protocol.record import Record
from protocol.session import AskedFrame, LedFrame, Session
from tests.protocol.halls import NOW, UNPURGED, Hall, accepts, resigned, seed_of
from tests.protocol.towns import Machine, line_of, linked, summaries_agree

ADA, BEA, CLEO, DORA = (Hall(name) for name in ("ada", "bea", "cleo", "dora"))
REQUEST = ADA.request()
PLEDGE = BEA.pledge(REQUEST)
DIRECTORY, OTHERS = SharedSet.DIRECTORY, SharedSet.OTHERS


def test_when_all_agrees_little_is_said() -> None:
    town = linked(ADA, BEA)
    ada, bea = town.machines
    town.publish(ada, REQUEST)
    town.run()
    town.unlink(ada, bea)
    town.sent.clear()
    town.link(ada, bea)
    town.run()
    dialogue = [each for each in map(from_bytes, town.sent) if isinstance(each, Summary | Agree)]
    assert [type(each) for each in dialogue] == [Summary, Agree]
    said = [each for each in map(from_bytes, town.sent) if each not in dialogue]
    assert {type(each) for each in said} == {Whereabouts, Records, Held}
    # Each end shows its own card and peerings, two records, before it knows what the other holds.
    assert sum(isinstance(each, Records) for each in said) == 2
    # 25 bytes a summary, 5 an agreement: what matters is that it does not grow with what is held.
    assert sum(len(to_bytes(each)) for each in dialogue) < 100


def test_the_holders_are_known_again_after_settling() -> None:
    town = linked(ADA, BEA)
    ada, bea = town.machines
    town.publish(ada, REQUEST)
    town.run()
    town.unlink(ada, bea)
    restarted = Machine(ADA, BEA)
    for record in ada.disk.values():
        restarted.exchange.shelf.restore(record, NOW)
    assert len(restarted.exchange.holders_of(REQUEST.id)) == 0
    town.link(restarted, bea)
    town.run()
    assert len(restarted.exchange.holders_of(REQUEST.id)) == 1


@pytest.mark.parametrize("leads", [True, False])
def test_what_has_only_been_sent_is_held_by_nobody_yet(leads: bool) -> None:
    """The other end's word counts, not that it was told."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    town.publish(ada, REQUEST)
    town.link(*((ada, bea) if leads else (bea, ada)))
    while not any(REQUEST.body_bytes in data for data in town.sent):
        town.step()
    assert not bea.holds(REQUEST)
    assert len(ada.exchange.holders_of(REQUEST.id)) == 0
    town.run()
    assert len(ada.exchange.holders_of(REQUEST.id)) == 1


@pytest.mark.parametrize("leads", [True, False])
def test_who_was_off_catches_up_both_ways(leads: bool) -> None:
    town = linked(ADA, BEA)
    ada, bea = town.machines
    town.publish(ada, REQUEST)
    town.run()
    town.unlink(ada, bea)
    changed = ADA.request(version=2, decisions=(accepts(PLEDGE),))
    ours = [ADA.request(f"meals {number}") for number in range(150)]
    theirs = [BEA.request(f"beds {number}") for number in range(120)]
    town.publish(ada, changed, *ours)
    town.publish(bea, PLEDGE, *theirs)
    town.link(*((ada, bea) if leads else (bea, ada)))
    town.run()
    assert bea.holds(changed, *ours)
    assert ada.holds(PLEDGE, *theirs)
    assert not bea.holds(REQUEST)
    assert summaries_agree(ada, bea)
    assert ada.settled == {BEA.group}
    assert bea.settled == {ADA.group}
    assert {len(ada.exchange.holders_of(record.id)) for record in ours} == {1}
    assert {len(bea.exchange.holders_of(record.id)) for record in theirs} == {1}


def test_a_lost_hint_is_found_by_the_next_reconciliation() -> None:
    town = linked(ADA, BEA, CLEO)
    ada, bea, cleo = town.machines
    town.is_losing = True
    town.publish(ada, REQUEST)
    town.is_losing = False
    town.run()
    assert not bea.holds(REQUEST)
    town.unlink(ada, bea)
    town.link(ada, bea)
    town.run()
    assert bea.holds(REQUEST)
    assert cleo.holds(REQUEST)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_lost_all_hold_the_same_once_healed(seed: int) -> None:
    rng = Random(seed)
    town = linked(ADA, BEA, CLEO, DORA)
    pairs = list(zip(town.machines, town.machines[1:], strict=False))
    latest: dict[tuple[str, str], Record] = {}
    for number in range(30):
        machine = rng.choice(town.machines)
        what = f"need {rng.randrange(4)}"
        key = (machine.hall.name, what)
        version = latest[key].header.version + 1 if key in latest else 1
        latest[key] = machine.hall.request(what, version, reach=3)
        town.is_losing = rng.random() < 0.4
        town.publish(machine, latest[key])
        if number % 7 == 0:
            one, other = rng.choice(pairs)
            town.unlink(one, other)
            town.link(*rng.sample([one, other], 2))
        town.run()
    town.is_losing = False
    for one, other in pairs:
        town.unlink(one, other)
    for one, other in pairs:
        town.link(one, other)
    town.run()
    for machine in town.machines:
        assert machine.holds(*latest.values())
    assert all(summaries_agree(one, other) for one, other in pairs)


def test_a_record_that_is_refused_keeps_no_link_from_settling() -> None:
    """Cleo answered itself, twice. Each end refuses the other's, a bounded number of times."""
    town = line_of(ADA, BEA, CLEO)
    ada, bea, cleo = town.machines
    town.link(bea, cleo)
    town.run()
    town.unlink(bea, cleo)
    devices = [CLEO.with_device(name) for name in ("a", "b")]
    asked = CLEO.request("soup")
    stories = [device.pledge(asked) for device in devices]
    for machine, story in zip((ada, bea), stories, strict=True):
        for record in (CLEO.roster(*devices, version=2), asked, story):
            machine.exchange.shelf.restore(record, NOW)
    town.link(ada, bea)
    town.publish(ada, REQUEST)
    town.run()
    assert ada.settled == {BEA.group}
    assert {each.record for each in ada.left_out} == {stories[1].id}
    assert {each.record for each in bea.left_out} == {stories[0].id}
    assert len(ada.left_out) <= QUESTIONS_MAX
    assert bea.holds(REQUEST)
    assert len(ada.exchange.holders_of(REQUEST.id)) == 1


def test_what_was_refused_is_held_by_nobody() -> None:
    """Settling without agreement says nothing about who has what."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    bea.exchange.shelf.restore(REQUEST, NOW)
    hasty = resigned(REQUEST, {4: 2, 6: DAY_MS}, ADA.device)
    town.publish(ada, hasty)
    town.link(ada, bea)
    town.run()
    assert ada.settled == {BEA.group}
    assert [each.record for each in bea.left_out] == [hasty.id] * len(bea.left_out)
    assert bea.left_out != []
    assert len(ada.exchange.holders_of(hasty.id)) == 0


def test_who_no_longer_names_us_holds_nothing_of_ours() -> None:
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    town.publish(ada, REQUEST)
    town.publish(bea, BEA.peering(version=2))
    town.link(ada, bea)
    town.run()
    assert ada.settled == {BEA.group}
    assert not bea.holds(REQUEST)
    assert len(ada.exchange.holders_of(REQUEST.id)) == 0


def test_hundreds_of_differences_take_several_messages() -> None:
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    both = [BEA.request(f"beds {number}") for number in range(1_500)]
    for number, record in enumerate(both):
        for machine in (ada, bea) if number % 3 else (bea,):
            machine.exchange.shelf.restore(record, NOW)
    town.link(ada, bea)
    town.run()
    questions = [data for data in town.sent if isinstance(from_bytes(data), Reconcile)]
    assert len(questions) >= 4
    assert all(record.id in ada.exchange.shelf for record in both)
    assert summaries_agree(ada, bea)


# What fits the dialogue -----------------------------------------------------------------------

AN_ID = RecordId(seed_of("an id"))


def answer_with(*ids: bytes, more: bool = False) -> bytes:
    """A message that lists `ids` for all there is; `more` asks the initiator to go on."""
    writer = MessageWriter()
    writer.id_list(b"\x00" * 7 + b"\x01" if more else END, list(ids))
    if more:
        writer.fingerprint(END, bytes(16))
    return writer.to_bytes()


def led(*heard: LedFrame | Reconcile) -> Session:
    """Ada's end, which leads, after all of `heard`."""
    session = Session(BEA.end, Role.INITIATOR, ADA.shelf(), lambda: True)
    session.start()
    for frame in (Differ(SharedSet.ALL, UNPURGED, 0), *heard):
        session.handle(frame)
    return session


def asked(*heard: AskedFrame | Reconcile) -> Session:
    session = Session(BEA.end, Role.RESPONDER, ADA.shelf(), lambda: True)
    for frame in heard:
        session.handle(frame)
    return session


WANTING = (Differ(DIRECTORY, UNPURGED, 0), Reconcile(DIRECTORY, answer_with(AN_ID)))
"""What makes the initiator ask for a record."""


@pytest.mark.parametrize(
    ("heard", "frame"),
    [
        ((), Agree(OTHERS)),
        ((), Differ(OTHERS, UNPURGED, 0)),
        ((), Sent(DIRECTORY)),
        ((), Reconcile(DIRECTORY, answer_with())),
        ((Agree(DIRECTORY),), Agree(DIRECTORY)),
        ((Agree(DIRECTORY),), Differ(DIRECTORY, UNPURGED, 0)),
        ((Differ(DIRECTORY, UNPURGED, 0),), Differ(DIRECTORY, UNPURGED, 0)),
        ((Differ(DIRECTORY, UNPURGED, 0),), Agree(DIRECTORY)),
        ((Differ(DIRECTORY, UNPURGED, 0),), Reconcile(OTHERS, answer_with())),
        (WANTING, Sent(OTHERS)),
        (WANTING, Differ(DIRECTORY, UNPURGED, 0)),
        (WANTING, Reconcile(DIRECTORY, answer_with())),
        ((*WANTING, Sent(DIRECTORY)), Sent(DIRECTORY)),
        ((Agree(DIRECTORY), Agree(OTHERS)), Agree(OTHERS)),
        ((Agree(DIRECTORY), Agree(OTHERS)), Differ(DIRECTORY, UNPURGED, 0)),
    ],
)
def test_an_answer_fits_the_question(
    heard: tuple[LedFrame | Reconcile, ...], frame: LedFrame | Reconcile
) -> None:
    session = led(*heard)
    with pytest.raises(RuleBroken):
        session.handle(frame)


DIFFERENT = Summary(DIRECTORY, 9, bytes(16), UNPURGED)


@pytest.mark.parametrize(
    ("heard", "frame"),
    [
        ((), Reconcile(DIRECTORY, answer_with())),
        ((), Want(DIRECTORY, (AN_ID,))),
        ((DIFFERENT,), Reconcile(OTHERS, answer_with())),
        ((DIFFERENT,), Want(OTHERS, (AN_ID,))),
        ((Summary(OTHERS, *ItemSet().summary(), UNPURGED),), Want(OTHERS, (AN_ID,))),
    ],
)
def test_a_dialogue_is_about_what_was_found_to_differ(
    heard: tuple[AskedFrame, ...], frame: AskedFrame | Reconcile
) -> None:
    session = asked(*heard)
    with pytest.raises(RuleBroken):
        session.handle(frame)


def test_ids_that_a_neighbour_makes_up_without_end_are_bounded() -> None:
    session = led(Differ(DIRECTORY, UNPURGED, 0))
    wanted: list[RecordId] = []
    for number in range(DIALOGUE_IDS_MAX):
        ids = sorted(seed_of(f"{number}/{each}") for each in range(1_000))
        said = session.handle(Reconcile(DIRECTORY, answer_with(*ids, more=True)))
        wanted += [each for frame in said if isinstance(frame, Want) for each in frame.ids]
        if not any(isinstance(frame, Reconcile) for frame in said):
            break
    assert len(wanted) == DIALOGUE_IDS_MAX

"""Who comes anew fetches all there is, part by part, over a real link, and ends with the same."""

from __future__ import annotations

from functools import cache

import pytest

from protocol.channel import Role
from protocol.errors import RuleBroken
from protocol.events import FrameArrived
from protocol.frames import (
    Agree,
    Differ,
    Fetch,
    Fetched,
    Reconcile,
    Records,
    SharedSet,
    Summary,
    from_bytes,
    to_bytes,
    unpack_records,
)
from protocol.limits import (
    FRAME_BYTES_MAX,
    QUESTIONS_MAX,
    ROUNDS_MAX,
    SNAPSHOT_LEAST,
    SNAPSHOT_RECORDS_MAX,
)
from protocol.record import Record
from protocol.session import Session
from tests.protocol.halls import UNPURGED, Hall
from tests.protocol.houses import Device, Houses, with_directory

ADA, BEA, CLEO = (Hall(name) for name in ("ada", "bea", "cleo"))
MANY = 5_000
OTHERS = SharedSet.OTHERS


@cache
def asked(count: int) -> tuple[Record, ...]:
    return tuple(BEA.request(f"beds {number}") for number in range(count))


def meeting(theirs: int, ours: int = 0) -> tuple[Houses, Device, Device]:
    """Ada has the first `ours` of Bea's requests, Bea has all; no link yet."""
    ada, bea = with_directory(ADA, BEA), with_directory(BEA, ADA)
    ada.put_back(asked(theirs)[:ours])
    bea.put_back(asked(theirs))
    return Houses(ada, bea), ada, bea


def said(town: Houses, kind: type) -> int:
    return sum(isinstance(each, kind) for each in town.frames_sent())


def until_part(town: Houses, number: int) -> None:
    """Let frames arrive until that many parts have been asked for."""
    while said(town, Fetch) < number:
        town.step()


def test_a_new_node_fetches_thousands_in_parts() -> None:
    town, ada, bea = meeting(MANY)
    town.link(ada, bea)
    town.run()
    assert ada.shown >= {each.id for each in asked(MANY)}
    dialogue = [each for each in town.frames_sent() if isinstance(each, Fetch | Fetched)]
    assert [type(each) for each in dialogue] == [Fetch, Fetched] * (len(dialogue) // 2)
    parts = [each for each in dialogue if isinstance(each, Fetched)]
    assert len(parts) == -(-MANY // SNAPSHOT_RECORDS_MAX)
    assert [each.at for each in parts[:-1]] == sorted({each.at for each in parts[:-1]})
    assert parts[-1].at == b""
    assert BEA.group in ada.settled
    assert ADA.group in bea.settled
    assert max(map(len, town.sent)) <= FRAME_BYTES_MAX
    carried = sum(
        len(unpack_records(each)) for each in town.frames_sent() if isinstance(each, Records)
    )
    assert carried < MANY + 20, "nothing comes twice"
    town.check_links()


def test_who_is_only_a_little_behind_tells_ids_apart() -> None:
    for theirs, ours in ((SNAPSHOT_LEAST - 1, 0), (SNAPSHOT_LEAST * 2, SNAPSHOT_LEAST)):
        town, ada, bea = meeting(theirs, ours)
        town.link(ada, bea)
        town.run()
        assert said(town, Fetch) == 0
        assert ada.shown >= {each.id for each in asked(theirs)}
        town.check_links()


def test_who_leads_and_has_more_sends_it_without_a_snapshot() -> None:
    """Only an initiator fetches; from a responder that is new it hears which ids that lacks."""
    town, ada, bea = meeting(SNAPSHOT_LEAST * 2)
    town.link(bea, ada)
    town.run()
    assert said(town, Fetch) == 0
    assert ada.shown >= {each.id for each in asked(SNAPSHOT_LEAST * 2)}
    town.check_links()


def test_a_link_that_is_cut_in_the_middle_goes_on_where_it_is_linked_again() -> None:
    town, ada, bea = meeting(MANY)
    town.link(ada, bea)
    until_part(town, 3)
    town.unlink(ada, bea)
    town.run()
    had = len(ada.shown)
    assert had >= SNAPSHOT_RECORDS_MAX
    town.sent.clear()
    town.link(ada, bea)
    until_part(town, 5)
    town.unlink(ada, bea)
    town.run()
    town.link(ada, bea)
    town.run()
    assert ada.shown >= {each.id for each in asked(MANY)}
    assert BEA.group in ada.settled
    town.check_links()


def test_what_is_said_meanwhile_arrives_and_is_counted() -> None:
    town, ada, bea = meeting(MANY)
    cleo = with_directory(CLEO, ADA)
    ada.put_back([ADA.peering(BEA, CLEO, version=2)])
    town = Houses(ada, bea, cleo)
    town.link(ada, cleo)
    town.run()
    town.link(ada, bea)
    until_part(town, 4)
    changed = BEA.request("beds 4000", version=2)
    soup = BEA.request("soup")
    town.publish(bea, changed, soup)
    until_part(town, 6)
    town.publish(ada, ADA.request())
    town.publish(cleo, CLEO.request())
    town.run()
    expected = {each.id for each in (*asked(MANY), changed, soup, ADA.request(), CLEO.request())}
    expected.discard(asked(MANY)[4000].id)
    for device in (ada, bea, cleo):
        assert device.shown >= expected
        assert device.left_out == []
    town.check_links()


def test_what_is_over_meanwhile_keeps_no_link_from_settling() -> None:
    """A part begins behind an item that is not shared any more."""
    town, ada, bea = meeting(SNAPSHOT_LEAST * 2)
    town.link(ada, bea)
    until_part(town, 2)
    last = [each for each in town.frames_sent() if isinstance(each, Fetch)][-1]
    gone = next(each for each in asked(SNAPSHOT_LEAST * 2) if last.after.endswith(each.id))
    number = asked(SNAPSHOT_LEAST * 2).index(gone)
    town.publish(bea, BEA.request(f"beds {number}", version=2))
    town.run()
    assert ada.holds(BEA.request(f"beds {number}", version=2))
    assert len(ada.exchange.shelf.all_requests()) == SNAPSHOT_LEAST * 2
    town.check_links()


# Who does not keep to it ----------------------------------------------------------------------


def behind(*heard: Differ | Agree | Fetched) -> Session:
    """Ada's end, far behind, after all of `heard`."""
    session = Session(BEA.end, Role.INITIATOR, ADA.shelf(), lambda: True)
    session.start()
    for frame in (Differ(SharedSet.ALL, UNPURGED, 0), Agree(SharedSet.DIRECTORY), *heard):
        session.handle(frame)
    return session


FAR = Differ(OTHERS, UNPURGED, SNAPSHOT_LEAST)


def test_a_snapshot_whose_parts_never_end_comes_to_an_end() -> None:
    session = behind(FAR)
    fetches, questions = 1, 1
    while not session.is_settled:
        frames = session.handle(Fetched(OTHERS, fetches.to_bytes(40, "big")))
        if any(isinstance(each, Summary) for each in frames):
            questions += 1
            frames = session.handle(FAR)
        fetches += sum(isinstance(each, Fetch) for each in frames)
        assert fetches <= ROUNDS_MAX * QUESTIONS_MAX
    assert questions == QUESTIONS_MAX
    assert fetches == ROUNDS_MAX * QUESTIONS_MAX


@pytest.mark.parametrize(
    ("heard", "frame"),
    [
        ((), Fetched(OTHERS, b"")),
        ((FAR,), Fetched(SharedSet.DIRECTORY, b"")),
        ((FAR,), Agree(OTHERS)),
        ((FAR,), FAR),
        ((FAR, Fetched(OTHERS, b"")), Fetched(OTHERS, b"")),
    ],
)
def test_a_part_answers_what_was_asked_for(
    heard: tuple[Differ | Fetched, ...], frame: Agree | Differ | Fetched
) -> None:
    session = behind(*heard)
    with pytest.raises(RuleBroken):
        session.handle(frame)


@pytest.mark.parametrize("place", [0, 4, 5])
def test_a_part_that_leads_nowhere_ends_the_link(place: int) -> None:
    """A neighbour could else be asked for the same for ever."""
    session = behind(FAR, Fetched(OTHERS, (5).to_bytes(40, "big")))
    with pytest.raises(RuleBroken):
        session.handle(Fetched(OTHERS, place.to_bytes(40, "big")))


@pytest.mark.parametrize("after", [b"", bytes(40), b"\xff" * 40])
def test_any_place_is_answered_and_none_without_a_difference(after: bytes) -> None:
    town, ada, bea = meeting(10)
    town.link(ada, bea)
    town.run()
    link = next(iter(bea.ends))
    with pytest.raises(RuleBroken):
        bea.exchange.handle(FrameArrived(link, to_bytes(Fetch(OTHERS, after))))
    question = Summary(OTHERS, 9, bytes(16), UNPURGED)
    bea.exchange.handle(FrameArrived(link, to_bytes(question)))
    bea.outputs = bea.exchange.handle(FrameArrived(link, to_bytes(Fetch(OTHERS, after))))
    frames = [from_bytes(each.data) for each in bea.outputs if hasattr(each, "data")]
    count = sum(len(unpack_records(each)) for each in frames if isinstance(each, Records))
    assert count == (0 if after.startswith(b"\xff") else 10)
    assert frames[-1] == Fetched(OTHERS, b"")


def test_a_part_in_the_middle_of_a_dialogue_is_no_harm() -> None:
    """A neighbour that asks for both gets both."""
    session = Session(BEA.end, Role.RESPONDER, ADA.shelf(), lambda: True)
    (differ,) = session.handle(Summary(OTHERS, 9, bytes(16), UNPURGED))
    assert isinstance(differ, Differ)
    assert session.handle(Fetch(OTHERS, b"")) == [Fetched(OTHERS, b"")]
    with pytest.raises(RuleBroken):
        session.handle(Fetch(SharedSet.DIRECTORY, b""))
    assert session.handle(Fetch(OTHERS, b"")) == [Fetched(OTHERS, b"")]
    (answer,) = session.handle(Reconcile(OTHERS, b"a"))
    assert isinstance(answer, Reconcile)

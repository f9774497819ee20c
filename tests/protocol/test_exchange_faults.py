"""What breaks the protocol is the peer's fault, whatever it is: the machine itself never fails."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.channel import Role
from protocol.codec import encode
from protocol.errors import MalformedFrame, MalformedRecord, PeerError, RuleBroken
from protocol.events import FrameArrived, LinkId, LinkUp, SendFrame
from protocol.exchange import Exchange
from protocol.frames import (
    Agree,
    Confirm,
    Differ,
    Frame,
    Introduce,
    Paired,
    Reconcile,
    Records,
    Sent,
    SharedSet,
    Summary,
    TurnAway,
    Want,
    to_bytes,
)
from tests.protocol.halls import UNPURGED, Hall
from tests.protocol.towns import Machine, line_of, told_by

ADA, BEA = Hall("ada"), Hall("bea")
REQUEST = ADA.request()
LINK = LinkId(1)


def fresh(role: Role) -> Exchange:
    """Ada's exchange, with a link on which nothing has been heard yet."""
    exchange = Machine(ADA, BEA).exchange
    exchange.handle(LinkUp(LINK, BEA.end, role, BEA.roster(), told_by(ADA)))
    return exchange


def say(exchange: Exchange, frame: Frame) -> list[object]:
    return [*exchange.handle(FrameArrived(LINK, to_bytes(frame)))]


QUESTION = Summary(SharedSet.OTHERS, 9, bytes(16), UNPURGED)


def test_the_initiator_leads() -> None:
    with pytest.raises(RuleBroken):
        say(fresh(Role.INITIATOR), QUESTION)
    with pytest.raises(RuleBroken):
        say(fresh(Role.INITIATOR), Want(SharedSet.OTHERS, ()))
    responder = fresh(Role.RESPONDER)
    assert say(responder, QUESTION) != []
    assert say(responder, Want(SharedSet.OTHERS, ())) != []


@pytest.mark.parametrize("shared", [SharedSet.DIRECTORY, SharedSet.OTHERS])
def test_the_responder_answers(shared: SharedSet) -> None:
    for frame in (Agree(shared), Differ(shared, UNPURGED, 0), Sent(shared)):
        with pytest.raises(RuleBroken):
            say(fresh(Role.RESPONDER), frame)


def test_an_answer_to_no_question_is_noticed() -> None:
    with pytest.raises(RuleBroken):
        say(fresh(Role.INITIATOR), Sent(SharedSet.DIRECTORY))
    with pytest.raises(RuleBroken):
        say(fresh(Role.INITIATOR), Reconcile(SharedSet.DIRECTORY, b"a"))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("message", [b"", b"a\x00", b"\xff"])
def test_a_reconciliation_that_is_none_is_the_peers_fault(role: Role, message: bytes) -> None:
    exchange = fresh(role)
    with suppress(PeerError):
        say(exchange, Reconcile(SharedSet.DIRECTORY, message))


@pytest.mark.parametrize(
    "frame",
    [
        Introduce(BEA.roster().envelope, BEA.device_key, 1, bytes(16), bytes(64)),
        TurnAway(1),
        Confirm("bea"),
        Paired("bea"),
    ],
    ids=lambda frame: type(frame).__name__,
)
@pytest.mark.parametrize("role", Role)
def test_what_belongs_before_a_link_does_not_belong_on_it(frame: Frame, role: Role) -> None:
    with pytest.raises(RuleBroken):
        say(fresh(role), frame)


def test_frames_of_a_later_version_are_passed_over() -> None:
    for role in Role:
        assert fresh(role).handle(FrameArrived(LINK, encode({0: 200, 1: "later"}))) == []


def test_malformed_frames_and_records_are_the_peers_fault() -> None:
    exchange = fresh(Role.RESPONDER)
    with pytest.raises(MalformedFrame):
        exchange.handle(FrameArrived(LINK, b""))
    with pytest.raises(MalformedRecord):
        say(exchange, Records([[b"\x80", bytes(64)]]))


@given(st.binary(max_size=120), st.sampled_from(Role))
def test_any_bytes_are_answered_or_the_peers_fault(data: bytes, role: Role) -> None:
    exchange = fresh(role)
    with suppress(PeerError):
        exchange.handle(FrameArrived(LINK, data))


@given(st.integers(0, 2**32))
def test_a_real_dialogue_with_a_byte_changed_raises_only_peer_errors(seed: int) -> None:
    rng = Random(seed)
    for role, frames in RECORDED.items():
        exchange = fresh(role)
        for data in frames:
            changed = bytearray(data)
            if rng.random() < 0.5:
                changed[rng.randrange(len(changed))] = rng.randrange(256)
            with suppress(PeerError):
                exchange.handle(FrameArrived(LINK, bytes(changed)))


@given(
    st.sampled_from([1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16, 17]),
    st.lists(
        st.integers(0, 3)
        | st.binary(max_size=40)
        | st.sampled_from([bytes(16), bytes(32), b"a\x00\x00\x02\x00"])
        | st.lists(st.just(bytes(32)) | st.just(REQUEST.envelope), max_size=2),
        max_size=5,
    ),
    st.sampled_from(Role),
)
def test_every_frame_with_any_values_raises_only_peer_errors(
    code: int, values: list[object], role: Role
) -> None:
    exchange = fresh(role)
    data = msgpack.packb({0: code, **dict(enumerate(values, start=1))})
    for _ in range(2):
        with suppress(PeerError):
            exchange.handle(FrameArrived(LINK, data))


def recorded(role: Role) -> list[bytes]:
    """All that Bea says to Ada, who has `role`, when both have something new."""
    town = line_of(ADA, BEA)
    ada, bea = town.machines
    town.publish(ada, REQUEST)
    town.publish(bea, *(BEA.request(f"beds {number}") for number in range(40)))
    town.link(*((ada, bea) if role is Role.INITIATOR else (bea, ada)))
    town.run()
    return [each.data for each in bea.outputs if isinstance(each, SendFrame)]


RECORDED = {role: recorded(role) for role in Role}

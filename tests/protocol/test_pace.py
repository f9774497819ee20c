"""How long a neighbour's socket waits: not for what an evening brings, for a flood as it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.frames import (
    Agree,
    Fetch,
    Fetched,
    Frame,
    Held,
    Reconcile,
    Records,
    Sent,
    SharedSet,
    Summary,
    Want,
    pack_records,
    to_bytes,
)
from protocol.ids import RecordId
from protocol.limits import (
    FRAME_BYTES_MAX,
    PACE_BYTES_BURST,
    PACE_BYTES_PER_S,
    PACE_RECORDS_BURST,
    PACE_RECORDS_PER_S,
    PACE_ROUNDS_BURST,
    PACE_ROUNDS_PER_S,
    QUESTIONS_MAX,
    ROUNDS_MAX,
)
from protocol.pace import Cost, Pace, cost_of
from tests.protocol.halls import UNPURGED, Hall

ADA = Hall("ada")
NUMBERS = [0, 1, 15, 16, 255, 256, 400]
ID = RecordId(bytes(32))


# What a frame costs -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", NUMBERS)
def test_records_cost_as_many_as_there_are(number: int) -> None:
    data = to_bytes(Records([[b"body", bytes(64)]] * number))
    assert cost_of(data) == Cost(len(data), max(1, number), 0)


ROUNDS: list[Frame] = [
    Summary(SharedSet.ALL, 3, bytes(16), UNPURGED),
    Reconcile(SharedSet.OTHERS, b"a"),
    Want(SharedSet.OTHERS, (ID,) * 20),
    Fetch(SharedSet.DIRECTORY, b""),
]
OTHERS: list[Frame] = [
    Held((ID,) * 20),
    Agree(SharedSet.ALL),
    Sent(SharedSet.OTHERS),
    Fetched(SharedSet.OTHERS, b""),
]


@pytest.mark.parametrize("frame", ROUNDS, ids=lambda frame: type(frame).__name__)
def test_what_asks_for_work_costs_a_round(frame: Frame) -> None:
    assert cost_of(to_bytes(frame)) == Cost(len(to_bytes(frame)), 1, 1)


@pytest.mark.parametrize("frame", OTHERS, ids=lambda frame: type(frame).__name__)
def test_any_frame_takes_a_turn(frame: Frame) -> None:
    assert cost_of(to_bytes(frame)) == Cost(len(to_bytes(frame)), 1, 0)


@given(st.binary(max_size=9) | st.binary(max_size=5).map(lambda tail: b"\x82\x00\x0a" + tail))
def test_what_is_no_frame_costs_its_bytes_and_a_turn_at_least(data: bytes) -> None:
    cost = cost_of(data)
    assert cost.size_bytes == len(data)
    assert cost.records >= 1


def test_what_has_no_list_costs_a_turn() -> None:
    for data in (
        b"",
        b"\x82\x00",
        b"\x82\x00\x0a",
        b"\x82\x00\x0a\x01\x91",
        b"\x82\x00\x0a\x02\xdc\x01\x90",
    ):
        assert cost_of(data) == Cost(len(data), 1, 0)
    assert cost_of(b"\x82\x01\x0c").rounds == 0


# How long that takes ----------------------------------------------------------------------------


def test_a_first_synchronisation_of_ten_thousand_records_waits_for_nothing() -> None:
    """All in one moment: by gossip, then two whole dialogues, then nearly all as a snapshot."""
    pace = Pace(0)
    (frame,) = pack_records([ADA.request(f"meals {number}") for number in range(100)])
    sent = cost_of(to_bytes(frame))
    ask = cost_of(to_bytes(ROUNDS[0]))
    for _ in range(100):
        assert pace.wait_ms(sent, 0) == 0
    for _ in range(2 * (ROUNDS_MAX + QUESTIONS_MAX) + 25):
        assert pace.wait_ms(ask, 0) == 0
    for _ in range(90):
        assert pace.wait_ms(sent, 0) == 0


def test_a_flood_of_records_is_read_as_fast_as_was_said() -> None:
    """From its beginning on, a neighbour that always has more to send."""
    pace, now_ms, records = Pace(0), 0, 0
    while now_ms < 60_000:
        now_ms += pace.wait_ms(Cost(40_000, 100, 0), now_ms)
        records += 100
    assert records <= PACE_RECORDS_BURST + 60 * PACE_RECORDS_PER_S + 100
    assert records >= PACE_RECORDS_BURST + 59 * PACE_RECORDS_PER_S


def test_long_records_are_paced_by_their_bytes() -> None:
    pace = Pace(0)
    for _ in range(PACE_BYTES_BURST // FRAME_BYTES_MAX):
        assert pace.wait_ms(Cost(FRAME_BYTES_MAX, 1, 0), 0) == 0
    owed = (PACE_BYTES_BURST // FRAME_BYTES_MAX + 1) * FRAME_BYTES_MAX - PACE_BYTES_BURST
    wait_ms = pace.wait_ms(Cost(FRAME_BYTES_MAX, 1, 0), 0)
    assert wait_ms == -(-owed * 1_000 // PACE_BYTES_PER_S) > 0


def test_a_flood_of_questions_is_answered_ten_times_a_second() -> None:
    pace = Pace(0)
    ask = Cost(40, 1, 1)
    assert [pace.wait_ms(ask, 0) for _ in range(PACE_ROUNDS_BURST)] == [0] * PACE_ROUNDS_BURST
    assert pace.wait_ms(ask, 0) == 1_000 // PACE_ROUNDS_PER_S
    assert pace.wait_ms(ask, 100) == 1_000 // PACE_ROUNDS_PER_S
    assert pace.wait_ms(Cost(40, 1, 0), 200) == 0


def test_whoever_was_quiet_has_its_burst_again_and_no_more() -> None:
    pace, all_at_once = Pace(0), Cost(0, PACE_RECORDS_BURST, 0)
    assert pace.wait_ms(all_at_once, 0) == 0
    assert pace.wait_ms(all_at_once, 10_000_000) == 0
    assert pace.wait_ms(Cost(0, 1, 0), 10_000_000) == 1


def test_a_clock_that_stands_or_goes_back_gives_nothing() -> None:
    pace = Pace(1_000)
    assert pace.wait_ms(Cost(0, PACE_RECORDS_BURST, 0), 1_000) == 0
    assert pace.wait_ms(Cost(0, 1_000, 0), 0) == 1_000
    assert pace.wait_ms(Cost(0, 0, 0), 500) == 500

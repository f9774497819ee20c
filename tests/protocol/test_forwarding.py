"""What goes over a slow link next: nobody's flood delays what another neighbour brought."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.bodies import Request, Urgency
from protocol.events import FrameArrived, Output, Published, SendFrame
from protocol.forwarding import FAR, Forwarding, Lane, Rank, rank_of
from protocol.frames import Records, from_bytes, pack_records, to_bytes, unpack_records
from protocol.ids import GroupId, Thousandths
from protocol.record import Record
from tests.protocol.halls import Hall
from tests.protocol.towns import Machine, Town

ADA, BEA, CARL = (Hall(name) for name in ("ada", "bea", "carl"))
PLENTY = 1_000_000
URGENT, CALM, LATE = (Rank(is_message=True, calm=-urgency) for urgency in (2, 1, 0))


def by(hall: Hall, rank: Rank = CALM) -> Lane:
    return Lane(hall.group, rank)


OWN = Lane(None, CALM)


def all_taken(queue: Forwarding) -> list[bytes]:
    taken = []
    while (frame := queue.take()) is not None:
        taken.append(frame)
    assert queue.size_bytes == 0
    return taken


# The order --------------------------------------------------------------------------------------


def test_the_dialogue_alone_keeps_its_order() -> None:
    queue = Forwarding(PLENTY)
    frames = [bytes([number]) * (9 - number) for number in range(9)]
    assert all(queue.put(frame) for frame in frames)
    assert all_taken(queue) == frames
    assert queue.take() is None


def test_own_records_go_before_all_that_waits() -> None:
    queue = Forwarding(PLENTY)
    for frame, lane in ((b"said", None), (b"flood", by(BEA, URGENT)), (b"mine", OWN)):
        queue.put(frame, lane)
    queue.put(b"my danger", Lane(None, URGENT))
    assert all_taken(queue)[:2] == [b"my danger", b"mine"]


def test_each_neighbour_and_the_dialogue_have_their_turns() -> None:
    queue = Forwarding(PLENTY)
    for number in range(100):
        queue.put(b"flood%03d" % number, by(BEA))
    for number in range(3):
        queue.put(b"honest%02d" % number, by(CARL))
        queue.put(b"answer%02d" % number)
    first = all_taken(queue)[:10]
    assert [frame for frame in first if frame.startswith(b"honest")] == [
        b"honest00",
        b"honest01",
        b"honest02",
    ]
    assert [frame for frame in first if frame.startswith(b"answer")] == [
        b"answer00",
        b"answer01",
        b"answer02",
    ]


def test_turns_are_as_many_bytes_each() -> None:
    """Fifty short frames wait for one long one, not for fifty."""
    queue = Forwarding(PLENTY)
    for _ in range(10):
        queue.put(b"F" * 5_000, by(BEA))
    for _ in range(50):
        queue.put(b"h" * 100, by(CARL))
    taken = all_taken(queue)
    last_honest = max(at for at, frame in enumerate(taken) if frame[:1] == b"h")
    assert sum(frame[:1] == b"F" for frame in taken[:last_honest]) <= 2


def test_who_was_quiet_is_owed_nothing() -> None:
    queue = Forwarding(PLENTY)
    for number in range(10):
        queue.put(b"B%09d" % number, by(BEA))
    for _ in range(5):
        queue.take()
    for number in range(5):
        queue.put(b"C%09d" % number, by(CARL))
    assert [frame[:1] for frame in all_taken(queue)] == [b"C", b"B"] * 5


def test_within_a_neighbours_line_the_lowest_rank_goes_first() -> None:
    queue = Forwarding(PLENTY)
    for frame, rank in ((b"1", LATE), (b"2", CALM), (b"3", URGENT), (b"4", CALM), (b"5", Rank())):
        queue.put(frame, by(BEA, rank))
    assert all_taken(queue) == [b"5", b"3", b"2", b"4", b"1"]


# Where too much waits ---------------------------------------------------------------------------


def test_the_fullest_line_gives_up_what_it_would_have_sent_last() -> None:
    queue = Forwarding(100)
    queue.put(b"honest" * 2, by(CARL, LATE))
    for number in range(20):
        assert queue.put(b"flood%05d" % number, by(BEA, URGENT if number == 19 else CALM))
        assert queue.size_bytes <= 100
    assert queue.put(b"an answer" * 3)
    assert queue.put(b"mine" * 3, OWN)
    assert queue.size_bytes <= 100
    taken = all_taken(queue)
    assert {b"honest" * 2, b"an answer" * 3, b"mine" * 3, b"flood00019"} <= set(taken)
    assert b"flood00018" not in taken


def test_what_is_longer_than_all_room_is_not_kept() -> None:
    queue = Forwarding(100)
    queue.put(b"x" * 50, by(BEA))
    assert queue.put(b"y" * 101, by(CARL))
    assert all_taken(queue) == [b"x" * 50]


@pytest.mark.parametrize("lane", [None, OWN], ids=["dialogue", "own"])
def test_nothing_is_given_up_of_the_dialogue_and_of_our_own(lane: Lane | None) -> None:
    queue = Forwarding(100)
    assert queue.put(b"f" * 30, by(BEA))
    assert queue.put(b"1" * 60, lane)
    assert not queue.put(b"2" * 60, lane)
    assert all_taken(queue) == [b"1" * 60]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, OWN, by(BEA), by(BEA, URGENT), by(CARL), by(CARL, LATE)]),
            st.integers(1, 40),
            st.booleans(),
        ),
        max_size=60,
    )
)
def test_whatever_comes_and_goes_the_bound_holds_and_no_frame_is_made_up(
    steps: list[tuple[Lane | None, int, bool]],
) -> None:
    queue, kept, put = Forwarding(100), [], []
    for number, (lane, size, takes) in enumerate(steps):
        frame = b"%04d" % number + bytes(size)
        put.append((frame, lane))
        if queue.put(frame, lane) and lane in {None, OWN}:
            kept.append((frame, lane))
        assert queue.size_bytes <= 100
        if takes and (taken := queue.take()) is not None:
            kept = [each for each in kept if each[0] != taken]
    rest = all_taken(queue)
    assert set(rest) <= {frame for frame, _ in put}
    for whose in (None, OWN):
        mine = [frame for frame, lane in kept if lane == whose]
        assert [frame for frame in rest if frame in mine] == mine


# What stands first ------------------------------------------------------------------------------


def wish(urgency: Urgency, text: str = "soup") -> Record:
    body = Request("V-1", "FOD", text, Thousandths(1_000), "meal", urgency)
    return ADA.sign(body, f"request {text} {urgency}")


def test_danger_goes_before_the_near_and_the_near_before_the_far() -> None:
    danger, soon, routine = (wish(each) for each in (Urgency.DANGER, Urgency.SOON, Urgency.ROUTINE))
    ranks = [
        rank_of(ADA.roster(), None, 3),
        rank_of(danger, danger, 1),
        rank_of(danger, danger, 3),
        rank_of(danger, danger, None),
        rank_of(soon, soon, 1),
        rank_of(routine, routine, 2),
        rank_of(BEA.pledge(routine), None, None),
    ]
    assert ranks == sorted(ranks)
    assert ranks[3].distance == ranks[-1].distance == FAR


def test_an_answer_goes_when_its_request_does() -> None:
    danger = wish(Urgency.DANGER)
    assert rank_of(BEA.pledge(danger), danger, 2) == rank_of(danger, danger, 2)
    assert rank_of(BEA.pledge(danger), danger, 2) < rank_of(wish(Urgency.SOON), None, 1)


def test_long_records_go_last_of_their_like() -> None:
    soon = wish(Urgency.SOON)
    pledge = BEA.pledge(soon)
    details = ADA.details(soon, pledge, BEA)
    long = ADA.request(decisions=())
    assert rank_of(details, soon, 1).length == len(details.body_bytes) // 1_024
    assert rank_of(soon, soon, 1) <= rank_of(details, soon, 1)
    assert rank_of(long, long, 1).length == 0


# From the machine -------------------------------------------------------------------------------


def lanes_of(outputs: list[Output], machine: Machine, hall: Hall) -> list[tuple[Lane | None, int]]:
    """Of all records that go to a hall: in which lane, how many."""
    found = []
    for each in outputs:
        if isinstance(each, SendFrame) and machine.ends[each.link][0].hall is hall:
            frame = from_bytes(each.data)
            if isinstance(frame, Records):
                found.append((each.lane, len(unpack_records(frame))))
    return found


def middle_of_three() -> tuple[Town, Machine]:
    """Ada, who is linked with Bea and with Carl."""
    machines = [Machine(BEA, ADA), Machine(ADA, BEA, CARL), Machine(CARL, ADA)]
    town = Town(*machines)
    town.link(machines[0], machines[1])
    town.link(machines[1], machines[2])
    town.run()
    return town, machines[1]


def test_what_is_passed_on_takes_turns_by_who_brought_it() -> None:
    _, ada = middle_of_three()
    (link,) = (each for each, (other, _) in ada.ends.items() if other.hall is BEA)
    danger = BEA.sign(wish(Urgency.DANGER).body, "danger")  # type: ignore[arg-type]
    soon = [BEA.request(f"beds {number}") for number in range(3)]
    (frame,) = pack_records([soon[0], danger, *soon[1:]])
    outputs = ada.exchange.handle(FrameArrived(link, to_bytes(frame)))
    near = {urgency: Rank(is_message=True, calm=-urgency, distance=1) for urgency in (1, 2)}
    assert lanes_of(outputs, ada, CARL) == [
        (Lane(BEA.group, near[1]), 3),
        (Lane(BEA.group, near[2]), 1),
    ]
    assert lanes_of(outputs, ada, BEA) == []


def test_our_own_have_a_line_that_goes_first() -> None:
    _, ada = middle_of_three()
    own = ADA.request("tents")
    outputs = ada.exchange.handle(Published((own,)))
    for hall in (BEA, CARL):
        ((lane, number),) = lanes_of(outputs, ada, hall)
        assert lane is not None
        assert (lane.origin, number) == (None, 1)


def test_a_flood_does_not_delay_the_honest_on_a_slow_link() -> None:
    """First in, first out, nothing of it would have gone: a long queue was there before it."""
    rng, queue = Random(4), Forwarding(8 * 1024 * 1024)
    for _ in range(400):
        queue.put(rng.randbytes(20_000), by(BEA, URGENT))
    honest = [b"honest" + rng.randbytes(400) for _ in range(100)]
    sent: list[bytes] = []
    for frame in honest:
        queue.put(frame, by(CARL, LATE))
        for _ in range(2):
            sent += [each for each in [queue.take()] if each is not None]
        queue.put(rng.randbytes(20_000), by(BEA, URGENT))
    assert set(honest) <= set(sent)


def test_a_group_of_no_neighbour_has_a_line_as_well() -> None:
    queue = Forwarding(PLENTY)
    queue.put(b"from a stick", Lane(GroupId(bytes(32)), CALM))
    assert all_taken(queue) == [b"from a stick"]

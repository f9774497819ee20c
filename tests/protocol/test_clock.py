"""Who vouches for the time, played as a dialogue with a machine, a person and neighbours."""

from __future__ import annotations

from itertools import count
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.clock import WRITTEN_MS, Reading, Timekeeper, Voucher, Word, is_believable
from protocol.ids import GroupId, UnixMs
from protocol.limits import (
    AGREED_MS,
    BELIEVED_MS,
    DAY_MS,
    HOUR_MS,
    LIARS_MAX,
    MINUTE_MS,
    NEIGHBOURS_MAX,
    RECKONED_MS,
    TELLERS_LEAST,
    TOLD_MS,
)

YEAR_MS: Final = 365 * DAY_MS
FLOOR: Final = UnixMs(WRITTEN_MS + YEAR_MS)
"""The latest time that the hall has put on disk."""
RIGHT: Final = FLOOR + 40 * DAY_MS
"""What the watches in town show when the machine is started."""
IN_1970: Final = 17_000
"""Such a machine's wall clock, seventeen seconds after it was started."""
FAR: Final = GroupId(b"?" * 32)
"""A hall that is nobody's neighbour here."""

moments = st.integers(0, WRITTEN_MS + 2 * BELIEVED_MS)
"""Whatever a wire or a wall clock may bring."""


def group(number: int) -> GroupId:
    return GroupId(bytes([number]) * 32)


class Hall:
    """A machine without a battery, started when the town's watches show RIGHT.

    `neighbours`: how many halls it is paired with. What they tell is said against the right time.
    """

    def __init__(self, neighbours: int = 0, *, wall_ms: int = IN_1970) -> None:
        self.boot_ms = IN_1970
        self.wall_ms = wall_ms
        self.keeper = Timekeeper(FLOOR, self.reading())
        self.paired = [group(number) for number in range(neighbours)]
        self.keeper.pair(self.paired)

    def reading(self, *, synchronised: bool = False) -> Reading:
        return Reading(UnixMs(self.wall_ms), self.boot_ms, synchronised)

    @property
    def right_ms(self) -> UnixMs:
        return UnixMs(RIGHT + self.boot_ms)

    @property
    def off_ms(self) -> int:
        """How far the hall's time is ahead of the right one."""
        return self.keeper.standing().now_ms - self.right_ms

    @property
    def by(self) -> Voucher:
        return self.keeper.standing().by

    def go_on(self, ms: int) -> None:
        """Time passes, awake or asleep, and then the machine is read."""
        self.boot_ms += ms
        self.wall_ms += ms
        self.keeper.see(self.reading())

    def synchronise(self) -> None:
        self.wall_ms = self.right_ms
        self.keeper.see(self.reading(synchronised=True))

    def told(self, by: int, off_ms: int = 0) -> None:
        """A neighbour says what time it is, `off_ms` later than right."""
        self.keeper.hear(group(by), UnixMs(self.right_ms + off_ms), self.boot_ms)

    def said(self, off_ms: int = 0) -> None:
        """So does a person here."""
        self.keeper.tell(Word(UnixMs(self.right_ms + off_ms), self.boot_ms))


def test_at_first_nobody_vouches_and_time_goes_on_by_the_boot_clock() -> None:
    hall = Hall()
    assert hall.keeper.standing().now_ms == FLOOR
    hall.go_on(HOUR_MS)
    standing = hall.keeper.standing()
    assert (standing.now_ms, standing.by) == (FLOOR + HOUR_MS, Voucher.NOBODY)
    assert not standing.is_trusted
    assert (standing.tellers, standing.ahead_ms) == (0, None)


def test_a_night_asleep_counts_and_a_wall_clock_set_by_hand_does_not() -> None:
    hall = Hall()
    hall.boot_ms += 9 * HOUR_MS
    hall.wall_ms += 3 * YEAR_MS
    hall.keeper.see(hall.reading())
    assert hall.keeper.standing().now_ms == FLOOR + 9 * HOUR_MS


@pytest.mark.parametrize("after_ms", [YEAR_MS, -YEAR_MS, 0])
def test_a_wall_clock_that_is_later_than_the_disk_is_where_it_starts(after_ms: int) -> None:
    hall = Hall(wall_ms=FLOOR + after_ms)
    assert hall.keeper.standing().now_ms == FLOOR + max(0, after_ms)
    assert hall.by is Voucher.NOBODY


def test_synchronised_is_right_and_stays_trusted_for_a_week_without() -> None:
    hall = Hall()
    hall.synchronise()
    assert (hall.off_ms, hall.by) == (0, Voucher.SYNCHRONISED)
    hall.wall_ms = IN_1970
    hall.go_on(RECKONED_MS)
    assert (hall.off_ms, hall.by) == (0, Voucher.SYNCHRONISED)
    hall.go_on(1)
    assert (hall.off_ms, hall.by) == (0, Voucher.NOBODY)


def test_each_synchronised_reading_is_a_new_week() -> None:
    hall = Hall()
    for _ in range(3):
        hall.synchronise()
        hall.go_on(RECKONED_MS)
    assert hall.by is Voucher.SYNCHRONISED


@pytest.mark.parametrize(
    "time_ms", [0, IN_1970, WRITTEN_MS - 1, WRITTEN_MS + BELIEVED_MS + 1, 2**53 - 1]
)
def test_what_cannot_be_is_believed_of_nobody(time_ms: int) -> None:
    assert not is_believable(time_ms)
    hall = Hall(TELLERS_LEAST)
    hall.keeper.see(Reading(UnixMs(time_ms), hall.boot_ms, is_synchronised=True))
    hall.keeper.tell(Word(UnixMs(time_ms), hall.boot_ms))
    for teller in hall.paired:
        hall.keeper.hear(teller, UnixMs(time_ms), hall.boot_ms)
    standing = hall.keeper.standing()
    assert (standing.now_ms, standing.by, standing.tellers) == (FLOOR, Voucher.NOBODY, 0)


@pytest.mark.parametrize("time_ms", [WRITTEN_MS, WRITTEN_MS + BELIEVED_MS])
def test_the_first_and_the_last_time_that_can_be_are_believed(time_ms: int) -> None:
    assert is_believable(time_ms)
    hall = Hall()
    hall.keeper.tell(Word(UnixMs(time_ms), hall.boot_ms))
    assert hall.keeper.standing().now_ms == time_ms


def test_a_person_here_is_believed_for_a_week() -> None:
    hall = Hall()
    hall.said(off_ms=MINUTE_MS)
    assert (hall.off_ms, hall.by) == (MINUTE_MS, Voucher.OPERATOR)
    hall.go_on(RECKONED_MS)
    assert (hall.off_ms, hall.by) == (MINUTE_MS, Voucher.OPERATOR)
    hall.go_on(1)
    assert (hall.off_ms, hall.by) == (MINUTE_MS, Voucher.NOBODY)


def test_the_newest_word_of_a_person_counts_also_backwards() -> None:
    hall = Hall()
    hall.said(off_ms=30 * DAY_MS)
    hall.said()
    assert (hall.off_ms, hall.by) == (0, Voucher.OPERATOR)


def test_a_word_from_earlier_is_reckoned_on() -> None:
    hall = Hall()
    word = Word(hall.right_ms, hall.boot_ms)
    hall.go_on(RECKONED_MS)
    hall.keeper.tell(word)
    assert (hall.off_ms, hall.by) == (0, Voucher.OPERATOR)
    hall.go_on(1)
    assert hall.by is Voucher.NOBODY


def test_a_word_that_is_too_old_is_not_even_a_guess() -> None:
    hall = Hall()
    word = Word(hall.right_ms, hall.boot_ms)
    hall.go_on(RECKONED_MS + 1)
    hall.keeper.tell(word)
    assert hall.keeper.standing().now_ms == FLOOR + RECKONED_MS + 1
    assert hall.by is Voucher.NOBODY


def test_synchronisation_comes_before_a_person_and_a_person_before_what_was() -> None:
    hall = Hall()
    hall.synchronise()
    hall.said(off_ms=HOUR_MS)
    assert (hall.off_ms, hall.by) == (0, Voucher.SYNCHRONISED)
    hall.go_on(MINUTE_MS)
    hall.said(off_ms=HOUR_MS)
    assert (hall.off_ms, hall.by) == (HOUR_MS, Voucher.OPERATOR)
    hall.synchronise()
    assert (hall.off_ms, hall.by) == (0, Voucher.SYNCHRONISED)


def test_the_third_neighbour_gives_trust() -> None:
    hall = Hall(3)
    for number, off_ms in ((0, MINUTE_MS), (1, -MINUTE_MS)):
        hall.told(number, off_ms)
        assert hall.by is Voucher.NOBODY
        assert hall.keeper.standing().now_ms == FLOOR
    hall.go_on(HOUR_MS)
    hall.told(2, 20_000)
    assert (hall.off_ms, hall.by) == (20_000, Voucher.NEIGHBOURS)
    hall.go_on(RECKONED_MS)
    assert (hall.off_ms, hall.by) == (20_000, Voucher.NEIGHBOURS)
    hall.go_on(1)
    assert (hall.off_ms, hall.by) == (20_000, Voucher.NOBODY)


def test_of_four_the_lower_middle_one_counts() -> None:
    hall = Hall(4)
    hall.said()
    hall.go_on(RECKONED_MS)
    for number, off_ms in enumerate((40_000, 10_000, 30_000, 20_000)):
        hall.told(number, off_ms)
    hall.go_on(1)
    assert (hall.off_ms, hall.by) == (20_000, Voucher.NEIGHBOURS)


def test_one_neighbour_is_shown_and_moves_nothing_however_often_it_speaks() -> None:
    hall = Hall(3)
    for _ in range(9):
        hall.told(1)
        hall.go_on(MINUTE_MS)
    standing = hall.keeper.standing()
    assert (standing.by, standing.tellers) == (Voucher.NOBODY, 1)
    assert standing.ahead_ms == hall.right_ms - standing.now_ms


def test_strangers_are_not_listened_to() -> None:
    hall = Hall(2)
    hall.told(0)
    hall.told(1)
    hall.keeper.hear(FAR, hall.right_ms, hall.boot_ms)
    assert hall.keeper.standing().tellers == 2
    assert hall.by is Voucher.NOBODY


def test_who_is_removed_counts_no_more() -> None:
    hall = Hall(3)
    hall.told(0)
    hall.told(1)
    hall.keeper.pair([group(1), group(2), group(3)])
    hall.told(2)
    assert (hall.keeper.standing().tellers, hall.by) == (2, Voucher.NOBODY)
    hall.told(3)
    assert hall.by is Voucher.NEIGHBOURS
    hall.keeper.pair([])
    standing = hall.keeper.standing()
    assert (standing.tellers, standing.by) == (0, Voucher.NEIGHBOURS)


def test_a_removal_may_leave_enough_that_agree() -> None:
    """Of five neighbours two may lie; of four one, and then two that agree are enough."""
    hall = Hall(5)
    for number, off_ms in ((0, 0), (1, 0), (2, YEAR_MS)):
        hall.told(number, off_ms)
    assert hall.by is Voucher.NOBODY
    hall.keeper.pair(hall.paired[:4])
    assert (hall.off_ms, hall.by) == (0, Voucher.NEIGHBOURS)


def test_what_was_told_counts_for_a_day() -> None:
    hall = Hall(3)
    hall.told(0)
    hall.told(1)
    hall.go_on(TOLD_MS)
    hall.told(2)
    assert hall.by is Voucher.NEIGHBOURS
    late = Hall(3)
    late.told(0)
    late.told(1)
    late.go_on(TOLD_MS + 1)
    late.told(2)
    assert (late.keeper.standing().tellers, late.by) == (1, Voucher.NOBODY)


def test_neighbours_move_no_time_that_is_trusted_and_are_shown_beside_it() -> None:
    hall = Hall(4)
    hall.said(off_ms=-HOUR_MS)
    for number in range(4):
        hall.told(number)
    standing = hall.keeper.standing()
    assert (hall.off_ms, standing.by) == (-HOUR_MS, Voucher.OPERATOR)
    assert (standing.tellers, standing.ahead_ms) == (4, HOUR_MS)


def test_a_time_that_neighbours_gave_is_not_moved_by_the_next_neighbour() -> None:
    hall = Hall(6)
    for number in range(3):
        hall.told(number, 5 * MINUTE_MS)
    for number in range(3, 6):
        hall.told(number, -5 * MINUTE_MS)
    assert (hall.off_ms, hall.by) == (5 * MINUTE_MS, Voucher.NEIGHBOURS)
    assert hall.keeper.standing().ahead_ms == -10 * MINUTE_MS


def test_when_trust_has_run_out_those_who_still_tell_their_time_are_asked() -> None:
    hall = Hall(3)
    hall.said(off_ms=HOUR_MS)
    hall.go_on(RECKONED_MS)
    for number in range(3):
        hall.told(number)
    assert (hall.off_ms, hall.by) == (HOUR_MS, Voucher.OPERATOR)
    hall.go_on(1)
    assert (hall.off_ms, hall.by) == (0, Voucher.NEIGHBOURS)


def test_a_person_comes_before_neighbours() -> None:
    hall = Hall(3)
    for number in range(3):
        hall.told(number, HOUR_MS)
    hall.said()
    assert (hall.off_ms, hall.by) == (0, Voucher.OPERATOR)


def test_three_that_agree_are_enough_however_many_more_are_away() -> None:
    hall = Hall(NEIGHBOURS_MAX)
    for number in range(TELLERS_LEAST):
        hall.told(number)
    assert (hall.off_ms, hall.by) == (0, Voucher.NEIGHBOURS)


def test_neighbours_that_all_say_another_time_are_not_believed() -> None:
    hall = Hall(3)
    for number, off_ms in enumerate((-HOUR_MS, 0, HOUR_MS)):
        hall.told(number, off_ms)
    assert (hall.keeper.standing().tellers, hall.by) == (3, Voucher.NOBODY)


@pytest.mark.parametrize(("apart_ms", "by"), [(0, Voucher.NEIGHBOURS), (1, Voucher.NOBODY)])
def test_times_agree_up_to_ten_minutes(apart_ms: int, by: Voucher) -> None:
    hall = Hall(3)
    for number, off_ms in enumerate((-YEAR_MS, 0, AGREED_MS + apart_ms)):
        hall.told(number, off_ms)
    assert hall.by is by


@pytest.mark.parametrize("lie_ms", [-YEAR_MS, YEAR_MS])
@pytest.mark.parametrize("first", [True, False])
def test_one_liar_among_three_and_two_among_five_are_outvoted(lie_ms: int, first: bool) -> None:
    """Also when the liars' links come up first."""
    for neighbours, liars in ((3, 1), (5, 2)):
        hall = Hall(neighbours)
        order = range(neighbours) if first else reversed(range(neighbours))
        for number in order:
            hall.told(number, lie_ms if number < liars else 0)
        assert (hall.off_ms, hall.by) == (0, Voucher.NEIGHBOURS), neighbours


lies = st.one_of(st.integers(-YEAR_MS, YEAR_MS), st.integers(-2 * AGREED_MS, 2 * AGREED_MS))
honest_times = st.integers(-AGREED_MS // 2, AGREED_MS // 2)


@st.composite
def towns(draw: st.DrawFn) -> tuple[list[int], list[int], list[int]]:
    """What liars tell and what honest neighbours tell, and in which order: a minority lies."""
    told = draw(st.lists(honest_times, min_size=1, max_size=NEIGHBOURS_MAX // 2))
    lied = draw(st.lists(lies, max_size=len(told) - 1))
    order = draw(st.permutations(range(len(told) + len(lied))))
    return lied, told, order


@given(towns())
def test_the_time_of_all_is_between_those_of_the_honest(
    town: tuple[list[int], list[int], list[int]],
) -> None:
    """Up to k liars among 2k + 1 or more that have all told their time, whatever they tell."""
    lied, told, order = town
    hall = Hall(len(order))
    hall.said(off_ms=3 * HOUR_MS)
    hall.go_on(RECKONED_MS)
    for number in order:
        hall.told(number, [*lied, *told][number])
    hall.go_on(1)
    assert hall.keeper.standing().is_trusted is (len(order) >= TELLERS_LEAST)
    if hall.by is Voucher.NEIGHBOURS:
        assert min(told) <= hall.off_ms <= max(told)


@given(towns(), st.data())
def test_few_liars_have_an_honest_one_beside_them_whoever_tells_first(
    town: tuple[list[int], list[int], list[int]], data: st.DataObject
) -> None:
    """Some may never tell, and some tell again: none is taken that no honest one stands with."""
    lied, told, order = town
    lied = lied[:LIARS_MAX]
    offs = [*lied, *told]
    hall = Hall(len(offs))
    for number in order:
        if number >= len(offs) or data.draw(st.booleans()):
            continue
        lying = number < len(lied)
        hall.told(number, data.draw(lies) if lying else offs[number])
        if hall.by is Voucher.NEIGHBOURS:
            assert min(told) - AGREED_MS <= hall.off_ms <= max(told) + AGREED_MS
            return


steps = st.lists(
    st.one_of(
        st.tuples(st.just("go on"), st.integers(0, 2 * RECKONED_MS)),
        st.tuples(st.just("set by hand"), moments),
        st.tuples(st.just("synchronised"), moments),
        st.tuples(st.just("said"), moments),
        st.tuples(st.just("told"), moments),
        st.tuples(st.just("paired"), st.integers(0, 6)),
    ),
    max_size=40,
)


@given(steps, moments)
def test_whatever_happens_a_trusted_time_moves_by_synchronisation_and_a_person_alone(
    steps: list[tuple[str, int]], wall_ms: int
) -> None:
    """Jumps of years, 1970, a person's slips: between those two it goes on with the boot clock."""
    hall = Hall(5, wall_ms=wall_ms)
    tellers = count()
    for what, value in steps:
        before, boot_ms = hall.keeper.standing(), hall.boot_ms
        match what:
            case "go on":
                hall.go_on(value)
            case "set by hand":
                hall.wall_ms = value
                hall.go_on(0)
            case "synchronised":
                hall.wall_ms = value
                hall.keeper.see(hall.reading(synchronised=True))
            case "said":
                hall.keeper.tell(Word(UnixMs(value), hall.boot_ms))
            case "told":
                hall.keeper.hear(group(next(tellers) % 7), UnixMs(value), hall.boot_ms)
            case "paired":
                hall.keeper.pair([group(number) for number in range(value)])
        after = hall.keeper.standing()
        passed_ms = hall.boot_ms - boot_ms
        is_moved = after.now_ms != before.now_ms + passed_ms
        if is_moved and what not in {"synchronised", "said"}:
            assert after.by is Voucher.NEIGHBOURS
            assert not before.is_trusted or passed_ms > 0

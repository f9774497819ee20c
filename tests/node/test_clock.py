"""The time at a hall whose machine may have no clock of its own: `Pi` shows what it is told to."""

from __future__ import annotations

import ctypes
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.clock import (
    TIME_ERROR,
    HallClock,
    ThisMachine,
    boot_id,
    system_clock,
)
from protocol.clock import WRITTEN_MS, Reading, Voucher, Word
from protocol.ids import GroupId, UnixMs
from protocol.limits import DAY_MS, RECKONED_MS

HOUR_MS: Final = 3_600_000
YEAR_MS: Final = 365 * DAY_MS
EVENING: Final = UnixMs(WRITTEN_MS + YEAR_MS)
"""The last time that the hall has put on disk."""
IN_1970: Final = 17_000
"""A Pi's wall clock, seventeen seconds after it was switched on."""


class Pi:
    """A machine that was switched on seventeen seconds ago."""

    def __init__(self, wall_ms: int, *, synchronised: bool = False) -> None:
        self.wall_ms = wall_ms
        self.boot_ms = IN_1970
        self.synchronised = synchronised

    def read(self) -> Reading:
        return Reading(UnixMs(self.wall_ms), self.boot_ms, self.synchronised)

    def go_on(self, ms: int) -> None:
        """Time passes, awake or asleep."""
        self.wall_ms += ms
        self.boot_ms += ms


def test_a_start_in_1970_begins_with_the_latest_time_on_disk() -> None:
    machine = Pi(IN_1970)
    clock = HallClock(EVENING, machine)
    assert clock() == EVENING
    machine.go_on(HOUR_MS)
    assert clock() == EVENING + HOUR_MS
    assert not clock.is_trusted


def test_a_wall_clock_later_than_the_disk_is_more_likely_than_1970() -> None:
    machine = Pi(EVENING + 5 * DAY_MS)
    clock = HallClock(EVENING, machine)
    assert clock() == EVENING + 5 * DAY_MS
    assert not clock.is_trusted


@pytest.mark.parametrize("jump_ms", [-YEAR_MS, -1, 1, YEAR_MS])
def test_a_wall_clock_that_jumps_moves_nothing_while_nobody_vouches_for_it(jump_ms: int) -> None:
    machine = Pi(EVENING)
    clock = HallClock(EVENING, machine)
    machine.go_on(HOUR_MS)
    machine.wall_ms += jump_ms
    assert clock() == EVENING + HOUR_MS
    machine.go_on(HOUR_MS)
    assert clock() == EVENING + 2 * HOUR_MS


def test_a_night_asleep_counts() -> None:
    machine = Pi(IN_1970)
    clock = HallClock(EVENING, machine)
    machine.boot_ms += 9 * HOUR_MS
    assert clock() == EVENING + 9 * HOUR_MS


@pytest.mark.parametrize("right_ms", [EVENING + 400 * DAY_MS, EVENING - 10 * DAY_MS])
def test_once_it_is_synchronised_the_wall_clock_is_the_time(right_ms: int) -> None:
    """Also where the hall had been ahead: only a time that nobody vouched for is taken back."""
    machine = Pi(IN_1970)
    clock = HallClock(EVENING, machine)
    machine.go_on(HOUR_MS)
    machine.wall_ms, machine.synchronised = right_ms, True
    assert clock() == right_ms
    assert clock.is_trusted
    machine.go_on(HOUR_MS)
    assert clock() == right_ms + HOUR_MS


def test_synchronised_from_the_start_the_disk_does_not_matter() -> None:
    machine = Pi(EVENING - DAY_MS, synchronised=True)
    clock = HallClock(EVENING, machine)
    assert clock() == EVENING - DAY_MS
    assert clock.is_trusted


def test_the_time_goes_on_from_where_it_was_when_nobody_vouches_for_it_any_more() -> None:
    machine = Pi(IN_1970)
    clock = HallClock(EVENING, machine)
    machine.wall_ms, machine.synchronised = EVENING + 3 * DAY_MS, True
    assert clock() == EVENING + 3 * DAY_MS
    machine.wall_ms, machine.synchronised = IN_1970, False
    machine.go_on(HOUR_MS)
    assert clock() == EVENING + 3 * DAY_MS + HOUR_MS
    machine.go_on(HOUR_MS)
    assert clock() == EVENING + 3 * DAY_MS + 2 * HOUR_MS


def test_what_was_reckoned_from_a_right_time_is_trusted_for_a_week() -> None:
    machine = Pi(EVENING, synchronised=True)
    clock = HallClock(EVENING, machine)
    assert clock.is_trusted
    machine.synchronised = False
    machine.go_on(RECKONED_MS)
    assert clock.is_trusted
    machine.go_on(1)
    assert not clock.is_trusted
    assert clock() == EVENING + RECKONED_MS + 1
    machine.synchronised = True
    assert clock.is_trusted


def test_nobody_vouches_for_a_time_before_this_software_was_written() -> None:
    machine = Pi(IN_1970, synchronised=True)
    clock = HallClock(EVENING, machine)
    assert not clock.is_trusted
    assert clock() == EVENING
    machine.wall_ms = WRITTEN_MS
    assert clock.is_trusted
    assert clock() == WRITTEN_MS


@given(
    st.integers(0, 2 * EVENING),
    st.lists(st.tuples(st.integers(0, YEAR_MS), st.integers(0, 2 * EVENING)), max_size=20),
)
def test_reckoned_time_is_the_floor_or_more_and_goes_on_with_the_machine(
    wall_ms: int, steps: list[tuple[int, int]]
) -> None:
    machine = Pi(wall_ms)
    clock = HallClock(EVENING, machine)
    last_ms = clock()
    assert last_ms == max(EVENING, wall_ms)
    for passed_ms, shown_ms in steps:
        machine.boot_ms += passed_ms
        machine.wall_ms = shown_ms
        assert clock() == last_ms + passed_ms
        last_ms = clock()


def test_what_a_person_says_is_the_time_until_the_machine_is_synchronised() -> None:
    machine = Pi(IN_1970)
    clock = HallClock(EVENING, machine)
    machine.go_on(HOUR_MS)
    clock.tell(Word(UnixMs(EVENING + DAY_MS), machine.boot_ms))
    machine.go_on(HOUR_MS)
    assert clock() == EVENING + DAY_MS + HOUR_MS
    assert clock.standing().by is Voucher.OPERATOR
    machine.wall_ms, machine.synchronised = EVENING + 2 * DAY_MS, True
    assert clock() == EVENING + 2 * DAY_MS
    assert clock.standing().by is Voucher.SYNCHRONISED


def test_what_was_said_in_an_earlier_run_of_the_node_is_reckoned_on() -> None:
    machine = Pi(IN_1970)
    word = Word(UnixMs(EVENING + DAY_MS), machine.boot_ms)
    machine.go_on(HOUR_MS)
    clock = HallClock(EVENING, machine, word)
    assert clock() == EVENING + DAY_MS + HOUR_MS
    assert clock.is_trusted


def test_neighbours_are_heard_at_the_moment_of_the_machine_s_boot_clock() -> None:
    machine = Pi(IN_1970)
    clock = HallClock(EVENING, machine)
    halls = [GroupId(bytes([number]) * 32) for number in range(3)]
    clock.pair(halls)
    for group in halls:
        machine.go_on(HOUR_MS)
        clock.hear(group, UnixMs(EVENING + DAY_MS + machine.boot_ms))
    assert clock() == EVENING + DAY_MS + machine.boot_ms
    assert clock.standing().by is Voucher.NEIGHBOURS


def test_each_start_of_a_machine_has_a_name_and_a_system_without_one_has_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = tmp_path / "boot_id"
    named.write_text("b6742311-56d8\n")
    monkeypatch.setattr("node.clock.BOOT_ID", named)
    assert boot_id() == "b6742311-56d8"
    named.write_bytes(b"\xff")
    assert boot_id() == ""
    named.unlink()
    assert boot_id() == ""


def test_this_machine_can_be_read() -> None:
    first, then = ThisMachine().read(), ThisMachine().read()
    assert abs(then.wall_ms - system_clock()) < HOUR_MS
    assert 0 < first.boot_ms <= then.boot_ms
    uptime_s = Path("/proc/uptime")
    if uptime_s.exists():
        assert abs(1000 * float(uptime_s.read_text().split()[0]) - then.boot_ms) < HOUR_MS


@pytest.mark.parametrize(
    ("state", "synchronised"),
    [(0, True), (1, True), (4, True), (TIME_ERROR, False), (-1, False)],
)
def test_the_kernel_s_word_is_adjtimex_without_an_error(
    monkeypatch: pytest.MonkeyPatch, state: int, synchronised: bool
) -> None:
    library = SimpleNamespace(adjtimex=lambda _buffer: state)
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: library)
    assert ThisMachine().read().is_synchronised is synchronised


def test_a_system_that_cannot_say_is_not_synchronised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: SimpleNamespace())
    assert not ThisMachine().read().is_synchronised


def test_a_clock_that_is_set_while_it_is_read_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    states = iter([0, TIME_ERROR])
    library = SimpleNamespace(adjtimex=lambda _buffer: next(states))
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: library)
    assert not ThisMachine().read().is_synchronised

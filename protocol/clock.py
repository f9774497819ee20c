"""The time at a hall, and who vouches for it (SPEC 10.1): a machine that reads no clock itself.

A machine without a battery does not know for how long it was off. Its time is untrusted at first
and goes on by its boot-time clock alone, until somebody vouches for it: time synchronisation before
a person here, a person before the neighbours. One neighbour never moves it: the middle one of what
several say is taken, if enough of them stand with it, and only while nobody else vouches for ours.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from protocol.ids import GroupId, UnixMs
from protocol.limits import (
    AGREED_MS,
    BELIEVED_MS,
    LIARS_MAX,
    RECKONED_MS,
    TELLERS_LEAST,
    TOLD_MS,
)

WRITTEN_MS: Final = UnixMs(1_793_491_200_000)
"""2026-11-01 00:00 in UTC, the month in which this was written: no earlier time can be right."""


class Voucher(StrEnum):
    """Who vouches for the time."""

    NOBODY = "nobody"
    NEIGHBOURS = "neighbours"
    OPERATOR = "operator"
    SYNCHRONISED = "synchronised"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a machine's clocks show at one moment.

    `boot_ms`: milliseconds since it was started, asleep or awake; nobody can set this one.
    `is_synchronised`: whether its kernel says that the wall clock follows a better one.
    """

    wall_ms: UnixMs
    boot_ms: int
    is_synchronised: bool

    @property
    def is_vouched_for(self) -> bool:
        """Whether the wall clock is to be believed."""
        return self.is_synchronised and is_believable(self.wall_ms)


@dataclass(frozen=True, slots=True)
class Word:
    """It was `time_ms` when the boot-time clock showed `boot_ms`: a person here has said so."""

    time_ms: UnixMs
    boot_ms: int


@dataclass(frozen=True, slots=True)
class TimeNow:
    """The time, who vouches for it, and what neighbours say beside that.

    `tellers`: how many neighbours have told theirs lately. `ahead_ms`: how far the middle one of
    these is ahead of our time; None where nobody has told any.
    """

    now_ms: UnixMs
    by: Voucher
    tellers: int
    ahead_ms: int | None

    @property
    def is_trusted(self) -> bool:
        return self.by is not Voucher.NOBODY


def is_believable(time_ms: int) -> bool:
    """Whether it can be that late, or that early, at all."""
    return WRITTEN_MS <= time_ms <= WRITTEN_MS + BELIEVED_MS


@dataclass(frozen=True, slots=True)
class _Told:
    """A neighbour's time as the moment at which our machine was started by it."""

    started_ms: int
    heard_boot_ms: int


class Timekeeper:
    """Answers are as of the newest reading that it was shown.

    `floor_ms` is the latest time that this hall has put on disk: where nobody vouches for any time,
    it is no earlier than that. All times are kept as when the machine was started by them, so that
    each is reckoned on by the boot-time clock, which goes on while the machine sleeps.
    """

    def __init__(self, floor_ms: UnixMs, first: Reading) -> None:
        self._boot_ms = first.boot_ms
        self._is_synchronised = False
        self._started_ms = max(floor_ms, first.wall_ms) - first.boot_ms
        self._voucher = Voucher.NOBODY
        self._vouched_at_boot_ms = first.boot_ms
        self._neighbours: frozenset[GroupId] = frozenset()
        self._told: dict[GroupId, _Told] = {}
        self.see(first)

    def see(self, reading: Reading) -> None:
        """The machine shows this now. A wall clock that nobody vouches for is not looked at."""
        self._boot_ms = reading.boot_ms
        self._is_synchronised = reading.is_vouched_for
        if self._is_synchronised:
            started_ms = reading.wall_ms - reading.boot_ms
            self._take(Voucher.SYNCHRONISED, started_ms, reading.boot_ms)
        else:
            self._ask_neighbours()

    def tell(self, word: Word) -> None:
        """A person here says what time it is, or has said so since the machine was started.

        Not believed: what cannot be, what is older than a reckoned time is trusted, and anything
        while the wall clock is synchronised.
        """
        is_fresh = self._boot_ms - word.boot_ms <= RECKONED_MS
        if is_fresh and is_believable(word.time_ms) and not self._is_synchronised:
            self._take(Voucher.OPERATOR, word.time_ms - word.boot_ms, word.boot_ms)

    def pair(self, neighbours: Collection[GroupId]) -> None:
        """Whom we are paired with from now on; what others have told counts no more.

        Trust that their times have given stays: it was given by others as well.
        """
        self._neighbours = frozenset(neighbours)
        self._told = {group: told for group, told in self._told.items() if group in neighbours}
        self._ask_neighbours()

    def hear(self, group: GroupId, time_ms: UnixMs, boot_ms: int) -> None:
        """A neighbour whose own clock is trusted says that it was `time_ms` at `boot_ms`.

        Each group's last word counts; strangers and times that cannot be are not listened to.
        """
        if group in self._neighbours and is_believable(time_ms):
            self._told[group] = _Told(time_ms - boot_ms, boot_ms)
            self._ask_neighbours()

    def standing(self) -> TimeNow:
        fresh = self._fresh()
        ahead_ms = _median(fresh) - self._started_ms if fresh else None
        now_ms = UnixMs(self._started_ms + self._boot_ms)
        return TimeNow(now_ms, self._voucher_now(), len(fresh), ahead_ms)

    def _voucher_now(self) -> Voucher:
        """What was reckoned from a time that was vouched for is trusted for a while."""
        is_past = self._boot_ms - self._vouched_at_boot_ms > RECKONED_MS
        return Voucher.NOBODY if is_past else self._voucher

    def _ask_neighbours(self) -> None:
        """Take the middle one of their times where nobody vouches for ours.

        A time that is trusted is not moved by them, however many they are: what was signed by it
        would be of another hour than what is signed after.
        """
        fresh = self._fresh()
        if self._voucher_now() is not Voucher.NOBODY or len(fresh) < TELLERS_LEAST:
            return
        started_ms = _median(fresh)
        agreeing = sum(abs(each - started_ms) <= AGREED_MS for each in fresh)
        if agreeing > self._liars_borne():
            self._take(Voucher.NEIGHBOURS, started_ms, self._boot_ms)

    def _liars_borne(self) -> int:
        """How many of our neighbours may lie to us, also before the others have told their time.

        Links come up one by one: of five neighbours, the first three may be the two that lie and
        one other, and the middle of these is a lie. It takes one more than may lie to agree.
        """
        return min((len(self._neighbours) - 1) // 2, LIARS_MAX)

    def _fresh(self) -> list[int]:
        """What neighbours have told lately: when our machine was started, the earliest first."""
        oldest_ms = self._boot_ms - TOLD_MS
        told = self._told.values()
        return sorted(each.started_ms for each in told if each.heard_boot_ms >= oldest_ms)

    def _take(self, voucher: Voucher, started_ms: int, at_boot_ms: int) -> None:
        self._voucher = voucher
        self._started_ms = started_ms
        self._vouched_at_boot_ms = at_boot_ms


def _median(ascending: list[int]) -> int:
    """The middle one; of two, the lower: always one that somebody has said."""
    return ascending[(len(ascending) - 1) // 2]

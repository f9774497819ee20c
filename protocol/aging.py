"""What time does to records: when they are over, what is purged, what must not come back.

Deleting follows a mark, never a reading of the clock: the expiry time up to which everything has
been purged here. It moves in steps, and only while the clock is trusted. The record of an unsure
clock lives its time from when we first heard of it; its id is remembered for as long as a neighbour
that heard of it later may still bring it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from protocol.holdings import Holdings, about
from protocol.ids import GroupId, RecordId, UnixMs
from protocol.limits import (
    BURIED_MAX,
    KEEP_MS,
    LIFETIME_MS_MAX,
    MINUTE_MS,
    PURGE_STEP_MS,
    REACH_MAX,
)
from protocol.record import Record

BURIED_MS: Final = REACH_MAX * LIFETIME_MS_MAX
"""How long after its time a record of an unsure clock may still come from somebody: each hall on
its way may have heard of it only just before the one before let go of it."""
JUMP_MS: Final = MINUTE_MS
"""A clock that becomes trusted and moves by less has not jumped: what was heard stays as it is."""


@dataclass(frozen=True, slots=True)
class Buried:
    """A record of an unsure clock that has had its time here; until then it is not taken again."""

    id: RecordId
    until_ms: UnixMs


@dataclass(frozen=True, slots=True)
class Passing:
    """What time did: what is over, which of it is not held any more, and what to remember.

    `reheard`: records that count as heard at another time, for the clock was wrong then.
    """

    over: tuple[Record, ...] = ()
    gone: tuple[Record, ...] = ()
    buried: tuple[Buried, ...] = ()
    reheard: tuple[tuple[RecordId, UnixMs], ...] = ()


class Aging:
    """`now_ms` is where time has come to, `purged_ms` the mark."""

    def __init__(self, us: GroupId, held: Holdings) -> None:
        self.now_ms = UnixMs(0)
        self.purged_ms = UnixMs(0)
        self._us = us
        self._held = held
        self._buried: OrderedDict[RecordId, UnixMs] = OrderedDict()
        self._unsure_since_ms: UnixMs | None = None

    def restore(self, purged_ms: UnixMs, buried: Iterable[Buried]) -> None:
        self.purged_ms = purged_ms
        self._bury(buried)

    def is_past(self, record: Record) -> bool:
        """Whether a record that comes in has had its time already."""
        header = record.header
        if header.clock_unsure:
            return record.id in self._buried
        return header.expires_ms is not None and header.expires_ms <= self.purged_ms

    def is_over(self, record: Record) -> bool:
        """Whether a record that is held is not shared any more."""
        ends_ms = self._held.ends_ms(record)
        return ends_ms is not None and ends_ms <= self.purged_ms and not self._is_our_card(record)

    def advance(self, now_ms: UnixMs, *, is_trusted: bool) -> Passing:
        if not is_trusted:
            if self._unsure_since_ms is None:
                self._unsure_since_ms = now_ms
            self.now_ms = now_ms
            return Passing()
        reheard = self._hear_anew(now_ms)
        self.now_ms = now_ms
        mark_ms = UnixMs(now_ms - now_ms % PURGE_STEP_MS)
        if mark_ms <= self.purged_ms:
            return Passing(reheard=reheard)
        self.purged_ms = mark_ms
        over = [each for each in self._held.ended_by(mark_ms) if not self._is_our_card(each)]
        buried = tuple(
            Buried(each.id, UnixMs(mark_ms + BURIED_MS))
            for each in over
            if each.header.clock_unsure and each.id not in self._buried
        )
        self._bury(buried)
        gone = tuple(each for each in over if not self._is_kept(each))
        return Passing(tuple(over), gone, buried, reheard)

    def _hear_anew(self, now_ms: UnixMs) -> tuple[tuple[RecordId, UnixMs], ...]:
        """The clock is trusted from now on: what was heard by the wrong one is not older for it."""
        since_ms, self._unsure_since_ms = self._unsure_since_ms, None
        by_ms = now_ms - self.now_ms
        if since_ms is None or abs(by_ms) < JUMP_MS:
            return ()
        return tuple(self._held.hear_later(since_ms, by_ms))

    def _bury(self, buried: Iterable[Buried]) -> None:
        self._buried.update((each.id, each.until_ms) for each in buried)
        for each in [one for one, until in self._buried.items() if until <= self.purged_ms]:
            del self._buried[each]
        while len(self._buried) > BURIED_MAX:
            self._buried.popitem(last=False)

    def _is_our_card(self, record: Record) -> bool:
        """Our own profile and peering stay until their next version, which is always due."""
        return record.header.group == self._us and record.header.in_directory

    def _is_kept(self, record: Record) -> bool:
        """Whether our desk still wants to see it: what we asked or pledged, and what belongs to it.

        For a week: it can be renewed, and nobody learns from silence that it has expired.
        """
        ends_ms = self._held.ends_ms(record)
        if ends_ms is None or ends_ms + KEEP_MS <= self.purged_ms or record.header.in_directory:
            return False
        asked = about(record) or record.header.object
        request = self._held.by_object.get(asked)
        parties = [record, *self._held.pledges_of(asked)]
        if request is not None:
            parties.append(request)
        return any(each.header.group == self._us for each in parties)


def is_cut(record: Record, cutoff_ms: UnixMs) -> bool:
    """Whether a cutoff leaves it out of what a link shares.

    Both ends have to come to the same answer, so the record of an unsure clock is never cut.
    """
    expires_ms = record.header.expires_ms
    return not record.header.clock_unsure and expires_ms is not None and expires_ms <= cutoff_ms

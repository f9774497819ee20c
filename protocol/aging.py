"""What time does to records: when they are over, what is purged, what must not come back.

Deleting follows a mark, never a reading of the clock: the expiry time up to which everything has
been purged here. It moves in steps, only while the clock is trusted, and back only where it was
wrong by more than a day. The record of an unsure clock lives its time from when we first heard of
it; what is gone is remembered for as long as a neighbour that heard of it later may still bring it,
or an earlier version of it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from protocol.holdings import Holdings
from protocol.ids import GroupId, ObjectId, RecordId, UnixMs
from protocol.kinds import CARD_KINDS, PROOF_KINDS
from protocol.limits import (
    BURIED_MAX,
    DAY_MS,
    KEEP_MS,
    LIFETIME_MS_MAX,
    MINUTE_MS,
    PURGE_STEP_MS,
    REACH_MAX,
    VERSION_MAX,
)
from protocol.record import Header, Record, about

BURIED_LIFETIMES: Final = 2 * REACH_MAX
"""How many lifetimes a record may still come after its time: what answers a request travels twice
its reach, and each hall may have heard of it only just before the one before let go of it. The
longest lifetime of a message counts for short ones as well: a hall that nobody tells the time lets
go of nothing."""
JUMP_MS: Final = MINUTE_MS
"""A clock that becomes trusted and moves by less has not jumped: what was heard stays as it is."""


@dataclass(frozen=True, slots=True)
class Buried:
    """An object that has had its time here: until then, no version up to this one is taken again.

    Only records of unsure clocks need it; any other says itself when it is past.
    """

    object: ObjectId
    version: int
    until_ms: UnixMs


@dataclass(frozen=True, slots=True)
class Passing:
    """What time did: what is over, which of it is not held any more, and what to remember.

    `reheard`: records that count as heard at another time, for the clock was wrong then.
    `unsure_since_ms`: since when, by our own reckoning, nobody has vouched for the time.
    """

    over: tuple[Record, ...] = ()
    gone: tuple[Record, ...] = ()
    buried: tuple[Buried, ...] = ()
    reheard: tuple[tuple[RecordId, UnixMs], ...] = ()
    unsure_since_ms: UnixMs | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What a hall has on disk of the time before this run. `latest_ms`: the latest that it knew."""

    latest_ms: UnixMs
    purged_ms: UnixMs
    unsure_since_ms: UnixMs | None
    buried: tuple[Buried, ...]


class Aging:
    """`now_ms` is where time has come to, `is_trusted` whether somebody vouches for it, `purged_ms`
    the mark."""

    def __init__(self, us: GroupId, held: Holdings) -> None:
        self.now_ms = UnixMs(0)
        self.purged_ms = UnixMs(0)
        self._us = us
        self._held = held
        self.unsure_since_ms: UnixMs | None = None
        self.is_trusted = False
        self._buried: OrderedDict[ObjectId, Buried] = OrderedDict()

    def restore(self, past: Past) -> None:
        self.now_ms = past.latest_ms
        self.purged_ms = past.purged_ms
        self.unsure_since_ms = past.unsure_since_ms
        self._bury(past.buried)

    def is_past(self, record: Record) -> bool:
        """Whether a record that comes in has had its time already."""
        header = record.header
        if header.clock_unsure:
            buried = self._buried.get(header.object)
            is_buried = buried is not None and header.version <= buried.version
            return is_buried and not self._is_live_card(record)
        return header.expires_ms is not None and header.expires_ms <= self.purged_ms

    def is_buried(self, object_id: ObjectId) -> bool:
        """Whether this object, which is not held, has had its time here."""
        return object_id in self._buried and object_id not in self._held.by_object

    def is_over(self, record: Record) -> bool:
        """Whether a record that is held is not shared any more."""
        ends_ms = self._held.ends_ms(record)
        return ends_ms is not None and ends_ms <= self.purged_ms and not self._is_our_card(record)

    def advance(self, now_ms: UnixMs, *, is_trusted: bool) -> Passing:
        self.is_trusted = is_trusted
        if not is_trusted:
            # A run that began later by its own reckoning may have lost its power unheard.
            since_ms = self.unsure_since_ms
            self.unsure_since_ms = now_ms if since_ms is None else min(now_ms, since_ms)
            self.now_ms = now_ms
            return Passing(unsure_since_ms=self.unsure_since_ms)
        since_ms, by_ms = self.unsure_since_ms, now_ms - self.now_ms
        self.unsure_since_ms, self.now_ms = None, now_ms
        mark_ms = UnixMs(now_ms - now_ms % PURGE_STEP_MS)
        if mark_ms < self.purged_ms - DAY_MS:
            # Who vouched for that time was wrong by years: else we would take nothing until then.
            self.purged_ms = mark_ms
        reheard = () if since_ms is None else self._hear_anew(since_ms, by_ms)
        if mark_ms <= self.purged_ms:
            return Passing(reheard=reheard)
        self.purged_ms = mark_ms
        over = [each for each in self._held.ended_by(mark_ms) if not self._is_our_card(each)]
        gone = tuple(each for each in over if not self._is_kept(each))
        return Passing(tuple(over), gone, self._bury(self._burials(over)), reheard)

    def _hear_anew(self, since_ms: UnixMs, by_ms: int) -> tuple[tuple[RecordId, UnixMs], ...]:
        """The clock is trusted from now on: what was heard by the wrong one is not older for it.

        Runs of the node that nobody vouched for reckon on from each other, so they jump forward as
        one; what lay between them, switched off, makes those records a little too young: the safe
        side. Where time goes back, somebody set the clock ahead in one of these runs, and nobody
        knows in which: so all was heard now, or at the mark where that still lies ahead.
        """
        if abs(by_ms) < JUMP_MS:
            return ()
        latest_ms = max(self.now_ms, self.purged_ms)

        def anew(heard_ms: UnixMs) -> UnixMs:
            if heard_ms < since_ms:
                return heard_ms
            return UnixMs(min(heard_ms + by_ms, latest_ms)) if by_ms > 0 else latest_ms

        return tuple(self._held.hear_anew(anew))

    def _burials(self, over: list[Record]) -> Iterator[Buried]:
        """Also for a version of a sure clock where it may have replaced one of an unsure one."""
        for record in over:
            header = record.header
            if header.clock_unsure or header.version > 1 or header.kind in PROOF_KINDS:
                lifetime_ms = max(header.lifetime_ms, LIFETIME_MS_MAX)
                until_ms = UnixMs(self.purged_ms + BURIED_LIFETIMES * lifetime_ms)
                is_frozen = header.kind in PROOF_KINDS
                yield Buried(header.object, VERSION_MAX if is_frozen else header.version, until_ms)

    def _bury(self, burials: Iterable[Buried]) -> tuple[Buried, ...]:
        """Those of them that are new; the oldest is forgotten where there are too many."""
        new = tuple(each for each in burials if not self._is_buried(each))
        self._buried.update((each.object, each) for each in new)
        for each in [one for one in self._buried.values() if one.until_ms <= self.purged_ms]:
            del self._buried[each.object]
        while len(self._buried) > BURIED_MAX:
            self._buried.popitem(last=False)
        return new

    def _is_buried(self, burial: Buried) -> bool:
        known = self._buried.get(burial.object)
        return known is not None and known.version >= burial.version

    def _is_live_card(self, record: Record) -> bool:
        """Whether a card lives by its own word, and by a clock of ours that is trusted: then it may
        come back though a clock that was wrong has buried it here. It goes round no longer."""
        header, now_ms = record.header, self.now_ms
        is_made = header.created_ms <= now_ms + MINUTE_MS
        is_live = is_made and (header.expires_ms or 0) > now_ms
        return self.is_trusted and header.kind in CARD_KINDS and is_live

    def _is_our_card(self, record: Record) -> bool:
        """Our own profile and peering stay until their next version, which is always due."""
        return record.header.group == self._us and record.header.kind in CARD_KINDS

    def _is_kept(self, record: Record) -> bool:
        """Whether our desk still wants to see it: what we asked or pledged, and what belongs to it.

        For a week: it can be renewed, and nobody learns from silence that it has expired.
        """
        ends_ms = self._held.ends_ms(record)
        if ends_ms is None or record.header.in_directory:
            return False
        asked = about(record) or record.header.object
        request = self._held.by_object.get(asked)
        if request is not None and request.header.group == self._us and not self.is_over(request):
            return True  # it may stand among our decisions
        if ends_ms + KEEP_MS <= self.purged_ms:
            return False
        parties = [record, *self._held.pledges_of(asked)]
        if request is not None:
            parties.append(request)
        return any(each.header.group == self._us for each in parties)


def is_cut(header: Header, cutoff_ms: UnixMs) -> bool:
    """Whether a cutoff leaves it out of what a link shares.

    Both ends have to come to the same answer, so the record of an unsure clock is never cut.
    """
    expires_ms = header.expires_ms
    return not header.clock_unsure and expires_ms is not None and expires_ms <= cutoff_ms

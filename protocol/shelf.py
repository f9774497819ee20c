"""What a node holds: the newest version of every object within reach, and what belongs to whom.

The shelf is memory without I/O: the node keeps on disk what it says was placed, and puts it
back with `restore` when it starts. Records arrive in any order; one whose signer, distance, request
or pledge is not known yet waits in a bounded room and is tried again whenever what it may wait for
has come. What has expired leaves when `advance` says so, and only while the clock is trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from protocol.admission import Admission, contradict
from protocol.aging import Passing, Past
from protocol.bodies import Kind
from protocol.contents import Contents
from protocol.errors import LocalError, NoRoom, RuleBroken
from protocol.ids import DeviceKey, GroupId, LinkEnd, RecordId, UnixMs
from protocol.kinds import CARD_KINDS, COUNTING_KINDS, REDRAWING_KINDS, STANDING_KINDS
from protocol.quota import Quota
from protocol.record import Record, about, is_pledge, prove
from protocol.shared import SharedSets
from protocol.sharing import Sharing
from protocol.standing import touched_by
from protocol.waiting import AheadRoom, WaitingRoom, is_ahead


@dataclass(frozen=True, slots=True)
class Placed:
    """`record` is held now; what it replaced is not any more, and its bytes are to be deleted.

    `heard_ms` is when we first heard of it, to be kept with it. `displaced` had to make room for it
    (SPEC 16.2), and is to be deleted as well.
    """

    record: Record
    replaced: Record | None
    heard_ms: UnixMs = field(default=UnixMs(0), compare=False)
    displaced: tuple[Record, ...] = ()

    @property
    def gone(self) -> tuple[Record, ...]:
        """All that is not held any more because `record` is."""
        return self.displaced if self.replaced is None else (self.replaced, *self.displaced)


class Shelf(Contents):
    def __init__(self, us: GroupId, device: DeviceKey) -> None:
        super().__init__(us)
        self._device = device
        self._waiting = WaitingRoom()
        self._ahead = AheadRoom()
        self._admission = Admission(
            us, device, self._held, self._standing, self._reach, self._waiting
        )
        self._quota = Quota(us, self._held, self._reach)
        self.sharing = Sharing(
            us, self._held, self._standing, self._reach, self._aging, self._waiting
        )

    # What comes in --------------------------------------------------------------------------

    def restore(self, record: Record, heard_ms: UnixMs) -> None:
        """Put back what was placed before the node was stopped: it was checked then.

        In any order: what did not count then does not count now, once its roster is back.
        """
        held = self._held.by_object.get(record.header.object)
        is_listed = self._held.roster_of(record.header.group) is not None
        may_count = self._standing.counts(record) or (held is None and not is_listed)
        if self._admission.is_old(record) or not may_count:
            self._aside.put(record, heard_ms)
            return
        for each in self._hold(record, heard_ms):
            if each.replaced is not None:
                self._aside.put(each.replaced, heard_ms)  # it is on disk still

    def restore_past(self, past: Past) -> None:
        """Put back how far time had come before the node was stopped."""
        self._aging.restore(past)

    def is_news(self, record: Record, brought_by: GroupId) -> bool:
        """Whether it is worth verifying: not here in any way, not past, not older than ours.

        Whose card it is may bring it also after its time: a clock that was wrong for a while may
        have buried it here, and its next version may be weeks away.
        """
        is_here = record.id in self or record.id in self._waiting or record.id in self._ahead
        is_their_card = record.header.kind in CARD_KINDS and record.header.group == brought_by
        may_return = is_their_card and record.header.clock_unsure
        is_past = self._aging.is_past(record) and not may_return
        return not (is_here or is_past or self._admission.is_old(record))

    def place_verified(self, record: Record, brought_by: GroupId) -> list[Placed]:
        """Take a neighbour's record, its signature verified: what is held now, in order.

        Empty when it is held already, is older than what is held, has to wait, or is made in the
        future by a clock that is trusted here. Raises RuleBroken for what no honest neighbour
        passes on, NoRoom where this one has brought as much as it may.
        """
        if not self.is_news(record, brought_by):
            return []
        if self._aging.is_trusted and is_ahead(record, self._aging.now_ms):
            self._ahead.add(record, brought_by)
            return []
        admitted = self._admission.admit(record)
        if admitted is not None:
            placed = self._take_in(admitted, [brought_by])
            return placed + self._retry(self._waiting_for(placed))
        self._waiting.add(record, brought_by)
        return self._retry([*self._waiting_directory(record.header.group), *self._asked_by(record)])

    def place_due(self) -> list[Placed]:
        """Take those records from the future whose time has come."""
        placed: list[Placed] = []
        for record, brought_by in self._ahead.take_due(self._aging.now_ms):
            with suppress(RuleBroken, NoRoom):
                placed += self.place_verified(record, brought_by)
        return placed

    def place_own(self, record: Record) -> list[Placed]:
        """Take a record that we have just signed and saved.

        Raises LocalError for another device's: only our group's roster has another key's signature.
        """
        header = record.header
        is_ours = header.device == self._device or header.kind == Kind.ROSTER
        if header.group != self.us or not is_ours:
            raise LocalError("not signed by this device")
        if self._admission.is_old(record):
            raise LocalError("there is a newer version, or two of one")
        now_ms, rival = self._aging.now_ms, self.find(header.object)
        if header.kind != Kind.ROSTER and self.is_removed:
            self._aside.put(record, now_ms)  # it counts where an heir adopts it, or not at all
            return []
        placed = self._hold(record, now_ms)
        if rival is not None and contradict(rival, record):
            placed += self._hold(prove(rival, record), now_ms)  # it came while ours was saved
        return placed + self._retry(self._waiting_for(placed))

    @property
    def is_removed(self) -> bool:
        """Whether our own group does not let this device speak, by what it has signed last."""
        return self.roster_of(self.us) is not None and not self.speaks(self.us, self._device)

    def wait_for_both(self, record: Record, brought_by: GroupId) -> None:
        """It waits already, or for its time; another neighbour has brought it as well."""
        if record.id in self._waiting:
            self._waiting.add(record, brought_by)
        if record.id in self._ahead:
            self._ahead.add(record, brought_by)

    def _take_in(self, record: Record, bringers: Sequence[GroupId]) -> list[Placed]:
        """Hold what these have brought, charged to the first that has room. Raises NoRoom."""
        for link in bringers[:-1]:
            with suppress(NoRoom):
                return self._take_in(record, [link])
        displaced = self._quota.make_room(record, bringers[-1])
        if displaced:
            self._displace(displaced)
        self._quota.charge(record, bringers[-1])
        first, *others = self._hold(record, self._aging.now_ms)
        return [replace(first, displaced=displaced), *others]

    def _waiting_for(self, placed: list[Placed]) -> list[Record]:
        return [each for one in placed for each in self._waiting.concerned_by(one.record)]

    def _retry(self, candidates: list[Record]) -> list[Placed]:
        """Try these again, then whoever waits for those that get in, until nobody does.

        One whose signer is not known may be known by a roster that waits as well.
        """
        placed: list[Placed] = []
        tried: set[RecordId] = set()
        while candidates:
            record = candidates.pop()
            if record.id in tried or record.id not in self._waiting:
                continue
            tried.add(record.id)
            admitted = self._admit_now(record)
            if admitted is not None:
                bringers = self._waiting.bringers_of(record)
                self._waiting.remove(record)
                with suppress(NoRoom):
                    taken = self._take_in(admitted, bringers)
                    placed += taken
                    candidates += self._waiting_for(taken)
                tried.clear()
            elif record.id in self._waiting and not record.header.in_directory:
                candidates += self._waiting_directory(record.header.group)
        return placed

    def _admit_now(self, record: Record) -> Record | None:
        """What to hold for a record that waits; one that can never be held leaves the room."""
        try:
            if not (self._admission.is_old(record) or self._aging.is_past(record)):
                return self._admission.admit(record)
        except RuleBroken:
            pass
        self._waiting.remove(record)
        return None

    def _waiting_directory(self, group: GroupId) -> list[Record]:
        return [each for each in self._waiting.of_group(group) if each.header.in_directory]

    def _asked_by(self, record: Record) -> list[Record]:
        """The request that waits until we hear that our other device has pledged for it."""
        asked = about(record)
        is_own_pledge = is_pledge(record) and record.header.group == self.us
        return [r for r in self._waiting if r.header.object == asked] if is_own_pledge else []

    def brought_by(self, record: Record) -> GroupId | None:
        """The neighbour that was the first to bring it, in this run; None: it is our own."""
        return self._quota.link_of(record)

    # What belongs where ---------------------------------------------------------------------

    def shared_with(self, end: LinkEnd) -> SharedSets:
        """The sets that a link shares; kept up to date as records come and go."""
        return self.sharing.shared_with(end)

    def belongs(self, record: Record, end: LinkEnd) -> bool:
        """Whether both ends of a link are to hold `record`."""
        return self.sharing.belongs(record, end)

    def is_for(self, record: Record, group: GroupId) -> bool:
        """Whether a neighbour or our own group is to hold `record`, over whichever of its links."""
        return self.sharing.is_for(record, group)

    # Holding --------------------------------------------------------------------------------

    def _hold(self, record: Record, heard_ms: UnixMs) -> list[Placed]:
        """What is held now: `record`, and with a word on who speaks all that counts by it again."""
        placed = [self._put(record, heard_ms)]
        return placed + (self._recount(record) if record.header.kind in STANDING_KINDS else [])

    def _put(self, record: Record, heard_ms: UnixMs) -> Placed:
        before = self._held.by_object.get(record.header.object)
        asked = about(record) or record.header.object
        far_parties = self._reach.far_parties(asked)
        if before is not None:
            self.sharing.unshare([before])
        replaced = self._held.put(record, heard_ms)
        if replaced is not None:
            self._quota.release(replaced)
        if record.header.kind in REDRAWING_KINDS:
            self._redraw(record.header.group)
        elif far_parties != self._reach.far_parties(asked) or _has_moved(before, record):
            self.sharing.forget_links()
        self.sharing.share(record)
        return Placed(record, replaced, heard_ms)

    def _recount(self, word: Record) -> list[Placed]:
        """Put aside what does not count any more by this word, take back what does again.

        Vouches and adoptions first: what others count by.
        """
        is_touched, group = touched_by(word), word.header.group
        for stage in (True, False):
            for record in filter(is_touched, self._held.of_group(group)):
                is_first = record.header.kind in COUNTING_KINDS
                if is_first is stage and not self._standing.counts(record):
                    self._put_aside(record)
        placed: list[Placed] = []
        for stage in (True, False):
            for record in filter(is_touched, self._aside.of_group(group)):
                is_first = record.header.kind in COUNTING_KINDS
                if is_first is stage and self._may_come_back(record):
                    placed += self._take_back(record)
        return placed

    def _may_come_back(self, record: Record) -> bool:
        is_over = self._aging.is_past(record) or self._admission.is_old(record)
        return not is_over and self._standing.counts(record)

    def _take_back(self, record: Record) -> list[Placed]:
        rival = self.find(record.header.object)
        placed = [self._put(record, self._aside.take(record))]
        if rival is not None and contradict(rival, record):
            placed.append(self._put(prove(rival, record), self._aging.now_ms))
        return placed

    def _put_aside(self, record: Record) -> None:
        self._aside.put(record, self._held.heard_ms(record, self._aging.now_ms))
        self._held.remove(record)
        self.sharing.forget_links()
        self.sharing.disclaim_object(record.header.object)
        if record.header.kind in REDRAWING_KINDS:
            self._redraw(record.header.group)

    def _redraw(self, group: GroupId) -> None:
        if self._reach.redraw(group):
            self.sharing.forget_links()

    # Time -----------------------------------------------------------------------------------

    @property
    def now_ms(self) -> UnixMs:
        """Where time has come to, as `advance` was told."""
        return self._aging.now_ms

    @property
    def trusted_ms(self) -> UnixMs | None:
        """The same while somebody vouches for it."""
        return self._aging.now_ms if self._aging.is_trusted else None

    @property
    def unsure_since_ms(self) -> UnixMs | None:
        """Since when nobody has vouched for the time; None while somebody does."""
        return self._aging.unsure_since_ms

    @property
    def purged_ms(self) -> UnixMs:
        """The mark: all that expired up to it is not shared any more."""
        return self._aging.purged_ms

    def advance(self, now_ms: UnixMs, *, is_trusted: bool) -> Passing:
        """Time has come to `now_ms`. Nothing goes for its age while the clock is not trusted."""
        before_ms = self.purged_ms
        self.sharing.disclaim_due(self._aging.now_ms, now_ms)
        passing = self._aging.advance(now_ms, is_trusted=is_trusted)
        ended = [each for each in passing.over if (self.ends_ms(each) or 0) > before_ms]
        if passing.reheard or any(map(is_pledge, (*ended, *passing.gone))):
            self.sharing.forget_links()  # who is party is another question now, or what is over
        if self.purged_ms != before_ms:
            self.sharing.unshare_with_answers(passing.over)
            self.sharing.disclaim_ended(self.purged_ms)
            self._let_go(passing.gone)
        aside = self._aside.ended_by(self.purged_ms)
        self._let_go(aside)
        return replace(passing, gone=(*passing.gone, *aside))

    def _displace(self, records: Sequence[Record]) -> None:
        """These make room for what is nearer, and so does what answers them."""
        asked = {about(record) or record.header.object for record in records}
        far_parties = [self._reach.far_parties(each) for each in asked]
        self.sharing.unshare(records)
        self._let_go(records)
        self.sharing.follow(records)
        if far_parties != [self._reach.far_parties(each) for each in asked]:
            self.sharing.forget_links()

    def _let_go(self, records: Sequence[Record]) -> None:
        """They are not here any more, held or aside."""
        for record in records:
            self._quota.release(record)
            if record.id in self._aside:
                self._aside.take(record)
            else:
                self._held.remove(record)
        for group in {r.header.group for r in records if r.header.kind in REDRAWING_KINDS}:
            self._redraw(group)
        for word in (r for r in records if r.header.kind in STANDING_KINDS):
            self._recount(word)


def _has_moved(before: Record | None, after: Record) -> bool:
    """Whether what answers a request goes to others now: as far as its newest version does, and to
    nobody where that is a proof."""
    if before is None:
        return False
    old, new = before.header, after.header
    return (old.reach, old.kind) != (new.reach, new.kind)

"""What a node holds: the newest version of every object within reach, and what belongs to whom.

The shelf is memory without I/O: the node keeps on disk what it says was placed, and puts it
back with `restore` when it starts. Records arrive in any order; one whose signer, distance, request
or pledge is not known yet waits in a bounded room and is tried again whenever what it may wait for
has come. What has expired leaves when `advance` says so, and only while the clock is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from protocol.admission import Admission
from protocol.aging import Aging, Passing, Past, is_cut
from protocol.bodies import Details, Kind, Peering, Profile, Request
from protocol.errors import LocalError, RuleBroken
from protocol.holdings import Holdings
from protocol.ids import DeviceKey, GroupId, ObjectId, RecordId, UnixMs
from protocol.limits import PURGE_STEP_MS
from protocol.reach import Distances, Reach
from protocol.record import Record, about, stands_on
from protocol.shared import Claims, SharedSets
from protocol.waiting import WaitingRoom


@dataclass(frozen=True, slots=True)
class Placed:
    """`record` is held now; what it replaced is not any more, and its bytes are to be deleted.

    `heard_ms` is when we first heard of it, to be kept with it.
    """

    record: Record
    replaced: Record | None
    heard_ms: UnixMs = field(default=UnixMs(0), compare=False)


class Shelf:
    def __init__(self, us: GroupId, device: DeviceKey) -> None:
        self.us = us
        self._device = device
        self._held = Holdings()
        self._reach = Reach(us, self._held)
        self.graph = self._reach.graph
        self._waiting = WaitingRoom()
        self._admission = Admission(us, device, self._held, self._reach, self._waiting)
        self._aging = Aging(us, self._held)
        self._shared: dict[GroupId, SharedSets] = {}
        self._stale: set[GroupId] = set()

    # What is held ---------------------------------------------------------------------------

    def __contains__(self, record_id: RecordId) -> bool:
        return record_id in self._held.by_id

    def __len__(self) -> int:
        return len(self._held.by_id)

    def find(self, object_id: ObjectId) -> Record | None:
        """The newest version of an object."""
        return self._held.by_object.get(object_id)

    def find_by_id(self, record_id: RecordId) -> Record | None:
        return self._held.by_id.get(record_id)

    def all_requests(self) -> list[Record]:
        return [r for r in self._held.by_object.values() if isinstance(r.body, Request)]

    def own_messages(self) -> list[Record]:
        """All that we have signed but the directory: requests, pledges, details, what was seen."""
        return [
            record
            for record in self._held.by_object.values()
            if record.header.group == self.us and not record.header.in_directory
        ]

    def own_directory(self) -> list[Record]:
        """Our own profiles and peerings; the roster is shown when a link begins."""
        return [
            record
            for record in self._held.by_object.values()
            if record.header.group == self.us and isinstance(record.body, Profile | Peering)
        ]

    def pledges_of(self, request: ObjectId) -> list[Record]:
        return self._held.pledges_of(request)

    def details_of(self, pledge: ObjectId) -> Record | None:
        return self._held.details_of(pledge)

    def readers_of(self, request: ObjectId) -> frozenset[GroupId]:
        """The halls where a person has opened it."""
        return frozenset(record.header.group for record in self._held.seen_of(request))

    def roster_of(self, group: GroupId) -> Record | None:
        return self._held.roster_of(group)

    def profile_of(self, group: GroupId) -> Profile | None:
        """The group's card: the newest among its devices'."""
        cards = self._held.profiles_of(group)
        newest = max(cards, key=lambda record: record.header.created_ms, default=None)
        return newest.body if newest and isinstance(newest.body, Profile) else None

    def seal_keys_of(self, group: GroupId) -> list[bytes]:
        """The newest seal key of each device on the group's roster."""
        cards = self._held.profiles_of(group)
        return [card.body.seal_keys[0] for card in cards if isinstance(card.body, Profile)]

    def ends_ms(self, record: Record) -> UnixMs | None:
        """When it expires for us, None: never."""
        return self._held.ends_ms(record)

    # How far away ---------------------------------------------------------------------------

    def distance(self, group: GroupId) -> int | None:
        """Links from us to `group`; None when no path of at most three is known."""
        return self._reach.distances(self.us).get(group)

    def through(self, group: GroupId) -> GroupId | None:
        """The neighbour that leads to `group`; None: it is next door, or no way is known."""
        return self._reach.through(group)

    def near(self, peer: GroupId) -> tuple[Distances, Distances]:
        """How far all is from us and from `peer`: where that changes, other records are shared."""
        return self._reach.distances(self.us), self._reach.distances(peer)

    # What comes in --------------------------------------------------------------------------

    def restore(self, record: Record, heard_ms: UnixMs) -> None:
        """Put back what was placed before the node was stopped: it was checked then."""
        self._hold(record, heard_ms)

    def restore_past(self, past: Past) -> None:
        """Put back how far time had come before the node was stopped."""
        self._aging.restore(past)

    def is_news(self, record: Record) -> bool:
        """Whether it is worth verifying: not held, not waiting, not past, not older than ours."""
        known = record.id in self._held.by_id or record.id in self._waiting
        return not (known or self._aging.is_past(record) or self._admission.is_old(record))

    def place_verified(self, record: Record, brought_by: GroupId) -> list[Placed]:
        """Take a neighbour's record, its signature verified: what is held now, in order.

        Empty when it is held already, is older than what is held, or has to wait. Raises RuleBroken
        for what no honest neighbour passes on.
        """
        if not self.is_news(record):
            return []
        if self._admission.may_hold(record):
            return self._place_and_retry(record, self._aging.now_ms)
        self._waiting.add(record, brought_by)
        return self._retry(self._waiting_directory(record.header.group))

    def place_own(self, record: Record) -> list[Placed]:
        """Take a record that we have just signed and saved.

        Raises LocalError for another device's: only our group's roster has another key's signature.
        """
        header = record.header
        is_ours = header.device == self._device or header.kind == Kind.ROSTER
        if header.group != self.us or not is_ours:
            raise LocalError("not signed by this device")
        return self._place_and_retry(record, self._aging.now_ms)

    def wait_for_both(self, record: Record, brought_by: GroupId) -> None:
        """It waits already; another neighbour has brought it as well."""
        if record.id in self._waiting:
            self._waiting.add(record, brought_by)

    def _place_and_retry(self, record: Record, heard_ms: UnixMs) -> list[Placed]:
        placed = [self._hold(record, heard_ms)]
        return placed + self._retry(self._waiting.concerned_by(record))

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
            if self._is_welcome_now(record):
                self._waiting.remove(record)
                placed.append(self._hold(record, self._aging.now_ms))
                candidates += self._waiting.concerned_by(record)
                tried.clear()
            elif record.id in self._waiting and not record.header.in_directory:
                candidates += self._waiting_directory(record.header.group)
        return placed

    def _is_welcome_now(self, record: Record) -> bool:
        try:
            if not (self._admission.is_old(record) or self._aging.is_past(record)):
                return self._admission.may_hold(record)
        except RuleBroken:
            pass
        self._waiting.remove(record)
        return False

    def _waiting_directory(self, group: GroupId) -> list[Record]:
        return [each for each in self._waiting.of_group(group) if each.header.in_directory]

    # What belongs where ---------------------------------------------------------------------

    def shared_with(self, peer: GroupId) -> SharedSets:
        """The sets that a link to `peer` shares; kept up to date as records come and go."""
        shared = self._shared.get(peer)
        if shared is None:
            return self._gather(peer, self._aging.purged_ms, Claims())
        if peer in self._stale:
            return self._gather(peer, shared.cutoff_ms, shared.claims)
        return shared

    def cut(self, peer: GroupId, cutoff_ms: UnixMs) -> None:
        """Leave out of what we share with `peer` what one of the two has purged up to then."""
        shared = self.shared_with(peer)
        if cutoff_ms <= shared.cutoff_ms:
            return
        # A neighbour's mark may lie between two steps of ours.
        ended = self._held.ended_by(UnixMs(cutoff_ms + PURGE_STEP_MS))
        shared.cut(self._with_answers(r for r in ended if is_cut(r.header, cutoff_ms)), cutoff_ms)

    def belongs(self, record: Record, peer: GroupId) -> bool:
        """Whether both ends of a link to `peer` are to hold `record`.

        Neither has purged it, nor the request that it answers: who has could not take it.
        """
        asked = about(record)
        request = record if asked is None else self._held.by_object.get(asked, record)
        if self._is_purged(record, peer) or self._is_purged(request, peer):
            return False
        if isinstance(record.body, Details):
            # Who has let go of the pledge could not take what was sealed for it. The hall that made
            # it keeps it a while for its own desk, and is to hear that nothing is sealed any more.
            pledge = self._held.by_object.get(record.body.pledge)
            if pledge is None:
                return False
            is_party = pledge.header.group in {self.us, peer}
            if self._is_purged(pledge, peer) and not is_party:
                return False
        return self._reach.belongs(record, peer)

    def _is_purged(self, record: Record, peer: GroupId) -> bool:
        shared = self._shared.get(peer)
        is_cut_there = shared is not None and is_cut(record.header, shared.cutoff_ms)
        return is_cut_there or self._aging.is_over(record)

    def escorts_of(self, records: Sequence[Record], peer: GroupId) -> list[Record]:
        """Rosters and cards of those who signed `records`, where `peer` has no other way to them.

        A directory travels three halls; a pledge may travel six, from one end of its request's
        reach to the other.
        """
        far = dict.fromkeys(
            record.header.group
            for record in records
            if not record.header.in_directory
            and not self._reach.hears_of(peer, record.header.group)
        )
        escorts = ([self._held.roster_of(group), *self._held.profiles_of(group)] for group in far)
        return [record for each in escorts for record in each if record is not None]

    def claim(self, record: Record, peer: GroupId) -> None:
        """`peer` shares a record that we do not or cannot: count it as held towards it.

        Not a card or roster that only came along with what it signed: no set holds those.
        """
        shared = self.shared_with(peer)
        is_counted = record in shared or is_cut(record.header, shared.cutoff_ms)
        is_escort = record.header.in_directory and not self._reach.belongs(record, peer)
        is_awaited = record.id in self._waiting and not self._waits_in_vain(record)
        if not (is_counted or is_escort or is_awaited):
            shared.claim(record)

    def _waits_in_vain(self, record: Record) -> bool:
        """Whether what it answers has had its time here: only a newer version could come."""
        return any(self._aging.is_buried(each) for each in stands_on(record))

    def claim_held(self, ids: Iterable[RecordId], peer: GroupId) -> None:
        """`peer` shares these still; we hold some of them for our own desk alone."""
        for each in ids:
            record = self._held.by_id.get(each)
            if record is not None:
                self.claim(record, peer)

    def end_link(self, peer: GroupId) -> None:
        """Forget what a link shared, what we refused over it as well: it is offered once more.

        Counted as held for good, it would look to `peer` as if it were on our disk.
        """
        self._shared.pop(peer, None)
        self._stale.discard(peer)

    def disclaim(self, ids: Iterable[RecordId], peer: GroupId) -> None:
        """`peer` does not hold these; where we do not share them either, nobody counts them."""
        self.shared_with(peer).disclaim(ids)

    def disclaim_older(self, record: Record, peer: GroupId) -> None:
        """`peer` holds this version, so no older one."""
        shared = self.shared_with(peer)
        shared.disclaim(shared.claims.older_than(record))

    def _forget_links(self) -> None:
        """The shared sets of every link are gathered anew when they are asked for."""
        self._stale.update(self._shared)

    def _gather(self, peer: GroupId, cutoff_ms: UnixMs, claims: Claims) -> SharedSets:
        records = (
            record
            for record in self._held.by_id.values()
            if not is_cut(record.header, cutoff_ms) and self.belongs(record, peer)
        )
        shared = self._shared[peer] = SharedSets.of_records(records, cutoff_ms, claims)
        self._stale.discard(peer)
        return shared

    def _fresh(self) -> Iterator[tuple[GroupId, SharedSets]]:
        """The sets that are kept up to date; who is stale is gathered whole anyway."""
        return ((peer, each) for peer, each in self._shared.items() if peer not in self._stale)

    # Holding --------------------------------------------------------------------------------

    def _hold(self, record: Record, heard_ms: UnixMs) -> Placed:
        before = self._held.by_object.get(record.header.object)
        asked = about(record) or record.header.object
        far_parties = self._reach.far_parties(asked)
        if before is not None:
            self._unshare([before])
        replaced = self._held.put(record, heard_ms)
        if record.header.kind in {Kind.ROSTER, Kind.PEERING}:
            self._redraw(record.header.group)
        elif far_parties != self._reach.far_parties(asked) or _has_moved(before, record):
            self._forget_links()
        for peer, shared in self._fresh():
            for each in self._with_answers([record]):
                if self.belongs(each, peer):
                    shared.add(each)
        return Placed(record, replaced, heard_ms)

    def _with_answers(self, records: Iterable[Record]) -> Iterator[Record]:
        """Where a request goes, what answers it goes as well; with a pledge, its details."""
        for record in records:
            yield record
            yield from self._held.answers_to(record.header.object)
            details = self._held.details_of(record.header.object)
            if details is not None:
                yield details

    def _unshare(self, records: Iterable[Record]) -> None:
        for record in records:
            for _peer, shared in self._fresh():
                shared.discard(record)

    def _redraw(self, group: GroupId) -> None:
        if self._reach.redraw(group):
            self._forget_links()

    # Time -----------------------------------------------------------------------------------

    @property
    def now_ms(self) -> UnixMs:
        """Where time has come to, as `advance` was told."""
        return self._aging.now_ms

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
        passing = self._aging.advance(now_ms, is_trusted=is_trusted)
        if passing.reheard or any(each.header.kind == Kind.PLEDGE for each in passing.gone):
            self._forget_links()  # others are over now, or parties no more
        self._unshare(self._with_answers(passing.over))
        for _peer, shared in self._fresh():
            shared.disclaim(shared.claims.ended_by(self.purged_ms))
        for record in passing.gone:
            self._held.remove(record)
        for group in {r.header.group for r in passing.gone if r.header.kind == Kind.PEERING}:
            self._redraw(group)
        return passing


def _has_moved(before: Record | None, after: Record) -> bool:
    """Whether what answers a request goes to others now: as far as its newest version does."""
    return before is not None and before.header.reach != after.header.reach

"""The sets that each link shares, kept up to date as records come and go.

Both ends of a settled link come to the same sets by themselves. What one of them cannot hold, the
other's record that was refused or is held aside, is claimed: it counts as held on that link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from protocol.aging import Aging, is_cut
from protocol.belonging import Belonging
from protocol.holdings import Holdings
from protocol.ids import GroupId, LinkEnd, ObjectId, RecordId, UnixMs
from protocol.limits import AHEAD_MS, PURGE_STEP_MS
from protocol.reach import Reach
from protocol.record import Proof, Record, stands_on
from protocol.roster import Vouch
from protocol.shared import Claims, SharedSets
from protocol.standing import Standing
from protocol.waiting import WaitingRoom


class Sharing:
    def __init__(
        self,
        us: GroupId,
        held: Holdings,
        standing: Standing,
        reach: Reach,
        aging: Aging,
        waiting: WaitingRoom,
    ) -> None:
        self._us = us
        self._held = held
        self._reach = reach
        self._belonging = Belonging(us, held, standing, reach, aging)
        self._aging = aging
        self._waiting = waiting
        self._shared: dict[LinkEnd, SharedSets] = {}
        self._stale: set[LinkEnd] = set()
        self._waited: dict[LinkEnd, frozenset[RecordId]] = {}
        """What waited already when a link last began to look."""

    def shared_with(self, end: LinkEnd) -> SharedSets:
        """The sets that a link shares; kept up to date as records come and go."""
        shared = self._shared.get(end)
        if shared is None:
            return self._gather(end, self._aging.purged_ms, Claims())
        if end in self._stale:
            return self._gather(end, shared.cutoff_ms, shared.claims)
        return shared

    def cut(self, end: LinkEnd, cutoff_ms: UnixMs) -> None:
        """Leave out of what we share over a link what one of the two has purged up to then.

        A mark goes back where a clock was wrong by more than a day: then it is all gathered anew.
        """
        shared = self.shared_with(end)
        if cutoff_ms == shared.cutoff_ms:
            return
        if cutoff_ms < shared.cutoff_ms:
            shared.cutoff_ms = cutoff_ms
            self._gather(end, cutoff_ms, shared.claims)
            return
        # A neighbour's mark may lie between two steps of ours.
        ended = self._held.ended_by(UnixMs(cutoff_ms + PURGE_STEP_MS))
        shared.cut(cutoff_ms)
        self._discard(shared, end, (r for r in ended if is_cut(r.header, cutoff_ms)))

    def belongs(self, record: Record, end: LinkEnd) -> bool:
        """Whether both ends of a link are to hold `record`, by what that link leaves out."""
        return self._belonging.belongs(record, end.group, self._cutoff_ms(end))

    def is_for(self, record: Record, group: GroupId) -> bool:
        """The same for a neighbour or our own group, over whichever of its links."""
        ends = (each for end, each in self._shared.items() if end.group == group)
        cutoff_ms = max((each.cutoff_ms for each in ends), default=self._aging.purged_ms)
        return self._belonging.belongs(record, group, cutoff_ms)

    def escorts_of(self, records: Sequence[Record], group: GroupId) -> list[Record]:
        """What says who signed `records`, where `group` has no other way to know."""
        return self._belonging.escorts_of(records, group)

    def _cutoff_ms(self, end: LinkEnd) -> UnixMs:
        """What the link leaves out: what we have purged, until the other end has told its mark."""
        shared = self._shared.get(end)
        return self._aging.purged_ms if shared is None else shared.cutoff_ms

    def claim(self, record: Record, end: LinkEnd) -> None:
        """The other end shares a record that we do not or cannot: count it as held on this link.

        Where it only came along with what it signed, and was counted there no more than here, the
        next look finds that out.
        """
        shared = self.shared_with(end)
        is_counted = record in shared or is_cut(record.header, shared.cutoff_ms)
        is_awaited = record.id in self._waiting and not self._waits_in_vain(record, end)
        if not (is_counted or is_awaited or self._is_in_proof(record)):
            shared.claim(record)

    def _is_in_proof(self, record: Record) -> bool:
        """Whether a proof that we hold takes its place: who still counts it takes that instead."""
        held = self._held.by_object.get(record.header.object)
        proof = held.body if held is not None else None
        return isinstance(proof, Proof) and record.id in {proof.first.id, proof.second.id}

    def _waits_in_vain(self, record: Record, end: LinkEnd) -> bool:
        """Whether it has waited since before this look, or what it answers has had its time here:
        then the link settles without it, until it is held after all."""
        has_waited = record.id in self._waited.get(end, ())
        return has_waited or any(self._aging.is_buried(each) for each in stands_on(record))

    def begin_look(self, end: LinkEnd) -> None:
        """Both ends are about to see whether they hold the same."""
        self._waited[end] = frozenset(record.id for record in self._waiting)

    def claim_held(self, ids: Iterable[RecordId], end: LinkEnd) -> None:
        """The other end was found to share these; some we hold and do not share with it."""
        for each in ids:
            record = self._held.by_id.get(each)
            if record is not None:
                self.claim(record, end)

    def end_link(self, end: LinkEnd) -> None:
        """Forget what a link shared, what we refused over it as well: it is offered once more.

        Counted as held for good, it would look to the other end as if it were on our disk.
        """
        self._shared.pop(end, None)
        self._waited.pop(end, None)
        self._stale.discard(end)

    def disclaim(self, ids: Iterable[RecordId], end: LinkEnd) -> None:
        """The other end does not hold these: where we do not share them either, nobody does."""
        self.shared_with(end).disclaim(ids)

    def disclaim_older(self, record: Record, end: LinkEnd) -> None:
        """The other end holds this version, so no older one."""
        shared = self.shared_with(end)
        shared.disclaim(shared.claims.older_than(record))

    def forget_links(self) -> None:
        """The shared sets of every link are gathered anew when they are asked for."""
        self._stale.update(self._shared)

    def _gather(self, end: LinkEnd, cutoff_ms: UnixMs, claims: Claims) -> SharedSets:
        records = (
            record
            for record in self._held.by_id.values()
            if not is_cut(record.header, cutoff_ms)
            and self._belonging.belongs(record, end.group, cutoff_ms)
        )
        shared = self._shared[end] = SharedSets.of_records(records, cutoff_ms, claims)
        self._stale.discard(end)
        return shared

    def _fresh(self) -> Iterator[tuple[LinkEnd, SharedSets]]:
        """The sets that are kept up to date; who is stale is gathered whole anyway."""
        return ((end, each) for end, each in self._shared.items() if end not in self._stale)

    def _with_answers(self, records: Iterable[Record]) -> Iterator[Record]:
        """Where a request goes, what answers it goes as well; with a pledge, its details."""
        for record in records:
            yield record
            yield from self._held.answers_to(record.header.object)
            yield from self._held.all_details_of(record.header.object)

    def share(self, record: Record) -> None:
        """It is held now, and so is what answers it: where both belong, they are shared."""
        moved = list(self._with_answers([record]))
        groups = _signers_of(moved)
        for end, shared in self._fresh():
            for each in moved:
                if self.belongs(each, end):
                    shared.add(each)
            self._follow_messages(shared, end, groups)

    def unshare_with_answers(self, records: Iterable[Record]) -> None:
        """These are over, and what answers them as well, but for what belongs all the same."""
        ended = list(records)
        for end, shared in self._fresh():
            self._discard(shared, end, ended)

    def _discard(self, shared: SharedSets, end: LinkEnd, ended: Iterable[Record]) -> None:
        moved = list(self._with_answers(self._with_guests(ended)))
        for record in moved:
            if not self.belongs(record, end):
                shared.discard(record)
        self._follow_messages(shared, end, _signers_of(moved))

    def _follow_messages(self, shared: SharedSets, end: LinkEnd, groups: set[GroupId]) -> None:
        """Where their messages come or go, so does the directory of those that one end does not
        hear of."""
        for group in groups:
            if self._reach.hears_of(self._us, group) and self._reach.hears_of(end.group, group):
                continue
            for record in self._held.directory_of(group):
                (shared.add if self.belongs(record, end) else shared.discard)(record)

    def follow(self, displaced: Sequence[Record]) -> None:
        """These are not held or shared any more: nor is what went along with them alone."""
        for end, shared in self._fresh():
            self._follow_messages(shared, end, _signers_of(displaced))
        for record in displaced:
            self.disclaim_object(record.header.object)

    def _with_guests(self, ended: Iterable[Record]) -> Iterator[Record]:
        """What a guest has signed goes with the vouch that it stands on."""
        for record in ended:
            yield record
            if isinstance(record.body, Vouch):
                signed = self._held.of_group(record.header.group)
                yield from (r for r in signed if r.header.device == record.body.guest)

    def disclaim_object(self, object_id: ObjectId) -> None:
        """A version that stood in the way of others is held no more: they are asked for again."""
        for shared in self._shared.values():
            shared.disclaim(shared.claims.of_object(object_id))

    def disclaim_due(self, before_ms: UnixMs, now_ms: UnixMs) -> None:
        """What was ahead of our clock then and is not now is asked for, unless it waits here."""
        for shared in self._shared.values():
            shared.disclaim(shared.claims.made_between(before_ms + AHEAD_MS, now_ms + AHEAD_MS))

    def disclaim_ended(self, mark_ms: UnixMs) -> None:
        """What neighbours hold and we do not has had its time up to the mark."""
        for _, shared in self._fresh():
            shared.disclaim(shared.claims.ended_by(mark_ms))

    def unshare(self, records: Iterable[Record]) -> None:
        for record in records:
            for _, shared in self._fresh():
                shared.discard(record)


def _signers_of(records: Iterable[Record]) -> set[GroupId]:
    return {record.header.group for record in records if not record.header.in_directory}

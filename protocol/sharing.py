"""What belongs to whom: the sets that each link shares, and what else goes along with them.

Both ends of a settled link come to the same sets by themselves. What one of them cannot hold, the
other's record that was refused or is held aside, is claimed: it counts as held on that link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from protocol.aging import Aging, is_cut
from protocol.bodies import Details, Kind
from protocol.holdings import Holdings
from protocol.ids import GroupId, LinkEnd, ObjectId, RecordId, UnixMs
from protocol.limits import AHEAD_MS, KEEP_MS, PURGE_STEP_MS
from protocol.reach import Reach
from protocol.record import Proof, Record, about, stands_on
from protocol.roster import Adoption, Vouch
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
        self._standing = standing
        self._reach = reach
        self._aging = aging
        self._waiting = waiting
        self._shared: dict[LinkEnd, SharedSets] = {}
        self._stale: set[LinkEnd] = set()
        self._waited: dict[LinkEnd, frozenset[RecordId]] = {}
        """What waited already when a link last began to look."""

    def shared_with(self, peer: LinkEnd) -> SharedSets:
        """The sets that a link to `peer` shares; kept up to date as records come and go."""
        shared = self._shared.get(peer)
        if shared is None:
            return self._gather(peer, self._aging.purged_ms, Claims())
        if peer in self._stale:
            return self._gather(peer, shared.cutoff_ms, shared.claims)
        return shared

    def cut(self, peer: LinkEnd, cutoff_ms: UnixMs) -> None:
        """Leave out of what we share with `peer` what one of the two has purged up to then.

        A mark goes back where a clock was wrong by more than a day: then it is all gathered anew.
        """
        shared = self.shared_with(peer)
        if cutoff_ms == shared.cutoff_ms:
            return
        if cutoff_ms < shared.cutoff_ms:
            shared.cutoff_ms = cutoff_ms
            self._gather(peer, cutoff_ms, shared.claims)
            return
        # A neighbour's mark may lie between two steps of ours.
        ended = self._held.ended_by(UnixMs(cutoff_ms + PURGE_STEP_MS))
        shared.cut(cutoff_ms)
        self._discard(shared, peer, (r for r in ended if is_cut(r.header, cutoff_ms)))

    def belongs(self, record: Record, peer: LinkEnd) -> bool:
        """Whether both ends of a link to `peer` are to hold `record`.

        Neither has purged it, nor the request that it answers, nor the vouch of the guest who
        signed it: who has could not take it.
        """
        asked = about(record)
        request = record if asked is None else self._held.by_object.get(asked, record)
        if self._is_gone(record, peer) or (request is not record and self._is_gone(request, peer)):
            return False
        body = record.body
        if isinstance(body, Details) and not self._has_its_pledge(record, body.pledge, peer):
            return False
        return self._reach.belongs(record, peer.group) or self._goes_with_messages(record, peer)

    def _goes_with_messages(self, record: Record, peer: LinkEnd) -> bool:
        """Whether a group that one end does not hear of has signed what both ends are to hold: who
        speaks for it, and its cards, then go as far. A pledge may travel twice its reach."""
        header = record.header
        if not header.in_directory or header.kind == Kind.PEERING:
            return False
        signed = (*self._held.of_group(header.group), *self._held.aside.of_group(header.group))
        return any(not r.header.in_directory and self.belongs(r, peer) for r in signed)

    def _has_its_pledge(self, details: Record, pledge_id: ObjectId, peer: LinkEnd) -> bool:
        """Who has let go of the pledge could not take what was sealed for it.

        The hall that made it keeps it a while for its own desk, and so does the origin: it is to
        hear from that one that nothing is sealed any more.
        """
        pledge = self._held.by_object.get(pledge_id)
        if pledge is None or self._has_lost_its_vouch(pledge, peer):
            return False
        if not self._is_purged(pledge, peer):
            return True
        are_parties = {pledge.header.group, details.header.group} == {self._us, peer.group}
        ends_ms = self._held.ends_ms(pledge)
        mark_ms = self._cutoff_ms(peer) or self._aging.purged_ms
        return are_parties and (ends_ms is None or mark_ms < ends_ms + KEEP_MS)

    def _is_gone(self, record: Record, peer: LinkEnd) -> bool:
        return self._is_purged(record, peer) or self._has_lost_its_vouch(record, peer)

    def _has_lost_its_vouch(self, record: Record, peer: LinkEnd) -> bool:
        vouch = self._standing.vouch_for(record)
        return vouch is not None and self._is_purged(vouch, peer)

    def _is_purged(self, record: Record, peer: LinkEnd) -> bool:
        return is_cut(record.header, self._cutoff_ms(peer)) or self._aging.is_over(record)

    def _cutoff_ms(self, peer: LinkEnd) -> UnixMs:
        """What the link leaves out; of a group, asked for as such, the latest of its links."""
        shared = self._shared.get(peer)
        if shared is not None:
            return shared.cutoff_ms
        if peer.device is not None:
            return self._aging.purged_ms
        ends = (each for end, each in self._shared.items() if end.group == peer.group)
        return max((each.cutoff_ms for each in ends), default=UnixMs(0))

    def escorts_of(self, records: Sequence[Record], peer: LinkEnd) -> list[Record]:
        """What says who signed `records`, and their cards, where `peer` has no other way to them.

        A directory travels three halls; a pledge may travel six, from one end of its request's
        reach to the other.
        """
        escorts: dict[RecordId, Record] = {}
        for record in records:
            header = record.header
            if not (header.in_directory or self._reach.hears_of(peer.group, header.group)):
                escorts.update((each.id, each) for each in self._escorts_of(record))
        return list(escorts.values())

    def _escorts_of(self, record: Record) -> Iterator[Record]:
        header = record.header
        vouch = self._standing.vouch_for(record)
        adoptions = () if vouch else self._held.adoptions_of(header.group)
        for each in (self._held.roster_of(header.group), vouch):
            if each is not None:
                yield each
        yield from (
            a for a in adoptions if isinstance(a.body, Adoption) and record.id in a.body.ids
        )
        cards = self._held.profiles_of(header.group)
        yield from (card for card in cards if card.header.device == header.device)

    def claim(self, record: Record, peer: LinkEnd) -> None:
        """`peer` shares a record that we do not or cannot: count it as held towards it.

        Not a card or roster that only came along with what it signed: no set holds those.
        """
        shared = self.shared_with(peer)
        is_counted = record in shared or is_cut(record.header, shared.cutoff_ms)
        is_escort = record.id in self._held.by_id and not self.belongs(record, peer)
        is_awaited = record.id in self._waiting and not self._waits_in_vain(record, peer)
        is_left_out = is_escort and record.header.in_directory
        if not (is_counted or is_left_out or is_awaited or self._is_in_proof(record)):
            shared.claim(record)

    def _is_in_proof(self, record: Record) -> bool:
        """Whether a proof that we hold takes its place: who still counts it takes that instead."""
        held = self._held.by_object.get(record.header.object)
        proof = held.body if held is not None else None
        return isinstance(proof, Proof) and record.id in {proof.first.id, proof.second.id}

    def _waits_in_vain(self, record: Record, peer: LinkEnd) -> bool:
        """Whether it has waited since before this look, or what it answers has had its time here:
        then the link settles without it, until it is held after all."""
        has_waited = record.id in self._waited.get(peer, ())
        return has_waited or any(self._aging.is_buried(each) for each in stands_on(record))

    def begin_look(self, peer: LinkEnd) -> None:
        """Both ends are about to see whether they hold the same."""
        self._waited[peer] = frozenset(record.id for record in self._waiting)

    def claim_held(self, ids: Iterable[RecordId], peer: LinkEnd) -> None:
        """`peer` was found to share these still; we hold some of them for our own desk alone."""
        shared = self.shared_with(peer)
        for each in ids:
            record = self._held.by_id.get(each)
            if record is not None and not is_cut(record.header, shared.cutoff_ms):
                shared.claim(record)

    def end_link(self, peer: LinkEnd) -> None:
        """Forget what a link shared, what we refused over it as well: it is offered once more.

        Counted as held for good, it would look to `peer` as if it were on our disk.
        """
        self._shared.pop(peer, None)
        self._waited.pop(peer, None)
        self._stale.discard(peer)

    def disclaim(self, ids: Iterable[RecordId], peer: LinkEnd) -> None:
        """`peer` does not hold these; where we do not share them either, nobody counts them."""
        self.shared_with(peer).disclaim(ids)

    def disclaim_older(self, record: Record, peer: LinkEnd) -> None:
        """`peer` holds this version, so no older one."""
        shared = self.shared_with(peer)
        shared.disclaim(shared.claims.older_than(record))

    def forget_links(self) -> None:
        """The shared sets of every link are gathered anew when they are asked for."""
        self._stale.update(self._shared)

    def _gather(self, peer: LinkEnd, cutoff_ms: UnixMs, claims: Claims) -> SharedSets:
        records = (
            record
            for record in self._held.by_id.values()
            if not is_cut(record.header, cutoff_ms) and self.belongs(record, peer)
        )
        shared = self._shared[peer] = SharedSets.of_records(records, cutoff_ms, claims)
        self._stale.discard(peer)
        return shared

    def _fresh(self) -> Iterator[tuple[LinkEnd, SharedSets]]:
        """The sets that are kept up to date; who is stale is gathered whole anyway."""
        return ((peer, each) for peer, each in self._shared.items() if peer not in self._stale)

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
        for peer, shared in self._fresh():
            for each in moved:
                if self.belongs(each, peer):
                    shared.add(each)
            self._follow_messages(shared, peer, groups)

    def unshare_with_answers(self, records: Iterable[Record]) -> None:
        """These are over, and what answers them as well, but for what belongs all the same."""
        ended = list(records)
        for peer, shared in self._fresh():
            self._discard(shared, peer, ended)

    def _discard(self, shared: SharedSets, peer: LinkEnd, ended: Iterable[Record]) -> None:
        moved = list(self._with_answers(self._with_guests(ended)))
        for record in moved:
            if not self.belongs(record, peer):
                shared.discard(record)
        self._follow_messages(shared, peer, _signers_of(moved))

    def _follow_messages(self, shared: SharedSets, peer: LinkEnd, groups: set[GroupId]) -> None:
        """Where their messages come or go, so does the directory of those that one end does not
        hear of."""
        for group in groups:
            if self._reach.hears_of(self._us, group) and self._reach.hears_of(peer.group, group):
                continue
            for record in self._held.directory_of(group):
                (shared.add if self.belongs(record, peer) else shared.discard)(record)

    def follow(self, displaced: Sequence[Record]) -> None:
        """These are not held or shared any more: nor is what went along with them alone."""
        for peer, shared in self._fresh():
            self._follow_messages(shared, peer, _signers_of(displaced))
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
        for _peer, shared in self._fresh():
            shared.disclaim(shared.claims.ended_by(mark_ms))

    def unshare(self, records: Iterable[Record]) -> None:
        for record in records:
            for _peer, shared in self._fresh():
                shared.discard(record)


def _signers_of(records: Iterable[Record]) -> set[GroupId]:
    return {record.header.group for record in records if not record.header.in_directory}

"""Which records both ends of a link are to hold (SPEC 9.2.4), and what goes along with them.

Both ends come to the same by themselves, from the signed graph, from what is held and from the mark
up to which one of the two has purged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from protocol.aging import Aging, is_cut
from protocol.bodies import Details, Kind
from protocol.holdings import Holdings
from protocol.ids import GroupId, ObjectId, RecordId, UnixMs
from protocol.limits import KEEP_MS
from protocol.reach import Reach
from protocol.record import Record, about
from protocol.roster import Adoption
from protocol.standing import Standing


class Belonging:
    """`cutoff_ms`: what expires up to then is left out, whoever still holds it."""

    def __init__(
        self, us: GroupId, held: Holdings, standing: Standing, reach: Reach, aging: Aging
    ) -> None:
        self._us = us
        self._held = held
        self._standing = standing
        self._reach = reach
        self._aging = aging

    def belongs(self, record: Record, group: GroupId, cutoff_ms: UnixMs) -> bool:
        """Whether both we and `group`, which is linked to us, are to hold `record`.

        Neither has purged it, nor the request that it answers, nor the vouch of the guest who
        signed it: who has could not take it.
        """
        asked = about(record)
        request = record if asked is None else self._held.by_object.get(asked, record)
        if self._is_gone(record, cutoff_ms):
            return False
        if request is not record and self._is_gone(request, cutoff_ms):
            return False
        if isinstance(record.body, Details) and not self._has_its_pledge(record, group, cutoff_ms):
            return False
        if self._reach.belongs(record, group):
            return True
        return self._goes_with_messages(record, group, cutoff_ms)

    def _goes_with_messages(self, record: Record, group: GroupId, cutoff_ms: UnixMs) -> bool:
        """Whether a group that one end does not hear of has signed what both ends are to hold: who
        speaks for it, and its cards, then go as far. A pledge may travel twice its reach."""
        header = record.header
        if not header.in_directory or header.kind == Kind.PEERING:
            return False
        signed = (*self._held.of_group(header.group), *self._held.aside.of_group(header.group))
        messages = (each for each in signed if not each.header.in_directory)
        return any(self.belongs(each, group, cutoff_ms) for each in messages)

    def _has_its_pledge(self, details: Record, group: GroupId, cutoff_ms: UnixMs) -> bool:
        """Who has let go of the pledge could not take what was sealed for it.

        The hall that made it keeps it a while for its own desk, and so does the origin: it is to
        hear from that one that nothing is sealed any more.
        """
        pledge = self._held.by_object.get(_pledge_of(details))
        if pledge is None or self._has_lost_its_vouch(pledge, cutoff_ms):
            return False
        if not self._is_purged(pledge, cutoff_ms):
            return True
        are_parties = {pledge.header.group, details.header.group} == {self._us, group}
        ends_ms = self._held.ends_ms(pledge)
        return are_parties and (ends_ms is None or cutoff_ms < ends_ms + KEEP_MS)

    def _is_gone(self, record: Record, cutoff_ms: UnixMs) -> bool:
        return self._is_purged(record, cutoff_ms) or self._has_lost_its_vouch(record, cutoff_ms)

    def _has_lost_its_vouch(self, record: Record, cutoff_ms: UnixMs) -> bool:
        vouch = self._standing.vouch_for(record)
        return vouch is not None and self._is_purged(vouch, cutoff_ms)

    def _is_purged(self, record: Record, cutoff_ms: UnixMs) -> bool:
        return is_cut(record.header, cutoff_ms) or self._aging.is_over(record)

    # What goes along --------------------------------------------------------------------------

    def escorts_of(self, records: Sequence[Record], group: GroupId) -> list[Record]:
        """What says who signed `records`, and their cards, where `group` has no other way to them.

        A directory travels three halls; a pledge may travel six, from one end of its request's
        reach to the other.
        """
        escorts: dict[RecordId, Record] = {}
        for record in records:
            header = record.header
            if not (header.in_directory or self._reach.hears_of(group, header.group)):
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


def _pledge_of(details: Record) -> ObjectId:
    assert isinstance(details.body, Details)
    return details.body.pledge

"""What both ends of a link hold when it is settled, kept up to date as records come and go."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from protocol.aging import is_cut
from protocol.ids import ObjectId, RecordId, UnixMs
from protocol.item_set import ItemSet
from protocol.kinds import PROOF_KINDS
from protocol.limits import CLAIMS_MAX
from protocol.record import Header, Record


@dataclass(slots=True)
class SharedSets:
    """Both sets of one link; the directory is settled first.

    `cutoff_ms`: what expires up to then is left out, whoever still holds it.
    """

    directory: ItemSet
    others: ItemSet
    cutoff_ms: UnixMs
    claims: Claims

    @classmethod
    def of_records(cls, records: Iterable[Record], cutoff_ms: UnixMs, claims: Claims) -> SharedSets:
        held = list(records)
        for record in held:
            claims.discard(record.id)
        counted = [*held, *claims]
        return cls(
            ItemSet.from_items(_item(each) for each in counted if each.header.in_directory),
            ItemSet.from_items(_item(each) for each in counted if not each.header.in_directory),
            cutoff_ms,
            claims,
        )

    def __contains__(self, record: Record) -> bool:
        return _item(record) in self._of(record)

    def add(self, record: Record) -> None:
        self.claims.discard(record.id)
        self._of(record).add(*_item(record))

    def discard(self, record: Record | Claim) -> None:
        """We hold or share it no more; what the other end was found to hold counts on."""
        if record.id not in self.claims:
            self._of(record).discard(*_item(record))

    def cut(self, cutoff_ms: UnixMs) -> None:
        """A later cutoff counts from now on, for claims at once."""
        self.cutoff_ms = cutoff_ms
        self.disclaim(self.claims.ended_by(cutoff_ms))

    def claim(self, record: Record) -> None:
        """Count as held what the other end holds and we cannot: else the link never settles."""
        self._of(record).add(*_item(record))
        dropped = self.claims.add(Claim(record.id, record.header))
        if dropped is not None:
            self.discard(dropped)

    def disclaim(self, ids: Iterable[RecordId]) -> None:
        """The other end does not hold these any more."""
        for each in ids:
            claim = self.claims.discard(each)
            if claim is not None:
                self.discard(claim)

    def _of(self, record: Record | Claim) -> ItemSet:
        return self.directory if record.header.in_directory else self.others


@dataclass(frozen=True, slots=True)
class Claim:
    """Enough of a record to count it and to know when it is no more."""

    id: RecordId
    header: Header


class Claims:
    """Records that the other end holds and that we refused, or hold a newer version of."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[RecordId, Claim] = OrderedDict()

    def __iter__(self) -> Iterator[Claim]:
        return iter(self._by_id.values())

    def __contains__(self, record_id: RecordId) -> bool:
        return record_id in self._by_id

    def add(self, claim: Claim) -> Claim | None:
        """The oldest claim where there are too many; it is forgotten."""
        self._by_id[claim.id] = claim
        if len(self._by_id) <= CLAIMS_MAX:
            return None
        return self._by_id.popitem(last=False)[1]

    def discard(self, record_id: RecordId) -> Claim | None:
        return self._by_id.pop(record_id, None)

    def older_than(self, record: Record) -> list[RecordId]:
        """Claimed versions of the same object that `record` replaces wherever it is held: all of
        them where it is a proof."""
        header = record.header
        is_proof = header.kind in PROOF_KINDS
        return [
            each.id
            for each in self._by_id.values()
            if each.header.object == header.object
            and (each.header.version < header.version or is_proof)
        ]

    def made_between(self, after_ms: int, until_ms: int) -> list[RecordId]:
        """Claims for messages by when they were made."""
        return [
            each.id
            for each in self._by_id.values()
            if after_ms < each.header.created_ms <= until_ms and not each.header.in_directory
        ]

    def of_object(self, object_id: ObjectId) -> list[RecordId]:
        return [each.id for each in self._by_id.values() if each.header.object == object_id]

    def ended_by(self, mark_ms: UnixMs) -> list[RecordId]:
        """Not those of unsure clocks: only who holds one knows when it ends."""
        return [each.id for each in self._by_id.values() if is_cut(each.header, mark_ms)]


def _item(record: Record | Claim) -> tuple[UnixMs, RecordId]:
    return record.header.created_ms, record.id

"""What both ends of a link hold when it is settled, kept up to date as records come and go."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from protocol.aging import is_cut
from protocol.ids import RecordId, UnixMs
from protocol.item_set import ItemSet
from protocol.limits import CLAIMS_MAX
from protocol.record import Record


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
        all_of_them = [*held, *claims]
        return cls(
            ItemSet.from_items(_item(r) for r in all_of_them if r.header.in_directory),
            ItemSet.from_items(_item(r) for r in all_of_them if not r.header.in_directory),
            cutoff_ms,
            claims,
        )

    def __contains__(self, record: Record) -> bool:
        return _item(record) in self._of(record)

    def add(self, record: Record) -> None:
        self.claims.discard(record.id)
        self._of(record).add(*_item(record))

    def discard(self, record: Record) -> None:
        """We hold or share it no more; what the other end was found to hold counts on."""
        if record.id not in self.claims:
            self._of(record).discard(*_item(record))

    def cut(self, records: Iterable[Record], cutoff_ms: UnixMs) -> None:
        """Leave out `records`, which a later cutoff cuts, and claims as well."""
        self.cutoff_ms = cutoff_ms
        self.disclaim(self.claims.ended_by(cutoff_ms))
        for record in records:
            self.discard(record)

    def claim(self, record: Record) -> None:
        """Count as held what the other end holds and we cannot: else the link never settles."""
        self._of(record).add(*_item(record))
        dropped = self.claims.add(record)
        if dropped is not None:
            self.discard(dropped)

    def disclaim(self, ids: Iterable[RecordId]) -> None:
        """The other end does not hold these any more."""
        for each in ids:
            record = self.claims.discard(each)
            if record is not None:
                self.discard(record)

    def drop_claims(self) -> None:
        self.disclaim([record.id for record in self.claims])

    def _of(self, record: Record) -> ItemSet:
        return self.directory if record.header.in_directory else self.others


class Claims:
    """Records that the other end holds and that we refused, or hold a newer version of."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[RecordId, Record] = OrderedDict()

    def __iter__(self) -> Iterator[Record]:
        return iter(self._by_id.values())

    def __contains__(self, record_id: RecordId) -> bool:
        return record_id in self._by_id

    def add(self, record: Record) -> Record | None:
        """The oldest claim where there are too many; it is forgotten."""
        self._by_id[record.id] = record
        if len(self._by_id) <= CLAIMS_MAX:
            return None
        return self._by_id.popitem(last=False)[1]

    def discard(self, record_id: RecordId) -> Record | None:
        return self._by_id.pop(record_id, None)

    def older_than(self, record: Record) -> list[RecordId]:
        """Claimed versions of the same object that `record` replaces wherever it is held."""
        header = record.header
        return [
            each.id
            for each in self._by_id.values()
            if each.header.object == header.object and each.header.version < header.version
        ]

    def ended_by(self, mark_ms: UnixMs) -> list[RecordId]:
        """Not those of unsure clocks: only who holds one knows when it ends."""
        return [each.id for each in self._by_id.values() if is_cut(each, mark_ms)]


def _item(record: Record) -> tuple[UnixMs, RecordId]:
    return record.header.created_ms, record.id

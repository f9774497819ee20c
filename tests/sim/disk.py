"""What a node has on its disk: as `node/store` keeps it, with the moment of every commit drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from protocol.aging import Buried, Passing, Past
from protocol.ids import GroupId, ObjectId, RecordId, UnixMs
from protocol.limits import BURIED_MAX
from protocol.record import Record
from protocol.shelf import Placed

NO_HOLDERS: Final = frozenset[GroupId]()


@dataclass(slots=True)
class Batch:
    """What one commit keeps of what arrived; `arrived` is what each link is told of afterwards."""

    placed: list[Placed] = field(default_factory=list)
    arrived: dict[int | None, dict[RecordId, None]] = field(default_factory=dict)
    reached: list[tuple[GroupId, tuple[RecordId, ...]]] = field(default_factory=list)
    passings: list[tuple[Passing, UnixMs]] = field(default_factory=list)
    heard_ms: UnixMs | None = None

    @property
    def is_empty(self) -> bool:
        found = self.placed or self.arrived or self.reached or self.passings
        return not found and self.heard_ms is None


class Disk:
    """Rows that survive a crash, in the order in which they came."""

    def __init__(self) -> None:
        self.records: dict[RecordId, Record] = {}
        self._objects: dict[ObjectId, dict[RecordId, Record]] = {}
        self.heard: dict[RecordId, UnixMs] = {}
        self.holders: dict[RecordId, dict[GroupId, None]] = {}
        self.buried: dict[ObjectId, Buried] = {}
        self.over: dict[ObjectId, int] = {}
        """The last version of everything that time has taken here; nothing a node would keep."""
        self.purged_ms = UnixMs(0)
        self.unsure_since_ms: UnixMs | None = None
        self.last_word_ms = UnixMs(0)
        """When somebody was last heard or something was last written down at the desk."""

    def versions_of(self, object_id: ObjectId) -> list[Record]:
        """More than one where some are put aside: a removed device has signed them."""
        return list(self._objects.get(object_id, {}).values())

    def past(self) -> Past:
        latest_ms = max(self.purged_ms, self.last_word_ms, *self.heard.values())
        buried = tuple(self.buried.values())
        return Past(UnixMs(latest_ms), self.purged_ms, self.unsure_since_ms, buried)

    def holders_of(self, record: RecordId) -> list[GroupId]:
        return list(self.holders.get(record, ()))

    def replace(self, old: Record | None, new: Record, heard_ms: UnixMs, at_ms: UnixMs) -> None:
        """Save a record of our own in place of `old`."""
        if old is not None:
            self._delete(old.id)
        self._add(new, heard_ms)
        self.last_word_ms = max(self.last_word_ms, at_ms)

    def keep(self, batch: Batch) -> None:
        """All of it, in one commit."""
        gone = {each.replaced.id for each in batch.placed if each.replaced is not None}
        for each in batch.placed:
            if each.replaced is not None:
                self._delete(each.replaced.id)
        for each in batch.placed:
            if each.record.id not in gone:
                self._add(each.record, each.heard_ms)
        for peer, ids in batch.reached:
            for record in ids:
                if record in self.records:
                    self.holders.setdefault(record, {})[peer] = None
        if batch.heard_ms is not None:
            self.last_word_ms = max(self.last_word_ms, batch.heard_ms)
        for passing, purged_ms in batch.passings:
            self._let_go(passing, purged_ms)

    def _add(self, record: Record, heard_ms: UnixMs) -> None:
        """What comes back from aside is on the disk already."""
        if record.id in self.records:
            return
        self.records[record.id] = record
        self._objects.setdefault(record.header.object, {})[record.id] = record
        self.heard[record.id] = heard_ms

    def _delete(self, record_id: RecordId) -> None:
        record = self.records.pop(record_id, None)
        if record is not None:
            del self.heard[record_id], self._objects[record.header.object][record_id]
            self.holders.pop(record_id, None)

    def _let_go(self, passing: Passing, purged_ms: UnixMs) -> None:
        self.purged_ms, self.unsure_since_ms = purged_ms, passing.unsure_since_ms
        for record in passing.gone:
            self._delete(record.id)
        self.over |= {each.header.object: each.header.version for each in passing.over}
        for burial in passing.buried:
            self.buried.pop(burial.object, None)
            self.buried[burial.object] = burial
        self.buried = {k: v for k, v in self.buried.items() if v.until_ms > purged_ms}
        while len(self.buried) > BURIED_MAX:
            del self.buried[next(iter(self.buried))]
        self.heard |= {each: at for each, at in passing.reheard if each in self.records}

"""A hall's machine with its disk: what of all that it holds is there when the power is back."""

from __future__ import annotations

from collections import deque
from random import Random

from protocol.aging import Buried, Past
from protocol.events import KeepRecords, LetGo, Reached
from protocol.exchange import Exchange
from protocol.ids import GroupId, ObjectId, RecordId, UnixMs
from protocol.record import Record
from tests.protocol.halls import NOW, Hall
from tests.protocol.towns import Machine


class Node(Machine):
    """A machine whose disk is written when a step says so, in order."""

    def __init__(self, hall: Hall, *neighbours: Hall) -> None:
        super().__init__(hall, *neighbours)
        self.unsaved: deque[KeepRecords | Reached | LetGo] = deque()
        self.holders: set[tuple[RecordId, GroupId]] = set()
        self.heard = {each.id: each.header.created_ms for each in self.disk.values()}
        self.over: dict[ObjectId, int] = {}
        """The last version of everything that has had its time here."""
        self.buried: dict[ObjectId, Buried] = {}
        self.purged_ms = UnixMs(0)
        self.unsure_since_ms: UnixMs | None = None
        self.now_ms = NOW
        self.on_disk = {each.header.object: each.header.version for each in self.disk.values()}
        self.newest = dict(self.on_disk)

    @property
    def latest_ms(self) -> UnixMs:
        """The latest time that is on the disk."""
        return max(self.purged_ms, *self.heard.values())

    def write(self, record: Record, heard_ms: UnixMs) -> None:
        """Put it on the disk, where versions rise, in place of the version before."""
        version = self.on_disk.get(record.header.object, 0)
        assert record.header.version > version, "a version went back on disk"
        self.on_disk[record.header.object] = record.header.version
        for old in [each for each in self.disk.values() if _are_one_object(each, record)]:
            self._delete(old)
        self.disk[record.id] = record
        self.heard[record.id] = heard_ms

    def let_go(self, output: LetGo) -> None:
        passing = output.passing
        for record in passing.gone:
            self._delete(record)
            self.on_disk.pop(record.header.object, None)
            self.newest.pop(record.header.object, None)
        self.over |= {each.header.object: each.header.version for each in passing.over}
        self.buried.update((each.object, each) for each in passing.buried)
        self.heard.update((each, at) for each, at in passing.reheard if each in self.disk)
        self.purged_ms = output.purged_ms
        self.unsure_since_ms = passing.unsure_since_ms

    def _delete(self, record: Record) -> None:
        self.disk.pop(record.id, None)
        self.heard.pop(record.id, None)

    def restart(self, rng: Random) -> None:
        """Begin again with what is on the disk, in whatever order the disk gives it."""
        self.unsaved.clear()
        self.exchange = Exchange(self.hall.shelf())
        buried = tuple(self.buried.values())
        past = Past(self.latest_ms, self.purged_ms, self.unsure_since_ms, buried)
        self.exchange.shelf.restore_past(past)
        for record in rng.sample(list(self.disk.values()), len(self.disk)):
            self.exchange.shelf.restore(record, self.heard[record.id])
        for record_id, peer in self.holders:
            self.exchange.restore_holder(record_id, peer)
        self.newest = dict(self.on_disk)


def _are_one_object(one: Record, other: Record) -> bool:
    return one.header.object == other.header.object

"""Where records wait whose signer, distance, request or pledge is not known yet, or whose time.

Each neighbour has its own room, so that a neighbour that floods it pushes out its own records.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocol.bodies import Details, Kind
from protocol.ids import GroupId, RecordId, UnixMs
from protocol.limits import AHEAD_MAX, AHEAD_MS, WAITING_ROOM_MAX
from protocol.record import Record, about


class WaitingRoom:
    def __init__(self) -> None:
        self._by_id: dict[RecordId, Record] = {}
        self._by_group: dict[GroupId, dict[RecordId, Record]] = {}
        self._rooms: dict[GroupId, dict[RecordId, None]] = {}

    def __contains__(self, record_id: RecordId) -> bool:
        return record_id in self._by_id

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Record]:
        """Those who wait longest first; some may leave meanwhile."""
        return iter(list(self._by_id.values()))

    def of_group(self, group: GroupId) -> list[Record]:
        """What `group` itself has signed."""
        return list(self._by_group.get(group, {}).values())

    def add(self, record: Record, brought_by: GroupId) -> None:
        """It waits in the room of each neighbour that brought it, until it has left the last."""
        room = self._rooms.setdefault(brought_by, {})
        self._by_id[record.id] = record
        self._by_group.setdefault(record.header.group, {})[record.id] = record
        room[record.id] = None
        if len(room) > WAITING_ROOM_MAX:
            oldest = next(iter(room))
            del room[oldest]
            if not any(oldest in each for each in self._rooms.values()):
                self.remove(self._by_id[oldest])

    def remove(self, record: Record) -> None:
        del self._by_id[record.id]
        signed = self._by_group[record.header.group]
        del signed[record.id]
        if not signed:
            del self._by_group[record.header.group]
        for room in self._rooms.values():
            room.pop(record.id, None)

    def bringers_of(self, record: Record) -> list[GroupId]:
        """The neighbours in whose rooms it waits."""
        return [group for group, room in self._rooms.items() if record.id in room]

    def concerned_by(self, placed: Record) -> list[Record]:
        """Those that may get in now that `placed` is held."""
        header = placed.header
        if header.kind in {Kind.ADOPTION, Kind.VOUCH}:
            return self.of_group(header.group)
        if header.in_directory:
            # A signer may be known now, or the graph may be another for anybody.
            return [] if header.kind == Kind.PROFILE else list(self)
        return [record for record in self if _waits_for(record, placed)]


def _waits_for(record: Record, placed: Record) -> bool:
    if record.header.in_directory:
        return record.header.group == placed.header.group
    body = record.body
    if isinstance(body, Details) and body.pledge == placed.header.object:
        return True
    return about(record) == placed.header.object


class AheadRoom:
    """Messages from the future, by a clock that is trusted: nothing is made of them before."""

    def __init__(self) -> None:
        self._rooms: dict[GroupId, dict[RecordId, Record]] = {}

    def __contains__(self, record_id: RecordId) -> bool:
        return any(record_id in room for room in self._rooms.values())

    def add(self, record: Record, brought_by: GroupId) -> None:
        room = self._rooms.setdefault(brought_by, {})
        room[record.id] = record
        if len(room) > AHEAD_MAX:
            del room[next(iter(room))]

    def take_due(self, now_ms: UnixMs) -> list[tuple[Record, GroupId]]:
        """Those that are not ahead any more leave the room, with who brought them."""
        due = [
            (record, brought_by)
            for brought_by, room in self._rooms.items()
            for record in room.values()
            if not is_ahead(record, now_ms)
        ]
        for record, brought_by in due:
            del self._rooms[brought_by][record.id]
        return due


def is_ahead(record: Record, now_ms: UnixMs) -> bool:
    """Whether a message says to be made in what is the future by now; a card waits for nothing."""
    header = record.header
    return (
        not (header.in_directory or header.clock_unsure) and header.created_ms > now_ms + AHEAD_MS
    )

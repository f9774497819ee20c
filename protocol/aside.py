"""What was held and does not count now: kept on disk, neither shown nor shared, until it ends.

A device that was removed may have signed it; its heir can still adopt it. Nothing here is lost by a
roster that arrives before the adoption does.
"""

from __future__ import annotations

from collections.abc import Callable

from protocol.ids import DeviceKey, GroupId, RecordId, UnixMs
from protocol.record import Record

HeardAnew = Callable[[UnixMs], UnixMs]
"""When to count as heard what was heard then by a clock that was wrong."""


class Aside:
    def __init__(self) -> None:
        self._by_group: dict[GroupId, dict[RecordId, Record]] = {}
        self._heard: dict[RecordId, UnixMs] = {}

    def __contains__(self, record_id: RecordId) -> bool:
        return record_id in self._heard

    def of_group(self, group: GroupId) -> list[Record]:
        return list(self._by_group.get(group, {}).values())

    def of_device(self, group: GroupId, device: DeviceKey) -> list[Record]:
        """What an heir may adopt."""
        return [record for record in self.of_group(group) if record.header.device == device]

    def put(self, record: Record, heard_ms: UnixMs) -> None:
        self._by_group.setdefault(record.header.group, {})[record.id] = record
        self._heard[record.id] = heard_ms

    def take(self, record: Record) -> UnixMs:
        """It is not here any more; when it was first heard of."""
        del self._by_group[record.header.group][record.id]
        return self._heard.pop(record.id)

    def hear_anew(self, anew: HeardAnew) -> list[tuple[RecordId, UnixMs]]:
        """Count each as heard when `anew` says; those that were heard at another time by that."""
        found = ((each, heard, anew(heard)) for each, heard in self._heard.items())
        moved = [(each, later) for each, heard, later in found if later != heard]
        self._heard.update(moved)
        return moved

    def ended_by(self, mark_ms: UnixMs) -> list[Record]:
        """Those whose time is over; by their own word, or from when they were heard of, the later:
        nobody sees them meanwhile."""
        return [
            record
            for records in self._by_group.values()
            for record in records.values()
            if record.header.expires_ms is not None
            and max(record.header.expires_ms, self._heard[record.id] + record.header.lifetime_ms)
            <= mark_ms
        ]

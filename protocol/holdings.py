"""The records that a node has, and every way in which they are looked up. No rules here."""

from __future__ import annotations

from collections import Counter
from typing import Final

from protocol.bodies import Details, Peering, Pledge, Profile, Roster, Seen
from protocol.ids import DeviceKey, GroupId, ObjectId, RecordId, UnixMs
from protocol.limits import MINUTE_MS, PURGE_STEP_MS
from protocol.record import Record, about

ByDevice = dict[DeviceKey, Record]
NOBODY: Final[ByDevice] = {}


class Holdings:
    """The newest version of each object. What only one kind of record needs stands by its kind."""

    def __init__(self) -> None:
        self.by_id: dict[RecordId, Record] = {}
        self.by_object: dict[ObjectId, Record] = {}
        self._rosters: dict[GroupId, Record] = {}
        self._profiles: dict[GroupId, ByDevice] = {}
        self._peerings: dict[GroupId, ByDevice] = {}
        self._details: dict[ObjectId, Record] = {}
        self._answers: dict[ObjectId, dict[ObjectId, Record]] = {}
        self._authors: Counter[GroupId] = Counter()
        self._heard: dict[RecordId, UnixMs] = {}
        self._ending: dict[int, dict[RecordId, Record]] = {}

    # One at a time --------------------------------------------------------------------------

    def put(self, record: Record, heard_ms: UnixMs) -> Record | None:
        """Hold `record`, first heard of then; the version that it replaces is not held any more."""
        replaced = self.by_object.get(record.header.object)
        if replaced is not None:
            self.remove(replaced)
        self.by_id[record.id] = record
        self.by_object[record.header.object] = record
        if record.header.clock_unsure:
            self._heard[record.id] = heard_ms
        self._end(record)
        self._index(record)
        return replaced

    def remove(self, record: Record) -> None:
        del self.by_id[record.id]
        del self.by_object[record.header.object]
        self._unindex(record)
        self._unend(record)
        self._heard.pop(record.id, None)

    # Time -----------------------------------------------------------------------------------

    def ends_ms(self, record: Record) -> UnixMs | None:
        """When it expires, None: never.

        Where its author's clock was unsure, it lives its time from when we heard of it. Where that
        was when it says that it was made, its own word counts, so that all halls show one time; so
        it does for one that is not held.
        """
        header = record.header
        heard_ms = self._heard.get(record.id)
        if heard_ms is None or abs(heard_ms - header.created_ms) <= MINUTE_MS:
            return header.expires_ms
        return UnixMs(heard_ms + header.lifetime_ms)

    def ended_by(self, mark_ms: UnixMs) -> list[Record]:
        """What expires up to and including `mark_ms`, a multiple of `PURGE_STEP_MS`."""
        steps = sorted(step for step in self._ending if step * PURGE_STEP_MS <= mark_ms)
        return [record for step in steps for record in self._ending[step].values()]

    def hear_later(self, since_ms: UnixMs, by_ms: int) -> list[tuple[RecordId, UnixMs]]:
        """Count what was heard since then as heard `by_ms` later; when each was heard by that."""
        moved = {each: heard for each, heard in self._heard.items() if heard >= since_ms}
        for each, heard in moved.items():
            self._unend(self.by_id[each])
            self._heard[each] = UnixMs(heard + by_ms)
            self._end(self.by_id[each])
        return [(each, self._heard[each]) for each in moved]

    def _end(self, record: Record) -> None:
        step = self._step(record)
        if step is not None:
            self._ending.setdefault(step, {})[record.id] = record

    def _unend(self, record: Record) -> None:
        step = self._step(record)
        if step is not None:
            self._ending[step].pop(record.id, None)
            if not self._ending[step]:
                del self._ending[step]

    def _step(self, record: Record) -> int | None:
        ends_ms = self.ends_ms(record)
        return None if ends_ms is None else -(-ends_ms // PURGE_STEP_MS)

    # Looking up -----------------------------------------------------------------------------

    def roster_of(self, group: GroupId) -> Record | None:
        return self._rosters.get(group)

    def devices_of(self, group: GroupId) -> tuple[DeviceKey, ...]:
        """Those on the group's roster; none while that is not known."""
        roster = self._rosters.get(group)
        return roster.body.devices if roster and isinstance(roster.body, Roster) else ()

    def profiles_of(self, group: GroupId) -> list[Record]:
        """One for each device on the group's roster that has shown one."""
        return self._listed(group, self._profiles.get(group, NOBODY))

    def peerings_of(self, group: GroupId) -> list[Record]:
        return self._listed(group, self._peerings.get(group, NOBODY))

    def pledges_of(self, request: ObjectId) -> list[Record]:
        return [each for each in self.answers_to(request) if isinstance(each.body, Pledge)]

    def details_of(self, pledge: ObjectId) -> Record | None:
        return self._details.get(pledge)

    def seen_of(self, request: ObjectId) -> list[Record]:
        return [each for each in self.answers_to(request) if isinstance(each.body, Seen)]

    def answers_to(self, request: ObjectId) -> list[Record]:
        """All that is about a request, of whatever kind."""
        return list(self._answers.get(request, {}).values())

    def has_author(self, group: GroupId) -> bool:
        """Whether anything but directory records of this group is held."""
        return self._authors[group] > 0

    def _listed(self, group: GroupId, shown: ByDevice) -> list[Record]:
        devices = self.devices_of(group)
        return [each for device, each in shown.items() if device in devices]

    # By kind --------------------------------------------------------------------------------

    def _index(self, record: Record) -> None:
        header, body = record.header, record.body
        if not header.in_directory:
            self._authors[header.group] += 1
        asked = about(record)
        if asked is not None:
            self._answers.setdefault(asked, {})[header.object] = record
        match body:
            case Roster():
                self._rosters[header.group] = record
            case Profile():
                self._profiles.setdefault(header.group, {})[header.device] = record
            case Peering():
                self._peerings.setdefault(header.group, {})[header.device] = record
            case Details():
                self._details[body.pledge] = record

    def _unindex(self, record: Record) -> None:
        header, body = record.header, record.body
        if not header.in_directory:
            self._authors[header.group] -= 1
        asked = about(record)
        if asked is not None:
            _drop(self._answers, asked, header.object)
        match body:
            case Roster():
                del self._rosters[header.group]
            case Profile():
                del self._profiles[header.group][header.device]
            case Peering():
                del self._peerings[header.group][header.device]
            case Details() if self._details.get(body.pledge) is record:
                del self._details[body.pledge]


def _drop(nested: dict[ObjectId, dict[ObjectId, Record]], outer: ObjectId, inner: ObjectId) -> None:
    del nested[outer][inner]
    if not nested[outer]:
        del nested[outer]

"""The records that a node has, and every way in which they are looked up. No rules here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from protocol.aside import Aside, HeardAnew
from protocol.bodies import Details, Kind, Peering, Pledge, Profile, Seen
from protocol.ids import DeviceKey, GroupId, ObjectId, RecordId, UnixMs, group_id
from protocol.limits import MINUTE_MS, PURGE_STEP_MS
from protocol.record import ROSTER_NUMBER, Record, about
from protocol.roster import Adoption, Vouch

ByDevice = dict[DeviceKey, Record]
NO_CARDS: Final[ByDevice] = {}
Outer = TypeVar("Outer")
Inner = TypeVar("Inner")


class Holdings:
    """The newest version of each object. What only one kind of record needs stands by its kind."""

    def __init__(self) -> None:
        self.aside = Aside()
        self.by_id: dict[RecordId, Record] = {}
        self.by_object: dict[ObjectId, Record] = {}
        self._rosters: dict[GroupId, Record] = {}
        self._profiles: dict[GroupId, ByDevice] = {}
        self._peerings: dict[GroupId, ByDevice] = {}
        self._adoptions: dict[GroupId, dict[ObjectId, Record]] = {}
        self._adopted: Counter[tuple[GroupId, DeviceKey, DeviceKey, RecordId]] = Counter()
        self._vouches: dict[tuple[GroupId, DeviceKey], dict[ObjectId, Record]] = {}
        self._details: dict[ObjectId, dict[ObjectId, Record]] = {}
        self._by_group: dict[GroupId, dict[RecordId, Record]] = {}
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

    def heard_ms(self, record: Record, now_ms: UnixMs) -> UnixMs:
        """When it was first heard of, where that is what it ages from; else now will do."""
        return self._heard.get(record.id, now_ms)

    def ended_by(self, mark_ms: UnixMs) -> list[Record]:
        """What expires up to and including `mark_ms`, a multiple of `PURGE_STEP_MS`."""
        steps = sorted(step for step in self._ending if step * PURGE_STEP_MS <= mark_ms)
        return [record for step in steps for record in self._ending[step].values()]

    def hear_anew(self, anew: HeardAnew) -> list[tuple[RecordId, UnixMs]]:
        """Count each as heard when `anew` says; those that were heard at another time by that."""
        found = ((each, heard, anew(heard)) for each, heard in self._heard.items())
        moved = [(each, later) for each, heard, later in found if later != heard]
        for each, heard in moved:
            self._unend(self.by_id[each])
            self._heard[each] = heard
            self._end(self.by_id[each])
        return moved + self.aside.hear_anew(anew)

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

    def of_group(self, group: GroupId) -> list[Record]:
        """All that the group's devices have signed."""
        return list(self._by_group.get(group, {}).values())

    def roster_of(self, group: GroupId) -> Record | None:
        """Its newest roster, or the proof that there are two of that version."""
        return self._rosters.get(group)

    def profiles_of(self, group: GroupId) -> list[Record]:
        """One for each device that speaks for the group and has shown one."""
        return list(self._profiles.get(group, NO_CARDS).values())

    def peerings_of(self, group: GroupId) -> list[Record]:
        return list(self._peerings.get(group, NO_CARDS).values())

    def adoptions_of(self, group: GroupId) -> list[Record]:
        return list(self._adoptions.get(group, {}).values())

    def is_adopted(self, group: GroupId, heir: DeviceKey, record: Record) -> bool:
        """Whether `heir` stands for this record of another device."""
        return self._adopted[group, heir, record.header.device, record.id] > 0

    def vouches_for(self, group: GroupId, guest: DeviceKey) -> list[Record]:
        return list(self._vouches.get((group, guest), {}).values())

    def directory_of(self, group: GroupId) -> list[Record]:
        """What says who speaks for the group, and its cards; not whom it is paired with."""
        directory = (each for each in self.of_group(group) if each.header.in_directory)
        return [each for each in directory if each.header.kind != Kind.PEERING]

    def pledges_of(self, request: ObjectId) -> list[Record]:
        return [each for each in self.answers_to(request) if isinstance(each.body, Pledge)]

    def details_of(self, pledge: ObjectId) -> Record | None:
        """The newest, where more than one device of the origin has sealed some."""
        found = self.all_details_of(pledge)
        return max(found, key=lambda each: (each.header.created_ms, each.id), default=None)

    def all_details_of(self, pledge: ObjectId) -> list[Record]:
        return list(self._details.get(pledge, {}).values())

    def seen_of(self, request: ObjectId) -> list[Record]:
        return [each for each in self.answers_to(request) if isinstance(each.body, Seen)]

    def answers_to(self, request: ObjectId) -> list[Record]:
        """All that is about a request, of whatever kind."""
        return list(self._answers.get(request, {}).values())

    def has_author(self, group: GroupId) -> bool:
        """Whether anything but directory records of this group is held."""
        return self._authors[group] > 0

    # By kind --------------------------------------------------------------------------------

    def _index(self, record: Record) -> None:
        header, body = record.header, record.body
        self._by_group.setdefault(header.group, {})[record.id] = record
        if not header.in_directory:
            self._authors[header.group] += 1
        asked = about(record)
        if asked is not None:
            self._answers.setdefault(asked, {})[header.object] = record
        if _is_roster(record):
            self._rosters[header.group] = record
        match body:
            case Adoption():
                self._adoptions.setdefault(header.group, {})[header.object] = record
                self._adopted.update(_adopted_by(record, body))
            case Vouch(guest):
                self._vouches.setdefault((header.group, guest), {})[header.object] = record
            case Profile():
                self._profiles.setdefault(header.group, {})[header.device] = record
            case Peering():
                self._peerings.setdefault(header.group, {})[header.device] = record
            case Details():
                self._details.setdefault(body.pledge, {})[header.object] = record

    def _disown(self, adopted: Iterable[tuple[GroupId, DeviceKey, DeviceKey, RecordId]]) -> None:
        for each in adopted:
            self._adopted[each] -= 1
            if not self._adopted[each]:
                del self._adopted[each]

    def _unindex(self, record: Record) -> None:
        header, body = record.header, record.body
        _drop(self._by_group, header.group, record.id)
        if not header.in_directory:
            self._authors[header.group] -= 1
        asked = about(record)
        if asked is not None:
            _drop(self._answers, asked, header.object)
        if _is_roster(record):
            del self._rosters[header.group]
        match body:
            case Adoption():
                _drop(self._adoptions, header.group, header.object)
                self._disown(_adopted_by(record, body))
            case Vouch(guest):
                _drop(self._vouches, (header.group, guest), header.object)
            case Profile():
                del self._profiles[header.group][header.device]
            case Peering():
                del self._peerings[header.group][header.device]
            case Details():
                _drop(self._details, body.pledge, header.object)


def _adopted_by(
    record: Record, body: Adoption
) -> Iterator[tuple[GroupId, DeviceKey, DeviceKey, RecordId]]:
    header = record.header
    return ((header.group, header.device, body.removed, each) for each in body.ids)


def _is_roster(record: Record) -> bool:
    """A group's roster, or the proof of two; its key signs nothing else under this number."""
    header = record.header
    is_one = header.kind in {Kind.ROSTER, Kind.DIRECTORY_PROOF}
    return is_one and header.number == ROSTER_NUMBER and group_id(header.device) == header.group


def _drop(nested: dict[Outer, dict[Inner, Record]], outer: Outer, inner: Inner) -> None:
    del nested[outer][inner]
    if not nested[outer]:
        del nested[outer]

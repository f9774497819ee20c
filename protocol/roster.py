"""Who may speak for a group: its roster, and what follows when a device leaves or a guest comes.

The group key signs the roster alone; adoptions and vouches are signed by devices on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from protocol.codec import Map, Value
from protocol.errors import MalformedRecord
from protocol.fields import Fields, without_defaults
from protocol.ids import DeviceKey, RecordId
from protocol.limits import ADOPTED_MAX, DEVICES_MAX, PAGES_MAX, REMOVED_MAX


@dataclass(frozen=True, slots=True)
class Removal:
    """`device` does not speak for the group any more; `heir` goes on with what it adopts of it."""

    device: DeviceKey
    heir: DeviceKey

    @classmethod
    def read(cls, fields: Fields) -> Removal:
        return cls(DeviceKey(fields.raw(0, 32)), DeviceKey(fields.raw(1, 32)))

    def write(self) -> Map:
        return {0: self.device, 1: self.heir}


@dataclass(frozen=True, slots=True)
class Roster:
    """The group's devices, and those that were removed, in ascending order of their keys."""

    devices: tuple[DeviceKey, ...]
    removed: tuple[Removal, ...] = ()

    @classmethod
    def read(cls, fields: Fields) -> Roster:
        devices = fields.raws(10, 32, DEVICES_MAX)
        roster = cls(tuple(DeviceKey(device) for device in devices), _removals(fields))
        if any(each.heir not in devices or each.device in devices for each in roster.removed):
            raise MalformedRecord("key 11: a device that is listed, or an heir that is not")
        return roster

    def write(self) -> Map:
        removed: list[Value] = [each.write() for each in self.removed]
        return without_defaults({10: list(self.devices), 11: removed or None})

    def heir_of(self, device: DeviceKey) -> DeviceKey | None:
        """Who goes on with what `device` wrote; None where it was not removed."""
        return next((each.heir for each in self.removed if each.device == device), None)


def in_common(first: Roster, second: Roster) -> Roster:
    """What stands while two rosters of one version contradict each other: what both say.

    A device that either of them removed does not speak, and nobody inherits by one of them alone.
    """
    devices = set(first.devices) & set(second.devices)
    removed = set(first.removed) & set(second.removed)
    return Roster(
        tuple(sorted(devices)),
        tuple(sorted((each for each in removed if each.heir in devices), key=_by_device)),
    )


@dataclass(frozen=True, slots=True)
class Adoption:
    """One page of the records of a removed device that its heir stands for."""

    removed: DeviceKey
    ids: tuple[RecordId, ...]
    page: int = 0

    @classmethod
    def read(cls, fields: Fields) -> Adoption:
        removed, ids = DeviceKey(fields.raw(10, 32)), fields.raws(11, 32, ADOPTED_MAX)
        if not ids:
            raise MalformedRecord("key 11: nothing is adopted")
        page = fields.optional_number(12, PAGES_MAX - 1, least=1) or 0
        return cls(removed, tuple(map(RecordId, ids)), page)

    def write(self) -> Map:
        return without_defaults({10: self.removed, 11: list(self.ids), 12: self.page or None})


@dataclass(frozen=True, slots=True)
class Vouch:
    """A device on the roster lets `guest` speak for the group while this lives."""

    guest: DeviceKey

    @classmethod
    def read(cls, fields: Fields) -> Vouch:
        return cls(DeviceKey(fields.raw(10, 32)))

    def write(self) -> Map:
        return {10: self.guest}


def _removals(fields: Fields) -> tuple[Removal, ...]:
    if not fields.has(11):
        return ()
    found = tuple(Removal.read(each) for each in fields.maps(11, REMOVED_MAX))
    ascending = all(one.device < other.device for one, other in pairwise(found))
    if not found or not ascending:
        raise MalformedRecord("key 11: not in ascending order")
    return found


def _by_device(removal: Removal) -> DeviceKey:
    return removal.device

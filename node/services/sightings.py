"""What was seen on the local network, and whose it is: bounded, whoever announces what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from node.store.neighbours import Address
from protocol.beacon import Beacon

SIGHTINGS_MAX: Final = 256
"""Announcements remembered. Past these the oldest of strangers leaves first, so that a hundred
strangers cost little memory and push no neighbour out."""

KEYS_MAX: Final = 64
"""Discovery keys that sightings are sorted by: twice the neighbours that a hall may have."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """`addresses`: where its node says that it listens, the best first."""

    beacon: Beacon
    addresses: tuple[Address, ...]


class Sightings:
    """Sightings by the name that they were announced under, the newest last.

    Whose a sighting is, is worked out once for each key, when it is new, and not for each question.
    """

    def __init__(self) -> None:
        self._seen: dict[str, Sighting] = {}
        self._names_by_key: dict[bytes, set[str]] = {}

    def put(self, name: str, sighting: Sighting) -> bool:
        """Whether this is news. What only says the same again is no newer than it was."""
        if self._seen.get(name) == sighting:
            return False
        self.drop(name)
        if len(self._seen) >= SIGHTINGS_MAX:
            self.drop(self._least_wanted())
        self._seen[name] = sighting
        for key, names in self._names_by_key.items():
            if sighting.beacon.is_from(key):
                names.add(name)
        return True

    def drop(self, name: str) -> bool:
        """Whether it was there."""
        for names in self._names_by_key.values():
            names.discard(name)
        return self._seen.pop(name, None) is not None

    def clear(self) -> bool:
        """Whether anything was there."""
        had_any = bool(self._seen)
        self._seen.clear()
        for names in self._names_by_key.values():
            names.clear()
        return had_any

    def addresses(self) -> list[Address]:
        """Of everyone, the newest sighting first."""
        return self._addresses(set(self._seen))

    def addresses_of(self, discovery_key: bytes) -> list[Address]:
        """Of the group of this key, the newest sighting first."""
        names = self._names_by_key.get(discovery_key)
        if names is None:
            names = self._sort_by(discovery_key)
        return self._addresses(names)

    def _addresses(self, names: set[str]) -> list[Address]:
        newest_first = [self._seen[name] for name in reversed(self._seen) if name in names]
        return list(dict.fromkeys(at for each in newest_first for at in each.addresses))

    def _sort_by(self, discovery_key: bytes) -> set[str]:
        if len(self._names_by_key) >= KEYS_MAX:
            del self._names_by_key[next(iter(self._names_by_key))]
        names = {name for name, each in self._seen.items() if each.beacon.is_from(discovery_key)}
        self._names_by_key[discovery_key] = names
        return names

    def _least_wanted(self) -> str:
        """The oldest of a stranger, or the oldest where all are of neighbours."""
        known = set[str]().union(*self._names_by_key.values())
        strangers = (name for name in self._seen if name not in known)
        return next(strangers, next(iter(self._seen)))

"""Who is paired with whom, and how far away that makes everyone.

Groups sign whom they are paired with; an edge exists when both ends have signed it. Whoever holds
the same peerings computes the same distances: no forwarder counts hops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from protocol.ids import DeviceKey, GroupId


@dataclass(frozen=True, slots=True)
class _Word:
    """What one device says of its group."""

    named: frozenset[GroupId]
    removed: frozenset[GroupId]


class Graph:
    """The peerings of every group we know, one a device."""

    def __init__(self) -> None:
        self._signed: dict[GroupId, dict[DeviceKey, _Word]] = {}

    def sign(
        self,
        group: GroupId,
        device: DeviceKey,
        neighbours: Iterable[GroupId],
        removed: Iterable[GroupId] = (),
    ) -> None:
        """`device` of `group` names these as the group's neighbours, and those as removed."""
        word = _Word(frozenset(neighbours), frozenset(removed))
        self._signed.setdefault(group, {})[device] = word

    def forget(self, group: GroupId) -> None:
        """Nobody has spoken for `group`."""
        self._signed.pop(group, None)

    def has_signed(self, group: GroupId) -> bool:
        """Whether we have heard from `group` itself whom it is paired with."""
        return group in self._signed

    def named_by(self, group: GroupId) -> frozenset[GroupId]:
        """Whom `group` names: the union over its devices, less whom any of them has removed."""
        words = self._signed.get(group, {}).values()
        named: frozenset[GroupId] = frozenset().union(*(word.named for word in words))
        return named.difference([group], *(word.removed for word in words))

    def neighbours(self, group: GroupId) -> frozenset[GroupId]:
        """Whom `group` names and who name it back."""
        return frozenset(other for other in self.named_by(group) if group in self.named_by(other))

    def distances(self, start: GroupId, limit: int) -> dict[GroupId, int]:
        """Links from `start` to every group at most `limit` away, over edges both ends signed."""
        return _walk(start, limit, self.neighbours)

    def within_hearsay(self, start: GroupId, limit: int) -> dict[GroupId, int]:
        """The same over edges that one end has signed.

        A roster has to be held before its group's own peering can be verified, so the directory
        travels along what groups say of others; only what both say carries a request.
        """
        return _walk(start, limit, self.named_by)


def _walk(
    start: GroupId, limit: int, onward: Callable[[GroupId], frozenset[GroupId]]
) -> dict[GroupId, int]:
    found = {start: 0}
    edge = [start]
    for distance in range(1, limit + 1):
        edge = [other for group in edge for other in onward(group) if other not in found]
        for other in edge:
            found[other] = distance
    return found

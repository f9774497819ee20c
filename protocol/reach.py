"""How far things go: distances on the signed graph, and who is to hold what.

Both ends of a settled link have the same records and come to the same answers.
"""

from __future__ import annotations

from protocol.aging import Aging
from protocol.bodies import Kind, Peering
from protocol.graph import Graph
from protocol.holdings import Holdings
from protocol.ids import GroupId, ObjectId
from protocol.limits import DIRECTORY_REACH, REACH_MAX
from protocol.record import Record, about, is_pledge

Distances = dict[GroupId, int]


class Reach:
    def __init__(self, us: GroupId, held: Holdings, aging: Aging) -> None:
        self.graph = Graph()
        self._aging = aging
        self._us = us
        self._held = held
        self._near: dict[GroupId, Distances] = {}
        self._near_by_hearsay: dict[GroupId, Distances] = {}

    def redraw(self, group: GroupId) -> bool:
        """Read the peerings of `group` again; whether it names anybody else than before.

        What a removed device has said of its group is not held any more.
        """
        before, had_signed = self.graph.named_by(group), self.graph.has_signed(group)
        self.graph.forget(group)
        for record in self._held.peerings_of(group):
            if isinstance(record.body, Peering):
                body = record.body
                self.graph.sign(group, record.header.device, body.neighbours, body.removed)
        after, has_signed = self.graph.named_by(group), self.graph.has_signed(group)
        if (before, had_signed) == (after, has_signed):
            return False
        self._near.clear()
        self._near_by_hearsay.clear()
        return True

    def distances(self, group: GroupId) -> Distances:
        """Links from `group` to all that it may share a request with, itself at 0."""
        if group not in self._near:
            self._near[group] = self.graph.distances(group, REACH_MAX)
        return self._near[group]

    def hears_of(self, listener: GroupId, group: GroupId) -> bool:
        """Whether the directory of `group` travels as far as `listener`."""
        return group in self.hearsay(listener)

    def hearsay(self, listener: GroupId) -> Distances:
        """How far all whose directory travels to `listener` is from it: one end's word is enough
        for a step."""
        if listener not in self._near_by_hearsay:
            near = self.graph.within_hearsay(listener, DIRECTORY_REACH)
            self._near_by_hearsay[listener] = near
        return self._near_by_hearsay[listener]

    def through(self, group: GroupId) -> GroupId | None:
        """Our neighbour on a shortest way to `group`; None: it is next door, or no way is known."""
        distance = self.distances(self._us).get(group)
        if distance is None or distance < 2:
            return None
        onward = (
            neighbour
            for neighbour in self.graph.neighbours(self._us)
            if self.distances(neighbour).get(group) == distance - 1
        )
        return min(onward, default=None)

    def belongs(self, record: Record, peer: GroupId) -> bool:
        """Whether both ends of our link to `peer` are to hold `record`."""
        if record.header.in_directory:
            group = record.header.group
            return self.hears_of(self._us, group) and self.hears_of(peer, group)
        return self.is_in_reach(record, self._us) and self.is_in_reach(record, peer)

    def is_in_reach(self, record: Record, group: GroupId) -> bool:
        """Requests count from their own origin, what answers them from the request's.

        Where the graph has changed since, who has pledged and the origin go on as before.
        """
        asked = about(record)
        request = record if asked is None else self._held.by_object.get(asked)
        if request is None or (asked is not None and request.header.kind != Kind.REQUEST):
            return False
        distance = self.distances(group).get(request.header.group)
        if distance is not None and distance <= request.header.reach:
            return True
        is_own_pledge = is_pledge(record) and record.header.group == group
        return is_own_pledge or group in self.parties(request)

    def parties(self, request: Record) -> frozenset[GroupId]:
        """The halls that have pledged: they can take that back, and hear what becomes of it.

        Not by what is over, though whoever made it keeps it a while for its own desk.
        """
        answers = self._held.answers_to(request.header.object)
        alive = (each for each in answers if is_pledge(each) and not self._aging.is_over(each))
        return frozenset(each.header.group for each in alive)

    def far_parties(self, request: ObjectId) -> frozenset[GroupId]:
        """Those parties that a request does not reach: what they are to hold depends on them."""
        held = self._held.by_object.get(request)
        if held is None:
            return frozenset()
        near, reach = self.distances(held.header.group), held.header.reach
        return frozenset(
            group for group in self.parties(held) if near.get(group, REACH_MAX + 1) > reach
        )

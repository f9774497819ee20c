"""Who is to hold what, by what the town's desks signed and not by what any machine makes of it: the
graph is read from the peerings on the authors' own disks, and walked here once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from protocol.bodies import Peering, Request
from protocol.ids import DeviceKey, GroupId, ObjectId
from protocol.limits import AHEAD_MS, DIRECTORY_REACH, KEEP_MS, PURGE_STEP_MS, REACH_MAX
from protocol.notice import Notice
from protocol.record import Record, about, is_pledge
from tests.sim.checks import Checks

if TYPE_CHECKING:
    from tests.sim.node import Node
    from tests.sim.town import Town

Near = dict[str, int]
"""Nodes by name, and how many links away they are."""


class Truth:
    """The town by the names of its nodes, its graph by the names of its groups."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._checks: Checks = town.checks
        self._nodes = town.all_nodes()
        self._devices = {node.hall.device_key: node for node in self._nodes}
        self._linked = {node.name: self._linked_to(node) for node in self._nodes}
        self._pairs = paired(self._nodes)
        self._near = {group: walked(group, self._paired_with) for group in self._pairs}
        self._purged_ms = self._nodes[0].shelf.purged_ms
        self._newest = {each: self._word_on(r) for each, r in self._checks.newest.items()}

    def _linked_to(self, node: Node) -> list[str]:
        return [peer.name for peer in self._nodes if self._town.network.find(node, peer)]

    def _paired_with(self, group: str) -> list[str]:
        return self._pairs[group]

    def _has_left(self, device: DeviceKey) -> bool:
        return device in self._checks.gone or device in self._checks.guests

    def _word_on(self, record: Record) -> Record | None:
        """What counts of an object now: of a removed device's, what its heir makes of it; of a
        guest's, who has left, what the desk has."""
        author = record.header.author or record.header.device
        if not self._has_left(author):
            return record
        heir = self._town.nodes_of(record.header.group)[0]
        return heir.shelf.find(record.header.object)

    def _is_unsure(self, record: Record) -> bool:
        """Each hall lets go of it in its own time, or of what it answers: between two looks the one
        end may have, and the other not yet."""
        request = self._newest.get(about(record) or record.header.object) or record
        return record.header.clock_unsure or request.header.clock_unsure

    def _is_ahead(self, record: Record) -> bool:
        """Whether halls whose clocks are right do not take it yet."""
        return record.header.created_ms > self._town.heap.now_ms + AHEAD_MS - PURGE_STEP_MS

    def _holders(self, request: Record) -> list[Node]:
        """Whom the newest version of a request comes to, from hall to hall that is to hold it.

        Who is party and has no such way to its origin does not know what was decided meanwhile.
        """
        origin = self._author(request)
        if origin is None:
            return []
        hold = {node.name for node in self._nodes if self._is_to_hold(node, request)}

        def onward(name: str) -> list[str]:
            told = (n for n in self._linked[name] if n in hold)
            return [n for n in told if self._tells(name, n, request)]

        return [self._town.nodes[name] for name in walked(origin.name, onward)]

    def _tells(self, teller: str, name: str, request: Record) -> bool:
        """Whether of these two, who both are to hold it, one knows that the other is (SPEC 9.5)."""
        one, other = self._town.nodes[teller], self._town.nodes[name]
        is_known = self._is_in_reach(other, request) or any(
            is_pledge(each)
            and each.header.group == other.hall.group
            and each.id in one.disk.records
            for each in self._newest.values()
            if each and about(each) == request.header.object
        )
        origin = self._author(request)
        assert origin is not None
        distance = self._near[other.hall.group_name].get(origin.hall.group_name)
        knows_the_way = distance is not None and distance <= DIRECTORY_REACH
        return is_known or (self._is_in_reach(one, request) and knows_the_way)

    def _is_in_reach(self, node: Node, request: Record) -> bool:
        """As the graph has it."""
        origin = self._author(request)
        if origin is None:
            return False
        near = self._near[node.hall.group_name]
        return near.get(origin.hall.group_name, REACH_MAX + 1) <= request.header.reach

    def _is_to_hold(self, node: Node, request: Record) -> bool:
        return self._is_in_reach(node, request) or node.hall.group in self._parties(request)

    def _parties(self, request: Record) -> set[GroupId]:
        """Who has pledged: while the pledge is not over, for by it a hall on the way knows that."""
        asked = request.header.object
        said = (each for each in self._newest.values() if each and about(each) == asked)
        return {r.header.group for r in said if is_pledge(r) and not self._is_over(r)}

    def _is_over(self, record: Record) -> bool:
        """By its own word, or in the time of the hall that said it."""
        header = record.header
        if header.clock_unsure:
            author = self._author(record)
            return author is not None and self._let_go_of(author.name, record)
        return header.expires_ms is not None and header.expires_ms <= self._purged_ms

    def _let_go_of(self, name: str, record: Record) -> bool:
        over = self._checks.memories[name].over
        return over.get(record.header.object, 0) >= record.header.version

    def _author(self, record: Record) -> Node | None:
        """The honest node that said it, or the heir of the one that did."""
        if record.id in self._checks.wild:
            return None
        device = record.header.device
        if device in self._checks.gone:
            return self._town.nodes_of(record.header.group)[0]
        here = self._town.nodes_of(record.header.group)
        return self._devices.get(device) or here[0]

    def _request_of(self, record: Record) -> Record | None:
        """The request that a message is or answers, where it can be compared by what was said."""
        request = self._newest.get(about(record) or record.header.object)
        if record.header.in_directory or request is None or self._is_over(request):
            return None
        asked = request.header.object
        is_plain = isinstance(request.body, Request | Notice)
        is_plain = is_plain and asked not in self._checks.contested and not self._is_ahead(request)
        return request if is_plain and self._author(record) is not None else None

    def _was_party(self, node: Node, asked: ObjectId) -> bool:
        """What its own request or answer kept here goes one step of the mark after that."""
        said = (r for r in self._checks.said.values() if asked in {r.header.object, about(r)})
        own = [each.header for each in said if each.header.group == node.hall.group]
        kept_ms = self._purged_ms - KEEP_MS - PURGE_STEP_MS
        return any(each.clock_unsure or (each.expires_ms or 0) > kept_ms for each in own)

    def _hearers(self, group: GroupId) -> Near:
        """Whom a word on who speaks for `group` comes to: all that hear of it, and who is linked to
        them and shares a message of it."""
        home = self._town.nodes_of(group)[0]
        return walked(home.name, lambda a: [b for b in self._linked[a] if self._share(a, b, home)])

    def _share(self, one: str, other: str, home: Node) -> bool:
        nodes = [self._town.nodes[one], self._town.nodes[other]]
        near = self._near[home.hall.group_name]
        if all(near.get(n.hall.group_name, DIRECTORY_REACH + 1) <= DIRECTORY_REACH for n in nodes):
            return True
        of_home = (r for r in nodes[0].disk.records.values() if r.header.group == home.hall.group)
        return any(self._is_shared(record, nodes) for record in of_home)

    def _is_shared(self, record: Record, nodes: list[Node]) -> bool:
        asked = about(record) or record.header.object
        request = self._newest.get(asked) or self._checks.newest.get(asked)
        if record.header.in_directory or request is None:
            return False
        if self._is_over(record) or self._is_over(request):
            return False
        return all(
            each.disk.versions_of(record.header.object) and self._is_to_hold(each, request)
            for each in nodes
        )


def walked(start: str, onward: Callable[[str], list[str]]) -> Near:
    """Everybody that links lead to from `start`."""
    found, edge = {start: 0}, [start]
    while edge:
        beyond = dict.fromkeys(b for a in edge for b in onward(a) if b not in found)
        found |= {name: found[edge[0]] + 1 for name in beyond}
        edge = list(beyond)
    return found


def paired(nodes: list[Node]) -> dict[str, list[str]]:
    """Whom each group names and who name it back, as its devices' own disks say."""
    groups = {node.hall.group: node.hall.group_name for node in nodes}
    named: dict[str, set[str]] = {name: set() for name in groups.values()}
    removed: dict[str, set[str]] = {name: set() for name in groups.values()}
    for node in nodes:
        for record in node.disk.records.values():
            body, device = record.body, record.header.device
            if isinstance(body, Peering) and device == node.hall.device_key:
                named[node.hall.group_name] |= {groups[each] for each in body.neighbours}
                removed[node.hall.group_name] |= {groups[each] for each in body.removed}
    says = {name: named[name] - removed[name] for name in named}
    return {name: [b for b in says if b in says[name] and name in says[b]] for name in says}

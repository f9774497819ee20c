"""What holds in a town that is healed and quiet: everybody who is to hold a thing holds the same.

The town is compared with what its desks signed, not with what any machine makes of it: the graph is
read from the peerings on the authors' own disks, and walked here once more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from protocol.bodies import Details, Peering, Request, Verdict
from protocol.frames import Agree, Summary, from_bytes
from protocol.ids import GroupId, ObjectId, RecordId, UnixMs
from protocol.limits import AHEAD_MS, DIRECTORY_REACH, KEEP_MS, PURGE_STEP_MS, REACH_MAX
from protocol.notice import Notice
from protocol.overflow import fold
from protocol.record import Record, about
from protocol.roster import Adoption
from tests.sim.checks import Broken, Checks, described

if TYPE_CHECKING:
    from tests.sim.node import Node
    from tests.sim.town import Town

Near = dict[str, int]
"""Nodes by name, and how many links away they are."""


def is_idle(frame: bytes) -> bool:
    """Whether it only says that both ends hold the same."""
    return isinstance(from_bytes(frame), Summary | Agree)


def check_ending(town: Town) -> None:
    """Raises Broken."""
    ending = Ending(town)
    ending.check_links()
    ending.check_disks()
    ending.check_directories()
    ending.check_messages()
    ending.check_folds()


class Ending:
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

    def _word_on(self, record: Record) -> Record | None:
        """What counts of an object now: of a removed device's, what its heir makes of it."""
        author = record.header.author or record.header.device
        if author not in self._checks.gone:
            return record
        heir = self._town.nodes_of(record.header.group)[0]
        return heir.shelf.find(record.header.object)

    # Links and disks ------------------------------------------------------------------------

    def check_links(self) -> None:
        """Who is paired is linked, and nothing waits for anybody."""
        for node in self._nodes:
            linked = {self._town.nodes[name].hall.group_name for name in self._linked[node.name]}
            sibling = self._town.sibling_of(node)
            if sibling is not None:
                if sibling.name not in self._linked[node.name]:
                    raise Broken(f"{node.name} and {sibling.name} are not linked")
                others = self._linked[sibling.name]
                linked |= {self._town.nodes[name].hall.group_name for name in others}
            for group in self._pairs[node.hall.group_name]:
                if group not in linked:
                    raise Broken(f"{node.name} and {group} are not linked")
            for name in self._linked[node.name]:
                self._check_link(node, self._town.nodes[name])

    def _check_link(self, node: Node, peer: Node) -> None:
        """Nothing waits for the other end, and both count the same."""
        for record in node.exchange.waiting_records(peer.hall.group):
            is_ours = record.header.device == node.hall.device_key
            is_free = self._checks.is_contested(record) or self._checks.is_kept(peer, record)
            request = self._newest.get(about(record) or record.header.object) or record
            if is_ours and not is_free and not self._is_ahead(request):
                raise Broken(f"{described(record)} still waits for {peer.name}")
        for record_id in counted(node, peer) ^ counted(peer, node):
            said = self._checks.said.get(record_id)
            if said is not None and not (self._is_unsure(said) or self._is_over(said)):
                raise Broken(f"{node.name} and {peer.name} do not both count {described(said)}")

    def _is_unsure(self, record: Record) -> bool:
        """Each hall lets go of it in its own time, or of what it answers: between two looks the one
        end may have, and the other not yet."""
        request = self._newest.get(about(record) or record.header.object) or record
        return record.header.clock_unsure or request.header.clock_unsure

    def check_disks(self) -> None:
        """The shelf is what is on the disk; nothing that was acknowledged is lost."""
        for node in self._nodes:
            if not node.is_quiet:
                raise Broken(f"{node.name} still has something to save")
            held = [each for each in node.disk.records if node.shelf.find_by_id(each)]
            here = [each for each in node.disk.records if each in node.shelf]
            if len(held) != len(node.shelf) or len(here) != len(node.disk.records):
                raise Broken(f"{node.name} has another shelf than its disk")
            if node.shelf.purged_ms != self._purged_ms:
                raise Broken(f"{node.name} has purged up to another time")
            self._check_holders(node)
            self._check_speakers(node)
        for record in self._checks.newest.values():
            author = self._author(record)
            if record.header.device in self._checks.gone:
                continue  # what only a lost device had is lost with it
            if author is not None and not self._checks.is_kept(author, record):
                raise Broken(f"{author.name} has lost its own {described(record)}")

    def _check_holders(self, node: Node) -> None:
        for record_id in node.disk.records:
            for group in node.disk.holders_of(record_id):
                record, there = node.disk.records[record_id], self._town.nodes_of(group)
                was_lost = any(each.hall.group == group for each in self._town.removed_nodes())
                if not was_lost and not any(self._checks.is_kept(peer, record) for peer in there):
                    raise Broken(f"{group.hex()[:8]} said to hold {described(record)}, in vain")

    def _check_speakers(self, node: Node) -> None:
        """Of a removed device only what its heir adopted is shown by anybody who is near."""
        for record_id, record in node.disk.records.items():
            if record.header.device in self._checks.gone and node.shelf.find_by_id(record_id):
                heir = self._town.nodes_of(record.header.group)[0]
                near = self._near[node.hall.group_name]
                if near.get(heir.hall.group_name, DIRECTORY_REACH + 1) > DIRECTORY_REACH:
                    continue
                page = heir.own_adoption(record.header.device)
                body = page.body if page else None
                if not isinstance(body, Adoption) or record_id not in body.ids:
                    raise Broken(f"{node.name} still shows {described(record)}")

    # Directories ----------------------------------------------------------------------------

    def check_directories(self) -> None:
        for node in self._nodes:
            near = self._near[node.hall.group_name]
            for author in self._nodes:
                distance = near.get(author.hall.group_name, DIRECTORY_REACH + 1)
                for record in author.disk.records.values():
                    is_its_own = record.header.group == author.hall.group
                    is_shown = author.shelf.find_by_id(record.id) is not None
                    is_card = record.header.in_directory and is_its_own and is_shown
                    if is_card and distance <= DIRECTORY_REACH:
                        self._expect(node, record)

    # Messages -------------------------------------------------------------------------------

    def check_messages(self) -> None:
        """Every hall in reach holds the newest version of a request and of all that answers it."""
        for record in self._newest.values():
            request = self._request_of(record) if record else None
            if record is None or request is None or self._is_over(record) or self._is_ahead(record):
                continue
            holders = self._holders(request)
            for node in holders if self._author(record) in holders else []:
                if not self._may_lack(node, record, request):
                    self._expect(node, record)
        for node in self._nodes:
            for record in node.disk.records.values():
                self._check_kept(node, record)
        for contested in self._checks.contested:
            self._check_contested(contested)

    def _request_of(self, record: Record) -> Record | None:
        """The request that a message is or answers, where it can be compared by what was said."""
        request = self._newest.get(about(record) or record.header.object)
        if record.header.in_directory or request is None or self._is_over(request):
            return None
        asked = request.header.object
        is_plain = isinstance(request.body, Request | Notice)
        is_plain = is_plain and asked not in self._checks.contested and not self._is_ahead(request)
        return request if is_plain and self._author(record) is not None else None

    def _is_ahead(self, record: Record) -> bool:
        """Whether halls whose clocks are right do not take it yet."""
        return record.header.created_ms > self._town.heap.now_ms + AHEAD_MS - PURGE_STEP_MS

    def _check_contested(self, contested: ObjectId) -> None:
        """What says two things at once is the same everywhere: one of them, or the proof."""
        request = self._checks.newest.get(contested)
        if request is None or self._is_over(request):
            return
        found = {node.name: node.shelf.find(contested) for node in self._holders(request)}
        if len({each.id if each else None for each in found.values()}) > 1:
            seen = {name: each and described(each) for name, each in found.items()}
            raise Broken(f"halls disagree on what is contested: {seen}")

    def _holders(self, request: Record) -> list[Node]:
        """Whom the newest version of a request comes to, from hall to hall that is to hold it.

        Who is party and has no such way to its origin does not know what was decided meanwhile.
        """
        origin = self._author(request)
        if origin is None:
            return []
        hold = {node.name for node in self._nodes if self._is_to_hold(node, request)}
        linked = walked(origin.name, lambda name: [n for n in self._linked[name] if n in hold])
        return [self._town.nodes[name] for name in linked]

    def _is_to_hold(self, node: Node, request: Record) -> bool:
        origin = self._author(request)
        if origin is None:
            return False
        near = self._near[node.hall.group_name]
        if near.get(origin.hall.group_name, REACH_MAX + 1) <= request.header.reach:
            return True
        return node.hall.group in self._parties(request)

    def _parties(self, request: Record) -> set[GroupId]:
        """Whose pledge is accepted, or was: while the pledge is not over, for by it a hall on the
        way knows who is party."""
        if not isinstance(request.body, Request):
            return set()
        promised = (e.pledge for e in request.body.decisions if e.verdict != Verdict.NOT_NEEDED)
        pledges = (self._newest.get(each) for each in promised)
        return {each.header.group for each in pledges if each and not self._is_over(each)}

    def _may_lack(self, node: Node, record: Record, request: Record) -> bool:
        """Where nobody vouched for its author's clock, each hall lets go of a thing, and of what
        stands on it, in its own time; who has let go takes no answer to it any more (ADR 6)."""
        stands_on = [record, request]
        if isinstance(record.body, Details):
            pledge = self._newest.get(record.body.pledge)
            if pledge is None:
                return True  # a removed device has made it, and nobody adopted it
            if self._author(pledge) not in self._holders(request):
                return True  # its newest version is known to nobody here
            stands_on.append(pledge)
        return any(self._is_over(each) or self._let_go_of(node.name, each) for each in stands_on)

    def _let_go_of(self, name: str, record: Record) -> bool:
        over = self._checks.memories[name].over
        return over.get(record.header.object, 0) >= record.header.version

    def _is_over(self, record: Record) -> bool:
        """By its own word, or in the time of the hall that said it."""
        header = record.header
        if header.clock_unsure:
            author = self._author(record)
            return author is not None and self._let_go_of(author.name, record)
        return header.expires_ms is not None and header.expires_ms <= self._purged_ms

    def _check_kept(self, node: Node, record: Record) -> None:
        """What is over is kept by nobody but who was party to it."""
        header = record.header
        if header.in_directory or header.clock_unsure or not self._is_over(record):
            return
        if node.shelf.find_by_id(record.id) is None:
            return  # put aside
        asked = about(record) or header.object
        request = node.shelf.find(asked)
        parties = [record, *node.shelf.pledges_of(asked), *([request] if request else [])]
        is_party = any(each.header.group == node.hall.group for each in parties)
        if not is_party and not self._was_party(node, asked):
            raise Broken(f"{node.name} still holds {described(record)}")

    def _was_party(self, node: Node, asked: ObjectId) -> bool:
        """What its own answer kept here goes one step of the mark after that answer."""
        said = (each for each in self._checks.said.values() if about(each) == asked)
        own = [each.header for each in said if each.header.group == node.hall.group]
        kept_ms = self._purged_ms - KEEP_MS - PURGE_STEP_MS
        return any(each.clock_unsure or (each.expires_ms or 0) > kept_ms for each in own)

    # What people see ------------------------------------------------------------------------

    def check_folds(self) -> None:
        """Every hall in reach makes the same of a request."""
        for record in self._newest.values():
            request = self._request_of(record) if record and about(record) is None else None
            if request is None or isinstance(request.body, Notice):
                continue
            asked = request.header.object
            answers = [each for each in self._newest.values() if each and about(each) == asked]
            if any(each.header.clock_unsure for each in [request, *answers]):
                continue  # each hall reckons their ends by itself
            if any(self._checks.is_contested(each) for each in answers):
                continue
            folds = [self._fold(node, asked) for node in self._holders(request)]
            if any(each != folds[0] for each in folds):
                raise Broken(f"{described(request)} looks different from hall to hall")

    def _fold(self, node: Node, request: ObjectId) -> object:
        held = node.shelf.find(request)
        if held is None:
            return None
        # Of a pledge that is over, only the hall that made it keeps a copy for its own desk.
        pledges = [each for each in node.shelf.pledges_of(request) if not self._is_over(each)]
        return fold(held, pledges, UnixMs(self._town.heap.now_ms), node.shelf.ends_ms)

    # ----------------------------------------------------------------------------------------

    def _author(self, record: Record) -> Node | None:
        """The honest node that said it, or the heir of the one that did."""
        if record.id in self._checks.wild:
            return None
        device = record.header.device
        if device in self._checks.gone:
            return self._town.nodes_of(record.header.group)[0]
        here = self._town.nodes_of(record.header.group)
        return self._devices.get(device) or here[0]

    def _expect(self, node: Node, record: Record) -> None:
        if node.shelf.find_by_id(record.id) is None or record.id not in node.disk.records:
            held = node.shelf.find(record.header.object)
            instead = "nothing" if held is None else described(held)
            raise Broken(f"{node.name} has {instead} instead of {described(record)}")


def counted(node: Node, peer: Node) -> set[RecordId]:
    """The ids of all that one end of a link counts as shared."""
    sets = node.shelf.shared_with(peer.hall.group)
    snapshots = (sets.directory.snapshot(), sets.others.snapshot())
    return {RecordId(each) for items in snapshots for each in items.ids(0, len(items))}


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

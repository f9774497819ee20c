"""What holds in a town that is healed and quiet: who is to hold a thing holds the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.bodies import Details
from protocol.frames import Agree, Differ, Summary, from_bytes
from protocol.ids import LinkEnd, ObjectId, RecordId, UnixMs
from protocol.limits import DIRECTORY_REACH
from protocol.notice import Notice
from protocol.overflow import fold
from protocol.record import Proof, Record, about
from protocol.roster import Adoption
from tests.sim.checks import Broken, described
from tests.sim.truth import Truth

if TYPE_CHECKING:
    from tests.sim.node import Node
    from tests.sim.town import Town


def is_idle(frame: bytes) -> bool:
    """Whether it only says that both ends hold the same."""
    return isinstance(from_bytes(frame), Summary | Agree)


def finds_a_difference(frame: bytes) -> bool:
    return isinstance(from_bytes(frame), Differ)


def check_ending(town: Town) -> None:
    """Raises Broken."""
    ending = Ending(town)
    ending.check_links()
    ending.check_disks()
    ending.check_directories()
    ending.check_messages()
    ending.check_folds()


class Ending(Truth):
    """The town is compared with its truth, hall by hall."""

    """The town by the names of its nodes, its graph by the names of its groups."""

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
            peers = [self._town.nodes[name] for name in self._linked[node.name]]
            for peer in peers:
                self._check_link(node, peer)
            kept = [counted(node, peer) for peer in peers]
            node.shelf.sharing.forget_links()
            for peer, before in zip(peers, kept, strict=True):
                if before != counted(node, peer):
                    raise Broken(f"{node.name} counts for {peer.name} what it would not gather")

    def _check_link(self, node: Node, peer: Node) -> None:
        """Nothing waits for the other end, and both count the same."""
        for record in node.exchange.waiting_records(peer.hall.group):
            is_ours = record.header.device == node.hall.device_key
            is_free = self._checks.is_contested(record) or self._checks.is_kept(peer, record)
            request = self._newest.get(about(record) or record.header.object) or record
            # Who has let go of what it answers takes it no more (ADR 6).
            is_free = is_free or (
                request.header.clock_unsure and self._let_go_of(peer.name, request)
            )
            if is_ours and not is_free and not self._is_ahead(request):
                raise Broken(f"{described(record)} still waits for {peer.name}")
        differing = counted(node, peer) ^ counted(peer, node)
        for each in differing:
            odd = self._checks.said.get(each) or proof_of(each, node, peer)
            what = each.hex()[:8] if odd is None else described(odd)
            raise Broken(f"{node.name} and {peer.name} do not both count {what}")

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
            if self._has_left(record.header.device):
                continue  # what only a lost device had is lost with it
            if author is not None and not self._checks.is_kept(author, record):
                raise Broken(f"{author.name} has lost its own {described(record)}")

    def _check_holders(self, node: Node) -> None:
        """Who said to hold a thing has it, be it on the disk of a device that has left since."""
        for record_id in node.disk.records:
            for group in node.disk.holders_of(record_id):
                record = node.disk.records[record_id]
                there = [n for n in self._town.nodes.values() if n.hall.group == group]
                if not any(self._checks.is_kept(peer, record) for peer in there):
                    raise Broken(f"{group.hex()[:8]} said to hold {described(record)}, in vain")

    def _check_speakers(self, node: Node) -> None:
        """Of a removed device only what its heir adopted is shown by anybody, of a guest what it
        said while somebody who speaks for the hall vouched for it.

        Who speaks for a hall travels as far as its directory, and beyond that with what it says.
        """
        for record in node.disk.records.values():
            header = record.header
            is_shown = node.shelf.find_by_id(record.id) is not None
            if not is_shown or not self._has_left(header.device):
                continue
            if node.name not in self._hearers(header.group):
                continue  # no word from that hall comes here any more
            if header.device in self._checks.gone and not self._is_adopted(record):
                raise Broken(f"{node.name} still shows {described(record)}")
            if header.device in self._checks.guests and not self._is_vouched_for(node, record):
                raise Broken(f"{node.name} shows what no guest said: {described(record)}")

    def _is_adopted(self, record: Record) -> bool:
        heir = self._town.nodes_of(record.header.group)[0]
        page = heir.own_adoption(record.header.device)
        return page is not None and isinstance(page.body, Adoption) and record.id in page.body.ids

    def _is_vouched_for(self, node: Node, record: Record) -> bool:
        vouch = self._checks.guests[record.header.device]
        ends_ms = vouch.header.expires_ms or 0
        return vouch.header.device not in self._checks.gone and ends_ms > node.shelf.purged_ms

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

    def _check_contested(self, contested: ObjectId) -> None:
        """What says two things at once is the same everywhere: one of them, or the proof."""
        request = self._checks.newest.get(contested)
        if request is None or self._is_over(request):
            return
        found = {node.name: node.shelf.find(contested) for node in self._holders(request)}
        if len({each.id if each else None for each in found.values()}) > 1:
            seen = {name: each and described(each) for name, each in found.items()}
            raise Broken(f"halls disagree on what is contested: {seen}")

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

    # What people see ------------------------------------------------------------------------

    def check_folds(self) -> None:
        """Every hall in reach makes the same of a request."""
        for record in self._newest.values():
            request = self._request_of(record) if record and about(record) is None else None
            if request is None or isinstance(request.body, Notice):
                continue
            asked = request.header.object
            answers = [each for each in self._checks.newest.values() if about(each) == asked]
            if any(each.header.clock_unsure for each in [request, *answers]):
                continue  # each hall reckons their ends by itself
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

    def _expect(self, node: Node, record: Record) -> None:
        if node.shelf.find_by_id(record.id) is None or record.id not in node.disk.records:
            held = node.shelf.find(record.header.object)
            instead = "nothing" if held is None else described(held)
            raise Broken(f"{node.name} has {instead} instead of {described(record)}")


def counted(node: Node, peer: Node) -> set[RecordId]:
    """The ids of all that one end of a link counts as shared."""
    end = LinkEnd(peer.hall.group, peer.hall.device_key)
    sets = node.shelf.shared_with(end)
    snapshots = (sets.directory.snapshot(), sets.others.snapshot())
    return {RecordId(each) for items in snapshots for each in items.ids(0, len(items))}


def proof_of(record_id: RecordId, *nodes: Node) -> Record | None:
    """Nobody has said it: it follows from what somebody did."""
    found = (each.disk.records.get(record_id) for each in nodes)
    return next((each for each in found if each and isinstance(each.body, Proof)), None)

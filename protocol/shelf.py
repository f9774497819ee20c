"""What a node holds: the newest version of every object within reach, and what belongs to whom.

The shelf is memory without I/O: the node keeps on disk what it says was placed, and puts it
back with `restore` when it starts. Records arrive in any order; one whose signer, distance, request
or pledge is not known yet waits in a bounded room and is tried again whenever the directory, the
requests or the pledges change.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from protocol.bodies import Details, Kind, Peering, Pledge, Profile, Request, Roster, Unknown
from protocol.errors import LocalError, RuleBroken
from protocol.graph import Graph
from protocol.ids import DeviceKey, GroupId, ObjectId, RecordId
from protocol.item_set import ItemSet
from protocol.limits import DIRECTORY_REACH, REACH_MAX, WAITING_ROOM_MAX
from protocol.record import Record


@dataclass(frozen=True, slots=True)
class Placed:
    """`record` is held now; what it replaced is not any more, and its bytes are to be deleted."""

    record: Record
    replaced: Record | None


@dataclass(frozen=True, slots=True)
class SharedSets:
    """What both ends of a link hold when it is settled; the directory is settled first."""

    directory: ItemSet
    others: ItemSet

    def of(self, record: Record) -> ItemSet:
        return self.directory if record.header.in_directory else self.others


@dataclass(slots=True)
class _Holdings:
    by_id: dict[RecordId, Record] = field(default_factory=dict)
    by_object: dict[ObjectId, Record] = field(default_factory=dict)
    rosters: dict[GroupId, Record] = field(default_factory=dict)
    profiles: dict[GroupId, dict[DeviceKey, Record]] = field(default_factory=dict)
    peerings: dict[GroupId, dict[DeviceKey, Record]] = field(default_factory=dict)
    pledges: dict[ObjectId, dict[ObjectId, Record]] = field(default_factory=dict)
    details: dict[ObjectId, Record] = field(default_factory=dict)


class Shelf:
    def __init__(self, us: GroupId, device: DeviceKey) -> None:
        self.us = us
        self._device = device
        self.graph = Graph()
        self._held = _Holdings()
        self._waiting: OrderedDict[RecordId, Record] = OrderedDict()
        self._shared: dict[GroupId, SharedSets] = {}
        self._near: dict[GroupId, dict[GroupId, int]] = {}
        self._near_by_hearsay: dict[GroupId, dict[GroupId, int]] = {}

    # What is held ---------------------------------------------------------------------------

    def __contains__(self, record_id: RecordId) -> bool:
        return record_id in self._held.by_id

    def __len__(self) -> int:
        return len(self._held.by_id)

    def find(self, object_id: ObjectId) -> Record | None:
        """The newest version of an object."""
        return self._held.by_object.get(object_id)

    def find_by_id(self, record_id: RecordId) -> Record | None:
        return self._held.by_id.get(record_id)

    def all_requests(self) -> list[Record]:
        return [r for r in self._held.by_object.values() if isinstance(r.body, Request)]

    def own_messages(self) -> list[Record]:
        """All that we have signed but the directory: requests, pledges, details."""
        return [
            record
            for record in self._held.by_object.values()
            if record.header.group == self.us and not record.header.in_directory
        ]

    def own_directory(self) -> list[Record]:
        """Our own profiles and peerings; the roster is shown when a link begins."""
        return [
            record
            for record in self._held.by_object.values()
            if record.header.group == self.us and isinstance(record.body, Profile | Peering)
        ]

    def pledges_of(self, request: ObjectId) -> list[Record]:
        return list(self._held.pledges.get(request, {}).values())

    def details_of(self, pledge: ObjectId) -> Record | None:
        return self._held.details.get(pledge)

    def roster_of(self, group: GroupId) -> Record | None:
        return self._held.rosters.get(group)

    def profile_of(self, group: GroupId) -> Profile | None:
        """The group's card: the newest among its devices'."""
        cards = self._listed(group, self._held.profiles)
        newest = max(cards, key=lambda record: record.header.created_ms, default=None)
        return newest.body if newest and isinstance(newest.body, Profile) else None

    def seal_keys_of(self, group: GroupId) -> list[bytes]:
        """The newest seal key of each device on the group's roster."""
        cards = self._listed(group, self._held.profiles)
        return [card.body.seal_keys[0] for card in cards if isinstance(card.body, Profile)]

    def distance(self, group: GroupId) -> int | None:
        """Links from us to `group`; None when no path of at most three is known."""
        return self._distances(self.us).get(group)

    # What comes in --------------------------------------------------------------------------

    def restore(self, record: Record) -> None:
        """Put back what was placed before the node was stopped: it was checked then."""
        self._hold(record)

    def is_news(self, record: Record) -> bool:
        """Whether it is worth verifying: neither held, nor waiting, nor older than what is held."""
        known = record.id in self._held.by_id or record.id in self._waiting
        return not known and not self._is_old(record)

    def place_verified(self, record: Record) -> list[Placed]:
        """Take a neighbour's record, its signature verified: what is held now, in order.

        Empty when it is held already, is older than what is held, or has to wait. Raises RuleBroken
        for what no honest neighbour passes on.
        """
        if not self.is_news(record):
            return []
        if not self._may_hold(record):
            self._wait(record)
            return []
        return self._place_and_retry(record)

    def place_own(self, record: Record) -> list[Placed]:
        """Take a record that we have just signed and saved.

        Raises LocalError for another device's: only our group's roster has another key's signature.
        """
        header = record.header
        is_ours = header.device == self._device or header.kind == Kind.ROSTER
        if header.group != self.us or not is_ours:
            raise LocalError("not signed by this device")
        return self._place_and_retry(record)

    def _place_and_retry(self, record: Record) -> list[Placed]:
        placed = [self._hold(record)]
        if record.header.in_directory or record.header.kind in {Kind.REQUEST, Kind.PLEDGE}:
            placed += self._retry()
        return placed

    def _retry(self) -> list[Placed]:
        """Try everybody in the waiting room until nobody gets in any more."""
        placed: list[Placed] = []
        moved = True
        while moved:
            moved = False
            for record in list(self._waiting.values()):
                if self._is_old(record):
                    del self._waiting[record.id]
                elif self._is_welcome_now(record):
                    del self._waiting[record.id]
                    placed.append(self._hold(record))
                    moved = True
        return placed

    def _is_welcome_now(self, record: Record) -> bool:
        try:
            return self._may_hold(record)
        except RuleBroken:
            del self._waiting[record.id]
            return False

    def _wait(self, record: Record) -> None:
        self._waiting[record.id] = record
        while len(self._waiting) > WAITING_ROOM_MAX:
            self._waiting.popitem(last=False)

    def _is_old(self, record: Record) -> bool:
        held = self._held.by_object.get(record.header.object)
        return held is not None and record.header.version < held.header.version

    def _may_hold(self, record: Record) -> bool:
        """Whether all that is needed to hold it is known. Raises RuleBroken when never."""
        header = record.header
        if header.device == self._device:
            raise RuleBroken("signed by our own device, but not here")
        self._check_succession(record)
        self._check_writer(record)
        if header.kind == Kind.ROSTER:
            return self._hears_of(header.group)
        if header.device not in self._devices_of(header.group):
            return False
        if header.in_directory:
            return self._hears_of(header.group)
        return self._is_in_reach(record, self.us) and self._answers_what_is_held(record)

    def _check_succession(self, record: Record) -> None:
        held = self._held.by_object.get(record.header.object)
        if held is None:
            return
        old, new = held.header, record.header
        if new.version == old.version:
            raise RuleBroken("two contents under one version")
        if (new.kind, new.device) != (old.kind, old.device):
            raise RuleBroken("an object keeps its kind and its writer")
        if old.expires_ms is not None and (new.expires_ms or 0) < old.expires_ms:
            raise RuleBroken("a later version expires before the one that it replaces")
        if _about(record) != _about(held):
            raise RuleBroken("an object keeps what it is about")

    def _check_writer(self, record: Record) -> None:
        about = _about(record)
        request = self._held.by_object.get(about) if about else None
        if request is None:
            return
        is_origin = record.header.group == request.header.group
        if isinstance(record.body, Details) and not is_origin:
            raise RuleBroken("only the origin of a request seals details")
        if isinstance(record.body, Pledge) and is_origin:
            raise RuleBroken("a group does not pledge to itself")

    def _answers_what_is_held(self, record: Record) -> bool:
        """Details need the pledge that they are for. Raises RuleBroken when it is another one.

        Without this an origin could show, under anybody's pledge, details of its own request.
        """
        if not isinstance(record.body, Details):
            return True
        pledge = self._held.by_object.get(record.body.pledge)
        if pledge is None:
            return False
        if pledge.header.kind != Kind.PLEDGE or _about(pledge) != record.body.request:
            raise RuleBroken("details for what is no pledge to their request")
        return True

    # What belongs where ---------------------------------------------------------------------

    def shared_with(self, peer: GroupId) -> SharedSets:
        """The sets that a link to `peer` shares; kept up to date as records come and go."""
        shared = self._shared.get(peer)
        if shared is None:
            shared = self._gather(peer)
            self._shared[peer] = shared
        return shared

    def belongs(self, record: Record, peer: GroupId) -> bool:
        """Whether both ends of a link to `peer` are to hold `record`."""
        header = record.header
        if header.in_directory:
            ours, theirs = self._by_hearsay(self.us), self._by_hearsay(peer)
            return header.group in ours and header.group in theirs
        return self._is_in_reach(record, self.us) and self._is_in_reach(record, peer)

    def forget_links(self) -> None:
        """Drop the shared sets of every link; they are gathered anew when asked for."""
        self._shared.clear()

    def _gather(self, peer: GroupId) -> SharedSets:
        belonging = [r for r in self._held.by_id.values() if self.belongs(r, peer)]
        directory = [r for r in belonging if r.header.in_directory]
        others = [r for r in belonging if not r.header.in_directory]
        return SharedSets(
            ItemSet.from_items((r.header.created_ms, r.id) for r in directory),
            ItemSet.from_items((r.header.created_ms, r.id) for r in others),
        )

    def _is_in_reach(self, record: Record, group: GroupId) -> bool:
        """Requests count from their own origin, what answers them from the request's."""
        about = _about(record)
        if about is None:
            origin, reach = record.header.group, record.header.reach
        else:
            request = self._held.by_object.get(about)
            if request is None or request.header.kind != Kind.REQUEST:
                return False
            origin, reach = request.header.group, request.header.reach
        distance = self._distances(group).get(origin)
        return distance is not None and distance <= reach

    def _hears_of(self, group: GroupId) -> bool:
        return group in self._by_hearsay(self.us)

    def _distances(self, group: GroupId) -> dict[GroupId, int]:
        if group not in self._near:
            self._near[group] = self.graph.distances(group, REACH_MAX)
        return self._near[group]

    def _by_hearsay(self, group: GroupId) -> dict[GroupId, int]:
        if group not in self._near_by_hearsay:
            self._near_by_hearsay[group] = self.graph.within_hearsay(group, DIRECTORY_REACH)
        return self._near_by_hearsay[group]

    # Holding --------------------------------------------------------------------------------

    def _hold(self, record: Record) -> Placed:
        replaced = self._held.by_object.get(record.header.object)
        if replaced is not None:
            del self._held.by_id[replaced.id]
            self._unindex(replaced)
            for shared in self._shared.values():
                shared.of(replaced).discard(replaced.header.created_ms, replaced.id)
            if replaced.header.reach != record.header.reach:
                self.forget_links()  # what answers a request goes as far as its newest version
        self._held.by_id[record.id] = record
        self._held.by_object[record.header.object] = record
        self._index(record)
        for peer, shared in self._shared.items():
            if self.belongs(record, peer):
                shared.of(record).add(record.header.created_ms, record.id)
        return Placed(record, replaced)

    def _index(self, record: Record) -> None:
        header, body = record.header, record.body
        match body:
            case Roster():
                self._held.rosters[header.group] = record
                self._redraw(header.group)
            case Profile():
                self._held.profiles.setdefault(header.group, {})[header.device] = record
            case Peering():
                self._held.peerings.setdefault(header.group, {})[header.device] = record
                self._redraw(header.group)
            case Pledge():
                self._held.pledges.setdefault(body.request, {})[header.object] = record
            case Details():
                self._held.details[body.pledge] = record

    def _unindex(self, replaced: Record) -> None:
        """Its successor may be of a later version, and answer nothing that we understand."""
        match replaced.body:
            case Pledge(request=request):
                del self._held.pledges[request][replaced.header.object]
            case Details(pledge=pledge) if self.details_of(pledge) is replaced:
                del self._held.details[pledge]

    def _redraw(self, group: GroupId) -> None:
        """Only devices on the newest roster say whom their group is paired with."""
        self.graph.forget(group)
        for record in self._listed(group, self._held.peerings):
            if isinstance(record.body, Peering):
                self.graph.sign(group, record.header.device, record.body.neighbours)
        self._near.clear()
        self._near_by_hearsay.clear()
        self.forget_links()

    def _listed(
        self, group: GroupId, shown: dict[GroupId, dict[DeviceKey, Record]]
    ) -> list[Record]:
        """What the devices on `group`'s roster have shown."""
        devices = self._devices_of(group)
        return [each for device, each in shown.get(group, {}).items() if device in devices]

    def _devices_of(self, group: GroupId) -> tuple[DeviceKey, ...]:
        roster = self._held.rosters.get(group)
        return roster.body.devices if roster and isinstance(roster.body, Roster) else ()


def _about(record: Record) -> ObjectId | None:
    """The request that a record answers, None for what stands by itself."""
    body = record.body
    if isinstance(body, Unknown):
        return body.about
    return body.request if isinstance(body, Pledge | Details) else None

"""What a node holds, looked up: nothing here changes anything.

`Shelf` takes records in and lets go of them.
"""

from __future__ import annotations

from protocol.aging import Aging
from protocol.bodies import Peering, Profile, Request
from protocol.holdings import Holdings
from protocol.ids import DeviceKey, GroupId, ObjectId, RecordId, UnixMs
from protocol.limits import DEVICES_MAX
from protocol.reach import Distances, Reach
from protocol.record import Proof, Record
from protocol.roster import Adoption
from protocol.standing import Standing


class Contents:
    """The newest version of every object within reach, and who they are that signed them."""

    def __init__(self, us: GroupId) -> None:
        self.us = us
        self._held = Holdings()
        self._aside = self._held.aside
        self._standing = Standing(self._held)
        self._aging = Aging(us, self._held)
        self._reach = Reach(us, self._held, self._aging)
        self.graph = self._reach.graph

    # What is held ---------------------------------------------------------------------------

    def __contains__(self, record_id: RecordId) -> bool:
        """Whether we have it, also where it does not count now."""
        return record_id in self._held.by_id or record_id in self._aside

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
        """All that we have signed but the directory: requests, pledges, details, what was seen."""
        return [
            record
            for record in self._held.by_object.values()
            if record.header.group == self.us and not record.header.in_directory
        ]

    def own_directory(self) -> list[Record]:
        """Our own profiles, peerings and adoptions; the roster is shown when a link begins."""
        return [
            record
            for record in self._held.by_object.values()
            if record.header.group == self.us
            and isinstance(record.body, Profile | Peering | Adoption)
        ]

    def pledges_of(self, request: ObjectId) -> list[Record]:
        return self._held.pledges_of(request)

    def details_of(self, pledge: ObjectId) -> Record | None:
        return self._held.details_of(pledge)

    def readers_of(self, request: ObjectId) -> frozenset[GroupId]:
        """The halls where a person has opened it."""
        return frozenset(record.header.group for record in self._held.seen_of(request))

    def roster_of(self, group: GroupId) -> Record | None:
        """Its newest roster, or the proof that there are two of that version."""
        return self._held.roster_of(group)

    def speaks(self, group: GroupId, device: DeviceKey) -> bool:
        """Whether `device` is on the roster of `group`, or the guest of one that is."""
        return self._standing.speaks(group, device)

    def is_listed(self, group: GroupId, device: DeviceKey) -> bool:
        """Whether `device` is on the roster of `group`."""
        return device in self._standing.roster(group).devices

    def has_removed(self, group: GroupId, device: DeviceKey) -> bool:
        """Whether the roster of `group` names `device` as removed."""
        return self._standing.has_removed(group, device)

    def is_past(self, record: Record) -> bool:
        """Whether it has had its time, held or not."""
        return self._aging.is_past(record)

    def aside_of(self, group: GroupId, device: DeviceKey) -> list[Record]:
        """What a removed device has signed and nobody has adopted: held, but neither shown nor
        shared."""
        return self._aside.of_device(group, device)

    def proofs(self) -> list[Record]:
        """Two contents under one version: of each the object says nothing any more."""
        return [r for r in self._held.by_object.values() if isinstance(r.body, Proof)]

    def profile_of(self, group: GroupId) -> Profile | None:
        """The group's card: the newest of the devices on its roster."""
        cards = self._cards_of(group)
        return cards[0].body if cards and isinstance(cards[0].body, Profile) else None

    def seal_keys_of(self, group: GroupId) -> list[bytes]:
        """The newest seal key of each device that speaks for the group; of too many guests some
        are left out."""
        cards = self._cards_of(group)[:DEVICES_MAX]
        return [card.body.seal_keys[0] for card in cards if isinstance(card.body, Profile)]

    def _cards_of(self, group: GroupId) -> list[Record]:
        """The newest first, those of guests last."""
        devices = self._standing.roster(group).devices
        cards = self._held.profiles_of(group)
        newest = sorted(cards, key=lambda card: (card.header.created_ms, card.id), reverse=True)
        return sorted(newest, key=lambda card: card.header.device not in devices)

    def ends_ms(self, record: Record) -> UnixMs | None:
        """When it expires for us, None: never."""
        return self._held.ends_ms(record)

    # How far away ---------------------------------------------------------------------------

    def distance(self, group: GroupId) -> int | None:
        """Links from us to `group`; None when no path of at most three is known."""
        return self._reach.distances(self.us).get(group)

    def through(self, group: GroupId) -> GroupId | None:
        """The neighbour that leads to `group`; None: it is next door, or no way is known."""
        return self._reach.through(group)

    def near(self, peer: GroupId) -> tuple[Distances, Distances]:
        """How far all is from us and from `peer`: where that changes, other records are shared."""
        return self._reach.distances(self.us), self._reach.distances(peer)

"""Who lives in a town: groups and their keys, all of them from the seed."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Final

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from protocol.bodies import KINDS, Body, Peering, Profile
from protocol.identity import derive_group_keys, sign_roster
from protocol.ids import (
    DeviceKey,
    GroupId,
    ObjectNumber,
    RecordId,
    UnixMs,
    adoption_number,
    directory_number,
    vouch_number,
)
from protocol.limits import DIRECTORY_LIFETIME_MS_MAX, DIRECTORY_REACH, VOUCH_LIFETIME_MS_MAX
from protocol.record import Header, Record, sign
from protocol.roster import Adoption, Removal, Roster, Vouch
from tests.sim.events import START_MS

NAMES: Final = ("ada", "bea", "cleo", "dora", "edna", "fay", "gus", "hana")


TABLET: Final = "'s tablet"
"""What the name of a hall's second device ends with."""
GUEST: Final = "'s guest"
"""What the name of a guest ends with: it is not on the roster."""


class Hall:
    """One device of a group, and the group's own keys. `others`: the group's other devices."""

    def __init__(self, seed: int, name: str) -> None:
        self.name = name
        self.group_name = name.removesuffix(TABLET).removesuffix(GUEST)
        keys = [
            sha256(f"{seed}/{what}".encode()).digest()
            for what in (self.group_name, name, f"{name} seals", f"{name} is here")
        ]
        self.keys = derive_group_keys(keys[0][:16])
        self.group: GroupId = self.keys.group
        self.device = SigningKey(keys[1])
        self.device_key = DeviceKey(bytes(self.device.verify_key))
        self.seal_key = PrivateKey(keys[2])
        self.discovery_key = keys[3][:16]
        self.neighbours: tuple[GroupId, ...] = ()
        """Whom it is paired with from the first moment on."""
        self.others: tuple[DeviceKey, ...] = ()
        self.vouch: Record | None = None
        """What a guest stands on."""
        self.said: list[Record] = []
        """What else it has signed before the first day."""

    def directory(self, now_ms: UnixMs) -> list[Record]:
        """What `hallway init` makes, and the neighbours of the first day."""
        profile = Profile(self.name, self.name[0].upper(), "", (bytes(self.seal_key.public_key),))
        card = self._card(profile, now_ms)
        if self.vouch is not None:
            return [sign_roster(self.keys, self.others, 1, START_MS), self.vouch, card]
        roster = sign_roster(self.keys, (self.device_key, *self.others), 1, START_MS)
        return [roster, card, self._card(Peering(self.neighbours), now_ms), *self.said]

    def vouch_for(self, guest: DeviceKey, lifetime_ms: int, now_ms: UnixMs) -> Record:
        """This device's word that the guest speaks for its hall."""
        number = vouch_number(guest)
        lifetime_ms = min(lifetime_ms, VOUCH_LIFETIME_MS_MAX)
        return self._signed(Vouch(guest), number, 1, now_ms, lifetime_ms)

    def remove(self, roster: Record, device: DeviceKey, now_ms: UnixMs) -> Record:
        """The group's next roster, signed by who knows the words: this device is the heir."""
        assert isinstance(roster.body, Roster)
        devices = tuple(each for each in roster.body.devices if each != device)
        removed = (*roster.body.removed, Removal(device, self.device_key))
        header = replace(roster.header, version=roster.header.version + 1, created_ms=now_ms)
        return sign(header, Roster(devices, removed), self.keys.signing)

    def repeat(self, roster: Record, now_ms: UnixMs) -> Record:
        """The group's next roster, which says the same."""
        assert isinstance(roster.body, Roster)
        header = replace(roster.header, version=roster.header.version + 1, created_ms=now_ms)
        return sign(header, roster.body, self.keys.signing)

    def adopt(
        self, device: DeviceKey, ids: tuple[RecordId, ...], version: int, now_ms: UnixMs
    ) -> Record:
        """The one page of what this heir stands for."""
        body = Adoption(device, tuple(sorted(ids)))
        return self._signed(body, adoption_number(device, 0), version, now_ms)

    def _card(self, body: Body, now_ms: UnixMs) -> Record:
        number = directory_number(KINDS[type(body)], self.device_key)
        return self._signed(body, number, 1, now_ms)

    def _signed(
        self,
        body: Body,
        number: ObjectNumber,
        version: int,
        now_ms: UnixMs,
        lifetime_ms: int = DIRECTORY_LIFETIME_MS_MAX,
    ) -> Record:
        header = Header(
            kind=KINDS[type(body)],
            group=self.group,
            device=self.device_key,
            number=number,
            version=version,
            created_ms=now_ms,
            lifetime_ms=lifetime_ms,
            reach=DIRECTORY_REACH,
        )
        return sign(header, body, self.device)

"""Whose records count: who speaks for a group, by its roster, its adoptions and its vouches.

What does not count is not wrong: a roster, an adoption or a vouch that is still on its way may make
it count, and every hall that has the same of these comes to the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from protocol.bodies import Kind
from protocol.holdings import Holdings
from protocol.ids import DeviceKey, GroupId, group_id
from protocol.kinds import NOT_FOR_GUESTS
from protocol.record import ROSTER_NUMBER, Proof, Record
from protocol.roster import Adoption, Roster, Vouch, in_common

NOBODY: Final = Roster(())


def touched_by(word: Record) -> Callable[[Record], bool]:
    """Which records of its group may count by `word`, or count no more."""
    match word.body:
        case Vouch(guest):
            return lambda record: record.header.device == guest
        case Adoption(removed):
            return lambda record: record.header.device == removed
        case _:
            return lambda _record: True


class Standing:
    def __init__(self, held: Holdings) -> None:
        self._held = held

    def roster(self, group: GroupId) -> Roster:
        """Who speaks for `group` as far as we know: what is contested is not said by anybody."""
        record = self._held.roster_of(group)
        if record is None:
            return NOBODY
        match record.body:
            case Roster():
                return record.body
            case Proof(Record(body=Roster() as one), Record(body=Roster() as other)):
                return in_common(one, other)
            case _:
                return NOBODY

    def speaks(self, group: GroupId, device: DeviceKey) -> bool:
        """Whether `device` is on the roster, or the guest of one that is."""
        return device in self.roster(group).devices or self._is_guest(group, device)

    def counts(self, record: Record) -> bool:
        """Whether `record` is its group's word now."""
        header = record.header
        if header.kind == Kind.ROSTER:
            return True
        roster = self.roster(header.group)
        if isinstance(record.body, Proof):
            return self._is_proven(record, record.body, roster)
        if self._is_by_who_speaks(record, roster):
            return header.device in roster.devices or header.kind not in NOT_FOR_GUESTS
        return self._is_adopted(record, roster)

    def vouch_for(self, record: Record) -> Record | None:
        """The vouch that a guest's record stands on; None where it stands on the roster."""
        group, device = record.header.group, record.header.device
        if device in self.roster(group).devices:
            return None
        vouches = self._live_vouches(group, device)
        return max(vouches, key=lambda vouch: vouch.header.expires_ms or 0, default=None)

    def _is_proven(self, record: Record, proof: Proof, roster: Roster) -> bool:
        """Whether a proof is of anybody who speaks for the group.

        Of a removed device both contents have to be adopted: whoever has its key could else go on
        contradicting what its heir stands for.
        """
        header = record.header
        if header.group == group_id(header.device):
            return header.kind == Kind.DIRECTORY_PROOF and header.number == ROSTER_NUMBER
        if self._is_by_who_speaks(record, roster):
            return True
        return all(self._is_adopted(each, roster) for each in (proof.first, proof.second))

    def _is_by_who_speaks(self, record: Record, roster: Roster) -> bool:
        """Whether a device on the roster has signed it, about what is its own or its heir's to go
        on with; or a guest, about its own."""
        header = record.header
        if header.device in roster.devices:
            return header.author is None or roster.heir_of(header.author) == header.device
        return header.author is None and self._is_guest(header.group, header.device)

    def _is_guest(self, group: GroupId, device: DeviceKey) -> bool:
        return bool(self._live_vouches(group, device))

    def _live_vouches(self, group: GroupId, guest: DeviceKey) -> list[Record]:
        """None for a device that the roster has removed, whoever vouched for it before."""
        if self.has_removed(group, guest):
            return []
        devices = self.roster(group).devices
        vouches = self._held.vouches_for(group, guest)
        return [vouch for vouch in vouches if vouch.header.device in devices]

    def has_removed(self, group: GroupId, device: DeviceKey) -> bool:
        """Whether the roster names it as removed; of two that contradict each other, either."""
        record = self._held.roster_of(group)
        match record.body if record else None:
            case Roster() as roster:
                return roster.heir_of(device) is not None
            case Proof(first, second):
                rosters = (each.body for each in (first, second) if isinstance(each.body, Roster))
                return any(roster.heir_of(device) is not None for roster in rosters)
            case _:
                return False

    def _is_adopted(self, record: Record, roster: Roster) -> bool:
        header = record.header
        heir = roster.heir_of(header.device)
        if heir is None or header.in_directory:
            return False
        return self._held.is_adopted(header.group, heir, record)

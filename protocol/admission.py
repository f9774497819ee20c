"""Which records of neighbours may be held: the rules, one a function.

A rule that is broken for good raises RuleBroken; what is merely not known yet is told apart, for
the record then waits.
"""

from __future__ import annotations

from protocol.bodies import Details, Kind, Pledge, Seen
from protocol.errors import RuleBroken
from protocol.holdings import Holdings
from protocol.ids import DeviceKey, GroupId
from protocol.reach import Reach
from protocol.record import Record, about
from protocol.waiting import WaitingRoom


class Admission:
    def __init__(
        self, us: GroupId, device: DeviceKey, held: Holdings, reach: Reach, waiting: WaitingRoom
    ) -> None:
        self._us = us
        self._device = device
        self._held = held
        self._reach = reach
        self._waiting = waiting

    def is_old(self, record: Record) -> bool:
        held = self._held.by_object.get(record.header.object)
        return held is not None and record.header.version < held.header.version

    def may_hold(self, record: Record) -> bool:
        """Whether all that is needed to hold it is known. Raises RuleBroken when never."""
        header = record.header
        if header.device == self._device:
            raise RuleBroken("signed by our own device, but not here")
        self._check_succession(record)
        self._check_writer(record)
        if header.kind == Kind.ROSTER:
            return self._expects(record)
        if header.device not in self._held.devices_of(header.group):
            return False
        if header.in_directory:
            return self._expects(record)
        return self._reach.is_in_reach(record, self._us) and self._answers_what_is_held(record)

    def _expects(self, record: Record) -> bool:
        """Whether it is a directory for us: near by, or of who answers a request in reach.

        Whom such a hall is paired with is nothing to us: its roster and cards travel, no more.
        """
        group = record.header.group
        if self._reach.hears_of(self._us, group):
            return True
        if record.header.kind == Kind.PEERING:
            return False
        if self._held.has_author(group):
            return True
        messages = (r for r in self._waiting.of_group(group) if not r.header.in_directory)
        return any(about(r) and self._reach.is_in_reach(r, self._us) for r in messages)

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
        if about(record) != about(held):
            raise RuleBroken("an object keeps what it is about")

    def _check_writer(self, record: Record) -> None:
        asked = about(record)
        request = self._held.by_object.get(asked) if asked else None
        if request is None:
            return
        is_origin = record.header.group == request.header.group
        if isinstance(record.body, Details) and not is_origin:
            raise RuleBroken("only the origin of a request seals details")
        if isinstance(record.body, Pledge | Seen) and is_origin:
            raise RuleBroken("a group does not answer itself")

    def _answers_what_is_held(self, record: Record) -> bool:
        """Details need the pledge that they are for. Raises RuleBroken when it is another one.

        Without this an origin could show, under anybody's pledge, details of its own request.
        """
        if not isinstance(record.body, Details):
            return True
        pledge = self._held.by_object.get(record.body.pledge)
        if pledge is None:
            return False
        if pledge.header.kind != Kind.PLEDGE or about(pledge) != record.body.request:
            raise RuleBroken("details for what is no pledge to their request")
        return True

"""Which records of neighbours may be held: the rules, one a function.

A rule that is broken for good raises RuleBroken; what is merely not known yet is told apart, for
the record then waits.
"""

from __future__ import annotations

from protocol.bodies import Details, Kind, Pledge, Seen
from protocol.errors import RuleBroken
from protocol.holdings import Holdings
from protocol.ids import DeviceKey, GroupId, group_id
from protocol.kinds import PROOF_KINDS
from protocol.reach import Reach
from protocol.record import Proof, Record, about, is_pledge, prove
from protocol.standing import Standing
from protocol.waiting import WaitingRoom


class Admission:
    def __init__(
        self,
        us: GroupId,
        device: DeviceKey,
        held: Holdings,
        standing: Standing,
        reach: Reach,
        waiting: WaitingRoom,
    ) -> None:
        self._us = us
        self._device = device
        self._held = held
        self._standing = standing
        self._reach = reach
        self._waiting = waiting

    def is_old(self, record: Record) -> bool:
        """Whether what is held of the object stands above `record`, whatever that says."""
        held = self._held.by_object.get(record.header.object)
        if held is None:
            return False
        if isinstance(held.body, Proof) or isinstance(record.body, Proof):
            return _is_above(held, record)
        old, new = held.header, record.header
        if old.device != new.device and not self._standing.counts(record):
            return False  # who it is that goes on may be known only when its roster has come
        if old.version == new.version and old.device != new.device:
            # An heir goes on above what it adopted; where it does not, all halls take the same.
            return held.id < record.id
        return new.version < old.version

    def admit(self, record: Record) -> Record | None:
        """What to hold now that `record` has come; None: it has to wait. Raises RuleBroken.

        That is the record itself, or the proof that its device has signed two contents as one
        version.
        """
        if not isinstance(record.body, Proof) and record.header.device == self._device:
            raise RuleBroken("signed by our own device, but not here")
        if not self._standing.counts(record):
            self._check_writer(record)
            return None
        rival = self._held.by_object.get(record.header.object)
        if rival is not None and contradict(rival, record):
            return prove(rival, record)
        self._check_succession(record)
        self._check_writer(record)
        return record if self._is_for_us(record) else None

    def _is_for_us(self, record: Record) -> bool:
        if record.header.in_directory:
            return self._expects(record)
        return self._reaches_us(record) and self._answers_what_is_held(record)

    def _reaches_us(self, record: Record) -> bool:
        """Also a request for which our other device has pledged: only that one knows it here."""
        if self._reach.is_in_reach(record, self._us):
            return True
        own = self._waiting.of_group(self._us)
        return any(is_pledge(each) and about(each) == record.header.object for each in own)

    def _expects(self, record: Record) -> bool:
        """Whether it is a directory for us: near by, or of who answers a request in reach.

        Whom such a hall is paired with is nothing to us: its roster and cards travel, no more.
        """
        group = record.header.group
        if self._reach.hears_of(self._us, group):
            return True
        if record.header.kind == Kind.PEERING:
            return False
        if self._held.has_author(group) or self._held.aside.of_group(group):
            return True
        messages = (r for r in self._waiting.of_group(group) if not r.header.in_directory)
        return any(self._reaches_us(each) for each in messages)

    def _check_succession(self, record: Record) -> None:
        held = self._held.by_object.get(record.header.object)
        if held is None or isinstance(record.body, Proof) or isinstance(held.body, Proof):
            return
        old, new = held.header, record.header
        if new.kind != old.kind:
            raise RuleBroken("an object keeps its kind")
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
        if isinstance(pledge.body, Proof):
            return True  # what was sealed for it is to be closed as well
        if pledge.header.kind != Kind.PLEDGE or about(pledge) != record.body.request:
            raise RuleBroken("details for what is no pledge to their request")
        return True


def contradict(held: Record, record: Record) -> bool:
    """Whether one device has signed both as the same version."""
    old, new = held.header, record.header
    is_proven = old.kind in PROOF_KINDS or new.kind in PROOF_KINDS
    return not is_proven and (old.device, old.version) == (new.device, new.version)


def _is_above(held: Record, record: Record) -> bool:
    """A proof ends its object, and of two proofs the lower one stands: so all halls agree.

    Of rosters it ends one version only: the next one says again who speaks.
    """
    old, new = held.header, record.header
    if new.group == group_id(new.device) and new.version != old.version:
        return new.version < old.version
    if isinstance(held.body, Proof) and isinstance(record.body, Proof):
        return held.body.rank <= record.body.rank
    return isinstance(held.body, Proof)

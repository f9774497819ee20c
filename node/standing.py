"""Where we stand: our roster, our peering, our neighbours; all from the shelf, without the disk."""

from __future__ import annotations

from node.core import Core
from node.refusal import Refused, Why
from protocol.bodies import Peering
from protocol.ids import DeviceKey, GroupId
from protocol.introduction import Introduction
from protocol.record import Proof, Record
from protocol.roster import Roster


def own_roster(core: Core) -> Record:
    """The roster that we show; while two of one version are about, the one that lists us.

    Raises Refused(PEERING_NOT_COUNTED) where it could not be read from the disk.
    """
    record = core.shelf.roster_of(core.hall.group)
    if record is None:
        raise Refused(Why.PEERING_NOT_COUNTED)
    if not isinstance(record.body, Proof):
        return record
    contents = (record.body.first, record.body.second)
    listing = (each for each in contents if _lists(each, core.hall.device_key))
    return next(listing, record.body.first)


def _lists(record: Record, device: DeviceKey) -> bool:
    return isinstance(record.body, Roster) and device in record.body.devices


def neighbour_groups(core: Core) -> frozenset[GroupId]:
    """Whom our peering names, whether or not they name us."""
    return core.shelf.graph.named_by(core.hall.group)


def is_neighbour(core: Core, peer: Introduction) -> bool:
    """Whether we are paired with this group, and it is not known to have let this device go.

    A guest is as good as the device that vouches for it, for as long as that says.
    """
    held = core.shelf.roster_of(peer.group)
    speaker = peer.device if peer.vouch is None else peer.vouch.header.device
    is_known = held is not None and held.header.version >= peer.roster.header.version
    if is_known and not core.shelf.is_listed(peer.group, speaker):
        return False
    if core.shelf.has_removed(peer.group, peer.device):
        return False
    is_over = peer.vouch is not None and core.shelf.is_past(peer.vouch)
    return peer.group in neighbour_groups(core) and not is_over


def peering_with(core: Core, group: GroupId) -> tuple[Record, Record]:
    """Our peering as it stands, and the version that names `group` as well. Raises Refused."""
    record, named = _own_peering(core)
    return _revision(core, record, named | {group})


def peering_without(core: Core, group: GroupId) -> tuple[Record, Record]:
    """Our peering as it stands, and the version that does not name `group`. Raises Refused."""
    record, named = _own_peering(core)
    return _revision(core, record, named - {group})


def _own_peering(core: Core) -> tuple[Record, frozenset[GroupId]]:
    """This device's. Raises Refused(PEERING_NOT_COUNTED) where it speaks for its hall no more, or
    has signed two of one version."""
    device = core.hall.device_key
    for record in core.shelf.own_directory():
        if isinstance(record.body, Peering) and record.header.device == device:
            return record, frozenset(record.body.neighbours)
    raise Refused(Why.PEERING_NOT_COUNTED)


def _revision(core: Core, old: Record, named: frozenset[GroupId]) -> tuple[Record, Record]:
    return old, core.signer.next_in_directory(old, Peering(tuple(sorted(named))), core.clock())

"""Where we stand: our roster, our peering, our neighbours; all from the shelf, without the disk."""

from __future__ import annotations

from node.core import Core
from protocol.bodies import Peering, Roster
from protocol.ids import GroupId
from protocol.introduction import Introduction
from protocol.record import Record


def own_roster(core: Core) -> Record:
    roster = core.shelf.roster_of(core.hall.group)
    assert roster is not None
    return roster


def neighbour_groups(core: Core) -> frozenset[GroupId]:
    """Whom our peering names, whether or not they name us."""
    return core.shelf.graph.named_by(core.hall.group)


def is_neighbour(core: Core, peer: Introduction) -> bool:
    """Whether we are paired with this group, and its newest roster lists this device."""
    held = core.shelf.roster_of(peer.group)
    if held is not None and held.header.version > peer.roster.header.version:
        assert isinstance(held.body, Roster)
        if peer.device not in held.body.devices:
            return False
    return peer.group in neighbour_groups(core)


def peering_with(core: Core, group: GroupId) -> tuple[Record, Record]:
    """Our peering as it stands, and the version that names `group` as well."""
    record, named = _own_peering(core)
    return _revision(core, record, named | {group})


def peering_without(core: Core, group: GroupId) -> tuple[Record, Record]:
    """Our peering as it stands, and the version that does not name `group`."""
    record, named = _own_peering(core)
    return _revision(core, record, named - {group})


def _own_peering(core: Core) -> tuple[Record, frozenset[GroupId]]:
    device = core.hall.device_key
    return next(
        (record, frozenset(record.body.neighbours))
        for record in core.shelf.own_directory()
        if isinstance(record.body, Peering) and record.header.device == device
    )


def _revision(core: Core, old: Record, named: frozenset[GroupId]) -> tuple[Record, Record]:
    return old, core.signer.next_in_directory(old, Peering(tuple(sorted(named))), core.clock())

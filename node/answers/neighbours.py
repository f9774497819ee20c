"""Neighbours: who they are, and pairing and parting."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import replace

from node.answers.views import name_of, spoken
from node.api.requests import Invite, Join, ListNeighbours, RemoveNeighbour
from node.api.views import InviteView, NeighbourView, WaitingView
from node.core import Core, Network
from node.desk.hall_names import Named, hall_named
from node.desk.passing import parse_hours
from node.frozen import contradicting
from node.refusal import Refused, Why
from node.standing import peering_without
from node.store.hall import set_own_discovery_key
from node.store.neighbours import Neighbour, all_neighbours, delete_neighbour
from protocol.beacon import DISCOVERY_KEY_BYTES
from protocol.bodies import Details, Pledge, Request
from protocol.ids import GroupId, UnixMs, as_text
from protocol.limits import HOUR_MS
from protocol.record import Record

LINKED, AWAY, REMOVED = "linked", "away", "removed"
INVITE_HOURS = 1.0
"""How long a code is good for when nobody says."""
INVITE_HOURS_MAX = 72
"""A printed code, for a hall that a runner has to walk to."""


async def list_neighbours(
    core: Core, request: ListNeighbours, initials: str
) -> tuple[NeighbourView, ...]:
    neighbours = await core.read(all_neighbours)
    wrong = contradicting(core.shelf)
    views = ((each.group, neighbour_view(core, each)) for each in neighbours)
    return tuple(replace(view, contradicts=group in wrong) for group, view in views)


async def invite(core: Core, request: Invite, initials: str) -> InviteView:
    hours = parse_hours(request.hours, INVITE_HOURS_MAX) if request.hours else INVITE_HOURS
    until_ms = UnixMs(core.clock() + int(hours * HOUR_MS))
    return await _network(core).invite(until_ms)


async def join(core: Core, request: Join, initials: str) -> NeighbourView:
    group = await _network(core).join(request.code)
    neighbours = await core.read(all_neighbours)
    return neighbour_view(core, next(each for each in neighbours if each.group == group))


async def remove_neighbour(core: Core, request: RemoveNeighbour, initials: str) -> NeighbourView:
    """The last thing that a removed neighbour gets is the peering that no longer names it.

    From then on we announce ourselves under a key that it does not have.
    """
    neighbours = await core.read(all_neighbours)
    gone = _named(core, neighbours, request.name)
    view = replace(neighbour_view(core, gone), state=REMOVED, path=None, waiting=0, waiting_for=())
    old, new = peering_without(core, gone.group)
    key = secrets.token_bytes(DISCOVERY_KEY_BYTES)

    def forget(conn: sqlite3.Connection) -> None:
        delete_neighbour(conn, gone.group)
        set_own_discovery_key(conn, key)

    def announce_anew() -> None:
        core.hall = replace(core.hall, discovery_key=key)

    await core.save((old, new), also=forget, then=announce_anew)
    if core.network is not None:
        await core.network.part(gone.group)
    return view


def neighbour_view(core: Core, neighbour: Neighbour) -> NeighbourView:
    linked = core.network is not None and neighbour.group in core.network.linked()
    card = core.shelf.profile_of(neighbour.group)
    waiting = core.driver.exchange.waiting_records(neighbour.group)
    return NeighbourView(
        group_id=as_text(neighbour.group),
        name=card.name if card else neighbour.name,
        state=_state(core, neighbour.group, linked=linked),
        path="lan" if linked else None,
        waiting=len(waiting),
        last_heard_ms=core.clock() if linked else neighbour.last_heard_ms,
        area=card.area if card else "",
        waiting_for=_waiting(core, waiting),
    )


def _waiting(core: Core, records: list[Record]) -> tuple[WaitingView, ...]:
    """What waits, each thing once; that something was read here is not worth telling."""
    views = (_waiting_view(core, record) for record in records)
    return tuple(dict.fromkeys(view for view in views if view is not None))


def _waiting_view(core: Core, record: Record) -> WaitingView | None:
    match record.body:
        case Request() | Pledge():
            return WaitingView(spoken(core, record))
        case Details(pledge=about):
            pledge = core.shelf.find(about)
            if pledge is not None and isinstance(pledge.body, Pledge):
                return WaitingView(spoken(core, pledge), details=True)
    return None


def _state(core: Core, group: GroupId, *, linked: bool) -> str:
    """Linked or away; removed where the other hall has signed that we are paired no more."""
    if linked:
        return LINKED
    graph = core.shelf.graph
    was_heard = graph.has_signed(group)
    return REMOVED if was_heard and core.hall.group not in graph.named_by(group) else AWAY


def _named(core: Core, neighbours: list[Neighbour], typed: str) -> Neighbour:
    """The one neighbour of this name or group id, or its beginning. Raises Refused."""
    halls = {
        Named(as_text(each.group), (each.name, name_of(core, each.group))): each
        for each in neighbours
    }
    return halls[hall_named(typed, tuple(halls))]


def _network(core: Core) -> Network:
    if core.network is None:
        raise Refused(Why.NODE_NEEDED)
    return core.network

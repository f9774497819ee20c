"""What runs, and how many of everything."""

from __future__ import annotations

from node.api.requests import Status
from node.api.views import StatusView
from node.core import Core
from node.desk.references import Kind
from node.frozen import warnings
from node.store.entries import count_open
from node.store.neighbours import Neighbour, all_neighbours
from node.wording import _
from protocol.ids import as_text


async def status(core: Core, request: Status, initials: str) -> StatusView:
    neighbours = await core.read(all_neighbours)
    linked = core.network.linked() if core.network else frozenset()
    time = core.clock.standing()
    return StatusView(
        group_id=as_text(core.hall.group),
        name=core.hall.name,
        running=core.network is not None,
        neighbours=len(neighbours),
        linked=len(linked),
        needs_open=await core.read(lambda conn: count_open(conn, Kind.NEED)),
        offers_open=await core.read(lambda conn: count_open(conn, Kind.OFFER)),
        warnings=_warnings(core, neighbours),
        place=core.hall.place,
        area=core.hall.area,
        address=core.network.address if core.network else None,
        now_ms=time.now_ms,
        time_by=time.by,
    )


def _warnings(core: Core, neighbours: list[Neighbour]) -> tuple[str, ...]:
    names = {each.group: each.name for each in neighbours}
    said = warnings(core.shelf, core.hall.device_key, names)
    if core.network is None:
        stopped = _(
            "The node is stopped, so neighbours hear nothing: start it with “hallway node”."
        )
        return (stopped, *said)
    return said

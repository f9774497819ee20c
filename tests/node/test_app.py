"""The running node as a whole, in this process."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from node.api.requests import Stop
from node.app import run_node
from node.clock import system_clock
from node.remote import RemoteNode
from node.store.neighbours import Address, all_neighbours, note_address
from tests.eventually import eventually
from tests.node.services.running import HOST, running_hall
from tests.node.two_halls import one_hall, opened, pair

pytestmark = pytest.mark.asyncio


async def test_what_the_last_links_leave_is_saved_before_the_node_ends(tmp_path: Path) -> None:
    async with (
        one_hall(tmp_path / "north", "Northgate Hall") as north,
        one_hall(tmp_path / "east", "Eastside Centre") as east,
    ):
        await pair(north, east)
        group = north.core.hall.group
    addresses: list[str] = []
    async with running_hall(tmp_path / "east", "Eastside Centre") as neighbour:
        running = asyncio.ensure_future(
            run_node(tmp_path / "north", f"{HOST}:0", mdns=False, ready=addresses.append)
        )
        await eventually(lambda: addresses)
        address = Address(HOST, int(addresses[0].rpartition(":")[2]))
        await neighbour.hall.core.database.run(
            lambda conn: note_address(conn, group, address, neighbour.hall.clock())
        )
        neighbour.dialer.wake_all()
        await eventually(lambda: group in neighbour.links.linked())
        before_ms = system_clock()
        async with RemoteNode.connect(tmp_path / "north") as node:
            await node.call(Stop())
        await asyncio.wait_for(running, 10)
    async with opened(tmp_path / "north") as north:
        (row,) = await north.core.read(all_neighbours)
        assert row.last_heard_ms is not None
        assert row.last_heard_ms >= before_ms

"""The hall's node for one command: the running one, else the stopped one in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from node.api.door import NodeApi, NodeGone
from node.refusal import Refused, Why
from node.remote import RemoteNode
from node.store.folder import FolderLock, folder_is_hall

if TYPE_CHECKING:
    from node.core import Core

WAIT_S: Final = 10.0
"""Seconds that a command waits for another one, or for a node that starts or ends."""
LOOK_AGAIN_S: Final = 0.02


@asynccontextmanager
async def open_node(data: Path) -> AsyncIterator[NodeApi]:
    """Raises Refused where there is no hall, or another command holds the folder for too long."""
    if not folder_is_hall(data):
        raise Refused(Why.FOLDER_EMPTY, folder=str(data))
    lock = FolderLock(data)
    remote = await reach_or_lock(data, lock)
    if remote is not None:
        async with remote as node:
            yield node
        return
    try:
        async with open_stopped(data) as core:
            # A running node needs none of it.
            from node.answers.table import LocalNode  # noqa: PLC0415
            from node.upkeep import catch_up  # noqa: PLC0415

            await catch_up(core)
            yield LocalNode(core)
    finally:
        lock.release()


@asynccontextmanager
async def open_stopped(data: Path) -> AsyncIterator[Core]:
    """The hall in this process; the caller holds the folder's lock. Raises Refused."""
    # A remote node needs none of it.
    from node.clock import HallClock, ThisMachine, boot_id, local_zone  # noqa: PLC0415
    from node.core import open_core  # noqa: PLC0415
    from node.store.clock import find_word  # noqa: PLC0415
    from node.store.connection import Database, open_existing  # noqa: PLC0415

    database = Database(open_existing(data), data)
    try:
        word = await database.read(partial(find_word, boot=boot_id()))
        yield await open_core(
            database, lambda latest_ms: HallClock(latest_ms, ThisMachine(), word), local_zone()
        )
    finally:
        database.close()


async def reach_or_lock(data: Path, lock: FolderLock) -> Reached | None:
    """The running node's door, or None with the lock taken. Raises Refused when neither is had."""
    deadline = asyncio.get_running_loop().time() + WAIT_S
    while asyncio.get_running_loop().time() < deadline:
        try:
            if lock.take():
                return None
        except OSError as error:
            raise Refused(Why.FOLDER_NOT_WRITABLE, folder=str(data)) from error
        remote = Reached(data)
        if await remote.opened():
            return remote
        await asyncio.sleep(LOOK_AGAIN_S)
    raise Refused(Why.FOLDER_BUSY, folder=str(data))


class Reached:
    """A connection that is tried first and used afterwards."""

    def __init__(self, data: Path) -> None:
        self._opening = RemoteNode.connect(data)
        self._node: NodeApi | None = None

    async def opened(self) -> bool:
        try:
            self._node = await self._opening.__aenter__()
        except NodeGone:
            return False
        return True

    async def __aenter__(self) -> NodeApi:
        assert self._node is not None
        return self._node

    async def __aexit__(self, *raised: object) -> None:
        await self._opening.__aexit__(None, None, None)

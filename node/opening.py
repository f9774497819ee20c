"""The hall's node for one command: the running one, else the stopped one in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from node.api.door import NodeApi, NodeGone, NodeSilent
from node.refusal import Refused, Why
from node.remote import RemoteNode
from node.store.folder import FolderLock, folder_is_hall

if TYPE_CHECKING:
    from node.core import Core
    from node.store.connection import Database

WAIT_S: Final = 10.0
"""Seconds that a command waits for another one, or for a node that starts or ends."""
LOOK_AGAIN_S: Final = 0.02
STILL_READABLE: Final = frozenset({Why.DISK_FULL, Why.DISK_READ_ONLY, Why.FOLDER_READ_ONLY})
"""What keeps a hall from being written to and not from being read: it is ours."""


@asynccontextmanager
async def open_node(data: Path) -> AsyncIterator[NodeApi]:
    """Raises Refused where there is no hall, or another command holds the folder for too long, and
    NodeSilent."""
    if not folder_is_hall(data):
        raise Refused(Why.FOLDER_EMPTY, folder=str(data))
    lock = FolderLock(data)
    remote = await reach_or_lock(data, lock)
    if remote is not None:
        async with remote as node:
            yield node
        return
    try:
        async with _for_one_command(data) as core:
            # A running node needs none of it.
            from node.answers.table import LocalNode  # noqa: PLC0415

            yield LocalNode(core)
    finally:
        lock.release()


@asynccontextmanager
async def _for_one_command(data: Path) -> AsyncIterator[Core]:
    """Up to date; as it is on the disk where that can only be read. Raises Refused."""
    # A running node needs none of it.
    from node.upkeep import catch_up  # noqa: PLC0415

    async with AsyncExitStack() as opened:
        try:
            core = await opened.enter_async_context(open_stopped(data))
        except Refused as refused:
            if refused.why not in STILL_READABLE:
                raise
            core = await opened.enter_async_context(open_to_look(data, refused.why))
        else:
            await catch_up(core)
        yield core


@asynccontextmanager
async def open_stopped(data: Path) -> AsyncIterator[Core]:
    """The hall in this process; the caller holds the folder's lock. Raises Refused."""
    from node.store.connection import Database, open_existing  # noqa: PLC0415

    async with _core_of(Database(open_existing(data), data)) as core:
        yield core


@asynccontextmanager
async def open_to_look(data: Path, why: Why) -> AsyncIterator[Core]:
    """The same of a hall that can only be read: what is to be written is refused with `why`, and
    what time has done to the board since the node ended is not done. Raises Refused."""
    from node.store.reading import ReadDatabase  # noqa: PLC0415

    async with _core_of(ReadDatabase(data, why)) as core:
        yield core


@asynccontextmanager
async def _core_of(database: Database) -> AsyncIterator[Core]:
    # A remote node needs none of it.
    from node.clock import HallClock, ThisMachine, boot_id, local_zone  # noqa: PLC0415
    from node.core import open_core  # noqa: PLC0415
    from node.store.clock import find_word  # noqa: PLC0415

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
        """Raises NodeSilent."""
        try:
            self._node = await self._opening.__aenter__()
        except NodeSilent:
            raise
        except NodeGone:
            return False
        return True

    async def __aenter__(self) -> NodeApi:
        assert self._node is not None
        return self._node

    async def __aexit__(self, *raised: object) -> None:
        await self._opening.__aexit__(None, None, None)

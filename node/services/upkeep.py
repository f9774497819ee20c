"""What goes on by itself: time passes, and what follows without a person is signed."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Final

from node.clock import boot_id
from node.core import Core
from node.refusal import Refused
from node.store.clock import delete_word, find_word
from node.upkeep import look_after
from protocol.clock import Voucher

log = logging.getLogger(__name__)

TICK_S: Final = 10.0
"""Seconds between two looks at the clock: what is heard counts from the last one."""
TICKS_A_LOOK: Final = 6
"""Upkeep looks at everything once a minute, and whenever something changed."""


async def run_upkeep(core: Core) -> None:
    """Until cancelled. What is refused is tried again after the next look."""
    due = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_tick(core, due))
        tasks.create_task(_follow(core, due))
        while True:
            await due.wait()
            due.clear()
            await look_once(core)


async def look_once(core: Core) -> None:
    try:
        await look_after(core)
        await _forget_overtaken(core)
    except Refused as refused:
        log.warning("what follows by itself is not saved yet: %s", refused.why.value)


async def _forget_overtaken(core: Core) -> None:
    """A person's word that time synchronisation has come after must not come back at a restart."""
    if core.clock.standing().by is not Voucher.SYNCHRONISED:
        return
    if await core.read(partial(find_word, boot=boot_id())) is not None:
        await core.database.run(delete_word)


async def _tick(core: Core, due: asyncio.Event) -> None:
    while True:
        for _ in range(TICKS_A_LOOK):
            await asyncio.sleep(TICK_S)
            core.driver.tick()
        due.set()


async def _follow(core: Core, due: asyncio.Event) -> None:
    async for _change in core.changes():
        due.set()

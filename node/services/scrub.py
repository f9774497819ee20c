"""Looks for what rots on the card while nobody reads it: all of the file, every few hours.

It only reads, in small steps between the desk's own work. A board that has rotted is folded anew
from what happened; what cannot be mended is named, and nothing is deleted.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from functools import partial
from typing import Final

from node.core import Core
from node.refusal import Refused
from node.store.macs import FIRST_ROWID, look_through
from node.store.scrub import Spoilt, can_be_mended, described, mend, tables_in_order

log = logging.getLogger(__name__)

STEP_ROWS: Final = 200
"""Rows of one step: about 1 ms of the store's thread here, 5 ms on a Raspberry Pi 3."""
STEP_PAUSE_S: Final = 0.1
"""Seconds between two steps: the desk goes first; 20,000 events take ten seconds."""
ROUND_S: Final = 6 * 3_600.0
"""Seconds between two rounds: what has rotted is known before the evening is over, and a card that
sleeps is woken four times a day."""


async def run_scrub(core: Core) -> None:
    """Until cancelled. A lost round is harmless: the next one looks at everything again."""
    while True:
        try:
            await scrub(core)
        except Refused as refused:
            log.warning("the disk could not be looked through: %s", refused.why.value)
        await asyncio.sleep(ROUND_S)


async def scrub(core: Core) -> None:
    """One round: look at everything, and mend what can be. Raises Refused(DISK_FAILED)."""
    found = await _look(core)
    if found and can_be_mended(found) and await _mended(core):
        log.warning("the board was not what was written: folded anew from what happened")
        found = await _look(core)
    for each in found:
        log.warning("a row of %s is not what was written", each.table)
    if found != core.spoilt:
        core.spoilt = found
        core.changed()


async def _look(core: Core) -> tuple[Spoilt, ...]:
    damaged = await core.database.damaged()
    found = [Spoilt(table) for table in damaged]
    for table in await core.read(tables_in_order):
        if table not in damaged:
            found += await _look_through(core, table)
    return tuple(found)


async def _look_through(core: Core, table: str) -> list[Spoilt]:
    found: list[Spoilt] = []
    after: int | None = FIRST_ROWID
    while after is not None:
        after, spoilt = await core.read(partial(_step, table=table, after=after))
        found += spoilt
        await asyncio.sleep(STEP_PAUSE_S)
    return found


def _step(conn: sqlite3.Connection, table: str, after: int) -> tuple[int | None, list[Spoilt]]:
    looked = look_through(conn, table, after, STEP_ROWS)
    return looked.last, [described(conn, row) for row in looked.unsound]


async def _mended(core: Core) -> bool:
    """The desk waits for it: a second for 5,000 needs and offers. It happens once in a card's
    life, and until then the board was wrong."""
    async with core.writing:
        try:
            return await core.database.run(mend)
        except (Refused, ValueError, KeyError):
            return False  # what happened has rotted as well

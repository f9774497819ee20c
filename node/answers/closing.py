"""Closing a need or an offer, and with it what was agreed and has not moved."""

from __future__ import annotations

import sqlite3

from node.core import Core
from node.desk.events import Did, Event
from node.desk.matches import RUNNING
from node.store.matches import matches_of


def closing(
    core: Core, conn: sqlite3.Connection, ref: str, initials: str, because: str, **more: object
) -> list[Event]:
    """What is written down: that it is closed, first, and then of each match that runs that it fell
    through, for nobody waits for that any more. `more` is kept with the closing."""
    return [
        core.event(Did.CLOSED, ref, initials, because=because, **more),
        *(
            core.event(Did.FELL_THROUGH, match.ref, initials)
            for match in matches_of(conn, ref)
            if match.state in RUNNING
        ),
    ]

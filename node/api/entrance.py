"""How a front end gets to a node. Each way in loads what it needs when it is taken."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from node.api.door import NodeApi
from node.api.views import HallMade


def hall_exists(data: Path) -> bool:
    """Whether `data` holds a hall; raises Refused when it holds something else."""
    from node.hall import hall_exists as exists  # noqa: PLC0415 - the board opens faster without

    return exists(data)


def make_hall(data: Path, name: str, place: str = "", area: str = "") -> HallMade:
    """Make the group in `data`: keys, database, recovery words.

    `place` is where things are brought, and is sealed; `area` is what every neighbour may read.
    """
    from node.hall import make_hall as make  # noqa: PLC0415

    return make(data, name, place, area)


def start_node(data: Path) -> None:
    """Start a node as a process of its own unless one runs; returns when it answers."""
    from node.background import start  # noqa: PLC0415

    start(data)


def connect(data: Path) -> AbstractAsyncContextManager[NodeApi]:
    """A running node. Raises NodeGone when none runs."""
    from node.remote import RemoteNode  # noqa: PLC0415

    return RemoteNode.connect(data)


def save_bug(bug: BaseException, data: Path) -> Path | None:
    """Keep the details of a bug for whoever can mend it; returns the file, None where none was."""
    from node.crash import save_crash  # noqa: PLC0415

    return save_crash(bug, data)

"""What no input may do, whichever part reads it: one place, so that no target is laxer.

Bytes from outside may be refused by a `ProtocolError`. Anything else that is raised is a bug, and
so is `LocalError`, which says that we ourselves did wrong. No input may hold a core for a second,
and none may leave anything behind: a target holds no more memory after a day than after a minute.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final

from protocol.errors import LocalError, ProtocolError

CPU_S_MAX: Final = 1.0
"""Seconds of our own processor time for one input, so that a busy machine is no fault."""

GROWTH_BYTES_MAX: Final = 20 * 2**20
"""Resident memory that a target may gain, once it has been warmed up."""


@dataclass(frozen=True, slots=True)
class Target:
    """`feed` gives bytes from outside to one part; `seeds` are some that it takes well."""

    name: str
    feed: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    bytes_max: int
    """No input is longer: what the transport refuses before any of this sees it."""


class Misbehaved(Exception):
    """A part did with bytes from outside what no part may do."""


def try_one(target: Target, data: bytes, cpu_s_max: float = CPU_S_MAX) -> None:
    """Raises Misbehaved, or whatever the target let out."""
    began_s = process_time()
    try:
        target.feed(data)
    except LocalError as error:
        raise Misbehaved(f"{target.name} blames us: {error!r}") from error
    except ProtocolError:
        pass
    took_s = process_time() - began_s
    if took_s > cpu_s_max:
        raise Misbehaved(f"{target.name} took {took_s:.2f} s")


class MemoryWatch:
    """Whether a target gains memory; ask `look` now and then, the first time once it is warm."""

    def __init__(self) -> None:
        self._first: int | None = None

    def look(self) -> None:
        """Raises Misbehaved for too much of it."""
        gc.collect()
        now = resident_bytes()
        if self._first is None:
            self._first = now
        elif now - self._first > GROWTH_BYTES_MAX:
            raise Misbehaved(f"{(now - self._first) / 2**20:.1f} MiB more than at first")


def resident_bytes() -> int:
    """This process's memory, as Linux counts it."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4_096

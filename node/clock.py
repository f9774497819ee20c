"""The wall clock and its zone, in the one place that reads them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from protocol.ids import UnixMs

Clock = Callable[[], UnixMs]

LOCALTIME = Path("/etc/localtime")


def system_clock() -> UnixMs:
    return UnixMs(time.time_ns() // 1_000_000)


def local_zone() -> tzinfo:
    """The zone of this machine with its summer times; UTC where none is set."""
    name = os.environ.get("TZ", "").lstrip(":")
    try:
        if name:
            return ZoneInfo(name)
        with LOCALTIME.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return UTC

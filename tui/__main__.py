"""`python -m tui --data DIR`: the board of the hall in DIR, and its first start."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from node.api import entrance
from node.refusal import Refused
from node.wording import _, sentence
from tui import wording
from tui.app import HallwayApp
from tui.clock import machine_clock
from tui.desk import Desk, Door


def main() -> int:
    """0 after leaving; 1 with one sentence on stderr when the board cannot be opened."""
    parser = argparse.ArgumentParser(prog="hallway")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--as", dest="initials", default="")
    given = parser.parse_args()
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stderr.write(_(wording.NO_TERMINAL) + "\n")
        return 1
    try:
        entrance.hall_exists(given.data)
    except Refused as refused:
        sys.stderr.write(sentence(refused.why, refused.facts) + "\n")
        return 1
    HallwayApp(Desk(_door_of(given.data), machine_clock(), given.initials)).run()
    return 0


def _door_of(data: Path) -> Door:
    return Door(
        exists=partial(entrance.hall_exists, data),
        make=partial(entrance.make_hall, data),
        start=partial(entrance.start_node, data),
        connect=partial(entrance.connect, data),
        save_bug=lambda bug: entrance.save_bug(bug, data),
    )


if __name__ == "__main__":
    sys.exit(main())

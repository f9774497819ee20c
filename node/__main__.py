"""`hallway`, and `python -m node`: the command line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.cli.session import House


def main(arguments: Sequence[str] | None = None, house: House | None = None) -> int:
    """Carry out one command; returns the exit code. `house` stands in for the node in tests."""
    try:
        from node.cli.run import run  # noqa: PLC0415 - Ctrl-C while it loads is no traceback
    except KeyboardInterrupt:
        return 130
    return run(sys.argv[1:] if arguments is None else arguments, house)


if __name__ == "__main__":
    sys.exit(main())

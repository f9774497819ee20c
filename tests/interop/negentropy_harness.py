"""Our reconciliation behind the line protocol of negentropy's public conformance harness.

Lines in: `item,TIME,HEXID` (any number), `seal`, `initiate`, `msg,HEX`. Lines out: `have,HEXID`,
`need,HEXID`, then `msg,HEX` or `done`. The environment variable FRAMESIZELIMIT limits our messages
in bytes; without it, or with 0, they have no limit. Started as a script, from any folder.
Source: github.com/hoytech/negentropy, the programs under test/ that its test.pl starts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

# Started by a foreign program from a folder of its own, where nothing is installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from protocol.errors import ProtocolError
from protocol.item_set import ItemSet
from protocol.reconcile import Reconciler

ROUNDS_MAX = 1_000_000
"""The suite reconciles wholly different sets in small messages: more rounds than a node allows."""


class Harness:
    """One end of one dialogue; each method takes the fields of a line and returns lines."""

    def __init__(self, message_bytes_max: int) -> None:
        self._message_bytes_max = message_bytes_max
        self._items: list[tuple[int, bytes]] = []
        self._reconciler: Reconciler | None = None
        self._answer: Callable[[bytes], list[str]] = self._respond

    def take(self, line: str) -> list[str]:
        """Raises `ValueError` for a line that is none of the protocol's."""
        match line.strip().split(","):
            case ["item", created, item_id]:
                self._items.append((int(created), bytes.fromhex(item_id)))
                return []
            case ["seal"]:
                items = ItemSet.from_items(self._items).snapshot()
                self._reconciler = Reconciler(items, self._message_bytes_max, ROUNDS_MAX)
                return []
            case ["initiate"]:
                self._answer = self._advance
                return [f"msg,{self._sealed().initiate().hex()}"]
            case ["msg", message]:
                return self._answer(bytes.fromhex(message))
            case _:
                raise ValueError(f"not a line of the harness: {line[:80]!r}")

    def _sealed(self) -> Reconciler:
        if self._reconciler is None:
            raise ValueError("the set is not sealed yet")
        return self._reconciler

    def _respond(self, message: bytes) -> list[str]:
        return [f"msg,{self._sealed().respond(message).hex()}"]

    def _advance(self, message: bytes) -> list[str]:
        progress = self._sealed().advance(message)
        lines = [f"have,{item_id.hex()}" for item_id in progress.have]
        lines += [f"need,{item_id.hex()}" for item_id in progress.need]
        lines.append("done" if progress.message is None else f"msg,{progress.message.hex()}")
        return lines


def main() -> int:
    try:
        harness = Harness(int(os.environ.get("FRAMESIZELIMIT") or 0))
        for line in sys.stdin:
            if line.strip():
                for answer in harness.take(line):
                    print(answer)
                sys.stdout.flush()
    except (ProtocolError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

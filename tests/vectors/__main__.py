"""Writes the golden vectors: `python -m tests.vectors [FOLDER]`, else into protocol/vectors.

Vectors that others published (channel) and those that were written by hand (reconcile) stay as
they are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from tests.vectors import (
    agings,
    beacons,
    carries,
    clocks,
    codec,
    directory,
    frames,
    graphs,
    handshakes,
    identities,
    ids,
    introductions,
    invites,
    messages,
    overflows,
    proof_standings,
    proofs,
    reaches,
    records,
    sealings,
    standings,
    versions,
)
from tests.vectors.vector import FOLDER, Vector

MAKERS: Final[dict[str, Callable[[], Iterator[Vector]]]] = {
    "aging": agings.vectors,
    "beacon": beacons.vectors,
    "bodies": lambda: chain(directory.vectors(), messages.vectors()),
    "carry": carries.vectors,
    "clock": clocks.vectors,
    "codec": codec.vectors,
    "frames": frames.vectors,
    "graph": graphs.vectors,
    "handshake": handshakes.handshakes,
    "identity": identities.vectors,
    "introduction": introductions.vectors,
    "invite": invites.vectors,
    "ids": ids.vectors,
    "overflow": overflows.vectors,
    "proof": proofs.vectors,
    "reach": reaches.vectors,
    "record": records.vectors,
    "sealing": sealings.vectors,
    "standing": lambda: chain(standings.vectors(), proof_standings.vectors()),
    "transport": handshakes.transports,
    "versions": versions.vectors,
    "writers": versions.writers,
}
"""By the folder that each one fills."""


def write_all(target: Path) -> None:
    """Every folder of ours under `target`, less what is made no more."""
    for folder, make in MAKERS.items():
        made = {vector.path: vector.to_text() for vector in make()}
        (target / folder).mkdir(parents=True, exist_ok=True)
        for old in (target / folder).glob("*.txt"):
            if f"{folder}/{old.stem}" not in made:
                old.unlink()
        for path, text in made.items():
            (target / f"{path}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)

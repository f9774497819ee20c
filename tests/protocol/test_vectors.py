"""Every golden vector is read, and comes out as it says; scripts/vectors writes the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.protocol.readers import (
    carries,
    channels,
    clocks,
    encoding,
    frames,
    graphs,
    overflows,
    places,
    stories,
)
from tests.protocol.readers.reading import ERRORS, Reading
from tests.vectors.__main__ import MAKERS
from tests.vectors.vector import FOLDER, HOME, OK, Vector, load

READERS: Final[dict[str, Callable[[Reading], None]]] = {
    "aging": stories.read_aging,
    "beacon": places.read_beacon,
    "bodies": encoding.read_record,
    "carry": carries.read_carry,
    "clock": clocks.read_clock,
    "codec": encoding.read_codec,
    "frames": frames.read_frame,
    "graph": graphs.read_graph,
    "handshake": channels.read_handshake,
    "identity": places.read_identity,
    "introduction": places.read_introduction,
    "invite": places.read_invite,
    "ids": places.read_ids,
    "overflow": overflows.read_overflow,
    "proof": encoding.read_proof,
    "reach": stories.read_story,
    "record": encoding.read_record,
    "sealing": places.read_sealing,
    "standing": stories.read_story,
    "transport": channels.read_transport,
    "versions": stories.read_story,
    "writers": stories.read_story,
}
"""By the folder that each one reads."""

NOT_OURS: Final = {"channel": "test_channel.py", "reconcile": "test_reconcile.py"}
"""Published by others or written by hand, by the tests that read every file there."""

WRITE_S: Final = 120
"""Writing takes two seconds; a busy machine takes its time."""

ALL: Final = sorted(FOLDER.glob("**/*.txt"))
OURS: Final = [path for path in ALL if path.parent.name not in NOT_OURS]


@pytest.mark.parametrize("vector", [load(path) for path in OURS], ids=lambda vector: vector.path)
def test_vector(vector: Vector) -> None:
    reading = Reading(vector)
    READERS[vector.folder](reading)
    assert reading.unread() == set()


def test_no_vector_goes_unread() -> None:
    assert {path.parent.parent for path in ALL} == {FOLDER}
    assert {path.parent.name for path in ALL} == {*READERS, *NOT_OURS}
    for folder, test in NOT_OURS.items():
        source = (HOME / "tests" / "protocol" / test).read_text(encoding="utf-8")
        assert f'"{folder}"' in source or f"vectors/{folder}" in source
        assert '.glob("*.txt")' in source


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_vector_says_what_it_shows(path: Path) -> None:
    expect, spec, comment = (
        line.partition(": ") for line in path.read_text(encoding="utf-8").splitlines()[:3]
    )
    assert (expect[0], spec[0], comment[0]) == ("expect", "spec", "comment")
    assert expect[2] == OK or expect[2] in ERRORS
    assert spec[2].startswith("SPEC ")
    assert comment[2]


def test_they_are_made_anew_byte_for_byte(tmp_path: Path) -> None:
    """What scripts/vectors runs; with another order of whatever a hash would order."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.vectors", str(tmp_path)],
        cwd=HOME,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        timeout=WRITE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.glob("**/*.txt")}
    kept = {path.relative_to(FOLDER): path.read_bytes() for path in OURS}
    other = sorted(str(path) for path in {*made, *kept} if made.get(path) != kept.get(path))
    assert other == [], "run scripts/vectors, and look at what has changed"


def test_every_folder_has_a_maker_and_a_reader() -> None:
    assert set(MAKERS) == set(READERS)

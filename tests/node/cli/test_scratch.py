"""Scratch halls end with the story, however it ends: no process and no folder is left."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from node.cli import scratch
from node.cli.output import NotDone
from node.cli.scratch import ScratchHall, scratch_halls

NORTH, EAST = ("North", "1 Street", "north"), ("East", "2 Street", "east")

STAND_IN = """
import json, os, pathlib, sys, time
folder = pathlib.Path(sys.argv[2])
if "init" in sys.argv:
    folder.mkdir()
    print(json.dumps({"name": "made"}))
elif "--listen" in sys.argv:
    (folder.parent.parent / f"{folder.name}.pid").write_text(str(os.getpid()))
    if sys.argv[0].endswith("mute.py"):
        sys.exit("The port is taken.")
    print("127.0.0.1:1", flush=True)
    time.sleep(600)
elif "environment" in sys.argv:
    print(json.dumps({"data": os.environ.get("HALLWAY_DATA"), "folder": str(folder)}))
else:
    sys.exit("Refused, and why.")
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command that makes folders and sleeps, in place of a node's."""
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(scratch, "_HALLWAY", (sys.executable, str(script)))
    return tmp_path


def assert_nothing_is_left(folder: Path, halls: int) -> None:
    pids = [int(file.read_text()) for file in folder.glob("*.pid")]
    assert len(pids) == halls
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert list(folder.glob("hallway-demo-*")) == []


def test_both_end_when_the_story_does(stand_in: Path) -> None:
    with scratch_halls(NORTH, EAST) as halls:
        assert [hall.folder.is_dir() for hall in halls] == [True, True]
    assert_nothing_is_left(stand_in, halls=2)


def test_a_power_cut_gives_no_time_and_a_start_begins_anew(stand_in: Path) -> None:
    with scratch_halls(NORTH, EAST) as (north, _east):
        pid = int((stand_in / "0.pid").read_text())
        north.cut_power()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        north.start()
        north.await_ready()
        again = int((stand_in / "0.pid").read_text())
        assert again != pid
        os.kill(again, 0)
    assert_nothing_is_left(stand_in, halls=2)


def test_a_hall_that_is_cut_off_when_the_story_ends_is_no_trouble(stand_in: Path) -> None:
    with scratch_halls(NORTH, EAST) as (_north, east):
        east.tell_to_end()
        east.await_end()
    assert_nothing_is_left(stand_in, halls=2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_both_end_when_the_terminal_is_closed(stand_in: Path, number: int) -> None:
    with pytest.raises(KeyboardInterrupt), scratch_halls(NORTH, EAST):
        os.kill(os.getpid(), number)
    assert_nothing_is_left(stand_in, halls=2)
    assert signal.getsignal(number) is signal.SIG_DFL


def test_a_node_that_does_not_start_says_why(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mute = stand_in / "mute.py"
    mute.write_text(STAND_IN)
    monkeypatch.setattr(scratch, "_HALLWAY", (sys.executable, str(mute)))
    with pytest.raises(NotDone, match="North did not start: The port is taken"):
        scratch_halls(NORTH).__enter__()
    assert_nothing_is_left(stand_in, halls=1)


def test_a_refusal_is_told_with_its_command(stand_in: Path) -> None:
    with scratch_halls(NORTH) as (north,), pytest.raises(NotDone, match="Refused, and why"):
        north.run("need", "add")


def test_a_refusal_that_was_wanted_is_its_sentence(stand_in: Path) -> None:
    with scratch_halls(NORTH) as (north,):
        assert north.refusal("need", "add") == "Refused, and why."
        with pytest.raises(NotDone, match=r"environment.* did what it should have refused"):
            north.refusal("environment")


def test_a_persons_own_hall_is_never_used(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALLWAY_DATA", "/their/own")
    hall = ScratchHall("North", stand_in / "0")
    assert hall.run("environment") == {"data": None, "folder": str(stand_in / "0")}

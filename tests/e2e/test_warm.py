"""A command that begins with the program loaded is the command that people type."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.halls import COMMAND_S, LOOPBACK, STOP_S, Hall, answering_pid, halls
from tests.e2e.warm import WarmProcess

pytestmark = pytest.mark.e2e

NO_TEXT = "hot \udcff meals"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with halls(tmp_path, "Northgate") as (made,):
        yield made


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("status",), 0),
        (("need", "list", "--json"), 0),
        (("need", "add", "FOD", NO_TEXT), 1),
        (("need", "frobnicate"), 2),
        (("--help",), 0),
        ((), 2),
    ],
    ids=ascii,
)
def test_it_ends_and_says_the_same(
    hall: Hall, typed: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm = hall.run(*typed)
    monkeypatch.setattr(Hall, "warmth", None)
    cold = hall.run(*typed)
    assert warm.returncode == code
    assert (warm.returncode, warm.stdout, warm.stderr) == (
        *(cold.returncode, cold.stdout, cold.stderr),
    )


def test_a_node_is_a_process_of_its_own_and_ends_as_it_is_told(hall: Hall) -> None:
    for end, code in ((WarmProcess.terminate, 0), (WarmProcess.kill, -signal.SIGKILL)):
        hall.start()
        node = hall._node
        assert isinstance(node, WarmProcess)
        assert answering_pid(hall.folder) == node.pid
        end(node)
        assert node.wait(STOP_S) == code
        assert hall.json("status")["running"] is False
        hall._take_node()


def test_of_several_at_once_each_has_its_own_end_and_its_own_words(hall: Hall) -> None:
    hall.start()
    waiting = hall.begin("--data", str(hall.folder.parent / "none"), "status")
    wrong = hall.begin("frobnicate")
    assert hall.json("status")["running"] is True
    assert "frobnicate" in wrong.communicate(timeout=COMMAND_S)[1]
    assert "none" in waiting.communicate(timeout=COMMAND_S)[1]
    assert (waiting.returncode, wrong.returncode) == (1, 2)


def test_what_goes_on_is_waited_for_no_longer_than_said(hall: Hall) -> None:
    endless = hall.begin("node", *LOOPBACK)
    with pytest.raises(subprocess.TimeoutExpired):
        endless.communicate(timeout=0)
    endless.kill()
    endless.communicate(timeout=STOP_S)
    assert endless.returncode == -signal.SIGKILL

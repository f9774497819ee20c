"""Starting and ending a node that does not answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from node import background, remote
from node.api.door import NodeSilent
from node.background import LOG_NAME, start, stop
from node.cli import wording
from node.hall import make_hall
from node.refusal import Why
from node.store.folder import FolderLock
from tests.node.cli.real_hall import real_hallway
from tests.node.disks import no_room, to_be_read_only
from tests.node.refusals import refused
from tests.node.suspended import deaf_node, running_node, suspended

ENDS_S = 10
"""A deadline for a process that never ends."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "QUIET_S", 0.2)
    monkeypatch.setattr(remote, "SILENT_S", 0.2)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make_hall(tmp_path / "hall", "Northgate Hall")
    return tmp_path / "hall"


def is_free(data: Path) -> bool:
    lock = FolderLock(data)
    is_ours = lock.take()
    lock.release()
    return is_ours


def test_a_suspended_node_is_told_of_and_then_ends_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "hall"
    hallway = real_hallway(data, capsys, monkeypatch)
    with running_node(data) as process:
        with suspended(process):
            ran = hallway("need", "add", "FOD", "Soup", "--json")
            assert (ran.code, ran.out) == (1, "")
            assert ran.err == wording.NODE_SILENT.format(pid=process.pid) + "\n"
            with pytest.raises(NodeSilent):
                start(data)
            assert not (data / LOG_NAME).exists(), "a second one was started"
            ran = hallway("stop")
        assert ran.err == wording.STOPPING_SILENT.format(pid=process.pid) + "\n"
        assert (ran.code, ran.out) == (0, wording.STOPPED + "\n")
        assert process.wait(ENDS_S) == 0
    assert is_free(data)


def test_a_node_that_heeds_nothing_is_killed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "STOP_S", 0.5)
    told: list[int] = []
    with deaf_node(data) as process:
        assert stop(data, told.append)
        assert told == [process.pid]
        assert process.wait(ENDS_S) == -9
    assert is_free(data)
    assert not stop(data, told.append)


def test_what_cannot_be_ended_is_a_sentence(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "STOP_S", 0.1)
    monkeypatch.setattr(remote._Wire, "pid", 0)  # as seen from inside a container
    with deaf_node(data) as process:
        with refused(Why.NODE_NOT_ANSWERING):
            stop(data, lambda pid: None)
        assert process.poll() is None


def test_a_node_is_not_started_where_nothing_can_be_written(data: Path) -> None:
    with no_room(), refused(Why.DISK_FULL):
        start(data)
    assert is_free(data)
    with to_be_read_only(data), refused(Why.DISK_READ_ONLY):
        start(data)

"""A node that does not answer: noticed, while a long answer is waited for."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from socket import AF_UNIX, socket

import pytest

from node import remote
from node.api.door import UNSEEN, NodeSilent
from node.api.requests import AddEntry, ListEntries, Status
from node.api.views import Kind, StatusView
from node.control import bind
from node.hall import make_hall
from node.opening import open_node
from node.remote import RemoteNode, short_path
from node.store.folder import FolderLock
from tests.eventually import eventually
from tests.node.suspended import running_node, suspended
from tests.node.test_control import running

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("north") / "hall"
    make_hall(data, "Northgate Hall")
    return data


@pytest.fixture(scope="module")
def process(data: Path) -> Iterator[subprocess.Popen[str]]:
    with running_node(data) as process:
        yield process


@contextmanager
def suspended_and_soon_given_up(process: subprocess.Popen[str]) -> Iterator[None]:
    """When it goes on it has all the time again that a busy machine may take."""
    with pytest.MonkeyPatch.context() as patched, suspended(process):
        patched.setattr(remote, "QUIET_S", 0.1)
        patched.setattr(remote, "SILENT_S", 0.1)
        yield


async def test_a_suspended_node_is_silent_and_the_same_connection_goes_on_with_it(
    data: Path, process: subprocess.Popen[str]
) -> None:
    async with RemoteNode.connect(data) as node:
        assert node.pid == process.pid
        with suspended_and_soon_given_up(process):
            for text in ("Soup", "Rice"):
                with pytest.raises(NodeSilent) as silent:
                    await node.call(AddEntry(Kind.NEED, "FOD", text))
                assert silent.value.pid == process.pid
        assert (await answer_of(node)).running
        needs = await node.call(ListEntries(Kind.NEED))
        assert sorted(need.text for need in needs) == ["Rice", "Soup"], "asked is done at last"


async def test_a_request_that_no_longer_fits_into_the_socket_is_given_up_too(
    data: Path, process: subprocess.Popen[str]
) -> None:
    async with RemoteNode.connect(data) as node:
        with suspended_and_soon_given_up(process), pytest.raises(NodeSilent):
            await node.call(AddEntry(Kind.NEED, "FOD", "x" * 10_000_000))
        assert (await answer_of(node)).running


async def test_a_long_answer_is_waited_for_as_long_as_the_loop_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bool] = []

    async def look(node: RemoteNode) -> bool:
        looks.append(await is_there(node))
        return looks[-1]

    is_there = RemoteNode._is_there
    monkeypatch.setattr(RemoteNode, "_is_there", look)
    monkeypatch.setattr(remote, "QUIET_S", 0.001)
    async with (
        running(tmp_path) as recorder,
        RemoteNode.connect(tmp_path) as node,
        asyncio.TaskGroup() as tasks,
    ):
        recorder.answer_now.clear()
        answering = tasks.create_task(answer_of(node))
        await eventually(lambda: len(looks) >= 5)
        assert not answering.done()
        recorder.answer_now.set()
        assert type(await answering) is StatusView
    assert all(looks)
    assert len(recorder.asked) == 1, "who looks whether it is there asks the node for nothing"


async def test_a_node_that_lets_nobody_in_any_more_is_silent(tmp_path: Path) -> None:
    data = tmp_path / "hall"
    make_hall(data, "Northgate Hall")
    lock = FolderLock(data)
    assert lock.take()
    with closing(bind(data)), ExitStack() as waiting:
        crowd(data, waiting)
        with pytest.raises(NodeSilent) as silent:
            async with open_node(data):
                pass
    lock.release()
    assert silent.value.pid == UNSEEN


def crowd(data: Path, waiting: ExitStack) -> None:
    """As many callers at the node's socket as it has room for."""
    with suppress(BlockingIOError), short_path(data) as path:
        while True:
            caller = waiting.enter_context(socket(AF_UNIX))
            caller.setblocking(False)
            caller.connect(str(path))


async def answer_of(node: RemoteNode) -> StatusView:
    return await node.call(Status())

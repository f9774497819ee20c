"""One command's way to its hall: the running node, else the stopped one in this process."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from node import clock, opening
from node.answers.table import LocalNode
from node.api.requests import AddEntry, ListEntries, ShowClock, Status, TellTime
from node.api.views import Kind
from node.control import ControlServer, bind, unbind
from node.desk.when import rfc3339_utc
from node.hall import make_hall
from node.opening import open_node, open_stopped, reach_or_lock
from node.refusal import Why
from node.remote import RemoteNode
from node.store.folder import FolderLock
from protocol.limits import HOUR_MS
from tests.node.refusals import refused

pytestmark = pytest.mark.asyncio


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make_hall(tmp_path / "hall", "Northgate Hall")
    return tmp_path / "hall"


async def add(data: Path, text: str) -> None:
    async with open_node(data) as node:
        await node.call(AddEntry(Kind.NEED, "FOD", text))


async def texts(data: Path) -> list[str]:
    async with open_node(data) as node:
        return sorted(need.text for need in await node.call(ListEntries(Kind.NEED)))


async def test_a_stopped_node_is_asked_in_this_process(data: Path) -> None:
    async with open_node(data) as node:
        assert isinstance(node, LocalNode)
        assert not (await node.call(Status())).running
    await add(data, "Soup")
    assert await texts(data) == ["Soup"]


async def test_what_time_has_done_is_done_before_a_command_looks(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_find_adjtimex", lambda: lambda: clock.TIME_ERROR)
    async with open_node(data) as node:
        await node.call(AddEntry(Kind.OFFER, "TRN", "Van"))
        offer = await node.call(AddEntry(Kind.OFFER, "TRN", "Bus", by="1h"))
        told_ms = (await node.call(ShowClock())).now_ms + 2 * HOUR_MS
        await node.call(TellTime(rfc3339_utc(told_ms)))
        assert offer.state == "available"
    async with open_node(data) as node:
        offers = await node.call(ListEntries(Kind.OFFER, closed=True))
    # Written while nobody vouched for the clock: a person is asked, and no clock ends it.
    assert {each.state for each in offers} == {"available"}
    async with open_node(data) as node:
        await node.call(AddEntry(Kind.OFFER, "TRN", "Car", by="1h"))
        await node.call(TellTime(rfc3339_utc(told_ms + 2 * HOUR_MS)))
    async with open_node(data) as node:
        offers = await node.call(ListEntries(Kind.OFFER, closed=True))
    assert [each.text for each in offers if each.state == "expired"] == ["Car"]


async def test_commands_at_once_on_a_stopped_node_wait_for_each_other(data: Path) -> None:
    wanted = [f"Soup {n}" for n in range(6)]
    async with asyncio.TaskGroup() as tasks:
        for text in wanted:
            tasks.create_task(add(data, text))
    assert await texts(data) == wanted


async def test_a_running_node_is_asked_over_its_socket(data: Path) -> None:
    lock = FolderLock(data)
    assert lock.take()
    async with open_stopped(data) as core, asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(ControlServer(LocalNode(core), lambda: None).run(bind(data)))
        async with open_node(data) as node:
            assert isinstance(node, RemoteNode)
        await add(data, "Soup")
        assert await texts(data) == ["Soup"]
        serving.cancel()
    unbind(data)
    lock.release()
    assert await texts(data) == ["Soup"]


async def test_who_holds_the_folder_for_too_long_is_named(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "WAIT_S", 0.05)
    lock = FolderLock(data)
    assert lock.take()
    with refused(Why.FOLDER_BUSY):
        await add(data, "Soup")
    lock.release()
    await add(data, "Soup")


async def test_the_folder_is_free_again_after_a_command_that_failed(data: Path) -> None:
    with refused(Why.UNKNOWN_CATEGORY):
        async with open_node(data) as node:
            await node.call(AddEntry(Kind.NEED, "XYZ", "Soup"))
    lock = FolderLock(data)
    assert await reach_or_lock(data, lock) is None
    lock.release()


async def test_where_there_is_no_hall_nothing_is_made(tmp_path: Path) -> None:
    with refused(Why.FOLDER_EMPTY):
        await add(tmp_path / "hall", "Soup")
    assert not (tmp_path / "hall").exists()


async def test_a_hall_that_is_damaged_is_a_sentence_and_free_again(data: Path) -> None:
    (data / "hallway.db").write_bytes(b"Dear Ana, " * 1_000)
    for _ in range(2):
        with refused(Why.FOLDER_NOT_A_HALL):
            await add(data, "Soup")


async def test_a_lock_that_cannot_be_taken_is_a_sentence(data: Path) -> None:
    (data / "lock").unlink()
    (data / "lock").mkdir()
    with refused(Why.FOLDER_NOT_WRITABLE):
        await add(data, "Soup")

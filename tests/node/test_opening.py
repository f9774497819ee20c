"""One command's way to its hall: the running node, else the stopped one in this process."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
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
from node.refusal import Refused, Why
from node.remote import RemoteNode
from node.store.folder import FolderLock
from node.store.hindrance import ROOM_BYTES
from node.wording import sentence
from protocol.limits import HOUR_MS
from tests.node.disks import filled, no_room, small_card, to_be_read_only
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


# Where nothing can be written ---------------------------------------------------------------


@pytest.fixture(params=[lambda folder: no_room(), to_be_read_only], ids=["full", "read-only"])
def disk(request: pytest.FixtureRequest) -> Callable[[Path], AbstractContextManager[None]]:
    how: Callable[[Path], AbstractContextManager[None]] = request.param
    return how


Disk = Callable[[Path], AbstractContextManager[None]]


def contents(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in data.iterdir()}


UNWRITABLE = (Why.DISK_FULL, Why.DISK_READ_ONLY)


async def test_a_stopped_node_s_board_is_read_where_nothing_can_be_written(
    data: Path, disk: Disk
) -> None:
    await add(data, "Soup")
    before = contents(data)
    with disk(data):
        assert await texts(data) == ["Soup"]
        async with open_node(data) as node:
            told = (await node.call(Status())).warnings
            with pytest.raises(Refused) as raised:
                await node.call(AddEntry(Kind.NEED, "FOD", "Rice"))
        assert raised.value.why in UNWRITABLE
        assert sentence(raised.value.why, raised.value.facts) in told
        with pytest.raises(Refused) as raised:
            async with open_stopped(data):
                pass
        assert raised.value.why in UNWRITABLE
    # An attempt to open the file on a full disk leaves an empty log.
    left = contents(data)
    assert {name: left[name] for name in before} == before
    await add(data, "Rice")
    assert await texts(data) == ["Rice", "Soup"]


async def test_a_card_that_is_full_to_the_last_byte_is_read(data: Path, tmp_path: Path) -> None:
    await add(data, "Soup")
    with small_card(tmp_path / "card") as card:
        hall = shutil.copytree(data, card / "hall")
        with filled(card):
            assert await texts(hall) == ["Soup"]
            with refused(Why.DISK_FULL):
                await add(hall, "Rice")
        await add(hall, "Rice")
        assert await texts(hall) == ["Rice", "Soup"]


async def test_what_a_killed_node_has_saved_is_read_where_nothing_can_be_written(
    data: Path, tmp_path: Path, disk: Disk
) -> None:
    async with open_stopped(data) as core:
        await LocalNode(core).call(AddEntry(Kind.NEED, "FOD", "Soup"))
        killed = shutil.copytree(data, tmp_path / "killed")
    with disk(killed):
        assert await texts(killed) == ["Soup"]


async def test_without_a_lock_s_file_the_folder_is_locked(data: Path) -> None:
    (data / "lock").unlink(missing_ok=True)
    with to_be_read_only(data):
        first, second = FolderLock(data), FolderLock(data)
        assert first.take()
        assert not second.take()
        first.release()
        assert await texts(data) == []


async def test_a_running_node_warns_while_its_disk_takes_nothing(data: Path) -> None:
    async with open_stopped(data) as core:
        node = LocalNode(core)
        before = (await node.call(Status())).warnings
        with no_room():
            with refused(Why.DISK_FAILED):
                await node.call(AddEntry(Kind.NEED, "FOD", "Soup"))
            told = (await node.call(Status())).warnings
            assert sentence(Why.DISK_FULL, {"folder": str(data)}) in told
        assert (await node.call(Status())).warnings == before


async def test_a_disk_that_refuses_without_a_reason_is_warned_of_in_its_words(data: Path) -> None:
    async with open_stopped(data) as core:
        node = LocalNode(core)
        for text in ("Soup", "Rice"):
            await node.call(AddEntry(Kind.NEED, "FOD", text * 20))
        with no_room(ROOM_BYTES):
            with refused(Why.DISK_FAILED):
                while True:
                    await node.call(AddEntry(Kind.NEED, "FOD", "Beans"))
            told = (await node.call(Status())).warnings
        assert any("this disk refuses (disk I/O error)" in each for each in told), told


async def test_a_running_node_is_asked_where_nothing_can_be_written(data: Path, disk: Disk) -> None:
    lock = FolderLock(data)
    assert lock.take()
    async with open_stopped(data) as core, asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(ControlServer(LocalNode(core), lambda: None).run(bind(data)))
        with disk(data):
            async with open_node(data) as node:
                assert isinstance(node, RemoteNode)
            assert await texts(data) == []
        serving.cancel()
    unbind(data)
    lock.release()

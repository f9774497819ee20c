"""The control socket: everything of the door travels, and nobody can hang the node through it."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from enum import Enum
from functools import partial
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from node.api.door import NodeGone
from node.api.requests import AddEntry, Answer, ListEntries, Request, Status, Stop, answer_type
from node.api.views import Changed, Done, Kind, StatusView
from node.control import REQUESTS, ControlServer, bind, encoded, unbind
from node.refusal import Refused, Why
from node.remote import SOCKET_NAME, RemoteNode, short_path
from tests.eventually import eventually
from tests.node.refusals import refused

pytestmark = pytest.mark.asyncio


def example(kind: Any, seed: int) -> Any:
    """Some value of a type of the door, no field as it is by itself."""
    kind = kind.__supertype__ if isinstance(kind, NewType) else kind
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        fields = enumerate(dataclasses.fields(kind), start=seed)
        return kind(**{each.name: example(hints[each.name], n) for n, each in fields})  # type: ignore[operator]
    if get_origin(kind) in {UnionType, Union}:
        return example(next(each for each in get_args(kind) if each is not NoneType), seed)
    if get_origin(kind) is tuple:
        return tuple(example(get_args(kind)[0], seed + n) for n in range(2))
    if get_origin(kind) is dict:
        return {f"nàme {seed}": f"tëxt {seed}"}
    if issubclass(kind, Enum):
        return list(kind)[-1]
    return {str: f"tëxt {seed}", int: seed, bool: True, float: seed + 0.5}[kind]


class Recorder:
    """A node that answers everything with an example and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Request[Any], str]] = []
        self.refusal: Refused | None = None
        self.bug: Exception | None = None
        self.answer_now = asyncio.Event()
        self.answer_now.set()
        self.changed = asyncio.Event()
        self.followers = 0
        self.now = 1_000

    async def call(self, request: Request[Answer], *, initials: str = "") -> Answer:
        self.asked.append((request, initials))
        await self.answer_now.wait()
        if self.refusal is not None:
            raise self.refusal
        if self.bug is not None:
            raise self.bug
        answer: Answer = example(answer_type(type(request)), len(self.asked))
        return answer

    def now_ms(self) -> int:
        return self.now

    async def changes(self) -> AsyncIterator[Changed]:
        self.followers += 1
        try:
            while True:
                yield Changed()
                await self.changed.wait()
                self.changed.clear()
        finally:
            self.followers -= 1


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Recorder]:
    """A node's door, open."""
    recorder = Recorder()
    socket = bind(folder)
    async with asyncio.TaskGroup() as tasks:
        stop = asyncio.Event()
        serving = tasks.create_task(ControlServer(recorder, stop.set).run(socket))
        ending = tasks.create_task(_end(stop, serving))
        yield recorder
        serving.cancel()
        ending.cancel()
    unbind(folder)


async def _end(stop: asyncio.Event, serving: asyncio.Task[None]) -> None:
    await stop.wait()
    serving.cancel()


@pytest.mark.parametrize("name", sorted(REQUESTS.keys() - {"Stop"}))
async def test_every_request_travels_and_so_does_its_answer(tmp_path: Path, name: str) -> None:
    request = example(REQUESTS[name], 1)
    async with running(tmp_path) as recorder, RemoteNode.connect(tmp_path) as node:
        answer = await node.call(request, initials="ÅK")
        assert recorder.asked == [(request, "ÅK")]
        assert answer == example(answer_type(REQUESTS[name]), 1)
        assert node.now_ms() == recorder.now


@pytest.mark.parametrize("why", Why)
async def test_every_refusal_travels_with_its_facts(tmp_path: Path, why: Why) -> None:
    facts: dict[str, str | int | float] = {"given": "“ü”\n\x1b[2J", "limit": 3, "share": 2.5}
    async with running(tmp_path) as recorder, RemoteNode.connect(tmp_path) as node:
        recorder.refusal = Refused(why, **facts)
        with pytest.raises(Refused) as raised:
            await node.call(Status())
        assert (raised.value.why, raised.value.facts) == (why, facts)
        recorder.refusal = None
        await node.call(Status())


async def test_words_that_are_no_text_are_refused_or_travel(tmp_path: Path) -> None:
    async with running(tmp_path) as recorder, RemoteNode.connect(tmp_path) as node:
        for text in ("\x00", "\u2028", "🙂" * 10, "[red]", '"}\n{"'):
            request = AddEntry(Kind.NEED, "FOD", text)
            await node.call(request)
            assert recorder.asked[-1][0] == request


async def test_ten_megabytes_travel(tmp_path: Path) -> None:
    request = AddEntry(Kind.NEED, "FOD", "x" * 10_000_000)
    async with running(tmp_path) as recorder, RemoteNode.connect(tmp_path) as node:
        await node.call(request)
        assert recorder.asked[-1][0] == request


async def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["a long name of a folder"] * 12)
    folder.mkdir(parents=True)
    assert len(str(folder)) > 108
    async with running(folder), RemoteNode.connect(folder) as node:
        await node.call(Status())


async def test_nobody_else_may_open_the_door(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        bind(tmp_path).close()
    finally:
        os.umask(before)
    assert (tmp_path / SOCKET_NAME).stat().st_mode & 0o777 == 0o600


async def test_a_killed_node_s_socket_makes_way(tmp_path: Path) -> None:
    bind(tmp_path).close()
    async with running(tmp_path), RemoteNode.connect(tmp_path) as node:
        await node.call(Status())


async def test_several_at_once_get_their_own_answers(tmp_path: Path) -> None:
    async with running(tmp_path) as recorder:
        recorder.answer_now.clear()

        async def ask(n: int) -> None:
            async with RemoteNode.connect(tmp_path) as node:
                await node.call(AddEntry(Kind.NEED, "FOD", str(n)))

        async with asyncio.TaskGroup() as tasks:
            for n in range(20):
                tasks.create_task(ask(n))
            await eventually(lambda: len(recorder.asked) == 20)
            recorder.answer_now.set()


async def test_calls_on_one_connection_take_turns(tmp_path: Path) -> None:
    async with running(tmp_path), RemoteNode.connect(tmp_path) as node:
        async with asyncio.TaskGroup() as tasks:
            requests: list[Request[Any]] = [Status(), ListEntries(Kind.NEED), Status()]
            calls = [tasks.create_task(answer_of(node, request)) for request in requests]
        kinds = [type(call.result()) for call in calls]
        assert kinds == [StatusView, tuple, StatusView]


async def test_all_else_has_its_turn_while_a_long_answer_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("node.control.AT_ONCE", 2)
    answers = tuple(example(StatusView, n) for n in range(5))
    for count, turns in (0, 0), (1, 1), (4, 2), (5, 3):
        answer = answers[:count]
        writing = encoded(answer)  # driven by hand: where it yields, others go on
        for _ in range(turns):
            writing.send(None)
        with pytest.raises(StopIteration) as written:
            writing.send(None)
        assert written.value.value == msgspec.json.encode(answer)


async def test_an_answer_that_nobody_waits_for_is_not_the_next_one_s(tmp_path: Path) -> None:
    async with running(tmp_path) as recorder, RemoteNode.connect(tmp_path) as node:
        recorder.answer_now.clear()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await node.call(ListEntries(Kind.NEED))
        recorder.answer_now.set()
        assert type(await answer_of(node, Status())) is StatusView


async def test_changes_are_told_until_the_node_ends(tmp_path: Path) -> None:
    told: list[Changed] = []
    async with running(tmp_path) as recorder, RemoteNode.connect(tmp_path) as node:

        async def follow() -> None:
            async for change in node.changes():
                told.append(change)
                if len(told) == 3:
                    return

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(follow())
            for wanted in (1, 2, 3):
                await eventually(partial(_has_length, told, wanted))
                recorder.changed.set()


async def test_a_terminal_that_closed_is_not_followed_any_more(tmp_path: Path) -> None:
    async with running(tmp_path) as recorder:
        for _ in range(5):
            async with RemoteNode.connect(tmp_path) as node:
                changes = node.changes()
                await anext(changes)
                assert recorder.followers == 1
                await changes.aclose()  # type: ignore[attr-defined]
            await eventually(lambda: recorder.followers == 0)


GARBAGE = [
    b"GET / HTTP/1.1\r\n\r\n",
    b"\n",
    b"null\n",
    b"[]\n",
    b'{"do":[]}\n',
    b"\xff\xfe\n",
    b'{"do":"Status"',
    b"[" * 100_000 + b"\n",
    bytes(range(256)) * 10,
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda garbage: str(garbage[:16]))
async def test_garbage_costs_only_its_own_connection(tmp_path: Path, garbage: bytes) -> None:
    async with running(tmp_path), RemoteNode.connect(tmp_path) as node:
        with short_path(tmp_path) as path:
            reader, writer = await asyncio.open_unix_connection(path)
        writer.write(garbage)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await node.call(Status())


@pytest.mark.parametrize("asked", [b'{"do":"Nothing"}', b'{"do":"AddEntry","with":{"kind":"x"}}'])
async def test_a_request_of_another_version_is_a_sentence(tmp_path: Path, asked: bytes) -> None:
    async with running(tmp_path):
        with short_path(tmp_path) as path:
            reader, writer = await asyncio.open_unix_connection(path)
        writer.write(asked + b"\n")
        assert Why.NODE_OTHER_VERSION.encode() in await reader.readline()
        writer.close()


@pytest.mark.parametrize("answer", [b"nonsense", b'{"done":5}', b'{"refused":"no-such-reason"}'])
async def test_an_answer_of_another_version_is_a_sentence(tmp_path: Path, answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer + b"\n")
        writer.close()

    server = await asyncio.start_unix_server(serve, sock=bind(tmp_path))
    async with server, RemoteNode.connect(tmp_path) as node:
        with refused(Why.NODE_OTHER_VERSION):
            await node.call(Status())


async def test_forty_megabytes_without_an_end_are_not_waited_for(tmp_path: Path) -> None:
    async with running(tmp_path), RemoteNode.connect(tmp_path) as node:
        with short_path(tmp_path) as path:
            _, writer = await asyncio.open_unix_connection(path)
        with pytest.raises(ConnectionError):
            await _write_without_end(writer)
        writer.close()
        await node.call(Status())


async def _write_without_end(writer: asyncio.StreamWriter) -> None:
    for _ in range(90):
        writer.write(b"x" * 1_000_000)
        await writer.drain()


async def test_a_node_that_ends_is_gone(tmp_path: Path) -> None:
    def serve(asked: list[bytes]) -> None:
        connection, _ = socket.accept()
        asked.append(connection.recv(10_000))
        connection.close()

    socket = bind(tmp_path)
    asked: list[bytes] = []
    async with RemoteNode.connect(tmp_path) as node:
        loop = asyncio.get_running_loop()
        serving = loop.run_in_executor(None, serve, asked)
        with pytest.raises(NodeGone):
            await node.call(Status())
        await serving
        assert asked
        with pytest.raises(NodeGone):
            await node.call(Status())
    socket.close()


@pytest.mark.parametrize("left", ["nothing", "socket", "file", "no folder"])
async def test_where_no_node_runs_it_is_gone(tmp_path: Path, left: str) -> None:
    folder = tmp_path / "hall"
    if left != "no folder":
        folder.mkdir()
    if left == "socket":
        bind(folder).close()
    if left == "file":
        (folder / SOCKET_NAME).touch()
    with pytest.raises(NodeGone):
        async with RemoteNode.connect(folder):
            pass


async def test_stop_answers_before_it_ends(tmp_path: Path) -> None:
    async with running(tmp_path) as recorder:
        async with RemoteNode.connect(tmp_path) as node:
            assert await node.call(Stop()) == Done()
        assert recorder.asked == []
        await eventually(lambda: not _is_served(tmp_path))


async def answer_of(node: RemoteNode, request: Request[Any]) -> Any:
    return await node.call(request)


def _has_length(items: list[Changed], wanted: int) -> bool:
    return len(items) == wanted


def _is_served(folder: Path) -> bool:
    with (
        short_path(folder) as path,
        sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as socket,
    ):
        return socket.connect_ex(str(path)) == 0


async def test_a_bug_in_an_answer_is_a_sentence_and_others_are_served(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    request = AddEntry(Kind.NEED, "FOD", "Marigold soup")
    for bug in (KeyError("Marigold"), ValueError("Marigold"), msgspec.ValidationError("Marigold")):
        async with running(tmp_path) as recorder, RemoteNode.connect(tmp_path) as other:
            async with RemoteNode.connect(tmp_path) as node:
                recorder.bug = bug
                with refused(Why.NODE_BUG):
                    await node.call(request)
                recorder.bug = None
                await node.call(Status())
            await other.call(Status())
        assert f"a bug in answering AddEntry: {type(bug).__name__}" in caplog.text
    assert "in call" in caplog.text
    assert "Marigold" not in caplog.text


async def test_nesting_without_an_end_costs_only_its_own_connection(tmp_path: Path) -> None:
    async with running(tmp_path), RemoteNode.connect(tmp_path) as node:
        for line in (b'{"x":' + b"[" * 1_000_000, b'{"with":' + b'{"a":' * 1_000_000):
            with short_path(tmp_path) as path:
                reader, writer = await asyncio.open_unix_connection(path)
            writer.write(line + b"\n")
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()
        await node.call(Status())


async def test_a_board_that_follows_does_not_keep_the_node_from_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait_for_all_to_leave(server: Any) -> None:
        """As from Python 3.12 on."""
        while server._active_count:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)

    monkeypatch.setattr(asyncio.base_events.Server, "wait_closed", wait_for_all_to_leave)
    async with asyncio.timeout(5), AsyncExitStack() as boards:
        async with running(tmp_path) as recorder:
            node = await boards.enter_async_context(RemoteNode.connect(tmp_path))
            changes = node.changes()
            await anext(changes)
            assert recorder.followers == 1
        with pytest.raises(NodeGone):
            await anext(changes)
        with pytest.raises(NodeGone):
            await node.call(Status())


async def test_a_board_that_was_killed_harms_nobody(tmp_path: Path) -> None:
    async with running(tmp_path) as recorder, RemoteNode.connect(tmp_path) as node:
        with (
            short_path(tmp_path) as path,
            sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as board,
        ):
            board.connect(str(path))
            board.sendall(b'{"follow":true}\n')
            await eventually(lambda: recorder.followers == 1)
        # What it had not read makes the kernel say that the connection was reset.
        await eventually(lambda: recorder.followers == 0)
        await node.call(Status())

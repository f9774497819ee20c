"""The running node: opens what it needs, owns the one TaskGroup, and closes in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import signal
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from socket import socket as Socket
from typing import Final

from node.answers.table import LocalNode
from node.control import ControlServer, bind, unbind
from node.core import Core
from node.opening import open_stopped, reach_or_lock
from node.refusal import Refused, Why
from node.services.dialer import Dialer, make_session
from node.services.discovery import Discovery
from node.services.links import Links
from node.services.listener import PORT, ListenAddress, Listener, open_socket, parse_listen
from node.services.network import RunningNetwork
from node.services.scrub import run_scrub
from node.services.supervise import restarting
from node.services.upkeep import look_once, run_upkeep
from node.services.wire import fresh_static_key
from node.store.folder import FolderLock, folder_is_hall
from node.store.hall import find_hall, set_listen
from node.store.neighbours import Address

ENDING_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
SAVE_S: Final = 2.0
"""Seconds for what the ending links left to be saved. A disk that refuses does not keep the node:
neighbours send again what it has not acknowledged."""
LOG_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _EndedError(Exception):
    """Somebody asked the node to end."""


async def run_node(
    data: Path, listen: str | None, *, mdns: bool, ready: Callable[[str], None]
) -> None:
    """Run the hall's node until SIGTERM, SIGINT or `hallway stop`. Raises Refused.

    `listen` is ADDRESS:PORT and remembered; None: as remembered. `ready` gets the address.
    """
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    wanted = None if listen is None else parse_listen(listen)
    if not folder_is_hall(data):
        raise Refused(Why.FOLDER_EMPTY, folder=str(data))
    lock = FolderLock(data)
    running = await reach_or_lock(data, lock)
    if running is not None:
        async with running:
            raise Refused(Why.NODE_RUNNING, folder=str(data))
    try:
        async with open_stopped(data) as core:
            await _run(core, data, wanted, mdns=mdns, ready=ready)
    finally:
        lock.release()


async def _run(
    core: Core,
    data: Path,
    wanted: ListenAddress | None,
    *,
    mdns: bool,
    ready: Callable[[str], None],
) -> None:
    listening, socket = await _listen(core, wanted)
    await core.boot()
    await core.set_aside_rot()
    await core.driver.keep_first()
    await look_once(core)
    control = bind(data)
    ended = asyncio.Event()
    for number in ENDING_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        async with make_session() as session, asyncio.TaskGroup() as tasks:
            static_key = fresh_static_key()
            links = Links(core, listening.port)

            def wake() -> None:
                dialer.wake_all()

            discovery = _discovery(core, listening, wake)
            seen_at = discovery.addresses_of if mdns else _nowhere
            dialer = Dialer(core, links, static_key, seen_at, session)
            links.watch(dialer.wake)
            tasks.create_task(core.driver.run_keeper())
            tasks.create_task(run_upkeep(core))
            tasks.create_task(run_scrub(core))
            tasks.create_task(ControlServer(LocalNode(core), ended.set).run(control))
            tasks.create_task(Listener(core, links, static_key).run(socket))
            tasks.create_task(dialer.run())
            if mdns:
                tasks.create_task(restarting("discovery", discovery.run, random=random.random))
            core.network = RunningNetwork(
                core, listening, links, dialer, discovery.strangers, tasks
            )
            ready(core.network.address)
            await _end(core, links, ended)
    except* _EndedError:
        core.network = None
    finally:
        unbind(data)


async def _end(core: Core, links: Links, ended: asyncio.Event) -> None:
    """Wait for it, then leave the TaskGroup; no command is cut off in its middle."""
    await ended.wait()
    async with core.writing:
        await links.end_all()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SAVE_S):
                await core.driver.kept()
        raise _EndedError


def _discovery(core: Core, listening: ListenAddress, changed: Callable[[], None]) -> Discovery:
    """Announce where we can be reached, and nowhere else."""
    interfaces = None if listening.is_everywhere else (listening.host,)
    if listening.is_loopback:
        interfaces = ("127.0.0.1",)  # the one loopback address that mDNS works on
    return Discovery(listening.port, lambda: core.hall.discovery_key, interfaces, changed)


def _nowhere(discovery_key: bytes) -> list[Address]:
    """Where mDNS is off, nobody is seen."""
    return []


async def _listen(core: Core, wanted: ListenAddress | None) -> tuple[ListenAddress, Socket]:
    """Where we listen now: as the keeper says or said, else where we did last, else anywhere."""
    row = await core.read(find_hall)
    assert row is not None
    chosen = wanted or (parse_listen(row.listen) if row.listen else None)
    address = chosen or ListenAddress("", 0)
    socket = _socket(address, row.port or (0 if chosen else PORT))
    host, port = socket.getsockname()[:2]
    listen = f"{chosen.host}:{chosen.port}" if chosen else None
    await core.database.run(partial(set_listen, listen=listen, port=port))
    return replace(address, host=address.host and host, port=port), socket


def _socket(address: ListenAddress, preferred_port: int) -> Socket:
    """A port that the keeper chose is that port; one that is ours to choose is `preferred_port`."""
    if address.port or not preferred_port:
        return open_socket(address)
    try:
        return open_socket(replace(address, port=preferred_port))
    except Refused:
        return open_socket(address)

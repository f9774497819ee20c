"""The node as a process of its own: starting it, waiting until it answers, ending it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from node.api.door import NodeGone, NodeSilent
from node.api.requests import Status, Stop
from node.interpreter import own_environment, python_module
from node.refusal import Refused, Why
from node.remote import RemoteNode
from node.store.folder import FolderLock, folder_is_hall
from node.store.hindrance import tried_hindrance

START_S: Final = 20.0
"""Seconds until a node answers; a Pi with a slow card takes about five."""
STOP_S: Final = 15.0
LOOK_AGAIN_S: Final = 0.05
LOG_NAME: Final = "node.log"
LOG_BYTES_MAX: Final = 1_000_000
"""A log longer than this at start is set aside, and the one before it dropped."""


def start(data: Path) -> None:
    """Start a node unless one runs; returns when it answers.

    Raises Refused, NodeSilent when one runs that does not answer.
    """
    if not folder_is_hall(data):
        raise Refused(Why.FOLDER_EMPTY, folder=str(data))
    if _answers(data):
        return
    process = _spawn(data)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if _answers(data):
            return
        if process.poll() is not None and not _answers(data):
            raise _not_starting(data)
        time.sleep(LOOK_AGAIN_S)
    raise _not_starting(data)


def _not_starting(data: Path) -> Refused:
    """A log on a full disk says nothing, so the disk is looked at first."""
    if why := tried_hindrance(data):
        return Refused(why, folder=str(data))
    return Refused(Why.NODE_NOT_STARTING, log=str(data / LOG_NAME))


def stop(data: Path, silent: Callable[[int], None]) -> bool:
    """End the running node and wait until it has let go of the folder; whether one ran.

    One that does not answer is ended by its process number, which `silent` is told first, and
    killed where that does not help: what was saved is on the disk. Raises Refused where it goes on
    all the same.
    """
    if not folder_is_hall(data):
        raise Refused(Why.FOLDER_EMPTY, folder=str(data))
    try:
        asyncio.run(_ask_to_stop(data))
        has_ended = _has_let_go(data)
    except NodeSilent as found:
        silent(found.pid)
        has_ended = _end_process(found.pid, data)
    except NodeGone:
        return False
    if not has_ended:
        raise Refused(Why.NODE_NOT_ANSWERING, folder=str(data))
    return True


def _has_let_go(data: Path) -> bool:
    """Whether the folder is free within `STOP_S`."""
    lock = FolderLock(data)
    deadline = time.monotonic() + STOP_S
    while time.monotonic() < deadline:
        if lock.take():
            lock.release()
            return True
        time.sleep(LOOK_AGAIN_S)
    return False


def _end_process(pid: int, data: Path) -> bool:
    """Whether it has ended: asked to, and told to go on where it was suspended; then killed."""
    try:
        # It stays this process: its number may be another one's by the second signal.
        process = os.pidfd_open(pid)
    except (OSError, ValueError):
        return _has_let_go(data)
    try:
        for numbers in (signal.SIGTERM, signal.SIGCONT), (signal.SIGKILL,):
            for number in numbers:
                signal.pidfd_send_signal(process, number)
            if _has_let_go(data):
                return True
    except OSError:
        return _has_let_go(data)
    finally:
        os.close(process)
    return False


def _spawn(data: Path) -> subprocess.Popen[bytes]:
    log = data / LOG_NAME
    try:
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(data / f"{LOG_NAME}.1")
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Refused(tried_hindrance(data) or Why.FOLDER_NOT_WRITABLE, folder=str(data)) from error
    try:
        # A session of its own: closing the terminal that started it does not end the node.
        return subprocess.Popen(
            [*python_module("node"), "--data", str(data), "node"],
            env=own_environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    finally:
        os.close(file)


def _answers(data: Path) -> bool:
    """Raises NodeSilent."""
    try:
        asyncio.run(_status(data))
    except NodeSilent:
        raise
    except NodeGone:
        return False
    return True


async def _status(data: Path) -> None:
    async with RemoteNode.connect(data) as node:
        await node.call(Status())


async def _ask_to_stop(data: Path) -> None:
    async with RemoteNode.connect(data) as node:
        await node.call(Stop())

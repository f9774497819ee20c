"""The node as a process of its own: starting it, waiting until it answers, ending it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from pathlib import Path
from typing import Final

from node.api.door import NodeGone
from node.api.requests import Status, Stop
from node.interpreter import own_environment, python_module
from node.refusal import Refused, Why
from node.remote import RemoteNode
from node.store.folder import FolderLock, folder_is_hall

START_S: Final = 20.0
"""Seconds until a node answers; a Pi with a slow card takes about five."""
STOP_S: Final = 15.0
LOOK_AGAIN_S: Final = 0.05
LOG_NAME: Final = "node.log"
LOG_BYTES_MAX: Final = 1_000_000
"""A log longer than this at start is set aside, and the one before it dropped."""


def start(data: Path) -> None:
    """Start a node unless one runs; returns when it answers. Raises Refused."""
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
            raise Refused(Why.NODE_NOT_STARTING, log=str(data / LOG_NAME))
        time.sleep(LOOK_AGAIN_S)
    raise Refused(Why.NODE_NOT_STARTING, log=str(data / LOG_NAME))


def stop(data: Path) -> bool:
    """End the running node and wait until it has let go of the folder; whether one ran."""
    if not folder_is_hall(data):
        raise Refused(Why.FOLDER_EMPTY, folder=str(data))
    try:
        asyncio.run(_ask_to_stop(data))
    except NodeGone:
        return False
    lock = FolderLock(data)
    deadline = time.monotonic() + STOP_S
    while time.monotonic() < deadline:
        if lock.take():
            lock.release()
            return True
        time.sleep(LOOK_AGAIN_S)
    raise Refused(Why.NODE_NOT_ANSWERING, folder=str(data))


def _spawn(data: Path) -> subprocess.Popen[bytes]:
    log = data / LOG_NAME
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(data / f"{LOG_NAME}.1")
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
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
    try:
        asyncio.run(_status(data))
    except NodeGone:
        return False
    return True


async def _status(data: Path) -> None:
    async with RemoteNode.connect(data) as node:
        await node.call(Status())


async def _ask_to_stop(data: Path) -> None:
    async with RemoteNode.connect(data) as node:
        await node.call(Stop())

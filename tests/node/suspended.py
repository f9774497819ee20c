"""A node's process that is there and does not answer."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node.interpreter import own_environment, python_module

START_S = 30
"""A deadline for a node that never starts, not a measure of how long one takes."""

DEAF = """
import signal, sys, time
from pathlib import Path
from node.control import bind
from node.store.folder import FolderLock

data = Path(sys.argv[1])
signal.signal(signal.SIGTERM, signal.SIG_IGN)
lock = FolderLock(data)
assert lock.take()
socket = bind(data)
print("ready", flush=True)
while True:
    time.sleep(1)
"""


@contextmanager
def running_node(data: Path) -> Iterator[subprocess.Popen[str]]:
    """The node of the hall in `data`, which only this machine reaches."""
    command = python_module("node")
    listen = ("node", "--listen", "127.0.0.1:0", "--no-mdns")
    with _ready([*command, "--data", str(data), *listen]) as process:
        yield process


@contextmanager
def deaf_node(data: Path) -> Iterator[subprocess.Popen[str]]:
    """What holds the folder, answers nobody and does not end when it is asked to."""
    with _ready([sys.executable, "-c", DEAF, str(data)]) as process:
        yield process


@contextmanager
def _ready(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=own_environment(),
    )
    with process:
        try:
            assert process.stdout is not None
            assert select.select([process.stdout], [], [], START_S)[0]
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()


@contextmanager
def suspended(process: subprocess.Popen[str]) -> Iterator[None]:
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)

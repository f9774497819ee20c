"""Processes that have the program loaded when they begin.

Nine tenths of what a short command costs is Python reading the program. `Warm` keeps one process
that has read it and done nothing else; each command and each node is a fork of it, with arguments,
an environment, streams, a pid and an exit code of its own, and is killed like any other. That a
command reads what it needs, and ends cleanly after it, is shown where a test asks for `cold`, where
a hall's clock is set, by `tests/node/cli/test_run.py` and by the nodes of `namespaces.py`.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Final, NamedTuple

HOME: Final = Path(__file__).resolve().parents[2]
REQUEST_BYTES_MAX: Final = 1_000_000
"""More than a command line and an environment may hold on Linux (128 KiB an argument)."""
LATE: Final = ("node.cli.run", "node.app", "node.background", "node.hall", "node.opening")
"""What a command or a node reads only once it needs it."""


class WarmProcess:
    """A fork that runs the program: what tests use of `subprocess.Popen`, by the same names."""

    def __init__(self, args: list[str], pid: int, ended: socket.socket) -> None:
        self.args = args
        self.pid = pid
        self.returncode: int | None = None
        self.stdout: IO[str] | None = None
        self.stderr: IO[str] | None = None
        self._ended = ended

    def wait(self, timeout: float) -> int:
        """The exit code, a signal's number below 0. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._ended], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout)
            said = self._ended.recv(16)
            self._ended.close()
            assert said, f"nobody knows how it ended: {self.args}"
            self.returncode = int(said)
        return self.returncode

    def communicate(self, timeout: float) -> tuple[str, str]:
        """What it wrote on both streams, when it has ended. Raises subprocess.TimeoutExpired."""
        self.wait(timeout)
        said = []
        for stream in (self.stdout, self.stderr):
            assert stream is not None
            with stream:
                stream.seek(0)
                said.append(stream.read())
        return said[0], said[1]

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        """Its pid is nobody else's until `wait` has heard of its end, or soon after."""
        if self.returncode is None and not select.select([self._ended], [], [], 0)[0]:
            os.kill(self.pid, number)


class Warm:
    """The process that others are forks of, for as long as tests run.

    `prefix` and `settings` are those of `Hall`: what must be so before a process begins.
    """

    def __init__(
        self, prefix: Sequence[str] = (), settings: Mapping[str, str] | None = None
    ) -> None:
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._asking, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, REQUEST_BYTES_MAX)
        with theirs:
            self._process = subprocess.Popen(
                [*prefix, sys.executable, "-P", "-m", "tests.e2e.warm", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # As those of a command that is not typed into a terminal: streams keep their kind.
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={
                    "PATH": os.environ.get("PATH", os.defpath),
                    "LANG": "C.UTF-8",
                    "PYTHONPATH": str(HOME),
                    **(settings or {}),
                },
            )

    def close(self) -> None:
        self._asking.close()
        self._process.communicate()

    def begin(self, arguments: list[str], environment: Mapping[str, str]) -> WarmProcess:
        """A command whose answer is read when it has ended."""
        # Closed by `communicate`: the fork outlives this function.
        out, err = (tempfile.TemporaryFile("w+", encoding="utf-8") for _ in "oe")  # noqa: SIM115
        process = self._fork(arguments, environment, out.fileno(), err.fileno())
        process.stdout, process.stderr = out, err
        return process

    def start(
        self, arguments: list[str], environment: Mapping[str, str], err: IO[str]
    ) -> WarmProcess:
        """A node, whose words on stdout are read while it runs."""
        ours, theirs = os.pipe()
        try:
            process = self._fork(arguments, environment, theirs, err.fileno())
        finally:
            os.close(theirs)
        process.stdout = os.fdopen(ours, encoding="utf-8")
        return process

    def _fork(
        self, arguments: list[str], environment: Mapping[str, str], out: int, err: int
    ) -> WarmProcess:
        ended, theirs = socket.socketpair()
        asked = json.dumps([arguments, dict(environment)]).encode()
        with theirs:
            socket.send_fds(self._asking, [asked], [out, err, theirs.fileno()])
        said = self._asking.recv(16)
        assert said, self._process.communicate()[1].decode()
        return WarmProcess(arguments, int(said), ended)


class Warmth:
    """A `Warm` for each prefix and settings that a hall has, made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Warm] = {}

    def of(self, prefix: Sequence[str], settings: Mapping[str, str]) -> Warm:
        key = (*prefix, *sorted(settings.items()))
        if key not in self._made:
            self._made[key] = Warm(prefix, settings)
        return self._made[key]

    def close(self) -> None:
        for each in self._made.values():
            each.close()


# In the process that has the program loaded ----------------------------------------------------


class _Job(NamedTuple):
    """What a fork is to do. `out` and `err` become its streams."""

    arguments: list[str]
    environment: dict[str, str]
    out: int
    err: int

    def run(self, leaving: _Leaving) -> None:
        """As `python -P -m node` with these arguments: the exit code is the program's."""
        for number, stream in ((1, self.out), (2, self.err)):
            os.dup2(stream, number)
            os.close(stream)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(self.environment)
        sys.argv[1:] = self.arguments
        try:
            runpy.run_module("node", run_name="__main__", alter_sys=True)
        except SystemExit as leave:
            leaving.code = leave.code
            raise


class _Leaving:
    """Spares a fork that has ended from clearing away, name by name, all that it never read itself.

    Threads have been waited for by then, and all has been done that was to be done at the end.
    """

    code: object = None

    def leave(self) -> None:
        if isinstance(self.code, int):
            gc.collect()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(self.code)


class _Forks:
    """Begins them, and tells their ends to whoever asked for them."""

    def __init__(self, asked: socket.socket) -> None:
        self._asked = asked
        self._alive: dict[int, tuple[int, int]] = {}
        """By what watches it: its pid, and where its end is told."""

    def serve(self) -> _Job | None:
        """None when nobody asks any more; in each fork, what it is to do."""
        while True:
            # A selector that has a state in the kernel would share it with the forks.
            asked = self._asked.fileno()
            for watch in select.select([asked, *self._alive], [], [])[0]:
                if watch != asked:
                    self._tell_end(watch)
                    continue
                data, fds, _, _ = socket.recv_fds(self._asked, REQUEST_BYTES_MAX, 3)
                if not data:
                    return None
                if self._fork(fds) == 0:
                    return _Job(*json.loads(data), *fds[:2])

    def _fork(self, fds: list[int]) -> int:
        """0 in the fork, which keeps its two streams and nothing else."""
        pid = os.fork()
        if pid == 0:
            self._asked.close()
            held = [fds[2], *self._alive, *(teller for _, teller in self._alive.values())]
        else:
            self._alive[os.pidfd_open(pid)] = (pid, fds[2])
            self._asked.send(str(pid).encode())
            held = fds[:2]
        for fd in held:
            os.close(fd)
        return pid

    def _tell_end(self, watch: int) -> None:
        pid, teller = self._alive.pop(watch)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(BrokenPipeError):  # who began it may not have waited for its end
            os.write(teller, str(code).encode())
        os.close(watch)
        os.close(teller)


def _main(asked: int) -> None:
    # Whoever is at the tests' keyboard and presses Ctrl-C still wants to hear how forks ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    leaving = _Leaving()
    atexit.register(leaving.leave)  # What is registered first is done last.
    for module in LATE:
        import_module(module)
    import_module("node.cli.run").command_line()  # it loads the modules of all commands
    gc.freeze()
    job = _Forks(socket.socket(fileno=asked)).serve()
    if job is not None:
        job.run(leaving)


if __name__ == "__main__":
    _main(int(sys.argv[1]))
